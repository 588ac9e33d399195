//! Many cells at once: set, filled down, searched and replaced, spellings unified. Which rows is said as a view with
//! exceptions, so that nobody hands a list of a million rows around. Each is one change: previewed, undone and audited
//! as one.

use std::collections::{BTreeSet, HashSet};

use lotse_core::clustering::{ClusterMethod, clusters};
use lotse_core::target::FieldKind;
use lotse_core::values::Instant;
use regex::{NoExpand, Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{WorkflowError, edit_fields_watched};
use crate::clock::Actor;
use crate::jobs::{Phase, Watch};
use crate::project::{ChangeKind, FieldEdit, Project, ProjectError, RowFilter, ValueCount};

/// Which rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowScope {
    /// These.
    Rows(Vec<u32>),
    /// All rows of a view but these.
    View {
        /// The view.
        filter: RowFilter,
        /// The exceptions.
        except: Vec<u32>,
    },
    /// Consecutive rows of a view as it is shown.
    Block {
        /// The view.
        filter: RowFilter,
        /// Place of the first row.
        offset: u32,
        /// How many.
        rows: u32,
    },
}

impl RowScope {
    /// The rows, in the order in which the view shows them.
    pub fn rows(&self, project: &Project) -> Result<Vec<u32>, ProjectError> {
        Ok(match self {
            Self::Rows(rows) => rows.clone(),
            Self::View { filter, except } => {
                let except: HashSet<u32> = except.iter().copied().collect();
                let rows = project.kept_rows(filter)?;
                rows.iter().copied().filter(|row| !except.contains(row)).collect()
            }
            Self::Block { filter, offset, rows } => {
                let shown = project.kept_rows(filter)?;
                shown
                    .iter()
                    .skip(*offset as usize)
                    .take(*rows as usize)
                    .copied()
                    .collect()
            }
        })
    }
}

/// What is to be looked for, and what is to stand in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Replacement {
    /// The text, or the regular expression.
    pub find: String,
    /// What takes its place; after a regular expression `$1` stands for its first group.
    pub with: String,
    /// `find` is a regular expression.
    pub regex: bool,
    /// Capitals and small letters are different.
    pub match_case: bool,
    /// Only cells that consist of it wholly.
    pub whole_cell: bool,
}

/// What is to become of cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "do", rename_all = "camelCase")]
pub enum CellChange {
    /// This text in all of them; empty clears them.
    Set {
        /// The text.
        text: String,
    },
    /// The text of the first row in all of them.
    FillDown,
    /// A text in them replaced.
    Replace(Replacement),
    /// One spelling instead of others.
    Unify {
        /// The others.
        values: Vec<String>,
        /// The one.
        to: String,
    },
    /// What the source says in all of them.
    Restore,
}

/// Cells and what is to become of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkEdit {
    /// The rows.
    pub scope: RowScope,
    /// The fields by name.
    pub fields: Vec<String>,
    /// What is to be done.
    pub change: CellChange,
}

/// What a change of many cells would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct BulkPreview {
    /// Rows that are looked at.
    pub looked_at: u32,
    /// Rows that would change.
    pub rows: u32,
    /// Cells that would change.
    pub cells: u32,
    /// The first few of them.
    pub examples: Vec<CellExample>,
}

/// A cell that would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct CellExample {
    /// The row's number as people see it.
    pub number: u32,
    /// The field.
    pub field: String,
    /// What stands there.
    pub before: String,
    /// What would stand there.
    pub after: String,
}

/// Spellings that may mean the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ValueCluster {
    /// The spelling that is likely meant first.
    pub values: Vec<ValueCount>,
    /// Rows with one of them.
    pub rows: u32,
}

/// The spellings found in a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ValueClusters {
    /// The largest first.
    pub clusters: Vec<ValueCluster>,
    /// How many there are, listed or not.
    pub found: u32,
    /// Different values that were held against each other.
    pub different: u32,
}

/// Says what [`apply_bulk`] would do.
pub fn preview_bulk(
    project: &Project,
    edit: &BulkEdit,
    watch: &Watch<'_>,
) -> Result<BulkPreview, WorkflowError> {
    const EXAMPLES: usize = 5;
    let rows = edit.scope.rows(project)?;
    let mut preview = BulkPreview {
        looked_at: count(rows.len()),
        ..BulkPreview::default()
    };
    let mut changed = BTreeSet::new();
    each_change(project, edit, &rows, watch, |row, field, before, after| {
        preview.cells += 1;
        changed.insert(row);
        if preview.examples.len() < EXAMPLES {
            preview.examples.push(CellExample {
                number: row,
                field: field.to_owned(),
                before: before.to_owned(),
                after: after.unwrap_or_default().to_owned(),
            });
        }
    })?;
    for example in &mut preview.examples {
        example.number = project.row_number(example.number);
    }
    preview.rows = count(changed.len());
    Ok(preview)
}

/// Changes cells as one change; returns how many, with their rows in ascending order. Until everything is written it can
/// be cancelled, and nothing is changed then; what follows from it is gone through with.
pub fn apply_bulk(
    project: &Project,
    actor: &Actor,
    edit: &BulkEdit,
    now: Instant,
    watch: &Watch<'_>,
) -> Result<(usize, Vec<u32>), WorkflowError> {
    let rows = edit.scope.rows(project)?;
    let mut edits = Vec::new();
    each_change(project, edit, &rows, watch, |row, field, _, after| {
        edits.push(FieldEdit {
            row,
            field: field.to_owned(),
            text: after.map(str::to_owned),
        });
    })?;
    // Row by row: the history of a row is found in the parts of a change that hold it.
    edits.sort_by_key(|edit| edit.row);
    let cells = edits.len();
    let summary = summary_of(edit, cells);
    let rows = edit_fields_watched(project, actor, ChangeKind::BulkEdit, &summary, edits, now, watch)?;
    Ok((cells, rows))
}

fn summary_of(edit: &BulkEdit, cells: usize) -> Json {
    let field = match edit.fields.as_slice() {
        [one] => one.as_str(),
        _ => "",
    };
    match &edit.change {
        CellChange::Set { text } => json!({ "do": "set", "field": field, "cells": cells, "text": text }),
        CellChange::FillDown => json!({ "do": "fillDown", "field": field, "cells": cells }),
        CellChange::Replace(Replacement { find, with, .. }) => {
            json!({ "do": "replace", "field": field, "cells": cells, "find": find, "text": with })
        }
        CellChange::Unify { to, .. } => json!({ "do": "unify", "field": field, "cells": cells, "text": to }),
        CellChange::Restore => json!({ "do": "restore", "field": field, "cells": cells }),
    }
}

/// A change made ready to be asked about a million cells.
enum Changer<'e> {
    Set(&'e str),
    Replace(Regex, &'e Replacement),
    Unify(HashSet<&'e str>, &'e str),
    Restore,
}

impl<'e> Changer<'e> {
    fn new(change: &'e CellChange, first: &'e str) -> Result<Self, WorkflowError> {
        Ok(match change {
            CellChange::Set { text } => Self::Set(text),
            CellChange::FillDown => Self::Set(first),
            CellChange::Replace(replacement) => Self::Replace(pattern_of(replacement)?, replacement),
            CellChange::Unify { values, to } => Self::Unify(
                values
                    .iter()
                    .map(String::as_str)
                    .filter(|value| value != to)
                    .collect(),
                to,
            ),
            CellChange::Restore => Self::Restore,
        })
    }

    /// Hands what becomes of a cell to `each`, where it becomes something else; `None` for what the source says.
    fn apply(&self, text: &str, each: impl FnOnce(Option<&str>)) {
        match self {
            Self::Set(to) if *to != text => each(Some(to)),
            Self::Unify(values, to) if values.contains(text) => each(Some(to)),
            Self::Restore => each(None),
            Self::Set(_) | Self::Unify(..) => {}
            Self::Replace(pattern, replacement) => {
                let after = if replacement.regex {
                    pattern.replace_all(text, replacement.with.as_str())
                } else {
                    pattern.replace_all(text, NoExpand(&replacement.with))
                };
                if after != text {
                    each(Some(&after));
                }
            }
        }
    }
}

fn pattern_of(replacement: &Replacement) -> Result<Regex, WorkflowError> {
    let find = if replacement.regex {
        replacement.find.clone()
    } else {
        regex::escape(&replacement.find)
    };
    let find = if replacement.whole_cell {
        format!("^(?:{find})$")
    } else {
        find
    };
    RegexBuilder::new(&find)
        .case_insensitive(!replacement.match_case)
        .build()
        .map_err(|error| WorkflowError::Pattern {
            reason: error.to_string(),
        })
}

/// Hands every cell that would change to `each`: row, field, what stands there, what would stand there.
fn each_change(
    project: &Project,
    edit: &BulkEdit,
    rows: &[u32],
    watch: &Watch<'_>,
    mut each: impl FnMut(u32, &str, &str, Option<&str>),
) -> Result<(), WorkflowError> {
    if let CellChange::Replace(replacement) = &edit.change
        && replacement.find.is_empty()
    {
        return Ok(());
    }
    let total = rows.len() as u64 * edit.fields.len() as u64;
    for (done, name) in (0_u64..).zip(&edit.fields) {
        let at = project
            .target()
            .field_index(name)
            .filter(|&at| project.target().fields[at].kind != FieldKind::Extra);
        let Some(at) = at else {
            return Err(ProjectError::NotFound {
                what: format!("field {name}"),
            }
            .into());
        };
        let first = match (&edit.change, rows.first()) {
            (CellChange::FillDown, Some(&first)) => project.cell_text(first, at)?,
            _ => String::new(),
        };
        let changer = Changer::new(&edit.change, &first)?;
        let edited = match edit.change {
            CellChange::Restore => Some(project.edits_in(name)?),
            _ => None,
        };
        project.each_text(at, rows, |row, text| {
            if edited.as_ref().is_some_and(|edited| !edited.contains_key(&row)) {
                return;
            }
            changer.apply(text, |after| each(row, name, text, after));
        })?;
        if watch.is_cancelled() {
            return Err(WorkflowError::Cancelled);
        }
        watch.report(Phase::Reading, (done + 1) * rows.len() as u64, total);
    }
    Ok(())
}

/// Finds values of a field that may be spellings of the same thing, among the rows of a view.
pub fn value_clusters(
    project: &Project,
    filter: &RowFilter,
    field: &str,
    method: ClusterMethod,
    watch: &Watch<'_>,
) -> Result<ValueClusters, WorkflowError> {
    const LISTED: usize = 200;
    let facet = project.value_facet(filter, field, "", usize::MAX / 2)?;
    watch.report(Phase::Comparing, 0, 0);
    let values: Vec<(&str, u32)> = facet
        .values
        .iter()
        .map(|known| (known.value.as_str(), known.rows))
        .collect();
    let found = clusters(&values, method, &|| watch.is_cancelled()).ok_or(WorkflowError::Cancelled)?;
    Ok(ValueClusters {
        found: count(found.len()),
        different: facet.different,
        clusters: found
            .into_iter()
            .take(LISTED)
            .map(|cluster| ValueCluster {
                rows: u32::try_from(cluster.rows).unwrap_or(u32::MAX),
                values: cluster
                    .members
                    .into_iter()
                    .map(|at| facet.values[at].clone())
                    .collect(),
            })
            .collect(),
    })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
