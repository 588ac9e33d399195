//! Typed values and how they are read out of text.
//!
//! Each reader answers two questions separately: what could this text mean, and does the text itself prove it. The
//! second is what lets a whole column be decided by its clear cells instead of guessing cell by cell.

mod decimal;
mod email;
mod flag;
mod instant;
mod moment;
mod phone;
mod text;

pub use decimal::{DecimalEvidence, DecimalStyle, decimal_evidence, read_decimal};
pub use email::{Email, EmailProblem};
pub use flag::read_flag;
pub use instant::Instant;
pub use moment::{DateOrder, Moment, MomentEvidence, MomentReading, read_moment, read_serial};
pub use phone::{Phone, PhoneProblem, PhoneReading, is_number_in_scientific_form};
pub use text::{clean, repair_mojibake};
