//! Workbooks that are read in a process of their own. This program is both: the one that asks and, started again
//! with a hidden argument, the one that reads; so it has no test harness around its `main`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop there")]
#![allow(clippy::print_stdout, reason = "its results are read on the terminal")]

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    time::Instant,
};

use lotse_engine::sources::{self, Control, Format, ReadSettings, SourceError};

fn main() {
    sources::guard::serve_if_asked();
    let tests: [(&str, fn()); 9] = [
        (
            "excel_97_reads_like_any_workbook",
            excel_97_reads_like_any_workbook,
        ),
        (
            "formats_of_a_file_are_no_dates_because_of_their_numbers",
            formats_of_a_file_are_no_dates_because_of_their_numbers,
        ),
        (
            "a_million_declared_rows_are_blank",
            a_million_declared_rows_are_blank,
        ),
        (
            "damaged_workbooks_end_with_a_sentence",
            damaged_workbooks_end_with_a_sentence,
        ),
        (
            "a_sheet_that_grows_without_end_is_stopped",
            a_sheet_that_grows_without_end_is_stopped,
        ),
        ("encrypted_workbooks_say_so", encrypted_workbooks_say_so),
        (
            "binary_workbooks_of_other_writers_keep_all_columns",
            binary_workbooks_of_other_writers_keep_all_columns,
        ),
        (
            "a_reading_child_is_stopped_when_the_person_cancels",
            a_reading_child_is_stopped_when_the_person_cancels,
        ),
        (
            "a_dense_range_of_the_whole_sheet_is_stopped",
            a_dense_range_of_the_whole_sheet_is_stopped,
        ),
    ];
    // The harness's own questions (`--list`, a filter) are answered as far as a person needs them.
    let filter: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let mut passed = 0;
    for (name, test) in tests {
        if filter.is_empty() || filter.iter().any(|wanted| name.contains(wanted.as_str())) {
            test();
            passed += 1;
            println!("test {name} ... ok");
        }
    }
    println!("\ntest result: ok. {passed} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out");
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/sources")
        .join(name)
}

fn converted(path: &Path) -> String {
    let mut out = Vec::new();
    sources::convert(path, &ReadSettings::default(), &Control::quiet(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const LEADS: &str = "Firma,PLZ,Registriert am,Volumen,Aktiv\nBäckerei Müller,01067,2024-06-15,1234.5,true\nHotel Zur Post,50667,2024-10-31,7,false\n";

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
        Some("Öko & Söhne <GmbH> 0,7675,Köln,2021-11-20,562.24,false,")
    );
}

fn a_million_declared_rows_are_blank() {
    let path = fixture("opendocument_with_a_million_blank_rows.ods");
    assert_eq!(converted(&path), LEADS);
}

fn damaged_workbooks_end_with_a_sentence() {
    let whole = std::fs::read(fixture("excel_97_with_dates_and_hidden_sheet.xls")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.xls");
    // Cut, and with each sector table entry pointing at itself: chains that never end.
    for length in [600, 1024, 2000, 4096, whole.len() - 100] {
        std::fs::write(&path, &whole[..length]).unwrap();
        let begun = Instant::now();
        let _ = sources::inspect(&path, &ReadSettings::default());
        assert!(begun.elapsed().as_secs() < 30, "length {length}");
    }
    for offset in (512..whole.len()).step_by(64) {
        let mut looped = whole.clone();
        for byte in &mut looped[offset..(offset + 64).min(whole.len())] {
            *byte = 1;
        }
        std::fs::write(&path, &looped).unwrap();
        let begun = Instant::now();
        let _ = sources::inspect(&path, &ReadSettings::default());
        assert!(begun.elapsed().as_secs() < 30, "offset {offset}");
    }
}

/// An OpenDocument workbook with this content.
fn open_document(content: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.ods");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    let member = |zip: &mut zip::ZipWriter<std::fs::File>, name: &str, bytes: &[u8]| {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    };
    member(
        &mut zip,
        "mimetype",
        b"application/vnd.oasis.opendocument.spreadsheet",
    );
    member(
        &mut zip,
        "META-INF/manifest.xml",
        br#"<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"#,
    );
    member(&mut zip, "content.xml", content);
    zip.finish().unwrap();
    (folder, path)
}

fn sheet(rows: &str) -> String {
    format!(
        r#"<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="A">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    )
}

fn a_sheet_that_grows_without_end_is_stopped() {
    // Each cell says that it stands there a thousand times, in a row that stands there a million times.
    let row = r#"<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string" table:number-columns-repeated="1000"><text:p>x</text:p></table:table-cell></table:table-row>"#;
    let (_folder, path) = open_document(sheet(row).as_bytes());
    let begun = Instant::now();
    let error = sources::inspect(&path, &ReadSettings::default()).unwrap_err();
    assert!(
        matches!(
            error,
            SourceError::TooLarge { .. } | SourceError::TooSlow { .. } | SourceError::Damaged { .. }
        ),
        "{error}"
    );
    assert!(begun.elapsed().as_secs() < 90);
}

fn a_dense_range_of_the_whole_sheet_is_stopped() {
    let cell = r#"<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>"#;
    let rows = format!(
        r#"<table:table-row>{cell}</table:table-row><table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row><table:table-row><table:table-cell table:number-columns-repeated="16000"/>{cell}</table:table-row>"#
    );
    let (_folder, path) = open_document(sheet(&rows).as_bytes());
    let begun = Instant::now();
    match sources::inspect(&path, &ReadSettings::default()) {
        Ok(found) => assert!(found.rows.is_even()),
        Err(error) => assert!(
            matches!(error, SourceError::TooLarge { .. } | SourceError::Damaged { .. }),
            "{error}"
        ),
    }
    assert!(begun.elapsed().as_secs() < 90);
}

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

fn a_reading_child_is_stopped_when_the_person_cancels() {
    let control = Control::quiet();
    control.cancel.cancel();
    let begun = Instant::now();
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
    assert!(
        begun.elapsed().as_secs() < 20,
        "it did not wait for the child's own end"
    );
}
