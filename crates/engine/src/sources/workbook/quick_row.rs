//! Reads the rows of a sheet that need no thought: cells with a plain value each, as almost all writers write almost
//! all rows. Everything else (formulas, formatted runs, references to signs, comments) is left to the XML reader, which
//! gets the same bytes once more.

use std::io::{BufRead, Read, Result};

use super::sheet::{CellType, parse_reference};

/// What a row ends with.
pub(super) const ROW_END: &[u8] = b"</row>";
/// Bytes that one row may take, in XML.
pub(super) const LONGEST_ROW: usize = 256 << 20;

/// A reader that takes back what was read from it.
pub(crate) struct Unreading<R> {
    inner: R,
    back: Vec<u8>,
    at: usize,
}

impl<R: BufRead> Unreading<R> {
    pub(super) fn new(inner: R) -> Self {
        Unreading {
            inner,
            back: Vec::new(),
            at: 0,
        }
    }

    /// Takes the bytes up to `end` and `end` itself into `out`. False when it does not come before the end of the
    /// content or within `most` bytes.
    pub(super) fn take_until(&mut self, end: &[u8], most: usize, out: &mut Vec<u8>) -> Result<bool> {
        out.clear();
        let finder = memchr::memmem::Finder::new(end);
        loop {
            let piece = self.fill_buf()?;
            if piece.is_empty() || out.len() > most {
                return Ok(false);
            }
            // The end may lie across two pieces.
            let across = (1..end.len())
                .rev()
                .find(|&cut| out.ends_with(&end[..cut]) && piece.starts_with(&end[cut..]));
            let taken = match across {
                Some(cut) => Some(end.len() - cut),
                None => finder.find(piece).map(|place| place + end.len()),
            };
            let length = taken.unwrap_or(piece.len());
            out.extend_from_slice(&piece[..length]);
            self.consume(length);
            if taken.is_some() {
                return Ok(true);
            }
        }
    }

    /// Takes bytes back, to be read next.
    pub(super) fn unread(&mut self, bytes: &[u8]) {
        let rest = self.back.split_off(self.at.min(self.back.len()));
        self.back.clear();
        self.at = 0;
        self.back.extend_from_slice(bytes);
        self.back.extend_from_slice(&rest);
    }
}

impl<R: BufRead> Read for Unreading<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(buffer.len());
        buffer[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Unreading<R> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        if self.at < self.back.len() {
            Ok(&self.back[self.at..])
        } else {
            self.inner.fill_buf()
        }
    }

    fn consume(&mut self, amount: usize) {
        if self.at < self.back.len() {
            self.at += amount;
        } else {
            self.inner.consume(amount);
        }
    }
}

/// A cell with a plain value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QuickCell {
    /// The column of its reference, where it has one.
    pub(super) column: Option<usize>,
    pub(super) kind: CellType,
    pub(super) style: usize,
    /// Beginning and end of its value in the row; none for a cell that is formatted only.
    pub(super) value: Option<(usize, usize)>,
}

/// Finds the cells of a row, which is what stands between its tags. False when it needs the XML reader.
pub(super) fn quick_cells(row: &str, cells: &mut Vec<QuickCell>) -> bool {
    cells.clear();
    let bytes = row.as_bytes();
    let mut at = 0;
    loop {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        if at == bytes.len() {
            return true;
        }
        match quick_cell(row, at) {
            Some((cell, next)) => {
                cells.push(cell);
                at = next;
            }
            None => return false,
        }
    }
}

/// The cell that begins at `at`, and where it ends.
fn quick_cell(row: &str, at: usize) -> Option<(QuickCell, usize)> {
    let bytes = row.as_bytes();
    let mut cell = QuickCell {
        column: None,
        kind: CellType::Number,
        style: 0,
        value: None,
    };
    let mut at = after(bytes, at, b"<c")?;
    loop {
        match *bytes.get(at)? {
            b' ' => at += 1,
            b'>' => break,
            b'/' => return Some((cell, after(bytes, at, b"/>")?)),
            // A name of one letter: others are longer and mean nothing here, or have a prefix.
            name if bytes.get(at + 1) == Some(&b'=') && bytes[at - 1] == b' ' => {
                let from = after(bytes, at + 2, b"\"")?;
                let to = from + memchr::memchr(b'"', &bytes[from..])?;
                let value = &row[from..to];
                match name {
                    b'r' => cell.column = parse_reference(value).map(|(_, column)| column),
                    b't' => cell.kind = CellType::named(value),
                    b's' => cell.style = value.parse().unwrap_or(0),
                    _ => {}
                }
                at = to + 1;
            }
            _ => return None,
        }
    }
    at += 1;
    if let Some(next) = after(bytes, at, b"</c>") {
        return Some((cell, next));
    }
    let from = after(bytes, at, b"<v>")?;
    let to = from + memchr::memchr3(b'<', b'&', b'\r', &bytes[from..])?;
    cell.value = Some((from, to));
    Some((cell, after(bytes, to, b"</v></c>")?))
}

/// The place behind `token`, if it stands at `at`.
fn after(bytes: &[u8], at: usize, token: &[u8]) -> Option<usize> {
    bytes.get(at..)?.starts_with(token).then_some(at + token.len())
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    #[test]
    fn plain_cells_are_found_and_all_others_left() {
        let mut cells = Vec::new();
        let row = "<c r=\"A1\" s=\"3\" t=\"s\"><v>12</v></c> <c r=\"C1\" s=\"1\"/><c><v>1.5</v></c><c r=\"E1\"></c>";
        assert!(quick_cells(row, &mut cells));
        let seen: Vec<_> = cells
            .iter()
            .map(|cell| {
                (
                    cell.column,
                    cell.kind,
                    cell.style,
                    cell.value.map(|(from, to)| &row[from..to]),
                )
            })
            .collect();
        let expected = [
            (Some(0), CellType::Shared, 3, Some("12")),
            (Some(2), CellType::Number, 1, None),
            (None, CellType::Number, 0, Some("1.5")),
            (Some(4), CellType::Number, 0, None),
        ];
        assert_eq!(seen, expected);
        for other in [
            "<c r=\"A1\"><f>B1</f><v>1</v></c>",
            "<c r=\"A1\" t=\"inlineStr\"><is><t>x</t></is></c>",
            "<c r=\"A1\" t=\"str\"><v>a&amp;b</v></c>",
            "<c r='A1'><v>1</v></c>",
            "<c r=\"A1\"><v>1</v><!-- --></c>",
            "<x:c r=\"A1\"><v>1</v></x:c>",
            "<cx r=\"A1\"><v>1</v></cx>",
            "<c r=\"A1\"><v>1</v>",
            "<c r=\"A1\"><v>1",
            "<c",
            "text",
        ] {
            assert!(!quick_cells(other, &mut cells), "{other}");
        }
    }

    #[test]
    fn an_end_is_found_across_any_two_pieces() {
        let text = b"<c/></ro</row>rest";
        for size in 1..text.len() {
            let mut reader = Unreading::new(BufReader::with_capacity(size, &text[..]));
            let mut out = Vec::new();
            assert!(reader.take_until(ROW_END, 100, &mut out).unwrap());
            assert_eq!(out, b"<c/></ro</row>", "pieces of {size}");
            reader.unread(ROW_END);
            reader.unread(b"<c/>");
            let mut rest = String::new();
            reader.read_to_string(&mut rest).unwrap();
            assert_eq!(rest, "<c/></row>rest");
            assert!(!reader.take_until(ROW_END, 100, &mut out).unwrap());
        }
    }
}
