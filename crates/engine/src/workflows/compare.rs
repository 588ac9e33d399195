//! The search for duplicates in a project: all rows with each other and with the reference data.

use lotse_core::duplicates::{
    Duplicates, Explanation, Index, Pair, Phase as Stage, Phone, Reason, Record, Region, Separated, Side,
    Watch as Look, shown_score,
};
use lotse_core::migration::MatchReason;
use lotse_core::target::Role;
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{WorkflowError, check_settings, recheck_rows};
use crate::clock::Actor;
use crate::jobs::{Phase, Watch};
use crate::project::{
    Decision, DuplicateGroup, DuplicatePair, DuplicateSummary, Project, ProjectError, RowOrigin,
};

/// The fields of a row that are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Compared {
    pub row: u32,
    pub side_is_reference: bool,
    pub email: String,
    pub phone: String,
    pub company: String,
    pub city: String,
    pub postcode: String,
    pub region: String,
}

impl Compared {
    /// The row with its texts in the order of [`COMPARED_ROLES`].
    pub(crate) fn of(row: u32, side_is_reference: bool, texts: [String; COMPARED_ROLES.len()]) -> Self {
        let [email, phone, company, city, postcode, region] = texts;
        Compared {
            row,
            side_is_reference,
            email,
            phone,
            company,
            city,
            postcode,
            region,
        }
    }

    fn record(&self) -> Record<'_> {
        Record {
            id: self.row,
            email: &self.email,
            phone: Phone::Written(
                &self.phone,
                Region::from_code(&self.region).or(Region::from_code("DE")),
            ),
            company: &self.company,
            city: &self.city,
            postcode: &self.postcode,
        }
    }

    fn side(&self) -> Side {
        if self.side_is_reference {
            Side::Reference
        } else {
            Side::Project
        }
    }
}

/// Compares everything afresh and stores the pairs.
pub fn compare_all(
    project: &Project,
    actor: &Actor,
    watch: &Watch<'_>,
) -> Result<DuplicateSummary, WorkflowError> {
    let _alone = project.begin_comparing();
    let moment = project.edit_moment();
    let duplicates = find(project, watch)?;
    let pairs: Vec<DuplicatePair> = duplicates.pairs().map(stored).collect();
    project.put_duplicates(actor, &pairs, moment)?;
    project.keep_duplicate_index(&duplicates.index().to_bytes(), moment)?;
    project.hold_duplicates(Some(duplicates));
    Ok(project.duplicate_summary()?)
}

/// Compares some rows again, after an edit; the groups they were in and those they come into are brought up to date.
pub(crate) fn compare_rows(project: &Project, rows: &[u32]) -> Result<(), WorkflowError> {
    if !project.was_compared()? {
        return Ok(());
    }
    let _alone = project.begin_comparing();
    compare_alone(project, rows)?;
    Ok(())
}

/// Compares the rows that were edited and wait for it. Returns them where that has changed anything.
pub fn compare_waiting(project: &Project, now: Instant) -> Result<Vec<u32>, WorkflowError> {
    if project.waiting_rows()?.is_empty() {
        return Ok(Vec::new());
    }
    let _alone = project.begin_comparing();
    let moment = project.edit_moment();
    let rows = project.waiting_rows()?;
    let mut changed = project.was_just_opened();
    if changed {
        // A program that ended right after an edit has not even checked it.
        recheck_rows(project, &check_settings(project, now)?, &rows)?;
    }
    if project.was_compared()? {
        changed |= compare_alone(project, &rows)?;
    }
    let again = project.edited_since(moment);
    let done: Vec<u32> = match again {
        Some(again) => rows
            .iter()
            .copied()
            .filter(|row| again.binary_search(row).is_err())
            .collect(),
        None => Vec::new(),
    };
    project.no_longer_waiting(&done)?;
    Ok(if changed { rows } else { Vec::new() })
}

/// True where a row is or was double.
fn compare_alone(project: &Project, rows: &[u32]) -> Result<bool, WorkflowError> {
    let compared = rows_to_compare(project, rows)?;
    let mut affected: std::collections::BTreeSet<u32> = rows.iter().copied().collect();
    let mut duplicates = match project.take_duplicates() {
        Some(duplicates) => duplicates,
        None => {
            // The index from the file already holds the rows as they are now, the pairs are those from before.
            let mut duplicates = restore(project)?;
            affected.extend(duplicates.match_again(rows).rows);
            duplicates
        }
    };
    for side in [Side::Reference, Side::Project] {
        let change = duplicates.put_rows(side, &records_of(&compared, side));
        affected.extend(change.rows);
    }
    store_groups(project, duplicates, affected)
}

/// What is compared of some rows, in order: each read by itself, or all columns once where they are many.
pub(crate) fn rows_to_compare(project: &Project, rows: &[u32]) -> Result<Vec<Compared>, ProjectError> {
    if rows.len() <= MOST_SINGLE {
        return project.compared_rows(Some(rows));
    }
    let wanted: std::collections::BTreeSet<u32> = rows.iter().copied().collect();
    let mut compared = project.compared_rows(None)?;
    compared.retain(|row| wanted.contains(&row.row));
    Ok(compared)
}

fn records_of(compared: &[Compared], side: Side) -> Vec<Record<'_>> {
    let those = compared.iter().filter(|row| row.side() == side);
    those.map(Compared::record).collect()
}

/// Brings the groups in line after pairs were separated, or were joined again by taking that back.
pub(crate) fn regroup(project: &Project, pairs: &[(u32, u32)], separated: bool) -> Result<(), WorkflowError> {
    if pairs.is_empty() || !project.was_compared()? {
        return Ok(());
    }
    let _alone = project.begin_comparing();
    let mut duplicates = match project.take_duplicates() {
        Some(duplicates) => duplicates,
        None => restore(project)?,
    };
    let mut affected: std::collections::BTreeSet<u32> = pairs.iter().flat_map(|&(a, b)| [a, b]).collect();
    for &(a, b) in pairs {
        let change = if separated {
            duplicates.separate(a, b)
        } else {
            duplicates.rejoin(a, b)
        };
        affected.extend(change.rows);
    }
    store_groups(project, duplicates, affected)?;
    Ok(())
}

/// Stores the pairs of the rows whose groups have changed, and keeps the index for the next change. True where a row is or
/// was double.
fn store_groups(
    project: &Project,
    duplicates: Duplicates,
    affected: std::collections::BTreeSet<u32>,
) -> Result<bool, WorkflowError> {
    let affected: Vec<u32> = affected.into_iter().collect();
    let double = project.any_double(&affected);
    let pairs: Vec<DuplicatePair> = duplicates.pairs_among(&affected).iter().map(stored).collect();
    let stored = project.put_duplicates_of(&affected, &pairs);
    project.hold_duplicates(Some(duplicates));
    stored?;
    Ok(double || !pairs.is_empty())
}

fn find(project: &Project, watch: &Watch<'_>) -> Result<Duplicates, WorkflowError> {
    let index = index_of(project, watch)?;
    let separated = separated_rows(project)?;
    let progress = |progress: lotse_core::duplicates::Progress| {
        let phase = if progress.phase == Stage::Reading {
            Phase::Indexing
        } else {
            Phase::Comparing
        };
        watch.report(phase, progress.done as u64, progress.total as u64);
    };
    let look = Look {
        progress: &progress,
        cancelled: &|| watch.is_cancelled(),
    };
    Duplicates::find(index, separated, &look).map_err(|_| WorkflowError::Cancelled)
}

/// More rows than these are not read one by one.
const MOST_SINGLE: usize = 2_000;

/// Takes up the index and the pairs that are in the project.
fn restore(project: &Project) -> Result<Duplicates, WorkflowError> {
    let index = match kept_index(project)? {
        Some(index) => index,
        None => {
            let moment = project.edit_moment();
            let index = index_of(project, &Watch::quiet())?;
            project.keep_duplicate_index(&index.to_bytes(), moment)?;
            index
        }
    };
    let pairs = project.duplicate_pairs()?.into_iter().map(|pair| Pair {
        a: pair.row_a,
        b: pair.row_b,
        #[allow(
            clippy::cast_possible_truncation,
            reason = "stored from a float of this width"
        )]
        score: pair.score as f32,
        reason: match pair.reason {
            MatchReason::EmailExact => Reason::EmailExact,
            MatchReason::PhoneNormalized => Reason::PhoneNormalized,
            MatchReason::CompanyFuzzy | MatchReason::ExternalId => Reason::CompanyFuzzy,
        },
        company: None,
        city: None,
        postcode: None,
    });
    Ok(Duplicates::restore(index, separated_rows(project)?, pairs))
}

/// The index that is kept in the project, brought up to date; `None` where there is none, where too much has changed, and
/// where another version of Lotse has written it.
fn kept_index(project: &Project) -> Result<Option<Index>, WorkflowError> {
    let Some(kept) = project.kept_duplicate_index()? else {
        return Ok(None);
    };
    let Ok(mut index) = Index::from_bytes(&kept.bytes) else {
        return Ok(None);
    };
    // What is replaced stays in the arrays as a gap.
    if kept.stale.len() > index.len() / 4 && kept.stale.len() > MOST_SINGLE {
        return Ok(None);
    }
    if !kept.stale.is_empty() {
        let compared = rows_to_compare(project, &kept.stale)?;
        for side in [Side::Reference, Side::Project] {
            index.replace_all(side, &records_of(&compared, side));
        }
    }
    Ok(Some(index))
}

fn index_of(project: &Project, watch: &Watch<'_>) -> Result<Index, WorkflowError> {
    let rows = project.compared_rows(None)?;
    let progress = |progress: lotse_core::duplicates::Progress| {
        watch.report(Phase::Indexing, progress.done as u64, progress.total as u64);
    };
    let look = Look {
        progress: &progress,
        cancelled: &|| watch.is_cancelled(),
    };
    let mut index = Index::new();
    for side in [Side::Reference, Side::Project] {
        index
            .extend(side, &records_of(&rows, side), &look)
            .map_err(|_| WorkflowError::Cancelled)?;
    }
    Ok(index)
}

/// What persons have separated, by row: remembered by identity, since rows have other numbers in the next project.
fn separated_rows(project: &Project) -> Result<Separated, ProjectError> {
    let keys = project.separated()?;
    Ok(project.rows_of_pairs(&keys)?.into_iter().collect())
}

fn stored(pair: &Pair) -> DuplicatePair {
    DuplicatePair {
        row_a: pair.a.min(pair.b),
        row_b: pair.a.max(pair.b),
        score: shown_score(pair.score),
        reason: pair.reason.into(),
        evidence: json!({
            "company": pair.company.map(shown_score),
            "city": pair.city.map(shown_score),
            "postcode": pair.postcode,
        }),
    }
}

/// A group for the comparison: its rows with all they hold, and why they match.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct GroupView {
    /// The group.
    pub group: DuplicateGroup,
    /// Its rows.
    pub members: Vec<MemberView>,
    /// Its pairs with what was compared.
    pub pairs: Vec<PairView>,
}

/// A row in the comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MemberView {
    /// The row.
    pub row: u32,
    /// Only compared with.
    pub reference: bool,
    /// Where it is from.
    pub origin: Option<RowOrigin>,
    /// Fields as the table shows them, in the order of the target's fields.
    pub cells: Vec<String>,
    /// Its activities, each as one line.
    pub activities: Vec<String>,
    /// What was decided.
    pub decision: Option<Decision>,
}

/// A pair in the comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct PairView {
    /// The earlier row.
    pub row_a: u32,
    /// The later row.
    pub row_b: u32,
    /// 0.75 to 1.
    pub score: f64,
    /// Why.
    pub reason: MatchReason,
    /// Field by field.
    pub explanation: Option<Explanation>,
}

/// The group of which `row` is a member, ready for the comparison.
pub fn group_view(project: &Project, row: u32) -> Result<Option<GroupView>, WorkflowError> {
    let group = project
        .duplicate_groups()?
        .iter()
        .find(|group| group.members.iter().any(|member| member.row == row))
        .cloned();
    let Some(group) = group else { return Ok(None) };
    let alone = project.begin_comparing();
    let mut duplicates = match project.take_duplicates() {
        Some(duplicates) => duplicates,
        None => restore(project)?,
    };
    let pairs = group.pairs.iter().map(|pair| PairView {
        row_a: pair.row_a,
        row_b: pair.row_b,
        score: pair.score,
        reason: pair.reason,
        explanation: duplicates.index_mut().explain(pair.row_a, pair.row_b),
    });
    let pairs = pairs.collect();
    project.hold_duplicates(Some(duplicates));
    drop(alone);
    let rows: Vec<u32> = group.members.iter().map(|member| member.row).collect();
    let states = project.row_states(&rows)?;
    let mut members = Vec::with_capacity(rows.len());
    for (member, state) in group.members.iter().zip(states) {
        members.push(MemberView {
            row: member.row,
            reference: member.reference,
            origin: project.row_origin(member.row),
            cells: state.fields.iter().map(|cell| cell.shown().to_string()).collect(),
            activities: state
                .activities
                .iter()
                .map(|cells| {
                    cells
                        .iter()
                        .map(crate::project::CellState::shown)
                        .filter(|text| !text.is_empty())
                        .collect::<Vec<_>>()
                        .join(" · ")
                })
                .collect(),
            decision: project.decision(member.row)?,
        });
    }
    Ok(Some(GroupView {
        group,
        members,
        pairs,
    }))
}

/// Roles of the fields that are compared, in the order of [`Compared`]'s fields.
pub(crate) const COMPARED_ROLES: [Role; 6] = [
    Role::Email,
    Role::Phone,
    Role::Company,
    Role::City,
    Role::Postcode,
    Role::Territory,
];
