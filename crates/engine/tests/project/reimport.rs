use lotse_core::language::Language;
use lotse_engine::jobs::Watch;
use lotse_engine::workflows::{apply_reimport, preview_reimport, undo, write_rejected};

use super::{Place, actor, now};

/// Writes the rejected rows as CSV, lets `correct` change the text, and gives the path of the corrected file.
fn corrected(
    place: &Place,
    project: &lotse_engine::project::Project,
    correct: impl Fn(&str) -> String,
) -> std::path::PathBuf {
    let path = place.path("abgelehnt.csv");
    write_rejected(project, &path, Language::De).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, correct(&text)).unwrap();
    path
}

#[test]
fn rejected_rows_go_out_with_reasons_and_come_back_corrected() {
    let place = Place::new();
    let project = place.example();
    let path = corrected(&place, &project, |text| {
        assert!(text.contains("nach dem @ fehlt die Domain"), "{text}");
        assert!(text.contains("contact.email"));
        text.replace("max.mustermann@;", "max@musterkueche.example;")
            .replace("01.01.2027", "01.01.2025")
    });
    let preview = preview_reimport(&project, &path, &Watch::quiet())
        .unwrap()
        .unwrap();
    assert_eq!(
        (preview.matched, preview.unknown.len(), preview.without_id),
        (11, 0, 0)
    );
    let fields: Vec<(u32, &str)> = preview
        .changes
        .iter()
        .map(|change| (change.row, change.field.as_str()))
        .collect();
    assert_eq!(fields, [(7, "contact.email"), (19, "registeredAt")]);
    apply_reimport(&project, &actor(), "abgelehnt.csv", &preview, now()).unwrap();
    assert_eq!(project.approval_preview().with_errors, 9);
    undo(&project, &actor(), now(), &Watch::quiet()).unwrap();
    assert_eq!(
        project.approval_preview().with_errors,
        11,
        "one step takes the whole file back"
    );
}

#[test]
fn an_unchanged_file_changes_nothing() {
    let place = Place::new();
    let project = place.example();
    for name in ["abgelehnt.csv", "abgelehnt.xlsx"] {
        let path = place.path(name);
        assert_eq!(write_rejected(&project, &path, Language::De).unwrap(), 11);
        let preview = preview_reimport(&project, &path, &Watch::quiet())
            .unwrap()
            .unwrap();
        assert_eq!(
            (preview.matched, preview.changes.len()),
            (11, 0),
            "{name}: {:?}",
            preview.changes
        );
    }
}

#[test]
fn rows_of_another_project_are_named_and_not_taken() {
    let place = Place::new();
    let project = place.example();
    let path = corrected(&place, &project, |text| text.replace("F10007", "X999"));
    let preview = preview_reimport(&project, &path, &Watch::quiet())
        .unwrap()
        .unwrap();
    assert_eq!(preview.unknown, ["X999"]);
    let other = place.path("andere.csv");
    std::fs::write(&other, "Firma;Ort\nKrone;Ulm\n").unwrap();
    assert!(
        preview_reimport(&project, &other, &Watch::quiet())
            .unwrap()
            .is_none()
    );
}
