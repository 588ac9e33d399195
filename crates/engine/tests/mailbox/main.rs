//! The mailbox against a real IMAP server (Dovecot) over real TLS, and against a network that breaks.

mod connecting;
mod corpus;
mod faults;
mod secrets;
mod server;
mod syncing;
