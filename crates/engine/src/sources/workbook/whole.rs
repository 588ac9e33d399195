//! Workbooks that are read as a whole before their rows are looked at.

use std::collections::{BTreeMap, BTreeSet};

use lotse_core::table::CellKind;

use super::{
    Workbook,
    sheet_rows::{HiddenRows, SheetFacts},
};
use crate::sources::{
    Control,
    error::SourceError,
    inspection::{SkipReason, SourceSheet},
    notice::NoticeFact,
    settings::ReadSettings,
    stream::RawBlock,
    tally::NoticeTally,
};

/// A sheet that was read as a whole.
#[derive(Debug, Default)]
pub(crate) struct SheetData {
    pub(crate) name: String,
    pub(crate) visible: bool,
    pub(crate) epoch_1904: bool,
    pub(crate) last_row: u32,
    pub(crate) columns: usize,
    pub(crate) blocks: Vec<RawBlock>,
    /// Rows that are hidden, each with whether a filter did it; where the format tells.
    pub(crate) hidden_rows: BTreeMap<u32, bool>,
    /// Columns that are hidden, from 0; where the format tells.
    pub(crate) hidden_columns: BTreeSet<usize>,
    /// Merged ranges, as in [`super::SheetFacts`]; where the format tells.
    pub(crate) merged: Vec<(u32, usize, u32, usize)>,
}

/// A workbook that was read as a whole.
pub(crate) struct ReadWorkbook {
    sheets: Vec<SheetData>,
}

impl ReadWorkbook {
    pub(crate) fn of(sheets: Vec<SheetData>) -> Result<Self, SourceError> {
        if sheets.is_empty() {
            return Err(SourceError::NoSheet);
        }
        Ok(ReadWorkbook { sheets })
    }
}

impl Workbook for ReadWorkbook {
    fn epoch_1904(&self) -> bool {
        self.sheets.iter().any(|sheet| sheet.epoch_1904)
    }

    fn names(&self) -> Vec<(String, bool)> {
        self.sheets
            .iter()
            .map(|sheet| (sheet.name.clone(), sheet.visible))
            .collect()
    }

    fn describe(&mut self, index: usize) -> Result<SourceSheet, SourceError> {
        let sheet = &self.sheets[index];
        Ok(SourceSheet {
            name: sheet.name.clone(),
            visible: sheet.visible,
            rows: sheet.last_row,
            columns: u32::try_from(sheet.columns).unwrap_or(u32::MAX),
        })
    }

    fn stream(
        &mut self,
        index: usize,
        _width: usize,
        settings: &ReadSettings,
        control: &Control<'_>,
        notices: &mut NoticeTally,
        out: &mut dyn FnMut(Vec<RawBlock>) -> bool,
    ) -> Result<SheetFacts, SourceError> {
        let sheet = &self.sheets[index];
        let facts = SheetFacts {
            last_row: sheet.last_row,
            columns: sheet.columns,
            hidden_columns: sheet.hidden_columns.clone(),
            merged: sheet.merged.clone(),
        };
        for block in &sheet.blocks {
            control.check()?;
            let mut last = 0;
            for row in block.rows.rows() {
                last = row.number();
                for cell in row.cells().filter(|cell| cell.kind == CellKind::Error) {
                    let text = cell.text.to_owned();
                    notices.add(NoticeFact::ErrorCells { text }, Some(last), None, 1);
                }
            }
            control.report(u64::from(last), u64::from(sheet.last_row), u64::from(last));
            let mut block = block.clone();
            let hidden = left_out(sheet, &block, settings, notices);
            block.known.extend(hidden);
            if !out(vec![block]) {
                break;
            }
        }
        Ok(facts)
    }
}

/// The hidden rows of a block that are not to be read, and the announcement of all hidden ones.
fn left_out(
    sheet: &SheetData,
    block: &RawBlock,
    settings: &ReadSettings,
    notices: &mut NoticeTally,
) -> Vec<(u32, SkipReason)> {
    if sheet.hidden_rows.is_empty() {
        return Vec::new();
    }
    let hidden = HiddenRows::of(settings);
    let numbers = block.rows.rows().map(|row| row.number());
    let announced = numbers.filter_map(|number| {
        let by_filter = *sheet.hidden_rows.get(&number)?;
        Some((number, hidden.announce(number, by_filter, notices)?))
    });
    announced.collect()
}
