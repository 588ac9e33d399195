//! What a raw mail says on the wire: its headers and the tree of its parts, decoded.
//!
//! This is an own reader and not a library because every value that ends in a lead has to be traced back to a place
//! in a decoded text, and because the mails that matter most here are the broken ones: bodies that contain their own
//! boundary string, UTF-8 that is labelled Latin-1, Latin-1 that is not labelled at all, two `From` fields, missing
//! closing boundaries. Nothing in here fails: what does not follow the standards is read as far as it goes.
//!
//! It knows nothing of leads, labels or rules.

mod address;
mod charset;
mod content_type;
mod date;
mod encoded_words;
mod headers;
mod transfer;

use std::borrow::Cow;

use chrono::{DateTime, Utc};

pub use address::Address;
pub(crate) use address::read_list as read_addresses;
pub(crate) use charset::decode as decode_charset;
pub(crate) use content_type::ContentType;
pub(crate) use date::read_mail_date;
pub use headers::Headers;
pub(crate) use transfer::quoted_printable as decode_quoted_printable;

/// Parts nested deeper than this are kept as one undecoded leaf: no honest mail comes near.
const MAX_DEPTH: usize = 20;
/// Parts a mail may have; what follows is left out of the reading (the raw mail is kept whole).
const MAX_PARTS: usize = 1_000;

/// A part of a mail: the mail itself is the outermost one.
#[derive(Clone, Debug)]
pub struct Part {
    /// The section number of IMAP (`1`, `2.1`); empty for the mail itself.
    pub number: String,
    /// The part's own headers; for the mail itself those of the mail.
    pub headers: Headers,
    pub(crate) content_type: ContentType,
    /// What the part holds.
    pub content: Content,
}

/// What a part holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// Bytes after the transfer encoding (base64, quoted-printable) was undone.
    Leaf(Vec<u8>),
    /// Several parts; the kind is the subtype in lower case (`mixed`, `alternative`, `related`).
    Multipart(String, Vec<Part>),
    /// A mail inside the mail: forwarded as an attachment.
    Mail(Box<Part>),
}

impl Part {
    /// Reads a raw mail. Never fails: bytes that are no mail give a part without headers and with one plain leaf.
    pub fn read(raw: &[u8]) -> Part {
        let mut budget = MAX_PARTS;
        read_mail(raw, "", 0, &mut budget)
    }

    /// Reads only the headers of a raw mail; its content stays empty.
    pub(crate) fn read_headers(raw: &[u8]) -> Part {
        let (headers, _) = headers::split(raw);
        Part {
            number: String::new(),
            headers,
            content_type: ContentType::plain(),
            content: Content::Leaf(Vec::new()),
        }
    }

    /// The media type in lower case, `text/plain` where none is given.
    pub fn media_type(&self) -> &str {
        &self.content_type.media_type
    }

    /// The name of the attached file, from `Content-Disposition` or `Content-Type`.
    pub fn file_name(&self) -> Option<String> {
        self.headers
            .raw("content-disposition")
            .and_then(|raw| ContentType::read(raw).param("filename"))
            .or_else(|| self.content_type.param("name"))
            .filter(|name| !name.trim().is_empty())
    }

    /// True for a part that is marked as an attachment, not as something to read in place.
    pub fn is_attachment(&self) -> bool {
        self.headers.raw("content-disposition").is_some_and(|raw| {
            raw.trim_ascii_start()
                .to_ascii_lowercase()
                .starts_with(b"attachment")
        })
    }

    /// True where lines were wrapped by the sender's program and are to be joined (`format=flowed`).
    pub(crate) fn is_flowed(&self) -> bool {
        self.content_type
            .param("format")
            .is_some_and(|format| format.eq_ignore_ascii_case("flowed"))
    }

    /// The leaf's text with the character set undone and line ends as `\n`; `None` for parts that hold parts.
    ///
    /// This text is what the offsets of plain text, JSON, XML, CSV and vCard parts refer to.
    pub fn text(&self) -> Option<String> {
        let Content::Leaf(bytes) = &self.content else {
            return None;
        };
        let declared = self.content_type.param("charset");
        let in_document = match (&declared, self.media_type()) {
            (None, "text/html" | "application/xhtml+xml") => charset::declared_in_html(bytes),
            (None, "text/xml" | "application/xml") => charset::declared_in_xml(bytes),
            _ => None,
        };
        let text = charset::decode(bytes, declared.as_deref().or(in_document.as_deref()));
        Some(with_plain_line_ends(text))
    }

    /// The time of the `Date` header, else of the newest `Received` header.
    pub fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.headers
            .text("date")
            .and_then(|text| read_mail_date(&text))
            .or_else(|| {
                let received = self.headers.text("received")?;
                read_mail_date(received.rsplit(';').next()?)
            })
    }
}

/// Line ends as `\n`, whatever the mail used.
fn with_plain_line_ends(text: String) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text
    }
}

fn read_mail(raw: &[u8], number: &str, depth: usize, budget: &mut usize) -> Part {
    let (headers, body) = headers::split(raw);
    let mut part = read_part(headers, body, number.to_string(), depth, budget);
    // The single body of a mail is its section 1.
    if matches!(part.content, Content::Leaf(_)) {
        let content = std::mem::replace(&mut part.content, Content::Multipart(String::new(), Vec::new()));
        let inner = Part {
            number: below(number, 1),
            headers: part.headers.clone(),
            content_type: part.content_type.clone(),
            content,
        };
        part.content = Content::Multipart(String::new(), vec![inner]);
    }
    part
}

fn below(number: &str, child: usize) -> String {
    if number.is_empty() {
        child.to_string()
    } else {
        format!("{number}.{child}")
    }
}

fn read_part(headers: Headers, body: &[u8], number: String, depth: usize, budget: &mut usize) -> Part {
    *budget = budget.saturating_sub(1);
    let content_type = headers
        .raw("content-type")
        .map_or_else(ContentType::plain, ContentType::read);
    let content = read_content(&headers, &content_type, body, &number, depth, budget);
    Part {
        number,
        headers,
        content_type,
        content,
    }
}

fn read_content(
    headers: &Headers,
    content_type: &ContentType,
    body: &[u8],
    number: &str,
    depth: usize,
    budget: &mut usize,
) -> Content {
    let encoding = headers.raw("content-transfer-encoding").unwrap_or_default();
    if depth < MAX_DEPTH {
        if let Some(kind) = content_type.media_type.strip_prefix("multipart/")
            && let Some(boundary) = content_type.param("boundary")
        {
            // Some programs encode a whole multipart, which the standard forbids.
            let body = transfer::decode_if_encoded(body, encoding);
            let children = split_multipart(&body, boundary.as_bytes())
                .into_iter()
                .enumerate()
                .map_while(|(index, raw)| {
                    if *budget == 0 {
                        return None;
                    }
                    let (headers, body) = headers::split(raw);
                    Some(read_part(
                        headers,
                        body,
                        below(number, index + 1),
                        depth + 1,
                        budget,
                    ))
                })
                .collect::<Vec<_>>();
            if !children.is_empty() {
                return Content::Multipart(kind.to_string(), children);
            }
        }
        if content_type.media_type == "message/rfc822" || content_type.media_type == "message/global" {
            let raw = transfer::decode(body, encoding);
            if *budget > 0 {
                return Content::Mail(Box::new(read_mail(&raw, number, depth + 1, budget)));
            }
        }
    }
    Content::Leaf(transfer::decode(body, encoding).into_owned())
}

/// The raw children of a multipart body. A delimiter counts only where a line begins with it and holds nothing else:
/// bodies do quote their own boundary. Where the closing delimiter is missing, the last child runs to the end.
fn split_multipart<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut children = Vec::new();
    let mut begun: Option<usize> = None;
    let mut at = 0;
    while at < body.len() {
        let end = memchr::memchr(b'\n', &body[at..]).map_or(body.len(), |found| at + found + 1);
        if let Some(closing) = delimiter(&body[at..end], boundary) {
            if let Some(start) = begun.take() {
                children.push(without_line_end(&body[start..at]));
            }
            if closing {
                return children;
            }
            begun = Some(end);
        }
        at = end;
    }
    if let Some(start) = begun {
        children.push(&body[start..]);
    }
    children
}

/// Whether `line` is the delimiter of `boundary`, and if so, whether it is the closing one.
fn delimiter(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?.trim_ascii();
    match rest {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

/// The line end before a delimiter belongs to the delimiter.
fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// The `Message-ID` without its angle brackets and white space; empty where a mail has none.
pub fn message_id(headers: &Headers) -> Cow<'_, str> {
    let Some(raw) = headers.raw("message-id") else {
        return Cow::Borrowed("");
    };
    let text = String::from_utf8_lossy(raw);
    let inner = match (text.find('<'), text.rfind('>')) {
        (Some(open), Some(close)) if open < close => &text[open + 1..close],
        _ => &text,
    };
    Cow::Owned(inner.split_whitespace().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(part: &Part) -> Vec<(String, String, String)> {
        match &part.content {
            Content::Leaf(_) => vec![(
                part.number.clone(),
                part.media_type().to_string(),
                part.text().unwrap_or_default(),
            )],
            Content::Multipart(_, children) => children.iter().flat_map(leaves).collect(),
            Content::Mail(inner) => leaves(inner),
        }
    }

    #[test]
    fn a_boundary_inside_a_line_is_text() {
        let raw = b"Content-Type: multipart/mixed; boundary=sep\r\n\r\npreamble\r\n--sep\r\n\r\n\
            the mark is --sep here\r\n--separate\r\nend\r\n--sep--\r\nepilogue\r\n";
        assert_eq!(
            leaves(&Part::read(raw)),
            [(
                "1".to_string(),
                "text/plain".to_string(),
                "the mark is --sep here\n--separate\nend".to_string()
            )]
        );
    }

    #[test]
    fn a_missing_closing_boundary_loses_nothing() {
        let raw = b"Content-Type: multipart/mixed; boundary=\"a b\"\n\n--a b\n\none\n--a b\nContent-Type: text/html\n\n<p>two\n";
        let found = leaves(&Part::read(raw));
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].2, "one");
        assert_eq!(found[1], ("2".into(), "text/html".into(), "<p>two\n".into()));
    }

    #[test]
    fn sections_are_numbered_as_imap_numbers_them() {
        let raw = b"Content-Type: multipart/mixed; boundary=o\n\n--o\n\nfirst\n--o\nContent-Type: message/rfc822\n\n\
            Subject: inner\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\nplain\n--i\nContent-Type: text/html\n\n<p>html\n--i--\n--o\n\
            Content-Type: message/rfc822\n\nSubject: single\n\nbody\n--o--\n";
        let numbers: Vec<String> = leaves(&Part::read(raw)).into_iter().map(|leaf| leaf.0).collect();
        assert_eq!(numbers, ["1", "2.1", "2.2", "3.1"]);
    }

    #[test]
    fn a_single_body_is_section_one_and_garbage_is_one_too() {
        assert_eq!(leaves(&Part::read(b"Subject: x\n\nhello"))[0].0, "1");
        let garbage = leaves(&Part::read(&[0xff, 0xfe, 0, 13, 10, 0x80]));
        assert_eq!(garbage.len(), 1);
        assert!(leaves(&Part::read(b""))[0].2.is_empty());
    }

    #[test]
    fn nesting_without_end_stops() {
        let mut raw = Vec::new();
        for _ in 0..5_000 {
            raw.extend_from_slice(b"Content-Type: message/rfc822\n\n");
        }
        assert_eq!(leaves(&Part::read(&raw)).len(), 1);
    }

    #[test]
    fn message_ids_lose_brackets_and_folding() {
        let id = |raw: &[u8]| message_id(&Part::read(raw).headers).into_owned();
        assert_eq!(id(b"Message-ID: <a@b>\n\n"), "a@b");
        assert_eq!(id(b"Message-Id:\n <a@b>\n\n"), "a@b");
        assert_eq!(id(b"message-id: a@b \n\n"), "a@b");
        assert_eq!(id(b"Subject: none\n\n"), "");
    }
}
