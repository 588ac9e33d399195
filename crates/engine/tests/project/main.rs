//! The project file and the workflows on it, against real files and a real database.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation in a test is a failed test"
)]

mod additions;
mod audit;
mod bulk;
mod decide_by_rule;
mod duplicates;
mod editing;
mod imported;
mod kept_rows;
mod many;
mod mapping;
mod opening;
mod pushing;
mod reimport;
mod reviewing;
mod templates;
mod walk;

use std::path::{Path, PathBuf};

use lotse_core::mapping::ProgressDecision;
use lotse_core::target::Target;
use lotse_core::values::Instant;
use lotse_engine::clock::Actor;
use lotse_engine::jobs::Watch;
use lotse_engine::project::{NewProject, Project, SourceRole};
use lotse_engine::sources::ReadSettings;
use lotse_engine::workflows::{check_all, check_settings, compare_all, load_file, set_mapping, set_owners};

/// A moment after everything in the example, so that results do not depend on the day of the test.
fn now() -> Instant {
    Instant::from_rfc3339("2025-10-12T14:30:00Z").unwrap()
}

fn actor() -> Actor {
    Actor {
        name: "Eva Beispiel".into(),
        machine: "werft-3".into(),
    }
}

/// A folder with a project file in it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Place {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn project(&self) -> Project {
        let new = NewProject::named("Altbestand Süd", Target::builtin("migration").unwrap());
        Project::create(&self.path("altbestand.lotse"), &new, &actor()).unwrap()
    }

    /// The invented partner's export, loaded, mapped, decided, checked and compared.
    fn example(&self) -> Project {
        let file = self.path("partner-export.xlsx");
        lotse_engine::example::write_workbook(&file).unwrap();
        let project = self.project();
        prepare(&project, &file);
        project
    }
}

fn load(project: &Project, file: &Path) -> i64 {
    let settings = ReadSettings::default();
    load_file(
        project,
        &actor(),
        file,
        &settings,
        SourceRole::Leads,
        &Watch::quiet(),
    )
    .unwrap()
    .source_id
}

fn prepare(project: &Project, file: &Path) {
    let source = load(project, file);
    let mut mapping = project.mapping(source).unwrap().unwrap();
    for (kind, counts) in [
        ("MEETING", true),
        ("SAMPLE_SENT", true),
        ("CALL", false),
        ("DEMO", true),
        ("FIRST_CONTACT_DOCUMENTED", false),
    ] {
        mapping.progress.insert(
            kind.into(),
            ProgressDecision {
                counts,
                decided_by: None,
                decided_at: None,
            },
        );
    }
    set_mapping(project, &actor(), source, &mapping).unwrap();
    let owners = lotse_engine::example::OWNERS.map(String::from).into();
    set_owners(project, &actor(), Some(&owners)).unwrap();
    check_and_compare(project);
}

fn check_and_compare(project: &Project) {
    check_all(project, &check_settings(project, now()).unwrap(), &Watch::quiet()).unwrap();
    compare_all(project, &actor(), &Watch::quiet()).unwrap();
}
