//! OpenDocument spreadsheets (`.ods`, `.fods`): the content streams by, so what a file says of repeated rows and columns costs
//! nothing until they hold something.
//!
//! calamine reads these too, but neither the hidden rows nor the texts that cells show, and stops at documents that are
//! laid out over lines.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::BufReader,
    path::Path,
};

use lotse_core::table::CellKind;
use quick_xml::events::BytesStart;

use super::{
    archive::{Archive, Content, capped, inflated_ahead},
    number_format::shortest,
    sheet::{MOST_COLUMNS, MOST_ROWS},
    sheet_rows::BlockBuilder,
    whole::SheetData,
    xml::{Node, Xml, attribute},
};
use crate::sources::{Control, error::SourceError};

const CONTENT: &str = "content.xml";
/// Bytes of text that a document may hold, with what it repeats.
const MOST_TEXT: usize = 512 << 20;
/// Cells that a document may hold, with what it repeats.
const MOST_CELLS: usize = 48 << 20;

/// Reads all sheets.
pub(crate) fn read(path: &Path, control: &Control<'_>) -> Result<Vec<SheetData>, SourceError> {
    if !Archive::begins(path)? {
        return read_flat(path, control);
    }
    let mut archive = Archive::open(path)?;
    let manifest = archive
        .text("META-INF/manifest.xml", 1 << 20)?
        .unwrap_or_default();
    if manifest.contains("encryption-data") {
        return Err(SourceError::Encrypted);
    }
    let Some(member) = archive.member(CONTENT)? else {
        return Err(SourceError::NoSheet);
    };
    inflated_ahead(member, |ahead| parse(ahead, control))
}

/// Reads a document that is one XML file.
fn read_flat(path: &Path, control: &Control<'_>) -> Result<Vec<SheetData>, SourceError> {
    let name = crate::sources::file_name(path);
    let unreadable = |error: std::io::Error| crate::sources::unreadable(&name, &error);
    let file = std::fs::File::open(path).map_err(unreadable)?;
    parse(BufReader::new(capped(file)), control)
}

fn parse<R: Content>(content: R, control: &Control<'_>) -> Result<Vec<SheetData>, SourceError> {
    let mut xml = Xml::new(content, CONTENT);
    let mut document = Document::default();
    let mut sheets = Vec::new();
    let mut style = String::new();
    loop {
        match xml.next()? {
            Node::Start { tag, empty } => match tag.local_name().as_ref() {
                "style" => style = attribute(&tag, "name").unwrap_or_default(),
                "table-properties" if attribute(&tag, "display").as_deref() == Some("false") => {
                    document.hidden_styles.insert(style.clone());
                }
                "table" if !empty => {
                    let styled = attribute(&tag, "style-name").unwrap_or_default();
                    let sheet = SheetData {
                        name: attribute(&tag, "name").unwrap_or_default(),
                        visible: !document.hidden_styles.contains(&styled),
                        ..SheetData::default()
                    };
                    drop(tag);
                    sheets.push(document.sheet(&mut xml, sheet, control)?);
                }
                // Old versions of cells that were changed are tables, too.
                "tracked-changes" if !empty => {
                    drop(tag);
                    xml.skip()?;
                }
                _ => {}
            },
            Node::Eof => return Ok(sheets),
            _ => {}
        }
    }
}

/// What is known beyond one sheet.
#[derive(Default)]
struct Document {
    hidden_styles: BTreeSet<String>,
    text: usize,
    cells: usize,
}

/// A row that is being read.
#[derive(Default)]
struct OpenRow {
    repeated: u32,
    hidden: Option<bool>,
    column: usize,
    cells: Vec<(usize, CellKind, String)>,
    merged: Vec<(usize, usize, u32)>,
}

impl Document {
    fn sheet<R: Content>(
        &mut self,
        xml: &mut Xml<R>,
        mut sheet: SheetData,
        control: &Control<'_>,
    ) -> Result<SheetData, SourceError> {
        let mut builder = BlockBuilder::new(1);
        let (mut number, mut columns) = (0u32, 0usize);
        let mut row = OpenRow::default();
        loop {
            match xml.next()? {
                Node::Start { tag, empty } => match tag.local_name().as_ref() {
                    "table-column" => {
                        let count = repeated(&tag, "number-columns-repeated", MOST_COLUMNS);
                        if hidden(&tag).is_some() {
                            let last = (columns + count).min(MOST_COLUMNS);
                            sheet.hidden_columns.extend(columns..last);
                        }
                        columns += count;
                    }
                    "table-row" => {
                        let count = repeated(&tag, "number-rows-repeated", MOST_ROWS as usize);
                        let count = u32::try_from(count).unwrap_or(u32::MAX);
                        if empty {
                            number = number.saturating_add(count);
                        }
                        row = OpenRow {
                            repeated: count,
                            hidden: hidden(&tag),
                            ..OpenRow::default()
                        };
                    }
                    "table-cell" | "covered-table-cell" => {
                        let covered = tag.local_name().as_ref() == "covered-table-cell";
                        let count = repeated(&tag, "number-columns-repeated", MOST_COLUMNS);
                        let span = |name| attribute(&tag, name).and_then(|value| value.parse::<usize>().ok());
                        let across = span("number-columns-spanned").unwrap_or(1);
                        let down = span("number-rows-spanned").unwrap_or(1);
                        let value = CellValue::of(&tag);
                        drop(tag);
                        let text = if empty { String::new() } else { cell_text(xml)? };
                        if !covered
                            && row.column < MOST_COLUMNS
                            && let Some((kind, text)) = value.read(text)
                        {
                            if across > 1 || down > 1 {
                                let down = u32::try_from(down.saturating_sub(1)).unwrap_or(0);
                                row.merged
                                    .push((row.column, row.column + across.max(1) - 1, down));
                            }
                            let last = (row.column + count).min(MOST_COLUMNS);
                            for column in row.column..last {
                                self.take(1, text.len())?;
                                row.cells.push((column, kind, text.clone()));
                            }
                        }
                        row.column = row.column.saturating_add(count);
                    }
                    // Drawings beside the cells have texts and tables of their own.
                    "shapes" | "forms" | "named-expressions" if !empty => {
                        drop(tag);
                        xml.skip()?;
                    }
                    _ => {}
                },
                Node::End(tag) => match tag.local_name().as_ref() {
                    "table-row" => {
                        self.close_row(&row, &mut number, &mut sheet, &mut builder)?;
                        row.cells.clear();
                        if number.is_multiple_of(64) {
                            control.check()?;
                        }
                    }
                    "table" => break,
                    _ => {}
                },
                Node::Eof => break,
                _ => {}
            }
        }
        sheet.blocks.extend(builder.take(true));
        Ok(sheet)
    }

    /// Puts a row, as often as it is repeated, into the sheet.
    fn close_row(
        &mut self,
        row: &OpenRow,
        number: &mut u32,
        sheet: &mut SheetData,
        builder: &mut BlockBuilder,
    ) -> Result<(), SourceError> {
        let first = number.saturating_add(1);
        *number = number.saturating_add(row.repeated);
        let Some((last, ..)) = row.cells.iter().rfind(|(_, _, text)| !text.trim().is_empty()) else {
            return Ok(());
        };
        if *number > MOST_ROWS {
            return Err(super::archive::damaged(&sheet.name, &format!("row {number}")));
        }
        let cells: Vec<(usize, CellKind, &str)> = row
            .cells
            .iter()
            .map(|(column, kind, text)| (*column, *kind, text.as_str()))
            .collect();
        let text = cells.iter().map(|(_, _, text)| text.len()).sum();
        for place in first..=*number {
            if place > first {
                self.take(cells.len(), text)?;
            }
            builder.push(place, &cells, None);
            if let Some(filtered) = row.hidden {
                sheet.hidden_rows.insert(place, filtered);
            }
            sheet.blocks.extend(builder.take(false));
        }
        sheet.last_row = *number;
        sheet.columns = sheet.columns.max(last + 1);
        for &(from, to, down) in &row.merged {
            sheet.merged.push((first, from, first.saturating_add(down), to));
        }
        Ok(())
    }

    /// Counts what the sheets hold; a small document can repeat itself beyond all measure.
    fn take(&mut self, cells: usize, text: usize) -> Result<(), SourceError> {
        self.cells += cells;
        self.text += text;
        if self.cells > MOST_CELLS || self.text > MOST_TEXT {
            return Err(SourceError::TooLarge {
                part: CONTENT.into(),
                limit: MOST_TEXT as u64,
            });
        }
        Ok(())
    }
}

fn repeated(tag: &BytesStart<'_>, name: &str, most: usize) -> usize {
    attribute(tag, name)
        .and_then(|value| value.parse::<usize>().ok())
        .unwrap_or(1)
        .clamp(1, most)
}

/// Whether a row or column is hidden, and then whether a filter did it.
fn hidden(tag: &BytesStart<'_>) -> Option<bool> {
    match attribute(tag, "visibility").as_deref() {
        Some("collapse") => Some(false),
        Some("filter") => Some(true),
        _ => None,
    }
}

/// What the attributes of a cell say.
struct CellValue {
    kind: String,
    attributes: BTreeMap<&'static str, String>,
}

impl CellValue {
    fn of(tag: &BytesStart<'_>) -> Self {
        let mut attributes = BTreeMap::new();
        let mut kinds = Vec::new();
        for found in tag.attributes().with_checks(false).flatten() {
            let name = match found.key.local_name().as_ref() {
                // Newer writers add a type of their own that knows errors.
                "value-type" => {
                    kinds.push(found.value.to_string());
                    continue;
                }
                "value" => "value",
                "date-value" => "date-value",
                "time-value" => "time-value",
                "boolean-value" => "boolean-value",
                "string-value" => "string-value",
                "formula" => "formula",
                _ => continue,
            };
            let value = match quick_xml::escape::unescape(&found.value) {
                Ok(text) => text.into_owned(),
                Err(_) => found.value.to_string(),
            };
            attributes.insert(name, value);
        }
        let kind = if kinds.iter().any(|kind| kind == "error") {
            "error".to_owned()
        } else {
            kinds.into_iter().next().unwrap_or_default()
        };
        CellValue { kind, attributes }
    }

    /// What a person reads in the cell that shows `text`.
    fn read(&self, text: String) -> Option<(CellKind, String)> {
        let get = |name| self.attributes.get(name).map(|value| value.trim());
        let formula = self.attributes.get("formula");
        if formula.is_some() && (self.kind == "error" || is_error(&text)) {
            return Some((CellKind::Error, text));
        }
        let found = match (self.kind.as_str(), get("value")) {
            ("float" | "percentage" | "currency", Some(value)) => {
                let shown = text.trim();
                let padded = shown.len() > 1
                    && shown.starts_with('0')
                    && shown.bytes().all(|byte| byte.is_ascii_digit())
                    && shown.parse::<f64>() == value.parse::<f64>();
                match value.parse::<f64>() {
                    _ if padded => (CellKind::Number, shown.to_owned()),
                    Ok(number) => (CellKind::Number, shortest(number, value)),
                    Err(_) => (CellKind::Text, text),
                }
            }
            ("date", _) if get("date-value").is_some() => {
                let moment = iso_moment(get("date-value").unwrap_or_default());
                (CellKind::Moment, moment)
            }
            ("time", _) if get("time-value").is_some() => {
                let moment = iso_duration(get("time-value").unwrap_or_default());
                (CellKind::Moment, moment)
            }
            ("boolean", _) if get("boolean-value").is_some() => {
                (CellKind::Bool, (get("boolean-value") == Some("true")).to_string())
            }
            ("string", _) if text.is_empty() => {
                (CellKind::Text, get("string-value").unwrap_or_default().to_owned())
            }
            _ => (CellKind::Text, text),
        };
        if found.1.is_empty()
            && self.kind.is_empty()
            && let Some(formula) = formula
        {
            let bare = formula.trim_start_matches("of:").trim_start_matches("oooc:");
            return Some((CellKind::UncachedFormula, bare.to_owned()));
        }
        (!found.1.is_empty()).then_some(found)
    }
}

fn is_error(text: &str) -> bool {
    text.starts_with("Err:") || (text.starts_with('#') && text.ends_with(['!', '?', 'A']))
}

/// The text of a cell up to its end: its paragraphs as lines, without remarks and drawings.
fn cell_text<R: Content>(xml: &mut Xml<R>) -> Result<String, SourceError> {
    let (mut text, mut paragraphs, mut depth, mut inside) = (String::new(), 0usize, 1usize, 0usize);
    loop {
        match xml.next()? {
            Node::Start { tag, empty } => {
                let name = tag.local_name();
                match name.as_ref() {
                    "annotation" | "frame" | "table" | "ruby-text" | "note" | "custom-shape" => {
                        drop(tag);
                        if !empty {
                            xml.skip()?;
                        }
                        continue;
                    }
                    "p" | "h" => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                        inside += usize::from(!empty);
                    }
                    "s" => {
                        let count = repeated(&tag, "c", 1 << 16);
                        text.extend(std::iter::repeat_n(' ', count));
                    }
                    "tab" => text.push('\t'),
                    "line-break" => text.push('\n'),
                    _ => {}
                }
                depth += usize::from(!empty);
            }
            Node::End(tag) => {
                if matches!(tag.local_name().as_ref(), "p" | "h") {
                    inside = inside.saturating_sub(1);
                }
                depth -= 1;
                if depth == 0 {
                    return Ok(text);
                }
            }
            Node::Text(piece) if inside > 0 => text.push_str(&piece),
            Node::Eof => return Ok(text),
            _ => {}
        }
    }
}

/// `2024-06-15T00:00:00` without a time that says nothing.
fn iso_moment(text: &str) -> String {
    let text = text.strip_suffix("T00:00:00").unwrap_or(text);
    match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole.to_owned(),
        _ => text.to_owned(),
    }
}

/// `PT10H30M00S` as `10:30:00`.
fn iso_duration(text: &str) -> String {
    let Some(rest) = text.strip_prefix("PT") else {
        return text.to_owned();
    };
    let (mut parts, mut digits) = ([0u64; 3], String::new());
    for sign in rest.chars() {
        match sign {
            '0'..='9' | '.' | ',' => digits.push(sign),
            'H' | 'M' | 'S' => {
                let whole = digits.split(['.', ',']).next().unwrap_or("");
                let place = match sign {
                    'H' => 0,
                    'M' => 1,
                    _ => 2,
                };
                parts[place] = whole.parse().unwrap_or(0);
                digits.clear();
            }
            _ => return text.to_owned(),
        }
    }
    format!("{:02}:{:02}:{:02}", parts[0], parts[1], parts[2])
}
