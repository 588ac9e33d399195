//! Postal addresses: street, postcode, town, country.

use std::sync::LazyLock;

use regex::Regex;

use super::Found;

/// An address in its parts, each with its place in the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PostalAddress {
    pub(crate) street: Option<Found>,
    pub(crate) postal_code: Option<Found>,
    pub(crate) city: Option<Found>,
    pub(crate) country: Option<Found>,
    /// What else stands in it: the addressee, an addition.
    pub(crate) rest: Vec<Found>,
}

/// Countries as people write them in addresses here.
pub(crate) fn is_country(text: &str) -> bool {
    matches!(
        text.trim().trim_end_matches('.').to_lowercase().as_str(),
        "deutschland"
            | "germany"
            | "allemagne"
            | "germania"
            | "brd"
            | "schweiz"
            | "switzerland"
            | "suisse"
            | "svizzera"
            | "österreich"
            | "oesterreich"
            | "austria"
            | "autriche"
            | "liechtenstein"
            | "luxemburg"
            | "luxembourg"
            | "frankreich"
            | "france"
            | "italien"
            | "italia"
            | "italy"
            | "niederlande"
            | "netherlands"
            | "belgien"
            | "belgium"
            | "polen"
            | "poland"
            | "spanien"
            | "spain"
            | "dänemark"
            | "denmark"
            | "tschechien"
            | "de"
            | "ch"
            | "at"
            | "d"
            | "a"
    )
}

/// `10115 Berlin`, `D-10115 Berlin`, `CH-8001 Zürich`, `8001 Zürich (ZH)`; also `Berlin, 10115`.
pub(crate) fn read_postal_city(text: &str) -> Option<(Found, Found)> {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?x)^\s*(?: (?:(?:D|DE|CH|A|AT|FL|L|I|F)\s?[-–]\s?)? (?P<code>\d{4,5}) [\s,/|–-]+ (?P<city>\p{L}[\p{L}\s.'’()/,\d-]{1,60}?)
                | (?P<city_first>\p{L}[\p{L}\s.'’()/-]{1,60}?) [\s,/|]+ (?P<code_last>\d{4,5}) )\s*$",
        )
        .expect("a tested pattern")
    });
    let found = FORM.captures(text)?;
    let code = found.name("code").or(found.name("code_last"))?;
    let city = found.name("city").or(found.name("city_first"))?;
    let city = city.as_str().trim_end_matches([',', ' ', '/', '-']);
    // "10115 Berlin, Deutschland" is no town.
    (city.chars().filter(|char| char.is_alphabetic()).count() >= 2 && !city.contains(','))
        .then(|| (Found::slice(text, code.as_str()), Found::slice(text, city)))
}

/// True for lines with a street and a number: `Musterstr. 5a`, `12, rue du Lac`, `Am Markt 3`, `Via Nassa 7`.
fn is_street(text: &str) -> bool {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)^(?: [\p{L}][\p{L}\d\s.'’-]{1,60} [\s.]\s? \d{1,4}\s?(?:[a-z]|bis|ter)?(?:\s?[-–/+]\s?\d{0,4}\s?[a-z]?)?
                | \d{1,4}\s?(?:[a-z]|bis)?,?\s+ [\p{L}][\p{L}\s.'’-]{2,60} | postfach\s.* | [\p{L}]\s?\d{1,2},\s?\d{1,3} )$",
        )
        .expect("a tested pattern")
    });
    FORM.is_match(text.trim())
}

/// True for lines that end like the name of a street.
fn ends_like_street(text: &str) -> bool {
    let lower = text.to_lowercase();
    let last = lower.split_whitespace().next_back().unwrap_or_default();
    [
        "straße", "strasse", "str.", "weg", "gasse", "platz", "allee", "ring", "ufer", "damm",
    ]
    .iter()
    .any(|end| last.ends_with(end))
}

/// Takes an address apart that stands in one line or in several.
pub(crate) fn read_address(text: &str) -> PostalAddress {
    let mut address = PostalAddress::default();
    let mut unused: Vec<&str> = Vec::new();
    for line in text.split(['\n', '|', ';', '·', '\t']) {
        // A comma parts street and town, and also number and street in French.
        let pieces = split_at_commas(line);
        for piece in pieces {
            let piece = piece.trim();
            let place = || Found::slice(text, piece);
            if piece.is_empty() {
                continue;
            }
            if address.postal_code.is_none()
                && let Some((code, city)) = read_postal_city(piece)
            {
                let at = piece.as_ptr() as usize - text.as_ptr() as usize;
                address.postal_code = Some(shifted(code, at));
                address.city = Some(shifted(city, at));
            } else if address.postal_code.is_none()
                && let Some((street, rest)) = street_and_town(piece)
                && let Some((code, city)) = read_postal_city(rest)
            {
                let at = rest.as_ptr() as usize - text.as_ptr() as usize;
                address.postal_code = Some(shifted(code, at));
                address.city = Some(shifted(city, at));
                address.street.get_or_insert_with(|| Found::slice(text, street));
            } else if address.country.is_none() && is_country(piece) {
                address.country = Some(place());
            } else if address.street.is_none() && (is_street(piece) || ends_like_street(piece)) {
                address.street = Some(place());
            } else if address.postal_code.is_none() && is_postal_code(piece) {
                address.postal_code = Some(place());
            } else {
                unused.push(piece);
            }
        }
    }
    if address.city.is_none()
        && let Some(town) = unused.iter().find(|piece| is_town(piece))
        && address.postal_code.is_some()
    {
        address.city = Some(Found::slice(text, town));
    }
    address.rest = unused
        .into_iter()
        .map(|piece| Found::slice(text, piece))
        .filter(|found| address.city.as_ref() != Some(found))
        .collect();
    address
}

fn is_postal_code(text: &str) -> bool {
    (4..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_town(text: &str) -> bool {
    text.chars().count() <= 60
        && text.chars().all(|char| {
            char.is_alphabetic() || matches!(char, ' ' | '-' | '.' | '\'' | '’' | '(' | ')' | '/')
        })
}

/// Commas that part the pieces of an address; "12, rue du Lac" stays whole.
fn split_at_commas(line: &str) -> Vec<&str> {
    let mut pieces: Vec<&str> = Vec::new();
    let mut start = 0;
    for (at, _) in line.match_indices(',') {
        let before = line[start..at].trim();
        let is_house_number =
            !before.is_empty() && before.len() <= 4 && before.bytes().all(|byte| byte.is_ascii_digit());
        if is_house_number && pieces.is_empty() {
            continue;
        }
        pieces.push(&line[start..at]);
        start = at + 1;
    }
    pieces.push(&line[start..]);
    pieces
}

/// "Musterstr. 5 10115 Berlin" without a comma.
fn street_and_town(text: &str) -> Option<(&str, &str)> {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?P<street>.{3,60}?\s\d{1,4}\s?[a-zA-Z]?)\s+(?:[-–]\s+)?(?P<town>(?:[A-Z]{1,2}-)?\d{4,5}\s+\p{L}.*)$")
            .expect("a tested pattern")
    });
    let found = FORM.captures(text)?;
    let (street, town) = (found.name("street")?, found.name("town")?);
    Some((street.as_str(), town.as_str()))
}

fn shifted(found: Found, by: usize) -> Found {
    Found {
        range: found.range.start + by..found.range.end + by,
        ..found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_and_towns_come_apart() {
        for (text, expected) in [
            ("10115 Berlin", Some(("10115", "Berlin"))),
            ("D-10115 Berlin", Some(("10115", "Berlin"))),
            ("CH-8001 Zürich", Some(("8001", "Zürich"))),
            ("60311 Frankfurt a. M.", Some(("60311", "Frankfurt a. M."))),
            ("8001, Zürich", Some(("8001", "Zürich"))),
            ("Berlin, 10115", Some(("10115", "Berlin"))),
            ("1000 Lausanne 26", Some(("1000", "Lausanne 26"))),
            ("Berlin", None),
            ("10115", None),
            ("030 1234567", None),
        ] {
            let found = read_postal_city(text);
            let found = found
                .as_ref()
                .map(|(code, city)| (code.value.as_str(), city.value.as_str()));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn addresses_come_apart() {
        let cases: [(&str, [&str; 4]); 10] = [
            (
                "Musterstr. 5a, 10115 Berlin",
                ["Musterstr. 5a", "10115", "Berlin", ""],
            ),
            (
                "Bahnhofstrasse 1\n8001 Zürich\nSchweiz",
                ["Bahnhofstrasse 1", "8001", "Zürich", "Schweiz"],
            ),
            (
                "12, rue du Lac, 1003 Lausanne",
                ["12, rue du Lac", "1003", "Lausanne", ""],
            ),
            (
                "Musterstr. 5 10115 Berlin",
                ["Musterstr. 5", "10115", "Berlin", ""],
            ),
            (
                "Max Muster\nAm Markt 3\nD-20095 Hamburg",
                ["Am Markt 3", "20095", "Hamburg", ""],
            ),
            (
                "Via Nassa 7, 6900 Lugano, Svizzera",
                ["Via Nassa 7", "6900", "Lugano", "Svizzera"],
            ),
            (
                "Musterweg 1, Berlin, 10115, Deutschland",
                ["Musterweg 1", "10115", "Berlin", "Deutschland"],
            ),
            (
                "Hauptstraße 12-14 | 50667 Köln",
                ["Hauptstraße 12-14", "50667", "Köln", ""],
            ),
            ("10115 Berlin", ["", "10115", "Berlin", ""]),
            (
                "Straße des 17. Juni 135, 10623 Berlin",
                ["Straße des 17. Juni 135", "10623", "Berlin", ""],
            ),
        ];
        for (text, expected) in cases {
            let found = read_address(text);
            let shown = [&found.street, &found.postal_code, &found.city, &found.country]
                .map(|part| part.as_ref().map_or("", |found| found.value.as_str()));
            assert_eq!(shown, expected, "{text}");
            for part in [&found.street, &found.postal_code, &found.city]
                .into_iter()
                .flatten()
            {
                assert_eq!(super::super::one_line(&text[part.range.clone()]), part.value);
            }
        }
    }
}
