//! OpenDocument spreadsheets.

use std::io::Write as _;

use lotse_engine::sources::{self, Hidden, NoticeFact, ReadSettings, SkipReason, SourceError};

use crate::reading::{converted, file, table};

fn document(styles: &str, tables: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let content = format!(
        r#"<?xml version="1.0"?>
<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s" xmlns:calcext="c">
  <office:automatic-styles>{styles}</office:automatic-styles>
  <office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>
</office:document-content>"#
    );
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &content),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    file("Tabelle.ods", &bytes)
}

/// Cells of texts, laid out over lines as some programs do.
fn row(attributes: &str, cells: &[&str]) -> String {
    let cells: String = cells
        .iter()
        .map(|text| {
            format!(
                "\n    <table:table-cell office:value-type=\"string\">\n      <text:p>{text}</text:p>\n    </table:table-cell>"
            )
        })
        .collect();
    format!("\n  <table:table-row {attributes}>{cells}\n  </table:table-row>")
}

#[test]
fn cells_read_as_a_person_sees_them() {
    let cells = r#"<table:table-row>
        <table:table-cell office:value-type="float" office:value="1067"><text:p>01067</text:p></table:table-cell>
        <table:table-cell office:value-type="currency" office:value="1234.5"><text:p>1.234,50 EUR</text:p></table:table-cell>
        <table:table-cell office:value-type="date" office:date-value="2024-06-15"><text:p>15.06.24</text:p></table:table-cell>
        <table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>WAHR</text:p></table:table-cell>
        <table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>
        <table:table-cell office:value-type="string"><office:annotation><text:p>Notiz</text:p></office:annotation><text:p>zwei<text:s text:c="2"/><text:span>Worte</text:span></text:p><text:p>zwei Zeilen</text:p></table:table-cell>
      </table:table-row>"#;
    let head = row("", &["PLZ", "Umsatz", "Datum", "Aktiv", "Formel", "Text"]);
    let (_folder, path) = document(
        "",
        &format!(r#"<table:table table:name="A">{head}{cells}</table:table>"#),
    );
    assert_eq!(
        converted(&path),
        "PLZ,Umsatz,Datum,Aktiv,Formel,Text\n01067,1234.5,2024-06-15,true,\"#DIV/0!\",\"zwei  Worte\nzwei Zeilen\"\n"
    );
}

#[test]
fn what_is_hidden_is_announced_and_can_be_left_out() {
    let styles =
        r#"<style:style style:name="h"><style:table-properties table:display="false"/></style:style>"#;
    let tables = format!(
        r#"<table:table table:name="Leads"><table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>{}{}{}{}</table:table><table:table table:name="Geheim" table:style-name="h">{}</table:table>"#,
        row("", &["Firma", "Notiz", "Ort"]),
        row("", &["A", "x", "Ulm"]),
        row(r#"table:visibility="filter""#, &["B", "y", "Bonn"]),
        row(r#"table:visibility="collapse""#, &["C", "z", "Köln"]),
        row("", &["geheim", "geheim"]),
    );
    let (_folder, path) = document(styles, &tables);
    let found = sources::inspect(&path, &ReadSettings::default()).unwrap();
    let seen = |fact: NoticeFact| found.notices.iter().any(|notice| notice.fact == fact);
    assert!(
        seen(NoticeFact::FilteredRows { included: true }),
        "{:?}",
        found.notices
    );
    assert!(seen(NoticeFact::HiddenRows { included: true }));
    assert!(seen(NoticeFact::HiddenColumn { included: true }));
    assert!(seen(NoticeFact::HiddenSheets {
        names: vec!["Geheim".into()]
    }));
    assert_eq!(found.rows.read, 3);
    let settings = ReadSettings {
        hidden_rows: Some(Hidden::LeaveOut),
        filtered_rows: Some(Hidden::LeaveOut),
        hidden_columns: Some(Hidden::LeaveOut),
        ..ReadSettings::default()
    };
    let (found, summary) = table(&path, &settings);
    assert_eq!(found.header, ["Firma", "Ort"]);
    assert_eq!(found.rows, [["A", "Ulm"]]);
    let skipped: Vec<_> = summary
        .rows
        .skipped
        .iter()
        .map(|run| (run.first, run.reason))
        .collect();
    assert_eq!(skipped, [(3, SkipReason::Filtered), (4, SkipReason::Hidden)]);
}

#[test]
fn rows_and_columns_that_repeat_themselves_keep_their_place() {
    let tables = format!(
        r#"<table:table table:name="A">{}{}<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="7"><text:p>7</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16382"/></table:table-row><table:table-row table:number-rows-repeated="1048500"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>"#,
        row(r#"table:number-rows-repeated="1""#, &["x", "y"]),
        row("", &["1", "2"]),
    );
    let (_folder, path) = document("", &tables);
    let (found, summary) = table(&path, &ReadSettings::default());
    assert_eq!(found.rows, [["1", "2"], ["7", "7"], ["7", "7"]]);
    assert_eq!(summary.rows.total, 4);
}

fn refused_or_even(path: &std::path::Path) {
    match sources::inspect(path, &ReadSettings::default()) {
        Ok(found) => assert!(found.rows.is_even()),
        Err(error) => assert!(
            matches!(error, SourceError::TooLarge { .. } | SourceError::Damaged { .. }),
            "{error}"
        ),
    }
}

#[test]
fn a_sheet_that_grows_without_end_is_stopped() {
    // Each cell says that it stands there a thousand times, in a row that stands there a million times.
    let row = r#"<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string" table:number-columns-repeated="1000"><text:p>x</text:p></table:table-cell></table:table-row>"#;
    let (_folder, path) = document("", &format!(r#"<table:table table:name="A">{row}</table:table>"#));
    let error = sources::inspect(&path, &ReadSettings::default()).unwrap_err();
    assert!(
        matches!(error, SourceError::TooLarge { .. } | SourceError::Damaged { .. }),
        "{error}"
    );
}

#[test]
fn a_cell_in_the_last_corner_asks_for_no_dense_sheet() {
    let cell = r#"<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>"#;
    let table = format!(
        r#"<table:table table:name="A"><table:table-row>{cell}</table:table-row><table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row><table:table-row><table:table-cell table:number-columns-repeated="16000"/>{cell}</table:table-row></table:table>"#
    );
    let (_folder, path) = document("", &table);
    refused_or_even(&path);
}
