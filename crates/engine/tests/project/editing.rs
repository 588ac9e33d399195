use lotse_engine::jobs::Watch;
use lotse_engine::project::{ChangeKind, DecisionKind, FieldEdit, Project};
use lotse_engine::workflows::{apply_fix, approve_ready, decide_rows, edit_fields, redo, undo};
use serde_json::json;

use super::{Place, actor, now};

fn edit(project: &Project, row: u32, field: &str, text: Option<&str>) -> Vec<u32> {
    let edit = FieldEdit {
        row,
        field: field.into(),
        text: text.map(String::from),
    };
    edit_fields(project, &actor(), ChangeKind::Edit, &json!({}), &[edit], now()).unwrap()
}

fn shown(project: &Project, row: u32, field: &str) -> String {
    let state = project.row_states(&[row]).unwrap().remove(0);
    state.fields[project.target().field_index(field).unwrap()]
        .text
        .clone()
}

fn codes(project: &Project, row: u32) -> Vec<String> {
    let state = project.row_states(&[row]).unwrap().remove(0);
    state
        .findings
        .iter()
        .map(|finding| finding.code(project.target()))
        .collect()
}

#[test]
fn an_edit_is_checked_at_once_and_survives_a_restart_with_its_history() {
    let place = Place::new();
    let project = place.example();
    assert_eq!(codes(&project, 7), ["email.invalid"]);
    assert_eq!(
        edit(&project, 7, "contact.email", Some("max@musterkueche.example")),
        [7]
    );
    assert_eq!(codes(&project, 7), [""; 0]);
    assert_eq!(project.approval_preview().with_errors, 10);
    let path = project.path().to_path_buf();
    project.close().unwrap();
    let project = Project::open(&path).unwrap();
    assert_eq!(shown(&project, 7, "contact.email"), "max@musterkueche.example");
    assert_eq!(codes(&project, 7), [""; 0]);
    assert_eq!(project.approval_preview().with_errors, 10);
    let history = project.cell_history(7, "contact.email").unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(
        (history[0].actor.as_str(), history[0].before.as_deref()),
        ("Eva Beispiel", None)
    );
}

#[test]
fn undo_and_redo_reach_across_a_restart() {
    let place = Place::new();
    let project = place.example();
    edit(&project, 7, "contact.email", Some("a@example.de"));
    edit(&project, 7, "contact.email", Some("b@example.de"));
    let path = project.path().to_path_buf();
    project.close().unwrap();
    let project = Project::open(&path).unwrap();
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap().unwrap();
    assert_eq!(shown(&project, 7, "contact.email"), "a@example.de");
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap().unwrap();
    assert_eq!(shown(&project, 7, "contact.email"), "max.mustermann@");
    assert_eq!(codes(&project, 7), ["email.invalid"]);
    assert!(
        undo(&project, &actor(), now(), &Watch::quiet())
            .unwrap()
            .is_none()
    );
    redo(&project, &actor(), now(), &Watch::quiet()).unwrap().unwrap();
    assert_eq!(shown(&project, 7, "contact.email"), "a@example.de");
    edit(&project, 31, "companyName", Some("Anker"));
    assert!(
        redo(&project, &actor(), now(), &Watch::quiet())
            .unwrap()
            .is_none(),
        "something new ends what could be redone"
    );
    assert_eq!(project.history_counts().unwrap(), (2, 0));
}

#[test]
fn giving_a_field_back_shows_the_source_again() {
    let place = Place::new();
    let project = place.example();
    edit(&project, 58, "city", Some("Ulm"));
    assert_eq!(codes(&project, 58), [""; 0]);
    edit(&project, 58, "city", None);
    assert_eq!(codes(&project, 58), ["city.missing"]);
    assert_eq!(
        edit(&project, 58, "city", None),
        [0; 0],
        "nothing to change is no change"
    );
}

#[test]
fn an_edit_takes_the_approval_of_this_row_away() {
    let place = Place::new();
    let project = place.example();
    approve_ready(&project, &actor(), now()).unwrap();
    edit(&project, 0, "city", Some("Potsdam"));
    let preview = project.approval_preview();
    assert_eq!((preview.ready, preview.approved), (138, 137));
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert_eq!(
        project.approval_preview().approved,
        137,
        "the old content has to be approved again, too"
    );
}

#[test]
fn a_fix_is_applied_to_all_rows_with_the_finding() {
    let place = Place::new();
    let project = place.example();
    assert_eq!(shown(&project, 23, "companyName"), "MÃ¼ller Feinkost");
    assert_eq!(
        apply_fix(
            &project,
            &actor(),
            "company_name.encoding",
            None,
            now(),
            &Watch::quiet()
        )
        .unwrap(),
        [23]
    );
    assert_eq!(shown(&project, 23, "companyName"), "Müller Feinkost");
    assert_eq!(
        apply_fix(&project, &actor(), "email.typo", Some(66), now(), &Watch::quiet()).unwrap(),
        [66]
    );
    assert_eq!(shown(&project, 66, "contact.email"), "kueche@gmail.com");
}

#[test]
fn decisions_rule_over_defaults_and_can_be_undone() {
    let place = Place::new();
    let project = place.example();
    assert_eq!(project.approval_preview().skipped_duplicates, 1);
    decide_rows(&project, &actor(), &[103], Some(DecisionKind::Import), None).unwrap();
    assert_eq!(project.approval_preview().skipped_duplicates, 0);
    decide_rows(&project, &actor(), &[121, 110], Some(DecisionKind::Skip), None).unwrap();
    assert_eq!(project.approval_preview().skipped, 2);
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert_eq!(project.approval_preview().skipped, 0);
    assert_eq!(project.decision(103).unwrap().unwrap().decided_by, "Eva Beispiel");
}

#[test]
fn fields_and_rows_that_are_not_there_are_refused() {
    let place = Place::new();
    let project = place.example();
    for (row, field) in [(0, "kontostand"), (4000, "city")] {
        let edit = FieldEdit {
            row,
            field: field.into(),
            text: Some("x".into()),
        };
        assert!(edit_fields(&project, &actor(), ChangeKind::Edit, &json!({}), &[edit], now()).is_err());
    }
}
