//! Groups of duplicates side by side.

use lotse_core::merge::MergeRule;
use lotse_engine::project::{DecisionKind, RowOrigin};
use lotse_engine::workflows::PairView;
use serde::Serialize;
use ts_rs::TS;

use super::ColumnKind;

/// A group, ready to be compared: fields as rows, members as columns.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ComparedGroup {
    /// The group's first row; stands for the group.
    pub id: u32,
    /// The best score.
    pub score: f64,
    /// Nothing is left to decide.
    pub decided: bool,
    /// The fields that can be compared, in the order of the target.
    pub fields: Vec<ComparedField>,
    /// What the list of activities is called in a choice ([`MergeChoice::field`]); empty where the target has none.
    pub activity_field: String,
    /// The rows; at most [`ComparedGroup::MEMBERS`].
    pub members: Vec<ComparedMember>,
    /// How many rows there are.
    pub member_count: u32,
    /// The pairs among the members with what was compared, the surest first.
    pub pairs: Vec<PairView>,
}

impl ComparedGroup {
    /// The most members that are put side by side.
    pub(crate) const MEMBERS: usize = 24;
}

/// A field of the comparison.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ComparedField {
    /// Its name in the target.
    pub id: String,
    /// As a person reads it.
    pub title: String,
    /// What it holds.
    pub kind: ColumnKind,
}

/// A row of the comparison.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ComparedMember {
    /// The row.
    pub row: u32,
    /// Only compared with: it stays as it is.
    pub reference: bool,
    /// Where it is from.
    pub origin: Option<RowOrigin>,
    /// One text a field, in the order of [`ComparedGroup::fields`], as in the table.
    pub cells: Vec<String>,
    /// Its activities, one line each.
    pub activities: Vec<String>,
    /// What was decided.
    pub decision: Option<DecisionKind>,
    /// It has errors, so that it does not go as it is.
    pub with_errors: bool,
}

/// What a merge would give.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MergedGroup {
    /// One a field, in the order of [`ComparedGroup::fields`].
    pub fields: Vec<MergedCell>,
    /// The activities, one line each: of all rows, or of the one that was chosen for them.
    pub activities: Vec<String>,
}

/// A merged field.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MergedCell {
    /// The row whose value it is.
    pub row: u32,
    /// Why.
    pub rule: MergeRule,
}

/// A cell that a person wants in the merged row.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, TS)]
#[ts(export)]
pub struct MergeChoice {
    /// [`ComparedField::id`], or [`ComparedGroup::activity_field`] for all activities of a row.
    pub field: String,
    /// The row whose value is wanted.
    pub row: u32,
}

/// What the list needs to know beside its groups.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DuplicatesOverview {
    /// Everything has been compared.
    pub compared: bool,
    /// There are rows that were checked and so can be compared.
    pub comparable: bool,
}
