//! The audit log.

use std::path::PathBuf;

use lotse_engine::jobs::JobKind;
use lotse_engine::project::AuditVerdict;
use lotse_engine::workflows::{self, AuditFilter, AuditWindow, export_audit_lines, export_audit_report};
use tauri::State;

use crate::Desk;
use crate::border::Failure;

/// The entries `offset .. offset + limit` of a filter, the newest first.
#[tauri::command]
pub(crate) async fn audit_window(
    desk: State<'_, Desk>,
    filter: AuditFilter,
    offset: u32,
    limit: u32,
) -> Result<AuditWindow, Failure> {
    desk.in_project(move |session| {
        workflows::audit_window(
            &session.project,
            &filter,
            session.language(),
            offset.into(),
            limit.into(),
        )
    })
    .await
}

/// Recomputes the chain from its beginning.
#[tauri::command]
pub(crate) async fn verify_audit(desk: State<'_, Desk>) -> Result<AuditVerdict, Failure> {
    desk.in_project(|session| session.project.verify_audit()).await
}

/// Writes the log to a file: a page to read where its name ends so, JSON Lines otherwise. Gives the entries written.
#[tauri::command]
pub(crate) async fn export_audit(desk: State<'_, Desk>, path: PathBuf) -> Result<u32, Failure> {
    desk.in_project(move |session| {
        let is_page = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("html") || ending.eq_ignore_ascii_case("htm"));
        session
            .job(JobKind::Write, "", |_| {
                if is_page {
                    export_audit_report(&session.project, &path, session.language())
                } else {
                    export_audit_lines(&session.project, &path)
                }
            })
            .map(|entries| u32::try_from(entries).unwrap_or(u32::MAX))
    })
    .await
}
