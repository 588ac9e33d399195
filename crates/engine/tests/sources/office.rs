//! What reports of offices have between and below their rows, as it was met in files that nothing was tuned on.

use lotse_engine::sources::{NoticeFact, ReadSettings, SkipReason};

use crate::reading::{file, table, table_of};

#[test]
fn page_numbers_between_the_rows_of_a_report_are_no_rows() {
    let text = "Firma;PLZ;Ort\nA;80331;Ulm\nB;50667;Bonn\nSeite 1 von 2;;\nFirma;PLZ;Ort\nC;01067;Dresden\nD;04109;Leipzig\nSeite 2 von 2;;\n";
    let (_folder, path) = file("Report.csv", text.as_bytes());
    let (found, summary) = table(&path, &ReadSettings::default());
    let firms: Vec<&str> = found.rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(firms, ["A", "B", "C", "D"]);
    let skipped: Vec<_> = summary
        .rows
        .skipped
        .iter()
        .map(|run| (run.first, run.last, run.reason))
        .collect();
    assert_eq!(
        skipped,
        [
            (4, 4, SkipReason::Footer),
            (5, 5, SkipReason::RepeatedHeader),
            (8, 8, SkipReason::Footer),
        ]
    );
    // A firm may be called so, as long as there is more in its row.
    let firm = table_of(b"Firma;PLZ;Ort\nSeite 3;80331;Ulm\nB;50667;Bonn\n");
    assert_eq!(firm.rows.len(), 2);
}

#[test]
fn sums_of_groups_are_no_rows_and_firms_with_such_names_are() {
    let found = table_of(
        "Region;Firma;Umsatz\nSüd;Huber;100,00\nSüd;Löwen;50,00\nZwischensumme Süd;;150,00\nOst;Post;70,00\nZwischensumme Ost;;70,00\nGesamt;;220,00\n"
            .as_bytes(),
    );
    let firms: Vec<&str> = found.rows.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(firms, ["Huber", "Löwen", "Post"]);
    let found =
        table_of("Firma;Ort;Umsatz\nTotal;Ulm;100,00\nSumme GmbH;Bonn;50,00\nA;Köln;1,00\n".as_bytes());
    assert_eq!(found.rows.len(), 3);
}

#[test]
fn what_is_labelled_below_a_table_is_no_row() {
    let found = table_of(
        "Firma;PLZ;Ort;Telefon\nA;80331;Ulm;0731 1\nB;50667;Bonn;0228 2\nC;50668;Köln;0221 3\n;;;\nAnzahl:;3;;\n".as_bytes(),
    );
    assert_eq!(found.rows.len(), 3);
}

#[test]
fn line_ends_that_are_mixed_end_lines_where_every_line_is_a_row() {
    let text = "Firma;Ort\r\nPost;Dresden\nMüller;Leipzig\r\nHuber;Köln\nLöwen;Ulm";
    let (_folder, path) = file("Export.csv", text.as_bytes());
    let (found, summary) = table(&path, &ReadSettings::default());
    assert_eq!(found.header, ["Firma", "Ort"]);
    assert_eq!(found.rows.len(), 4);
    assert!(
        !summary
            .notices
            .iter()
            .any(|notice| matches!(notice.fact, NoticeFact::LongRow { .. }))
    );
}

#[test]
fn of_two_tables_beside_each_other_the_larger_is_read() {
    let text = "Firma;Ort;PLZ;;Kürzel;Bedeutung\nA;Ulm;89073;;N;neu\nB;Bonn;53111;;O;offen\nC;Köln;50667;;E;erledigt\nD;Trier;54290;;;\nE;Mainz;55116;;;\nF;Worms;67547;;;\n";
    let (_folder, path) = file("Tabelle.csv", text.as_bytes());
    let (found, summary) = table(&path, &ReadSettings::default());
    assert_eq!(found.header, ["Firma", "Ort", "PLZ"]);
    assert_eq!(found.rows.len(), 6);
    assert_eq!(found.rows[0], ["A", "Ulm", "89073"]);
    assert!(
        summary
            .notices
            .iter()
            .any(|notice| notice.fact == NoticeFact::OtherTable { last: 4 })
    );
    // The larger one may stand on the right, and be the shorter one.
    let text = "Kürzel;Bedeutung;;Firma;Ort;PLZ;Mail\nN;neu;;A;Ulm;89073;a@b.de\nO;offen;;B;Bonn;53111;c@d.de\nE;erledigt;;C;Köln;50667;e@f.de\nW;weg;;;;;\nX;fort;;;;;\n";
    let (_folder, path) = file("Tabelle.csv", text.as_bytes());
    let (found, summary) = table(&path, &ReadSettings::default());
    assert_eq!(found.header, ["Firma", "Ort", "PLZ", "Mail"]);
    assert_eq!(found.rows.len(), 3);
    let skipped: Vec<_> = summary
        .rows
        .skipped
        .iter()
        .map(|run| (run.first, run.last, run.reason))
        .collect();
    assert_eq!(skipped, [(5, 6, SkipReason::OtherTable)]);
}

#[test]
fn the_foot_of_a_page_s_table_is_no_row() {
    let page = "<table><thead><tr><th>Firma</th><th>Ort</th><th>Umsatz</th></tr></thead><tfoot><tr><td>2 Firmen</td><td>alle</td><td>12</td></tr></tfoot><tbody><tr><td>A</td><td>Ulm</td><td>5</td></tr><tr><td>B</td><td>Bonn</td><td>7</td></tr></tbody></table>";
    let (_folder, path) = file("Report.xls", page.as_bytes());
    let (found, summary) = table(&path, &ReadSettings::default());
    assert_eq!(found.rows, [["A", "Ulm", "5"], ["B", "Bonn", "7"]]);
    assert!(
        summary
            .rows
            .skipped
            .iter()
            .any(|run| run.reason == SkipReason::Footer)
    );
}

#[test]
fn a_count_of_rows_is_a_remark_and_a_row_that_was_cut_is_none() {
    let rows = "2024-06-15;Firma A;Ulm;89073\n2024-06-16;Firma B;Bonn;53111\n2024-06-17;Firma C;Köln;50667\n";
    for remark in ["3 rows", "(3 rows)", "3 Datensätze gefunden", "3 row(s) selected"] {
        let found = table_of(format!("Datum;Name;Ort;PLZ\n{rows}{remark}\n").as_bytes());
        assert_eq!(found.rows.len(), 3, "{remark}");
    }
    let found = table_of(format!("Datum;Name;Ort;PLZ\n{rows}2024-06-18\n").as_bytes());
    assert_eq!(found.rows.len(), 4);
    assert_eq!(found.rows[3][0], "2024-06-18");
}

#[test]
fn an_error_in_the_first_cell_is_no_remark() {
    let found = table_of(b"Wert;Ort;PLZ\n#DIV/0!;Ulm;89073\n#REF!;;\n#N/A;;\n5;Bonn;53111\n");
    assert_eq!(found.rows.len(), 4);
}
