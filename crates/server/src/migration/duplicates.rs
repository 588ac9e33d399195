//! Which leads of a batch are double: among each other and with what the server holds.
//!
//! The one place of the server that compares leads. It keeps what leads are compared by in memory and learns what was
//! committed since, by the ids, at the beginning of each import; so it never knows a lead of a transaction that failed,
//! and it sees the leads that other processes have stored.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use lotse_core::migration::{MatchReason, Recommendation};

use crate::store::{Comparable, ImportTransaction, Result};

/// Another lead that may be the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Match {
    pub(crate) other: Other,
    /// 0.75 to 1.
    pub(crate) score: f64,
    pub(crate) reason: MatchReason,
}

/// A lead that was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Other {
    /// In the database, by its id.
    Stored(i64),
    /// In the batch, by its place.
    Earlier(usize),
}

impl Match {
    /// As good as certain.
    pub(crate) fn is_hard(&self) -> bool {
        Recommendation::of_score(self.score) == Recommendation::SkipOrMerge
    }
}

/// What the stored leads are compared by.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    last_id: i64,
    emails: HashMap<String, i64>,
    phones: HashMap<String, i64>,
}

impl Matcher {
    /// Learns the leads that were stored since the last time.
    pub(crate) fn catch_up(&mut self, transaction: &mut dyn ImportTransaction) -> Result<()> {
        let last_id = self.last_id;
        transaction.leads_after(last_id, &mut |id, lead| {
            if let Some(email) = email_key(lead) {
                self.emails.entry(email).or_insert(id);
            }
            if let Some(phone) = phone_key(lead) {
                self.phones.entry(phone).or_insert(id);
            }
            self.last_id = id;
        })
    }

    /// For each lead of the batch (`None` for those that are out of the question) the stored and the earlier leads
    /// that may be the same.
    pub(crate) fn find(&mut self, batch: &[Option<Comparable<'_>>]) -> Vec<Vec<Match>> {
        let mut emails = HashMap::new();
        let mut phones = HashMap::new();
        let mut found = vec![Vec::new(); batch.len()];
        for (index, lead) in batch.iter().enumerate() {
            let Some(lead) = *lead else { continue };
            let mut note = |known: &HashMap<String, i64>,
                            earlier: &mut HashMap<String, Vec<usize>>,
                            key,
                            score,
                            reason| {
                let Some(key) = key else { return };
                let stored = known.get(&key).map(|&id| Other::Stored(id));
                let places = match earlier.entry(key) {
                    Entry::Occupied(places) => places.into_mut(),
                    Entry::Vacant(places) => places.insert(Vec::new()),
                };
                let others = stored
                    .into_iter()
                    .chain(places.iter().map(|&place| Other::Earlier(place)));
                found[index].extend(others.map(|other| Match { other, score, reason }));
                places.push(index);
            };
            note(
                &self.emails,
                &mut emails,
                email_key(lead),
                1.0,
                MatchReason::EmailExact,
            );
            note(
                &self.phones,
                &mut phones,
                phone_key(lead),
                0.9,
                MatchReason::PhoneNormalized,
            );
        }
        found
    }
}

fn email_key(lead: Comparable<'_>) -> Option<String> {
    Some(lead.email.to_lowercase()).filter(|email| !email.is_empty())
}

fn phone_key(lead: Comparable<'_>) -> Option<String> {
    Some(lead.phone.to_string()).filter(|phone| !phone.is_empty())
}
