//! Duplicate groups: comparison, merging, decisions.
