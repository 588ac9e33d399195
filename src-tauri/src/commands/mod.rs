//! What the window may call, grouped by noun. Each command is a few lines: everything else belongs to a room below.

pub(crate) mod app;
pub(crate) mod table;
