//! Decisions about groups of duplicates: keep, skip, separate, one by one or by a rule. Each is one change.

use std::collections::BTreeSet;

use lotse_core::migration::MatchReason;
use lotse_core::target::Role;
use serde::{Deserialize, Serialize};

use super::WorkflowError;
use super::compare::regroup;
use crate::clock::Actor;
use crate::project::{CERTAIN, Change, DecisionKind, NewDecision, Project};

/// A rule by which many duplicates are skipped at once. Rows about which somebody has decided are left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum SkipRule {
    /// Rows whose e-mail address another row has that is imported, goes, or is reference data.
    EmailOfImported,
    /// Rows that double another one for certain.
    Certain,
}

impl SkipRule {
    fn name(self) -> &'static str {
        match self {
            Self::EmailOfImported => "email_of_imported",
            Self::Certain => "certain",
        }
    }
}

/// The rows that a rule would skip now, in order.
pub fn rows_to_skip(project: &Project, rule: SkipRule) -> Result<Vec<u32>, WorkflowError> {
    let fates = project.row_fates();
    let mut skipped = BTreeSet::new();
    // In the order of the rows: where three have one address, the first stays and the others are skipped for it, also
    // where the third is paired with the second alone.
    for pair in project.duplicate_pairs()? {
        let fits = match rule {
            SkipRule::EmailOfImported => pair.reason == MatchReason::EmailExact,
            SkipRule::Certain => pair.score >= CERTAIN,
        };
        if !fits {
            continue;
        }
        let (other, double) = if fates.is_reference(pair.row_b) {
            (pair.row_b, pair.row_a)
        } else {
            (pair.row_a, pair.row_b)
        };
        if fates.is_reference(double) || fates.is_decided(double) || fates.is_in_server(double) {
            continue;
        }
        let one_stays = skipped.contains(&other)
            || match rule {
                SkipRule::EmailOfImported => fates.goes(other),
                SkipRule::Certain => !fates.is_out(other),
            };
        if one_stays {
            skipped.insert(double);
        }
    }
    Ok(skipped.into_iter().collect())
}

/// Skips what [`rows_to_skip`] names. Returns the rows.
pub fn skip_by_rule(project: &Project, actor: &Actor, rule: SkipRule) -> Result<Vec<u32>, WorkflowError> {
    let rows = rows_to_skip(project, rule)?;
    let decisions: Vec<NewDecision> = rows
        .into_iter()
        .map(|row| (row, Some(DecisionKind::Skip), None))
        .collect();
    Ok(project.decide_each(actor, &decisions, rule.name())?)
}

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
