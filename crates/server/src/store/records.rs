use std::collections::BTreeSet;

use lotse_core::protection::Protection;
use lotse_core::values::Instant;

use crate::access::Role;
use crate::migration::facts::LeadFacts;

/// Somebody who can own leads, and to whom keys and tokens can belong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The id that leads name as their owner.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// Since when the user is no longer active.
    pub deactivated_at: Option<Instant>,
}

/// What the server knows of a key: everything but the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The number by which it is deactivated.
    pub id: i64,
    /// Whose it is.
    pub user_id: String,
    /// What it entitles to.
    pub roles: BTreeSet<Role>,
    /// When it was made.
    pub created_at: Instant,
    /// From when on it is worth nothing.
    pub expires_at: Option<Instant>,
    /// When it was deactivated.
    pub deactivated_at: Option<Instant>,
}

/// A lead that is to be stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewLead<'a> {
    pub(crate) facts: &'a LeadFacts,
    pub(crate) origin: &'a Origin,
    pub(crate) content_hash: &'a str,
    pub(crate) protection: &'a Protection,
}

/// Where a stored lead is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The user who imported it.
    pub(crate) client_id: String,
    /// The source that the import named.
    pub(crate) source: String,
    /// The import.
    pub(crate) import_id: String,
    /// When.
    pub(crate) at: Instant,
}

/// A lead in the database.
#[derive(Clone, Debug)]
pub(crate) struct StoredLead {
    pub(crate) id: i64,
    pub(crate) facts: LeadFacts,
    pub(crate) origin: Origin,
    pub(crate) content_hash: String,
    pub(crate) protection_until: Instant,
    pub(crate) progress_deadline: Instant,
    /// The entry of the audit log that says how it came in.
    pub(crate) audit_event: Option<i64>,
}

/// A lead's latest dry-run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DryRunPass {
    /// Whether the lead was valid in it.
    pub(crate) valid: bool,
}

/// The answer to a request that carried an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeptAnswer {
    /// SHA-256 of the request's body, in hexadecimal.
    pub(crate) body_hash: String,
    /// The answer's body, as it was sent.
    pub(crate) body: Vec<u8>,
}

/// An event that is to be logged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewAuditEvent<'a> {
    pub(crate) event_type: &'static str,
    pub(crate) at: Instant,
    pub(crate) user_id: &'a str,
    pub(crate) user_role: Role,
    pub(crate) import_id: &'a str,
    pub(crate) lead_id: Option<i64>,
    pub(crate) ip_address: &'a str,
    /// JSON.
    pub(crate) data: &'a str,
}

/// An entry of the audit log.
#[derive(Clone, Debug)]
pub(crate) struct AuditEvent {
    pub(crate) id: i64,
    pub(crate) event_type: String,
    pub(crate) at: Instant,
    pub(crate) user_id: String,
    pub(crate) user_role: String,
    pub(crate) import_id: String,
    pub(crate) lead_id: Option<i64>,
    pub(crate) ip_address: String,
    /// JSON.
    pub(crate) data: String,
}

/// A request and how it was answered; neither bodies nor headers, which hold personal data and secrets.
#[derive(Clone, Debug)]
pub(crate) struct RequestLogEntry {
    pub(crate) request_id: String,
    pub(crate) at: Instant,
    pub(crate) user_id: Option<String>,
    pub(crate) ip_address: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status: u16,
    /// The code of the error that was answered.
    pub(crate) error_code: Option<&'static str>,
    pub(crate) request_bytes: u64,
    pub(crate) duration_ms: u64,
}
