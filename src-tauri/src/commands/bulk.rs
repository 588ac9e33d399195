//! Many cells at once, and what follows from edits.

use lotse_core::clustering::ClusterMethod;
use lotse_engine::jobs::{JobKind, Watch};
use lotse_engine::project::DecisionKind;
use lotse_engine::workflows::{self, BulkPreview, ValueClusters};
use tauri::State;

use crate::Desk;
use crate::border::{BulkRequest, EditOutcome, Failure, Scope, View};

/// What a change of many cells would do.
#[tauri::command]
pub(crate) async fn bulk_preview(
    desk: State<'_, Desk>,
    request: BulkRequest,
) -> Result<BulkPreview, Failure> {
    desk.in_project(move |session| session.preview_bulk(request))
        .await
}

/// Changes many cells as one change; a job where they are many.
#[tauri::command]
pub(crate) async fn bulk_apply(desk: State<'_, Desk>, request: BulkRequest) -> Result<EditOutcome, Failure> {
    desk.run(move |desk| desk.session()?.apply_bulk(request)).await
}

/// Decides about many rows; without a kind, decisions are taken back.
#[tauri::command]
pub(crate) async fn bulk_decide(
    desk: State<'_, Desk>,
    scope: Scope,
    kind: Option<DecisionKind>,
) -> Result<EditOutcome, Failure> {
    desk.run(move |desk| desk.session()?.decide_all(scope, kind))
        .await
}

/// Values of a column that may be spellings of the same thing; a job.
#[tauri::command]
pub(crate) async fn column_clusters(
    desk: State<'_, Desk>,
    view: View,
    column: String,
    method: ClusterMethod,
) -> Result<ValueClusters, Failure> {
    desk.in_project(move |session| session.clusters(&view, &column, method))
        .await
}

/// Compares the rows that were edited with all others; true where that may have changed anything. A job where they are so
/// many that everything is compared afresh.
#[tauri::command]
pub(crate) async fn compare_edited(desk: State<'_, Desk>) -> Result<bool, Failure> {
    desk.in_project(|session| {
        let compare = |watch: &Watch<'_>| {
            workflows::compare_edited(&session.project, session.actor(), session.now(), watch)
        };
        if workflows::many_wait(&session.project)? {
            session.job(JobKind::Duplicates, "", compare)
        } else {
            compare(&Watch::quiet())
        }
    })
    .await
}
