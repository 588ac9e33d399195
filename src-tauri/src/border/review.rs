//! Check and correction.

use lotse_core::finding::Severity;
use lotse_core::protection::Protection;
use lotse_engine::project::{CellHistory, CodeCount, Decision, RowView, StateCounts};
use lotse_engine::workflows::ReimportPreview;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ColumnKind;

/// What stands beside the table: what was found, and by what the table can be filtered.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReviewOverview {
    /// Findings by code, the worst and most frequent first.
    pub findings: Vec<CodeCount>,
    /// Rows by state.
    pub states: StateCounts,
    /// Sources of leads in the order in which they were loaded.
    pub sources: Vec<SourceFacet>,
    /// Rows that could be checked and are not: new ones, or all of them after a change of the mapping.
    pub unchecked: u32,
    /// Changes that can be undone.
    pub undoable: u32,
    /// Changes that can be done again.
    pub redoable: u32,
}

/// A source by which the table can be filtered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SourceFacet {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// The name of its file, with the sheet where there is one.
    pub name: String,
    /// Its rows.
    pub rows: u32,
}

/// Everything there is to say about one row.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RowDetail {
    /// The row.
    pub id: u32,
    /// The number beside it in its source.
    pub number: u32,
    /// The file, with the sheet where there is one.
    pub source: String,
    /// What a person would call the lead: its company, else empty.
    pub name: String,
    /// What holds for it.
    pub states: Vec<RowView>,
    /// The fields of the target, in their order.
    pub fields: Vec<DetailField>,
    /// Cells of the source that no field reads.
    pub unread: Vec<SourceCell>,
    /// What was found, the worst first.
    pub findings: Vec<DetailFinding>,
    /// The activities, where the target has any.
    pub activities: Option<DetailActivities>,
    /// The computed dates.
    pub protection: Option<Protection>,
    /// What a person has decided.
    pub decision: Option<Decision>,
    /// Rows that may be the same lead.
    pub duplicates: Vec<DuplicateRow>,
    /// What the server said when it refused the row.
    pub refusal: Option<String>,
}

/// A field of a row.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DetailField {
    /// Name of the field.
    pub name: String,
    /// As a person reads it.
    pub label: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// True where it cannot be written.
    pub computed: bool,
    /// The value in its canonical form, else the text.
    pub text: String,
    /// The cells that it is read from, untouched.
    pub source: Vec<SourceCell>,
    /// True where a person has typed over it.
    pub edited: bool,
    /// What the source says, where a person has typed over it.
    pub original: Option<String>,
    /// Who put what there, oldest first.
    pub history: Vec<CellHistory>,
}

/// A cell as its source has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SourceCell {
    /// Its header.
    pub header: String,
    /// Its text.
    pub text: String,
}

/// A finding of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DetailFinding {
    /// Its code.
    pub code: String,
    /// How bad.
    pub severity: Severity,
    /// The field, where it is about one of the lead's.
    pub field: Option<String>,
    /// What it is about, as a person reads it.
    pub title: String,
    /// The sentence.
    pub message: String,
    /// A correction that can be applied.
    pub fix: Option<String>,
}

/// The activities of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DetailActivities {
    /// The name of the list.
    pub name: String,
    /// The list as a person reads it.
    pub label: String,
    /// The fields of one activity.
    pub fields: Vec<ActivityField>,
    /// For each activity one text a field, in the order of [`DetailActivities::fields`].
    pub list: Vec<Vec<String>>,
    /// True where a person has written the list anew.
    pub edited: bool,
}

/// A field of an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ActivityField {
    /// Its name.
    pub name: String,
    /// As a person reads it.
    pub label: String,
    /// Which editor it has.
    pub kind: ActivityFieldKind,
    /// The allowed values.
    pub choices: Vec<ActivityChoice>,
}

/// How a field of an activity is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum ActivityFieldKind {
    /// Any text.
    Text,
    /// A moment or a day.
    Date,
    /// One of the choices.
    Choice,
    /// Yes, no, or not decided.
    Flag,
}

/// An allowed value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ActivityChoice {
    /// What is sent.
    pub value: String,
    /// As a person reads it.
    pub label: String,
}

/// A row that may be the same lead.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DuplicateRow {
    /// The row.
    pub row: u32,
    /// The number beside it in its source.
    pub number: u32,
    /// Its company, else empty.
    pub name: String,
    /// Only compared with.
    pub reference: bool,
    /// How alike the two are, where they were compared with each other.
    pub score: Option<f64>,
}

/// Changes of the project, from the newest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HistoryPage {
    /// The changes.
    pub entries: Vec<HistoryEntry>,
    /// There are older ones.
    pub more: bool,
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HistoryEntry {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What, as a sentence.
    pub text: String,
    /// Taken back at present.
    pub undone: bool,
}

/// A corrected file beside the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CorrectedFile {
    /// Its name.
    pub file: String,
    /// What would change.
    pub preview: ReimportPreview,
    /// The rows that would change.
    pub rows: Vec<RowName>,
}

/// A row by what people know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RowName {
    /// The row.
    pub row: u32,
    /// The number beside it in its source.
    pub number: u32,
    /// Its company, else empty.
    pub name: String,
}
