//! What one project imports is known to the next one on the same machine.

use std::collections::BTreeSet;

use lotse_core::migration::Mode;
use lotse_core::target::Target;
use lotse_engine::imported_leads::ImportedLeads;
use lotse_engine::jobs::Watch;
use lotse_engine::places::Places;
use lotse_engine::project::{NewProject, Project, PushState, SourceRole};
use lotse_engine::workflows::push::RunSettings;
use lotse_engine::workflows::{approve_ready, take_in_imported};

use super::pushing::{ImportServer, patient};
use super::{Place, actor, check_and_compare, now, prepare};

/// The example, imported by a server but for the four leads that it refuses.
fn imported_example(place: &Place, imported: &ImportedLeads) -> Project {
    let project = place.example();
    approve_ready(&project, &actor(), now()).unwrap();
    let server = ImportServer::start();
    let settings = RunSettings {
        imported: Some(imported.clone()),
        ..patient()
    };
    for mode in [Mode::DryRun, Mode::Production] {
        let push = server.next(&project, mode).unwrap();
        assert_eq!(
            server.run(&project, push, &settings).unwrap(),
            PushState::Finished
        );
    }
    project
}

fn take_in(project: &Project, imported: &ImportedLeads) -> Option<i64> {
    let source = take_in_imported(project, &actor(), imported, "Früher importiert", &Watch::quiet());
    let source = source.unwrap();
    check_and_compare(project);
    source
}

fn identity(project: &Project, row: u32) -> String {
    let field = project.target().field_index("externalId").unwrap();
    let state = project.row_states(&[row]).unwrap().remove(0);
    state.fields[field].shown().to_string()
}

#[test]
fn leads_that_one_project_imported_double_those_of_the_next() {
    let place = Place::new();
    let imported = ImportedLeads::of(&Places::below(&place.path("home")));
    let first = imported_example(&place, &imported);
    assert_eq!(imported.remember(&first).unwrap(), 0, "known already");
    assert_eq!(take_in(&first, &imported), None, "its own leads double nothing");

    let new = NewProject::named("Altbestand Nord", Target::builtin("migration").unwrap());
    let next = Project::create(&place.path("next.lotse"), &new, &actor()).unwrap();
    prepare(&next, &place.path("partner-export.xlsx"));
    let alone = next.duplicate_pairs().unwrap();
    take_in(&next, &imported).unwrap();
    let source = take_in(&next, &imported).unwrap();
    let sources = next.sources().unwrap();
    let references: Vec<_> = sources
        .iter()
        .filter(|source| source.role == SourceRole::Reference)
        .collect();
    assert_eq!(
        references.len(),
        1,
        "those that were taken in before are replaced"
    );
    assert_eq!((references[0].id, references[0].row_count), (source, 134));

    let pairs = next.duplicate_pairs().unwrap();
    let among_rows = pairs.iter().filter(|pair| pair.row_b < references[0].first_row);
    assert_eq!(among_rows.count(), alone.len());
    let twins: BTreeSet<String> = pairs
        .iter()
        .filter(|pair| pair.row_b >= references[0].first_row)
        .map(|pair| (identity(&next, pair.row_a), identity(&next, pair.row_b)))
        .filter(|(row, reference)| row == reference)
        .map(|(row, _)| row)
        .collect();
    assert_eq!(twins.len(), 134, "each lead is found again");
}

#[test]
fn where_nothing_was_imported_nothing_is_taken_in() {
    let place = Place::new();
    let imported = ImportedLeads::of(&Places::below(&place.path("home")));
    let project = place.example();
    assert_eq!(imported.remember(&project).unwrap(), 0);
    assert_eq!(take_in(&project, &imported), None);
    assert!(!place.path("home").exists(), "no file without a lead");
}

#[test]
#[cfg(unix)]
fn imported_leads_are_kept_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let places = Places::below(&place.path("home"));
    let imported = ImportedLeads::of(&places);
    imported_example(&place, &imported);
    for file in std::fs::read_dir(&places.data).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
    imported.forget().unwrap();
    let new = NewProject::named("Altbestand Nord", Target::builtin("migration").unwrap());
    let next = Project::create(&place.path("next.lotse"), &new, &actor()).unwrap();
    assert_eq!(take_in(&next, &imported), None);
}
