//! Workbooks.

pub(crate) mod archive;
pub(crate) mod foreign;
pub(crate) mod frames;
pub(crate) mod number_format;
pub(crate) mod ods;
mod own_formats;
pub(crate) mod page;
mod sheet;
mod short_records;
mod styles;
mod xlsx;
pub(crate) mod xml;
pub(crate) mod xml_spreadsheet;

pub(crate) use foreign::ReadWorkbook;
pub(crate) use xlsx::XlsxFile;

use crate::sources::{
    Control, error::SourceError, inspection::SourceSheet, settings::ReadSettings, stream::RawBlock,
    tally::NoticeTally,
};
pub(crate) use sheet::SheetFacts;

/// A workbook of any format, as the intake sees it.
pub(crate) trait Workbook: Send {
    /// True when days are counted from 1904.
    fn epoch_1904(&self) -> bool;
    /// Names of the sheets, and whether each is visible.
    fn names(&self) -> Vec<(String, bool)>;
    /// A sheet with its size.
    fn describe(&mut self, index: usize) -> Result<SourceSheet, SourceError>;
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
