//! Clients of import servers.

mod client;
mod error;
mod retry;

pub use client::{Answered, ServerClient, ServerLead, WhoAmI};
pub use error::ServerError;
pub use retry::RetryPolicy;
