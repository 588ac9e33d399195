//! The contract of the migration API, as both sides speak it: `POST {base}/api/admin/migration/leads/import`.
//!
//! The client sends what these types write and accepts what they read, which is a little more: other servers leave
//! out what the reference server adds, and call match reasons by longer names.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::duplicates::Reason;
use crate::lead::ExternalId;
use crate::values::Instant;

/// Name of the header that carries the idempotency key of a batch.
pub const IDEMPOTENCY_HEADER: &str = "Idempotency-Key";

/// Dry-run or production: one code path with a named switch, on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Everything is checked, nothing is imported.
    DryRun,
    /// The leads are imported.
    Production,
}

impl Mode {
    /// The mode that the request's `dryRun` asks for.
    pub fn of(dry_run: bool) -> Self {
        if dry_run { Self::DryRun } else { Self::Production }
    }

    /// The name in answers, ledgers and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DryRun => "dry_run",
            Self::Production => "production",
        }
    }
}

/// A request: up to 1000 leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportRequest {
    /// Where the leads are from, for the audit log (`excel-export-2024`).
    pub source: String,
    /// Check only.
    pub dry_run: bool,
    /// Leave out leads with errors and import the others; else the first error rolls the batch back.
    #[serde(default = "yes")]
    pub skip_on_error: bool,
    /// Leave out hard duplicates.
    #[serde(default = "yes")]
    pub skip_duplicates: bool,
    /// The leads in request form.
    pub leads: Vec<Json>,
}

fn yes() -> bool {
    true
}

/// Why two leads are taken for the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum MatchReason {
    /// The server already holds a lead with this external id from this client and source.
    ExternalId,
    /// The same e-mail address after normalisation.
    #[serde(alias = "email_exact_match", alias = "email")]
    EmailExact,
    /// The same phone number in E.164.
    #[serde(alias = "phone_normalized_match", alias = "phone_match", alias = "phone")]
    PhoneNormalized,
    /// A similar company in the same city.
    #[serde(
        alias = "company_fuzzy_match",
        alias = "company_city_fuzzy",
        alias = "fuzzy_match",
        alias = "company"
    )]
    CompanyFuzzy,
}

impl MatchReason {
    /// The name in answers and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ExternalId => "external_id",
            Self::EmailExact => "email_exact",
            Self::PhoneNormalized => "phone_normalized",
            Self::CompanyFuzzy => "company_fuzzy",
        }
    }
}

impl From<Reason> for MatchReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::EmailExact => Self::EmailExact,
            Reason::PhoneNormalized => Self::PhoneNormalized,
            Reason::CompanyFuzzy => Self::CompanyFuzzy,
        }
    }
}

/// What to do with a duplicate when nobody decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Recommendation {
    /// Certain (score 0.95 and above): skipped by default.
    SkipOrMerge,
    /// Likely: imported by default, with a warning in the audit log.
    ReviewManually,
}

impl Recommendation {
    /// The recommendation for a score.
    pub fn of_score(score: f64) -> Self {
        if score >= 0.95 {
            Self::SkipOrMerge
        } else {
            Self::ReviewManually
        }
    }
}

/// An error in one field of one lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ValidationError {
    /// The lead.
    pub external_id: ExternalId,
    /// Path of the field in the request.
    pub field: String,
    /// The sentence.
    pub error: String,
    /// The stable code; only our reference server and the local report give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<String>,
}

/// A lead that the server takes for one it knows, or for another one of the request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct DuplicateWarning {
    /// The lead of the request.
    #[serde(rename = "externalId")]
    pub external_id: ExternalId,
    /// The server's lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub matched_lead_id: Option<i64>,
    /// The other lead of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub matched_external_id: Option<ExternalId>,
    /// 0.75 to 1.
    pub match_score: f64,
    /// Why.
    pub match_reason: MatchReason,
    /// What to do.
    pub recommendation: Recommendation,
}

/// A lead that passed the dry-run, with what the server computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ValidLead {
    /// The lead.
    pub external_id: ExternalId,
    /// Its company.
    #[serde(default)]
    pub company_name: String,
    /// End of protection.
    pub protection_until: Instant,
    /// Next progress due.
    pub progress_deadline: Instant,
}

/// Counts of a dry-run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[allow(missing_docs, reason = "the names say it")]
pub struct DryRunSummary {
    #[ts(type = "number")]
    pub total_leads: u64,
    #[ts(type = "number")]
    pub valid_leads: u64,
    #[ts(type = "number")]
    pub invalid_leads: u64,
    #[ts(type = "number")]
    pub duplicate_warnings: u64,
}

/// The answer to a dry-run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DryRunResponse {
    /// The server's id of this dry-run.
    #[serde(rename = "importId")]
    pub import_id: String,
    /// Always dry-run.
    pub mode: Mode,
    /// When.
    pub timestamp: Instant,
    /// Counts.
    pub summary: DryRunSummary,
    /// What is wrong.
    #[serde(default)]
    pub validation_errors: Vec<ValidationError>,
    /// What is double.
    #[serde(default)]
    pub duplicate_warnings: Vec<DuplicateWarning>,
    /// Some of the valid leads.
    #[serde(default)]
    pub valid_leads_sample: Vec<ValidLead>,
}

/// Counts of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[allow(missing_docs, reason = "the names say it")]
pub struct ImportSummary {
    #[ts(type = "number")]
    pub total_leads: u64,
    #[ts(type = "number")]
    pub imported_leads: u64,
    #[ts(type = "number")]
    pub failed_leads: u64,
    #[ts(type = "number")]
    pub skipped_duplicates: u64,
}

/// What became of one lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum LeadOutcome {
    /// It is in the server now.
    Imported,
    /// It was left out as a duplicate.
    SkippedDuplicate,
    /// It was left out for an error.
    Failed,
}

impl LeadOutcome {
    /// The name in answers and ledgers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::SkippedDuplicate => "skipped_duplicate",
            Self::Failed => "failed",
        }
    }
}

/// What became of one lead, with the server's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct LeadResult {
    /// The lead.
    #[serde(rename = "externalId")]
    pub external_id: ExternalId,
    /// The outcome.
    pub status: LeadOutcome,
    /// The server's id: of the new lead, or of the known one it doubles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub lead_id: Option<i64>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<String>,
}

/// The answer to an import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportResponse {
    /// The server's id of this import.
    #[serde(rename = "importId")]
    pub import_id: String,
    /// Always production.
    pub mode: Mode,
    /// When.
    pub timestamp: Instant,
    /// Counts.
    pub summary: ImportSummary,
    /// Ids of the new leads.
    #[serde(default)]
    pub imported_lead_ids: Vec<i64>,
    /// Id of the entry in the server's audit log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit_log_id: Option<String>,
    /// Lead by lead; other servers may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results: Option<Vec<LeadResult>>,
}

/// Every error of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// `Invalid`, `Unauthorized`, `Forbidden`, `NotFound`, `Conflict`, `TooManyRequests`, `Error`.
    pub status: String,
    /// The sentence.
    pub message: String,
    /// A stable code for programs, where one exists (`dry_run_required`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_of_the_contract_is_read() {
        let text = r#"{
            "importId": "uuid-1234-5678", "mode": "dry_run", "timestamp": "2025-10-12T14:30:00Z",
            "summary": {"total_leads": 150, "valid_leads": 145, "invalid_leads": 5, "duplicate_warnings": 3},
            "validation_errors": [
                {"externalId": "EXCEL-ROW-42", "field": "contact.email", "error": "Invalid email format: 'max.mustermann@'"}
            ],
            "duplicate_warnings": [{
                "externalId": "EXCEL-ROW-15", "matched_lead_id": 12345, "match_score": 0.95,
                "match_reason": "email_exact_match", "recommendation": "skip_or_merge"
            }],
            "valid_leads_sample": [{
                "externalId": "EXCEL-ROW-1", "companyName": "Restaurant Musterküche",
                "protectionUntil": "2025-01-15T10:00:00Z", "progressDeadline": "2024-09-19T14:00:00Z"
            }]
        }"#;
        let answer: DryRunResponse = serde_json::from_str(text).unwrap();
        assert_eq!(answer.duplicate_warnings[0].match_reason, MatchReason::EmailExact);
        assert_eq!(answer.duplicate_warnings[0].matched_lead_id, Some(12345));
        let text = r#"{
            "importId": "uuid-1234-5678", "mode": "production", "timestamp": "2025-10-12T14:35:00Z",
            "summary": {"total_leads": 145, "imported_leads": 145, "failed_leads": 0, "skipped_duplicates": 0},
            "imported_lead_ids": [12346, 12347], "audit_log_id": "audit-9876"
        }"#;
        let answer: ImportResponse = serde_json::from_str(text).unwrap();
        assert_eq!(answer.results, None);
    }

    #[test]
    fn a_request_without_switches_skips_errors_and_duplicates() {
        let request: ImportRequest =
            serde_json::from_str(r#"{"source":"x","dryRun":true,"leads":[]}"#).unwrap();
        assert!(request.skip_on_error && request.skip_duplicates);
    }
}
