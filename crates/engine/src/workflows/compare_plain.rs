//! The search for duplicates in sources as they are, without a mapping: for tables that hold no companies.

use lotse_core::duplicates::{Columns, PlainTable, Side, Watch as Look, find_in_tables, shown_score};
use lotse_core::migration::MatchReason;
use lotse_core::table::RowBlock;

use super::WorkflowError;
use crate::jobs::{Phase, Watch};
use crate::project::{Project, SourceRole};

/// A row in a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainRow {
    /// Its number as a person sees it in its file.
    pub number: u32,
    /// What identifies it, where a column does; else empty.
    pub id: String,
}

/// Two rows that may be the same.
#[derive(Clone, Debug, PartialEq)]
pub struct PlainPair {
    /// The earlier row.
    pub a: PlainRow,
    /// The later row.
    pub b: PlainRow,
    /// 0.75 to 1.
    pub score: f64,
    /// Why.
    pub reason: MatchReason,
}

/// What a comparison of sources gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlainDuplicates {
    /// By source: its name and the headers of the columns that were compared.
    pub compared: Vec<(String, Vec<String>)>,
    /// The pairs in the order of the rows.
    pub pairs: Vec<PlainPair>,
}

struct Table {
    name: String,
    side: Side,
    headers: Vec<String>,
    blocks: Vec<RowBlock>,
    columns: Columns,
}

/// Compares the rows of a project's leads and reference data by the columns that name them and tell them apart, whatever
/// these are. `None` when one of the sources has no column that names its rows.
///
/// # Errors
/// When a source cannot be read, and when `watch` asks to stop.
pub fn compare_plain(project: &Project, watch: &Watch<'_>) -> Result<Option<PlainDuplicates>, WorkflowError> {
    let mut tables = Vec::new();
    for source in project.sources()? {
        let side = match source.role {
            SourceRole::Leads => Side::Project,
            SourceRole::Reference => Side::Reference,
            _ => continue,
        };
        let mut blocks = Vec::new();
        project.for_each_block(source.id, |block| {
            blocks.push(block);
            !watch.is_cancelled()
        })?;
        let Some(columns) = Columns::find(&source.headers, &blocks) else {
            return Ok(None);
        };
        tables.push(Table {
            name: source.name,
            side,
            headers: source.headers,
            blocks,
            columns,
        });
    }
    let plain: Vec<PlainTable<'_>> = tables
        .iter()
        .map(|table| PlainTable {
            side: table.side,
            headers: &table.headers,
            blocks: &table.blocks,
        })
        .collect();
    let columns: Vec<Columns> = tables.iter().map(|table| table.columns.clone()).collect();
    let progress = |progress: lotse_core::duplicates::Progress| {
        watch.report(Phase::Comparing, progress.done as u64, progress.total as u64);
    };
    let look = Look {
        progress: &progress,
        cancelled: &|| watch.is_cancelled(),
    };
    let found = find_in_tables(&plain, &columns, &look).map_err(|_| WorkflowError::Cancelled)?;
    let rows: Vec<PlainRow> = tables.iter().flat_map(rows_of).collect();
    let pairs = found.into_iter().map(|pair| PlainPair {
        a: rows[pair.a as usize].clone(),
        b: rows[pair.b as usize].clone(),
        score: shown_score(pair.score),
        reason: pair.reason.into(),
    });
    let described = |table: &Table| {
        let headers = table.columns.describe(&table.headers);
        let headers = headers.into_iter().map(str::to_string).collect();
        (table.name.clone(), headers)
    };
    Ok(Some(PlainDuplicates {
        compared: tables.iter().map(described).collect(),
        pairs: pairs.collect(),
    }))
}

fn rows_of(table: &Table) -> impl Iterator<Item = PlainRow> + '_ {
    let rows = table.blocks.iter().flat_map(RowBlock::rows);
    rows.map(move |row| PlainRow {
        number: row.number(),
        id: table
            .columns
            .id
            .map_or_else(String::new, |column| row.cell(column).text.to_string()),
    })
}
