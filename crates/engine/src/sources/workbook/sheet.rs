//! Reads the rows of one sheet of an Excel workbook as they stream by, and what the sheet says of them.

use lotse_core::table::CellKind;

use super::{
    archive::{Content, read_error},
    number_format::{NumberFormat, number_text},
    quick_row::{LONGEST_ROW, QuickCell, ROW_END, Unreading, quick_cells},
    sheet_rows::{HiddenRows, SheetFacts, SheetRows, check_row_text},
    styles::{SharedStrings, Styles, rich_text, unescape_signs},
    xml::{Node, Xml, attribute, flag, raw_attributes},
};
use crate::sources::{error::SourceError, notice::NoticeFact, stream::RawBlock, tally::NoticeTally};

/// Rows and columns that a sheet can have.
pub(crate) const MOST_ROWS: u32 = 1_048_576;
pub(crate) const MOST_COLUMNS: usize = 16_384;
/// Merged ranges of a sheet that are remembered.
pub(super) const MOST_MERGED: usize = 100_000;

/// Cells and rows after which a person is told how far the reading is, and asked whether it shall go on.
const CELLS_BETWEEN_REPORTS: usize = 4096;

/// What a sheet's cells refer to, and what is wanted of them.
pub(crate) struct SheetContext<'a> {
    pub(crate) strings: &'a SharedStrings,
    pub(crate) styles: &'a Styles,
    pub(crate) epoch_1904: bool,
    pub(crate) hidden: HiddenRows,
    /// Columns that rows usually have; blocks are at least as wide.
    pub(crate) width: usize,
}

/// Text ranges of one row's cells.
#[derive(Default)]
struct RowCells {
    text: String,
    cells: Vec<(usize, CellKind, usize, usize)>,
    /// The value and the formula of the cell being read.
    value: String,
    formula: String,
    /// The row as it stands in the document, and its cells in it.
    raw: Vec<u8>,
    quick: Vec<QuickCell>,
    /// No row ends in the usual way.
    never_quick: bool,
}

impl RowCells {
    fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
    }

    /// Takes the text from `from` on as that of the cell in `column`; nothing is no cell.
    fn place(&mut self, column: usize, kind: CellKind, from: usize, part: &str) -> Result<(), SourceError> {
        if self.text.len() == from {
            return Ok(());
        }
        if column >= MOST_COLUMNS {
            return Err(super::archive::damaged(part, &format!("column {}", column + 1)));
        }
        let entry = (column, kind, from, self.text.len());
        match self.cells.last() {
            Some(last) if last.0 >= column => {
                let place = self.cells.partition_point(|other| other.0 < column);
                if self.cells.get(place).is_some_and(|other| other.0 == column) {
                    self.cells[place] = entry;
                } else {
                    self.cells.insert(place, entry);
                }
            }
            _ => self.cells.push(entry),
        }
        Ok(())
    }
}

/// What a cell's `t` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellType {
    Shared,
    Text,
    Bool,
    Error,
    Moment,
    Number,
}

impl CellType {
    pub(super) fn named(name: &str) -> Self {
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
/// the bytes read after every few cells, and can end the reading with an error.
pub(crate) fn read_sheet<R: Content>(
    content: R,
    part: &str,
    context: &SheetContext<'_>,
    notices: &mut NoticeTally,
    progress: &mut dyn FnMut(u32, u64) -> Result<(), SourceError>,
    out: &mut dyn FnMut(Vec<RawBlock>) -> bool,
) -> Result<SheetFacts, SourceError> {
    let mut xml = Xml::new(Unreading::new(content), part);
    let mut rows = SheetRows::new(part, context.width, context.hidden, out);
    let mut row = RowCells::default();
    let mut number = 0u32;
    let mut filtered = false;
    let mut plain = false;
    let mut unreported = 0;
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
                            rows.facts
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
                    plain = tag.name().as_ref() == "row";
                    (!empty).then_some(hidden)
                }
                "mergeCell" => {
                    if let Some(range) = attribute(&tag, "ref").as_deref().and_then(parse_range)
                        && rows.facts.merged.len() < MOST_MERGED
                    {
                        rows.facts.merged.push(range);
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
        row.clear();
        if !(plain && read_quick_row(&mut xml, number, context, &mut row, notices)?) {
            read_row(&mut xml, number, context, &mut row, notices)?;
        }
        let cells: Vec<(usize, CellKind, &str)> = row
            .cells
            .iter()
            .map(|&(column, kind, from, to)| (column, kind, &row.text[from..to]))
            .collect();
        unreported += 1 + cells.len();
        if unreported >= CELLS_BETWEEN_REPORTS {
            unreported = 0;
            progress(number, xml.position())?;
        }
        if !rows.add(number, &cells, hidden.then_some(filtered), notices)? {
            return Ok(rows.facts);
        }
    }
    Ok(rows.finish())
}

/// Reads a row of plain cells. False, with nothing read, where the row has others.
fn read_quick_row<R: Content>(
    xml: &mut Xml<Unreading<R>>,
    number: u32,
    context: &SheetContext<'_>,
    row: &mut RowCells,
    notices: &mut NoticeTally,
) -> Result<bool, SourceError> {
    if row.never_quick {
        return Ok(false);
    }
    let (mut raw, mut quick) = (std::mem::take(&mut row.raw), std::mem::take(&mut row.quick));
    let ended = xml.content(0).take_until(ROW_END, LONGEST_ROW, &mut raw);
    let ended = ended.map_err(|error| read_error(xml.part(), &error))?;
    row.never_quick = !ended;
    let inside = raw.len().saturating_sub(if ended { ROW_END.len() } else { 0 });
    let text = simdutf8::basic::from_utf8(&raw[..inside]).ok();
    let text = text.filter(|text| ended && quick_cells(text, &mut quick));
    if let Some(text) = text {
        xml.content(inside as u64).unread(ROW_END);
        let mut next_column = 0;
        for cell in &quick {
            let column = cell.column.unwrap_or(next_column);
            next_column = column + 1;
            let Some((from, to)) = cell.value else { continue };
            let place = Place { row: number, column };
            let begun = row.text.len();
            let value = &text[from..to];
            let kind = stored_value(
                cell.kind,
                cell.style,
                value,
                context,
                &mut row.text,
                place,
                notices,
            );
            row.place(column, kind, begun, xml.part())?;
            check_row_text(xml.part(), row.text.len())?;
        }
    } else {
        xml.content(0).unread(&raw);
    }
    let done = text.is_some();
    (row.raw, row.quick) = (raw, quick);
    Ok(done)
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
        row.place(column, kind, from, xml.part())?;
        check_row_text(xml.part(), row.text.len())?;
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
    Ok(stored_value(kind, style, value, context, out, place, notices))
}

/// Appends what a person sees of a stored value, and says what it is.
fn stored_value(
    kind: CellType,
    style: usize,
    value: &str,
    context: &SheetContext<'_>,
    out: &mut String,
    place: Place,
    notices: &mut NoticeTally,
) -> CellKind {
    let Place { row: number, column } = place;
    match kind {
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
                    NoticeFact::ErrorCells {
                        text: value.to_owned(),
                    },
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
                return CellKind::Empty;
            }
            match digits.parse::<f64>() {
                Ok(parsed) => number_cell(
                    parsed,
                    digits,
                    context.styles.format(style),
                    context.epoch_1904,
                    out,
                    (number, column),
                    notices,
                ),
                Err(_) => {
                    out.push_str(value);
                    CellKind::Text
                }
            }
        }
    }
}

/// Appends what a person sees of a stored number in row and column `place`, and says what it is.
pub(super) fn number_cell(
    value: f64,
    digits: &str,
    format: &NumberFormat,
    epoch_1904: bool,
    out: &mut String,
    place: (u32, usize),
    notices: &mut NoticeTally,
) -> CellKind {
    let (kind, text) = number_text(value, digits, format, epoch_1904);
    if kind == CellKind::Number && text.starts_with('0') && text.len() > 1 && !text.starts_with("0.") {
        notices.add(NoticeFact::LeadingZeros, Some(place.0), Some(place.1), 1);
    }
    out.push_str(&text);
    kind
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
