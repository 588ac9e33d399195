//! Text files: character sets, dialects, records.

mod candidates;
mod cells;
pub(crate) mod charset;
pub(crate) mod dialect;
mod layout;
mod mending;
mod plain;
mod plain_reader;
mod quick;
mod reader;
pub(crate) mod record;
mod repair;
mod signs;

pub(crate) use dialect::usual_width;
pub use plain::PlainRows;
pub(crate) use reader::{TableShape, TextFile};
