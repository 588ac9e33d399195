//! The way of mails from the server into the store: incremental, read-only, every mail once.
//!
//! A pass over a folder asks for the UIDs above the last one dealt with, looks at sizes first, fetches in batches and
//! stores each batch with its UIDs in one transaction. Whatever breaks in between, the next pass goes on from what is
//! stored. A mail that the server will not hand out is noted and left behind, and tried again by every later sync.

mod plan;
mod run;

use std::sync::Arc;
use std::time::Duration;

use lotse_core::language::{Language, Tell};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

pub(super) use self::plan::day_to_ask;
use self::run::Run;
use super::connection::Patience;
use super::error::MailboxError;
use super::settings::MailboxSettings;
use super::store::MailStore;
use crate::credentials::Secret;

/// How far a sync has come: a whole snapshot each time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncProgress {
    /// The folder under way.
    pub folder: String,
    /// Mails of this folder that have been dealt with in this sync.
    #[ts(type = "number")]
    pub done: u64,
    /// Mails of this folder that are to be dealt with, as far as is known.
    #[ts(type = "number")]
    pub total: u64,
    /// Bytes fetched in this sync, over all folders.
    #[ts(type = "number")]
    pub bytes: u64,
    /// New connections after a broken one.
    pub reconnects: u32,
}

/// What a sync did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncSummary {
    /// Folder by folder, in the order of the settings.
    pub folders: Vec<FolderSummary>,
    /// New connections after a broken one.
    pub reconnects: u32,
}

impl SyncSummary {
    /// New mails over all folders.
    pub fn new_mails(&self) -> u64 {
        self.folders.iter().map(|folder| folder.new).sum()
    }
}

/// What a sync did in one folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct FolderSummary {
    /// The folder as people see its name.
    pub folder: String,
    /// Mails that were stored for the first time.
    #[ts(type = "number")]
    pub new: u64,
    /// Mails that were fetched and found to be in the store already.
    #[ts(type = "number")]
    pub known: u64,
    /// Mails that are larger than what is fetched.
    #[ts(type = "number")]
    pub too_large: u64,
    /// Mails that the server did not hand out; tried again the next time.
    #[ts(type = "number")]
    pub refused: u64,
    /// True where the server had numbered the folder anew.
    pub renumbered: bool,
    /// Why the folder could not be read to its end.
    pub problem: Option<FolderProblem>,
}

/// A problem with one folder, which did not stop the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct FolderProblem {
    /// The sentence in German.
    pub de: String,
    /// The sentence in English.
    pub en: String,
}

/// Bounds of a sync.
#[derive(Clone, Copy, Debug)]
pub struct SyncLimits {
    /// Mails larger than this stay on the server and are counted, bytes.
    pub largest_mail: u64,
    /// What is fetched and stored at once, bytes; a larger mail travels alone.
    pub batch_bytes: u64,
    /// Mails that are fetched and stored at once.
    pub batch_mails: usize,
    /// For the connection and the TLS handshake, each.
    pub connect_timeout: Duration,
    /// How long the server may be silent while it owes an answer.
    pub silence_timeout: Duration,
    /// Tries in a row without any progress before a sync gives up.
    pub attempts: u32,
    /// Wait before the second try; doubles with every further one.
    pub first_wait: Duration,
}

impl Default for SyncLimits {
    fn default() -> Self {
        SyncLimits {
            largest_mail: 64 << 20,
            batch_bytes: 8 << 20,
            batch_mails: 200,
            connect_timeout: Duration::from_secs(20),
            silence_timeout: Duration::from_secs(60),
            attempts: 5,
            first_wait: Duration::from_secs(1),
        }
    }
}

impl SyncLimits {
    pub(super) fn patience(&self) -> Patience {
        Patience {
            connect: self.connect_timeout,
            silence: self.silence_timeout,
        }
    }
}

/// Brings everything new of the mailbox into the store.
///
/// # Errors
/// When nothing could be done or the connection broke for good. What was stored stays stored. A problem with a single
/// folder is no error as long as another folder could be read; it stands in the summary.
pub async fn sync(
    settings: &MailboxSettings,
    secret: &Secret,
    store: &Arc<MailStore>,
    progress: &(dyn Fn(&SyncProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<SyncSummary, MailboxError> {
    sync_within(SyncLimits::default(), settings, secret, store, progress, cancel).await
}

/// [`sync`] with other bounds.
///
/// # Errors
/// As [`sync`].
pub async fn sync_within(
    limits: SyncLimits,
    settings: &MailboxSettings,
    secret: &Secret,
    store: &Arc<MailStore>,
    progress: &(dyn Fn(&SyncProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<SyncSummary, MailboxError> {
    let mut run = Run::new(limits, settings, secret, store, progress, cancel);
    let mut folders = Vec::new();
    let mut first_problem = None;
    for folder in settings.folder_names() {
        let mut summary = FolderSummary {
            folder: folder.to_string(),
            ..FolderSummary::default()
        };
        match run.folder(&mut summary).await {
            Ok(()) => {}
            Err(problem @ (MailboxError::Folder { .. } | MailboxError::Answer { .. })) => {
                summary.problem = Some(FolderProblem {
                    de: problem.tell(Language::De),
                    en: problem.tell(Language::En),
                });
                first_problem.get_or_insert(problem);
            }
            Err(problem) => return Err(problem),
        }
        folders.push(summary);
    }
    let reconnects = run.finish().await;
    match first_problem {
        Some(problem) if folders.iter().all(|folder| folder.problem.is_some()) => Err(problem),
        _ => Ok(SyncSummary { folders, reconnects }),
    }
}
