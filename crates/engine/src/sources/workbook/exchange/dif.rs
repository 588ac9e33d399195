//! DIF: a head of topics, then the values row by row, each as a line with its kind and its number and one with its text.

use lotse_core::table::CellKind;

use super::{Cells, number, unquoted};
use crate::sources::{
    Control,
    error::SourceError,
    workbook::{
        sheet::{MOST_COLUMNS, MOST_ROWS},
        whole::SheetData,
    },
};

/// DIF begins with the topic `TABLE`, a pair of numbers and a title in quotes.
pub(crate) fn is_dif(start: &str) -> bool {
    let mut lines = start.lines().map(str::trim_end);
    lines.next() == Some("TABLE")
        && lines.next() == Some("0,1")
        && lines.next().is_some_and(|title| title.starts_with('"'))
}

pub(super) fn parse(text: &str, control: &Control<'_>) -> Result<(SheetData, Cells), SourceError> {
    let mut cells = Cells::new();
    let mut sheet = SheetData::default();
    let mut lines = text.lines();
    if let Some(title) = lines.by_ref().nth(2).and_then(unquoted) {
        // Excel writes its own name there.
        sheet.name = if title == "EXCEL" { String::new() } else { title };
    }
    // The head ends with the topic of the values, which has two lines more.
    if lines.by_ref().any(|line| line.trim() == "DATA") {
        lines.next();
        lines.next();
    }
    let (mut row, mut column) = (0u32, 0usize);
    while let Some(head) = lines.next() {
        let Some((kind, value)) = head.split_once(',') else {
            continue;
        };
        let mut said = lines.next().unwrap_or_default().to_owned();
        match kind.trim() {
            "-1" => match said.trim() {
                "BOT" => {
                    row += 1;
                    column = 0;
                    if row > MOST_ROWS {
                        return Err(super::super::archive::damaged(&sheet.name, &format!("row {row}")));
                    }
                    if row.is_multiple_of(1024) {
                        control.check()?;
                    }
                }
                "EOD" => break,
                _ => {}
            },
            "0" | "1" => {
                // A text goes on over line breaks until its quote ends.
                while kind.trim() == "1" && said.starts_with('"') && !is_closed(&said) {
                    let Some(more) = lines.next() else { break };
                    said.push('\n');
                    said.push_str(more);
                }
                if column < MOST_COLUMNS && row > 0 {
                    cells.insert((row, column), cell(kind.trim(), value.trim(), &said));
                }
                column += 1;
            }
            _ => {}
        }
    }
    Ok((sheet, cells))
}

fn is_closed(text: &str) -> bool {
    text.len() > 1
        && text
            .bytes()
            .filter(|byte| *byte == b'"')
            .count()
            .is_multiple_of(2)
}

fn cell(kind: &str, value: &str, said: &str) -> (CellKind, String) {
    if kind == "1" {
        return (CellKind::Text, unquoted(said).unwrap_or_else(|| said.to_owned()));
    }
    match said.trim() {
        "TRUE" => (CellKind::Bool, "true".into()),
        "FALSE" => (CellKind::Bool, "false".into()),
        "NA" => (CellKind::Error, "#N/A".into()),
        "ERROR" => (CellKind::Error, "#VALUE!".into()),
        _ => number(value),
    }
}
