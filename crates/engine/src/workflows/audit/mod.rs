//! The audit log for people: entries as sentences, by windows, searched by the words that stand in them, and exported.

mod export;
mod sentence;

pub use export::{export_audit_lines, export_audit_report};

use lotse_core::language::Language;
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};

use super::WorkflowError;
use crate::project::{AuditEntry, AuditQuery, Project};
use sentence::{facts_of, sentence_of, title_of};

/// What an event is about; the log is filtered by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum AuditTopic {
    /// The project itself, its sources, their mapping, settings.
    Sources,
    /// Cells that were changed, and changes that were taken back.
    Edits,
    /// Decisions, duplicates, merges.
    Decisions,
    /// Approvals.
    Approvals,
    /// Dry-runs, batches and leads on their way to a server.
    Transfers,
}

/// Every event that Lotse writes, with its topic.
const EVENTS: [(&str, AuditTopic); 28] = [
    ("project_created", AuditTopic::Sources),
    ("source_loaded", AuditTopic::Sources),
    ("source_removed", AuditTopic::Sources),
    ("source_used_otherwise", AuditTopic::Sources),
    ("mapping_changed", AuditTopic::Sources),
    ("setting_changed", AuditTopic::Sources),
    ("check_outdated", AuditTopic::Sources),
    ("rows_edit", AuditTopic::Edits),
    ("rows_bulk_edit", AuditTopic::Edits),
    ("rows_apply_fix", AuditTopic::Edits),
    ("rows_reimport", AuditTopic::Edits),
    ("rows_enrich", AuditTopic::Edits),
    ("change_undone", AuditTopic::Edits),
    ("change_redone", AuditTopic::Edits),
    ("duplicates_compared", AuditTopic::Decisions),
    ("rows_decide", AuditTopic::Decisions),
    ("rows_merge", AuditTopic::Decisions),
    ("rows_separate", AuditTopic::Decisions),
    ("leads_approved", AuditTopic::Approvals),
    ("push_started", AuditTopic::Transfers),
    ("push_running", AuditTopic::Transfers),
    ("push_paused", AuditTopic::Transfers),
    ("push_finished", AuditTopic::Transfers),
    ("push_cancelled", AuditTopic::Transfers),
    ("leads_batch_dry_run", AuditTopic::Transfers),
    ("leads_batch_import", AuditTopic::Transfers),
    ("batch_not_imported", AuditTopic::Transfers),
    ("lead_created_via_migration", AuditTopic::Transfers),
];

/// Which entries are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default)]
pub struct AuditFilter {
    /// Only those in whose event (by its name for people or for machines), actor, machine or facts this text occurs.
    pub search: String,
    /// Only those about this.
    pub topic: Option<AuditTopic>,
}

/// One entry, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditLine {
    /// Number, from 1 without gaps.
    #[ts(type = "number")]
    pub sequence: i64,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: String,
    /// On which machine.
    pub machine: String,
    /// The event's code.
    pub event: String,
    /// What it is about; `None` for an event of another version of Lotse.
    pub topic: Option<AuditTopic>,
    /// What happened.
    pub sentence: String,
    /// The facts, named and written as people write them.
    pub facts: Vec<AuditFact>,
    /// The facts as the log holds them.
    pub data: String,
    /// Hash of the entry.
    pub hash: String,
}

/// One fact of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct AuditFact {
    /// What it says something about.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// Consecutive entries of a filter, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditWindow {
    /// Place of the first one.
    #[ts(type = "number")]
    pub offset: u64,
    /// Entries that fit the filter.
    #[ts(type = "number")]
    pub total: u64,
    /// The entries.
    pub lines: Vec<AuditLine>,
}

/// The entries `offset .. offset + limit` of a filter.
pub fn audit_window(
    project: &Project,
    filter: &AuditFilter,
    language: Language,
    offset: u64,
    limit: u64,
) -> Result<AuditWindow, WorkflowError> {
    let search = filter.search.trim();
    let folded = search.to_lowercase();
    let names = |events: &mut dyn Iterator<Item = &'static str>| events.map(str::to_owned).collect();
    let query = AuditQuery {
        search: search.to_owned(),
        events_meant: match folded.as_str() {
            "" => Vec::new(),
            word => names(
                &mut EVENTS
                    .iter()
                    .map(|(event, _)| *event)
                    .filter(|event| title_of(event, language).to_lowercase().contains(word)),
            ),
        },
        only_events: filter.topic.map_or_else(Vec::new, |topic| {
            names(
                &mut EVENTS
                    .iter()
                    .filter(|(_, of)| *of == topic)
                    .map(|(event, _)| *event),
            )
        }),
    };
    let (entries, total) = project.audit_page(&query, offset, limit)?;
    Ok(AuditWindow {
        offset,
        total,
        lines: entries
            .iter()
            .map(|entry| line_of(project, entry, language))
            .collect(),
    })
}

fn line_of(project: &Project, entry: &AuditEntry, language: Language) -> AuditLine {
    AuditLine {
        sequence: entry.sequence,
        at: entry.at,
        actor: entry.actor.clone(),
        machine: entry.machine.clone(),
        event: entry.event.clone(),
        topic: EVENTS
            .iter()
            .find(|(event, _)| *event == entry.event)
            .map(|(_, topic)| *topic),
        sentence: sentence_of(project, entry, language),
        facts: facts_of(project, entry, language),
        data: serde_json::to_string_pretty(&entry.data).unwrap_or_default(),
        hash: entry.hash.clone(),
    }
}
