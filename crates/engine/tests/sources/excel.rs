//! Excel workbooks.

use lotse_engine::sources::{self, Hidden, Inspection, ReadSettings, SkipReason, SourceNotice};
use rust_xlsxwriter::{Format, Formula, Workbook};

use crate::reading::{converted, file, table};

fn saved(mut workbook: Workbook) -> (tempfile::TempDir, std::path::PathBuf) {
    file("Mappe.xlsx", &workbook.save_to_buffer().unwrap())
}

#[test]
fn cells_read_as_a_person_sees_them() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let date = Format::new().set_num_format("dd.mm.yyyy");
    let code = Format::new().set_num_format("00000");
    for (column, text) in ["Firma", "PLZ", "Datum", "Umsatz", "Aktiv", "Formel"]
        .iter()
        .enumerate()
    {
        sheet.write(0, u16::try_from(column).unwrap(), *text).unwrap();
    }
    sheet.write(1, 0, "Müller & Söhne <GmbH>").unwrap();
    sheet.write_with_format(1, 1, 1067, &code).unwrap();
    sheet.write_with_format(1, 2, 45_458, &date).unwrap();
    sheet.write(1, 3, 1234.5).unwrap();
    sheet.write(1, 4, true).unwrap();
    sheet
        .write_formula(1, 5, Formula::new("=1+1").set_result("2"))
        .unwrap();
    sheet.write(2, 0, "zwei\nZeilen").unwrap();
    let (_folder, path) = saved(workbook);
    assert_eq!(
        converted(&path),
        "Firma,PLZ,Datum,Umsatz,Aktiv,Formel\nMüller & Söhne <GmbH>,01067,2024-06-15,1234.5,true,2\n\"zwei\nZeilen\",,,,,\n"
    );
}

#[test]
fn tables_in_the_middle_of_a_sheet_are_found() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "Auswertung der Leads").unwrap();
    for (row, cells) in [["Firma", "Ort", "Umsatz"], ["A", "Ulm", "5"], ["B", "Köln", "6"]]
        .iter()
        .enumerate()
    {
        for (column, text) in cells.iter().enumerate() {
            let (row, column) = (
                u32::try_from(row).unwrap() + 3,
                u16::try_from(column).unwrap() + 2,
            );
            match text.parse::<f64>() {
                Ok(number) => sheet.write(row, column, number).unwrap(),
                Err(_) => sheet.write(row, column, *text).unwrap(),
            };
        }
    }
    // A styled blank cell in the last corner.
    sheet
        .write_blank(1_048_575, 16_383, &Format::new().set_bold())
        .unwrap();
    let (_folder, path) = saved(workbook);
    let (found, summary) = table(&path, &ReadSettings::default());
    assert_eq!(found.header, ["Firma", "Ort", "Umsatz"]);
    assert_eq!(found.rows, [["A", "Ulm", "5"], ["B", "Köln", "6"]]);
    assert_eq!(summary.rows.total, 6);
}

#[test]
fn hidden_rows_columns_and_sheets_are_announced_and_can_be_left_out() {
    let mut workbook = Workbook::new();
    let cover = workbook.add_worksheet();
    cover.set_name("Deckblatt").unwrap();
    cover.write(0, 0, "Bitte umblättern").unwrap();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Leads").unwrap();
    for row in 0..5u32 {
        for column in 0..3u16 {
            let text = if row == 0 {
                format!("Kopf {column}")
            } else {
                format!("{row}/{column}")
            };
            sheet.write(row, column, text).unwrap();
        }
    }
    sheet.set_row_hidden(2).unwrap();
    sheet.set_column_hidden(1).unwrap();
    let secret = workbook.add_worksheet();
    secret.set_name("Geheim").unwrap();
    secret.write(0, 0, "x").unwrap();
    secret.set_hidden(true);
    let (_folder, path) = saved(workbook);
    let found = sources::inspect(&path, &ReadSettings::default()).unwrap();
    assert_eq!(found.sheet.value, "Leads");
    let codes: Vec<&str> = found.notices.iter().map(|notice| notice.fact.code()).collect();
    for code in ["hidden.rows", "hidden.column", "hidden.sheets", "sheet.others"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    assert_eq!(found.rows.read, 4);
    let hidden = |found: &Inspection| {
        let of_rows = |notice: &&SourceNotice| notice.fact.code() == "hidden.rows";
        found
            .notices
            .iter()
            .find(of_rows)
            .map(|notice| notice.rows.clone())
    };
    assert_eq!(hidden(&found), Some(vec![3]));
    let without = ReadSettings {
        hidden_rows: Some(Hidden::LeaveOut),
        hidden_columns: Some(Hidden::LeaveOut),
        ..ReadSettings::default()
    };
    let (found, summary) = table(&path, &without);
    assert_eq!(found.header, ["Kopf 0", "Kopf 2"]);
    assert_eq!(found.rows, [["1/0", "1/2"], ["3/0", "3/2"], ["4/0", "4/2"]]);
    assert_eq!(summary.rows.skipped[0].reason, SkipReason::Hidden);
    // Left out or not, a person can look at them.
    for settings in [&without, &ReadSettings::default()] {
        let rows = sources::rows(&path, settings, &[3, 5, 99]).unwrap();
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [3, 5]);
        assert_eq!(rows[0].cells[0].text, "2/0");
    }
    let missing = ReadSettings {
        sheet: Some("Nirgends".into()),
        ..ReadSettings::default()
    };
    assert!(matches!(
        sources::inspect(&path, &missing),
        Err(sources::SourceError::NoSuchSheet { .. })
    ));
}

#[test]
fn days_count_from_1904_whatever_an_extension_says() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [
        (
            "xl/workbook.xml",
            r#"<workbook xmlns:r="r" xmlns:x15="x"><workbookPr date1904="1"/><sheets><sheet name="A" sheetId="1" r:id="s"/></sheets><extLst><ext><x15:workbookPr chartTrackingRefBase="1"/></ext></extLst></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="s" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        (
            "xl/styles.xml",
            r#"<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#,
        ),
        (
            "xl/worksheets/sheet1.xml",
            r#"<worksheet><sheetData><row r="1"><c t="str"><v>Tag</v></c></row><row r="2"><c s="1"><v>40850</v></c></row></sheetData></worksheet>"#,
        ),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    }
    let (_folder, path) = file("Mappe.xlsx", &zip.finish().unwrap().into_inner());
    assert_eq!(converted(&path), "Tag\n2015-11-04\n");
}
