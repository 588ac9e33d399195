//! The invented files that are measured: the same cells every time, on every machine.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

/// Rows of the text file.
const TEXT_ROWS: u32 = 1_000_000;
/// Rows of the workbook.
const WORKBOOK_ROWS: u32 = 100_000;
/// Rows of the text file on which only the first rows are measured.
const HUGE_ROWS: u32 = 11_700_000;

/// The text file (260 MB) and the workbook (10 MB) in `folder`, made where they are not there yet.
pub(super) fn make_files(folder: &Path) -> [PathBuf; 2] {
    std::fs::create_dir_all(folder).expect("the folder can be made");
    let (text, workbook) = (folder.join("leads.csv"), folder.join("leads.xlsx"));
    make(&text, |path| write_text(path, TEXT_ROWS));
    make(&workbook, write_workbook);
    [text, workbook]
}

/// A text file of 3 GB in `folder`.
pub(super) fn make_huge(folder: &Path) -> PathBuf {
    std::fs::create_dir_all(folder).expect("the folder can be made");
    let path = folder.join("leads-3-gb.csv");
    make(&path, |path| write_text(path, HUGE_ROWS));
    path
}

/// Writes a file under another name first, so that half a file of an interrupted run is never measured.
fn make(path: &Path, write: impl FnOnce(&Path)) {
    if path.exists() {
        return;
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".unfinished");
    write(Path::new(&unfinished));
    std::fs::rename(&unfinished, path).expect("the folder can be written");
}

const HEADER: [&str; 17] = [
    "Kundennr",
    "Firma",
    "Straße",
    "PLZ",
    "Ort",
    "Land",
    "Anrede",
    "Vorname",
    "Nachname",
    "E-Mail",
    "Telefon",
    "Branche",
    "Registriert am",
    "Einwilligung am",
    "Volumen",
    "Besitzer",
    "Notiz",
];

/// The cells of row `number`, always the same.
fn cells(number: u32) -> [String; 17] {
    const FIRMS: [&str; 8] = [
        "Bäckerei",
        "Hotel",
        "Gasthof",
        "Metzgerei",
        "Kantine",
        "Catering",
        "Großhandel",
        "Café",
    ];
    const NAMES: [&str; 8] = [
        "Müller",
        "Weiß",
        "Schröder",
        "Özil",
        "Beck",
        "Huber",
        "König",
        "von der Heide",
    ];
    const CITIES: [&str; 6] = [
        "Köln",
        "München",
        "Ulm",
        "Zürich",
        "Frankfurt am Main",
        "Saarbrücken",
    ];
    let mixed = number.wrapping_mul(2_654_435_761);
    let pick = |from: &[&str], shift: u32| from[((mixed >> shift) as usize) % from.len()].to_owned();
    let name = pick(&NAMES, 3);
    [
        format!("K-{number:07}"),
        format!("{} {} GmbH & Co. KG", pick(&FIRMS, 5), name),
        format!("Gewerbegebiet Nord-Ost 12b, Straße des Handwerks {}", mixed % 300),
        format!("{:05}", 1067 + mixed % 90_000),
        pick(&CITIES, 7),
        "DE".into(),
        if mixed.is_multiple_of(2) { "Frau" } else { "Herr" }.into(),
        pick(&["Jürgen", "Anna", "Björn", "Ute", "Max"], 11),
        name,
        format!("kontakt{number}@firma-{}.example", mixed % 9999),
        format!("+49 {} {}", 30 + mixed % 900, 100_000 + mixed % 899_999),
        pick(&["restaurant", "hotel", "catering", "kantine"], 13),
        format!(
            "{:02}.{:02}.{}",
            1 + mixed % 28,
            1 + (mixed >> 8) % 12,
            2015 + (mixed >> 16) % 10
        ),
        format!(
            "{:02}.{:02}.{} {:02}:{:02}",
            1 + mixed % 28,
            1 + (mixed >> 8) % 12,
            2015 + (mixed >> 16) % 10,
            mixed % 24,
            mixed % 60
        ),
        format!("{},{:02}", mixed % 90_000, mixed % 100),
        format!("user-{}", mixed % 50),
        match mixed % 9 {
            0 => "Rückruf vereinbart; Muster schicken\nund Angebot beilegen".into(),
            1..4 => "wünscht Termin in der kommenden Woche, bitte vorher anrufen".into(),
            _ => String::new(),
        },
    ]
}

fn write_text(path: &Path, rows: u32) {
    let file = std::fs::File::create(path).expect("the folder can be written");
    let mut out = std::io::BufWriter::with_capacity(1 << 20, file);
    let written = writeln!(out, "{}\r", HEADER.join(";")).and_then(|()| {
        for number in 0..rows {
            let line = cells(number).map(|cell| {
                if cell.contains([';', '\n', '"']) {
                    format!("\"{}\"", cell.replace('"', "\"\""))
                } else {
                    cell
                }
            });
            writeln!(out, "{}\r", line.join(";"))?;
        }
        out.flush()
    });
    written.expect("the disk has room");
}

fn write_workbook(path: &Path) {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    fill_sheet(workbook.add_worksheet()).expect("the rows fit a sheet");
    let file = std::fs::File::create(path).expect("the folder can be written");
    workbook.save_to_writer(file).expect("the disk has room");
}

fn fill_sheet(sheet: &mut rust_xlsxwriter::Worksheet) -> Result<(), rust_xlsxwriter::XlsxError> {
    let date = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    sheet.write_row(0, 0, HEADER)?;
    for number in 0..WORKBOOK_ROWS {
        let row = number + 1;
        for (column, cell) in (0u16..).zip(cells(number)) {
            match column {
                12 => sheet.write_with_format(row, column, 42_000 + number % 3000, &date)?,
                14 => sheet.write(row, column, f64::from(number % 90_000) / 8.0)?,
                _ if cell.is_empty() => continue,
                _ => sheet.write(row, column, cell)?,
            };
        }
    }
    Ok(())
}
