//! Batches and the hashes that approvals, dry-runs and requests are bound to.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Leads in a request at most, whatever a target or a person sets.
pub const MAXIMUM_LEADS: usize = 1000;

/// SHA-256 in hexadecimal.
pub fn hex_digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
