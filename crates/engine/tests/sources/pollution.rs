//! Files polluted in one way each.
