//! Long work: how far it is, and how it is stopped.

mod registry;

pub use registry::{JobKind, JobSnapshot, JobState, Jobs};

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

/// What a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Rows arrive from a file.
    Reading,
    /// Rows become leads and are checked.
    Checking,
    /// Rows are read for comparison.
    Indexing,
    /// Rows are compared with each other.
    Comparing,
    /// Batches are written into the ledger.
    Preparing,
    /// Batches are on their way.
    Sending,
    /// A file is written.
    Writing,
    /// Mails arrive.
    Fetching,
}

/// How far a job is: always the whole picture, never a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// What it is doing.
    pub phase: Phase,
    /// Steps done.
    #[ts(type = "number")]
    pub done: u64,
    /// Steps there are; 0 while nobody knows.
    #[ts(type = "number")]
    pub total: u64,
    /// Rows done, where steps are something else (bytes of a file).
    #[ts(type = "number")]
    pub rows: u64,
}

/// How a running job is watched and stopped.
#[derive(Clone)]
pub struct Watch<'a> {
    /// Called now and then, from any thread.
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// Asked at least every 100 ms.
    pub cancel: CancellationToken,
}

impl Watch<'_> {
    /// Neither watched nor stopped.
    pub fn quiet() -> Watch<'static> {
        Watch {
            progress: &|_| {},
            cancel: CancellationToken::new(),
        }
    }

    /// Tells how far the job is.
    pub fn report(&self, phase: Phase, done: u64, total: u64) {
        (self.progress)(Progress {
            phase,
            done,
            total,
            rows: done,
        });
    }

    /// True once the job shall stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

impl std::fmt::Debug for Watch<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Watch")
            .field("cancelled", &self.is_cancelled())
            .finish_non_exhaustive()
    }
}
