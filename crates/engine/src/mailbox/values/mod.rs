//! What a value looks like, whatever label it has: mail addresses, phone numbers, postcodes, names, addresses, dates.
//!
//! Every reader takes a text and gives the stretch of it that is the value, in bytes, so that the place of each value
//! stays known.

mod address;
mod consent;
mod contact;
mod moment;
mod names;

use std::ops::Range;

pub(crate) use address::{is_country, read_address, read_postal_city};
pub(crate) use consent::{Consent, read_consent, read_consent_sentence};
pub(crate) use contact::{emails, find_email, find_phone, is_machine_address, is_mail_provider, is_office};
pub(crate) use moment::find_moment;
pub(crate) use names::{
    NameOrder, is_name_like, is_particle, is_salutation, is_title, looks_like_company, split_name,
};

/// A stretch of a text, in bytes, with the value that stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) range: Range<usize>,
    pub(crate) value: String,
}

impl Found {
    /// What stands at `inner`, a slice of `text`.
    pub(crate) fn slice(text: &str, inner: &str) -> Self {
        let start = inner.as_ptr() as usize - text.as_ptr() as usize;
        Found {
            range: start..start + inner.len(),
            value: one_line(inner),
        }
    }
}

/// White space runs as one blank, none at the ends.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What people and programs write where there is nothing: `-`, `k.A.`, `nicht angegeben`, `[phone]`.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    if !text.chars().any(char::is_alphanumeric) {
        return true;
    }
    // A template whose field was not filled.
    let bracketed = (text.starts_with('[') && text.ends_with(']'))
        || (text.starts_with("{{") && text.ends_with("}}"))
        || (text.starts_with('%') && text.ends_with('%') && text.len() > 2)
        || (text.starts_with("##") && text.ends_with("##"));
    if bracketed && !text.contains(' ') {
        return true;
    }
    let word: String = text
        .to_lowercase()
        .chars()
        .filter(|char| char.is_alphanumeric())
        .collect();
    matches!(
        word.as_str(),
        "ka" | "na"
            | "nv"
            | "keine"
            | "keiner"
            | "keineangabe"
            | "keineangaben"
            | "nichtangegeben"
            | "nichtvorhanden"
            | "ohneangabe"
            | "unbekannt"
            | "unknown"
            | "none"
            | "null"
            | "undefined"
            | "notprovided"
            | "notspecified"
            | "notavailable"
            | "bittewählen"
            | "bitteauswählen"
            | "bittewaehlen"
            | "pleaseselect"
            | "leer"
            | "empty"
            | "entfällt"
            | "nonrenseigné"
            | "nonspecificato"
            | "nonindicato"
            | "nonindiqué"
            | "xxx"
    )
}

/// True for answers that only agree or disagree.
pub(crate) fn is_yes_or_no(text: &str) -> bool {
    let word = text.trim().trim_end_matches(['.', '!']).to_lowercase();
    matches!(
        word.as_str(),
        "ja" | "nein"
            | "yes"
            | "no"
            | "oui"
            | "non"
            | "sì"
            | "si"
            | "x"
            | "1"
            | "0"
            | "true"
            | "false"
            | "on"
            | "off"
            | "✓"
            | "✔"
            | "☑"
            | "☐"
            | "akzeptiert"
            | "erteilt"
            | "accepted"
            | "checked"
            | "zugestimmt"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_values() {
        for text in [
            "-",
            "–",
            "k.A.",
            "k. A.",
            "n/a",
            "Keine Angabe",
            "(nicht angegeben)",
            "[your-phone]",
            "{{phone}}",
            "",
            "...",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["Max", "0", "Kai", "[x] Ja, ich will", "100 %", "Na gut"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
