//! From the export of a partner to leads on the server, by the command line alone.

use std::collections::BTreeMap;

use lotse_engine::example;
use lotse_tests::import_server::{ImportServer, OWNERS};
use serde_json::Value as Json;

use crate::desk::{Desk, Said};
use crate::push::{PROJECT, push};

/// What the person decides about progress: each type of activity that the example has.
const PROGRESS: [&str; 10] = [
    "--progress",
    "MEETING=yes",
    "--progress",
    "SAMPLE_SENT=yes",
    "--progress",
    "CALL=no",
    "--progress",
    "DEMO=yes",
    "--progress",
    "FIRST_CONTACT_DOCUMENTED=no",
];

/// A moment after the export, for results that can be compared.
const NOW: [&str; 2] = ["--now", "2025-10-01T08:00:00Z"];

fn check(desk: &Desk, file: &str, more: &[&str]) -> Said {
    desk.lotse(&[&["check", file], &PROGRESS[..], &NOW, more].concat())
}

/// The lines of a file with leads, by external id.
fn lead_lines(desk: &Desk, file: &str) -> BTreeMap<String, Json> {
    let text = std::fs::read_to_string(desk.path(file)).unwrap();
    let line = |line: &str| {
        let lead: Json = serde_json::from_str(line).unwrap();
        (lead["externalId"].as_str().unwrap().to_string(), lead)
    };
    text.lines().map(line).collect()
}

#[test]
fn an_export_becomes_leads_on_the_server_and_the_proof_shows_who_tampers_with_it() {
    let desk = Desk::new();
    example::write_workbook(&desk.path("partner-export.xlsx")).unwrap();
    std::fs::write(desk.path("owners.txt"), OWNERS.join("\n")).unwrap();
    let files = [
        "--report",
        "report.json",
        "--leads",
        "leads.jsonl",
        "--errors",
        "errors.xlsx",
    ];
    let keep = ["--owners", "owners.txt", "--save", PROJECT];
    // The example has errors, and says so.
    check(&desk, "partner-export.xlsx", &[&files[..], &keep].concat()).with_code(1);
    let report: Json = serde_json::from_slice(&std::fs::read(desk.path("report.json")).unwrap()).unwrap();
    let valid = report["summary"]["valid_leads"].as_u64().unwrap();
    let invalid = report["summary"]["invalid_leads"].as_u64().unwrap();
    assert_eq!(valid + invalid, example::LEADS as u64);
    assert!(invalid >= 8, "what is spoilt in the example is found: {invalid}");
    let checked = lead_lines(&desk, "leads.jsonl");
    assert_eq!(checked.len(), example::LEADS);

    let server = ImportServer::start();
    let add = [
        "connection",
        "add",
        "ziel",
        "--batch-size",
        "40",
        "--url",
        &server.url(),
    ];
    desk.lotse_with(&add, &server.key).with_code(0);
    let dry_run = push(&desk, &server.key, &["--approve-valid", "--dry-run", "--json"])
        .with_code(0)
        .json();
    assert_eq!(dry_run["mode"], "dry_run");
    assert_eq!(server.lead_count(), 0, "a dry-run imports nothing");
    let said = push(&desk, &server.key, &["--json"]).with_code(0).json();
    let verification = &said["verification"];
    let count = |name: &str| verification[name].as_u64().unwrap();
    assert_eq!(
        count("sent"),
        count("imported") + count("skipped") + count("failed"),
        "{said}"
    );
    assert_eq!(verification["mismatches"], serde_json::json!([]));
    assert_eq!(count("failed"), 0, "what the check lets pass, the server takes");
    // One lead has the e-mail address of another and is skipped by default, here or there.
    assert!(
        count("imported") >= valid - 1 && count("imported") <= valid,
        "{verification}"
    );

    // The server has exactly the valid leads, once each, with their activities.
    let there = server.external_ids();
    assert_eq!(there.len() as u64, count("imported"));
    let mut activities = 0;
    for (id, times) in &there {
        assert_eq!(*times, 1, "{id}");
        assert_eq!(checked[id]["status"], "valid", "{id}");
        activities += checked[id]["activities"].as_array().map_or(0, Vec::len);
    }
    assert_eq!(
        server.count("SELECT count(*) FROM lead_activities"),
        activities as u64
    );
    let companies =
        "SELECT count(*) FROM leads WHERE external_id = 'F10000' AND company_name = 'Gasthaus Seeblick'
                     AND city = 'Berlin' AND owner_user_id = 'partner-nord'";
    assert_eq!(
        server.count(companies),
        1,
        "umlauts, cities and owners arrive as they were"
    );

    let verified = desk.lotse(&["audit", PROJECT, "--verify"]).with_code(0);
    assert!(verified.out.contains("unbroken"), "{verified:?}");
    tampering_is_found(&desk);
}

/// A single byte of one entry, changed in the file beside the program.
fn tampering_is_found(desk: &Desk) {
    let entries = desk.lotse(&["audit", PROJECT, "--json"]).with_code(0).json();
    let entry = entries
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| {
            entry["event"] == "lead_created_via_migration" && entry["data"]["external_id"] == "F10100"
        })
        .expect("each lead has its entry");
    let mut bytes = std::fs::read(desk.path(PROJECT)).unwrap();
    let needle = b"\"external_id\":\"F10100\"";
    let places: Vec<usize> = bytes
        .windows(needle.len())
        .enumerate()
        .filter_map(|(at, window)| (window == needle).then_some(at))
        .collect();
    // The answer of the server, kept beside the log, may say the same; what it says is not the log's.
    assert!(!places.is_empty());
    for at in places {
        bytes[at + needle.len() - 2] ^= 1;
    }
    std::fs::write(desk.path("kopie.lotse"), bytes).unwrap();
    let said = desk.lotse(&["audit", "kopie.lotse", "--verify"]).with_code(1);
    let sentence = format!("broken at entry {}", entry["sequence"]);
    assert!(said.out.contains(&sentence), "expected {sentence:?} in {said:?}");
    let verdict = desk
        .lotse(&["audit", "kopie.lotse", "--verify", "--json"])
        .with_code(1)
        .json();
    assert_eq!(verdict["firstBroken"], entry["sequence"]);
    desk.lotse(&["audit", PROJECT, "--verify"]).with_code(0);
}

#[test]
fn the_same_export_as_csv_gives_the_same_leads_and_the_same_findings() {
    let desk = Desk::new();
    example::write_workbook(&desk.path("export.xlsx")).unwrap();
    example::write_csv(&desk.path("export.csv")).unwrap();
    let mut reports = Vec::new();
    for kind in ["xlsx", "csv"] {
        let leads = format!("{kind}.jsonl");
        let said = check(&desk, &format!("export.{kind}"), &["--leads", &leads, "--json"]).with_code(1);
        let report = said.json();
        let findings: Vec<Vec<Json>> = report["validation_errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| {
                ["externalId", "row", "field", "code", "value"]
                    .map(|key| error[key].clone())
                    .to_vec()
            })
            .collect();
        reports.push((
            report["summary"].clone(),
            findings,
            report["duplicate_warnings"].clone(),
        ));
    }
    assert_eq!(lead_lines(&desk, "xlsx.jsonl"), lead_lines(&desk, "csv.jsonl"));
    assert_eq!(reports[0], reports[1]);
}

/// What somebody does in a spreadsheet with the file of rejected rows: reads it, changes cells, saves it as `to`.
fn mend(desk: &Desk, from: &str, to: &str, mut change: impl FnMut(&str, &mut String)) {
    // The table as Lotse itself reads it: workbook or CSV.
    desk.lotse(&["convert", from, "--out", "mended.csv"]).with_code(0);
    let mut reader = csv::Reader::from_path(desk.path("mended.csv")).unwrap();
    let headers = reader.headers().unwrap().clone();
    let rows: Vec<Vec<String>> = reader
        .records()
        .map(|record| {
            let cells = headers
                .iter()
                .zip(record.unwrap().iter().map(String::from).collect::<Vec<_>>());
            cells
                .map(|(header, mut cell)| {
                    change(header, &mut cell);
                    cell
                })
                .collect()
        })
        .collect();
    if to.ends_with(".csv") {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(b';')
            .from_path(desk.path(to))
            .unwrap();
        writer.write_record(&headers).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        writer.flush().unwrap();
    } else {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (line, row) in std::iter::once(headers.iter().map(String::from).collect())
            .chain(rows)
            .enumerate()
        {
            for (column, cell) in row.iter().enumerate() {
                sheet
                    .write_string(u32::try_from(line).unwrap(), u16::try_from(column).unwrap(), cell)
                    .unwrap();
            }
        }
        book.save(desk.path(to)).unwrap();
    }
}

/// The walk of somebody in support: what was rejected yesterday, mended by somebody, is sent today, and nothing else.
fn what_is_rejected_comes_back(kind: &str) {
    let desk = Desk::new();
    example::write_workbook(&desk.path("partner-export.xlsx")).unwrap();
    let rejected = format!("rejected.{kind}");
    let said = check(
        &desk,
        "partner-export.xlsx",
        &["--errors", &rejected, "--save", PROJECT, "--json"],
    )
    .with_code(1)
    .json();
    let invalid = said["summary"]["invalid_leads"].as_u64().unwrap();

    let server = ImportServer::start();
    let add = ["connection", "add", "ziel", "--url", &server.url()];
    desk.lotse_with(&add, &server.key).with_code(0);
    push(&desk, &server.key, &["--approve-valid", "--dry-run"]).with_code(0);
    push(&desk, &server.key, &[]).with_code(0);
    let yesterday = server.external_ids();

    // One e-mail address is the example's plain mistake; whoever mends the file sees it beside its row.
    let mut mended = 0;
    mend(&desk, &rejected, &format!("corrected.{kind}"), |header, cell| {
        if header == "E-Mail" && cell.ends_with('@') {
            *cell = "info@wieder-richtig.example".into();
            mended += 1;
        }
    });
    assert_eq!(mended, 1, "the example has one address that ends in the middle");
    let corrected = format!("corrected.{kind}");
    let preview = desk
        .lotse(&["reimport", PROJECT, &corrected, "--preview", "--json"])
        .with_code(0)
        .json();
    assert_eq!(
        preview["matched_rows"], invalid,
        "every rejected row is recognised: {preview}"
    );
    assert_eq!(preview["changed_rows"], 1);
    assert_eq!(preview["changes"][0]["field"], "contact.email");
    assert_eq!(preview["applied"], false);

    let taken = desk
        .lotse(&["reimport", PROJECT, &corrected, "--json"])
        .with_code(0)
        .json();
    assert_eq!(
        taken["changes"], preview["changes"],
        "what was shown is what happens"
    );
    assert_eq!(taken["still_invalid"], 0);
    let again = desk
        .lotse(&["reimport", PROJECT, &corrected, "--json"])
        .with_code(0)
        .json();
    assert_eq!(again["changed_rows"], 0, "a second time changes nothing");

    push(&desk, &server.key, &["--approve-valid", "--dry-run"]).with_code(0);
    let sent = push(&desk, &server.key, &["--json"]).with_code(0).json();
    assert_eq!(
        sent["verification"]["sent"], 1,
        "only the mended row goes: {sent}"
    );
    let today = server.external_ids();
    assert_eq!(today.len(), yesterday.len() + 1);
    assert!(today.values().all(|times| *times == 1), "{today:?}");
    desk.lotse(&["audit", PROJECT, "--verify"]).with_code(0);
}

#[test]
fn rejected_rows_come_back_corrected_as_a_workbook_and_only_they_are_sent() {
    what_is_rejected_comes_back("xlsx");
}

#[test]
fn rejected_rows_come_back_corrected_as_csv_and_only_they_are_sent() {
    what_is_rejected_comes_back("csv");
}

#[test]
fn a_file_that_is_no_corrected_one_changes_nothing() {
    let desk = Desk::new();
    example::write_csv(&desk.path("export.csv")).unwrap();
    let rejected = ["--errors", "rejected.csv", "--save", PROJECT];
    check(&desk, "export.csv", &rejected).with_code(1);
    desk.lotse(&["reimport", PROJECT, "export.csv"])
        .failed_with(3, "no column “Lotse-ID”");
    desk.lotse(&["reimport", PROJECT, "missing.csv"])
        .failed_with(3, "missing.csv");
    desk.lotse(&["reimport", "missing.lotse", "rejected.csv"])
        .failed_with(3, "missing.lotse");

    // Rows that nobody knows are named and left out.
    mend(&desk, "rejected.csv", "foreign.csv", |header, cell| {
        if header == "Lotse-ID" {
            *cell = format!("X-{cell}");
        }
    });
    let said = desk.lotse(&["reimport", PROJECT, "foreign.csv"]).with_code(1);
    assert!(said.out.contains("the project has no such row: X-"), "{said:?}");
    assert!(
        said.out
            .starts_with("0 rows of the project in the file, 0 changed"),
        "{said:?}"
    );
}

#[test]
fn the_file_of_rejected_rows_starts_nothing_in_a_spreadsheet() {
    let desk = Desk::new();
    let export = "Firma;Ort;Land;E-Mail;Betreuer;Registriert am\n=HYPERLINK(\"x\");@;DE;+1;-2;01.02.2025\n";
    std::fs::write(desk.path("export.csv"), export).unwrap();
    desk.lotse(&["check", "export.csv", "--errors", "errors.csv"])
        .with_code(1);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_path(desk.path("errors.csv"))
        .unwrap();
    let row = reader.records().next().expect("the row is rejected").unwrap();
    assert_eq!(&row[0], "'=HYPERLINK(\"x\")");
    assert_eq!(&row[1], "'@");
    for cell in &row {
        assert!(
            !cell.starts_with(['=', '+', '-', '@']),
            "no spreadsheet executes {cell:?}"
        );
    }
}

fn keys(json: &Json) -> Vec<&str> {
    json.as_object().unwrap().keys().map(String::as_str).collect()
}

#[track_caller]
fn has_keys(json: &Json, wanted: &[&str]) {
    let missing: Vec<&&str> = wanted.iter().filter(|key| !keys(json).contains(key)).collect();
    assert!(missing.is_empty(), "{missing:?} are missing in {:?}", keys(json));
}

#[test]
fn json_has_the_keys_that_programs_rely_on() {
    let desk = Desk::new();
    example::write_csv(&desk.path("export.csv")).unwrap();
    let inspected = desk
        .lotse(&["inspect", "export.csv", "--json"])
        .with_code(0)
        .json();
    has_keys(
        &inspected,
        &[
            "file",
            "format",
            "encoding",
            "delimiter",
            "quote",
            "header_row",
            "sheets",
            "columns",
            "rows_read",
            "rows_skipped",
            "notices",
        ],
    );
    assert_eq!(inspected["header_row"], 4);
    assert_eq!(inspected["delimiter"], ";");
    assert_eq!(inspected["rows_read"], 150);
    has_keys(&inspected["sheets"][0], &["name", "visible", "rows", "columns"]);
    has_keys(
        &inspected["columns"][1],
        &[
            "index",
            "name",
            "type",
            "suggested_field",
            "confidence",
            "reason",
            "samples",
        ],
    );
    assert_eq!(inspected["columns"][1]["suggested_field"], "companyName");
    has_keys(&inspected["rows_skipped"][0], &["row", "reason"]);
    has_keys(&inspected["notices"][0], &["code", "row", "column", "message"]);

    let leads = ["--leads", "leads.jsonl", "--json"];
    let report = check(&desk, "export.csv", &leads).with_code(1).json();
    has_keys(
        &report,
        &[
            "importId",
            "mode",
            "timestamp",
            "summary",
            "validation_errors",
            "duplicate_warnings",
            "valid_leads_sample",
            "unmapped_columns",
            "unmapped_required_fields",
            "rows_read",
            "rows_skipped",
        ],
    );
    has_keys(
        &report["summary"],
        &[
            "total_leads",
            "valid_leads",
            "invalid_leads",
            "duplicate_warnings",
        ],
    );
    has_keys(
        &report["validation_errors"][0],
        &[
            "externalId",
            "field",
            "error",
            "code",
            "severity",
            "row",
            "sheet",
            "column",
            "value",
        ],
    );
    has_keys(
        &report["duplicate_warnings"][0],
        &[
            "externalId",
            "matched_lead_id",
            "matched_external_id",
            "match_score",
            "match_reason",
            "recommendation",
        ],
    );
    has_keys(
        &report["valid_leads_sample"][0],
        &["externalId", "companyName", "protectionUntil", "progressDeadline"],
    );
    let lines = lead_lines(&desk, "leads.jsonl");
    has_keys(
        &lines["F10000"],
        &[
            "externalId",
            "status",
            "protectionUntil",
            "progressDeadline",
            "protectionStatus",
            "companyName",
        ],
    );

    let pairs = desk.lotse(&["duplicates", "export.csv"]).with_code(0);
    assert_eq!(
        pairs.out.lines().next(),
        Some("row_a,row_b,external_id_a,external_id_b,score,reason")
    );
    assert!(
        pairs.out.contains("email_exact") && pairs.out.contains("phone_normalized"),
        "{}",
        pairs.out
    );

    let table = desk.lotse(&["convert", "export.csv"]).with_code(0);
    assert_eq!(table.out.lines().count(), 151, "header first, titles left out");
    assert!(
        table.out.starts_with("Kd-Nr.,Firma,PLZ,Ort,"),
        "{}",
        table.out.lines().next().unwrap()
    );
}

#[test]
fn exit_codes_are_those_of_the_contract() {
    let desk = Desk::new();
    crate::leads::write_csv(&desk.path("gut.csv"), 30);
    example::write_csv(&desk.path("export.csv")).unwrap();
    let table: [(&[&str], i32); 15] = [
        (&["check", "gut.csv"], 0),
        (&["inspect", "gut.csv"], 0),
        (&["--version"], 0),
        (&["--help"], 0),
        (&["check", "export.csv"], 1),
        (&[], 2),
        (&["dance"], 2),
        (&["check"], 2),
        (&["check", "gut.csv", "--progress", "MEETING=perhaps"], 2),
        (&["check", "gut.csv", "--set", "nonsense=1"], 2),
        (&["check", "gut.csv", "--target", "nonsense"], 2),
        (&["check", "gut.csv", "--now", "yesterday"], 2),
        (&["push", "gut.csv", "--connection", "nonsense"], 2),
        (&["check", "fehlt.csv"], 3),
        (&["audit", "gut.csv"], 3),
    ];
    for (arguments, code) in table {
        let said = desk.lotse(arguments);
        assert_eq!(said.code, code, "{arguments:?}: {said:?}");
        if code >= 2 {
            assert_eq!(said.out, "", "{arguments:?}");
            assert!(!said.err.is_empty(), "{arguments:?}");
        } else {
            assert_eq!(said.err, "", "{arguments:?}: progress goes to a terminal only");
        }
    }
}
