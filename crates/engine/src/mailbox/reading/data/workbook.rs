//! Workbooks (`.xlsx`), read cell by cell and within bounds: a mail is no place for an export of a million rows.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader, Xlsx};

use super::Data;
use super::delimited::from_rows;

/// A member of the archive may not inflate beyond this, all members together not beyond four times.
const LARGEST_MEMBER: u64 = 32 << 20;
/// Cells beyond these are an export, or an attempt to exhaust the memory.
const MOST_ROWS: u32 = 5_000;
const MOST_COLUMNS: u32 = 200;

pub(super) fn read(bytes: &[u8]) -> Option<Data> {
    if !is_bounded(bytes) {
        return None;
    }
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).ok()?;
    for name in workbook.sheet_names() {
        let Some(rows) = rows(&mut workbook, &name) else {
            continue;
        };
        if let Some(data) = from_rows(&rows, "xlsx") {
            return Some(data);
        }
    }
    None
}

/// Inflates the archive's members once into nothing, within bounds: what they say of their size proves little.
fn is_bounded(bytes: &[u8]) -> bool {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return false;
    };
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let Ok(member) = archive.by_index(index) else {
            return false;
        };
        let Ok(size) = std::io::copy(&mut member.take(LARGEST_MEMBER + 1), &mut std::io::sink()) else {
            return false;
        };
        total += size;
        if size > LARGEST_MEMBER || total > 4 * LARGEST_MEMBER {
            return false;
        }
    }
    true
}

fn rows(workbook: &mut Xlsx<Cursor<&[u8]>>, sheet: &str) -> Option<Vec<Vec<String>>> {
    let mut cells = workbook.worksheet_cells_reader(sheet).ok()?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    while let Ok(Some(cell)) = cells.next_cell() {
        let (row, column) = cell.get_position();
        if row >= MOST_ROWS {
            break;
        }
        let text = shown(cell.get_value());
        if column >= MOST_COLUMNS || text.is_empty() {
            continue;
        }
        let (row, column) = (row as usize, column as usize);
        if rows.len() <= row {
            rows.resize(row + 1, Vec::new());
        }
        if rows[row].len() <= column {
            rows[row].resize(column + 1, String::new());
        }
        rows[row][column] = text;
    }
    rows.retain(|row| !row.is_empty());
    Some(rows)
}

fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => text.trim().to_string(),
        DataRef::SharedString(text) => text.trim().to_string(),
        // A postcode or phone number that was stored as a number has no decimals.
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workbook(rows: &[&[&str]]) -> Vec<u8> {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                sheet
                    .write(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), *cell)
                    .unwrap();
            }
        }
        workbook.save_to_buffer().unwrap()
    }

    #[test]
    fn rows_of_a_workbook_are_records() {
        let data = read(&workbook(&[
            &["Export vom 3. März"],
            &["Vorname", "Nachname", "E-Mail"],
            &["Max", "Muster", "m@example.test"],
        ]))
        .unwrap();
        assert_eq!(data.records.len(), 1);
        assert_eq!(data.records[0][2].value.of(&data.sheet.text), "m@example.test");
    }

    #[test]
    fn what_is_no_workbook_is_nothing() {
        assert!(read(b"PK\x03\x04 not a workbook").is_none());
    }
}
