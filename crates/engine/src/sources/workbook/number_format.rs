//! What a cell's number format says the number is: a date, a time, digits with leading zeros, or just a number.
//!
//! Only the part of the format language that changes what a person reads there is understood; colours, widths,
//! currencies and the like are passed over.

use lotse_core::table::CellKind;

/// What a number is shown as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NumberFormat {
    /// A number.
    Plain,
    /// A date, possibly with the time that the number holds.
    Date,
    /// A date with its time, also at midnight.
    DateTime,
    /// A time of day.
    Time,
    /// Hours that do not wrap at a day.
    Elapsed,
    /// Digits in a fixed pattern, where zeros or signs are part of what is meant: `00000`, `"D-"00000`.
    Digits(Vec<Piece>),
}

/// A place of a digit pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A digit, zero where the number has none.
    Zero,
    /// A digit where the number has one.
    Optional,
    /// The sign itself.
    Literal(char),
}

impl NumberFormat {
    /// The format of one of the ids that every spreadsheet knows.
    pub(crate) fn built_in(id: u32) -> Self {
        match id {
            14..=17 | 27..=31 | 34..=36 | 50..=54 | 57 | 58 => Self::Date,
            18..=21 | 32 | 33 | 45 | 47 | 55 | 56 => Self::Time,
            22 => Self::DateTime,
            46 => Self::Elapsed,
            _ => Self::Plain,
        }
    }

    /// Understands a format code such as `dd.mm.yyyy` or `00000`.
    pub(crate) fn parse(code: &str) -> Self {
        if code.eq_ignore_ascii_case("general") || code == "@" || code.eq_ignore_ascii_case("standard") {
            return Self::Plain;
        }
        let (mut date, mut time, mut months, mut elapsed, mut plain_digits) =
            (false, false, false, false, false);
        let mut pieces = Vec::new();
        let mut signs = code.chars().peekable();
        while let Some(sign) = signs.next() {
            match sign {
                ';' => break,
                '"' => pieces.extend(signs.by_ref().take_while(|&next| next != '"').map(Piece::Literal)),
                '\\' | '!' => pieces.extend(signs.next().map(Piece::Literal)),
                '_' | '*' => {
                    signs.next();
                }
                '[' => {
                    let inside: String = signs.by_ref().take_while(|&next| next != ']').collect();
                    let lower = inside.to_ascii_lowercase();
                    if !lower.is_empty() && lower.chars().all(|sign| matches!(sign, 'h' | 'm' | 's')) {
                        elapsed = true;
                    }
                }
                'd' | 'D' | 'y' | 'Y' | 'g' | 'e' if !plain_digits => date = true,
                'h' | 'H' | 's' | 'S' => time = true,
                'm' | 'M' => months = true,
                'a' | 'A' if matches!(signs.peek(), Some('m' | 'M' | '/')) => {
                    // AM/PM: its letters are no months.
                    while signs
                        .next_if(|next| matches!(next, 'm' | 'M' | '/' | 'p' | 'P'))
                        .is_some()
                    {}
                    time = true;
                }
                '0' => {
                    plain_digits = true;
                    pieces.push(Piece::Zero);
                }
                '#' | '?' => {
                    plain_digits = true;
                    pieces.push(Piece::Optional);
                }
                '.' | ',' | '%' | 'E' | '/' if !date && !time => pieces.push(Piece::Literal('\0')),
                other => pieces.push(Piece::Literal(other)),
            }
        }
        let fraction_of_second = time && plain_digits;
        if elapsed {
            return Self::Elapsed;
        }
        match (date || (months && !time), time) {
            _ if plain_digits && !fraction_of_second && !date => Self::digits(pieces),
            (true, true) => Self::DateTime,
            (true, false) => Self::Date,
            (false, true) => Self::Time,
            (false, false) => Self::Plain,
        }
    }

    fn digits(pieces: Vec<Piece>) -> Self {
        // A decimal, a group, a percentage or a fraction is a number, however many zeros it has.
        if pieces.contains(&Piece::Literal('\0')) {
            return Self::Plain;
        }
        let zeros = pieces.iter().filter(|piece| **piece == Piece::Zero).count();
        let first_digit = pieces
            .iter()
            .position(|piece| !matches!(piece, Piece::Literal(_)));
        let has_digit_before = pieces[..first_digit.unwrap_or(0)]
            .iter()
            .any(|piece| matches!(piece, Piece::Literal(sign) if sign.is_ascii_digit() || sign.is_alphabetic() || *sign == '+'));
        let currency = pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Literal('€' | '$' | '£' | '¥')));
        let padded = zeros >= 2 && !currency;
        if padded || (has_digit_before && zeros + pieces.len() > 1 && !currency) {
            Self::Digits(pieces)
        } else {
            Self::Plain
        }
    }
}

/// The kind and the text of a stored number. `digits` is the number as it stands in the file.
pub(crate) fn number_text(
    value: f64,
    digits: &str,
    format: &NumberFormat,
    epoch_1904: bool,
) -> (CellKind, String) {
    let number = || (CellKind::Number, shortest(value, digits));
    match format {
        NumberFormat::Plain => number(),
        NumberFormat::Digits(pieces) => {
            if value < 0.0 || value.fract() != 0.0 || value > 1e15 {
                return number();
            }
            (CellKind::Number, fill_digits(value, pieces))
        }
        NumberFormat::Elapsed => {
            if value.is_finite() && (0.0..1e7).contains(&value) {
                (CellKind::Moment, clock((value * 86400.0).round()))
            } else {
                number()
            }
        }
        NumberFormat::Time if (0.0..1.0).contains(&value) => {
            (CellKind::Moment, clock((value * 86400.0).round()))
        }
        NumberFormat::Time | NumberFormat::Date | NumberFormat::DateTime => {
            match moment(value, *format == NumberFormat::DateTime, epoch_1904) {
                Some(text) => (CellKind::Moment, text),
                None => number(),
            }
        }
    }
}

fn clock(seconds: f64) -> String {
    // In range by the callers' checks.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let seconds = seconds.max(0.0) as u64;
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// A serial number of a spreadsheet as ISO date or date and time; `None` outside the calendar.
pub(crate) fn moment(serial: f64, with_time: bool, epoch_1904: bool) -> Option<String> {
    const LAST: f64 = 2_958_466.0;
    if !serial.is_finite() || !(0.0..LAST).contains(&serial) {
        return None;
    }
    // In range by the check above.
    #[allow(clippy::cast_possible_truncation)]
    let seconds = (serial * 86400.0).round() as i64;
    let (day, second) = (seconds.div_euclid(86400), seconds.rem_euclid(86400));
    if day == 0 && !epoch_1904 {
        return (second > 0 || with_time).then(|| clock(second as f64));
    }
    let days_from_1899_12_30 = if epoch_1904 {
        day + 1462
    } else if day < 60 {
        // The spreadsheet believes in a 29 February 1900.
        day + 1
    } else {
        day
    };
    if day == 60 && !epoch_1904 {
        return Some("1900-02-29".into());
    }
    let date = chrono::NaiveDate::from_ymd_opt(1899, 12, 30)?
        .checked_add_signed(chrono::TimeDelta::days(days_from_1899_12_30))?;
    Some(if second > 0 || with_time {
        format!("{}T{}", date.format("%Y-%m-%d"), clock(second as f64))
    } else {
        date.format("%Y-%m-%d").to_string()
    })
}

/// Puts the digits of a whole number into a pattern, from the right.
fn fill_digits(value: f64, pieces: &[Piece]) -> String {
    let mut digits: Vec<char> = format!("{value:.0}").chars().collect();
    if digits == ['0'] {
        digits.clear();
    }
    let first = pieces
        .iter()
        .position(|piece| !matches!(piece, Piece::Literal(_)));
    let mut out = Vec::new();
    for (index, piece) in pieces.iter().enumerate().rev() {
        match piece {
            Piece::Literal(sign) => out.push(*sign),
            Piece::Zero => out.push(digits.pop().unwrap_or('0')),
            Piece::Optional => out.extend(digits.pop()),
        }
        if Some(index) == first {
            // More digits than places: all of them are shown.
            while let Some(digit) = digits.pop() {
                out.push(digit);
            }
        }
    }
    out.iter().rev().collect::<String>().trim().to_owned()
}

/// The shortest decimal text of a number with the fifteen digits a spreadsheet shows; never with an exponent.
pub(crate) fn shortest(value: f64, digits: &str) -> String {
    let plain = digits.len() <= 16
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-')
        && !(digits.contains('.') && digits.ends_with(['0', '.']))
        && digits.bytes().filter(u8::is_ascii_digit).count() <= 15
        && !digits.starts_with(['.', '+'])
        && (!digits.starts_with('0') || digits.len() == 1 || digits.starts_with("0."))
        && !digits.starts_with("-0");
    if plain {
        return digits.to_owned();
    }
    if !value.is_finite() {
        return digits.to_owned();
    }
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    // Rust prints the shortest text that reads back as the same number, without an exponent.
    let text = format!("{rounded}");
    if text == "-0" { "0".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_codes_are_understood() {
        let dates = [
            "dd.mm.yyyy",
            "[$-407]d. mmmm yyyy;@",
            "yyyy\\-mm\\-dd",
            "mmm yy",
            "m/d/yy",
        ];
        let times = ["hh:mm", "h:mm AM/PM", "hh:mm:ss.000", "mm:ss"];
        let both = ["dd.mm.yyyy hh:mm", "m/d/yy h:mm", "yyyy-mm-dd\"T\"hh:mm:ss"];
        let plain = [
            "General",
            "0",
            "0.00",
            "#,##0.00 \"€\"",
            "0%",
            "@",
            "#,##0",
            "0.00E+00",
            "# ?/?",
            "\"Stück\" 0",
            "[Red]-0.00",
            "_-* #,##0.00_-",
        ];
        for code in dates {
            assert_eq!(NumberFormat::parse(code), NumberFormat::Date, "{code}");
        }
        for code in times {
            assert_eq!(NumberFormat::parse(code), NumberFormat::Time, "{code}");
        }
        for code in both {
            assert_eq!(NumberFormat::parse(code), NumberFormat::DateTime, "{code}");
        }
        for code in plain {
            let format = NumberFormat::parse(code);
            assert_eq!(
                number_text(1067.0, "1067", &format, false).1,
                if code.contains("Stück") {
                    "Stück 1067"
                } else {
                    "1067"
                },
                "{code}"
            );
        }
        assert_eq!(NumberFormat::parse("[h]:mm:ss"), NumberFormat::Elapsed);
    }

    #[test]
    fn numbers_read_as_a_person_sees_them() {
        let shown = |value: f64, code: &str| {
            number_text(value, &format!("{value}"), &NumberFormat::parse(code), false).1
        };
        assert_eq!(shown(1067.0, "00000"), "01067");
        assert_eq!(shown(1067.0, "\"D-\"00000"), "D-01067");
        assert_eq!(shown(301_234_567.0, "\"0\"#"), "0301234567");
        assert_eq!(shown(123_456_789.0, "000\\-00\\-0000"), "123-45-6789");
        assert_eq!(shown(45_458.0, "dd.mm.yyyy"), "2024-06-15");
        assert_eq!(
            shown(45_458.416_666_666_664, "dd.mm.yyyy hh:mm"),
            "2024-06-15T10:00:00"
        );
        assert_eq!(shown(45_458.0, "dd.mm.yyyy hh:mm"), "2024-06-15T00:00:00");
        assert_eq!(shown(0.5, "hh:mm"), "12:00:00");
        assert_eq!(shown(1.104_166_666_666_666_7, "[h]:mm"), "26:30:00");
        assert_eq!(shown(1.0, "dd.mm.yyyy"), "1900-01-01");
        assert_eq!(shown(61.0, "dd.mm.yyyy"), "1900-03-01");
        assert_eq!(shown(-5.0, "dd.mm.yyyy"), "-5");
        assert_eq!(moment(0.0, false, true).as_deref(), Some("1904-01-01"));
    }

    #[test]
    fn numbers_are_written_short_and_without_exponent() {
        let cases = [
            ("0.30000000000000004", "0.3"),
            ("4.93012E+11", "493012000000"),
            ("1E-3", "0.001"),
            ("12.50", "12.5"),
            ("-0", "0"),
            ("1234567890123456", "1234567890123460"),
            ("100", "100"),
        ];
        for (stored, text) in cases {
            let value: f64 = stored.parse().expect("a number");
            assert_eq!(shortest(value, stored), text);
        }
    }
}
