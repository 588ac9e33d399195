//! What persons do to rows, with everything that follows from it: the rows are read and checked again, their groups
//! compared again. Only these.

use std::collections::BTreeSet;

use lotse_core::finding::{Finding, Fix, Place};
use lotse_core::mapping::Mapping;
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::check::recheck_watched;
use super::columns::{interpreter, source_of};
use super::compare::{compare_all, compare_rows, compare_waiting, regroup};
use super::resolve::separated_pairs;
use super::{WorkflowError, check_settings};
use crate::clock::Actor;
use crate::jobs::Watch;
use crate::project::{Change, ChangeKind, DecisionKind, FieldEdit, Project, RowFilter, RowState};

/// Puts texts into fields as one change that nobody has to watch. Returns the rows that changed.
pub fn edit_fields(
    project: &Project,
    actor: &Actor,
    kind: ChangeKind,
    summary: &Json,
    edits: &[FieldEdit],
    now: Instant,
) -> Result<Vec<u32>, WorkflowError> {
    edit_fields_watched(
        project,
        actor,
        kind,
        summary,
        edits.to_vec(),
        now,
        &Watch::quiet(),
    )
}

/// The same for large changes. Until everything is written it can be cancelled, and nothing is changed then; what follows
/// from it is gone through with.
pub fn edit_fields_watched(
    project: &Project,
    actor: &Actor,
    kind: ChangeKind,
    summary: &Json,
    edits: Vec<FieldEdit>,
    now: Instant,
    watch: &Watch<'_>,
) -> Result<Vec<u32>, WorkflowError> {
    let written = project.edit(actor, kind, summary, edits, watch);
    let rows = match written {
        Err(_) if watch.is_cancelled() => return Err(WorkflowError::Cancelled),
        written => written?,
    };
    follow(project, &rows, now, &onward(watch))?;
    Ok(rows)
}

/// How a row would be read and checked if a person wrote `text` into a field; nothing is written. `None` where nobody
/// reads the row: its source has no mapping.
pub fn read_as_written(
    project: &Project,
    row: u32,
    field: &str,
    text: &str,
    now: Instant,
) -> Result<Option<RowState>, WorkflowError> {
    let reader = project.lead_reader(check_settings(project, now)?)?;
    let read = reader.lead_if(row, field, text)?;
    Ok(read.map(|(lead, findings)| reader.state(&lead, findings)))
}

/// Rows that are looked at together, so that a correction of a million rows needs no memory for all of them.
const ROWS_AT_ONCE: usize = 4096;

/// What the suggested corrections of a finding would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct FixPreview {
    /// Rows with a finding of the code.
    pub rows: u32,
    /// Rows for which a correction is suggested.
    pub fixable: u32,
    /// The first few: what stands there and what would stand there.
    pub examples: Vec<(String, String)>,
}

/// Says what [`apply_fix`] would do with all rows that have a finding of this code.
pub fn preview_fix(project: &Project, code: &str) -> Result<FixPreview, WorkflowError> {
    const EXAMPLES: usize = 3;
    let rows = rows_with(project, code)?;
    let mut preview = FixPreview {
        rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        ..FixPreview::default()
    };
    let mut last = None;
    fixes(project, code, &rows, &Watch::quiet(), |row, finding, fix| {
        preview.fixable += u32::from(last.replace(row) != Some(row));
        let example = (finding.value.clone(), fix.text.clone());
        if preview.examples.len() < EXAMPLES && !preview.examples.contains(&example) {
            preview.examples.push(example);
        }
    })?;
    Ok(preview)
}

/// Applies the suggested correction of a finding to one row, or to all rows with a finding of this code.
pub fn apply_fix(
    project: &Project,
    actor: &Actor,
    code: &str,
    only_row: Option<u32>,
    now: Instant,
    watch: &Watch<'_>,
) -> Result<Vec<u32>, WorkflowError> {
    let rows = match only_row {
        Some(row) => vec![row],
        None => rows_with(project, code)?,
    };
    let mut edits = Vec::new();
    fixes(project, code, &rows, watch, |row, finding, fix| {
        edits.push(FieldEdit {
            row,
            field: finding.path(project.target()),
            text: Some(fix.text.clone()),
        });
    })?;
    let field = edits.first().map(|edit| edit.field.clone());
    let summary = json!({ "code": code, "field": field, "rows": edits.len() });
    edit_fields_watched(project, actor, ChangeKind::ApplyFix, &summary, edits, now, watch)
}

fn rows_with(project: &Project, code: &str) -> Result<Vec<u32>, WorkflowError> {
    Ok(project.matching_rows(&RowFilter {
        codes: vec![code.to_string()],
        ..RowFilter::default()
    })?)
}

/// Hands every correction of a field that is suggested by a finding of this code to `each`.
fn fixes(
    project: &Project,
    code: &str,
    rows: &[u32],
    watch: &Watch<'_>,
    mut each: impl FnMut(u32, &Finding, &Fix),
) -> Result<(), WorkflowError> {
    let target = project.target();
    for chunk in rows.chunks(ROWS_AT_ONCE) {
        if watch.is_cancelled() {
            return Err(WorkflowError::Cancelled);
        }
        for (&row, state) in chunk.iter().zip(project.row_states(chunk)?) {
            for finding in &state.findings {
                if let (Some(fix), Place::Field(_)) = (&finding.fix, finding.place)
                    && finding.code(target) == code
                {
                    each(row, finding, fix);
                }
            }
        }
    }
    Ok(())
}

/// Decides about rows; `None` takes decisions back.
pub fn decide_rows(
    project: &Project,
    actor: &Actor,
    rows: &[u32],
    kind: Option<DecisionKind>,
    into_row: Option<u32>,
) -> Result<Vec<u32>, WorkflowError> {
    Ok(project.decide(actor, rows, kind, into_row)?)
}

/// Takes the last change back; returns it with the rows it was about.
pub fn undo(
    project: &Project,
    actor: &Actor,
    now: Instant,
    watch: &Watch<'_>,
) -> Result<Option<(Change, Vec<u32>)>, WorkflowError> {
    let Some((change, rows)) = project.undo(actor)? else {
        return Ok(None);
    };
    let rows = follow_change(project, &change, rows, now, watch)?;
    Ok(Some((change, rows)))
}

/// Does the change again that was taken back last.
pub fn redo(
    project: &Project,
    actor: &Actor,
    now: Instant,
    watch: &Watch<'_>,
) -> Result<Option<(Change, Vec<u32>)>, WorkflowError> {
    let Some((change, rows)) = project.redo(actor)? else {
        return Ok(None);
    };
    let rows = follow_change(project, &change, rows, now, watch)?;
    Ok(Some((change, rows)))
}

/// Undoes or redoes until `change` is the last one that holds; 0 is the beginning, before every change. Returns how
/// many changes were gone through, with the rows they were about.
pub fn go_to_change(
    project: &Project,
    actor: &Actor,
    change: i64,
    now: Instant,
    watch: &Watch<'_>,
) -> Result<(usize, Vec<u32>), WorkflowError> {
    let mut steps = 0;
    let mut touched = BTreeSet::new();
    let (mut back, mut forth) = (0, 0);
    for known in project.history(0, u64::MAX)? {
        back += usize::from(!known.undone && known.id > change);
        forth += usize::from(known.undone && known.id <= change);
    }
    for step in 0..back + forth {
        let done = if step < back {
            project.undo(actor)?
        } else {
            project.redo(actor)?
        };
        let Some((change, rows)) = done else { break };
        if change.kind == ChangeKind::Separate {
            project.hold_duplicates(None);
        }
        steps += 1;
        touched.extend(rows);
    }
    let rows: Vec<u32> = touched.into_iter().collect();
    follow(project, &rows, now, &onward(watch))?;
    Ok((steps, rows))
}

/// What follows from taking a change back or doing it again; returns the rows it was about.
fn follow_change(
    project: &Project,
    change: &Change,
    rows: Vec<u32>,
    now: Instant,
    watch: &Watch<'_>,
) -> Result<Vec<u32>, WorkflowError> {
    if change.kind == ChangeKind::Separate {
        let pairs = separated_pairs(project, change)?;
        regroup(project, &pairs, !change.undone)?;
        return Ok(pairs.into_iter().flat_map(|(a, b)| [a, b]).collect());
    }
    follow(project, &rows, now, &onward(watch))?;
    if change.kind == ChangeKind::Merge {
        // Whoever takes a merge back looks at the groups.
        compare_waiting(project, now)?;
    }
    Ok(rows)
}

/// Shows how far it is, but cannot be cancelled: what was done already has to be gone through with.
fn onward<'a>(watch: &Watch<'a>) -> Watch<'a> {
    Watch {
        progress: watch.progress,
        ..Watch::quiet()
    }
}

/// Reads and checks changed rows again, given in ascending order, and compares them again: now, or when the project is
/// asked to.
pub(super) fn follow(
    project: &Project,
    rows: &[u32],
    now: Instant,
    watch: &Watch<'_>,
) -> Result<(), WorkflowError> {
    if rows.is_empty() {
        return Ok(());
    }
    recheck_watched(project, &check_settings(project, now)?, rows, watch)?;
    if !project.compares_later() {
        compare_rows(project, rows)?;
        project.no_longer_waiting(rows)?;
    }
    Ok(())
}

/// From so many changed rows on everything is compared afresh.
const MANY: usize = 5000;

/// True where so many rows wait for their comparison that everything is compared afresh, which takes its time.
pub fn many_wait(project: &Project) -> Result<bool, WorkflowError> {
    Ok(project.waiting_count()? > MANY && project.was_compared()?)
}

/// Compares the rows that were edited and wait for it, each for itself or, where they are many, all rows afresh. True where
/// that may have changed anything.
pub fn compare_edited(
    project: &Project,
    actor: &Actor,
    now: Instant,
    watch: &Watch<'_>,
) -> Result<bool, WorkflowError> {
    if !many_wait(project)? {
        return Ok(!compare_waiting(project, now)?.is_empty());
    }
    if project.was_just_opened() {
        // A program that ended right after an edit has not even checked it.
        let rows = project.waiting_rows()?;
        recheck_watched(project, &check_settings(project, now)?, &rows, watch)?;
    }
    compare_all(project, actor, watch)?;
    Ok(true)
}

/// Stores the mapping of a source after checking that it fits. All rows have to be checked again afterwards.
pub fn set_mapping(
    project: &Project,
    actor: &Actor,
    source_id: i64,
    mapping: &Mapping,
) -> Result<(), WorkflowError> {
    interpreter(project, &source_of(project, source_id)?, mapping)?;
    project.put_mapping(actor, source_id, mapping, None)?;
    project.forget_checked(actor, "mapping_changed")?;
    Ok(())
}
