//! Duplicates as a caller sees them.

mod matching;
