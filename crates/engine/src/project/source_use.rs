//! What the rows of a source are for: changed, or ended with the source.

use rusqlite::{OptionalExtension as _, params};
use serde_json::json;

use super::sources::{Source, SourceRole};
use super::{Project, ProjectError, audit};
use crate::clock::Actor;

/// Place of the first row of a new source: behind all that are there.
pub(super) const NEXT_ROW: &str = "(SELECT coalesce(max(first_row + row_count), 0) FROM source
    WHERE role NOT IN ('loading', 'activities', 'enrichment'))";

impl Project {
    /// Removes a source with its rows and everything that hangs on them. Rows that were sent cannot be removed: the
    /// ledger needs them.
    pub fn remove_source(&self, actor: &Actor, id: i64) -> Result<(), ProjectError> {
        let source = self.unsent_source(id)?;
        let (first, last) = (source.first_row, source.first_row + source.row_count);
        self.write(|transaction| {
            if !source.role.is_addition() {
                forget_rows(transaction, first, last)?;
            }
            transaction.execute("DELETE FROM source WHERE id = ?1", [id])?;
            let facts = json!({ "source": source.name, "rows": last - first });
            audit::append(transaction, actor, "source_removed", facts)
        })?;
        self.follow_use(actor, source.role)
    }

    /// Gives the rows of a source another use. What was decided about its rows is gone then; its cells stay. Rows that
    /// were sent cannot change: the ledger needs them.
    pub fn change_role(&self, actor: &Actor, id: i64, role: SourceRole) -> Result<(), ProjectError> {
        let source = self.unsent_source(id)?;
        if source.role == role {
            return Ok(());
        }
        let (first, last) = (source.first_row, source.first_row + source.row_count);
        self.write(|transaction| {
            if !source.role.is_addition() {
                forget_rows(transaction, first, last)?;
            }
            transaction.execute("DELETE FROM joined_activity WHERE source_id = ?1", [id])?;
            let place = if role.is_addition() { "0" } else { NEXT_ROW };
            // Rows that were no additions keep their numbers.
            let place = if source.role.is_addition() || role.is_addition() {
                place
            } else {
                "first_row"
            };
            transaction.execute(
                &format!("UPDATE source SET role = ?2, first_row = {place} WHERE id = ?1"),
                params![id, role.as_str()],
            )?;
            let facts = json!({ "source": source.name, "before": source.role, "role": role });
            audit::append(transaction, actor, "source_used_otherwise", facts)
        })?;
        self.follow_use(actor, source.role)
    }

    /// What was kept about rows that are gone holds no more; leads that lose activities have to be checked again.
    fn follow_use(&self, actor: &Actor, before: SourceRole) -> Result<(), ProjectError> {
        self.forget_joined();
        self.hold_duplicates(None);
        if before == SourceRole::Activities {
            self.forget_checked(actor, "source_used_otherwise")
        } else {
            self.reload_index()
        }
    }

    /// A source of which nothing was sent.
    fn unsent_source(&self, id: i64) -> Result<Source, ProjectError> {
        let source = self.sources()?.into_iter().find(|source| source.id == id);
        let source = source.ok_or_else(|| ProjectError::NotFound {
            what: format!("source {id}"),
        })?;
        if source.role.is_addition() {
            return Ok(source);
        }
        let sent = self.read(|connection| {
            connection
                .query_row(
                    "SELECT 1 FROM batch_lead WHERE row >= ?1 AND row < ?2 LIMIT 1",
                    [source.first_row, source.first_row + source.row_count],
                    |_| Ok(()),
                )
                .optional()
        })?;
        match sent {
            Some(()) => Err(ProjectError::SourceSent {
                source_name: source.name,
            }),
            None => Ok(source),
        }
    }
}

/// Takes away what hangs on rows.
fn forget_rows(transaction: &rusqlite::Transaction<'_>, first: u32, last: u32) -> rusqlite::Result<()> {
    for table in [
        "edit",
        "decision",
        "touched_row",
        "approved_row",
        "dry_run_row",
        "server_duplicate",
    ] {
        transaction.execute(
            &format!("DELETE FROM {table} WHERE row >= ?1 AND row < ?2"),
            [first, last],
        )?;
    }
    transaction.execute(
        "DELETE FROM lead_column WHERE first_row >= ?1 AND first_row < ?2",
        [first, last],
    )?;
    transaction
        .execute(
            "DELETE FROM duplicate_pair WHERE (row_a >= ?1 AND row_a < ?2) OR (row_b >= ?1 AND row_b < ?2)",
            [first, last],
        )
        .map(drop)
}
