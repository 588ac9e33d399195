//! Finds leads that are double.
mod email;
mod fold;
mod hash;
mod phone;
mod placeholder;
pub use email::normal_email;
pub use phone::{E164, Region, normal_phone};
pub use placeholder::{is_placeholder, is_placeholder_email, is_placeholder_phone};
mod company;
mod place;
mod similarity;
mod words;
mod reader;
mod record;
mod vocabulary;
pub use record::*;
