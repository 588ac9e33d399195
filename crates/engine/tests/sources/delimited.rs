//! Text files as partners send them.

use lotse_engine::sources::{self, Charset, Control, DetectionReason, NoticeFact, ReadSettings, SkipReason};

use crate::reading::{Table, converted, file, inspection_of, table, table_of};

fn expect(bytes: &[u8], header: &[&str], rows: &[&[&str]]) {
    let found = table_of(bytes);
    let expected = Table {
        header: header.iter().map(ToString::to_string).collect(),
        rows: rows
            .iter()
            .map(|row| row.iter().map(ToString::to_string).collect())
            .collect(),
    };
    assert_eq!(found, expected, "{}", String::from_utf8_lossy(bytes));
}

#[test]
fn german_exports_come_out_as_they_are() {
    expect(
        b"Firma;Ort;Umsatz\r\nB\xE4ckerei M\xFCller;K\xF6ln;1.234,50\r\nBeck, Sohn & Co;Ulm;7,00\r\n",
        &["Firma", "Ort", "Umsatz"],
        &[
            &["Bäckerei Müller", "Köln", "1.234,50"],
            &["Beck, Sohn & Co", "Ulm", "7,00"],
        ],
    );
    expect(
        "sep=;\r\nNr;Tel;Ort\r\n=\"00123\";=\"030 12\";Köln\r\n=\"00124\";=\"040 12\";Ulm\r\n".as_bytes(),
        &["Nr", "Tel", "Ort"],
        &[&["00123", "030 12", "Köln"], &["00124", "040 12", "Ulm"]],
    );
    expect(
        "Firma;Notiz;Ort\r\nA;\"erste Zeile\r\nzweite; Zeile\";Ulm\r\nB;„so“ gesagt;Köln\r\n".as_bytes(),
        &["Firma", "Notiz", "Ort"],
        &[
            &["A", "erste Zeile\r\nzweite; Zeile", "Ulm"],
            &["B", "„so“ gesagt", "Köln"],
        ],
    );
}

#[test]
fn titles_totals_remarks_and_blank_rows_are_accounted_for_and_no_data() {
    let text = "Leads Q1 2024;;;\n;;;\nFirma;Ort;PLZ;Umsatz\nA;Ulm;89073;5\n\nB;Köln;50667;6\nSumme;;;11\n\nStand: 31.12.2024\n\n\n";
    let (_folder, path) = file("Export.csv", text.as_bytes());
    let (found, summary) = table(&path, &ReadSettings::default());
    assert_eq!(found.header, ["Firma", "Ort", "PLZ", "Umsatz"]);
    assert_eq!(
        found.rows,
        [["A", "Ulm", "89073", "5"], ["B", "Köln", "50667", "6"]]
    );
    let skipped: Vec<_> = summary
        .rows
        .skipped
        .iter()
        .map(|run| (run.first, run.last, run.reason))
        .collect();
    assert_eq!(
        skipped,
        [
            (1, 1, SkipReason::Title),
            (2, 2, SkipReason::Blank),
            (5, 5, SkipReason::Blank),
            (7, 7, SkipReason::Total),
            (8, 8, SkipReason::Blank),
            (9, 9, SkipReason::Footer),
            (10, 11, SkipReason::Blank),
        ]
    );
    assert_eq!(summary.rows.total, 11);
}

#[test]
fn a_company_called_total_is_a_company() {
    let text = "Firma;Ort;PLZ\nTotal;Berlin;10115\nA;Ulm;89073\nB;Köln;50667\n";
    assert_eq!(table_of(text.as_bytes()).rows[0], ["Total", "Berlin", "10115"]);
}

#[test]
fn empty_files_and_lone_headers_are_no_errors() {
    assert_eq!(table_of(b"").header, Vec::<String>::new());
    assert_eq!(table_of(b"\n\n\n").rows.len(), 0);
    assert_eq!(table_of(b"\xEF\xBB\xBF").rows.len(), 0);
    expect(b"Firma;Ort;PLZ", &["Firma", "Ort", "PLZ"], &[]);
}

#[test]
fn converting_what_was_written_changes_nothing() {
    let texts: [&[u8]; 6] = [
        b"a;b;c\n1;\"x;\ny\";3\n4;5\n6;7;8;9\n",
        b"Titel\n\nName;Ort\nM\xFCller;K\xF6ln\nBeck;Ulm\n",
        b"eins\nzwei\n\ndrei\n",
        b"1;2;3\n4;5;6\n",
        b"Firma,Notiz\nA,\"  mit Blanks \"\nB,#1\n",
        b"",
    ];
    for text in texts {
        let (_folder, path) = file("first.csv", text);
        let once = converted(&path);
        let (_other, path) = file("second.csv", once.as_bytes());
        assert_eq!(converted(&path), once, "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn an_inspection_says_what_it_saw_and_why() {
    use lotse_core::language::Language;
    let found = inspection_of(
        b"Firma;Ort;Registriert am;E-Mail\nA;M\xFCnchen;31.10.2024;a@b.de\nB;K\xF6ln;01.02.2024;c@d.de\n",
    );
    let text = found.text.as_ref().unwrap();
    assert_eq!(text.charset.value, Charset::Windows1252);
    assert_eq!(text.delimiter.value, ";");
    assert!(found.complete);
    let report = found.report(Language::De);
    let reasons: Vec<&str> = report
        .detections
        .iter()
        .map(|found| found.reason.as_str())
        .collect();
    assert!(
        reasons.contains(&"ergibt in 3 von 3 Zeilen 4 Zellen"),
        "{reasons:?}"
    );
    assert_eq!(report.header_row, Some(1));
    assert_eq!(report.columns[2].samples, ["31.10.2024", "01.02.2024"]);
    let order = found.columns[2].date_order.as_ref().unwrap();
    assert!(order.certainty > 0.9);
}

#[test]
fn settings_overrule_every_detection() {
    let (_folder, path) = file("a.csv", b"x,y;z\n1,2;3\n4,5;6\n");
    let settings = ReadSettings {
        delimiter: Some(";".into()),
        header: Some(sources::HeaderRows { first: 2, count: 0 }),
        ..ReadSettings::default()
    };
    let (found, summary) = table(&path, &settings);
    assert_eq!(found.rows, [["1,2", "3"], ["4,5", "6"]]);
    assert_eq!(summary.rows.skipped[0].reason, SkipReason::Title);
}

#[test]
fn a_cancelled_reading_ends_with_that_word() {
    let (_folder, path) = file("a.csv", b"a,b\n1,2\n");
    let control = Control::quiet();
    control.cancel.cancel();
    let result = sources::read(
        &path,
        &ReadSettings::default(),
        &control,
        |block| block,
        |_| Ok::<(), std::convert::Infallible>(()),
    );
    assert!(matches!(
        result,
        Err(sources::ReadFailure::Source(sources::SourceError::Cancelled))
    ));
}

#[test]
fn parts_read_on_all_cores_join_without_a_seam() {
    // Quoted line breaks, a stray quote and ragged rows all over several megabytes.
    let mut text = String::from("Nr;Firma;Notiz;Ort\n");
    let mut expected = Vec::new();
    for number in 0..120_000 {
        let note = match number % 1000 {
            7 => "eins\nzwei; drei \"\"vier\"\"".to_owned(),
            500 => "lang\n".repeat(200),
            _ => format!("Notiz {number}"),
        };
        text.push_str(&format!(
            "{number};Firma {number};\"{note}\";Ort {}\n",
            number % 77
        ));
        expected.push(note.replace("\"\"", "\""));
    }
    let found = table_of(text.as_bytes());
    assert_eq!(found.rows.len(), expected.len());
    for (number, (row, note)) in found.rows.iter().zip(&expected).enumerate() {
        assert_eq!((&row[0], &row[2]), (&number.to_string(), note));
    }
}

#[test]
fn a_row_or_heading_written_another_way_is_read_that_way() {
    let rows: &[&[&str]] = &[
        &["1", "Bäckerei Süd, Ulm", "89073", "5,5"],
        &["2", "Hotel \"Post\"", "50667", "6,5"],
        &["3", "Kantine", "01067", "7,5"],
    ];
    let header = &["Nr", "Firma", "PLZ", "Umsatz"];
    for text in [
        // The heading with another delimiter than the rows, and with another quote.
        "Nr,Firma,PLZ,Umsatz\n1;Bäckerei Süd, Ulm;89073;5,5\n2;\"Hotel \"\"Post\"\"\";50667;6,5\n3;Kantine;01067;7,5\n",
        "Nr Firma PLZ Umsatz\n1;Bäckerei Süd, Ulm;89073;5,5\n2;\"Hotel \"\"Post\"\"\";50667;6,5\n3;Kantine;01067;7,5\n",
        "'Nr';'Firma';'PLZ';'Umsatz'\n1;Bäckerei Süd, Ulm;89073;5,5\n2;\"Hotel \"\"Post\"\"\";50667;6,5\n3;Kantine;01067;7,5\n",
        // One row with another delimiter: bare, enclosed, with blanks.
        "Nr;Firma;PLZ;Umsatz\n1;Bäckerei Süd, Ulm;89073;5,5\n2;\"Hotel \"\"Post\"\"\";50667;6,5\n3|Kantine|01067|7,5\n",
        "Nr;Firma;PLZ;Umsatz\n\"1\",\"Bäckerei Süd, Ulm\",\"89073\",\"5,5\"\n2;\"Hotel \"\"Post\"\"\";50667;6,5\n3;Kantine;01067;7,5\n",
        "Nr;Firma;PLZ;Umsatz\n1;Bäckerei Süd, Ulm;89073;5,5\n2;\"Hotel \"\"Post\"\"\";50667;6,5\n3 Kantine 01067 7,5\n",
        // One row with another quote.
        "Nr;Firma;PLZ;Umsatz\n'1';'Bäckerei Süd, Ulm';'89073';'5,5'\n2;\"Hotel \"\"Post\"\"\";50667;6,5\n3;Kantine;01067;7,5\n",
        // The sign with which old systems end a file.
        "Nr;Firma;PLZ;Umsatz\n1;Bäckerei Süd, Ulm;89073;5,5\n2;\"Hotel \"\"Post\"\"\";50667;6,5\n3;Kantine;01067;7,5\n\u{1a}",
    ] {
        expect(text.as_bytes(), header, rows);
    }
}

#[test]
fn remarks_above_the_heading_are_no_part_of_it() {
    let rows: &[&[&str]] = &[&["1", "Ulm", "89073", "5"], &["2", "Bonn", "53111", "6"]];
    for above in [
        "Quelle;CRM\n",
        "Auszug; ohne Gewähr.\n",
        "Bericht;;;\nStand;heute;;\n",
    ] {
        let text = format!("{above}Nr;Ort;PLZ;Umsatz\n1;Ulm;89073;5\n2;Bonn;53111;6\n");
        expect(text.as_bytes(), &["Nr", "Ort", "PLZ", "Umsatz"], rows);
    }
}

#[test]
fn what_programs_write_for_nothing_is_no_second_line_of_a_heading() {
    expect(
        b"number,limit\nNaN,NaN\n1,2\n3,4\n",
        &["number", "limit"],
        &[&["NaN", "NaN"], &["1", "2"], &["3", "4"]],
    );
    expect(
        b"a,b,c\n1,b,c\n2,b,c\n3,b,c\n",
        &["a", "b", "c"],
        &[&["1", "b", "c"], &["2", "b", "c"], &["3", "b", "c"]],
    );
}

#[test]
fn tables_hard_to_tell_from_others_are_written_so_that_they_read_the_same() {
    for text in [
        "A,B\n1,1\n,2\n",
        "A,B,B,C\na,b,C,c\n",
        "a,b,c\n1,b,c\n2,b,c\n",
        "1;2\n3;4\n",
        "Name\nx;y\nz|w\n",
        "1 2 3 4\n\"eins\n\nzwei\"\n",
        "1,NaN\n2,3\n",
        "| id | name |\n|----|------|\n| 1 | 'a' |\n| 2 | 'b' |\n",
    ] {
        let (_folder, path) = file("first.csv", text.as_bytes());
        let once = converted(&path);
        let (_again, path) = file("second.csv", once.as_bytes());
        assert_eq!(converted(&path), once, "{text:?}");
    }
}

#[test]
fn ambiguous_dates_are_listed_by_their_rows_and_proven_ones_say_by_what() {
    let found = inspection_of(b"Firma;Datum\nA;03/04/2024\nB;05/06/2024\nC;\nD;11/12/2024\n");
    let rows = found.notices.iter().find_map(|notice| match &notice.fact {
        NoticeFact::AmbiguousDates { .. } => Some(notice.rows.clone()),
        _ => None,
    });
    assert_eq!(rows, Some(vec![2, 3, 5]), "{:?}", found.notices);
    // Dates with points have the day first by custom; they are none of those.
    let found = inspection_of(b"Firma;Datum\nA;03.04.2024\nB;5/6/24\nC;11.12.2024\n");
    let asked: Vec<_> = found
        .notices
        .iter()
        .map(|notice| (notice.fact.code(), notice.count, notice.rows.as_slice()))
        .collect();
    assert_eq!(asked, [("date.ambiguous", 1, [3].as_slice())]);
    let found = inspection_of(b"Firma;Datum\nA;03/04/2024\nB;31/10/2024\n");
    let order = found.columns[1].date_order.clone().unwrap();
    assert_eq!(
        order.reason,
        DetectionReason::Proof {
            text: "31/10/2024".into(),
            row: None
        }
    );
}

#[test]
fn amounts_that_may_be_grouped_or_have_decimals_are_asked_about_until_one_proves_it() {
    let asked = |text: &str| -> Vec<(&'static str, Vec<u32>)> {
        let notices = inspection_of(text.as_bytes()).notices;
        notices
            .into_iter()
            .map(|notice| (notice.fact.code(), notice.rows))
            .collect()
    };
    assert_eq!(
        asked("Firma;Umsatz\nA;1.250\nB;900\nC;2.500\n"),
        [("number.ambiguous", vec![2, 4])]
    );
    assert_eq!(asked("Firma;Umsatz\nA;1.250\nB;900,50\nC;2.500\n"), []);
}

#[test]
fn the_last_row_of_a_long_file_may_prove_the_order_of_its_dates() {
    use std::fmt::Write as _;
    let mut text = String::from("Firma;Datum\n");
    for row in 0..30_000 {
        writeln!(text, "Firma {row};0{}/03/2024", 1 + row % 9).unwrap();
    }
    let order = |text: &str| {
        let (_folder, path) = file("long.csv", text.as_bytes());
        let found = sources::inspect_whole(&path, &ReadSettings::default(), &Control::quiet()).unwrap();
        let order = found.columns[1].date_order.clone().unwrap();
        (order.reason, found.notices.len())
    };
    assert_eq!(order(&text), (DetectionReason::Ambiguous { cells: 30_000 }, 1));
    text.push_str("Letzte;31/03/2024\n");
    let proof = DetectionReason::Proof {
        text: "31/03/2024".into(),
        row: None,
    };
    assert_eq!(order(&text), (proof, 0));
}
