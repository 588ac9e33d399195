//! After a push: does the server have what was sent?

use lotse_core::migration::{LeadOutcome, Mode};
use lotse_core::protection::{Protection, ProtectionStatus};
use lotse_core::target::Target;
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::PushError;
use crate::clock::Actor;
use crate::jobs::{Phase, Watch};
use crate::project::{BatchLead, BatchState, LeadReader, Project};
use crate::server::{ServerClient, ServerError, ServerLead};
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

/// What matters of a lead after its import, as computed here or as the server says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct HeldLead {
    /// End of protection.
    pub protection_until: Option<Instant>,
    /// Next progress due.
    pub progress_deadline: Option<Instant>,
    /// Whether it is protected.
    pub protection_status: Option<ProtectionStatus>,
    /// Entries of the activity history.
    pub activities: u32,
}

impl HeldLead {
    fn of_server(lead: &ServerLead) -> Self {
        HeldLead {
            protection_until: lead.protection_until,
            progress_deadline: lead.progress_deadline,
            protection_status: lead.protection_status,
            activities: u32::try_from(lead.activities.len()).unwrap_or(u32::MAX),
        }
    }

    /// The fields in which `found` differs, each with the two texts.
    fn differences(&self, found: &HeldLead) -> Vec<(&'static str, String, String)> {
        let time = |at: Option<Instant>| at.map_or_else(String::new, |at| at.to_string());
        let status = |held: &HeldLead| {
            held.protection_status
                .map_or_else(String::new, |status| format!("{status:?}"))
        };
        let mut pairs = vec![(
            "activities",
            self.activities.to_string(),
            found.activities.to_string(),
        )];
        // A target without protection has none to compare.
        if self.protection_until.is_some() {
            pairs.extend([
                (
                    "protectionUntil",
                    time(self.protection_until),
                    time(found.protection_until),
                ),
                (
                    "progressDeadline",
                    time(self.progress_deadline),
                    time(found.progress_deadline),
                ),
                ("protectionStatus", status(self), status(found)),
            ]);
        }
        pairs.retain(|(_, expected, found)| expected != found);
        pairs
    }
}

/// A lead here beside the same lead in the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct LeadComparison {
    /// The row.
    pub row: u32,
    /// As computed here; `None` where the row is not there any more.
    pub expected: Option<HeldLead>,
    /// As the server says; `None` where it does not have the lead, or does not let it be read.
    pub found: Option<HeldLead>,
    /// Names of what differs, as in [`LeadMismatch::field`].
    pub differing: Vec<String>,
}

/// A verification as it is kept in the project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct KeptVerification {
    /// When the server was asked.
    pub at: Instant,
    /// What it said; of long lists only the beginning.
    pub verification: Verification,
    /// All differences, also those that are not kept.
    pub mismatches: u32,
}

/// Differences and audit entries that are kept of a verification.
const KEPT: usize = 100;

/// Keeps a verification in the project, so that it can be shown without asking the server again.
pub fn keep_verification(
    project: &Project,
    actor: &Actor,
    push_id: i64,
    verification: &Verification,
    at: Instant,
) -> Result<KeptVerification, PushError> {
    let mut kept = KeptVerification {
        at,
        mismatches: u32::try_from(verification.mismatches.len()).unwrap_or(u32::MAX),
        verification: verification.clone(),
    };
    kept.verification.mismatches.truncate(KEPT);
    kept.verification.audit_entries.truncate(KEPT);
    let text = serde_json::to_string(&kept).expect("a verification is plain data");
    project.put_setting(actor, &verification_setting(push_id), &text)?;
    Ok(kept)
}

/// The verification that was kept last; `None` where there was none.
pub fn kept_verification(project: &Project, push_id: i64) -> Result<Option<KeptVerification>, PushError> {
    let text = project.setting(&verification_setting(push_id))?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

fn verification_setting(push_id: i64) -> String {
    format!("verification:{push_id}")
}

/// Counts the outcomes of a push and reads up to `most` imported leads back, one by one, which takes its time where there
/// are many.
pub fn verify_push(
    project: &Project,
    client: &ServerClient,
    push_id: i64,
    most: u64,
    now: Instant,
    watch: &Watch<'_>,
) -> Result<Verification, PushError> {
    runtime()?.block_on(verify(project, client, push_id, most, now, watch))
}

/// Puts leads of a push beside what the server has of them.
pub fn compare_leads(
    project: &Project,
    client: &ServerClient,
    leads: &[BatchLead],
    now: Instant,
) -> Result<Vec<LeadComparison>, PushError> {
    let comparer = Comparer::new(project, client, now)?;
    runtime()?.block_on(async {
        let mut compared = Vec::with_capacity(leads.len());
        for lead in leads {
            if let Some(lead_id) = lead.lead_id {
                compared.push(comparer.compare(lead.row, lead_id).await?);
            }
        }
        Ok(compared)
    })
}

fn runtime() -> Result<tokio::runtime::Runtime, ServerError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| ServerError::Settings {
            reason: error.to_string(),
        })
}

struct Comparer<'a> {
    reader: LeadReader<'a>,
    target: &'a Target,
    client: &'a ServerClient,
    now: Instant,
}

impl<'a> Comparer<'a> {
    fn new(project: &'a Project, client: &'a ServerClient, now: Instant) -> Result<Self, PushError> {
        let reader = project
            .lead_reader(check_settings(project, now)?)
            .map_err(WorkflowError::from)?;
        Ok(Comparer {
            reader,
            target: project.target(),
            client,
            now,
        })
    }

    async fn compare(&self, row: u32, lead_id: i64) -> Result<LeadComparison, PushError> {
        let found = self.client.lead(lead_id).await?;
        let expected = self.reader.lead(row)?.map(|(lead, _)| {
            let protection = Protection::of_lead(self.target, &lead, self.now);
            HeldLead {
                protection_until: protection.map(|protection| protection.until),
                progress_deadline: protection.map(|protection| protection.progress_deadline),
                protection_status: protection.map(|protection| protection.status),
                activities: u32::try_from(lead.activities.len()).unwrap_or(u32::MAX),
            }
        });
        let found = found.as_ref().map(HeldLead::of_server);
        let differing = match (&expected, &found) {
            (Some(expected), Some(found)) => expected
                .differences(found)
                .into_iter()
                .map(|(field, ..)| field.to_string())
                .collect(),
            _ => Vec::new(),
        };
        Ok(LeadComparison {
            row,
            expected,
            found,
            differing,
        })
    }
}

async fn verify(
    project: &Project,
    client: &ServerClient,
    push_id: i64,
    most: u64,
    now: Instant,
    watch: &Watch<'_>,
) -> Result<Verification, PushError> {
    let push = project.push(push_id)?;
    let mut verification = Verification {
        readable: true,
        ..Verification::default()
    };
    let comparer = Comparer::new(project, client, now)?;
    let batches = project.batches(push_id)?;
    let total: u64 = batches.iter().map(|batch| u64::from(batch.lead_count)).sum();
    for batch in batches {
        for lead in project.batch_leads(batch.id)? {
            if watch.is_cancelled() {
                return Err(WorkflowError::Cancelled.into());
            }
            verification.sent += 1;
            watch.report(Phase::Comparing, verification.sent, total);
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
            let compared = comparer.compare(lead.row, lead_id).await?;
            let differences = match (&compared.expected, &compared.found) {
                (_, None) if verification.compared == 0 => {
                    verification.readable = false;
                    continue;
                }
                (_, None) => vec![("missing", "1".into(), "0".into())],
                (Some(expected), Some(found)) => expected.differences(found),
                (None, Some(_)) => Vec::new(),
            };
            verification.compared += u64::from(compared.found.is_some());
            for (field, expected, found) in differences {
                verification.mismatches.push(LeadMismatch {
                    external_id: lead.external_id.0.clone(),
                    lead_id,
                    field: field.to_string(),
                    expected,
                    found,
                });
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
