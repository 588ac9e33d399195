//! Changes of so many rows that they are put back into their blocks.

use std::fmt::Write as _;

use lotse_engine::jobs::Watch;
use lotse_engine::project::{ChangeKind, FieldEdit, Project, RowState};
use lotse_engine::workflows::{
    BulkEdit, CellChange, RowScope, apply_bulk, check_all, check_settings, compare_edited, edit_fields,
    many_wait, redo, undo,
};
use serde_json::json;

use super::{Place, actor, check_and_compare, load, now};

/// A project of so many rows.
fn large(place: &Place, rows: u32) -> Project {
    let mut text = String::from("Firma;Ort;PLZ;E-Mail;Branche\n");
    for row in 0..rows {
        let domain = if row % 7 == 0 { "" } else { "haus.example" };
        writeln!(
            text,
            "Gasthof {row};Kiel;{:05};info{row}@{domain};hotel",
            10_000 + row
        )
        .unwrap();
    }
    let file = place.path("viele.csv");
    std::fs::write(&file, text).unwrap();
    let project = place.project();
    load(&project, &file);
    check_and_compare(&project);
    project
}

fn states(project: &Project) -> Vec<RowState> {
    let rows: Vec<u32> = (0..project.state_counts().all).collect();
    project.row_states(&rows).unwrap()
}

/// What every row says, and what it would say if everything were checked afresh.
fn assert_as_if_checked_afresh(project: &Project, claim: &str) -> Vec<RowState> {
    let (before, counts) = (states(project), project.state_counts());
    check_all(project, &check_settings(project, now()).unwrap(), &Watch::quiet()).unwrap();
    assert!(before == states(project), "{claim}: rows");
    assert_eq!(counts, project.state_counts(), "{claim}: counts");
    before
}

fn set(rows: Vec<u32>, field: &str, text: &str) -> BulkEdit {
    BulkEdit {
        scope: RowScope::Rows(rows),
        fields: vec![field.to_owned()],
        change: CellChange::Set { text: text.into() },
    }
}

#[test]
fn many_changed_rows_say_what_a_check_of_everything_would_say() {
    let place = Place::new();
    let project = large(&place, 4500);
    let untouched = states(&project);
    // By hand: these stand in front of their blocks when the others are put into them.
    let by_hand = [1, 4, 4301].map(|row| FieldEdit {
        row,
        field: "companyName".into(),
        text: Some(format!("Krone {row}")),
    });
    edit_fields(
        &project,
        &actor(),
        ChangeKind::BulkEdit,
        &json!({}),
        &by_hand,
        now(),
    )
    .unwrap();
    let rows: Vec<u32> = (0..4500).filter(|row| row % 2 == 0 || *row == 1).collect();
    let edit = set(rows, "contact.email", "wer@");
    let (cells, _) = apply_bulk(&project, &actor(), &edit, now(), &Watch::quiet()).unwrap();
    assert_eq!(cells, 2251);
    let changed = states(&project);
    assert!(changed[2].findings.iter().any(|found| found.value == "wer@"));
    assert_eq!(
        changed[4].fields,
        assert_as_if_checked_afresh(&project, "changed")[4].fields
    );

    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    let undone = assert_as_if_checked_afresh(&project, "undone");
    let differ = |row: &usize| undone[*row] != untouched[*row];
    assert_eq!(
        (0..untouched.len()).filter(differ).collect::<Vec<_>>(),
        [1, 4, 4301]
    );
    redo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert!(assert_as_if_checked_afresh(&project, "done again") == changed);
}

#[test]
fn many_changed_rows_wait_for_one_comparison_of_everything() {
    let place = Place::new();
    let project = large(&place, 6000);
    project.compare_later();
    let edit = set((0..6000).collect(), "contact.email", "gleich@haus.example");
    apply_bulk(&project, &actor(), &edit, now(), &Watch::quiet()).unwrap();
    assert!(many_wait(&project).unwrap());
    assert_eq!(
        project.duplicate_summary().unwrap().groups,
        0,
        "nobody has asked yet"
    );
    // The program ends before anybody does.
    let path = project.path().to_path_buf();
    drop(project);
    let project = Project::open(&path).unwrap();
    assert!(many_wait(&project).unwrap());
    assert!(compare_edited(&project, &actor(), now(), &Watch::quiet()).unwrap());
    assert!(!many_wait(&project).unwrap());
    assert_eq!(project.duplicate_summary().unwrap().groups, 1);
    assert!(!compare_edited(&project, &actor(), now(), &Watch::quiet()).unwrap());
}
