//! A thin layer over the XML reader: elements by local name, attributes by local name, text with its references
//! resolved. Entities that a document declares itself are never resolved, so none can grow or reach outside.

use quick_xml::{
    Reader,
    events::{BytesEnd, BytesRef, BytesStart, Event},
};

use super::archive::{Content, damaged, read_error};
use crate::sources::error::SourceError;

/// An element or text of a document.
#[derive(Debug)]
pub(crate) enum Node<'a> {
    /// A start tag; `empty` for `<a/>`, which has no end tag.
    Start { tag: BytesStart<'a>, empty: bool },
    /// An end tag.
    End(BytesEnd<'a>),
    /// Text.
    Text(std::borrow::Cow<'a, str>),
    /// Anything else.
    Other,
    /// The end of the document.
    Eof,
}

/// A document being read.
pub(crate) struct Xml<R> {
    reader: Reader<R>,
    part: String,
    buffer: Vec<u8>,
    /// Bytes that went past the reader.
    passed: u64,
}

impl<R: Content> Xml<R> {
    pub(crate) fn new(content: R, part: &str) -> Self {
        let mut reader = Reader::from_reader(content);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Xml {
            reader,
            part: part.to_owned(),
            buffer: Vec::new(),
            passed: 0,
        }
    }

    /// The next node.
    pub(crate) fn next(&mut self) -> Result<Node<'_>, SourceError> {
        self.buffer.clear();
        let event = self
            .reader
            .read_event_into(&mut self.buffer)
            .map_err(|error| match error {
                quick_xml::Error::Io(error) => read_error(&self.part, &error),
                error => damaged(&self.part, &error),
            })?;
        Ok(match event {
            Event::Start(tag) => Node::Start { tag, empty: false },
            Event::Empty(tag) => Node::Start { tag, empty: true },
            Event::End(tag) => Node::End(tag),
            Event::Text(text) => Node::Text(match text.into_inner() {
                std::borrow::Cow::Borrowed(text) if !text.contains('\r') => text.into(),
                text => text.replace("\r\n", "\n").replace('\r', "\n").into(),
            }),
            Event::CData(text) => Node::Text(text.into_inner()),
            Event::GeneralRef(reference) => Node::Text(resolve(&reference).into()),
            Event::Eof => Node::Eof,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => Node::Other,
        })
    }

    /// Bytes of the document that were read.
    pub(crate) fn position(&self) -> u64 {
        self.reader.buffer_position() + self.passed
    }

    /// The content behind the node just read, for who reads on by himself; `passed` bytes of it are counted as read.
    pub(crate) fn content(&mut self, passed: u64) -> &mut R {
        self.passed += passed;
        self.reader.get_mut()
    }

    /// Name of the part that is read, for messages.
    pub(crate) fn part(&self) -> &str {
        &self.part
    }

    /// Passes over everything up to the end tag that belongs to a start tag just read.
    pub(crate) fn skip(&mut self) -> Result<(), SourceError> {
        let mut depth = 1usize;
        while depth > 0 {
            match self.next()? {
                Node::Start { empty: false, .. } => depth += 1,
                Node::End(_) => depth -= 1,
                Node::Eof => break,
                _ => {}
            }
        }
        Ok(())
    }

    /// The text up to the end tag that belongs to a start tag just read, without that of elements inside.
    pub(crate) fn text_into(&mut self, out: &mut String) -> Result<(), SourceError> {
        let mut depth = 1usize;
        loop {
            match self.next()? {
                Node::Start { empty: false, .. } => depth += 1,
                Node::End(_) => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                Node::Text(text) if depth == 1 => out.push_str(&text),
                Node::Eof => return Ok(()),
                _ => {}
            }
        }
    }
}

fn resolve(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(sign)) = reference.resolve_char_ref() {
        return sign.to_string();
    }
    let name = reference.borrow().into_inner();
    match quick_xml::escape::resolve_predefined_entity(&name) {
        Some(text) => text.to_owned(),
        None => format!("&{name};"),
    }
}

/// The value of an attribute by local name.
pub(crate) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    tag.attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)
        .map(|attribute| match quick_xml::escape::unescape(&attribute.value) {
            Ok(text) => text.into_owned(),
            Err(_) => attribute.value.to_string(),
        })
}

/// Passes the attributes by local name and raw value; for the cells of a sheet, where every allocation counts. Their
/// values (references, types, numbers) need no unescaping.
pub(crate) fn raw_attributes<'a>(tag: &'a BytesStart<'_>, mut take: impl FnMut(&'a str, &'a str)) {
    let mut rest = tag.attributes_raw();
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_ascii_start();
        let Some(quote) = after.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else {
            return;
        };
        let Some((value, following)) = after[1..].split_once(quote) else {
            return;
        };
        let name = name.trim_ascii();
        take(name.rsplit_once(':').map_or(name, |(_, local)| local), value);
        rest = following;
    }
}

/// True for an attribute that is set.
pub(crate) fn flag(tag: &BytesStart<'_>, name: &str) -> bool {
    attribute(tag, name).is_some_and(|value| matches!(value.as_str(), "1" | "true" | "on"))
}
