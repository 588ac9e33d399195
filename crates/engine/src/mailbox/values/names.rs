//! Names of people: salutation, title, given names, family name.

use std::ops::Range;

use super::Found;

/// In which order a label says the parts come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameOrder {
    /// Given name first, unless a comma says otherwise.
    Usual,
    /// The label names the family name first.
    LastFirst,
}

/// A name in its parts; each with its place in the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameParts {
    pub(crate) salutation: Option<Found>,
    pub(crate) title: Option<Found>,
    pub(crate) first: Option<Found>,
    pub(crate) last: Option<Found>,
}

/// The salutations of the four languages.
pub(crate) fn is_salutation(text: &str) -> bool {
    matches!(
        text.trim().trim_end_matches('.').to_lowercase().as_str(),
        "herr"
            | "herrn"
            | "frau"
            | "fräulein"
            | "mr"
            | "mrs"
            | "ms"
            | "miss"
            | "monsieur"
            | "madame"
            | "mademoiselle"
            | "mme"
            | "mlle"
            | "signor"
            | "signora"
            | "signore"
            | "signorina"
            | "sig"
            | "sig.ra"
            | "divers"
            | "familie"
            | "mx"
            | "hr"
            | "fr"
            | "m"
    )
}

/// Salutations that may stand before a name without being taken for a part of it.
fn is_leading_salutation(word: &str) -> bool {
    // "Fr." is Frau, "Fr" may be anything; "M" too.
    is_salutation(word) && !matches!(word.to_lowercase().as_str(), "m" | "divers" | "fr")
}

/// Academic and similar titles; suffixes as well (`MBA`, `M.Sc.`).
pub(crate) fn is_title(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    !words.is_empty() && words.iter().all(|word| is_title_word(word))
}

fn is_title_word(word: &str) -> bool {
    let lower = word.trim_end_matches(',').to_lowercase();
    if matches!(
        lower.as_str(),
        "dr" | "prof"
            | "professor"
            | "doktor"
            | "mag"
            | "ing"
            | "dipl"
            | "di"
            | "mba"
            | "msc"
            | "bsc"
            | "ma"
            | "ba"
            | "phd"
            | "llm"
            | "rer"
            | "nat"
            | "med"
            | "phil"
            | "jur"
            | "oec"
            | "pol"
            | "habil"
            | "h.c"
            | "hc"
            | "et"
            | "univ"
            | "lic"
            | "drs"
            | "dott"
            | "dott.ssa"
            | "avv"
            | "arch"
            | "dr-ing"
            | "dent"
            | "vet"
    ) {
        // Without a point these are words or names too.
        return matches!(
            lower.as_str(),
            "dr" | "prof" | "professor" | "doktor" | "mba" | "msc" | "bsc" | "phd" | "llm" | "dott"
        );
    }
    let trimmed = lower.trim_end_matches('.');
    let is_dotted = lower.contains('.');
    is_dotted
        && (matches!(
            trimmed,
            "dr" | "prof"
                | "mag"
                | "ing"
                | "dipl"
                | "rer"
                | "nat"
                | "med"
                | "phil"
                | "jur"
                | "oec"
                | "pol"
                | "habil"
                | "h.c"
                | "univ"
                | "lic"
                | "dott"
                | "avv"
                | "arch"
                | "m.sc"
                | "b.sc"
                | "m.a"
                | "b.a"
                | "m.eng"
                | "b.eng"
                | "ll.m"
                | "ph.d"
                | "m.ed"
                | "b.ed"
                | "dr.-ing"
                | "iur"
                | "theol"
                | "dent"
                | "vet"
                | "techn"
                | "soz"
                | "paed"
                | "päd"
                | "publ"
                | "ssa"
                | "dott.ssa"
                | "sc"
                | "a"
                | "prof.dr"
                | "mult"
        ) && trimmed != "a"
            || trimmed.starts_with("dipl.-")
            || trimmed.starts_with("dr.-")
            || trimmed.starts_with("prof.dr"))
        || lower.starts_with("dipl.-")
        || lower.starts_with("dr.-")
}

/// Words that open a family name: `von Muster`, `van den Berg`, `de la Cruz`.
pub(crate) fn is_particle(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "von"
            | "vom"
            | "zu"
            | "zum"
            | "zur"
            | "van"
            | "vd"
            | "v."
            | "de"
            | "den"
            | "der"
            | "dem"
            | "del"
            | "della"
            | "dell'"
            | "di"
            | "da"
            | "dos"
            | "das"
            | "do"
            | "du"
            | "des"
            | "le"
            | "la"
            | "lo"
            | "ten"
            | "ter"
            | "te"
            | "af"
            | "av"
            | "el"
            | "al"
            | "bin"
            | "ben"
            | "ibn"
            | "abu"
            | "freiherr"
            | "freifrau"
            | "graf"
            | "gräfin"
            | "baron"
            | "baronin"
            | "fürst"
            | "fürstin"
            | "prinz"
            | "prinzessin"
            | "st."
            | "mac"
            | "'t"
            | "op"
            | "auf"
            | "dal"
            | "dalla"
    )
}

/// True for texts that can be the name of a person: letters, a few words, no digits.
pub(crate) fn is_name_like(text: &str) -> bool {
    let text = text.trim();
    let words = text.split_whitespace().count();
    let letters = text.chars().filter(|char| char.is_alphabetic()).count();
    (1..=9).contains(&words)
        && letters >= 2
        && text.chars().count() <= 90
        && !text.contains('\n')
        && text.chars().all(|char| {
            char.is_alphabetic()
                || char.is_whitespace()
                || matches!(
                    char,
                    '-' | '\'' | '’' | '.' | ',' | '‑' | '–' | '`' | '´' | '\u{300}'..='\u{36f}'
                )
        })
        && text.starts_with(|char: char| char.is_alphabetic() || char == '\'')
}

/// True for texts with a legal form or a trade in them.
pub(crate) fn looks_like_company(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|char: char| char.is_whitespace() || matches!(char, ',' | '(' | ')' | '/'))
        .collect();
    let has = |marks: &[&str]| words.iter().any(|word| marks.contains(word));
    has(&[
        "gmbh",
        "ag",
        "kg",
        "ug",
        "ohg",
        "gbr",
        "e.v.",
        "ev",
        "e.k.",
        "ek",
        "eg",
        "e.g.",
        "mbh",
        "kgaa",
        "se",
        "ltd",
        "ltd.",
        "inc",
        "inc.",
        "llc",
        "sa",
        "s.a.",
        "sàrl",
        "sarl",
        "sas",
        "srl",
        "s.r.l.",
        "spa",
        "s.p.a.",
        "snc",
        "sagl",
        "gmbh&co",
        "co.",
        "partg",
        "partgmbb",
        "stiftung",
        "verein",
        "verband",
        "gruppe",
        "group",
        "holding",
        "& co",
        "&co",
        "consulting",
        "akademie",
        "institut",
        "universität",
        "hochschule",
        "schule",
    ]) || lower.ends_with("gmbh")
        || lower.contains(" & co")
}

/// Takes a name apart. The parts keep the spelling of the text.
pub(crate) fn split_name(text: &str, order: NameOrder) -> NameParts {
    let mut parts = NameParts::default();
    let mut words = words(text);
    // "Herr", "Frau", "Herr Dr."
    while let Some(word) = words.first() {
        let shown = &text[word.clone()];
        if parts.salutation.is_none() && is_leading_salutation(shown) && words.len() > 1 {
            let mut found = Found::slice(text, shown);
            if found.value == "Herrn" {
                found.value = "Herr".to_string();
            }
            parts.salutation = Some(found);
            words.remove(0);
        } else {
            break;
        }
    }
    let titles = words
        .iter()
        .take_while(|word| is_title_word(&text[(*word).clone()]))
        .count();
    if titles > 0 {
        parts.title = stretch(text, &words[..titles]);
        words.drain(..titles);
    }
    // Titles that follow the name: "Max Muster, M.Sc."
    let mut trailing = words.len();
    while trailing > 1 && is_title_word(&text[words[trailing - 1].clone()]) {
        trailing -= 1;
    }
    if trailing < words.len() && trailing >= 1 {
        parts.title = parts.title.or_else(|| stretch(text, &words[trailing..]));
        words.truncate(trailing);
    }
    let comma = words.iter().position(|word| text[word.clone()].ends_with(','));
    match comma {
        Some(at) if at + 1 < words.len() => {
            parts.last = stretch(text, &words[..=at]);
            let mut given = &words[at + 1..];
            // "Muster, Dr. Max"
            let titles = given
                .iter()
                .take_while(|word| is_title_word(&text[(*word).clone()]))
                .count();
            if titles > 0 && titles < given.len() {
                parts.title = parts.title.or_else(|| stretch(text, &given[..titles]));
                given = &given[titles..];
            }
            // "Berg, Jan van den"
            let particles = given
                .iter()
                .rev()
                .take_while(|word| is_particle(&text[(*word).clone()]))
                .count();
            if particles > 0 && particles < given.len() {
                let (names, tail) = given.split_at(given.len() - particles);
                if let (Some(last), Some(tail)) = (&mut parts.last, stretch(text, tail)) {
                    last.value = format!("{} {}", tail.value, last.value);
                }
                given = names;
            }
            parts.first = stretch(text, given);
        }
        _ => {
            let (first, last) = divide(text, &words, order);
            parts.first = stretch(text, first);
            parts.last = stretch(text, last);
        }
    }
    parts
}

/// Where the given names end and the family name begins.
fn divide<'w>(
    text: &str,
    words: &'w [Range<usize>],
    order: NameOrder,
) -> (&'w [Range<usize>], &'w [Range<usize>]) {
    if words.len() < 2 {
        return (&[], words);
    }
    let shown = |word: &Range<usize>| &text[word.clone()];
    if order == NameOrder::LastFirst {
        // Particles belong to the family name: "von Muster Max".
        let mut end = 0;
        while end + 2 < words.len() && is_particle(shown(&words[end])) {
            end += 1;
        }
        return (&words[end + 1..], &words[..=end]);
    }
    let particle = (1..words.len() - 1).find(|at| is_particle(shown(&words[*at])));
    if let Some(at) = particle {
        return words.split_at(at);
    }
    // "MUSTER Max" and "Max MUSTER": capitals are the family name.
    let capital = |word: &Range<usize>| {
        let letters: Vec<char> = shown(word).chars().filter(|char| char.is_alphabetic()).collect();
        letters.len() > 1 && letters.iter().all(|char| char.is_uppercase())
    };
    let capitals: Vec<bool> = words.iter().map(capital).collect();
    if capitals[0] && !capitals.iter().all(|is| *is) {
        let end = capitals.iter().take_while(|is| **is).count();
        return (&words[end..], &words[..end]);
    }
    words.split_at(words.len() - 1)
}

fn words(text: &str) -> Vec<Range<usize>> {
    text.split_whitespace()
        .map(|word| {
            let start = word.as_ptr() as usize - text.as_ptr() as usize;
            start..start + word.len()
        })
        .collect()
}

fn stretch(text: &str, words: &[Range<usize>]) -> Option<Found> {
    let (first, last) = (words.first()?, words.last()?);
    let raw = &text[first.start..last.end];
    let trimmed = raw.trim_end_matches([',', ';']);
    (!trimmed.is_empty()).then(|| Found::slice(text, trimmed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart() {
        let cases: [(&str, NameOrder, [&str; 4]); 22] = [
            ("Max Mustermann", NameOrder::Usual, ["", "", "Max", "Mustermann"]),
            (
                "Herr Dr. Max von Muster",
                NameOrder::Usual,
                ["Herr", "Dr.", "Max", "von Muster"],
            ),
            (
                "Frau Prof. Dr. Anna Maria Schmidt-Lang",
                NameOrder::Usual,
                ["Frau", "Prof. Dr.", "Anna Maria", "Schmidt-Lang"],
            ),
            ("Mustermann, Max", NameOrder::Usual, ["", "", "Max", "Mustermann"]),
            (
                "von Muster, Dr. Max",
                NameOrder::Usual,
                ["", "Dr.", "Max", "von Muster"],
            ),
            ("Muster Max", NameOrder::LastFirst, ["", "", "Max", "Muster"]),
            (
                "von der Muster Max Otto",
                NameOrder::LastFirst,
                ["", "", "Max Otto", "von der Muster"],
            ),
            (
                "Jan van den Berg",
                NameOrder::Usual,
                ["", "", "Jan", "van den Berg"],
            ),
            ("DUPONT Marie", NameOrder::Usual, ["", "", "Marie", "DUPONT"]),
            ("MAX MUSTER", NameOrder::Usual, ["", "", "MAX", "MUSTER"]),
            ("Mustermann", NameOrder::Usual, ["", "", "", "Mustermann"]),
            (
                "Herr Mustermann",
                NameOrder::Usual,
                ["Herr", "", "", "Mustermann"],
            ),
            (
                "Herrn Max Muster",
                NameOrder::Usual,
                ["Herr", "", "Max", "Muster"],
            ),
            (
                "Max Freiherr von Muster",
                NameOrder::Usual,
                ["", "", "Max", "Freiherr von Muster"],
            ),
            (
                "Dipl.-Ing. Eva Klein",
                NameOrder::Usual,
                ["", "Dipl.-Ing.", "Eva", "Klein"],
            ),
            (
                "Max Muster, M.Sc.",
                NameOrder::Usual,
                ["", "M.Sc.", "Max", "Muster"],
            ),
            (
                "Dr. med. Eva Klein",
                NameOrder::Usual,
                ["", "Dr. med.", "Eva", "Klein"],
            ),
            (
                "Madame Marie Dupont",
                NameOrder::Usual,
                ["Madame", "", "Marie", "Dupont"],
            ),
            ("Maria De Luca", NameOrder::Usual, ["", "", "Maria", "De Luca"]),
            (
                "Berg, Jan van den",
                NameOrder::Usual,
                ["", "", "Jan", "van den Berg"],
            ),
            ("Ma Li", NameOrder::Usual, ["", "", "Ma", "Li"]),
            ("Frau", NameOrder::Usual, ["", "", "", "Frau"]),
        ];
        for (text, order, expected) in cases {
            let parts = split_name(text, order);
            let shown = [&parts.salutation, &parts.title, &parts.first, &parts.last]
                .map(|part| part.as_ref().map_or("", |found| found.value.as_str()));
            assert_eq!(shown, expected, "{text}");
        }
    }

    #[test]
    fn names_are_told_from_other_texts() {
        for text in [
            "Max Mustermann",
            "O'Neill, Seán",
            "Müller-Lüdenscheidt",
            "Dr. Eva Klein",
        ] {
            assert!(is_name_like(text), "{text}");
        }
        for text in [
            "max@example.test",
            "030 12345",
            "x",
            "Zimmer 5",
            "https://example.test",
            "",
        ] {
            assert!(!is_name_like(text), "{text}");
        }
    }

    #[test]
    fn companies_are_told_from_people() {
        assert!(looks_like_company("Muster GmbH"));
        assert!(looks_like_company("Bäckerei Klein & Co. KG"));
        assert!(!looks_like_company("Max Mustermann"));
        assert!(!looks_like_company("Agnes Segmüller"));
    }
}
