//! What a cell's text looks like, told in one pass and without any opinion on what it means.
//!
//! Dialect, header and table detection weigh cells by it; the meaning of a column is decided elsewhere.

/// What a text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Shape {
    /// Nothing, or white space.
    Blank,
    /// Digits, possibly signed.
    Integer,
    /// A number with decimals, grouping, an exponent, a currency or a percent sign.
    Decimal,
    /// A date, with or without a time.
    Date,
    /// A time of day or a duration.
    Time,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A phone number with its usual signs.
    Phone,
    /// Letters and digits mixed without blanks: an article number, an id.
    Code,
    /// Words.
    Text,
}

impl Shape {
    /// True for shapes that a header seldom has.
    pub(crate) fn is_typed(self) -> bool {
        !matches!(self, Shape::Blank | Shape::Text | Shape::Code)
    }

    /// Shapes that stand for the same thing in one column (12 beside 12.5).
    pub(crate) fn family(self) -> Shape {
        match self {
            Shape::Integer | Shape::Decimal => Shape::Decimal,
            other => other,
        }
    }

    /// The shape of `text`.
    pub(crate) fn of(text: &str) -> Shape {
        let text = text.trim();
        if text.is_empty() {
            return Shape::Blank;
        }
        if text.len() > 2048 {
            return Shape::Text;
        }
        let (mut digits, mut letters, mut blanks, mut others) = (0usize, 0usize, 0usize, 0usize);
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => digits += 1,
                b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => letters += 1,
                b' ' => blanks += 1,
                _ => others += 1,
            }
        }
        if digits > 0 {
            if letters == 0 && others == 0 && blanks == 0 {
                return Shape::Integer;
            }
            if let Some(shape) = numeric(text) {
                return shape;
            }
        }
        if others > 0 && blanks == 0 {
            if is_email(text) {
                return Shape::Email;
            }
            if is_url(text) {
                return Shape::Url;
            }
        }
        if letters == 0 && digits >= 5 && is_phone(text) {
            return Shape::Phone;
        }
        if digits > 0 && blanks == 0 {
            Shape::Code
        } else {
            Shape::Text
        }
    }
}

fn numeric(text: &str) -> Option<Shape> {
    if is_date(text) {
        return Some(Shape::Date);
    }
    if is_time(text) {
        return Some(Shape::Time);
    }
    let bare = text
        .trim_start_matches(['€', '$', '£', '+', '-', '−', '(', ' '])
        .trim_start_matches("EUR")
        .trim_start_matches("CHF")
        .trim_start_matches("USD")
        .trim_start()
        .trim_start_matches(['+', '-']);
    let bare = bare
        .trim_end_matches(['€', '$', '£', '%', ')', ' ', '\u{a0}'])
        .trim_end_matches("EUR")
        .trim_end_matches("CHF")
        .trim_end_matches("USD")
        .trim_end_matches(".-")
        .trim_end_matches(",-")
        .trim_end_matches(['-', ' ', '\u{a0}']);
    is_number(bare).then_some(
        if bare.len() == text.len() && bare.bytes().all(|byte| byte.is_ascii_digit()) {
            Shape::Integer
        } else {
            Shape::Decimal
        },
    )
}

/// Digits with grouping signs, one decimal sign, an exponent.
fn is_number(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(place) => (&text[..place], Some(&text[place + 1..])),
        None => (text, None),
    };
    if let Some(exponent) = exponent {
        let exponent = exponent.trim_start_matches(['+', '-']);
        if exponent.is_empty() || exponent.len() > 3 || !exponent.bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
    }
    let parts: Vec<&str> = mantissa
        .split(['.', ',', '\'', '’', ' ', '\u{a0}', '\u{202f}'])
        .collect();
    if !mantissa.ends_with(|sign: char| sign.is_ascii_digit()) {
        return false;
    }
    let all_digits = parts
        .iter()
        .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if !all_digits {
        return false;
    }
    let signs: Vec<char> = mantissa.chars().filter(|sign| !sign.is_ascii_digit()).collect();
    match signs.as_slice() {
        [] => true,
        [sign] => {
            *sign == '.'
                || *sign == ','
                || (parts[1].len() == 3 && !parts[0].is_empty() && parts[0].len() <= 3)
        }
        [grouping @ .., last] => {
            let groups = &parts[1..parts.len() - 1];
            let same = grouping.iter().all(|sign| sign == &grouping[0]);
            let full = groups.iter().all(|group| group.len() == 3) && (1..=3).contains(&parts[0].len());
            same && full
                && (*last == '.' || *last == ',' || *last == grouping[0])
                && (*last != grouping[0] || parts[parts.len() - 1].len() == 3)
        }
    }
}

/// `31.12.2024`, `31.12.24`, `2024-12-31`, `12/31/2024`, `31. Dez. 2024`, each with or without a time.
fn is_date(text: &str) -> bool {
    let day = match text.find(['T', ' ']) {
        Some(place)
            if text[..place].bytes().filter(u8::is_ascii_digit).count() >= 4
                && text.as_bytes().get(place + 1).is_some_and(u8::is_ascii_digit) =>
        {
            let rest = text[place + 1..].trim_end_matches(" Uhr");
            if !is_time(rest) {
                return false;
            }
            text[..place].trim_end_matches(',')
        }
        _ => text,
    };
    for separator in ['.', '-', '/'] {
        let parts: Vec<&str> = day.split(separator).map(str::trim).collect();
        if let [first, second, third] = parts.as_slice() {
            let digits = |part: &str, least: usize, most: usize| {
                (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
            };
            let below = |part: &str, limit: u32| part.parse::<u32>().is_ok_and(|value| value <= limit);
            let year_first = digits(first, 4, 4) && digits(second, 1, 2) && digits(third, 1, 2);
            let year_last =
                digits(first, 1, 2) && digits(second, 1, 2) && (digits(third, 4, 4) || digits(third, 2, 2));
            if year_first {
                return below(second, 12) && below(third, 31);
            }
            if year_last {
                return below(first, 31) && below(second, 31);
            }
            let named = (digits(first, 1, 2) || digits(second, 1, 2))
                && (is_month_name(second) || is_month_name(first))
                && (digits(third, 4, 4) || digits(third, 2, 2));
            return named;
        }
    }
    let words: Vec<&str> = day
        .split([' ', ','])
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| !word.is_empty())
        .collect();
    matches!(words.as_slice(), [one, two, year]
        if year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit())
            && (is_month_name(one) || is_month_name(two)))
}

fn is_month_name(text: &str) -> bool {
    const STARTS: [&str; 16] = [
        "jan", "feb", "mär", "mar", "mrz", "apr", "mai", "may", "jun", "jul", "aug", "sep", "okt", "oct",
        "nov", "de",
    ];
    let lower = text.to_lowercase();
    (3..=10).contains(&lower.chars().count()) && STARTS.iter().any(|start| lower.starts_with(start))
}

/// `10:00`, `10:00:00`, `10:00:00.000Z`, `10:00:00+02:00`, `10:00 AM`.
fn is_time(text: &str) -> bool {
    let text = text.trim();
    let text = text
        .strip_suffix("AM")
        .or_else(|| text.strip_suffix("PM"))
        .or_else(|| text.strip_suffix("am"))
        .or_else(|| text.strip_suffix("pm"))
        .unwrap_or(text)
        .trim_end();
    let zone = text.len()
        - text.trim_end_matches('Z').len().min(
            text.rfind(['+', '-'])
                .filter(|&place| place >= 4)
                .unwrap_or(text.len()),
        );
    let clock = &text[..text.len() - zone];
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return false;
    }
    parts.iter().enumerate().all(|(index, part)| {
        let whole = if index == 2 {
            part.split(['.', ',']).next().unwrap_or("")
        } else {
            part
        };
        let digits = part
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (index == 2 && (byte == b'.' || byte == b',')));
        digits
            && (1..=if index == 0 { 3 } else { 2 }).contains(&whole.len())
            && (index == 0 || whole.parse::<u32>().is_ok_and(|value| value < 60))
    })
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.contains([';', ',', '"', '|', '\t'])
}

fn is_url(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    (lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("www."))
        && !text.contains([';', '|', '"'])
}

fn is_phone(text: &str) -> bool {
    // Several numbers in a row have points between their own digits, and blanks or strokes between them.
    let strokes = text.bytes().filter(|&byte| byte == b'/').count();
    if strokes > 1 || (text.contains('.') && (strokes > 0 || text.contains(' ')) && !text.starts_with('+')) {
        return false;
    }
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || b" +-/().".contains(&byte))
        && text.bytes().filter(u8::is_ascii_digit).count() <= 18
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_told_apart() {
        let cases: &[(Shape, &[&str])] = &[
            (Shape::Blank, &["", "  ", "\u{a0}"]),
            (Shape::Integer, &["0", "01067", "493012"]),
            (
                Shape::Decimal,
                &[
                    "1.5",
                    "1,5",
                    "-3,20",
                    "1.234,50",
                    "1,234.50",
                    "1'234.50",
                    "1’234.50",
                    "12 %",
                    "1.234,50 €",
                    "CHF 1'234.-",
                    "4.93012E+11",
                    "$5",
                    "1 234 567,8",
                ],
            ),
            (
                Shape::Date,
                &[
                    "31.12.2024",
                    "1.2.24",
                    "2024-12-31",
                    "12/31/2024",
                    "2024-12-31T10:00:00Z",
                    "31.12.2024 10:30",
                    "2024-12-31 10:30:00+02:00",
                    "31. Dezember 2024",
                    "12-Mar-2024",
                ],
            ),
            (Shape::Time, &["10:30", "10:30:59", "9:05 PM"]),
            (Shape::Email, &["a@b.de", "m.müller@firma-süd.com"]),
            (Shape::Url, &["https://a.de/x?y=1,2", "www.firma.de"]),
            (Shape::Phone, &["+49 30 123456", "(030) 12 34 56", "030/123456-0"]),
            (Shape::Code, &["A-100", "HRB12345", "1.2.3.4"]),
            (
                Shape::Text,
                &["Müller GmbH", "Berlin", "Halle 3", "-", "a, b", "Straße 1.2"],
            ),
        ];
        for (shape, texts) in cases {
            for text in *texts {
                assert_eq!(Shape::of(text), *shape, "{text:?}");
            }
        }
    }
}
