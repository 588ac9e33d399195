//! Encoded words in headers (RFC 2047), as senders write them and not only as the standard allows.

use super::{charset, transfer};

/// Decodes all encoded words of an unfolded header value.
///
/// Neighbours in the same character set are put together before they are decoded, because many programs cut a
/// multi-byte character in two; white space between neighbours disappears.
pub(super) fn decode(text: &str) -> String {
    if !text.contains("=?") {
        return text.to_string();
    }
    let mut out = String::with_capacity(text.len());
    let mut pending: Option<(&str, Vec<u8>)> = None;
    let mut rest = text;
    while let Some(found) = rest.find("=?") {
        let before = &rest[..found];
        match read_word(&rest[found..]) {
            Some((charset, bytes, after)) => {
                let follows_word = pending.is_some() && before.trim().is_empty();
                match &mut pending {
                    Some((current, collected)) if follows_word && current.eq_ignore_ascii_case(charset) => {
                        collected.extend(bytes);
                    }
                    _ => {
                        flush(&mut out, &mut pending);
                        if !follows_word {
                            out.push_str(before);
                        }
                        pending = Some((charset, bytes));
                    }
                }
                rest = after;
            }
            None => {
                flush(&mut out, &mut pending);
                out.push_str(&rest[..found + 2]);
                rest = &rest[found + 2..];
            }
        }
    }
    flush(&mut out, &mut pending);
    out.push_str(rest);
    out
}

fn flush(out: &mut String, pending: &mut Option<(&str, Vec<u8>)>) {
    if let Some((charset, bytes)) = pending.take() {
        out.push_str(&charset::decode(&bytes, Some(charset)));
    }
}

/// Reads `=?charset?encoding?data?=` at the start of `text`; gives the set, the bytes and what follows.
fn read_word(text: &str) -> Option<(&str, Vec<u8>, &str)> {
    let inner = text.strip_prefix("=?")?;
    let (charset, inner) = inner.split_once('?')?;
    let (encoding, inner) = inner.split_once('?')?;
    let end = inner.find("?=")?;
    let (data, after) = (&inner[..end], &inner[end + 2..]);
    if charset.is_empty() || charset.len() > 60 || charset.contains(char::is_whitespace) {
        return None;
    }
    // A language may follow the set after an asterisk (RFC 2231).
    let charset = charset.split('*').next().unwrap_or(charset);
    let bytes = match encoding {
        "B" | "b" => transfer::base64(data.as_bytes())?,
        "Q" | "q" => transfer::quoted_printable(data.replace('_', " ").as_bytes()),
        _ => return None,
    };
    Some((charset, bytes, after))
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn words_are_decoded_and_other_text_stays() {
        for (input, expected) in [
            ("plain", "plain"),
            ("=?UTF-8?Q?M=C3=BCller?= & Co", "Müller & Co"),
            ("=?utf-8?B?TcO8bGxlcg==?=", "Müller"),
            ("=?iso-8859-1?q?M=FCller?=", "Müller"),
            ("=?iso-8859-1?Q?M=C3=BCller?=", "Müller"),
            ("=?utf-8?Q?Anfrage_f=C3?= =?utf-8?Q?=BCr_Sie?=", "Anfrage für Sie"),
            ("=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"),
            ("=?utf-8?Q?a?=  =?iso-8859-1?Q?b?=", "ab"),
            ("=?utf-8*de?Q?a?=", "a"),
            ("=?utf-8?Q?with blank inside?=", "with blank inside"),
            ("=?broken", "=?broken"),
            ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
            ("1 =? 2", "1 =? 2"),
        ] {
            assert_eq!(decode(input), expected, "{input}");
        }
    }
}
