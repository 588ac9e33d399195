//! The whole way through the real programs, without a window: `lotse` and `lotse-server` as processes, with a
//! breaking line between them, a real keyring beside them, and somebody who kills them.

#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation is a failed test, also in what the tests share"
)]

mod bad_input;
mod desk;
mod fault_proxy;
mod faults;
mod house;
mod keyring;
mod kill;
mod leads;
mod push;
mod relay;
mod walk;

use std::time::{Duration, Instant};

/// How long anything that is waited for may take before a test fails. Generous: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// Waits until `reached` holds; `what` says for what, should it never come.
fn until(what: &str, mut reached: impl FnMut() -> bool) {
    let start = Instant::now();
    while !reached() {
        assert!(start.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
