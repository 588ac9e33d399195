//! An example: the export of an invented partner, with everything that such exports have.
//!
//! 150 leads below three title lines, dates as dd.mm.yyyy, activities as text in one cell, some broken rows and some
//! duplicates. Every company, person and number is made up; addresses end in `.example`.

use std::io::{self, Write as _};
use std::path::Path;

use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// Headers of the export.
pub const HEADERS: [&str; 15] = [
    "Kd-Nr.",
    "Firma",
    "PLZ",
    "Ort",
    "Land",
    "Branche",
    "Ansprechpartner",
    "E-Mail",
    "Telefon",
    "Betreuer",
    "Registriert am",
    "Einwilligung am",
    "Leadquelle",
    "Potenzial (€)",
    "Aktivitäten",
];

/// Users of the invented company; the practice server knows them.
pub const OWNERS: [&str; 3] = ["partner-nord", "partner-sued", "partner-schweiz"];

/// Lines above the header.
const TITLES: [&str; 3] = [
    "Frischwerk GmbH & Co. KG – Partnerportal",
    "Bestandsleads aller Gebiete",
    "Stand: 30.09.2025",
];

/// Number of leads in the export.
pub const LEADS: usize = 150;

type Line = [String; HEADERS.len()];

/// Writes the export as an Excel file.
pub fn write_workbook(path: &Path) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Leads")?;
    for (row, title) in (0_u32..).zip(TITLES) {
        sheet.write_string(row, 0, title)?;
    }
    let bold = Format::new().set_bold();
    for (column, header) in (0_u16..).zip(HEADERS) {
        sheet.write_string_with_format(3, column, header, &bold)?;
    }
    for (row, line) in (4_u32..).zip(lines()) {
        for (column, cell) in (0_u16..).zip(line) {
            if !cell.is_empty() {
                sheet.write_string(row, column, cell)?;
            }
        }
    }
    workbook.save(path)
}

/// Writes the same export as a CSV file of Windows-1252 with semicolons, as Excel in German saves it.
pub fn write_csv(path: &Path) -> io::Result<()> {
    let mut text = String::new();
    for title in TITLES {
        text.push_str(title);
        text.push_str("\r\n");
    }
    let rows = std::iter::once(HEADERS.map(String::from)).chain(lines());
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&cells.join(";"));
        text.push_str("\r\n");
    }
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    std::fs::File::create(path)?.write_all(&bytes)
}

fn quoted(cell: &str) -> String {
    if cell.contains([';', '"', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_string()
    }
}

/// A place: postcode, city, country as the export writes it, area code.
const PLACES: [(&str, &str, &str, &str); 20] = [
    ("10115", "Berlin", "Deutschland", "030"),
    ("20095", "Hamburg", "Deutschland", "040"),
    ("80331", "München", "Deutschland", "089"),
    ("50667", "Köln", "Deutschland", "0221"),
    ("60311", "Frankfurt am Main", "Deutschland", "069"),
    ("70173", "Stuttgart", "Deutschland", "0711"),
    ("04109", "Leipzig", "Deutschland", "0341"),
    ("01067", "Dresden", "Deutschland", "0351"),
    ("79098", "Freiburg i. Br.", "Deutschland", "0761"),
    ("88045", "Friedrichshafen", "Deutschland", "07541"),
    ("90402", "Nürnberg", "Deutschland", "0911"),
    ("28195", "Bremen", "Deutschland", "0421"),
    ("24103", "Kiel", "Deutschland", "0431"),
    ("93047", "Regensburg", "Deutschland", "0941"),
    ("8001", "Zürich", "Schweiz", "044"),
    ("3011", "Bern", "Schweiz", "031"),
    ("4051", "Basel", "Schweiz", "061"),
    ("6003", "Luzern", "Schweiz", "041"),
    ("9000", "St. Gallen", "Schweiz", "071"),
    ("1204", "Genève", "Schweiz", "022"),
];

/// What the houses are and how the export calls their trade.
const HOUSES: [(&str, &str); 15] = [
    ("Gasthaus", "Restaurant"),
    ("Hotel", "Hotel"),
    ("Bäckerei", "Einzelhandel"),
    ("Kantine", "Kantine"),
    ("Catering", "Catering"),
    ("Restaurant", "Restaurant"),
    ("Seniorenheim", "Gesundheit"),
    ("Café", "Restaurant"),
    ("Feinkost", "Einzelhandel"),
    ("Pension", "Hotel"),
    ("Mensa", "Bildung"),
    ("Wirtshaus", "Restaurant"),
    ("Klinik", "Gesundheit"),
    ("Großhandel", "Großhandel"),
    ("Kita", "Bildung"),
];

const NAMES: [&str; 30] = [
    "Seeblick",
    "Musterküche",
    "Sonnenhof",
    "Zum Löwen",
    "Krone",
    "Lindenhof",
    "Am Markt",
    "Waldfrieden",
    "Rosengarten",
    "Hafenblick",
    "Goldener Hirsch",
    "Zur Mühle",
    "Bergblick",
    "Alte Post",
    "Neue Welt",
    "Kastanie",
    "Schwan",
    "Weinstube Kern",
    "Talblick",
    "Brunnenhof",
    "Zum Anker",
    "Parkallee",
    "Drei Eichen",
    "Steinbock",
    "Birkenau",
    "Roter Hahn",
    "Schönblick",
    "Sternwarte",
    "Klosterhof",
    "Seerose",
];

const FORMS: [&str; 5] = ["", "GmbH", "GmbH & Co. KG", "e.K.", "AG"];
const FIRST: [&str; 12] = [
    "Anna", "Peter", "Claudia", "Jürgen", "Sabine", "Markus", "Eva", "Stefan", "Heike", "Urs", "Beat",
    "Chantal",
];
const LAST: [&str; 12] = [
    "Huber",
    "Schneider",
    "Weiß",
    "Großmann",
    "Keller",
    "von der Heide",
    "Bühler",
    "Özdemir",
    "Lange",
    "Favre",
    "Zimmermann",
    "Müller-Lüdenscheidt",
];
const SOURCES: [&str; 5] = ["Messe", "Empfehlung", "Telefon", "Webformular", "Partner"];

fn lines() -> Vec<Line> {
    let mut lines: Vec<Line> = (0..LEADS).map(lead).collect();
    spoil(&mut lines);
    lines
}

/// A lead without fault. Numbers that share no factor walk through the lists, so that combinations do not repeat.
fn lead(number: usize) -> Line {
    let (postcode, city, country, area) = PLACES[number * 7 % PLACES.len()];
    let (house, trade) = HOUSES[number * 4 % HOUSES.len()];
    let name = NAMES[(number * 11 + number / 30) % NAMES.len()];
    let form = FORMS[number % FORMS.len()];
    let company = format!("{house} {name} {form}").trim_end().to_string();
    let (first, last) = (FIRST[number % FIRST.len()], LAST[number * 5 % LAST.len()]);
    let domain: String = format!("{house}-{name}-{number}")
        .to_lowercase()
        .replace('ä', "ae")
        .replace('ö', "oe")
        .replace('ü', "ue")
        .replace('ß', "ss")
        .replace('é', "e")
        .replace(' ', "-");
    // Registered before September, so that the activities of the month after lie before the day of the export.
    let month = 1 + number % 8;
    let day = 1 + number * 3 % 27;
    let registered = format!("{day:02}.{month:02}.2025");
    let owner = if country == "Schweiz" {
        OWNERS[2]
    } else {
        OWNERS[number % 2]
    };
    let kinds = ["Meeting", "Sample-Box", "Telefonat", "Vorführung", "Erstkontakt"];
    let (kind, next) = (kinds[number % kinds.len()], kinds[(number + 2) % kinds.len()]);
    let activities = match number % 3 {
        0 => String::new(),
        1 => format!("2025-{:02}-{:02}: {kind}", month, day + 1),
        _ => format!(
            "{:02}.{month:02}.2025: {kind} | {:02}.{:02}.2025: {next} ({last})",
            day + 1,
            day.min(26) + 1,
            month + 1
        ),
    };
    [
        format!("F{:05}", 10_000 + number),
        company,
        postcode.into(),
        city.into(),
        country.into(),
        trade.into(),
        format!(
            "{} {first} {last}",
            if number.is_multiple_of(2) { "Frau" } else { "Herr" }
        ),
        format!("info@{domain}.example"),
        format!("{area}/{}", 2_000_000 + number * 7919),
        owner.into(),
        registered.clone(),
        registered,
        SOURCES[number % SOURCES.len()].into(),
        format!("{}.{:03},50", 1 + number % 90, number * 37 % 1000),
        activities,
    ]
}

/// What goes wrong in real exports, in some of the rows.
fn spoil(lines: &mut [Line]) {
    fn column(header: &str) -> usize {
        HEADERS.iter().position(|known| *known == header).unwrap_or(0)
    }
    let mut put = |row: usize, header: &str, text: &str| lines[row][column(header)] = text.to_string();
    put(7, "E-Mail", "max.mustermann@");
    put(12, "Telefon", "4,93012E+11");
    put(19, "Registriert am", "01.01.2027");
    put(19, "Aktivitäten", "");
    put(23, "Firma", "MÃ¼ller Feinkost");
    put(31, "Firma", "A");
    put(38, "Einwilligung am", "");
    put(44, "Land", "Österreich");
    put(52, "Branche", "Raumfahrt");
    put(58, "Ort", "");
    put(66, "E-Mail", "kueche@gmial.com");
    put(71, "Potenzial (€)", "auf Anfrage");
    put(77, "Telefon", "k.A.");
    put(85, "Aktivitäten", "rief zweimal an");
    put(91, "Betreuer", "");
    // Doubles: the same e-mail, the same phone, the same company written otherwise.
    let copy = |lines: &mut [Line], from: usize, to: usize, headers: &[&str]| {
        for header in headers {
            let at = column(header);
            lines[to][at] = lines[from][at].clone();
        }
    };
    copy(
        lines,
        3,
        103,
        &["Firma", "PLZ", "Ort", "Land", "E-Mail", "Telefon"],
    );
    copy(lines, 5, 110, &["Telefon", "PLZ", "Ort", "Land"]);
    copy(lines, 9, 121, &["PLZ", "Ort", "Land"]);
    lines[9][column("Firma")] = "Bäckerei Sonnenschein".into();
    lines[121][column("Firma")] = "Baeckerei Sonnenschein e.K.".into();
    lines[110][column("Land")] = lines[5][column("Land")].clone();
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_example_has_its_leads_and_no_number_twice() {
        let lines = lines();
        assert_eq!(lines.len(), LEADS);
        let numbers: BTreeSet<&String> = lines.iter().map(|line| &line[0]).collect();
        assert_eq!(numbers.len(), LEADS);
    }
}
