//! White space and broken encodings.

/// The text as a person sees it: without control and zero-width characters, every run of blanks (also non-breaking
/// ones) one blank, nothing at the ends. Line breaks are kept when `multiline`, else they are blanks.
pub fn clean(text: &str, multiline: bool) -> String {
    if is_clean(text, multiline) {
        return text.to_string();
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut gap = None;
    for character in text.chars() {
        let blank = match character {
            '\n' if multiline => Some('\n'),
            '\r' if multiline => continue,
            '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => continue,
            c if c.is_whitespace() || c.is_control() => Some(' '),
            _ => None,
        };
        match blank {
            Some(blank) => gap = if gap == Some('\n') { gap } else { Some(blank) },
            None => {
                if let Some(gap) = gap.take()
                    && !cleaned.is_empty()
                {
                    cleaned.push(gap);
                }
                cleaned.push(character);
            }
        }
    }
    cleaned
}

/// Most cells are clean already; seeing that costs less than copying them character by character.
fn is_clean(text: &str, multiline: bool) -> bool {
    let bytes = text.as_bytes();
    if text.is_ascii() {
        !bytes.first().is_some_and(u8::is_ascii_whitespace)
            && !bytes.last().is_some_and(u8::is_ascii_whitespace)
            && !bytes.windows(2).any(|pair| pair == b"  ")
            && !bytes
                .iter()
                .any(|&byte| byte < b' ' && !(multiline && byte == b'\n') || byte == 0x7f)
    } else {
        false
    }
}

/// Repairs UTF-8 that was read as Windows-1252 (`MÃ¼ller` → `Müller`), once or twice over.
///
/// `None` when the text shows no such damage. A text is only taken for damaged when the whole of it turns back into
/// valid UTF-8 and gets shorter by that, which real words do not.
pub fn repair_mojibake(text: &str) -> Option<String> {
    let mut current = None;
    for _ in 0..2 {
        let Some(repaired) = once(current.as_deref().unwrap_or(text)) else {
            break;
        };
        current = Some(repaired);
    }
    current
}

fn once(text: &str) -> Option<String> {
    // Every damaged sequence begins with one of these; looking for them first keeps clean text cheap.
    if !text.contains(['Ã', 'Â', 'â', 'Ä', 'Å', 'Ð', 'Ñ', 'ð', 'Î', 'Ï']) {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(windows_1252_byte).collect();
    let repaired = String::from_utf8(bytes?).ok()?;
    (repaired.chars().count() < text.chars().count() && !repaired.chars().any(char::is_control))
        .then_some(repaired)
}

fn windows_1252_byte(character: char) -> Option<u8> {
    // The 27 characters that Windows-1252 puts where ISO-8859-1 has controls; the five unused places stay themselves.
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    if let Some(index) = HIGH.iter().position(|&high| high == character) {
        return u8::try_from(0x80 + index).ok();
    }
    u8::try_from(u32::from(character)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning_keeps_what_a_person_reads() {
        assert_eq!(clean("  Gasthof\u{a0} Krone \t", false), "Gasthof Krone");
        assert_eq!(clean("a\r\n\r\nb  c", true), "a\nb c");
        assert_eq!(clean("a\r\nb", false), "a b");
        assert_eq!(clean("\u{feff}Fir\u{ad}ma\u{200b}", false), "Firma");
        assert_eq!(clean("schon sauber", false), "schon sauber");
        assert_eq!(clean(" \u{a0} ", true), "");
    }

    #[test]
    fn broken_encodings_are_repaired_and_real_words_left_alone() {
        let table = [
            ("MÃ¼ller", Some("Müller")),
            ("StraÃŸe", Some("Straße")),
            ("BÃ¤ckerei â€“ CafÃ©", Some("Bäckerei – Café")),
            ("MÃƒÂ¼ller", Some("Müller")),
            ("Müller", None),
            ("Café Ãrger", None),
            ("Åse Ängström", None),
            ("São Paulo", None),
            ("MÃ¼ller & Größe", None),
        ];
        for (damaged, repaired) in table {
            assert_eq!(repair_mojibake(damaged).as_deref(), repaired, "{damaged}");
        }
    }
}
