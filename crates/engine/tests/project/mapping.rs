use lotse_core::language::{Language, Tell as _};
use lotse_core::lead::ExternalId;
use lotse_core::mapping::{ActivitiesOrigin, Mapping, Memory, Step};
use lotse_core::migration::Mode;
use lotse_core::profile::ColumnType;
use lotse_core::values::DateOrder;
use lotse_engine::project::{BatchLead, NewBatch, Project, ProjectError, RowFilter, RowView, SourceRole};
use lotse_engine::sources::{ColumnSettings, ReadSettings, inspect};
use lotse_engine::workflows::{
    Destination, MappingChange, MappingChanged, activity_kinds, change_mapping, check_settings,
    column_profiles, decide_progress, field_samples, field_values, load_file, mapped_row, set_mapping,
};
use serde_json::json;

use super::{Place, actor, check_and_compare, load, now};

/// The columns of the example by their headers.
fn column(header: &str) -> usize {
    lotse_engine::example::HEADERS
        .iter()
        .position(|known| *known == header)
        .unwrap()
}

fn field(name: &str) -> Destination {
    Destination::Field { name: name.into() }
}

fn example(place: &Place) -> (Project, i64) {
    let file = place.path("partner-export.xlsx");
    lotse_engine::example::write_workbook(&file).unwrap();
    let project = place.project();
    let source = load(&project, &file);
    (project, source)
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "every change is written where it is made"
)]
fn change(project: &Project, source: i64, change: MappingChange) -> MappingChanged {
    change_mapping(project, &actor(), source, &change, &Memory::default()).unwrap()
}

#[test]
fn a_target_in_use_frees_the_other_column_and_one_step_brings_it_back() {
    let place = Place::new();
    let (project, source) = example(&place);
    let to = Some(field("companyName"));
    let changed = change(
        &project,
        source,
        MappingChange::Assign {
            column: column("Branche"),
            to,
        },
    );
    let freed: Vec<&str> = changed.freed.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(freed, ["Firma"]);
    assert!(!changed.mapping.fields.contains_key("businessType"));
    assert_eq!(project.mapping(source).unwrap().as_ref(), Some(&changed.mapping));
    set_mapping(&project, &actor(), source, &changed.before).unwrap();
    assert_eq!(project.mapping(source).unwrap(), Some(changed.before));
}

#[test]
fn a_column_goes_to_every_kind_of_destination_and_to_one_at_a_time() {
    let place = Place::new();
    let (project, source) = example(&place);
    let notes = column("Leadquelle");
    let uses = |mapping: &Mapping| {
        mapping
            .used_columns()
            .filter(|column| column.name == "Leadquelle")
            .count()
    };
    let assign = |to| change(&project, source, MappingChange::Assign { column: notes, to }).mapping;
    assert_eq!(uses(&assign(Some(field("notes")))), 1);
    let split = assign(Some(Destination::FullName));
    assert_eq!(uses(&split), 2);
    assert_eq!(split.fields["contact.lastName"].steps.len(), 1);
    let cells = assign(Some(Destination::Activities));
    assert_eq!(uses(&cells), 1);
    assert!(matches!(&cells.activities, ActivitiesOrigin::Cells { columns } if columns.len() == 2));
    let grouped = assign(Some(Destination::ActivityField {
        group: 4,
        name: "activityType".into(),
    }));
    assert!(matches!(&grouped.activities, ActivitiesOrigin::Groups { groups } if groups.len() == 1));
    let none = assign(None);
    assert_eq!(uses(&none), 0);
    assert_eq!(none.activities, ActivitiesOrigin::None);
    let suggested = change(&project, source, MappingChange::Suggested).mapping;
    assert!(suggested.fields.contains_key("source"));
}

#[test]
fn columns_are_joined_with_a_separator_and_taken_apart_again() {
    let place = Place::new();
    let (project, source) = example(&place);
    let join = MappingChange::Join {
        column: column("PLZ"),
        field: "city".into(),
    };
    change(&project, source, join);
    let separator = MappingChange::Separator {
        field: "city".into(),
        separator: ", ".into(),
    };
    change(&project, source, separator);
    let settings = || check_settings(&project, now()).unwrap();
    let city = || {
        let row = mapped_row(&project, source, 0, settings()).unwrap().unwrap();
        let at = project.target().field_index("city").unwrap();
        row.state.fields[at].text.clone()
    };
    assert_eq!(city(), "Berlin, 10115");
    let unjoin = MappingChange::Unjoin {
        field: "city".into(),
        column: column("PLZ"),
    };
    change(&project, source, unjoin);
    assert_eq!(city(), "Berlin");
    assert_eq!(mapped_row(&project, source, 150, settings()).unwrap(), None);
}

#[test]
fn what_does_not_fit_is_refused_and_nothing_is_changed() {
    let place = Place::new();
    let (project, source) = example(&place);
    let before = project.mapping(source).unwrap();
    let refused = [
        MappingChange::Assign {
            column: 0,
            to: Some(field("noSuchField")),
        },
        // A date of registration is known explicitly, or it is missing.
        MappingChange::Default {
            field: "registeredAt".into(),
            value: Some("2024-01-01".into()),
        },
        MappingChange::Assign { column: 99, to: None },
    ];
    for change in refused {
        assert!(
            change_mapping(&project, &actor(), source, &change, &Memory::default()).is_err(),
            "{change:?}"
        );
    }
    assert_eq!(project.mapping(source).unwrap(), before);
}

#[test]
fn a_step_shows_what_it_would_do_before_it_is_added() {
    let place = Place::new();
    let (project, source) = example(&place);
    let samples = |step: Option<Step>| field_samples(&project, source, "companyName", step.as_ref());
    let as_mapped = samples(None).unwrap();
    assert_eq!(as_mapped.len(), 6);
    assert!(as_mapped.iter().all(|sample| sample.before == sample.after));
    // Only some names have an inn in them; those stand first, and nothing is stored.
    let step = Step::Replace {
        find: "Gasthaus".into(),
        with: "Gasthof".into(),
    };
    let planned = samples(Some(step)).unwrap();
    assert!(planned[0].before.contains("Gasthaus"), "{planned:?}");
    assert_eq!(planned[0].after, planned[0].before.replace("Gasthaus", "Gasthof"));
    assert_eq!(samples(None).unwrap(), as_mapped);
    let unfinished = Step::ReplacePattern {
        pattern: "(Gast".into(),
        with: String::new(),
    };
    let sentence = samples(Some(unfinished)).unwrap_err().tell(Language::De);
    assert!(sentence.contains("Suchmuster"), "{sentence}");
}

#[test]
fn values_are_counted_over_all_rows_and_a_word_about_one_holds() {
    let place = Place::new();
    let (project, source) = example(&place);
    let values = || field_values(&project, source, "businessType").unwrap();
    let found = values();
    assert!(!found.more);
    assert_eq!(found.values.iter().map(|value| value.count).sum::<u32>(), 150);
    let of = |text: &str| {
        values()
            .values
            .into_iter()
            .find(|value| value.text == text)
            .unwrap()
    };
    assert_eq!(of("Restaurant").value.as_deref(), Some("restaurant"));
    assert_eq!((of("Raumfahrt").count, of("Raumfahrt").value), (1, None));
    let say = |value: Option<&str>| {
        let change_to = MappingChange::Value {
            field: "businessType".into(),
            text: "Raumfahrt".into(),
            value: value.map(String::from),
        };
        change(&project, source, change_to);
    };
    say(Some("sonstiges"));
    assert_eq!(of("Raumfahrt").value.as_deref(), Some("sonstiges"));
    say(Some(""));
    assert!(of("Raumfahrt").nothing);
    say(None);
    assert!(!of("Raumfahrt").nothing);
}

#[test]
fn progress_is_asked_once_a_type_before_any_check_and_not_again_for_the_next_file() {
    let place = Place::new();
    let (project, source) = example(&place);
    let kinds = activity_kinds(&project).unwrap();
    let asked: Vec<(&str, bool)> = kinds
        .questions
        .iter()
        .map(|question| (question.activity_type.as_str(), question.waiting == question.rows))
        .collect();
    assert_eq!(
        asked,
        [
            ("CALL", true),
            ("DEMO", true),
            ("FIRST_CONTACT_DOCUMENTED", true),
            ("MEETING", true),
            ("SAMPLE_SENT", true)
        ]
    );
    assert!(kinds.texts.iter().any(|texts| texts.source_id == source));
    for question in &kinds.questions {
        decide_progress(&project, &actor(), &question.activity_type, true, now()).unwrap();
    }
    let csv = place.path("second.csv");
    lotse_engine::example::write_csv(&csv).unwrap();
    load(&project, &csv);
    let kinds = activity_kinds(&project).unwrap();
    assert!(kinds.questions.iter().all(|question| question.waiting == 0));
    assert!(kinds.questions.iter().all(|question| question.decision.is_some()));
}

#[test]
fn accepting_all_suggestions_leaves_only_the_broken_rows() {
    let place = Place::new();
    let (project, source) = example(&place);
    change(&project, source, MappingChange::Suggested);
    for question in activity_kinds(&project).unwrap().questions {
        decide_progress(&project, &actor(), &question.activity_type, true, now()).unwrap();
    }
    check_and_compare(&project);
    let errors = RowFilter {
        states: vec![RowView::Errors],
        ..RowFilter::default()
    };
    assert_eq!(project.filtered_rows(&errors).unwrap().len(), 11);
}

#[test]
fn what_was_said_about_dates_before_loading_holds_in_the_mapping() {
    let place = Place::new();
    let file = place.path("dates.csv");
    std::fs::write(
        &file,
        "Firma;Registriert am\nGasthof Krone;03/04/2024\nHotel Post;05/06/2024\n",
    )
    .unwrap();
    let project = place.project();
    let settings = ReadSettings {
        columns: [(
            1,
            ColumnSettings {
                date_order: Some(DateOrder::MonthFirst),
                ..ColumnSettings::default()
            },
        )]
        .into(),
        ..ReadSettings::default()
    };
    let watch = lotse_engine::jobs::Watch::quiet();
    let loaded = load_file(&project, &actor(), &file, &settings, SourceRole::Leads, &watch).unwrap();
    let mapping = project.mapping(loaded.source_id).unwrap().unwrap();
    assert_eq!(
        mapping.fields["registeredAt"].date_order,
        Some(DateOrder::MonthFirst)
    );
}

#[test]
fn a_column_is_mapped_as_what_a_person_has_said_it_is() {
    let place = Place::new();
    let file = place.path("mails.csv");
    std::fs::write(
        &file,
        "Firma;Spalte 2\nGasthof Krone;info bei krone.example\nHotel Post;post.example\n",
    )
    .unwrap();
    let watch = lotse_engine::jobs::Watch::quiet();
    let mapped = |project: &Project, settings: &ReadSettings| {
        let loaded = load_file(project, &actor(), &file, settings, SourceRole::Leads, &watch).unwrap();
        let mapping = project.mapping(loaded.source_id).unwrap().unwrap();
        mapping.fields.contains_key("contact.email")
    };
    let project = place.project();
    assert!(!mapped(&project, &ReadSettings::default()));
    let settings = ReadSettings {
        columns: [(
            1,
            ColumnSettings {
                kind: Some(ColumnType::Email),
                ..ColumnSettings::default()
            },
        )]
        .into(),
        ..ReadSettings::default()
    };
    assert!(mapped(&project, &settings));
}

#[test]
fn title_lines_above_the_header_are_shown() {
    let place = Place::new();
    let files = [place.path("export.xlsx"), place.path("export.csv")];
    lotse_engine::example::write_workbook(&files[0]).unwrap();
    lotse_engine::example::write_csv(&files[1]).unwrap();
    for file in files {
        let inspection = inspect(&file, &ReadSettings::default()).unwrap();
        let above: Vec<(u32, &str)> = inspection
            .above
            .iter()
            .map(|row| (row.number, row.cells[0].text.as_str()))
            .collect();
        assert_eq!(
            above,
            [
                (1, "Frischwerk GmbH & Co. KG – Partnerportal"),
                (2, "Bestandsleads aller Gebiete"),
                (3, "Stand: 30.09.2025")
            ],
            "{}",
            file.display()
        );
    }
}

#[test]
fn profiles_show_every_column() {
    let place = Place::new();
    let (project, source) = example(&place);
    let profiles = column_profiles(&project, source).unwrap();
    assert_eq!(profiles.len(), 15);
    assert_eq!(profiles[column("Firma")].cells, 150);
}

#[test]
fn a_source_whose_rows_were_on_their_way_stays_in_the_project() {
    let place = Place::new();
    let (project, source) = example(&place);
    let push = project
        .begin_push(&actor(), Mode::DryRun, "Übung", "http://localhost", &json!({}))
        .unwrap();
    let batch = NewBatch {
        idempotency_key: "one".into(),
        body: b"{}".to_vec(),
        leads: vec![BatchLead {
            row: 7,
            external_id: ExternalId("F10007".into()),
            content_hash: "0".into(),
            outcome: None,
            lead_id: None,
            error: None,
        }],
    };
    project.add_batch(push, 0, &batch).unwrap();
    let refused = project.remove_source(&actor(), source);
    assert!(
        matches!(refused, Err(ProjectError::SourceSent { .. })),
        "{refused:?}"
    );
    assert_eq!(project.sources().unwrap().len(), 1);
}
