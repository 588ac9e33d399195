//! The border between the handlers and the database.
//!
//! Handlers know the traits and records of this module and no SQL; a database behind it knows neither HTTP nor the
//! rules of imports. All calls block: handlers make them through `App::with_store`, off the threads that serve
//! connections.

mod records;
pub(crate) mod sqlite;

use lotse_core::values::Instant;

use crate::access::{KeyHash, Role};

pub use records::{ApiKey, User};
pub(crate) use records::{
    AuditEvent, DryRunPass, KeptAnswer, NewAuditEvent, NewLead, Origin, RequestLogEntry, StoredLead,
};

/// Why the store could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum StoreProblem {
    /// Somebody else has locked the database for too long.
    #[error("The database is busy.")]
    Busy,
    /// A statement failed: the disk is full, the file is gone or damaged.
    #[error("The database could not {doing}: {reason}")]
    Failed {
        /// What it was doing.
        doing: &'static str,
        /// What the database says.
        reason: String,
    },
    /// A record holds what the server never writes.
    #[error("The database holds {what} that this server cannot have written.")]
    Damaged {
        /// Which value.
        what: &'static str,
    },
}

/// What came of asking the store.
pub(crate) type Result<T> = std::result::Result<T, StoreProblem>;

/// A database of the server.
pub(crate) trait Store: Send + Sync {
    /// Succeeds when the database answers.
    fn check(&self) -> Result<()>;

    /// Adds a user; false where there is one of that id already.
    fn add_user(&self, id: &str, name: &str, at: Instant) -> Result<bool>;
    /// Deactivates a user; false where there is none of that id. The first deactivation counts.
    fn deactivate_user(&self, id: &str, at: Instant) -> Result<bool>;
    /// The user of that id.
    fn user(&self, id: &str) -> Result<Option<User>>;
    /// All users, by id.
    fn users(&self) -> Result<Vec<User>>;

    /// Adds a key of the user `user_id`, who must exist, and returns its number.
    fn add_key(
        &self,
        user_id: &str,
        hash: &KeyHash,
        roles: &[Role],
        at: Instant,
        expires_at: Option<Instant>,
    ) -> Result<i64>;
    /// The key of that hash, and its user.
    fn key(&self, hash: &KeyHash) -> Result<Option<(ApiKey, User)>>;
    /// All keys, by number.
    fn keys(&self) -> Result<Vec<ApiKey>>;
    /// Deactivates a key; false where there is none of that number. The first deactivation counts.
    fn deactivate_key(&self, id: i64, at: Instant) -> Result<bool>;

    /// The lead of that id.
    fn lead(&self, id: i64) -> Result<Option<StoredLead>>;
    /// The leads with that external id (of all clients, and of all sources unless one is given), by id.
    fn leads_with_external_id(&self, external_id: &str, source: Option<&str>) -> Result<Vec<StoredLead>>;
    /// The entry of that number in the audit log.
    fn audit_event(&self, id: i64) -> Result<Option<AuditEvent>>;
    /// The answer that is kept for a client's idempotency key.
    fn kept_answer(&self, client_id: &str, key: &str) -> Result<Option<KeptAnswer>>;

    /// Begins the one transaction of an import; no other import runs until it is committed or dropped. Whoever holds it
    /// asks it and not the store: a database in memory has one connection only, and would wait for itself.
    fn begin_import(&self) -> Result<Box<dyn ImportTransaction + '_>>;

    /// Appends to the request log.
    fn append_request_log(&self, entries: &[RequestLogEntry]) -> Result<()>;
}

/// The transaction of an import. Dropping it without [`ImportTransaction::commit`] undoes everything.
pub(crate) trait ImportTransaction {
    /// The answer that is kept for a client's idempotency key.
    fn kept_answer(&mut self, client_id: &str, key: &str) -> Result<Option<KeptAnswer>>;
    /// The client's latest dry-run of a lead with this content hash after `since`.
    fn dry_run_pass(
        &mut self,
        client_id: &str,
        content_hash: &str,
        since: Instant,
    ) -> Result<Option<DryRunPass>>;
    /// The lead that this client has imported from this source under this external id.
    fn lead_known_as(&mut self, client_id: &str, source: &str, external_id: &str) -> Result<Option<i64>>;
    /// Calls `found` with every lead whose id is greater than `id`, ascending.
    fn leads_after(&mut self, id: i64, found: &mut dyn FnMut(i64, Comparable<'_>)) -> Result<()>;

    /// Notes that a client's lead was in a dry-run, and whether it was valid there; a later one replaces an earlier.
    fn note_dry_run(&mut self, client_id: &str, content_hash: &str, valid: bool, at: Instant) -> Result<()>;
    /// Forgets what was noted by [`ImportTransaction::note_dry_run`] before `before`.
    fn forget_dry_runs(&mut self, before: Instant) -> Result<()>;
    /// Adds a lead with its activities and returns its id.
    fn add_lead(&mut self, lead: &NewLead<'_>) -> Result<i64>;
    /// Appends to the audit log and returns the entry's number.
    fn append_audit(&mut self, event: &NewAuditEvent<'_>) -> Result<i64>;
    /// Keeps the answer for a client's idempotency key, for good.
    fn keep_answer(&mut self, client_id: &str, key: &str, answer: &KeptAnswer, at: Instant) -> Result<()>;

    /// Makes everything durable, at once.
    fn commit(self: Box<Self>) -> Result<()>;
}

/// What leads are compared by; empty texts for what a lead does not have.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Comparable<'a> {
    pub(crate) email: &'a str,
    pub(crate) phone: &'a str,
    pub(crate) company: &'a str,
    pub(crate) city: &'a str,
}
