//! Sending what the ledger holds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

use lotse_core::language::{Language, Tell as _};
use lotse_core::migration::{LeadOutcome, Mode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::PushError;
use super::answer::{read_dry_run, take_over};
use crate::clock::Actor;
use crate::imported_leads::ImportedLeads;
use crate::project::{Batch, BatchState, Project, Push, PushState};
use crate::server::{Answered, RetryPolicy, ServerClient, ServerError};

/// What a person wants of a running push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// Stop now and go on later.
    Pause,
    /// Give up what is not sent.
    Cancel,
}

/// Stops a running push, from anywhere.
#[derive(Clone, Debug, Default)]
pub struct PushControl {
    token: CancellationToken,
    wanted: Arc<Mutex<Option<Stop>>>,
}

impl PushControl {
    /// Stops the push; a request that is under way is dropped and repeated under its key when the push goes on.
    pub fn stop(&self, how: Stop) {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = Some(how);
        self.token.cancel();
    }

    fn wanted(&self) -> Option<Stop> {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far a push is: the whole picture each time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct PushProgress {
    /// The push.
    #[ts(type = "number")]
    pub push_id: i64,
    /// Dry-run or production.
    pub mode: Mode,
    /// How far.
    pub state: PushState,
    /// Leads in answered or refused batches.
    #[ts(type = "number")]
    pub done_leads: u64,
    /// All leads.
    #[ts(type = "number")]
    pub total_leads: u64,
    /// Batches that are answered or refused.
    pub done_batches: u32,
    /// All batches.
    pub total_batches: u32,
    /// Leads a second since this run began.
    pub rate: f64,
    /// What is waited for before the next try, for a person; empty while it goes well.
    pub waiting: String,
}

/// The push that is not finished, if there is one: interrupted, paused, or still running elsewhere in this program. Of
/// several the newest.
pub fn open_push(project: &Project) -> Result<Option<Push>, PushError> {
    Ok(project.pushes()?.into_iter().find(is_open))
}

/// True for a push that is not finished and not given up.
pub(super) fn is_open(push: &Push) -> bool {
    matches!(push.state, PushState::Running | PushState::Paused)
}

/// How a push is run.
#[derive(Clone, Debug, Default)]
pub struct RunSettings {
    /// How often and how slowly requests are repeated.
    pub policy: RetryPolicy,
    /// Through which a person stops it.
    pub control: PushControl,
    /// Language of the sentences in the progress.
    pub language: Language,
    /// Where imported leads are remembered, so that later projects can be compared with them; nowhere without it.
    pub imported: Option<ImportedLeads>,
}

/// Sends every batch of a push that is not answered yet, and takes over the answers. Blocks until nothing is left, a
/// person stops it, or something comes up that repeating does not help; in the latter two cases the push is paused and
/// this can be called again.
///
/// Of a push that was cancelled, only what had left without an answer is asked for again, so that it is known what has
/// arrived; it stays cancelled.
pub fn run_push(
    project: &Project,
    actor: &Actor,
    client: &ServerClient,
    push_id: i64,
    settings: &RunSettings,
    progress: &(dyn Fn(&PushProgress) + Sync),
) -> Result<PushState, PushError> {
    let push = project.push(push_id)?;
    let mode = push.mode;
    if push.state == PushState::Paused {
        project.put_push_state(actor, push_id, PushState::Running, &json!({}))?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| ServerError::Settings {
            reason: error.to_string(),
        })?;
    let run = Run {
        project,
        actor,
        client,
        push,
        settings,
        progress,
        begun: Stopwatch::now(),
    };
    let ended = runtime.block_on(run.to_the_end());
    if let Some(imported) = settings.imported.as_ref().filter(|_| mode == Mode::Production) {
        // Also of a push that broke off. What was sent is sent, whether or not it can be remembered here.
        if let Err(error) = imported.remember(project) {
            tracing::warn!(
                error = error.tell(Language::En),
                "imported leads cannot be remembered"
            );
        }
    }
    ended
}

struct Run<'a> {
    project: &'a Project,
    actor: &'a Actor,
    client: &'a ServerClient,
    push: Push,
    settings: &'a RunSettings,
    progress: &'a (dyn Fn(&PushProgress) + Sync),
    begun: Stopwatch,
}

/// How sending a batch ended.
enum Sent {
    Answered(Answered, Stopwatch),
    Stopped,
}

impl Run<'_> {
    async fn to_the_end(&self) -> Result<PushState, PushError> {
        let batches = self.project.batches(self.push.id)?;
        let already: u64 = batches
            .iter()
            .filter(|batch| !batch.state.is_open())
            .map(|batch| u64::from(batch.lead_count))
            .sum();
        self.tell(&batches, already, PushState::Running, String::new());
        let cancelled = self.is_cancelled();
        let left =
            |batch: &&Batch| batch.state.is_open() && !(cancelled && batch.state == BatchState::Planned);
        for batch in batches.iter().filter(left) {
            let outcome = self.one(batch, already).await;
            match outcome {
                Ok(true) => {}
                Ok(false) => return self.stopped(already),
                Err(error) => {
                    let state = if cancelled {
                        PushState::Cancelled
                    } else {
                        PushState::Paused
                    };
                    let facts = json!({ "reason": error.tell(Language::En) });
                    self.project
                        .put_push_state(self.actor, self.push.id, state, &facts)?;
                    self.report(already, state, error.tell(self.settings.language))?;
                    return Err(error);
                }
            }
            self.report(already, PushState::Running, String::new())?;
        }
        let state = if cancelled {
            PushState::Cancelled
        } else {
            PushState::Finished
        };
        self.project
            .put_push_state(self.actor, self.push.id, state, &self.counts()?)?;
        self.report(already, state, String::new())?;
        Ok(state)
    }

    /// True where a person has given the push up before, and only what is unanswered is asked for.
    fn is_cancelled(&self) -> bool {
        self.push.state == PushState::Cancelled
    }

    fn stopped(&self, already: u64) -> Result<PushState, PushError> {
        let state = match self.settings.control.wanted() {
            Some(Stop::Cancel) => PushState::Cancelled,
            Some(Stop::Pause) | None if self.is_cancelled() => PushState::Cancelled,
            Some(Stop::Pause) | None => PushState::Paused,
        };
        self.project.put_push_state(
            self.actor,
            self.push.id,
            state,
            &json!({ "reason": "stopped by a person" }),
        )?;
        self.report(already, state, String::new())?;
        Ok(state)
    }

    /// Sends one batch; false when a person stopped it.
    async fn one(&self, batch: &Batch, already: u64) -> Result<bool, PushError> {
        if batch.state == BatchState::Uncertain && !self.reconcile(batch).await? {
            return Ok(true);
        }
        let sent = match self.send(batch, already).await {
            Ok(sent) => sent,
            Err(PushError::Server(ServerError::Refused {
                status,
                message,
                code,
            })) if is_about_content(status) => {
                // The whole batch was refused and nothing of it imported; the others can still go.
                let problem = code.map_or_else(|| message.clone(), |code| format!("{code}: {message}"));
                self.project
                    .batch_ended(self.actor, batch, BatchState::Refused, status, &problem)?;
                return Ok(true);
            }
            Err(error) => return Err(error),
        };
        match sent {
            Sent::Answered(answered, started) => {
                take_over(self.project, self.actor, &self.push, batch, &answered, started)?;
                Ok(true)
            }
            Sent::Stopped => Ok(false),
        }
    }

    /// Sends the body under its key until an answer comes, waiting longer each time.
    async fn send(&self, batch: &Batch, already: u64) -> Result<Sent, PushError> {
        let body = self.project.batch_body(batch.id)?;
        let mut tried = 0;
        loop {
            if self.settings.control.token.is_cancelled() {
                return Ok(Sent::Stopped);
            }
            self.project.batch_leaves(batch.id)?;
            tried += 1;
            let started = Stopwatch::now();
            let answer = tokio::select! {
                () = self.settings.control.token.cancelled() => return Ok(Sent::Stopped),
                answer = self.client.send(body.clone(), &batch.idempotency_key) => answer,
            };
            let error = match answer {
                Ok(answered) => return Ok(Sent::Answered(answered, started)),
                Err(error) => error,
            };
            self.project
                .batch_delayed(batch.id, error.status(), &error.tell(Language::En))?;
            if self.push.mode == Mode::Production
                && error.may_have_arrived()
                && !self.server_is_idempotent()?
            {
                self.project.batch_ended(
                    self.actor,
                    batch,
                    BatchState::Uncertain,
                    error.status(),
                    &error.tell(Language::En),
                )?;
                return Err(PushError::Uncertain {
                    batch: batch.sequence + 1,
                });
            }
            if !error.is_passing() || tried >= self.settings.policy.attempts {
                return Err(error.into());
            }
            let asked = match &error {
                ServerError::Overloaded { retry_after, .. } => *retry_after,
                _ => None,
            };
            let wait = self.settings.policy.wait(tried, asked, random_byte());
            self.report(already, PushState::Running, error.tell(self.settings.language))?;
            tokio::select! {
                () = self.settings.control.token.cancelled() => return Ok(Sent::Stopped),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// True where the server has shown in a dry-run of this connection that it knows idempotency keys.
    fn server_is_idempotent(&self) -> Result<bool, PushError> {
        Ok(self
            .project
            .setting(&idempotency_setting(&self.push.base_url))?
            .as_deref()
            != Some("no"))
    }

    /// Asks by a dry-run what of an unanswered batch has arrived. True when nothing has, so that it can be sent again;
    /// false when everything has. Anything between is for a person.
    async fn reconcile(&self, batch: &Batch) -> Result<bool, PushError> {
        let body = self.project.batch_body(batch.id)?;
        let mut request: serde_json::Value =
            serde_json::from_slice(&body).map_err(|error| ServerError::Settings {
                reason: error.to_string(),
            })?;
        request["dryRun"] = true.into();
        let key = uuid::Uuid::new_v4().to_string();
        let answered = self.client.send(request.to_string().into_bytes(), &key).await?;
        let leads = self.project.batch_leads(batch.id)?;
        let answer = read_dry_run(&leads, &answered)?;
        let known: std::collections::BTreeMap<&str, i64> = answer
            .duplicates
            .iter()
            .filter(|warning| warning.match_score >= crate::project::CERTAIN)
            .filter_map(|warning| Some((warning.external_id.0.as_str(), warning.matched_lead_id?)))
            .collect();
        let arrived = leads
            .iter()
            .filter(|lead| known.contains_key(lead.external_id.0.as_str()))
            .count();
        match arrived {
            0 => Ok(true),
            all if all == leads.len() => {
                let results: Vec<_> = leads
                    .iter()
                    .map(|lead| lotse_core::migration::LeadResult {
                        external_id: lead.external_id.clone(),
                        status: LeadOutcome::Imported,
                        lead_id: known.get(lead.external_id.0.as_str()).copied(),
                        error: None,
                    })
                    .collect();
                let facts = json!({
                    "push": self.push.id, "batch": batch.sequence, "reconciled_by_dry_run": answer.import_id,
                    "imported_leads": results.len(),
                });
                let answer = crate::project::Answer {
                    mode: Mode::Production,
                    http_status: answered.status,
                    response: &answered.body,
                    results: &results,
                    facts: &facts,
                };
                self.project.batch_answered(
                    self.actor,
                    batch,
                    &answer,
                    |result| json!({ "lead_id": result.lead_id }),
                )?;
                Ok(false)
            }
            some => Err(PushError::AnswerIncomplete {
                batch: batch.sequence + 1,
                reason: format!("{some} of {} leads have arrived", leads.len()),
            }),
        }
    }

    fn counts(&self) -> Result<serde_json::Value, PushError> {
        let batches = self.project.batches(self.push.id)?;
        let mut imported = 0_u64;
        let mut skipped = 0_u64;
        let mut failed = 0_u64;
        for batch in &batches {
            for lead in self.project.batch_leads(batch.id)? {
                match lead.outcome {
                    Some(LeadOutcome::Imported) => imported += 1,
                    Some(LeadOutcome::SkippedDuplicate) => skipped += 1,
                    Some(LeadOutcome::Failed) => failed += 1,
                    None => {}
                }
            }
        }
        Ok(
            json!({ "batches": batches.len(), "imported": imported, "skipped_duplicates": skipped, "failed": failed }),
        )
    }

    fn report(&self, already: u64, state: PushState, waiting: String) -> Result<(), PushError> {
        let batches = self.project.batches(self.push.id)?;
        self.tell(&batches, already, state, waiting);
        Ok(())
    }

    fn tell(&self, batches: &[Batch], already: u64, state: PushState, waiting: String) {
        let done = batches.iter().filter(|batch| !batch.state.is_open());
        let done_leads: u64 = done.clone().map(|batch| u64::from(batch.lead_count)).sum();
        let seconds = self.begun.elapsed().max(Duration::from_millis(1)).as_secs_f64();
        #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = done_leads.saturating_sub(already) as f64 / seconds;
        (self.progress)(&PushProgress {
            push_id: self.push.id,
            mode: self.push.mode,
            state,
            done_leads,
            total_leads: batches.iter().map(|batch| u64::from(batch.lead_count)).sum(),
            done_batches: u32::try_from(done.count()).unwrap_or(u32::MAX),
            total_batches: u32::try_from(batches.len()).unwrap_or(u32::MAX),
            rate,
            waiting,
        });
    }
}

/// Setting of a project that remembers whether a server knows idempotency keys.
pub(super) fn idempotency_setting(base_url: &str) -> String {
    format!("idempotency:{base_url}")
}

/// Statuses by which a server refuses what a batch says, not who sends it or how.
fn is_about_content(status: u16) -> bool {
    matches!(status, 400 | 409 | 413 | 422)
}

fn random_byte() -> u8 {
    let mut byte = [0];
    // Without random numbers all clients wait the same time; that is no reason to stop.
    let _ = getrandom::fill(&mut byte);
    byte[0]
}
