//! What an open project keeps in memory: the directory of its blocks and sixteen bytes about each row, so that filters
//! and counts over a million rows need no database.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use lotse_core::finding::Severity;
use rusqlite::Connection;

use super::leads::{self, RowState};
use super::sources::{self, SourceRole};
use super::{Project, ProjectError};

/// A source in the directory.
#[derive(Clone, Debug)]
pub(super) struct SourceEntry {
    pub id: i64,
    pub role: SourceRole,
    pub name: String,
    pub sheet: String,
    pub id_prefix: String,
    pub headers: Arc<Vec<String>>,
    /// Project-wide number of the first row.
    pub first_row: u32,
    pub row_count: u32,
    pub blocks: Vec<BlockEntry>,
}

/// A block: rows of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BlockEntry {
    /// First row, counted inside the source.
    pub first: u32,
    pub rows: u32,
    /// The numbers that people see beside the rows, as runs: first number and length.
    pub numbers: Vec<(u32, u32)>,
}

impl BlockEntry {
    /// The number beside a row of the block.
    pub(super) fn number(&self, within: usize) -> u32 {
        let mut left = u32::try_from(within).unwrap_or(u32::MAX);
        for &(first, length) in &self.numbers {
            if left < length {
                return first + left;
            }
            left -= length;
        }
        0
    }
}

/// Row numbers as runs of consecutive ones.
pub(super) fn runs_of(numbers: impl IntoIterator<Item = u32>) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((first, length)) if first.checked_add(*length) == Some(number) => *length += 1,
            _ => runs.push((number, 1)),
        }
    }
    runs
}

/// What filters and counts need to know of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RowFacts {
    /// One bit for each code of a finding, by its place in the project's list of codes. The last bit stands for all
    /// codes beyond the sixty-third.
    pub codes: u64,
    /// 0 nothing found, else 1 + the severity of the worst finding.
    pub worst: u8,
    pub flags: u32,
}

impl RowFacts {
    /// The row was read and checked.
    pub(super) const CHECKED: u32 = 1;
    /// A person has changed a field.
    pub(super) const EDITED: u32 = 1 << 1;
    /// Approved for sending, and unchanged since.
    pub(super) const APPROVED: u32 = 1 << 2;
    /// Decided: to be left out.
    pub(super) const SKIP: u32 = 1 << 3;
    /// Decided: to wait.
    pub(super) const HOLD: u32 = 1 << 4;
    /// Decided: merged into another row.
    pub(super) const MERGED: u32 = 1 << 5;
    /// Decided: to be imported whatever the defaults say.
    pub(super) const IMPORT: u32 = 1 << 6;
    /// Doubles another row for certain and is not the one that stays.
    pub(super) const HARD_DUPLICATE: u32 = 1 << 7;
    /// Perhaps doubles another row.
    pub(super) const SOFT_DUPLICATE: u32 = 1 << 8;
    /// In the server.
    pub(super) const IMPORTED: u32 = 1 << 9;
    /// Left out by the server as a duplicate.
    pub(super) const SKIPPED_BY_SERVER: u32 = 1 << 10;
    /// Refused by the server.
    pub(super) const FAILED: u32 = 1 << 11;
    /// Only compared with.
    pub(super) const REFERENCE: u32 = 1 << 12;
    /// Passed the server's dry-run with its present content.
    pub(super) const DRY_RUN_PASSED: u32 = 1 << 13;

    pub(super) fn has(self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    pub(super) fn set(&mut self, flag: u32, on: bool) {
        if on {
            self.flags |= flag;
        } else {
            self.flags &= !flag;
        }
    }

    pub(super) fn severity(self) -> Option<Severity> {
        match self.worst {
            0 => None,
            1 => Some(Severity::Hint),
            2 => Some(Severity::Warning),
            _ => Some(Severity::Error),
        }
    }

    pub(super) fn has_errors(self) -> bool {
        self.severity() == Some(Severity::Error)
    }
}

/// A code of findings that occurs in the project. All findings of a code are equally bad.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct KnownCode {
    pub code: String,
    pub severity: Severity,
}

/// Everything that is kept in memory.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub sources: Vec<Arc<SourceEntry>>,
    /// By project-wide row number; rows of removed sources stay as gaps without flags.
    pub facts: Vec<RowFacts>,
    /// Codes of findings in the order of their bits.
    pub codes: Vec<KnownCode>,
    /// Rows that were edited since the last check of all rows: their state stands here and not in the columns.
    pub touched: HashMap<u32, RowState>,
}

impl Index {
    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let sources = sources::load_entries(connection)?;
        let rows = sources
            .iter()
            .map(|source| source.first_row + source.row_count)
            .max()
            .unwrap_or(0);
        let mut index = Index {
            sources,
            facts: vec![RowFacts::default(); rows as usize],
            codes: leads::load_codes(connection)?,
            touched: HashMap::new(),
        };
        leads::load_facts(connection, &mut index)?;
        index.load_flags(connection)?;
        Ok(index)
    }

    /// Takes over what other tables say about rows.
    fn load_flags(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        for source in self.sources.clone() {
            if source.role == SourceRole::Reference {
                for row in source.first_row..source.first_row + source.row_count {
                    self.mark(row, RowFacts::REFERENCE);
                }
            }
        }
        let mut mark_all = |sql: &str, flag: u32| -> rusqlite::Result<()> {
            let mut statement = connection.prepare(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                self.mark(row.get(0)?, flag);
            }
            Ok(())
        };
        mark_all("SELECT DISTINCT row FROM edit", RowFacts::EDITED)?;
        mark_all("SELECT row FROM approved_row", RowFacts::APPROVED)?;
        mark_all("SELECT row FROM decision WHERE kind = 'skip'", RowFacts::SKIP)?;
        mark_all("SELECT row FROM decision WHERE kind = 'hold'", RowFacts::HOLD)?;
        mark_all("SELECT row FROM decision WHERE kind = 'merge'", RowFacts::MERGED)?;
        mark_all("SELECT row FROM decision WHERE kind = 'import'", RowFacts::IMPORT)?;
        mark_all(
            "SELECT l.row FROM batch_lead l JOIN batch b ON b.id = l.batch_id JOIN push p ON p.id = b.push_id
             WHERE p.mode = 'production' AND l.outcome = 'imported'",
            RowFacts::IMPORTED,
        )?;
        mark_all(
            "SELECT l.row FROM batch_lead l JOIN batch b ON b.id = l.batch_id JOIN push p ON p.id = b.push_id
             WHERE p.mode = 'production' AND l.outcome = 'skipped_duplicate'",
            RowFacts::SKIPPED_BY_SERVER,
        )?;
        mark_all(
            "SELECT l.row FROM batch_lead l JOIN batch b ON b.id = l.batch_id JOIN push p ON p.id = b.push_id
             WHERE p.mode = 'production' AND l.outcome = 'failed'",
            RowFacts::FAILED,
        )?;
        mark_all(
            "SELECT DISTINCT row FROM dry_run_row WHERE valid = 1",
            RowFacts::DRY_RUN_PASSED,
        )?;
        super::duplicates::mark(connection, self)
    }

    pub(super) fn mark(&mut self, row: u32, flag: u32) {
        if let Some(facts) = self.facts.get_mut(row as usize) {
            facts.flags |= flag;
        }
    }

    pub(super) fn source(&self, id: i64) -> Option<&SourceEntry> {
        self.sources
            .iter()
            .find(|source| source.id == id)
            .map(Arc::as_ref)
    }

    /// Place of a row: source, block in it, row in the block.
    pub(super) fn locate(&self, row: u32) -> Option<(usize, usize, usize)> {
        let source = self
            .sources
            .partition_point(|source| source.first_row <= row)
            .checked_sub(1)?;
        let entry = &self.sources[source];
        let within = row - entry.first_row;
        if within >= entry.row_count {
            return None;
        }
        let block = entry
            .blocks
            .partition_point(|block| block.first <= within)
            .checked_sub(1)?;
        Some((source, block, (within - entry.blocks[block].first) as usize))
    }

    /// The number by which people know a row; 0 for a row that is not there.
    pub(super) fn number(&self, row: u32) -> u32 {
        self.locate(row).map_or(0, |(source, block, within)| {
            self.sources[source].blocks[block].number(within)
        })
    }

    /// The bit of a code, adding it to the list where it is new.
    pub(super) fn bit_of(&mut self, code: &KnownCode) -> u64 {
        let place = self
            .codes
            .iter()
            .position(|known| known.code == code.code)
            .unwrap_or_else(|| {
                self.codes.push(code.clone());
                self.codes.len() - 1
            });
        bit(place)
    }

    /// The bit of a code that is in the list; none for any other.
    pub(super) fn known_bit(&self, code: &str) -> u64 {
        self.codes
            .iter()
            .position(|known| known.code == code)
            .map_or(0, bit)
    }
}

/// The bit for the code at `place`.
pub(super) fn bit(place: usize) -> u64 {
    1 << place.min(63)
}

impl Project {
    pub(super) fn reload_index(&self) -> Result<(), ProjectError> {
        let fresh = {
            let connection = self.writer();
            Index::load(&connection).map_err(|error| self.sql(&error))?
        };
        *self.index_mut() = fresh;
        self.forget_columns(|_| true);
        // Rows may have come, gone or changed altogether: no order of them holds any more.
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }
}
