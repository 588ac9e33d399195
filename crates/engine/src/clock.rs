//! The one clock, and who is sitting in front of it. Everything below takes these as values.

use chrono::Utc;
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};

/// The present moment.
pub fn now() -> Instant {
    Instant::from(Utc::now())
}

/// Who does something, on which machine: for the audit log and for decisions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Actor {
    /// The person's name as the system or the settings know it.
    pub name: String,
    /// The machine's name.
    pub machine: String,
}

impl Actor {
    /// The person who is logged in.
    pub fn logged_in() -> Self {
        let first_of = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()))
        };
        let machine = first_of(&["HOSTNAME", "COMPUTERNAME"])
            .or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok())
            .unwrap_or_default();
        Actor {
            name: first_of(&["LOTSE_USER", "USER", "LOGNAME", "USERNAME"])
                .unwrap_or_else(|| "unknown".into()),
            machine: machine.trim().to_string(),
        }
    }
}
