//! After a push: does the server have what was sent?

use lotse_core::migration::{LeadOutcome, Mode};
use lotse_core::protection::Protection;
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::PushError;
use crate::project::{BatchState, Project};
use crate::server::{ServerClient, ServerError};
use crate::workflows::{WorkflowError, check_settings};

/// What the verification of a push found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// Leads in the push.
    #[ts(type = "number")]
    pub sent: u64,
    /// Imported.
    #[ts(type = "number")]
    pub imported: u64,
    /// Left out as known.
    #[ts(type = "number")]
    pub skipped: u64,
    /// Refused, one by one or with their batch.
    #[ts(type = "number")]
    pub failed: u64,
    /// Without an outcome: not sent, or not answered.
    #[ts(type = "number")]
    pub open: u64,
    /// True when every lead has exactly one outcome.
    pub balanced: bool,
    /// Imported leads that were read back from the server.
    #[ts(type = "number")]
    pub compared: u64,
    /// What differs there.
    pub mismatches: Vec<LeadMismatch>,
    /// False where the server does not let leads be read.
    pub readable: bool,
    /// Entries of the server's audit log, batch by batch, where it lets them be read.
    #[ts(type = "Array<Record<string, unknown>>")]
    pub audit_entries: Vec<Json>,
}

/// A lead that the server has otherwise than it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct LeadMismatch {
    /// The lead.
    pub external_id: String,
    /// The server's id.
    #[ts(type = "number")]
    pub lead_id: i64,
    /// What differs: `protectionUntil`, `progressDeadline`, `protectionStatus`, `activities`, `missing`.
    pub field: String,
    /// As computed here.
    pub expected: String,
    /// As the server says.
    pub found: String,
}

/// Counts the outcomes of a push and reads up to `most` imported leads back.
pub fn verify_push(
    project: &Project,
    client: &ServerClient,
    push_id: i64,
    most: u64,
    now: Instant,
) -> Result<Verification, PushError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| ServerError::Settings {
            reason: error.to_string(),
        })?;
    runtime.block_on(verify(project, client, push_id, most, now))
}

async fn verify(
    project: &Project,
    client: &ServerClient,
    push_id: i64,
    most: u64,
    now: Instant,
) -> Result<Verification, PushError> {
    let push = project.push(push_id)?;
    let mut verification = Verification {
        readable: true,
        ..Verification::default()
    };
    let reader = project
        .lead_reader(check_settings(project, now)?)
        .map_err(WorkflowError::from)?;
    let target = project.target();
    for batch in project.batches(push_id)? {
        let leads = project.batch_leads(batch.id)?;
        verification.sent += leads.len() as u64;
        for lead in leads {
            match lead.outcome {
                Some(LeadOutcome::Imported) => verification.imported += 1,
                Some(LeadOutcome::SkippedDuplicate) => verification.skipped += 1,
                Some(LeadOutcome::Failed) => verification.failed += 1,
                None if batch.state == BatchState::Refused => verification.failed += 1,
                None => verification.open += 1,
            }
            let imported = push.mode == Mode::Production && lead.outcome == Some(LeadOutcome::Imported);
            let Some(lead_id) = lead
                .lead_id
                .filter(|_| imported && verification.readable && verification.compared < most)
            else {
                continue;
            };
            let mut mismatch = |field: &str, expected: String, found: String| {
                if expected != found {
                    verification.mismatches.push(LeadMismatch {
                        external_id: lead.external_id.0.clone(),
                        lead_id,
                        field: field.to_string(),
                        expected,
                        found,
                    });
                }
            };
            match client.lead(lead_id).await? {
                None if verification.compared == 0 => verification.readable = false,
                None => mismatch("missing", "1".into(), "0".into()),
                Some(found) => {
                    verification.compared += 1;
                    let Some((sent, _)) = reader.lead(lead.row)? else {
                        continue;
                    };
                    mismatch(
                        "activities",
                        sent.activities.len().to_string(),
                        found.activities.len().to_string(),
                    );
                    if let Some(expected) = Protection::of_lead(target, &sent, now) {
                        let text = |at: Option<Instant>| at.map_or_else(String::new, |at| at.to_string());
                        mismatch(
                            "protectionUntil",
                            expected.until.to_string(),
                            text(found.protection_until),
                        );
                        mismatch(
                            "progressDeadline",
                            expected.progress_deadline.to_string(),
                            text(found.progress_deadline),
                        );
                        let status = found
                            .protection_status
                            .map_or_else(String::new, |status| format!("{status:?}"));
                        mismatch("protectionStatus", format!("{:?}", expected.status), status);
                    }
                }
            }
        }
        if let Some(id) = project.server_audit_id(batch.id)?
            && verification.readable
            && let Some(entry) = client.audit_entry(&id).await?
        {
            verification.audit_entries.push(entry);
        }
    }
    verification.balanced = verification.open == 0
        && verification.sent == verification.imported + verification.skipped + verification.failed;
    Ok(verification)
}
