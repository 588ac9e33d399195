//! Types of the rooms below that cross as they are.

use ts_rs::{Config, TS};

/// Writes each type, and every type in it, to `ui/src/bindings/`.
macro_rules! export {
    ($($name:ident: $type:ty,)+) => {$(
        #[test]
        fn $name() {
            <$type as TS>::export_all(&Config::from_env()).expect("the bindings can be written");
        }
    )+};
}

export! {
    activity_kinds: lotse_engine::workflows::ActivityKinds,
    approval_preview: lotse_engine::project::ApprovalPreview,
    audit_filter: lotse_engine::workflows::AuditFilter,
    audit_verdict: lotse_engine::project::AuditVerdict,
    audit_window: lotse_engine::workflows::AuditWindow,
    batch: lotse_engine::project::Batch,
    bulk_preview: lotse_engine::workflows::BulkPreview,
    cell_change: lotse_engine::workflows::CellChange,
    check_summary: lotse_engine::workflows::CheckSummary,
    cluster_method: lotse_core::clustering::ClusterMethod,
    connection: lotse_engine::connections::Connection,
    earlier_decision: lotse_engine::mapping_history::EarlierDecision,
    enrichment_preview: lotse_engine::workflows::EnrichmentPreview,
    facets: lotse_engine::project::Facets,
    decision_rule: lotse_engine::workflows::DecisionRule,
    fetched_mails: lotse_engine::workflows::FetchedMails,
    field_sample: lotse_engine::workflows::FieldSample,
    fix_preview: lotse_engine::workflows::FixPreview,
    found_values: lotse_engine::workflows::FoundValues,
    group_filter: lotse_engine::project::GroupFilter,
    group_window: lotse_engine::project::GroupWindow,
    job_snapshot: lotse_engine::jobs::JobSnapshot,
    kept: lotse_engine::credentials::Kept,
    lead_comparison: lotse_engine::workflows::push::LeadComparison,
    mail_query: lotse_engine::mailbox::MailQuery,
    mapping_change: lotse_engine::workflows::MappingChange,
    named_view: lotse_engine::project::NamedView,
    read_settings: lotse_engine::sources::ReadSettings,
    stop: lotse_engine::workflows::push::Stop,
    use_proposal: lotse_engine::workflows::UseProposal,
    value_clusters: lotse_engine::workflows::ValueClusters,
    winner: lotse_engine::workflows::Winner,
}
