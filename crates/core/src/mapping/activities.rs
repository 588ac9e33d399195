//! Activities written as text in one cell.

use super::dictionary::plain_key;
use super::read::choice_named;
use crate::target::FieldSpec;
use crate::values::{DateOrder, read_moment};

/// One activity as found in a cell: the parts as text, still to be read by their types.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityText {
    /// The date as written; empty where none was found.
    pub date: String,
    /// What the source calls the kind of activity; empty where nothing else stands there.
    pub kind: String,
    /// The rest, or the whole text where it says more than the kind.
    pub summary: String,
    /// The whole piece.
    pub whole: String,
}

/// Cuts a cell such as `2024-05-15: Meeting | 20.08.2024 Sample-Box (DHL 123)` into activities.
///
/// Pieces are cut at line breaks and bars; at semicolons, commas and slashes only where a date follows, since these stand
/// inside summaries, too.
pub(super) fn activities_in(text: &str) -> Vec<ActivityText> {
    let mut pieces: Vec<&str> = Vec::new();
    for line in text.split(['\n', '\r', '|', '•', '·']) {
        let mut start = 0;
        for (at, sign) in line.char_indices() {
            if matches!(sign, ';' | ',' | '/')
                && date_at_start(&line[at + 1..]).is_some()
                && date_at_start(&line[start..]).is_some_and(|(_, rest)| line.len() - rest.len() <= at)
            {
                pieces.push(&line[start..at]);
                start = at + 1;
            }
        }
        pieces.push(&line[start..]);
    }
    pieces
        .into_iter()
        .map(|piece| piece.trim().trim_start_matches(['-', '*', '–', '►']).trim())
        .filter(|piece| !piece.is_empty())
        .map(activity_in)
        .collect()
}

fn activity_in(piece: &str) -> ActivityText {
    let (date, rest) = match date_at_start(piece) {
        Some((date, rest)) => (date.to_string(), rest),
        None => match date_at_end(piece) {
            Some((rest, date)) => (date.to_string(), rest),
            None => (String::new(), piece),
        },
    };
    let rest = rest
        .trim()
        .trim_start_matches([':', '-', '–', '—', ',', '='])
        .trim_end_matches([':', ',', '(', '-', '–'])
        .trim();
    let (kind, summary) = match rest
        .find([':', '(', ','])
        .or_else(|| rest.find(" - "))
        .or_else(|| rest.find(" – "))
    {
        Some(at) => (rest[..at].trim(), rest),
        None => (rest, ""),
    };
    ActivityText {
        date,
        kind: kind.to_string(),
        summary: summary.to_string(),
        whole: piece.to_string(),
    }
}

/// A date at the beginning, and what follows it.
fn date_at_start(text: &str) -> Option<(&str, &str)> {
    let trimmed = text.trim_start();
    // The longest beginning that is a date wins: "2024-05-15 10:00" over "2024-05-15".
    let ends = trimmed
        .char_indices()
        .skip(1)
        .map(|(at, _)| at)
        .chain([trimmed.len()]);
    let boundaries = ends.take_while(|&end| end <= 32).filter(|&end| {
        let next = trimmed[end..].chars().next();
        !next.is_some_and(|c| c.is_ascii_digit() || c.is_alphabetic())
    });
    let end = boundaries.filter(|&end| is_date(&trimmed[..end])).last()?;
    Some((trimmed[..end].trim_end(), &trimmed[end..]))
}

/// A date at the end (`Meeting am 15.05.2024`, `Meeting (15.05.2024)`), and what stands before it.
fn date_at_end(text: &str) -> Option<(&str, &str)> {
    let trimmed = text.trim_end().trim_end_matches(')');
    let start = trimmed.rfind([' ', '('])? + 1;
    let date = &trimmed[start..];
    if !is_date(date) {
        return None;
    }
    let before = trimmed[..start].trim_end_matches(['(', ' ']);
    let before = [" am", " vom", " on", " le"]
        .iter()
        .find_map(|word| before.strip_suffix(word))
        .unwrap_or(before);
    Some((before, date))
}

fn is_date(text: &str) -> bool {
    read_moment(
        text.trim_end_matches([':', ',', '.', ' ', '-']),
        DateOrder::DayFirst,
    )
    .is_some()
        && !text.ends_with([':', ',', ' ', '-'])
}

/// The choice that a source's word for an activity means: by the word itself, or by the longest synonym inside it.
pub(super) fn type_named<'s>(spec: &'s FieldSpec, kind: &str) -> Option<&'s str> {
    if let Some(value) = choice_named(spec, kind) {
        return Some(value);
    }
    let words = plain_key(kind);
    let inside = |name: &str| {
        let key = plain_key(name);
        (key.len() >= 3 && words.contains(&key)).then_some(key.len())
    };
    let candidates = spec.choices.iter().filter_map(|choice| {
        let names = choice
            .synonyms
            .iter()
            .chain([&choice.label.de, &choice.label.en, &choice.value]);
        names
            .filter_map(|name| inside(name))
            .max()
            .map(|length| (length, choice.value.as_str()))
    });
    // Two different choices of equal strength are no answer.
    let mut best: Option<(usize, &str)> = None;
    let mut tied = false;
    for (length, value) in candidates {
        match best {
            Some((longest, _)) if length < longest => {}
            Some((longest, _)) if length == longest => tied = true,
            _ => (best, tied) = (Some((length, value)), false),
        }
    }
    best.filter(|_| !tied).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{Role, Target};

    fn found(text: &str) -> Vec<(String, String, String)> {
        activities_in(text)
            .into_iter()
            .map(|a| (a.date, a.kind, a.summary))
            .collect()
    }

    fn parts(parts: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
        parts
            .iter()
            .map(|(a, b, c)| ((*a).to_string(), (*b).to_string(), (*c).to_string()))
            .collect()
    }

    #[test]
    fn activities_come_out_of_a_cell() {
        type Parts<'a> = &'a [(&'a str, &'a str, &'a str)];
        let table: [(&str, Parts<'_>); 9] = [
            (
                "2024-05-15: Meeting | 2024-08-20: Sample-Box",
                &[("2024-05-15", "Meeting", ""), ("2024-08-20", "Sample-Box", "")],
            ),
            (
                "15.05.2024 Termin vor Ort\n20.8.24 - Anruf",
                &[("15.05.2024", "Termin vor Ort", ""), ("20.8.24", "Anruf", "")],
            ),
            (
                "15.05.2024: Meeting; 20.08.2024: Anruf",
                &[("15.05.2024", "Meeting", ""), ("20.08.2024", "Anruf", "")],
            ),
            (
                "15.05.2024 Muster: Box mit Käse, Wurst; Brot",
                &[("15.05.2024", "Muster", "Muster: Box mit Käse, Wurst; Brot")],
            ),
            (
                "2024-05-15 10:00 Demo (online)",
                &[("2024-05-15 10:00", "Demo", "Demo (online)")],
            ),
            ("Meeting am 15.05.2024", &[("15.05.2024", "Meeting", "")]),
            ("Meeting (15.05.2024)", &[("15.05.2024", "Meeting", "")]),
            ("nur ein Text", &[("", "nur ein Text", "")]),
            (" | ", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(found(text), parts(expected), "{text}");
        }
    }

    #[test]
    fn words_for_activities_are_understood() {
        let target = Target::builtin("migration").unwrap();
        let spec = &target.activity_fields()[target.activity_role_index(Role::ActivityType).unwrap()];
        let table = [
            ("Meeting", Some("MEETING")),
            ("Sample-Box", Some("SAMPLE_SENT")),
            ("Sample-Box verschickt", Some("SAMPLE_SENT")),
            ("Muster-Feedback", Some("SAMPLE_FEEDBACK")),
            ("Erstkontakt auf der Messe", Some("FIRST_CONTACT_DOCUMENTED")),
            ("Telefonat mit Küchenchef", Some("CALL")),
            ("QUALIFIED_CALL", Some("QUALIFIED_CALL")),
            ("Weihnachtskarte", None),
        ];
        for (word, value) in table {
            assert_eq!(type_named(spec, word), value, "{word}");
        }
    }
}
