//! Raw mails: how they come in, and how they are listed and read again.

use chrono::{DateTime, TimeZone, Utc};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::identity::Identity;
use super::{FolderState, MailStore, StoreError, unsigned};
use crate::mailbox::message::Part;
use crate::mailbox::parsed::MailStatus;

/// The number of a mail in its store; grows with every new mail.
pub type MailId = i64;

/// Mails are text: the fast levels already halve them, the slow ones gain little more.
const COMPRESSION_LEVEL: i32 = 3;

/// What the server gave for one UID.
#[derive(Debug)]
pub(in crate::mailbox) struct Fetched {
    pub(in crate::mailbox) uid: u32,
    pub(in crate::mailbox) outcome: Outcome,
}

/// What became of one UID.
#[derive(Debug)]
pub(in crate::mailbox) enum Outcome {
    /// The whole mail.
    Mail {
        raw: Vec<u8>,
        internal_date: Option<DateTime<Utc>>,
    },
    /// Larger than what is fetched, with its size in bytes.
    TooLarge(u64),
    /// Listed, but not handed out.
    Refused,
    /// Deleted in the meantime, or older than the start date.
    Gone,
}

/// What a batch added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::mailbox) struct Added {
    pub(in crate::mailbox) new: usize,
    /// The same mail was there before: from another folder, or from before the folder was numbered anew.
    pub(in crate::mailbox) known: usize,
}

/// A mail as it lies in the store.
#[derive(Clone, Debug)]
pub struct StoredMail {
    /// Its number.
    pub id: MailId,
    /// `MAIL-` and a short hash; the same for every fetch of this mail.
    pub external_id: String,
    /// When the server says it was delivered.
    pub internal_date: Option<DateTime<Utc>>,
    /// The mail, byte by byte.
    pub raw: Vec<u8>,
}

/// Which mails to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default)]
pub struct MailQuery {
    /// Only mails with this result.
    pub status: Option<MailStatus>,
    /// Only mails whose sender or subject holds this, without regard to case of ASCII letters.
    pub text: String,
    /// Mails to skip.
    #[ts(type = "number")]
    pub offset: u64,
    /// Mails to list at most.
    pub limit: u32,
}

/// A stretch of the list of mails, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MailPage {
    /// Mails that the query matches in all.
    #[ts(type = "number")]
    pub total: u64,
    /// This stretch of them.
    pub rows: Vec<MailRow>,
}

/// One line of the list of mails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MailRow {
    /// The number of the mail.
    #[ts(type = "number")]
    pub id: MailId,
    /// `MAIL-` and a short hash: by this a project knows the mail.
    pub external_id: String,
    /// RFC 3339, UTC.
    #[ts(type = "string")]
    pub date: DateTime<Utc>,
    /// Name and address of the sender.
    pub from: String,
    /// The decoded subject.
    pub subject: String,
    /// Bytes of the raw mail.
    #[ts(type = "number")]
    pub size: u64,
    /// What the parser made of it; absent for a mail that was not read yet.
    pub status: Option<MailStatus>,
    /// The rule that took it.
    pub rule: Option<String>,
    /// Number of leads in it.
    pub leads: u32,
    /// The least sure of its leads, 0 to 1.
    pub confidence: Option<f64>,
}

impl MailStore {
    /// Stores a batch of a folder and notes that everything up to `done_to` has been dealt with: all or nothing.
    ///
    /// Does nothing to the notes when the folder was numbered anew in the meantime (by another process); the mails
    /// themselves are kept in any case.
    pub(in crate::mailbox) fn add(
        &self,
        folder: &FolderState,
        batch: &[Fetched],
        done_to: u32,
    ) -> Result<Added, StoreError> {
        // Everything slow happens before the lock is taken.
        let prepared: Vec<_> = batch.iter().map(Prepared::from).collect();
        self.write(|transaction| {
            let valid = transaction
                .query_row(
                    "SELECT uid_validity FROM folder WHERE id = ?1",
                    [folder.id],
                    |row| row.get::<_, u32>(0),
                )
                .optional()?
                .is_some_and(|validity| validity == folder.uid_validity);
            let mut added = Added::default();
            let mut place = transaction.prepare_cached(
                "INSERT INTO location (folder_id, uid, mail_id, problem, size) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (folder_id, uid) DO UPDATE
                 SET mail_id = excluded.mail_id, problem = excluded.problem, size = excluded.size
                 WHERE mail_id IS NULL",
            )?;
            for mail in &prepared {
                let (mail_id, problem, size) = match &mail.content {
                    PreparedContent::Mail(new) => {
                        let (id, is_new) = insert(transaction, new)?;
                        added.new += usize::from(is_new);
                        added.known += usize::from(!is_new);
                        (Some(id), "", new.raw_size)
                    }
                    PreparedContent::TooLarge(size) => (None, "too_large", *size),
                    PreparedContent::Refused => (None, "refused", 0),
                    PreparedContent::Gone => {
                        if valid {
                            transaction.execute(
                                "DELETE FROM location WHERE folder_id = ?1 AND uid = ?2 AND mail_id IS NULL",
                                params![folder.id, mail.uid],
                            )?;
                        }
                        continue;
                    }
                };
                if valid {
                    place.execute(params![folder.id, mail.uid, mail_id, problem, size])?;
                }
            }
            if valid {
                transaction.execute(
                    "UPDATE folder SET last_uid = max(last_uid, ?2) WHERE id = ?1",
                    params![folder.id, done_to],
                )?;
            }
            Ok(added)
        })
    }

    /// Number of mails in the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn mail_count(&self) -> Result<u64, StoreError> {
        self.read(|connection| connection.query_row("SELECT count(*) FROM mail", [], |row| unsigned(row, 0)))
    }

    /// Mails that the server has and that could not be fetched: too large, or not handed out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unfetched_count(&self) -> Result<u64, StoreError> {
        self.read(|connection| {
            connection.query_row("SELECT count(*) FROM location WHERE mail_id IS NULL", [], |row| {
                unsigned(row, 0)
            })
        })
    }

    /// A mail with its raw bytes.
    ///
    /// # Errors
    /// When there is no such mail, or the store cannot be read.
    pub fn mail(&self, id: MailId) -> Result<StoredMail, StoreError> {
        self.read(|connection| {
            connection
                .query_row(
                    "SELECT mail.id, external_id, internal_date, raw_size, bytes
                     FROM mail JOIN raw_mail ON mail_id = mail.id WHERE mail.id = ?1",
                    [id],
                    stored_mail,
                )
                .optional()
        })?
        .ok_or_else(|| StoreError::NoSuchMail {
            path: self.path.clone(),
            id,
        })
    }

    /// The number of the mail with this external id; `None` where the store has none of it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn find(&self, external_id: &str) -> Result<Option<MailId>, StoreError> {
        self.read(|connection| {
            connection
                .query_row(
                    "SELECT id FROM mail WHERE external_id = ?1",
                    [external_id],
                    |row| row.get(0),
                )
                .optional()
        })
    }

    /// A stretch of the list of mails, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn page(&self, query: &MailQuery) -> Result<MailPage, StoreError> {
        let (condition, values) = query.condition();
        self.read(|connection| {
            let total = connection.query_row(
                &format!("SELECT count(*) FROM mail LEFT JOIN reading ON mail_id = mail.id {condition}"),
                rusqlite::params_from_iter(&values),
                |row| unsigned(row, 0),
            )?;
            let mut rows = connection.prepare(&format!(
                "SELECT mail.id, dated, sender, subject, raw_size, status, rule, leads, confidence, external_id
                 FROM mail LEFT JOIN reading ON mail_id = mail.id {condition}
                 ORDER BY dated DESC, mail.id DESC LIMIT {} OFFSET {}",
                query.limit, query.offset
            ))?;
            let rows = rows
                .query_map(rusqlite::params_from_iter(&values), mail_row)?
                .collect::<rusqlite::Result<_>>()?;
            Ok(MailPage { total, rows })
        })
    }

    /// The line of the list for one mail.
    pub(in crate::mailbox) fn row(&self, id: MailId) -> Result<MailRow, StoreError> {
        self.read(|connection| {
            connection
                .query_row(
                    "SELECT mail.id, dated, sender, subject, raw_size, status, rule, leads, confidence, external_id
                     FROM mail LEFT JOIN reading ON mail_id = mail.id WHERE mail.id = ?1",
                    [id],
                    mail_row,
                )
                .optional()
        })?
        .ok_or_else(|| StoreError::NoSuchMail {
            path: self.path.clone(),
            id,
        })
    }
}

impl MailQuery {
    fn condition(&self) -> (String, Vec<Value>) {
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        if let Some(status) = self.status {
            conditions.push("status = ?".to_string());
            values.push(Value::from(status.code().to_string()));
        }
        let text = self.text.trim();
        if !text.is_empty() {
            conditions.push(r"(sender LIKE ? ESCAPE '\' OR subject LIKE ? ESCAPE '\')".to_string());
            let pattern = format!(
                "%{}%",
                text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
            );
            values.push(Value::from(pattern.clone()));
            values.push(Value::from(pattern));
        }
        if conditions.is_empty() {
            (String::new(), values)
        } else {
            (format!("WHERE {}", conditions.join(" AND ")), values)
        }
    }
}

/// A fetched mail with everything about it that takes time.
struct Prepared {
    uid: u32,
    content: PreparedContent,
}

enum PreparedContent {
    Mail(Box<NewMail>),
    TooLarge(i64),
    Refused,
    Gone,
}

struct NewMail {
    identity: Identity,
    dated: i64,
    internal_date: Option<i64>,
    sender: String,
    subject: String,
    raw_size: i64,
    compressed: Vec<u8>,
}

impl From<&Fetched> for Prepared {
    fn from(fetched: &Fetched) -> Self {
        let content = match &fetched.outcome {
            Outcome::Mail { raw, internal_date } => {
                PreparedContent::Mail(Box::new(NewMail::prepare(raw, *internal_date)))
            }
            Outcome::TooLarge(size) => PreparedContent::TooLarge(i64::try_from(*size).unwrap_or(i64::MAX)),
            Outcome::Refused => PreparedContent::Refused,
            Outcome::Gone => PreparedContent::Gone,
        };
        Prepared {
            uid: fetched.uid,
            content,
        }
    }
}

impl NewMail {
    fn prepare(raw: &[u8], internal_date: Option<DateTime<Utc>>) -> Self {
        let part = Part::read_headers(raw);
        let sender = part.headers.addresses("from").into_iter().next();
        let sender = match sender {
            Some(address) if address.name.is_empty() => address.email,
            Some(address) if address.email.is_empty() => address.name,
            Some(address) => format!("{} <{}>", address.name, address.email),
            None => String::new(),
        };
        let internal_date = internal_date.map(|date| date.timestamp_millis());
        NewMail {
            identity: Identity::of(&part, raw),
            dated: part
                .sent_at()
                .map(|date| date.timestamp_millis())
                .or(internal_date)
                .unwrap_or(0),
            internal_date,
            sender: one_line(&sender),
            subject: one_line(&part.headers.text("subject").unwrap_or_default()),
            raw_size: i64::try_from(raw.len()).unwrap_or(i64::MAX),
            compressed: zstd::bulk::compress(raw, COMPRESSION_LEVEL)
                .expect("compressing from memory to memory has nothing to fail on"),
        }
    }
}

/// Inserts a mail that is not there yet; gives its number and whether it was new.
fn insert(transaction: &Transaction<'_>, mail: &NewMail) -> rusqlite::Result<(MailId, bool)> {
    let known = transaction
        .prepare_cached("SELECT id FROM mail WHERE message_id = ?1 AND content_hash = ?2")?
        .query_row(
            params![mail.identity.message_id, mail.identity.content_hash],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(id) = known {
        return Ok((id, false));
    }
    let plain = mail.identity.external_id(false);
    let taken = transaction
        .prepare_cached("SELECT 1 FROM mail WHERE external_id = ?1")?
        .exists([&plain])?;
    let external_id = if taken {
        mail.identity.external_id(true)
    } else {
        plain
    };
    transaction
        .prepare_cached(
            "INSERT INTO mail
             (message_id, content_hash, external_id, dated, internal_date, sender, subject, raw_size)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            mail.identity.message_id,
            mail.identity.content_hash,
            external_id,
            mail.dated,
            mail.internal_date,
            mail.sender,
            mail.subject,
            mail.raw_size
        ])?;
    let id = transaction.last_insert_rowid();
    transaction
        .prepare_cached("INSERT INTO raw_mail (mail_id, bytes) VALUES (?1, ?2)")?
        .execute(params![id, mail.compressed])?;
    Ok((id, true))
}

/// Reads `id, external_id, internal_date, raw_size, bytes`.
pub(super) fn stored_mail(row: &Row<'_>) -> rusqlite::Result<StoredMail> {
    let size: usize = unsigned(row, 3)?.try_into().unwrap_or(usize::MAX);
    let bytes = row.get_ref(4)?.as_blob()?;
    let raw = zstd::bulk::decompress(bytes, size).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(4, rusqlite::types::Type::Blob, error.into())
    })?;
    Ok(StoredMail {
        id: row.get(0)?,
        external_id: row.get(1)?,
        internal_date: row.get::<_, Option<i64>>(2)?.and_then(moment),
        raw,
    })
}

fn mail_row(row: &Row<'_>) -> rusqlite::Result<MailRow> {
    let status = row.get::<_, Option<String>>(5)?;
    Ok(MailRow {
        id: row.get(0)?,
        external_id: row.get(9)?,
        date: moment(row.get(1)?).unwrap_or_default(),
        from: row.get(2)?,
        subject: row.get(3)?,
        size: unsigned(row, 4)?,
        status: [MailStatus::Parsed, MailStatus::Unmatched, MailStatus::Failed]
            .into_iter()
            .find(|known| status.as_deref() == Some(known.code())),
        rule: row.get::<_, Option<String>>(6)?.filter(|rule| !rule.is_empty()),
        leads: row.get::<_, Option<u32>>(7)?.unwrap_or(0),
        confidence: row
            .get::<_, Option<f64>>(8)?
            .filter(|confidence| *confidence >= 0.0),
    })
}

pub(super) fn moment(milliseconds: i64) -> Option<DateTime<Utc>> {
    Utc.timestamp_millis_opt(milliseconds).single()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
