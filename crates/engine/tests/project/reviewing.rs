//! What the table and the panel beside it rest on: filters, kept orders, previews, the way back through the history.

use lotse_core::finding::Severity;
use lotse_engine::jobs::Watch;
use lotse_engine::project::{ChangeKind, FieldEdit, Project, RowFilter, RowView};
use lotse_engine::workflows::{
    FixPreview, apply_fix, edit_fields, go_to_change, preview_fix, set_mapping, undo,
};
use serde_json::json;

use super::{Place, actor, check_and_compare, now};

fn put(project: &Project, row: u32, field: &str, text: &str) {
    let edit = FieldEdit {
        row,
        field: field.into(),
        text: Some(text.into()),
    };
    edit_fields(project, &actor(), ChangeKind::Edit, &json!({}), &[edit], now()).unwrap();
}

fn city(project: &Project, row: u32) -> String {
    let at = project.target().field_index("city").unwrap();
    project.row_states(&[row]).unwrap()[0].fields[at].text.clone()
}

#[test]
fn filters_of_different_kinds_hold_together() {
    let place = Place::new();
    let project = place.example();
    put(&project, 3, "city", "Kiel");
    put(&project, 7, "city", "Kiel");
    let rows = |filter: RowFilter| project.filtered_rows(&filter).unwrap().to_vec();
    let edited = RowFilter {
        edited_only: true,
        ..RowFilter::default()
    };
    assert_eq!(rows(edited.clone()), [3, 7]);
    let errors = vec![Severity::Error];
    assert_eq!(
        rows(RowFilter {
            severities: errors.clone(),
            ..edited.clone()
        }),
        [7],
        "row 7 has no good e-mail"
    );
    let both = RowFilter {
        severities: errors,
        states: vec![RowView::Imported],
        ..edited
    };
    assert_eq!(rows(both), [0; 0]);
}

#[test]
fn an_order_is_kept_until_it_is_asked_for_afresh() {
    let place = Place::new();
    let project = place.example();
    let filter = RowFilter {
        codes: vec!["email.invalid".into()],
        ..RowFilter::default()
    };
    assert_eq!(*project.filtered_rows(&filter).unwrap(), [7]);
    put(&project, 7, "contact.email", "max@musterkueche.example");
    preview_fix(&project, "email.invalid").unwrap();
    assert_eq!(
        *project.kept_rows(&filter).unwrap(),
        [7],
        "whoever else asks for these rows leaves the table's order alone"
    );
    assert_eq!(*project.filtered_rows(&filter).unwrap(), [0; 0]);
    assert_eq!(*project.kept_rows(&filter).unwrap(), [0; 0]);
}

#[test]
fn rows_are_unchecked_once_their_mapping_has_changed() {
    let place = Place::new();
    let project = place.example();
    let everything = RowFilter::default();
    assert_eq!(project.unchecked_rows().unwrap(), 0);
    let source = project.sources().unwrap()[0].id;
    let mapping = project.mapping(source).unwrap().unwrap();
    assert_eq!(project.kept_rows(&everything).unwrap().len(), 150);
    set_mapping(&project, &actor(), source, &mapping).unwrap();
    assert_eq!(project.unchecked_rows().unwrap(), 150);
    check_and_compare(&project);
    assert_eq!(project.unchecked_rows().unwrap(), 0);
    project.remove_source(&actor(), source).unwrap();
    assert_eq!(project.unchecked_rows().unwrap(), 0);
    assert_eq!(
        project.kept_rows(&everything).unwrap().len(),
        0,
        "an order of rows that are gone is none"
    );
}

#[test]
fn a_correction_changes_the_rows_that_its_preview_names() {
    let place = Place::new();
    let project = place.example();
    let preview = preview_fix(&project, "company_name.encoding").unwrap();
    assert_eq!(
        preview,
        FixPreview {
            rows: 1,
            fixable: 1,
            examples: vec![("MÃ¼ller Feinkost".into(), "Müller Feinkost".into())],
        }
    );
    let rows = apply_fix(
        &project,
        &actor(),
        "company_name.encoding",
        None,
        now(),
        &Watch::quiet(),
    )
    .unwrap();
    assert_eq!(rows.len(), preview.fixable as usize);
    assert_eq!(preview_fix(&project, "company_name.encoding").unwrap().fixable, 0);
    assert_eq!(
        preview_fix(&project, "email.invalid").unwrap(),
        FixPreview {
            rows: 1,
            ..FixPreview::default()
        },
        "what is not there cannot be guessed"
    );
}

#[test]
fn the_history_leads_to_any_moment_and_forth_again() {
    let place = Place::new();
    let project = place.example();
    let loaded = city(&project, 5);
    for name in ["Kiel", "Husum", "Emden"] {
        put(&project, 5, "city", name);
    }
    let changes = project.history(0, 10).unwrap();
    let [third, second, first] = [changes[0].id, changes[1].id, changes[2].id];
    let go = |change| go_to_change(&project, &actor(), change, now(), &Watch::quiet()).unwrap();
    assert_eq!(go(first), (2, vec![5]));
    assert_eq!(city(&project, 5), "Kiel");
    assert_eq!(go(third), (2, vec![5]));
    assert_eq!(city(&project, 5), "Emden");
    assert_eq!(go(third), (0, vec![]), "it stands there already");
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert_eq!(go(0), (2, vec![5]));
    assert_eq!(city(&project, 5), loaded);
    assert_eq!(go(second), (2, vec![5]));
    assert_eq!(city(&project, 5), "Husum");
    let histories = project.row_history(5).unwrap();
    let texts = histories["city"].iter().map(|entry| entry.after.as_deref());
    assert_eq!(texts.collect::<Vec<_>>(), [Some("Kiel"), Some("Husum")]);
}
