//! Puts together what was found out about a file: its format, its sheet, its table; and runs the reading with it.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use lotse_core::table::{Cell, RowBlock};

use super::{
    Control, ReadSummary, TableRows,
    assembling::{Shell, text_detections},
    beside,
    columns::Observed,
    error::SourceError,
    file_name, format,
    inspection::{
        Detection, DetectionReason, Format, Inspection, PreviewCell, PreviewRow, RowAccount, SourceSheet,
        TextDetections,
    },
    notice::NoticeFact,
    probe::RowProbe,
    settings::{HeaderRows, Hidden, ReadSettings},
    sheet_choice::{SAMPLE_ROWS, choose_sheet, sample_sheet},
    stream::{RawBlock, TableStream},
    structure::{self, SampleRow, Structure},
    tally::NoticeTally,
    text::{TableShape, TextFile},
    workbook::{
        ReadWorkbook, SheetFacts, Workbook, XlsFile, XlsbFile, XlsxFile, exchange, ods, page, xml_spreadsheet,
    },
};

/// A file that was opened.
enum Opened {
    Text(Box<TextFile>),
    Workbook(Box<dyn Workbook>),
}

/// A file whose table was found.
pub(crate) struct Understood {
    file: String,
    bytes: u64,
    format: Detection<Format>,
    opened: Opened,
    sheets: Vec<SourceSheet>,
    sheet: Detection<String>,
    sheet_index: usize,
    sample: Vec<SampleRow>,
    /// The sample is the whole sheet, and this is the number of its last row.
    whole: Option<u32>,
    structure: Option<Structure>,
    facts: SheetFacts,
    notices: NoticeTally,
}

impl Understood {
    pub(crate) fn of(
        path: &Path,
        settings: &ReadSettings,
        control: &Control<'_>,
    ) -> Result<Self, SourceError> {
        let format = format::detect(path)?;
        let bytes = std::fs::metadata(path)
            .map_err(|error| super::unreadable(&file_name(path), &error))?
            .len();
        let workbook: Box<dyn Workbook> = match format.value {
            Format::Csv => {
                let text = TextFile::open(path, settings)?;
                let sample = text.sample();
                let structure = structure::find(&sample, settings.header, true);
                let last = sample.last().map_or(0, |row| row.number);
                return Ok(Understood {
                    file: file_name(path),
                    bytes,
                    format,
                    sheets: vec![SourceSheet {
                        name: String::new(),
                        visible: true,
                        rows: last,
                        columns: u32::try_from(text.dialect.width).unwrap_or(u32::MAX),
                    }],
                    sheet: Detection::found(String::new(), 1.0, DetectionReason::Only),
                    sheet_index: 0,
                    whole: None,
                    opened: Opened::Text(Box::new(text)),
                    sample,
                    structure,
                    facts: SheetFacts::default(),
                    notices: NoticeTally::default(),
                });
            }
            Format::Xlsx => Box::new(XlsxFile::open(path)?),
            Format::Html => Box::new(ReadWorkbook::of(page::read(path)?)?),
            Format::XmlSpreadsheet => Box::new(ReadWorkbook::of(xml_spreadsheet::read(path, control)?)?),
            Format::Ods => Box::new(ReadWorkbook::of(ods::read(path, control)?)?),
            Format::Sylk => Box::new(ReadWorkbook::of(exchange::read_sylk(path, control)?)?),
            Format::Dif => Box::new(ReadWorkbook::of(exchange::read_dif(path, control)?)?),
            Format::Xls => Box::new(XlsFile::open(path)?),
            Format::Xlsb => Box::new(XlsbFile::open(path)?),
        };
        Self::of_workbook(path, bytes, format, workbook, settings, control)
    }

    fn of_workbook(
        path: &Path,
        bytes: u64,
        format: Detection<Format>,
        mut workbook: Box<dyn Workbook>,
        settings: &ReadSettings,
        control: &Control<'_>,
    ) -> Result<Self, SourceError> {
        let names = workbook.names();
        let mut notices = NoticeTally::default();
        let (index, reason, certainty) = choose_sheet(&mut *workbook, &names, settings, control)?;
        let (sample, facts, whole) = sample_sheet(&mut *workbook, index, settings, control)?;
        let structure = structure::find(&sample, settings.header, false);
        let sheets = (0..names.len())
            .map(|index| workbook.describe(index))
            .collect::<Result<Vec<_>, _>>()?;
        let others = |wanted: bool| -> Vec<String> {
            sheets
                .iter()
                .enumerate()
                .filter(|(other, sheet)| *other != index && sheet.visible == wanted && sheet.rows > 0)
                .map(|(_, sheet)| sheet.name.clone())
                .collect()
        };
        for (names, hidden) in [(others(false), true), (others(true), false)] {
            let count = names.len() as u64;
            let fact = if hidden {
                NoticeFact::HiddenSheets { names }
            } else {
                NoticeFact::OtherSheets { names }
            };
            notices.add(fact, None, None, count);
        }
        if workbook.epoch_1904() {
            notices.add(NoticeFact::Epoch1904, None, None, 1);
        }
        Ok(Understood {
            file: file_name(path),
            bytes,
            format,
            sheet: Detection::found(names[index].0.clone(), certainty, reason),
            sheet_index: index,
            sheets,
            opened: Opened::Workbook(workbook),
            sample,
            whole,
            structure,
            facts,
            notices,
        })
    }

    fn counts_cells(&self) -> bool {
        matches!(self.opened, Opened::Text(_))
    }

    /// Columns of the sheet that are left out because they are hidden.
    fn omitted(&self, settings: &ReadSettings) -> BTreeSet<usize> {
        if settings.hidden_columns == Some(Hidden::LeaveOut) {
            self.facts.hidden_columns.clone()
        } else {
            BTreeSet::new()
        }
    }

    /// Columns of the sheet that are not read, for whatever reason.
    fn unread(&self, settings: &ReadSettings) -> BTreeSet<usize> {
        let mut columns = self.omitted(settings);
        if let Some(structure) = &self.structure {
            columns.extend(&structure.beside.columns);
        }
        columns
    }

    /// Positions in the sheet of the table's columns.
    fn positions(&self, settings: &ReadSettings) -> Vec<usize> {
        let Some(structure) = &self.structure else {
            return Vec::new();
        };
        let omitted = self.unread(settings);
        (structure.left..structure.left + structure.names.len())
            .filter(|position| !omitted.contains(position))
            .collect()
    }

    fn names(&self, settings: &ReadSettings) -> Vec<String> {
        let Some(structure) = &self.structure else {
            return Vec::new();
        };
        self.positions(settings)
            .into_iter()
            .map(|position| structure.names[position - structure.left].clone())
            .collect()
    }

    /// Streams the whole table as cells; blocks go to `emit`, which says whether to go on.
    pub(crate) fn run(
        self,
        settings: &ReadSettings,
        control: &Control<'_>,
        emit: &mut dyn FnMut(Vec<RowBlock>) -> bool,
    ) -> Result<ReadSummary, SourceError> {
        self.run_as_kept(settings, control, None, &mut |blocks| {
            emit(blocks.into_iter().map(TableRows::into_cells).collect())
        })
    }

    /// The same, with rows as they stand in the file where they are plain, after about `plain_after` rows; never with
    /// `None`.
    pub(crate) fn run_as_kept(
        mut self,
        settings: &ReadSettings,
        control: &Control<'_>,
        plain_after: Option<usize>,
        emit: &mut dyn FnMut(Vec<TableRows>) -> bool,
    ) -> Result<ReadSummary, SourceError> {
        let mut names = self.names(settings);
        let mut notices = std::mem::take(&mut self.notices);
        let Some(structure) = self.structure.clone() else {
            notices.add(NoticeFact::Empty, None, None, 1);
            let last = self.blank_rows(control)?;
            return Ok(ReadSummary {
                sheet: self.sheet.value,
                columns: names,
                rows: blank_account(last),
                notices: notices.into_notices(),
            });
        };
        let omitted = self.unread(settings);
        let counts_cells = self.counts_cells();
        let mut stream = TableStream::new(structure.clone(), counts_cells, omitted);
        let mut found = NoticeTally::default();
        let mut out = |raws: Vec<RawBlock>| {
            let mut ready = Vec::new();
            for raw in raws {
                stream.push(raw, &mut |block| ready.push(block));
            }
            ready.is_empty() || emit(ready)
        };
        let beside = structure.beside.columns.last().map_or(0, |last| last + 1);
        let width = (structure.left + structure.names.len()).max(beside);
        let total = match &mut self.opened {
            Opened::Text(text) => {
                let table = TableShape {
                    width,
                    probe: RowProbe::new(&structure),
                    plain_after,
                };
                text.stream(&table, control, &mut found, &mut out)?
            }
            Opened::Workbook(workbook) => {
                self.facts =
                    workbook.stream(self.sheet_index, width, settings, control, &mut found, &mut out)?;
                self.facts.last_row
            }
        };
        let mut ready = Vec::new();
        let (rows, width, noticed) = stream.finish(total, &mut |block| ready.push(block));
        if !ready.is_empty() {
            emit(ready);
        }
        names.resize(names.len().max(width), String::new());
        notices.merge(found);
        notices.merge(noticed);
        self.note_structure(&structure, settings, &names, &rows, &mut notices);
        Ok(ReadSummary {
            sheet: self.sheet.value,
            columns: names,
            rows,
            notices: notices.into_notices(),
        })
    }

    /// Number of the last row of a file without any cell.
    fn blank_rows(&mut self, control: &Control<'_>) -> Result<u32, SourceError> {
        let mut ignored = NoticeTally::default();
        match &mut self.opened {
            Opened::Text(text) => {
                let empty = Structure {
                    header: HeaderRows { first: 1, count: 0 },
                    certainty: 0.0,
                    reason: DetectionReason::Usual,
                    left: 0,
                    names: Vec::new(),
                    merged: Vec::new(),
                    first_data: 1,
                    before: Vec::new(),
                    profile: structure::Profile::default(),
                    beside: beside::Beside::default(),
                };
                let table = TableShape {
                    width: 1,
                    probe: RowProbe::new(&empty),
                    plain_after: None,
                };
                text.stream(&table, control, &mut ignored, &mut |_| true)
            }
            Opened::Workbook(_) => Ok(0),
        }
    }

    fn note_structure(
        &self,
        structure: &Structure,
        settings: &ReadSettings,
        names: &[String],
        rows: &RowAccount,
        notices: &mut NoticeTally,
    ) {
        let positions = self.positions(settings);
        if structure.header.count > 0 {
            // A sheet may have sixteen thousand columns: each name is looked up, not compared with all others.
            let mut places: HashMap<&str, (usize, u64)> = HashMap::new();
            for (index, name) in names.iter().enumerate() {
                places.entry(name).or_insert((index, 0)).1 += 1;
            }
            for (index, name) in names.iter().enumerate() {
                let (first, same) = places[name.as_str()];
                if name.is_empty() {
                    notices.add(
                        NoticeFact::EmptyHeader,
                        Some(structure.header.first),
                        Some(index),
                        1,
                    );
                } else if same > 1 && first == index {
                    let fact = NoticeFact::DuplicateHeader { name: name.clone() };
                    notices.add(fact, Some(structure.header.first), Some(index), same);
                }
            }
            for (column, name) in &structure.merged {
                let fact = NoticeFact::MergedHeader { name: name.clone() };
                notices.add(fact, Some(structure.header.first), Some(*column), 1);
            }
            if rows.read == 0 {
                notices.add(NoticeFact::NoRows, None, None, 1);
            }
        }
        for (index, position) in positions.iter().enumerate() {
            if self.facts.hidden_columns.contains(position) {
                notices.add(NoticeFact::HiddenColumn { included: true }, None, Some(index), 1);
            }
        }
        if !structure.beside.columns.is_empty() {
            let (first, last) = structure.beside.rows;
            notices.add(NoticeFact::OtherTable { last }, Some(first), None, 1);
        }
        for _ in self.omitted(settings) {
            notices.add(NoticeFact::HiddenColumn { included: false }, None, None, 1);
        }
        let merged = self
            .facts
            .merged
            .iter()
            .filter(|range| range.0 >= structure.first_data);
        let first = merged.clone().map(|range| range.0).min();
        notices.add(NoticeFact::MergedCells, first, None, merged.count() as u64);
    }

    /// What the beginning shows; a file that ends with it is looked at as a whole.
    pub(crate) fn inspection(mut self, settings: &ReadSettings) -> Result<Inspection, SourceError> {
        let whole = match &self.opened {
            Opened::Text(text) => text.is_whole() && self.sample.len() < SAMPLE_ROWS,
            Opened::Workbook(_) => self.whole.is_some(),
        };
        if whole {
            return self.whole_inspection(settings, &Control::quiet());
        }
        Ok(self.beginning(settings))
    }

    /// What the file is read with, without a look at its rows: no preview, no counts, no notices.
    pub(crate) fn outline(&mut self, settings: &ReadSettings) -> Inspection {
        let names = self.names(settings);
        let (seen, rows) = (Observed::default(), RowAccount::default());
        self.shell()
            .assemble(settings, seen, names, rows, Vec::new(), false)
    }

    /// What the beginning shows, though there may be no more than it.
    fn beginning(&mut self, settings: &ReadSettings) -> Inspection {
        let mut seen = Observed::default();
        let mut notices = NoticeTally::default();
        let mut rows = RowAccount::default();
        if let Some(structure) = &self.structure {
            let mut stream = TableStream::new(structure.clone(), self.counts_cells(), self.unread(settings));
            let last = self.sample.last().map_or(0, |row| row.number);
            for raw in raw_blocks(&self.sample, self.usual_cells()) {
                stream.push(raw, &mut |block| seen.observe(&block.into_cells()));
            }
            let (account, _, noticed) = stream.finish(last, &mut |block| seen.observe(&block.into_cells()));
            rows = account;
            notices.merge(noticed);
            let names = self.names(settings);
            self.note_structure(structure, settings, &names, &rows, &mut notices);
        }
        notices.merge(self.notices.clone());
        let names = self.names(settings);
        self.shell()
            .assemble(settings, seen, names, rows, notices.into_notices(), false)
    }

    /// What the whole file shows.
    pub(crate) fn whole_inspection(
        mut self,
        settings: &ReadSettings,
        control: &Control<'_>,
    ) -> Result<Inspection, SourceError> {
        let shell = self.shell();
        let mut seen = Observed::default();
        let summary = self.run(settings, control, &mut |blocks| {
            blocks.iter().for_each(|block| seen.observe(block));
            true
        })?;
        Ok(shell.assemble(
            settings,
            seen,
            summary.columns,
            summary.rows,
            summary.notices,
            true,
        ))
    }

    /// Everything but the open file, for after it was read.
    fn shell(&mut self) -> Shell {
        Shell {
            file: self.file.clone(),
            bytes: self.bytes,
            format: self.format.clone(),
            text: self.text_detections(),
            sheets: self.sheets.clone(),
            sheet: self.sheet.clone(),
            above: self.above(),
            structure: self.structure.clone(),
            facts: SheetFacts {
                hidden_columns: self.facts.hidden_columns.clone(),
                ..SheetFacts::default()
            },
        }
    }

    /// What stands above the header: titles, remarks.
    fn above(&self) -> Vec<PreviewRow> {
        let Some(structure) = &self.structure else {
            return Vec::new();
        };
        self.sample
            .iter()
            .take_while(|row| row.number < structure.header.first)
            .filter(|row| row.cells.iter().any(|cell| !cell.text.trim().is_empty()))
            .take(Inspection::ROWS_ABOVE)
            .map(|row| PreviewRow {
                number: row.number,
                cells: row
                    .cells
                    .iter()
                    .map(|cell| PreviewCell {
                        kind: cell.kind,
                        text: cell.text.clone(),
                    })
                    .collect(),
            })
            .collect()
    }

    fn usual_cells(&self) -> Option<usize> {
        match &self.opened {
            Opened::Text(text) => Some(text.dialect.width),
            Opened::Workbook(_) => None,
        }
    }

    fn text_detections(&self) -> Option<TextDetections> {
        let Opened::Text(text) = &self.opened else {
            return None;
        };
        Some(text_detections(text))
    }
}

fn blank_account(last: u32) -> RowAccount {
    RowAccount {
        total: u64::from(last),
        header: 0,
        read: 0,
        skipped: if last > 0 {
            vec![super::SkippedRows {
                first: 1,
                last,
                reason: super::SkipReason::Blank,
            }]
        } else {
            Vec::new()
        },
    }
}

/// The rows of a sample as raw blocks.
fn raw_blocks(sample: &[SampleRow], usual: Option<usize>) -> Vec<RawBlock> {
    let width = sample.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let mut raw = RawBlock {
        rows: RowBlock::new(width),
        ..RawBlock::default()
    };
    for row in sample {
        if usual.is_some_and(|usual| usual != row.cells.len()) {
            let count = u32::try_from(row.cells.len()).unwrap_or(u32::MAX);
            raw.ragged.push((row.number, count));
        }
        raw.rows.push(
            row.number,
            row.cells.iter().map(|cell| Cell {
                kind: cell.kind,
                text: &cell.text,
            }),
        );
    }
    vec![raw]
}
