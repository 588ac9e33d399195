//! What persons do to rows, with everything that follows from it: the rows are read and checked again, their groups
//! compared again. Only these.

use lotse_core::mapping::Mapping;
use lotse_core::values::Instant;
use serde_json::{Value as Json, json};

use super::compare::{compare_rows, regroup};
use super::resolve::separated_pairs;
use super::{WorkflowError, check_settings, recheck_rows};
use crate::clock::Actor;
use crate::project::{Change, ChangeKind, DecisionKind, FieldEdit, Project, RowFilter};

/// Puts texts into fields as one change. Returns the rows that changed.
pub fn edit_fields(
    project: &Project,
    actor: &Actor,
    kind: ChangeKind,
    summary: &Json,
    edits: &[FieldEdit],
    now: Instant,
) -> Result<Vec<u32>, WorkflowError> {
    let rows = project.edit(actor, kind, summary, edits)?;
    follow(project, &rows, now)?;
    Ok(rows)
}

/// Applies the suggested correction of a finding to one row, or to all rows of a view with a finding of this code.
pub fn apply_fix(
    project: &Project,
    actor: &Actor,
    code: &str,
    only_row: Option<u32>,
    now: Instant,
) -> Result<Vec<u32>, WorkflowError> {
    let rows = match only_row {
        Some(row) => vec![row],
        None => project
            .filtered_rows(&RowFilter {
                codes: vec![code.to_string()],
                ..RowFilter::default()
            })?
            .to_vec(),
    };
    let target = project.target();
    let mut edits = Vec::new();
    for (&row, state) in rows.iter().zip(project.row_states(&rows)?) {
        for finding in state
            .findings
            .iter()
            .filter(|finding| finding.code(target) == code)
        {
            if let (Some(fix), lotse_core::finding::Place::Field(_)) = (&finding.fix, finding.place) {
                edits.push(FieldEdit {
                    row,
                    field: finding.path(target),
                    text: Some(fix.text.clone()),
                });
            }
        }
    }
    let summary = json!({ "code": code, "rows": edits.len() });
    edit_fields(project, actor, ChangeKind::ApplyFix, &summary, &edits, now)
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
) -> Result<Option<(Change, Vec<u32>)>, WorkflowError> {
    let Some((change, rows)) = project.undo(actor)? else {
        return Ok(None);
    };
    let rows = follow_change(project, &change, rows, now)?;
    Ok(Some((change, rows)))
}

/// Does the change again that was taken back last.
pub fn redo(
    project: &Project,
    actor: &Actor,
    now: Instant,
) -> Result<Option<(Change, Vec<u32>)>, WorkflowError> {
    let Some((change, rows)) = project.redo(actor)? else {
        return Ok(None);
    };
    let rows = follow_change(project, &change, rows, now)?;
    Ok(Some((change, rows)))
}

/// What follows from taking a change back or doing it again; returns the rows it was about.
fn follow_change(
    project: &Project,
    change: &Change,
    rows: Vec<u32>,
    now: Instant,
) -> Result<Vec<u32>, WorkflowError> {
    if change.kind == ChangeKind::Separate {
        let pairs = separated_pairs(project, change)?;
        regroup(project, &pairs, !change.undone)?;
        return Ok(pairs.into_iter().flat_map(|(a, b)| [a, b]).collect());
    }
    follow(project, &rows, now)?;
    Ok(rows)
}

/// Reads and checks changed rows again and compares them again.
pub(super) fn follow(project: &Project, rows: &[u32], now: Instant) -> Result<(), WorkflowError> {
    if rows.is_empty() {
        return Ok(());
    }
    recheck_rows(project, &check_settings(project, now)?, rows)?;
    compare_rows(project, rows)
}

/// Stores the mapping of a source after checking that it fits. All rows have to be checked again afterwards.
pub fn set_mapping(
    project: &Project,
    actor: &Actor,
    source_id: i64,
    mapping: &Mapping,
) -> Result<(), WorkflowError> {
    use lotse_core::mapping::{Interpreter, ReadingSettings};
    let source = project
        .sources()?
        .into_iter()
        .find(|source| source.id == source_id);
    let source = source.ok_or_else(|| crate::project::ProjectError::NotFound {
        what: format!("source {source_id}"),
    })?;
    let settings = ReadingSettings { zone: project.zone() };
    Interpreter::new(project.target(), mapping, &source.headers, settings).map_err(|problem| {
        WorkflowError::Mapping {
            source_name: source.name.clone(),
            problem,
        }
    })?;
    project.put_mapping(actor, source_id, mapping, None)?;
    project.forget_checked(actor, "mapping_changed")?;
    Ok(())
}
