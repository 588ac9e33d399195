//! Connections and their secrets. A secret comes in from the window and never goes back.

use std::collections::BTreeSet;
use std::time::Instant;

use lotse_core::target::{BUILTIN, Target};
use lotse_engine::connections::{Connection, ConnectionError, Connections, ServerSettings};
use lotse_engine::credentials::{self, Kept, Secret};
use lotse_engine::jobs::JobKind;
use lotse_engine::server::{ServerClient, check_server};
use lotse_engine::workflows::push::PushError;
use lotse_engine::workflows::{check_all, check_settings, set_owners};
use tauri::State;

use super::app::practice_name;
use crate::Desk;
use crate::border::{CheckedConnection, ConnectionList, Failure, FetchedOwners};
use crate::failure::Showable as _;

/// All connections.
#[tauri::command]
pub(crate) async fn connections(desk: State<'_, Desk>) -> Result<ConnectionList, Failure> {
    desk.run(|desk| {
        let connections = Connections::of(desk.places())
            .list()
            .map_err(|error| error.failure(desk.language()))?;
        Ok(ConnectionList {
            connections,
            targets: BUILTIN.map(String::from).into(),
            practice_name: practice_name(desk.language()).to_owned(),
        })
    })
    .await
}

/// Where the secret of a connection is kept. Apart from the list, since a locked keyring waits for a person.
#[tauri::command]
pub(crate) async fn kept_secret(desk: State<'_, Desk>, name: String) -> Result<Option<Kept>, Failure> {
    desk.run(move |desk| credentials::where_kept(&name).map_err(|error| error.failure(desk.language())))
        .await
}

/// Adds a connection, or puts it in the place of the one called `replacing`.
#[tauri::command]
pub(crate) async fn put_connection(
    desk: State<'_, Desk>,
    connection: Connection,
    replacing: Option<String>,
) -> Result<(), Failure> {
    desk.run(move |desk| {
        Connections::of(desk.places())
            .put(&connection, replacing.as_deref())
            .map_err(|error| error.failure(desk.language()))
    })
    .await
}

/// Removes a connection and its secret.
#[tauri::command]
pub(crate) async fn remove_connection(desk: State<'_, Desk>, name: String) -> Result<(), Failure> {
    desk.run(move |desk| {
        Connections::of(desk.places())
            .remove(&name)
            .map_err(|error| error.failure(desk.language()))
    })
    .await
}

/// Keeps the secret of a connection in the keyring; in memory where there is none.
#[tauri::command]
pub(crate) async fn keep_connection_secret(
    desk: State<'_, Desk>,
    name: String,
    secret: String,
) -> Result<Kept, Failure> {
    let secret = Secret::new(secret);
    desk.run(move |desk| {
        let shown = |error: ConnectionError| error.failure(desk.language());
        Connections::of(desk.places()).find(&name).map_err(shown)?;
        if secret.is_empty() {
            return Err(shown(ConnectionError::NoSecret { name }));
        }
        credentials::keep_secret(&name, &secret).map_err(|error| error.failure(desk.language()))
    })
    .await
}

/// Asks the server of a connection who we are there.
#[tauri::command]
pub(crate) async fn check_connection(
    desk: State<'_, Desk>,
    name: String,
) -> Result<CheckedConnection, Failure> {
    desk.run(move |desk| {
        let settings = server_named(desk, &name)?;
        let target = target_of(desk, &settings)?;
        let secret = secret_of(desk, &name)?;
        let begun = Instant::now();
        let reached =
            check_server(&settings, &target, &secret).map_err(|error| error.failure(desk.language()))?;
        Ok(CheckedConnection {
            reached,
            milliseconds: u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX),
        })
    })
    .await
}

/// Fetches the users that may own leads into the project and checks all rows against them.
#[tauri::command]
pub(crate) async fn fetch_owners(desk: State<'_, Desk>, name: String) -> Result<FetchedOwners, Failure> {
    desk.run(move |desk| {
        let session = desk.session()?;
        let language = desk.language();
        let project = &session.project;
        let settings = server_named(desk, &name)?;
        let client = client_of(desk, &name, &settings, project.target())?;
        let shown = |error: PushError| error.failure(language);
        let users =
            tauri::async_runtime::block_on(client.users()).map_err(|error| error.failure(language))?;
        let Some(users) = users else {
            return Ok(FetchedOwners {
                owners: None,
                with_errors: 0,
            });
        };
        let users: BTreeSet<String> = users.into_iter().collect();
        set_owners(project, session.actor(), Some(&users)).map_err(|error| error.failure(language))?;
        let summary = session
            .job(JobKind::Check, &name, |watch| {
                let settings = check_settings(project, session.now())?;
                Ok::<_, PushError>(check_all(project, &settings, watch)?)
            })
            .map_err(shown)?;
        Ok(FetchedOwners {
            owners: Some(u32::try_from(users.len()).unwrap_or(u32::MAX)),
            with_errors: u32::try_from(summary.with_errors).unwrap_or(u32::MAX),
        })
    })
    .await
}

/// The server that the connection `name` leads to.
pub(super) fn server_named(desk: &Desk, name: &str) -> Result<ServerSettings, Failure> {
    Connections::of(desk.places())
        .server(name)
        .map_err(|error| error.failure(desk.language()))
}

/// A client for a connection, with its secret.
pub(super) fn client_of(
    desk: &Desk,
    name: &str,
    settings: &ServerSettings,
    target: &Target,
) -> Result<ServerClient, Failure> {
    let secret = secret_of(desk, name)?;
    ServerClient::new(settings, target, &secret).map_err(|error| error.failure(desk.language()))
}

fn secret_of(desk: &Desk, name: &str) -> Result<Secret, Failure> {
    let missing = || {
        ConnectionError::NoSecret {
            name: name.to_owned(),
        }
        .failure(desk.language())
    };
    credentials::find_secret(name)
        .map_err(|error| error.failure(desk.language()))?
        .ok_or_else(missing)
}

fn target_of(desk: &Desk, settings: &ServerSettings) -> Result<Target, Failure> {
    // A user's own target is known to the projects that use it.
    Target::builtin(&settings.target)
        .or_else(|| {
            let session = desk.session().ok()?;
            let target = session.project.target();
            (target.id == settings.target).then(|| target.clone())
        })
        .ok_or_else(|| {
            PushError::OtherTarget {
                connection: settings.target.clone(),
                project: String::new(),
            }
            .failure(desk.language())
        })
}
