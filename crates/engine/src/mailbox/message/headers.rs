//! The header block of a mail or part.

use super::encoded_words;
use super::{Address, address, charset};

/// Header lines beyond this many are not kept: a header bomb is no mail.
const MAX_HEADERS: usize = 5_000;

/// The headers of a mail or part in their order, unfolded and otherwise raw.
#[derive(Clone, Debug, Default)]
pub struct Headers(Vec<Header>);

#[derive(Clone, Debug)]
struct Header {
    /// As written; compared without regard to case.
    name: String,
    /// Without the line ends of folding.
    value: Vec<u8>,
}

impl Headers {
    /// The raw value of the first header of that name. Of two `From` fields the first counts, as in mail programs.
    pub fn raw(&self, name: &str) -> Option<&[u8]> {
        self.all_raw(name).next()
    }

    fn all_raw<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.0
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_slice())
    }

    /// The decoded text of the first header of that name.
    pub fn text(&self, name: &str) -> Option<String> {
        self.raw(name).map(decode)
    }

    /// The decoded texts of all headers of that name.
    pub fn texts<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> {
        self.all_raw(name).map(decode)
    }

    /// The addresses of all headers of that name; group names and comments are left out.
    pub fn addresses(&self, name: &str) -> Vec<Address> {
        self.all_raw(name)
            .flat_map(|raw| address::read_list(&charset::decode(raw, None)))
            .collect()
    }

    /// All headers, decoded, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, String)> {
        self.0
            .iter()
            .map(|header| (header.name.as_str(), decode(&header.value)))
    }

    /// The raw values of all headers, in their order.
    pub(crate) fn iter_raw(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0
            .iter()
            .map(|header| (header.name.as_str(), header.value.as_slice()))
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn decode(raw: &[u8]) -> String {
    let text = charset::decode(raw, None);
    encoded_words::decode(text.trim())
}

/// Splits a raw mail or part into its headers and its body.
///
/// A first line that is neither a header nor blank means that there are no headers at all (a body only); a line that
/// is no header among headers is skipped when headers follow, and begins the body when none do.
pub(super) fn split(raw: &[u8]) -> (Headers, &[u8]) {
    let mut headers: Vec<Header> = Vec::new();
    let mut at = 0;
    // The separator line of an mbox file.
    if raw.starts_with(b"From ") {
        at = line_end(raw, 0);
    }
    while at < raw.len() {
        let end = line_end(raw, at);
        let line = trim_line_end(&raw[at..end]);
        if line.is_empty() {
            return (Headers(headers), &raw[end..]);
        }
        if (line[0] == b' ' || line[0] == b'\t') && !headers.is_empty() {
            // A line of blanks inside a folded header belongs to it; some programs write such.
            if let Some(last) = headers.last_mut() {
                last.value.extend_from_slice(line);
            }
        } else if let Some((name, value)) = header_line(line) {
            if headers.len() < MAX_HEADERS {
                headers.push(Header {
                    name: name.to_string(),
                    value: value.to_vec(),
                });
            }
        } else if headers.is_empty() || !next_is_header(raw, end) {
            return (Headers(headers), &raw[at..]);
        }
        at = end;
    }
    (Headers(headers), &[])
}

fn line_end(raw: &[u8], at: usize) -> usize {
    match memchr::memchr2(b'\n', b'\r', &raw[at..]) {
        None => raw.len(),
        Some(found) => {
            let end = at + found;
            if raw[end] == b'\r' && raw.get(end + 1) == Some(&b'\n') {
                end + 2
            } else {
                end + 1
            }
        }
    }
}

fn trim_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn header_line(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = memchr::memchr(b':', line)?;
    let name = line[..colon].trim_ascii_end();
    let fits = !name.is_empty() && name.len() <= 200 && name.iter().all(|byte| (33..=126).contains(byte));
    let name = std::str::from_utf8(name).ok().filter(|_| fits)?;
    Some((name, &line[colon + 1..]))
}

fn next_is_header(raw: &[u8], at: usize) -> bool {
    at < raw.len() && header_line(trim_line_end(&raw[at..line_end(raw, at)])).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_encoded_and_eight_bit_headers_are_text() {
        let (headers, body) = split(
            b"Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?Q?_aus_Z=C3=BCrich?=\r\nX-Raw: M\xfcller\r\n\r\nbody",
        );
        assert_eq!(headers.text("subject").unwrap(), "Grüße aus Zürich");
        assert_eq!(headers.text("x-raw").unwrap(), "Müller");
        assert_eq!(body, b"body");
    }

    #[test]
    fn of_two_from_fields_the_first_counts() {
        let (headers, _) = split(b"From: a@example.test\nFrom: b@example.test\n\n");
        assert_eq!(headers.text("from").unwrap(), "a@example.test");
        assert_eq!(headers.addresses("from").len(), 2);
    }

    #[test]
    fn a_body_without_headers_stays_whole() {
        for raw in [&b"no header here\nName: Max\n"[..], b"\xff\xfe\x00", b""] {
            let (headers, body) = split(raw);
            assert!(headers.is_empty());
            assert_eq!(body, raw);
        }
    }

    #[test]
    fn garbage_between_headers_is_skipped_and_after_them_begins_the_body() {
        let (headers, body) = split(b"Subject: x\ngarbage\nFrom: a@b\nno header\nstill none\n");
        assert_eq!(headers.text("from").unwrap(), "a@b");
        assert_eq!(body, b"no header\nstill none\n");
    }

    #[test]
    fn mbox_lines_and_bare_carriage_returns_are_understood() {
        let (headers, body) = split(b"From x Mon Jan 1\rSubject: x\r\rbody");
        assert_eq!(headers.text("subject").unwrap(), "x");
        assert_eq!(body, b"body");
    }
}
