//! Sources and their untouched cells.

use std::sync::Arc;

use lotse_core::lead::ExternalId;
use lotse_core::mapping::{ColumnSuggestion, Mapping};
use lotse_core::profile::ColumnProfile;
use lotse_core::table::RowBlock;
use lotse_core::values::Instant;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::block::{pack_rows, unpack_rows};
use super::index::{BlockEntry, SourceEntry, runs_of};
use super::source_use::NEXT_ROW;
use super::{Project, ProjectError, audit, moment, stamp};
use crate::clock::Actor;
use crate::sources::TableRows;

/// What the rows of a source are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum SourceRole {
    /// Leads to be checked and sent.
    Leads,
    /// Leads that are known already: only compared with, never sent.
    Reference,
    /// Activities of leads of other sources, one or more a row.
    Activities,
    /// Further values for leads of other sources.
    Enrichment,
}

impl SourceRole {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Leads => "leads",
            Self::Reference => "reference",
            Self::Activities => "activities",
            Self::Enrichment => "enrichment",
        }
    }

    pub(super) fn from_str(text: &str) -> Option<Self> {
        match text {
            "leads" => Some(Self::Leads),
            "reference" => Some(Self::Reference),
            "activities" => Some(Self::Activities),
            "enrichment" => Some(Self::Enrichment),
            _ => None,
        }
    }

    /// True where rows only add to leads of other sources: they are no rows of the project.
    pub fn is_addition(self) -> bool {
        matches!(self, Self::Activities | Self::Enrichment)
    }
}

/// Role of a source whose rows are still arriving; what a crash leaves behind is removed at the next opening.
const LOADING: &str = "loading";

/// What is known of a source before its rows arrive.
#[derive(Clone, Debug)]
pub struct NewSource {
    /// What its rows are for.
    pub role: SourceRole,
    /// File name, or mailbox and folder.
    pub name: String,
    /// Sheet; empty where there are none.
    pub sheet: String,
    /// Path of the file as it was loaded, or the name of the connection.
    pub origin: String,
    /// First part of the identities of rows that bring none along: `EXCEL`, `CSV`.
    pub id_prefix: String,
    /// Headers from left to right.
    pub headers: Vec<String>,
    /// How the source was read: settings, detections, notices, skipped rows.
    pub details: Json,
}

/// A source in a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Identity in the project.
    #[ts(type = "number")]
    pub id: i64,
    /// What its rows are for.
    pub role: SourceRole,
    /// File name, or mailbox and folder.
    pub name: String,
    /// Sheet; empty where there are none.
    pub sheet: String,
    /// Path of the file as it was loaded, or the name of the connection.
    pub origin: String,
    /// Headers from left to right.
    pub headers: Vec<String>,
    /// Project-wide number of its first row.
    pub first_row: u32,
    /// Number of its rows.
    pub row_count: u32,
    /// How it was read.
    #[ts(type = "Record<string, unknown>")]
    pub details: Json,
    /// When it was loaded.
    pub loaded_at: Instant,
}

/// Where a row of the project is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct RowOrigin {
    /// The source.
    #[ts(type = "number")]
    pub source_id: i64,
    /// Its name.
    pub source: String,
    /// Its sheet; empty where there are none.
    pub sheet: String,
    /// The row's number as a person sees it there.
    pub number: u32,
}

/// A block of rows as it is laid down.
#[derive(Debug)]
pub struct PackedRows {
    rows: u32,
    numbers: Vec<(u32, u32)>,
    data: Vec<u8>,
}

/// Takes the rows of a new source, block by block. Nothing of it is seen until [`SourceWriter::finish`]; dropping it
/// before removes what was written.
#[derive(Debug)]
pub struct SourceWriter<'p> {
    project: &'p Project,
    id: i64,
    new: NewSource,
    blocks: Vec<BlockEntry>,
    rows: u32,
    pending: Vec<(i64, BlockEntry, Vec<u8>)>,
    finished: bool,
}

/// Packed blocks that are written in one transaction: enough to make the cost of a commit small, and few enough to
/// let others write in between.
const BLOCKS_A_COMMIT: usize = 64;

impl Project {
    /// Begins a new source.
    pub fn add_source(&self, new: NewSource) -> Result<SourceWriter<'_>, ProjectError> {
        self.fill_journal()?;
        let id = self.write(|transaction| {
            transaction.execute(
                "INSERT INTO source (role, name, sheet, origin, id_prefix, headers, first_row, row_count, details, loaded_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, '{}', ?7)",
                params![LOADING, new.name, new.sheet, new.origin, new.id_prefix, json!(new.headers).to_string(), stamp()],
            )?;
            Ok(transaction.last_insert_rowid())
        });
        // Without a writer nobody else would.
        let id = id.inspect_err(|_| self.settle())?;
        let writer = SourceWriter {
            project: self,
            id,
            new,
            blocks: Vec::new(),
            rows: 0,
            pending: Vec::new(),
            finished: false,
        };
        Ok(writer)
    }

    /// All sources in the order of their rows.
    pub fn sources(&self) -> Result<Vec<Source>, ProjectError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, role, name, sheet, origin, headers, first_row, row_count, details, loaded_at
                 FROM source WHERE role <> 'loading'
                 ORDER BY role IN ('activities', 'enrichment'), first_row, id",
            )?;
            let source = |row: &rusqlite::Row<'_>| {
                let role: String = row.get(1)?;
                let headers: String = row.get(5)?;
                let details: String = row.get(8)?;
                let loaded_at: String = row.get(9)?;
                Ok(Source {
                    id: row.get(0)?,
                    role: SourceRole::from_str(&role).unwrap_or(SourceRole::Leads),
                    name: row.get(2)?,
                    sheet: row.get(3)?,
                    origin: row.get(4)?,
                    headers: serde_json::from_str(&headers).unwrap_or_default(),
                    first_row: row.get(6)?,
                    row_count: row.get(7)?,
                    details: serde_json::from_str(&details).unwrap_or_default(),
                    loaded_at: moment(&loaded_at),
                })
            };
            statement.query_map([], source)?.collect()
        })
    }

    /// What the columns of a source have in common, as it was last found; `None` where nobody has looked yet.
    pub fn profiles(&self, source_id: i64) -> Result<Option<Vec<ColumnProfile>>, ProjectError> {
        let text: Option<String> = self.read(|connection| {
            connection
                .query_row(
                    "SELECT profiles FROM column_profile WHERE source_id = ?1",
                    [source_id],
                    |row| row.get(0),
                )
                .optional()
        })?;
        // What an older version has written, or a damaged file, is found again from the cells.
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Keeps what the columns of a source have in common.
    pub fn put_profiles(&self, source_id: i64, profiles: &[ColumnProfile]) -> Result<(), ProjectError> {
        let text = serde_json::to_string(profiles).expect("profiles are plain data");
        self.write(|transaction| {
            transaction
                .execute(
                    "INSERT INTO column_profile (source_id, profiles) VALUES (?1, ?2)
                     ON CONFLICT (source_id) DO UPDATE SET profiles = ?2",
                    params![source_id, text],
                )
                .map(drop)
        })
    }

    /// First parts of the identities that the sources give their rows.
    pub fn id_prefixes(&self) -> Result<Vec<String>, ProjectError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT id_prefix FROM source")?;
            statement.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// The mapping of a source, if one was confirmed or suggested.
    pub fn mapping(&self, source_id: i64) -> Result<Option<Mapping>, ProjectError> {
        let text: Option<String> = self.read(|connection| {
            connection
                .query_row(
                    "SELECT mapping FROM mapping WHERE source_id = ?1",
                    [source_id],
                    |row| row.get(0),
                )
                .optional()
        })?;
        text.map(|text| Mapping::from_json(&text).map_err(|problem| self.damaged(&problem.to_string())))
            .transpose()
    }

    /// The suggestions that were made when the source was loaded.
    pub fn suggestions(&self, source_id: i64) -> Result<Vec<ColumnSuggestion>, ProjectError> {
        let text: Option<String> = self.read(|connection| {
            connection
                .query_row(
                    "SELECT suggestions FROM mapping WHERE source_id = ?1",
                    [source_id],
                    |row| row.get(0),
                )
                .optional()
        })?;
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    /// Stores the mapping of a source. `suggestions` replaces what was suggested for it, where given.
    pub fn put_mapping(
        &self,
        actor: &Actor,
        source_id: i64,
        mapping: &Mapping,
        suggestions: Option<&[ColumnSuggestion]>,
    ) -> Result<(), ProjectError> {
        let text = serde_json::to_string(mapping).expect("a mapping is plain data");
        let suggestions =
            suggestions.map(|list| serde_json::to_string(list).expect("suggestions are plain data"));
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO mapping (source_id, mapping, suggestions, confirmed_at) VALUES (?1, ?2, coalesce(?3, '[]'), ?4)
                 ON CONFLICT (source_id) DO UPDATE
                 SET mapping = ?2, suggestions = coalesce(?3, suggestions), confirmed_at = ?4",
                params![source_id, text, suggestions, stamp()],
            )?;
            audit::append(
                transaction,
                actor,
                "mapping_changed",
                json!({ "source_id": source_id, "mapping": mapping }),
            )
        })
    }

    /// The untouched cells of a block, by the block's place.
    pub(super) fn rows_of(
        &self,
        connection: &Connection,
        source_id: i64,
        sequence: i64,
    ) -> Result<RowBlock, ProjectError> {
        let data: Vec<u8> = connection
            .prepare_cached("SELECT data FROM cell_block WHERE source_id = ?1 AND sequence = ?2")
            .and_then(|mut statement| statement.query_row([source_id, sequence], |row| row.get(0)))
            .map_err(|error| self.sql(&error))?;
        unpack_rows(&data).ok_or_else(|| self.damaged(&format!("block {sequence} of source {source_id}")))
    }

    /// The first rows of a source, as read.
    pub fn first_block(&self, source_id: i64) -> Result<Option<RowBlock>, ProjectError> {
        let data: Option<Vec<u8>> = self.read(|connection| {
            connection
                .query_row(
                    "SELECT data FROM cell_block WHERE source_id = ?1 AND sequence = 0",
                    [source_id],
                    |row| row.get(0),
                )
                .optional()
        })?;
        data.map(|data| {
            unpack_rows(&data).ok_or_else(|| self.damaged(&format!("first block of source {source_id}")))
        })
        .transpose()
    }

    /// Hands every block of untouched cells of a source to `each`, in order; `each` says whether to go on.
    pub fn for_each_block(
        &self,
        source_id: i64,
        mut each: impl FnMut(RowBlock) -> bool,
    ) -> Result<(), ProjectError> {
        let sequences: i64 = self.read(|connection| {
            connection
                .prepare_cached("SELECT count(*) FROM cell_block WHERE source_id = ?1")?
                .query_row([source_id], |row| row.get(0))
        })?;
        for sequence in 0..sequences {
            let data: Vec<u8> = self.read(|connection| {
                connection
                    .prepare_cached("SELECT data FROM cell_block WHERE source_id = ?1 AND sequence = ?2")?
                    .query_row([source_id, sequence], |row| row.get(0))
            })?;
            let block = unpack_rows(&data)
                .ok_or_else(|| self.damaged(&format!("block {sequence} of source {source_id}")))?;
            if !each(block) {
                break;
            }
        }
        Ok(())
    }

    /// The untouched cells of one row with their headers.
    pub fn source_cells(&self, row: u32) -> Result<(RowOrigin, Vec<(String, String)>), ProjectError> {
        let (source_id, sequence, within, origin_name, sheet, headers) = {
            let index = self.index();
            let (source, block, within) = index.locate(row).ok_or_else(|| ProjectError::NotFound {
                what: format!("row {row}"),
            })?;
            let entry = &index.sources[source];
            (
                entry.id,
                block,
                within,
                entry.name.clone(),
                entry.sheet.clone(),
                Arc::clone(&entry.headers),
            )
        };
        let block = self.read(|connection| {
            Ok(self.rows_of(connection, source_id, i64::from(block_number(sequence))))
        })??;
        let found = block.row(within);
        let origin = RowOrigin {
            source_id,
            source: origin_name,
            sheet,
            number: found.number(),
        };
        let cells = headers
            .iter()
            .cloned()
            .zip(found.cells().map(|cell| cell.text.to_string()))
            .collect();
        Ok((origin, cells))
    }
}

fn block_number(sequence: usize) -> u32 {
    u32::try_from(sequence).unwrap_or(u32::MAX)
}

impl SourceWriter<'_> {
    pub(super) fn id(&self) -> i64 {
        self.id
    }

    pub(super) fn project(&self) -> &Project {
        self.project
    }

    /// Takes the next rows, packing them here. Blocks that were packed elsewhere go through [`Self::append_packed`].
    pub fn append(&mut self, block: &RowBlock) -> Result<(), ProjectError> {
        if block.is_empty() {
            return Ok(());
        }
        self.append_packed(Self::pack(block))
    }

    /// Packs a block for [`SourceWriter::append_packed`]; on any thread, so that several are packed at once.
    pub fn pack(block: &RowBlock) -> PackedRows {
        PackedRows {
            rows: u32::try_from(block.len()).unwrap_or(u32::MAX),
            numbers: runs_of(block.rows().map(|row| row.number())),
            data: pack_rows(block),
        }
    }

    /// The same of rows as a reader hands them over; those that are kept as they stand are packed already.
    pub fn pack_kept(rows: TableRows) -> PackedRows {
        match rows {
            TableRows::Cells(block) => Self::pack(&block),
            TableRows::Plain(plain) => {
                let rows = u32::try_from(plain.len()).unwrap_or(u32::MAX);
                PackedRows {
                    rows,
                    numbers: vec![(plain.first_number(), rows)],
                    data: plain.into_blob(),
                }
            }
        }
    }

    /// Takes the next rows as [`SourceWriter::pack`] made them.
    pub fn append_packed(&mut self, packed: PackedRows) -> Result<(), ProjectError> {
        let sequence = i64::try_from(self.blocks.len()).unwrap_or(i64::MAX);
        let entry = BlockEntry {
            first: self.rows,
            rows: packed.rows,
            numbers: packed.numbers,
        };
        self.blocks.push(entry.clone());
        self.pending.push((sequence, entry, packed.data));
        self.rows = self.rows.saturating_add(packed.rows);
        if self.pending.len() >= BLOCKS_A_COMMIT {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), ProjectError> {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Ok(());
        }
        let id = self.id;
        self.project.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO cell_block (source_id, sequence, first_row, row_count, numbers, data)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            for (sequence, entry, data) in &pending {
                let numbers = json!(entry.numbers).to_string();
                statement.execute(params![id, sequence, entry.first, entry.rows, numbers, data])?;
            }
            Ok(())
        })
    }

    /// Makes the source visible. `headers` and `details` are what reading it has found; returns its identity.
    pub fn finish(mut self, actor: &Actor, headers: &[String], details: &Json) -> Result<i64, ProjectError> {
        self.flush()?;
        let (id, rows) = (self.id, self.rows);
        let new = self.new.clone();
        self.project.write(|transaction| {
            let place = if new.role.is_addition() { "0" } else { NEXT_ROW };
            transaction.execute(
                &format!(
                    "UPDATE source SET role = ?2, row_count = ?3, details = ?4, headers = ?5, first_row = {place}
                     WHERE id = ?1"
                ),
                params![id, new.role.as_str(), rows, details.to_string(), json!(headers).to_string()],
            )?;
            let facts = json!({
                "source": new.name, "sheet": new.sheet, "role": new.role, "rows": rows, "columns": headers.len(),
                "skipped": details.get("skipped").cloned().unwrap_or_default(),
            });
            audit::append(transaction, actor, "source_loaded", facts)
        })?;
        self.finished = true;
        self.project.reload_index()?;
        Ok(id)
    }
}

impl Drop for SourceWriter<'_> {
    fn drop(&mut self) {
        if !self.finished {
            // Failing here leaves a source in the state of loading, which the next opening removes.
            let id = self.id;
            let _ = self
                .project
                .write(|transaction| transaction.execute("DELETE FROM source WHERE id = ?1", [id]));
        }
        self.project.settle();
    }
}

/// Removes what interrupted loads have left.
pub(super) fn remove_unfinished(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .execute("DELETE FROM source WHERE role = 'loading'", [])
        .map(drop)
}

/// The directory of sources and blocks. Sources that only add to leads of others have no rows in it.
pub(super) fn load_entries(connection: &Connection) -> rusqlite::Result<Vec<Arc<SourceEntry>>> {
    let mut statement = connection.prepare(
        "SELECT id, role, name, sheet, id_prefix, headers, first_row, row_count FROM source
         WHERE role NOT IN ('loading', 'activities', 'enrichment') ORDER BY first_row",
    )?;
    let entry = |row: &rusqlite::Row<'_>| {
        let role: String = row.get(1)?;
        let headers: String = row.get(5)?;
        Ok(SourceEntry {
            id: row.get(0)?,
            role: SourceRole::from_str(&role).unwrap_or(SourceRole::Leads),
            name: row.get(2)?,
            sheet: row.get(3)?,
            id_prefix: row.get(4)?,
            headers: Arc::new(serde_json::from_str(&headers).unwrap_or_default()),
            first_row: row.get(6)?,
            row_count: row.get(7)?,
            blocks: Vec::new(),
        })
    };
    let mut entries: Vec<SourceEntry> = statement.query_map([], entry)?.collect::<rusqlite::Result<_>>()?;
    let mut statement = connection.prepare(
        "SELECT first_row, row_count, numbers FROM cell_block WHERE source_id = ?1 ORDER BY sequence",
    )?;
    for entry in &mut entries {
        let block = |row: &rusqlite::Row<'_>| {
            let numbers: String = row.get(2)?;
            Ok(BlockEntry {
                first: row.get(0)?,
                rows: row.get(1)?,
                numbers: serde_json::from_str(&numbers).unwrap_or_default(),
            })
        };
        entry.blocks = statement
            .query_map([entry.id], block)?
            .collect::<rusqlite::Result<_>>()?;
    }
    Ok(entries.into_iter().map(Arc::new).collect())
}

impl SourceEntry {
    /// The identity of a row that brings none along.
    pub(super) fn external_id(&self, number: u32) -> ExternalId {
        ExternalId::of_row(&self.id_prefix, number)
    }
}
