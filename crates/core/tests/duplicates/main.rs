//! Duplicates as a caller sees them.

mod labelled;
mod matching;
