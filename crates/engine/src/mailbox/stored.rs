//! Reading the stored mails: the new ones, those that an older reader or other rules have read, or all of them again.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::error::MailboxError;
use super::parsed::MailStatus;
use super::reading::{Circumstances, READER_VERSION, parse_under};
use super::rules::RuleBook;
use super::store::{MailStore, StoredMail};

/// Which stored mails to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadScope {
    /// Those that have no reading by this version of the reader with these rules.
    Outdated,
    /// All of them.
    All,
}

/// What reading the stored mails gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ReadSummary {
    /// Mails that were read now.
    #[ts(type = "number")]
    pub mails: usize,
    /// Of these: with leads.
    #[ts(type = "number")]
    pub parsed: usize,
    /// Of these: without a lead.
    #[ts(type = "number")]
    pub unmatched: usize,
    /// Of these: not readable.
    #[ts(type = "number")]
    pub failed: usize,
    /// Leads in them.
    #[ts(type = "number")]
    pub leads: usize,
}

/// Reads stored mails with `rules` and stores what was found; fetches nothing. `progress` is told the number of mails
/// read so far, possibly from several threads. `circumstances` give the zone; each mail brings its own time of delivery.
///
/// Blocks; whoever is asynchronous calls it on a thread of its own.
///
/// # Errors
/// When the store fails or the person stops it. Readings that were made stay.
pub fn read_stored(
    store: &MailStore,
    rules: &RuleBook,
    scope: ReadScope,
    circumstances: &Circumstances,
    progress: &(dyn Fn(usize) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<ReadSummary, MailboxError> {
    let made_with = format!("{READER_VERSION}:{}:{}", rules.fingerprint(), circumstances.zone);
    let unless_made_with = match scope {
        ReadScope::Outdated => Some(made_with.as_str()),
        ReadScope::All => None,
    };
    let mut summary = ReadSummary::default();
    let mut after = 0;
    loop {
        if cancel.is_cancelled() {
            return Err(MailboxError::Cancelled);
        }
        let mails = store.mails_to_read(after, unless_made_with)?;
        let Some(last) = mails.last() else {
            return Ok(summary);
        };
        after = last.id;
        let done = AtomicUsize::new(summary.mails);
        let readings: Vec<_> = mails
            .par_iter()
            .map(|mail: &StoredMail| {
                let circumstances = Circumstances {
                    internal_date: mail.internal_date,
                    ..*circumstances
                };
                let parsed = parse_under(&mail.raw, rules, &circumstances);
                progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                (mail.id, parsed)
            })
            .collect();
        for (_, parsed) in &readings {
            summary.mails += 1;
            summary.leads += parsed.leads.len();
            match parsed.status {
                MailStatus::Parsed => summary.parsed += 1,
                MailStatus::Unmatched => summary.unmatched += 1,
                MailStatus::Failed => summary.failed += 1,
            }
        }
        store.put_readings(&readings, &made_with)?;
    }
}

#[cfg(test)]
mod tests {
    use super::super::store::{Fetched, Outcome};
    use super::*;

    fn store_with(mails: &[&str]) -> (tempfile::TempDir, MailStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = MailStore::open(&folder.path().join("box.mails")).unwrap();
        let state = store.enter_folder("INBOX", 1, None, u64::MAX).unwrap();
        let batch: Vec<Fetched> = (1..)
            .zip(mails)
            .map(|(uid, mail)| Fetched {
                uid,
                outcome: Outcome::Mail {
                    raw: mail.as_bytes().to_vec(),
                    internal_date: "2025-03-03T09:15:00Z".parse().ok(),
                },
            })
            .collect();
        store
            .add(&state, &batch, u32::try_from(mails.len()).unwrap())
            .unwrap();
        (folder, store)
    }

    fn read(store: &MailStore, rules: &RuleBook, scope: ReadScope) -> ReadSummary {
        let circumstances = Circumstances::default();
        read_stored(
            store,
            rules,
            scope,
            &circumstances,
            &|_| {},
            &CancellationToken::new(),
        )
        .unwrap()
    }

    const LEAD: &str = "From: p@portal.example\nSubject: Anfrage\n\nName: Max Muster\nE-Mail: max@example.test\nWunsch-Nr: 4711\n";

    #[test]
    fn mails_are_read_once_and_again_when_the_rules_change() {
        let (_folder, store) = store_with(&[LEAD, "Subject: x\n\nnothing", "\u{1}"]);
        let built_in = RuleBook::built_in();
        let summary = read(&store, &built_in, ReadScope::Outdated);
        assert_eq!((summary.parsed, summary.unmatched, summary.failed), (1, 1, 1));
        assert_eq!(read(&store, &built_in, ReadScope::Outdated).mails, 0);
        assert_eq!(read(&store, &built_in, ReadScope::All).mails, 3);

        let rule = r#"{"id":"own","applies":{"all":[{"in":"from","matches":"portal"}]},"fields":{"externalId":[{"label":"Wunsch-Nr"}]}}"#;
        let own = RuleBook::from_sources(vec![("own.json".into(), rule.to_string())]).unwrap();
        assert_eq!(read(&store, &own, ReadScope::Outdated).mails, 3);
        let parsed = store.reading(1).unwrap().unwrap();
        assert_eq!(parsed.rule.as_deref(), Some("own"));
        assert_eq!(
            parsed.leads[0].get(crate::mailbox::LeadField::ExternalId),
            Some("4711")
        );
        let counts = store.reading_counts().unwrap();
        assert_eq!(
            (
                counts.parsed,
                counts.unmatched,
                counts.failed,
                counts.unread,
                counts.leads
            ),
            (1, 1, 1, 0, 1)
        );
    }

    #[test]
    fn the_time_of_delivery_stands_in_for_a_missing_date() {
        let (_folder, store) = store_with(&[LEAD]);
        read(&store, &RuleBook::built_in(), ReadScope::Outdated);
        let parsed = store.reading(1).unwrap().unwrap();
        assert_eq!(
            parsed.leads[0].get(crate::mailbox::LeadField::ReceivedAt),
            Some("2025-03-03T09:15:00Z")
        );
    }
}
