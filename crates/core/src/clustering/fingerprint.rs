//! What is left of a text when everything is taken away in which spellings of the same thing differ. After the keys of
//! OpenRefine, with German spellings of umlauts taken as the umlauts.

use unicode_normalization::UnicodeNormalization as _;

/// Small letters and digits of a text without marks, everything else a space; ä as ae, ß as ss.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.nfc().flat_map(char::to_lowercase) {
        match sign {
            'ä' => plain.push_str("ae"),
            'ö' | 'ø' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            '&' | '+' => plain.push_str(" und "),
            // They stand inside words.
            '\'' | '’' | '´' | '`' => {}
            sign if sign.is_ascii_alphanumeric() => plain.push(sign),
            sign if sign.is_alphanumeric() => {
                plain.extend(std::iter::once(sign).nfd().filter(|part| part.is_alphanumeric()));
            }
            _ => plain.push(' '),
        }
    }
    plain
}

/// The different words of a text in alphabetical order.
pub fn fingerprint(text: &str) -> String {
    let plain = plain(text);
    let mut words: Vec<&str> = plain.split_whitespace().collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

/// The different pairs of neighbouring letters of a text in alphabetical order, spaces left out; the whole text where it
/// is a single letter. Numbers stay whole: 12 and 21 are no spellings of each other.
pub fn ngram_fingerprint(text: &str) -> String {
    let letters: Vec<char> = plain(text).chars().filter(|sign| !sign.is_whitespace()).collect();
    let mut pairs: Vec<String> = letters.windows(2).map(|pair| pair.iter().collect()).collect();
    if pairs.is_empty() {
        return letters.into_iter().collect();
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut key = pairs.concat();
    let numbers = numbers(text);
    if !numbers.is_empty() {
        key.push(' ');
        key.push_str(&numbers.join(" "));
    }
    key
}

/// The numbers in a text, in their order.
pub(super) fn numbers(text: &str) -> Vec<&str> {
    text.split(|sign: char| !sign.is_ascii_digit())
        .filter(|number| !number.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_knows_no_case_order_punctuation_or_umlaut_spelling() {
        for (a, b) in [
            ("Müller & Söhne GmbH", "GmbH, MUELLER und soehne"),
            ("  Café  du Nord ", "du nord cafe"),
            ("Ａｎｋｅｒ", "Ａｎｋｅｒ"),
            ("Mu\u{308}ller", "Müller"),
            ("Andrea’s Küche", "Andreas Kueche"),
        ] {
            assert_eq!(fingerprint(a), fingerprint(b), "{a} / {b}");
        }
        assert_ne!(fingerprint("Müller"), fingerprint("Möller"));
        assert_eq!(fingerprint(" -.- "), "");
    }

    #[test]
    fn ngrams_know_no_spaces_but_numbers() {
        assert_eq!(ngram_fingerprint("Gross handel"), ngram_fingerprint("Großhandel"));
        assert_ne!(ngram_fingerprint("Halle 12 21"), ngram_fingerprint("Halle 21 12"));
        assert_eq!(ngram_fingerprint("A"), "a");
        assert_eq!(ngram_fingerprint(""), "");
    }
}
