//! The way through the house: load, map, check, compare, approve, push, re-import, report. Window and command line both
//! call these and nothing beside them.

mod additions;
mod approve;
mod audit;
mod bulk;
mod check;
mod columns;
mod compare;
mod compare_plain;
mod decide_by_rule;
mod edit;
mod enrichment;
mod error;
mod imported;
mod load;
mod mail;
mod mail_mapping;
mod mapping_change;
mod merge;
mod owners;
mod progress_decisions;
pub mod push;
mod reimport;
mod rejected;
mod report;
mod resolve;
mod template_use;

pub use additions::{
    JoinKey, UseProposal, join_activities, join_keys, propose_use, suggest_mapping, use_source,
};
pub use approve::approve_ready;
pub use audit::{
    AuditFact, AuditFilter, AuditLine, AuditTopic, AuditWindow, audit_window, export_audit_lines,
    export_audit_report,
};
pub use bulk::{
    BulkEdit, BulkPreview, CellChange, CellExample, Replacement, RowScope, ValueCluster, ValueClusters,
    apply_bulk, preview_bulk, value_clusters,
};
pub use check::{CheckSummary, check_all, check_settings, recheck_rows, set_owners};
pub use columns::{
    ActivityKinds, ActivityTexts, FieldSample, FoundValue, FoundValues, MappedRow, ProgressQuestion,
    activity_kinds, column_profiles, field_samples, field_values, mapped_row,
};
pub(crate) use compare::{COMPARED_ROLES, Compared, rows_to_compare};
pub use compare::{GroupView, MemberView, PairView, compare_all, compare_waiting, group_view};
pub use compare_plain::{PlainDuplicates, PlainPair, PlainRow, compare_plain};
pub use decide_by_rule::{DecisionRule, OtherRow, RuleDeed, decide_by_rule, rows_of_rule};
pub use edit::{
    FixPreview, apply_fix, compare_edited, decide_rows, edit_fields, edit_fields_watched, go_to_change,
    many_wait, preview_fix, read_as_written, redo, set_mapping, undo,
};
pub use enrichment::{
    Conflict, EnrichedField, EnrichmentPreview, Winner, apply_enrichment, preview_enrichment,
};
pub use error::WorkflowError;
pub use imported::take_in_imported;
pub use load::{Loaded, load_file, load_file_remembering};
pub use mail::{
    FetchedMails, LoadedMails, MailSelection, MailWatcher, fetch_mails, load_mails, watch_mailbox,
};
pub use mapping_change::{Destination, MappingChange, MappingChanged, change_mapping};
pub(crate) use merge::activity_texts;
pub use merge::{MergePreview, merge_rows, preview_merge};
pub use owners::{owners_in, read_owners};
pub use progress_decisions::{OpenDecision, decide_progress, open_decisions};
pub use reimport::{ReimportChange, ReimportPreview, apply_reimport, preview_reimport};
pub use rejected::write_rejected;
pub use report::{
    AdditionInReport, CheckReport, LeadLine, ReportedDuplicate, ReportedError, SkippedInSource,
    UnmappedColumn, check_report, for_each_lead_line,
};
pub use resolve::{keep_rows, reopen_rows, separate_pairs, skip_rows};
pub use template_use::{LikelyTemplate, apply_template, as_template, earlier_decisions, likely_templates};
