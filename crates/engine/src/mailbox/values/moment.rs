//! Dates and times in texts, as people and forms write them.

use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use regex::{Captures, Regex};

use super::Found;

/// The first date in a text, with its time of day where it has one (midnight where not); `zone` holds where none is
/// named. The value is RFC 3339 in UTC.
pub(crate) fn find_moment(text: &str, zone: Tz) -> Option<Found> {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)
            (?: (?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})
              | (?P<day2>\d{1,2})[./-]\s?(?P<month2>\d{1,2})[./-]\s?(?P<year2>\d{4}|\d{2})
              | (?P<day3>\d{1,2})\.?(?:er)?\s(?:de\s)?(?P<name3>\p{L}{3,10})\.?,?\s(?P<year3>\d{4})
              | (?P<name4>\p{L}{3,10})\.?\s(?P<day4>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<year4>\d{4}) )
            (?: \s*(?:[,T;|–-]|um|at|à|alle(?:\s+ore)?|gegen|ore)?\s*
                (?P<hour>\d{1,2})\s?[:.h]\s?(?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?
                \s*(?P<half>[ap]\.?m\.?\b)?
                (?:\s*Uhr\b)?
                \s*\(?(?P<offset>Z\b|[+-]\d{2}:?\d{2}\b|(?:UTC|GMT)(?:\s?[+-]\d{1,2}(?::?\d{2})?)?|MESZ\b|MEZ\b|CEST\b|CET\b)?
            )?",
        )
        .expect("a tested pattern")
    });
    FORM.captures_iter(text).find_map(|found| {
        let whole = found.get(0)?;
        // In the middle of a number or a version.
        let before = text[..whole.start()].chars().next_back();
        let mut after = text[whole.end()..].chars();
        let goes_on = match after.next() {
            Some('.' | '-' | '/') => after.next().is_some_and(|char| char.is_ascii_digit()),
            Some(char) => char.is_alphanumeric(),
            None => false,
        };
        let ends_in_word = whole.as_str().ends_with(char::is_alphanumeric);
        if goes_on && ends_in_word
            || before.is_some_and(|char| char.is_alphanumeric() || char == '.' || char == '-')
        {
            return None;
        }
        let date = date(&found)?;
        let moment = moment(&found, date, zone)?;
        let shown = whole
            .as_str()
            .trim_end_matches([' ', ',', '(', '-', '–', '|', ';', '\n']);
        Some(Found {
            range: whole.start()..whole.start() + shown.len(),
            value: moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        })
    })
}

fn date(found: &Captures<'_>) -> Option<NaiveDate> {
    let number = |name: &str| {
        found
            .name(name)
            .and_then(|group| group.as_str().parse::<u32>().ok())
    };
    let any = |names: &[&str]| names.iter().find_map(|name| number(name));
    let day = any(&["day", "day2", "day3", "day4"])?;
    let year = any(&["year", "year2", "year3", "year4"])?;
    let year = if year < 100 { 2000 + year } else { year };
    let month = match any(&["month", "month2"]) {
        Some(month) => month,
        None => month_of(found.name("name3").or(found.name("name4"))?.as_str())?,
    };
    let year = i32::try_from(year)
        .ok()
        .filter(|year| (1990..2100).contains(year))?;
    // Day before month, as here; where that cannot be, an American wrote it.
    NaiveDate::from_ymd_opt(year, month, day).or_else(|| {
        let swapped = found.name("month2").is_some() && month > 12;
        swapped
            .then(|| NaiveDate::from_ymd_opt(year, day, month))
            .flatten()
    })
}

fn month_of(name: &str) -> Option<u32> {
    const STARTS: [&[&str]; 12] = [
        &["jan", "jän", "gen"],
        &["feb", "fév", "fev"],
        &["mär", "mar", "mrz", "maer"],
        &["apr", "avr"],
        &["mai", "may", "mag"],
        &["jun", "juin", "giu"],
        &["jul", "juil", "lug"],
        &["aug", "aoû", "aou", "ago"],
        &["sep", "set"],
        &["okt", "oct", "ott"],
        &["nov"],
        &["dez", "dec", "déc", "dic"],
    ];
    let name = name.to_lowercase();
    let at = STARTS
        .iter()
        .position(|starts| starts.iter().any(|start| name.starts_with(start)))?;
    u32::try_from(at + 1).ok()
}

fn moment(found: &Captures<'_>, date: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let number = |name: &str| {
        found
            .name(name)
            .and_then(|group| group.as_str().parse::<u32>().ok())
    };
    let time = match (number("hour"), number("minute")) {
        (Some(hour), Some(minute)) => {
            let half = found.name("half").map(|half| half.as_str().to_ascii_lowercase());
            let hour = match half.as_deref() {
                Some(half) if half.starts_with('p') && hour < 12 => hour + 12,
                Some(half) if half.starts_with('a') && hour == 12 => 0,
                _ => hour,
            };
            NaiveTime::from_hms_opt(hour, minute, number("second").unwrap_or(0))?
        }
        _ => NaiveTime::MIN,
    };
    let local = NaiveDateTime::new(date, time);
    match found
        .name("offset")
        .map(|offset| offset.as_str().to_ascii_uppercase())
    {
        Some(offset) => {
            let seconds = offset_seconds(&offset)?;
            let moment = FixedOffset::east_opt(seconds)?
                .from_local_datetime(&local)
                .single()?;
            Some(moment.with_timezone(&Utc))
        }
        None => match zone.from_local_datetime(&local) {
            LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => {
                Some(moment.with_timezone(&Utc))
            }
            // In the hour that the clocks skip: what the clock would have shown without the change.
            LocalResult::None => {
                let hour = chrono::TimeDelta::hours(1);
                let earlier = zone.from_local_datetime(&(local - hour)).earliest()?;
                Some(earlier.with_timezone(&Utc) + hour)
            }
        },
    }
}

fn offset_seconds(offset: &str) -> Option<i32> {
    let rest = match offset {
        "Z" | "UTC" | "GMT" => return Some(0),
        "MEZ" | "CET" => return Some(3600),
        "MESZ" | "CEST" => return Some(7200),
        other => other.trim_start_matches("UTC").trim_start_matches("GMT").trim(),
    };
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.as_str(), "0"),
        _ => digits.split_at(digits.len() - 2),
    };
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    Some(if rest.starts_with('-') { -seconds } else { seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_people_write_them() {
        for (text, expected) in [
            ("am 12.03.2025 um 14:22 Uhr", Some("2025-03-12T13:22:00Z")),
            ("12.3.25, 14:22:10", Some("2025-03-12T13:22:10Z")),
            ("12.07.2025 14:22", Some("2025-07-12T12:22:00Z")),
            ("12. März 2025, 14:22 Uhr", Some("2025-03-12T13:22:00Z")),
            ("2025-03-12T13:22:10Z", Some("2025-03-12T13:22:10Z")),
            ("2025-03-12 14:22:10 +0100", Some("2025-03-12T13:22:10Z")),
            ("2025-03-12 14:22 UTC+2", Some("2025-03-12T12:22:00Z")),
            ("12/03/2025 à 14h22", Some("2025-03-12T13:22:00Z")),
            ("le 12 mars 2025 à 14:22", Some("2025-03-12T13:22:00Z")),
            ("12 marzo 2025 alle ore 14:22", Some("2025-03-12T13:22:00Z")),
            ("March 12, 2025 at 2:22 pm", Some("2025-03-12T13:22:00Z")),
            ("12.03.2025", Some("2025-03-11T23:00:00Z")),
            ("03/27/2025", Some("2025-03-26T23:00:00Z")),
            ("12.03.2025 14:22 MEZ", Some("2025-03-12T13:22:00Z")),
            ("30.03.2025 02:30", Some("2025-03-30T01:30:00Z")),
            ("31.02.2025", None),
            ("030 1234567", None),
            ("Version 1.2.2025.3", None),
        ] {
            let found = find_moment(text, chrono_tz::Europe::Berlin);
            assert_eq!(
                found.as_ref().map(|found| found.value.as_str()),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn the_place_covers_what_was_read() {
        let text = "erteilt am 12.03.2025 um 14:22 Uhr per Formular";
        let found = find_moment(text, chrono_tz::Europe::Berlin).unwrap();
        assert_eq!(&text[found.range], "12.03.2025 um 14:22 Uhr");
    }
}
