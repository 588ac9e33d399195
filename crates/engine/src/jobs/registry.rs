//! The jobs that are under way, for whoever shows them: whole snapshots, ten times a second at most.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::{Phase, Progress, Watch};

/// What a job is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum JobKind {
    /// A source is taken into the project.
    Load,
    /// All rows are read and checked.
    Check,
    /// All rows are compared.
    Duplicates,
    /// Batches go to a server.
    Push,
    /// Mails are fetched.
    Mail,
    /// A file is written.
    Write,
    /// Many cells are changed at once.
    Edit,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Under way.
    Running,
    /// Came to its end.
    Done,
    /// Ended before, with an error that its caller has.
    Failed,
    /// A person stopped it.
    Cancelled,
}

/// A job as a whole; there are no differences, so that a lost message loses nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct JobSnapshot {
    /// Growing number in this run of the program.
    pub id: u32,
    /// What it is for.
    pub kind: JobKind,
    /// Where it stands.
    pub state: JobState,
    /// What it is doing.
    pub phase: Option<Phase>,
    /// What it is about: a file, a connection.
    pub subject: String,
    /// Rows (or mails, or leads) done.
    #[ts(type = "number")]
    pub done: u64,
    /// Part done, 0 to 1; `None` while nobody knows.
    pub part: Option<f64>,
    /// Rows a second since it began.
    pub rate: Option<f64>,
    /// Estimated from the part done so far.
    pub seconds_left: Option<f64>,
}

struct Running {
    snapshot: JobSnapshot,
    begun: Instant,
    cancel: CancellationToken,
}

type Listener = Box<dyn Fn(&[JobSnapshot]) + Send>;

/// The jobs that are under way.
#[derive(Default)]
pub struct Jobs {
    next: AtomicU32,
    running: Mutex<BTreeMap<u32, Running>>,
    listener: Mutex<(Option<Listener>, Option<Instant>)>,
}

/// Least time between two messages about progress; beginnings and ends are told at once.
const THROTTLE: Duration = Duration::from_millis(100);

impl Jobs {
    /// Tells `listener` about all running jobs from now on; it takes the place of an earlier one.
    pub fn listen(&self, listener: impl Fn(&[JobSnapshot]) + Send + 'static) {
        *self.listener.lock().unwrap_or_else(PoisonError::into_inner) = (Some(Box::new(listener)), None);
        self.tell(true);
    }

    /// Runs `work` as a job on this thread. Its progress is shown, and it can be cancelled from elsewhere.
    pub fn run<T, E>(
        &self,
        kind: JobKind,
        subject: &str,
        work: impl FnOnce(&Watch<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let cancel = CancellationToken::new();
        let snapshot = JobSnapshot {
            id,
            kind,
            state: JobState::Running,
            phase: None,
            subject: subject.to_string(),
            done: 0,
            part: None,
            rate: None,
            seconds_left: None,
        };
        let running = Running {
            snapshot,
            begun: Instant::now(),
            cancel: cancel.clone(),
        };
        self.jobs().insert(id, running);
        self.tell(true);
        let progress = |progress: Progress| self.note(id, progress);
        let outcome = work(&Watch {
            progress: &progress,
            cancel,
        });
        if let Some(job) = self.jobs().get_mut(&id) {
            job.snapshot.state = match &outcome {
                Ok(_) => JobState::Done,
                Err(_) if job.cancel.is_cancelled() => JobState::Cancelled,
                Err(_) => JobState::Failed,
            };
        }
        self.tell(true);
        self.jobs().remove(&id);
        self.tell(true);
        outcome
    }

    /// Asks a job to stop; false when it is not running.
    pub fn cancel(&self, id: u32) -> bool {
        let jobs = self.jobs();
        let Some(job) = jobs.get(&id) else { return false };
        job.cancel.cancel();
        true
    }

    /// All running jobs in the order in which they began.
    pub fn snapshots(&self) -> Vec<JobSnapshot> {
        self.jobs().values().map(|job| job.snapshot.clone()).collect()
    }

    fn note(&self, id: u32, progress: Progress) {
        if let Some(job) = self.jobs().get_mut(&id) {
            let seconds = job.begun.elapsed().as_secs_f64();
            #[allow(clippy::cast_precision_loss, reason = "shares and rates for people")]
            let (done, total, rows) = (progress.done as f64, progress.total as f64, progress.rows as f64);
            let part = (total > 0.0).then(|| (done / total).min(1.0));
            job.snapshot.phase = Some(progress.phase);
            job.snapshot.done = progress.rows;
            job.snapshot.part = part;
            job.snapshot.rate = (seconds > 0.2).then(|| rows / seconds);
            // An estimate from the first moments jumps about; nobody is helped by it.
            let estimable = part.filter(|part| seconds > 1.0 && *part > 0.02);
            job.snapshot.seconds_left = estimable.map(|part| seconds / part * (1.0 - part));
        }
        self.tell(false);
    }

    fn tell(&self, at_once: bool) {
        let mut listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(hear), told) = &mut *listener else {
            return;
        };
        if at_once || told.is_none_or(|told| told.elapsed() >= THROTTLE) {
            *told = Some(Instant::now());
            hear(&self.snapshots());
        }
    }

    fn jobs(&self) -> std::sync::MutexGuard<'_, BTreeMap<u32, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Jobs {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Jobs")
            .field("running", &self.snapshots())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_job_is_told_from_its_beginning_to_its_end() {
        let jobs = Jobs::default();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ears = Arc::clone(&heard);
        jobs.listen(move |snapshots| ears.lock().unwrap().push(snapshots.to_vec()));
        let outcome: Result<u32, ()> = jobs.run(JobKind::Check, "leads.xlsx", |watch| {
            watch.report(Phase::Checking, 50, 100);
            Ok(7)
        });
        assert_eq!(outcome, Ok(7));
        let heard = heard.lock().unwrap();
        assert_eq!(heard.first().unwrap().len(), 0);
        assert_eq!(heard[1][0].state, JobState::Running);
        assert_eq!(heard.iter().flatten().last().unwrap().state, JobState::Done);
        assert_eq!(heard.last().unwrap().len(), 0);
    }

    #[test]
    fn a_job_can_be_cancelled_while_it_runs() {
        let jobs = Jobs::default();
        let outcome: Result<(), &str> = jobs.run(JobKind::Load, "", |watch| {
            let id = jobs.snapshots()[0].id;
            assert!(jobs.cancel(id));
            assert!(watch.is_cancelled());
            Err("stopped")
        });
        assert_eq!(outcome, Err("stopped"));
        assert!(!jobs.cancel(0), "it is over");
    }
}
