//! Fetching: once, or again and again.

use std::fmt::Write as _;
use std::sync::Arc;

use lotse_core::language::{Language, Tell};
use lotse_engine::jobs::{Phase, Progress};
use lotse_engine::mailbox::MailboxError;
use lotse_engine::workflows::{FetchedMails, MailWatcher, fetch_mails, watch_mailbox};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::Mailbox;
use super::into::{Destination, Taken};
use crate::Outcome;
use crate::arguments::{FetchArguments, WatchArguments};
use crate::commands::connection::{runtime, secret_for};
use crate::outcome::{Failure, GOOD, counted, print, print_json, print_json_line, shown, warn};
use crate::progress::ProgressLine;

/// What a look into a mailbox brought.
#[derive(Serialize)]
struct Report<'a> {
    connection: &'a str,
    #[serde(flatten)]
    fetched: &'a FetchedMails,
    into: Option<Taken>,
}

pub(super) fn sync(arguments: &FetchArguments) -> Outcome {
    let mailbox = Mailbox::open(arguments.mailbox.connection.as_deref())?;
    let rules = mailbox.rules(arguments.rules.as_deref())?;
    let destination = Destination::of(&arguments.into)?;
    let secret = secret_for(&mailbox.name)?;
    let line = Arc::new(ProgressLine::new());
    let cancel = CancellationToken::new();
    let outcome = runtime()?.block_on(fetch_mails(
        &mailbox.settings,
        &secret,
        &mailbox.store,
        &rules,
        &watcher(&line),
        &cancel,
    ));
    line.clear();
    let fetched = outcome?;
    let into = destination
        .map(|destination| destination.take(&mailbox, &line))
        .transpose()?;
    let report = Report {
        connection: &mailbox.name,
        fetched: &fetched,
        into,
    };
    if arguments.json {
        print_json(&report)?;
    } else {
        print(&shown(&describe(&report)))?;
    }
    // The other folders came through; this one did not, and whoever reads only the exit code has to know.
    let problem = fetched
        .sync
        .folders
        .iter()
        .find_map(|folder| folder.problem.as_ref());
    match problem {
        Some(problem) => Err(Failure::network(problem.en.clone())),
        None => Ok(GOOD),
    }
}

pub(super) fn watch(arguments: &WatchArguments) -> Outcome {
    let every = arguments.every;
    let arguments = &arguments.fetch;
    let mut mailbox = Mailbox::open(arguments.mailbox.connection.as_deref())?;
    if let Some(minutes) = every {
        mailbox.settings.poll_minutes = minutes;
    }
    let rules = mailbox.rules(arguments.rules.as_deref())?;
    let destination = Destination::of(&arguments.into)?;
    let secret = secret_for(&mailbox.name)?;
    let line = Arc::new(ProgressLine::new());
    let cancel = CancellationToken::new();
    let watcher = watcher(&line);
    let mut failure = None;
    let each = |look: Result<&FetchedMails, &MailboxError>| {
        line.clear();
        let told = match look {
            // The database blocks; this thread has nothing else to do meanwhile.
            Ok(fetched) => tokio::task::block_in_place(|| {
                tell_of_look(&mailbox, fetched, destination.as_ref(), &line, arguments.json)
            }),
            Err(problem) => {
                warn(&shown(&problem.tell(Language::En)));
                Ok(())
            }
        };
        if let Err(problem) = told {
            // Nobody can read what is found any more.
            failure = Some(problem);
            cancel.cancel();
        }
    };
    let outcome = runtime()?.block_on(async {
        end_with_a_signal(&cancel)?;
        let watching = watch_mailbox(
            &mailbox.settings,
            &secret,
            &mailbox.store,
            &rules,
            &watcher,
            each,
            &cancel,
        );
        Ok::<(), Failure>(Box::pin(watching).await?)
    });
    line.clear();
    outcome?;
    failure.map_or(Ok(GOOD), Err)
}

/// Says what a look brought. A project that cannot be written now is tried again with the next look: it may be open in
/// the window.
fn tell_of_look(
    mailbox: &Mailbox,
    fetched: &FetchedMails,
    destination: Option<&Destination<'_>>,
    line: &ProgressLine,
    json: bool,
) -> Result<(), Failure> {
    for problem in fetched
        .sync
        .folders
        .iter()
        .filter_map(|folder| folder.problem.as_ref())
    {
        warn(&shown(&problem.en));
    }
    let into = match destination
        .map(|destination| destination.take(mailbox, line))
        .transpose()
    {
        Ok(into) => into,
        Err(failure) => {
            failure.tell();
            None
        }
    };
    let report = Report {
        connection: &mailbox.name,
        fetched,
        into,
    };
    if json {
        print_json_line(&report)
    } else {
        print(&shown(&describe(&report)))
    }
}

/// Ends the watch with the look under way when the system or the person at the terminal asks for it.
fn end_with_a_signal(cancel: &CancellationToken) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::input(error.to_string());
    let cancel = cancel.clone();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            cancel.cancel();
        });
    }
    #[cfg(windows)]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c().map_err(failed)?;
        tokio::spawn(async move {
            interrupt.recv().await;
            cancel.cancel();
        });
    }
    Ok(())
}

fn watcher(line: &Arc<ProgressLine>) -> MailWatcher {
    let line = Arc::clone(line);
    Arc::new(move |progress: Progress| {
        line.show(&match progress.phase {
            Phase::Fetching => format!("fetching mails: {} of {}", progress.done, progress.total),
            _ => format!("reading mails: {}", progress.done),
        });
    })
}

fn describe(report: &Report<'_>) -> String {
    let mut text = String::new();
    for folder in &report.fetched.sync.folders {
        let new = counted(folder.new, "new mail");
        let _ = write!(text, "{}, {}: {new}", report.connection, folder.folder);
        for (count, what) in [
            (folder.known, "known already"),
            (folder.too_large, "too large to fetch"),
            (folder.refused, "not handed out by the server"),
        ] {
            if count > 0 {
                let _ = write!(text, ", {count} {what}");
            }
        }
        text.push('\n');
    }
    let read = &report.fetched.read;
    let _ = writeln!(
        text,
        "{} read: {} with {}, {} without, {} not readable",
        counted(read.mails as u64, "mail"),
        read.parsed,
        counted(read.leads as u64, "lead"),
        read.unmatched,
        read.failed
    );
    if let Some(taken) = &report.into {
        text.push_str(&taken.describe());
    }
    text
}
