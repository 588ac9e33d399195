//! Excel 97 (`.xls`) and Excel binary (`.xlsb`) workbooks, read by calamine.
//!
//! Its ranges are dense and its memory cannot be capped, so this runs in a process of its own (see
//! [`crate::sources::guard`]). What calamine does not tell (hidden rows, number formats) is not known for these
//! formats.

use std::{
    fs::File,
    io::{BufReader, Cursor, Read, Seek, Write},
    path::Path,
};

use calamine::{Data, DataRef, Reader, SheetType, SheetVisible, Xls, Xlsb};
use lotse_core::table::CellKind;

use super::{
    SheetFacts, Workbook,
    archive::damaged,
    frames::{Frames, SheetData},
    number_format::{NumberFormat, number_text, shortest},
    own_formats, short_records,
};
use crate::sources::{
    Control,
    error::SourceError,
    guard,
    inspection::{Format, SkipReason, SourceSheet},
    notice::NoticeFact,
    settings::{Hidden, ReadSettings},
    stream::RawBlock,
    tally::NoticeTally,
};

/// The name under which a format travels to the reading process.
pub(crate) fn name_of(format: Format) -> &'static str {
    match format {
        Format::Xlsb => "xlsb",
        _ => "xls",
    }
}

/// The format of that name.
pub(crate) fn format_named(name: &str) -> Option<Format> {
    Some(match name {
        "xlsb" => Format::Xlsb,
        "xls" => Format::Xls,
        _ => return None,
    })
}

/// Reads all sheets of a workbook and writes them as frames; an error goes into the frames, too.
pub(crate) fn read(path: &Path, format: Format, out: &mut dyn Write) -> Result<(), SourceError> {
    let mut frames = Frames::new(out);
    let result = match format {
        Format::Xlsb => read_xlsb(path, &mut frames),
        _ => read_xls(path, &mut frames),
    };
    let written = match &result {
        Ok(()) => frames.end(),
        Err(error) => frames.error(error),
    };
    written.map_err(|error| damaged("pipe", &error))?;
    result
}

fn open(path: &Path) -> Result<BufReader<File>, SourceError> {
    let name = crate::sources::file_name(path);
    File::open(path)
        .map(BufReader::new)
        .map_err(|error| crate::sources::unreadable(&name, &error))
}

fn read_xls(path: &Path, frames: &mut Frames<'_>) -> Result<(), SourceError> {
    let name = crate::sources::file_name(path);
    match own_formats::out_of_the_way(open(path)?) {
        Some(bytes) => read_old(Cursor::new(bytes), &name, frames),
        None => read_old(open(path)?, &name, frames),
    }
}

fn read_old<S: Read + Seek>(input: S, name: &str, frames: &mut Frames<'_>) -> Result<(), SourceError> {
    let mut workbook: Xls<_> = Xls::new(input).map_err(|error| match error {
        calamine::XlsError::Password => SourceError::Encrypted,
        error => damaged(name, &error),
    })?;
    let epoch_1904 = workbook.has_1904_epoch();
    read_ranges(&mut workbook, epoch_1904, name, frames)
}

fn read_ranges<S: Read + Seek, R: Reader<S>>(
    workbook: &mut R,
    epoch_1904: bool,
    name: &str,
    frames: &mut Frames<'_>,
) -> Result<(), SourceError>
where
    R::Error: std::fmt::Display,
{
    for sheet in workbook.sheets_metadata().to_vec() {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        let visible = sheet.visible == SheetVisible::Visible;
        frames
            .sheet(&sheet.name, visible, epoch_1904)
            .map_err(|error| damaged(name, &error))?;
        let range = workbook
            .worksheet_range(&sheet.name)
            .map_err(|error| damaged(&sheet.name, &error))?;
        let Some((first_row, first_column)) = range.start() else {
            continue;
        };
        let mut cells: Vec<(usize, CellKind, String)> = Vec::new();
        let mut current = None;
        for (row, column, data) in range.used_cells() {
            if current.is_some_and(|current| current != row) {
                send(frames, first_row, current, &mut cells)?;
            }
            current = Some(row);
            if let Some((kind, text)) = cell_text(data) {
                cells.push((column + first_column as usize, kind, text));
            }
        }
        send(frames, first_row, current, &mut cells)?;
    }
    Ok(())
}

fn send(
    frames: &mut Frames<'_>,
    first_row: u32,
    row: Option<usize>,
    cells: &mut Vec<(usize, CellKind, String)>,
) -> Result<(), SourceError> {
    if let Some(row) = row
        && !cells.is_empty()
    {
        let number = first_row
            .saturating_add(u32::try_from(row).unwrap_or(u32::MAX))
            .saturating_add(1);
        frames
            .row(number, cells)
            .map_err(|error| damaged("pipe", &error))?;
    }
    cells.clear();
    Ok(())
}

fn read_xlsb(path: &Path, frames: &mut Frames<'_>) -> Result<(), SourceError> {
    let name = crate::sources::file_name(path);
    match short_records::written_out(open(path)?, &name)? {
        Some(bytes) => read_binary(Cursor::new(bytes), &name, frames),
        None => read_binary(open(path)?, &name, frames),
    }
}

fn read_binary<R: Read + Seek>(input: R, name: &str, frames: &mut Frames<'_>) -> Result<(), SourceError> {
    let mut workbook: Xlsb<R> = Xlsb::new(input).map_err(|error| match error {
        calamine::XlsbError::Password => SourceError::Encrypted,
        error => damaged(name, &error),
    })?;
    for sheet in workbook.sheets_metadata().to_vec() {
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        let visible = sheet.visible == SheetVisible::Visible;
        frames
            .sheet(&sheet.name, visible, false)
            .map_err(|error| damaged(name, &error))?;
        let mut reader = workbook
            .worksheet_cells_reader(&sheet.name)
            .map_err(|error| damaged(&sheet.name, &error))?;
        let mut cells: Vec<(usize, CellKind, String)> = Vec::new();
        let mut current: Option<usize> = None;
        while let Some(cell) = reader.next_cell().map_err(|error| damaged(&sheet.name, &error))? {
            let (row, column) = cell.get_position();
            let row = row as usize;
            if current.is_some_and(|current| current != row) {
                send(frames, 0, current, &mut cells)?;
            }
            current = Some(row);
            let data: Data = match cell.get_value() {
                DataRef::SharedString(text) => Data::String((*text).to_owned()),
                other => other.clone().into(),
            };
            if let Some((kind, text)) = cell_text(&data) {
                cells.push((column as usize, kind, text));
            }
        }
        send(frames, 0, current, &mut cells)?;
    }
    Ok(())
}

/// What a person reads in a cell; nothing for an empty one.
fn cell_text(data: &Data) -> Option<(CellKind, String)> {
    let found = match data {
        Data::Empty => return None,
        Data::Int(number) => (CellKind::Number, number.to_string()),
        Data::Float(number) => (CellKind::Number, shortest(*number, &number.to_string())),
        Data::String(text) => (CellKind::Text, text.replace("\r\n", "\n")),
        Data::Bool(value) => (CellKind::Bool, value.to_string()),
        Data::Error(error) => (CellKind::Error, error.to_string()),
        Data::DateTimeIso(text) => (CellKind::Moment, iso_moment(text)),
        Data::DurationIso(text) => (CellKind::Moment, iso_duration(text)),
        Data::DateTime(moment) => {
            let serial = moment.as_f64();
            if moment.is_duration() || (0.0..1.0).contains(&serial) {
                number_text(serial, &serial.to_string(), &NumberFormat::Elapsed, false)
            } else {
                let (year, month, day, hour, minute, second, millis) = moment.to_ymd_hms_milli();
                let second = if millis >= 500 && second < 59 {
                    second + 1
                } else {
                    second
                };
                let date = format!("{year:04}-{month:02}-{day:02}");
                let text = if (hour, minute, second) == (0, 0, 0) {
                    date
                } else {
                    format!("{date}T{hour:02}:{minute:02}:{second:02}")
                };
                (CellKind::Moment, text)
            }
        }
    };
    (!found.1.is_empty()).then_some(found)
}

/// `2024-06-15T00:00:00` without a time that says nothing.
pub(crate) fn iso_moment(text: &str) -> String {
    let text = text.strip_suffix("T00:00:00").unwrap_or(text);
    match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole.to_owned(),
        _ => text.to_owned(),
    }
}

/// `PT10H30M00S` as `10:30:00`.
pub(crate) fn iso_duration(text: &str) -> String {
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

/// A workbook that was read as a whole.
pub(crate) struct ReadWorkbook {
    sheets: Vec<SheetData>,
}

impl ReadWorkbook {
    pub(crate) fn open(path: &Path, format: Format, control: &Control<'_>) -> Result<Self, SourceError> {
        Self::of(guard::read(path, format, control)?)
    }

    pub(crate) fn of(sheets: Vec<SheetData>) -> Result<Self, SourceError> {
        if sheets.is_empty() {
            return Err(SourceError::NoSheet);
        }
        Ok(ReadWorkbook { sheets })
    }
}

impl Workbook for ReadWorkbook {
    fn epoch_1904(&self) -> bool {
        self.sheets.iter().any(|sheet| sheet.epoch_1904)
    }

    fn names(&self) -> Vec<(String, bool)> {
        self.sheets
            .iter()
            .map(|sheet| (sheet.name.clone(), sheet.visible))
            .collect()
    }

    fn describe(&mut self, index: usize) -> Result<SourceSheet, SourceError> {
        let sheet = &self.sheets[index];
        Ok(SourceSheet {
            name: sheet.name.clone(),
            visible: sheet.visible,
            rows: sheet.last_row,
            columns: u32::try_from(sheet.columns).unwrap_or(u32::MAX),
        })
    }

    fn stream(
        &mut self,
        index: usize,
        _width: usize,
        settings: &ReadSettings,
        control: &Control<'_>,
        notices: &mut NoticeTally,
        out: &mut dyn FnMut(Vec<RawBlock>) -> bool,
    ) -> Result<SheetFacts, SourceError> {
        let sheet = &self.sheets[index];
        let facts = SheetFacts {
            last_row: sheet.last_row,
            columns: sheet.columns,
            hidden_columns: sheet.hidden_columns.clone(),
            merged: sheet.merged.clone(),
        };
        for block in &sheet.blocks {
            control.check()?;
            let mut last = 0;
            for row in block.rows.rows() {
                last = row.number();
                for cell in row.cells().filter(|cell| cell.kind == CellKind::Error) {
                    let text = cell.text.to_owned();
                    notices.add(NoticeFact::ErrorCells { text }, Some(last), None, 1);
                }
            }
            control.report(u64::from(last), u64::from(sheet.last_row), u64::from(last));
            let mut block = block.clone();
            block.known = left_out(sheet, &block, settings, notices);
            if !out(vec![block]) {
                break;
            }
        }
        Ok(facts)
    }
}

/// The hidden rows of a block that are not to be read, and the announcement of all hidden ones.
fn left_out(
    sheet: &SheetData,
    block: &RawBlock,
    settings: &ReadSettings,
    notices: &mut NoticeTally,
) -> Vec<(u32, SkipReason)> {
    if sheet.hidden_rows.is_empty() {
        return Vec::new();
    }
    let mut known = Vec::new();
    for row in block.rows.rows() {
        let number = row.number();
        let Some(&filtered) = sheet.hidden_rows.get(&number) else {
            continue;
        };
        let (choice, reason) = if filtered {
            (settings.filtered_rows, SkipReason::Filtered)
        } else {
            (settings.hidden_rows, SkipReason::Hidden)
        };
        let included = choice != Some(Hidden::LeaveOut);
        let fact = if filtered {
            NoticeFact::FilteredRows { included }
        } else {
            NoticeFact::HiddenRows { included }
        };
        notices.add(fact, Some(number), None, 1);
        if !included {
            known.push((number, reason));
        }
    }
    known
}
