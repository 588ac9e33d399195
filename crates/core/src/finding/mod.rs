//! Findings: what is wrong, doubtful or worth knowing about one field of one row.
//!
//! A finding holds facts and no sentence; [`Finding::message`] makes the sentence in either language, and
//! [`Finding::code`] the stable code that programs and filters rely on.

mod message;
mod problem;

pub use problem::{Expected, Problem};

use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::target::{FieldSpec, Target};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, probably fine.
    Hint,
    /// Looks wrong; the row can go all the same.
    Warning,
    /// The row cannot go.
    Error,
}

/// The field a finding is about. Positions are those in the target's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A field of the lead.
    Field(u16),
    /// A field of an activity: which activity, which field.
    Activity(u16, u16),
    /// An activity as a whole.
    WholeActivity(u16),
    /// The cell or cells that hold the activities.
    Activities,
    /// A group of fields.
    Group(u16),
}

/// A suggested correction: putting `text` into the field of the finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// The text to put in; empty to clear the field.
    pub text: String,
}

/// What is wrong with one field of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: Problem,
    /// The text in question; empty where something is missing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// A correction, where one is likely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

impl Finding {
    /// A finding without a suggested correction.
    pub fn new(place: Place, problem: Problem, value: impl Into<String>) -> Self {
        Finding {
            place,
            problem,
            value: value.into(),
            fix: None,
        }
    }

    /// The same finding with the suggestion to put `text` into the field.
    #[must_use]
    pub fn with_fix(mut self, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { text: text.into() });
        self
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.problem.severity()
    }

    /// The stable code: `company_name.too_short`, `activity.progress_missing`.
    pub fn code(&self, target: &Target) -> String {
        let subject = match self.place {
            Place::Field(field) => spec(&target.fields, field).map_or("lead", |spec| &spec.code),
            Place::Activity(_, field) => {
                spec(target.activity_fields(), field).map_or("activity", |spec| &spec.code)
            }
            Place::WholeActivity(_) | Place::Activities => "activity",
            Place::Group(group) => target
                .groups
                .get(usize::from(group))
                .map_or("lead", |group| &group.name),
        };
        let problem = self.problem.code();
        // What concerns the order of an activity in time is about the activity, not about its date field.
        match subject.split_once('.') {
            Some((activity, _)) if self.problem.is_about_the_whole() => format!("{activity}.{problem}"),
            Some(_) => format!("{subject}_{problem}"),
            None => format!("{subject}.{problem}"),
        }
    }

    /// The field's path in the request form: `contact.email`, `activities[1].countsAsProgress`.
    pub fn path(&self, target: &Target) -> String {
        let activities = || {
            target
                .activities
                .as_ref()
                .map_or("activities", |activities| &activities.name)
        };
        match self.place {
            Place::Field(field) => {
                spec(&target.fields, field).map_or_else(String::new, |spec| spec.name.clone())
            }
            Place::Activity(at, field) => {
                let name = spec(target.activity_fields(), field).map_or("", |spec| &spec.name);
                format!("{}[{at}].{name}", activities())
            }
            Place::WholeActivity(at) => format!("{}[{at}]", activities()),
            Place::Activities => activities().to_string(),
            Place::Group(group) => target
                .groups
                .get(usize::from(group))
                .map_or_else(String::new, |group| group.name.clone()),
        }
    }

    /// The sentence for a person: what, where it matters why, what to do.
    pub fn message(&self, target: &Target, language: Language) -> String {
        message::message(self, target, language)
    }

    /// A heading for all findings with this code.
    pub fn title(&self, target: &Target, language: Language) -> String {
        message::title(self, target, language)
    }
}

fn spec(fields: &[FieldSpec], index: u16) -> Option<&FieldSpec> {
    fields.get(usize::from(index))
}
