//! Mapping: which columns of a source become which fields of a target, and how.
//!
//! [`Mapping`] is what a person decides and what templates hold; [`Interpreter`] is the mapping made ready for the
//! columns of one source, and the only place where a raw row becomes a lead. [`suggest`] proposes a mapping.

mod activities;
mod dictionary;
mod interpret;
mod model;
mod person;
mod read;
mod step;
mod suggest;

pub use activities::ActivityText;
pub(crate) use interpret::DEFAULT_REGION;
pub use interpret::{Edits, Interpreted, Interpreter, ReadingSettings};
pub use model::{
    ActivitiesOrigin, ColumnRef, ExtraColumn, FieldMapping, Mapping, MappingProblem, Origin, ProgressDecision,
};
pub use person::{PersonName, split_name};
pub(crate) use read::{Outcome, Style, read_value, survives_json};
pub use step::{NamePart, Step};
pub use suggest::{ColumnSuggestion, Reason, SourceColumn, Suggestion, field_from_column, suggest};
