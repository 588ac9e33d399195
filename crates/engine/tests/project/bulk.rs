//! Many cells at once, filters by values with their counts, spellings of the same thing, named views.

use std::collections::BTreeSet;

use lotse_core::clustering::ClusterMethod;
use lotse_core::finding::Severity;
use lotse_engine::jobs::Watch;
use lotse_engine::project::{
    ChangeKind, DecisionKind, DecisionView, FieldEdit, Project, RowFilter, RowView, SortOrder, ValueFilter,
};
use lotse_engine::workflows::{
    BulkEdit, CellChange, Replacement, RowScope, WorkflowError, apply_bulk, compare_waiting, edit_fields,
    preview_bulk, undo, value_clusters,
};
use serde_json::json;

use super::{Place, actor, now};

fn everything() -> RowScope {
    RowScope::View {
        filter: RowFilter::default(),
        except: Vec::new(),
    }
}

fn bulk(scope: RowScope, field: &str, change: CellChange) -> BulkEdit {
    BulkEdit {
        scope,
        fields: vec![field.to_owned()],
        change,
    }
}

fn apply(project: &Project, edit: &BulkEdit) -> (usize, Vec<u32>) {
    apply_bulk(project, &actor(), edit, now(), &Watch::quiet()).unwrap()
}

fn column(project: &Project, field: &str) -> Vec<String> {
    let at = project.target().field_index(field).unwrap();
    let rows: Vec<u32> = (0..150).collect();
    let states = project.row_states(&rows).unwrap();
    states
        .iter()
        .map(|state| state.fields[at].shown().to_owned())
        .collect()
}

fn replacement(find: &str, with: &str) -> Replacement {
    Replacement {
        find: find.into(),
        with: with.into(),
        ..Replacement::default()
    }
}

#[test]
fn a_value_for_all_rows_of_a_view_but_some_is_one_change() {
    let place = Place::new();
    let project = place.example();
    let before = column(&project, "city");
    let filter = RowFilter {
        states: vec![RowView::Errors],
        ..RowFilter::default()
    };
    let errors = project.filtered_rows(&filter).unwrap().to_vec();
    let scope = RowScope::View {
        filter: filter.clone(),
        except: vec![errors[0]],
    };
    let edit = bulk(scope, "city", CellChange::Set { text: "Kiel".into() });
    let preview = preview_bulk(&project, &edit, &Watch::quiet()).unwrap();
    let (cells, rows) = apply(&project, &edit);
    assert_eq!(rows, errors[1..]);
    assert_eq!(
        (preview.cells as usize, preview.rows as usize),
        (cells, rows.len())
    );
    assert_eq!(preview.looked_at as usize, errors.len() - 1);
    let after = column(&project, "city");
    assert_eq!(after[errors[0] as usize], before[errors[0] as usize]);
    assert!(rows.iter().all(|&row| after[row as usize] == "Kiel"));
    let history = project.history(0, 10).unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].summary["cells"], json!(cells));
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert_eq!(column(&project, "city"), before);
}

#[test]
fn filling_down_takes_the_first_row_as_it_is_shown() {
    let place = Place::new();
    let project = place.example();
    let filter = RowFilter {
        sort: vec![SortOrder {
            field: "companyName".into(),
            descending: true,
        }],
        ..RowFilter::default()
    };
    let shown = project.filtered_rows(&filter).unwrap().to_vec();
    let before = column(&project, "city");
    let scope = RowScope::Block {
        filter,
        offset: 3,
        rows: 4,
    };
    apply(&project, &bulk(scope, "city", CellChange::FillDown));
    let after = column(&project, "city");
    for row in 0..150_u32 {
        let expected = if shown[3..7].contains(&row) { shown[3] } else { row };
        assert_eq!(after[row as usize], before[expected as usize], "row {row}");
    }
}

#[test]
fn text_is_replaced_plainly_and_by_regular_expression_and_only_where_it_stands() {
    let place = Place::new();
    let project = place.example();
    let before = column(&project, "companyName");
    let hits = before
        .iter()
        .filter(|name| name.to_lowercase().contains("gmbh"))
        .count();
    assert!(hits > 3, "{before:?}");
    let plain = bulk(
        everything(),
        "companyName",
        CellChange::Replace(replacement("gmbh", "$1 GmbH.")),
    );
    let preview = preview_bulk(&project, &plain, &Watch::quiet()).unwrap();
    assert_eq!(preview.cells as usize, hits);
    assert!(
        preview.examples[0].after.contains("$1 GmbH."),
        "no group is meant: {preview:?}"
    );
    let exact = CellChange::Replace(Replacement {
        match_case: true,
        ..replacement("gmbh", "")
    });
    assert_eq!(
        preview_bulk(
            &project,
            &bulk(everything(), "companyName", exact),
            &Watch::quiet()
        )
        .unwrap()
        .cells,
        0
    );
    let swap = CellChange::Replace(Replacement {
        regex: true,
        whole_cell: true,
        ..replacement(r"(\S+) (.+) GmbH", "$2 $1 GmbH")
    });
    let (cells, _) = apply(&project, &bulk(everything(), "companyName", swap));
    assert!(cells > 0);
    let after = column(&project, "companyName");
    let (old, new) = before.iter().zip(&after).find(|(old, new)| old != new).unwrap();
    let mut words: Vec<&str> = old.trim_end_matches(" GmbH").split(' ').collect();
    words.rotate_left(1);
    assert_eq!(*new, format!("{} GmbH", words.join(" ")));
    let bad = CellChange::Replace(Replacement {
        regex: true,
        ..replacement("(", "")
    });
    let refused = preview_bulk(&project, &bulk(everything(), "city", bad), &Watch::quiet());
    assert!(matches!(refused, Err(WorkflowError::Pattern { .. })));
    let nothing = CellChange::Replace(replacement("", "x"));
    assert_eq!(apply(&project, &bulk(everything(), "city", nothing)).0, 0);
}

#[test]
fn a_cancelled_change_changes_nothing() {
    let place = Place::new();
    let project = place.example();
    let before = column(&project, "city");
    let watch = Watch::quiet();
    watch.cancel.cancel();
    let edit = bulk(everything(), "city", CellChange::Set { text: "Kiel".into() });
    let cancelled = apply_bulk(&project, &actor(), &edit, now(), &watch);
    assert!(matches!(cancelled, Err(WorkflowError::Cancelled)));
    assert_eq!(column(&project, "city"), before);
    assert_eq!(project.history(0, 10).unwrap(), []);
}

#[test]
fn spellings_are_found_and_unified_and_what_was_typed_is_given_back() {
    let place = Place::new();
    let project = place.example();
    for (row, city) in [(0, "KIEL"), (1, "Kiel"), (2, "kiel "), (3, "Kiel")] {
        let edit = bulk(
            RowScope::Rows(vec![row]),
            "city",
            CellChange::Set { text: city.into() },
        );
        apply(&project, &edit);
    }
    let found = value_clusters(
        &project,
        &RowFilter::default(),
        "city",
        ClusterMethod::Fingerprint,
        &Watch::quiet(),
    )
    .unwrap();
    let kiel = found
        .clusters
        .iter()
        .find(|cluster| cluster.values.iter().any(|known| known.value == "KIEL"))
        .unwrap();
    assert_eq!(kiel.values[0].value, "Kiel", "the most frequent one: {kiel:?}");
    let unify = CellChange::Unify {
        values: kiel.values.iter().map(|known| known.value.clone()).collect(),
        to: "Kiel".into(),
    };
    let (cells, _) = apply(&project, &bulk(everything(), "city", unify));
    assert_eq!(cells, (kiel.rows - kiel.values[0].rows) as usize);
    assert!(column(&project, "city")[..4].iter().all(|city| city == "Kiel"));
    let (restored, _) = apply(&project, &bulk(everything(), "city", CellChange::Restore));
    assert_eq!(restored, 4);
    let edited = RowFilter {
        edited_only: true,
        ..RowFilter::default()
    };
    assert_eq!(project.filtered_rows(&edited).unwrap().len(), 0);
}

#[test]
fn each_facet_counts_what_the_others_leave() {
    let place = Place::new();
    let project = place.example();
    project
        .decide(&actor(), &[4, 5], Some(DecisionKind::Hold), None)
        .unwrap();
    let rows = |filter: &RowFilter| u32::try_from(project.filtered_rows(filter).unwrap().len()).unwrap();
    let whole = project.facets(&RowFilter::default()).unwrap();
    assert_eq!(whole.rows, 150);
    assert_eq!(whole.decisions[&DecisionView::Hold], 2);
    assert_eq!(whole.sources.values().sum::<u32>(), 150);
    let city = project.value_facet(&RowFilter::default(), "city", "", 5).unwrap();
    assert_eq!(city.values.len(), 5);
    assert!(city.different > 5);
    let chosen = &city.values[0];
    let filter = RowFilter {
        severities: vec![Severity::Error],
        values: vec![ValueFilter {
            column: "city".into(),
            values: vec![chosen.value.clone()],
        }],
        ..RowFilter::default()
    };
    let both = project.facets(&filter).unwrap();
    assert_eq!(both.rows, rows(&filter));
    // The severities are counted as if none were chosen, the codes with it.
    let only_city = RowFilter {
        severities: Vec::new(),
        ..filter.clone()
    };
    assert_eq!(rows(&only_city), chosen.rows);
    for (&severity, &count) in &both.severities {
        let one = RowFilter {
            severities: vec![severity],
            ..filter.clone()
        };
        assert_eq!(rows(&one), count, "{severity:?}");
    }
    for (code, &count) in &both.codes {
        let one = RowFilter {
            codes: vec![code.clone()],
            ..filter.clone()
        };
        assert_eq!(rows(&one), count, "{code}");
    }
    // A column's own choice does not narrow its list.
    let errors_only = RowFilter {
        values: Vec::new(),
        ..filter.clone()
    };
    assert_eq!(
        project
            .value_facet(&filter, "city", "", 500)
            .unwrap()
            .different
            .max(1),
        project
            .value_facet(&errors_only, "city", "", 500)
            .unwrap()
            .different
            .max(1)
    );
    let found = project
        .value_facet(&RowFilter::default(), "city", "burg", 500)
        .unwrap();
    assert!(
        found
            .values
            .iter()
            .all(|known| known.value.to_lowercase().contains("burg"))
    );
    assert!(!found.values.is_empty());
}

#[test]
fn computed_columns_are_sorted_and_filtered_like_all_others() {
    let place = Place::new();
    let project = place.example();
    let facet = project
        .value_facet(&RowFilter::default(), "protectionStatus", "", 10)
        .unwrap();
    let values: BTreeSet<&str> = facet.values.iter().map(|known| known.value.as_str()).collect();
    assert!(values.contains("EXPIRED"), "{facet:?}");
    let filter = RowFilter {
        values: vec![ValueFilter {
            column: "protectionStatus".into(),
            values: vec!["EXPIRED".into()],
        }],
        sort: vec![SortOrder {
            field: "protectionUntil".into(),
            descending: false,
        }],
        ..RowFilter::default()
    };
    let rows = project.filtered_rows(&filter).unwrap();
    let states = project.row_states(&rows).unwrap();
    assert!(!states.is_empty());
    assert!(states.is_sorted_by_key(|state| state.protection.as_ref().unwrap().until));
    let activities = RowFilter {
        sort: vec![SortOrder {
            field: "activities".into(),
            descending: true,
        }],
        ..RowFilter::default()
    };
    let rows = project.filtered_rows(&activities).unwrap();
    let states = project.row_states(&rows).unwrap();
    assert!(states.is_sorted_by_key(|state| std::cmp::Reverse(state.activities.len())));
    assert!(!states[0].activities.is_empty());
}

#[test]
fn a_filter_by_value_follows_an_edit() {
    let place = Place::new();
    let project = place.example();
    let filter = RowFilter {
        values: vec![ValueFilter {
            column: "city".into(),
            values: vec!["Husum".into()],
        }],
        ..RowFilter::default()
    };
    let before = project.filtered_rows(&filter).unwrap().to_vec();
    assert!(!before.contains(&9));
    apply(
        &project,
        &bulk(
            RowScope::Rows(vec![9]),
            "city",
            CellChange::Set { text: "Husum".into() },
        ),
    );
    assert!(project.filtered_rows(&filter).unwrap().contains(&9));
    let search = RowFilter {
        search: "HUSUM".into(),
        ..RowFilter::default()
    };
    assert!(project.filtered_rows(&search).unwrap().contains(&9));
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert_eq!(*project.filtered_rows(&filter).unwrap(), before);
    assert!(!project.filtered_rows(&search).unwrap().contains(&9));
}

#[test]
fn where_rows_are_compared_later_none_is_forgotten() {
    let place = Place::new();
    let project = place.example();
    let email = project.target().field_index("contact.email").unwrap();
    let other = project.row_states(&[5]).unwrap()[0].fields[email]
        .shown()
        .to_owned();
    let is_double = |project: &Project| {
        let doubles = RowFilter {
            states: vec![RowView::Duplicates],
            ..RowFilter::default()
        };
        project.matching_rows(&doubles).unwrap().contains(&20)
    };
    assert!(!is_double(&project));
    project.compare_later();
    let edit = FieldEdit {
        row: 20,
        field: "contact.email".into(),
        text: Some(other),
    };
    edit_fields(&project, &actor(), ChangeKind::Edit, &json!({}), &[edit], now()).unwrap();
    assert!(!is_double(&project), "nobody has asked for it yet");
    // The program ends before anybody does.
    let path = project.path().to_path_buf();
    drop(project);
    let project = Project::open(&path).unwrap();
    assert_eq!(compare_waiting(&project, now()).unwrap(), [20]);
    assert!(is_double(&project));
    assert_eq!(compare_waiting(&project, now()).unwrap(), [0; 0]);
}

#[test]
fn views_are_kept_by_name_in_the_project() {
    let place = Place::new();
    let project = place.example();
    project
        .put_view(&actor(), "Nachfassen", &json!({ "search": "kiel" }))
        .unwrap();
    project
        .put_view(&actor(), "Ärger", &json!({ "errors": true }))
        .unwrap();
    project
        .put_view(&actor(), "Nachfassen", &json!({ "search": "husum" }))
        .unwrap();
    let path = project.path().to_path_buf();
    drop(project);
    let project = Project::open(&path).unwrap();
    let views = project.named_views().unwrap();
    assert_eq!(views.len(), 2);
    assert_eq!(views[0].name, "Nachfassen");
    assert_eq!(views[0].view, json!({ "search": "husum" }));
    assert_eq!(views[0].put_by, "Eva Beispiel");
    assert!(project.remove_view(&actor(), "Nachfassen").unwrap());
    assert!(!project.remove_view(&actor(), "Nachfassen").unwrap());
    assert_eq!(project.named_views().unwrap().len(), 1);
}
