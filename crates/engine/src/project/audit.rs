//! The audit log: append-only, each entry bound to the one before by its hash.

use lotse_core::batch::hex_digest;
use lotse_core::values::Instant;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Project, ProjectError};
use crate::clock::{self, Actor};

/// What the first entry's `previous_hash` holds.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct AuditEntry {
    /// Number, from 1 without gaps.
    #[ts(type = "number")]
    pub sequence: i64,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: String,
    /// On which machine.
    pub machine: String,
    /// What: `source_loaded`, `row_edited`, `leads_batch_import` …
    pub event: String,
    /// The facts.
    #[ts(type = "Record<string, unknown>")]
    pub data: Json,
    /// Hash of the entry before.
    pub previous_hash: String,
    /// SHA-256 over all of the above.
    pub hash: String,
}

impl AuditEntry {
    fn computed_hash(&self) -> String {
        let parts = [
            self.sequence.to_string(),
            self.at.to_string(),
            self.actor.clone(),
            self.machine.clone(),
            self.event.clone(),
            self.data.to_string(),
            self.previous_hash.clone(),
        ];
        // Lengths before the parts: no two different entries give the same bytes.
        let bytes: String = parts
            .iter()
            .map(|part| format!("{}:{part}", part.len()))
            .collect();
        hex_digest(bytes.as_bytes())
    }
}

/// Whether the chain holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditVerdict {
    /// Entries read.
    #[ts(type = "number")]
    pub entries: i64,
    /// Number of the first entry that does not fit; `None` when all do.
    #[ts(type = "number | null")]
    pub first_broken: Option<i64>,
    /// Hash of the last good entry.
    pub last_hash: String,
}

impl Default for AuditVerdict {
    /// Of a log without entries.
    fn default() -> Self {
        AuditVerdict {
            entries: 0,
            first_broken: None,
            last_hash: BEGINNING.to_string(),
        }
    }
}

impl AuditVerdict {
    /// Judges the next entry: those of a project, or those of a file to which they were exported.
    pub fn take(&mut self, entry: AuditEntry) {
        self.entries += 1;
        let fits = entry.sequence == self.entries
            && entry.previous_hash == self.last_hash
            && entry.hash == entry.computed_hash();
        if self.first_broken.is_none() {
            if fits {
                self.last_hash = entry.hash;
            } else {
                self.first_broken = Some(self.entries);
            }
        }
    }
}

/// Which entries are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only those with this text in their event, actor, machine or facts, without regard to the case of plain letters.
    pub search: String,
    /// Events that the search means, whatever their facts: people search for words, not for codes.
    pub events_meant: Vec<String>,
    /// Only these events; all where empty.
    pub only_events: Vec<String>,
}

/// Appends an entry inside the transaction of what it tells about.
pub(super) fn append(
    connection: &Connection,
    actor: &Actor,
    event: &str,
    data: Json,
) -> rusqlite::Result<()> {
    let last: Option<(i64, String)> = connection
        .query_row(
            "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let (sequence, previous_hash) = last.unwrap_or((0, BEGINNING.to_string()));
    let mut entry = AuditEntry {
        sequence: sequence + 1,
        at: clock::now(),
        actor: actor.name.clone(),
        machine: actor.machine.clone(),
        event: event.to_string(),
        data,
        previous_hash,
        hash: String::new(),
    };
    entry.hash = entry.computed_hash();
    connection.prepare_cached(
        "INSERT INTO audit (sequence, at, actor, machine, event, data, previous_hash, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?.execute(params![
        entry.sequence,
        entry.at.to_string(),
        entry.actor,
        entry.machine,
        entry.event,
        entry.data.to_string(),
        entry.previous_hash,
        entry.hash
    ])?;
    Ok(())
}

fn entry_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<AuditEntry> {
    let at: String = row.get(1)?;
    let data: String = row.get(5)?;
    Ok(AuditEntry {
        sequence: row.get(0)?,
        // A moment or JSON that somebody changed by hand cannot be read back; the hash will not fit either.
        at: Instant::from_rfc3339(&at)
            .or_else(|| Instant::from_millis(0))
            .unwrap_or_else(clock::now),
        actor: row.get(2)?,
        machine: row.get(3)?,
        event: row.get(4)?,
        data: serde_json::from_str(&data).unwrap_or(Json::String(data)),
        previous_hash: row.get(6)?,
        hash: row.get(7)?,
    })
}

const COLUMNS: &str = "sequence, at, actor, machine, event, data, previous_hash, hash";

impl Project {
    /// Notes an event that changes nothing else in the project (an export, a failed test of a connection).
    pub fn note(&self, actor: &Actor, event: &str, data: Json) -> Result<(), ProjectError> {
        self.write(|transaction| append(transaction, actor, event, data))
    }

    /// Hash of the first entry: tells this project from all others, wherever its file lies and whatever it is called.
    pub(crate) fn beginning(&self) -> Result<String, ProjectError> {
        self.read(|connection| {
            connection.query_row("SELECT hash FROM audit ORDER BY sequence LIMIT 1", [], |row| {
                row.get(0)
            })
        })
    }

    /// Entries that fit `query`, the newest first, and how many there are of them.
    pub fn audit_page(
        &self,
        query: &AuditQuery,
        offset: u64,
        limit: u64,
    ) -> Result<(Vec<AuditEntry>, u64), ProjectError> {
        const FITS: &str = "
            (?1 = '%%' OR event LIKE ?1 ESCAPE '\\' OR actor LIKE ?1 ESCAPE '\\' OR machine LIKE ?1 ESCAPE '\\'
                OR data LIKE ?1 ESCAPE '\\' OR event IN (SELECT value FROM json_each(?2)))
            AND (?3 = '[]' OR event IN (SELECT value FROM json_each(?3)))";
        let escaped = query
            .search
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        let pattern = format!("%{escaped}%");
        let meant = Json::from(query.events_meant.clone()).to_string();
        let only = Json::from(query.only_events.clone()).to_string();
        self.read(|connection| {
            let total: i64 = connection
                .prepare_cached(&format!("SELECT count(*) FROM audit WHERE {FITS}"))?
                .query_row([&pattern, &meant, &only], |row| row.get(0))?;
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM audit WHERE {FITS} ORDER BY sequence DESC LIMIT ?4 OFFSET ?5"
            ))?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let offset = i64::try_from(offset).unwrap_or(i64::MAX);
            let entries = statement
                .query_map(params![pattern, meant, only, limit, offset], entry_of)?
                .collect::<rusqlite::Result<Vec<AuditEntry>>>()?;
            Ok((entries, total.unsigned_abs()))
        })
    }

    /// Entries whose event, actor, machine or facts contain `search` (all for an empty one), the newest first.
    pub fn audit_entries(
        &self,
        search: &str,
        offset: u64,
        limit: u64,
    ) -> Result<Vec<AuditEntry>, ProjectError> {
        let query = AuditQuery {
            search: search.to_string(),
            ..AuditQuery::default()
        };
        Ok(self.audit_page(&query, offset, limit)?.0)
    }

    /// Number of entries.
    pub fn audit_count(&self) -> Result<u64, ProjectError> {
        let count: i64 =
            self.read(|connection| connection.query_row("SELECT count(*) FROM audit", [], |row| row.get(0)))?;
        Ok(count.unsigned_abs())
    }

    /// Hands every entry to `each` in order.
    pub fn for_each_audit_entry(&self, mut each: impl FnMut(AuditEntry)) -> Result<(), ProjectError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("SELECT {COLUMNS} FROM audit ORDER BY sequence"))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                each(entry_of(row)?);
            }
            Ok(())
        })
    }

    /// Recomputes the chain from its beginning.
    pub fn verify_audit(&self) -> Result<AuditVerdict, ProjectError> {
        let mut verdict = AuditVerdict::default();
        self.for_each_audit_entry(|entry| verdict.take(entry))?;
        Ok(verdict)
    }
}
