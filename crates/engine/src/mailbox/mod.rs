//! Leads that arrive by mail: fetching, keeping and reading them.
//!
//! The way of a mail: [`sync()`] brings it from the IMAP server into the [`store`](MailStore), raw and untouched.
//!
//! What is deliberately absent: any command that changes a mailbox, any connection without verified TLS, any secret
//! in a setting, store, error or log. The IMAP library writes what it sends, the login included, to its trace log;
//! that level is compiled out of the whole program (see the `log` dependency).

mod connection;
mod error;
mod folder_names;
pub mod message;
mod parsed;
mod probe;
mod settings;
mod store;
mod sync;

pub use error::MailboxError;
pub use parsed::{LeadField, MailStatus, ParsedLead, ParsedMail, Provenance, ReadingProblem};
pub use probe::{ConnectionReport, FolderCount, MailFolder, list_folders, test_connection, wait_for_mail};
pub use settings::{INBOX, MailboxAuth, MailboxSettings, SettingsProblem, TransportSecurity};
pub use store::{MailId, MailPage, MailQuery, MailRow, MailStore, ReadingCounts, StoreError, StoredMail};
pub use sync::{FolderProblem, FolderSummary, SyncLimits, SyncProgress, SyncSummary, sync, sync_within};
