//! Secrets: how they are held in memory and where they are kept.

mod secret;

pub use secret::Secret;
