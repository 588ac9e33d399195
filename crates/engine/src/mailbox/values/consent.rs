//! Statements of consent: whether it was given, and when. Nothing is concluded where no time is named.

use std::sync::LazyLock;

use chrono_tz::Tz;
use regex::Regex;

use super::{Found, find_moment};

/// What a statement says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Given at that time.
    Given(Found),
    /// Given, without a time.
    Undated,
    /// Not given, or withdrawn.
    Refused,
}

/// Reads the value of a label that asks for consent.
pub(crate) fn read_consent(text: &str, zone: Tz) -> Consent {
    if is_refusal(text) {
        return Consent::Refused;
    }
    match find_moment(text, zone).filter(|found| !is_date_of_the_text(text, found)) {
        Some(found) => Consent::Given(found),
        None => Consent::Undated,
    }
}

/// Finds a sentence that says consent was given at a certain time.
pub(crate) fn read_consent_sentence(text: &str, zone: Tz) -> Option<Found> {
    static WORDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?i)einwillig|eingewilligt|zustimm|zugestimmt|einverst|consent|agreed|opt-?in|optin|accept[ée]|consenti|consenso|acconsenti|autorisé|best[äa]tigt",
        )
        .expect("a tested pattern")
    });
    static ABOUT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)datenschutz|daten|kontakt|werbung|weitergabe|dsgvo|opt-?in|privacy|data|einwillig|zustimm|zugestimmt|consent|données|dati|privacy")
            .expect("a tested pattern")
    });
    for (start, sentence) in sentences(text) {
        if !WORDS.is_match(sentence) || !ABOUT.is_match(sentence) || is_refusal(sentence) {
            continue;
        }
        let moment = find_moment(sentence, zone).filter(|found| !is_date_of_the_text(sentence, found));
        if let Some(found) = moment {
            return Some(Found {
                range: found.range.start + start..found.range.end + start,
                ..found
            });
        }
    }
    None
}

fn is_refusal(text: &str) -> bool {
    static REFUSAL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)^\s*(?:nein|no|non|false|0|abgelehnt|verweigert|nicht\ erteilt|keine|off)\b
            | \b(?:nicht|keine|kein|not|no|pas|non)\ (?:ein(?:gewilligt|verstanden)|zugestimmt|erteilt|einwilligung|zustimmung|consent|given|agreed|accepted|accepté|acconsentito)
            | widerrufen\ am | zur[üu]ckgezogen | withdrawn | revoked | r[ée]voqu[ée]",
        )
        .expect("a tested pattern")
    });
    REFUSAL.is_match(text)
}

/// "Stand 01.01.2024", "Fassung vom …": the date of the declaration and not of the consent.
fn is_date_of_the_text(text: &str, found: &Found) -> bool {
    static VERSION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?i)(?:stand|version|fassung|g[üu]ltig ab|état|versione|as of)[\s:.]*(?:vom|du|del|of)?\s*$",
        )
        .expect("a tested pattern")
    });
    VERSION.is_match(&text[..found.range.start])
}

/// Sentences with their beginnings: up to a line's end or a full stop that ends no number.
fn sentences(text: &str) -> impl Iterator<Item = (usize, &str)> {
    static END: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\n\s*\n|[!?]\s|(?:\p{L}{3}|\d{4})[.)]\s+\p{Lu}").expect("a tested pattern")
    });
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= text.len() {
            return None;
        }
        let start = at;
        at = END.find_at(text, start).map_or(text.len(), |end| {
            // The next sentence begins with the capital letter that ends the match.
            let last = end.as_str().chars().next_back().map_or(0, char::len_utf8);
            (end.end()
                - if end.as_str().ends_with(char::is_whitespace) {
                    0
                } else {
                    last
                })
            .max(start + 1)
        });
        Some((start, &text[start..at]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Berlin;

    #[test]
    fn labelled_consent_needs_a_time() {
        let given = |text| match read_consent(text, Berlin) {
            Consent::Given(found) => Some(found.value),
            _ => None,
        };
        assert_eq!(
            given("Ja, erteilt am 12.03.2025 14:22").as_deref(),
            Some("2025-03-12T13:22:00Z")
        );
        assert_eq!(
            given("2025-03-12T13:22:10Z").as_deref(),
            Some("2025-03-12T13:22:10Z")
        );
        assert_eq!(read_consent("ja", Berlin), Consent::Undated);
        assert_eq!(
            read_consent("akzeptiert (Stand 01.01.2024)", Berlin),
            Consent::Undated
        );
        assert_eq!(read_consent("nein", Berlin), Consent::Refused);
        assert_eq!(read_consent("widerrufen am 12.03.2025", Berlin), Consent::Refused);
    }

    #[test]
    fn sentences_of_consent_are_found() {
        for (text, expected) in [
            (
                "Der Interessent hat am 12.03.2025 um 14:05 Uhr der Weitergabe seiner Daten zugestimmt.",
                Some("2025-03-12T13:05:00Z"),
            ),
            (
                "Hallo.\nEinwilligung zur Kontaktaufnahme erteilt am\n12.03.2025, 14:05 Uhr.",
                Some("2025-03-12T13:05:00Z"),
            ),
            (
                "The user agreed to the privacy policy on 2025-03-12 13:05 UTC.",
                Some("2025-03-12T13:05:00Z"),
            ),
            (
                "Wir freuen uns auf den 12.03.2025. Sie haben der Weitergabe zugestimmt.",
                None,
            ),
            ("Der Interessent hat nicht zugestimmt, Stand 12.03.2025.", None),
            ("Kursbeginn ist der 12.03.2025.", None),
        ] {
            let found = read_consent_sentence(text, Berlin);
            assert_eq!(found.map(|found| found.value).as_deref(), expected, "{text}");
        }
    }
}
