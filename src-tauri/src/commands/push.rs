//! The push: dry-run, production, verification.
