//! An import, from the checked batch to the answer: the steps in their order, inside one transaction.
//!
//! Dry-run and production are this one path; [`Mode`] is asked where they differ.

use std::collections::BTreeSet;
use std::time::{Duration, Instant as Stopwatch};

use lotse_core::lead::ExternalId;
use lotse_core::migration::{
    DryRunResponse, DryRunSummary, DuplicateWarning, ImportResponse, ImportSummary, LeadOutcome, LeadResult,
    Mode, Recommendation, ValidLead, ValidationError,
};
use lotse_core::values::Instant;
use serde::Serialize;
use serde_json::json;

use super::check::{CheckedLead, SoundLead};
use super::duplicates::{Match, Matcher, Other};
use super::verdict::{Verdict, decide};
use crate::access::Officer;
use crate::refusal::Refusal;
use crate::store::{ImportTransaction, KeptAnswer, NewAuditEvent, NewLead, Origin, Result as StoreResult};

/// The event of a whole batch in the audit log.
pub(crate) const BATCH_EVENT: &str = "leads_batch_import";
/// The event of one lead in the audit log.
pub(crate) const LEAD_EVENT: &str = "lead_created_via_migration";

/// Valid leads that a dry-run shows.
const SAMPLE: usize = 10;
/// Unknown keys that an answer names.
const NAMED_KEYS: usize = 50;

/// A batch with everything that is known about it before the transaction.
pub(crate) struct Batch {
    pub(crate) import_id: String,
    pub(crate) source: String,
    pub(crate) mode: Mode,
    pub(crate) skip_on_error: bool,
    pub(crate) skip_duplicates: bool,
    pub(crate) leads: Vec<CheckedLead>,
    pub(crate) sender: Officer,
    pub(crate) ip_address: String,
    pub(crate) key: Option<IdempotencyKey>,
    pub(crate) now: Instant,
    pub(crate) stopwatch: Stopwatch,
    /// How long a dry-run is good for.
    pub(crate) dry_run_valid_for: Duration,
}

/// A client's name for a request that must have its effect once.
#[derive(Clone, Debug)]
pub(crate) struct IdempotencyKey {
    pub(crate) key: String,
    /// SHA-256 of the body, in hexadecimal.
    pub(crate) body_hash: String,
}

/// The body of a successful answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Made now; the transaction is to be committed.
    New(Vec<u8>),
    /// Kept from the first time; nothing was done.
    Kept(Vec<u8>),
}

/// An answer of the contract with what this server adds.
#[derive(Serialize)]
struct Told<T> {
    #[serde(flatten)]
    answer: T,
    /// Keys of leads that are no fields and were left out.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    ignored_fields: BTreeSet<String>,
}

/// The answer that is kept for `key`, if there is one; the key must not have come with another body.
pub(crate) fn answer_kept(kept: Option<KeptAnswer>, key: &IdempotencyKey) -> Result<Option<Answer>, Refusal> {
    match kept {
        Some(kept) if kept.body_hash != key.body_hash => Err(Refusal::KeyReused),
        Some(kept) => Ok(Some(Answer::Kept(kept.body))),
        None => Ok(None),
    }
}

/// Runs the import. What it wrote holds only once the caller commits; after a refusal nothing must be.
pub(crate) fn run(
    transaction: &mut dyn ImportTransaction,
    matcher: &mut Matcher,
    batch: &Batch,
) -> Result<Answer, Refusal> {
    let client = &batch.sender.client.user_id;
    if let Some(key) = &batch.key
        && let Some(answer) = answer_kept(transaction.kept_answer(client, &key.key)?, key)?
    {
        return Ok(answer);
    }
    if batch.mode == Mode::Production {
        demand_dry_run(transaction, batch)?;
        demand_no_errors(batch)?;
    }
    let known = known_leads(transaction, batch)?;
    matcher.catch_up(transaction)?;
    let compared: Vec<_> = batch
        .leads
        .iter()
        .zip(&known)
        .map(|(lead, known)| match (&lead.outcome, known) {
            (Ok(sound), None) => Some(sound.facts.comparable()),
            _ => None,
        })
        .collect();
    let verdicts = decide(
        &batch.leads,
        &known,
        &matcher.find(&compared),
        batch.skip_duplicates,
    );
    let body = match batch.mode {
        Mode::DryRun => dry_run(transaction, batch, &verdicts)?,
        Mode::Production => import(transaction, batch, &verdicts)?,
    };
    if let Some(key) = &batch.key {
        let answer = KeptAnswer {
            body_hash: key.body_hash.clone(),
            body: body.clone(),
        };
        transaction.keep_answer(client, &key.key, &answer, batch.now)?;
    }
    Ok(Answer::New(body))
}

/// Refuses leads that were in no dry-run of this client with exactly this content, and those that are valid now but
/// were not in their dry-run: nobody has seen them pass.
fn demand_dry_run(transaction: &mut dyn ImportTransaction, batch: &Batch) -> Result<(), Refusal> {
    let client = &batch.sender.client.user_id;
    let since = good_since(batch);
    let mut missing = Vec::new();
    for (index, lead) in batch.leads.iter().enumerate() {
        let passed = match transaction.dry_run_pass(client, &lead.content_hash, since)? {
            Some(pass) => pass.valid || lead.outcome.is_err(),
            None => false,
        };
        if !passed {
            missing.push(named(lead, index));
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(Refusal::DryRunRequired {
        missing,
        total: batch.leads.len(),
        window: batch.dry_run_valid_for,
    })
}

/// Dry-runs after this moment are good.
fn good_since(batch: &Batch) -> Instant {
    let window = i64::try_from(batch.dry_run_valid_for.as_millis()).unwrap_or(i64::MAX);
    let since = Instant::from_millis(batch.now.millis().saturating_sub(window));
    // A window longer than the calendar begins with it.
    since.unwrap_or(batch.now.plus_days(i64::MIN))
}

fn demand_no_errors(batch: &Batch) -> Result<(), Refusal> {
    let errors = errors(batch);
    if batch.skip_on_error || errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::InvalidLeads { errors })
    }
}

/// The ids of the leads that this client has imported from this source before.
fn known_leads(transaction: &mut dyn ImportTransaction, batch: &Batch) -> StoreResult<Vec<Option<i64>>> {
    let client = &batch.sender.client.user_id;
    let known = batch.leads.iter().map(|lead| match &lead.outcome {
        Ok(_) => transaction.lead_known_as(client, &batch.source, &lead.external_id.0),
        Err(_) => Ok(None),
    });
    known.collect()
}

fn dry_run(
    transaction: &mut dyn ImportTransaction,
    batch: &Batch,
    verdicts: &[Verdict],
) -> Result<Vec<u8>, Refusal> {
    let client = &batch.sender.client.user_id;
    transaction.forget_dry_runs(good_since(batch))?;
    for lead in &batch.leads {
        transaction.note_dry_run(client, &lead.content_hash, lead.outcome.is_ok(), batch.now)?;
    }
    let warnings: Vec<DuplicateWarning> = batch
        .leads
        .iter()
        .zip(verdicts)
        .filter_map(|(lead, verdict)| Some(warning(batch, lead, verdict.duplicate()?)))
        .collect();
    let sound: Vec<&SoundLead> = batch
        .leads
        .iter()
        .filter_map(|lead| lead.outcome.as_ref().ok())
        .collect();
    let summary = DryRunSummary {
        total_leads: count(batch.leads.len()),
        valid_leads: count(sound.len()),
        invalid_leads: count(batch.leads.len() - sound.len()),
        duplicate_warnings: count(warnings.len()),
    };
    let data = json!({
        "source": batch.source,
        "mode": batch.mode,
        "total_leads": summary.total_leads,
        "valid_leads": summary.valid_leads,
        "invalid_leads": summary.invalid_leads,
        "duplicate_warnings": summary.duplicate_warnings,
        "batch_duration_ms": count_millis(batch.stopwatch),
    });
    append_event(transaction, batch, BATCH_EVENT, None, &data)?;
    let sample = sound.iter().take(SAMPLE).map(|lead| ValidLead {
        external_id: ExternalId(lead.facts.external_id.clone()),
        company_name: lead.facts.company_name.clone(),
        protection_until: lead.protection.until,
        progress_deadline: lead.protection.progress_deadline,
    });
    bytes(
        batch,
        &DryRunResponse {
            import_id: batch.import_id.clone(),
            mode: batch.mode,
            timestamp: batch.now,
            summary,
            validation_errors: errors(batch),
            duplicate_warnings: warnings,
            valid_leads_sample: sample.collect(),
        },
    )
}

fn import(
    transaction: &mut dyn ImportTransaction,
    batch: &Batch,
    verdicts: &[Verdict],
) -> Result<Vec<u8>, Refusal> {
    let origin = Origin {
        client_id: batch.sender.client.user_id.clone(),
        source: batch.source.clone(),
        import_id: batch.import_id.clone(),
        at: batch.now,
    };
    let mut ids: Vec<Option<i64>> = Vec::with_capacity(batch.leads.len());
    for (lead, verdict) in batch.leads.iter().zip(verdicts) {
        let id = match (verdict, &lead.outcome) {
            (Verdict::Imported(_), Ok(sound)) => {
                let new = NewLead {
                    facts: &sound.facts,
                    origin: &origin,
                    content_hash: &lead.content_hash,
                    protection: &sound.protection,
                };
                let id = transaction.add_lead(&new)?;
                append_lead_event(transaction, batch, sound, id, verdict.duplicate(), &ids)?;
                Some(id)
            }
            (Verdict::Skipped(found), _) => other_id(found, &ids),
            _ => None,
        };
        ids.push(id);
    }
    let results: Vec<LeadResult> = batch
        .leads
        .iter()
        .zip(verdicts)
        .zip(&ids)
        .map(|((lead, verdict), id)| result(lead, verdict, *id))
        .collect();
    let with = |outcome| results.iter().filter(move |result| result.status == outcome);
    let imported_lead_ids: Vec<i64> = with(LeadOutcome::Imported)
        .filter_map(|result| result.lead_id)
        .collect();
    let summary = ImportSummary {
        total_leads: count(batch.leads.len()),
        imported_leads: count(imported_lead_ids.len()),
        failed_leads: count(with(LeadOutcome::Failed).count()),
        skipped_duplicates: count(with(LeadOutcome::SkippedDuplicate).count()),
    };
    let data = json!({
        "source": batch.source,
        "mode": batch.mode,
        "total_leads": summary.total_leads,
        "imported_leads": summary.imported_leads,
        "failed_leads": summary.failed_leads,
        "skipped_duplicates": summary.skipped_duplicates,
        "imported_lead_ids": imported_lead_ids,
        "duplicate_warnings": verdicts.iter().filter(|verdict| verdict.duplicate().is_some()).count(),
        "batch_duration_ms": count_millis(batch.stopwatch),
    });
    let audit = append_event(transaction, batch, BATCH_EVENT, None, &data)?;
    bytes(
        batch,
        &ImportResponse {
            import_id: batch.import_id.clone(),
            mode: batch.mode,
            timestamp: batch.now,
            summary,
            imported_lead_ids,
            audit_log_id: Some(super::audit::name(audit)),
            results: Some(results),
        },
    )
}

fn result(lead: &CheckedLead, verdict: &Verdict, id: Option<i64>) -> LeadResult {
    let (status, error) = match (verdict, &lead.outcome) {
        (Verdict::Imported(_), _) => (LeadOutcome::Imported, None),
        (Verdict::Skipped(_), _) => (LeadOutcome::SkippedDuplicate, None),
        (Verdict::Failed, outcome) => {
            let errors = outcome.as_ref().err().map_or(&[][..], Vec::as_slice);
            let told: Vec<String> = errors
                .iter()
                .map(|error| format!("{}: {}", error.field, error.error))
                .collect();
            (LeadOutcome::Failed, Some(told.join(" ")))
        }
    };
    LeadResult {
        external_id: lead.external_id.clone(),
        status,
        lead_id: id,
        error,
    }
}

fn append_lead_event(
    transaction: &mut dyn ImportTransaction,
    batch: &Batch,
    lead: &SoundLead,
    id: i64,
    duplicate: Option<&Match>,
    ids: &[Option<i64>],
) -> Result<(), Refusal> {
    let mut data = json!({
        "import_id": batch.import_id,
        "external_id": lead.facts.external_id,
        "source": batch.source,
        "registered_at_backdated": lead.facts.registered_at,
        "activities_imported": lead.facts.activities.len(),
    });
    if let Some(found) = duplicate {
        data["duplicate_warning"] = json!({
            "matched_lead_id": other_id(found, ids),
            "match_score": found.score,
            "match_reason": found.reason,
        });
    }
    append_event(transaction, batch, LEAD_EVENT, Some(id), &data).map(drop)
}

fn append_event(
    transaction: &mut dyn ImportTransaction,
    batch: &Batch,
    event_type: &'static str,
    lead_id: Option<i64>,
    data: &serde_json::Value,
) -> Result<i64, Refusal> {
    let number = transaction.append_audit(&NewAuditEvent {
        event_type,
        at: batch.now,
        user_id: &batch.sender.client.user_id,
        user_role: batch.sender.role,
        import_id: &batch.import_id,
        lead_id,
        ip_address: &batch.ip_address,
        data: &data.to_string(),
    })?;
    Ok(number)
}

/// The database's id of a double; `ids` are those of the leads before.
fn other_id(found: &Match, ids: &[Option<i64>]) -> Option<i64> {
    match found.other {
        Other::Stored(id) => Some(id),
        Other::Earlier(place) => ids.get(place).copied().flatten(),
    }
}

fn warning(batch: &Batch, lead: &CheckedLead, found: &Match) -> DuplicateWarning {
    let (matched_lead_id, matched_external_id) = match found.other {
        Other::Stored(id) => (Some(id), None),
        Other::Earlier(place) => (None, batch.leads.get(place).map(|lead| lead.external_id.clone())),
    };
    DuplicateWarning {
        external_id: lead.external_id.clone(),
        matched_lead_id,
        matched_external_id,
        match_score: found.score,
        match_reason: found.reason,
        recommendation: Recommendation::of_score(found.score),
    }
}

fn errors(batch: &Batch) -> Vec<ValidationError> {
    batch
        .leads
        .iter()
        .filter_map(|lead| lead.outcome.as_ref().err())
        .flatten()
        .cloned()
        .collect()
}

/// The external id of a lead, or its place in the batch where it has none.
fn named(lead: &CheckedLead, index: usize) -> ExternalId {
    if lead.external_id.0.is_empty() {
        ExternalId(format!("leads[{index}]"))
    } else {
        lead.external_id.clone()
    }
}

fn bytes<T: Serialize>(batch: &Batch, answer: &T) -> Result<Vec<u8>, Refusal> {
    let ignored: BTreeSet<String> = batch
        .leads
        .iter()
        .flat_map(|lead| &lead.ignored)
        .cloned()
        .collect();
    let told = Told {
        answer,
        ignored_fields: ignored.into_iter().take(NAMED_KEYS).collect(),
    };
    serde_json::to_vec(&told).map_err(|error| {
        tracing::error!(%error, "an answer could not be written as JSON");
        Refusal::Internal
    })
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn count_millis(stopwatch: Stopwatch) -> u64 {
    u64::try_from(stopwatch.elapsed().as_millis()).unwrap_or(u64::MAX)
}
