//! Where the values of leads from mails were found, so that they can be shown wherever the project is opened.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use super::{Project, ProjectError, SourceWriter};
use crate::mailbox::Provenance;

/// The mail that a row came from, and where in it each value stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MailOrigin {
    /// The mail: `MAIL-` and a short hash, by which every store of this mailbox knows it.
    pub mail: String,
    /// Which lead of the mail, from 0.
    pub lead: u32,
    /// Name and address of the sender.
    pub from: String,
    /// The decoded subject.
    pub subject: String,
    /// When the mail was sent, RFC 3339 in UTC.
    pub date: String,
    /// The rule that took the mail.
    pub rule: Option<String>,
    /// How sure the reading is, 0 to 1.
    pub confidence: f64,
    /// Where each value stands in the mail: by the name of its column, with `extra.` before it for a label of the mail
    /// that is no field.
    pub provenance: BTreeMap<String, Provenance>,
}

/// Rows whose origins are laid down together: enough to compress well, few enough to read one of them quickly.
const ROWS_AT_ONCE: usize = 64;
const COMPRESSION_LEVEL: i32 = 3;
/// Bounds what a damaged file can ask for.
const LARGEST: usize = 64 << 20;

impl SourceWriter<'_> {
    /// Says of every row of the source, in order, which mail it came from.
    pub fn put_mail_origins(&mut self, origins: &[MailOrigin]) -> Result<(), ProjectError> {
        let id = self.id();
        let packed: Vec<(u32, String, Vec<u8>)> = (0_u32..)
            .step_by(ROWS_AT_ONCE)
            .zip(origins.chunks(ROWS_AT_ONCE))
            .map(|(first, chunk)| {
                let mails: BTreeSet<&str> = chunk.iter().map(|origin| origin.mail.as_str()).collect();
                let mails: Vec<&str> = mails.into_iter().collect();
                let json = serde_json::to_vec(chunk).expect("an origin holds only texts and finite numbers");
                let data = zstd::bulk::compress(&json, COMPRESSION_LEVEL)
                    .expect("compressing from memory to memory has nothing to fail on");
                (first, mails.join(" "), data)
            })
            .collect();
        self.project().write(|transaction| {
            let mut put = transaction.prepare_cached(
                "INSERT INTO mail_origin (source_id, first_row, mails, data) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for (first, mails, data) in &packed {
                put.execute(params![id, first, mails, data])?;
            }
            Ok(())
        })
    }
}

impl Project {
    /// The mail that a row came from; `None` for a row of a file.
    pub fn mail_origin(&self, row: u32) -> Result<Option<MailOrigin>, ProjectError> {
        let found = {
            let index = self.index();
            let (source, ..) = index.locate(row).ok_or_else(|| ProjectError::NotFound {
                what: format!("row {row}"),
            })?;
            let entry = &index.sources[source];
            (entry.id, row - entry.first_row)
        };
        let (source, within) = found;
        let chunk: Option<(u32, Vec<u8>)> = self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT first_row, data FROM mail_origin WHERE source_id = ?1 AND first_row <= ?2
                     ORDER BY first_row DESC LIMIT 1",
                )?
                .query_row(params![source, within], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })?;
        let Some((first, data)) = chunk else {
            return Ok(None);
        };
        let damaged = || self.damaged(&format!("origins of source {source}"));
        let json = zstd::bulk::decompress(&data, LARGEST).map_err(|_| damaged())?;
        let mut origins: Vec<MailOrigin> = serde_json::from_slice(&json).map_err(|_| damaged())?;
        let at = (within - first) as usize;
        Ok((at < origins.len()).then(|| origins.swap_remove(at)))
    }

    /// The mails whose leads are in the project already.
    pub fn mails_taken(&self) -> Result<BTreeSet<String>, ProjectError> {
        self.read(|connection| {
            let mut taken = BTreeSet::new();
            let mut statement = connection.prepare(
                "SELECT mails FROM mail_origin JOIN source ON source.id = source_id WHERE role <> 'loading'",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                taken.extend(row.get_ref(0)?.as_str()?.split(' ').map(String::from));
            }
            Ok(taken)
        })
    }
}
