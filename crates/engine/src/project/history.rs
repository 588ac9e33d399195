//! Everything a person does to rows, as changes that can be undone and redone, also after a restart.

use std::collections::BTreeMap;

use lotse_core::values::Instant;
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::decisions::{self, Decision};
use super::index::RowFacts;
use super::{Project, ProjectError, audit, moment, stamp};
use crate::clock::Actor;
use crate::jobs::{Phase, Watch};

/// What kind of thing was done; the window has a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// One field of one row.
    Edit,
    /// Several cells at once.
    BulkEdit,
    /// A suggested correction for all rows with the same finding.
    ApplyFix,
    /// What happens with rows.
    Decide,
    /// Rows were merged into one.
    Merge,
    /// Two rows are not the same, for ever.
    Separate,
    /// Corrected rows came back from a file.
    Reimport,
    /// Another source has brought further values.
    Enrich,
}

impl ChangeKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::BulkEdit => "bulk_edit",
            Self::ApplyFix => "apply_fix",
            Self::Decide => "decide",
            Self::Merge => "merge",
            Self::Separate => "separate",
            Self::Reimport => "reimport",
            Self::Enrich => "enrich",
        }
    }

    fn from_str(text: &str) -> Self {
        [
            Self::Edit,
            Self::BulkEdit,
            Self::ApplyFix,
            Self::Decide,
            Self::Merge,
            Self::Separate,
            Self::Reimport,
            Self::Enrich,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .unwrap_or(Self::BulkEdit)
    }
}

/// One step of a change. `None` means: nothing set by a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum Operation {
    Edit {
        row: u32,
        field: String,
        before: Option<String>,
        after: Option<String>,
    },
    Decide {
        row: u32,
        before: Option<Decision>,
        after: Option<Decision>,
    },
    Separate {
        key_a: String,
        key_b: String,
        before: bool,
        after: bool,
    },
}

impl Operation {
    fn reversed(self) -> Self {
        match self {
            Self::Edit {
                row,
                field,
                before,
                after,
            } => Self::Edit {
                row,
                field,
                before: after,
                after: before,
            },
            Self::Decide { row, before, after } => Self::Decide {
                row,
                before: after,
                after: before,
            },
            Self::Separate {
                key_a,
                key_b,
                before,
                after,
            } => Self::Separate {
                key_a,
                key_b,
                before: after,
                after: before,
            },
        }
    }
}

/// A change as the history shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Change {
    /// Number, growing.
    #[ts(type = "number")]
    pub id: i64,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: String,
    /// What kind.
    pub kind: ChangeKind,
    /// The facts for its sentence.
    #[ts(type = "Record<string, unknown>")]
    pub summary: Json,
    /// Taken back at present.
    pub undone: bool,
}

impl Project {
    /// Does `operations` as one change; returns the rows whose content or decision changed.
    pub(super) fn do_change(
        &self,
        actor: &Actor,
        kind: ChangeKind,
        summary: &Json,
        operations: &[Operation],
    ) -> Result<Vec<u32>, ProjectError> {
        self.do_watched(actor, kind, summary, operations, &Watch::quiet())
    }

    /// The same for large changes. When it is cancelled before it is over, nothing is changed and the error is that of
    /// an interrupted transaction.
    pub(super) fn do_watched(
        &self,
        actor: &Actor,
        kind: ChangeKind,
        summary: &Json,
        operations: &[Operation],
        watch: &Watch<'_>,
    ) -> Result<Vec<u32>, ProjectError> {
        if operations.is_empty() {
            return Ok(Vec::new());
        }
        let total = operations.len() as u64;
        self.write(|transaction| {
            // What was undone before cannot be redone after something new.
            transaction.execute("DELETE FROM change WHERE undone = 1", [])?;
            transaction.execute(
                "INSERT INTO change (at, actor, kind, summary, undone, data) VALUES (?1, ?2, ?3, ?4, 0, x'')",
                params![stamp(), actor.name, kind.as_str(), summary.to_string()],
            )?;
            let change = transaction.last_insert_rowid();
            let applier = Applier::new(transaction, actor)?;
            let mut done = 0;
            for (sequence, part) in (0_i64..).zip(operations.chunks(OPERATIONS_A_PART)) {
                if watch.is_cancelled() {
                    return Err(interrupted());
                }
                put_part(transaction, change, sequence, part)?;
                for operation in part {
                    applier.apply(operation)?;
                }
                done += part.len() as u64;
                watch.report(Phase::Writing, done, total);
            }
            audit::append(
                transaction,
                actor,
                &format!("rows_{}", kind.as_str()),
                audit_facts(summary, operations),
            )
        })?;
        Ok(self.take_over(operations))
    }

    /// Takes the last change back; returns it with the affected rows. `None` when there is nothing to take back.
    pub fn undo(&self, actor: &Actor) -> Result<Option<(Change, Vec<u32>)>, ProjectError> {
        self.step(actor, "SELECT id, at, actor, kind, summary, undone, data FROM change WHERE undone = 0 ORDER BY id DESC LIMIT 1", true)
    }

    /// Does the change again that was taken back last.
    pub fn redo(&self, actor: &Actor) -> Result<Option<(Change, Vec<u32>)>, ProjectError> {
        self.step(actor, "SELECT id, at, actor, kind, summary, undone, data FROM change WHERE undone = 1 ORDER BY id LIMIT 1", false)
    }

    fn step(&self, actor: &Actor, sql: &str, undo: bool) -> Result<Option<(Change, Vec<u32>)>, ProjectError> {
        let found: Option<(Change, Vec<u8>)> = self.read(|connection| {
            connection
                .query_row(sql, [], |row| Ok((change_of(row)?, row.get(6)?)))
                .optional()
        })?;
        let Some((mut change, data)) = found else {
            return Ok(None);
        };
        let mut operations = Vec::new();
        for part in self.parts_of(change.id, data)? {
            let part = operations_in(&part).ok_or_else(|| self.damaged(&format!("change {}", change.id)))?;
            operations.extend(part);
        }
        let operations: Vec<Operation> = if undo {
            operations.into_iter().rev().map(Operation::reversed).collect()
        } else {
            operations
        };
        change.undone = undo;
        self.write(|transaction| {
            transaction.execute(
                "UPDATE change SET undone = ?2 WHERE id = ?1",
                params![change.id, undo],
            )?;
            let applier = Applier::new(transaction, actor)?;
            for operation in &operations {
                applier.apply(operation)?;
            }
            let event = if undo { "change_undone" } else { "change_redone" };
            audit::append(
                transaction,
                actor,
                event,
                json!({ "change": change.id, "kind": change.kind }),
            )
        })?;
        let rows = self.take_over(&operations);
        Ok(Some((change, rows)))
    }

    /// The packed parts of a change in their order; `whole` is what changes of older projects hold in one piece.
    fn parts_of(&self, change: i64, whole: Vec<u8>) -> Result<Vec<Vec<u8>>, ProjectError> {
        if !whole.is_empty() {
            return Ok(vec![whole]);
        }
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT data FROM change_part WHERE change_id = ?1 ORDER BY sequence")?;
            statement.query_map([change], |row| row.get(0))?.collect()
        })
    }

    /// Changes from the newest on.
    pub fn history(&self, offset: u64, limit: u64) -> Result<Vec<Change>, ProjectError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, at, actor, kind, summary, undone FROM change ORDER BY id DESC LIMIT ?1 OFFSET ?2",
            )?;
            let limits = [
                i64::try_from(limit).unwrap_or(i64::MAX),
                i64::try_from(offset).unwrap_or(i64::MAX),
            ];
            statement.query_map(limits, change_of)?.collect()
        })
    }

    /// Changes that can be undone and redone.
    pub fn history_counts(&self) -> Result<(u64, u64), ProjectError> {
        let (done, undone): (i64, i64) = self.read(|connection| {
            connection.query_row(
                "SELECT count(*) FILTER (WHERE undone = 0), count(*) FILTER (WHERE undone = 1) FROM change",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
        })?;
        Ok((done.unsigned_abs(), undone.unsigned_abs()))
    }

    /// The whole history of one cell, oldest first: who put what there, when; undone changes are left out.
    pub fn cell_history(&self, row: u32, field: &str) -> Result<Vec<super::CellHistory>, ProjectError> {
        Ok(self.row_history(row)?.remove(field).unwrap_or_default())
    }

    /// The histories of all cells of a row by field, each oldest first; undone changes are left out.
    pub fn row_history(&self, row: u32) -> Result<BTreeMap<String, Vec<super::CellHistory>>, ProjectError> {
        let found: Vec<(Change, Vec<u8>)> = self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT c.id, c.at, c.actor, c.kind, c.summary, c.undone, coalesce(p.data, c.data)
                 FROM change c LEFT JOIN change_part p ON p.change_id = c.id
                 WHERE c.undone = 0 AND (length(c.data) > 0 OR (p.first_row <= ?1 AND p.last_row >= ?1))
                 ORDER BY c.id, p.sequence",
            )?;
            statement
                .query_map([row], |row| Ok((change_of(row)?, row.get(6)?)))?
                .collect()
        })?;
        let mut histories: BTreeMap<String, Vec<super::CellHistory>> = BTreeMap::new();
        for (change, data) in found {
            for operation in operations_in(&data).unwrap_or_default() {
                if let Operation::Edit {
                    row: at,
                    field,
                    before,
                    after,
                } = operation
                    && at == row
                {
                    histories.entry(field).or_default().push(super::CellHistory {
                        at: change.at,
                        actor: change.actor.clone(),
                        before,
                        after,
                    });
                }
            }
        }
        Ok(histories)
    }

    /// Brings the facts in memory in line with what was just written.
    fn take_over(&self, operations: &[Operation]) -> Vec<u32> {
        let mut rows: Vec<u32> = Vec::new();
        let mut given_back: Vec<u32> = Vec::new();
        let mut edited: Vec<u32> = Vec::new();
        let mut index = self.index_mut();
        for operation in operations {
            let row = match operation {
                Operation::Edit { row, .. } | Operation::Decide { row, .. } => *row,
                Operation::Separate { .. } => continue,
            };
            if let Some(facts) = index.facts.get_mut(row as usize) {
                match operation {
                    Operation::Edit { after, .. } => {
                        facts.set(RowFacts::EDITED, true);
                        facts.set(RowFacts::APPROVED | RowFacts::DRY_RUN_PASSED, false);
                        edited.push(row);
                        if after.is_none() {
                            given_back.push(row);
                        }
                    }
                    Operation::Decide { after, .. } => {
                        facts.set(
                            RowFacts::SKIP | RowFacts::HOLD | RowFacts::MERGED | RowFacts::IMPORT,
                            false,
                        );
                        facts.set(RowFacts::APPROVED, false);
                        if let Some(decision) = after {
                            facts.set(decision.kind.flag(), true);
                        }
                    }
                    Operation::Separate { .. } => {}
                }
            }
            rows.push(row);
        }
        rows.sort_unstable();
        rows.dedup();
        drop(index);
        self.note_edited(&edited);
        self.refresh_edited(&given_back);
        rows
    }

    /// A row whose last edit was undone is unedited again.
    fn refresh_edited(&self, rows: &[u32]) {
        if rows.is_empty() {
            return;
        }
        let still: Result<Vec<(u32, bool)>, ProjectError> = self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM edit WHERE row = ?1)")?;
            rows.iter()
                .map(|&row| Ok((row, statement.query_row([row], |found| found.get(0))?)))
                .collect()
        });
        if let Ok(still) = still {
            let mut index = self.index_mut();
            for (row, edited) in still {
                if let Some(facts) = index.facts.get_mut(row as usize) {
                    facts.set(RowFacts::EDITED, edited);
                }
            }
        }
    }
}

/// Operations that are packed together: a change of a million rows is read and written in parts of these.
const OPERATIONS_A_PART: usize = 4096;

fn put_part(
    transaction: &Transaction<'_>,
    change: i64,
    sequence: i64,
    operations: &[Operation],
) -> rusqlite::Result<()> {
    let rows = || {
        operations.iter().filter_map(|operation| match operation {
            Operation::Edit { row, .. } | Operation::Decide { row, .. } => Some(*row),
            Operation::Separate { .. } => None,
        })
    };
    let plain = serde_json::to_vec(operations).expect("operations are plain data");
    // Level 1: large changes shrink to a tenth and cost little.
    let data = zstd::encode_all(plain.as_slice(), 1).unwrap_or(plain);
    transaction
        .prepare_cached(
            "INSERT INTO change_part (change_id, sequence, first_row, last_row, data) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            change,
            sequence,
            rows().min().unwrap_or(1),
            rows().max().unwrap_or(0),
            data
        ])
        .map(drop)
}

/// Unpacks what [`put_part`] wrote; `None` for anything else.
fn operations_in(data: &[u8]) -> Option<Vec<Operation>> {
    match zstd::decode_all(data) {
        Ok(plain) => serde_json::from_slice(&plain).ok(),
        Err(_) => serde_json::from_slice(data).ok(),
    }
}

/// What SQLite itself says where a statement was stopped.
fn interrupted() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_INTERRUPT), None)
}

/// Facts for the audit log: single changes in full, large ones by their numbers; the history holds the rest.
fn audit_facts(summary: &Json, operations: &[Operation]) -> Json {
    const IN_FULL: usize = 20;
    let shown: Vec<Json> = operations
        .iter()
        .take(IN_FULL)
        .map(|operation| serde_json::to_value(operation).unwrap_or_default())
        .collect();
    json!({ "summary": summary, "count": operations.len(), "operations": shown })
}

fn change_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Change> {
    let at: String = row.get(1)?;
    let kind: String = row.get(3)?;
    let summary: String = row.get(4)?;
    Ok(Change {
        id: row.get(0)?,
        at: moment(&at),
        actor: row.get(2)?,
        kind: ChangeKind::from_str(&kind),
        summary: serde_json::from_str(&summary).unwrap_or_default(),
        undone: row.get(5)?,
    })
}

/// Writes operations into the tables.
struct Applier<'t> {
    transaction: &'t Transaction<'t>,
    actor: &'t Actor,
    /// Tables that say something about the content of rows and are not empty: what was approved and what the server
    /// has seen is no longer what an edited row says.
    outdated: Vec<&'static str>,
}

impl<'t> Applier<'t> {
    fn new(transaction: &'t Transaction<'t>, actor: &'t Actor) -> rusqlite::Result<Self> {
        let mut outdated = Vec::new();
        for table in ["approved_row", "dry_run_row", "server_duplicate"] {
            let holds = format!("SELECT EXISTS (SELECT 1 FROM {table})");
            if transaction.query_row(&holds, [], |found| found.get(0))? {
                outdated.push(table);
            }
        }
        Ok(Applier {
            transaction,
            actor,
            outdated,
        })
    }

    fn apply(&self, operation: &Operation) -> rusqlite::Result<()> {
        let transaction = self.transaction;
        match operation {
            Operation::Edit {
                row, field, after, ..
            } => {
                match after {
                    Some(text) => transaction.prepare_cached(
                        "INSERT INTO edit (row, field, text) VALUES (?1, ?2, ?3) ON CONFLICT (row, field) DO UPDATE SET text = ?3",
                    )?.execute(params![row, field, text])?,
                    None => transaction
                        .prepare_cached("DELETE FROM edit WHERE row = ?1 AND field = ?2")?
                        .execute(params![row, field])?,
                };
                for table in &self.outdated {
                    transaction
                        .prepare_cached(&format!("DELETE FROM {table} WHERE row = ?1"))?
                        .execute([row])?;
                }
                transaction
                    .prepare_cached("INSERT INTO waiting_row (row) VALUES (?1) ON CONFLICT DO NOTHING")?
                    .execute([row])?;
            }
            Operation::Decide { row, after, .. } => {
                decisions::put(transaction, *row, after.as_ref())?;
                if self.outdated.contains(&"approved_row") {
                    transaction
                        .prepare_cached("DELETE FROM approved_row WHERE row = ?1")?
                        .execute([row])?;
                }
            }
            Operation::Separate {
                key_a, key_b, after, ..
            } => {
                if *after {
                    transaction.execute(
                        "INSERT INTO separate_pair (key_a, key_b, decided_by, decided_at) VALUES (?1, ?2, ?3, ?4)
                         ON CONFLICT DO NOTHING",
                        params![key_a, key_b, self.actor.name, stamp()],
                    )?;
                } else {
                    transaction.execute(
                        "DELETE FROM separate_pair WHERE key_a = ?1 AND key_b = ?2",
                        [key_a, key_b],
                    )?;
                }
            }
        }
        Ok(())
    }
}
