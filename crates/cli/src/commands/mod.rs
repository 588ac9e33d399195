//! The commands, a file each.

pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod connection;
pub(crate) mod convert;
pub(crate) mod duplicates;
pub(crate) mod input;
pub(crate) mod inspect;
pub(crate) mod mail;
pub(crate) mod mapping;
pub(crate) mod push;
pub(crate) mod reimport;
