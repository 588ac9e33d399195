//! One sync under way: its connection, its tries and its waits.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::plan::{self, Batch, BatchBounds};
use super::{FolderSummary, SyncLimits, SyncProgress};
use crate::credentials::Secret;
use crate::mailbox::connection::{self, MailHead, Session};
use crate::mailbox::error::MailboxError;
use crate::mailbox::settings::MailboxSettings;
use crate::mailbox::store::{Added, Fetched, FolderState, MailStore, Outcome, StoreError};

/// Mails whose sizes are asked for at once.
const HEADS_AT_ONCE: usize = 500;
/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Tries after which a mail that breaks the connection is left behind.
const TRIES_PER_MAIL: u32 = 3;
/// After so many mails left behind, it is not the mails.
const MOST_LEFT_BEHIND: usize = 3;

pub(super) struct Run<'a> {
    limits: SyncLimits,
    settings: &'a MailboxSettings,
    secret: &'a Secret,
    store: &'a Arc<MailStore>,
    report: &'a (dyn Fn(&SyncProgress) + Send + Sync),
    cancel: &'a CancellationToken,
    session: Option<Session>,
    /// The batch that is being stored while the next one is fetched.
    storing: Option<JoinHandle<Result<Added, StoreError>>>,
    progress: SyncProgress,
    /// Broken connections in a row without any progress.
    failures: u32,
    /// The mail at which the connection broke last, and how often.
    suspect: Option<(u32, u32)>,
    /// Mails of the folder under way that are not asked for again in this sync.
    left_behind: BTreeSet<u32>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        limits: SyncLimits,
        settings: &'a MailboxSettings,
        secret: &'a Secret,
        store: &'a Arc<MailStore>,
        report: &'a (dyn Fn(&SyncProgress) + Send + Sync),
        cancel: &'a CancellationToken,
    ) -> Self {
        Run {
            limits,
            settings,
            secret,
            store,
            report,
            cancel,
            session: None,
            storing: None,
            progress: SyncProgress::default(),
            failures: 0,
            suspect: None,
            left_behind: BTreeSet::new(),
        }
    }

    /// Takes leave of the server; gives the number of reconnects.
    pub(super) async fn finish(self) -> u32 {
        if let Some(session) = self.session {
            session.log_out().await;
        }
        self.progress.reconnects
    }

    /// Passes over a folder until one pass gets through or nothing helps any more.
    pub(super) async fn folder(&mut self, summary: &mut FolderSummary) -> Result<(), MailboxError> {
        self.suspect = None;
        self.left_behind.clear();
        loop {
            // Boxed, as the states of all commands together are large.
            let outcome = Box::pin(self.pass(summary)).await;
            // Whatever happened, what is on its way into the store arrives.
            self.settle(summary).await?;
            let problem = match outcome {
                Ok(()) => return Ok(()),
                Err(problem) if problem.is_passing() => problem,
                Err(problem) => return Err(problem),
            };
            self.session = None;
            self.failures += 1;
            if self.failures >= self.limits.attempts {
                return Err(match problem {
                    MailboxError::Interrupted { host, cause, .. } => MailboxError::Interrupted {
                        host,
                        cause,
                        attempts: self.failures,
                    },
                    other => other,
                });
            }
            let wait = backoff(self.limits.first_wait, self.failures);
            tracing::info!(attempt = self.failures, wait = ?wait, %problem, "mailbox connection broke");
            self.unless_cancelled(async {
                tokio::time::sleep(wait).await;
                Ok(())
            })
            .await?;
            self.progress.reconnects += 1;
        }
    }

    /// One pass over a folder with one connection.
    async fn pass(&mut self, summary: &mut FolderSummary) -> Result<(), MailboxError> {
        let since = self.settings.since;
        let mut session = match self.session.take() {
            Some(session) => session,
            None => {
                let opening = connection::open(self.settings, self.secret, self.limits.patience());
                self.unless_cancelled(opening).await?
            }
        };
        let opened = self.unless_cancelled(session.examine(&summary.folder)).await;
        let open = match opened {
            Ok(open) => open,
            Err(problem) => {
                // The connection is as good as before for the next folder.
                self.session = (!problem.is_passing()).then_some(session);
                return Err(problem);
            }
        };
        let (store, folder, limit) = (
            Arc::clone(self.store),
            summary.folder.clone(),
            self.limits.largest_mail,
        );
        let state =
            in_background(move || store.enter_folder(&folder, open.uid_validity, since, limit)).await?;
        summary.renumbered |= state.renumbered;

        let mut uids: Vec<u32> = state.pending.difference(&self.left_behind).copied().collect();
        let day = since.map(plan::day_to_ask);
        let first = state.last_uid.saturating_add(1);
        for (from, to) in plan::search_windows(first, open.uid_next, open.exists) {
            let found = self.unless_cancelled(session.search(from, to, day)).await?;
            uids.extend(found.into_iter().filter(|uid| !state.known.contains(uid)));
        }
        self.progress.folder.clone_from(&summary.folder);
        self.progress.done = 0;
        self.progress.total = uids.len() as u64;
        (self.report)(&self.progress);

        for stretch in uids.chunks(HEADS_AT_ONCE) {
            let heads = self.unless_cancelled(session.heads(stretch)).await?;
            for batch in plan::plan(stretch, &heads, since, self.bounds()) {
                self.batch(&mut session, &state, &batch, summary).await?;
                self.progress.done += batch.len() as u64;
                self.progress.bytes += batch.bytes;
                (self.report)(&self.progress);
            }
        }
        self.session = Some(session);
        Ok(())
    }

    /// After a broken connection mails travel alone, so that one which breaks it can be told from the others.
    fn bounds(&self) -> BatchBounds {
        BatchBounds {
            bytes: self.limits.batch_bytes,
            mails: if self.suspect.is_some() {
                1
            } else {
                self.limits.batch_mails
            },
            largest_mail: self.limits.largest_mail,
        }
    }

    /// Fetches a batch and sends it on its way into the store.
    async fn batch(
        &mut self,
        session: &mut Session,
        state: &FolderState,
        batch: &Batch,
        summary: &mut FolderSummary,
    ) -> Result<(), MailboxError> {
        let mut mails: Vec<Fetched> = Vec::with_capacity(batch.len());
        if !batch.fetch.is_empty() {
            // Some servers only estimate sizes, and every answer has a frame around the mail.
            let bytes = batch.bytes.saturating_mul(2) + (1 << 20);
            let uids = batch.uids();
            let fetching = session.fetch(&uids, bytes, |uid, raw| mails.push(whole(batch, uid, raw)));
            if let Err(problem) = self.unless_cancelled(fetching).await {
                return self.broken(state, batch, mails, problem, summary).await;
            }
        }
        for uid in missing(batch, &mails) {
            // Refused, or deleted just now? It is asked for alone, and if it does not come, its size tells.
            let bytes = self.limits.largest_mail.saturating_mul(2) + (1 << 20);
            let alone = [uid];
            let fetching = session.fetch(&alone, bytes, |uid, raw| mails.push(whole(batch, uid, raw)));
            if let Err(problem) = self.unless_cancelled(fetching).await {
                return self.broken(state, batch, mails, problem, summary).await;
            }
            if !mails.iter().any(|mail| mail.uid == uid) {
                let is_there = !self.unless_cancelled(session.heads(&[uid])).await?.is_empty();
                let outcome = if is_there { Outcome::Refused } else { Outcome::Gone };
                mails.push(Fetched { uid, outcome });
            }
        }
        mails.extend(batch.too_large.iter().map(|&(uid, size)| Fetched {
            uid,
            outcome: Outcome::TooLarge(size),
        }));
        mails.extend(batch.gone.iter().map(|&uid| Fetched {
            uid,
            outcome: Outcome::Gone,
        }));
        self.failures = 0;
        self.suspect = None;
        self.keep(state, mails, batch.last, summary).await
    }

    /// Keeps what came before the connection broke in the middle of a batch. What is missing is asked for again over
    /// a new connection; a mail at which it breaks every time is left behind.
    async fn broken(
        &mut self,
        state: &FolderState,
        batch: &Batch,
        mut mails: Vec<Fetched>,
        problem: MailboxError,
        summary: &mut FolderSummary,
    ) -> Result<(), MailboxError> {
        let Some(&first) = missing(batch, &mails).first() else {
            self.keep(state, mails, batch.last, summary).await?;
            return Err(problem);
        };
        let mut done_to = first - 1;
        if !mails.is_empty() {
            self.failures = 0;
        }
        if problem.is_passing() && self.blame(first) {
            tracing::warn!(uid = first, folder = %summary.folder, "a mail that breaks the connection is left behind");
            self.failures = 0;
            done_to = first;
            mails.push(Fetched {
                uid: first,
                outcome: Outcome::Refused,
            });
        }
        // What the plan had sorted out before that mail is settled as well.
        let settled = |uid: u32| uid <= done_to;
        mails.extend(
            batch
                .too_large
                .iter()
                .filter(|(uid, _)| settled(*uid))
                .map(|&(uid, size)| Fetched {
                    uid,
                    outcome: Outcome::TooLarge(size),
                }),
        );
        mails.extend(
            batch
                .gone
                .iter()
                .filter(|uid| settled(**uid))
                .map(|&uid| Fetched {
                    uid,
                    outcome: Outcome::Gone,
                }),
        );
        self.keep(state, mails, done_to, summary).await?;
        Err(problem)
    }

    /// Notes that the connection broke at the mail `uid`; true when it is to be left behind.
    fn blame(&mut self, uid: u32) -> bool {
        let tries = match self.suspect {
            Some((suspect, tries)) if suspect == uid => tries + 1,
            _ => 1,
        };
        let give_up = tries >= TRIES_PER_MAIL && self.left_behind.len() < MOST_LEFT_BEHIND;
        self.suspect = (!give_up).then_some((uid, tries));
        if give_up {
            self.left_behind.insert(uid);
        }
        give_up
    }

    /// Hands a batch to the store and does not wait for it, but for the one before.
    async fn keep(
        &mut self,
        state: &FolderState,
        mails: Vec<Fetched>,
        done_to: u32,
        summary: &mut FolderSummary,
    ) -> Result<(), MailboxError> {
        self.settle(summary).await?;
        for mail in &mails {
            match mail.outcome {
                Outcome::TooLarge(_) => summary.too_large += 1,
                Outcome::Refused => summary.refused += 1,
                Outcome::Mail { .. } | Outcome::Gone => {}
            }
        }
        let (store, state) = (Arc::clone(self.store), state.clone());
        self.storing = Some(tokio::task::spawn_blocking(move || {
            store.add(&state, &mails, done_to)
        }));
        Ok(())
    }

    /// Waits until the batch under way is stored.
    async fn settle(&mut self, summary: &mut FolderSummary) -> Result<(), MailboxError> {
        if let Some(storing) = self.storing.take() {
            let added = joined(storing.await)?;
            summary.new += added.new as u64;
            summary.known += added.known as u64;
        }
        Ok(())
    }

    /// Runs a step, unless the person stops it; the connection is then in the middle of something and not used again.
    async fn unless_cancelled<T>(
        &self,
        step: impl Future<Output = Result<T, MailboxError>>,
    ) -> Result<T, MailboxError> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(MailboxError::Cancelled),
            outcome = step => outcome,
        }
    }
}

/// A mail as it came, with its time of delivery.
fn whole(batch: &Batch, uid: u32, raw: &[u8]) -> Fetched {
    let head: Option<&MailHead> = batch.fetch.iter().find(|head| head.uid == uid);
    Fetched {
        uid,
        outcome: Outcome::Mail {
            raw: raw.to_vec(),
            internal_date: head.and_then(|head| head.internal_date),
        },
    }
}

/// The mails of the batch that have not come, ascending.
fn missing(batch: &Batch, mails: &[Fetched]) -> Vec<u32> {
    let mut uids = batch.uids();
    uids.retain(|uid| !mails.iter().any(|mail| mail.uid == *uid));
    uids
}

/// SQLite blocks; the connection's thread must not.
async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    joined(tokio::task::spawn_blocking(work).await)
}

fn joined<T>(outcome: Result<Result<T, StoreError>, tokio::task::JoinError>) -> Result<T, StoreError> {
    match outcome {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime is shutting down: nobody will see the answer.
        Err(error) => unreachable!("background work is never aborted: {error}"),
    }
}

/// Doubling waits with up to a quarter of jitter, so that many clients do not come back at once.
fn backoff(first: Duration, failures: u32) -> Duration {
    let wait = first
        .saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)))
        .min(LONGEST_WAIT);
    let mut random = [0_u8; 1];
    // Without random numbers the wait is only a little more regular.
    let _ignored = getrandom::fill(&mut random);
    wait + wait.mul_f64(f64::from(random[0]) / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_stay_bounded() {
        for (failures, least) in [(1, 1), (2, 2), (3, 4), (7, 60), (u32::MAX, 60)] {
            let wait = backoff(Duration::from_secs(1), failures);
            let least = Duration::from_secs(least);
            assert!(wait >= least && wait <= least + least / 4, "{failures}: {wait:?}");
        }
    }
}
