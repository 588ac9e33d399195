//! What the whole-way tests stand on. The tests themselves are in the folders beside this one.

#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation is a failed test, also in what the tests share"
)]

pub mod import_server;
pub mod programs;
pub mod secret_service;
pub mod window;
