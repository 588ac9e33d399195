//! What a single line is: blank, a rule, one or more pairs of label and value, a label alone, or text.

use std::sync::LazyLock;

use regex::Regex;

use crate::mailbox::layout::{Line, Span};
use crate::mailbox::values::{find_email, find_phone, read_postal_city};
use crate::mailbox::vocabulary::{Concept, Strength, understand, understand_exactly};

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Blank,
    /// A line of dashes or the like; the delimiter of a signature too.
    Rule,
    /// Label and value, perhaps several times.
    Pairs(Vec<(Span, Span)>),
    /// A label without a value on its line.
    Label {
        label: Span,
        mark: LabelMark,
    },
    Text,
}

/// By what a label that stands alone is known as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LabelMark {
    /// It ends with a colon.
    Colon,
    /// Lines or signs around it, as in `--- Name ---`.
    Decorated,
    /// Bold from end to end.
    Strong,
    /// Only by its words.
    Word,
}

/// Labels are short; questions may be longer.
const LONGEST_LABEL: usize = 120;

/// Looks at a line.
pub(super) fn shape(text: &str, line: &Line) -> Shape {
    let span = line.span;
    let shown = span.of(text);
    if shown.is_empty() {
        return Shape::Blank;
    }
    if !shown.chars().any(char::is_alphanumeric) {
        let marks = shown.chars().filter(|char| "-_=*~#+–—".contains(*char)).count();
        return if marks >= 2 { Shape::Rule } else { Shape::Text };
    }
    if let Some(label) = decorated(text, span) {
        return Shape::Label {
            label,
            mark: LabelMark::Decorated,
        };
    }
    if let Some((label, value)) = strong_label(text, line).or_else(|| separated(text, span)) {
        if value.is_empty() {
            return Shape::Label {
                label,
                mark: if line.strong >= shown.len() {
                    LabelMark::Strong
                } else {
                    LabelMark::Colon
                },
            };
        }
        return Shape::Pairs(split_further(text, label, value));
    }
    let bare = undecorated(text, span);
    if line.strong >= shown.len() && shown.chars().count() <= 80 {
        return Shape::Label {
            label: bare,
            mark: LabelMark::Strong,
        };
    }
    let asks = is_question_to_the_person(shown) && understand(bare.of(text)).is_some();
    if asks || bare.of(text).chars().count() <= 60 && understand_exactly(bare.of(text)).is_some() {
        return Shape::Label {
            label: bare,
            mark: LabelMark::Word,
        };
    }
    Shape::Text
}

/// `--- Name ---`, `=== Kontakt ===`, `*** Name ***`, `[Name]`, `:: Name ::`.
fn decorated(text: &str, span: Span) -> Option<Span> {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:[-=*#_~+–—:]{2,}\s*(?P<a>[\p{L}\d][^:=]{0,80}?):?\s*[-=*#_~+–—:]{2,}|#{1,4}\s+(?P<b>[\p{L}][^:]{0,80}?):?\s*#*|\[(?P<c>[\p{L}][^\]:]{0,60})\])$")
            .expect("a tested pattern")
    });
    let found = FORM.captures(span.of(text))?;
    let name = found.name("a").or(found.name("b")).or(found.name("c"))?;
    Some(span.part(name.start(), name.end()).trimmed(text))
}

/// The label without bullets, numbers and markup around it.
fn undecorated(text: &str, span: Span) -> Span {
    static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:[\s*_•·▪►»>+o–—-]*[*_•·▪►»>+–—-]\s*|\(?\d{1,2}[.)]\s+)").expect("a tested pattern")
    });
    let shown = span.of(text);
    let start = BEFORE.find(shown).map_or(0, |found| found.end());
    let inner = shown[start..].trim_end_matches([':', '：', '*', '_', ' ', '\u{a0}', '?', '=']);
    // Leaders: "Name ......"
    let inner = if inner.ends_with("..") {
        inner.trim_end_matches(['.', ' '])
    } else {
        inner
    };
    span.part(start, start + inner.len()).trimmed(text)
}

/// A bold beginning that is a label: `<b>Name</b> Max`.
fn strong_label(text: &str, line: &Line) -> Option<(Span, Span)> {
    let shown = line.span.of(text);
    if line.strong == 0 || line.strong >= shown.len() {
        return None;
    }
    let label = line.span.part(0, line.strong);
    let value = line.span.part(line.strong, shown.len());
    let rest = value.of(text).trim_start();
    let parted = label.of(text).trim_end().ends_with(':') || rest.starts_with(':');
    let label = undecorated(text, label);
    if label.is_empty() || !(parted || understand_exactly(label.of(text)).is_some()) {
        return None;
    }
    let value = value.locate(text, rest.trim_start_matches([':', ' ', '\u{a0}']));
    Some((label, value.trimmed(text)))
}

/// Label and value as their line parts them; the value may be empty.
fn separated(text: &str, span: Span) -> Option<(Span, Span)> {
    let shown = span.of(text);
    for (at, colon) in shown.match_indices([':', '：']) {
        if at > LONGEST_LABEL {
            break;
        }
        let (label, value) = (&shown[..at], &shown[at + colon.len()..]);
        if is_no_separator(label, value) {
            continue;
        }
        let label = undecorated(text, span.part(0, at));
        // "Name :  Max", "*Name:* Max", "Name:= Max", "Name:: Max"
        let value = value.trim_start_matches(['*', '_', '=', ':', '>']);
        let value = span.locate(text, value).trimmed(text);
        return is_label_like(label.of(text)).then_some((label, value));
    }
    in_brackets(text, span)
        .or_else(|| by_other_sign(text, span))
        .or_else(|| by_value(text, span))
}

/// `[Name] Max`
fn in_brackets(text: &str, span: Span) -> Option<(Span, Span)> {
    let shown = span.of(text);
    let (label, value) = shown.strip_prefix('[')?.split_once(']')?;
    let value = value.trim();
    (!value.is_empty() && label.len() <= LONGEST_LABEL && understand(label).is_some())
        .then(|| (span.locate(text, label).trimmed(text), span.locate(text, value)))
}

/// A question of a form: "Für welchen Kurs interessieren Sie sich?"
fn is_question_to_the_person(shown: &str) -> bool {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)^(?:(?:an|auf|bei|für|in|unter|zu|mit|à|a|per|pour|for|at|on|in)\s+)?(?:wie|welche[rmns]?|was|wo|what|which|where|how|quel(?:le)?s?|quale|quali|comment|come|où|dove)\b
            .*\b(?:sie|ihr|ihre[rmn]?|du|dein|deine[rmn]?|dich|you|your|vous|votre|vos|lei|suo|sua|ti|tuo)\b.*\?$",
        )
        .expect("a tested pattern")
    });
    shown.chars().count() <= LONGEST_LABEL && FORM.is_match(shown)
}

/// Colons of times, addresses and the like.
fn is_no_separator(label: &str, value: &str) -> bool {
    let last_word = label
        .rsplit(|char: char| !char.is_alphanumeric())
        .next()
        .unwrap_or_default();
    // "Interessent:in"
    let is_gender = label.ends_with(char::is_lowercase)
        && ["in", "innen"].iter().any(|ending| {
            value
                .strip_prefix(ending)
                .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        });
    value.starts_with("//")
        || is_gender
        || matches!(
            last_word.to_ascii_lowercase().as_str(),
            "http" | "https" | "ftp" | "mailto" | "tel" | "sms"
        ) && (value.starts_with("//")
            || last_word.chars().all(|char| char.is_ascii_lowercase())
                && label.len() == last_word.len()
                && !value.starts_with(' '))
        || label.ends_with(|char: char| char.is_ascii_digit())
            && value.starts_with(|char: char| char.is_ascii_digit())
}

fn is_label_like(label: &str) -> bool {
    if label.is_empty()
        || !label.chars().any(char::is_alphabetic)
        || label.contains(['@', '<', '>', '"', '„', '“'])
    {
        return false;
    }
    if understand_exactly(label).is_some() {
        return true;
    }
    let words = label.split_whitespace().count();
    let is_sentence =
        label.contains(", ") && words > 4 || label.contains(". ") && words > 3 || label.contains("! ");
    let known = understand(label).is_some();
    !is_sentence && (words <= 6 && label.chars().count() <= 60 || known && words <= 14)
}

/// Tabs, wide gaps, leaders, equals signs, arrows and dashes part label and value where the label is a known one.
fn by_other_sign(text: &str, span: Span) -> Option<(Span, Span)> {
    static SIGN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\s*(?:\t+|\.{3,}|_{3,}|\s{2,}|\s*=>\s*|\s*->\s*|\s*→\s*|\s*;\s*|\s*»\s*|\s*>>\s*|\s*=\s*|\s*\|\s*|\s[-–—]\s)\s*").expect("a tested pattern")
    });
    let shown = span.of(text);
    let mut from = 0;
    // A table drawn with lines begins with one.
    if let Some(rest) = shown.strip_prefix('|') {
        from = shown.len() - rest.trim_start().len();
    }
    let sign = SIGN.find_at(shown, from)?;
    if sign.start() <= from || sign.start() > LONGEST_LABEL {
        return None;
    }
    let label = undecorated(text, span.part(from, sign.start()));
    let value = span
        .locate(text, shown[sign.end()..].trim_end_matches(['|', ' ']))
        .trimmed(text);
    let known = understand_exactly(label.of(text)).is_some();
    // Forms that write out their variables: "nachricht = …", "REMOTE_ADDR = …".
    let is_variable = sign.as_str().trim() == "="
        && label
            .of(text)
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']'))
        && label
            .of(text)
            .starts_with(|char: char| char.is_ascii_alphabetic());
    (!value.is_empty() && (known || is_variable)).then_some((label, value))
}

/// True for a text that ends like a sentence, and not with an abbreviation ("Datensatz-Nr.").
pub(super) fn ends_a_sentence(shown: &str) -> bool {
    let last = shown
        .rsplit(|char: char| char.is_whitespace() || char == '-')
        .next()
        .unwrap_or_default();
    shown.ends_with([',', '!']) || shown.ends_with('.') && last.chars().count() > 5
}

/// A short text, a wide gap or tab, and another text.
pub(super) fn wide_gap(text: &str, span: Span) -> Option<(Span, Span)> {
    static GAP: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\t+|\s{2,}").expect("a tested pattern"));
    let shown = span.of(text);
    let gap = GAP.find(shown)?;
    let label = undecorated(text, span.part(0, gap.start()));
    let words = label.of(text).split_whitespace().count();
    ((1..=6).contains(&words) && label.of(text).chars().count() <= 60 && !ends_a_sentence(label.of(text)))
        .then(|| (label, span.part(gap.end(), shown.len()).trimmed(text)))
}

/// `Tel. 030 123456`, `E-Mail max@example.test`, `PLZ 10115`: the value tells that the word before it is a label.
fn by_value(text: &str, span: Span) -> Option<(Span, Span)> {
    let shown = span.of(text);
    let mut at = 0;
    for _ in 0..2 {
        let blank = shown[at..].find(' ')? + at;
        let (label, value) = (&shown[..blank], shown[blank..].trim());
        at = blank + 1;
        let Some(meaning) = understand_exactly(label) else {
            continue;
        };
        let fits = match meaning.concepts[0] {
            Concept::Email => find_email(value).is_some_and(|found| found.range == (0..value.len())),
            Concept::Phone | Concept::Mobile | Concept::Fax => {
                find_phone(value).is_some_and(|found| found.range.start == 0)
            }
            Concept::PostalCode => value.len() <= 5 && value.bytes().all(|byte| byte.is_ascii_digit()),
            Concept::PostalCity => read_postal_city(value).is_some(),
            _ => false,
        };
        if fits && meaning.strength == Strength::Exact {
            let label = undecorated(text, span.locate(text, label));
            return Some((label, span.locate(text, value)));
        }
    }
    None
}

/// Further pairs in the value of a first one: `Tel: 030 123 | E-Mail: max@example.test`.
fn split_further(text: &str, label: Span, value: Span) -> Vec<(Span, Span)> {
    let is_free = |label: Span| {
        understand(label.of(text)).is_some_and(|meaning| {
            matches!(
                meaning.concepts[0],
                Concept::Message | Concept::Subject | Concept::Consent
            )
        })
    };
    let mut pairs = Vec::new();
    let (mut label, mut value) = (label, value);
    'pairs: while !is_free(label) {
        let shown = value.of(text);
        for (colon, _) in shown.match_indices(':') {
            if is_no_separator(&shown[..colon], &shown[colon + 1..]) {
                continue;
            }
            let Some(start) = known_label_before(&shown[..colon]) else {
                continue;
            };
            let before = shown[..start]
                .trim_end_matches([' ', '\t', '|', ';', ',', '/', '·', '•', '-', '–', '\u{a0}']);
            let next_label = undecorated(text, value.part(start, colon));
            let next_value = value.part(colon + 1, shown.len()).trimmed(text);
            pairs.push((label, value.part(0, before.len()).trimmed(text)));
            (label, value) = (next_label, next_value);
            continue 'pairs;
        }
        break;
    }
    pairs.push((label, value));
    pairs
}

/// Where a known label of up to three words begins that ends a text.
fn known_label_before(text: &str) -> Option<usize> {
    let trimmed = text.trim_end();
    let mut starts: Vec<usize> = trimmed
        .char_indices()
        .filter(|(at, char)| {
            !char.is_whitespace()
                && trimmed[..*at].chars().next_back().is_none_or(|before| {
                    before.is_whitespace() || matches!(before, '|' | ';' | ',' | '/' | '·' | '•')
                })
        })
        .map(|(at, _)| at)
        .collect();
    // At the very beginning the value itself would be the label.
    starts.retain(|start| *start > 0);
    let first = starts.len().saturating_sub(3);
    starts[first..].iter().copied().find(|start| {
        let label = &trimmed[*start..];
        label.starts_with(char::is_alphabetic)
            && !label.contains(['|', ';'])
            && understand_exactly(label).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(shown: &str) -> Vec<(&str, &str)> {
        let line = Line {
            span: Span::new(0, shown.len()),
            ..Line::default()
        };
        match shape(shown, &line) {
            Shape::Pairs(pairs) => pairs
                .into_iter()
                .map(|(label, value)| (label.of(shown), value.of(shown)))
                .collect(),
            Shape::Label { label, .. } => vec![(label.of(shown), "")],
            _ => vec![],
        }
    }

    #[test]
    fn labels_and_values_come_apart() {
        let cases: [(&str, &[(&str, &str)]); 28] = [
            ("Name: Max Muster", &[("Name", "Max Muster")]),
            ("Name:Max", &[("Name", "Max")]),
            ("* Name : Max", &[("Name", "Max")]),
            ("*Name:* Max", &[("Name", "Max")]),
            ("- E-Mail: max@example.test", &[("E-Mail", "max@example.test")]),
            ("1. Name: Max", &[("Name", "Max")]),
            ("Name\tMax Muster", &[("Name", "Max Muster")]),
            ("Name          Max Muster", &[("Name", "Max Muster")]),
            ("Name........: Max", &[("Name", "Max")]),
            ("[Name] Max", &[("Name", "Max")]),
            (
                "Für welchen Kurs interessieren Sie sich?",
                &[("Für welchen Kurs interessieren Sie sich", "")],
            ),
            ("Name ....... Max", &[("Name", "Max")]),
            ("Name = Max", &[("Name", "Max")]),
            ("Name => Max", &[("Name", "Max")]),
            ("Name - Max", &[("Name", "Max")]),
            ("| Name | Max |", &[("Name", "Max")]),
            ("Tel. 030 1234567", &[("Tel.", "030 1234567")]),
            ("E-Mail max@example.test", &[("E-Mail", "max@example.test")]),
            (
                "Vorname: Max   Nachname: Muster",
                &[("Vorname", "Max"), ("Nachname", "Muster")],
            ),
            (
                "Vorname: Max Nachname: Muster",
                &[("Vorname", "Max"), ("Nachname", "Muster")],
            ),
            (
                "Tel: 030 123456 | E-Mail: max@example.test",
                &[("Tel", "030 123456"), ("E-Mail", "max@example.test")],
            ),
            ("Telefon:", &[("Telefon", "")]),
            ("--- Name ---", &[("Name", "")]),
            (
                "Wie können wir Sie telefonisch erreichen?: 030 123456",
                &[("Wie können wir Sie telefonisch erreichen", "030 123456")],
            ),
            ("https://example.test/seite", &[]),
            ("Wir sind um 10:15 da", &[]),
            ("Er sagte, dass er am Montag kommen wolle: gern", &[]),
            ("Nachricht: Mein Name: Max", &[("Nachricht", "Mein Name: Max")]),
        ];
        for (shown, expected) in cases {
            assert_eq!(pairs(shown), expected, "{shown}");
        }
    }

    #[test]
    fn rules_blanks_and_text_are_told_apart() {
        let of = |shown: &str| {
            shape(
                shown,
                &Line {
                    span: Span::new(0, shown.len()),
                    ..Line::default()
                },
            )
        };
        assert_eq!(of(""), Shape::Blank);
        assert_eq!(of("-----"), Shape::Rule);
        assert_eq!(of("--"), Shape::Rule);
        assert_eq!(of("Guten Tag Frau Muster,"), Shape::Text);
    }
}
