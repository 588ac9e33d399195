//! From doubles to an approval and its proof: groups decided by keyboard, rows approved, the log verified and exported.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lotse_core::language::Language;
use lotse_core::mapping::ProgressDecision;
use lotse_core::target::Target;
use lotse_core::values::Instant;
use lotse_engine::clock::Actor;
use lotse_engine::example;
use lotse_engine::jobs::Watch;
use lotse_engine::project::{AuditEntry, AuditVerdict, NewProject, Project, SourceRole};
use lotse_engine::sources::ReadSettings;
use lotse_engine::workflows::{check_all, check_settings, compare_all, load_file, set_mapping, set_owners};
use lotse_tests::window::{Opening, Program, Window};
use serde_json::json;

const NOW: &str = "2025-10-12T14:30:00Z";

/// The example, loaded, mapped, checked and compared, as a project file.
pub(super) fn project(folder: &Path) -> PathBuf {
    let actor = Actor {
        name: "Eva Beispiel".into(),
        machine: "werft-3".into(),
    };
    let workbook = folder.join("partner-export.xlsx");
    example::write_workbook(&workbook).expect("the folder is ours");
    let path = folder.join("altbestand.lotse");
    let target = Target::builtin("migration").expect("it is compiled in");
    let project = Project::create(&path, &NewProject::named("Altbestand Süd", target), &actor)
        .expect("the folder is ours");
    let settings = ReadSettings::default();
    let source = load_file(
        &project,
        &actor,
        &workbook,
        &settings,
        SourceRole::Leads,
        &Watch::quiet(),
    )
    .expect("the example can be read")
    .source_id;
    let mut mapping = project
        .mapping(source)
        .expect("the project can be read")
        .expect("the example is mapped");
    let decisions = [
        ("MEETING", true),
        ("SAMPLE_SENT", true),
        ("CALL", false),
        ("DEMO", true),
        ("FIRST_CONTACT_DOCUMENTED", false),
    ];
    mapping.progress = decisions
        .map(|(kind, counts)| {
            let decision = ProgressDecision {
                counts,
                decided_by: None,
                decided_at: None,
            };
            (kind.to_owned(), decision)
        })
        .into_iter()
        .collect::<BTreeMap<_, _>>();
    set_mapping(&project, &actor, source, &mapping).expect("the mapping fits");
    set_owners(&project, &actor, Some(&example::OWNERS.map(String::from).into())).expect("it can be written");
    let now = Instant::from_rfc3339(NOW).expect("a moment");
    let settings = check_settings(&project, now).expect("the project can be read");
    check_all(&project, &settings, &Watch::quiet()).expect("the rows can be checked");
    compare_all(&project, &actor, &Watch::quiet()).expect("the rows can be compared");
    project.close().expect("it can be closed");
    path
}

async fn go_to(window: &Window, step: &str) {
    let place = window.test_id(&format!("step-{step}")).await;
    place.click().await.expect("a step can be clicked");
}

/// Waits until so many groups are decided and the next one is shown: a key pressed before would be about none.
async fn decided(window: &Window, count: &str) {
    window.text(count).await;
    window
        .until("the next group is shown", async || {
            let shown = "return document.querySelector('.main')?.ariaBusy === 'false'";
            window.script::<bool>(shown, vec![]).await.then_some(())
        })
        .await;
}

#[tokio::test]
async fn doubles_are_decided_by_keyboard_then_approved_and_proved() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = project(folder.path());
    let window = Opening::default()
        .argument("--now")
        .argument(NOW)
        .argument(path.display().to_string())
        .variable("LOTSE_HOME", folder.path().join("home").display().to_string())
        .variable("LOTSE_USER", "Astrid Vogt")
        .open(Program::Desktop)
        .await;
    window.resize(1440, 900).await;
    go_to(&window, "duplicates").await;
    window.text("3 Gruppen · 0 entschieden").await;
    window.role("button", "Zusammenführen").await;
    window.screenshot("duplicates-de-light").await;
    assert_eq!(window.violations().await, []);

    // Certain ones first: merged into the later row, which then goes.
    window.press("2").await;
    window.press("M").await;
    decided(&window, "3 Gruppen · 1 entschieden").await;
    window.press("S").await;
    decided(&window, "3 Gruppen · 2 entschieden").await;
    window.role("heading", "Bäckerei Sonnenschein").await;
    window.screenshot("duplicates-de-light-last").await;
    assert_eq!(window.violations().await, []);
    window.press("N").await;
    window.text("2 Gruppen · 2 entschieden").await;
    window.press("Ctrl+Z").await;
    decided(&window, "3 Gruppen · 2 entschieden").await;
    window.press("Ctrl+Y").await;
    window.text("Alles entschieden").await;
    window.screenshot("duplicates-de-light-decided").await;
    assert_eq!(window.violations().await, []);

    go_to(&window, "approval").await;
    window.text("Freigegeben wird im Namen von Astrid Vogt").await;
    window.screenshot("approval-de-light").await;
    assert_eq!(window.violations().await, []);
    window.press("Ctrl+Enter").await;
    window.role("heading", "137 Leads sind freigegeben").await;
    window.screenshot("approval-de-light-done").await;
    assert_eq!(window.violations().await, []);

    go_to(&window, "audit").await;
    for sentence in [
        "Freigabe erteilt: 137 Leads",
        "Zeilen zusammengeführt: 2 Zeilen, Zeile 108 bleibt",
        "Paar getrennt: 1 Paar",
        "Rückgängig gemacht: Paar getrennt",
    ] {
        window.text(sentence).await;
    }
    window.click("button", "Kette prüfen").await;
    window.text("die Kette ist unversehrt").await;
    window.screenshot("audit-de-light").await;
    assert_eq!(window.violations().await, []);

    // The dialog that asks for the place is the system's; what follows it is ours.
    let lines = folder.path().join("protokoll.jsonl");
    let written: u32 = window
        .script_async(
            "return window.__TAURI_INTERNALS__.invoke('export_audit', { path: args[0] })",
            vec![json!(lines.display().to_string())],
        )
        .await;
    let text = std::fs::read_to_string(&lines).expect("the export is there");
    let mut verdict = AuditVerdict::default();
    for line in text.lines() {
        verdict.take(serde_json::from_str::<AuditEntry>(line).expect("a line is an entry"));
    }
    assert_eq!((verdict.entries, verdict.first_broken), (written.into(), None));

    for (width, height) in [(1024, 700), (1440, 900)] {
        window.resize(width, height).await;
        window.press("Ctrl+K").await;
        window.type_text("darstellung dunkel").await;
        window.press("Enter").await;
        for (step, button) in [
            ("duplicates", "Zusammenführen"),
            ("approval", "Zur Übertragung"),
            ("audit", "Kette prüfen"),
        ] {
            go_to(&window, step).await;
            window.role("button", button).await;
            window.screenshot(&format!("{step}-de-dark-{width}")).await;
            assert_eq!(window.violations().await, [], "{step} at {width}x{height}");
        }
    }
    window.close().await;

    let project = Project::open(&path).expect("the window has closed it");
    assert_eq!(project.verify_audit().expect("it can be read").first_broken, None);
    assert_eq!(project.approval_preview().approved, 137);
    let reopened = lotse_engine::workflows::audit_window(
        &project,
        &lotse_engine::workflows::AuditFilter::default(),
        Language::De,
        0,
        1,
    );
    assert_eq!(
        reopened.expect("it can be read").lines[0].actor,
        "Astrid Vogt",
        "what was done in the window was done by the person in front of it"
    );
}
