//! Approvals: what a named person lets go, bound to its exact content.

use std::collections::BTreeMap;

use lotse_core::batch::hex_digest;
use lotse_core::values::Instant;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::index::RowFacts;
use super::{Project, ProjectError, audit, moment, stamp};
use crate::clock::Actor;

/// An approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Identity.
    #[ts(type = "number")]
    pub id: i64,
    /// Who.
    pub approved_by: String,
    /// When.
    pub approved_at: Instant,
    /// Rows that were approved.
    pub row_count: u32,
    /// SHA-256 over the content hashes of all rows, in the order of the rows.
    pub content_hash: String,
}

/// A row with the content that was approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedRow {
    /// The row.
    pub row: u32,
    /// Hash of its request form.
    pub content_hash: String,
}

/// What would go and what stays, and why. A row is counted once, under the first reason that applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalPreview {
    /// All rows that are leads.
    pub total: u32,
    /// Would be approved.
    pub ready: u32,
    /// Of these: already approved with their present content.
    pub approved: u32,
    /// Of the ready ones: perhaps double, and go by default because nobody has decided about them.
    pub with_duplicate_warning: u32,
    /// In the server already.
    pub imported: u32,
    /// Have errors.
    pub with_errors: u32,
    /// Left out by decision.
    pub skipped: u32,
    /// Left out as certain duplicates, by default.
    pub skipped_duplicates: u32,
    /// Merged into other rows.
    pub merged: u32,
    /// Waiting by decision.
    pub held: u32,
    /// Never checked.
    pub unchecked: u32,
}

/// What happens with a row when nobody stops it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Ready,
    Imported,
    Errors,
    Skipped,
    SkippedDuplicate,
    Merged,
    Held,
    Unchecked,
}

fn fate(facts: RowFacts) -> Fate {
    // What the server has or has skipped as known does not go again.
    if facts.has(RowFacts::IMPORTED | RowFacts::SKIPPED_BY_SERVER) {
        Fate::Imported
    } else if facts.has(RowFacts::SKIP) {
        Fate::Skipped
    } else if facts.has(RowFacts::MERGED) {
        Fate::Merged
    } else if facts.has(RowFacts::HOLD) {
        Fate::Held
    } else if !facts.has(RowFacts::CHECKED) {
        Fate::Unchecked
    } else if facts.has_errors() {
        Fate::Errors
    } else if facts.has(RowFacts::HARD_DUPLICATE) && !facts.has(RowFacts::IMPORT) {
        Fate::SkippedDuplicate
    } else {
        Fate::Ready
    }
}

/// What is known of every row at a moment, for rules that decide about many.
pub(crate) struct RowFates(Vec<RowFacts>);

impl RowFates {
    fn facts(&self, row: u32) -> RowFacts {
        self.0.get(row as usize).copied().unwrap_or_default()
    }

    /// Only compared with.
    pub(crate) fn is_reference(&self, row: u32) -> bool {
        self.facts(row).has(RowFacts::REFERENCE)
    }

    /// A person has said what is to be done with it.
    pub(crate) fn is_decided(&self, row: u32) -> bool {
        self.facts(row)
            .has(RowFacts::SKIP | RowFacts::HOLD | RowFacts::MERGED | RowFacts::IMPORT)
    }

    /// A person has said that it does not go.
    pub(crate) fn is_out(&self, row: u32) -> bool {
        self.facts(row)
            .has(RowFacts::SKIP | RowFacts::HOLD | RowFacts::MERGED)
    }

    /// The server has it.
    pub(crate) fn is_in_server(&self, row: u32) -> bool {
        matches!(fate(self.facts(row)), Fate::Imported)
    }

    /// It is in the server, goes when nobody stops it, or is reference data.
    pub(crate) fn goes(&self, row: u32) -> bool {
        self.is_reference(row) || matches!(fate(self.facts(row)), Fate::Imported | Fate::Ready)
    }
}

/// An approval with what is left of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct StandingApproval {
    /// The approval.
    pub approval: Approval,
    /// Rows that are approved by it to this day: neither changed since nor approved anew.
    pub standing: u32,
    /// Rows that a later approval has taken over or that have lost theirs by a change.
    pub lapsed: u32,
}

impl Project {
    /// What is known of every row now.
    pub(crate) fn row_fates(&self) -> RowFates {
        RowFates(self.index().facts.clone())
    }

    /// What an approval now would let go.
    pub fn approval_preview(&self) -> ApprovalPreview {
        let index = self.index();
        let mut preview = ApprovalPreview::default();
        for source in &index.sources {
            let range = source.first_row as usize..(source.first_row + source.row_count) as usize;
            for facts in index.facts[range]
                .iter()
                .filter(|facts| !facts.has(RowFacts::REFERENCE))
            {
                preview.total += 1;
                match fate(*facts) {
                    Fate::Ready => {
                        preview.ready += 1;
                        preview.approved += u32::from(facts.has(RowFacts::APPROVED));
                        preview.with_duplicate_warning +=
                            u32::from(facts.has(RowFacts::SOFT_DUPLICATE) && !facts.has(RowFacts::IMPORT));
                    }
                    Fate::Imported => preview.imported += 1,
                    Fate::Errors => preview.with_errors += 1,
                    Fate::Skipped => preview.skipped += 1,
                    Fate::SkippedDuplicate => preview.skipped_duplicates += 1,
                    Fate::Merged => preview.merged += 1,
                    Fate::Held => preview.held += 1,
                    Fate::Unchecked => preview.unchecked += 1,
                }
            }
        }
        preview
    }

    /// The rows that an approval now would let go, in order.
    pub fn ready_rows(&self) -> Vec<u32> {
        let index = self.index();
        let mut rows = Vec::new();
        for source in &index.sources {
            let range = source.first_row..source.first_row + source.row_count;
            rows.extend(range.filter(|&row| {
                let facts = index.facts[row as usize];
                !facts.has(RowFacts::REFERENCE) && fate(facts) == Fate::Ready
            }));
        }
        rows
    }

    /// The rows that would not go because of errors, in order.
    pub fn rejected_rows(&self) -> Vec<u32> {
        let index = self.index();
        let all = (0_u32..).zip(&index.facts);
        let rejected = all.filter(|(_, facts)| {
            !facts.has(RowFacts::REFERENCE)
                && (matches!(fate(**facts), Fate::Errors)
                    || (facts.has(RowFacts::FAILED) && !facts.has(RowFacts::IMPORTED)))
        });
        rejected.map(|(row, _)| row).collect()
    }

    /// Approves rows with their present content, in the name of `actor`. Replaces earlier approvals of these rows.
    pub fn approve(&self, actor: &Actor, rows: &[ApprovedRow]) -> Result<Approval, ProjectError> {
        let all: String = rows.iter().map(|row| row.content_hash.as_str()).collect();
        let mut approval = Approval {
            id: 0,
            approved_by: actor.name.clone(),
            approved_at: moment(&stamp()),
            row_count: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            content_hash: hex_digest(all.as_bytes()),
        };
        approval.id = self.write(|transaction| {
            transaction.execute(
                "INSERT INTO approval (approved_by, approved_at, row_count, content_hash) VALUES (?1, ?2, ?3, ?4)",
                params![approval.approved_by, approval.approved_at.to_string(), approval.row_count, approval.content_hash],
            )?;
            let id = transaction.last_insert_rowid();
            let mut insert = transaction.prepare_cached(
                "INSERT INTO approved_row (row, approval_id, content_hash) VALUES (?1, ?2, ?3)
                 ON CONFLICT (row) DO UPDATE SET approval_id = ?2, content_hash = ?3",
            )?;
            for row in rows {
                insert.execute(params![row.row, id, row.content_hash])?;
            }
            let facts = json!({ "approval": id, "rows": approval.row_count, "content_hash": approval.content_hash });
            audit::append(transaction, actor, "leads_approved", facts)?;
            Ok(id)
        })?;
        let mut index = self.index_mut();
        for row in rows {
            index.mark(row.row, RowFacts::APPROVED);
        }
        Ok(approval)
    }

    /// Rows that are approved with their present content and not in the server, in order.
    pub fn approved_rows(&self) -> Result<Vec<ApprovedRow>, ProjectError> {
        let rows: Vec<ApprovedRow> = self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT row, content_hash FROM approved_row ORDER BY row")?;
            statement
                .query_map([], |row| {
                    Ok(ApprovedRow {
                        row: row.get(0)?,
                        content_hash: row.get(1)?,
                    })
                })?
                .collect()
        })?;
        let index = self.index();
        let waiting = |row: &ApprovedRow| {
            index
                .facts
                .get(row.row as usize)
                .is_some_and(|facts| matches!(fate(*facts), Fate::Ready))
        };
        Ok(rows.into_iter().filter(waiting).collect())
    }

    /// All approvals, the newest first.
    pub fn approvals(&self) -> Result<Vec<Approval>, ProjectError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, approved_by, approved_at, row_count, content_hash FROM approval ORDER BY id DESC",
            )?;
            let approval = |row: &rusqlite::Row<'_>| {
                let at: String = row.get(2)?;
                Ok(Approval {
                    id: row.get(0)?,
                    approved_by: row.get(1)?,
                    approved_at: moment(&at),
                    row_count: row.get(3)?,
                    content_hash: row.get(4)?,
                })
            };
            statement.query_map([], approval)?.collect()
        })
    }

    /// All approvals with how many rows each still stands for, the newest first.
    pub fn standing_approvals(&self) -> Result<Vec<StandingApproval>, ProjectError> {
        let standing: BTreeMap<i64, u32> = self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT approval_id, count(*) FROM approved_row GROUP BY approval_id")?;
            statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        let approvals = self.approvals()?.into_iter().map(|approval| {
            let standing = standing.get(&approval.id).copied().unwrap_or_default();
            StandingApproval {
                standing,
                lapsed: approval.row_count.saturating_sub(standing),
                approval,
            }
        });
        Ok(approvals.collect())
    }
}
