//! Activities and further values out of a second file.

use std::collections::BTreeMap;

use lotse_core::mapping::Memory;
use lotse_core::values::DateOrder;
use lotse_engine::jobs::Watch;
use lotse_engine::project::{Project, ProjectError, SourceRole, UnmatchedReason};
use lotse_engine::workflows::{
    JoinKey, MappingChange, Winner, WorkflowError, activity_kinds, apply_enrichment, change_mapping,
    check_settings, column_profiles, decide_progress, join_activities, join_keys, mapped_row,
    preview_enrichment, propose_use, undo, use_source,
};

use super::{Place, actor, check_and_compare, load, now};

const LEADS: &str = "\
Kundennummer;Firma;Ort;Land;Betreuer;Registriert am;E-Mail;Telefon;Einwilligung am;Volumen
1;Gasthaus Seeblick GmbH;Berlin;D;AV;15.06.2024;info@seeblick.example;;16.06.2024;
2;Hotel Krone;München;D;AV;20.06.2024;info@krone.example;089 998877;21.06.2024;12.000,50
3;Bäckerei Kunz;Zürich;CH;JH;22.06.2024;;;;
4;Bäckerei Kunz;Köln;D;JH;22.06.2024;;;;
";

fn write(place: &Place, name: &str, text: &str) -> std::path::PathBuf {
    let path = place.path(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// A project with four leads, and a second file that is loaded as leads as every file is.
fn with(place: &Place, second: &str) -> (Project, i64) {
    let project = place.project();
    load(&project, &write(place, "leads.csv", LEADS));
    let source = load(&project, &write(place, "zweite.csv", second));
    (project, source)
}

fn text_of(project: &Project, row: u32, field: &str) -> String {
    let at = project.target().field_index(field).unwrap();
    project.row_states(&[row]).unwrap()[0].fields[at].text.clone()
}

fn activities_of(project: &Project, row: u32) -> Vec<Vec<String>> {
    let states = project.row_states(&[row]).unwrap();
    let texts = states[0].activities.iter();
    texts
        .map(|activity| {
            activity
                .iter()
                .map(|cell| cell.text.clone())
                .filter(|text| !text.is_empty())
                .collect()
        })
        .collect()
}

const ACTIVITIES: &str = "\
Kundennummer;Datum;Art;Notiz
1;01.07.2024;Besuch;Küche gesehen
2;02.07.2024;Anruf;
1;03.08.2024;Muster versendet;drei Kartons
99;04.08.2024;Anruf;gehört niemandem
;05.08.2024;Anruf;ohne Nummer
2;;;
";

#[test]
fn a_sheet_of_activities_is_recognised_joined_and_what_is_left_over_is_named() {
    let place = Place::new();
    let (project, source) = with(&place, ACTIVITIES);
    let proposal = propose_use(&project, source).unwrap().unwrap();
    assert_eq!(proposal.role, SourceRole::Activities);
    assert_eq!((proposal.matched, proposal.rows), (4, 6));
    use_source(&project, &actor(), source, proposal.role, &Memory::default()).unwrap();
    check_and_compare(&project);
    // Its rows are no leads any more.
    assert_eq!(project.state_counts().all, 4);
    assert_eq!(
        activities_of(&project, 0),
        [
            vec!["Besuch", "01.07.2024", "Küche gesehen"],
            vec!["Muster versendet", "03.08.2024", "drei Kartons"]
        ]
    );
    assert_eq!(activities_of(&project, 1), [["Anruf", "02.07.2024"]]);
    let report = project.join_reports().unwrap().remove(&source).unwrap();
    assert_eq!(
        (report.rows, report.matched, report.unmatched, report.leads),
        (6, 3, 3, 2)
    );
    let left: Vec<(u32, &str, UnmatchedReason)> = report
        .examples
        .iter()
        .map(|row| (row.number, row.key.as_str(), row.reason))
        .collect();
    assert_eq!(
        left,
        [
            (5, "99", UnmatchedReason::Unknown),
            (6, "", UnmatchedReason::NoKey),
            (7, "2", UnmatchedReason::Nothing)
        ]
    );
}

#[test]
fn progress_of_joined_activities_is_asked_and_never_derived() {
    let place = Place::new();
    let (project, source) = with(&place, ACTIVITIES);
    use_source(
        &project,
        &actor(),
        source,
        SourceRole::Activities,
        &Memory::default(),
    )
    .unwrap();
    check_and_compare(&project);
    let waiting = |project: &Project| {
        let questions = activity_kinds(project).unwrap().questions;
        questions
            .into_iter()
            .filter(|question| question.waiting > 0)
            .map(|question| question.activity_type)
            .collect::<Vec<_>>()
    };
    assert_eq!(waiting(&project), ["CALL", "MEETING", "SAMPLE_SENT"]);
    let code = "activity.progress_missing";
    let has_code = |project: &Project| {
        let counts = project.code_counts(lotse_core::language::Language::En).unwrap();
        counts.iter().any(|count| count.code == code)
    };
    assert!(has_code(&project));
    for (kind, counts) in [("CALL", false), ("MEETING", true), ("SAMPLE_SENT", true)] {
        decide_progress(&project, &actor(), kind, counts, now()).unwrap();
    }
    check_and_compare(&project);
    assert!(!has_code(&project));
    assert_eq!(waiting(&project), Vec::<String>::new());
}

#[test]
fn activities_find_their_lead_by_company_and_city_and_not_by_a_name_that_two_leads_share() {
    let place = Place::new();
    let second = "\
Firma;Ort;Aktivitätsdatum;Aktivitätsart
Gasthaus Seeblick;Berlin;01.07.2024;Besuch
KRONE Hotel;Muenchen;01.07.2024;Besuch
Bäckerei Kunz;Zürich;01.07.2024;Besuch
Bäckerei Kunz;Bonn;01.07.2024;Besuch
";
    let (project, source) = with(&place, second);
    use_source(
        &project,
        &actor(),
        source,
        SourceRole::Activities,
        &Memory::default(),
    )
    .unwrap();
    let mapping = project.mapping(source).unwrap().unwrap();
    assert_eq!(join_keys(project.target(), &mapping), [JoinKey::CompanyCity]);
    let report = join_activities(&project).unwrap().remove(&source).unwrap();
    let left: Vec<&str> = report.examples.iter().map(|row| row.key.as_str()).collect();
    assert!(left.contains(&"Bäckerei Kunz, Bonn"), "{left:?}");
    assert!(
        !left.contains(&"Gasthaus Seeblick, Berlin"),
        "the legal form is no difference: {left:?}"
    );
    assert!(!left.contains(&"Bäckerei Kunz, Zürich"), "{left:?}");
}

#[test]
fn a_use_can_be_changed_back_and_another_source_keeps_its_rows() {
    let place = Place::new();
    let (project, source) = with(&place, ACTIVITIES);
    let third = load(
        &project,
        &write(&place, "dritte.csv", &LEADS.replace("\n1;", "\n11;")),
    );
    use_source(
        &project,
        &actor(),
        source,
        SourceRole::Activities,
        &Memory::default(),
    )
    .unwrap();
    check_and_compare(&project);
    assert_eq!(project.state_counts().all, 8);
    use_source(&project, &actor(), source, SourceRole::Leads, &Memory::default()).unwrap();
    check_and_compare(&project);
    assert_eq!(project.state_counts().all, 14);
    assert!(activities_of(&project, 0).is_empty());
    let sources = project.sources().unwrap();
    let place_of = |id: i64| sources.iter().find(|source| source.id == id).unwrap().first_row;
    assert!(
        place_of(source) > place_of(third),
        "given places are never given again"
    );
    project.remove_source(&actor(), source).unwrap();
    check_and_compare(&project);
    assert_eq!(project.state_counts().all, 8);
}

#[test]
fn joined_activities_survive_reopening_and_go_with_their_source() {
    let place = Place::new();
    let (project, source) = with(&place, ACTIVITIES);
    use_source(
        &project,
        &actor(),
        source,
        SourceRole::Activities,
        &Memory::default(),
    )
    .unwrap();
    let path = project.path().to_path_buf();
    project.close().unwrap();
    let project = Project::open(&path).unwrap();
    check_and_compare(&project);
    assert_eq!(activities_of(&project, 0).len(), 2);
    let settings = check_settings(&project, now()).unwrap();
    let shown = mapped_row(&project, source, 3, settings).unwrap().unwrap();
    assert_eq!((shown.number, shown.state.activities.len()), (5, 1));
    project.remove_source(&actor(), source).unwrap();
    check_and_compare(&project);
    assert!(activities_of(&project, 0).is_empty());
}

#[test]
fn the_order_of_ambiguous_activity_dates_is_a_persons_word() {
    let place = Place::new();
    let second = "Kundennummer;Datum;Art\n1;03/07/2024;Besuch\n2;04/07/2024;Anruf\n";
    let (project, source) = with(&place, second);
    use_source(
        &project,
        &actor(),
        source,
        SourceRole::Activities,
        &Memory::default(),
    )
    .unwrap();
    check_and_compare(&project);
    let ambiguous = |project: &Project| {
        let counts = project.code_counts(lotse_core::language::Language::En).unwrap();
        counts.iter().any(|count| count.code == "activity.date_ambiguous")
    };
    assert!(
        ambiguous(&project),
        "{:?}",
        project.code_counts(lotse_core::language::Language::En)
    );
    let order = Some(DateOrder::DayFirst);
    let change = MappingChange::ActivityDates { order };
    change_mapping(&project, &actor(), source, &change, &Memory::default()).unwrap();
    check_and_compare(&project);
    assert!(!ambiguous(&project));
}

const FURTHER: &str = "\
Kundennummer;Telefon;E-Mail;Volumen;Branche
1;030 1234567;andere@seeblick.example;4.500,25;Restaurant
2;089 998877;info@krone.example;1;Hotel
7;030 1;x@y.example;;
";

#[test]
fn an_enrichment_fills_what_is_empty_and_leaves_what_stands_there() {
    let place = Place::new();
    let (project, source) = with(&place, FURTHER);
    let proposal = propose_use(&project, source).unwrap().unwrap();
    assert_eq!(
        (proposal.role, proposal.matched, proposal.rows),
        (SourceRole::Enrichment, 2, 3)
    );
    use_source(
        &project,
        &actor(),
        source,
        SourceRole::Enrichment,
        &Memory::default(),
    )
    .unwrap();
    check_and_compare(&project);
    let preview = preview_enrichment(&project, source, now()).unwrap();
    assert_eq!((preview.report.matched, preview.report.unmatched), (2, 1));
    let of = |field: &str| {
        let found = preview.fields.iter().find(|found| found.field == field).unwrap();
        (found.fills, found.same, found.conflicts)
    };
    assert_eq!(of("contact.phone"), (1, 1, 0));
    // Found by its number, a lead may have another address there; only the key itself is no news.
    assert_eq!(of("contact.email"), (0, 1, 1));
    assert_eq!(of("businessType"), (2, 0, 0));
    assert_eq!(of("estimatedVolume"), (1, 0, 1));
    assert!(!preview.fields.iter().any(|field| field.field == "externalId"));

    let rows = apply_enrichment(&project, &actor(), source, &BTreeMap::new(), now()).unwrap();
    assert_eq!(rows, [0, 1]);
    assert_eq!(text_of(&project, 0, "contact.phone"), "+49301234567");
    assert_eq!(text_of(&project, 0, "estimatedVolume"), "4500,25");
    assert_eq!(text_of(&project, 1, "estimatedVolume"), "12.000,50");
    // Nothing is left to fill, and one step takes all of it back.
    let again = preview_enrichment(&project, source, now()).unwrap();
    assert_eq!(again.fields.iter().map(|field| field.fills).sum::<u32>(), 0);
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert_eq!(text_of(&project, 0, "contact.phone"), "");
}

#[test]
fn a_person_says_field_by_field_what_wins() {
    let place = Place::new();
    let (project, source) = with(&place, FURTHER);
    use_source(
        &project,
        &actor(),
        source,
        SourceRole::Enrichment,
        &Memory::default(),
    )
    .unwrap();
    check_and_compare(&project);
    let winners = BTreeMap::from([
        ("estimatedVolume".to_owned(), Winner::Addition),
        ("businessType".to_owned(), Winner::Neither),
    ]);
    apply_enrichment(&project, &actor(), source, &winners, now()).unwrap();
    assert_eq!(text_of(&project, 1, "estimatedVolume"), "1");
    assert_eq!(text_of(&project, 1, "businessType"), "");
}

#[test]
fn enriching_twice_from_several_rows_of_one_lead_takes_the_first_and_names_the_rest() {
    let place = Place::new();
    let second = "Kundennummer;Telefon;Branche\n1;030 1234567;\n1;030 7654321;Restaurant\n2;;\n";
    let (project, source) = with(&place, second);
    use_source(
        &project,
        &actor(),
        source,
        SourceRole::Enrichment,
        &Memory::default(),
    )
    .unwrap();
    check_and_compare(&project);
    let preview = preview_enrichment(&project, source, now()).unwrap();
    let phone = preview
        .fields
        .iter()
        .find(|field| field.field == "contact.phone")
        .unwrap();
    assert_eq!((phone.fills, phone.conflicts), (1, 1));
    apply_enrichment(&project, &actor(), source, &BTreeMap::new(), now()).unwrap();
    assert_eq!(text_of(&project, 0, "contact.phone"), "+49301234567");
    assert_eq!(text_of(&project, 0, "businessType"), "restaurant");
}

#[test]
fn only_an_enrichment_enriches() {
    let place = Place::new();
    let (project, source) = with(&place, FURTHER);
    let refused = preview_enrichment(&project, source, now());
    assert!(matches!(
        refused,
        Err(WorkflowError::Project(ProjectError::NotFound { .. }))
    ));
}

#[test]
fn leads_of_other_companies_stay_leads() {
    let place = Place::new();
    let second = "Kundennummer;Firma;Ort;Land\n31;Mensa Süd;Dresden;D\n32;Café Alpenblick;Bern;CH\n";
    let (project, source) = with(&place, second);
    assert_eq!(propose_use(&project, source).unwrap(), None);
    let first = project.sources().unwrap()[0].id;
    assert_eq!(propose_use(&project, first).unwrap(), None);
}

#[test]
fn a_use_that_a_person_has_confirmed_is_not_questioned_again() {
    let place = Place::new();
    let (project, source) = with(&place, FURTHER);
    let mapped = project.mapping(source).unwrap();
    use_source(&project, &actor(), source, SourceRole::Leads, &Memory::default()).unwrap();
    assert_eq!(propose_use(&project, source).unwrap(), None);
    assert_eq!(
        project.mapping(source).unwrap(),
        mapped,
        "nothing else has changed"
    );
}

#[test]
fn profiles_are_kept_and_a_project_is_not_read_again_for_them() {
    let place = Place::new();
    let project = place.project();
    let source = load(&project, &write(&place, "leads.csv", LEADS));
    let kept = project.profiles(source).unwrap().unwrap();
    assert_eq!(kept.len(), 10);
    assert_eq!(column_profiles(&project, source).unwrap(), kept);
    assert_eq!(kept[1].samples[0], "Gasthaus Seeblick GmbH");
}
