//! Many rows of checked blocks that were read again. Only what they say differently is packed anew: a change of one
//! column in rows all over a table leaves most of it as it is.

use std::sync::atomic::Ordering;

use rusqlite::params;

use super::block::TextColumn;
use super::index::KnownCode;
use super::leads::RowState;
use super::{Project, ProjectError};

/// Some rows of a block, packed with all others of it where they differ from what is stored.
pub(crate) struct RecheckedBlock {
    /// How often whole blocks had been stored when this was read.
    read_at: u64,
    first_row: u32,
    rows: Vec<u32>,
    columns: Vec<(i64, Vec<u8>)>,
    /// For each of the rows the worst severity and the codes found.
    facts: Vec<(u8, Vec<KnownCode>)>,
}

impl Project {
    /// Puts states of some rows, in ascending order, into their block. `None` for a block that was never checked.
    pub(crate) fn repack(
        &self,
        first_row: u32,
        states: Vec<(u32, RowState)>,
    ) -> Result<Option<RecheckedBlock>, ProjectError> {
        let read_at = self.blocks_stored.load(Ordering::Acquire);
        let (rows, states): (Vec<u32>, Vec<RowState>) = states.into_iter().unzip();
        let places: Vec<usize> = rows.iter().map(|row| (row - first_row) as usize).collect();
        let (fresh, facts) = self.columns_of_states(&states);
        let stored = self.packed_columns(first_row)?;
        if stored.is_empty() {
            return Ok(None);
        }
        let mut columns = Vec::new();
        for (field, fresh) in fresh {
            let packed = stored.iter().find(|(known, _)| *known == field);
            let stored = packed
                .and_then(|(_, data)| TextColumn::unpack_all(data))
                .filter(|stored| stored.len() == fresh.len())
                .ok_or_else(|| self.damaged(&format!("column {field} of row {first_row}")))?;
            let changed: Vec<Option<TextColumn>> = stored
                .iter()
                .zip(&fresh)
                .map(|(stored, fresh)| stored.with(&places, fresh))
                .collect();
            if changed.iter().any(Option::is_some) {
                let whole = changed.iter().zip(&stored);
                let whole: Vec<&TextColumn> = whole.map(|(new, old)| new.as_ref().unwrap_or(old)).collect();
                columns.push((field, TextColumn::pack_all(&whole)));
            }
        }
        Ok(Some(RecheckedBlock {
            read_at,
            first_row,
            rows,
            columns,
            facts,
        }))
    }

    fn packed_columns(&self, first_row: u32) -> Result<Vec<(i64, Vec<u8>)>, ProjectError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT field, data FROM lead_column WHERE first_row = ?1")?;
            statement
                .query_map([first_row], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    /// Stores what [`Self::repack`] has made. The rows count as untouched again; others of their blocks that were
    /// touched stay so. False, with nothing stored, where somebody else has stored whole blocks meanwhile.
    pub(crate) fn store_rechecked(&self, blocks: &[RecheckedBlock]) -> Result<bool, ProjectError> {
        let touched: Vec<u32> = {
            let index = self.index();
            let rows = blocks.iter().flat_map(|block| &block.rows);
            rows.filter(|row| index.touched.contains_key(row))
                .copied()
                .collect()
        };
        let stored = self.write(|transaction| {
            // Nobody else stores any while this transaction is open.
            let stored = self.blocks_stored.load(Ordering::Acquire);
            if blocks.iter().any(|block| block.read_at != stored) {
                return Ok(false);
            }
            let mut update = transaction
                .prepare_cached("UPDATE lead_column SET data = ?3 WHERE first_row = ?1 AND field = ?2")?;
            for block in blocks {
                for (field, data) in &block.columns {
                    update.execute(params![block.first_row, field, data])?;
                }
            }
            let mut untouch = transaction.prepare_cached("DELETE FROM touched_row WHERE row = ?1")?;
            for row in &touched {
                untouch.execute([row])?;
            }
            Ok(true)
        })?;
        if !stored {
            return Ok(false);
        }
        let mut index = self.index_mut();
        let known = index.codes.len();
        for block in blocks {
            for (&row, (worst, codes)) in block.rows.iter().zip(&block.facts) {
                index.touched.remove(&row);
                index.put_findings(row, *worst, codes);
            }
        }
        let changed = |field: i64| {
            let mut columns = blocks.iter().flat_map(|block| &block.columns);
            columns.any(|(known, _)| *known == field)
        };
        // A row that was touched may have shown anything before.
        self.forget_columns(|column| !touched.is_empty() || changed(column.stored_as()));
        self.store_codes(&index, known)?;
        Ok(true)
    }
}
