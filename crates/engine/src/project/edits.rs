//! What persons type over the fields of rows.

use std::collections::BTreeMap;

use lotse_core::mapping::Edits;
use lotse_core::values::Instant;
use rusqlite::OptionalExtension as _;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::history::{ChangeKind, Operation};
use super::{Project, ProjectError};
use crate::clock::Actor;

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
    /// All edits by row.
    pub fn all_edits(&self) -> Result<BTreeMap<u32, Edits>, ProjectError> {
        self.read(|connection| {
            let mut edits: BTreeMap<u32, Edits> = BTreeMap::new();
            let mut statement = connection.prepare_cached("SELECT row, field, text FROM edit")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                edits
                    .entry(row.get(0)?)
                    .or_default()
                    .insert(row.get(1)?, row.get(2)?);
            }
            Ok(edits)
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
    /// are left out. Fields that the target does not have are refused.
    pub fn edit(
        &self,
        actor: &Actor,
        kind: ChangeKind,
        summary: &Json,
        edits: &[FieldEdit],
    ) -> Result<Vec<u32>, ProjectError> {
        let list = self
            .target()
            .activities
            .as_ref()
            .map(|activities| activities.name.as_str());
        let rows = u32::try_from(self.index().facts.len()).unwrap_or(u32::MAX);
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
            let before = self.edit_of(edit.row, &edit.field)?;
            if before != edit.text {
                operations.push(Operation::Edit {
                    row: edit.row,
                    field: edit.field.clone(),
                    before,
                    after: edit.text.clone(),
                });
            }
        }
        self.do_change(actor, kind, summary, &operations)
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
