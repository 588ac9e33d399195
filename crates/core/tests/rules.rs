//! The way of a row: suggested mapping, reading, checking. Each table line is one claim.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation in a test is a failed test"
)]

use lotse_core::check::{CheckSettings, check_lead};
use lotse_core::finding::{Finding, Severity};
use lotse_core::language::Language;
use lotse_core::lead::{ExternalId, Lead};
use lotse_core::mapping::{
    ColumnRef, Edits, FieldMapping, Interpreter, Mapping, ProgressDecision, ReadingSettings, SourceColumn,
    suggest,
};
use lotse_core::profile::ColumnProfile;
use lotse_core::protection::Protection;
use lotse_core::table::{Cell, CellKind, RowBlock};
use lotse_core::target::Target;
use lotse_core::values::Instant;

const BERLIN: chrono_tz::Tz = chrono_tz::Europe::Berlin;

fn settings(owners: Option<&[&str]>) -> CheckSettings {
    CheckSettings {
        now: Instant::from_rfc3339("2025-10-12T14:30:00Z").unwrap(),
        zone: BERLIN,
        owners: owners.map(|owners| owners.iter().map(ToString::to_string).collect()),
    }
}

/// A table of one row with its suggested mapping, to be changed by each case.
struct Sheet {
    target: Target,
    headers: Vec<String>,
    block: RowBlock,
    mapping: Mapping,
}

impl Sheet {
    fn new(target: &str, columns: &[(&str, &str)]) -> Self {
        Self::with_cells(
            target,
            columns.iter().map(|(header, text)| (*header, Cell::text(text))),
        )
    }

    fn with_cells<'a>(target: &str, columns: impl IntoIterator<Item = (&'a str, Cell<'a>)>) -> Self {
        let (headers, cells): (Vec<String>, Vec<Cell<'_>>) = columns
            .into_iter()
            .map(|(header, cell)| (header.to_string(), cell))
            .unzip();
        let target = Target::builtin(target).unwrap();
        let profiles = cells.iter().map(|cell| {
            let mut profile = ColumnProfile::default();
            profile.observe(*cell);
            profile
        });
        let columns: Vec<SourceColumn> = ColumnRef::all(&headers)
            .into_iter()
            .zip(profiles)
            .map(|(reference, profile)| SourceColumn { reference, profile })
            .collect();
        let mapping = suggest(&target, &columns).mapping;
        let mut block = RowBlock::new(headers.len());
        block.push(7, cells);
        Sheet {
            target,
            headers,
            block,
            mapping,
        }
    }

    fn read(&self, edits: Option<&Edits>) -> (Lead, Vec<Finding>) {
        self.read_with(edits, &settings(Some(&["partner-1"])))
    }

    fn read_with(&self, edits: Option<&Edits>, settings: &CheckSettings) -> (Lead, Vec<Finding>) {
        let interpreter = Interpreter::new(
            &self.target,
            &self.mapping,
            &self.headers,
            ReadingSettings { zone: BERLIN },
        )
        .unwrap();
        let external_id = ExternalId::of_row("CSV", 7);
        let mut interpreted = interpreter.interpret(self.block.row(0), edits, &external_id);
        check_lead(
            &self.target,
            &interpreted.lead,
            settings,
            &mut interpreted.findings,
        );
        (interpreted.lead, interpreted.findings)
    }

    fn codes(&self, edits: Option<&Edits>) -> Vec<String> {
        self.read(edits)
            .1
            .iter()
            .map(|finding| finding.code(&self.target))
            .collect()
    }
}

/// A lead without any fault; `changes` replace or add cells.
fn good_lead(changes: &[(&'static str, &'static str)]) -> Sheet {
    let mut columns = vec![
        ("Firma", "Restaurant Musterküche"),
        ("Ort", "Berlin"),
        ("Land", "Deutschland"),
        ("Vorname", "Max"),
        ("Nachname", "Mustermann"),
        ("E-Mail", "max.mustermann@example.com"),
        ("Telefon", "+49 30 12345678"),
        ("Betreuer", "partner-1"),
        ("Registriert am", "15.06.2024 12:00"),
        ("Einwilligung am", "15.06.2024 12:00"),
        ("Quelle", "Messe"),
        ("Branche", "Restaurant"),
        ("Volumen", "5.000,00 €"),
        ("Stufe", "1"),
    ];
    for &(header, text) in changes {
        match columns.iter_mut().find(|(name, _)| *name == header) {
            Some(column) => column.1 = text,
            None => columns.push((header, text)),
        }
    }
    let mut sheet = Sheet::new("migration", &columns);
    // The content of a single broken cell must not decide over the mapping here.
    for (field, header) in [
        ("contact.email", "E-Mail"),
        ("contact.phone", "Telefon"),
        ("registeredAt", "Registriert am"),
        ("consentGivenAt", "Einwilligung am"),
        ("source", "Quelle"),
        ("businessType", "Branche"),
        ("estimatedVolume", "Volumen"),
        ("stage", "Stufe"),
        ("territory", "Land"),
        ("ownerUserId", "Betreuer"),
        ("companyName", "Firma"),
        ("city", "Ort"),
        ("contact.firstName", "Vorname"),
        ("contact.lastName", "Nachname"),
    ] {
        sheet
            .mapping
            .fields
            .entry(field.into())
            .or_insert_with(|| FieldMapping::column(ColumnRef::named(header)));
    }
    sheet
}

#[test]
fn a_faultless_row_becomes_the_request_of_the_contract() {
    let sheet = good_lead(&[(
        "Aktivitäten",
        "2024-07-20 16:00: Meeting | 10.08.2024 Sample-Box (DHL 123)",
    )]);
    let mut sheet = sheet;
    for kind in ["MEETING", "SAMPLE_SENT"] {
        let decision = ProgressDecision {
            counts: kind == "MEETING",
            decided_by: None,
            decided_at: None,
        };
        sheet.mapping.progress.insert(kind.into(), decision);
    }
    let (lead, findings) = sheet.read(None);
    assert_eq!(findings, [], "{:?}", sheet.codes(None));
    let form = lead.request_form(&sheet.target);
    let expected = serde_json::json!({
        "externalId": "CSV-ROW-7",
        "companyName": "Restaurant Musterküche",
        "city": "Berlin",
        "territory": "DE",
        "stage": 1,
        "businessType": "restaurant",
        "contact": {
            "firstName": "Max", "lastName": "Mustermann",
            "email": "max.mustermann@example.com", "phone": "+493012345678"
        },
        "ownerUserId": "partner-1",
        "registeredAt": "2024-06-15T10:00:00Z",
        "consentGivenAt": "2024-06-15T10:00:00Z",
        "source": "trade_fair",
        "estimatedVolume": 5000,
        "activities": [
            {"activityType": "MEETING", "activityDate": "2024-07-20T14:00:00Z", "countsAsProgress": true},
            {
                "activityType": "SAMPLE_SENT", "activityDate": "2024-08-09T22:00:00Z", "countsAsProgress": false,
                "summary": "Sample-Box (DHL 123)"
            }
        ]
    });
    assert_eq!(form, expected);
    let protection = Protection::of_lead(&sheet.target, &lead, settings(None).now).unwrap();
    assert_eq!(protection.until.to_string(), "2024-12-12T10:00:00Z");
    assert_eq!(protection.progress_deadline.to_string(), "2024-09-18T14:00:00Z");
}

#[test]
fn each_fault_has_its_code() {
    type Changes = &'static [(&'static str, &'static str)];
    let table: &[(Changes, &[&str])] = &[
        (&[("Firma", "")], &["company_name.missing"]),
        (&[("Firma", "k.A.")], &["company_name.missing"]),
        (&[("Firma", "A")], &["company_name.too_short"]),
        (&[("Firma", "MÃ¼ller Feinkost")], &["company_name.encoding"]),
        (&[("Ort", "")], &["city.missing"]),
        (&[("Land", "")], &["territory.missing"]),
        (&[("Land", "Österreich")], &["territory.unknown"]),
        (&[("Branche", "Raumfahrt")], &["business_type.unknown"]),
        (&[("E-Mail", "max.mustermann@")], &["email.invalid"]),
        (&[("E-Mail", "max@gmial.com")], &["email.typo"]),
        (&[("Telefon", "4,93012E+11")], &["phone.damaged"]),
        (&[("Telefon", "1701234567")], &["phone.prefix_restored"]),
        (&[("Telefon", "abc")], &["phone.invalid"]),
        (&[("E-Mail", ""), ("Telefon", "")], &["contact.unreachable"]),
        (&[("Einwilligung am", "")], &["consent.missing"]),
        (
            &[
                ("Vorname", ""),
                ("Nachname", ""),
                ("E-Mail", ""),
                ("Telefon", ""),
                ("Einwilligung am", ""),
            ],
            &[],
        ),
        (&[("Einwilligung am", "01.01.2030")], &["consent.future"]),
        (
            &[("Einwilligung am", "01.06.2024")],
            &["consent.before_registration"],
        ),
        (&[("Betreuer", "")], &["owner.missing"]),
        (&[("Betreuer", "partner-9")], &["owner.unknown"]),
        (&[("Registriert am", "")], &["registered_at.missing"]),
        (&[("Registriert am", "irgendwann")], &["registered_at.invalid"]),
        (
            &[("Registriert am", "01.01.2027")],
            &["registered_at.future", "consent.before_registration"],
        ),
        (&[("Registriert am", "01.01.1980")], &["registered_at.too_early"]),
        (&[("Volumen", "0")], &["estimated_volume.implausible"]),
        (&[("Volumen", "10.000.001")], &["estimated_volume.implausible"]),
        (&[("Volumen", "-5")], &["estimated_volume.out_of_range"]),
        (&[("Volumen", "viel")], &["estimated_volume.invalid"]),
        (&[("Stufe", "3")], &["stage.out_of_range"]),
        (&[("Stufe", "1,5")], &["stage.invalid"]),
    ];
    for (changes, codes) in table {
        let sheet = good_lead(changes);
        assert_eq!(sheet.codes(None), *codes, "{changes:?}");
    }
}

#[test]
fn each_fault_of_an_activity_has_its_code() {
    let table: &[(&str, &[&str])] = &[
        ("2024-07-20: Meeting", &[]),
        ("2024-07-20: Sample-Box", &["activity.progress_missing"]),
        ("2024-01-20: Meeting", &["activity.before_registration"]),
        ("2026-07-20: Meeting", &["activity.future"]),
        ("2024-07-20: Weihnachtskarte", &["activity.type_unknown"]),
        ("2024-07-20", &["activity.type_missing"]),
        ("einfach so", &["activity.unreadable"]),
        ("20.07.2024: Meeting | 20.07.2024 Termin", &["activity.repeated"]),
    ];
    for (text, codes) in table {
        let mut sheet = good_lead(&[]);
        sheet.headers.push("Verlauf".into());
        let cells: Vec<String> = sheet
            .block
            .row(0)
            .cells()
            .map(|cell| cell.text.to_string())
            .collect();
        sheet.block = RowBlock::new(sheet.headers.len());
        sheet
            .block
            .push(7, cells.iter().map(String::as_str).chain([*text]).map(Cell::text));
        sheet.mapping.activities = lotse_core::mapping::ActivitiesOrigin::Cells {
            columns: vec![ColumnRef::named("Verlauf")],
        };
        let yes = ProgressDecision {
            counts: true,
            decided_by: Some("Eva".into()),
            decided_at: None,
        };
        sheet.mapping.progress.insert("MEETING".into(), yes);
        assert_eq!(sheet.codes(None), *codes, "{text}");
    }
}

#[test]
fn without_a_list_of_users_the_owner_is_only_a_warning() {
    let sheet = good_lead(&[]);
    let (_, findings) = sheet.read_with(None, &settings(None));
    assert_eq!(
        findings.iter().map(|f| f.code(&sheet.target)).collect::<Vec<_>>(),
        ["owner.unchecked"]
    );
    assert_eq!(findings[0].severity(), Severity::Warning);
}

#[test]
fn error_cells_and_formulas_without_result_are_findings_and_no_text() {
    for (kind, text, code) in [
        (CellKind::Error, "#N/A", "company_name.cell_error"),
        (CellKind::UncachedFormula, "A1&B1", "company_name.not_calculated"),
    ] {
        let mut sheet = good_lead(&[]);
        let cells: Vec<String> = sheet
            .block
            .row(0)
            .cells()
            .map(|cell| cell.text.to_string())
            .collect();
        let column = sheet.headers.iter().position(|header| header == "Firma").unwrap();
        sheet.block = RowBlock::new(sheet.headers.len());
        sheet.block.push(
            7,
            cells.iter().enumerate().map(|(at, old)| {
                if at == column {
                    Cell { kind, text }
                } else {
                    Cell::text(old)
                }
            }),
        );
        assert_eq!(sheet.codes(None), [code]);
        assert_eq!(
            sheet.read(None).0.fields[sheet.target.field_index("companyName").unwrap()].value,
            None
        );
    }
}

#[test]
fn an_edit_takes_the_place_of_the_cell_and_is_checked_alike() {
    let sheet = good_lead(&[("E-Mail", "max.mustermann@"), ("Ort", "")]);
    assert_eq!(sheet.codes(None), ["city.missing", "email.invalid"]);
    let edits = Edits::from([
        ("contact.email".into(), "max@example.de".into()),
        ("city".into(), "Köln".into()),
    ]);
    assert_eq!(sheet.codes(Some(&edits)), [""; 0]);
    let cleared = Edits::from([
        ("contact.email".into(), String::new()),
        ("city".into(), "Köln".into()),
    ]);
    assert_eq!(sheet.codes(Some(&cleared)), [""; 0], "the phone number is left");
    let activities = r#"[{"activityType":"MEETING","activityDate":"2024-07-20","countsAsProgress":"ja"}]"#;
    let edits = Edits::from([
        ("activities".into(), activities.into()),
        ("contact.email".into(), String::new()),
        ("city".into(), "Köln".into()),
    ]);
    let (lead, findings) = sheet.read(Some(&edits));
    assert_eq!(findings, []);
    assert_eq!(lead.activities.len(), 1);
}

#[test]
fn every_message_names_the_matter_in_both_languages() {
    let sheets = [
        good_lead(&[
            ("E-Mail", "max.mustermann@"),
            ("Telefon", "4,93012E+11"),
            ("Registriert am", "01.01.2027"),
        ]),
        good_lead(&[
            ("Firma", "A"),
            ("Land", "Österreich"),
            ("E-Mail", ""),
            ("Telefon", ""),
        ]),
    ];
    let mut shown = String::new();
    for sheet in &sheets {
        let (_, findings) = sheet.read(None);
        for finding in findings {
            for language in [Language::De, Language::En] {
                shown.push_str(&format!(
                    "{} [{}] {}: {}\n",
                    finding.code(&sheet.target),
                    finding.path(&sheet.target),
                    finding.title(&sheet.target, language),
                    finding.message(&sheet.target, language)
                ));
            }
        }
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn other_targets_work_by_their_files_alone() {
    let sheet = Sheet::new(
        "tracking",
        &[
            ("Email", "a@example.de"),
            ("Interessen", "Solar, Wärme"),
            ("Land", "DE"),
            ("Dachfläche", "80 qm"),
        ],
    );
    let (lead, findings) = sheet.read(None);
    assert_eq!(findings, []);
    let expected = serde_json::json!({
        "email": "a@example.de", "verticals": ["Solar", "Wärme"], "countryCode": "DE",
        "extraData": {"Dachfläche": "80 qm"}
    });
    assert_eq!(lead.request_form(&sheet.target), expected);
    let sheet = Sheet::new("lms", &[("Studiengang", "BWL"), ("Telefon", "030 12345678")]);
    assert_eq!(sheet.codes(None), ["person.unreachable"]);
}
