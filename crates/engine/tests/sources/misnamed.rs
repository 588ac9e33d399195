//! Files that are something else than their name says.

use lotse_engine::sources::{self, DetectionReason, ForeignFormat, Format, ReadSettings, SourceError};

use crate::reading::{converted, file};

#[test]
fn pages_and_xml_spreadsheets_called_xls_are_read() {
    let page = "<html><head><meta http-equiv=Content-Type content=\"text/html; charset=windows-1252\"></head><body>\
        <table><tr><td>Navigation</td></tr></table>\
        <table><tr><th>Firma</th><th colspan=2>Ort</th></tr>\
        <tr><td rowspan=2>M\u{fc}ller &amp; S\u{f6}hne</td><td>50667</td><td>K\u{f6}ln<br>S\u{fc}d</td></tr>\
        <tr><td>89073</td><td> Ulm\n  Mitte </td></tr></table></body></html>";
    let bytes: Vec<u8> = page
        .chars()
        .map(|sign| u8::try_from(u32::from(sign)).unwrap())
        .collect();
    let (_folder, path) = file("export.xls", &bytes);
    let found = sources::inspect(&path, &ReadSettings::default()).unwrap();
    assert_eq!(found.format.value, Format::Html);
    assert_eq!(
        found.format.reason,
        DetectionReason::Content {
            named: Some("xls".into())
        }
    );
    assert_eq!(found.sheet.value, "Tabelle 2");
    assert_eq!(
        converted(&path),
        "Firma,Ort,\nMüller & Söhne,50667,\"Köln\nSüd\"\n,89073,Ulm Mitte\n"
    );

    let xml = r#"<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Leads"><Table><Row><Cell><Data ss:Type="String">Firma</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">Datum</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">A &amp; B</Data></Cell><Cell><Data ss:Type="Number">5.50</Data></Cell><Cell><Data ss:Type="DateTime">2024-06-15T00:00:00.000</Data></Cell></Row>
</Table></Worksheet></Workbook>"#;
    let (_folder, path) = file("export.xls", xml.as_bytes());
    assert_eq!(converted(&path), "Firma,,Datum\nA & B,5.5,2024-06-15\n");

    let archive = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><table><tr><td>Firma</td><td>Ort</td></tr><tr><td>K=C3=BCche</td><td>Ulm</td></tr></table></html>\r\n--b--\r\n";
    let (_folder, path) = file("export.xls", archive.as_bytes());
    assert_eq!(converted(&path), "Firma,Ort\nKüche,Ulm\n");
}

#[test]
fn text_called_a_workbook_is_read_as_text() {
    let (_folder, path) = file("export.xlsx", b"Firma;Ort\nA;Ulm\nB;Bonn\n");
    assert_eq!(converted(&path), "Firma,Ort\nA,Ulm\nB,Bonn\n");
}

#[test]
fn a_heading_that_begins_like_an_exchange_format_is_a_heading() {
    let (_folder, path) = file("export.csv", b"ID;PLZ;Ort\nC;80331;Ulm\nB;50667;Bonn\n");
    assert_eq!(converted(&path), "ID,PLZ,Ort\nC,80331,Ulm\nB,50667,Bonn\n");
}

#[test]
fn what_holds_no_table_is_named() {
    let cases: &[(&[u8], ForeignFormat)] = &[
        (b"%PDF-1.7 ...", ForeignFormat::Pdf),
        (b"\x1F\x8B\x08\0\0\0\0\0", ForeignFormat::Compressed),
        (b"\x89PNG\r\n\x1A\n", ForeignFormat::Picture),
        (b"{\"leads\": [1, 2]}", ForeignFormat::Json),
        (b"<?xml version=\"1.0\"?><leads/>", ForeignFormat::Xml),
        (b"{\\rtf1 hallo}", ForeignFormat::TextDocument),
        (b"\x03\x04\x05\x06\x07\x08\x0B\x0E", ForeignFormat::Binary),
    ];
    for (bytes, expected) in cases {
        let (_folder, path) = file("leads.csv", bytes);
        assert_eq!(
            sources::inspect(&path, &ReadSettings::default()),
            Err(SourceError::NotATable { found: *expected })
        );
    }
    let (folder, path) = file("leads.csv", b"");
    assert!(matches!(
        sources::inspect(folder.path(), &ReadSettings::default()),
        Err(SourceError::IsFolder { .. })
    ));
    assert!(matches!(
        sources::inspect(&path.with_extension("gone"), &ReadSettings::default()),
        Err(SourceError::NotFound { .. })
    ));
}

#[test]
fn exchange_formats_of_the_first_spreadsheets_are_read() {
    let slk = "ID;PWXL;N;E\r\nP;PGeneral\r\nP;Pdd/mm/yyyy\r\nP;P00000\r\nB;Y3;X4\r\nF;P1;C3\r\nC;Y1;X1;K\"Firma\"\r\nC;X2;K\"PLZ\"\r\nC;X3;K\"Seit\"\r\nC;X4;K\"Notiz\"\r\nC;Y2;X1;K\"Öko;; Co\"\r\nF;P2;X2\r\nC;K1067\r\nC;X3;K45458\r\nC;Y3;X1;K\"Beck\"\r\nC;X2;K\"80331\"\r\nC;X3;K45459\r\nC;X4;K\"sagt \"\"ja\"\"\"\r\nE\r\n";
    let expected =
        "Firma,PLZ,Seit,Notiz\nÖko; Co,01067,2024-06-15,\nBeck,80331,2024-06-16,\"sagt \"\"ja\"\"\"\n";
    let (_folder, path) = file("leads.slk", slk.as_bytes());
    assert_eq!(converted(&path), expected);
    assert_eq!(
        sources::inspect(&path, &ReadSettings::default())
            .unwrap()
            .format
            .value,
        Format::Sylk
    );
    let dif = "TABLE\r\n0,1\r\n\"EXCEL\"\r\nVECTORS\r\n0,3\r\n\"\"\r\nTUPLES\r\n0,2\r\n\"\"\r\nDATA\r\n0,0\r\n\"\"\r\n-1,0\r\nBOT\r\n1,0\r\n\"Firma\"\r\n1,0\r\n\"Menge\"\r\n1,0\r\n\"Aktiv\"\r\n-1,0\r\nBOT\r\n1,0\r\n\"Beck \"\"& Co\"\"\"\r\n0,12.5\r\nV\r\n0,1\r\nTRUE\r\n-1,0\r\nEOD\r\n";
    let (_folder, path) = file("leads.csv", dif.as_bytes());
    assert_eq!(
        converted(&path),
        "Firma,Menge,Aktiv\n\"Beck \"\"& Co\"\"\",12.5,true\n"
    );
}

#[test]
fn an_open_document_that_is_one_file_is_read() {
    let text = r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet><table:table table:name="A"><table:table-row><table:table-cell office:value-type="string"><text:p>Firma</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Ort</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="string"><text:p>Beck</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Köln</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document>"#;
    let (_folder, path) = file("leads.fods", text.as_bytes());
    assert_eq!(converted(&path), "Firma,Ort\nBeck,Köln\n");
    assert_eq!(
        sources::inspect(&path, &ReadSettings::default())
            .unwrap()
            .format
            .value,
        Format::Ods
    );
}
