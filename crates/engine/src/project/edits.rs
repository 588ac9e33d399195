//! What persons type over the fields of rows.

use std::collections::{BTreeMap, VecDeque};
use std::sync::PoisonError;

use lotse_core::mapping::Edits;
use lotse_core::values::Instant;
use rusqlite::OptionalExtension as _;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::history::{ChangeKind, Operation};
use super::{Project, ProjectError};
use crate::clock::Actor;
use crate::jobs::Watch;

/// A text to put into a field; `None` gives the field back what its source says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct FieldEdit {
    /// The row.
    pub row: u32,
    /// Name of the field, or of the list of activities.
    pub field: String,
    /// The text; empty clears the field.
    pub text: Option<String>,
}

/// One entry in the history of a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct CellHistory {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: String,
    /// What stood there; `None` for what the source says.
    pub before: Option<String>,
    /// What stood there afterwards.
    pub after: Option<String>,
}

impl Project {
    /// The edits of the rows `rows.start .. rows.end`, by row.
    pub(crate) fn edits_between(
        &self,
        rows: std::ops::Range<u32>,
    ) -> Result<BTreeMap<u32, Edits>, ProjectError> {
        self.read(|connection| {
            let mut edits: BTreeMap<u32, Edits> = BTreeMap::new();
            let mut statement = connection
                .prepare_cached("SELECT row, field, text FROM edit WHERE row >= ?1 AND row < ?2")?;
            let mut found = statement.query([rows.start, rows.end])?;
            while let Some(row) = found.next()? {
                edits
                    .entry(row.get(0)?)
                    .or_default()
                    .insert(row.get(1)?, row.get(2)?);
            }
            Ok(edits)
        })
    }

    /// The edits of one field, by row.
    pub(crate) fn edits_in(&self, field: &str) -> Result<BTreeMap<u32, Edits>, ProjectError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT row, field, text FROM edit WHERE field = ?1")?;
            statement
                .query_map([field], |row| {
                    Ok((row.get(0)?, Edits::from_iter([(row.get(1)?, row.get(2)?)])))
                })?
                .collect()
        })
    }

    /// The edits of one row.
    pub fn edits_of(&self, row: u32) -> Result<Edits, ProjectError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT field, text FROM edit WHERE row = ?1")?;
            statement
                .query_map([row], |found| Ok((found.get(0)?, found.get(1)?)))?
                .collect()
        })
    }

    /// Puts texts into fields as one change; returns the rows that have to be read again. Edits that change nothing
    /// are left out. Fields that the target does not have are refused. When it is cancelled before it is over, nothing is
    /// changed and the error is that of an interrupted transaction.
    pub(crate) fn edit(
        &self,
        actor: &Actor,
        kind: ChangeKind,
        summary: &Json,
        edits: Vec<FieldEdit>,
        watch: &Watch<'_>,
    ) -> Result<Vec<u32>, ProjectError> {
        /// From so many edits on, one look at all that stands is faster than one look each.
        const MANY: usize = 500;
        let list = self
            .target()
            .activities
            .as_ref()
            .map(|activities| activities.name.as_str());
        let rows = u32::try_from(self.index().facts.len()).unwrap_or(u32::MAX);
        let standing = if edits.len() > MANY {
            let first = edits.iter().map(|edit| edit.row).min().unwrap_or_default();
            let last = edits.iter().map(|edit| edit.row).max().unwrap_or_default();
            Some(self.edits_between(first..last.saturating_add(1))?)
        } else {
            None
        };
        let mut operations = Vec::with_capacity(edits.len());
        for edit in edits {
            if self.target().field_index(&edit.field).is_none() && list != Some(edit.field.as_str()) {
                return Err(ProjectError::NotFound {
                    what: format!("field {}", edit.field),
                });
            }
            if edit.row >= rows {
                return Err(ProjectError::NotFound {
                    what: format!("row {}", edit.row),
                });
            }
            let before = match &standing {
                Some(standing) => standing
                    .get(&edit.row)
                    .and_then(|edits| edits.get(&edit.field))
                    .cloned(),
                None => self.edit_of(edit.row, &edit.field)?,
            };
            if before != edit.text {
                operations.push(Operation::Edit {
                    row: edit.row,
                    field: edit.field,
                    before,
                    after: edit.text,
                });
            }
        }
        self.do_watched(actor, kind, summary, &operations, watch)
    }

    /// Remembers which rows were edited just now, for whoever is reading them at this moment.
    pub(super) fn note_edited(&self, rows: &[u32]) {
        self.edited
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .note(rows);
    }

    /// A moment in the sequence of edits, for [`Project::edited_since`].
    pub(crate) fn edit_moment(&self) -> u64 {
        self.edited.lock().unwrap_or_else(PoisonError::into_inner).count
    }

    /// The rows that were edited since a moment; `None` where they are too many to be named.
    pub(crate) fn edited_since(&self, moment: u64) -> Option<Vec<u32>> {
        self.edited
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .since(moment)
    }

    /// What a person has typed over a field; `None` where the source still speaks.
    pub(super) fn edit_of(&self, row: u32, field: &str) -> Result<Option<String>, ProjectError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT text FROM edit WHERE row = ?1 AND field = ?2")?
                .query_row(rusqlite::params![row, field], |found| found.get(0))
                .optional()
        })
    }
}

/// The last edits of this run of the program.
#[derive(Debug, Default)]
pub(super) struct LastEdits {
    count: u64,
    /// Everything up to here is forgotten.
    forgotten: u64,
    rows: VecDeque<(u64, u32)>,
}

impl LastEdits {
    const KEPT: usize = 4096;

    fn note(&mut self, rows: &[u32]) {
        if rows.is_empty() {
            return;
        }
        self.count += 1;
        if rows.len() > Self::KEPT {
            self.rows.clear();
            self.forgotten = self.count;
            return;
        }
        self.rows.extend(rows.iter().map(|&row| (self.count, row)));
        while self.rows.len() > Self::KEPT {
            if let Some((count, _)) = self.rows.pop_front() {
                self.forgotten = count;
            }
        }
    }

    fn since(&self, moment: u64) -> Option<Vec<u32>> {
        (moment >= self.forgotten).then(|| {
            let mut rows: Vec<u32> = self
                .rows
                .iter()
                .filter(|(count, _)| *count > moment)
                .map(|(_, row)| *row)
                .collect();
            rows.sort_unstable();
            rows.dedup();
            rows
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_named_from_a_moment_on_until_they_are_too_many() {
        let mut last = LastEdits::default();
        last.note(&[7]);
        let moment = last.count;
        assert_eq!(last.since(moment), Some(vec![]));
        last.note(&[9, 3]);
        last.note(&[3]);
        assert_eq!(last.since(moment), Some(vec![3, 9]));
        assert_eq!(last.since(0), Some(vec![3, 7, 9]));
        let many: Vec<u32> = (0..5000).collect();
        last.note(&many);
        assert_eq!(last.since(moment), None);
        assert_eq!(last.since(last.count), Some(vec![]));
        let some: Vec<u32> = (0..3000).collect();
        let moment = last.count;
        last.note(&some);
        last.note(&some);
        assert_eq!(
            last.since(moment),
            None,
            "some of the first of them are forgotten"
        );
    }
}
