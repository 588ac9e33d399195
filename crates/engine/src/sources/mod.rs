//! Files as sources.

mod error;
mod inspection;
mod settings;
mod shape;
mod structure;
mod text;
pub use error::*;
pub use inspection::*;
pub use settings::*;
