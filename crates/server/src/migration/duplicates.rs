//! Which leads of a batch are double: among each other and with what the server holds.
//!
//! The one place of the server that compares leads, by the search of `lotse_core::duplicates`. It keeps what leads are
//! compared by in memory and learns what was committed since, by the ids, at the beginning of each import; so it never
//! knows a lead of a transaction that failed, and it sees the leads that other processes have stored.

use lotse_core::duplicates::{Index, Pair, Phone, Record, Separated, Side, Watch, shown_score};
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
    fn of(other: Other, pair: &Pair) -> Self {
        Match {
            other,
            score: shown_score(pair.score),
            reason: pair.reason.into(),
        }
    }

    /// As good as certain.
    pub(crate) fn is_hard(&self) -> bool {
        Recommendation::of_score(self.score) == Recommendation::SkipOrMerge
    }
}

/// What the stored leads are compared by.
pub(crate) struct Matcher {
    index: Index,
    /// The leads' ids; a lead's place in here is its id in the index.
    lead_ids: Vec<i64>,
    /// Rows of batches that were taken out of the index and have left their places behind.
    left_behind: usize,
}

/// Leads that are learnt in one step.
const TOGETHER: usize = 10_000;
/// Places left behind that are not worth a new index yet.
const TOLERATED: usize = 100_000;

impl Default for Matcher {
    fn default() -> Self {
        Matcher {
            index: Index::new(),
            lead_ids: Vec::new(),
            left_behind: 0,
        }
    }
}

impl Matcher {
    /// Learns the leads that were stored since the last time.
    pub(crate) fn catch_up(&mut self, transaction: &mut dyn ImportTransaction) -> Result<()> {
        if self.left_behind > TOLERATED.max(self.lead_ids.len()) {
            *self = Self::default();
        }
        let mut news = Vec::new();
        let last = self.lead_ids.last().copied().unwrap_or(0);
        transaction.leads_after(last, &mut |id, lead| {
            news.push((id, Texts::of(lead)));
            if news.len() == TOGETHER {
                self.learn(&std::mem::take(&mut news));
            }
        })?;
        self.learn(&news);
        Ok(())
    }

    fn learn(&mut self, leads: &[(i64, Texts)]) {
        let texts = leads.iter().map(|(_, texts)| texts.comparable());
        self.put(Side::Reference, (self.lead_ids.len()..).zip(texts));
        self.lead_ids.extend(leads.iter().map(|(id, _)| id));
    }

    /// For each lead of the batch (`None` for those that are out of the question) the stored and the earlier leads
    /// that may be the same.
    pub(crate) fn find(&mut self, batch: &[Option<Comparable<'_>>]) -> Vec<Vec<Match>> {
        let first = self.lead_ids.len();
        let leads = (first..).zip(batch);
        let ids = self.put(
            Side::Project,
            leads.filter_map(|(place, lead)| Some((place, (*lead)?))),
        );
        let pairs = self.index.find_for(&ids, &Separated::default(), &Watch::SILENT);
        let pairs = pairs.expect("a silent watch cancels nothing");
        for id in ids {
            self.index.remove(id);
            self.left_behind += 1;
        }
        let mut found = vec![Vec::new(); batch.len()];
        for pair in pairs {
            let (earlier, later) = (pair.a.min(pair.b) as usize, pair.a.max(pair.b) as usize);
            let other = match self.lead_ids.get(earlier) {
                Some(&id) => Other::Stored(id),
                None => Other::Earlier(earlier - first),
            };
            found[later - first].push(Match::of(other, &pair));
        }
        found
    }

    /// Puts leads into the index, each with its place, and returns their ids there.
    fn put<'a>(&mut self, side: Side, leads: impl Iterator<Item = (usize, Comparable<'a>)>) -> Vec<u32> {
        let records = leads.map(|(place, lead)| Record {
            id: u32::try_from(place).expect("four thousand million leads do not fit into memory"),
            email: lead.email,
            // Stored and checked numbers are in E.164.
            phone: Phone::Written(lead.phone, None),
            company: lead.company,
            city: lead.city,
            postcode: "",
        });
        let records: Vec<Record<'_>> = records.collect();
        let extended = self.index.extend(side, &records, &Watch::SILENT);
        extended.expect("a silent watch cancels nothing");
        records.iter().map(|record| record.id).collect()
    }
}

/// What a stored lead is compared by, while it is on its way into the index.
struct Texts {
    email: String,
    phone: String,
    company: String,
    city: String,
}

impl Texts {
    fn of(lead: Comparable<'_>) -> Self {
        Texts {
            email: lead.email.to_string(),
            phone: lead.phone.to_string(),
            company: lead.company.to_string(),
            city: lead.city.to_string(),
        }
    }

    fn comparable(&self) -> Comparable<'_> {
        Comparable {
            email: &self.email,
            phone: &self.phone,
            company: &self.company,
            city: &self.city,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead<'a>(email: &'a str, phone: &'a str, company: &'a str, city: &'a str) -> Comparable<'a> {
        Comparable {
            email,
            phone,
            company,
            city,
        }
    }

    fn knowing(leads: &[Comparable<'_>]) -> Matcher {
        let mut matcher = Matcher::default();
        let stored: Vec<(i64, Texts)> = (100..).zip(leads.iter().map(|lead| Texts::of(*lead))).collect();
        matcher.learn(&stored);
        matcher
    }

    #[test]
    fn leads_are_compared_with_the_stored_ones_and_with_each_other() {
        let mut matcher = knowing(&[
            lead("info@krone.example", "+493023125014", "Gasthof Krone", "Berlin"),
            lead("", "", "Hotel Seeblick GmbH", "Hamburg"),
        ]);
        let batch = [
            Some(lead("INFO@Krone.Example", "", "Anderer Name", "Bonn")),
            Some(lead("", "+493023125014", "Noch ein Name", "Trier")),
            Some(lead("", "", "Seeblick Hotel", "Hamburg")),
            None,
            Some(lead("neu@example.de", "", "Brauhaus Mitte", "Köln")),
            Some(lead("neu@example.de", "", "Ganz anders", "Ulm")),
        ];
        // The second time, nothing of the first must have stayed.
        for _ in 0..2 {
            let found = matcher.find(&batch);
            let told: Vec<Option<(Other, f64, MatchReason)>> = found
                .iter()
                .map(|matches| {
                    matches
                        .first()
                        .map(|found| (found.other, found.score, found.reason))
                })
                .collect();
            assert_eq!(told[0], Some((Other::Stored(100), 1.0, MatchReason::EmailExact)));
            assert_eq!(
                told[1],
                Some((Other::Stored(100), 0.9, MatchReason::PhoneNormalized))
            );
            let (other, score, reason) = told[2].unwrap();
            assert_eq!((other, reason), (Other::Stored(101), MatchReason::CompanyFuzzy));
            assert!((0.75..=0.85).contains(&score), "{score}");
            assert_eq!((told[3], told[4]), (None, None));
            assert_eq!(told[5], Some((Other::Earlier(4), 1.0, MatchReason::EmailExact)));
        }
    }
}
