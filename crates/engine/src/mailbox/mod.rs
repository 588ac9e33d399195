//! Leads that arrive by mail: fetching, keeping and reading them.
//!
//! The way of a mail: [`sync()`] brings it from the IMAP server into the [store](MailStore), raw and untouched;
//! [`read_stored`] makes leads of it by the rules of a [`RuleBook`]; [`lead_table`] hands all leads on as rows like
//! those of a file; [`inspect`] shows one mail beside what was made of it.
//!
//! What is deliberately absent: any command that changes a mailbox, any connection without verified TLS, any secret
//! in a setting, store, error or log. The IMAP library writes what it sends, the login included, to its trace log;
//! that level is compiled out of the whole program (see the `log` dependency).

mod connection;
mod error;
mod folder_names;
mod inspector;
mod layout;
mod lead_table;
pub mod message;
mod parsed;
mod probe;
mod reading;
mod rules;
mod settings;
mod store;
mod stored;
mod sync;
mod values;
mod vocabulary;

pub use error::MailboxError;
pub use inspector::{MailAttachment, MailText, MailView, Mark, inspect, preview, view};
pub use lead_table::{LEAD_ID_COLUMN, LeadSelection, LeadTable, lead_table};
pub use parsed::{LeadField, MailStatus, ParsedLead, ParsedMail, Provenance, ReadingProblem};
pub use probe::{ConnectionReport, FolderCount, MailFolder, list_folders, test_connection, wait_for_mail};
pub use reading::{Circumstances, parse, parse_under};
pub use rules::{Rule, RuleBook, RuleError, RuleProblem, Title};
pub use settings::{INBOX, MailboxAuth, MailboxSettings, SettingsProblem, TransportSecurity};
pub use store::{MailId, MailPage, MailQuery, MailRow, MailStore, ReadingCounts, StoreError, StoredMail};
pub use stored::{ReadScope, ReadSummary, read_stored};
pub use sync::{FolderProblem, FolderSummary, SyncLimits, SyncProgress, SyncSummary, sync, sync_within};
