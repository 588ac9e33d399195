use lotse_engine::jobs::Watch;
use lotse_engine::project::{ChangeKind, FieldEdit, Project, SourceRole};
use lotse_engine::sources::ReadSettings;
use lotse_engine::workflows::{edit_fields, group_view, load_file, undo};
use serde_json::json;

use super::{Place, actor, check_and_compare, now};

fn pairs(project: &Project) -> Vec<(u32, u32, f64)> {
    project
        .duplicate_pairs()
        .unwrap()
        .into_iter()
        .map(|pair| (pair.row_a, pair.row_b, pair.score))
        .collect()
}

#[test]
fn an_edit_changes_the_groups_of_its_row_and_no_others() {
    let place = Place::new();
    let project = place.example();
    let before = pairs(&project);
    assert!(before.contains(&(3, 103, 1.0)));
    let edits = [
        FieldEdit {
            row: 103,
            field: "contact.email".into(),
            text: Some("andere@haus.example".into()),
        },
        FieldEdit {
            row: 103,
            field: "contact.phone".into(),
            text: Some("030 99887766".into()),
        },
        FieldEdit {
            row: 103,
            field: "companyName".into(),
            text: Some("Kantine Nordkreuz".into()),
        },
    ];
    edit_fields(
        &project,
        &actor(),
        ChangeKind::BulkEdit,
        &json!({}),
        &edits,
        now(),
    )
    .unwrap();
    let after = pairs(&project);
    assert!(!after.iter().any(|(a, b, _)| *a == 103 || *b == 103));
    let others = |pairs: &[(u32, u32, f64)]| {
        pairs
            .iter()
            .filter(|(a, b, _)| *a != 103 && *b != 103)
            .copied()
            .collect::<Vec<_>>()
    };
    assert_eq!(others(&after), others(&before));
    undo(&project, &actor(), now()).unwrap();
    assert_eq!(pairs(&project), before);
}

#[test]
fn an_edit_after_a_restart_finds_the_same_groups() {
    let place = Place::new();
    let project = place.example();
    let path = project.path().to_path_buf();
    project.close().unwrap();
    let project = Project::open(&path).unwrap();
    let before = pairs(&project);
    let edit = FieldEdit {
        row: 0,
        field: "contact.email".into(),
        text: Some("INFO@Restaurant-Musterkueche-1.example".into()),
    };
    let twin = project.row_states(&[1]).unwrap().remove(0);
    let email = project.target().field_index("contact.email").unwrap();
    let edit = FieldEdit {
        text: Some(twin.fields[email].text.to_uppercase()),
        ..edit
    };
    edit_fields(&project, &actor(), ChangeKind::Edit, &json!({}), &[edit], now()).unwrap();
    let mut expected = before;
    expected.insert(0, (0, 1, 1.0));
    assert_eq!(pairs(&project), expected);
}

#[test]
fn a_group_shows_why_its_rows_match() {
    let place = Place::new();
    let project = place.example();
    let view = group_view(&project, 121).unwrap().unwrap();
    assert_eq!(
        view.members.iter().map(|member| member.row).collect::<Vec<_>>(),
        [9, 121]
    );
    let explanation = view.pairs[0].explanation.as_ref().unwrap();
    assert!(
        explanation
            .fields
            .iter()
            .any(|field| field.similarity == Some(1.0))
    );
    assert!(group_view(&project, 0).unwrap().is_none());
}

#[test]
fn what_a_person_separated_stays_apart_in_the_next_comparison() {
    let place = Place::new();
    let project = place.example();
    let id = project.target().field_index("externalId").unwrap();
    let states = project.row_states(&[9, 121]).unwrap();
    let key = |at: usize| states[at].fields[id].text.clone();
    project.separate(&actor(), &[(key(0), key(1))]).unwrap();
    check_and_compare(&project);
    assert!(!pairs(&project).iter().any(|(a, b, _)| (*a, *b) == (9, 121)));
    undo(&project, &actor(), now()).unwrap();
    check_and_compare(&project);
    assert!(pairs(&project).iter().any(|(a, b, _)| (*a, *b) == (9, 121)));
}

#[test]
fn reference_leads_are_compared_with_and_never_sent() {
    let place = Place::new();
    let project = place.example();
    let ready = project.approval_preview().ready;
    let email = {
        let state = project.row_states(&[20]).unwrap().remove(0);
        state.fields[project.target().field_index("contact.email").unwrap()]
            .text
            .clone()
    };
    std::fs::write(
        place.path("bestand.csv"),
        format!("Firma;Ort;E-Mail\nGanz anders;Trier;{email}\n"),
    )
    .unwrap();
    let settings = ReadSettings::default();
    load_file(
        &project,
        &actor(),
        &place.path("bestand.csv"),
        &settings,
        SourceRole::Reference,
        &Watch::quiet(),
    )
    .unwrap();
    check_and_compare(&project);
    assert!(pairs(&project).contains(&(20, 150, 1.0)));
    let preview = project.approval_preview();
    assert_eq!(
        (preview.total, preview.ready),
        (150, ready - 1),
        "the row is known, and the reference is no lead"
    );
}
