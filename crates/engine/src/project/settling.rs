//! Moves what a large load has written from SQLite's journal into the project file, on a thread of its own: it is
//! durable in the journal already, and nobody should have to wait for the copy.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::connect_reader;

/// The thread that does it, if one was ever needed. Dropping waits for it: the file is somebody else's from then on.
#[derive(Debug, Default)]
pub(super) struct Settling {
    thread: Mutex<Option<JoinHandle<()>>>,
    ended: Arc<AtomicBool>,
}

impl Settling {
    pub(super) fn begin(&self, path: PathBuf) {
        self.wait();
        let ended = Arc::clone(&self.ended);
        let thread = std::thread::spawn(move || {
            // Failing leaves it to the next change or to closing the project.
            if let Ok(connection) = connect_reader(&path) {
                let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
            }
            ended.store(true, Ordering::Release);
        });
        *self.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
    }

    /// True once after the thread has done its work.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.swap(false, Ordering::AcqRel)
    }

    /// Waits for the thread, as if it had never been.
    pub(super) fn wait(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic there is a journal that was not moved: no harm.
            let _ = thread.join();
        }
        self.ended.store(false, Ordering::Release);
    }
}

impl Drop for Settling {
    fn drop(&mut self) {
        self.wait();
    }
}
