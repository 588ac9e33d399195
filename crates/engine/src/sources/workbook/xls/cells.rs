//! The cells of one sheet of an Excel workbook before 2007.
//!
//! Some writers do not keep the order of rows, so a first pass notes where each cell stands, in twelve bytes, and a second
//! one reads them.

use std::collections::BTreeMap;

use lotse_core::table::CellKind;

use super::{
    globals::{END, Globals, SheetPlace},
    records::{Generation, Record, Records, Texts, beginning},
};
use crate::sources::{
    error::SourceError,
    notice::NoticeFact,
    tally::NoticeTally,
    workbook::{
        binary::{error_text, f64_at, packed_number, tidy, u16_at, u32_at},
        number_format::NumberFormat,
        sheet::{MOST_MERGED, number_cell},
        sheet_rows::{SheetRows, check_row_text},
    },
};

const ROW: [u16; 2] = [0x0008, 0x0208];
const COLUMNS: u16 = 0x007D;
const COLUMN_WIDTH: u16 = 0x0024;
const FILTERED: u16 = 0x009B;
const MERGED: u16 = 0x00E5;
const INTEGER: u16 = 0x0002;
const NUMBER: [u16; 2] = [0x0003, 0x0203];
const LABEL: [u16; 3] = [0x0004, 0x0204, 0x00D6];
const BOOL_OR_ERROR: [u16; 2] = [0x0005, 0x0205];
const FORMULA: [u16; 3] = [0x0006, 0x0206, 0x0406];
const FORMULA_TEXT: [u16; 2] = [0x0007, 0x0207];
const PACKED: u16 = 0x027E;
const PACKED_ROW: u16 = 0x00BD;
const SHARED: u16 = 0x00FD;

/// Where a cell stands in the sheet, and its record in the stream.
#[derive(Clone, Copy)]
struct CellPlace {
    row: u16,
    column: u16,
    /// Where the record begins.
    at: u32,
    /// Which number of a record that holds many.
    nth: u16,
}

/// What the first pass finds.
#[derive(Default)]
struct Found {
    cells: Vec<CellPlace>,
    hidden_rows: BTreeMap<u16, ()>,
    filtered: bool,
}

/// Reads a sheet; `progress` is told the row now and then, and can end the reading with an error.
pub(super) fn read_sheet(
    bytes: &[u8],
    globals: &Globals,
    place: &SheetPlace,
    mut rows: SheetRows<'_>,
    notices: &mut NoticeTally,
    progress: &mut dyn FnMut(u32) -> Result<(), SourceError>,
) -> Result<crate::sources::workbook::SheetFacts, SourceError> {
    let mut found = find_cells(bytes, globals.generation, place.at, &mut rows);
    if !found.cells.is_sorted_by_key(|cell| (cell.row, cell.column)) {
        found.cells.sort_by_key(|cell| (cell.row, cell.column));
    }
    let mut text = String::new();
    let mut ranges: Vec<(usize, CellKind, usize)> = Vec::new();
    let mut since = 0usize;
    for row in found.cells.chunk_by(|one, other| one.row == other.row) {
        let number = u32::from(row[0].row) + 1;
        text.clear();
        ranges.clear();
        for cell in row {
            // What stands twice in a cell was overwritten.
            if let Some(last) = ranges.last().filter(|last| last.0 == usize::from(cell.column)) {
                let from = ranges.len().checked_sub(2).map_or(0, |before| ranges[before].2);
                debug_assert!(from <= last.2);
                text.truncate(from);
                ranges.pop();
            }
            let kind = read_cell(bytes, globals, cell, &mut text, notices);
            check_row_text(&place.name, text.len())?;
            ranges.push((usize::from(cell.column), kind, text.len()));
        }
        let mut from = 0;
        let cells: Vec<(usize, CellKind, &str)> = ranges
            .iter()
            .map(|&(column, kind, to)| (column, kind, &text[std::mem::replace(&mut from, to)..to]))
            .filter(|(_, _, text)| !text.is_empty())
            .collect();
        since += 1 + cells.len();
        if since >= 4096 {
            since = 0;
            progress(number)?;
        }
        let hidden = found.hidden_rows.contains_key(&row[0].row);
        if !rows.add(number, &cells, hidden.then_some(found.filtered), notices)? {
            return Ok(rows.facts);
        }
    }
    Ok(rows.finish())
}

/// The first pass.
fn find_cells(bytes: &[u8], generation: Generation, start: usize, rows: &mut SheetRows<'_>) -> Found {
    let mut found = Found::default();
    let facts = &mut rows.facts;
    let mut depth = 0usize;
    for record in Records::from(bytes, start) {
        if beginning(&record).is_some() {
            depth += 1;
            continue;
        }
        if record.kind == END {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                break;
            }
            continue;
        }
        // Charts stand inside of sheets, with cells of their own.
        if depth > 1 {
            continue;
        }
        let body = record.body;
        let cells = match record.kind {
            kind if is_cell(kind, generation) => 1,
            PACKED_ROW => u16::try_from(body.len().saturating_sub(6) / 6).unwrap_or(0),
            kind if ROW.contains(&kind) && generation >= Generation::Three => {
                let hidden = u16_at(body, 12).is_some_and(|options| options & 0x20 != 0);
                if let (true, Some(row)) = (hidden, u16_at(body, 0)) {
                    found.hidden_rows.insert(row, ());
                }
                0
            }
            COLUMNS => {
                let edges = (u16_at(body, 0), u16_at(body, 2));
                let hidden = u16_at(body, 8).is_some_and(|options| options & 1 != 0);
                if let (true, (Some(first), Some(last))) = (hidden, edges) {
                    facts
                        .hidden_columns
                        .extend(usize::from(first)..=usize::from(last.min(255)));
                }
                0
            }
            COLUMN_WIDTH if generation == Generation::Two => {
                if let (Some(&[first, last]), Some(0)) = (body.first_chunk(), u16_at(body, 2)) {
                    facts
                        .hidden_columns
                        .extend(usize::from(first)..=usize::from(last));
                }
                0
            }
            FILTERED => {
                found.filtered = true;
                0
            }
            MERGED => {
                for range in body.get(2..).unwrap_or_default().chunks_exact(8) {
                    let edge = |at| u16_at(range, at).unwrap_or(0);
                    if facts.merged.len() < MOST_MERGED {
                        facts.merged.push((
                            u32::from(edge(0)) + 1,
                            usize::from(edge(4)),
                            u32::from(edge(2)) + 1,
                            usize::from(edge(6)),
                        ));
                    }
                }
                0
            }
            _ => 0,
        };
        let place = (u16_at(body, 0), u16_at(body, 2), u32::try_from(record.at));
        let (Some(row), Some(column), Ok(at)) = place else {
            continue;
        };
        for nth in 0..cells {
            let Some(column) = column.checked_add(nth).filter(|column| *column < 0x4000) else {
                break;
            };
            found.cells.push(CellPlace { row, column, at, nth });
        }
    }
    found
}

fn is_cell(kind: u16, generation: Generation) -> bool {
    match kind {
        PACKED | SHARED | 0x00D6 | 0x0006 => true,
        0x0203..=0x0205 | 0x0206 | 0x0406 => generation > Generation::Two,
        _ => is_of_excel_2(kind, generation),
    }
}

/// True for a cell as Excel 2 lays it out; some programs write such ones into files that say they are newer.
fn is_of_excel_2(kind: u16, generation: Generation) -> bool {
    matches!(kind, 0x0002..=0x0005) || (kind == 0x0006 && generation == Generation::Two)
}

/// Appends what a person sees in a cell, and says what it is.
fn read_cell(
    bytes: &[u8],
    globals: &Globals,
    cell: &CellPlace,
    out: &mut String,
    notices: &mut NoticeTally,
) -> CellKind {
    let mut records = Records::from(bytes, cell.at as usize);
    let Some(record) = records.next() else {
        return CellKind::Empty;
    };
    let found = Reading {
        globals,
        record,
        records,
        place: (u32::from(cell.row) + 1, usize::from(cell.column)),
    }
    .read(cell.nth, out, notices);
    found.unwrap_or(CellKind::Empty)
}

/// A cell being read.
struct Reading<'a> {
    globals: &'a Globals,
    record: Record<'a>,
    /// What follows.
    records: Records<'a>,
    place: (u32, usize),
}

impl Reading<'_> {
    /// `None` where the record is too short for what it says it is.
    fn read(mut self, nth: u16, out: &mut String, notices: &mut NoticeTally) -> Option<CellKind> {
        let body = self.record.body;
        let old = self.is_old();
        // Excel 2 has three bytes about the look, the others two.
        let value = if old { 7 } else { 6 };
        match self.record.kind {
            kind if FORMULA.contains(&kind) => self.formula(value, out, notices),
            kind if NUMBER.contains(&kind) => {
                let number = f64_at(body, value)?;
                Some(self.number(number, 4, out, notices))
            }
            INTEGER if old => {
                let number = f64::from(u16_at(body, value)?);
                Some(self.number(number, 4, out, notices))
            }
            PACKED => {
                let number = packed_number(u32_at(body, 6)?);
                Some(self.number(number, 4, out, notices))
            }
            PACKED_ROW => {
                let at = 4 + 6 * usize::from(nth);
                let number = packed_number(u32_at(body, at + 2)?);
                Some(self.number(number, at, out, notices))
            }
            SHARED => {
                let index = u32_at(body, 6)? as usize;
                out.push_str(self.globals.strings.get(index).unwrap_or_default());
                Some(CellKind::Text)
            }
            kind if LABEL.contains(&kind) => {
                let bodies = self.records.with_continuation(body);
                self.text(bodies, value, old, out);
                Some(CellKind::Text)
            }
            kind if BOOL_OR_ERROR.contains(&kind) => {
                let (found, is_error) = (*body.get(value)?, *body.get(value + 1)? != 0);
                Some(if is_error {
                    self.error(found, out, notices)
                } else {
                    truth(found, out)
                })
            }
            _ => None,
        }
    }

    fn is_old(&self) -> bool {
        is_of_excel_2(self.record.kind, self.globals.generation)
    }

    fn number(&self, number: f64, look_at: usize, out: &mut String, notices: &mut NoticeTally) -> CellKind {
        let globals = self.globals;
        let looked_up;
        let format = if self.is_old() {
            let number = self.record.body.get(5).map_or(0, |byte| u16::from(byte & 0x3F));
            looked_up = globals.format(number);
            &looked_up
        } else {
            let look = u16_at(self.record.body, look_at).map(usize::from);
            look.and_then(|look| globals.looks.get(look))
                .unwrap_or(&NumberFormat::Plain)
        };
        let digits = number.to_string();
        number_cell(
            number,
            &digits,
            format,
            globals.epoch_1904,
            out,
            self.place,
            notices,
        )
    }

    /// Appends a text; `short` ones, of Excel 2, have their length in one byte.
    fn text(&self, bodies: Vec<&[u8]>, at: usize, short: bool, out: &mut String) {
        let from = out.len();
        let mut texts = Texts::of(bodies, at);
        // A text that is cut shows what is there of it.
        let length = if short {
            texts.byte().map(u16::from)
        } else {
            texts.u16()
        };
        let length = usize::from(length.unwrap_or(0));
        if self.globals.generation == Generation::Eight && !short {
            let _ = texts.unicode(length, out);
        } else {
            texts.narrow(length, self.globals.charset, out);
        }
        tidy(out, from);
    }

    fn error(&self, code: u8, out: &mut String, notices: &mut NoticeTally) -> CellKind {
        let text = error_text(code);
        let fact = NoticeFact::ErrorCells {
            text: text.to_owned(),
        };
        notices.add(fact, Some(self.place.0), None, 1);
        out.push_str(text);
        CellKind::Error
    }

    /// What a formula gave when it was last reckoned.
    fn formula(&mut self, value: usize, out: &mut String, notices: &mut NoticeTally) -> Option<CellKind> {
        let result = self.record.body.get(value..value + 8)?;
        notices.add(NoticeFact::Formulas, Some(self.place.0), None, 1);
        if result[6..] != [0xFF, 0xFF] {
            let number = f64_at(result, 0)?;
            return Some(self.number(number, 4, out, notices));
        }
        Some(match result[0] {
            0 => {
                // Its text follows, behind what it may share with other formulas.
                for _ in 0..4 {
                    let Some(record) = self.records.next() else { break };
                    if FORMULA_TEXT.contains(&record.kind) {
                        let mut bodies = self.records.with_continuation(record.body);
                        bodies.retain(|body| !body.is_empty());
                        self.text(bodies, 0, record.kind == FORMULA_TEXT[0], out);
                        break;
                    }
                    if is_cell(record.kind, self.globals.generation) || record.kind == END {
                        break;
                    }
                }
                CellKind::Text
            }
            1 => truth(result[2], out),
            2 => self.error(result[2], out, notices),
            _ => CellKind::Text,
        })
    }
}

fn truth(value: u8, out: &mut String) -> CellKind {
    out.push_str(if value == 0 { "false" } else { "true" });
    CellKind::Bool
}
