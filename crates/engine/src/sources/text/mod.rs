//! Text files: character sets, dialects, records.

mod candidates;
mod cells;
pub(crate) mod charset;
pub(crate) mod dialect;
mod layout;
mod mending;
mod quick;
mod reader;
pub(crate) mod record;
mod repair;

pub(crate) use dialect::usual_width;
pub(crate) use reader::{TableShape, TextFile};
