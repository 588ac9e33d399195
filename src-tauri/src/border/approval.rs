//! Approval: what would go, what stays, and what was approved.

use lotse_engine::project::{ApprovalPreview, StandingApproval};
use serde::Serialize;
use ts_rs::TS;

/// The screen of approval.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ApprovalOverview {
    /// What an approval now would let go, and what stays.
    pub preview: ApprovalPreview,
    /// In whose name it would be.
    pub person: String,
    /// Approved rows that lost their approval by a later change and are ready again or not.
    pub lost: u32,
    /// All approvals, the newest first.
    pub approvals: Vec<StandingApproval>,
}
