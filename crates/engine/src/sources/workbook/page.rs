//! Tables of web pages, as many applications hand out under the name `.xls`, also inside a web archive (`.mht`).
//!
//! Each table is a sheet. A table that only arranges others is a sheet like any other; the first one that looks like
//! a table of data is proposed.

use std::path::Path;

use lotse_core::table::CellKind;
use scraper::{ElementRef, Html, Node, Selector};

use super::{archive::damaged, sheet::MOST_COLUMNS, sheet_rows::BlockBuilder, whole::SheetData};
use crate::sources::{
    error::SourceError,
    inspection::SkipReason,
    text::charset::{self, Transcoder},
};

/// Bytes that a page may have; its tree takes a multiple of them.
const MOST: u64 = 48 << 20;
/// Columns that one cell can span.
const MOST_SPAN: usize = 1000;

/// Reads all tables of a page.
pub(crate) fn read(path: &Path) -> Result<Vec<SheetData>, SourceError> {
    let name = crate::sources::file_name(path);
    let unreadable = |error: std::io::Error| crate::sources::unreadable(&name, &error);
    if std::fs::metadata(path).map_err(unreadable)?.len() > MOST {
        return Err(SourceError::TooLarge {
            part: name,
            limit: MOST,
        });
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let start = bytes
        .iter()
        .position(|byte| !byte.is_ascii_whitespace())
        .unwrap_or(0);
    let pages = if bytes[start..].first() == Some(&b'<')
        || bytes.first().is_some_and(|byte| *byte >= 0x80 || *byte == 0)
    {
        vec![decode(&bytes)]
    } else {
        archived_pages(&bytes)
    };
    let mut sheets = Vec::new();
    for page in pages {
        read_page(&page, &mut sheets);
    }
    if sheets.is_empty() {
        return Err(damaged(&name, &"<table>"));
    }
    Ok(sheets)
}

/// The pages inside a web archive.
fn archived_pages(bytes: &[u8]) -> Vec<String> {
    let Some(message) = mail_parser::MessageParser::default().parse(bytes) else {
        return vec![decode(bytes)];
    };
    message
        .parts
        .iter()
        .filter_map(|part| match &part.body {
            mail_parser::PartType::Html(text) => Some(text.to_string()),
            _ => None,
        })
        .collect()
}

/// The text of a page: by its mark, by what it says of itself, else as any text.
pub(crate) fn decode(bytes: &[u8]) -> String {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let declared = ["charset=", "encoding="]
        .iter()
        .filter_map(|mark| head.split(mark).nth(1))
        .map(|rest| rest.trim_start_matches(['"', '\'', ' ']))
        .filter_map(|rest| rest.split(['"', '\'', ' ', ';', '>', '?', '/']).next())
        .find_map(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    let valid = std::str::from_utf8(bytes).is_ok();
    if let (None, Some(encoding), false) = (charset::byte_order_mark(bytes), declared, valid) {
        return encoding.decode(bytes).0.into_owned();
    }
    let guess = charset::detect(&bytes[..bytes.len().min(1 << 20)], &[]);
    let mark = charset::byte_order_mark(bytes).map_or(0, |(_, length)| length);
    let mut out = String::new();
    Transcoder::new(guess.charset).decode(&bytes[mark..], true, &mut out);
    out
}

fn read_page(page: &str, sheets: &mut Vec<SheetData>) {
    let document = Html::parse_document(page);
    let Ok(tables) = Selector::parse("table") else {
        return;
    };
    for table in document.select(&tables) {
        let number = sheets.len() + 1;
        let mut sheet = SheetData {
            name: format!("Tabelle {number}"),
            visible: true,
            ..SheetData::default()
        };
        let mut builder = BlockBuilder::new(1);
        // How many rows, from this one on, each column is still taken by a cell that began above.
        let mut taken: Vec<usize> = Vec::new();
        let mut row_number = 0u32;
        let rows: Vec<(ElementRef<'_>, bool)> = rows_of(table).collect();
        // A table that is all foot has none.
        let has_body = rows.iter().any(|(_, in_foot)| !in_foot);
        for (row, in_foot) in rows {
            row_number += 1;
            let mut cells: Vec<(usize, CellKind, String)> = Vec::new();
            let mut column = 0;
            for cell in row
                .child_elements()
                .filter(|cell| matches!(cell.value().name(), "td" | "th"))
            {
                while taken.get(column).is_some_and(|left| *left > 0) {
                    column += 1;
                }
                if column >= MOST_COLUMNS {
                    break;
                }
                let span = |name: &str| {
                    cell.value()
                        .attr(name)
                        .and_then(|value| value.trim().parse::<usize>().ok())
                        .unwrap_or(1)
                        .clamp(1, MOST_SPAN)
                };
                let text = text_of(cell);
                if !text.is_empty() {
                    cells.push((column, CellKind::Text, text));
                }
                let (wide, down) = (span("colspan"), span("rowspan"));
                let end = (column + wide).min(MOST_COLUMNS);
                if down > 1 {
                    taken.resize(taken.len().max(end), 0);
                    taken[column..end].fill(down);
                }
                column = end;
            }
            taken.iter_mut().for_each(|left| *left = left.saturating_sub(1));
            let known = (in_foot && has_body).then_some(SkipReason::Footer);
            let borrowed: Vec<(usize, CellKind, &str)> = cells
                .iter()
                .map(|(column, kind, text)| (*column, *kind, text.as_str()))
                .collect();
            if let (Some((last, ..)), Some(placed)) =
                (borrowed.last(), builder.push(row_number, &borrowed, known))
            {
                sheet.last_row = placed;
                if is_hidden(row) {
                    sheet.hidden_rows.insert(placed, false);
                }
                sheet.columns = sheet.columns.max(last + 1);
            }
            sheet.blocks.extend(builder.take(false));
        }
        sheet.blocks.extend(builder.take(true));
        sheets.push(sheet);
    }
}

/// True for a row that a browser does not show.
fn is_hidden(row: ElementRef<'_>) -> bool {
    let style = row.value().attr("style").unwrap_or_default();
    let plain: String = style.chars().filter(|sign| !sign.is_whitespace()).collect();
    plain.to_ascii_lowercase().contains("display:none")
}

/// The rows of a table without those of tables inside it, and whether each stands in the table's foot.
fn rows_of(table: ElementRef<'_>) -> impl Iterator<Item = (ElementRef<'_>, bool)> {
    table
        .child_elements()
        .flat_map(|child| match child.value().name() {
            "tr" => vec![(child, false)],
            part @ ("thead" | "tbody" | "tfoot") => child
                .child_elements()
                .filter(|row| row.value().name() == "tr")
                .map(|row| (row, part == "tfoot"))
                .collect(),
            _ => Vec::new(),
        })
}

/// The text of a cell as a person sees it: runs of white space are one blank, breaks are line ends.
fn text_of(cell: ElementRef<'_>) -> String {
    let mut out = String::new();
    for node in cell.descendants() {
        match node.value() {
            Node::Text(text) => {
                let hidden = node.ancestors().any(|above| {
                    above
                        .value()
                        .as_element()
                        .is_some_and(|element| matches!(element.name(), "script" | "style"))
                });
                if hidden {
                    continue;
                }
                for sign in text.chars() {
                    let blank = sign.is_ascii_whitespace();
                    if !blank {
                        out.push(sign);
                    } else if !out.ends_with([' ', '\n']) {
                        out.push(' ');
                    }
                }
            }
            Node::Element(element) if element.name() == "br" => {
                while out.ends_with(' ') {
                    out.pop();
                }
                out.push('\n');
            }
            Node::Element(element)
                if matches!(element.name(), "p" | "div" | "li") && !out.trim().is_empty() =>
            {
                out.push('\n');
            }
            _ => {}
        }
    }
    out.trim_matches(|sign: char| sign.is_whitespace() || sign == '\u{a0}')
        .to_owned()
}
