//! Folder names on the wire: modified UTF-7 (RFC 3501, section 5.1.3).

/// The wire form of a folder name that a person wrote.
pub(super) fn encode(name: &str) -> String {
    let mut wire = String::with_capacity(name.len());
    let mut pending: Vec<u8> = Vec::new();
    for char in name.chars() {
        if matches!(char, ' '..='~') {
            flush(&mut wire, &mut pending);
            wire.push(char);
            if char == '&' {
                wire.push('-');
            }
        } else {
            let mut units = [0; 2];
            for unit in char.encode_utf16(&mut units) {
                pending.extend_from_slice(&unit.to_be_bytes());
            }
        }
    }
    flush(&mut wire, &mut pending);
    wire
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

fn flush(wire: &mut String, pending: &mut Vec<u8>) {
    if pending.is_empty() {
        return;
    }
    wire.push('&');
    for chunk in pending.chunks(3) {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            let value = bits >> (18 - 6 * index) & 63;
            wire.push(char::from(ALPHABET[value as usize]));
        }
    }
    wire.push('-');
    pending.clear();
}

/// The readable form of a folder name from the wire; a name that breaks the encoding is shown as it is.
pub(super) fn decode(wire: &str) -> String {
    try_decode(wire).unwrap_or_else(|| wire.to_string())
}

fn try_decode(wire: &str) -> Option<String> {
    let mut name = String::with_capacity(wire.len());
    let mut rest = wire;
    while let Some(start) = rest.find('&') {
        name.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        let end = after.find('-')?;
        if end == 0 {
            name.push('&');
        } else {
            let (mut bits, mut count) = (0_u32, 0);
            let mut units = Vec::new();
            for byte in after[..end].bytes() {
                let value = ALPHABET.iter().position(|known| *known == byte)?;
                bits = bits << 6 | u32::try_from(value).ok()?;
                count += 6;
                if count >= 16 {
                    count -= 16;
                    units.push(u16::try_from(bits >> count & 0xffff).ok()?);
                    bits &= (1 << count) - 1;
                }
            }
            name.push_str(&String::from_utf16(&units).ok()?);
        }
        rest = &after[end + 1..];
    }
    name.push_str(rest);
    Some(name)
}

/// A quoted string of the protocol. The caller has refused control characters.
pub(super) fn quote(wire: &str) -> String {
    format!("\"{}\"", wire.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_to_the_wire_and_back() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("A&B", "A&-B"),
            ("Größe/Zürich", "Gr&APYA3w-e/Z&APw-rich"),
            ("日本語", "&ZeVnLIqe-"),
            ("😀", "&2D3eAA-"),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire), name);
        }
    }

    #[test]
    fn a_broken_name_is_shown_as_it_is() {
        for wire in ["A&B", "&!!-", "&2D0-"] {
            assert_eq!(decode(wire), wire);
        }
    }

    #[test]
    fn quotes_are_escaped() {
        assert_eq!(quote(r#"a"b\c"#), r#""a\"b\\c""#);
    }
}
