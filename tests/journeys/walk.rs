//! The whole walk, as a migration officer goes it: from a dirty export to an audited import, and back the next day.

use std::path::Path;

use lotse_engine::example;
use lotse_tests::import_server::ImportServer;
use lotse_tests::secret_service::SecretService;
use lotse_tests::window::{Opening, Program, Window};
use serde_json::json;

const NOW: &str = "2025-10-12T14:30:00Z";

/// A desk of its own: folders, keyring, name.
pub(super) struct Office {
    pub(super) home: tempfile::TempDir,
    keyring: SecretService,
}

impl Office {
    pub(super) fn new() -> Self {
        Office {
            home: tempfile::tempdir().expect("a folder"),
            keyring: SecretService::start(&[]),
        }
    }

    pub(super) async fn open(&self, arguments: &[&str]) -> Window {
        let mut opening = Opening::default()
            .variable("LOTSE_HOME", self.home.path().display().to_string())
            .variable("LOTSE_USER", "Astrid Vogt")
            .variable("DBUS_SESSION_BUS_ADDRESS", &self.keyring.address)
            .argument("--now")
            .argument(NOW);
        for argument in arguments {
            opening = opening.argument(*argument);
        }
        opening.open(Program::Desktop).await
    }
}

pub(super) async fn go(window: &Window, step: &str) {
    let place = window.test_id(&format!("step-{step}")).await;
    place.click().await.expect("a step can be clicked");
}

/// A picture of the screen, after axe has looked at it.
async fn look(window: &Window, name: &str) {
    window.screenshot(name).await;
    assert_eq!(window.violations().await, [], "{name}");
}

async fn fill(window: &Window, label: &str, text: &str) {
    let field = window.label(label).await;
    field.clear().await.expect("a field can be emptied");
    field.send_keys(text).await.expect("a field takes a text");
}

/// Answers every question about progress: meetings, demonstrations and samples count.
async fn answer_progress(window: &Window) {
    for (kind, counts) in [
        ("CALL", false),
        ("DEMO", true),
        ("FIRST_CONTACT_DOCUMENTED", false),
        ("MEETING", true),
        ("SAMPLE_SENT", true),
    ] {
        window.test_id(&format!("progress-{kind}")).await;
        window
            .until(&format!("{kind} is answered"), async || {
                window
                    .script::<bool>(
                        "const answers = document.querySelector(`[data-testid=\"progress-${arguments[0]}\"] .answers`);
                         if (answers.querySelector('[aria-pressed=true]')) return true;
                         answers.querySelectorAll('button')[arguments[1] ? 0 : 1].click();
                         return false",
                        vec![json!(kind), json!(counts)],
                    )
                    .await
                    .then_some(())
            })
            .await;
    }
    window.gone("button", "Fragen zum Fortschritt offen").await;
}

/// From the dropped file to the checked rows.
async fn bring_in(window: &Window, file: &Path, name: &str) {
    window.role("heading", "Leads sicher in den Hafen").await;
    window.drop_files(&[file], 400, 400);
    window.role("region", "Die ersten Zeilen").await;
    window.text("150 Zeilen").await;
    look(window, &format!("{name}-1-sources")).await;
    window.press("Enter").await;
    window.role("region", "So wird daraus ein Lead").await;
    answer_progress(window).await;
    look(window, &format!("{name}-2-mapping")).await;
    window.press("Ctrl+Enter").await;
    window.role("grid", "Leads").await;
    window.text("150 von 150 Zeilen").await;
}

/// Goes by keys along the first row to the cell that says `wrong`, and writes `text` over it.
async fn correct(window: &Window, wrong: &str, text: &str) {
    let grid = window.role("grid", "Leads").await;
    grid.click().await.expect("the table can be clicked");
    window.press("Ctrl+Home").await;
    for _ in 0..40 {
        window.drawn().await;
        let said: String = window
            .script(
                "const grid = document.querySelector('[role=grid]');
                 return document.getElementById(grid.getAttribute('aria-activedescendant'))?.textContent ?? ''",
                vec![],
            )
            .await;
        if said.contains(wrong) {
            window.press("Enter").await;
            window.press("Ctrl+A").await;
            window.type_text(text).await;
            window.press("Enter").await;
            return;
        }
        window.press("ArrowRight").await;
    }
    panic!("no cell of the first row says {wrong}");
}

/// Stores a connection to `server` with its key, by the form.
pub(super) async fn connect(window: &Window, server: &ImportServer) {
    go(window, "connections").await;
    window.click("button", "Server hinzufügen").await;
    fill(window, "Name", "Abnahme").await;
    fill(window, "Adresse", &server.url()).await;
    fill(window, "API-Schlüssel", &server.key).await;
    window.click("button", "Speichern").await;
    window.text("im Schlüsselbund").await;
    window.click("button", "Prüfen").await;
    window.text("Darf importieren.").await;
}

/// The server's dry-run, then the import; waits for the proof.
pub(super) async fn push(window: &Window) {
    go(window, "push").await;
    window.click("button", "Probelauf starten").await;
    window.click("button", "Weiter zur Übertragung").await;
    window.click("button", "Übertragen").await;
    window.click("button", "Ja, ").await;
    window.text("Die Rechnung geht auf.").await;
}

#[tokio::test]
async fn walk_from_a_dirty_workbook_to_an_audited_import_and_back_the_next_day() {
    let office = Office::new();
    let server = ImportServer::start();
    let file = office.home.path().join("partner-export.xlsx");
    example::write_workbook(&file).expect("the example can be written");

    let window = office.open(&[]).await;
    bring_in(&window, &file, "walk").await;

    // A cell is corrected in place; its row and its group are checked again, and no other.
    window.click("button", "Fehler").await;
    window.text("11 von 150 Zeilen").await;
    window.role("gridcell", "F10007").await;
    look(&window, "walk-3-check").await;
    window.click("button", "E-Mail unvollständig").await;
    window
        .until("only the row with this finding is shown", async || {
            let count = window.test_id("row-count").await.text().await.ok()?;
            (count == "1 von 150 Zeilen").then_some(())
        })
        .await;
    correct(&window, "max.mustermann@", "max.mustermann@kueche.example").await;
    window.role("button", "Fehler 10").await;
    window.role("button", "Geändert 1").await;

    // A duplicate is left out.
    go(&window, "duplicates").await;
    window.text("3 Gruppen · 0 entschieden").await;
    look(&window, "walk-4-duplicates").await;
    window.press("S").await;
    window.text("3 Gruppen · 1 entschieden").await;

    go(&window, "approval").await;
    window.text("Freigegeben wird im Namen von Astrid Vogt").await;
    look(&window, "walk-5-approval").await;
    window.press("Ctrl+Enter").await;
    window.text("Leads sind freigegeben").await;

    connect(&window, &server).await;
    look(&window, "walk-6-connections").await;
    assert_eq!(office.keyring.entries("Abnahme"), 1);

    push(&window).await;
    look(&window, "walk-7-push").await;
    assert!(server.lead_count() > 100);
    assert!(server.external_ids().values().all(|times| *times == 1));

    go(&window, "audit").await;
    window.click("button", "Kette prüfen").await;
    window.text("die Kette ist unversehrt").await;
    look(&window, "walk-8-audit").await;
    window.close().await;

    // The next day everything is as it was.
    let window = office.open(&[]).await;
    window.click("button", "partner-export").await;
    go(&window, "push").await;
    window.text("Die Rechnung geht auf.").await;
    go(&window, "duplicates").await;
    window.text("3 Gruppen · 1 entschieden").await;
    go(&window, "connections").await;
    window.text("im Schlüsselbund").await;
    window.close().await;
}

#[tokio::test]
async fn walk_with_the_same_rows_as_a_windows_1252_file() {
    let office = Office::new();
    let server = ImportServer::start();
    let file = office.home.path().join("partner-export.csv");
    example::write_csv(&file).expect("the example can be written");
    let window = office.open(&[]).await;
    bring_in(&window, &file, "walk-csv").await;
    go(&window, "approval").await;
    window.text("Freigegeben wird im Namen von Astrid Vogt").await;
    window.press("Ctrl+Enter").await;
    window.text("Leads sind freigegeben").await;
    connect(&window, &server).await;
    push(&window).await;
    assert!(server.external_ids().keys().all(|id| !id.is_empty()));
    assert!(server.lead_count() > 100);
    window.close().await;
}
