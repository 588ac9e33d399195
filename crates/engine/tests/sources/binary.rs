//! Excel's binary workbooks (`.xls`, `.xlsb`), from the outside.

use std::path::{Path, PathBuf};

use lotse_engine::sources::{
    self, Control, Format, Hidden, NoticeFact, ReadSettings, SkipReason, SourceError,
};

use crate::reading::{converted, table};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/sources")
        .join(name)
}

const LEADS: &str = "Firma,PLZ,Registriert am,Volumen,Aktiv\nBäckerei Müller,01067,2024-06-15,1234.5,true\nHotel Zur Post,50667,2024-10-31,7,false\n";

#[test]
fn excel_97_reads_like_any_workbook() {
    let path = fixture("excel_97_with_dates_and_hidden_sheet.xls");
    let found = sources::inspect(&path, &ReadSettings::default()).unwrap();
    assert_eq!(found.format.value, Format::Xls);
    let sheets: Vec<(&str, bool)> = found
        .sheets
        .iter()
        .map(|sheet| (sheet.name.as_str(), sheet.visible))
        .collect();
    assert_eq!(sheets, [("Leads", true), ("Geheim", false)]);
    assert_eq!(converted(&path), LEADS);
}

#[test]
fn a_million_declared_rows_are_blank() {
    let path = fixture("opendocument_with_a_million_blank_rows.ods");
    assert_eq!(converted(&path), LEADS);
}

#[test]
fn formats_of_a_file_are_no_dates_because_of_their_numbers() {
    // Gnumeric numbers the formats of postcodes and amounts where Excel keeps those of dates.
    let text = converted(&fixture("gnumeric_formats_numbered_like_dates.xls"));
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("Firma,PLZ,Ort,Registriert,Volumen,Aktiv,Notiz")
    );
    assert_eq!(
        lines.next(),
        Some("Öko & Söhne <GmbH> 0,07675,Köln,2021-11-20,562.24,false,")
    );
}

#[test]
fn damaged_workbooks_end_with_a_sentence() {
    let whole = std::fs::read(fixture("excel_97_with_dates_and_hidden_sheet.xls")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.xls");
    // Cut, and with each sector table entry pointing at itself: chains that never end.
    for length in [600, 1024, 2000, 4096, whole.len() - 100] {
        std::fs::write(&path, &whole[..length]).unwrap();
        let _ = sources::inspect(&path, &ReadSettings::default());
    }
    for offset in (512..whole.len()).step_by(64) {
        let mut looped = whole.clone();
        for byte in &mut looped[offset..(offset + 64).min(whole.len())] {
            *byte = 1;
        }
        std::fs::write(&path, &looped).unwrap();
        let _ = sources::inspect(&path, &ReadSettings::default());
    }
}

#[test]
fn encrypted_workbooks_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("locked.xlsx");
    let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    bytes.resize(1024, 0);
    bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(4096, 0);
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(
        sources::inspect(&path, &ReadSettings::default()),
        Err(SourceError::Encrypted)
    );
}

/// Written by a library that leaves out the column of every cell but a row's first.
#[test]
fn binary_workbooks_of_other_writers_keep_all_columns() {
    let path = fixture("binary_workbook_with_short_cells.xlsb");
    assert_eq!(
        sources::inspect(&path, &ReadSettings::default())
            .unwrap()
            .format
            .value,
        Format::Xlsb
    );
    assert_eq!(
        converted(&path),
        "Name,Wert,Notiz\nBäckerei,1.5,\nHotel,-2,\"zwei\nZeilen\"\n,7,nur hier\n"
    );
}

#[test]
fn a_reading_ends_when_the_person_cancels() {
    let control = Control::quiet();
    control.cancel.cancel();
    let path = fixture("excel_97_with_dates_and_hidden_sheet.xls");
    let read = sources::read(
        &path,
        &ReadSettings::default(),
        &control,
        |block| block,
        |_| Ok::<(), std::io::Error>(()),
    );
    assert!(
        matches!(read, Err(sources::ReadFailure::Source(SourceError::Cancelled))),
        "{read:?}"
    );
}

/// Notices, rows of cells, and skipped rows with their reasons.
type Seen = (Vec<NoticeFact>, Vec<Vec<String>>, Vec<(u32, SkipReason)>);

/// What a workbook says beside its values, and what leaving out the hidden leaves.
fn seen_with_hidden(path: &Path) -> Seen {
    let found = sources::inspect(path, &ReadSettings::default()).unwrap();
    assert!(found.rows.is_even());
    let facts = found.notices.into_iter().map(|notice| notice.fact).collect();
    let settings = ReadSettings {
        hidden_rows: Some(Hidden::LeaveOut),
        hidden_columns: Some(Hidden::LeaveOut),
        ..ReadSettings::default()
    };
    let (left, summary) = table(path, &settings);
    let skipped = summary.rows.skipped.iter();
    (
        facts,
        left.rows,
        skipped.map(|run| (run.first, run.reason)).collect(),
    )
}

#[test]
fn excel_97_tells_what_is_hidden_and_shows_zeros() {
    let path = fixture("excel_97_with_hidden_rows_and_zeros.xls");
    assert_eq!(
        converted(&path),
        "Nr,Firma,PLZ,Seit,Intern,Wert\n\
         K-001,Bäckerei Müller,01067,2023-03-17,a,1.5\n\
         K-002,Hotel Zur Post,50667,2023-03-18,b,2\n\
         K-003,Gasthof Krone,08001,2023-03-19,c,3.25\n\
         K-004,Metzgerei Huber,04109,2023-03-20,d,4\n\
         K-005,Kantine Süd,,2023-03-21,e,\n"
    );
    let (facts, rows, skipped) = seen_with_hidden(&path);
    for fact in [
        NoticeFact::HiddenRows { included: true },
        NoticeFact::HiddenColumn { included: true },
        NoticeFact::MergedCells,
        NoticeFact::LeadingZeros,
        NoticeFact::Epoch1904,
        NoticeFact::Formulas,
    ] {
        assert!(facts.contains(&fact), "{fact:?} in {facts:?}");
    }
    assert_eq!(skipped, [(4, SkipReason::Hidden)]);
    assert_eq!(rows.len(), 4);
    assert_eq!(
        rows[0],
        ["K-001", "Bäckerei Müller", "01067", "2023-03-17", "1.5"]
    );
}

const HOUSES: &str = "Nr,Firma,PLZ,Seit,Intern,Wert\n\
     1,Bäckerei Müller,01067,2024-06-15,a,1.5\n\
     2,Hotel Zur Post,50667,2024-06-16,b,-2\n\
     3,Gasthof Krone,08001,2024-06-17,c,true\n\
     4,Metzgerei Huber,04109,2024-06-18,d,\"#DIV/0!\"\n";

#[test]
fn binary_workbooks_tell_what_is_hidden_and_show_zeros() {
    let path = fixture("binary_workbook_with_hidden_rows_and_zeros.xlsb");
    assert_eq!(converted(&path), HOUSES);
    let (facts, rows, skipped) = seen_with_hidden(&path);
    for fact in [
        NoticeFact::HiddenRows { included: true },
        NoticeFact::HiddenColumn { included: true },
        NoticeFact::LeadingZeros,
        NoticeFact::ErrorCells {
            text: "#DIV/0!".into(),
        },
    ] {
        assert!(facts.contains(&fact), "{fact:?} in {facts:?}");
    }
    assert_eq!(skipped, [(4, SkipReason::Hidden)]);
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0], ["1", "Bäckerei Müller", "01067", "2024-06-15", "1.5"]);
}

#[test]
fn workbooks_of_every_excel_are_read() {
    // Their writer knows no formats before Excel 5, and no umlauts.
    let bare = [
        ["1067", "45458"],
        ["50667", "45459"],
        ["8001", "45460"],
        ["4109", "45461"],
    ];
    let formatted = [
        ["01067", "2024-06-15"],
        ["50667", "2024-06-16"],
        ["08001", "2024-06-17"],
        ["04109", "2024-06-18"],
    ];
    for (name, shown) in [
        ("excel_2.xls", bare),
        ("excel_3.xls", bare),
        ("excel_4.xls", bare),
        ("excel_5.xls", formatted),
    ] {
        let [a, b, c, d] = shown.map(|pair| pair.join(","));
        let path = fixture(name);
        let expected = format!(
            "Nr,Firma,PLZ,Seit,Intern,Wert\n\
             1,B_ckerei M_ller,{a},a,1.5\n\
             2,Hotel Zur Post,{b},b,-2\n\
             3,Gasthof Krone,{c},c,true\n\
             4,Metzgerei Huber,{d},d,\"#DIV/0!\"\n"
        );
        assert_eq!(converted(&path), expected, "{name}");
        let found = sources::inspect(&path, &ReadSettings::default()).unwrap();
        assert_eq!(found.format.value, Format::Xls, "{name}");
    }
}
