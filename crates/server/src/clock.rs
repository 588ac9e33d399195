//! The server's one clock.

use lotse_core::values::Instant;

/// The present moment.
pub(crate) fn now() -> Instant {
    Instant::from(chrono::Utc::now())
}
