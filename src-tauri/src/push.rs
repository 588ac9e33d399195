//! The one push that a window runs at a time: who may begin it, how far it is, how it is stopped.
//!
//! Whoever asks for a push while one runs is shown that one. So nothing leaves twice for a double click.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lotse_core::migration::Mode;
use lotse_engine::workflows::push::{PushControl, PushProgress, Stop};

use crate::border::{Failure, FailureKind, PushRun, PushStage};

/// Least time between two messages about progress; beginnings and ends are told at once.
const THROTTLE: Duration = Duration::from_millis(100);

/// How long a closing window waits for the push to stand still. A request that is under way is dropped at once; this
/// is for writing that down.
const PATIENCE: Duration = Duration::from_secs(10);

type Listener = Box<dyn Fn(&PushRun) + Send>;

/// The push of this window.
#[derive(Default)]
pub(crate) struct Pushes {
    slot: Mutex<Slot>,
    ended: Condvar,
    listener: Mutex<Option<Listener>>,
}

#[derive(Default)]
struct Slot {
    run: Option<PushRun>,
    control: Option<PushControl>,
    told: Option<Instant>,
}

impl Pushes {
    /// Tells `listener` about the push from now on.
    pub(crate) fn listen(&self, listener: impl Fn(&PushRun) + Send + 'static) {
        *self.listener.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(listener));
    }

    /// What runs, or ran last.
    pub(crate) fn run(&self) -> Option<PushRun> {
        self.slot().run.clone()
    }

    /// Takes the right to push; `None` where a push runs already.
    pub(crate) fn begin(&self, push_id: Option<i64>, mode: Mode, connection: &str) -> Option<PushControl> {
        let mut slot = self.slot();
        if slot.control.is_some() {
            return None;
        }
        let control = PushControl::default();
        slot.control = Some(control.clone());
        slot.run = Some(PushRun {
            push_id,
            mode,
            connection: connection.to_owned(),
            stage: PushStage::Planning,
            progress: None,
            seconds_left: None,
            failure: None,
        });
        drop(slot);
        self.tell(true);
        Some(control)
    }

    /// Notes that the batches of `push_id` begin to leave.
    pub(crate) fn sends(&self, push_id: i64) {
        self.change(true, |run| {
            run.push_id = Some(push_id);
            if run.stage == PushStage::Planning {
                run.stage = PushStage::Sending;
            }
        });
    }

    /// Notes how far the push is.
    pub(crate) fn moves(&self, progress: &PushProgress) {
        self.change(false, |run| {
            #[allow(clippy::cast_precision_loss, reason = "an estimate for people")]
            let left = progress.total_leads.saturating_sub(progress.done_leads) as f64;
            run.seconds_left = (progress.rate > 0.0).then(|| left / progress.rate);
            run.progress = Some(progress.clone());
        });
    }

    /// Notes that the push stands still, with the reason where it is not a person's.
    pub(crate) fn ends(&self, failure: Option<Failure>) {
        {
            let mut slot = self.slot();
            slot.control = None;
            if let Some(run) = &mut slot.run {
                run.stage = PushStage::Ended;
                run.failure = failure.filter(|failure| failure.kind != FailureKind::Cancelled);
            }
        }
        self.ended.notify_all();
        self.tell(true);
    }

    /// Forgets what ran last, where nothing runs: it belonged to a project that is closed.
    pub(crate) fn forget(&self) {
        let mut slot = self.slot();
        if slot.control.is_none() {
            slot.run = None;
        }
    }

    /// Stops the push `push_id` where it runs; false where it does not.
    pub(crate) fn stop(&self, push_id: Option<i64>, how: Stop) -> bool {
        {
            let mut slot = self.slot();
            let Some(control) = slot.control.clone() else {
                return false;
            };
            let Some(run) = &mut slot.run else { return false };
            if push_id.is_some() && run.push_id != push_id {
                return false;
            }
            run.stage = PushStage::Stopping;
            control.stop(how);
        }
        self.tell(true);
        true
    }

    /// Pauses what runs and waits until it stands still.
    pub(crate) fn pause_and_wait(&self) {
        self.stop(None, Stop::Pause);
        let slot = self.slot();
        let waited = self
            .ended
            .wait_timeout_while(slot, PATIENCE, |slot| slot.control.is_some());
        drop(waited);
    }

    fn change(&self, at_once: bool, change: impl FnOnce(&mut PushRun)) {
        if let Some(run) = &mut self.slot().run {
            change(run);
        }
        self.tell(at_once);
    }

    fn tell(&self, at_once: bool) {
        let run = {
            let mut slot = self.slot();
            if !at_once && slot.told.is_some_and(|told| told.elapsed() < THROTTLE) {
                return;
            }
            slot.told = Some(Instant::now());
            slot.run.clone()
        };
        let listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(hear), Some(run)) = (&*listener, &run) {
            hear(run);
        }
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn only_one_push_runs_and_the_next_may_begin_after_it() {
        let pushes = Pushes::default();
        assert!(pushes.begin(None, Mode::DryRun, "Abnahme").is_some());
        assert!(pushes.begin(None, Mode::DryRun, "Abnahme").is_none());
        assert!(pushes.begin(Some(7), Mode::Production, "Abnahme").is_none());
        pushes.ends(None);
        assert_eq!(pushes.run().map(|run| run.stage), Some(PushStage::Ended));
        assert!(pushes.begin(Some(7), Mode::Production, "Abnahme").is_some());
    }

    #[test]
    fn a_closing_window_waits_until_the_push_stands_still() {
        let pushes = Arc::new(Pushes::default());
        let control = pushes.begin(Some(7), Mode::Production, "Abnahme").unwrap();
        let (stands, running) = std::sync::mpsc::channel::<()>();
        let runner = Arc::clone(&pushes);
        let thread = std::thread::spawn(move || {
            // Ends as a run does: after it was told to.
            running.recv().unwrap();
            drop(control);
            runner.ends(None);
        });
        let waiter = Arc::clone(&pushes);
        let waiting = std::thread::spawn(move || waiter.pause_and_wait());
        stands.send(()).unwrap();
        waiting.join().unwrap();
        thread.join().unwrap();
        assert_eq!(pushes.run().map(|run| run.stage), Some(PushStage::Ended));
        assert!(!pushes.stop(Some(7), Stop::Pause), "nothing runs any more");
    }

    #[test]
    fn another_push_is_not_stopped_by_mistake() {
        let pushes = Pushes::default();
        pushes.begin(Some(7), Mode::Production, "Abnahme").unwrap();
        assert!(!pushes.stop(Some(6), Stop::Cancel));
        assert!(pushes.stop(Some(7), Stop::Pause));
        assert_eq!(pushes.run().map(|run| run.stage), Some(PushStage::Stopping));
    }
}
