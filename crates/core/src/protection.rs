//! Protection of a lead: until when it belongs to its owner.
//!
//! Computed and shown, never sent. Days are 24 hours on the UTC instant.

use serde::{Deserialize, Serialize};

use crate::lead::{Lead, Value};
use crate::target::{Role, Target};
use crate::values::Instant;

/// Days of protection after the registration.
pub const PROTECTION_DAYS: i64 = 180;
/// Days after the latest progress (else the registration) by which the next progress has to happen.
pub const PROGRESS_DAYS: i64 = 60;

/// Whether a lead is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum ProtectionStatus {
    /// Now is before the end of protection and not after the progress deadline.
    Protected,
    /// Either date has passed.
    Expired,
}

impl ProtectionStatus {
    /// The status at `now`, given the two dates.
    pub fn at(until: Instant, progress_deadline: Instant, now: Instant) -> Self {
        if now < until && now <= progress_deadline {
            Self::Protected
        } else {
            Self::Expired
        }
    }
}

/// The computed dates of a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Protection {
    /// Registration + [`PROTECTION_DAYS`].
    #[serde(rename = "protectionUntil")]
    pub until: Instant,
    /// Latest activity that counts as progress, else the registration, + [`PROGRESS_DAYS`].
    pub progress_deadline: Instant,
    /// The outcome at the given `now`.
    #[serde(rename = "protectionStatus")]
    pub status: ProtectionStatus,
}

impl Protection {
    /// The dates for a registration, given the latest activity that counts as progress.
    pub fn of(registered_at: Instant, latest_progress: Option<Instant>, now: Instant) -> Self {
        let until = registered_at.plus_days(PROTECTION_DAYS);
        let progress_deadline = latest_progress.unwrap_or(registered_at).plus_days(PROGRESS_DAYS);
        Protection {
            until,
            progress_deadline,
            status: ProtectionStatus::at(until, progress_deadline, now),
        }
    }

    /// The dates of `lead`; `None` where it has no (readable) registration, or where its target knows none.
    pub fn of_lead(target: &Target, lead: &Lead, now: Instant) -> Option<Self> {
        let registered_at = lead.instant_by_role(target, Role::RegisteredAt)?;
        let progress = target.activity_role_index(Role::ActivityProgress);
        let date = target.activity_role_index(Role::ActivityDate);
        let latest = progress.zip(date).and_then(|(progress, date)| {
            let counting = lead.activities.iter().filter_map(|activity| {
                let counts = activity.fields.get(progress)?.value == Some(Value::Flag(true));
                match activity.fields.get(date)?.value {
                    Some(Value::Instant(instant)) if counts => Some(instant),
                    _ => None,
                }
            });
            counting.max()
        });
        Some(Self::of(registered_at, latest, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::from_rfc3339(text).unwrap()
    }

    #[test]
    fn protection_ends_with_the_earlier_of_both_dates() {
        use ProtectionStatus::{Expired, Protected};
        let registered = "2024-06-15T10:00:00Z";
        let table = [
            // now, latest progress, status
            ("2024-08-14T10:00:00Z", None, Protected),
            ("2024-08-14T10:00:01Z", None, Expired),
            ("2024-10-01T00:00:00Z", Some("2024-08-10T09:00:00Z"), Protected),
            ("2024-10-09T09:00:00Z", Some("2024-08-10T09:00:00Z"), Protected),
            ("2024-10-09T09:00:01Z", Some("2024-08-10T09:00:00Z"), Expired),
            ("2024-12-12T09:59:59Z", Some("2024-12-01T00:00:00Z"), Protected),
            ("2024-12-12T10:00:00Z", Some("2024-12-01T00:00:00Z"), Expired),
        ];
        for (now, progress, status) in table {
            let protection = Protection::of(at(registered), progress.map(at), at(now));
            assert_eq!(protection.status, status, "{now} {progress:?}");
            assert_eq!(protection.until, at("2024-12-12T10:00:00Z"));
        }
        let dates = Protection::of(at(registered), Some(at("2024-08-10T09:00:00Z")), at(registered));
        assert_eq!(dates.progress_deadline, at("2024-10-09T09:00:00Z"));
    }
}
