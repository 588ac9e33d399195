use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use lotse_core::merge::MergeRule;
use lotse_core::migration::MatchReason;
use lotse_engine::jobs::Watch;
use lotse_engine::project::{ChangeKind, FieldEdit, GroupFilter, Project, SourceRole};
use lotse_engine::sources::ReadSettings;
use lotse_engine::workflows::{
    MergePreview, compare_all, edit_fields, group_view, keep_rows, load_file, merge_rows, preview_merge,
    redo, separate_pairs, skip_rows, undo,
};
use serde_json::json;

use super::{Place, actor, check_and_compare, load, now, prepare};

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
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
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
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
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

fn open_groups(project: &Project) -> u32 {
    let open = GroupFilter {
        decided: Some(false),
        ..GroupFilter::default()
    };
    project.group_window(&open, 0, 10).unwrap().total
}

#[test]
fn a_list_of_groups_is_given_by_windows_and_filtered_behind_the_border() {
    let place = Place::new();
    let project = place.example();
    let all = GroupFilter::default();
    let window = project.group_window(&all, 0, 2).unwrap();
    assert_eq!((window.total, window.groups, window.decided), (3, 3, 0));
    let lines: Vec<(u32, u32, MatchReason)> = window
        .lines
        .iter()
        .map(|line| (line.id, line.rows, line.reason))
        .collect();
    assert_eq!(
        lines,
        [
            (3, 2, MatchReason::EmailExact),
            (5, 2, MatchReason::PhoneNormalized)
        ]
    );
    assert_eq!(project.group_window(&all, 2, 2).unwrap().lines.len(), 1);
    let search = |text: &str, reason| GroupFilter {
        search: text.into(),
        reason,
        decided: None,
    };
    assert_eq!(project.group_place(&all, 121).unwrap(), Some(2));
    assert_eq!(
        project.group_place(&search("SONNENSCHEIN", None), 9).unwrap(),
        Some(0)
    );
    let other_reason = search("sonnenschein", Some(MatchReason::EmailExact));
    assert_eq!(project.group_place(&other_reason, 9).unwrap(), None);
    keep_rows(&project, &actor(), &[3, 103]).unwrap();
    assert_eq!(project.next_open_group(&all, 0).unwrap(), Some(1));
    assert_eq!(open_groups(&project), 2);
}

#[test]
fn the_row_that_stays_goes_also_where_it_is_the_later_one() {
    let place = Place::new();
    let project = place.example();
    let before = project.approval_preview();
    skip_rows(&project, &actor(), Some(103), &[3, 103]).unwrap();
    let after = project.approval_preview();
    assert_eq!((after.skipped, after.skipped_duplicates), (1, 0));
    assert_eq!(after.ready, before.ready);
    assert_eq!(open_groups(&project), 2);
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert_eq!(project.approval_preview(), before);

    merge_rows(&project, &actor(), &[103, 3], &BTreeMap::new(), now()).unwrap();
    let after = project.approval_preview();
    assert_eq!((after.merged, after.ready), (1, before.ready));
    assert_eq!(open_groups(&project), 2);
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert_eq!(project.approval_preview(), before);
}

#[test]
fn a_separated_pair_is_apart_at_once_and_together_again_when_that_is_undone() {
    let place = Place::new();
    let project = place.example();
    separate_pairs(&project, &actor(), &[(9, 121)]).unwrap();
    assert!(group_view(&project, 121).unwrap().is_none());
    let (_, rows) = undo(&project, &actor(), now(), &Watch::quiet()).unwrap().unwrap();
    assert_eq!(rows, [9, 121]);
    assert!(group_view(&project, 121).unwrap().is_some());
    redo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    check_and_compare(&project);
    assert!(group_view(&project, 121).unwrap().is_none());
}

#[test]
fn a_separation_outlives_the_program_and_holds_for_the_same_file_read_again() {
    let place = Place::new();
    let project = place.example();
    separate_pairs(&project, &actor(), &[(9, 121)]).unwrap();
    let path = project.path().to_path_buf();
    project.close().unwrap();
    let project = Project::open(&path).unwrap();
    assert!(group_view(&project, 121).unwrap().is_none());
    rename(&project, 121, "Ganz anderer Name");
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert!(
        group_view(&project, 121).unwrap().is_none(),
        "an edit compares the row anew and leaves the two apart"
    );

    let rows = project.approval_preview().total;
    prepare(&project, &place.path("partner-export.xlsx"));
    let (copy_9, copy_121) = (9 + rows, 121 + rows);
    let found = pairs(&project);
    let double = |a: u32, b: u32| found.iter().any(|&(x, y, _)| (x, y) == (a.min(b), a.max(b)));
    assert!(double(9, copy_9) && double(121, copy_121), "{found:?}");
    for (a, b) in [(9, 121), (9, copy_121), (121, copy_9), (copy_9, copy_121)] {
        assert!(!double(a, b), "{a} and {b} were separated");
    }
}

/// A file of invented yards, every tenth of them under the address of the one before.
fn yards(place: &Place, rows: u32) -> Project {
    let mut text = String::from("Firma;Ort;E-Mail;Notizen\n");
    for row in 0..rows {
        let address = if row % 10 == 9 { row - 1 } else { row };
        writeln!(text, "Werft {row};Kiel;werft{address}@haus.example;").unwrap();
    }
    let path = place.path("werften.csv");
    std::fs::write(&path, text).unwrap();
    let project = place.project();
    load(&project, &path);
    check_and_compare(&project);
    project
}

#[test]
fn a_change_of_very_many_rows_gives_the_groups_that_comparing_afresh_gives() {
    let place = Place::new();
    let project = yards(&place, 6_000);
    let before = pairs(&project);
    assert_eq!(before.len(), 600);
    let change = |field: &str, text: &dyn Fn(u32) -> String| {
        let edits: Vec<FieldEdit> = (0..5_500)
            .map(|row| FieldEdit {
                row,
                field: field.into(),
                text: Some(text(row)),
            })
            .collect();
        edit_fields(
            &project,
            &actor(),
            ChangeKind::BulkEdit,
            &json!({}),
            &edits,
            now(),
        )
        .unwrap();
    };
    change("notes", &|row| format!("angerufen {row}"));
    assert_eq!(pairs(&project), before, "nothing is compared by notes");
    change("contact.email", &|row| format!("neu{}@haus.example", row % 5_000));
    let after = pairs(&project);
    assert_eq!(after.len(), 500 + 50);
    compare_all(&project, &actor(), &Watch::quiet()).unwrap();
    assert_eq!(pairs(&project), after);
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert_eq!(pairs(&project), before);
}

#[test]
fn a_merge_keeps_all_activities_and_the_earliest_registration_and_shows_both() {
    let place = Place::new();
    let project = place.example();
    let preview = preview_merge(&project, &[3, 103], &BTreeMap::new()).unwrap();
    let states = project.row_states(&[3, 103]).unwrap();
    let registered = project.target().field_index("registeredAt").unwrap();
    let values: Vec<_> = states
        .iter()
        .map(|state| state.fields[registered].value.clone().unwrap())
        .collect();
    let chosen = &preview.fields[registered];
    assert_eq!(chosen.rule, MergeRule::Earliest);
    let earliest = (0..2).min_by_key(|&at| &values[at]).unwrap();
    assert_eq!(chosen.from, earliest);
    let own = |at: usize| activities(&preview_merge(&project, &[[3, 103][at]], &BTreeMap::new()).unwrap());
    let all = activities(&preview);
    assert!(own(0).union(&own(1)).all(|activity| all.contains(activity)));
    assert_eq!(all.len(), own(0).union(&own(1)).count());

    // A person may choose the other one.
    let other = BTreeMap::from([("registeredAt".to_string(), 1 - earliest)]);
    let preview = preview_merge(&project, &[3, 103], &other).unwrap();
    assert_eq!(preview.fields[registered].from, 1 - earliest);
    merge_rows(&project, &actor(), &[3, 103], &other, now()).unwrap();
    let merged = project.row_states(&[3]).unwrap().remove(0);
    assert_eq!(
        merged.fields[registered].value.as_ref(),
        Some(&values[1 - earliest])
    );
    assert_eq!(merged.activities.len(), all.len());
}

fn activities(preview: &MergePreview) -> BTreeSet<Vec<(String, String)>> {
    let activities = preview.activities.iter();
    activities
        .map(|activity| activity.clone().into_iter().collect())
        .collect()
}

#[test]
fn a_merge_loses_no_activity_where_the_one_that_stays_has_one_twice() {
    let place = Place::new();
    let project = place.example();
    let list = project.target().activities.as_ref().unwrap().name.clone();
    let activity = |kind: &str| json!({ "activityType": kind, "activityDate": "2025-07-01", "countsAsProgress": "false" });
    let edits = [
        (3, json!([activity("CALL"), activity("CALL")])),
        (103, json!([activity("MEETING")])),
    ]
    .map(|(row, activities)| FieldEdit {
        row,
        field: list.clone(),
        text: Some(activities.to_string()),
    });
    edit_fields(
        &project,
        &actor(),
        ChangeKind::BulkEdit,
        &json!({}),
        &edits,
        now(),
    )
    .unwrap();
    merge_rows(&project, &actor(), &[3, 103], &BTreeMap::new(), now()).unwrap();
    let merged = project.row_states(&[3]).unwrap().remove(0);
    let kinds: Vec<&str> = merged.activities.iter().map(|cells| cells[0].shown()).collect();
    assert!(kinds.contains(&"MEETING"), "{kinds:?}");

    // Or those of one row alone, where a person says so.
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    let own = BTreeMap::from([(list, 1)]);
    merge_rows(&project, &actor(), &[3, 103], &own, now()).unwrap();
    let merged = project.row_states(&[3]).unwrap().remove(0);
    assert_eq!(merged.activities.len(), 1);
}

/// What the project file says about its index: whether it holds one, and how many rows changed since.
fn kept_index(project: Project) -> (bool, u32) {
    let path = project.path().to_path_buf();
    project.close().unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
    (
        number("SELECT count(*) FROM duplicate_index") == 1,
        number("SELECT count(*) FROM duplicate_index_stale"),
    )
}

fn rename(project: &Project, row: u32, company: &str) {
    let edit = FieldEdit {
        row,
        field: "companyName".into(),
        text: Some(company.into()),
    };
    edit_fields(
        project,
        &actor(),
        ChangeKind::BulkEdit,
        &json!({}),
        &[edit],
        now(),
    )
    .unwrap();
}

#[test]
fn the_index_is_kept_and_brought_up_to_date_by_edits() {
    let place = Place::new();
    let project = place.example();
    let path = project.path().to_path_buf();
    assert_eq!(kept_index(project), (true, 0));
    let project = Project::open(&path).unwrap();
    rename(&project, 103, "Kantine Nordkreuz");
    assert_eq!(kept_index(project), (true, 1));
    let project = Project::open(&path).unwrap();
    let group = group_view(&project, 103)
        .unwrap()
        .expect("the addresses are still equal");
    let pair = group
        .pairs
        .iter()
        .find(|pair| (pair.row_a, pair.row_b) == (3, 103));
    let explanation = pair
        .and_then(|pair| pair.explanation.clone())
        .expect("both are in the index");
    let company = explanation
        .fields
        .iter()
        .find(|field| field.b == "kantine nordkreuz");
    assert!(
        company.is_some(),
        "the kept index knows the edit: {explanation:?}"
    );
    assert_eq!(
        kept_index(project),
        (true, 1),
        "looking at a group builds no index"
    );
}

#[test]
fn an_index_of_other_contents_is_not_kept() {
    let place = Place::new();
    let project = place.example();
    let path = project.path().to_path_buf();
    project
        .forget_checked(&actor(), "the mapping is another one")
        .unwrap();
    assert!(!kept_index(project).0);
    let project = Project::open(&path).unwrap();
    check_and_compare(&project);
    assert_eq!(kept_index(project), (true, 0));
}

#[test]
fn a_damaged_index_is_built_again() {
    let place = Place::new();
    let project = place.example();
    let path = project.path().to_path_buf();
    let before = pairs(&project);
    project.close().unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection
        .execute("UPDATE duplicate_index SET data = x'28b52ffd'", [])
        .unwrap();
    drop(connection);
    let project = Project::open(&path).unwrap();
    rename(&project, 103, "Kantine Nordkreuz");
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert_eq!(pairs(&project), before);
    assert!(kept_index(project).0);
}

#[test]
fn a_separation_says_who_decided_it() {
    let place = Place::new();
    let project = place.example();
    let path = project.path().to_path_buf();
    separate_pairs(&project, &actor(), &[(3, 103)]).unwrap();
    project.close().unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let by: String = connection
        .query_row("SELECT decided_by FROM separate_pair", [], |row| row.get(0))
        .unwrap();
    assert_eq!(by, actor().name);
}
