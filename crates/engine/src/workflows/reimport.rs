//! Corrected rows back in: recognised by their identities, shown as differences, taken over as edits.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use lotse_core::mapping::{ActivitiesOrigin, ColumnRef, Interpreter, Mapping, Origin};
use lotse_core::table::{Cell, RowBlock};
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::columns::{interpreter, source_of};
use super::rejected::{FIELDS_COLUMN, ID_COLUMN, MESSAGES_COLUMN, plain, unique_headers};
use super::{WorkflowError, edit_fields};
use crate::clock::Actor;
use crate::jobs::Watch;
use crate::project::{ChangeKind, FieldEdit, Project};
use crate::sources::{self, Control, ReadSettings};

/// What taking a corrected file back would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ReimportPreview {
    /// Rows of the file that belong to rows of the project.
    pub matched: u32,
    /// Identities in the file that the project does not know.
    pub unknown: Vec<String>,
    /// Rows without an identity.
    pub without_id: u32,
    /// Cells that differ.
    pub changes: Vec<ReimportChange>,
}

/// One cell that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ReimportChange {
    /// The row.
    pub row: u32,
    /// Its identity.
    pub external_id: String,
    /// The field.
    pub field: String,
    /// What the project says.
    pub before: String,
    /// What the file says.
    pub after: String,
}

/// Compares a corrected file with the project; `None` when it is no file of rejected rows.
pub fn preview_reimport(
    project: &Project,
    path: &Path,
    watch: &Watch<'_>,
) -> Result<Option<ReimportPreview>, WorkflowError> {
    let settings = ReadSettings::default();
    let inspection = sources::inspect(path, &settings)?;
    let headers: Vec<String> = inspection
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let Some(id_column) = headers.iter().position(|header| header == ID_COLUMN) else {
        return Ok(None);
    };
    let control = Control {
        progress: &|_| {},
        cancel: watch.cancel.clone(),
    };
    let mut preview = ReimportPreview::default();
    let rows = project.rows_by_identity()?;
    let mut readers = Readers::new();
    let mut failed = None;
    sources::read(
        path,
        &settings,
        &control,
        |block| block,
        |block: RowBlock| -> Result<(), crate::project::ProjectError> {
            for row in block.rows() {
                let id = plain(row.cell(id_column).text.trim()).to_string();
                match rows.get(&id) {
                    _ if id.is_empty() => preview.without_id += 1,
                    None => preview.unknown.push(id),
                    Some(&at) => {
                        preview.matched += 1;
                        let cells: BTreeMap<String, String> = headers
                            .iter()
                            .zip(row.cells())
                            .filter(|(header, _)| {
                                ![ID_COLUMN, FIELDS_COLUMN, MESSAGES_COLUMN].contains(&header.as_str())
                            })
                            .map(|(header, cell)| (header.clone(), plain(cell.text).to_string()))
                            .collect();
                        match changes_of(project, &mut readers, at, &id, &cells) {
                            Ok(changes) => preview.changes.extend(changes),
                            Err(error) => failed = Some(error),
                        }
                    }
                }
            }
            Ok(())
        },
    )?;
    match failed {
        Some(error) => Err(error),
        None => Ok(Some(preview)),
    }
}

/// The mappings of the sources that rows came from, each made ready once; `None` for a source without one.
type Readers<'p> = BTreeMap<i64, Option<(Mapping, Interpreter<'p>)>>;

/// The fields of a row whose texts change when its cells are replaced by `cells`.
fn changes_of<'p>(
    project: &'p Project,
    readers: &mut Readers<'p>,
    row: u32,
    id: &str,
    cells: &BTreeMap<String, String>,
) -> Result<Vec<ReimportChange>, WorkflowError> {
    let (origin, before) = project.source_cells(row)?;
    let headers: Vec<String> = before.iter().map(|(header, _)| header.clone()).collect();
    let reader = match readers.entry(origin.source_id) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(place) => {
            let reader = match project.mapping(origin.source_id)? {
                Some(mapping) => {
                    let source = source_of(project, origin.source_id)?;
                    let interpreter = interpreter(project, &source, &mapping)?;
                    Some((mapping, interpreter))
                }
                None => None,
            };
            place.insert(reader)
        }
    };
    let Some((mapping, interpreter)) = reader else {
        return Ok(Vec::new());
    };
    let names = unique_headers(&headers);
    let after: Vec<String> = names
        .iter()
        .zip(&before)
        .map(|(name, (_, text))| cells.get(name).cloned().unwrap_or_else(|| text.clone()))
        .collect();
    // Only fields that read a changed column can change; the others keep what a person may have typed meanwhile.
    let references = ColumnRef::all(&headers);
    let changed: Vec<&ColumnRef> = references
        .iter()
        .zip(before.iter().zip(&after))
        .filter(|(_, ((_, before), after))| before != *after)
        .map(|(column, _)| column)
        .collect();
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let mut block = RowBlock::new(headers.len());
    block.push(origin.number, after.iter().map(|text| Cell::text(text)));
    let target = project.target();
    let external_id = lotse_core::lead::ExternalId(id.to_string());
    let lead = interpreter.interpret(block.row(0), None, &external_id).lead;
    let state = project.row_states(&[row])?.pop().unwrap_or_default();
    let mut changes = Vec::new();
    for (index, spec) in target.fields.iter().enumerate() {
        let reads_changed = mapping
            .fields
            .get(&spec.name)
            .is_some_and(|field| match &field.origin {
                Origin::Columns { columns, .. } => columns.iter().any(|column| changed.contains(&column)),
                Origin::Constant { .. } => false,
            });
        let before = state.fields.get(index).map_or("", |cell| cell.text.as_str());
        let after = lead.fields[index].text.as_str();
        if reads_changed && before != after {
            changes.push(ReimportChange {
                row,
                external_id: id.to_string(),
                field: spec.name.clone(),
                before: before.to_string(),
                after: after.to_string(),
            });
        }
    }
    let activities_changed = match &mapping.activities {
        ActivitiesOrigin::None => false,
        ActivitiesOrigin::Cells { columns } => columns.iter().any(|column| changed.contains(&column)),
        ActivitiesOrigin::Groups { groups } => groups
            .iter()
            .flat_map(BTreeMap::values)
            .any(|column| changed.contains(&column)),
    };
    if let (true, Some(list)) = (activities_changed, &target.activities) {
        let texts = |fields: &[String]| -> BTreeMap<String, String> {
            list.fields
                .iter()
                .zip(fields)
                .filter(|(_, text)| !text.is_empty())
                .map(|(spec, text)| (spec.name.clone(), text.clone()))
                .collect()
        };
        let after: Vec<_> = lead
            .activities
            .iter()
            .map(|activity| {
                texts(
                    &activity
                        .fields
                        .iter()
                        .map(|field| field.text.clone())
                        .collect::<Vec<_>>(),
                )
            })
            .collect();
        let before: Vec<_> = state
            .activities
            .iter()
            .map(|cells| texts(&cells.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>()))
            .collect();
        if before != after {
            let json = |list: &[BTreeMap<String, String>]| serde_json::to_string(list).unwrap_or_default();
            changes.push(ReimportChange {
                row,
                external_id: id.to_string(),
                field: list.name.clone(),
                before: json(&before),
                after: json(&after),
            });
        }
    }
    Ok(changes)
}

/// Takes the differences over as one change that can be undone. Returns the rows that changed.
pub fn apply_reimport(
    project: &Project,
    actor: &Actor,
    file: &str,
    preview: &ReimportPreview,
    now: Instant,
) -> Result<Vec<u32>, WorkflowError> {
    let edits: Vec<FieldEdit> = preview
        .changes
        .iter()
        .map(|change| FieldEdit {
            row: change.row,
            field: change.field.clone(),
            text: Some(change.after.clone()),
        })
        .collect();
    let summary = json!({ "file": file, "rows": preview.matched, "cells": edits.len() });
    edit_fields(project, actor, ChangeKind::Reimport, &summary, &edits, now)
}
