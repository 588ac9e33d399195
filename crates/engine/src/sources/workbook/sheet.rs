//! Reads the rows of one sheet of an Excel workbook as they stream by, and what the sheet says of them.

use std::collections::BTreeSet;

use lotse_core::table::{Cell, CellKind, RowBlock};

use super::{
    archive::Content,
    number_format::number_text,
    styles::{SharedStrings, Styles, rich_text, unescape_signs},
    xml::{Node, Xml, attribute, flag, raw_attributes},
};
use crate::sources::{
    error::SourceError, inspection::SkipReason, notice::NoticeFact, settings::Hidden, stream::RawBlock,
    tally::NoticeTally,
};

/// Rows and columns that a sheet can have.
pub(crate) const MOST_ROWS: u32 = 1_048_576;
pub(crate) const MOST_COLUMNS: usize = 16_384;
/// Cells of a block, blank ones included.
const BLOCK_CELLS: usize = 1 << 18;

/// What surrounds the cells of a sheet.
#[derive(Debug, Default)]
pub(crate) struct SheetFacts {
    /// Number of the last row with content.
    pub(crate) last_row: u32,
    /// Columns up to the last one with content.
    pub(crate) columns: usize,
    /// Columns that are hidden, from 0.
    pub(crate) hidden_columns: BTreeSet<usize>,
    /// Merged ranges: first row, first column, last row, last column; from 1 and from 0.
    pub(crate) merged: Vec<(u32, usize, u32, usize)>,
}

/// What a sheet's cells refer to, and what is wanted of them.
pub(crate) struct SheetContext<'a> {
    pub(crate) strings: &'a SharedStrings,
    pub(crate) styles: &'a Styles,
    pub(crate) epoch_1904: bool,
    pub(crate) hidden_rows: Hidden,
    pub(crate) filtered_rows: Hidden,
    /// Columns that rows usually have; blocks are at least as wide.
    pub(crate) width: usize,
}

/// Collects rows into blocks.
pub(crate) struct BlockBuilder {
    width: usize,
    raw: RawBlock,
    finished: Vec<RawBlock>,
    last: u32,
}

impl BlockBuilder {
    pub(crate) fn new(width: usize) -> Self {
        BlockBuilder {
            width,
            raw: RawBlock {
                rows: RowBlock::new(width),
                ..RawBlock::default()
            },
            finished: Vec::new(),
            last: 0,
        }
    }

    /// Adds a row whose cells are ordered by column, and returns its number; blank rows are left out. Rows of damaged
    /// files that go back or stay where they are keep their order and get the next number.
    pub(crate) fn push(
        &mut self,
        number: u32,
        cells: &[(usize, CellKind, &str)],
        known: Option<SkipReason>,
    ) -> Option<u32> {
        let last = cells.iter().rposition(|(_, _, text)| !text.trim().is_empty())?;
        let number = number.max(self.last.saturating_add(1));
        self.last = number;
        let cells = &cells[..=last];
        if let Some(reason) = known {
            self.raw.known.push((number, reason));
            return Some(number);
        }
        let width = self.width.max(cells[last].0 + 1);
        let rows = &self.raw.rows;
        if width != rows.width() || rows.is_full() || rows.len() * width > BLOCK_CELLS {
            self.close(width);
        }
        let mut next = 0;
        let all = (0..width).map(|column| match cells.get(next) {
            Some(&(place, kind, text)) if place == column => {
                next += 1;
                Cell { kind, text }
            }
            _ => Cell::EMPTY,
        });
        self.raw.rows.push(number, all);
        Some(number)
    }

    fn close(&mut self, width: usize) {
        let fresh = RawBlock {
            rows: RowBlock::new(width),
            ..RawBlock::default()
        };
        let raw = std::mem::replace(&mut self.raw, fresh);
        if !raw.rows.is_empty() || !raw.known.is_empty() {
            self.finished.push(raw);
        }
    }

    /// The blocks that are finished; with `all`, the one begun, too.
    pub(crate) fn take(&mut self, all: bool) -> Vec<RawBlock> {
        if all {
            self.close(self.width);
        }
        std::mem::take(&mut self.finished)
    }
}

/// Text ranges of one row's cells.
#[derive(Default)]
struct RowCells {
    text: String,
    cells: Vec<(usize, CellKind, usize, usize)>,
    /// The value and the formula of the cell being read.
    value: String,
    formula: String,
}

/// What a cell's `t` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CellType {
    Shared,
    Text,
    Bool,
    Error,
    Moment,
    Number,
}

impl CellType {
    fn named(name: &str) -> Self {
        match name {
            "s" => Self::Shared,
            "str" | "inlineStr" => Self::Text,
            "b" => Self::Bool,
            "e" => Self::Error,
            "d" => Self::Moment,
            _ => Self::Number,
        }
    }
}

/// A cell's place.
#[derive(Clone, Copy, Debug)]
struct Place {
    row: u32,
    column: usize,
}

/// Reads a sheet from its XML. `out` takes blocks in order and says whether to go on; `progress` is told the row and
/// the bytes read after every few rows, and can end the reading with an error.
pub(crate) fn read_sheet<R: Content>(
    content: R,
    part: &str,
    context: &SheetContext<'_>,
    notices: &mut NoticeTally,
    progress: &mut dyn FnMut(u32, u64) -> Result<(), SourceError>,
    out: &mut dyn FnMut(Vec<RawBlock>) -> bool,
) -> Result<SheetFacts, SourceError> {
    let mut xml = Xml::new(content, part);
    let mut facts = SheetFacts::default();
    let mut blocks = BlockBuilder::new(context.width);
    let mut row = RowCells::default();
    let mut number = 0u32;
    let mut filtered = false;
    loop {
        let found = match xml.next()? {
            Node::Start { tag, empty } => match tag.local_name().as_ref() {
                "sheetPr" => {
                    filtered = flag(&tag, "filterMode");
                    None
                }
                "col" => {
                    if flag(&tag, "hidden") {
                        let edge = |name| attribute(&tag, name).and_then(|value| value.parse::<usize>().ok());
                        if let (Some(first), Some(last)) = (edge("min"), edge("max")) {
                            // The rest of a sheet is often hidden; only columns that can be meant are kept.
                            facts
                                .hidden_columns
                                .extend(first.max(1) - 1..last.min(MOST_COLUMNS));
                        }
                    }
                    None
                }
                "row" => {
                    let declared = attribute(&tag, "r").and_then(|value| value.parse::<u32>().ok());
                    // Rows that go back or stay do not exist in honest files; they keep their order.
                    number = declared
                        .filter(|&declared| declared > number)
                        .unwrap_or(number + 1);
                    let hidden = flag(&tag, "hidden");
                    (!empty).then_some(hidden)
                }
                "mergeCell" => {
                    if let Some(range) = attribute(&tag, "ref").as_deref().and_then(parse_range)
                        && facts.merged.len() < 100_000
                    {
                        facts.merged.push(range);
                    }
                    None
                }
                _ => None,
            },
            Node::Eof => break,
            _ => None,
        };
        let Some(hidden) = found else { continue };
        if number > MOST_ROWS {
            return Err(super::archive::damaged(part, &format!("row {number}")));
        }
        row.text.clear();
        row.cells.clear();
        read_row(&mut xml, number, context, &mut row, notices)?;
        let cells: Vec<(usize, CellKind, &str)> = row
            .cells
            .iter()
            .map(|&(column, kind, from, to)| (column, kind, &row.text[from..to]))
            .collect();
        let filled = cells.iter().rfind(|(_, _, text)| !text.trim().is_empty());
        let Some(&(last, ..)) = filled else { continue };
        facts.last_row = number;
        facts.columns = facts.columns.max(last + 1);
        let known = if hidden {
            let (choice, included, left_out) = if filtered {
                (
                    context.filtered_rows,
                    NoticeFact::FilteredRows { included: true },
                    SkipReason::Filtered,
                )
            } else {
                (
                    context.hidden_rows,
                    NoticeFact::HiddenRows { included: true },
                    SkipReason::Hidden,
                )
            };
            let fact = match (choice, included) {
                (Hidden::Include, fact) => fact,
                (Hidden::LeaveOut, NoticeFact::FilteredRows { .. }) => {
                    NoticeFact::FilteredRows { included: false }
                }
                (Hidden::LeaveOut, _) => NoticeFact::HiddenRows { included: false },
            };
            notices.add(fact, Some(number), None, 1);
            (choice == Hidden::LeaveOut).then_some(left_out)
        } else {
            None
        };
        blocks.push(number, &cells, known);
        if number.is_multiple_of(256) {
            progress(number, xml.position())?;
        }
        let finished = blocks.take(false);
        if !finished.is_empty() && !out(finished) {
            return Ok(facts);
        }
    }
    out(blocks.take(true));
    Ok(facts)
}

fn read_row<R: Content>(
    xml: &mut Xml<R>,
    number: u32,
    context: &SheetContext<'_>,
    row: &mut RowCells,
    notices: &mut NoticeTally,
) -> Result<(), SourceError> {
    let mut next_column = 0usize;
    loop {
        let (column, kind, style) = match xml.next()? {
            Node::Start { tag, empty } => {
                if tag.local_name().as_ref() != "c" {
                    if !empty {
                        drop(tag);
                        xml.skip()?;
                    }
                    continue;
                }
                let (mut reference, mut kind, mut style) = (None, CellType::Number, 0);
                raw_attributes(&tag, |name, value| match name {
                    "r" => reference = parse_reference(value),
                    "t" => kind = CellType::named(value),
                    "s" => style = value.parse().unwrap_or(0),
                    _ => {}
                });
                let column = reference.map_or(next_column, |(_, column)| column);
                next_column = column + 1;
                if empty {
                    continue;
                }
                (column, kind, style)
            }
            Node::End(tag) if tag.local_name().as_ref() == "row" => break,
            Node::Eof => break,
            _ => continue,
        };
        let from = row.text.len();
        let place = Place { row: number, column };
        let kind = read_cell(xml, kind, style, context, row, place, notices)?;
        if row.text.len() == from {
            continue;
        }
        if column >= MOST_COLUMNS {
            return Err(super::archive::damaged(
                xml.part(),
                &format!("column {}", column + 1),
            ));
        }
        let entry = (column, kind, from, row.text.len());
        match row.cells.last() {
            Some(last) if last.0 >= column => {
                let place = row.cells.partition_point(|other| other.0 < column);
                if row.cells.get(place).is_some_and(|other| other.0 == column) {
                    row.cells[place] = entry;
                } else {
                    row.cells.insert(place, entry);
                }
            }
            _ => row.cells.push(entry),
        }
    }
    Ok(())
}

fn read_cell<R: Content>(
    xml: &mut Xml<R>,
    kind: CellType,
    style: usize,
    context: &SheetContext<'_>,
    row: &mut RowCells,
    place: Place,
    notices: &mut NoticeTally,
) -> Result<CellKind, SourceError> {
    enum Part {
        Value,
        Formula,
        Inline,
        Other,
    }
    let RowCells {
        text: out,
        value,
        formula,
        ..
    } = row;
    value.clear();
    formula.clear();
    let (mut has_value, mut has_formula) = (false, false);
    let Place { row: number, column } = place;
    let from = out.len();
    loop {
        let (part, empty) = match xml.next()? {
            Node::Start { tag, empty } => (
                match tag.local_name().as_ref() {
                    "v" => Part::Value,
                    "f" => Part::Formula,
                    "is" => Part::Inline,
                    _ => Part::Other,
                },
                empty,
            ),
            Node::End(tag) if tag.local_name().as_ref() == "c" => break,
            Node::Eof => break,
            _ => continue,
        };
        match part {
            Part::Value => {
                has_value = true;
                if !empty {
                    xml.text_into(value)?;
                }
            }
            Part::Formula => {
                has_formula = true;
                if !empty {
                    xml.text_into(formula)?;
                }
            }
            Part::Inline if !empty => rich_text(xml, out)?,
            Part::Other if !empty => xml.skip()?,
            Part::Inline | Part::Other => {}
        }
    }
    if has_formula {
        notices.add(NoticeFact::Formulas, Some(number), None, 1);
    }
    if !has_value {
        if out.len() > from {
            return Ok(CellKind::Text);
        }
        if !formula.is_empty() {
            notices.add(NoticeFact::UncachedFormulas, Some(number), Some(column), 1);
            out.push('=');
            out.push_str(formula);
            return Ok(CellKind::UncachedFormula);
        }
        return Ok(CellKind::Empty);
    }
    Ok(match kind {
        CellType::Shared => {
            let text = value
                .trim()
                .parse::<usize>()
                .ok()
                .and_then(|index| context.strings.get(index));
            out.push_str(text.unwrap_or_default());
            CellKind::Text
        }
        CellType::Text => {
            let start = out.len();
            out.push_str(value);
            unescape_signs(out, start);
            CellKind::Text
        }
        CellType::Bool => {
            out.push_str(match value.trim() {
                "1" | "true" => "true",
                "" => "",
                _ => "false",
            });
            CellKind::Bool
        }
        CellType::Error => {
            if !value.is_empty() {
                notices.add(
                    NoticeFact::ErrorCells { text: value.clone() },
                    Some(number),
                    None,
                    1,
                );
            }
            out.push_str(value);
            CellKind::Error
        }
        CellType::Moment => {
            out.push_str(value.trim());
            CellKind::Moment
        }
        CellType::Number => {
            let digits = value.trim();
            if digits.is_empty() {
                return Ok(CellKind::Empty);
            }
            match digits.parse::<f64>() {
                Ok(parsed) => {
                    let format = context.styles.format(style);
                    let (kind, text) = number_text(parsed, digits, format, context.epoch_1904);
                    if kind == CellKind::Number
                        && text.starts_with('0')
                        && text.len() > 1
                        && !text.starts_with("0.")
                    {
                        notices.add(NoticeFact::LeadingZeros, Some(number), Some(column), 1);
                    }
                    out.push_str(&text);
                    kind
                }
                Err(_) => {
                    out.push_str(value);
                    CellKind::Text
                }
            }
        }
    })
}

/// `B5` as row from 1 and column from 0.
pub(crate) fn parse_reference(reference: &str) -> Option<(u32, usize)> {
    let bytes = reference.as_bytes();
    let mut column = 0usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            byte if byte.is_ascii_alphabetic() => {
                column = column.checked_mul(26)? + usize::from(byte.to_ascii_uppercase() - b'A') + 1;
                if column > 1 << 20 {
                    return None;
                }
            }
            b'$' => {}
            _ => break,
        }
        at += 1;
    }
    let row = reference[at..].trim_start_matches('$').parse().unwrap_or(0);
    column.checked_sub(1).map(|column| (row, column))
}

/// `B5:C7` as first row and column, last row and column.
pub(crate) fn parse_range(range: &str) -> Option<(u32, usize, u32, usize)> {
    let (first, last) = range.split_once(':').unwrap_or((range, range));
    let (first, last) = (parse_reference(first)?, parse_reference(last)?);
    Some((first.0, first.1, last.0, last.1))
}
