//! The parts of a workbook that cells refer to: shared texts, and the number format of each cell style.

use std::collections::BTreeMap;

use super::{
    archive::{Archive, Content, damaged, inflated_ahead},
    number_format::NumberFormat,
    xml::{Node, Xml, attribute},
};
use crate::sources::{Control, error::SourceError};

/// Shared texts may take this much memory, in bytes.
pub(super) const MOST_TEXT: usize = 1 << 30;

/// The texts that cells share, in one piece of memory.
#[derive(Debug, Default)]
pub(crate) struct SharedStrings {
    text: String,
    ends: Vec<u32>,
}

impl SharedStrings {
    pub(crate) fn read(
        archive: &mut Archive,
        part: &str,
        control: &Control<'_>,
    ) -> Result<Self, SourceError> {
        let mut strings = SharedStrings::default();
        let Some(member) = archive.member(part)? else {
            return Ok(strings);
        };
        inflated_ahead(member, |ahead| strings.parse(ahead, part, control))?;
        Ok(strings)
    }

    fn parse<R: Content>(
        &mut self,
        content: R,
        part: &str,
        control: &Control<'_>,
    ) -> Result<(), SourceError> {
        let strings = self;
        let mut xml = Xml::new(content, part);
        loop {
            match xml.next()? {
                Node::Start { tag, empty } if tag.local_name().as_ref() == "si" => {
                    drop(tag);
                    if !empty {
                        rich_text(&mut xml, &mut strings.text)?;
                    }
                    if strings.text.len() > MOST_TEXT {
                        return Err(SourceError::TooLarge {
                            part: part.to_owned(),
                            limit: MOST_TEXT as u64,
                        });
                    }
                    let end = u32::try_from(strings.text.len()).map_err(|error| damaged(part, &error))?;
                    strings.ends.push(end);
                    if strings.ends.len().is_multiple_of(4096) {
                        control.check()?;
                    }
                }
                Node::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    /// Takes a text; false, and the text is left out, where all together are too many.
    pub(crate) fn add(&mut self, text: &str) -> bool {
        let end = self.text.len() + text.len();
        let Some(end) = u32::try_from(end).ok().filter(|end| *end as usize <= MOST_TEXT) else {
            return false;
        };
        self.text.push_str(text);
        self.ends.push(end);
        true
    }

    /// The text with number `index`.
    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = match index.checked_sub(1) {
            Some(before) => self.ends[before] as usize,
            None => 0,
        };
        Some(&self.text[start..end])
    }
}

/// Appends the text of an `si` or `is` element: its runs, without what only tells how to pronounce them.
pub(crate) fn rich_text<R: Content>(xml: &mut Xml<R>, out: &mut String) -> Result<(), SourceError> {
    let (mut depth, mut text_at, mut phonetic_at) = (1usize, 0usize, 0usize);
    let start = out.len();
    while depth > 0 {
        match xml.next()? {
            Node::Start { tag, empty: false } => {
                depth += 1;
                match tag.local_name().as_ref() {
                    "t" if phonetic_at == 0 => text_at = depth,
                    "rPh" if phonetic_at == 0 => phonetic_at = depth,
                    _ => {}
                }
            }
            Node::End(_) => {
                if depth == text_at {
                    text_at = 0;
                }
                if depth == phonetic_at {
                    phonetic_at = 0;
                }
                depth -= 1;
            }
            Node::Text(text) if text_at > 0 => out.push_str(&text),
            Node::Eof => break,
            _ => {}
        }
    }
    unescape_signs(out, start);
    Ok(())
}

/// Resolves `_x000D_` and the like, in which workbooks write control characters.
pub(crate) fn unescape_signs(text: &mut String, start: usize) {
    if !text[start..].contains("_x") {
        return;
    }
    let raw = text.split_off(start);
    let mut rest = raw.as_str();
    while let Some(place) = rest.find("_x") {
        let code = rest
            .get(place + 2..place + 6)
            .filter(|_| rest.as_bytes().get(place + 6) == Some(&b'_'))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        text.push_str(&rest[..place]);
        match code {
            Some(sign) => {
                text.push(sign);
                rest = &rest[place + 7..];
            }
            None => {
                text.push_str("_x");
                rest = &rest[place + 2..];
            }
        }
    }
    text.push_str(rest);
    // Excel writes line breaks in cells as CR LF through this escape.
    if text[start..].contains('\r') {
        let tail = text.split_off(start);
        text.push_str(&tail.replace("\r\n", "\n").replace('\r', "\n"));
    }
}

/// The number format of each cell style.
#[derive(Debug, Default)]
pub(crate) struct Styles {
    formats: Vec<NumberFormat>,
}

impl Styles {
    pub(crate) fn read(archive: &mut Archive, part: &str) -> Result<Self, SourceError> {
        let Some(member) = archive.member(part)? else {
            return Ok(Styles::default());
        };
        let mut xml = Xml::new(member, part);
        let mut codes: BTreeMap<u32, NumberFormat> = BTreeMap::new();
        let mut formats = Vec::new();
        let mut in_cells = false;
        loop {
            match xml.next()? {
                Node::Start { tag, empty } => match tag.local_name().as_ref() {
                    "numFmt" => {
                        let id = attribute(&tag, "numFmtId").and_then(|id| id.parse().ok());
                        if let (Some(id), Some(code)) = (id, attribute(&tag, "formatCode")) {
                            codes.insert(id, NumberFormat::parse(&code));
                        }
                    }
                    "cellXfs" => in_cells = !empty,
                    "xf" if in_cells => {
                        let id = attribute(&tag, "numFmtId")
                            .and_then(|id| id.parse::<u32>().ok())
                            .unwrap_or(0);
                        formats.push(
                            codes
                                .get(&id)
                                .cloned()
                                .unwrap_or_else(|| NumberFormat::built_in(id)),
                        );
                    }
                    _ => {}
                },
                Node::End(tag) if tag.local_name().as_ref() == "cellXfs" => in_cells = false,
                Node::Eof => return Ok(Styles { formats }),
                _ => {}
            }
        }
    }

    /// Takes the format of the next style.
    pub(crate) fn add(&mut self, format: NumberFormat) {
        self.formats.push(format);
    }

    /// The format of a style; plain for a style that is not there.
    pub(crate) fn format(&self, style: usize) -> &NumberFormat {
        self.formats.get(style).unwrap_or(&NumberFormat::Plain)
    }
}
