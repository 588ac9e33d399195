//! Many cells at once.

use lotse_engine::workflows::CellChange;
use serde::Deserialize;
use ts_rs::TS;

use super::View;

/// Which rows, said so that no list of a million crosses the border.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum Scope {
    /// These.
    Rows {
        /// Their ids.
        rows: Vec<u32>,
    },
    /// All rows of a view but these.
    View {
        /// The view.
        view: View,
        /// The exceptions.
        except: Vec<u32>,
    },
    /// Consecutive rows of a view.
    Block {
        /// The view.
        view: View,
        /// Place of the first row.
        offset: u32,
        /// How many.
        rows: u32,
    },
}

/// Cells and what is to become of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct BulkRequest {
    /// The rows.
    pub scope: Scope,
    /// The columns by [`super::Column::id`]; computed ones are left alone.
    pub columns: Vec<String>,
    /// What is to be done.
    pub change: CellChange,
}
