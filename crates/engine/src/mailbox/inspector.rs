//! One mail and what was made of it, side by side: the texts that values were read from, and where each value stands.

use serde::{Deserialize, Serialize};

use super::message::{Content, Part};
use super::parsed::ParsedMail;
use super::reading::{self, Circumstances, parse_under};
use super::rules::RuleBook;
use super::store::{MailId, MailRow, MailStore, StoreError};

/// A mail with its readable texts and its result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MailView {
    /// Its line in the list; absent for a mail that lies in no store.
    pub row: Option<MailRow>,
    /// Headers and parts as texts; HTML is shown as text, never executed.
    pub texts: Vec<MailText>,
    /// What is attached, readable or not.
    pub attachments: Vec<MailAttachment>,
    /// What the parser made of it; absent for a mail that was not read yet.
    pub parsed: Option<ParsedMail>,
    /// Where each value of the result stands in the texts.
    pub marks: Vec<Mark>,
}

/// A readable text of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MailText {
    /// As in provenances: a section number, or `header:` and a header's name.
    pub part: String,
    /// The media type; empty for headers.
    pub media_type: String,
    /// The text that the offsets of provenances refer to.
    pub text: String,
}

/// Something attached to a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MailAttachment {
    /// The section number.
    pub part: String,
    /// The name of the file, if it has one.
    pub file_name: Option<String>,
    /// The media type.
    pub media_type: String,
    /// Bytes after decoding.
    #[ts(type = "number")]
    pub size: usize,
}

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
// The window knows marks of cells, too.
#[ts(rename = "MailMark")]
pub struct Mark {
    /// The lead, from 0.
    #[ts(type = "number")]
    pub lead: usize,
    /// The field, or `extra.` and a label.
    pub field: String,
    /// The part of the text.
    pub part: String,
    /// Where it begins in the text, in UTF-16 code units, as a window counts.
    #[ts(type = "number")]
    pub start: usize,
    /// Where it ends, in UTF-16 code units.
    #[ts(type = "number")]
    pub end: usize,
}

/// A stored mail with its stored result.
///
/// # Errors
/// When there is no such mail, or the store cannot be read.
pub fn inspect(store: &MailStore, id: MailId) -> Result<MailView, StoreError> {
    let mail = store.mail(id)?;
    let parsed = store.reading(id)?;
    Ok(MailView {
        row: Some(store.row(id)?),
        ..view(&mail.raw, parsed)
    })
}

/// A stored mail with what `rules` would make of it; nothing is stored.
///
/// # Errors
/// When there is no such mail, or the store cannot be read.
pub fn preview(
    store: &MailStore,
    id: MailId,
    rules: &RuleBook,
    circumstances: &Circumstances,
) -> Result<MailView, StoreError> {
    let mail = store.mail(id)?;
    let circumstances = Circumstances {
        internal_date: mail.internal_date,
        ..*circumstances
    };
    let parsed = parse_under(&mail.raw, rules, &circumstances);
    Ok(MailView {
        row: Some(store.row(id)?),
        ..view(&mail.raw, Some(parsed))
    })
}

/// A raw mail beside a result.
pub fn view(raw: &[u8], parsed: Option<ParsedMail>) -> MailView {
    let mail = Part::read(raw);
    let mut texts = reading::texts(&mail);
    let mut attachments = Vec::new();
    list_attachments(&mail, &mut attachments);
    let mut marks = Vec::new();
    for (index, lead) in parsed.iter().flat_map(|parsed| parsed.leads.iter().enumerate()) {
        for (field, provenance) in &lead.provenance {
            // A header that is not shown by itself is shown where a value came from it.
            if !texts.iter().any(|text| text.part == provenance.part)
                && let Some(text) = reading::header_text(&mail, &provenance.part)
            {
                texts.push(MailText {
                    part: provenance.part.clone(),
                    media_type: String::new(),
                    text,
                });
            }
            if let Some(text) = texts.iter().find(|text| text.part == provenance.part)
                && let (Some(start), Some(end)) = (
                    utf16(&text.text, provenance.start),
                    utf16(&text.text, provenance.end),
                )
            {
                marks.push(Mark {
                    lead: index,
                    field: field.clone(),
                    part: provenance.part.clone(),
                    start,
                    end,
                });
            }
        }
    }
    MailView {
        row: None,
        texts,
        attachments,
        parsed,
        marks,
    }
}

/// The UTF-16 code units before the character `at`; `None` past the end.
fn utf16(text: &str, at: usize) -> Option<usize> {
    let mut units = 0;
    let mut chars = text.chars();
    for _ in 0..at {
        units += chars.next()?.len_utf16();
    }
    Some(units)
}

fn list_attachments(part: &Part, attachments: &mut Vec<MailAttachment>) {
    match &part.content {
        Content::Multipart(_, children) => {
            for child in children {
                list_attachments(child, attachments);
            }
        }
        Content::Mail(inner) => list_attachments(inner, attachments),
        Content::Leaf(bytes) => {
            let file_name = part.file_name();
            if file_name.is_some() || part.is_attachment() {
                attachments.push(MailAttachment {
                    part: part.number.clone(),
                    file_name,
                    media_type: part.media_type().to_string(),
                    size: bytes.len(),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_marked_where_it_stands() {
        let raw = "From: P <noreply@portal.example>\nReply-To: Max Muster <max@example.test>\nSubject: Anfrage 😀\n\
            Date: Mon, 3 Mar 2025 10:15:00 +0100\nContent-Type: text/html; charset=utf-8\n\n\
            <p>😀 Grüße</p><table><tr><td>Name</td><td>Max Muster</td></tr><tr><td>Telefon</td><td>030 1234567</td></tr>\
            <tr><td>Kurs</td><td>Öko 😀 Kurs</td></tr></table><script>alert(1)</script>";
        let parsed = reading::parse(raw.as_bytes(), &RuleBook::built_in());
        let view = view(raw.as_bytes(), Some(parsed.clone()));
        let lead = &parsed.leads[0];
        assert_eq!(view.marks.len(), lead.provenance.len());
        for mark in &view.marks {
            let text = view.texts.iter().find(|text| text.part == mark.part).unwrap();
            let units: Vec<u16> = text.text.encode_utf16().collect();
            let shown = String::from_utf16(&units[mark.start..mark.end]).unwrap();
            assert_eq!(shown, lead.provenance[&mark.field].text, "{}", mark.field);
        }
        assert!(view.texts.iter().all(|text| !text.text.contains("alert")));
    }
}
