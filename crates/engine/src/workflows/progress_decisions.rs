//! Whether an activity counts as progress: asked once per type, answered by a person, never derived.

use std::collections::BTreeMap;

use lotse_core::finding::Problem;
use lotse_core::mapping::ProgressDecision;
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};

use super::WorkflowError;
use crate::clock::Actor;
use crate::project::{Project, RowFilter};

/// An activity type with what was decided about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenDecision {
    /// The type.
    pub activity_type: String,
    /// Rows that wait for the decision, as of the last check.
    pub rows: u32,
    /// The decision, where there is one.
    pub decision: Option<ProgressDecision>,
}

/// The types that occur in rows waiting for a decision, and those that were decided.
pub fn open_decisions(project: &Project) -> Result<Vec<OpenDecision>, WorkflowError> {
    let mut decisions: BTreeMap<String, OpenDecision> = BTreeMap::new();
    fn of<'m>(decisions: &'m mut BTreeMap<String, OpenDecision>, kind: &str) -> &'m mut OpenDecision {
        decisions.entry(kind.to_string()).or_insert_with(|| OpenDecision {
            activity_type: kind.to_string(),
            rows: 0,
            decision: None,
        })
    }
    for source in project.sources()? {
        for (kind, decision) in project
            .mapping(source.id)?
            .map(|mapping| mapping.progress)
            .unwrap_or_default()
        {
            of(&mut decisions, &kind).decision = Some(decision);
        }
    }
    let filter = RowFilter {
        codes: vec!["activity.progress_missing".to_string()],
        ..RowFilter::default()
    };
    let rows = project.matching_rows(&filter)?;
    for chunk in rows.chunks(4096) {
        for state in project.row_states(chunk)? {
            let mut kinds: Vec<&str> = state
                .findings
                .iter()
                .filter_map(|finding| match &finding.problem {
                    Problem::ProgressUndecided { activity_type } => Some(activity_type.as_str()),
                    _ => None,
                })
                .collect();
            kinds.sort_unstable();
            kinds.dedup();
            for kind in kinds {
                of(&mut decisions, kind).rows += 1;
            }
        }
    }
    Ok(decisions.into_values().collect())
}

/// Stores a person's decision in the mappings of all sources that are leads. The rows have to be checked again.
pub fn decide_progress(
    project: &Project,
    actor: &Actor,
    activity_type: &str,
    counts: bool,
    now: Instant,
) -> Result<(), WorkflowError> {
    let decision = ProgressDecision {
        counts,
        decided_by: Some(actor.name.clone()),
        decided_at: Some(now),
    };
    for source in project.sources()? {
        if let Some(mut mapping) = project.mapping(source.id)? {
            mapping
                .progress
                .insert(activity_type.to_string(), decision.clone());
            project.put_mapping(actor, source.id, &mapping, None)?;
        }
    }
    Ok(())
}
