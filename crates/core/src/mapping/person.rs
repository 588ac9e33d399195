//! Full names of persons, taken apart.

use serde::Serialize;

/// The parts of a full name; absent parts are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonName {
    /// Herr, Frau, Madame …
    pub salutation: String,
    /// Dr., Prof. Dr. …
    pub title: String,
    /// Given names.
    pub first: String,
    /// Family name with its particles (von, de la).
    pub last: String,
}

const SALUTATIONS: [&str; 16] = [
    "herr",
    "herrn",
    "frau",
    "fräulein",
    "familie",
    "fam",
    "mr",
    "mrs",
    "ms",
    "monsieur",
    "madame",
    "mme",
    "m",
    "signor",
    "signora",
    "hr",
];
const TITLES: [&str; 17] = [
    "dr",
    "prof",
    "professor",
    "doktor",
    "dipl",
    "ing",
    "dipl-ing",
    "dipl-kfm",
    "mag",
    "med",
    "phil",
    "jur",
    "rer",
    "nat",
    "pol",
    "mba",
    "msc",
];
const PARTICLES: [&str; 19] = [
    "von", "vom", "zu", "zur", "zum", "van", "der", "den", "de", "du", "di", "del", "della", "da", "la",
    "le", "ten", "el", "al",
];

/// Takes a full name apart: `Herr Dr. Max von Muster`, `Muster, Max`, `Frau Müller-Lüdenscheidt`.
///
/// One word alone is the family name. Two words after a comma-less salutation are given name and family name; of three
/// and more, the last is the family name, together with particles before it.
pub fn split_name(text: &str) -> PersonName {
    let mut name = PersonName::default();
    let (text, inverted) = match text.split_once(',') {
        Some((full, title)) if is_title(title.trim()) => {
            name.title = title.trim().to_string();
            (full.trim(), None)
        }
        Some((last, rest)) if !rest.trim().is_empty() => (rest.trim(), Some(last.trim())),
        _ => (text.trim().trim_end_matches(','), None),
    };
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let mut take_leading = |name: &mut PersonName| {
        while let Some(word) = words.first() {
            if name.salutation.is_empty() && SALUTATIONS.contains(&plain(word).as_str()) && words.len() > 1 {
                name.salutation = words.remove(0).to_string();
            } else if is_title(word) && words.len() > 1 {
                let title = words.remove(0);
                join(&mut name.title, title);
            } else {
                break;
            }
        }
    };
    take_leading(&mut name);
    if let Some(last) = inverted {
        // "Herr Dr. Muster, Max" carries the leading parts before the family name.
        let before = split_name(last);
        if name.salutation.is_empty() {
            name.salutation = before.salutation;
        }
        if name.title.is_empty() {
            name.title = before.title;
        }
        name.last = [before.first, before.last]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        name.first = words.join(" ");
        return name;
    }
    let Some(last) = words.len().checked_sub(1) else {
        return name;
    };
    let mut start = last;
    while start > 0 && PARTICLES.contains(&words[start - 1].to_lowercase().as_str()) {
        start -= 1;
    }
    name.first = words[..start].join(" ");
    name.last = words[start..].join(" ");
    name
}

fn plain(word: &str) -> String {
    word.trim_end_matches(['.', ':']).to_lowercase()
}

fn is_title(word: &str) -> bool {
    !word.is_empty()
        && word.split_whitespace().all(|word| {
            let word = plain(word);
            TITLES.contains(&word.as_str())
                || (word.contains('.')
                    && word
                        .split('.')
                        .all(|part| TITLES.contains(&part.trim_start_matches('-'))))
        })
}

fn join(text: &mut String, word: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(word);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart() {
        let table = [
            ("Max Mustermann", ["", "", "Max", "Mustermann"]),
            ("Mustermann, Max", ["", "", "Max", "Mustermann"]),
            ("Herr Max Mustermann", ["Herr", "", "Max", "Mustermann"]),
            (
                "Frau Dr. Anna-Lena von der Heide",
                ["Frau", "Dr.", "Anna-Lena", "von der Heide"],
            ),
            (
                "Prof. Dr. med. Karl Heinz Weber",
                ["", "Prof. Dr. med.", "Karl Heinz", "Weber"],
            ),
            ("Herr Müller", ["Herr", "", "", "Müller"]),
            ("Müller", ["", "", "", "Müller"]),
            ("Dr. von Muster, Eva", ["", "Dr.", "Eva", "von Muster"]),
            ("Mme Claire Dubois", ["Mme", "", "Claire", "Dubois"]),
            ("Max Mustermann, MBA", ["", "MBA", "Max", "Mustermann"]),
            ("", ["", "", "", ""]),
            ("Frau", ["", "", "", "Frau"]),
        ];
        for (text, parts) in table {
            let name = split_name(text);
            assert_eq!(
                [name.salutation, name.title, name.first, name.last],
                parts,
                "{text}"
            );
        }
    }
}
