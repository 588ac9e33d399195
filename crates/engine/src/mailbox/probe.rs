//! What the window asks a server before and between syncs: does the connection work, which folders are there, is
//! there anything new.

use std::future::Future;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::connection;
use super::error::MailboxError;
use super::settings::MailboxSettings;
use super::store::MailStore;
use super::sync::{SyncLimits, day_to_ask};
use crate::credentials::Secret;

/// A folder of the mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MailFolder {
    /// As people see its name; levels are separated as the server does it.
    pub name: String,
    /// False for names that only hold other folders.
    pub selectable: bool,
}

/// What a connection test found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionReport {
    /// All folders of the mailbox.
    pub folders: Vec<MailFolder>,
    /// The folders of the settings with the number of mails in each.
    pub mails: Vec<FolderCount>,
    /// Whether the server tells of new mails by itself.
    pub idle: bool,
}

/// Number of mails in a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct FolderCount {
    /// The folder.
    pub folder: String,
    /// Mails in it.
    pub mails: u32,
}

/// Connects, logs in and opens the folders of the settings.
///
/// # Errors
/// The first thing that does not work.
pub async fn test_connection(
    settings: &MailboxSettings,
    secret: &Secret,
) -> Result<ConnectionReport, MailboxError> {
    let mut session = connection::open(settings, secret, SyncLimits::default().patience()).await?;
    let folders = session.list().await?;
    let mut mails = Vec::new();
    for folder in settings.folder_names() {
        let open = session.examine(folder).await?;
        mails.push(FolderCount {
            folder: folder.to_string(),
            mails: open.exists,
        });
    }
    let idle = session.can_idle().await?;
    session.log_out().await;
    Ok(ConnectionReport {
        folders: folders.into_iter().map(MailFolder::from).collect(),
        mails,
        idle,
    })
}

/// All folders of the mailbox, in the order of the server.
///
/// # Errors
/// When the connection or the login does not work.
pub async fn list_folders(
    settings: &MailboxSettings,
    secret: &Secret,
) -> Result<Vec<MailFolder>, MailboxError> {
    let mut session = connection::open(settings, secret, SyncLimits::default().patience()).await?;
    let folders = session.list().await?;
    session.log_out().await;
    Ok(folders.into_iter().map(MailFolder::from).collect())
}

impl From<connection::FolderOnServer> for MailFolder {
    fn from(folder: connection::FolderOnServer) -> Self {
        MailFolder {
            name: folder.name,
            selectable: folder.selectable,
        }
    }
}

/// Servers end an idle connection after half an hour.
const LONGEST_IDLE: Duration = Duration::from_secs(25 * 60);

/// Waits until the next look into the mailbox is due: until there is something new in the first folder of the settings
/// that `store` does not have, at the longest for the polling interval. Where the server does not tell of new mails by
/// itself, the interval passes.
///
/// # Errors
/// When the connection or the login does not work, and when the wait is cancelled.
pub async fn wait_for_mail(
    settings: &MailboxSettings,
    secret: &Secret,
    store: &MailStore,
    cancel: &CancellationToken,
) -> Result<(), MailboxError> {
    let interval = settings.interval();
    let started = tokio::time::Instant::now();
    // Boxed, as the states of all commands together are large.
    let opening = Box::pin(connection::open(
        settings,
        secret,
        SyncLimits::default().patience(),
    ));
    let mut session = unless_cancelled(cancel, opening).await?;
    if unless_cancelled(cancel, session.can_idle()).await? {
        let folder = settings.folder_names()[0];
        unless_cancelled(cancel, session.examine(folder)).await?;
        // The server tells of what comes from now on; what came since the last look has to be asked for.
        let first = store.last_uid(folder)?.saturating_add(1);
        let day = settings.since.map(day_to_ask);
        let waiting = unless_cancelled(cancel, session.search(first, None, day)).await?;
        if !waiting.is_empty() {
            session.log_out().await;
            return Ok(());
        }
        let news = unless_cancelled(cancel, session.idle(interval.min(LONGEST_IDLE))).await?;
        if news {
            return Ok(());
        }
    } else {
        session.log_out().await;
    }
    let rest = interval.saturating_sub(started.elapsed());
    unless_cancelled(cancel, async {
        tokio::time::sleep(rest).await;
        Ok(())
    })
    .await
}

async fn unless_cancelled<T>(
    cancel: &CancellationToken,
    step: impl Future<Output = Result<T, MailboxError>>,
) -> Result<T, MailboxError> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(MailboxError::Cancelled),
        outcome = step => outcome,
    }
}
