//! Mailboxes, their mails and what was read in them.

use lotse_engine::credentials::Kept;
use lotse_engine::mailbox::{ConnectionReport, MailRow, MailView, MailboxSettings, ReadingCounts, Title};
use lotse_engine::workflows::LoadedMails;
use serde::Serialize;
use ts_rs::TS;

use super::AppInfo;

/// A mailbox that is connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MailboxEntry {
    /// Name of the connection.
    pub name: String,
    /// How it is reached; never with the secret.
    pub settings: MailboxSettings,
}

/// What lies in the store of a mailbox, and what its leads can be given on their way into a project.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MailboxOverview {
    /// Mails by what was made of them.
    pub counts: ReadingCounts,
    /// Mails that the server has and that could not be fetched.
    pub unfetched: u32,
    /// When the store was written last, RFC 3339 in UTC; absent before the first fetch.
    pub written_at: Option<String>,
    /// The rules by which mails are read.
    pub rules: Vec<MailRule>,
    /// The territories that the target knows; empty where it has none.
    pub territories: Vec<TerritoryChoice>,
    /// Whether the target wants an owner.
    pub has_owner: bool,
}

/// A rule by which mails are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MailRule {
    /// As results name it.
    pub id: String,
    /// What people call it.
    pub title: Title,
}

/// A territory that leads without one can be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TerritoryChoice {
    /// The value as sent.
    pub value: String,
    /// Its name in the language of the window.
    pub label: String,
}

/// A mailbox that was tried and is connected from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConnectedMailbox {
    /// What the try found.
    pub report: ConnectionReport,
    /// Where the secret is kept.
    pub kept: Kept,
}

/// A stretch of the list of mails, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MailList {
    /// Mails that the query matches in all.
    pub total: u32,
    /// This stretch of them.
    pub lines: Vec<MailLine>,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MailLine {
    /// The mail.
    pub row: MailRow,
    /// Whether its leads are in the open project.
    pub taken: bool,
}

/// A mail beside what was made of it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ShownMail {
    /// Texts, result and places.
    pub view: MailView,
    /// Why it could not be read, in the language of the window.
    pub problem: Option<String>,
}

/// Leads that went from mails into a project.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TakenMails {
    /// What went in.
    pub loaded: LoadedMails,
    /// The window with its project, which may be a new one.
    pub app: AppInfo,
}
