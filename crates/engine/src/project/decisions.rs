//! What a person wants done with a row.

use lotse_core::values::Instant;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::history::{ChangeKind, Operation};
use super::index::RowFacts;
use super::{Project, ProjectError, moment};
use crate::clock::{self, Actor};
use crate::workflows::DecisionRule;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// Send it, whatever the defaults say.
    Import,
    /// Leave it out.
    Skip,
    /// It goes with another row.
    Merge,
    /// Not yet.
    Hold,
}

impl DecisionKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Skip => "skip",
            Self::Merge => "merge",
            Self::Hold => "hold",
        }
    }

    fn from_str(text: &str) -> Self {
        match text {
            "skip" => Self::Skip,
            "merge" => Self::Merge,
            "hold" => Self::Hold,
            _ => Self::Import,
        }
    }

    pub(super) fn flag(self) -> u32 {
        match self {
            Self::Import => RowFacts::IMPORT,
            Self::Skip => RowFacts::SKIP,
            Self::Merge => RowFacts::MERGED,
            Self::Hold => RowFacts::HOLD,
        }
    }
}

/// A decision about a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// What.
    pub kind: DecisionKind,
    /// For a merge: the row that stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub into_row: Option<u32>,
    /// Who.
    pub decided_by: String,
    /// When.
    pub decided_at: Instant,
}

/// A row, what is to be decided about it (`None` takes a decision back), and for a merge the row that stays.
pub type NewDecision = (u32, Option<DecisionKind>, Option<u32>);

pub(super) fn put(connection: &Connection, row: u32, decision: Option<&Decision>) -> rusqlite::Result<()> {
    match decision {
        Some(decision) => connection.prepare_cached(
            "INSERT INTO decision (row, kind, into_row, decided_by, decided_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (row) DO UPDATE SET kind = ?2, into_row = ?3, decided_by = ?4, decided_at = ?5",
        )?.execute(params![
            row,
            decision.kind.as_str(),
            decision.into_row.map_or(-1, i64::from),
            decision.decided_by,
            decision.decided_at.to_string()
        ])?,
        None => connection.prepare_cached("DELETE FROM decision WHERE row = ?1")?.execute([row])?,
    };
    Ok(())
}

impl Project {
    /// The decision about a row, if there is one.
    pub fn decision(&self, row: u32) -> Result<Option<Decision>, ProjectError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT kind, into_row, decided_by, decided_at FROM decision WHERE row = ?1")?
                .query_row([row], |found| {
                    let kind: String = found.get(0)?;
                    let into_row: i64 = found.get(1)?;
                    let decided_at: String = found.get(3)?;
                    Ok(Decision {
                        kind: DecisionKind::from_str(&kind),
                        into_row: u32::try_from(into_row).ok(),
                        decided_by: found.get(2)?,
                        decided_at: moment(&decided_at),
                    })
                })
                .optional()
        })
    }

    /// Decides about rows as one change; `None` takes a decision back. Returns the rows that changed.
    pub fn decide(
        &self,
        actor: &Actor,
        rows: &[u32],
        kind: Option<DecisionKind>,
        into_row: Option<u32>,
    ) -> Result<Vec<u32>, ProjectError> {
        let decisions: Vec<NewDecision> = rows.iter().map(|&row| (row, kind, into_row)).collect();
        let operations = self.decisions_of(actor, &decisions)?;
        let change = if kind == Some(DecisionKind::Merge) {
            ChangeKind::Merge
        } else {
            ChangeKind::Decide
        };
        self.do_change(
            actor,
            change,
            &json!({ "kind": kind, "rows": operations.len(), "first": rows.first() }),
            &operations,
        )
    }

    /// Decides about rows, each as it is given, as one change. `reason` says in the audit log what they have in common.
    pub fn decide_each(
        &self,
        actor: &Actor,
        decisions: &[NewDecision],
        reason: &str,
    ) -> Result<Vec<u32>, ProjectError> {
        let operations = self.decisions_of(actor, decisions)?;
        let summary = json!({ "reason": reason, "rows": operations.len() });
        self.do_change(actor, ChangeKind::Decide, &summary, &operations)
    }

    /// Decides the same about rows that `rule` has named, as one change; the audit log keeps the rule.
    pub(crate) fn decide_by_rule(
        &self,
        actor: &Actor,
        rows: &[u32],
        kind: DecisionKind,
        rule: &DecisionRule,
    ) -> Result<Vec<u32>, ProjectError> {
        let decisions: Vec<NewDecision> = rows.iter().map(|&row| (row, Some(kind), None)).collect();
        let operations = self.decisions_of(actor, &decisions)?;
        let summary = json!({ "kind": kind, "rule": rule, "rows": operations.len() });
        self.do_change(actor, ChangeKind::Decide, &summary, &operations)
    }

    /// The steps that lead to `decisions`; what has been decided so already is left out.
    pub(super) fn decisions_of(
        &self,
        actor: &Actor,
        decisions: &[NewDecision],
    ) -> Result<Vec<Operation>, ProjectError> {
        let decided_at = clock::now();
        let mut operations = Vec::with_capacity(decisions.len());
        for &(row, kind, into_row) in decisions {
            let before = self.decision(row)?;
            let after = kind.map(|kind| Decision {
                kind,
                into_row,
                decided_by: actor.name.clone(),
                decided_at,
            });
            let same = |decision: &Option<Decision>| {
                decision
                    .as_ref()
                    .map(|decision| (decision.kind, decision.into_row))
            };
            if same(&before) != same(&after) {
                operations.push(Operation::Decide { row, before, after });
            }
        }
        Ok(operations)
    }
}
