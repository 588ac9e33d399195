//! Sources whose rows belong to leads of other sources.

use std::collections::BTreeMap;

use lotse_engine::mapping_history::MappingHistory;
use lotse_engine::workflows::{self, WorkflowError};
use tauri::State;

use crate::Desk;
use crate::border::{EnrichmentPreview, Failure, JoinReport, SourceRole, UseProposal, Winner};

/// What the rows of a further source are probably for; nothing where they look like leads.
#[tauri::command]
pub(crate) async fn propose_use(desk: State<'_, Desk>, source: i64) -> Result<Option<UseProposal>, Failure> {
    desk.in_project(move |session| workflows::propose_use(&session.project, source))
        .await
}

/// Gives the rows of a source another use, and suggests a mapping for it.
#[tauri::command]
pub(crate) async fn use_source(desk: State<'_, Desk>, source: i64, role: SourceRole) -> Result<(), Failure> {
    desk.in_project(move |session| {
        let project = &session.project;
        let memory = MappingHistory::of(session.places()).memory(project.target());
        workflows::use_source(project, session.actor(), source, role, &memory)
    })
    .await
}

/// Finds again to which leads the rows of a source of activities belong.
#[tauri::command]
pub(crate) async fn join_activities(desk: State<'_, Desk>, source: i64) -> Result<JoinReport, Failure> {
    desk.in_project(move |session| {
        let mut reports = workflows::join_activities(&session.project)?;
        Ok::<_, WorkflowError>(reports.remove(&source).unwrap_or_default())
    })
    .await
}

/// What taking an enrichment over would change.
#[tauri::command]
pub(crate) async fn preview_enrichment(
    desk: State<'_, Desk>,
    source: i64,
) -> Result<EnrichmentPreview, Failure> {
    desk.in_project(move |session| workflows::preview_enrichment(&session.project, source, session.now()))
        .await
}

/// Takes an enrichment over; returns the number of leads that changed.
#[tauri::command]
pub(crate) async fn enrich_leads(
    desk: State<'_, Desk>,
    source: i64,
    winners: BTreeMap<String, Winner>,
) -> Result<u32, Failure> {
    desk.in_project(move |session| {
        let (project, actor) = (&session.project, session.actor());
        let rows = workflows::apply_enrichment(project, actor, source, &winners, session.now())?;
        Ok::<_, WorkflowError>(u32::try_from(rows.len()).unwrap_or(u32::MAX))
    })
    .await
}
