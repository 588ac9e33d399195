//! The search for duplicates in files as they are, without a mapping: for tables that hold no companies.

use std::path::Path;
use std::sync::Mutex;

use lotse_core::duplicates::{Columns, PlainTable, Side, Watch as Look, find_in_tables, shown_score};
use lotse_core::migration::MatchReason;
use lotse_core::table::RowBlock;

use super::WorkflowError;
use super::load::as_progress;
use crate::jobs::{Phase, Watch};
use crate::sources::{self, Control, ReadSettings};

/// A file to be compared.
pub struct PlainFile<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// How it is read.
    pub settings: &'a ReadSettings,
    /// Its rows are known already and are not compared with each other.
    pub reference: bool,
}

/// A row in a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainRow {
    /// Which of the files.
    pub file: usize,
    /// Its number as a person sees it in the file.
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

/// What a comparison of files gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlainDuplicates {
    /// By file: the headers of the columns that were compared.
    pub compared: Vec<Vec<String>>,
    /// The pairs in the order of the rows.
    pub pairs: Vec<PlainPair>,
}

struct Table {
    headers: Vec<String>,
    blocks: Vec<RowBlock>,
    columns: Columns,
}

/// Compares the rows of files by the columns that name them and tell them apart, whatever these are. `None` when one
/// of the files has no column that names its rows.
///
/// # Errors
/// When a file cannot be read, and when `watch` asks to stop.
pub fn compare_plain(
    files: &[PlainFile<'_>],
    watch: &Watch<'_>,
) -> Result<Option<PlainDuplicates>, WorkflowError> {
    let mut tables = Vec::with_capacity(files.len());
    for file in files {
        let (headers, blocks) = read(file, watch)?;
        let Some(columns) = Columns::find(&headers, &blocks) else {
            return Ok(None);
        };
        tables.push(Table {
            headers,
            blocks,
            columns,
        });
    }
    let plain: Vec<PlainTable<'_>> = tables
        .iter()
        .zip(files)
        .map(|(table, file)| PlainTable {
            side: if file.reference {
                Side::Reference
            } else {
                Side::Project
            },
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
    let rows: Vec<PlainRow> = tables.iter().enumerate().flat_map(rows_of).collect();
    let pairs = found.into_iter().map(|pair| PlainPair {
        a: rows[pair.a as usize].clone(),
        b: rows[pair.b as usize].clone(),
        score: shown_score(pair.score),
        reason: pair.reason.into(),
    });
    let described = |table: &Table| {
        let headers = table.columns.describe(&table.headers);
        headers.into_iter().map(str::to_string).collect()
    };
    Ok(Some(PlainDuplicates {
        compared: tables.iter().map(described).collect(),
        pairs: pairs.collect(),
    }))
}

fn rows_of((file, table): (usize, &Table)) -> impl Iterator<Item = PlainRow> + '_ {
    let rows = table.blocks.iter().flat_map(RowBlock::rows);
    rows.map(move |row| PlainRow {
        file,
        number: row.number(),
        id: table
            .columns
            .id
            .map_or_else(String::new, |column| row.cell(column).text.to_string()),
    })
}

fn read(file: &PlainFile<'_>, watch: &Watch<'_>) -> Result<(Vec<String>, Vec<RowBlock>), WorkflowError> {
    let report = as_progress(watch);
    let control = Control {
        progress: &report,
        cancel: watch.cancel.clone(),
    };
    let blocks: Mutex<Vec<RowBlock>> = Mutex::new(Vec::new());
    let summary = sources::read(
        file.path,
        file.settings,
        &control,
        |block| block,
        |block| {
            blocks
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .push(block);
            Ok::<(), crate::project::ProjectError>(())
        },
    )?;
    let blocks = blocks
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok((summary.columns, blocks))
}
