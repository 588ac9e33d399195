//! Reading of dates and times as people and programs write them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::Instant;

/// Which of two small numbers comes first in a date such as 03.04.2024.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 03.04.2024 is the third of April.
    #[default]
    DayFirst,
    /// 03/04/2024 is the fourth of March.
    MonthFirst,
}

/// What a date text says about the order of day and month in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum MomentEvidence {
    /// Can only be read with the day first (31.10.2024).
    DayFirst,
    /// Can only be read with the month first (10/31/2024).
    MonthFirst,
    /// Both orders give a date, and nobody writes points between parts with the month first (03.04.2024).
    DayFirstByCustom,
    /// Both orders give a date, and not the same one (03/04/2024).
    Either,
    /// The order does not matter: ISO, a month written as a word, day and month equal.
    Neither,
}

/// A date as written, with a time and an offset where the text has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The calendar day.
    pub date: NaiveDate,
    /// The time of day, if written.
    pub time: Option<NaiveTime>,
    /// The offset from UTC, if written (`Z`, `+02:00`).
    pub offset: Option<FixedOffset>,
}

impl Moment {
    /// The instant of this moment. Without an offset it is read in `zone`; without a time it is the day's beginning
    /// there. Where clocks go back, the first of two possible instants is taken; a time that clocks skip is moved
    /// forward by the skipped hour.
    pub fn at(&self, zone: Tz) -> Instant {
        let local = NaiveDateTime::new(self.date, self.time.unwrap_or(NaiveTime::MIN));
        let utc = match self.offset {
            Some(offset) => offset
                .from_local_datetime(&local)
                .single()
                .map(|moment| moment.to_utc()),
            None => zone
                .from_local_datetime(&local)
                .earliest()
                .map(|moment| moment.to_utc()),
        };
        let utc = utc.unwrap_or_else(|| {
            // Skipped by a change of the clock: the offset before the gap leads to the time after it.
            let before = local - TimeDelta::hours(3);
            let offset = zone.offset_from_utc_datetime(&before).fix();
            DateTime::from_naive_utc_and_offset(
                local - TimeDelta::seconds(offset.local_minus_utc().into()),
                chrono::Utc,
            )
        });
        Instant::from(utc)
    }
}

/// A date text as understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MomentReading {
    /// What it means in the order that was asked for.
    pub moment: Moment,
    /// What it proves about the order.
    pub evidence: MomentEvidence,
}

/// Reads a date, with or without a time, as German, Swiss, English and French writers and their programs write it:
/// `15.06.2024`, `5.6.24`, `15.06.2024, 10:00 Uhr`, `2024-06-15T10:00:00+02:00`, `20240615`, `06/15/2024 3:05 PM`,
/// `15. Juni 2024`, `Sat, 15 Jun 2024 10:00:00 +0200`.
///
/// Where a text proves the other order than `order`, the proven order is taken and said in the evidence, so that a
/// column can be decided as a whole. Years of two digits lie between 1970 and 2069. `None` for everything else,
/// above all for dates without a year or day.
pub fn read_moment(text: &str, order: DateOrder) -> Option<MomentReading> {
    let text = text.trim();
    // Longest sensible: a weekday, a month as a word, time with fraction, a zone in words.
    if text.len() < 6 || text.len() > 64 {
        return None;
    }
    let tokens = tokens(text)?;
    let mut tokens = tokens.as_slice();
    skip_weekday(&mut tokens);
    let (date, evidence) = read_date(&mut tokens, order)?;
    let (time, offset) = read_time(&mut tokens)?;
    tokens.is_empty().then_some(MomentReading {
        moment: Moment { date, time, offset },
        evidence,
    })
}

/// Reads a day number of a spreadsheet (45123.5 is noon of 2023-07-16), in the 1900 or the 1904 system.
///
/// The 1900 system has a 29 February 1900 that never was; serials up to 60 are shifted as Excel shows them. `None`
/// below 1 (a bare time) and past the year 9999.
pub fn read_serial(serial: f64, epoch_1904: bool) -> Option<Moment> {
    const SECONDS_A_DAY: f64 = 86_400.0;
    let first = if epoch_1904 { 0.0 } else { 1.0 };
    if !(first..2_957_004.0).contains(&serial) {
        return None;
    }
    let (year, month, day) = if epoch_1904 {
        (1904, 1, 1)
    } else if serial < 60.0 {
        (1899, 12, 31)
    } else {
        (1899, 12, 30)
    };
    // Half a millisecond of rounding noise is what floats of today's serials carry.
    let millis = (serial * SECONDS_A_DAY * 1000.0).round();
    #[allow(clippy::cast_possible_truncation, reason = "below 3e14 after the range check")]
    let at = NaiveDate::from_ymd_opt(year, month, day)?.and_time(NaiveTime::MIN)
        + TimeDelta::milliseconds(millis as i64);
    let whole_day = serial.fract() == 0.0;
    Some(Moment {
        date: at.date(),
        time: (!whole_day).then_some(at.time()),
        offset: None,
    })
}

/// A piece of a date text. White space and commas separate and are not kept.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'a> {
    /// Digits, with their count (07 is not 7 when a year is looked for).
    Number(u32, usize),
    Word(&'a str),
    Sign(char),
}

fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::with_capacity(12);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end_of = |keep: fn(char) -> bool| rest.find(|c| !keep(c)).unwrap_or(rest.len());
        let taken = if first.is_ascii_digit() {
            let end = end_of(|c| c.is_ascii_digit());
            if end > 9 {
                return None;
            }
            tokens.push(Token::Number(rest[..end].parse().ok()?, end));
            end
        } else if first.is_alphabetic() {
            let end = end_of(char::is_alphabetic);
            tokens.push(Token::Word(&rest[..end]));
            end
        } else if first.is_whitespace() || first == ',' {
            // A fraction of a second may follow a comma (ISO 8601): kept as a sign only between digits.
            let fraction = first == ','
                && matches!(tokens.last(), Some(Token::Number(..)))
                && rest[1..].starts_with(|c: char| c.is_ascii_digit());
            if fraction {
                tokens.push(Token::Sign(','));
            }
            first.len_utf8()
        } else if matches!(first, '.' | '/' | '-' | '–' | ':' | '+' | '(' | ')') {
            tokens.push(Token::Sign(if first == '–' { '-' } else { first }));
            first.len_utf8()
        } else {
            return None;
        };
        rest = &rest[taken..];
    }
    Some(tokens)
}

fn skip_weekday<'t>(tokens: &mut &'t [Token<'t>]) {
    const WEEKDAYS: [&str; 35] = [
        "mo",
        "di",
        "mi",
        "do",
        "fr",
        "sa",
        "so",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonnabend",
        "sonntag",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
    ];
    if let [Token::Word(word), rest @ ..] = *tokens
        && WEEKDAYS.contains(&word.to_lowercase().as_str())
    {
        *tokens = rest;
        if let [Token::Sign('.'), rest @ ..] = *tokens {
            *tokens = rest;
        }
    }
}

fn read_date<'t>(tokens: &mut &'t [Token<'t>], order: DateOrder) -> Option<(NaiveDate, MomentEvidence)> {
    use Token::{Number, Sign, Word};
    let all = *tokens;
    let found = match *all {
        // 20240615
        [Number(packed, 8), ref rest @ ..] => {
            let date = NaiveDate::from_ymd_opt(
                (packed / 10_000).try_into().ok()?,
                packed / 100 % 100,
                packed % 100,
            )?;
            (plausible(date)?, MomentEvidence::Neither, rest)
        }
        // 2024-06-15, 2024/6/15, 2024.06.15
        [
            Number(year, 4),
            Sign(a),
            Number(month, 1..=2),
            Sign(b),
            Number(day, 1..=2),
            ref rest @ ..,
        ] if a == b && matches!(a, '-' | '/' | '.') => (
            plausible(NaiveDate::from_ymd_opt(year.try_into().ok()?, month, day)?)?,
            MomentEvidence::Neither,
            rest,
        ),
        // 15.06.2024, 5/6/24, 15-06-2024
        [
            Number(a, 1..=2),
            Sign(x),
            Number(b, 1..=2),
            Sign(y),
            Number(year, digits @ (2 | 4)),
            ref rest @ ..,
        ] if x == y && matches!(x, '.' | '/' | '-') => {
            let year = full_year(year, digits)?;
            let day_first = NaiveDate::from_ymd_opt(year, b, a).and_then(plausible);
            let month_first = NaiveDate::from_ymd_opt(year, a, b).and_then(plausible);
            let (date, evidence) = match (day_first, month_first) {
                (Some(date), None) => (date, MomentEvidence::DayFirst),
                (None, Some(date)) => (date, MomentEvidence::MonthFirst),
                (Some(date), Some(other)) if date == other => (date, MomentEvidence::Neither),
                (Some(day_first), Some(month_first)) => {
                    let evidence = if x == '.' {
                        MomentEvidence::DayFirstByCustom
                    } else {
                        MomentEvidence::Either
                    };
                    (
                        if order == DateOrder::DayFirst {
                            day_first
                        } else {
                            month_first
                        },
                        evidence,
                    )
                }
                (None, None) => return None,
            };
            (date, evidence, rest)
        }
        // 15. Juni 2024, 15 Jun 24, 15-Jun-2024
        [Number(day, 1..=2), ref rest @ ..] => {
            let rest = skip_signs(rest);
            let [Word(name), rest @ ..] = rest else {
                return None;
            };
            let rest = skip_signs(rest);
            let [Number(year, digits @ (2 | 4)), ref rest @ ..] = *rest else {
                return None;
            };
            let date = NaiveDate::from_ymd_opt(full_year(year, digits)?, month_named(name)?, day)?;
            (plausible(date)?, MomentEvidence::Neither, rest)
        }
        // June 15, 2024
        [Word(name), ref rest @ ..] => {
            let rest = skip_signs(rest);
            let [Number(day, 1..=2), ref rest @ ..] = *rest else {
                return None;
            };
            let rest = match rest {
                [Word("st" | "nd" | "rd" | "th"), rest @ ..] | [Sign(','), rest @ ..] => rest,
                rest => rest,
            };
            let [Number(year, 4), ref rest @ ..] = *rest else {
                return None;
            };
            let date = NaiveDate::from_ymd_opt(full_year(year, 4)?, month_named(name)?, day)?;
            (plausible(date)?, MomentEvidence::Neither, rest)
        }
        _ => return None,
    };
    let (date, evidence, rest) = found;
    *tokens = rest;
    Some((date, evidence))
}

fn skip_signs<'t>(tokens: &'t [Token<'t>]) -> &'t [Token<'t>] {
    match tokens {
        [Token::Sign('.' | '-' | '/'), rest @ ..] => rest,
        rest => rest,
    }
}

fn full_year(year: u32, digits: usize) -> Option<i32> {
    let year = i32::try_from(year).ok()?;
    Some(match digits {
        2 if year < 70 => 2000 + year,
        2 => 1900 + year,
        _ => year,
    })
}

/// Years that a date in an export can mean; 0024 and 9999 are typing errors and "never".
fn plausible(date: NaiveDate) -> Option<NaiveDate> {
    use chrono::Datelike as _;
    (1800..=2200).contains(&date.year()).then_some(date)
}

fn month_named(name: &str) -> Option<u32> {
    const MONTHS: [&[&str]; 12] = [
        &["january", "januar", "jänner", "janvier", "jan", "jän", "janv"],
        &[
            "february", "februar", "feber", "février", "fevrier", "feb", "févr", "fevr", "fév",
        ],
        &["march", "märz", "maerz", "mars", "mar", "mär", "mrz"],
        &["april", "avril", "apr", "avr"],
        &["may", "mai"],
        &["june", "juni", "juin", "jun"],
        &["july", "juli", "juillet", "jul", "juil"],
        &["august", "août", "aout", "aug"],
        &["september", "septembre", "sept", "sep"],
        &["october", "oktober", "octobre", "oct", "okt"],
        &["november", "novembre", "nov"],
        &[
            "december",
            "dezember",
            "décembre",
            "decembre",
            "dec",
            "dez",
            "déc",
        ],
    ];
    let name = name.to_lowercase();
    let index = MONTHS.iter().position(|names| names.contains(&name.as_str()))?;
    u32::try_from(index + 1).ok()
}

/// What follows a date: nothing, or a time with an optional zone. `None` when it is neither.
fn read_time<'t>(tokens: &mut &'t [Token<'t>]) -> Option<(Option<NaiveTime>, Option<FixedOffset>)> {
    use Token::{Number, Sign, Word};
    if let [Word("T" | "t" | "um" | "at" | "à") | Sign('-'), rest @ ..] = *tokens {
        *tokens = rest;
    }
    let all = *tokens;
    let (hour, minute, rest) = match *all {
        [] => return Some((None, None)),
        [Number(hour, 1..=2), Sign(':'), Number(minute, 2), ref rest @ ..] => (hour, minute, rest),
        // 10.30 Uhr: a point separates only where the word follows; otherwise it would be half a date.
        [
            Number(hour, 1..=2),
            Sign('.'),
            Number(minute, 2),
            Word("Uhr"),
            ref rest @ ..,
        ] => (hour, minute, rest),
        [Number(hour, 1..=2), Word("h"), Number(minute, 2), ref rest @ ..] => (hour, minute, rest),
        // 10 Uhr, 3 PM
        [Number(hour, 1..=2), Word(word), ..]
            if ["uhr", "am", "pm"].contains(&word.to_lowercase().as_str()) =>
        {
            (hour, 0, &all[1..])
        }
        // 2024-06-15T100000Z, as iCalendar and some exports write it.
        [Number(packed, 6), ref rest @ ..] => {
            let time = NaiveTime::from_hms_opt(packed / 10_000, packed / 100 % 100, packed % 100)?;
            *tokens = rest;
            return Some((Some(time), read_offset(tokens)?));
        }
        _ => return None,
    };
    *tokens = rest;
    let mut second = 0;
    let mut milli = 0;
    let all = *tokens;
    if let [Sign(':'), Number(value, 2), ref rest @ ..] = *all {
        second = value;
        *tokens = rest;
        if let [Sign('.' | ','), Number(fraction, digits), ref rest @ ..] = *rest {
            let digits = u32::try_from(digits).ok()?;
            milli = if digits <= 3 {
                fraction * 10_u32.pow(3 - digits)
            } else {
                fraction / 10_u32.pow(digits - 3)
            };
            *tokens = rest;
        }
    }
    let mut hour = hour;
    let all = *tokens;
    if let [Word(word), ref rest @ ..] = *all {
        match word.to_lowercase().as_str() {
            "uhr" => *tokens = rest,
            "am" | "pm" if (1..=12).contains(&hour) => {
                hour = hour % 12 + if word.eq_ignore_ascii_case("pm") { 12 } else { 0 };
                *tokens = rest;
            }
            _ => {}
        }
    }
    // Midnight at the end of a day is written 24:00 by some programs; second 60 is a leap second.
    let time = NaiveTime::from_hms_milli_opt(hour, minute, second.min(59), milli)?;
    Some((Some(time), read_offset(tokens)?))
}

/// A zone at the end, and nothing after it; `None` when something else stands there.
fn read_offset<'t>(tokens: &mut &'t [Token<'t>]) -> Option<Option<FixedOffset>> {
    use Token::{Number, Sign, Word};
    let east = |seconds: u32| FixedOffset::east_opt(i32::try_from(seconds).ok()?);
    let west = |seconds: u32| FixedOffset::west_opt(i32::try_from(seconds).ok()?);
    let all = *tokens;
    let (offset, rest) = match *all {
        [] => return Some(None),
        [Word(zone), ref rest @ ..] if !matches!(rest, [Sign('+' | '-'), ..]) => {
            let hours = match zone {
                "Z" | "z" | "UTC" | "GMT" => 0,
                "CET" | "MEZ" => 1,
                "CEST" | "MESZ" => 2,
                _ => return None,
            };
            (east(hours * 3600)?, rest)
        }
        [Word("UTC" | "GMT"), Sign(sign), ref rest @ ..] | [Sign(sign @ ('+' | '-')), ref rest @ ..] => {
            let (seconds, rest) = match *rest {
                [Number(hours, 1..=2), Sign(':'), Number(minutes, 2), ref rest @ ..] => {
                    (hours * 3600 + minutes * 60, rest)
                }
                [Number(packed, 4), ref rest @ ..] => (packed / 100 * 3600 + packed % 100 * 60, rest),
                [Number(hours, 1..=2), ref rest @ ..] => (hours * 3600, rest),
                _ => return None,
            };
            (
                if sign == '+' {
                    east(seconds)?
                } else {
                    west(seconds)?
                },
                rest,
            )
        }
        _ => return None,
    };
    // A comment such as "(CEST)" at the end of a mail's date.
    *tokens = match rest {
        [Sign('('), Word(_), Sign(')')] => &[],
        rest => rest,
    };
    Some(Some(offset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use MomentEvidence::{DayFirst, DayFirstByCustom, Either, MonthFirst, Neither};

    fn read(text: &str) -> Option<(String, MomentEvidence)> {
        let reading = read_moment(text, DateOrder::DayFirst)?;
        Some((
            reading.moment.at(chrono_tz::Europe::Berlin).to_string(),
            reading.evidence,
        ))
    }

    #[test]
    fn dates_of_all_kinds_are_read() {
        let table = [
            ("15.06.2024", "2024-06-14T22:00:00Z", DayFirst),
            ("5.6.24", "2024-06-04T22:00:00Z", DayFirstByCustom),
            ("5/6/24", "2024-06-04T22:00:00Z", Either),
            ("1.1.99", "1998-12-31T23:00:00Z", Neither),
            ("15.06.2024 10:00", "2024-06-15T08:00:00Z", DayFirst),
            ("15.06.2024, 10:00 Uhr", "2024-06-15T08:00:00Z", DayFirst),
            ("15.06.2024 um 10.30 Uhr", "2024-06-15T08:30:00Z", DayFirst),
            ("15.06.2024 - 9:05", "2024-06-15T07:05:00Z", DayFirst),
            ("15.06.2024 10 Uhr", "2024-06-15T08:00:00Z", DayFirst),
            ("Sa, 15.06.2024", "2024-06-14T22:00:00Z", DayFirst),
            ("Samstag, 15. Juni 2024", "2024-06-14T22:00:00Z", Neither),
            ("15. Januar 2024", "2024-01-14T23:00:00Z", Neither),
            ("3. März 2024", "2024-03-02T23:00:00Z", Neither),
            ("3 mars 2024", "2024-03-02T23:00:00Z", Neither),
            ("15-Jun-24", "2024-06-14T22:00:00Z", Neither),
            ("June 15, 2024", "2024-06-14T22:00:00Z", Neither),
            ("Jun 15 2024 3:05 PM", "2024-06-15T13:05:00Z", Neither),
            ("2024-06-15", "2024-06-14T22:00:00Z", Neither),
            ("2024-06-15 10:00:30", "2024-06-15T08:00:30Z", Neither),
            ("2024-06-15T10:00:00Z", "2024-06-15T10:00:00Z", Neither),
            ("2024-06-15T10:00:00.5+02:00", "2024-06-15T08:00:00.500Z", Neither),
            (
                "2024-06-15T10:00:00,123456+0200",
                "2024-06-15T08:00:00.123Z",
                Neither,
            ),
            ("2024-06-15 10:00 UTC+2", "2024-06-15T08:00:00Z", Neither),
            ("2024/06/15", "2024-06-14T22:00:00Z", Neither),
            ("20240615", "2024-06-14T22:00:00Z", Neither),
            ("20240615T100000Z", "2024-06-15T10:00:00Z", Neither),
            ("06/15/2024 3:05 PM", "2024-06-15T13:05:00Z", MonthFirst),
            ("06/15/2024 12:05 AM", "2024-06-14T22:05:00Z", MonthFirst),
            (
                "Sat, 15 Jun 2024 10:00:00 +0200 (CEST)",
                "2024-06-15T08:00:00Z",
                Neither,
            ),
            ("15 Jun 2024 08:00:00 GMT", "2024-06-15T08:00:00Z", Neither),
        ];
        for (text, instant, evidence) in table {
            assert_eq!(read(text), Some((instant.to_string(), evidence)), "{text}");
        }
    }

    #[test]
    fn what_is_no_full_date_is_not_read() {
        for text in [
            "",
            "15.06.",
            "Juni 2024",
            "31.02.2024",
            "2024-13-01",
            "00.00.0000",
            "01.01.0024",
            "10:00",
            "45123",
            "0170 1234567",
            "1.2.3.4",
            "15.06.2024 25:00",
            "15.06.2024 abc",
            "15.06.2024 10:00 Paris",
            "k.A.",
            "15.06-2024",
            "99999999",
            "+49 30 12345678",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_asked_order_decides_only_where_the_text_does_not() {
        let month_first =
            |text| read_moment(text, DateOrder::MonthFirst).map(|reading| reading.moment.date.to_string());
        assert_eq!(month_first("03/04/2024").as_deref(), Some("2024-03-04"));
        assert_eq!(month_first("31/10/2024").as_deref(), Some("2024-10-31"));
    }

    #[test]
    fn clocks_that_change_do_not_break_local_times() {
        assert_eq!(
            read("31.03.2024 02:30").unwrap().0,
            "2024-03-31T01:30:00Z",
            "a skipped time moves forward"
        );
        assert_eq!(
            read("27.10.2024 02:30").unwrap().0,
            "2024-10-27T00:30:00Z",
            "of two times the first"
        );
    }

    #[test]
    fn serials_of_both_systems_are_read() {
        let day = |serial, epoch| read_serial(serial, epoch).map(|moment| moment.at(Tz::UTC).to_string());
        assert_eq!(day(45458.0, false).as_deref(), Some("2024-06-15T00:00:00Z"));
        assert_eq!(day(43996.0, true).as_deref(), Some("2024-06-15T00:00:00Z"));
        assert_eq!(
            day(45_458.416_666_666_664, false).as_deref(),
            Some("2024-06-15T10:00:00Z")
        );
        assert_eq!(day(59.0, false).as_deref(), Some("1900-02-28T00:00:00Z"));
        assert_eq!(day(61.0, false).as_deref(), Some("1900-03-01T00:00:00Z"));
        assert_eq!(day(0.5, false), None);
        assert_eq!(day(f64::NAN, false), None);
        assert_eq!(day(1e300, true), None);
    }
}
