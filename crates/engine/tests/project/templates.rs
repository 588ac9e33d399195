//! Named mappings, and what is remembered from project to project.

use std::collections::BTreeMap;

use lotse_core::mapping::{ColumnRef, Mapping, Memory};
use lotse_engine::mapping_history::MappingHistory;
use lotse_engine::places::Places;
use lotse_engine::project::{NewProject, Project};
use lotse_engine::templates::{Templates, read_mapping, write_mapping};
use lotse_engine::workflows::{
    Destination, MappingChange, apply_template, as_template, change_mapping, decide_progress,
    earlier_decisions, likely_templates, suggest_mapping,
};

use super::{Place, actor, load, now};

const FIRST: &str = "\
Kd;Firmenname;Ort;Land;Wer;Seit;Rubrik;Vorgänge
1;Gasthaus Seeblick;Berlin;D;AV;15.06.2024;Kost;2024-07-01: Besuch
2;Hotel Krone;München;D;AV;20.06.2024;Bett;2024-07-02: Anruf
";

fn write(place: &Place, name: &str, text: &str) -> std::path::PathBuf {
    let path = place.path(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn project(place: &Place, name: &str) -> Project {
    let target = lotse_core::target::Target::builtin("migration").unwrap();
    Project::create(&place.path(name), &NewProject::named(name, target), &actor()).unwrap()
}

fn assign(project: &Project, source: i64, column: usize, field: &str) {
    let to = Some(Destination::Field { name: field.into() });
    let change = MappingChange::Assign { column, to };
    change_mapping(project, &actor(), source, &change, &Memory::default()).unwrap();
}

/// The first project of a person: columns that nobody could guess are mapped by hand, values get their meaning.
fn mapped_by_hand(place: &Place) -> (Project, i64) {
    let project = project(place, "erstes.lotse");
    let source = load(&project, &write(place, "erste.csv", FIRST));
    assign(&project, source, 4, "ownerUserId");
    assign(&project, source, 5, "registeredAt");
    assign(&project, source, 6, "businessType");
    for (text, value) in [("Kost", "restaurant"), ("Bett", "hotel")] {
        let change = MappingChange::Value {
            field: "businessType".into(),
            text: text.into(),
            value: Some(value.into()),
        };
        change_mapping(&project, &actor(), source, &change, &Memory::default()).unwrap();
    }
    decide_progress(&project, &actor(), "MEETING", true, now()).unwrap();
    (project, source)
}

fn save(templates: &Templates, project: &Project, source: i64, name: &str) -> Mapping {
    let (mapping, mark) = as_template(project, &actor(), source, name, now()).unwrap();
    templates.save(&mapping, mark).unwrap()
}

#[test]
fn a_template_is_saved_listed_overwritten_exported_imported_and_removed() {
    let place = Place::new();
    let templates = Templates::of(&Places::below(&place.path("home")));
    assert_eq!(templates.list().unwrap(), []);
    let (project, source) = mapped_by_hand(&place);
    save(&templates, &project, source, "CRM: Süd/Ost");
    save(&templates, &project, source, "crm süd ost");
    assert_eq!(templates.list().unwrap().len(), 2);
    // The same name again is the same template.
    assign(&project, source, 0, "externalId");
    let saved = save(&templates, &project, source, "CRM: Süd/Ost");
    assert_eq!(templates.list().unwrap().len(), 2);
    assert_eq!(templates.get("CRM: Süd/Ost").unwrap(), saved);
    let mark = saved.template.as_ref().unwrap();
    assert_eq!(
        (mark.headers.len(), mark.saved_by.as_deref()),
        (8, Some("Eva Beispiel"))
    );

    // What is exported is what the command line and another machine read.
    let file = place.path("vorlage.json");
    write_mapping(&file, &saved).unwrap();
    assert_eq!(read_mapping(&file).unwrap(), saved);
    templates.remove("CRM: Süd/Ost").unwrap();
    assert!(templates.get("CRM: Süd/Ost").is_err());
    assert_eq!(templates.list().unwrap().len(), 1);
}

#[test]
fn a_damaged_template_hides_no_other() {
    let place = Place::new();
    let templates = Templates::of(&Places::below(&place.path("home")));
    let (project, source) = mapped_by_hand(&place);
    save(&templates, &project, source, "heil");
    std::fs::write(place.path("home").join("data/templates/kaputt.json"), "{ kein").unwrap();
    assert_eq!(templates.list().unwrap().len(), 1);
    assert!(read_mapping(&place.path("home").join("data/templates/kaputt.json")).is_err());
}

#[test]
fn the_next_file_of_the_same_kind_finds_its_template_and_drift_is_told() {
    let place = Place::new();
    let templates = Templates::of(&Places::below(&place.path("home")));
    let (first, source) = mapped_by_hand(&place);
    save(&templates, &first, source, "Altsystem");

    let next = project(&place, "zweites.lotse");
    let same = load(&next, &write(&place, "gleich.csv", FIRST));
    let likely = likely_templates(&next, same, &templates.list().unwrap()).unwrap();
    assert!(likely[0].exact, "{likely:?}");

    let drifted = FIRST
        .replace("Kd;Firmenname;Ort", "Kd;Firmen-Name 1;Ort")
        .replace("Rubrik", "Umsatz");
    let drifted = load(&next, &write(&place, "anders.csv", &drifted));
    let likely = likely_templates(&next, drifted, &templates.list().unwrap()).unwrap();
    let fit = &likely[0].fit;
    assert!(!likely[0].exact);
    let missing: Vec<(&str, Option<&str>)> = fit
        .missing
        .iter()
        .map(|column| (column.header.as_str(), column.renamed_to.as_deref()))
        .collect();
    assert_eq!(missing, [("Firmenname", Some("Firmen-Name 1")), ("Rubrik", None)]);
    assert_eq!(fit.new_columns, ["Firmen-Name 1", "Umsatz"]);

    let renamed = BTreeMap::from([("Firmenname".to_owned(), "Firmen-Name 1".to_owned())]);
    let template = templates.get("Altsystem").unwrap();
    let applied = apply_template(&next, &actor(), drifted, &template, &renamed).unwrap();
    let company = &applied.mapping.fields["companyName"];
    assert_eq!(
        *company,
        lotse_core::mapping::FieldMapping::column(ColumnRef::named("Firmen-Name 1"))
    );
    assert!(!applied.mapping.fields.contains_key("businessType"));
    assert!(applied.mapping.fields.contains_key("ownerUserId"));

    // Another file altogether finds nothing.
    let other = load(
        &next,
        &write(&place, "fremd.csv", "Vorname;Nachname;Ort\nTom;Kunz;Bern\n"),
    );
    assert_eq!(
        likely_templates(&next, other, &templates.list().unwrap()).unwrap(),
        []
    );
}

#[test]
fn decisions_about_progress_do_not_come_with_a_template_but_are_shown() {
    let place = Place::new();
    let places = Places::below(&place.path("home"));
    let templates = Templates::of(&places);
    let (first, source) = mapped_by_hand(&place);
    save(&templates, &first, source, "Altsystem");

    let next = project(&place, "zweites.lotse");
    let source = load(&next, &write(&place, "gleich.csv", FIRST));
    let template = templates.get("Altsystem").unwrap();
    assert!(template.progress.contains_key("MEETING"));
    let applied = apply_template(&next, &actor(), source, &template, &BTreeMap::new()).unwrap();
    assert!(
        applied.mapping.progress.is_empty(),
        "nobody has decided in this project"
    );
    let earlier = earlier_decisions(&next, &templates.list().unwrap(), &MappingHistory::of(&places));
    assert_eq!(earlier["MEETING"].made_in, "Altsystem");
    assert!(earlier["MEETING"].decision.counts);
    assert_eq!(
        earlier["MEETING"].decision.decided_by.as_deref(),
        Some("Eva Beispiel")
    );
}

#[test]
fn what_was_mapped_by_hand_is_suggested_the_next_time_and_progress_is_not() {
    let place = Place::new();
    let places = Places::below(&place.path("home"));
    let (first, source) = mapped_by_hand(&place);
    let headers = first.sources().unwrap()[0].headers.clone();
    let mapping = first.mapping(source).unwrap().unwrap();
    let mut history = MappingHistory::of(&places);
    history.learn(first.target(), "erstes", &headers, &mapping, &[]);

    let next = project(&place, "zweites.lotse");
    let source = load(&next, &write(&place, "neu.csv", &FIRST.replace("Kd;", "Nr;")));
    let guessed = next.mapping(source).unwrap().unwrap();
    assert!(
        !guessed.fields.contains_key("businessType"),
        "nobody could guess that"
    );
    let history = MappingHistory::of(&places);
    let suggested = suggest_mapping(&next, &actor(), source, &history.memory(next.target())).unwrap();
    for (field, column) in [
        ("ownerUserId", "Wer"),
        ("registeredAt", "Seit"),
        ("businessType", "Rubrik"),
    ] {
        assert!(
            suggested.fields[field].origin
                == lotse_core::mapping::FieldMapping::column(ColumnRef::named(column)).origin
        );
    }
    assert_eq!(suggested.fields["businessType"].values["Kost"], "restaurant");
    let reasons = next.suggestions(source).unwrap();
    let wer = reasons
        .iter()
        .find(|suggestion| suggestion.column.name == "Wer")
        .unwrap();
    assert_eq!(wer.reason, lotse_core::mapping::Reason::History);
    assert!(suggested.progress.is_empty());
    assert!(history.progress(next.target())["MEETING"].decision.counts);
}

#[test]
fn a_column_that_was_left_out_on_purpose_is_not_suggested_again() {
    let place = Place::new();
    let project = project(&place, "erstes.lotse");
    let source = load(
        &project,
        &write(&place, "leads.csv", "Firma;Ort;Telefon\nKrone;Bern;031 1234567\n"),
    );
    let offered: Vec<ColumnRef> = project
        .suggestions(source)
        .unwrap()
        .into_iter()
        .map(|suggestion| suggestion.column)
        .collect();
    let change = MappingChange::Assign { column: 2, to: None };
    change_mapping(&project, &actor(), source, &change, &Memory::default()).unwrap();
    let mapping = project.mapping(source).unwrap().unwrap();
    let mut memory = Memory::default();
    let headers = ["Firma", "Ort", "Telefon"].map(String::from);
    memory.learn(project.target(), &headers, &mapping, &offered);
    let suggested = suggest_mapping(&project, &actor(), source, &memory).unwrap();
    assert!(!suggested.fields.contains_key("contact.phone"));
    assert!(suggested.fields.contains_key("companyName"));

    // A required field is not left empty for it.
    let change = MappingChange::Assign { column: 1, to: None };
    change_mapping(&project, &actor(), source, &change, &Memory::default()).unwrap();
    let mapping = project.mapping(source).unwrap().unwrap();
    memory.learn(project.target(), &headers, &mapping, &offered);
    let suggested = suggest_mapping(&project, &actor(), source, &memory).unwrap();
    assert!(suggested.fields.contains_key("city"));
}
