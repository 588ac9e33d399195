//! The exchange formats of the first spreadsheets, SYLK (`.slk`) and DIF: lines of text that say where values stand.

mod dif;
mod sylk;

pub(crate) use dif::is_dif;
pub(crate) use sylk::is_sylk;

use std::{collections::BTreeMap, path::Path};

use lotse_core::table::CellKind;

use super::{page::decode, sheet_rows::BlockBuilder, whole::SheetData};
use crate::sources::{Control, error::SourceError};

/// Bytes that a file may have; it is held in memory as a whole, with what it says.
const MOST: u64 = 64 << 20;

/// The cells of a sheet by row, from 1, and column, from 0.
type Cells = BTreeMap<(u32, usize), (CellKind, String)>;

/// Reads the sheet of a SYLK file.
pub(crate) fn read_sylk(path: &Path, control: &Control<'_>) -> Result<Vec<SheetData>, SourceError> {
    let text = text_of(path)?;
    let (mut sheet, cells) = sylk::parse(&text, control)?;
    fill(&mut sheet, &cells);
    Ok(vec![sheet])
}

/// Reads the sheet of a DIF file.
pub(crate) fn read_dif(path: &Path, control: &Control<'_>) -> Result<Vec<SheetData>, SourceError> {
    let text = text_of(path)?;
    let (mut sheet, cells) = dif::parse(&text, control)?;
    fill(&mut sheet, &cells);
    Ok(vec![sheet])
}

fn text_of(path: &Path) -> Result<String, SourceError> {
    let name = crate::sources::file_name(path);
    let unreadable = |error: std::io::Error| crate::sources::unreadable(&name, &error);
    if std::fs::metadata(path).map_err(unreadable)?.len() > MOST {
        return Err(SourceError::TooLarge {
            part: name,
            limit: MOST,
        });
    }
    Ok(decode(&std::fs::read(path).map_err(unreadable)?).replace('\0', ""))
}

fn fill(sheet: &mut SheetData, cells: &Cells) {
    sheet.visible = true;
    let mut builder = BlockBuilder::new(1);
    let all: Vec<_> = cells.iter().filter(|(_, (_, text))| !text.is_empty()).collect();
    for row in all.chunk_by(|one, other| one.0.0 == other.0.0) {
        let number = row[0].0.0;
        let borrowed: Vec<(usize, CellKind, &str)> = row
            .iter()
            .map(|((_, column), (kind, text))| (*column, *kind, text.as_str()))
            .collect();
        let filled = borrowed.iter().rfind(|(_, _, text)| !text.trim().is_empty());
        if let (Some((last, ..)), Some(placed)) = (filled, builder.push(number, &borrowed, None)) {
            sheet.last_row = placed;
            sheet.columns = sheet.columns.max(last + 1);
        }
        sheet.blocks.extend(builder.take(false));
    }
    sheet.blocks.extend(builder.take(true));
}

/// The kind and text of a number as it is written; text where it is none.
fn number(digits: &str) -> (CellKind, String) {
    match digits.parse::<f64>() {
        Ok(value) => (CellKind::Number, super::number_format::shortest(value, digits)),
        Err(_) => (CellKind::Text, digits.to_owned()),
    }
}

/// What stands between quotes that are doubled inside; `None` where none begins.
fn unquoted(text: &str) -> Option<String> {
    let inside = text.strip_prefix('"')?;
    let inside = inside.strip_suffix('"').unwrap_or(inside);
    Some(inside.replace("\"\"", "\""))
}
