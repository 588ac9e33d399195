//! Templates, earlier decisions and sources that add to leads, as the window shows them.

pub use lotse_engine::mapping_history::EarlierDecision;
pub use lotse_engine::project::JoinReport;
pub use lotse_engine::workflows::{EnrichmentPreview, FieldSample, LikelyTemplate, UseProposal, Winner};
use serde::Serialize;
use ts_rs::TS;

/// The templates of the user, for one source.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TemplateShelf {
    /// All templates for the project's target, by name.
    pub all: Vec<TemplateLine>,
    /// Those that fit the columns of the source or nearly do, the best first.
    pub likely: Vec<LikelyTemplate>,
}

/// A template in the list.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TemplateLine {
    /// Its name.
    pub name: String,
    /// Fields that it fills.
    pub fields: u32,
    /// Who saved it.
    pub saved_by: Option<String>,
    /// When.
    pub saved_at: Option<String>,
}
