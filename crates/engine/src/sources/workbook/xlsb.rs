//! Excel binary workbooks (`.xlsb`), read by our own streaming reader: the parts of an `.xlsx` as records of bytes.
//!
//! calamine reads these too, but shows neither hidden rows and columns nor number formats, passes over short records of
//! cells, which some libraries write, and its memory cannot be capped.

use std::{collections::BTreeMap, io::Read, path::Path};

use lotse_core::table::CellKind;

use super::{
    Workbook,
    archive::{Archive, Content, damaged, inflated_ahead, read_error},
    binary::{error_text, f64_at, packed_number, push_wide, tidy, u16_at, u32_at},
    number_format::NumberFormat,
    sheet::{MOST_COLUMNS, MOST_MERGED, MOST_ROWS, number_cell},
    sheet_rows::{HiddenRows, SheetFacts, SheetRows, check_row_text},
    styles::{SharedStrings, Styles},
    xlsx::relations,
};
use crate::sources::{
    Control, error::SourceError, notice::NoticeFact, settings::ReadSettings, stream::RawBlock,
    tally::NoticeTally,
};

const WORKBOOK: &str = "xl/workbook.bin";
/// Bytes that a record may have: the longest text of a cell with all its fonts stays far below.
const LONGEST_RECORD: usize = 16 << 20;

const ROW: u16 = 0;
/// Cells in full: blank, number, error, truth value, number, text, shared text, and four kinds of formula.
const FULL: std::ops::RangeInclusive<u16> = 1..=11;
/// The same without formulas, short: the column is left out, it is the one after the cell before.
const SHORT: std::ops::RangeInclusive<u16> = 12..=18;
/// What lies between a short record's number and that of the full one.
const BETWEEN: u16 = 11;
const RICH_TEXT: u16 = 62;
const SHARED_TEXT: u16 = 19;
const FORMAT: u16 = 44;
const LOOK: u16 = 47;
const COLUMNS: u16 = 60;
const CELLS_END: u16 = 146;
const SHEET_PROPERTIES: u16 = 147;
const WORKBOOK_PROPERTIES: u16 = 153;
const SHEET: u16 = 156;
const MERGED: u16 = 176;
const LOOKS_BEGIN: u16 = 617;
const LOOKS_END: u16 = 618;

/// An Excel binary workbook whose directory has been read.
pub(crate) struct XlsbFile {
    archive: Archive,
    sheets: Vec<SheetPart>,
    strings_part: String,
    strings: Option<SharedStrings>,
    styles: Styles,
    epoch_1904: bool,
}

struct SheetPart {
    name: String,
    part: String,
    visible: bool,
}

impl XlsbFile {
    pub(crate) fn open(path: &Path) -> Result<Self, SourceError> {
        let mut archive = Archive::open(path)?;
        let relations = relations(&mut archive, WORKBOOK)?;
        let (mut sheets, mut epoch_1904) = (Vec::new(), false);
        each_record(&mut archive, WORKBOOK, |kind, body| {
            match kind {
                WORKBOOK_PROPERTIES => epoch_1904 = body.first().is_some_and(|flags| flags & 1 != 0),
                SHEET => {
                    let mut at = 8;
                    let id = wide_text(body, &mut at).unwrap_or_default();
                    let name = wide_text(body, &mut at).unwrap_or_default();
                    if let Some((kind, part)) = relations.get(&id)
                        && kind.ends_with("/worksheet")
                    {
                        sheets.push(SheetPart {
                            name,
                            part: part.clone(),
                            visible: u32_at(body, 0) == Some(0),
                        });
                    }
                }
                _ => {}
            }
            Ok(true)
        })?;
        sheets.retain(|sheet| archive.has(&sheet.part));
        if sheets.is_empty() {
            return Err(SourceError::NoSheet);
        }
        let of_kind = |kind: &str, usual: &str| {
            let found = relations.values().find(|(other, _)| other.ends_with(kind));
            found.map_or_else(|| usual.to_owned(), |(_, part)| part.clone())
        };
        let styles = read_styles(&mut archive, &of_kind("/styles", "xl/styles.bin"))?;
        Ok(XlsbFile {
            strings_part: of_kind("/sharedStrings", "xl/sharedStrings.bin"),
            archive,
            sheets,
            strings: None,
            styles,
            epoch_1904,
        })
    }
}

impl Workbook for XlsbFile {
    fn epoch_1904(&self) -> bool {
        self.epoch_1904
    }

    fn names(&self) -> Vec<(String, bool)> {
        let sheets = self.sheets.iter();
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
        let strings = match self.strings.take() {
            Some(strings) => strings,
            None => read_strings(&mut self.archive, &self.strings_part, control)?,
        };
        let strings = self.strings.insert(strings);
        let part = self.sheets[index].part.clone();
        let total = self.archive.declared_size(&part).unwrap_or(0);
        let Some(member) = self.archive.binary_member(&part)? else {
            return Ok(SheetFacts::default());
        };
        let mut reader = SheetReader {
            part: &part,
            strings,
            styles: &self.styles,
            epoch_1904: self.epoch_1904,
            rows: SheetRows::new(&part, width, HiddenRows::of(settings), out),
            filtered: false,
            row: 0,
            hidden: false,
            next_column: 0,
            text: String::new(),
            cells: Vec::new(),
        };
        let mut progress = |row: u32, bytes: u64| {
            control.check()?;
            control.report(bytes.min(total), total, u64::from(row));
            Ok(())
        };
        let whole = inflated_ahead(member, |ahead| reader.read(ahead, notices, &mut progress))?;
        Ok(if whole {
            reader.rows.finish()
        } else {
            reader.rows.facts
        })
    }
}

/// The records of a part, one after the other.
struct Records<R> {
    content: R,
    position: u64,
    body: Vec<u8>,
}

impl<R: Content> Records<R> {
    fn new(content: R) -> Self {
        Records {
            content,
            position: 0,
            body: Vec::new(),
        }
    }

    fn byte(&mut self) -> std::io::Result<Option<u8>> {
        let Some(&byte) = self.content.fill_buf()?.first() else {
            return Ok(None);
        };
        self.content.consume(1);
        self.position += 1;
        Ok(Some(byte))
    }

    /// The number of the next record, its body in `self.body`; `None` at the end, also where a record is cut.
    fn next(&mut self, part: &str) -> Result<Option<u16>, SourceError> {
        let failed = |error: std::io::Error| read_error(part, &error);
        let Some(first) = self.byte().map_err(failed)? else {
            return Ok(None);
        };
        let mut kind = u16::from(first & 0x7F);
        if first & 0x80 != 0 {
            let Some(second) = self.byte().map_err(failed)? else {
                return Ok(None);
            };
            kind |= u16::from(second & 0x7F) << 7;
        }
        let mut length = 0usize;
        for shift in [0, 7, 14, 21] {
            let Some(byte) = self.byte().map_err(failed)? else {
                return Ok(None);
            };
            length |= usize::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        if length > LONGEST_RECORD {
            return Err(damaged(part, &format!("a record of {length} bytes")));
        }
        self.body.clear();
        (&mut self.content)
            .take(length as u64)
            .read_to_end(&mut self.body)
            .map_err(failed)?;
        self.position += self.body.len() as u64;
        Ok((self.body.len() == length).then_some(kind))
    }
}

/// Hands all records of a part to `take` until it says that it has enough; a part that is not there has none.
fn each_record(
    archive: &mut Archive,
    part: &str,
    mut take: impl FnMut(u16, &[u8]) -> Result<bool, SourceError>,
) -> Result<(), SourceError> {
    let Some(member) = archive.binary_member(part)? else {
        return Ok(());
    };
    let mut records = Records::new(member);
    while let Some(kind) = records.next(part)? {
        if !take(kind, &records.body)? {
            break;
        }
    }
    Ok(())
}

fn read_styles(archive: &mut Archive, part: &str) -> Result<Styles, SourceError> {
    let (mut styles, mut formats, mut in_cells) = (Styles::default(), BTreeMap::new(), false);
    each_record(archive, part, |kind, body| {
        match kind {
            FORMAT => {
                let mut at = 2;
                if let (Some(number), Some(code)) = (u16_at(body, 0), wide_text(body, &mut at)) {
                    formats.insert(number, NumberFormat::parse(&code));
                }
            }
            LOOKS_BEGIN => in_cells = true,
            LOOKS_END => in_cells = false,
            LOOK if in_cells => {
                let number = u16_at(body, 2).unwrap_or(0);
                let known = formats.get(&number).cloned();
                styles.add(known.unwrap_or_else(|| NumberFormat::built_in(u32::from(number))));
            }
            _ => {}
        }
        Ok(true)
    })?;
    Ok(styles)
}

fn read_strings(
    archive: &mut Archive,
    part: &str,
    control: &Control<'_>,
) -> Result<SharedStrings, SourceError> {
    let (mut strings, mut text, mut count) = (SharedStrings::default(), String::new(), 0usize);
    each_record(archive, part, |kind, body| {
        if kind == SHARED_TEXT {
            text.clear();
            push_text(body, 1, &mut text);
            if !strings.add(&text) {
                return Err(SourceError::TooLarge {
                    part: part.to_owned(),
                    limit: super::styles::MOST_TEXT as u64,
                });
            }
            count += 1;
            if count.is_multiple_of(4096) {
                control.check()?;
            }
        }
        Ok(true)
    })?;
    Ok(strings)
}

/// The bytes of a text that says how many signs of two bytes it has; `at` moves behind it. One that says that it is
/// none has none.
fn wide_bytes<'b>(body: &'b [u8], at: &mut usize) -> Option<&'b [u8]> {
    let length = u32_at(body, *at)?;
    *at += 4;
    let length = if length == u32::MAX { 0 } else { length as usize };
    let bytes = body.get(*at..at.checked_add(length.checked_mul(2)?)?)?;
    *at += bytes.len();
    Some(bytes)
}

fn wide_text(body: &[u8], at: &mut usize) -> Option<String> {
    let mut text = String::new();
    push_wide(wide_bytes(body, at)?, &mut text);
    Some(text)
}

/// Appends the text of a cell.
fn push_text(body: &[u8], mut at: usize, out: &mut String) {
    let from = out.len();
    push_wide(wide_bytes(body, &mut at).unwrap_or_default(), out);
    tidy(out, from);
}

/// Reads the rows of a sheet.
struct SheetReader<'a> {
    part: &'a str,
    strings: &'a SharedStrings,
    styles: &'a Styles,
    epoch_1904: bool,
    rows: SheetRows<'a>,
    filtered: bool,
    /// Number of the row being read, from 1; 0 before the first.
    row: u32,
    hidden: bool,
    next_column: usize,
    /// Texts of the row's cells, one after the other, and where each ends.
    text: String,
    cells: Vec<(usize, CellKind, usize)>,
}

impl SheetReader<'_> {
    /// False when nobody wants more.
    fn read<R: Content>(
        &mut self,
        content: R,
        notices: &mut NoticeTally,
        progress: &mut dyn FnMut(u32, u64) -> Result<(), SourceError>,
    ) -> Result<bool, SourceError> {
        let part = self.part;
        let mut records = Records::new(content);
        let mut since = 0usize;
        while let Some(kind) = records.next(part)? {
            let body = &records.body;
            match kind {
                ROW => {
                    if !self.finish_row(notices)? {
                        return Ok(false);
                    }
                    let declared = u32_at(body, 0).unwrap_or(0);
                    if declared >= MOST_ROWS {
                        return Err(damaged(part, &format!("row {}", u64::from(declared) + 1)));
                    }
                    // Rows that go back or stay do not exist in honest files; they keep their order.
                    self.row = (declared + 1).max(self.row + 1);
                    self.hidden = body.get(11).is_some_and(|flags| flags & 0x10 != 0);
                    self.next_column = 0;
                    since += 1;
                    if since >= 1024 {
                        since = 0;
                        progress(self.row, records.position)?;
                    }
                }
                RICH_TEXT => self.full_cell(kind, body, notices)?,
                kind if FULL.contains(&kind) => self.full_cell(kind, body, notices)?,
                kind if SHORT.contains(&kind) => {
                    self.cell(kind - BETWEEN, self.next_column, body, notices)?;
                }
                CELLS_END => {
                    let goes_on = self.finish_row(notices)?;
                    if !goes_on {
                        return Ok(false);
                    }
                }
                SHEET_PROPERTIES => self.filtered = body.get(2).is_some_and(|flags| flags & 1 != 0),
                COLUMNS => {
                    let edges = (u32_at(body, 0), u32_at(body, 4));
                    let hidden = u16_at(body, 16).is_some_and(|flags| flags & 1 != 0);
                    if let (true, (Some(first), Some(last))) = (hidden, edges) {
                        let last = (last as usize).min(MOST_COLUMNS - 1);
                        self.rows.facts.hidden_columns.extend(first as usize..=last);
                    }
                }
                MERGED => {
                    let edge = |at| u32_at(body, at).unwrap_or(0);
                    if self.rows.facts.merged.len() < MOST_MERGED && body.len() >= 16 {
                        self.rows.facts.merged.push((
                            edge(0).saturating_add(1),
                            edge(8) as usize,
                            edge(4).saturating_add(1),
                            edge(12) as usize,
                        ));
                    }
                }
                _ => {}
            }
        }
        self.finish_row(notices)
    }

    fn finish_row(&mut self, notices: &mut NoticeTally) -> Result<bool, SourceError> {
        if self.cells.is_empty() {
            return Ok(true);
        }
        let mut from = 0;
        let cells: Vec<(usize, CellKind, &str)> = self
            .cells
            .iter()
            .map(|&(column, kind, to)| (column, kind, &self.text[std::mem::replace(&mut from, to)..to]))
            .filter(|(_, _, text)| !text.is_empty())
            .collect();
        let hidden = self.hidden.then_some(self.filtered);
        let goes_on = self.rows.add(self.row.max(1), &cells, hidden, notices)?;
        self.text.clear();
        self.cells.clear();
        Ok(goes_on)
    }

    fn full_cell(&mut self, kind: u16, body: &[u8], notices: &mut NoticeTally) -> Result<(), SourceError> {
        let column = u32_at(body, 0).map_or(usize::MAX, |column| column as usize);
        self.cell(kind, column, body.get(4..).unwrap_or_default(), notices)
    }

    /// Takes a cell; `body` begins with its style. Cells that go back are left out: no honest file has them.
    fn cell(
        &mut self,
        kind: u16,
        column: usize,
        body: &[u8],
        notices: &mut NoticeTally,
    ) -> Result<(), SourceError> {
        if column >= MOST_COLUMNS || self.cells.last().is_some_and(|last| last.0 >= column) {
            return Ok(());
        }
        self.next_column = column + 1;
        if let Some(kind) = self.value(kind, column, body, notices) {
            check_row_text(self.part, self.text.len())?;
            self.cells.push((column, kind, self.text.len()));
        }
        Ok(())
    }

    fn value(
        &mut self,
        kind: u16,
        column: usize,
        body: &[u8],
        notices: &mut NoticeTally,
    ) -> Option<CellKind> {
        const FORMULAS: std::ops::RangeInclusive<u16> = 8..=11;
        let place = (self.row, column);
        if FORMULAS.contains(&kind) {
            notices.add(NoticeFact::Formulas, Some(self.row), None, 1);
        }
        let mut number = |number: f64| {
            let style = u32_at(body, 0).unwrap_or(0) & 0x00FF_FFFF;
            let (format, digits) = (self.styles.format(style as usize), number.to_string());
            number_cell(
                number,
                &digits,
                format,
                self.epoch_1904,
                &mut self.text,
                place,
                notices,
            )
        };
        Some(match kind {
            2 => number(packed_number(u32_at(body, 4)?)),
            5 | 9 => number(f64_at(body, 4)?),
            3 | 11 => {
                let text = error_text(*body.get(4)?);
                let fact = NoticeFact::ErrorCells {
                    text: text.to_owned(),
                };
                notices.add(fact, Some(self.row), None, 1);
                self.text.push_str(text);
                CellKind::Error
            }
            4 | 10 => {
                self.text
                    .push_str(if *body.get(4)? == 0 { "false" } else { "true" });
                CellKind::Bool
            }
            6 | 8 => {
                push_text(body, 4, &mut self.text);
                CellKind::Text
            }
            7 => {
                let index = u32_at(body, 4)? as usize;
                self.text.push_str(self.strings.get(index).unwrap_or_default());
                CellKind::Text
            }
            RICH_TEXT => {
                push_text(body, 5, &mut self.text);
                CellKind::Text
            }
            _ => return None,
        })
    }
}
