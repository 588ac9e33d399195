//! The mapping as the window shows it.

pub use lotse_core::mapping::Mapping;
use lotse_core::mapping::Step;
pub use lotse_core::profile::DateOrderFound;
pub use lotse_core::protection::ProtectionStatus;
pub use lotse_core::target::FieldKind;
pub use lotse_engine::workflows::{ActivityKinds, CheckSummary, Destination, FoundValues, MappingChange};
use serde::Serialize;
use ts_rs::TS;

use super::{ColumnType, DateOrder, DecimalStyle, Severity, SourceRole};

/// Everything that a mapping needs to know.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MappingOverview {
    /// The fields that can be filled.
    pub target: MappingTarget,
    /// The sources with their columns.
    pub sources: Vec<MappedSource>,
    /// The known users of the target system; `None` where no list is known.
    pub owners: Option<Vec<String>>,
}

/// What can be filled.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MappingTarget {
    /// As a person reads it.
    pub label: String,
    /// The fields of a lead.
    pub fields: Vec<TargetField>,
    /// The list of activities, where the target knows one.
    pub activities: Option<String>,
    /// The fields of an activity.
    pub activity_fields: Vec<TargetField>,
    /// First and last name can be split from one text.
    pub full_name: bool,
    /// The name of what takes all further columns, where the target has that.
    pub extra: Option<String>,
    /// The field that holds a lead's owner.
    pub owner_field: Option<String>,
}

/// A field that can be filled.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TargetField {
    /// Path in the request form.
    pub name: String,
    /// As a person reads it.
    pub label: String,
    /// What a value is.
    pub kind: FieldKind,
    /// Must have a value.
    pub required: bool,
    /// One value may stand for all rows or for empty cells.
    pub default_allowed: bool,
    /// The values of a choice.
    pub choices: Vec<NamedChoice>,
}

/// A value of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct NamedChoice {
    /// As sent.
    pub value: String,
    /// As a person reads it.
    pub label: String,
}

/// A source with its mapping.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MappedSource {
    /// Its identity in the project.
    #[ts(type = "number")]
    pub id: i64,
    /// File name.
    pub name: String,
    /// Sheet; empty where there are none.
    pub sheet: String,
    /// What its rows are for.
    pub role: SourceRole,
    /// Number of its rows.
    pub rows: u32,
    /// Its columns from left to right.
    pub columns: Vec<MappedColumn>,
    /// How they are mapped.
    pub state: MappingState,
}

/// A column as the source has it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MappedColumn {
    /// Its header; empty where there is none.
    pub header: String,
    /// Some of its texts.
    pub samples: Vec<String>,
    /// What they are.
    pub kind: ColumnType,
    /// Part of the cells looked at that have a value, 0 to 1.
    pub filled: f64,
    /// Which of day and month comes first in its dates.
    pub date_order: DateOrderFound,
    /// What is suggested for it.
    pub suggestion: Option<Suggested>,
}

/// A suggestion for a column.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Suggested {
    /// Where it would go.
    pub to: Destination,
    /// How sure this is, 0 to 1.
    pub confidence: f32,
    /// Why, in the chosen language.
    pub reason: String,
}

/// What a person has decided, or not yet.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MappingState {
    /// For each column where it goes; empty for one that is not taken over.
    pub uses: Vec<Vec<Destination>>,
    /// The fields that something fills.
    pub fields: Vec<MappedField>,
    /// Required fields that nothing fills, by name.
    pub missing: Vec<String>,
    /// Groups of columns that hold activities.
    pub groups: u32,
    /// Which of day and month comes first in the dates of activities.
    pub activity_order: Option<DateOrder>,
    /// The template that it was mapped by.
    pub template: Option<String>,
}

/// How a field is filled.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MappedField {
    /// Its name.
    pub name: String,
    /// The columns that it is joined from, by their places.
    pub columns: Vec<u32>,
    /// What stands between them.
    pub separator: String,
    /// The same text for every row.
    pub constant: Option<String>,
    /// What stands in for empty cells.
    pub default: Option<String>,
    /// Transformations in words of the chosen language.
    pub steps: Vec<String>,
    /// The same transformations, to be given back with others.
    pub plan: Vec<Step>,
    /// For phone numbers without a country code: the country they are from.
    pub region: Option<String>,
    /// For dates: which of day and month comes first.
    pub date_order: Option<DateOrder>,
    /// For numbers: which character separates the decimals.
    pub decimal_style: Option<DecimalStyle>,
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MappingOutcome {
    /// How it is mapped now.
    pub state: MappingState,
    /// Headers of columns that are not in use any more because of the change.
    pub freed: Vec<String>,
    /// The mapping before, to be given back to take the change back. The window does not look into it.
    #[ts(type = "unknown")]
    pub before: Mapping,
}

/// A row as the present mapping reads it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RowPreview {
    /// The number that a person sees.
    pub number: u32,
    /// The fields of the lead in the order of the target.
    pub fields: Vec<PreviewField>,
    /// Its activities.
    pub activities: Vec<Vec<PreviewField>>,
    /// What is wrong beside single fields.
    pub findings: Vec<PreviewFinding>,
    /// What is worked out from it, where that can be done.
    pub protection: Option<PreviewProtection>,
}

/// A field of a previewed lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PreviewField {
    /// As a person reads it.
    pub label: String,
    /// What a value is.
    pub kind: FieldKind,
    /// The value, canonical where it could be read; else the text.
    pub text: String,
    /// What is wrong with it.
    pub findings: Vec<PreviewFinding>,
}

/// Something wrong with a previewed lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PreviewFinding {
    /// How bad it is.
    pub severity: Severity,
    /// The sentence in the chosen language.
    pub message: String,
}

/// What is worked out from a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PreviewProtection {
    /// The day until which it is protected.
    pub until: String,
    /// The day by which something has to happen.
    pub progress_deadline: String,
    /// Whether it is protected.
    pub status: ProtectionStatus,
}
