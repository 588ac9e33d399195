//! How fast files are taken in, on files of our own making: `cargo bench -p lotse-engine --bench intake`.
//!
//! Prints a table. `cargo bench -p lotse-engine --bench intake -- make FOLDER` only writes the files there, so that
//! other readers can be timed on them in the same minute; `-- FILE` times one file.

#![allow(clippy::print_stdout, reason = "its results are read on the terminal")]

use std::{
    hint::black_box,
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use lotse_core::table::RowBlock;
use lotse_engine::sources::{self, Control, ReadSettings};

/// Rows of the text file; with seventeen columns it has about 260 MB.
const TEXT_ROWS: u32 = 1_000_000;
/// Rows of the workbook.
const WORKBOOK_ROWS: u32 = 100_000;

fn main() {
    sources::guard::serve_if_asked();
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    match arguments.as_slice() {
        [make, folder] if make == "make" => {
            for path in make_files(Path::new(folder)) {
                println!("{}", path.display());
            }
        }
        [] => {
            let folder = std::env::temp_dir().join("lotse-bench-intake");
            std::fs::create_dir_all(&folder).expect("the system's folder for such files can be written");
            for path in make_files(&folder) {
                measure(&path);
            }
        }
        paths => paths.iter().for_each(|path| measure(Path::new(path))),
    }
}

fn make_files(folder: &Path) -> [PathBuf; 2] {
    let (text, workbook) = (folder.join("leads.csv"), folder.join("leads.xlsx"));
    if !text.exists() {
        write_text(&text);
    }
    if !workbook.exists() {
        write_workbook(&workbook);
    }
    [text, workbook]
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
        format!("Straße des Handwerks {}", mixed % 300),
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

fn write_text(path: &Path) {
    let file = std::fs::File::create(path).expect("the folder can be written");
    let mut out = std::io::BufWriter::with_capacity(1 << 20, file);
    let written = writeln!(out, "{}\r", HEADER.join(";")).and_then(|()| {
        for number in 0..TEXT_ROWS {
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
    workbook.save(path).expect("the disk has room");
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

/// A stand-in for storing: as much work as a fast compression.
fn encode(block: &RowBlock) -> Vec<u8> {
    let (_, _, _, _, text) = block.parts();
    lz4_flex::compress(text.as_bytes())
}

fn measure(path: &Path) {
    let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    println!("\n{} ({} MB)", path.display(), bytes / 1_000_000);
    let settings = ReadSettings::default();
    time("first rows", || {
        black_box(
            sources::inspect(path, &settings)
                .expect("the file is sound")
                .preview
                .len() as u64,
        )
    });
    time("read", || {
        let read = sources::read(
            path,
            &settings,
            &Control::quiet(),
            |block| block.len(),
            |_| Ok::<(), ()>(()),
        );
        read.map(|read| read.rows.read).unwrap_or_default()
    });
    time("read, compressed in parallel", || {
        let mut size = 0;
        let read = sources::read(
            path,
            &settings,
            &Control::quiet(),
            |block| encode(&block),
            |bytes| {
                size += bytes.len();
                Ok::<(), ()>(())
            },
        );
        black_box(size);
        read.map(|read| read.rows.read).unwrap_or_default()
    });
    if let Some(peak) = peak_memory() {
        println!("{:32} {:9} MiB", "peak memory", peak >> 10);
    }
}

fn time(what: &str, mut run: impl FnMut() -> u64) {
    let mut best = Duration::MAX;
    let mut rows = 0;
    for _ in 0..3 {
        let begun = Instant::now();
        rows = run();
        best = best.min(begun.elapsed());
    }
    let rate = rows as f64 / best.as_secs_f64();
    println!("{what:32} {:9.3} s  {rate:12.0} rows/s", best.as_secs_f64());
}

/// The largest size of this process so far, in KiB.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
