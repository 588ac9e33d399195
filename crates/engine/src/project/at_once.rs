//! The threads that answer a person at once. Work that a person waits for must not queue behind a check or a comparison
//! of a million rows, which have all threads of the common pool.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();

/// Runs `work` so that everything parallel in it goes to threads of its own.
pub(super) fn at_once<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let pool = POOL.get_or_init(|| {
        let named = |number| format!("at-once-{number}");
        // Where the system gives no threads, the common ones have to do.
        ThreadPoolBuilder::new().thread_name(named).build().ok()
    });
    match pool {
        Some(pool) => pool.install(work),
        None => work(),
    }
}
