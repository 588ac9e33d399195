//! What holds for a whole workbook before 2007: its sheets, the texts they share, how numbers are shown.

use std::collections::BTreeMap;

use encoding_rs::Encoding;

use super::records::{Generation, Record, Records, Texts, beginning, charset_of, shared_texts};
use crate::sources::{
    error::SourceError,
    workbook::{
        binary::{tidy, u16_at, u32_at},
        number_format::NumberFormat,
        styles::SharedStrings,
    },
};

pub(super) const END: u16 = 0x000A;
const CODE_PAGE: u16 = 0x0042;
const EPOCH: u16 = 0x0022;
const ENCRYPTED: u16 = 0x002F;
const SHEET: u16 = 0x0085;
const SHEET_NAME: u16 = 0x008F;
const SHARED: u16 = 0x00FC;
const FORMATS: [u16; 2] = [0x001E, 0x041E];
const LOOKS: [u16; 4] = [0x0043, 0x0243, 0x0443, 0x00E0];

/// What a `BOF` begins when it begins a sheet of cells. Excel 4 macros look alike, and some writers say this of sheets.
const OF_CELLS: u16 = 0x0010;
const OF_MACROS: u16 = 0x0040;
/// The same for the part that describes the workbook.
const OF_WORKBOOK: [u16; 2] = [0x0005, 0x0100];

/// A sheet of cells.
#[derive(Clone, Debug)]
pub(super) struct SheetPlace {
    pub(super) name: String,
    pub(super) visible: bool,
    /// Where its first record stands.
    pub(super) at: usize,
}

/// What was found.
pub(super) struct Globals {
    pub(super) generation: Generation,
    pub(super) charset: &'static Encoding,
    pub(super) epoch_1904: bool,
    pub(super) sheets: Vec<SheetPlace>,
    pub(super) strings: SharedStrings,
    /// How the numbers of each look are shown.
    pub(super) looks: Vec<NumberFormat>,
    /// How the numbers of each format are shown; cells of Excel 2 name the format itself.
    pub(super) formats: BTreeMap<u16, NumberFormat>,
}

impl Globals {
    /// Reads the beginning of the stream, and where its sheets stand.
    ///
    /// # Errors
    /// [`SourceError::Encrypted`], [`SourceError::NoSheet`], and where the stream has no beginning.
    pub(super) fn read(bytes: &[u8], part: &str) -> Result<Self, SourceError> {
        let mut records = Records::from(bytes, 0);
        let begun = records.find_map(|record| Some((beginning(&record)?, record.at)));
        let Some(((generation, of), start)) = begun else {
            return Err(crate::sources::workbook::archive::damaged(part, &"no BOF"));
        };
        let mut found = Globals {
            generation,
            charset: encoding_rs::WINDOWS_1252,
            epoch_1904: false,
            sheets: Vec::new(),
            strings: SharedStrings::default(),
            looks: Vec::new(),
            formats: BTreeMap::new(),
        };
        let of_workbook = OF_WORKBOOK.contains(&of);
        let mut declared = Vec::new();
        let mut look_formats = Vec::new();
        let mut depth = 0usize;
        for record in Records::from(bytes, start) {
            // Only what stands outside of sheets; older workbooks are one sheet, which says it itself.
            if beginning(&record).is_some() {
                depth += 1;
                if depth > 1 && generation >= Generation::Five {
                    break;
                }
                continue;
            }
            if record.kind == END {
                break;
            }
            found.take(&record, bytes, &mut declared, &mut look_formats)?;
        }
        found.looks = look_formats
            .into_iter()
            .map(|number| found.format(number))
            .collect();
        found.sheets = found.places(bytes, start, of_workbook, declared);
        if found.sheets.is_empty() {
            return Err(SourceError::NoSheet);
        }
        Ok(found)
    }

    /// How the numbers of a format are shown: as the file says, else as every spreadsheet does.
    pub(super) fn format(&self, number: u16) -> NumberFormat {
        let known = self.formats.get(&number).cloned();
        known.unwrap_or_else(|| NumberFormat::built_in(u32::from(number)))
    }

    fn take(
        &mut self,
        record: &Record<'_>,
        bytes: &[u8],
        declared: &mut Vec<Option<SheetPlace>>,
        look_formats: &mut Vec<u16>,
    ) -> Result<(), SourceError> {
        let body = record.body;
        match record.kind {
            ENCRYPTED => return Err(SourceError::Encrypted),
            CODE_PAGE => {
                let charset = u16_at(body, 0).and_then(charset_of);
                self.charset = charset.unwrap_or(self.charset);
            }
            EPOCH => self.epoch_1904 = u16_at(body, 0) == Some(1),
            SHEET => declared.push(self.declared_sheet(body)),
            SHARED => {
                let mut following = Records::from(bytes, record.at);
                following.next();
                let bodies = following.with_continuation(body);
                let strings = &mut self.strings;
                shared_texts(bodies, |text, _| {
                    tidy(text, 0);
                    strings.add(text);
                });
            }
            kind if FORMATS.contains(&kind) => self.take_format(record),
            kind if LOOKS.contains(&kind) => {
                let number = match kind {
                    0x00E0 => u16_at(body, 2),
                    0x0043 => body.get(2).map(|byte| u16::from(byte & 0x3F)),
                    _ => body.get(1).map(|&byte| u16::from(byte)),
                };
                look_formats.push(number.unwrap_or(0));
            }
            _ => {}
        }
        Ok(())
    }

    /// A format and its number; before Excel 5 they are numbered as they come.
    fn take_format(&mut self, record: &Record<'_>) {
        let body = record.body;
        let numbered = self.generation >= Generation::Five;
        let next = u16::try_from(self.formats.len()).unwrap_or(u16::MAX);
        let number = if numbered {
            u16_at(body, 0).unwrap_or(next)
        } else {
            next
        };
        let at = if record.kind == 0x041E { 2 } else { 0 };
        let mut texts = Texts::of(vec![body], at);
        let mut code = String::new();
        if self.generation == Generation::Eight {
            if let Some(length) = texts.u16() {
                // A format that is cut says what it can.
                let _ = texts.unicode(usize::from(length), &mut code);
            }
        } else if let Some(length) = texts.byte() {
            texts.narrow(usize::from(length), self.charset, &mut code);
        }
        self.formats.insert(number, NumberFormat::parse(&code));
    }

    /// A sheet as it is declared; `None` for one of charts or macros.
    fn declared_sheet(&self, body: &[u8]) -> Option<SheetPlace> {
        let at = u32_at(body, 0)? as usize;
        let (state, kind) = (*body.get(4)?, *body.get(5)?);
        let mut texts = Texts::of(vec![body], 6);
        let length = usize::from(texts.byte()?);
        let mut name = String::new();
        if self.generation == Generation::Eight {
            // A name that is cut is better than none.
            let _ = texts.unicode(length, &mut name);
        } else {
            texts.narrow(length, self.charset, &mut name);
        }
        (kind == 0).then_some(SheetPlace {
            name,
            visible: state & 3 == 0,
            at,
        })
    }

    /// Where the sheets stand: as declared, else as they come.
    fn places(
        &self,
        bytes: &[u8],
        start: usize,
        of_workbook: bool,
        declared: Vec<Option<SheetPlace>>,
    ) -> Vec<SheetPlace> {
        let begins_at = |at: usize| Records::from(bytes, at).next().as_ref().and_then(beginning);
        if !declared.is_empty()
            && declared
                .iter()
                .flatten()
                .all(|sheet| begins_at(sheet.at).is_some())
        {
            return declared.into_iter().flatten().collect();
        }
        // What is declared cannot be: the sheets are those that begin somewhere, outside of another.
        let (mut found, mut depth, mut name) = (Vec::new(), 0usize, None);
        for record in Records::from(bytes, start) {
            if let Some((_, of)) = beginning(&record) {
                let outside = depth == 0 || (of_workbook && depth == 1 && self.generation < Generation::Five);
                if outside && !OF_WORKBOOK.contains(&of) {
                    found.push((of, record.at, name.take()));
                }
                depth += 1;
            } else if record.kind == END {
                depth = depth.saturating_sub(1);
            } else if record.kind == SHEET_NAME {
                name = self.sheet_name(record.body);
            }
        }
        let places = found
            .into_iter()
            .enumerate()
            .filter_map(|(index, (of, at, name))| {
                let said = declared.get(index);
                if matches!(said, Some(None)) || !matches!(of, OF_CELLS | OF_MACROS) {
                    return None;
                }
                let said = said.cloned().flatten();
                Some(SheetPlace {
                    name: said
                        .as_ref()
                        .map(|sheet| sheet.name.clone())
                        .or(name)
                        .unwrap_or_else(|| format!("Sheet{}", index + 1)),
                    visible: said.is_none_or(|sheet| sheet.visible),
                    at,
                })
            });
        places.collect()
    }

    /// The name before a sheet in a workbook of Excel 4.
    fn sheet_name(&self, body: &[u8]) -> Option<String> {
        let mut texts = Texts::of(vec![body], 4);
        let length = usize::from(texts.byte()?);
        let mut name = String::new();
        texts.narrow(length, self.charset, &mut name);
        Some(name)
    }
}
