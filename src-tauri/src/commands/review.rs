//! Check and correction: findings, details, fixes, rejected rows, history.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lotse_engine::jobs::JobKind;
use lotse_engine::project::DecisionKind;
use lotse_engine::workflows::{self, CheckSummary, FixPreview, WorkflowError};
use tauri::State;

use crate::Desk;
use crate::border::{CorrectedFile, EditOutcome, Failure, HistoryPage, ReviewOverview, RowDetail, View};

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

/// Findings by code, rows by state, sources, and how many rows are not checked.
#[tauri::command]
pub(crate) async fn review_overview(desk: State<'_, Desk>) -> Result<ReviewOverview, Failure> {
    desk.in_project(crate::session::Session::review_overview).await
}

/// Everything about one row.
#[tauri::command]
pub(crate) async fn review_row(desk: State<'_, Desk>, row: u32) -> Result<RowDetail, Failure> {
    desk.in_project(move |session| session.row_detail(row)).await
}

/// The place of a row in a view as it was last asked for; nothing where the view does not have it.
#[tauri::command]
pub(crate) async fn review_place(
    desk: State<'_, Desk>,
    view: View,
    row: u32,
) -> Result<Option<u32>, Failure> {
    desk.in_project(move |session| session.place_in(&view, row)).await
}

/// What the corrections of a finding would do.
#[tauri::command]
pub(crate) async fn review_fix_preview(desk: State<'_, Desk>, code: String) -> Result<FixPreview, Failure> {
    desk.in_project(move |session| workflows::preview_fix(&session.project, &code))
        .await
}

/// Applies the correction of a finding to one row, or to every row that has one.
#[tauri::command]
pub(crate) async fn review_apply_fix(
    desk: State<'_, Desk>,
    code: String,
    row: Option<u32>,
) -> Result<EditOutcome, Failure> {
    desk.run(move |desk| desk.session()?.apply_fix(&code, row)).await
}

/// Gives a field, or the list of activities, back what the source says.
#[tauri::command]
pub(crate) async fn review_restore(
    desk: State<'_, Desk>,
    row: u32,
    field: String,
) -> Result<EditOutcome, Failure> {
    desk.run(move |desk| desk.session()?.restore_field(row, field))
        .await
}

/// Writes the activities of a row anew: for each its texts by field.
#[tauri::command]
pub(crate) async fn review_activities(
    desk: State<'_, Desk>,
    row: u32,
    list: Vec<BTreeMap<String, String>>,
) -> Result<EditOutcome, Failure> {
    desk.run(move |desk| desk.session()?.put_activities(row, &list))
        .await
}

/// Decides about rows; without a kind, decisions are taken back.
#[tauri::command]
pub(crate) async fn review_decide(
    desk: State<'_, Desk>,
    rows: Vec<u32>,
    kind: Option<DecisionKind>,
) -> Result<EditOutcome, Failure> {
    desk.run(move |desk| desk.session()?.decide(&rows, kind)).await
}

/// Changes from the newest on.
#[tauri::command]
pub(crate) async fn review_history(
    desk: State<'_, Desk>,
    offset: u32,
    limit: u32,
) -> Result<HistoryPage, Failure> {
    desk.in_project(move |session| session.history_page(offset, limit))
        .await
}

/// Undoes or redoes until this change is the last one that holds; 0 is the beginning.
#[tauri::command]
pub(crate) async fn review_go_to_change(desk: State<'_, Desk>, change: i64) -> Result<EditOutcome, Failure> {
    desk.run(move |desk| desk.session()?.go_to_change(change)).await
}

/// Writes the rows that cannot go into a workbook, or a CSV file by its ending; returns how many.
#[tauri::command]
pub(crate) async fn write_rejected(desk: State<'_, Desk>, path: PathBuf) -> Result<u32, Failure> {
    desk.in_project(move |session| session.write_rejected(&path))
        .await
}

/// What taking a corrected file back would change; nothing where it is no such file.
#[tauri::command]
pub(crate) async fn preview_corrected(
    desk: State<'_, Desk>,
    path: PathBuf,
) -> Result<Option<CorrectedFile>, Failure> {
    desk.in_project(move |session| session.preview_corrected(&path))
        .await
}

/// Takes over what the preview has shown.
#[tauri::command]
pub(crate) async fn apply_corrected(
    desk: State<'_, Desk>,
    corrected: CorrectedFile,
) -> Result<EditOutcome, Failure> {
    desk.run(move |desk| desk.session()?.apply_corrected(&corrected))
        .await
}
