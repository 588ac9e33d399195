//! Transfer encodings: base64 and quoted-printable, read leniently.

use std::borrow::Cow;

/// Undoes the encoding that `Content-Transfer-Encoding` names; anything unknown is taken as it stands.
pub(super) fn decode<'a>(body: &'a [u8], encoding: &[u8]) -> Cow<'a, [u8]> {
    let encoding = encoding
        .split(|byte| *byte == b';' || *byte == b'(')
        .next()
        .unwrap_or_default()
        .trim_ascii();
    if encoding.eq_ignore_ascii_case(b"base64") {
        base64(body).map_or(Cow::Borrowed(body), Cow::Owned)
    } else if encoding.eq_ignore_ascii_case(b"quoted-printable") {
        Cow::Owned(quoted_printable(body))
    } else {
        Cow::Borrowed(body)
    }
}

/// For multiparts, which must not be encoded and sometimes are: only where the body cannot be read otherwise.
pub(super) fn decode_if_encoded<'a>(body: &'a [u8], encoding: &[u8]) -> Cow<'a, [u8]> {
    let begins_with_delimiter = body.trim_ascii_start().starts_with(b"--");
    if begins_with_delimiter || !encoding.trim_ascii().eq_ignore_ascii_case(b"base64") {
        Cow::Borrowed(body)
    } else {
        decode(body, encoding)
    }
}

fn base64_value(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

/// Decodes base64, skipping what does not belong to it; a cut end gives the bytes that are whole. `None` for text
/// that is no base64 at all (a footer or a whole body that someone added unencoded).
pub(super) fn base64(body: &[u8]) -> Option<Vec<u8>> {
    let (mut inside, mut outside) = (0_usize, 0_usize);
    let mut out = Vec::with_capacity(body.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u8);
    for &byte in body {
        match base64_value(byte) {
            Some(value) => {
                inside += 1;
                bits = bits << 6 | value;
                count += 1;
                if count == 4 {
                    out.extend_from_slice(&bits.to_be_bytes()[1..]);
                    (bits, count) = (0, 0);
                }
            }
            None if byte == b'=' => {
                flush(&mut out, bits, count);
                (bits, count) = (0, 0);
            }
            None if matches!(byte, b'\r' | b'\n') => {}
            None => outside += 1,
        }
    }
    flush(&mut out, bits, count);
    (outside * 20 <= inside).then_some(out)
}

fn flush(out: &mut Vec<u8>, bits: u32, count: u8) {
    match count {
        2 => out.push((bits >> 4 & 0xff) as u8),
        3 => out.extend_from_slice(&[(bits >> 10 & 0xff) as u8, (bits >> 2 & 0xff) as u8]),
        _ => {}
    }
}

/// Decodes quoted-printable; an escape that is none stays as text.
pub(crate) fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        let byte = body[at];
        if byte != b'=' {
            out.push(byte);
            at += 1;
            continue;
        }
        let rest = &body[at + 1..];
        if let [high, low, ..] = rest
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            out.push(high << 4 | low);
            at += 3;
        } else if let Some(skip) = soft_line_end(rest) {
            at += 1 + skip;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    out
}

/// How many bytes a soft line break takes after its `=`: blanks that a relay added, and the line end.
fn soft_line_end(rest: &[u8]) -> Option<usize> {
    let blanks = rest
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    match &rest[blanks..] {
        [] => Some(blanks),
        [b'\r', b'\n', ..] => Some(blanks + 2),
        [b'\n' | b'\r', ..] => Some(blanks + 1),
        _ => None,
    }
}

pub(super) fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_survives_line_ends_padding_inside_and_a_cut_end() {
        assert_eq!(base64(b"R3Lw\r\nfw==").unwrap(), b"Gr\xf0\x7f");
        assert_eq!(base64(b"QQ==QUI=").unwrap(), b"AAB");
        assert_eq!(base64(b"TWF4IE11c3Rlcm1hbm").unwrap(), b"Max Musterman");
        assert_eq!(base64(b"").unwrap(), b"");
    }

    #[test]
    fn text_that_only_claims_to_be_base64_is_left_alone() {
        let text = b"Name: Max Mustermann\nE-Mail: max@example.test\n";
        assert_eq!(decode(text, b"base64"), Cow::Borrowed(&text[..]));
    }

    #[test]
    fn quoted_printable_keeps_what_is_no_escape() {
        let cases: [(&[u8], &[u8]); 6] = [
            (b"M=C3=BCller", "Müller".as_bytes()),
            (b"lower=c3=bc", "lowerü".as_bytes()),
            (b"soft =\r\nbreak", b"soft break"),
            (b"blanks = \t\nafter", b"blanks after"),
            (b"a=b, 1=1 and =ZZ", b"a=b, 1=1 and =ZZ"),
            (b"end=", b"end"),
        ];
        for (input, expected) in cases {
            assert_eq!(quoted_printable(input), expected);
        }
    }
}
