//! What an answer means for the leads of its batch.

use std::collections::{BTreeMap, BTreeSet};

use lotse_core::migration::{
    DryRunResponse, DuplicateWarning, ImportResponse, LeadOutcome, LeadResult, Mode,
};
use serde_json::{Value as Json, json};

use super::PushError;
use crate::clock::Actor;
use crate::project::{Answer, Batch, BatchLead, DryRunRow, Project, Push};
use crate::server::{Answered, ServerError};

/// What the answer to a dry-run said.
pub(super) struct DryRunAnswer {
    pub import_id: String,
    pub rows: Vec<DryRunRow>,
    pub duplicates: Vec<DuplicateWarning>,
}

fn not_the_api(answered: &Answered) -> PushError {
    ServerError::NotTheApi {
        status: answered.status,
        content_type: "application/json".into(),
    }
    .into()
}

/// Takes over the answer to a batch.
pub(super) fn take_over(
    project: &Project,
    actor: &Actor,
    push: &Push,
    batch: &Batch,
    answered: &Answered,
    started: std::time::Instant,
) -> Result<(), PushError> {
    let leads = project.batch_leads(batch.id)?;
    match push.mode {
        Mode::DryRun => take_over_dry_run(project, actor, push, batch, &leads, answered),
        Mode::Production => take_over_import(project, actor, push, batch, &leads, answered, started),
    }
}

pub(super) fn read_dry_run(leads: &[BatchLead], answered: &Answered) -> Result<DryRunAnswer, PushError> {
    let response: DryRunResponse =
        serde_json::from_slice(&answered.body).map_err(|_| not_the_api(answered))?;
    if response.mode != Mode::DryRun {
        return Err(not_the_api(answered));
    }
    let mut errors: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for error in &response.validation_errors {
        errors
            .entry(&error.external_id.0)
            .or_default()
            .push(format!("{}: {}", error.field, error.error));
    }
    let rows = leads.iter().map(|lead| {
        let errors = errors.remove(lead.external_id.0.as_str()).unwrap_or_default();
        DryRunRow {
            row: lead.row,
            content_hash: lead.content_hash.clone(),
            valid: errors.is_empty(),
            errors,
        }
    });
    Ok(DryRunAnswer {
        import_id: response.import_id,
        rows: rows.collect(),
        duplicates: response.duplicate_warnings,
    })
}

fn take_over_dry_run(
    project: &Project,
    actor: &Actor,
    push: &Push,
    batch: &Batch,
    leads: &[BatchLead],
    answered: &Answered,
) -> Result<(), PushError> {
    let answer = read_dry_run(leads, answered)?;
    let setting = super::run::idempotency_setting(&push.base_url);
    let knows_keys = if answered.idempotent { "yes" } else { "no" };
    if project.setting(&setting)?.as_deref() != Some(knows_keys) {
        project.put_setting(actor, &setting, knows_keys)?;
    }
    let invalid = answer.rows.iter().filter(|row| !row.valid).count();
    let results: Vec<LeadResult> = leads
        .iter()
        .zip(&answer.rows)
        .filter(|(_, row)| !row.valid)
        .map(|(lead, row)| LeadResult {
            external_id: lead.external_id.clone(),
            status: LeadOutcome::Failed,
            lead_id: None,
            error: Some(row.errors.join("; ")),
        })
        .collect();
    let facts = json!({
        "push": push.id, "batch": batch.sequence, "mode": push.mode, "connection": push.connection,
        "import_id": answer.import_id, "total_leads": leads.len(), "invalid_leads": invalid,
        "duplicate_warnings": answer.duplicates.len(), "body_hash": batch.body_hash,
    });
    project.put_dry_run(&push.base_url, &answer.import_id, &answer.rows)?;
    project.put_server_duplicates(&push.base_url, leads, &answer.duplicates)?;
    let answer = Answer {
        mode: Mode::DryRun,
        http_status: answered.status,
        response: &answered.body,
        results: &results,
        facts: &facts,
    };
    project.batch_answered(actor, batch, &answer, |_| Json::Null)?;
    Ok(())
}

fn take_over_import(
    project: &Project,
    actor: &Actor,
    push: &Push,
    batch: &Batch,
    leads: &[BatchLead],
    answered: &Answered,
    started: std::time::Instant,
) -> Result<(), PushError> {
    let response: ImportResponse =
        serde_json::from_slice(&answered.body).map_err(|_| not_the_api(answered))?;
    if response.mode != Mode::Production {
        return Err(not_the_api(answered));
    }
    let results = results_of(leads, &response).map_err(|reason| PushError::AnswerIncomplete {
        batch: batch.sequence + 1,
        reason,
    })?;
    let summary = response.summary;
    // The fields of the contract's `leads_batch_import` event, and what binds them to this ledger.
    let facts = json!({
        "import_id": response.import_id, "source": project.lead_source()?, "mode": push.mode,
        "total_leads": summary.total_leads, "imported_leads": summary.imported_leads,
        "failed_leads": summary.failed_leads, "skipped_duplicates": summary.skipped_duplicates,
        "imported_lead_ids": response.imported_lead_ids, "audit_log_id": response.audit_log_id,
        "batch_duration_ms": u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "push": push.id, "batch": batch.sequence, "connection": push.connection,
        "idempotency_key": batch.idempotency_key, "body_hash": batch.body_hash,
    });
    let by_id: BTreeMap<&str, &BatchLead> = leads
        .iter()
        .map(|lead| (lead.external_id.0.as_str(), lead))
        .collect();
    let lead_facts = |result: &LeadResult| {
        let lead = by_id.get(result.external_id.0.as_str());
        json!({
            "lead_id": result.lead_id, "import_id": response.import_id, "external_id": result.external_id,
            "content_hash": lead.map(|lead| &lead.content_hash), "row": lead.map(|lead| lead.row),
        })
    };
    let answer = Answer {
        mode: Mode::Production,
        http_status: answered.status,
        response: &answered.body,
        results: &results,
        facts: &facts,
    };
    project.batch_answered(actor, batch, &answer, lead_facts)?;
    Ok(())
}

/// What became of each lead. Servers that do not say so lead by lead are understood where their counts leave no doubt.
fn results_of(leads: &[BatchLead], response: &ImportResponse) -> Result<Vec<LeadResult>, String> {
    let summary = &response.summary;
    let total = leads.len() as u64;
    if let Some(results) = &response.results {
        let told: BTreeSet<&str> = results
            .iter()
            .map(|result| result.external_id.0.as_str())
            .collect();
        let missing: Vec<&str> = leads
            .iter()
            .map(|lead| lead.external_id.0.as_str())
            .filter(|id| !told.contains(id))
            .collect();
        return match missing.first() {
            None => Ok(results.clone()),
            Some(first) => Err(format!(
                "{} leads are not in it, the first is {first}",
                missing.len()
            )),
        };
    }
    let all = |outcome: LeadOutcome, ids: Option<&[i64]>| {
        leads
            .iter()
            .enumerate()
            .map(|(at, lead)| LeadResult {
                external_id: lead.external_id.clone(),
                status: outcome,
                lead_id: ids.and_then(|ids| ids.get(at).copied()),
                error: None,
            })
            .collect()
    };
    if summary.imported_leads == total {
        let ids = Some(response.imported_lead_ids.as_slice()).filter(|ids| ids.len() == leads.len());
        Ok(all(LeadOutcome::Imported, ids))
    } else if summary.skipped_duplicates == total {
        Ok(all(LeadOutcome::SkippedDuplicate, None))
    } else if summary.failed_leads == total {
        Ok(all(LeadOutcome::Failed, None))
    } else {
        Err(format!(
            "{} imported, {} skipped and {} failed without saying which",
            summary.imported_leads, summary.skipped_duplicates, summary.failed_leads
        ))
    }
}
