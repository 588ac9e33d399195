//! Reading of amounts as people write them.

use std::str::FromStr as _;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Which character separates the decimals of a column.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum DecimalStyle {
    /// 1.234,50: Germany, Austria.
    #[default]
    Comma,
    /// 1'234.50 or 1,234.50: Switzerland, English.
    Point,
}

/// What an amount says about the style of its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DecimalEvidence {
    /// Can only be read with a decimal comma (1.234,50 or 12,5).
    Comma,
    /// Can only be read with a decimal point (1'234.50 or 12.5).
    Point,
    /// One separator with three digits behind it: 1.234 is either a thousand or one and a bit.
    Either,
    /// No separator.
    Neither,
}

/// Reads an amount in the style `style`: grouping by point, comma, apostrophe, blank; currency before or after
/// (`€`, `EUR`, `CHF`, `Fr.`); `1'234.–`; minus before, after or as brackets. An amount that can only be meant in the
/// other style is read in that one. `None` for anything else, also for grouping that is no grouping (`1.23.4`).
pub fn read_decimal(text: &str, style: DecimalStyle) -> Option<Decimal> {
    let (negative, digits) = bare(text)?;
    let number = plain(&digits, style)?;
    let amount = Decimal::from_str(&number).ok()?;
    Some(if negative { -amount } else { amount })
}

/// What `text` proves about its column's style; `None` when it is no amount at all.
pub fn decimal_evidence(text: &str) -> Option<DecimalEvidence> {
    let (_, digits) = bare(text)?;
    match (strict(&digits, ',').is_some(), strict(&digits, '.').is_some()) {
        (true, false) => Some(DecimalEvidence::Comma),
        (false, true) => Some(DecimalEvidence::Point),
        (true, true) if digits.contains([',', '.']) => Some(DecimalEvidence::Either),
        (true, true) => Some(DecimalEvidence::Neither),
        (false, false) => None,
    }
}

/// Takes sign and currency away; what remains has digits and separators only, apostrophes in one form, no blanks at
/// the ends.
fn bare(text: &str) -> Option<(bool, String)> {
    let mut rest = text.trim();
    // 28 digits are what the type holds; with separators and a currency this is more than enough.
    if rest.is_empty() || rest.len() > 64 {
        return None;
    }
    let mut negative = false;
    if let Some(inner) = rest.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        negative = true;
        rest = inner;
    }
    loop {
        let before = rest;
        for currency in [
            "€", "EUR", "Euro", "CHF", "SFr.", "Fr.", "Fr", "sFr.", "USD", "$", "£",
        ] {
            rest = rest.strip_prefix(currency).unwrap_or(rest).trim_start();
            rest = rest.strip_suffix(currency).unwrap_or(rest).trim_end();
        }
        for minus in ['-', '−'] {
            if let Some(inner) = rest.strip_prefix(minus).filter(|_| !negative) {
                negative = true;
                rest = inner.trim_start();
            }
        }
        // 1'234.– and 500,-- mean whole francs and euros.
        for whole in [".–", ".—", ".-", ",--", ",-", ".--", ",–", ",—"] {
            rest = rest.strip_suffix(whole).unwrap_or(rest);
        }
        if let Some(inner) = rest.strip_suffix('-').filter(|_| !negative) {
            negative = true;
            rest = inner.trim_end();
        }
        rest = rest.strip_prefix('+').unwrap_or(rest);
        if rest == before {
            break;
        }
    }
    let digits: String = rest
        .chars()
        .map(|c| match c {
            '’' | '‘' | '´' | '`' => '\'',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect();
    let fits = digits
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | ' '))
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().any(|c| c.is_ascii_digit());
    fits.then_some((negative, digits))
}

fn plain(digits: &str, style: DecimalStyle) -> Option<String> {
    let (asked, other) = match style {
        DecimalStyle::Comma => (',', '.'),
        DecimalStyle::Point => ('.', ','),
    };
    strict(digits, asked).or_else(|| strict(digits, other))
}

/// `digits` as plain number text if it can be read with `decimal` as the decimal separator.
fn strict(digits: &str, decimal: char) -> Option<String> {
    let (whole, fraction) = match digits.split_once(decimal) {
        Some((_, fraction)) if fraction.contains(decimal) => return None,
        Some((whole, fraction)) => (whole, fraction),
        None => (digits, ""),
    };
    if !fraction.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let grouping: Vec<char> = whole.chars().filter(|c| !c.is_ascii_digit()).collect();
    if let Some(&first) = grouping.first() {
        let groups: Vec<&str> = whole.split(first).collect();
        let regular = grouping.iter().all(|&c| c == first)
            && (1..=3).contains(&groups[0].len())
            && groups[1..].iter().all(|group| group.len() == 3);
        if !regular {
            return None;
        }
    }
    let mut plain: String = whole.chars().filter(char::is_ascii_digit).collect();
    if plain.is_empty() {
        plain.push('0');
    }
    if !fraction.is_empty() {
        plain.push('.');
        plain.push_str(fraction);
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_all_countries_are_read() {
        let table = [
            ("1.234,50", "1234.50", DecimalEvidence::Comma),
            ("1'234.50", "1234.50", DecimalEvidence::Point),
            ("1’234.50", "1234.50", DecimalEvidence::Point),
            ("1,234.50", "1234.50", DecimalEvidence::Point),
            ("12,5", "12.5", DecimalEvidence::Comma),
            ("12.5", "12.5", DecimalEvidence::Point),
            ("1.234", "1234", DecimalEvidence::Either),
            ("1,234", "1.234", DecimalEvidence::Either),
            ("1.234.567", "1234567", DecimalEvidence::Comma),
            ("5 000", "5000", DecimalEvidence::Neither),
            ("5\u{a0}000,00 €", "5000.00", DecimalEvidence::Comma),
            ("CHF 1'234.–", "1234", DecimalEvidence::Neither),
            ("500,-- EUR", "500", DecimalEvidence::Neither),
            ("Fr. 80.-", "80", DecimalEvidence::Neither),
            ("-12,5", "-12.5", DecimalEvidence::Comma),
            ("(12,50)", "-12.50", DecimalEvidence::Comma),
            ("12,50-", "-12.50", DecimalEvidence::Comma),
            ("€5000", "5000", DecimalEvidence::Neither),
            (",5", "0.5", DecimalEvidence::Comma),
        ];
        for (text, number, evidence) in table {
            assert_eq!(
                read_decimal(text, DecimalStyle::Comma)
                    .map(|d| d.to_string())
                    .as_deref(),
                Some(number),
                "{text}"
            );
            assert_eq!(decimal_evidence(text), Some(evidence), "{text}");
        }
        assert_eq!(
            read_decimal("1.234", DecimalStyle::Point)
                .map(|d| d.to_string())
                .as_deref(),
            Some("1.234")
        );
    }

    #[test]
    fn what_is_no_amount_is_not_read() {
        for text in [
            "",
            "abc",
            "1.23.4",
            "1,2,3",
            "12.5.2024",
            "4.93E+11",
            "1'23",
            "--",
            "€",
            "12 Stück",
            "1.234,5.6",
        ] {
            assert_eq!(read_decimal(text, DecimalStyle::Comma), None, "{text}");
        }
    }
}
