//! From a mail to its leads.
//!
//! Every readable part is divided into what its sender wrote, what was forwarded and what is only quoted; each stretch
//! is read as pairs of label and value, tables and lists; the reading that says most is taken, and what it lacks is
//! filled from other forms of the same text, from attachments, from unlabelled text and at last from the headers. The
//! less direct, the lower the confidence.

mod boilerplate;
mod context;
mod data;
mod draft;
mod fields;
mod leads;
mod letters;
mod pairs;
mod parse;
mod positions;
mod result;
mod ruled;
mod shape;
mod tables;
mod verdict;

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::inspector::MailText;
use super::message::Part;
use super::parsed::{ParsedMail, ReadingProblem};
use super::rules::RuleBook;

/// Grows with every change of the reader after which stored mails should be read again.
pub(in crate::mailbox) const READER_VERSION: u32 = 1;

/// What is known of a mail beside its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances {
    /// When the server says it was delivered; counts where the mail names no date.
    pub internal_date: Option<DateTime<Utc>>,
    /// Holds for times in the mail that name no zone.
    pub zone: Tz,
}

impl Default for Circumstances {
    fn default() -> Self {
        Circumstances {
            internal_date: None,
            zone: chrono_tz::Europe::Berlin,
        }
    }
}

/// Reads a raw mail with the given rules. Never fails and never panics: what cannot be read says so in its status.
pub fn parse(raw: &[u8], rules: &RuleBook) -> ParsedMail {
    parse_under(raw, rules, &Circumstances::default())
}

/// [`parse`] with what else is known of the mail.
pub fn parse_under(raw: &[u8], rules: &RuleBook, circumstances: &Circumstances) -> ParsedMail {
    if raw.trim_ascii().is_empty() {
        return ParsedMail::failed(ReadingProblem::Empty);
    }
    // The last wall: one mail that meets a defect must not be in the way of the others.
    catch_unwind(AssertUnwindSafe(|| {
        let mail = Part::read(raw);
        if !is_a_mail(&mail) {
            return ParsedMail::failed(ReadingProblem::NotAMail);
        }
        parse::parse(&mail, rules, circumstances)
    }))
    .unwrap_or_else(|_| ParsedMail::failed(ReadingProblem::Defect))
}

/// The readable texts of a mail as the offsets of provenances refer to them: its main headers and its parts.
pub(in crate::mailbox) fn texts(mail: &Part) -> Vec<MailText> {
    let contents = letters::contents(mail);
    let mut texts = Vec::new();
    for letter in &contents.letters {
        for name in ["From", "Reply-To", "To", "Subject", "Date"] {
            if let Some(text) = letter.headers.text(name) {
                texts.push(MailText {
                    part: letter.header_part(name),
                    media_type: String::new(),
                    text,
                });
            }
        }
    }
    for source in &contents.sources {
        let sheet = &contents.sheets[source.sheet];
        texts.push(MailText {
            part: sheet.part.clone(),
            media_type: source.media_type.clone(),
            text: sheet.text.clone(),
        });
    }
    texts
}

/// The text of a header by the name that provenances give it.
pub(in crate::mailbox) fn header_text(mail: &Part, part: &str) -> Option<String> {
    let (number, name) = part.split_once("header:")?;
    let contents = letters::contents(mail);
    let letter = contents
        .letters
        .iter()
        .find(|letter| letter.number == number.trim_end_matches('/'))?;
    letter.headers.text(name)
}

/// Headers of which every mail has at least one.
fn is_a_mail(mail: &Part) -> bool {
    [
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "received",
        "mime-version",
        "content-type",
        "return-path",
        "delivered-to",
        "reply-to",
        "sender",
    ]
    .iter()
    .any(|name| mail.headers.raw(name).is_some())
}
