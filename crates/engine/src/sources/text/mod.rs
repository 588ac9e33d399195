//! Text files: character sets, dialects, records.

pub(crate) mod charset;
pub(crate) mod dialect;
mod mending;
mod reader;
pub(crate) mod record;

pub(crate) use dialect::usual_width;
pub(crate) use reader::{TableShape, TextFile};
