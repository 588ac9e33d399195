//! The normal form of phone numbers: E.164, kept as a number.
//!
//! What is a phone number is decided by the port of libphonenumber. It takes microseconds a number, so the two ways
//! in which nearly all German and Swiss numbers are written are read here directly; a test holds both readings
//! against each other over every shape the short way accepts.

use std::fmt;

use phonenumber::country;
use serde::{Deserialize, Serialize};

use super::fold::trim;
use super::placeholder::is_placeholder_phone;

/// Where a number without country code is at home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
pub enum Region {
    /// Germany, +49.
    #[serde(rename = "DE")]
    De,
    /// Switzerland, +41.
    #[serde(rename = "CH")]
    Ch,
    /// Austria, +43.
    #[serde(rename = "AT")]
    At,
    /// Liechtenstein, +423.
    #[serde(rename = "LI")]
    Li,
}

impl Region {
    /// The region of an ISO 3166 code or a target's territory (`DE`, `CH`, `AT`, `LI`), in any case.
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code.trim().to_ascii_uppercase().as_str() {
            "DE" => Self::De,
            "CH" => Self::Ch,
            "AT" => Self::At,
            "LI" => Self::Li,
            _ => return None,
        })
    }

    fn id(self) -> country::Id {
        match self {
            Self::De => country::DE,
            Self::Ch => country::CH,
            Self::At => country::AT,
            Self::Li => country::LI,
        }
    }
}

/// A number in E.164: country code and national number, at most 15 digits, so that it fits 64 bits.
///
/// An E.164 number never begins with zero, so the digits alone tell two numbers apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct E164(u64);

impl E164 {
    /// The digits as one number: +49 89 123456 is 4989123456.
    pub fn digits(self) -> u64 {
        self.0
    }

    /// The number whose [`E164::digits`] these are; `None` for more than 15 digits or none.
    pub fn from_digits(digits: u64) -> Option<Self> {
        (1..1_000_000_000_000_000)
            .contains(&digits)
            .then_some(Self(digits))
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

/// The E.164 form of `text`, read as a number of `region` where it carries no country code.
///
/// `None` for what is no phone number, for numbers that a spreadsheet damaged (`4.93012E+11`) and for numbers nobody
/// has ([`is_placeholder_phone`]). Without a region only numbers with a country code have a form.
pub fn normal_phone(text: &str, region: Option<Region>) -> Option<E164> {
    let text = trim(text);
    // A number that ends in ".0" went through a floating-point column: the zero is none of its digits.
    if text.is_empty() || text.len() > 60 || text.ends_with(".0") {
        return None;
    }
    if let Some(number) = read_common(text, region) {
        return number;
    }
    let plain = plain(text);
    match read_common(&plain, region) {
        Some(number) => number,
        None => read_any(&plain, region),
    }
}

/// The text with its signs and digits in their usual forms (full-width digits, dashes, no-break spaces, square brackets,
/// an O for a zero), without what takes no room and without the words before the number (`Tel.:`).
fn plain(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let usual = text.nfkc().filter_map(|letter| match letter {
        '\u{AD}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}'
        | '\u{FEFF}' => None,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '_' | '~' => Some('-'),
        '[' | '{' => Some('('),
        ']' | '}' => Some(')'),
        '\u{2215}' | '\u{2044}' | '\\' | '|' => Some('/'),
        '\u{B7}' | '\u{2022}' => Some('.'),
        other if other.is_whitespace() => Some(' '),
        other => Some(other),
    });
    let letters: Vec<char> = usual.collect();
    let word = |at: Option<usize>| {
        let letter = at.and_then(|at| letters.get(at));
        letter.is_some_and(|letter| letter.is_alphabetic() && !matches!(letter, 'o' | 'O'))
    };
    let digits = letters.iter().filter(|letter| letter.is_ascii_digit()).count();
    let zeros = letters.iter().enumerate().map(|(at, &letter)| {
        let alone = !word(at.checked_sub(1)) && !word(Some(at + 1));
        if matches!(letter, 'o' | 'O') && alone && digits > 4 {
            '0'
        } else {
            letter
        }
    });
    let begins = |letter: &char| letter.is_ascii_digit() || matches!(letter, '+' | '(');
    let number: Vec<char> = zeros.skip_while(|letter| !begins(letter)).collect();
    // What follows a number in words is an extension (`DW 12`), what it is for (`privat`) or another number; an exponent
    // stays, so that a damaged number is known as one.
    let mut seen = 0;
    let end = number.iter().enumerate().position(|(at, letter)| {
        seen += usize::from(letter.is_ascii_digit());
        let sign_or_digit = |other: &char| other.is_ascii_digit() || *other == '+';
        let exponent = matches!(letter, 'e' | 'E') && number.get(at + 1).is_some_and(sign_or_digit);
        seen > 5 && !exponent && (letter.is_alphabetic() || *letter == '#')
    });
    number[..end.unwrap_or(number.len())].iter().collect()
}

/// Reads what consists of digits, blanks and the usual signs and is written with `+49`, `0049` or a leading zero
/// (Switzerland alike). The outer `None` means: not of that shape, ask the library.
fn read_common(text: &str, region: Option<Region>) -> Option<Option<E164>> {
    let mut digits = [0_u8; 20];
    let mut length = 0;
    let mut plus = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => {
                *digits.get_mut(length)? = byte;
                length += 1;
            }
            b'+' if at == 0 => plus = true,
            b' ' | b'-' | b'/' | b'(' | b')' | b'.' => {}
            _ => return None,
        }
    }
    let digits = &digits[..length];
    // A slash before an x or two numbers in one cell are the library's business; so is a second leading zero.
    let abroad = plus || digits.starts_with(b"00");
    let (code, national): (&[u8], &[u8]) = if plus {
        (digits.get(..2)?, digits.get(2..)?)
    } else if let Some(rest) = digits.strip_prefix(b"00") {
        region?;
        (rest.get(..2)?, rest.get(2..)?)
    } else {
        let rest = digits.strip_prefix(b"0")?;
        let code: &[u8] = match region? {
            Region::De => b"49",
            Region::Ch => b"41",
            Region::At | Region::Li => return None,
        };
        (code, rest)
    };
    // "+49 (0)89 …": the zero is dialled inside the country only.
    let national = if abroad {
        national.strip_prefix(b"0").unwrap_or(national)
    } else {
        national
    };
    let usual = match code {
        b"49" => 6..=11,
        b"41" => 9..=9,
        _ => return None,
    };
    if !usual.contains(&national.len()) || national[0] == b'0' {
        return None;
    }
    Some(assemble(code, national))
}

fn assemble(code: &[u8], national: &[u8]) -> Option<E164> {
    let national_text = std::str::from_utf8(national).ok()?;
    if is_placeholder_phone(national_text.trim_start_matches('0')) {
        return None;
    }
    let number = code.iter().chain(national);
    let digits = number.fold(0_u64, |sum, digit| {
        sum.saturating_mul(10) + u64::from(digit - b'0')
    });
    E164::from_digits(digits)
}

fn read_any(text: &str, region: Option<Region>) -> Option<E164> {
    let exponent = text.split(['E', 'e']).collect::<Vec<_>>();
    if let [mantissa, power] = exponent[..]
        && mantissa.ends_with(|letter: char| letter.is_ascii_digit())
        && power
            .strip_prefix('+')
            .unwrap_or(power)
            .bytes()
            .all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    // The library panics on some malformed texts in other scripts; what has no three digits is no number anyway.
    if text.chars().filter(|letter| letter.is_numeric()).count() < 3 {
        return None;
    }
    // Without "tel:" it takes some numbers with a plus for RFC 3966 and then stumbles over their signs.
    let signs_blanked = (!text.starts_with("tel:")).then(|| text.replace(['.', '-', '/', '(', ')'], " "));
    let number = phonenumber::parse(region.map(Region::id), signs_blanked.as_deref().unwrap_or(text)).ok()?;
    let national = number.national().to_string();
    assemble(number.code().value().to_string().as_bytes(), national.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_number_coincide() {
        for (form, region, spellings) in [
            (
                "+498912345678",
                Some(Region::De),
                &[
                    "089 12345678",
                    "089/12345678",
                    "089 / 123 456 78",
                    "(089) 12345-678",
                    "+49 89 12345678",
                    "+49 (0) 89 12345678",
                    "+49(0)89/12345678",
                    "0049 89 12345678",
                    "0049 (0)89 12345678",
                    "+49.89.12345678",
                    "+49-89-12345678",
                    "tel:+49-89-12345678",
                    "498912345678",
                    "+49 89 12345678 ",
                    "+49\u{a0}89\u{a0}12345678",
                    "(0049) (0)89 12345678",
                    "(+49) 89 12345678",
                    "+49 [0] 89 12345678",
                    "00 49 89 12345678",
                    "＋４９　８９　１２３４５６７８",
                    "０８９／１２３４５６７８",
                    "089 – 123 45 678",
                    "089\u{2011}12345678",
                    "Tel.: 089 12345678",
                    "Tel. +49 (0)89 / 12345678",
                    "Telefon 089/12345678",
                    "O89 12345678",
                    "0049 (O)89 12345678",
                    "089\u{ad}12345678",
                    "'089 12345678",
                    "089 12345678 ext. 12",
                    "089 12345678 x12",
                    "089 12345678 DW 12",
                    "089 12345678 (Büro)",
                    "089 12345678 oder 0171 7654321",
                ][..],
            ),
            (
                "+41443211234",
                Some(Region::Ch),
                &[
                    "044 321 12 34",
                    "+41 44 321 12 34",
                    "0041 44 321 12 34",
                    "+41 (0)44 321 12 34",
                    "044/321.12.34",
                    "0041 (0) 44 321 12 34",
                    "(044) 321 12 34",
                    "T 044 321 12 34",
                    "+41 [0]44 321 12 34",
                    "O44 321 12 34",
                ],
            ),
            ("+498912345678", None, &["+49 89 12345678", "+49 (0)89 12345678"]),
            (
                "+43142123456",
                Some(Region::At),
                &[
                    "01 42123456",
                    "+43 1 42123456",
                    "0043 1 42123456",
                    "+43 (0)1 42123456",
                    "0043/(0)1/42123456",
                    "01/42 12 34 56",
                ],
            ),
        ] {
            for spelling in spellings {
                let seen = normal_phone(spelling, region).map(|number| number.to_string());
                assert_eq!(seen.as_deref(), Some(form), "{spelling:?}");
            }
        }
    }

    #[test]
    fn what_is_no_number_has_no_form() {
        for text in [
            "",
            "-",
            "k.A.",
            "00000000",
            "0000 0000000",
            "123",
            "4.93012E+11",
            "4,93012E+11",
            "498912345678.0",
            "0",
            "unbekannt",
            "+49",
            "1234567890",
        ] {
            assert_eq!(normal_phone(text, Some(Region::De)), None, "{text:?}");
        }
        assert_eq!(
            normal_phone("089 12345678", None),
            None,
            "no region, no country code"
        );
    }

    fn spelled(digits: &str, signs: &[u8]) -> String {
        let mut text = String::new();
        for (digit, sign) in digits.chars().zip(signs.iter().cycle()) {
            text.push_str([" ", "", "", "", "-", "/", " / ", ".", ") ", ""][usize::from(*sign) % 10]);
            text.push(digit);
        }
        text
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

        /// Every shape that the short way accepts, against the library.
        #[test]
        fn the_short_way_equals_the_library(
            start in prop::sample::select(vec!["0", "+49", "+490", "+49(0)", "+49 (0) ", "0049", "0049(0)", "+41", "+41 (0)", "0041", "00490", "00410"]),
            digits in "[1-9][0-9]{3,12}",
            signs in prop::collection::vec(0_u8..10, 1..8),
            region in prop::sample::select(vec![Some(Region::De), Some(Region::Ch), None]),
        ) {
            let text = format!("{start}{}", spelled(&digits, &signs));
            let text = text.trim();
            if !text.ends_with(".0") && let Some(short) = read_common(text, region) {
                prop_assert_eq!(short, read_any(text, region), "{}", text);
            }
        }
    }
}
