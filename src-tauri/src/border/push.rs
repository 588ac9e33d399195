//! The push as its screen shows it.

use lotse_core::migration::Mode;
use lotse_engine::project::{LeadFate, Push, PushCounts, ServerDouble};
use lotse_engine::workflows::push::{KeptVerification, PushProgress, Readiness};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Failure;

/// What a person wants pushed, and how.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PushRequest {
    /// Name of the connection.
    pub connection: String,
    /// Dry-run or production.
    pub mode: Mode,
    /// The server leaves out leads with errors and imports the others; else the first error rolls a batch back.
    pub skip_on_error: bool,
    /// The server leaves out certain duplicates.
    pub skip_duplicates: bool,
    /// Leads per batch; the connection's where it is `None`.
    pub batch_size: Option<u32>,
}

/// What a push is doing at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum PushStage {
    /// Batches are written down; nothing has left.
    Planning,
    /// Batches are on their way.
    Sending,
    /// A person has stopped it, and it is about to stand still.
    Stopping,
    /// It stands still.
    Ended,
}

/// The push that this window runs or ran last: always the whole picture.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PushRun {
    /// The push; `None` while it is planned.
    #[ts(type = "number | null")]
    pub push_id: Option<i64>,
    /// Dry-run or production.
    pub mode: Mode,
    /// Name of the connection.
    pub connection: String,
    /// What it is doing.
    pub stage: PushStage,
    /// How far it is; `None` before the first batch.
    pub progress: Option<PushProgress>,
    /// Estimated from the rate so far.
    pub seconds_left: Option<f64>,
    /// Why it stands still, where a person has not stopped it.
    pub failure: Option<Failure>,
}

/// A connection that fits the project's target.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PushConnection {
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub base_url: String,
    /// Leads per batch, where the connection says so.
    pub batch_size: Option<u32>,
}

/// A push of this project with what became of it.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PushRecord {
    /// The push.
    pub push: Push,
    /// Leads and batches.
    pub counts: PushCounts,
    /// True when every lead has exactly one outcome.
    pub balanced: bool,
    /// True while this window runs it; one that is `running` without that was interrupted.
    pub runs: bool,
    /// What the server said when it was asked last.
    pub verification: Option<KeptVerification>,
}

/// All that the screen needs at once.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PushOverview {
    /// Id of the project's target.
    pub target: String,
    /// Connections that lead to it.
    pub connections: Vec<PushConnection>,
    /// The one that is looked at; `None` where there is none.
    pub connection: Option<String>,
    /// How far the approved rows are on their way to its server.
    pub readiness: Option<Readiness>,
    /// Leads per batch that the target allows.
    pub largest_batch: u32,
    /// All pushes of the project, the newest first.
    pub pushes: Vec<PushRecord>,
    /// What this window runs, or ran last.
    pub run: Option<PushRun>,
}

/// A lead of a push.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PushedLead {
    /// The row.
    pub row: u32,
    /// Its number in the spreadsheet.
    pub number: u32,
    /// Its identity.
    pub external_id: String,
    /// What people call it: the company, in targets that have one.
    pub name: String,
    /// What became of it.
    pub fate: LeadFate,
    /// The server's id.
    #[ts(type = "number | null")]
    pub lead_id: Option<i64>,
    /// What the server has against it.
    pub error: Option<String>,
}

/// Some leads of a push.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PushedLeads {
    /// How many there are of this kind.
    pub total: u32,
    /// Those that were asked for.
    pub leads: Vec<PushedLead>,
}

/// Some leads of a push that the server takes for ones it has.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PushedDoubles {
    /// How many there are.
    pub total: u32,
    /// Those that were asked for.
    pub doubles: Vec<ServerDouble>,
}

/// Which leads of which push.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LeadsWanted {
    /// The push.
    #[ts(type = "number")]
    pub push_id: i64,
    /// What became of them; all where it is `None`.
    pub fate: Option<LeadFate>,
    /// The first of them.
    pub offset: u32,
    /// At most so many.
    pub limit: u32,
}
