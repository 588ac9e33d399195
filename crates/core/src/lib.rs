//! The rules of Lotse, pure: what a lead is, how a row becomes one, what is wrong with it, what is double, what may
//! be sent.
//!
//! There is no clock, file, network, random number or window in this crate; `now` comes in as a value, and the same
//! input gives the same result on every machine.

pub mod batch;
pub mod check;
pub mod clustering;
pub mod duplicates;
pub mod finding;
pub mod language;
pub mod lead;
pub mod mapping;
pub mod merge;
pub mod migration;
pub mod profile;
pub mod protection;
pub mod request_form;
pub mod table;
pub mod target;
pub mod values;
