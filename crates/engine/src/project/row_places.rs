//! Where a row is: its source, its block, and the number by which people know it.

use std::sync::Arc;

use super::index::{RowFacts, SourceEntry};
use super::{Project, ProjectError};

/// A source as readers know it.
#[derive(Clone, Debug)]
pub(crate) struct SourceRef {
    pub id: i64,
    pub(super) entry: Arc<SourceEntry>,
}

impl SourceRef {
    /// True for a source that is only compared with.
    pub(crate) fn is_reference(&self) -> bool {
        self.entry.role == super::SourceRole::Reference
    }

    /// True for a source whose rows are leads.
    pub(crate) fn is_leads(&self) -> bool {
        self.entry.role == super::SourceRole::Leads
    }

    /// The identity of a row that brings none along.
    pub(crate) fn external_id(&self, number: u32) -> lotse_core::lead::ExternalId {
        self.entry.external_id(number)
    }

    /// The source's name, for messages.
    pub(crate) fn name(&self) -> &str {
        &self.entry.name
    }
}

impl Project {
    /// Source, block and row in the block.
    pub(super) fn place_of(&self, row: u32) -> Option<(SourceRef, u32, usize)> {
        let index = self.index();
        let (source, block, within) = index.locate(row)?;
        let entry = Arc::clone(&index.sources[source]);
        Some((
            SourceRef { id: entry.id, entry },
            u32::try_from(block).ok()?,
            within,
        ))
    }

    /// All blocks of all sources that hold rows of `first..last`: source, block number, first row, number of rows.
    pub(crate) fn block_list(&self) -> Vec<(SourceRef, u32, u32, u32)> {
        let index = self.index();
        let mut list = Vec::new();
        for entry in &index.sources {
            let source = SourceRef {
                id: entry.id,
                entry: Arc::clone(entry),
            };
            for (sequence, block) in (0_u32..).zip(&entry.blocks) {
                list.push((
                    source.clone(),
                    sequence,
                    entry.first_row + block.first,
                    block.rows,
                ));
            }
        }
        list
    }

    /// The untouched cells of a block of [`Self::block_list`].
    pub(crate) fn block(
        &self,
        source: &SourceRef,
        sequence: u32,
    ) -> Result<lotse_core::table::RowBlock, ProjectError> {
        self.read(|connection| Ok(self.rows_of(connection, source.id, i64::from(sequence))))?
    }

    /// Number of blocks of a source, whatever its rows are for.
    pub(crate) fn block_count(&self, source_id: i64) -> Result<u32, ProjectError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT count(*) FROM cell_block WHERE source_id = ?1")?
                .query_row([source_id], |row| row.get(0))
        })
    }

    /// A block of untouched cells by its place in the source.
    pub(crate) fn block_at(
        &self,
        source_id: i64,
        sequence: u32,
    ) -> Result<lotse_core::table::RowBlock, ProjectError> {
        self.read(|connection| Ok(self.rows_of(connection, source_id, i64::from(sequence))))?
    }

    /// The row whose identity is `id`, where one was read so in the last check.
    pub fn row_with_id(&self, id: &str) -> Result<Option<u32>, ProjectError> {
        let Some(field) = self.target.role_index(lotse_core::target::Role::ExternalId) else {
            return Ok(None);
        };
        let mut found = None;
        self.for_each_cell(field, |row, _, shown| {
            if found.is_none() && shown == id {
                found = Some(row);
            }
        })?;
        Ok(found)
    }

    /// Name and number by which people know a row.
    pub fn row_origin(&self, row: u32) -> Option<super::RowOrigin> {
        let index = self.index();
        let (source, block, within) = index.locate(row)?;
        let entry = &index.sources[source];
        Some(super::RowOrigin {
            source_id: entry.id,
            source: entry.name.clone(),
            sheet: entry.sheet.clone(),
            number: entry.blocks[block].number(within),
        })
    }

    /// The number by which people know a row; 0 for a row that is not there.
    pub fn row_number(&self, row: u32) -> u32 {
        self.index().number(row)
    }

    /// True for rows that are only compared with.
    pub fn is_reference(&self, row: u32) -> bool {
        self.index()
            .facts
            .get(row as usize)
            .is_some_and(|facts| facts.has(RowFacts::REFERENCE))
    }
}
