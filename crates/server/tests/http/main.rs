//! The server as clients see it: over HTTP, against the real thing.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation in a test is a failed test"
)]

mod access;
mod any_json;
mod command;
mod concurrency;
mod contract;
mod desk;
mod dry_run;
mod idempotency;
mod kill;
mod practice;
mod refusals;
mod storage;
mod validation;
mod wire;
