//! What the window may call, grouped by noun. Each command is a few lines: everything else belongs to a room below.

#![expect(
    clippy::needless_pass_by_value,
    reason = "Tauri reads arguments from the message and hands them over"
)]

pub(crate) mod additions;
pub(crate) mod app;
pub(crate) mod approval;
pub(crate) mod audit;
pub(crate) mod bulk;
pub(crate) mod connections;
pub(crate) mod duplicates;
pub(crate) mod facets;
pub(crate) mod mailbox;
pub(crate) mod mapping;
pub(crate) mod push;
pub(crate) mod review;
pub(crate) mod sources;
pub(crate) mod table;
pub(crate) mod templates;
