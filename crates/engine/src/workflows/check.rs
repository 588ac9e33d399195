//! The local dry-run of a whole project: every row becomes a lead and is checked.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use lotse_core::check::CheckSettings;
use lotse_core::mapping::Edits;
use lotse_core::values::Instant;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::WorkflowError;
use super::additions::join_activities;
use crate::clock::Actor;
use crate::jobs::{Phase, Watch};
use crate::project::{CheckedBlock, LeadReader, Project, ProjectError};

/// Setting of a project that holds the known users as a JSON list.
pub(crate) const OWNERS: &str = "owners";

/// What a check of all rows found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckSummary {
    /// Rows read.
    #[ts(type = "number")]
    pub rows: u64,
    /// Rows with at least one error.
    #[ts(type = "number")]
    pub with_errors: u64,
}

/// What checks of this project depend on, at the moment `now`.
pub fn check_settings(project: &Project, now: Instant) -> Result<CheckSettings, ProjectError> {
    let owners: Option<BTreeSet<String>> = project
        .setting(OWNERS)?
        .and_then(|text| serde_json::from_str(&text).ok());
    Ok(CheckSettings {
        now,
        zone: project.zone(),
        owners,
    })
}

/// Stores the known users of the target system; `None` when no list is known. Rows have to be checked again.
pub fn set_owners(
    project: &Project,
    actor: &Actor,
    owners: Option<&BTreeSet<String>>,
) -> Result<(), ProjectError> {
    project.put_setting(
        actor,
        OWNERS,
        &serde_json::to_string(&owners).expect("names are plain data"),
    )
}

/// Reads and checks every row, on all cores. When it is cancelled, the rows that were not reached keep their earlier
/// state.
pub fn check_all(
    project: &Project,
    settings: &CheckSettings,
    watch: &Watch<'_>,
) -> Result<CheckSummary, WorkflowError> {
    /// Blocks that are checked at once and stored in one transaction.
    const AT_ONCE: usize = 16;
    join_activities(project)?;
    let mut reader = project.lead_reader(settings.clone())?;
    let edits = project.all_edits()?;
    reader.share_ids(shared_ids(project, &reader, &edits)?);
    let blocks: Vec<_> = project
        .block_list()
        .into_iter()
        .filter(|(source, ..)| reader.can_read(source.id))
        .collect();
    let total: u64 = blocks.iter().map(|(.., rows)| u64::from(*rows)).sum();
    let mut summary = CheckSummary::default();
    watch.report(Phase::Checking, 0, total);
    for chunk in blocks.chunks(AT_ONCE) {
        if watch.is_cancelled() {
            return Err(WorkflowError::Cancelled);
        }
        let checked: Result<Vec<CheckedBlock>, ProjectError> = chunk
            .par_iter()
            .map(|(source, sequence, first_row, _)| {
                let block = project.block(source, *sequence)?;
                let states = (0_u32..).zip(block.rows()).filter_map(|(offset, row)| {
                    let id = first_row + offset;
                    let (lead, findings) = reader.read(source, id, row, edits.get(&id))?;
                    Some(reader.state(&lead, findings))
                });
                Ok(CheckedBlock {
                    first_row: *first_row,
                    states: states.collect(),
                })
            })
            .collect();
        let checked = checked?;
        for state in checked.iter().flat_map(|block| &block.states) {
            summary.rows += 1;
            summary.with_errors += u64::from(
                state
                    .findings
                    .iter()
                    .any(|finding| finding.severity() == lotse_core::finding::Severity::Error),
            );
        }
        project.store_checked(&checked)?;
        watch.report(Phase::Checking, summary.rows, total);
    }
    Ok(summary)
}

/// Reads and checks some rows again, after an edit or a decision.
pub fn recheck_rows(project: &Project, settings: &CheckSettings, rows: &[u32]) -> Result<(), WorkflowError> {
    let mut reader = project.lead_reader(settings.clone())?;
    let edits = project.all_edits()?;
    reader.share_ids(shared_ids(project, &reader, &edits)?);
    let mut states = Vec::with_capacity(rows.len());
    reader.leads(rows, |row, lead, findings| {
        states.push((row, reader.state(&lead, findings)));
    })?;
    project.store_touched(states)?;
    Ok(())
}

/// Identities that stand in more than one row, each with its first row. Only sources that bring identities along can
/// have them: those that are made of row numbers are different by themselves.
fn shared_ids(
    project: &Project,
    reader: &LeadReader<'_>,
    edits: &BTreeMap<u32, Edits>,
) -> Result<BTreeMap<String, (u32, u32, String)>, ProjectError> {
    if !reader.has_own_identities(edits) {
        return Ok(BTreeMap::new());
    }
    let blocks: Vec<_> = project
        .block_list()
        .into_iter()
        .filter(|(source, ..)| reader.can_read(source.id) && !source.is_reference())
        .collect();
    let hash = |text: &str| {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        hasher.finish()
    };
    let hashed: Result<Vec<Vec<u64>>, ProjectError> = blocks
        .par_iter()
        .map(|(source, sequence, first_row, _)| {
            let block = project.block(source, *sequence)?;
            let hashes = (0_u32..).zip(block.rows()).filter_map(|(offset, row)| {
                Some(hash(
                    &reader.identity(source, row, edits.get(&(first_row + offset)))?.0,
                ))
            });
            Ok(hashes.collect())
        })
        .collect();
    let mut counts: HashMap<u64, u32> = HashMap::new();
    for hash in hashed?.into_iter().flatten() {
        *counts.entry(hash).or_default() += 1;
    }
    counts.retain(|_, count| *count > 1);
    if counts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut shared: BTreeMap<String, (u32, u32, String)> = BTreeMap::new();
    let mut single = BTreeSet::new();
    for (source, sequence, first_row, _) in &blocks {
        let block = project.block(source, *sequence)?;
        for (offset, row) in (0_u32..).zip(block.rows()) {
            let id = first_row + offset;
            let Some(identity) = reader.identity(source, row, edits.get(&id)) else {
                continue;
            };
            if !counts.contains_key(&hash(&identity.0)) {
                continue;
            }
            // A hash may be shared by different identities: only what occurs twice is kept.
            if single.contains(&identity.0) || shared.contains_key(&identity.0) {
                single.remove(&identity.0);
            } else {
                single.insert(identity.0.clone());
                shared.insert(identity.0, (id, row.number(), source.name().to_string()));
            }
        }
    }
    shared.retain(|identity, _| !single.contains(identity));
    Ok(shared)
}
