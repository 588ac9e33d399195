//! The window as a whole: what it opens with, projects, the example, the practice server, jobs.

use std::path::PathBuf;

use lotse_core::language::{Language, Tell as _};
use lotse_core::target::Target;
use lotse_engine::connections::{Connection, ConnectionTo, Connections, ServerAuth, ServerSettings};
use lotse_engine::credentials::{Secret, hold_secret};
use lotse_engine::example;
use lotse_engine::project::{NewProject, SourceRole};
use lotse_engine::sources::ReadSettings;
use lotse_engine::system_reason::SystemReason;
use lotse_engine::workflows;
use lotse_server::practice::{self, Place};
use tauri::State;

use crate::Desk;
use crate::border::{AppInfo, Failure, FailureKind, SettingsInfo, StartRequest};
use crate::failure::Showable as _;

/// What the window needs to draw its first picture, and after every change of the project.
#[tauri::command]
pub(crate) async fn app_info(desk: State<'_, Desk>) -> Result<AppInfo, Failure> {
    desk.run(|desk| Ok(desk.info())).await
}

/// What the program was started for; nothing from the second time on.
#[tauri::command]
pub(crate) fn take_start_request(desk: State<'_, Desk>) -> StartRequest {
    desk.take_start()
}

/// Errors and findings are told in this language from now on.
#[tauri::command]
pub(crate) fn choose_language(desk: State<'_, Desk>, language: Language) {
    desk.set_language(language);
}

/// Opens a project file; the one that is open is closed.
#[tauri::command]
pub(crate) async fn open_project(desk: State<'_, Desk>, path: PathBuf) -> Result<AppInfo, Failure> {
    desk.run(move |desk| {
        desk.open_project(&path)?;
        Ok(desk.info())
    })
    .await
}

/// Closes the project; the window shows its start.
#[tauri::command]
pub(crate) async fn close_project(desk: State<'_, Desk>) -> Result<AppInfo, Failure> {
    desk.run(|desk| {
        desk.close_project()?;
        Ok(desk.info())
    })
    .await
}

/// Writes a complete copy of the project to `path`.
#[tauri::command]
pub(crate) async fn copy_project(desk: State<'_, Desk>, path: PathBuf) -> Result<(), Failure> {
    desk.in_project(move |session| session.project.copy_to(&path))
        .await
}

/// Gives the project another name. Refused once leads are in a server under the present one.
#[tauri::command]
pub(crate) async fn rename_project(desk: State<'_, Desk>, name: String) -> Result<AppInfo, Failure> {
    desk.run(move |desk| {
        desk.session()?.rename(name.trim())?;
        Ok(desk.info())
    })
    .await
}

/// Where things lie on this machine, and what of the project can still be changed.
#[tauri::command]
pub(crate) async fn settings_info(desk: State<'_, Desk>) -> Result<SettingsInfo, Failure> {
    desk.run(|desk| {
        let places = desk.places();
        let name_is_fixed = match desk.session() {
            Ok(session) => session
                .name_is_fixed()
                .map_err(|error| error.failure(desk.language()))?,
            Err(_) => false,
        };
        Ok(SettingsInfo {
            projects: places.projects.display().to_string(),
            data: places.data.display().to_string(),
            config: places.config.display().to_string(),
            name_is_fixed,
        })
    })
    .await
}

/// Makes the example project anew and opens it, its one source loaded.
#[tauri::command]
pub(crate) async fn open_example(desk: State<'_, Desk>) -> Result<AppInfo, Failure> {
    desk.run(|desk| {
        let language = desk.language();
        let folder = desk.places().data.join("example");
        let path = folder.join(language.pick("Partnerportal-Export.xlsx", "Partner-portal-export.xlsx"));
        let written = std::fs::create_dir_all(&folder)
            .map_err(SystemReason::from)
            .and_then(|()| example::write_workbook(&path).map_err(SystemReason::from));
        written.map_err(|reason| workflows::WorkflowError::file(&path, reason).failure(language))?;
        let new = NewProject::named(
            language.pick("Beispielprojekt", "Example project"),
            Target::builtin("migration").expect("it is compiled in"),
        );
        let session = desk.create_project(&new)?;
        let loaded = session.job(lotse_engine::jobs::JobKind::Load, "", |watch| {
            workflows::load_file(
                &session.project,
                session.actor(),
                &path,
                &ReadSettings::default(),
                SourceRole::Leads,
                watch,
            )
        });
        loaded.map_err(|error| error.failure(language))?;
        Ok(desk.info())
    })
    .await
}

/// The name of the connection to the practice server.
pub(crate) fn practice_name(language: Language) -> &'static str {
    language.pick("Übungsserver", "Practice server")
}

/// Starts the practice server, makes the connection to it and returns its name; fine where it runs already.
#[tauri::command]
pub(crate) async fn start_practice_server(desk: State<'_, Desk>) -> Result<String, Failure> {
    let name = practice_name(desk.language());
    if desk.practice().is_none() {
        let folder = desk.places().data.join("practice");
        let started = match std::fs::create_dir_all(&folder) {
            Ok(()) => practice::start(Place::Folder(folder))
                .await
                .map_err(|error| error.to_string()),
            Err(error) => {
                let reason = SystemReason::from(error).tell(desk.language());
                Err(format!("{}: {reason}", folder.display()))
            }
        };
        let server = started.map_err(|reason| Failure {
            kind: FailureKind::Other,
            message: desk.language().pick(
                format!("Der Übungsserver ließ sich nicht starten: {reason}."),
                format!("The practice server could not be started: {reason}."),
            ),
            details: reason,
        })?;
        *desk.practice() = Some(server);
    }
    desk.run(move |desk| {
        let (base_url, key) = match &*desk.practice() {
            Some(server) => (server.base_url.clone(), server.api_key().to_owned()),
            None => return Ok(name.to_owned()),
        };
        // The key is another one at each start, and good for this machine only.
        hold_secret(name, Secret::new(key));
        let connection = Connection {
            name: name.to_owned(),
            to: ConnectionTo::Server(ServerSettings {
                base_url,
                target: "migration".to_owned(),
                auth: ServerAuth::ApiKey {
                    header: "X-AUTH-TOKEN".to_owned(),
                },
                ca_file: None,
                batch_size: None,
            }),
        };
        let connections = Connections::of(desk.places());
        let known = connections.find(name).is_ok();
        connections
            .put(&connection, known.then_some(name))
            .map_err(|error| error.failure(desk.language()))?;
        Ok(name.to_owned())
    })
    .await
}

/// Stops the practice server; the connection to it stays. Fine where it does not run.
#[tauri::command]
pub(crate) async fn stop_practice_server(desk: State<'_, Desk>) -> Result<(), Failure> {
    let server = desk.practice().take();
    if let Some(server) = server {
        server.stop().await;
    }
    Ok(())
}

/// Stops a job; what it has done so far stays where that makes sense.
#[tauri::command]
pub(crate) fn cancel_job(desk: State<'_, Desk>, id: u32) {
    desk.jobs().cancel(id);
}
