//! Excel workbooks before 2007 (`.xls`), read by our own reader: from Excel 2, whose file is one stream of records, to
//! Excel 2003, where this stream stands in a compound file.
//!
//! calamine reads those of Excel 5 and later, but shows neither hidden rows and columns nor number formats, and its
//! memory cannot be capped. Here nothing can become more than a small multiple of the file.

mod cells;
mod compound;
mod globals;
mod records;

use std::{io::Read, path::Path};

use globals::{Globals, SheetPlace};

use super::{
    Workbook,
    archive::damaged,
    sheet_rows::{HiddenRows, SheetFacts, SheetRows},
};
use crate::sources::{
    Control, error::SourceError, settings::ReadSettings, stream::RawBlock, tally::NoticeTally,
};

/// Bytes that a file may have: more than Excel 2003 could hold in memory.
const MOST: u64 = 512 << 20;

/// Where the records stand in a compound file, in workbooks since Excel 97 and before.
const STREAMS: [&str; 2] = ["Workbook", "Book"];
/// What stands there instead where the workbook is encrypted.
const ENCRYPTED: [&str; 2] = ["EncryptedPackage", "EncryptionInfo"];

/// True for the beginning of a workbook that is not in a compound file.
pub(crate) fn is_bare(head: &[u8]) -> bool {
    let mut records = records::Records::from(head, 0);
    let Some(first) = records.next() else { return false };
    let honest = matches!(
        (first.kind, first.body.len()),
        (0x0009, 4) | (0x0209 | 0x0409, 6) | (0x0809, 8 | 16)
    );
    honest
        && records::beginning(&first)
            .is_some_and(|(_, of)| matches!(of, 0x0005 | 0x0010 | 0x0020 | 0x0040 | 0x0100))
}

/// A workbook whose records are in memory.
pub(crate) struct XlsFile {
    records: Vec<u8>,
    globals: Globals,
}

impl XlsFile {
    pub(crate) fn open(path: &Path) -> Result<Self, SourceError> {
        let name = crate::sources::file_name(path);
        let unreadable = |error: std::io::Error| crate::sources::unreadable(&name, &error);
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(MOST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MOST {
            return Err(SourceError::TooLarge {
                part: name,
                limit: MOST,
            });
        }
        let records = if bytes.starts_with(compound::MAGIC) {
            stream_of(&bytes, &name)?
        } else {
            bytes
        };
        let globals = Globals::read(&records, &name)?;
        Ok(XlsFile { records, globals })
    }

    fn place(&self, index: usize) -> &SheetPlace {
        &self.globals.sheets[index]
    }
}

fn stream_of(bytes: &[u8], name: &str) -> Result<Vec<u8>, SourceError> {
    let compound = compound::Compound::open(bytes).ok_or_else(|| damaged(name, &"no directory"))?;
    if ENCRYPTED.iter().any(|stream| compound.stream(stream).is_some()) {
        return Err(SourceError::Encrypted);
    }
    STREAMS
        .iter()
        .find_map(|stream| compound.stream(stream))
        .ok_or_else(|| damaged(name, &"no workbook"))
}

impl Workbook for XlsFile {
    fn epoch_1904(&self) -> bool {
        self.globals.epoch_1904
    }

    fn names(&self) -> Vec<(String, bool)> {
        let sheets = self.globals.sheets.iter();
        sheets.map(|sheet| (sheet.name.clone(), sheet.visible)).collect()
    }

    fn stream(
        &mut self,
        index: usize,
        width: usize,
        settings: &ReadSettings,
        control: &Control<'_>,
        notices: &mut NoticeTally,
        out: &mut dyn FnMut(Vec<RawBlock>) -> bool,
    ) -> Result<SheetFacts, SourceError> {
        control.check()?;
        let rows = SheetRows::new(&self.place(index).name, width, HiddenRows::of(settings), out);
        let mut progress = |row: u32| {
            control.check()?;
            control.report(0, 0, u64::from(row));
            Ok(())
        };
        cells::read_sheet(
            &self.records,
            &self.globals,
            self.place(index),
            rows,
            notices,
            &mut progress,
        )
    }
}
