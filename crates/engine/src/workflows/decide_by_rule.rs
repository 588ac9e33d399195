//! Deciding about many duplicates at once, by a rule that a person sets. Rows about which somebody has decided are left
//! alone, and so are reference data and what the server has; each rule is one change, which undo takes back.

use std::collections::{BTreeMap, BTreeSet};

use lotse_core::migration::MatchReason;
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};

use super::edit::follow;
use super::merge::preview_merge;
use super::resolve::separate_pairs;
use super::{WorkflowError, compare_waiting};
use crate::clock::Actor;
use crate::jobs::Watch;
use crate::project::{DecisionKind, DuplicatePair, Project, RowFates};

/// More rows than these are never merged into one by a rule: so many that look the same want a person's look.
const MOST_MERGED: usize = 50;

/// Which pairs a rule is about, and what becomes of their rows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct DecisionRule {
    /// What is done.
    pub deed: RuleDeed,
    /// Why the pairs match; any reason where there is none.
    pub reason: Option<MatchReason>,
    /// The smallest score, 0.75 to 1.
    pub score_from: f64,
    /// What the other row of a pair must be. Asked for rows that are skipped or kept.
    pub other: OtherRow,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum RuleDeed {
    /// The first row stays, its doubles are skipped.
    Skip,
    /// All are imported.
    Keep,
    /// All become one, with the values that a merge takes by default.
    Merge,
    /// They are not the same, for ever.
    Separate,
}

/// What the other row of a pair is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum OtherRow {
    /// Nobody has decided that it does not go.
    Stays,
    /// It is in the server, goes when nobody stops it, or is reference data.
    Goes,
    /// It is in the server or reference data.
    Known,
}

/// What a rule finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Found {
    rows: Vec<u32>,
    /// For a merge: the rows that become one, the one that stays first.
    sets: Vec<Vec<u32>>,
    /// For a separation.
    pairs: Vec<(u32, u32)>,
}

/// The rows about which a rule would decide now, in order.
pub fn rows_of_rule(project: &Project, rule: DecisionRule) -> Result<Vec<u32>, WorkflowError> {
    Ok(found(project, rule)?.rows)
}

/// Decides about what [`rows_of_rule`] names. Returns these rows.
pub fn decide_by_rule(
    project: &Project,
    actor: &Actor,
    rule: DecisionRule,
    now: Instant,
) -> Result<Vec<u32>, WorkflowError> {
    let found = found(project, rule)?;
    if found.rows.is_empty() {
        return Ok(found.rows);
    }
    match rule.deed {
        RuleDeed::Skip => drop(project.decide_by_rule(actor, &found.rows, DecisionKind::Skip, &rule)?),
        RuleDeed::Keep => drop(project.decide_by_rule(actor, &found.rows, DecisionKind::Import, &rule)?),
        RuleDeed::Separate => separate_pairs(project, actor, &found.pairs)?,
        RuleDeed::Merge => {
            let nothing_chosen = BTreeMap::new();
            let previews = found
                .sets
                .iter()
                .map(|rows| preview_merge(project, rows, &nothing_chosen));
            let previews: Vec<_> = previews.collect::<Result<_, _>>()?;
            let changed = project.merge(actor, &previews)?;
            follow(project, &changed, now, &Watch::quiet())?;
            compare_waiting(project, now)?;
        }
    }
    Ok(found.rows)
}

fn found(project: &Project, rule: DecisionRule) -> Result<Found, WorkflowError> {
    let fates = project.row_fates();
    let pairs = project.duplicate_pairs()?;
    let fitting = pairs.iter().filter(|pair| {
        rule.reason.is_none_or(|reason| reason == pair.reason) && pair.score >= rule.score_from
    });
    Ok(match rule.deed {
        RuleDeed::Skip => rows(skipped(&fates, fitting, rule.other)),
        RuleDeed::Keep => rows(kept(&fates, fitting, rule.other)),
        RuleDeed::Merge => merged(&fates, fitting),
        RuleDeed::Separate => separated(&fates, fitting),
    })
}

fn rows(rows: BTreeSet<u32>) -> Found {
    Found {
        rows: rows.into_iter().collect(),
        ..Found::default()
    }
}

/// A row about which a rule may decide.
fn is_free(fates: &RowFates, row: u32) -> bool {
    !fates.is_reference(row) && !fates.is_decided(row) && !fates.is_in_server(row)
}

fn is(fates: &RowFates, row: u32, other: OtherRow) -> bool {
    match other {
        OtherRow::Stays => !fates.is_out(row),
        OtherRow::Goes => fates.goes(row),
        OtherRow::Known => fates.is_reference(row) || fates.is_in_server(row),
    }
}

/// In the order of the rows: where three have one address, the first stays and the others are skipped for it, also where
/// the third is paired with the second alone.
fn skipped<'p>(
    fates: &RowFates,
    pairs: impl Iterator<Item = &'p DuplicatePair>,
    wanted: OtherRow,
) -> BTreeSet<u32> {
    let mut skipped = BTreeSet::new();
    for pair in pairs {
        // Reference data stay, and so does what is in the server; otherwise the earlier row does.
        let later_stays = fates.is_reference(pair.row_b)
            || (fates.is_in_server(pair.row_b)
                && !fates.is_reference(pair.row_a)
                && !fates.is_in_server(pair.row_a));
        let (other, double) = if later_stays {
            (pair.row_b, pair.row_a)
        } else {
            (pair.row_a, pair.row_b)
        };
        if is_free(fates, double) && (skipped.contains(&other) || is(fates, other, wanted)) {
            skipped.insert(double);
        }
    }
    skipped
}

fn kept<'p>(
    fates: &RowFates,
    pairs: impl Iterator<Item = &'p DuplicatePair>,
    wanted: OtherRow,
) -> BTreeSet<u32> {
    let mut kept = BTreeSet::new();
    for pair in pairs {
        for (row, other) in [(pair.row_a, pair.row_b), (pair.row_b, pair.row_a)] {
            if is_free(fates, row) && is(fates, other, wanted) {
                kept.insert(row);
            }
        }
    }
    kept
}

fn merged<'p>(fates: &RowFates, pairs: impl Iterator<Item = &'p DuplicatePair>) -> Found {
    /// The first row of the set in which `row` is.
    fn first(firsts: &mut BTreeMap<u32, u32>, row: u32) -> u32 {
        let above = *firsts.entry(row).or_insert(row);
        if above == row {
            return row;
        }
        let top = first(firsts, above);
        firsts.insert(row, top);
        top
    }
    let mut firsts = BTreeMap::new();
    for pair in pairs {
        if is_free(fates, pair.row_a) && is_free(fates, pair.row_b) {
            let (a, b) = (first(&mut firsts, pair.row_a), first(&mut firsts, pair.row_b));
            firsts.insert(a.max(b), a.min(b));
        }
    }
    let members: Vec<u32> = firsts.keys().copied().collect();
    let mut sets: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for row in members {
        sets.entry(first(&mut firsts, row)).or_default().push(row);
    }
    sets.retain(|_, rows| rows.len() <= MOST_MERGED);
    let sets: Vec<Vec<u32>> = sets.into_values().collect();
    let mut rows = sets.concat();
    rows.sort_unstable();
    Found {
        rows,
        sets,
        pairs: Vec::new(),
    }
}

fn separated<'p>(fates: &RowFates, pairs: impl Iterator<Item = &'p DuplicatePair>) -> Found {
    let pairs: Vec<(u32, u32)> = pairs
        .map(|pair| (pair.row_a, pair.row_b))
        .filter(|&(a, b)| is_free(fates, a) || is_free(fates, b))
        .collect();
    let rows: BTreeSet<u32> = pairs
        .iter()
        .flat_map(|&(a, b)| [a, b])
        .filter(|&row| is_free(fates, row))
        .collect();
    Found {
        rows: rows.into_iter().collect(),
        sets: Vec::new(),
        pairs,
    }
}
