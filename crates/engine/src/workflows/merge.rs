//! Merging rows: one stays with the chosen values, the others go with it.

use std::collections::BTreeMap;

use lotse_core::merge::{Candidate, MergedField, merge_activities, merge_fields};
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};

use super::edit::follow;
use super::{WorkflowError, compare_waiting};
use crate::clock::Actor;
use crate::jobs::Watch;
use crate::project::{CellState, Project, RowState};

/// What a merge would give.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MergePreview {
    /// The rows, the one that stays first.
    pub rows: Vec<u32>,
    /// For each field of the target the value and where it is from.
    pub fields: Vec<MergedField>,
    /// The activities of the one that stays, as field name → text.
    #[ts(type = "Array<Record<string, string>>")]
    pub activities: Vec<BTreeMap<String, String>>,
}

/// What merging `rows` gives; the first stays. `choices` are a person's: field name → place in `rows`. Activities are
/// united unless those of one row were chosen, by the name of their list.
pub fn preview_merge(
    project: &Project,
    rows: &[u32],
    choices: &BTreeMap<String, usize>,
) -> Result<MergePreview, WorkflowError> {
    let target = project.target();
    let states = project.row_states(rows)?;
    let nothing = CellState::default();
    let mut candidates: Vec<Vec<Candidate<'_>>> = Vec::with_capacity(target.fields.len());
    for field in 0..target.fields.len() {
        let cells = states
            .iter()
            .map(|state| state.fields.get(field).unwrap_or(&nothing));
        candidates.push(
            cells
                .map(|cell| Candidate {
                    text: &cell.text,
                    value: cell.value.as_deref().unwrap_or_default(),
                })
                .collect(),
        );
    }
    let fields = merge_fields(target, &candidates, choices);
    let mut activities: Vec<Vec<BTreeMap<String, String>>> = states
        .iter()
        .map(|state| activity_texts(project, state))
        .collect();
    let chosen = target
        .activities
        .as_ref()
        .and_then(|list| choices.get(&list.name));
    let activities = match chosen {
        Some(&place) if place < activities.len() => activities.swap_remove(place),
        _ => merge_activities(&activities),
    };
    Ok(MergePreview {
        rows: rows.to_vec(),
        fields,
        activities,
    })
}

/// The activities of a row as texts that can be edited and read again.
pub(crate) fn activity_texts(project: &Project, state: &RowState) -> Vec<BTreeMap<String, String>> {
    let specs = project.target().activity_fields();
    let texts = |cells: &Vec<CellState>| {
        let named = specs
            .iter()
            .zip(cells)
            .filter(|(_, cell)| !cell.shown().is_empty());
        named
            .map(|(spec, cell)| (spec.name.clone(), cell.shown().to_string()))
            .collect()
    };
    state.activities.iter().map(texts).collect()
}

/// Merges rows as one change: the first gets the values, the others go with it.
pub fn merge_rows(
    project: &Project,
    actor: &Actor,
    rows: &[u32],
    choices: &BTreeMap<String, usize>,
    now: Instant,
) -> Result<Vec<u32>, WorkflowError> {
    let preview = preview_merge(project, rows, choices)?;
    let changed = project.merge(actor, &[preview])?;
    follow(project, &changed, now, &Watch::quiet())?;
    // Whoever merges looks at the groups.
    compare_waiting(project, now)?;
    Ok(changed)
}
