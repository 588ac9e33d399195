//! The way through the house: load, map, check, compare, approve, push, re-import, report. Window and command line both
//! call these and nothing beside them.

mod approve;
mod check;
mod compare;
mod edit;
mod error;
mod load;
mod merge;
mod progress_decisions;
pub mod push;
mod reimport;
mod rejected;
mod report;

pub use approve::approve_ready;
pub use check::{CheckSummary, check_all, check_settings, recheck_rows, set_owners};
pub(crate) use compare::{COMPARED_ROLES, Compared};
pub use compare::{GroupView, MemberView, PairView, compare_all, group_view};
pub use edit::{
    FixPreview, apply_fix, decide_rows, edit_fields, go_to_change, preview_fix, redo, set_mapping, undo,
};
pub use error::WorkflowError;
pub use load::{Loaded, load_file, load_table};
pub use merge::{MergePreview, merge_rows, preview_merge};
pub use progress_decisions::{OpenDecision, decide_progress, open_decisions};
pub use reimport::{ReimportChange, ReimportPreview, apply_reimport, preview_reimport};
pub use rejected::write_rejected;
pub use report::{
    CheckReport, LeadLine, ReportedDuplicate, ReportedError, SkippedInSource, UnmappedColumn, check_report,
    for_each_lead_line,
};
