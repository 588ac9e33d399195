//! Excel workbooks (`.xlsx`, `.xlsm`), read by our own streaming reader.
//!
//! calamine reads these too, but shows neither hidden rows and columns nor number formats, and its ranges are dense: a
//! single styled cell in the last corner asks for half a terabyte. Here a sheet streams by, row by row; what is kept
//! is the shared texts and one block of rows.

use std::{collections::BTreeMap, path::Path};

use super::{
    Workbook,
    archive::{Archive, inflated_ahead},
    sheet::{SheetContext, parse_range, read_sheet},
    sheet_rows::{HiddenRows, SheetFacts},
    styles::{SharedStrings, Styles},
    xml::{Node, Xml, attribute, flag},
};
use crate::sources::{
    Control, error::SourceError, inspection::SourceSheet, settings::ReadSettings, stream::RawBlock,
    tally::NoticeTally,
};

/// Parts below this size are counted exactly when sheets are listed, in bytes.
const COUNTED: u64 = 4 << 20;

/// An Excel workbook whose directory has been read.
pub(crate) struct XlsxFile {
    archive: Archive,
    sheets: Vec<SheetPart>,
    strings: Option<SharedStrings>,
    strings_part: String,
    styles: Styles,
    epoch_1904: bool,
}

#[derive(Debug)]
struct SheetPart {
    name: String,
    part: String,
    visible: bool,
}

impl XlsxFile {
    pub(crate) fn open(path: &Path) -> Result<Self, SourceError> {
        let mut archive = Archive::open(path)?;
        let workbook = workbook_part(&mut archive)?;
        let relations = relations(&mut archive, &workbook)?;
        let (mut sheets, mut epoch_1904) = (Vec::new(), false);
        if let Some(member) = archive.member(&workbook)? {
            let mut xml = Xml::new(member, &workbook);
            loop {
                match xml.next()? {
                    Node::Start { tag, .. } => match tag.local_name().as_ref() {
                        // An extension has an element of the same name.
                        "workbookPr" => epoch_1904 |= flag(&tag, "date1904"),
                        "sheet" => {
                            let name = attribute(&tag, "name").unwrap_or_default();
                            let state = attribute(&tag, "state").unwrap_or_default();
                            let relation = relation_id(&tag).and_then(|id| relations.get(&id));
                            if let Some((kind, part)) = relation
                                && kind.ends_with("/worksheet")
                            {
                                sheets.push(SheetPart {
                                    name,
                                    part: part.clone(),
                                    visible: !state.eq_ignore_ascii_case("hidden")
                                        && !state.eq_ignore_ascii_case("veryHidden"),
                                });
                            }
                        }
                        _ => {}
                    },
                    Node::Eof => break,
                    _ => {}
                }
            }
        }
        sheets.retain(|sheet| archive.has(&sheet.part));
        if sheets.is_empty() {
            return Err(SourceError::NoSheet);
        }
        let of_kind = |kind: &str, usual: &str| {
            relations
                .values()
                .find(|(other, _)| other.ends_with(kind))
                .map_or_else(|| usual.to_owned(), |(_, part)| part.clone())
        };
        let styles = Styles::read(&mut archive, &of_kind("/styles", "xl/styles.xml"))?;
        Ok(XlsxFile {
            strings_part: of_kind("/sharedStrings", "xl/sharedStrings.xml"),
            archive,
            sheets,
            strings: None,
            styles,
            epoch_1904,
        })
    }

    fn declared(&mut self, part: &str) -> Result<Option<(u32, usize)>, SourceError> {
        let Some(member) = self.archive.member(part)? else {
            return Ok(None);
        };
        let mut xml = Xml::new(member, part);
        loop {
            match xml.next()? {
                Node::Start { tag, .. } => match tag.local_name().as_ref() {
                    "dimension" => {
                        let range = attribute(&tag, "ref");
                        return Ok(range
                            .as_deref()
                            .and_then(parse_range)
                            .map(|(_, _, row, column)| (row, column + 1)));
                    }
                    "sheetData" => return Ok(None),
                    _ => {}
                },
                Node::Eof => return Ok(None),
                _ => {}
            }
        }
    }
}

impl Workbook for XlsxFile {
    fn epoch_1904(&self) -> bool {
        self.epoch_1904
    }

    fn names(&self) -> Vec<(String, bool)> {
        self.sheets
            .iter()
            .map(|sheet| (sheet.name.clone(), sheet.visible))
            .collect()
    }

    /// A sheet with its size: counted where it is small or where what it declares cannot be, else as declared.
    fn describe(&mut self, index: usize) -> Result<SourceSheet, SourceError> {
        let part = self.sheets[index].part.clone();
        let size = self.archive.declared_size(&part).unwrap_or(0);
        let declared = if size > COUNTED {
            self.declared(&part)?
        } else {
            None
        };
        // A row takes at least some bytes of XML.
        let plausible = declared.filter(|(rows, _)| u64::from(*rows) * 8 < size);
        let (rows, columns) = match plausible {
            Some(found) => found,
            None => {
                let facts = self.stream(
                    index,
                    1,
                    &ReadSettings::default(),
                    &Control::quiet(),
                    &mut NoticeTally::default(),
                    &mut |_| true,
                )?;
                (facts.last_row, facts.columns)
            }
        };
        Ok(SourceSheet {
            name: self.sheets[index].name.clone(),
            visible: self.sheets[index].visible,
            rows,
            columns: u32::try_from(columns).unwrap_or(u32::MAX),
        })
    }

    /// Reads a sheet; see [`read_sheet`].
    fn stream(
        &mut self,
        index: usize,
        width: usize,
        settings: &ReadSettings,
        control: &Control<'_>,
        notices: &mut NoticeTally,
        out: &mut dyn FnMut(Vec<RawBlock>) -> bool,
    ) -> Result<SheetFacts, SourceError> {
        if self.strings.is_none() {
            self.strings = Some(SharedStrings::read(
                &mut self.archive,
                &self.strings_part,
                control,
            )?);
        }
        let part = self.sheets[index].part.clone();
        let total = self.archive.declared_size(&part).unwrap_or(0);
        let Some(member) = self.archive.member(&part)? else {
            return Ok(SheetFacts::default());
        };
        let context = SheetContext {
            strings: self.strings.as_ref().expect("read just above"),
            styles: &self.styles,
            epoch_1904: self.epoch_1904,
            hidden: HiddenRows::of(settings),
            width,
        };
        let mut progress = |row: u32, bytes: u64| {
            control.check()?;
            control.report(bytes.min(total), total, u64::from(row));
            Ok(())
        };
        inflated_ahead(member, |ahead| {
            read_sheet(ahead, &part, &context, notices, &mut progress, out)
        })
    }
}

/// The id of a relation, in whichever namespace it stands.
fn relation_id(tag: &quick_xml::events::BytesStart<'_>) -> Option<String> {
    tag.attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.as_ref().contains(':') && attribute.key.local_name().as_ref() == "id")
        .map(|attribute| attribute.value.to_string())
}

/// The part that is the workbook, as the package says.
fn workbook_part(archive: &mut Archive) -> Result<String, SourceError> {
    let found = relations(archive, "")?
        .into_values()
        .find(|(kind, _)| kind.ends_with("/officeDocument"))
        .map(|(_, part)| part);
    Ok(found
        .filter(|part| archive.has(part))
        .unwrap_or_else(|| "xl/workbook.xml".to_owned()))
}

/// The relations of a part: id to kind and target.
pub(crate) fn relations(
    archive: &mut Archive,
    part: &str,
) -> Result<BTreeMap<String, (String, String)>, SourceError> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let prefix = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    let rels = format!("{prefix}_rels/{file}.rels");
    let mut found = BTreeMap::new();
    let Some(member) = archive.member(&rels)? else {
        return Ok(found);
    };
    let mut xml = Xml::new(member, &rels);
    loop {
        match xml.next()? {
            Node::Start { tag, .. } if tag.local_name().as_ref() == "Relationship" => {
                let get = |name| attribute(&tag, name).unwrap_or_default();
                let target = get("Target");
                let target = match target.strip_prefix('/') {
                    Some(absolute) => absolute.to_owned(),
                    None => resolve(&format!("{prefix}{target}")),
                };
                found.insert(get("Id"), (get("Type"), target));
            }
            Node::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// A path inside the archive without `.` and `..`.
fn resolve(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
