//! The ledger: every batch on its way to a server, written down before it leaves.
//!
//! A batch is committed with its body, body hash and idempotency key; then it is marked as sent; then it leaves. After a
//! crash at any point the same body goes out under the same key.

use lotse_core::batch::hex_digest;
use lotse_core::lead::ExternalId;
use lotse_core::migration::{LeadOutcome, LeadResult, Mode};
use lotse_core::values::Instant;
use rusqlite::{OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::index::RowFacts;
use super::{Project, ProjectError, audit, moment, stamp};
use crate::clock::Actor;

/// How far a push has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum PushState {
    /// Its batches are being written down. One that stays like this was interrupted and is never sent.
    Planning,
    /// Under way, or interrupted: what is not answered will be sent.
    Running,
    /// Stopped by a person; goes on when asked.
    Paused,
    /// Nothing is left to send.
    Finished,
    /// Given up by a person; what was not sent stays.
    Cancelled,
}

/// How far a batch has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    /// Written down, never sent.
    Planned,
    /// Sent, no answer yet.
    Sent,
    /// Answered; the outcome of every lead is known.
    Answered,
    /// Refused as a whole; nothing of it was imported.
    Refused,
    /// Sent to a server without idempotency, and no answer came: it may or may not be there.
    Uncertain,
}

impl PushState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
        }
    }

    fn from_str(text: &str) -> Self {
        match text {
            "planning" => Self::Planning,
            "paused" => Self::Paused,
            "finished" => Self::Finished,
            "cancelled" => Self::Cancelled,
            _ => Self::Running,
        }
    }
}

impl BatchState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Sent => "sent",
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Uncertain => "uncertain",
        }
    }

    fn from_str(text: &str) -> Self {
        match text {
            "sent" => Self::Sent,
            "answered" => Self::Answered,
            "refused" => Self::Refused,
            "uncertain" => Self::Uncertain,
            _ => Self::Planned,
        }
    }

    /// True while there is something left to do for it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Sent | Self::Uncertain)
    }
}

/// A push: one run of batches to one server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Push {
    /// Identity.
    #[ts(type = "number")]
    pub id: i64,
    /// Dry-run or production.
    pub mode: Mode,
    /// Name of the connection.
    pub connection: String,
    /// Where it goes.
    pub base_url: String,
    /// Switches as they were when it began.
    #[ts(type = "Record<string, unknown>")]
    pub options: Json,
    /// Who.
    pub started_by: String,
    /// When.
    pub started_at: Instant,
    /// When nothing was left; `None` before.
    pub finished_at: Option<Instant>,
    /// How far.
    pub state: PushState,
}

/// A batch as the strip of batches shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// Identity.
    #[ts(type = "number")]
    pub id: i64,
    /// Its push.
    #[ts(type = "number")]
    pub push_id: i64,
    /// Place in the push, from 0.
    pub sequence: u32,
    /// Key under which the server remembers it.
    pub idempotency_key: String,
    /// SHA-256 of the body.
    pub body_hash: String,
    /// Leads in it.
    pub lead_count: u32,
    /// How far.
    pub state: BatchState,
    /// Times it was sent.
    pub attempts: u32,
    /// Status of the last answer; 0 before.
    pub http_status: u16,
    /// What went wrong last; empty when nothing.
    pub problem: String,
    /// When the state changed last.
    pub changed_at: Instant,
}

/// A batch before it is written down.
#[derive(Clone, Debug)]
pub struct NewBatch {
    /// Key under which the server shall remember it.
    pub idempotency_key: String,
    /// The request body, byte by byte.
    pub body: Vec<u8>,
    /// Its leads in the order of the body.
    pub leads: Vec<BatchLead>,
}

/// A lead in a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct BatchLead {
    /// The row.
    pub row: u32,
    /// Its identity.
    pub external_id: ExternalId,
    /// Hash of its content.
    pub content_hash: String,
    /// What became of it; `None` before the answer.
    pub outcome: Option<LeadOutcome>,
    /// The server's id.
    #[ts(type = "number | null")]
    pub lead_id: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
}

/// The answer to a batch.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// What was asked for.
    pub mode: Mode,
    /// Its status.
    pub http_status: u16,
    /// Its body, byte by byte.
    pub response: &'a [u8],
    /// What became of each lead.
    pub results: &'a [LeadResult],
    /// Facts for the audit log.
    pub facts: &'a Json,
}

fn push_of(row: &Row<'_>) -> rusqlite::Result<Push> {
    let mode: String = row.get(1)?;
    let options: String = row.get(4)?;
    let started_at: String = row.get(6)?;
    let finished_at: String = row.get(7)?;
    let state: String = row.get(8)?;
    Ok(Push {
        id: row.get(0)?,
        mode: Mode::of(mode == Mode::DryRun.as_str()),
        connection: row.get(2)?,
        base_url: row.get(3)?,
        options: serde_json::from_str(&options).unwrap_or_default(),
        started_by: row.get(5)?,
        started_at: moment(&started_at),
        finished_at: Instant::from_rfc3339(&finished_at),
        state: PushState::from_str(&state),
    })
}

const PUSH: &str = "id, mode, connection, base_url, options, started_by, started_at, finished_at, state";
const BATCH: &str = "id, push_id, sequence, idempotency_key, body_hash, lead_count, state, attempts, http_status, problem, changed_at";

fn batch_of(row: &Row<'_>) -> rusqlite::Result<Batch> {
    let state: String = row.get(6)?;
    let changed_at: String = row.get(10)?;
    Ok(Batch {
        id: row.get(0)?,
        push_id: row.get(1)?,
        sequence: row.get(2)?,
        idempotency_key: row.get(3)?,
        body_hash: row.get(4)?,
        lead_count: row.get(5)?,
        state: BatchState::from_str(&state),
        attempts: row.get(7)?,
        http_status: row.get(8)?,
        problem: row.get(9)?,
        changed_at: moment(&changed_at),
    })
}

pub(super) fn lead_of(row: &Row<'_>) -> rusqlite::Result<BatchLead> {
    let outcome: String = row.get(3)?;
    let lead_id: i64 = row.get(4)?;
    let error: String = row.get(5)?;
    Ok(BatchLead {
        row: row.get(0)?,
        external_id: ExternalId(row.get(1)?),
        content_hash: row.get(2)?,
        outcome: serde_json::from_value(Json::String(outcome)).ok(),
        lead_id: (lead_id >= 0).then_some(lead_id),
        error: (!error.is_empty()).then_some(error),
    })
}

impl Project {
    /// Begins a push; its batches follow with [`Project::add_batch`], and [`Project::push_is_planned`] ends the planning.
    pub fn begin_push(
        &self,
        actor: &Actor,
        mode: Mode,
        connection: &str,
        base_url: &str,
        options: &Json,
    ) -> Result<i64, ProjectError> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO push (mode, connection, base_url, options, started_by, started_at, finished_at, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, '', 'planning')",
                params![mode.as_str(), connection, base_url, options.to_string(), actor.name, stamp()],
            )?;
            let id = transaction.last_insert_rowid();
            let facts = json!({ "push": id, "mode": mode, "connection": connection, "base_url": base_url, "options": options });
            audit::append(transaction, actor, "push_started", facts)?;
            Ok(id)
        })
    }

    /// Writes a batch down. It may leave once this has returned.
    pub fn add_batch(&self, push_id: i64, sequence: u32, batch: &NewBatch) -> Result<i64, ProjectError> {
        let body_hash = hex_digest(&batch.body);
        let packed = zstd::encode_all(batch.body.as_slice(), 3)
            .map_err(|error| ProjectError::from_io(self.path(), &error))?;
        let lead_count = u32::try_from(batch.leads.len()).unwrap_or(u32::MAX);
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO batch (push_id, sequence, idempotency_key, body_hash, body, lead_count, state, attempts,
                    http_status, response, problem, changed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'planned', 0, 0, x'', '', ?7)",
                params![push_id, sequence, batch.idempotency_key, body_hash, packed, lead_count, stamp()],
            )?;
            let id = transaction.last_insert_rowid();
            let mut insert = transaction.prepare_cached(
                "INSERT INTO batch_lead (batch_id, position, row, external_id, content_hash, outcome, lead_id, error)
                 VALUES (?1, ?2, ?3, ?4, ?5, '', -1, '')",
            )?;
            for (position, lead) in (0_u32..).zip(&batch.leads) {
                insert.execute(params![id, position, lead.row, lead.external_id.0, lead.content_hash])?;
            }
            Ok(id)
        })
    }

    /// Notes that all batches of a push are written down: from now on it can be sent, and gone on with after a crash.
    pub fn push_is_planned(&self, push_id: i64) -> Result<(), ProjectError> {
        self.write(|transaction| {
            transaction
                .execute(
                    "UPDATE push SET state = 'running' WHERE id = ?1 AND state = 'planning'",
                    [push_id],
                )
                .map(drop)
        })
    }

    /// Notes that a batch is about to leave. Must have returned before the first byte does.
    pub fn batch_leaves(&self, batch_id: i64) -> Result<(), ProjectError> {
        self.write(|transaction| {
            transaction
                .execute(
                    "UPDATE batch SET state = 'sent', attempts = attempts + 1, changed_at = ?2 WHERE id = ?1",
                    params![batch_id, stamp()],
                )
                .map(drop)
        })
    }

    /// Notes what keeps a batch from being answered, without giving it up.
    pub fn batch_delayed(&self, batch_id: i64, http_status: u16, problem: &str) -> Result<(), ProjectError> {
        self.write(|transaction| {
            transaction
                .execute(
                    "UPDATE batch SET http_status = ?2, problem = ?3, changed_at = ?4 WHERE id = ?1",
                    params![batch_id, http_status, problem, stamp()],
                )
                .map(drop)
        })
    }

    /// Notes that a batch is certain not to have been imported, or that nobody can know.
    pub fn batch_ended(
        &self,
        actor: &Actor,
        batch: &Batch,
        state: BatchState,
        http_status: u16,
        problem: &str,
    ) -> Result<(), ProjectError> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE batch SET state = ?2, http_status = ?3, problem = ?4, changed_at = ?5 WHERE id = ?1",
                params![batch.id, state.as_str(), http_status, problem, stamp()],
            )?;
            let facts = json!({
                "push": batch.push_id, "batch": batch.sequence, "state": state, "http_status": http_status, "problem": problem,
            });
            audit::append(transaction, actor, "batch_not_imported", facts)
        })
    }

    /// Takes over the answer to a batch: the outcome of each lead, and the entries of the audit log. `lead_facts` makes
    /// the facts of a lead's own entry.
    pub fn batch_answered(
        &self,
        actor: &Actor,
        batch: &Batch,
        answer: &Answer<'_>,
        lead_facts: impl Fn(&LeadResult) -> Json,
    ) -> Result<(), ProjectError> {
        let Answer {
            mode,
            http_status,
            response,
            results,
            facts,
        } = *answer;
        let packed =
            zstd::encode_all(response, 3).map_err(|error| ProjectError::from_io(self.path(), &error))?;
        self.write(|transaction| {
            transaction.execute(
                "UPDATE batch SET state = 'answered', http_status = ?2, response = ?3, problem = '', changed_at = ?4 WHERE id = ?1",
                params![batch.id, http_status, packed, stamp()],
            )?;
            let mut update = transaction.prepare_cached(
                "UPDATE batch_lead SET outcome = ?3, lead_id = ?4, error = ?5 WHERE batch_id = ?1 AND external_id = ?2",
            )?;
            for result in results {
                update.execute(params![
                    batch.id,
                    result.external_id.0,
                    result.status.as_str(),
                    result.lead_id.unwrap_or(-1),
                    result.error.as_deref().unwrap_or("")
                ])?;
            }
            let event = match mode {
                Mode::DryRun => "leads_batch_dry_run",
                Mode::Production => "leads_batch_import",
            };
            audit::append(transaction, actor, event, facts.clone())?;
            if mode == Mode::Production {
                for result in results.iter().filter(|result| result.status == LeadOutcome::Imported) {
                    audit::append(transaction, actor, "lead_created_via_migration", lead_facts(result))?;
                }
            }
            Ok(())
        })?;
        if mode == Mode::Production {
            let rows: Vec<(String, u32)> = self
                .batch_leads(batch.id)?
                .into_iter()
                .map(|lead| (lead.external_id.0, lead.row))
                .collect();
            let rows: std::collections::BTreeMap<String, u32> = rows.into_iter().collect();
            let mut index = self.index_mut();
            for result in results {
                let flag = match result.status {
                    LeadOutcome::Imported => RowFacts::IMPORTED,
                    LeadOutcome::SkippedDuplicate => RowFacts::SKIPPED_BY_SERVER,
                    LeadOutcome::Failed => RowFacts::FAILED,
                };
                if let Some(&row) = rows.get(&result.external_id.0) {
                    index.mark(row, flag);
                }
            }
        }
        Ok(())
    }

    /// The server's audit entry about a batch, as its answer named it.
    pub fn server_audit_id(&self, batch_id: i64) -> Result<Option<String>, ProjectError> {
        let packed: Vec<u8> = self.read(|connection| {
            connection.query_row("SELECT response FROM batch WHERE id = ?1", [batch_id], |row| {
                row.get(0)
            })
        })?;
        let Ok(response) = zstd::decode_all(packed.as_slice()) else {
            return Ok(None);
        };
        let answer: Option<Json> = serde_json::from_slice(&response).ok();
        Ok(answer.and_then(|answer| answer.get("audit_log_id")?.as_str().map(String::from)))
    }

    /// Changes the state of a push.
    pub fn put_push_state(
        &self,
        actor: &Actor,
        push_id: i64,
        state: PushState,
        facts: &Json,
    ) -> Result<(), ProjectError> {
        let finished = if matches!(state, PushState::Finished | PushState::Cancelled) {
            stamp()
        } else {
            String::new()
        };
        self.write(|transaction| {
            transaction.execute(
                "UPDATE push SET state = ?2, finished_at = ?3 WHERE id = ?1",
                params![push_id, state.as_str(), finished],
            )?;
            audit::append(
                transaction,
                actor,
                &format!("push_{}", state.as_str()),
                json!({ "push": push_id, "facts": facts }),
            )
        })
    }

    /// All pushes, the newest first.
    pub fn pushes(&self) -> Result<Vec<Push>, ProjectError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("SELECT {PUSH} FROM push ORDER BY id DESC"))?;
            statement.query_map([], push_of)?.collect()
        })
    }

    /// A push.
    pub fn push(&self, id: i64) -> Result<Push, ProjectError> {
        let found = self.read(|connection| {
            connection
                .query_row(&format!("SELECT {PUSH} FROM push WHERE id = ?1"), [id], push_of)
                .optional()
        })?;
        found.ok_or_else(|| ProjectError::NotFound {
            what: format!("push {id}"),
        })
    }

    /// The batches of a push in their order.
    pub fn batches(&self, push_id: i64) -> Result<Vec<Batch>, ProjectError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {BATCH} FROM batch WHERE push_id = ?1 ORDER BY sequence"
            ))?;
            statement.query_map([push_id], batch_of)?.collect()
        })
    }

    /// The body of a batch, byte by byte as it was written down.
    pub fn batch_body(&self, batch_id: i64) -> Result<Vec<u8>, ProjectError> {
        let packed: Vec<u8> = self.read(|connection| {
            connection.query_row("SELECT body FROM batch WHERE id = ?1", [batch_id], |row| {
                row.get(0)
            })
        })?;
        zstd::decode_all(packed.as_slice())
            .map_err(|error| self.damaged(&format!("body of batch {batch_id}: {error}")))
    }

    /// The leads of a batch in the order of its body.
    pub fn batch_leads(&self, batch_id: i64) -> Result<Vec<BatchLead>, ProjectError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT row, external_id, content_hash, outcome, lead_id, error FROM batch_lead
                 WHERE batch_id = ?1 ORDER BY position",
            )?;
            statement.query_map([batch_id], lead_of)?.collect()
        })
    }

    /// What the server said last when it refused a row; `None` when it did not.
    pub fn refusal_of(&self, row: u32) -> Result<Option<String>, ProjectError> {
        let said: Option<(String, String)> = self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT l.outcome, l.error FROM batch_lead l JOIN batch b ON b.id = l.batch_id
                     JOIN push p ON p.id = b.push_id
                     WHERE l.row = ?1 AND p.mode = 'production' AND l.outcome <> '' ORDER BY b.id DESC LIMIT 1",
                )?
                .query_row([row], |found| Ok((found.get(0)?, found.get(1)?)))
                .optional()
        })?;
        Ok(said
            .filter(|(outcome, error)| outcome == "failed" && !error.is_empty())
            .map(|(_, error)| error))
    }

    /// The leads of a whole push, batch by batch.
    pub fn push_leads(&self, push_id: i64, offset: u64, limit: u64) -> Result<Vec<BatchLead>, ProjectError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT l.row, l.external_id, l.content_hash, l.outcome, l.lead_id, l.error
                 FROM batch_lead l JOIN batch b ON b.id = l.batch_id
                 WHERE b.push_id = ?1 ORDER BY b.sequence, l.position LIMIT ?2 OFFSET ?3",
            )?;
            let limits = params![
                push_id,
                i64::try_from(limit).unwrap_or(i64::MAX),
                i64::try_from(offset).unwrap_or(i64::MAX)
            ];
            statement.query_map(limits, lead_of)?.collect()
        })
    }
}
