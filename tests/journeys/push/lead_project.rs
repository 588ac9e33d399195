//! A project as the engine prepares it, and its ledger as the engine reads it.

use std::path::{Path, PathBuf};

use lotse_core::mapping::ProgressDecision;
use lotse_core::target::Target;
use lotse_core::values::Instant;
use lotse_engine::clock::Actor;
use lotse_engine::jobs::Watch;
use lotse_engine::project::{LeadFate, NewProject, Project, ProjectError, PushState, SourceRole};
use lotse_engine::sources::ReadSettings;
use lotse_engine::workflows::{
    approve_ready, check_all, check_settings, compare_all, load_file, set_mapping, set_owners,
};

use super::NOW;

/// How long a window may take to let a project go.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// The example export, loaded, mapped, decided, checked, compared and approved.
pub(super) fn approved_example(folder: &Path) -> PathBuf {
    let actor = Actor {
        name: "Eva Beispiel".into(),
        machine: "werft-3".into(),
    };
    let (watch, now) = (Watch::quiet(), Instant::from_rfc3339(NOW).expect("a moment"));
    let (path, file) = (
        folder.join("Altbestand.lotse"),
        folder.join("partner-export.xlsx"),
    );
    lotse_engine::example::write_workbook(&file).expect("the example can be written");
    let new = NewProject::named(
        "Altbestand Süd",
        Target::builtin("migration").expect("it is compiled in"),
    );
    let project = Project::create(&path, &new, &actor).expect("a new project");
    let loaded = load_file(
        &project,
        &actor,
        &file,
        &ReadSettings::default(),
        SourceRole::Leads,
        &watch,
    )
    .expect("the example can be read");
    let mut mapping = project
        .mapping(loaded.source_id)
        .expect("the project can be read")
        .expect("the example maps itself");
    for kind in [
        "MEETING",
        "SAMPLE_SENT",
        "CALL",
        "DEMO",
        "FIRST_CONTACT_DOCUMENTED",
    ] {
        mapping.progress.insert(
            kind.into(),
            ProgressDecision {
                counts: kind != "CALL",
                decided_by: None,
                decided_at: None,
            },
        );
    }
    set_mapping(&project, &actor, loaded.source_id, &mapping).expect("the mapping fits");
    let owners = lotse_engine::example::OWNERS.map(String::from).into();
    set_owners(&project, &actor, Some(&owners)).expect("owners can be set");
    let settings = check_settings(&project, now).expect("settings");
    check_all(&project, &settings, &watch).expect("all rows can be checked");
    compare_all(&project, &actor, &watch).expect("all rows can be compared");
    approve_ready(&project, &actor, now).expect("some rows are ready");
    project.close().expect("the project can be closed");
    path
}

/// A push as the ledger has it.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) mode: &'static str,
    pub(super) state: PushState,
    pub(super) leads: u32,
    pub(super) imported: u32,
    pub(super) skipped: u32,
    pub(super) failed: u32,
    pub(super) open: u32,
}

fn opened<T>(path: &Path, read: impl FnOnce(&Project) -> T) -> T {
    let begun = std::time::Instant::now();
    let project = loop {
        match Project::open(path) {
            Ok(project) => break project,
            // A window that was closed takes its moment to let the project go.
            Err(ProjectError::InUse { .. }) if begun.elapsed() < PATIENCE => {
                std::thread::sleep(std::time::Duration::from_millis(25));
            }
            Err(error) => panic!("the window has not let the project go: {error}"),
        }
    };
    let read = read(&project);
    project.close().expect("the project can be closed");
    read
}

/// All pushes, the newest first.
pub(super) fn ledger(path: &Path) -> Vec<Sent> {
    opened(path, |project| {
        let pushes = project.pushes().expect("the ledger can be read");
        let sent = pushes.into_iter().map(|push| {
            let counts = project.push_counts(push.id).expect("the ledger can be read");
            Sent {
                mode: push.mode.as_str(),
                state: push.state,
                leads: counts.leads,
                imported: counts.imported,
                skipped: counts.skipped,
                failed: counts.failed,
                open: counts.open,
            }
        });
        sent.collect()
    })
}

/// Idempotency keys of all batches.
pub(super) fn keys(path: &Path) -> Vec<String> {
    opened(path, |project| {
        let pushes = project.pushes().expect("the ledger can be read");
        pushes
            .iter()
            .flat_map(|push| project.batches(push.id).expect("the ledger can be read"))
            .map(|batch| batch.idempotency_key)
            .collect()
    })
}

/// The server's id and the external id of every imported lead.
pub(super) fn imported(path: &Path) -> Vec<(i64, String)> {
    opened(path, |project| {
        let push = &project.pushes().expect("the ledger can be read")[0];
        let (_, leads) = project
            .push_leads_of(push.id, Some(LeadFate::Imported), 0, 1000)
            .expect("the ledger can be read");
        let named = leads
            .into_iter()
            .filter_map(|(lead, _)| Some((lead.lead_id?, lead.external_id.0)));
        named.collect()
    })
}
