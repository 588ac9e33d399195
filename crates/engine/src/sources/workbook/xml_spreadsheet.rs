//! The XML spreadsheet of Excel 2003, which many applications write and call `.xls`.

use std::{collections::BTreeMap, io::Cursor, path::Path};

use lotse_core::table::CellKind;

use super::{
    archive::Content,
    number_format::{NumberFormat, number_text},
    page::decode,
    sheet::{MOST_COLUMNS, MOST_ROWS},
    sheet_rows::BlockBuilder,
    whole::SheetData,
    xml::{Node, Xml, attribute, flag},
};
use crate::sources::{Control, error::SourceError};

/// Bytes that a file may have; it is decoded in memory.
const MOST: u64 = 512 << 20;

/// Reads all sheets.
pub(crate) fn read(path: &Path, control: &Control<'_>) -> Result<Vec<SheetData>, SourceError> {
    let name = crate::sources::file_name(path);
    let unreadable = |error: std::io::Error| crate::sources::unreadable(&name, &error);
    if std::fs::metadata(path).map_err(unreadable)?.len() > MOST {
        return Err(SourceError::TooLarge {
            part: name,
            limit: MOST,
        });
    }
    let text = decode(&std::fs::read(path).map_err(unreadable)?);
    let mut xml = Xml::new(Cursor::new(text.as_bytes()), &name);
    let mut sheets = Vec::new();
    let mut styles = Styles::default();
    loop {
        match xml.next()? {
            Node::Start { tag, empty: false } if tag.local_name().as_ref() == "Styles" => {
                drop(tag);
                styles = read_styles(&mut xml)?;
            }
            Node::Start { tag, empty: false } if tag.local_name().as_ref() == "Worksheet" => {
                let sheet = SheetData {
                    name: attribute(&tag, "Name").unwrap_or_default(),
                    visible: true,
                    ..SheetData::default()
                };
                drop(tag);
                sheets.push(read_sheet(&mut xml, sheet, &styles, control)?);
            }
            Node::Eof => return Ok(sheets),
            _ => {}
        }
    }
}

fn read_sheet<R: Content>(
    xml: &mut Xml<R>,
    mut sheet: SheetData,
    styles: &Styles,
    control: &Control<'_>,
) -> Result<SheetData, SourceError> {
    let mut builder = BlockBuilder::new(1);
    let mut number = 0u32;
    let mut column = 0usize;
    let (mut columns, mut hidden, mut filtered) = (0usize, false, false);
    let mut cells: Vec<(usize, CellKind, String)> = Vec::new();
    loop {
        match xml.next()? {
            Node::Start { tag, empty } => match tag.local_name().as_ref() {
                "Column" => {
                    let get = |name| attribute(&tag, name).and_then(|value| value.parse::<usize>().ok());
                    let first = get("Index").map_or(columns, |index| index.saturating_sub(1));
                    let last = first.saturating_add(get("Span").unwrap_or(0)).min(MOST_COLUMNS);
                    if flag(&tag, "Hidden") {
                        sheet.hidden_columns.extend(first..=last);
                    }
                    columns = last + 1;
                }
                "Row" => {
                    hidden = flag(&tag, "Hidden");
                    let index = attribute(&tag, "Index").and_then(|index| index.parse::<u32>().ok());
                    number = index.filter(|index| *index > number).unwrap_or(number + 1);
                    if number > MOST_ROWS {
                        return Err(super::archive::damaged(&sheet.name, &format!("row {number}")));
                    }
                    let span = attribute(&tag, "Span").and_then(|span| span.parse::<u32>().ok());
                    column = 0;
                    cells.clear();
                    if empty {
                        number = number.saturating_add(span.unwrap_or(0));
                    }
                }
                "Cell" => {
                    let get = |name| attribute(&tag, name).and_then(|value| value.parse::<usize>().ok());
                    if let Some(index) = get("Index") {
                        column = index.saturating_sub(1).max(column);
                    }
                    let across = get("MergeAcross").unwrap_or(0).min(MOST_COLUMNS);
                    let format = attribute(&tag, "StyleID").and_then(|id| styles.get(&id));
                    drop(tag);
                    if !empty {
                        read_cell(xml, column.min(MOST_COLUMNS - 1), format, &mut cells)?;
                    }
                    column += 1 + across;
                }
                "AutoFilter" => filtered = true,
                "WorksheetOptions" if !empty => {
                    drop(tag);
                    read_options(xml, &mut sheet)?;
                }
                _ => {}
            },
            Node::End(tag) => match tag.local_name().as_ref() {
                "Row" => {
                    let borrowed: Vec<(usize, CellKind, &str)> = cells
                        .iter()
                        .map(|(column, kind, text)| (*column, *kind, text.as_str()))
                        .collect();
                    if let (Some((last, ..)), Some(placed)) =
                        (borrowed.last(), builder.push(number, &borrowed, None))
                    {
                        number = placed;
                        sheet.last_row = placed;
                        if hidden {
                            sheet.hidden_rows.insert(placed, false);
                        }
                        sheet.columns = sheet.columns.max(last + 1);
                    }
                    sheet.blocks.extend(builder.take(false));
                    if number.is_multiple_of(256) {
                        control.check()?;
                    }
                }
                "Worksheet" => break,
                _ => {}
            },
            Node::Eof => break,
            _ => {}
        }
    }
    sheet.blocks.extend(builder.take(true));
    if filtered {
        sheet
            .hidden_rows
            .values_mut()
            .for_each(|by_filter| *by_filter = true);
    }
    Ok(sheet)
}

fn read_cell<R: Content>(
    xml: &mut Xml<R>,
    column: usize,
    format: Option<&NumberFormat>,
    cells: &mut Vec<(usize, CellKind, String)>,
) -> Result<(), SourceError> {
    loop {
        match xml.next()? {
            Node::Start { tag, empty } => {
                let is_data = tag.local_name().as_ref() == "Data";
                let kind = attribute(&tag, "Type").unwrap_or_default();
                drop(tag);
                if empty {
                    continue;
                }
                if !is_data {
                    xml.skip()?;
                    continue;
                }
                let mut text = String::new();
                all_text(xml, &mut text)?;
                let (kind, text) = match kind.as_str() {
                    "Number" => match text.trim().parse::<f64>() {
                        Ok(value) => {
                            let format = format.unwrap_or(&NumberFormat::Plain);
                            number_text(value, text.trim(), format, false)
                        }
                        Err(_) => (CellKind::Number, text),
                    },
                    "DateTime" => {
                        let text = text.trim().trim_end_matches(".000");
                        let text = text.strip_prefix("1899-12-31T").unwrap_or(text);
                        let text = text.strip_suffix("T00:00:00").unwrap_or(text);
                        (CellKind::Moment, text.to_owned())
                    }
                    "Boolean" => (CellKind::Bool, (text.trim() == "1").to_string()),
                    "Error" => (CellKind::Error, text),
                    _ => (CellKind::Text, text),
                };
                if !text.is_empty() {
                    cells.push((column, kind, text));
                }
            }
            Node::End(tag) if tag.local_name().as_ref() == "Cell" => return Ok(()),
            Node::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// How the numbers of cells with a style are shown.
type Styles = BTreeMap<String, NumberFormat>;

fn read_styles<R: Content>(xml: &mut Xml<R>) -> Result<Styles, SourceError> {
    let (mut styles, mut id) = (Styles::new(), String::new());
    loop {
        match xml.next()? {
            Node::Start { tag, .. } => match tag.local_name().as_ref() {
                "Style" => id = attribute(&tag, "ID").unwrap_or_default(),
                "NumberFormat" => {
                    if let Some(code) = attribute(&tag, "Format") {
                        styles.insert(std::mem::take(&mut id), named_format(&code));
                    }
                }
                _ => {}
            },
            Node::End(tag) if tag.local_name().as_ref() == "Styles" => return Ok(styles),
            Node::Eof => return Ok(styles),
            _ => {}
        }
    }
}

/// Some formats have names of their own here.
fn named_format(code: &str) -> NumberFormat {
    match code {
        "General Date" => NumberFormat::DateTime,
        "Long Date" | "Medium Date" | "Short Date" => NumberFormat::Date,
        "Long Time" | "Medium Time" | "Short Time" => NumberFormat::Time,
        "General Number" | "Currency" | "Euro Currency" | "Fixed" | "Standard" | "Percent" | "Scientific"
        | "Yes/No" | "True/False" | "On/Off" => NumberFormat::Plain,
        code => NumberFormat::parse(code),
    }
}

/// The text up to the end of the element just begun, with that of elements inside (formatted runs).
fn all_text<R: Content>(xml: &mut Xml<R>, out: &mut String) -> Result<(), SourceError> {
    let mut depth = 1usize;
    loop {
        match xml.next()? {
            Node::Start { empty: false, .. } => depth += 1,
            Node::End(_) => {
                depth -= 1;
                if depth == 0 {
                    return Ok(());
                }
            }
            Node::Text(text) => out.push_str(&text),
            Node::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Whether the sheet is visible.
fn read_options<R: Content>(xml: &mut Xml<R>, sheet: &mut SheetData) -> Result<(), SourceError> {
    let mut in_visible = false;
    loop {
        match xml.next()? {
            Node::Start { tag, empty } => {
                in_visible = tag.local_name().as_ref() == "Visible" && !empty && !flag(&tag, "none");
            }
            Node::Text(text) if in_visible => sheet.visible = !text.contains("Hidden"),
            Node::End(tag) if tag.local_name().as_ref() == "WorksheetOptions" => return Ok(()),
            Node::Eof => return Ok(()),
            _ => {}
        }
    }
}
