//! How the reading process hands sheets to the process that asked: small frames over a pipe.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
};

use lotse_core::table::CellKind;

use super::sheet::BlockBuilder;
use crate::sources::{error::SourceError, stream::RawBlock};

/// Bytes that all frames together may have: what the asking process is ready to hold.
const MOST: u64 = 1 << 30;
/// Part name of the error for a stream that ends inside a frame.
pub(crate) const CUT: &str = "\u{0}cut";

/// A sheet as it came through.
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

const SHEET: u8 = 1;
const ROW: u8 = 2;
const ERROR: u8 = 3;
const END: u8 = 4;

/// Writes the frames.
pub(crate) struct Frames<'a> {
    out: &'a mut dyn Write,
}

impl<'a> Frames<'a> {
    pub(crate) fn new(out: &'a mut dyn Write) -> Self {
        Frames { out }
    }

    pub(crate) fn sheet(&mut self, name: &str, visible: bool, epoch_1904: bool) -> std::io::Result<()> {
        self.out
            .write_all(&[SHEET, u8::from(visible), u8::from(epoch_1904)])?;
        self.text(name)
    }

    /// A row with its number and the cells that hold something, ordered by column.
    pub(crate) fn row(&mut self, number: u32, cells: &[(usize, CellKind, String)]) -> std::io::Result<()> {
        self.out.write_all(&[ROW])?;
        self.number(number)?;
        self.number(u32::try_from(cells.len()).unwrap_or(u32::MAX))?;
        for (column, kind, text) in cells {
            self.number(u32::try_from(*column).unwrap_or(u32::MAX))?;
            self.out.write_all(&[*kind as u8])?;
            self.text(text)?;
        }
        Ok(())
    }

    pub(crate) fn error(&mut self, error: &SourceError) -> std::io::Result<()> {
        self.out.write_all(&[ERROR])?;
        self.text(&serde_json::to_string(error).unwrap_or_default())?;
        self.out.flush()
    }

    pub(crate) fn end(&mut self) -> std::io::Result<()> {
        self.out.write_all(&[END])?;
        self.out.flush()
    }

    fn number(&mut self, number: u32) -> std::io::Result<()> {
        self.out.write_all(&number.to_le_bytes())
    }

    fn text(&mut self, text: &str) -> std::io::Result<()> {
        self.number(u32::try_from(text.len()).unwrap_or(u32::MAX))?;
        self.out.write_all(text.as_bytes())
    }
}

/// Reads all frames; `progress` is told the number of rows now and then.
pub(crate) fn decode(input: &mut dyn Read, progress: &dyn Fn(u64)) -> Result<Vec<SheetData>, SourceError> {
    let mut input = Input {
        inner: input,
        left: MOST,
    };
    let mut sheets: Vec<(SheetData, BlockBuilder)> = Vec::new();
    let mut rows = 0u64;
    let finished = |sheets: Vec<(SheetData, BlockBuilder)>| {
        sheets
            .into_iter()
            .map(|(mut sheet, mut builder)| {
                sheet.blocks.extend(builder.take(true));
                sheet
            })
            .collect()
    };
    loop {
        match input.byte()? {
            SHEET => {
                let visible = input.byte()? != 0;
                let epoch_1904 = input.byte()? != 0;
                let name = input.text()?;
                let sheet = SheetData {
                    name,
                    visible,
                    epoch_1904,
                    ..SheetData::default()
                };
                sheets.push((sheet, BlockBuilder::new(1)));
            }
            ROW => {
                rows += 1;
                if rows.is_multiple_of(1024) {
                    progress(rows);
                }
                let number = input.number()?;
                let count = input.number()?;
                let mut cells = Vec::new();
                for _ in 0..count {
                    let column = input.number()? as usize;
                    let kind = CellKind::from_byte(input.byte()?).unwrap_or(CellKind::Text);
                    cells.push((column.min(super::sheet::MOST_COLUMNS), kind, input.text()?));
                }
                let Some((sheet, builder)) = sheets.last_mut() else {
                    return Err(cut());
                };
                let borrowed: Vec<(usize, CellKind, &str)> = cells
                    .iter()
                    .map(|(column, kind, text)| (*column, *kind, text.as_str()))
                    .collect();
                let filled = borrowed.iter().rfind(|(_, _, text)| !text.trim().is_empty());
                if let (Some((last, ..)), Some(placed)) = (filled, builder.push(number, &borrowed, None)) {
                    sheet.last_row = placed;
                    sheet.columns = sheet.columns.max(last + 1);
                }
                sheet.blocks.extend(builder.take(false));
            }
            ERROR => {
                let text = input.text()?;
                return Err(serde_json::from_str(&text).unwrap_or_else(|_| cut()));
            }
            END => return Ok(finished(sheets)),
            _ => return Err(cut()),
        }
    }
}

fn cut() -> SourceError {
    SourceError::Damaged {
        part: CUT.into(),
        cause: String::new(),
    }
}

struct Input<'a> {
    inner: &'a mut dyn Read,
    left: u64,
}

impl Input<'_> {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), SourceError> {
        self.left = self
            .left
            .checked_sub(buffer.len() as u64)
            .ok_or_else(|| SourceError::TooLarge {
                part: "workbook".into(),
                limit: MOST,
            })?;
        self.inner.read_exact(buffer).map_err(|_| cut())
    }

    fn byte(&mut self) -> Result<u8, SourceError> {
        let mut byte = [0];
        self.fill(&mut byte)?;
        Ok(byte[0])
    }

    fn number(&mut self) -> Result<u32, SourceError> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn text(&mut self) -> Result<String, SourceError> {
        let length = self.number()? as usize;
        if length as u64 > self.left {
            return Err(SourceError::TooLarge {
                part: "workbook".into(),
                limit: MOST,
            });
        }
        let mut bytes = Vec::new();
        // Grown while it arrives: a length alone costs no memory.
        while bytes.len() < length {
            let from = bytes.len();
            bytes.resize((from + (1 << 20)).min(length), 0);
            self.fill(&mut bytes[from..])?;
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
