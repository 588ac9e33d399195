//! The review table.

pub use lotse_core::finding::Severity;
pub use lotse_engine::project::{DecisionView, RowView, ValueFilter};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which rows, in which order. An empty view is the whole table in the order of the sources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct View {
    /// Only rows with this text in one of their cells, whatever the case; empty for all.
    pub search: String,
    /// Only rows with a finding of one of these severities; empty for all.
    pub severities: Vec<Severity>,
    /// Only rows that a person has changed.
    pub changed_only: bool,
    /// Only rows in one of these states; empty for all.
    pub states: Vec<RowView>,
    /// Only rows with a finding of one of these codes; empty for all.
    pub codes: Vec<String>,
    /// Only rows of these sources; empty for all.
    #[ts(type = "Array<number>")]
    pub sources: Vec<i64>,
    /// Only rows about which this was decided; empty for all.
    pub decisions: Vec<DecisionView>,
    /// Only rows with these values, in every one of these columns.
    pub values: Vec<ValueFilter>,
    /// First key first; rows that are equal stay in the order of the sources.
    pub sort: Vec<SortKey>,
}

/// One column to sort by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SortKey {
    /// [`Column::id`].
    pub column: String,
    /// Largest first.
    pub descending: bool,
}

/// What a column holds, which decides the editor, the alignment and how a value is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum ColumnKind {
    /// Any text.
    Text,
    /// A decimal number with a point.
    Number,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// One of [`Column::choices`].
    Choice,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
}

/// One column of the review table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Column {
    /// Stable over sessions: the name of the field.
    pub id: String,
    /// As a person reads it, in the chosen language.
    pub title: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// True where Lotse works the value out; such a cell cannot be written and is never sent.
    pub computed: bool,
    /// The allowed values of [`ColumnKind::Choice`].
    pub choices: Vec<String>,
    /// How wide it is until somebody drags it, in CSS pixels.
    pub width: u16,
    /// How many cells of it have an error.
    pub errors: u32,
    /// How many cells of it have a warning.
    pub warnings: u32,
}

/// The columns of the table and how many rows there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TableShape {
    /// In the order of the target's fields.
    pub columns: Vec<Column>,
    /// Rows in the view.
    pub rows: u32,
    /// Rows in the table.
    pub counts: RowCounts,
    /// Grows with every change of a cell; what was fetched under an older one may be out of date.
    pub revision: u32,
}

/// How many rows of the table there are of each sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RowCounts {
    /// All rows.
    pub all: u32,
    /// Rows whose gravest finding is an error.
    pub errors: u32,
    /// Rows whose gravest finding is a warning.
    pub warnings: u32,
    /// Rows whose gravest finding is a hint.
    pub hints: u32,
    /// Rows that a person has changed.
    pub changed: u32,
}

/// Consecutive rows of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RowWindow {
    /// The place of the first row in the view.
    pub offset: u32,
    /// Rows in the view.
    pub total: u32,
    /// [`TableShape::revision`] when they were read.
    pub revision: u32,
    /// Fewer than asked for at the end of the view.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Row {
    /// Stable over views and sessions.
    pub id: u32,
    /// The row number that a person sees in the spreadsheet.
    pub number: u32,
    /// The gravest finding.
    pub severity: Option<Severity>,
    /// What else holds for it: approved, imported, double.
    pub states: Vec<RowView>,
    /// One text a column, in the order of [`TableShape::columns`]: canonical where it could be read (an ISO date, a
    /// decimal point), else as it came.
    pub cells: Vec<String>,
    /// What there is to say about single cells.
    pub marks: Vec<Mark>,
}

/// What there is to say about a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Mark {
    /// The index in [`Row::cells`].
    pub column: u16,
    /// `None` for a cell that was changed and has no finding.
    pub severity: Option<Severity>,
    /// The code of the finding, such as `email.invalid`; empty without one.
    pub code: String,
    /// The finding as a sentence in the chosen language; empty without one.
    pub message: String,
    /// A correction that can be applied, where one is likely.
    pub fix: Option<String>,
    /// What stood there before a person changed it.
    pub original: Option<String>,
}

/// A block of cells of a view.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Block {
    /// The place of the first row in the view.
    pub offset: u32,
    /// How many rows.
    pub rows: u32,
    /// The columns by [`Column::id`], in the order in which they are shown.
    pub columns: Vec<String>,
}

/// Texts of a block, row by row.
pub type BlockTexts = Vec<Vec<String>>;

/// A new text for one cell.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CellEdit {
    /// [`Row::id`].
    pub row: u32,
    /// [`Column::id`].
    pub column: String,
    /// As typed.
    pub text: String,
}

/// How a text would be read in a cell, before it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CellReading {
    /// What the cell would show, as in [`Row::cells`].
    pub text: String,
    /// The gravest finding that it would have.
    pub severity: Option<Severity>,
    /// The finding as a sentence in the chosen language; empty without one.
    pub message: String,
}

/// What an edit, an undo or a redo did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EditOutcome {
    /// The revision after it.
    pub revision: u32,
    /// How many cells have another text now.
    pub changed: u32,
    /// The rows that were touched, checked again; at most a thousand, the rest is to be fetched.
    pub rows: Vec<Row>,
}

/// What a paste did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PasteOutcome {
    /// The revision after it.
    pub revision: u32,
    /// How many cells have another text now.
    pub changed: u32,
    /// How many of these have an error: what was pasted cannot be read there.
    pub faulty: u32,
    /// Rows of the clipboard that would have come to lie below the last row.
    pub rows_beyond: u32,
    /// Columns of the clipboard that would have come to lie right of the last column.
    pub columns_beyond: u32,
    /// Cells that are computed and were left alone.
    pub computed: u32,
}
