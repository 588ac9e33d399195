//! The normal form of labels, in which spellings of the same label are equal.

use std::sync::LazyLock;

use regex::Regex;

/// Lower case, umlauts and ß written out, accents gone, everything but letters and digits a blank.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 8);
    for char in text.chars().flat_map(char::to_lowercase) {
        match char {
            'ä' | 'æ' => folded.push_str("ae"),
            'ö' | 'œ' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            'à' | 'á' | 'â' | 'ã' | 'å' => folded.push('a'),
            'è' | 'é' | 'ê' | 'ë' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' => folded.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' => folded.push('o'),
            'ù' | 'ú' | 'û' => folded.push('u'),
            'ç' => folded.push('c'),
            'ñ' => folded.push('n'),
            // A decomposed accent says nothing that its letter does not.
            '\u{300}'..='\u{36f}' => {}
            '\'' | '’' => folded.push(' '),
            _ if char.is_alphanumeric() => folded.push(char),
            _ if folded.ends_with(' ') => {}
            _ => folded.push(' '),
        }
    }
    folded
}

/// Words that say nothing about what a label asks for.
const IDLE: &[&str] = &[
    // German
    "ihr",
    "ihre",
    "ihrer",
    "ihren",
    "ihrem",
    "ihres",
    "dein",
    "deine",
    "deiner",
    "deinen",
    "euer",
    "eure",
    "mein",
    "meine",
    "unser",
    "unsere",
    "der",
    "die",
    "das",
    "des",
    "dem",
    "den",
    "ein",
    "eine",
    "einen",
    "bitte",
    "von",
    "vom",
    "zum",
    "zur",
    "fuer",
    "an",
    "uns",
    "bei",
    "interessent",
    "interessenten",
    "interessentin",
    "anfragenden",
    "anfragende",
    "anfragender",
    "bewerbers",
    "bewerber",
    "person",
    "angeben",
    "eingeben",
    "angabe",
    "pflichtfeld",
    "pflichtangabe",
    "wie",
    "lautet",
    "ist",
    "welche",
    "welcher",
    "unter",
    "welchen",
    "erreichen",
    "wir",
    "sie",
    "dich",
    "aktuelle",
    "vollstaendige",
    "vollstaendiger",
    "gewuenschter",
    "gewuenschte",
    "gewuenschtes",
    "gewuenschten",
    "gewaehlter",
    "gewaehlte",
    "gewaehltes",
    "moeglich",
    "genaue",
    // English
    "your",
    "my",
    "the",
    "a",
    "an",
    "please",
    "of",
    "what",
    "s",
    "is",
    "applicant",
    "required",
    "optional",
    "enter",
    "preferred",
    "desired",
    "selected",
    "current",
    "full",
    // French and Italian
    "votre",
    "vos",
    "le",
    "la",
    "les",
    "l",
    "de",
    "du",
    "d",
    "il",
    "lo",
    "suo",
    "sua",
    "tuo",
    "tua",
    "di",
    "del",
    "della",
    "obligatoire",
    "obbligatorio",
    "souhaite",
    "souhaitee",
    "desiderato",
    // Names of form fields
    "field",
    "feld",
    "input",
    "form",
    "value",
    "wert",
    "wpcf7",
    // "Telefon G", "Tel. P": at work and at home
    "g",
    "p",
    "text",
    "tx",
    "powermail",
];

/// The words of a label that carry its meaning, in lower case and without accents, separated by one blank.
pub(crate) fn normal_form(label: &str) -> String {
    let spaced = split_camel_case(&without_gender(&without_brackets(label)));
    let folded = fold(&spaced);
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    // Numbers count fields ("E-Mail 2", "1. Name"), they do not name them.
    words.retain(|word| !word.chars().all(|char| char.is_ascii_digit()));
    let telling: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !IDLE.contains(word))
        .collect();
    // "Kunde: Max Muster" is made of an idle word alone, and "Interessenten-Nr." names nothing without it.
    let only_numbers = telling
        .iter()
        .all(|word| matches!(*word, "nr" | "id" | "no" | "nummer" | "number"));
    let words = if only_numbers { words } else { telling };
    joined(&words)
}

/// Puts words together that are one: "e mail", "tel nr", "vor und nach name" stay words of their own otherwise.
fn joined(words: &[&str]) -> String {
    let mut text = String::new();
    let mut at = 0;
    while at < words.len() {
        if !text.is_empty() {
            text.push(' ');
        }
        match words[at..] {
            ["e", next, ..] if next.starts_with("mail") => {
                text.push('e');
                text.push_str(next);
                at += 2;
            }
            _ => {
                text.push_str(words[at]);
                at += 1;
            }
        }
    }
    text
}

/// "Interessent:in", "Teilnehmer/in" and "Kund*innen" are the word before the sign.
fn without_gender(label: &str) -> String {
    static ENDING: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)(\p{L})[:*/_·]in(?:nen)?\b").expect("a tested pattern"));
    ENDING.replace_all(label, "$1").into_owned()
}

/// What stands in brackets explains a label; a label that is all brackets stays.
fn without_brackets(label: &str) -> String {
    let mut outside = String::with_capacity(label.len());
    let mut depth = 0_usize;
    for char in label.chars() {
        match char {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(char),
            _ => {}
        }
    }
    if outside.chars().any(char::is_alphanumeric) {
        outside
    } else {
        label.to_string()
    }
}

/// "firstName" is two words; "EMail" and "PLZ" are one.
fn split_camel_case(label: &str) -> String {
    if label.contains(' ') {
        return label.to_string();
    }
    let mut spaced = String::with_capacity(label.len() + 4);
    let mut before = ' ';
    for char in label.chars() {
        if char.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(char);
        before = char;
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_label_are_equal() {
        for spellings in [
            &[
                "E-Mail",
                "e-mail",
                "EMail",
                "E Mail",
                "Ihre E-Mail:*",
                "your_email",
                "E–Mail (privat)",
            ][..],
            &["Straße", "Strasse", "STRASSE", "strasse*"],
            &[
                "Vorname",
                "1. Vorname",
                "[Vorname]",
                "vorname",
                "Bitte Ihren Vornamen angeben",
            ],
            &["first name", "firstName", "First_Name"],
        ] {
            let forms: Vec<String> = spellings.iter().map(|label| normal_form(label)).collect();
            assert!(
                forms
                    .iter()
                    .all(|form| form.trim_end_matches('n') == forms[0].trim_end_matches('n')),
                "{forms:?}"
            );
        }
    }

    #[test]
    fn decomposed_letters_are_the_same() {
        assert_eq!(fold("Pre\u{301}nom"), fold("Prénom"));
    }
}
