//! Taking a source into a project: its rows as they are, what was detected, and a suggested mapping.

use std::collections::BTreeMap;
use std::path::Path;

use lotse_core::mapping::{ColumnRef, Memory, Origin, SourceColumn, Suggestion};
use lotse_core::profile::ColumnProfile;
use lotse_core::table::{Row, RowBlock};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::WorkflowError;
use super::additions::suggestion_for;
use crate::clock::Actor;
use crate::jobs::{Phase, Progress, Watch};
use crate::project::{NewSource, Project, SourceRole, SourceWriter};
use crate::sources::{self, ColumnSettings, Control, Format, ReadSettings, ReadSummary, TableRows};

/// What was loaded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Loaded {
    /// The new source.
    #[ts(type = "number")]
    pub source_id: i64,
    /// The account of its rows.
    pub summary: ReadSummary,
}

/// Reads a file into the project and suggests a mapping. Nothing of it stays when this fails or is cancelled.
pub fn load_file(
    project: &Project,
    actor: &Actor,
    path: &Path,
    settings: &ReadSettings,
    role: SourceRole,
    watch: &Watch<'_>,
) -> Result<Loaded, WorkflowError> {
    load_file_remembering(project, actor, path, settings, role, &Memory::default(), watch)
}

/// As [`load_file`], with suggestions by what was mapped in earlier projects, too.
pub fn load_file_remembering(
    project: &Project,
    actor: &Actor,
    path: &Path,
    settings: &ReadSettings,
    role: SourceRole,
    memory: &Memory,
    watch: &Watch<'_>,
) -> Result<Loaded, WorkflowError> {
    let report = as_progress(watch);
    let control = Control {
        progress: &report,
        cancel: watch.cancel.clone(),
    };
    let mut source = sources::open(path, settings, &control)?;
    let inspection = source.outline();
    let headers: Vec<String> = inspection
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let prefix = match inspection.format.value {
        Format::Csv => "CSV",
        _ => "EXCEL",
    };
    let mut writer = project.add_source(NewSource {
        role,
        name: inspection.file.clone(),
        sheet: inspection.sheet.value.clone(),
        origin: path.display().to_string(),
        id_prefix: free_prefix(project, prefix)?,
        headers: headers.clone(),
        details: json!({}),
    })?;
    let mut profiles: Vec<ColumnProfile> = Vec::new();
    let summary = source.read_as_kept(
        &control,
        LOOKED_AT as usize,
        |rows| {
            let seen = profiles_of_some(&rows);
            (SourceWriter::pack_kept(rows), seen)
        },
        |(packed, seen)| {
            merge_profiles(&mut profiles, seen);
            writer.append_packed(packed)
        },
    )?;
    sources::refuse_empty(path, &summary.notices)?;
    // Rows with more cells than the header make the table wider than the inspection could know.
    let headers = if summary.columns.len() > headers.len() {
        summary.columns.clone()
    } else {
        headers
    };
    let details = json!({
        "settings": settings,
        "format": inspection.format,
        "text": inspection.text,
        "sheets": inspection.sheets,
        "header": inspection.header,
        "rows": summary.rows,
        "notices": summary.notices,
        "skipped": summary.rows.skipped_rows(),
    });
    let source_id = writer.finish(actor, &headers, &details)?;
    profiles.resize_with(headers.len(), ColumnProfile::default);
    for (&index, said) in &settings.columns {
        if let Some(profile) = profiles.get_mut(index) {
            profile.said = said.kind;
        }
    }
    project.put_profiles(source_id, &profiles)?;
    let columns = source_columns(&headers, profiles);
    let suggestion = suggestion_for(project.target(), role, &columns, memory);
    store_suggestion(project, actor, source_id, &columns, suggestion, &settings.columns)?;
    Ok(Loaded { source_id, summary })
}

/// Tells whoever watches a workflow how far the reading of a file is.
pub(super) fn as_progress<'a>(watch: &'a Watch<'_>) -> impl Fn(sources::Progress) + Sync + 'a {
    |progress| {
        (watch.progress)(Progress {
            phase: Phase::Reading,
            done: progress.bytes,
            total: progress.total,
            rows: progress.rows,
        });
    }
}

/// Takes rows that are in memory into a source that is being written, and says what its columns are like.
pub(super) fn append_rows(
    writer: &mut SourceWriter<'_>,
    headers: &[String],
    blocks: impl IntoIterator<Item = RowBlock>,
) -> Result<Vec<SourceColumn>, WorkflowError> {
    let mut profiles = vec![ColumnProfile::default(); headers.len()];
    for block in blocks {
        merge_profiles(&mut profiles, profiles_of(&block));
        writer.append(&block)?;
    }
    Ok(source_columns(headers, profiles))
}

fn source_columns(headers: &[String], profiles: Vec<ColumnProfile>) -> Vec<SourceColumn> {
    ColumnRef::all(headers)
        .into_iter()
        .zip(profiles)
        .map(|(reference, profile)| SourceColumn { reference, profile })
        .collect()
}

fn store_suggestion(
    project: &Project,
    actor: &Actor,
    source_id: i64,
    columns: &[SourceColumn],
    mut suggestion: Suggestion,
    chosen: &BTreeMap<usize, ColumnSettings>,
) -> Result<(), WorkflowError> {
    for field in suggestion.mapping.fields.values_mut() {
        let Origin::Columns { columns: sources, .. } = &field.origin else {
            continue;
        };
        let read_from = |index: &usize| {
            columns
                .get(*index)
                .is_some_and(|column| sources.contains(&column.reference))
        };
        // What a person has said about a column before its rows were taken over.
        for (_, said) in chosen.iter().filter(|(index, _)| read_from(index)) {
            field.date_order = said.date_order.or(field.date_order);
            field.decimal_style = said.number_style.or(field.decimal_style);
        }
    }
    // Whether an activity counts as progress is asked once per type, and not once more per file.
    for source in project
        .sources()?
        .into_iter()
        .filter(|source| source.id != source_id)
    {
        let decided = project.mapping(source.id)?.map(|mapping| mapping.progress);
        suggestion.mapping.progress.extend(decided.unwrap_or_default());
    }
    project.put_mapping(actor, source_id, &suggestion.mapping, Some(&suggestion.columns))?;
    Ok(())
}

/// Rows that are looked at one by one to know what a column is.
const LOOKED_AT: u32 = 4096;
/// Of the rows after them, one in so many is; not a number that things come in.
const ONE_IN: u32 = 199;

/// The profile of the first rows and then of some all over the file: enough to decide a column, and cheap at a million
/// rows. What another row proves against it is a finding of the check.
fn profiles_of_some(rows: &TableRows) -> Vec<ColumnProfile> {
    let mut profiles = Vec::new();
    let block = match rows {
        TableRows::Cells(block) => block,
        TableRows::Plain(plain) => return profiles_of(plain.picked()),
    };
    let chosen = |number: u32| number <= LOOKED_AT || number.is_multiple_of(ONE_IN);
    for row in block.rows().filter(|row| chosen(row.number())) {
        profiles.resize_with(block.width(), ColumnProfile::default);
        observe(&mut profiles, row);
    }
    profiles
}

pub(super) fn profiles_of(block: &RowBlock) -> Vec<ColumnProfile> {
    let mut profiles = vec![ColumnProfile::default(); block.width()];
    block.rows().for_each(|row| observe(&mut profiles, row));
    profiles
}

fn observe(profiles: &mut [ColumnProfile], row: Row<'_>) {
    for (profile, cell) in profiles.iter_mut().zip(row.cells()) {
        profile.observe(cell);
    }
}

pub(super) fn merge_profiles(all: &mut Vec<ColumnProfile>, seen: Vec<ColumnProfile>) {
    if all.len() < seen.len() {
        all.resize_with(seen.len(), ColumnProfile::default);
    }
    for (profile, more) in all.iter_mut().zip(seen) {
        profile.merge(more);
    }
}

/// `EXCEL` for the first workbook of a project, `EXCEL-2` for the second: identities must not meet.
pub(super) fn free_prefix(project: &Project, prefix: &str) -> Result<String, WorkflowError> {
    let taken = project.id_prefixes()?;
    let candidates =
        std::iter::once(prefix.to_string()).chain((2..).map(|number| format!("{prefix}-{number}")));
    Ok(candidates
        .into_iter()
        .find(|candidate| !taken.contains(candidate))
        .unwrap_or_else(|| prefix.to_string()))
}
