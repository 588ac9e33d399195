//! The window as a whole: the project, the steps, errors.

use lotse_core::language::Language;
use serde::Serialize;
use ts_rs::TS;

/// What the window needs to draw its first picture.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AppInfo {
    /// The version of Lotse, as in `CHANGELOG.md`.
    pub version: String,
    /// The language of the system, or the one chosen last.
    pub language: Language,
    /// The project that is open, if any.
    pub project: Option<ProjectInfo>,
    /// What the rail shows; empty without a project.
    pub steps: Vec<StepOverview>,
    /// Projects that were open lately, the last one first.
    pub recent: Vec<RecentProject>,
    /// The address of the practice server while it runs.
    pub practice: Option<String>,
    /// The name under which the person approves and decides.
    pub person: String,
}

/// A project that was open lately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RecentProject {
    /// As a person reads it.
    pub name: String,
    /// Where the file is.
    pub path: String,
    /// When it was open, RFC 3339 in UTC.
    pub opened_at: String,
}

/// What the program was started for. It is given once: a reloaded window does not do it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StartRequest {
    /// Files and projects to open.
    pub paths: Vec<String>,
    /// The example project is to be opened, and the practice server to be started.
    pub demo: bool,
}

/// The project that is open.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProjectInfo {
    /// As a person reads it, without the ending of the file.
    pub name: String,
    /// Where the file is; empty for a table that has none.
    pub path: String,
    /// The zone in which dates without one are read, such as `Europe/Berlin`.
    pub time_zone: String,
    /// When the last change reached the file, RFC 3339 in UTC.
    pub saved_at: Option<String>,
}

/// Where things lie on this machine, and what of the project can be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SettingsInfo {
    /// The folder of new projects.
    pub projects: String,
    /// The folder of mails, the example, the practice server.
    pub data: String,
    /// The folder of connections.
    pub config: String,
    /// The project's name cannot be changed: a server knows its leads under it.
    pub name_is_fixed: bool,
}

/// An error on its way to the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Failure {
    /// What the window acts on; never shown.
    pub kind: FailureKind,
    /// What happened, where, and what to do: one sentence in the chosen language.
    pub message: String,
    /// What helps somebody who is asked for help: causes, codes, places. May be empty.
    pub details: String,
}

/// A kind exists only where the window acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FailureKind {
    /// There is no project: the window goes to the start screen.
    NoProject,
    /// The view or the cell that was asked for is not there any more: the window asks for the shape again.
    Stale,
    /// A person stopped it: nothing is shown.
    Cancelled,
    /// The secret of a connection is not known, or the server does not accept it: the window asks for it.
    SecretNeeded,
    /// Anything else: the message is shown.
    Other,
}

/// One of the steps in the order of the work, or one of the three places apart from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
#[expect(missing_docs, reason = "the steps are named as in the window")]
pub enum Step {
    Sources,
    Mapping,
    Check,
    Duplicates,
    Approval,
    Push,
    Audit,
    Mailbox,
    Connections,
    Settings,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum StepState {
    /// Nothing has been done there.
    Open,
    /// Something is left to do.
    Started,
    /// Something there holds the way up.
    Blocked,
    /// Nothing is left to do.
    Done,
}

/// A step as the rail shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StepOverview {
    /// Which.
    pub step: Step,
    /// How far.
    pub state: StepState,
    /// What the rail counts there: sources, errors, groups, mails; `None` where counting says nothing.
    pub count: Option<u32>,
    /// Of how many, where the count is a part: mapped columns of all.
    pub of: Option<u32>,
}
