//! Rows that a project keeps as they stand in their file are the rows that reading the file gives, whatever stands
//! between them.

use lotse_core::table::RowBlock;
use lotse_engine::jobs::Watch;
use lotse_engine::project::{Project, SourceRole};
use lotse_engine::sources::{self, Control, ReadSettings, ReadSummary};
use lotse_engine::workflows::load_file;

use crate::{Place, actor};

/// Enough for several parts of a file, each of which is kept in one way or the other.
const ROWS: usize = 10_000;

/// What may stand in place of every so-many-th row; `\n` stands for the line end of the file.
const ODDITIES: [&str; 16] = [
    "",
    "K-{n};zu wenig\n",
    "K-{n};a;b;c;d;e;f;zu viel\n",
    "K-{n};\"mit \"\"Namen\"\"\";\"zwei\nZeilen\";d;e;f\n",
    "K-{n};ein \" Zeichen;c;d;e;f\n",
    "K-{n};\"nie geschlossen;c;d;e;f\n",
    "K-{n};\"falsch\" geschlossen;c;d;e;f\n",
    "\n",
    "# eine Bemerkung\n",
    "Summe;;;;12;\n",
    "Nr;Firma;Ort;Mail;Betrag;Notiz\n",
    "'K-{n}';'anders';'eingeschlossen';'d';'e';'f'\n",
    "K-{n};=\"00123\"; b;\u{feff}c;d\0;f\n",
    "K-{n};ein\rWagenrücklauf;c;d;e;f\n",
    ";;;;;\n",
    "Öl;Ähre;Übel;ß;é;ä\n",
];

fn file(oddity: &str, every: usize, line_end: &str) -> String {
    let mut text = format!("Nr;Firma;Ort;Mail;Betrag;Notiz{line_end}");
    for number in 1..=ROWS {
        if number % every == every / 2 {
            text += &oddity.replace("{n}", &number.to_string()).replace('\n', line_end);
            continue;
        }
        let note = match number % 5 {
            0 => "\"ruft zurück; Muster schicken\"",
            1 => "",
            _ => "wünscht einen Termin in der kommenden Woche, bitte vorher anrufen und das Angebot beilegen",
        };
        text += &format!(
            "K-{number:06};Gasthof Müller & Söhne {};Bad Tölz am Isarufer;kontakt{number}@gasthof-mueller.example;{},50;{note}{line_end}",
            number % 97,
            number * 7 % 90_000
        );
    }
    text
}

type Rows = Vec<(u32, Vec<String>)>;

fn collect(rows: &mut Rows, block: &RowBlock) {
    rows.extend(block.rows().map(|row| {
        (
            row.number(),
            row.cells().map(|cell| cell.text.to_owned()).collect(),
        )
    }));
}

/// The rows that reading gives, and those that the project keeps, each with its account.
fn both_ways(place: &Place, bytes: &[u8]) -> ((Rows, ReadSummary), (Rows, ReadSummary), Project) {
    let path = place.path("export.csv");
    std::fs::write(&path, bytes).unwrap();
    let settings = ReadSettings::default();
    let mut read = Rows::new();
    let summary = sources::read(
        &path,
        &settings,
        &Control::quiet(),
        |block| block,
        |block| {
            collect(&mut read, &block);
            Ok::<(), std::convert::Infallible>(())
        },
    )
    .unwrap();
    let project = place.project();
    let loaded = load_file(
        &project,
        &actor(),
        &path,
        &settings,
        SourceRole::Leads,
        &Watch::quiet(),
    )
    .unwrap();
    let mut kept = Rows::new();
    project
        .for_each_block(loaded.source_id, |block| {
            collect(&mut kept, &block);
            true
        })
        .unwrap();
    ((read, summary), (kept, loaded.summary), project)
}

fn even(rows: Rows, width: usize) -> Rows {
    // How wide a block is depends on what stands beside a row; empty cells at its end say nothing.
    let mut rows = rows;
    rows.iter_mut()
        .for_each(|(_, cells)| cells.resize(width, String::new()));
    rows
}

#[test]
fn rows_are_kept_as_reading_gives_them_whatever_stands_between_them() {
    for (at, oddity) in ODDITIES.iter().enumerate() {
        let line_end = if at % 2 == 0 { "\r\n" } else { "\n" };
        let place = Place::new();
        let text = file(oddity, 4001, line_end);
        let ((read, summary), (kept, loaded), _) = both_ways(&place, text.as_bytes());
        assert_eq!(loaded, summary, "{oddity:?}");
        assert_eq!(kept.len() as u64, summary.rows.read, "{oddity:?}");
        assert!(summary.rows.is_even(), "{oddity:?}");
        let width = summary.columns.len();
        let (read, kept) = (even(read, width), even(kept, width));
        let differs = read.iter().zip(&kept).find(|(read, kept)| read != kept);
        assert_eq!(differs, None, "{oddity:?}");
    }
}

#[test]
fn rows_of_other_character_sets_are_kept_as_text() {
    let text = file("", 100_000, "\r\n");
    let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [latin.into_owned(), wide] {
        let place = Place::new();
        let ((read, summary), (kept, loaded), project) = both_ways(&place, &bytes);
        assert_eq!(loaded, summary);
        assert_eq!(read.len(), ROWS);
        assert!(read == kept, "the rows are the same");
        let path = project.path().to_path_buf();
        project.close().unwrap();
        let project = Project::open(&path).unwrap();
        let (origin, cells) = project.source_cells(u32::try_from(ROWS).unwrap() - 1).unwrap();
        let texts: Vec<String> = cells.into_iter().map(|(_, text)| text).collect();
        assert_eq!((origin.number, texts), read[ROWS - 1]);
    }
}
