//! Mapping: which columns of a source become which fields of a target, and how.
//!
//! [`Mapping`] is what a person decides and what templates hold; [`Interpreter`] is the mapping made ready for the
//! columns of one source, and the only place where a raw row becomes a lead. [`suggest`] proposes a mapping.

mod activities;
mod content;
mod dictionary;
mod header_words;
mod interpret;
mod memory;
mod model;
mod person;
mod read;
mod reason;
mod step;
mod suggest;
mod suggest_activities;
mod template;

pub use activities::ActivityText;
pub(crate) use interpret::DEFAULT_REGION;
pub use interpret::{ActivityCells, Edits, Interpreted, Interpreter, ReadingSettings};
pub use memory::{EarlierUse, Memory};
pub use model::{
    ActivitiesOrigin, ActivityDates, ColumnRef, ExtraColumn, FieldMapping, Mapping, MappingProblem, Origin,
    ProgressDecision, TemplateMark,
};
pub use person::{PersonName, split_name};
pub(crate) use read::{Outcome, Style, read_value, survives_json};
pub use reason::Reason;
pub use step::{NamePart, Step};
pub use suggest::{
    ColumnSuggestion, SourceColumn, Suggestion, field_from_column, suggest, suggest_remembering,
};
pub use suggest_activities::suggest_activities;
pub use template::{MissingColumn, TemplateFit, fit_template, template_fit};
