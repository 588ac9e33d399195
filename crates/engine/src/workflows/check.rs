//! The local dry-run of a whole project: every row becomes a lead and is checked.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use lotse_core::check::CheckSettings;
use lotse_core::target::Role;
use lotse_core::values::Instant;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::WorkflowError;
use super::additions::join_activities;
use crate::clock::Actor;
use crate::jobs::{Phase, Watch};
use crate::project::{CheckedBlock, LeadReader, Project, ProjectError, RecheckedBlock, SourceRef};

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
    check_blocks(project, settings, project.block_list(), watch)
}

type Blocks = Vec<(SourceRef, u32, u32, u32)>;

/// Blocks that are checked at once and stored in one transaction.
const BLOCKS_AT_ONCE: usize = 16;

fn check_blocks(
    project: &Project,
    settings: &CheckSettings,
    blocks: Blocks,
    watch: &Watch<'_>,
) -> Result<CheckSummary, WorkflowError> {
    join_activities(project)?;
    let mut reader = project.lead_reader(settings.clone())?;
    reader.share_ids(shared_ids(project, &reader)?);
    let blocks: Vec<_> = blocks
        .into_iter()
        .filter(|(source, ..)| reader.can_read(source.id))
        .collect();
    let total: u64 = blocks.iter().map(|(.., rows)| u64::from(*rows)).sum();
    let mut summary = CheckSummary::default();
    watch.report(Phase::Checking, 0, total);
    for chunk in blocks.chunks(BLOCKS_AT_ONCE) {
        if watch.is_cancelled() {
            return Err(WorkflowError::Cancelled);
        }
        let moment = project.edit_moment();
        let checked: Result<Vec<CheckedBlock>, ProjectError> = chunk
            .par_iter()
            .map(|(source, sequence, first_row, rows)| {
                let block = project.block(source, *sequence)?;
                let edits = project.edits_between(*first_row..*first_row + *rows)?;
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
        // What a person has typed meanwhile was read as it stood before.
        let typed: Vec<u32> = match project.edited_since(moment) {
            Some(typed) => typed,
            None => chunk
                .iter()
                .flat_map(|&(_, _, first, rows)| first..first + rows)
                .collect(),
        };
        let within = |row: u32| {
            chunk
                .iter()
                .any(|&(_, _, first, rows)| (first..first + rows).contains(&row))
        };
        let typed: Vec<u32> = typed.into_iter().filter(|&row| within(row)).collect();
        if !typed.is_empty() {
            recheck_rows(project, settings, &typed)?;
        }
        watch.report(Phase::Checking, summary.rows, total);
    }
    Ok(summary)
}

/// Reads and checks some rows again, after an edit or a decision, given in ascending order.
pub fn recheck_rows(project: &Project, settings: &CheckSettings, rows: &[u32]) -> Result<(), WorkflowError> {
    recheck_watched(project, settings, rows, &Watch::quiet())
}

/// The same for many rows at once.
pub(super) fn recheck_watched(
    project: &Project,
    settings: &CheckSettings,
    rows: &[u32],
    watch: &Watch<'_>,
) -> Result<(), WorkflowError> {
    /// From so many rows on they are put into their blocks: a state of its own for each would fill the memory.
    const MANY: usize = 2000;
    if rows.len() > MANY {
        return recheck_in_blocks(project, settings, rows, watch);
    }
    let mut left = rows.to_vec();
    while !left.is_empty() {
        let moment = project.edit_moment();
        let mut reader = project.lead_reader(settings.clone())?;
        reader.share_ids(ids_shared_with(project, &reader, &left)?);
        let mut states = Vec::with_capacity(left.len());
        reader.leads(&left, |row, lead, findings| {
            states.push((row, reader.state(&lead, findings)));
        })?;
        project.store_touched(states)?;
        // Somebody may have typed into the same row while it was read.
        let again = project.edited_since(moment);
        left.retain(|row| {
            again
                .as_ref()
                .is_none_or(|again| again.binary_search(row).is_ok())
        });
    }
    Ok(())
}

/// Reads and checks many rows of any blocks again, given in ascending order, and no others of these blocks.
fn recheck_in_blocks(
    project: &Project,
    settings: &CheckSettings,
    rows: &[u32],
    watch: &Watch<'_>,
) -> Result<(), WorkflowError> {
    let mut reader = project.lead_reader(settings.clone())?;
    reader.share_ids(shared_ids(project, &reader)?);
    let within = |first: u32, count: u32| {
        let from = rows.partition_point(|&row| row < first);
        let to = rows.partition_point(|&row| row < first + count);
        &rows[from..to]
    };
    let blocks: Blocks = project
        .block_list()
        .into_iter()
        .filter(|(source, _, first, count)| reader.can_read(source.id) && !within(*first, *count).is_empty())
        .collect();
    let total = rows.len() as u64;
    let mut done = 0;
    watch.report(Phase::Checking, 0, total);
    for chunk in blocks.chunks(BLOCKS_AT_ONCE) {
        if watch.is_cancelled() {
            return Err(WorkflowError::Cancelled);
        }
        let here: Vec<u32> = chunk
            .iter()
            .flat_map(|&(_, _, first, count)| within(first, count))
            .copied()
            .collect();
        let moment = project.edit_moment();
        let read: Result<Option<Vec<RecheckedBlock>>, ProjectError> = chunk
            .par_iter()
            .map(|(source, sequence, first, count)| {
                let block = project.block(source, *sequence)?;
                let edits = project.edits_between(*first..*first + *count)?;
                let states = within(*first, *count).iter().filter_map(|&id| {
                    let row = block.row((id - first) as usize);
                    let (lead, findings) = reader.read(source, id, row, edits.get(&id))?;
                    Some((id, reader.state(&lead, findings)))
                });
                project.repack(*first, states.collect())
            })
            .collect();
        let stored = match read? {
            Some(blocks) => project.store_rechecked(&blocks)?,
            None => false,
        };
        if stored {
            // What a person has typed meanwhile was read as it stood before.
            let mut again = project.edited_since(moment).unwrap_or_else(|| here.clone());
            again.retain(|row| here.binary_search(row).is_ok());
            recheck_watched(project, settings, &again, &Watch::quiet())?;
        } else {
            // Never checked before, or checked by somebody else at this moment: then the whole of them is.
            check_blocks(project, settings, chunk.to_vec(), &Watch::quiet())?;
        }
        done += here.len() as u64;
        watch.report(Phase::Checking, done, total);
    }
    Ok(())
}

/// The identities of some rows that stand in other rows too, each with its first row. Only these rows are read: of all
/// others the state of the last check holds.
fn ids_shared_with(
    project: &Project,
    reader: &LeadReader<'_>,
    rows: &[u32],
) -> Result<BTreeMap<String, (u32, u32, String)>, ProjectError> {
    let mut shared = BTreeMap::new();
    let Some(field) = project.target().role_index(Role::ExternalId) else {
        return Ok(shared);
    };
    let edits = project.edits_in(&project.target().fields[field].name)?;
    if !reader.has_own_identities(&edits) {
        return Ok(shared);
    }
    let mut here: HashMap<String, Vec<u32>> = HashMap::new();
    for &row in rows {
        if let Some(identity) = reader.identity_of(row, edits.get(&row))? {
            here.entry(identity.0).or_default().push(row);
        }
    }
    let others = project.rows_showing(field, |text| here.contains_key(text))?;
    for (row, identity) in others {
        if rows.binary_search(&row).is_err()
            && !project.is_reference(row)
            && let Some(places) = here.get_mut(&identity)
        {
            places.push(row);
        }
    }
    for (identity, places) in here {
        let Some(&first) = places.iter().min().filter(|_| places.len() > 1) else {
            continue;
        };
        if let Some(origin) = project.row_origin(first) {
            shared.insert(identity, (first, origin.number, origin.source));
        }
    }
    Ok(shared)
}

/// Identities that stand in more than one row, each with its first row. Only sources that bring identities along can
/// have them: those that are made of row numbers are different by themselves.
fn shared_ids(
    project: &Project,
    reader: &LeadReader<'_>,
) -> Result<BTreeMap<String, (u32, u32, String)>, ProjectError> {
    let Some(field) = project.target().role_index(Role::ExternalId) else {
        return Ok(BTreeMap::new());
    };
    let edits = project.edits_in(&project.target().fields[field].name)?;
    if !reader.has_own_identities(&edits) {
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
