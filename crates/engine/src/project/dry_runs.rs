//! What servers said about rows without importing them.

use lotse_core::migration::DuplicateWarning;
use rusqlite::{Row, params};
use serde_json::json;

use super::index::RowFacts;
use super::ledger::BatchLead;
use super::{Project, ProjectError, stamp};

/// What the server said about a row in a dry-run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DryRunRow {
    /// The row.
    pub row: u32,
    /// The content that was checked.
    pub content_hash: String,
    /// Whether it would be imported.
    pub valid: bool,
    /// What was wrong, as the server says it.
    pub errors: Vec<String>,
}

impl Project {
    /// Takes over what a dry-run on `connection` (its base URL) said about rows.
    pub fn put_dry_run(
        &self,
        connection: &str,
        import_id: &str,
        rows: &[DryRunRow],
    ) -> Result<(), ProjectError> {
        self.write(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO dry_run_row (row, connection, content_hash, import_id, valid, errors, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (row, connection) DO UPDATE SET content_hash = ?3, import_id = ?4, valid = ?5, errors = ?6, at = ?7",
            )?;
            for row in rows {
                insert.execute(params![
                    row.row, connection, row.content_hash, import_id, row.valid, json!(row.errors).to_string(), stamp()
                ])?;
            }
            Ok(())
        })?;
        let mut index = self.index_mut();
        for row in rows {
            if let Some(facts) = index.facts.get_mut(row.row as usize) {
                facts.set(RowFacts::DRY_RUN_PASSED, row.valid);
            }
        }
        Ok(())
    }

    /// Takes over which leads the server of `connection` (its base URL) takes for doubles of its own.
    pub fn put_server_duplicates(
        &self,
        connection: &str,
        leads: &[BatchLead],
        warnings: &[DuplicateWarning],
    ) -> Result<(), ProjectError> {
        let by_id: std::collections::BTreeMap<&str, &BatchLead> = leads
            .iter()
            .map(|lead| (lead.external_id.0.as_str(), lead))
            .collect();
        self.write(|transaction| {
            let mut remove = transaction
                .prepare_cached("DELETE FROM server_duplicate WHERE row = ?1 AND connection = ?2")?;
            for lead in leads {
                remove.execute(params![lead.row, connection])?;
            }
            let mut insert = transaction.prepare_cached(
                "INSERT INTO server_duplicate (row, content_hash, connection, lead_id, score, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            )?;
            for warning in warnings {
                let Some(lead) = by_id.get(warning.external_id.0.as_str()) else {
                    continue;
                };
                let Some(lead_id) = warning.matched_lead_id else {
                    continue;
                };
                insert.execute(params![
                    lead.row,
                    lead.content_hash,
                    connection,
                    lead_id,
                    warning.match_score,
                    warning.match_reason.as_str()
                ])?;
            }
            Ok(())
        })
    }

    /// Leads of the server that a row doubles, by the last dry-run: server id, score, reason.
    pub fn server_duplicates(&self, row: u32) -> Result<Vec<(i64, f64, String)>, ProjectError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT lead_id, score, reason FROM server_duplicate WHERE row = ?1 ORDER BY score DESC, lead_id",
            )?;
            statement.query_map([row], |found| Ok((found.get(0)?, found.get(1)?, found.get(2)?)))?.collect()
        })
    }

    /// What the last dry-run on `connection` (its base URL) said, row by row.
    pub fn dry_run_rows(&self, connection: &str) -> Result<Vec<DryRunRow>, ProjectError> {
        self.read(|database| {
            let mut statement = database.prepare_cached(
                "SELECT row, content_hash, valid, errors FROM dry_run_row WHERE connection = ?1 ORDER BY row",
            )?;
            let row = |row: &Row<'_>| {
                let errors: String = row.get(3)?;
                Ok(DryRunRow {
                    row: row.get(0)?,
                    content_hash: row.get(1)?,
                    valid: row.get(2)?,
                    errors: serde_json::from_str(&errors).unwrap_or_default(),
                })
            };
            statement.query_map([connection], row)?.collect()
        })
    }
}
