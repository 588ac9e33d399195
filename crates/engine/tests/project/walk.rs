use lotse_core::language::Language;
use lotse_engine::project::{RowFilter, RowView, SortOrder};
use lotse_engine::workflows::{approve_ready, check_report};

use super::{Place, load, now, prepare};

#[test]
fn the_example_is_read_as_a_careful_person_would() {
    let place = Place::new();
    let project = place.example();
    let counts = project.state_counts();
    assert_eq!((counts.all, counts.checked), (150, 150));
    let report = check_report(&project, now(), Language::De).unwrap();
    let errors: Vec<(u32, &str)> = report
        .validation_errors
        .iter()
        .filter(|error| error.severity == lotse_core::finding::Severity::Error)
        .map(|error| (error.row, error.code.as_str()))
        .collect();
    // Three title lines and the header stand above: lead 0 is row 5.
    assert_eq!(
        errors,
        [
            (12, "email.invalid"),
            (17, "phone.damaged"),
            (24, "registered_at.future"),
            (36, "company_name.too_short"),
            (43, "consent.missing"),
            (49, "territory.unknown"),
            (57, "business_type.unknown"),
            (63, "city.missing"),
            (76, "estimated_volume.invalid"),
            (90, "activity.unreadable"),
            (96, "owner.missing"),
        ]
    );
    assert_eq!(report.unmapped_required_fields, [""; 0]);
    assert_eq!(report.rows_read, 150);
    assert_eq!(report.summary.invalid_leads, 11);
    let doubles: Vec<(u32, u32, &str)> = report
        .duplicate_warnings
        .iter()
        .map(|pair| (pair.matched_row, pair.row, pair.match_reason.as_str()))
        .collect();
    for expected in [
        (8, 108, "email_exact"),
        (10, 115, "phone_normalized"),
        (14, 126, "company_fuzzy"),
    ] {
        assert!(doubles.contains(&expected), "{expected:?} in {doubles:?}");
    }
}

#[test]
fn the_same_export_as_csv_gives_the_same_leads() {
    let (first, second) = (Place::new(), Place::new());
    let workbook = first.example();
    let file = second.path("partner-export.csv");
    lotse_engine::example::write_csv(&file).unwrap();
    let csv = second.project();
    prepare(&csv, &file);
    let rows: Vec<u32> = (0..150).collect();
    let states = |project: &lotse_engine::project::Project| project.row_states(&rows).unwrap();
    assert_eq!(states(&workbook), states(&csv));
}

#[test]
fn rows_are_filtered_sorted_and_searched_behind_the_border() {
    let place = Place::new();
    let project = place.example();
    let filter = |filter: RowFilter| project.filtered_rows(&filter).unwrap().to_vec();
    assert_eq!(
        filter(RowFilter {
            states: vec![RowView::Errors],
            ..RowFilter::default()
        })
        .len(),
        11
    );
    assert_eq!(
        filter(RowFilter {
            codes: vec!["email.invalid".into()],
            ..RowFilter::default()
        }),
        [7]
    );
    assert_eq!(
        filter(RowFilter {
            search: "SONNENSCHEIN".into(),
            ..RowFilter::default()
        }),
        [9, 121]
    );
    assert_eq!(
        filter(RowFilter {
            search: "kommt nicht vor".into(),
            ..RowFilter::default()
        }),
        [0; 0]
    );
    let sort = vec![SortOrder {
        field: "estimatedVolume".into(),
        descending: true,
    }];
    let sorted = filter(RowFilter {
        sort,
        ..RowFilter::default()
    });
    assert_eq!(sorted.len(), 150);
    let field = project.target().field_index("estimatedVolume").unwrap();
    let states = project.row_states(&sorted).unwrap();
    let volumes: Vec<f64> = states[..149]
        .iter()
        .map(|state| state.fields[field].shown().parse().unwrap())
        .collect();
    assert!(volumes.is_sorted_by(|a, b| a >= b), "{volumes:?}");
    assert_eq!(sorted.last(), Some(&71), "what is no number stands at the end");
}

#[test]
fn what_has_errors_or_is_double_is_not_approved() {
    let place = Place::new();
    let project = place.example();
    let preview = project.approval_preview();
    assert_eq!(preview.total, 150);
    assert_eq!(preview.with_errors, 11);
    assert_eq!(preview.skipped_duplicates, 1);
    assert_eq!(preview.ready, 138);
    let approval = approve_ready(&project, &super::actor(), now()).unwrap();
    assert_eq!(approval.row_count, 138);
    assert_eq!(approval.approved_by, "Eva Beispiel");
    assert_eq!(project.approval_preview().approved, 138);
}

#[test]
fn an_approval_tells_how_many_of_its_rows_have_lost_it() {
    let place = Place::new();
    let project = place.example();
    approve_ready(&project, &super::actor(), now()).unwrap();
    let edit = lotse_engine::project::FieldEdit {
        row: 0,
        field: "city".into(),
        text: Some("Kiel".into()),
    };
    let kind = lotse_engine::project::ChangeKind::Edit;
    let summary = serde_json::json!({});
    lotse_engine::workflows::edit_fields(&project, &super::actor(), kind, &summary, &[edit], now()).unwrap();
    let standing = |project: &lotse_engine::project::Project| -> Vec<(u32, u32)> {
        let approvals = project.standing_approvals().unwrap();
        approvals.iter().map(|one| (one.standing, one.lapsed)).collect()
    };
    assert_eq!(standing(&project), [(137, 1)]);
    approve_ready(&project, &super::actor(), now()).unwrap();
    assert_eq!(standing(&project), [(138, 0), (0, 138)]);
}

#[test]
fn a_second_file_adds_rows_whose_identities_do_not_meet() {
    let place = Place::new();
    let project = place.example();
    std::fs::write(place.path("nachtrag.csv"), "Firma;Ort\nKrone;Ulm\nPost;Ulm\n").unwrap();
    std::fs::write(place.path("nachtrag2.csv"), "Firma;Ort\nKrone;Ulm\n").unwrap();
    load(&project, &place.path("nachtrag.csv"));
    load(&project, &place.path("nachtrag2.csv"));
    let sources = project.sources().unwrap();
    assert_eq!(
        sources
            .iter()
            .map(|source| (source.first_row, source.row_count))
            .collect::<Vec<_>>(),
        [(0, 150), (150, 2), (152, 1)]
    );
    super::check_and_compare(&project);
    let rows = project.row_states(&[150, 152]).unwrap();
    let id = project.target().field_index("externalId").unwrap();
    assert_eq!(rows[0].fields[id].text, "CSV-ROW-2");
    assert_eq!(rows[1].fields[id].text, "CSV-2-ROW-2");
    project.remove_source(&super::actor(), sources[1].id).unwrap();
    assert_eq!(project.state_counts().all, 151);
}
