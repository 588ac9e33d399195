//! What became of a push, for whoever reads the ledger: counts, leads by outcome, what nobody knows yet.

use std::collections::BTreeSet;

use lotse_core::lead::ExternalId;
use lotse_core::migration::LeadOutcome;
use lotse_core::values::Instant;
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use super::ledger::{BatchLead, lead_of};
use super::{Project, ProjectError};

/// How many leads and batches of a push stand where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct PushCounts {
    /// Leads in all batches.
    pub leads: u32,
    /// Imported.
    pub imported: u32,
    /// Left out by the server as known.
    pub skipped: u32,
    /// Refused, one by one or with their batch.
    pub failed: u32,
    /// Found good by a dry-run.
    pub passed: u32,
    /// Without an outcome: not sent, or not answered.
    pub open: u32,
    /// Batches that were never sent.
    pub planned: u32,
    /// Batches that were sent and not answered.
    pub sent: u32,
    /// Batches with an answer.
    pub answered: u32,
    /// Batches that were refused as a whole.
    pub refused: u32,
    /// Batches of which nobody knows whether they have arrived.
    pub uncertain: u32,
    /// When a batch moved last; `None` where there is no batch.
    pub moved_at: Option<Instant>,
}

impl PushCounts {
    /// True when every lead has exactly one outcome.
    pub fn balanced(&self) -> bool {
        self.open == 0 && self.leads == self.imported + self.skipped + self.failed + self.passed
    }

    /// Batches that may have arrived without an answer having come.
    pub fn unanswered(&self) -> u32 {
        self.sent + self.uncertain
    }
}

/// What became of a lead of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum LeadFate {
    /// The server has it now.
    Imported,
    /// The server left it out as known.
    Skipped,
    /// The server refused it, alone or with its batch.
    Failed,
    /// A dry-run found it good.
    Passed,
    /// Not sent, or not answered.
    Open,
}

impl LeadFate {
    /// The condition over `l` (lead) and `b` (batch).
    fn condition(self) -> &'static str {
        match self {
            Self::Imported => "l.outcome = 'imported'",
            Self::Skipped => "l.outcome = 'skipped_duplicate'",
            Self::Failed => "(l.outcome = 'failed' OR (l.outcome = '' AND b.state = 'refused'))",
            Self::Passed => "(l.outcome = '' AND b.state = 'answered')",
            Self::Open => "(l.outcome = '' AND b.state IN ('planned', 'sent', 'uncertain'))",
        }
    }

    fn of(outcome: Option<LeadOutcome>, batch_state: &str) -> Self {
        match (outcome, batch_state) {
            (Some(LeadOutcome::Imported), _) => Self::Imported,
            (Some(LeadOutcome::SkippedDuplicate), _) => Self::Skipped,
            (Some(LeadOutcome::Failed), _) | (None, "refused") => Self::Failed,
            (None, "answered") => Self::Passed,
            (None, _) => Self::Open,
        }
    }
}

/// A lead of a push that the server takes for one it has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ServerDouble {
    /// The row.
    pub row: u32,
    /// Its identity.
    pub external_id: ExternalId,
    /// The server's lead.
    #[ts(type = "number")]
    pub lead_id: i64,
    /// 0.75 to 1.
    pub score: f64,
    /// Why, as in the contract: `email_exact`.
    pub reason: String,
}

/// A row that a server has imported.
pub(crate) struct ImportedRow {
    pub row: u32,
    pub external_id: String,
    pub lead_id: Option<i64>,
    /// Address of the server.
    pub server: String,
    pub imported_at: Instant,
}

impl Project {
    /// All rows that were imported, in order; one that several servers have, once for each.
    pub(crate) fn imported_rows(&self) -> Result<Vec<ImportedRow>, ProjectError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT l.row, l.external_id, l.lead_id, p.base_url, b.changed_at
                 FROM batch_lead l JOIN batch b ON b.id = l.batch_id JOIN push p ON p.id = b.push_id
                 WHERE p.mode = 'production' AND l.outcome = 'imported' ORDER BY l.row, p.id",
            )?;
            let imported = |row: &Row<'_>| {
                let lead_id: i64 = row.get(2)?;
                let at: String = row.get(4)?;
                Ok(ImportedRow {
                    row: row.get(0)?,
                    external_id: row.get(1)?,
                    lead_id: (lead_id >= 0).then_some(lead_id),
                    server: row.get(3)?,
                    imported_at: super::moment(&at),
                })
            };
            statement.query_map([], imported)?.collect()
        })
    }

    /// How many leads and batches of a push stand where.
    pub fn push_counts(&self, push_id: i64) -> Result<PushCounts, ProjectError> {
        let count = |shown: LeadFate| format!("COALESCE(SUM({}), 0)", shown.condition());
        let leads = format!(
            "SELECT COUNT(*), {}, {}, {}, {}, {} FROM batch_lead l JOIN batch b ON b.id = l.batch_id WHERE b.push_id = ?1",
            count(LeadFate::Imported),
            count(LeadFate::Skipped),
            count(LeadFate::Failed),
            count(LeadFate::Passed),
            count(LeadFate::Open),
        );
        self.read(|connection| {
            let mut counts = connection.prepare_cached(&leads)?.query_row([push_id], |row| {
                Ok(PushCounts {
                    leads: row.get(0)?,
                    imported: row.get(1)?,
                    skipped: row.get(2)?,
                    failed: row.get(3)?,
                    passed: row.get(4)?,
                    open: row.get(5)?,
                    ..PushCounts::default()
                })
            })?;
            let mut batches = connection.prepare_cached(
                "SELECT state, COUNT(*), MAX(changed_at) FROM batch WHERE push_id = ?1 GROUP BY state",
            )?;
            let mut rows = batches.query([push_id])?;
            while let Some(row) = rows.next()? {
                let (state, number): (String, u32) = (row.get(0)?, row.get(1)?);
                match state.as_str() {
                    "sent" => counts.sent = number,
                    "answered" => counts.answered = number,
                    "refused" => counts.refused = number,
                    "uncertain" => counts.uncertain = number,
                    _ => counts.planned = number,
                }
                let moved: String = row.get(2)?;
                counts.moved_at = counts.moved_at.max(Instant::from_rfc3339(&moved));
            }
            Ok(counts)
        })
    }

    /// Leads of a push in the order in which they went: those of one fate or all, some of them, and how many there are. A
    /// lead whose batch was refused as a whole has the reason of the batch.
    pub fn push_leads_of(
        &self,
        push_id: i64,
        fate: Option<LeadFate>,
        offset: u32,
        limit: u32,
    ) -> Result<(u32, Vec<(BatchLead, LeadFate)>), ProjectError> {
        let from = format!(
            "FROM batch_lead l JOIN batch b ON b.id = l.batch_id WHERE b.push_id = ?1 AND {}",
            fate.map_or("1", LeadFate::condition)
        );
        self.read(|connection| {
            let total = connection
                .prepare_cached(&format!("SELECT COUNT(*) {from}"))?
                .query_row([push_id], |row| row.get(0))?;
            let mut statement = connection.prepare_cached(&format!(
                "SELECT l.row, l.external_id, l.content_hash, l.outcome, l.lead_id,
                    CASE WHEN l.error = '' AND b.state = 'refused' THEN b.problem ELSE l.error END, b.state
                 {from} ORDER BY b.sequence, l.position LIMIT ?2 OFFSET ?3"
            ))?;
            let lead = |row: &Row<'_>| {
                let (lead, state) = (lead_of(row)?, row.get::<_, String>(6)?);
                let fate = LeadFate::of(lead.outcome, &state);
                Ok((lead, fate))
            };
            let leads = statement
                .query_map(params![push_id, limit, offset], lead)?
                .collect::<Result<_, _>>()?;
            Ok((total, leads))
        })
    }

    /// Leads of a push that its server takes for ones it has, and how many there are.
    pub fn push_doubles(
        &self,
        push_id: i64,
        offset: u32,
        limit: u32,
    ) -> Result<(u32, Vec<ServerDouble>), ProjectError> {
        const FROM: &str = "FROM batch_lead l JOIN batch b ON b.id = l.batch_id JOIN push p ON p.id = b.push_id
            JOIN server_duplicate d ON d.row = l.row AND d.content_hash = l.content_hash AND d.connection = p.base_url
            WHERE p.id = ?1";
        let double = |row: &Row<'_>| {
            Ok(ServerDouble {
                row: row.get(0)?,
                external_id: ExternalId(row.get(1)?),
                lead_id: row.get(2)?,
                score: row.get(3)?,
                reason: row.get(4)?,
            })
        };
        self.read(|connection| {
            let total = connection
                .prepare_cached(&format!("SELECT COUNT(*) {FROM}"))?
                .query_row([push_id], |row| row.get(0))?;
            let mut statement = connection.prepare_cached(&format!(
                "SELECT l.row, l.external_id, d.lead_id, d.score, d.reason {FROM}
                 ORDER BY b.sequence, l.position, d.score DESC LIMIT ?2 OFFSET ?3"
            ))?;
            let doubles = statement
                .query_map(params![push_id, limit, offset], double)?
                .collect::<Result<_, _>>()?;
            Ok((total, doubles))
        })
    }

    /// Rows that are on their way to a server without an answer: their import may have happened. They must not go out
    /// under another key before that is known.
    pub fn unanswered_rows(&self, connection: &str, base_url: &str) -> Result<BTreeSet<u32>, ProjectError> {
        self.read(|database| {
            let mut statement = database.prepare_cached(
                "SELECT l.row FROM batch_lead l JOIN batch b ON b.id = l.batch_id JOIN push p ON p.id = b.push_id
                 WHERE p.mode = 'production' AND b.state IN ('sent', 'uncertain') AND (p.connection = ?1 OR p.base_url = ?2)",
            )?;
            statement.query_map([connection, base_url], |row| row.get(0))?.collect()
        })
    }
}
