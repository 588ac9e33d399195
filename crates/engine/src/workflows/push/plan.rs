//! From approved rows to batches in the ledger.

use std::collections::BTreeMap;

use lotse_core::batch::MAXIMUM_LEADS;
use lotse_core::lead::ExternalId;
use lotse_core::migration::{ImportRequest, Mode};
use lotse_core::target::Role;
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::PushError;
use super::readiness::verdicts;
use crate::clock::Actor;
use crate::connections::ServerSettings;
use crate::jobs::{Phase, Watch};
use crate::project::{ApprovedRow, BatchLead, NewBatch, Project, PushState};
use crate::workflows::{WorkflowError, check_settings};

/// Switches of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default)]
pub struct PushOptions {
    /// The server leaves out leads with errors and imports the others; else the first error rolls a batch back.
    pub skip_on_error: bool,
    /// The server leaves out certain duplicates.
    pub skip_duplicates: bool,
}

impl Default for PushOptions {
    fn default() -> Self {
        PushOptions {
            skip_on_error: true,
            skip_duplicates: true,
        }
    }
}

/// Makes the batches of a push and writes them into the ledger. Nothing is sent here. Returns the push.
///
/// In production, exactly those rows go that were approved and passed the dry-run on this server with this content.
pub fn plan_push(
    project: &Project,
    actor: &Actor,
    (connection, settings): (&str, &ServerSettings),
    mode: Mode,
    options: PushOptions,
    now: Instant,
    watch: &Watch<'_>,
) -> Result<i64, PushError> {
    let target = project.target();
    if settings.target != target.id {
        return Err(PushError::OtherTarget {
            connection: settings.target.clone(),
            project: target.id.clone(),
        });
    }
    let approved = project.approved_rows()?;
    if approved.is_empty() {
        return Err(PushError::NothingApproved);
    }
    let rows = match mode {
        Mode::DryRun => approved,
        Mode::Production => passed(project, &settings.base_url, approved)?,
    };
    if mode == Mode::Production {
        none_unanswered(project, connection, &settings.base_url, &rows)?;
    }
    let size = settings.batch_size.map_or(MAXIMUM_LEADS, |size| size as usize);
    let size = size.clamp(1, target.api.maximum_leads.min(MAXIMUM_LEADS));
    let source = project.lead_source()?;
    give_up_half_plans(project, actor)?;
    let push = project.begin_push(actor, mode, connection, &settings.base_url, &json!(options))?;
    let planned = write_batches(project, push, &rows, size, now, watch, |leads| {
        let request = ImportRequest {
            source: source.clone(),
            dry_run: mode == Mode::DryRun,
            skip_on_error: options.skip_on_error,
            skip_duplicates: options.skip_duplicates,
            leads,
        };
        serde_json::to_vec(&request).expect("a request is plain data")
    });
    match planned {
        Ok(()) => project.push_is_planned(push)?,
        Err(error) => {
            give_up_half_plans(project, actor)?;
            return Err(error);
        }
    }
    Ok(push)
}

/// Half a plan is none: what was written down of it is never sent, whether an error or a kill has left it.
fn give_up_half_plans(project: &Project, actor: &Actor) -> Result<(), PushError> {
    for push in project.pushes()? {
        if push.state == PushState::Planning {
            let facts = json!({ "reason": "not planned to the end" });
            project.put_push_state(actor, push.id, PushState::Cancelled, &facts)?;
        }
    }
    Ok(())
}

/// The rows that passed the dry-run with their present content; an error when some have had none.
fn passed(
    project: &Project,
    base_url: &str,
    approved: Vec<ApprovedRow>,
) -> Result<Vec<ApprovedRow>, PushError> {
    let total = approved.len() as u64;
    let verdicts = verdicts(project, base_url, approved)?;
    if verdicts.missing > 0 {
        return Err(PushError::DryRunMissing {
            rows: verdicts.missing,
        });
    }
    if verdicts.passed.is_empty() {
        return Err(PushError::NothingPassed { rows: total });
    }
    Ok(verdicts.passed)
}

/// Refuses rows whose import may have happened already: under another key they could be imported twice.
fn none_unanswered(
    project: &Project,
    connection: &str,
    base_url: &str,
    rows: &[ApprovedRow],
) -> Result<(), PushError> {
    let unanswered = project.unanswered_rows(connection, base_url)?;
    let caught = rows.iter().filter(|row| unanswered.contains(&row.row)).count();
    if caught > 0 {
        return Err(PushError::Unanswered { rows: caught as u64 });
    }
    Ok(())
}

fn write_batches(
    project: &Project,
    push: i64,
    rows: &[ApprovedRow],
    size: usize,
    now: Instant,
    watch: &Watch<'_>,
    body: impl Fn(Vec<Json>) -> Vec<u8>,
) -> Result<(), PushError> {
    let target = project.target();
    let reader = project
        .lead_reader(check_settings(project, now)?)
        .map_err(WorkflowError::from)?;
    let mut done = 0;
    for (sequence, chunk) in (0_u32..).zip(rows.chunks(size)) {
        if watch.is_cancelled() {
            return Err(WorkflowError::Cancelled.into());
        }
        let approved: BTreeMap<u32, &str> = chunk
            .iter()
            .map(|row| (row.row, row.content_hash.as_str()))
            .collect();
        let numbers: Vec<u32> = approved.keys().copied().collect();
        let mut leads = Vec::with_capacity(chunk.len());
        let mut forms = Vec::with_capacity(chunk.len());
        reader.leads(&numbers, |row, lead, _| {
            let content_hash = lead.content_hash(target);
            if approved.get(&row) != Some(&content_hash.as_str()) {
                return;
            }
            let external_id = ExternalId(lead.text_by_role(target, Role::ExternalId).to_string());
            leads.push(BatchLead {
                row,
                external_id,
                content_hash,
                outcome: None,
                lead_id: None,
                error: None,
            });
            forms.push(lead.request_form(target));
        })?;
        // A row that is no longer there, or no longer says what was approved.
        let changed = numbers.len() - leads.len();
        if changed > 0 {
            return Err(PushError::ContentChanged { rows: changed as u64 });
        }
        done += leads.len() as u64;
        let idempotency_key = uuid::Uuid::new_v4().to_string();
        project.add_batch(
            push,
            sequence,
            &NewBatch {
                idempotency_key,
                body: body(forms),
                leads,
            },
        )?;
        watch.report(Phase::Preparing, done, rows.len() as u64);
    }
    Ok(())
}
