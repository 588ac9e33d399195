//! Leads without fault, as many as wanted: what a push is made of.

use std::path::Path;

const SYLLABLES: [&str; 16] = [
    "Bal", "Dor", "Fen", "Gam", "Hil", "Jun", "Kor", "Lam", "Mer", "Nog", "Pil", "Rud", "Sol", "Tar", "Vem",
    "Zin",
];

const CITIES: [(&str, &str); 6] = [
    ("Berlin", "Deutschland"),
    ("Hamburg", "Deutschland"),
    ("München", "Deutschland"),
    ("Zürich", "Schweiz"),
    ("Bern", "Schweiz"),
    ("Köln", "Deutschland"),
];

/// The external id of a lead.
pub(crate) fn external_id(number: usize) -> String {
    format!("L{number:05}")
}

/// Writes a CSV file of `count` leads of which none is like another.
pub(crate) fn write_csv(path: &Path, count: usize) {
    let mut text = String::from(
        "Kd-Nr.;Firma;Ort;Land;Branche;Ansprechpartner;E-Mail;Betreuer;Registriert am;Einwilligung am\r\n",
    );
    for number in 0..count {
        let (city, country) = CITIES[number % CITIES.len()];
        // Four syllables spell the number, so that no two names are alike.
        let syllable = |shift: usize| SYLLABLES[(number >> shift) % SYLLABLES.len()];
        let name = format!("{}{} {}{}", syllable(0), syllable(4), syllable(8), syllable(2));
        let day = 1 + number % 28;
        text.push_str(&format!(
            "{};{name};{city};{country};Hotel;Anna {};kontakt@lead-{number}.example;partner-nord;{day:02}.03.2025;{day:02}.03.2025\r\n",
            external_id(number),
            syllable(4),
        ));
    }
    std::fs::write(path, text).unwrap();
}
