//! Attached data: JSON, XML, CSV, vCard and workbooks.
//!
//! Each is written out as a text of lines `path: value` (or of rows with tabs), which is what the offsets of values
//! refer to; from there on a lead is put together as from any other text.

mod delimited;
mod json;
mod vcard;
mod workbook;
mod xml;

use crate::mailbox::layout::{Sheet, Span};
use crate::mailbox::message::Part;
use crate::mailbox::vocabulary::{Concept, Meaning, Section, Strength, understand, understand_exactly};

use super::pairs::{How, Pair};

/// An attachment that was understood.
#[derive(Clone, Debug, Default)]
pub(super) struct Data {
    pub(super) format: &'static str,
    pub(super) sheet: Sheet,
    /// Pairs of each record.
    pub(super) records: Vec<Vec<Pair>>,
    /// Pairs that hold for all records.
    pub(super) shared: Vec<Pair>,
    /// Values by path, for rules: JSON pointers, XML paths.
    pub(super) paths: Vec<(String, Span)>,
}

/// Larger attachments are left to the import of files: they are exports and no mails.
const LARGEST: usize = 16 << 20;

/// Reads a leaf as data, if it is some; by its media type, its file name, and what it begins with.
pub(super) fn read(part: &Part, bytes: &[u8]) -> Option<Data> {
    if bytes.len() > LARGEST {
        return None;
    }
    let media_type = part.media_type();
    let name = part.file_name().unwrap_or_default().to_lowercase();
    let ends = |ending: &str| name.ends_with(ending);
    let text = || part.text().unwrap_or_default();
    let is_body = media_type == "text/plain" && name.is_empty();
    let data = if is_body {
        let text = text();
        match text.trim_start().as_bytes() {
            [b'{' | b'[', ..] => json::read(&text),
            [b'<', b'?', b'x', b'm', b'l', ..] | [b'<', b'a', b'd', b'f', ..] => xml::read(&text),
            _ => None,
        }
    } else if media_type.ends_with("/json") || media_type.ends_with("+json") || ends(".json") {
        json::read(&text())
    } else if matches!(media_type, "text/vcard" | "text/x-vcard" | "text/directory") || ends(".vcf") {
        vcard::read(&text())
    } else if matches!(
        media_type,
        "text/csv" | "text/tab-separated-values" | "application/csv"
    ) || ends(".csv")
        || ends(".tsv")
    {
        delimited::read(&text())
    } else if media_type.contains("spreadsheetml") || ends(".xlsx") || ends(".xlsm") {
        workbook::read(bytes)
    } else if (media_type.ends_with("/xml") || media_type.ends_with("+xml") || ends(".xml"))
        && media_type != "application/xhtml+xml"
        && !ends(".svg")
    {
        xml::read(&text())
    } else {
        None
    };
    data.map(|mut data| {
        data.sheet.part.clone_from(&part.number);
        data
    })
}

/// Writes the text of a sheet and remembers where everything stands.
#[derive(Debug, Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn write(&mut self, text: &str) -> Span {
        let start = self.text.len();
        self.text.push_str(text);
        Span::new(start, self.text.len())
    }

    /// A line `label: value`.
    fn line(&mut self, label: &str, value: &str) -> (Span, Span) {
        let label = self.write(label);
        self.text.push_str(": ");
        let value = self.write(value);
        self.text.push('\n');
        (label, value)
    }

    fn sheet(self) -> Sheet {
        Sheet {
            text: self.text,
            ..Sheet::default()
        }
    }
}

/// A pair of a record; `path` are the names from the outermost to the innermost.
fn pair(path: &[&str], label: Span, value: Span) -> Pair {
    Pair {
        label,
        meaning: meaning_of(path),
        value,
        how: How::Label,
        section: Section::Person,
    }
}

/// What a name in a structure means: with the name around it ("company.name"), else alone.
fn meaning_of(path: &[&str]) -> Option<Meaning> {
    let (name, around) = path.split_last()?;
    let parent = around.last().copied().unwrap_or_default();
    let both = format!("{parent} {name}");
    understand_exactly(&both)
        .filter(|_| !parent.is_empty())
        .or_else(|| understand_exactly(name))
        .or_else(|| understand(&both))
}

fn known(concept: Concept) -> Meaning {
    Meaning {
        concepts: vec![concept],
        strength: Strength::Exact,
    }
}

/// True for names under which a record is likely to describe a person.
fn is_record(pairs: &[Pair]) -> bool {
    let known = pairs
        .iter()
        .filter(|pair| {
            pair.meaning
                .as_ref()
                .is_some_and(|meaning| meaning.strength == Strength::Exact)
        })
        .count();
    known >= 2
}
