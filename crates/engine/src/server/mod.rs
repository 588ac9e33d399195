//! Clients of import servers.

mod check;
mod client;
mod error;
mod retry;

pub use check::{CheckFailed, Reached, check_server};
pub use client::{Answered, ServerClient, ServerLead, WhoAmI};
pub use error::ServerError;
pub use retry::RetryPolicy;
