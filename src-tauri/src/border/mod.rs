//! The types that cross from Rust to TypeScript, declared once.
//!
//! `cargo test` writes each of them to `ui/src/bindings/`; the files are committed. Numbers that count rows are `u32`:
//! a table ends far below four thousand million rows, and a JavaScript number holds every one of them.
//!
//! What a room below has declared for itself and crosses as it is stands in the list of `exports`.

mod app;
mod approval;
mod bulk;
mod connections;
mod duplicates;
#[cfg(test)]
mod exports;
mod facets;
mod mailbox;
mod mapping;
mod push;
mod review;
mod sources;
mod table;
mod templates;

pub use app::*;
pub use approval::*;
pub use bulk::*;
pub use connections::*;
pub use duplicates::*;
pub use facets::*;
pub use mailbox::*;
pub use mapping::*;
pub use push::*;
pub use review::*;
pub use sources::*;
pub use table::*;
pub use templates::*;
