//! Workbooks.

pub(crate) mod archive;
mod binary;
pub(crate) mod exchange;
pub(crate) mod number_format;
pub(crate) mod ods;
pub(crate) mod page;
mod quick_row;
mod sheet;
mod sheet_rows;
mod styles;
mod whole;
pub(crate) mod xls;
mod xlsb;
mod xlsx;
pub(crate) mod xml;
pub(crate) mod xml_spreadsheet;

pub(crate) use sheet_rows::SheetFacts;
pub(crate) use whole::ReadWorkbook;
pub(crate) use xls::XlsFile;
pub(crate) use xlsb::XlsbFile;
pub(crate) use xlsx::XlsxFile;

use crate::sources::{
    Control, error::SourceError, inspection::SourceSheet, settings::ReadSettings, stream::RawBlock,
    tally::NoticeTally,
};

/// A workbook of any format, as the intake sees it.
pub(crate) trait Workbook: Send {
    /// True when days are counted from 1904.
    fn epoch_1904(&self) -> bool;
    /// Names of the sheets, and whether each is visible.
    fn names(&self) -> Vec<(String, bool)>;
    /// A sheet with its size, which is counted unless a format knows it otherwise.
    fn describe(&mut self, index: usize) -> Result<SourceSheet, SourceError> {
        let (settings, mut notices) = (ReadSettings::default(), NoticeTally::default());
        let facts = self.stream(index, 1, &settings, &Control::quiet(), &mut notices, &mut |_| {
            true
        })?;
        let (name, visible) = self.names().swap_remove(index);
        Ok(SourceSheet {
            name,
            visible,
            rows: facts.last_row,
            columns: u32::try_from(facts.columns).unwrap_or(u32::MAX),
        })
    }
    /// Reads a sheet from its first row on; blocks are at least `width` columns wide and go to `out` in order, which
    /// says whether to go on.
    fn stream(
        &mut self,
        index: usize,
        width: usize,
        settings: &ReadSettings,
        control: &Control<'_>,
        notices: &mut NoticeTally,
        out: &mut dyn FnMut(Vec<RawBlock>) -> bool,
    ) -> Result<SheetFacts, SourceError>;
}
