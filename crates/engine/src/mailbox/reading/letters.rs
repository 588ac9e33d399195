//! A mail as the letters in it (itself and mails forwarded as attachments), with everything readable in each.

use crate::mailbox::layout::quoting::SubjectKind;
use crate::mailbox::layout::{Sheet, html, plain};
use crate::mailbox::message::{Address, Content, Headers, Part};
use crate::mailbox::rules::Evidence;

use super::data::{self, Data};

/// The readable contents of a mail.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// The mail itself first.
    pub(super) letters: Vec<Letter>,
    pub(super) sheets: Vec<Sheet>,
    pub(super) sources: Vec<Source>,
    /// Names of attached files.
    pub(super) file_names: Vec<String>,
}

/// A mail, or a mail in a mail.
#[derive(Debug)]
pub(super) struct Letter {
    /// The section before its headers; empty for the mail itself.
    pub(super) number: String,
    pub(super) headers: Headers,
    pub(super) media_type: String,
}

/// A sheet, and what it is in the mail.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) sheet: usize,
    pub(super) letter: usize,
    pub(super) kind: SourceKind,
    /// Parts with the same number say the same in different forms.
    pub(super) alternative: Option<usize>,
    pub(super) flowed: bool,
    pub(super) media_type: String,
}

/// What a sheet is in the mail.
#[derive(Debug)]
pub(super) enum SourceKind {
    Body,
    Attachment,
    Data(Box<Data>),
}

impl Letter {
    pub(super) fn subject(&self) -> String {
        self.headers.text("subject").unwrap_or_default()
    }

    pub(super) fn subject_kind(&self) -> SubjectKind {
        SubjectKind::of(&self.subject())
    }

    pub(super) fn from(&self) -> Option<Address> {
        self.headers.addresses("from").into_iter().next()
    }

    /// The name of a header for provenances.
    pub(super) fn header_part(&self, name: &str) -> String {
        if self.number.is_empty() {
            format!("header:{name}")
        } else {
            format!("{}/header:{name}", self.number)
        }
    }
}

/// A readable text may be this long; more is no mail that a person wrote or a form sent.
const LONGEST_TEXT: usize = 4 << 20;

/// Collects everything readable.
pub(super) fn contents(mail: &Part) -> Contents {
    let mut contents = Contents::default();
    let mut alternatives = 0;
    letter(mail, &mut contents, &mut alternatives);
    contents
}

fn letter(part: &Part, contents: &mut Contents, alternatives: &mut usize) {
    let index = contents.letters.len();
    contents.letters.push(Letter {
        number: part.number.clone(),
        headers: part.headers.clone(),
        media_type: part.media_type().to_string(),
    });
    collect(part, index, None, contents, alternatives);
}

fn collect(
    part: &Part,
    at: usize,
    alternative: Option<usize>,
    contents: &mut Contents,
    alternatives: &mut usize,
) {
    match &part.content {
        Content::Multipart(kind, children) => {
            let group = if kind == "alternative" {
                *alternatives += 1;
                Some(alternative.unwrap_or(*alternatives))
            } else {
                alternative
            };
            for child in children {
                collect(child, at, group, contents, alternatives);
            }
        }
        Content::Mail(inner) => letter(inner, contents, alternatives),
        Content::Leaf(bytes) => leaf(part, bytes, at, alternative, contents),
    }
}

fn leaf(part: &Part, bytes: &[u8], letter: usize, alternative: Option<usize>, contents: &mut Contents) {
    let name = part.file_name();
    contents.file_names.extend(name.clone());
    let sheet = contents.sheets.len();
    if let Some(data) = data::read(part, bytes) {
        contents.sheets.push(data.sheet.clone());
        contents.sources.push(Source {
            sheet,
            letter,
            kind: SourceKind::Data(Box::new(data)),
            alternative: None,
            flowed: false,
            media_type: part.media_type().to_string(),
        });
        return;
    }
    let media_type = part.media_type();
    let is_html = matches!(media_type, "text/html" | "application/xhtml+xml")
        || name
            .as_deref()
            .is_some_and(|name| name.to_lowercase().ends_with(".html"));
    let is_text =
        media_type.starts_with("text/") && !matches!(media_type, "text/calendar" | "text/css" | "text/rtf");
    if !is_html && !is_text || bytes.len() > LONGEST_TEXT * 2 {
        return;
    }
    let Some(mut text) = part.text() else { return };
    if text.len() > LONGEST_TEXT {
        let mut end = LONGEST_TEXT;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    // Some programs send markup and call it plain text.
    let is_markup = is_html || looks_like_markup(&text);
    contents.sheets.push(if is_markup {
        html::sheet(&part.number, &text)
    } else {
        plain::sheet(&part.number, text, part.is_flowed())
    });
    contents.sources.push(Source {
        sheet,
        letter,
        kind: if part.is_attachment() {
            SourceKind::Attachment
        } else {
            SourceKind::Body
        },
        alternative,
        flowed: part.is_flowed(),
        media_type: media_type.to_string(),
    });
}

fn looks_like_markup(text: &str) -> bool {
    let head: String = text
        .trim_start()
        .chars()
        .take(600)
        .collect::<String>()
        .to_ascii_lowercase();
    head.starts_with("<!doctype html")
        || head.starts_with("<html")
        || head.starts_with("<table")
        || head.starts_with("<div")
}

impl Contents {
    /// What the conditions of rules are held against.
    pub(super) fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::default();
        for letter in &self.letters {
            evidence.from.extend(letter.headers.texts("from"));
            evidence.reply_to.extend(letter.headers.texts("reply-to"));
            evidence.to.extend(letter.headers.texts("to"));
            evidence.subjects.push(letter.subject());
            for (name, value) in letter.headers.iter() {
                evidence.headers.push((name.to_lowercase(), value));
            }
        }
        for source in &self.sources {
            evidence.bodies.push(self.sheets[source.sheet].text.clone());
        }
        evidence.attachments.clone_from(&self.file_names);
        evidence
    }
}
