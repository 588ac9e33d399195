//! The push: dry-run, production, verification.

use std::sync::{Arc, mpsc};

use lotse_core::batch::MAXIMUM_LEADS;
use lotse_core::migration::Mode;
use lotse_core::target::Role;
use lotse_engine::clock;
use lotse_engine::connections::{ConnectionTo, Connections};
use lotse_engine::imported_leads::ImportedLeads;
use lotse_engine::jobs::{JobKind, Phase, Watch};
use lotse_engine::project::{Batch, BatchLead, LeadFate, ProjectError, PushState, RowState};
use lotse_engine::workflows::push::{
    KeptVerification, LeadComparison, PushError, PushOptions, RunSettings, Stop, compare_leads,
    keep_verification, kept_verification, next_push, push_readiness, run_push, verify_push as verify,
};
use serde_json::json;
use tauri::State;

use super::connections::{client_of, server_named};
use crate::Desk;
use crate::border::{
    Failure, LeadsWanted, PushConnection, PushOverview, PushRecord, PushRequest, PushRun, PushStage,
    PushedDoubles, PushedLead, PushedLeads,
};
use crate::failure::Showable as _;
use crate::session::Session;

/// Leads that may be asked for at once.
const MOST_AT_ONCE: u32 = 500;

/// Connections, readiness, pushes and what runs. Looks at `connection` where it fits the target, else at the one that
/// was used last.
#[tauri::command]
pub(crate) async fn push_overview(
    desk: State<'_, Desk>,
    connection: Option<String>,
) -> Result<PushOverview, Failure> {
    desk.run(move |desk| {
        let session = desk.session()?;
        let language = desk.language();
        let connections = fitting(desk, &session)?;
        let project = &session.project;
        let run = desk.pushes().run();
        let pushes = records(&session, run.as_ref()).map_err(|error| error.failure(language))?;
        let used = pushes.first().map(|record| record.push.connection.clone());
        let known = |name: &String| connections.iter().any(|connection| connection.name == *name);
        let chosen = connection
            .filter(known)
            .or_else(|| used.filter(known))
            .or_else(|| connections.first().map(|connection| connection.name.clone()));
        let readiness = connections
            .iter()
            .find(|connection| Some(&connection.name) == chosen.as_ref())
            .map(|connection| push_readiness(project, &connection.name, &connection.base_url))
            .transpose()
            .map_err(|error| error.failure(language))?;
        Ok(PushOverview {
            target: project.target().id.clone(),
            largest_batch: u32::try_from(project.target().api.maximum_leads.min(MAXIMUM_LEADS))
                .unwrap_or(u32::MAX),
            connections,
            connection: chosen,
            readiness,
            pushes,
            run,
        })
    })
    .await
}

fn fitting(desk: &Desk, session: &Session) -> Result<Vec<PushConnection>, Failure> {
    let list = Connections::of(desk.places())
        .list()
        .map_err(|error| error.failure(desk.language()))?;
    let fits = list.into_iter().filter_map(|connection| match connection.to {
        ConnectionTo::Server(server) if server.target == session.project.target().id => {
            Some(PushConnection {
                name: connection.name,
                base_url: server.base_url,
                batch_size: server.batch_size,
            })
        }
        _ => None,
    });
    Ok(fits.collect())
}

fn records(session: &Session, run: Option<&PushRun>) -> Result<Vec<PushRecord>, PushError> {
    let project = &session.project;
    let running = run
        .filter(|run| run.stage != PushStage::Ended)
        .and_then(|run| run.push_id);
    let record = |push: lotse_engine::project::Push| {
        let counts = project.push_counts(push.id)?;
        Ok(PushRecord {
            balanced: counts.balanced(),
            runs: running == Some(push.id),
            verification: kept_verification(project, push.id)?,
            counts,
            push,
        })
    };
    project.pushes()?.into_iter().map(record).collect()
}

/// Begins the dry-run or the production push of what is approved; a production push that is not finished goes on. While
/// a push runs, this changes nothing. Gives what runs.
#[tauri::command]
pub(crate) async fn start_push(desk: State<'_, Desk>, request: PushRequest) -> Result<PushRun, Failure> {
    desk.run(move |desk| {
        let mut settings = server_named(desk, &request.connection)?;
        settings.batch_size = request.batch_size.or(settings.batch_size);
        let name = request.connection.clone();
        let (mode, options) = (
            request.mode,
            PushOptions {
                skip_on_error: request.skip_on_error,
                skip_duplicates: request.skip_duplicates,
            },
        );
        begin(desk, None, mode, &request.connection, move |session, watch| {
            next_push(
                &session.project,
                session.actor(),
                (&name, &settings),
                mode,
                options,
                session.now(),
                watch,
            )
        })
    })
    .await
}

/// Goes on with a push that was paused or interrupted, under the same keys; of one that was cancelled, settles what was
/// sent and not answered.
#[tauri::command]
pub(crate) async fn resume_push(desk: State<'_, Desk>, push_id: u32) -> Result<PushRun, Failure> {
    desk.run(move |desk| {
        let session = desk.session()?;
        let push_id = i64::from(push_id);
        let push = session
            .project
            .push(push_id)
            .map_err(|error| error.failure(desk.language()))?;
        begin(desk, Some(push_id), push.mode, &push.connection, move |_, _| {
            Ok(push_id)
        })
    })
    .await
}

/// Takes the right to push, plans on a thread of its own, and sends there.
fn begin(
    desk: &Desk,
    push_id: Option<i64>,
    mode: Mode,
    connection: &str,
    plan: impl FnOnce(&Session, &Watch<'_>) -> Result<i64, PushError> + Send + 'static,
) -> Result<PushRun, Failure> {
    let session = desk.session()?;
    let Some(control) = desk.pushes().begin(push_id, mode, connection) else {
        return desk.pushes().run().ok_or_else(|| desk.no_project());
    };
    let (under_way, begun) = mpsc::channel();
    let desk_there = desk.clone();
    let connection = connection.to_owned();
    std::thread::spawn(move || {
        let desk = desk_there;
        let settings = RunSettings {
            control: control.clone(),
            language: desk.language(),
            imported: Some(ImportedLeads::of(desk.places())),
            ..RunSettings::default()
        };
        // Also where the run panics, the right to push is given back.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            session.job(JobKind::Push, &connection, |watch| {
                // Whoever began does not wait any more where it was torn down.
                let _ = under_way.send(());
                let (job, stop) = (watch.cancel.clone(), control.clone());
                let watching = tauri::async_runtime::spawn(async move {
                    job.cancelled().await;
                    stop.stop(Stop::Pause);
                });
                let sent = send(&desk, &session, &connection, &settings, plan, watch);
                watching.abort();
                sent
            })
        }));
        // Before the window may ask for the next thing, the project is free again.
        drop(session);
        let failure = outcome
            .unwrap_or_else(|_| Err(desk.mistake_of_ours("push")))
            .err();
        desk.pushes().ends(failure);
    });
    // The job is known before this returns, so that the project is not closed under it.
    let _ = begun.recv();
    desk.pushes().run().ok_or_else(|| desk.no_project())
}

fn send(
    desk: &Desk,
    session: &Arc<Session>,
    connection: &str,
    settings: &RunSettings,
    plan: impl FnOnce(&Session, &Watch<'_>) -> Result<i64, PushError>,
    watch: &Watch<'_>,
) -> Result<PushState, Failure> {
    let project = &session.project;
    let shown = |error: PushError| error.failure(session.language());
    // Without a secret nothing is planned: the window asks for it first.
    let server = server_named(desk, connection)?;
    let client = client_of(desk, connection, &server, project.target())?;
    let push_id = plan(session, watch).map_err(shown)?;
    let push = project
        .push(push_id)
        .map_err(|error| error.failure(session.language()))?;
    if push.base_url != server.base_url && !desk.is_practice(&server.base_url) {
        return Err(shown(PushError::OtherServer {
            then: push.base_url,
            now: server.base_url,
        }));
    }
    desk.pushes().sends(push_id);
    run_push(
        project,
        session.actor(),
        &client,
        push_id,
        settings,
        &|progress| {
            watch.report(Phase::Sending, progress.done_leads, progress.total_leads);
            desk.pushes().moves(progress);
        },
    )
    .map_err(shown)
}

/// Stops a push: the one that runs, or for good one that stands still.
#[tauri::command]
pub(crate) async fn stop_push(desk: State<'_, Desk>, push_id: u32, how: Stop) -> Result<(), Failure> {
    desk.run(move |desk| {
        let session = desk.session()?;
        let push_id = i64::from(push_id);
        if desk.pushes().stop(Some(push_id), how) {
            return Ok(());
        }
        let shown = |error: ProjectError| error.failure(desk.language());
        let push = session.project.push(push_id).map_err(shown)?;
        if how == Stop::Cancel && matches!(push.state, PushState::Running | PushState::Paused) {
            let facts = json!({ "reason": "given up by a person" });
            session
                .project
                .put_push_state(session.actor(), push_id, PushState::Cancelled, &facts)
                .map_err(shown)?;
        }
        Ok(())
    })
    .await
}

/// The batches of a push in their order.
#[tauri::command]
pub(crate) async fn push_batches(desk: State<'_, Desk>, push_id: u32) -> Result<Vec<Batch>, Failure> {
    desk.in_project(move |session| session.project.batches(i64::from(push_id)))
        .await
}

/// Some leads of a push.
#[tauri::command]
pub(crate) async fn push_leads(desk: State<'_, Desk>, wanted: LeadsWanted) -> Result<PushedLeads, Failure> {
    desk.in_project(move |session| {
        let project = &session.project;
        let (total, leads) = page(session, wanted)?;
        let rows: Vec<u32> = leads.iter().map(|(lead, _)| lead.row).collect();
        let states = project.row_states(&rows)?;
        let name = project.target().role_index(Role::Company);
        let lead = |((lead, fate), state): ((BatchLead, LeadFate), &RowState)| PushedLead {
            row: lead.row,
            number: project.row_number(lead.row),
            external_id: lead.external_id.0,
            name: name
                .and_then(|field| Some(state.fields.get(field)?.shown().to_owned()))
                .unwrap_or_default(),
            fate,
            lead_id: lead.lead_id,
            error: lead.error,
        };
        Ok::<_, ProjectError>(PushedLeads {
            total,
            leads: leads.into_iter().zip(&states).map(lead).collect(),
        })
    })
    .await
}

fn page(session: &Session, wanted: LeadsWanted) -> Result<(u32, Vec<(BatchLead, LeadFate)>), ProjectError> {
    session.project.push_leads_of(
        wanted.push_id,
        wanted.fate,
        wanted.offset,
        wanted.limit.min(MOST_AT_ONCE),
    )
}

/// Some leads of a push that the server takes for ones it has.
#[tauri::command]
pub(crate) async fn push_doubles(
    desk: State<'_, Desk>,
    push_id: u32,
    offset: u32,
    limit: u32,
) -> Result<PushedDoubles, Failure> {
    desk.in_project(move |session| {
        session
            .project
            .push_doubles(i64::from(push_id), offset, limit.min(MOST_AT_ONCE))
            .map(|(total, doubles)| PushedDoubles { total, doubles })
    })
    .await
}

/// Asks the server whether it has what was sent, reading up to `most` leads back, and keeps the answer in the project.
#[tauri::command]
pub(crate) async fn verify_push(
    desk: State<'_, Desk>,
    push_id: u32,
    most: u32,
) -> Result<KeptVerification, Failure> {
    desk.run(move |desk| {
        let session = desk.session()?;
        let project = &session.project;
        let push_id = i64::from(push_id);
        let push = project
            .push(push_id)
            .map_err(|error| error.failure(desk.language()))?;
        let server = server_named(desk, &push.connection)?;
        let client = client_of(desk, &push.connection, &server, project.target())?;
        let verified = session.job(JobKind::Push, &push.connection, |watch| {
            // The server judges by its own clock, which is not the one that may have been fixed for the checks.
            let now = clock::now();
            let verification = verify(project, &client, push_id, u64::from(most), now, watch)?;
            keep_verification(project, session.actor(), push_id, &verification, now)
        });
        verified.map_err(|error: PushError| error.failure(desk.language()))
    })
    .await
}

/// Puts some leads of a push beside what the server has of them.
#[tauri::command]
pub(crate) async fn compare_push_leads(
    desk: State<'_, Desk>,
    wanted: LeadsWanted,
) -> Result<Vec<LeadComparison>, Failure> {
    desk.run(move |desk| {
        let session = desk.session()?;
        let project = &session.project;
        let language = desk.language();
        let push = project
            .push(wanted.push_id)
            .map_err(|error| error.failure(language))?;
        let server = server_named(desk, &push.connection)?;
        let client = client_of(desk, &push.connection, &server, project.target())?;
        let (_, leads) = page(&session, wanted).map_err(|error| error.failure(language))?;
        let leads: Vec<BatchLead> = leads.into_iter().map(|(lead, _)| lead).collect();
        compare_leads(project, &client, &leads, clock::now()).map_err(|error| error.failure(language))
    })
    .await
}
