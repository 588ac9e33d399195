//! What the parser made of the stored mails.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::mails::{moment, stored_mail};
use super::{MailId, MailStore, StoreError, StoredMail, unsigned};
use crate::mailbox::parsed::ParsedMail;

/// A mail with what was made of it.
pub(in crate::mailbox) struct ReadMail {
    pub(in crate::mailbox) external_id: String,
    pub(in crate::mailbox) date: DateTime<Utc>,
    pub(in crate::mailbox) from: String,
    pub(in crate::mailbox) subject: String,
    pub(in crate::mailbox) parsed: ParsedMail,
}

/// How many mails have which result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ReadingCounts {
    /// Mails with leads.
    #[ts(type = "number")]
    pub parsed: u64,
    /// Mails without a lead.
    #[ts(type = "number")]
    pub unmatched: u64,
    /// Mails that could not be read.
    #[ts(type = "number")]
    pub failed: u64,
    /// Mails that wait for being read.
    #[ts(type = "number")]
    pub unread: u64,
    /// Leads in all.
    #[ts(type = "number")]
    pub leads: u64,
}

impl MailStore {
    /// The next mails after the mail `after` that have no reading made with `made_with`, in the order of their
    /// numbers; of all mails where `made_with` is `None`. As many as fit into a few megabytes, at least one.
    pub(in crate::mailbox) fn mails_to_read(
        &self,
        after: MailId,
        made_with: Option<&str>,
    ) -> Result<Vec<StoredMail>, StoreError> {
        self.read(|connection| {
            let mut wanted = connection.prepare_cached(
                "SELECT mail.id, external_id, internal_date, raw_size, bytes
                 FROM mail JOIN raw_mail ON raw_mail.mail_id = mail.id
                 LEFT JOIN reading ON reading.mail_id = mail.id
                 WHERE mail.id > ?1 AND (?2 IS NULL OR made_with IS NULL OR made_with <> ?2)
                 ORDER BY mail.id",
            )?;
            let mut rows = wanted.query(params![after, made_with])?;
            let mut mails = Vec::new();
            let mut bytes = 0;
            while mails.len() < READ_AT_ONCE && bytes < READ_AT_ONCE_BYTES {
                let Some(row) = rows.next()? else { break };
                let mail = stored_mail(row)?;
                bytes += mail.raw.len();
                mails.push(mail);
            }
            Ok(mails)
        })
    }

    /// Stores readings, replacing earlier ones of the same mails.
    pub(in crate::mailbox) fn put_readings(
        &self,
        readings: &[(MailId, ParsedMail)],
        made_with: &str,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            let mut put = transaction.prepare_cached(
                "INSERT OR REPLACE INTO reading (mail_id, made_with, status, rule, leads, confidence, result)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            for (id, parsed) in readings {
                let json = serde_json::to_vec(parsed).expect("a reading holds only texts and finite numbers");
                let result = zstd::bulk::compress(&json, 3)
                    .expect("compressing from memory to memory has nothing to fail on");
                put.execute(params![
                    id,
                    made_with,
                    parsed.status.code(),
                    parsed.rule.as_deref().unwrap_or_default(),
                    u32::try_from(parsed.leads.len()).unwrap_or(u32::MAX),
                    parsed.confidence().unwrap_or(-1.0),
                    result
                ])?;
            }
            Ok(())
        })
    }

    /// The reading of a mail; `None` for a mail that was not read yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn reading(&self, id: MailId) -> Result<Option<ParsedMail>, StoreError> {
        self.read(|connection| {
            connection
                .query_row("SELECT result FROM reading WHERE mail_id = ?1", [id], |row| {
                    parsed_mail(row.get_ref(0)?.as_blob()?)
                })
                .optional()
        })
    }

    /// Calls `visit` with every mail that has leads and lies in one of the folders, or no longer lies in any, in the
    /// order of the mails; with all that have leads where no folder is named.
    pub(in crate::mailbox) fn each_parsed(
        &self,
        folders: &[String],
        mut visit: impl FnMut(ReadMail),
    ) -> Result<(), StoreError> {
        let folders = serde_json::to_string(folders).expect("names are plain data");
        self.read(|connection| {
            let mut readings = connection.prepare(
                "SELECT external_id, dated, sender, subject, result FROM mail JOIN reading ON reading.mail_id = mail.id
                 WHERE status = 'parsed' AND (
                     ?1 = '[]'
                     OR NOT EXISTS (SELECT 1 FROM location WHERE location.mail_id = mail.id)
                     OR EXISTS (
                         SELECT 1 FROM location JOIN folder ON folder.id = folder_id
                         WHERE location.mail_id = mail.id AND name IN (SELECT value FROM json_each(?1))))
                 ORDER BY mail.id",
            )?;
            let mut rows = readings.query([folders])?;
            while let Some(row) = rows.next()? {
                visit(ReadMail {
                    external_id: row.get(0)?,
                    date: moment(row.get(1)?).unwrap_or_default(),
                    from: row.get(2)?,
                    subject: row.get(3)?,
                    parsed: parsed_mail(row.get_ref(4)?.as_blob()?)?,
                });
            }
            Ok(())
        })
    }

    /// How many mails have which result.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn reading_counts(&self) -> Result<ReadingCounts, StoreError> {
        self.read(|connection| {
            connection.query_row(
                "SELECT count(*) FILTER (WHERE status = 'parsed'), count(*) FILTER (WHERE status = 'unmatched'),
                        count(*) FILTER (WHERE status = 'failed'), count(*) FILTER (WHERE status IS NULL),
                        coalesce(sum(leads), 0)
                 FROM mail LEFT JOIN reading ON mail_id = mail.id",
                [],
                |row| {
                    Ok(ReadingCounts {
                        parsed: unsigned(row, 0)?,
                        unmatched: unsigned(row, 1)?,
                        failed: unsigned(row, 2)?,
                        unread: unsigned(row, 3)?,
                        leads: unsigned(row, 4)?,
                    })
                },
            )
        })
    }
}

/// Mails that are held in memory at once while they are read.
const READ_AT_ONCE: usize = 256;
const READ_AT_ONCE_BYTES: usize = 16 << 20;

/// Readings are short; this bounds what a damaged store can ask for.
const LARGEST_READING: usize = 256 << 20;

fn parsed_mail(compressed: &[u8]) -> rusqlite::Result<ParsedMail> {
    let fault = |error: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, error)
    };
    let size = zstd::zstd_safe::get_frame_content_size(compressed)
        .ok()
        .flatten()
        .and_then(|size| usize::try_from(size).ok())
        .unwrap_or(LARGEST_READING)
        .min(LARGEST_READING);
    let json = zstd::bulk::decompress(compressed, size).map_err(|error| fault(error.into()))?;
    serde_json::from_slice(&json).map_err(|error| fault(error.into()))
}
