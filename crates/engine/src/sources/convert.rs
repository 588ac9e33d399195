//! Writes the table as it was understood: UTF-8, comma, quoted where needed, header first, LF at the end of each
//! record.
//!
//! Cells of text files stay as they are; cells of workbooks are what [`super::read`] delivers: dates as ISO, numbers
//! as short decimals, truth values as `true` and `false`, errors as shown. Converting what was written changes
//! nothing.

use std::{io::Write, path::Path};

use super::{Control, ReadFailure, ReadSummary, read, settings::ReadSettings, understand::Understood};

/// Writes the table of `path` to `out` as CSV.
///
/// # Errors
/// [`ReadFailure::Store`] when writing fails, [`ReadFailure::Source`] as [`super::read`].
pub fn convert(
    path: &Path,
    settings: &ReadSettings,
    control: &Control<'_>,
    out: &mut dyn Write,
) -> Result<ReadSummary, ReadFailure<std::io::Error>> {
    // Rows may turn out to be wider than the header, and the header is written first: a first reading finds out.
    let columns = Understood::of(path, settings, control)?
        .run(settings, control, &mut |_| true)?
        .columns;
    let mut text = Vec::new();
    let width = columns.len();
    if width > 0 {
        write_record(columns.iter().map(String::as_str), width, &mut text);
        out.write_all(&text).map_err(ReadFailure::Store)?;
    }
    let summary = read(
        path,
        settings,
        control,
        |block| {
            let mut text = Vec::new();
            for row in block.rows() {
                write_record(row.cells().map(|cell| cell.text), width, &mut text);
            }
            text
        },
        |text| out.write_all(&text),
    )?;
    out.flush().map_err(ReadFailure::Store)?;
    Ok(summary)
}

/// True for texts between two signs that enclose cells elsewhere.
fn is_enclosed(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 1 && bytes[0] == bytes[bytes.len() - 1] && b"'`~%|$".contains(&bytes[0])
}

/// Signs that could be taken for delimiters where no comma says otherwise.
fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b';' | b'\t' | b'|')
}

fn write_record<'a>(cells: impl Iterator<Item = &'a str>, width: usize, out: &mut Vec<u8>) {
    let mut written = 0;
    let start = out.len();
    for text in cells.take(width) {
        if written > 0 {
            out.push(b',');
        }
        written += 1;
        let quoted = text
            .bytes()
            .any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r') || (width == 1 && is_delimiter(byte)))
            || text.starts_with(|sign: char| sign.is_whitespace() || sign == '#' || sign == '\u{feff}')
            || text.ends_with(char::is_whitespace)
            || is_enclosed(text);
        if quoted {
            out.push(b'"');
            for byte in text.bytes() {
                if byte == b'"' {
                    out.push(b'"');
                }
                out.push(byte);
            }
            out.push(b'"');
        } else {
            out.extend_from_slice(text.as_bytes());
        }
    }
    // A blank cell alone on its line would be a blank line.
    if out.len() == start && width == 1 {
        out.extend_from_slice(b"\"\"");
    }
    for _ in written.max(1)..width {
        out.push(b',');
    }
    out.push(b'\n');
}
