//! Workbooks made to exhaust, to hang or to reach outside: each ends within seconds, with a sentence or with the few
//! rows that are really there.

use std::{
    io::Write as _,
    path::PathBuf,
    time::{Duration, Instant},
};

use lotse_core::language::{Language, Tell as _};
use lotse_engine::sources::{self, Control, Inspection, ReadSettings, SourceError};

/// A workbook whose sheet has this XML, with further members.
fn workbook(sheet: &str, more: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.xlsx");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    let mut member = |name: &str, bytes: &[u8]| {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    };
    member(
        "_rels/.rels",
        br#"<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    );
    member(
        "xl/workbook.xml",
        br#"<workbook xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="s"/></sheets></workbook>"#,
    );
    member(
        "xl/_rels/workbook.xml.rels",
        br#"<Relationships><Relationship Id="s" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    );
    member("xl/worksheets/sheet1.xml", sheet.as_bytes());
    for (name, bytes) in more {
        member(name, bytes);
    }
    zip.finish().unwrap();
    (folder, path)
}

fn within_seconds(path: &std::path::Path) -> Result<Inspection, SourceError> {
    let begun = Instant::now();
    let result = sources::inspect(path, &ReadSettings::default());
    assert!(
        begun.elapsed() < Duration::from_secs(60),
        "took {:?}",
        begun.elapsed()
    );
    if let Err(error) = &result {
        assert!(!error.tell(Language::De).is_empty());
    }
    result
}

const ROWS: &str = r#"<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Firma</t></is></c><c r="B1" t="inlineStr"><is><t>Ort</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>A</t></is></c><c r="B2" t="inlineStr"><is><t>Ulm</t></is></c></row></sheetData>"#;

#[test]
fn a_declared_size_of_millions_costs_nothing() {
    let sheet = format!(r#"<worksheet><dimension ref="A1:XFD1048576"/>{ROWS}</worksheet>"#);
    let (_folder, path) = workbook(&sheet, &[]);
    let found = within_seconds(&path).unwrap();
    assert_eq!((found.sheets[0].rows, found.sheets[0].columns), (2, 2));
    assert_eq!(found.rows.read, 1);
}

#[test]
fn entities_of_the_document_itself_are_never_expanded() {
    let sheet = r#"<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/hostname">]><worksheet><sheetData><row r="1"><c r="A1" t="str"><v>&b;&x;</v></c></row></sheetData></worksheet>"#;
    let (_folder, path) = workbook(sheet, &[]);
    let found = within_seconds(&path).unwrap();
    assert_eq!(found.columns[0].name, "&b;&x;");
}

#[test]
fn a_member_that_inflates_without_end_is_stopped() {
    // One text that never ends: it would have to fit into memory as a whole.
    let folder = tempfile::tempdir().unwrap();
    let (_other, small) = workbook(&format!("<worksheet>{ROWS}</worksheet>"), &[]);
    let path = folder.path().join("bomb.xlsx");
    let mut from = zip::ZipArchive::new(std::fs::File::open(&small).unwrap()).unwrap();
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for index in 0..from.len() {
        zip.raw_copy_file(from.by_index_raw(index).unwrap()).unwrap();
    }
    let options = zip::write::SimpleFileOptions::default().large_file(true);
    zip.start_file("xl/sharedStrings.xml", options).unwrap();
    zip.write_all(b"<sst><si><t>").unwrap();
    let blanks = vec![b'x'; 1 << 20];
    for _ in 0..80 {
        zip.write_all(&blanks).unwrap();
    }
    zip.finish().unwrap();
    assert!(matches!(within_seconds(&path), Err(SourceError::TooLarge { .. })));
}

#[test]
fn names_that_point_outside_the_archive_do_no_harm() {
    let sheet = format!("<worksheet>{ROWS}</worksheet>");
    let (_folder, path) = workbook(
        &sheet,
        &[("../../../tmp/outside.txt", b"x"), ("/etc/passwd", b"x")],
    );
    assert_eq!(within_seconds(&path).unwrap().rows.read, 1);
}

#[test]
fn cut_and_garbled_workbooks_end_with_a_sentence() {
    let (_folder, path) = workbook(&format!("<worksheet>{ROWS}</worksheet>"), &[]);
    let whole = std::fs::read(&path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.xlsx");
    for length in (4..whole.len()).step_by(37) {
        std::fs::write(&path, &whole[..length]).unwrap();
        let _ = within_seconds(&path);
        let mut garbled = whole.clone();
        garbled[length] ^= 0x55;
        std::fs::write(&path, &garbled).unwrap();
        let _ = within_seconds(&path);
    }
}

#[test]
fn rows_and_cells_out_of_all_bounds_are_refused() {
    for sheet in [
        r#"<worksheet><sheetData><row r="4294967295"><c r="A4294967295"><v>1</v></c></row></sheetData></worksheet>"#,
        r#"<worksheet><sheetData><row r="1"><c r="ZZZZ1"><v>1</v></c></row></sheetData></worksheet>"#,
    ] {
        let (_folder, path) = workbook(sheet, &[]);
        assert!(
            matches!(within_seconds(&path), Err(SourceError::Damaged { .. })),
            "{sheet}"
        );
    }
}

#[test]
fn text_files_of_odd_bytes_are_read_without_harm() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd.csv");
    let patterns: [&[u8]; 8] = [
        b"\"",
        b"\"\"\n",
        b",\n",
        b"a,\"b\n",
        b"\r",
        b"\xFF\xFE\n",
        b";;;\"x\r\n",
        b"\xF0\x9F\"\n,",
    ];
    for pattern in patterns {
        for count in [1, 2, 3, 1000, 100_000] {
            std::fs::write(&path, pattern.repeat(count)).unwrap();
            let begun = Instant::now();
            match sources::inspect_whole(&path, &ReadSettings::default(), &Control::quiet()) {
                Ok(found) => assert!(found.rows.is_even(), "{pattern:?} {:?}", found.rows),
                Err(error) => assert!(matches!(error, SourceError::NotATable { .. }), "{error}"),
            }
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{pattern:?} took {:?}",
                begun.elapsed()
            );
        }
    }
}

#[test]
fn what_was_once_misread_keeps_an_even_account() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/sources");
    let mut read = 0;
    for entry in std::fs::read_dir(fixtures).unwrap() {
        let path = entry.unwrap().path();
        if let Ok(found) = sources::inspect_whole(&path, &ReadSettings::default(), &Control::quiet()) {
            assert!(found.rows.is_even(), "{} {:?}", path.display(), found.rows);
            read += 1;
        }
    }
    assert!(read >= 3, "the fixtures are there");
}

#[test]
fn a_row_of_shared_texts_is_stopped_before_it_is_there() {
    // Sixteen thousand cells that all show the same megabyte.
    let cells = r#"<c t="s"><v>0</v></c>"#.repeat(16_000);
    let sheet = format!(r#"<worksheet><sheetData><row r="1">{cells}</row></sheetData></worksheet>"#);
    let texts = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(1 << 20));
    let (_folder, path) = workbook(&sheet, &[("xl/sharedStrings.xml", texts.as_bytes())]);
    let error = within_seconds(&path).unwrap_err();
    assert!(matches!(error, SourceError::TooLarge { .. }), "{error}");
}

#[test]
fn cells_of_a_page_span_no_more_than_a_sheet_has() {
    let row = format!("<tr>{}</tr>", "<td colspan=1000 rowspan=1000>x</td>".repeat(40));
    let (_folder, path) = crate::reading::file(
        "spans.xls",
        format!("<table>{}</table>", row.repeat(200)).as_bytes(),
    );
    let found = within_seconds(&path).unwrap();
    assert!(found.rows.is_even());
}
