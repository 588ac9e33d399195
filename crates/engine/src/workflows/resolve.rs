//! Decisions about a group of duplicates: keep, skip, separate. Each is one change.

use lotse_core::target::Role;

use super::WorkflowError;
use super::compare::regroup;
use crate::clock::Actor;
use crate::project::{Change, DecisionKind, NewDecision, Project};

/// Imports all of these rows although they look like doubles.
pub fn keep_rows(project: &Project, actor: &Actor, rows: &[u32]) -> Result<Vec<u32>, WorkflowError> {
    let decisions: Vec<NewDecision> = rows
        .iter()
        .map(|&row| (row, Some(DecisionKind::Import), None))
        .collect();
    Ok(project.decide_each(actor, &decisions, "keep")?)
}

/// Skips `rows` for the row that stays. That one goes from now on, also where it is the later one of a certain pair;
/// without one, the rows are skipped for reference data.
pub fn skip_rows(
    project: &Project,
    actor: &Actor,
    stays: Option<u32>,
    rows: &[u32],
) -> Result<Vec<u32>, WorkflowError> {
    let skipped = rows
        .iter()
        .filter(|&&row| Some(row) != stays)
        .map(|&row| (row, Some(DecisionKind::Skip), None));
    let mut decisions: Vec<NewDecision> = skipped.collect();
    if let Some(row) = stays {
        decisions.extend(project.decision_to_stay(row)?);
    }
    Ok(project.decide_each(actor, &decisions, "skip")?)
}

/// Takes the decisions about rows back.
pub fn reopen_rows(project: &Project, actor: &Actor, rows: &[u32]) -> Result<Vec<u32>, WorkflowError> {
    let decisions: Vec<NewDecision> = rows.iter().map(|&row| (row, None, None)).collect();
    Ok(project.decide_each(actor, &decisions, "reopen")?)
}

/// Remembers for ever that these rows are not the same, pair by pair; their groups are apart at once.
pub fn separate_pairs(project: &Project, actor: &Actor, pairs: &[(u32, u32)]) -> Result<(), WorkflowError> {
    let Some(field) = project.target().role_index(Role::ExternalId) else {
        return Ok(());
    };
    let rows: Vec<u32> = pairs.iter().flat_map(|&(a, b)| [a, b]).collect();
    let identities: Vec<String> = project
        .row_states(&rows)?
        .iter()
        .map(|state| state.fields.get(field).map_or("", |cell| cell.shown()).to_owned())
        .collect();
    let keys: Vec<(String, String)> = identities
        .chunks_exact(2)
        .map(|pair| (pair[0].clone(), pair[1].clone()))
        .collect();
    project.separate(actor, &keys)?;
    regroup(project, &project.rows_of_pairs(&keys)?, true)
}

/// The rows of a change that separated pairs.
pub(super) fn separated_pairs(project: &Project, change: &Change) -> Result<Vec<(u32, u32)>, WorkflowError> {
    let keys: Vec<(String, String)> =
        serde_json::from_value(change.summary["keys"].clone()).unwrap_or_default();
    Ok(project.rows_of_pairs(&keys)?)
}
