//! By what the table can be filtered, and views under names.

use lotse_engine::project::{Facets, NamedView};
use tauri::State;

use crate::Desk;
use crate::border::{ColumnFacet, Failure, View};

/// How many rows each further choice would leave.
#[tauri::command]
pub(crate) async fn facets(desk: State<'_, Desk>, view: View) -> Result<Facets, Failure> {
    desk.in_project(move |session| session.facets(&view)).await
}

/// The values of a column, only those that contain `search`.
#[tauri::command]
pub(crate) async fn column_facet(
    desk: State<'_, Desk>,
    view: View,
    column: String,
    search: String,
) -> Result<ColumnFacet, Failure> {
    desk.in_project(move |session| session.column_facet(&view, &column, &search))
        .await
}

/// All views under their names.
#[tauri::command]
pub(crate) async fn named_views(desk: State<'_, Desk>) -> Result<Vec<NamedView>, Failure> {
    desk.in_project(|session| session.project.named_views()).await
}

/// Keeps a view under a name; returns all of them.
#[tauri::command]
pub(crate) async fn put_view(
    desk: State<'_, Desk>,
    name: String,
    view: serde_json::Value,
) -> Result<Vec<NamedView>, Failure> {
    desk.in_project(move |session| {
        session.project.put_view(session.actor(), &name, &view)?;
        session.project.named_views()
    })
    .await
}

/// Forgets a view; returns those that are left.
#[tauri::command]
pub(crate) async fn remove_view(desk: State<'_, Desk>, name: String) -> Result<Vec<NamedView>, Failure> {
    desk.in_project(move |session| {
        session.project.remove_view(session.actor(), &name)?;
        session.project.named_views()
    })
    .await
}
