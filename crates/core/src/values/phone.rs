//! Phone numbers.

use std::fmt;

use phonenumber::country::Id as Region;
use serde::{Deserialize, Serialize};

/// A phone number in its one international form, E.164: `+493012345678`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Phone(String);

/// A number that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneReading {
    /// The number.
    pub phone: Phone,
    /// The text had neither the leading zero nor the plus, as after a spreadsheet took it for a number; the one
    /// reading that gives a number was taken.
    pub prefix_lost: bool,
}

/// Why a text is no phone number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum PhoneProblem {
    /// A spreadsheet has turned it into a rounded number (4,93012E+11): digits are lost and never guessed.
    Damaged,
    /// No number in any reading for the region.
    Invalid,
    /// Neither zero nor plus in front, and both would give a number: 492112345 is 04921 12345 or +49 2112345.
    PrefixLost {
        /// The reading with the zero, in E.164.
        national: String,
        /// The reading with the plus, in E.164.
        international: String,
    },
    /// Two numbers in one cell; the first is a candidate for a fix.
    Several {
        /// The first number, in E.164.
        first: String,
    },
}

impl Phone {
    /// Reads a number as written in `region` (`DE`, `CH`; an unknown region allows international forms only).
    pub fn read(text: &str, region: &str) -> Result<PhoneReading, PhoneProblem> {
        let text = text.trim();
        if is_number_in_scientific_form(text) {
            return Err(PhoneProblem::Damaged);
        }
        let region: Option<Region> = region.parse().ok();
        let digits_only = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        if digits_only && text.len() > 6 {
            let national = Self::one(&format!("0{text}"), region);
            let international = Self::one(&format!("+{text}"), region);
            return match (national, international) {
                (Some(phone), None) | (None, Some(phone)) => Ok(PhoneReading {
                    phone,
                    prefix_lost: true,
                }),
                (Some(a), Some(b)) => Err(PhoneProblem::PrefixLost {
                    national: a.0,
                    international: b.0,
                }),
                (None, None) => Err(PhoneProblem::Invalid),
            };
        }
        if let Some(phone) = Self::one(text, region) {
            return Ok(PhoneReading {
                phone,
                prefix_lost: false,
            });
        }
        for separator in [" / ", ";", ",", "|", " oder ", " or ", "\n", " u. ", " und ", "/"] {
            let mut pieces = text
                .split(separator)
                .filter(|piece| piece.chars().filter(char::is_ascii_digit).count() > 5);
            if let (Some(first), Some(_)) = (pieces.next(), pieces.next())
                && let Some(first) = Self::one(first, region)
            {
                return Err(PhoneProblem::Several { first: first.0 });
            }
        }
        Err(PhoneProblem::Invalid)
    }

    fn one(text: &str, region: Option<Region>) -> Option<Self> {
        let prepared = prepare(text)?;
        // With a region, the library applies that region's prefixes to foreign numbers too: +39 06… would lose its 0.
        let region = region.filter(|_| !prepared.starts_with('+'));
        let number = phonenumber::parse(region, &prepared).ok()?;
        let digits = number.national().to_string();
        // The library refuses every Italian landline number, because their leading zero is part of the number.
        let italian =
            number.code().value() == 39 && digits.starts_with('0') && (6..=12).contains(&digits.len());
        (phonenumber::is_valid(&number) || italian)
            .then(|| Phone(format!("+{}{digits}", number.code().value())))
    }

    /// The number in E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Takes away what people write around and into numbers and the library does not expect: a label (`Tel.:`), the zero
/// in brackets of `+49 (0)30`, and refuses texts with other words in them.
fn prepare(text: &str) -> Option<String> {
    let mut rest = text.trim();
    for label in [
        "Telefon", "Tel", "Mobil", "Handy", "Fon", "Phone", "Mobile", "T", "M",
    ] {
        if let Some(after) = rest
            .get(..label.len())
            .filter(|start| start.eq_ignore_ascii_case(label))
        {
            let after = &rest[after.len()..];
            let bare = after.trim_start_matches(['.', ':', ' ', '\u{a0}']);
            if bare.len() < after.len() {
                rest = bare;
                break;
            }
        }
    }
    let mut digits = 0;
    let mut prepared = String::with_capacity(rest.len());
    for character in rest.chars() {
        match character {
            '0'..='9' => {
                digits += 1;
                prepared.push(character);
            }
            '+' if prepared.is_empty() => prepared.push('+'),
            '(' if prepared.is_empty() || digits > 0 || prepared == "+" => prepared.push('('),
            ')' => prepared.push(')'),
            // A letter O for a zero is not guessed; letters make it no number.
            ' ' | '\u{a0}' | '\u{2007}' | '\u{202f}' | '-' | '–' | '—' | '‑' | '/' | '.' | '\'' | '\t' =>
            {
                prepared.push(' ');
            }
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}' => {}
            _ => return None,
        }
    }
    if !(5..=17).contains(&digits) {
        return None;
    }
    if let Some(international) = prepared.strip_prefix("00") {
        prepared = format!("+{international}");
    }
    if prepared.starts_with('+') {
        prepared = prepared.replace("(0)", " ");
    }
    Some(prepared)
}

/// True for what a spreadsheet makes of a long number: `4.93012E+11`, `4,93012E+11`, `4.9E11`.
pub fn is_number_in_scientific_form(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let mantissa = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    mantissa.starts_with(|c: char| c.is_ascii_digit())
        && mantissa
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        && (1..=2).contains(&exponent.len())
        && exponent.chars().all(|c| c.is_ascii_digit())
}

impl fmt::Display for Phone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_get_their_one_international_form() {
        let table = [
            ("+49 30 12345678", "DE", "+493012345678"),
            ("030/12345678", "DE", "+493012345678"),
            ("030 - 123 456 78", "DE", "+493012345678"),
            ("+49 (0)30 12345678", "DE", "+493012345678"),
            ("0049 30 12345678", "CH", "+493012345678"),
            ("(030) 12345678", "DE", "+493012345678"),
            ("Tel.: 030 12345678", "DE", "+493012345678"),
            ("+49 7541 40 70-0", "DE", "+49754140700"),
            ("0170.1234567", "DE", "+491701234567"),
            ("+41 44 668 18 00", "DE", "+41446681800"),
            ("044 668 18 00", "CH", "+41446681800"),
            ("+39 06 69821234", "DE", "+390669821234"),
        ];
        for (text, region, e164) in table {
            let read = Phone::read(text, region).map(|reading| reading.phone.to_string());
            assert_eq!(read, Ok(e164.to_string()), "{text} {region}");
        }
    }

    #[test]
    fn a_lost_prefix_is_restored_only_where_one_reading_remains() {
        let read = |text| Phone::read(text, "DE");
        let restored = read("1701234567").unwrap();
        assert_eq!(
            (restored.phone.as_str(), restored.prefix_lost),
            ("+491701234567", true)
        );
        assert!(
            matches!(read("492112345"), Err(PhoneProblem::PrefixLost { .. })),
            "{:?}",
            read("492112345")
        );
        assert!(!read("0170 1234567").unwrap().prefix_lost);
    }

    #[test]
    fn damaged_and_impossible_numbers_are_refused_with_their_reason() {
        let table = [
            ("4,93012E+11", PhoneProblem::Damaged),
            ("4.93012E+11", PhoneProblem::Damaged),
            ("4.9E11", PhoneProblem::Damaged),
            ("123", PhoneProblem::Invalid),
            ("keine", PhoneProblem::Invalid),
            ("030 12345678 abends", PhoneProblem::Invalid),
            ("+49 30 1234567890123456", PhoneProblem::Invalid),
            (
                "030 12345678 / 0170 1234567",
                PhoneProblem::Several {
                    first: "+493012345678".into(),
                },
            ),
        ];
        for (text, problem) in table {
            assert_eq!(Phone::read(text, "DE"), Err(problem), "{text}");
        }
    }
}
