//! The mailbox against a real IMAP server (Dovecot) over real TLS, and against a network that breaks.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop there")]

mod connecting;
mod corpus;
mod faults;
mod into_project;
mod secrets;
mod server;
mod syncing;
mod watching;
