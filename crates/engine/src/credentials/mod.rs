//! Secrets: how they are held in memory and where they are kept.

mod keyring;
mod secret;

pub use keyring::{Kept, KeyringError, find_secret, forget_secret, hold_secret, keep_secret, where_kept};
pub use secret::Secret;
