//! Check and correction: findings, details, fixes, rejected rows, history.

use lotse_engine::jobs::JobKind;
use lotse_engine::workflows::{self, CheckSummary, WorkflowError};
use tauri::State;

use crate::Desk;
use crate::border::Failure;

/// Reads and checks every row, then compares them all: two jobs, one after the other.
#[tauri::command]
pub(crate) async fn check_project(desk: State<'_, Desk>) -> Result<CheckSummary, Failure> {
    desk.in_project(|session| {
        let project = &session.project;
        let settings = workflows::check_settings(project, session.now())?;
        let summary = session.job(JobKind::Check, "", |watch| {
            workflows::check_all(project, &settings, watch)
        })?;
        session.job(JobKind::Duplicates, "", |watch| {
            workflows::compare_all(project, session.actor(), watch)
        })?;
        Ok::<_, WorkflowError>(summary)
    })
    .await
}
