//! From bytes to text, also where the label lies.

use std::sync::LazyLock;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use regex::bytes::Regex;

/// Decodes `bytes`, which a mail says are in the character set `declared`.
///
/// The bytes are believed before the label: text that is valid UTF-8 and not plain ASCII is UTF-8, whatever
/// single-byte set is declared, because Latin-1 text practically never is; and text that is declared as UTF-8 and is
/// not valid keeps its valid stretches and reads the other bytes as Windows-1252. Without a usable label a detector
/// decides. Never fails.
pub(crate) fn decode(bytes: &[u8], declared: Option<&str>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding
            .decode_without_bom_handling(&bytes[mark..])
            .0
            .into_owned();
    }
    let encoding = declared.and_then(by_name);
    // UTF-7 and ISO-2022 write everything in ASCII bytes.
    if let Some(name) = declared
        && encoding.is_none()
        && let Some(decode) = rare(name)
    {
        return decode(bytes);
    }
    match encoding {
        Some(encoding) if encoding == UTF_8 => utf8_with_strays(bytes),
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => {
            // Declared and then sent as something else: two-byte text without a zero byte is not German or English.
            if memchr::memchr(0, bytes).is_none() && std::str::from_utf8(bytes).is_ok() {
                utf8_with_strays(bytes)
            } else {
                encoding.decode_without_bom_handling(bytes).0.into_owned()
            }
        }
        // Shift states and escape sequences: all bytes are ASCII, so validity as UTF-8 says nothing.
        Some(encoding) if !encoding.is_ascii_compatible() => {
            encoding.decode_without_bom_handling(bytes).0.into_owned()
        }
        Some(encoding) => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_string(),
            Err(_) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        },
        None => undeclared(bytes),
    }
}

fn undeclared(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_string();
    }
    if mostly_utf8(bytes) {
        return utf8_with_strays(bytes);
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    // The hint settles the many short texts in which a single umlaut fits a dozen sets.
    let encoding = detector.guess(Some(b"de"), chardetng::Utf8Detection::Deny);
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// True where multi-byte sequences are the rule and broken ones the exception (a cut character at the end).
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|char| !char.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad * 2
}

fn utf8_with_strays(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
        }
    }
    text
}

/// The encoding of a name, including spellings that only mails use. `None` for names that say nothing
/// (`us-ascii` over bytes that are not, `unknown-8bit`).
fn by_name(name: &str) -> Option<&'static Encoding> {
    let name = name
        .trim()
        .trim_matches(['"', '\''])
        .to_ascii_lowercase()
        .replace('_', "-");
    match name.as_str() {
        "" | "us-ascii" | "ascii" | "ansi-x3.4-1968" | "unknown-8bit" | "x-unknown" | "unknown"
        | "default" => None,
        "ansi" | "cp-1252" | "windows1252" | "win-1252" | "x-ansi" => Some(WINDOWS_1252),
        "utf" | "utf8mb4" | "utf-8-sig" => Some(UTF_8),
        name => Encoding::for_label(name.as_bytes()).or_else(|| {
            // "iso 8859-1", "iso8859-15", "cp1250"
            let joined: String = name.chars().filter(|char| !char.is_whitespace()).collect();
            Encoding::for_label(joined.as_bytes())
                .or_else(|| {
                    let number = joined.strip_prefix("iso8859")?.trim_start_matches('-');
                    Encoding::for_label(format!("iso-8859-{number}").as_bytes())
                })
                .or_else(|| {
                    let number = joined.strip_prefix("windows").or(joined.strip_prefix("cp"))?;
                    Encoding::for_label(format!("windows-{}", number.trim_start_matches('-')).as_bytes())
                })
        }),
    }
}

/// Sets that browsers dropped and old mail programs still write.
fn rare(name: &str) -> Option<fn(&[u8]) -> String> {
    match name.trim().to_ascii_lowercase().as_str() {
        "utf-7" | "unicode-1-1-utf-7" => Some(utf7),
        "ibm850" | "cp850" | "850" | "ibm437" | "cp437" | "437" => Some(dos),
        _ => None,
    }
}

/// UTF-7 (RFC 2152).
fn utf7(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut rest = bytes;
    while let Some(plus) = memchr::memchr(b'+', rest) {
        text.push_str(&utf8_with_strays(&rest[..plus]));
        let after = &rest[plus + 1..];
        let length = after
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
            .count();
        if length == 0 {
            text.push('+');
        } else {
            let units = super::transfer::base64(&after[..length]).unwrap_or_default();
            text.push_str(
                &UTF_16BE
                    .decode_without_bom_handling(&units[..units.len() / 2 * 2])
                    .0,
            );
        }
        rest = &after[length..];
        rest = rest.strip_prefix(b"-").unwrap_or(rest);
    }
    text.push_str(&utf8_with_strays(rest));
    text
}

/// The upper halves of the code pages 437 and 850 agree on all letters of western languages that mails in them hold.
fn dos(bytes: &[u8]) -> String {
    const FROM_128: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»";
    const FROM_224: &str = "ÓßÔÒõÕµþÞÚÛÙýÝ¯´";
    bytes
        .iter()
        .map(|&byte| match byte {
            0..=127 => char::from(byte),
            128..=175 => FROM_128
                .chars()
                .nth(usize::from(byte) - 128)
                .unwrap_or('\u{fffd}'),
            224..=239 => FROM_224
                .chars()
                .nth(usize::from(byte) - 224)
                .unwrap_or('\u{fffd}'),
            255 => ' ',
            _ => '\u{fffd}',
        })
        .collect()
}

/// The character set an HTML document names in a `meta` element.
pub(super) fn declared_in_html(bytes: &[u8]) -> Option<String> {
    static META: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i)<meta[^>]{0,200}charset\s*=\s*["']?([a-z0-9_:.-]{2,40})"#)
            .expect("a tested pattern")
    });
    found(&META, bytes)
}

/// The character set an XML declaration names.
pub(super) fn declared_in_xml(bytes: &[u8]) -> Option<String> {
    static DECLARATION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})"#)
            .expect("a tested pattern")
    });
    found(&DECLARATION, bytes)
}

fn found(pattern: &Regex, bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(4096)];
    let name = pattern.captures(head)?.get(1)?;
    Some(String::from_utf8_lossy(name.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_believed_before_the_label() {
        let latin: &[u8] = b"M\xfcller, Stra\xdfe 5 \x80";
        let utf8 = "Müller, Straße 5 €";
        let cases: [(&[u8], Option<&str>, &str); 12] = [
            (latin, Some("iso-8859-1"), utf8),
            (latin, Some("ISO-8859-15"), "Müller, Straße 5 \u{80}"),
            (latin, None, utf8),
            (latin, Some("us-ascii"), utf8),
            (latin, Some("utf-8"), utf8),
            (utf8.as_bytes(), Some("iso-8859-1"), utf8),
            (utf8.as_bytes(), None, utf8),
            (utf8.as_bytes(), Some("utf8"), utf8),
            (utf8.as_bytes(), Some("utf-16"), utf8),
            (b"Gr+APwA3w-e 1+-1", Some("utf-7"), "Grüße 1+1"),
            (b"M\x81ller Stra\xe1e", Some("cp850"), "Müller Straße"),
            (b"\xef\xbb\xbfM\xc3\xbcller", Some("iso-8859-1"), "Müller"),
        ];
        for (bytes, declared, expected) in cases {
            assert_eq!(decode(bytes, declared), expected, "{declared:?}");
        }
    }

    #[test]
    fn names_as_mails_spell_them_are_known() {
        for (name, expected) in [
            ("\"UTF-8\"", "UTF-8"),
            ("iso 8859-1", "windows-1252"),
            ("ISO8859-2", "ISO-8859-2"),
            ("cp1250", "windows-1250"),
            ("windows_1252", "windows-1252"),
            ("gb2312", "GBK"),
        ] {
            assert_eq!(by_name(name).map(Encoding::name), Some(expected), "{name}");
        }
        assert!(by_name("unknown-8bit").is_none());
    }

    #[test]
    fn other_scripts_come_out() {
        assert_eq!(
            decode(b"\xcf\xf0\xe8\xe2\xe5\xf2", Some("windows-1251")),
            "Привет"
        );
        assert_eq!(decode(b"\x1b$B$3$s\x1b(B", Some("iso-2022-jp")), "こん");
        assert_eq!(decode(&[0x4d, 0, 0xfc, 0], Some("utf-16le")), "Mü");
    }

    #[test]
    fn documents_name_their_own_set() {
        let html = b"<html><head><META http-equiv='Content-Type' content='text/html; charset=iso-8859-15'>";
        assert_eq!(declared_in_html(html).as_deref(), Some("iso-8859-15"));
        assert_eq!(
            declared_in_xml(b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>").as_deref(),
            Some("ISO-8859-1")
        );
        assert_eq!(declared_in_html(b"<p>charset=x"), None);
    }
}
