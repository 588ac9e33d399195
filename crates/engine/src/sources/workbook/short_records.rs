//! Excel binary workbooks in which most cells are short records, as some libraries write them: a short record leaves
//! out the column, which is the one after the cell before. calamine passes over such records, so every column but the
//! first would be lost without a word. They are written out in full before it sees them.

use std::{
    fs::File,
    io::{BufReader, Cursor, Read, Write},
};

use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::archive::{MEMBER_LIMIT, damaged};
use crate::sources::error::SourceError;

/// The record that begins a row.
const ROW: u16 = 0;
/// Cells in full: blank, number, error, truth value, number, text, shared text, and four kinds of formula.
const FULL: std::ops::RangeInclusive<u16> = 1..=11;
/// The same without formulas, short.
const SHORT: std::ops::RangeInclusive<u16> = 12..=18;
/// What lies between a short record's number and that of the full one.
const BETWEEN: u16 = 11;

/// The workbook with all cells in full; `None` where they are already.
pub(crate) fn written_out(file: BufReader<File>, name: &str) -> Result<Option<Vec<u8>>, SourceError> {
    let mut archive = ZipArchive::new(file).map_err(|error| damaged(name, &error))?;
    let mut rewritten: Vec<(usize, Vec<u8>)> = Vec::new();
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(|error| damaged(name, &error))?;
        let part = member
            .name()
            .map_or_else(|_| String::new(), |name| name.to_lowercase());
        if !part.contains("worksheets/") || !part.ends_with(".bin") {
            continue;
        }
        let mut bytes = Vec::new();
        member
            .take(MEMBER_LIMIT)
            .read_to_end(&mut bytes)
            .map_err(|error| damaged(&part, &error))?;
        if let Some(full) = expand(&bytes) {
            rewritten.push((index, full));
        }
    }
    if rewritten.is_empty() {
        return Ok(None);
    }
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(true);
    for index in 0..archive.len() {
        let member = archive
            .by_index_raw(index)
            .map_err(|error| damaged(name, &error))?;
        match rewritten.iter().find(|(place, _)| *place == index) {
            Some((_, full)) => {
                let part = member.name().map_err(|error| damaged(name, &error))?.into_owned();
                out.start_file(part, options)
                    .map_err(|error| damaged(name, &error))?;
                out.write_all(full).map_err(|error| damaged(name, &error))?;
            }
            None => out.raw_copy_file(member).map_err(|error| damaged(name, &error))?,
        }
    }
    let written = out.finish().map_err(|error| damaged(name, &error))?;
    Ok(Some(written.into_inner()))
}

/// The records of a sheet with all cells in full; `None` where no short one stands among them.
fn expand(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let (mut at, mut next_column, mut any) = (0, 0u32, false);
    while let Some((number, body, end)) = record(bytes, at) {
        if SHORT.contains(&number) {
            any = true;
            let full = number - BETWEEN;
            out.push(u8::try_from(full).unwrap_or(0));
            push_length(body.len() + 4, &mut out);
            out.extend(next_column.to_le_bytes());
            out.extend_from_slice(body);
            next_column = next_column.saturating_add(1);
        } else {
            if number == ROW {
                next_column = 0;
            } else if let (true, Some(column)) = (FULL.contains(&number), body.first_chunk::<4>()) {
                next_column = u32::from_le_bytes(*column).saturating_add(1);
            }
            out.extend_from_slice(&bytes[at..end]);
        }
        at = end;
    }
    out.extend_from_slice(&bytes[at..]);
    any.then_some(out)
}

/// The record at `at`: its number, its body, and where it ends.
fn record(bytes: &[u8], at: usize) -> Option<(u16, &[u8], usize)> {
    let first = *bytes.get(at)?;
    let (number, mut place) = if first & 0x80 == 0 {
        (u16::from(first), at + 1)
    } else {
        let second = *bytes.get(at + 1)?;
        (u16::from(first & 0x7F) | (u16::from(second & 0x7F) << 7), at + 2)
    };
    let mut length = 0usize;
    for shift in [0, 7, 14, 21] {
        let byte = *bytes.get(place)?;
        place += 1;
        length |= usize::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let end = place.checked_add(length)?;
    Some((number, bytes.get(place..end)?, end))
}

fn push_length(mut length: usize, out: &mut Vec<u8>) {
    loop {
        let low = u8::try_from(length & 0x7F).unwrap_or(0);
        length >>= 7;
        if length == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_cells_get_the_column_after_the_one_before() {
        // A row, a full cell in column 2, two short ones, and a record of two bytes' number.
        let bytes = [
            &[0, 1, 9][..],
            &[5, 9, 2, 0, 0, 0, 0, 0, 0, 0, 7],
            &[16, 5, 0, 0, 0, 0, 8],
            &[18, 5, 0, 0, 0, 0, 9],
            &[0xB0, 0x01, 1, 3],
        ]
        .concat();
        let expected = [
            &[0, 1, 9][..],
            &[5, 9, 2, 0, 0, 0, 0, 0, 0, 0, 7],
            &[5, 9, 3, 0, 0, 0, 0, 0, 0, 0, 8],
            &[7, 9, 4, 0, 0, 0, 0, 0, 0, 0, 9],
            &[0xB0, 0x01, 1, 3],
        ]
        .concat();
        assert_eq!(expand(&bytes), Some(expected.clone()));
        assert_eq!(expand(&expected), None);
        assert_eq!(expand(&bytes[..bytes.len() - 30]), None);
    }
}
