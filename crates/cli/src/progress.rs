//! Progress on standard error, for people at a terminal.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use lotse_engine::jobs::{Phase, Progress, Watch};
use tokio_util::sync::CancellationToken;

/// A line that is written over again and again.
pub(crate) struct ProgressLine {
    shown: Option<Mutex<Shown>>,
}

struct Shown {
    at: Option<Instant>,
    width: usize,
}

impl ProgressLine {
    /// Silent where standard error is no terminal.
    pub(crate) fn new() -> Self {
        let shown = std::io::stderr()
            .is_terminal()
            .then(|| Mutex::new(Shown { at: None, width: 0 }));
        ProgressLine { shown }
    }

    /// Shows a text in place of the one before, ten times a second at most.
    pub(crate) fn show(&self, text: &str) {
        let Some(shown) = &self.shown else { return };
        let Ok(mut shown) = shown.lock() else { return };
        if shown
            .at
            .is_some_and(|at| at.elapsed() < Duration::from_millis(100))
        {
            return;
        }
        let width = text.chars().count();
        let _ = write!(std::io::stderr(), "\r{text:<old$}", old = shown.width);
        let _ = std::io::stderr().flush();
        *shown = Shown {
            at: Some(Instant::now()),
            width,
        };
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        if let Some(Ok(shown)) = self.shown.as_ref().map(Mutex::lock)
            && shown.at.is_some()
        {
            let _ = write!(std::io::stderr(), "\r{:old$}\r", "", old = shown.width);
        }
    }

    /// Runs `work` while this line shows how far it is.
    pub(crate) fn watch<T>(&self, work: impl FnOnce(&Watch<'_>) -> T) -> T {
        let progress = |progress: Progress| self.show(&describe(progress));
        let outcome = work(&Watch {
            progress: &progress,
            cancel: CancellationToken::new(),
        });
        self.clear();
        outcome
    }
}

fn describe(progress: Progress) -> String {
    let what = match progress.phase {
        Phase::Reading => "reading",
        Phase::Checking => "checking",
        Phase::Indexing => "indexing",
        Phase::Comparing => "comparing",
        Phase::Preparing => "preparing batches",
        Phase::Sending => "sending",
        Phase::Writing => "writing",
        Phase::Fetching => "fetching mails",
    };
    match progress.total {
        0 => format!("{what}: {}", progress.rows),
        total => format!(
            "{what}: {} % ({} rows)",
            progress.done * 100 / total,
            progress.rows
        ),
    }
}
