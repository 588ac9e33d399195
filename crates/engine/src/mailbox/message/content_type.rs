//! `Content-Type` and `Content-Disposition`: a value and its parameters (RFC 2045, 2231).

use std::collections::BTreeMap;

use super::{charset, encoded_words, transfer};

/// A media type (or disposition) with its parameters.
#[derive(Clone, Debug)]
pub(crate) struct ContentType {
    /// In lower case, without parameters.
    pub(crate) media_type: String,
    /// Raw values by name in lower case.
    params: BTreeMap<String, Vec<u8>>,
}

impl ContentType {
    pub(super) fn plain() -> Self {
        ContentType {
            media_type: "text/plain".to_string(),
            params: BTreeMap::new(),
        }
    }

    /// Reads a header value. What makes no sense is `text/plain`, as the standard asks.
    pub(super) fn read(raw: &[u8]) -> Self {
        let mut pieces = split_outside_quotes(raw);
        let media_type = String::from_utf8_lossy(pieces.next().unwrap_or_default())
            .split_whitespace()
            .collect::<String>()
            .to_ascii_lowercase();
        let media_type = match media_type.as_str() {
            "text" | "" => "text/plain".to_string(),
            "html" => "text/html".to_string(),
            _ => media_type,
        };
        let mut params = BTreeMap::new();
        for piece in pieces {
            let Some(equals) = memchr::memchr(b'=', piece) else {
                continue;
            };
            let name = String::from_utf8_lossy(piece[..equals].trim_ascii()).to_ascii_lowercase();
            params
                .entry(name)
                .or_insert_with(|| unquote(piece[equals + 1..].trim_ascii()));
        }
        ContentType { media_type, params }
    }

    /// A parameter's text, put together from its numbered pieces where it has some.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        if let Some(raw) = self.params.get(name) {
            return Some(encoded_words::decode(&charset::decode(raw, None)));
        }
        if let Some(raw) = self.params.get(&format!("{name}*")) {
            let (charset, data) = split_charset(raw);
            return Some(charset::decode(&percent_decoded(data), charset.as_deref()));
        }
        let mut bytes = Vec::new();
        let mut charset = None;
        for index in 0..100 {
            if let Some(raw) = self.params.get(&format!("{name}*{index}*")) {
                let data = if index == 0 {
                    let (declared, data) = split_charset(raw);
                    charset = declared;
                    data
                } else {
                    raw
                };
                bytes.extend(percent_decoded(data));
            } else if let Some(raw) = self.params.get(&format!("{name}*{index}")) {
                bytes.extend_from_slice(raw);
            } else {
                break;
            }
        }
        (!bytes.is_empty()).then(|| charset::decode(&bytes, charset.as_deref()))
    }
}

fn split_outside_quotes(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    raw.split(move |&byte| {
        let ends = byte == b';' && !quoted;
        if byte == b'"' && !escaped {
            quoted = !quoted;
        }
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

fn unquote(raw: &[u8]) -> Vec<u8> {
    let Some(inner) = raw.strip_prefix(b"\"") else {
        // Comments may follow a bare value.
        return raw
            .split(|byte| *byte == b' ')
            .next()
            .unwrap_or_default()
            .to_vec();
    };
    let mut value = Vec::new();
    let mut bytes = inner.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => value.extend(bytes.next()),
            _ => value.push(byte),
        }
    }
    value
}

fn split_charset(raw: &[u8]) -> (Option<String>, &[u8]) {
    let mut pieces = raw.splitn(3, |byte| *byte == b'\'');
    match (pieces.next(), pieces.next(), pieces.next()) {
        (Some(charset), Some(_language), Some(data)) => {
            (Some(String::from_utf8_lossy(charset).into_owned()), data)
        }
        _ => (None, raw),
    }
}

fn percent_decoded(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut at = 0;
    while at < raw.len() {
        if let [b'%', high, low, ..] = raw[at..]
            && let (Some(high), Some(low)) = (transfer::hex(high), transfer::hex(low))
        {
            out.push(high << 4 | low);
            at += 3;
        } else {
            out.push(raw[at]);
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_in_all_their_spellings() {
        for (raw, name, expected) in [
            ("text/plain; charset=utf-8", "charset", Some("utf-8")),
            ("text/plain; Charset = \"UTF-8\" ; x=y", "charset", Some("UTF-8")),
            (
                "multipart/mixed; boundary=\"a;b \\\" c\"",
                "boundary",
                Some("a;b \" c"),
            ),
            (
                "a/b; name*=utf-8'de'Anfr%C3%A4ge.csv",
                "name",
                Some("Anfräge.csv"),
            ),
            (
                "a/b; name*0*=iso-8859-1''Gr%FC; name*1=\"n.csv\"",
                "name",
                Some("Grün.csv"),
            ),
            (
                "a/b; name=\"=?utf-8?Q?M=C3=BCller.vcf?=\"",
                "name",
                Some("Müller.vcf"),
            ),
            ("text/plain", "charset", None),
            (
                "text/plain; charset=iso-8859-1 (Latin)",
                "charset",
                Some("iso-8859-1"),
            ),
        ] {
            assert_eq!(
                ContentType::read(raw.as_bytes()).param(name).as_deref(),
                expected,
                "{raw}"
            );
        }
        assert_eq!(ContentType::read(b"TEXT / HTML;").media_type, "text/html");
        assert_eq!(ContentType::read(b"").media_type, "text/plain");
    }
}
