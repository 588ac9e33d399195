//! The push: what was approved goes to a server, once.
//!
//! Dry-run and production are one way with a named switch. [`plan`] turns approved rows into batches and writes them into
//! the ledger; [`run`] sends what the ledger holds and takes over the answers. A run can stop anywhere, also by the
//! power being cut: the next one finds the same bodies under the same keys.

mod answer;
mod error;
mod plan;
mod readiness;
mod run;
mod verify;

pub use error::PushError;
pub use plan::{PushOptions, plan_push};
pub use readiness::{Readiness, next_push, push_readiness};
pub use run::{PushControl, PushProgress, RunSettings, Stop, open_push, run_push};
pub use verify::{
    HeldLead, KeptVerification, LeadComparison, LeadMismatch, Verification, compare_leads, keep_verification,
    kept_verification, verify_push,
};
