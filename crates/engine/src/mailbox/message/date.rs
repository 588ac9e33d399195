//! The `Date` header, as the standard writes it and as programs do.

use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use regex::Regex;

/// Reads the date of a mail header; `None` where it is none. Without a zone it is taken as UTC.
pub(crate) fn read_mail_date(text: &str) -> Option<DateTime<Utc>> {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)
            (?: (?P<day>\d{1,2}) [\s-]+ (?P<month>[a-zäé]{3,9}) \.? [\s-]+ (?P<year>\d{2,4}) | (?P<iso>\d{4}-\d{2}-\d{2}) )
            [\sT,]+ (?P<hour>\d{1,2}) [:.] (?P<minute>\d{2}) (?: [:.] (?P<second>\d{2}) (?:\.\d+)? )?
            \s* (?P<zone> [+-]\d{2}:?\d{2} | [a-z]{1,5} )?",
        )
        .expect("a tested pattern")
    });
    let found = FORM.captures(text)?;
    let number = |name: &str| {
        found
            .name(name)
            .and_then(|group| group.as_str().parse::<u32>().ok())
    };
    let date = match found.name("iso") {
        Some(iso) => NaiveDate::parse_from_str(iso.as_str(), "%Y-%m-%d").ok()?,
        None => {
            let year = match number("year")? {
                year @ 0..=49 => 2000 + year,
                year @ 50..=999 => 1900 + year,
                year => year,
            };
            NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month(&found["month"])?, number("day")?)?
        }
    };
    // A leap second is shown by some programs and known by none.
    let second = number("second").unwrap_or(0).min(59);
    let local = date.and_hms_opt(number("hour")?, number("minute")?, second)?;
    let offset = found
        .name("zone")
        .map_or(Some(0), |zone| offset_seconds(zone.as_str()))?;
    let moment = local
        .and_local_timezone(FixedOffset::east_opt(offset)?)
        .single()?;
    Some(moment.with_timezone(&Utc))
}

fn month(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let begins = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    let table: [&[&str]; 12] = [
        &["jan", "jän"],
        &["feb"],
        &["mar", "mär", "mrz"],
        &["apr"],
        &["may", "mai"],
        &["jun"],
        &["jul"],
        &["aug"],
        &["sep"],
        &["oct", "okt"],
        &["nov"],
        &["dec", "dez"],
    ];
    let index = table.iter().position(|starts| begins(starts))?;
    u32::try_from(index + 1).ok()
}

fn offset_seconds(zone: &str) -> Option<i32> {
    if let Some(sign) = zone.chars().next().filter(|char| matches!(char, '+' | '-')) {
        let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
        let hours: i32 = digits.get(..2)?.parse().ok()?;
        let minutes: i32 = digits.get(2..4)?.parse().ok()?;
        let seconds = hours * 3600 + minutes * 60;
        return (seconds < 24 * 3600).then_some(if sign == '-' { -seconds } else { seconds });
    }
    let hours = match zone.to_ascii_uppercase().as_str() {
        "CET" | "MEZ" | "WAT" | "BST" | "IST" => 1,
        "CEST" | "MESZ" | "EET" => 2,
        "EEST" | "MSK" => 3,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        _ => 0,
    };
    Some(hours * 3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_mails_carry_them() {
        for (text, expected) in [
            ("Mon, 03 Mar 2025 10:15:42 +0100", Some("2025-03-03T09:15:42Z")),
            ("3 Mar 2025 10:15 +0100", Some("2025-03-03T09:15:00Z")),
            (
                "Mon, 3 Mar 2025 10:15:42 +0100 (CET)",
                Some("2025-03-03T09:15:42Z"),
            ),
            ("Mon, 3 Mar 2025 10:15:42 GMT", Some("2025-03-03T10:15:42Z")),
            ("Mo, 03 Mrz 2025 10:15:42 +0100", Some("2025-03-03T09:15:42Z")),
            ("Fri, 15 Aug 25 23:59:60 -0730", Some("2025-08-16T07:29:59Z")),
            ("03-Mar-2025 10:15:42 MEZ", Some("2025-03-03T09:15:42Z")),
            ("2025-03-03T10:15:42+01:00", Some("2025-03-03T09:15:42Z")),
            ("Mon, 3 Mar 2025 10:15:42", Some("2025-03-03T10:15:42Z")),
            ("Mon, 31 Feb 2025 10:15:42 +0100", None),
            ("Mon, 3 Mar 2025 10:15:42 +9900", None),
            ("yesterday", None),
        ] {
            let found =
                read_mail_date(text).map(|moment| moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
