use std::fmt;

use chrono::{DateTime, Duration, SecondsFormat, TimeZone as _, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A point in time, in UTC, to the millisecond. Written as RFC 3339 with `Z`, without a fraction where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// The instant `millis` milliseconds after 1970-01-01T00:00:00Z; `None` outside the years that can be written.
    pub fn from_millis(millis: i64) -> Option<Self> {
        Utc.timestamp_millis_opt(millis).single().map(Instant)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// Reads RFC 3339 (`2024-06-15T10:00:00Z`, `2024-06-15T12:00:00+02:00`).
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|moment| Self::from(moment.with_timezone(&Utc)))
    }

    /// This instant moved by `days` of 24 hours each; saturates at the ends of the calendar.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        let moved = Duration::try_days(days).and_then(|by| self.0.checked_add_signed(by));
        Instant(moved.unwrap_or(if days < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        }))
    }

    /// The moment as chrono knows it.
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }
}

impl From<DateTime<Utc>> for Instant {
    /// Cuts to the millisecond.
    fn from(moment: DateTime<Utc>) -> Self {
        Self::from_millis(moment.timestamp_millis())
            .expect("a moment of chrono stays one when cut to milliseconds")
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = if self.0.timestamp_subsec_millis() == 0 {
            SecondsFormat::Secs
        } else {
            SecondsFormat::Millis
        };
        formatter.write_str(&self.0.to_rfc3339_opts(form, true))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_rfc3339(&text)
            .ok_or_else(|| D::Error::custom(format!("{text:?} is not an RFC 3339 instant")))
    }
}

impl ts_rs::TS for Instant {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;
    fn name(_: &ts_rs::Config) -> String {
        "string".into()
    }
    fn inline(_: &ts_rs::Config) -> String {
        "string".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_utc_without_needless_fraction() {
        let read = |text| Instant::from_rfc3339(text).unwrap().to_string();
        assert_eq!(read("2024-06-15T12:00:00+02:00"), "2024-06-15T10:00:00Z");
        assert_eq!(read("2024-06-15T10:00:00.250Z"), "2024-06-15T10:00:00.250Z");
        assert_eq!(Instant::from_rfc3339("2024-06-15"), None);
    }

    #[test]
    fn days_are_24_hours_across_a_change_of_the_clock() {
        let start = Instant::from_rfc3339("2024-03-30T10:00:00Z").unwrap();
        assert_eq!(start.plus_days(180).to_string(), "2024-09-26T10:00:00Z");
        assert!(start.plus_days(i64::MAX) > start);
    }
}
