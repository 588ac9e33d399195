//! By what the table can be filtered.

use serde::Serialize;
use ts_rs::TS;

/// The values of a column among the rows that all other filters leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ColumnFacet {
    /// Chosen ones and the most frequent others, the most frequent first.
    pub values: Vec<FacetValue>,
    /// How many different values there are, listed or not.
    pub different: u32,
}

/// A value by which a column can be filtered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FacetValue {
    /// In its canonical form; empty for empty cells.
    pub value: String,
    /// As the cells show it.
    pub text: String,
    /// Rows with it.
    pub rows: u32,
}
