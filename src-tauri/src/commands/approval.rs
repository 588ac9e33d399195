//! Approval: what would go, what stays and why.

use lotse_engine::project::Approval;
use lotse_engine::workflows::{WorkflowError, approve_ready};
use tauri::State;

use crate::Desk;
use crate::border::{ApprovalOverview, Failure};

/// What an approval now would let go, what stays, and the approvals so far.
#[tauri::command]
pub(crate) async fn approval_overview(desk: State<'_, Desk>) -> Result<ApprovalOverview, Failure> {
    desk.in_project(|session| {
        let approvals = session.project.standing_approvals()?;
        Ok::<_, WorkflowError>(ApprovalOverview {
            preview: session.project.approval_preview(),
            person: session.actor().name.clone(),
            // Nothing has taken rows over from the newest one: what it lost, it lost by changes.
            lost: approvals.first().map_or(0, |newest| newest.lapsed),
            approvals,
        })
    })
    .await
}

/// Approves every row that is ready, in the name of the person in front of the window.
#[tauri::command]
pub(crate) async fn approve_rows(desk: State<'_, Desk>) -> Result<Approval, Failure> {
    desk.in_project(|session| approve_ready(&session.project, session.actor(), session.now()))
        .await
}
