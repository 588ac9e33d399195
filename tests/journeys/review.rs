//! Check and correction on a real project: findings, corrections, the whole row, history, rejected rows out and in.

use std::fs;
use std::path::Path;

use lotse_tests::window::{Opening, Program, Window};
use serde_json::{Value, json};

use super::duplicates::project;

const NOW: &str = "2025-10-12T14:30:00Z";

pub(super) async fn open(folder: &Path, path: &Path) -> Window {
    let window = Opening::default()
        .argument("--now")
        .argument(NOW)
        .argument(path.display().to_string())
        .variable("LOTSE_HOME", folder.join("home").display().to_string())
        .variable("LOTSE_USER", "Astrid Vogt")
        .open(Program::Desktop)
        .await;
    window
        .test_id("step-check")
        .await
        .click()
        .await
        .expect("it is a button");
    window.role("grid", "Leads").await;
    window.role("switch", "Nur Fehler").await;
    window
}

/// Waits until the table has so many rows.
pub(super) async fn rows(window: &Window, count: u32) {
    let claim = format!("the table has {count} rows");
    window
        .until(&claim, async || {
            let known = "return document.querySelector('[role=grid]')?.ariaRowCount";
            let found: Option<String> = window.script(known, vec![]).await;
            (found == Some((count + 1).to_string())).then_some(())
        })
        .await;
}

/// Waits until a cell with this text stands in the table, and says whether it is marked as wrong.
async fn wrong(window: &Window, text: &str) -> bool {
    let cell = window.role("gridcell", text).await;
    let invalid = cell.attr("aria-invalid").await.expect("the window answers");
    invalid.as_deref() == Some("true")
}

/// Looks at what is shown in the light, in the dark and in a small window, and asks axe each time.
pub(super) async fn look(window: &Window, name: &str) {
    for (theme, width, height) in [("hell", 1440, 900), ("dunkel", 1024, 700)] {
        window.resize(width, height).await;
        window.press("Ctrl+K").await;
        window.type_text(&format!("darstellung {theme}")).await;
        window.press("Enter").await;
        window.gone("dialog", "Befehle").await;
        window.screenshot(&format!("{name}-{theme}-{width}")).await;
        assert_eq!(window.violations().await, [], "{name}, {theme}");
    }
    window.resize(1440, 900).await;
}

#[tokio::test]
async fn review_by_keyboard_survives_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = project(folder.path());
    let window = open(folder.path(), &path).await;
    window.resize(1440, 900).await;
    rows(&window, 150).await;
    look(&window, "review-findings").await;

    // A finding is reached by keys, filters the table and is corrected.
    window.press("Ctrl+B").await;
    window.role("tab", "Befunde").await;
    window.click("button", "Firma Zeichensatz beschädigt").await;
    rows(&window, 1).await;
    assert!(!wrong(&window, "MÃ¼ller Feinkost").await, "it is a warning");
    window.role("button", "Korrektur auf 1 Zeile anwenden").await;
    look(&window, "review-chosen").await;
    window.click("button", "Korrektur auf 1 Zeile anwenden").await;
    window.text("1 Zeile korrigiert.").await;
    window.role("gridcell", "Müller Feinkost").await;
    rows(&window, 1).await;

    // A cell is corrected in place and checked at once; undone and done again.
    window.click("button", "Alle").await;
    rows(&window, 150).await;
    window.click("button", "E-Mail unvollständig").await;
    rows(&window, 1).await;
    let bad = window.role("gridcell", "max.mustermann@").await;
    bad.click().await.expect("a cell can be clicked");
    assert!(wrong(&window, "max.mustermann@").await);
    window.press("Enter").await;
    window.press("Ctrl+A").await;
    window.type_text("max@musterkueche.example").await;
    window.press("Enter").await;
    assert!(!wrong(&window, "max@musterkueche.example").await);
    window.press("Ctrl+Z").await;
    window
        .until("the old text is wrong again", async || {
            wrong(&window, "max.mustermann@").await.then_some(())
        })
        .await;
    window.press("Ctrl+Y").await;
    assert!(!wrong(&window, "max@musterkueche.example").await);

    // The whole row: what was made of its cells, who changed what, what becomes of it.
    window.press("Ctrl+I").await;
    window.role("heading", "Entscheidung").await;
    window.text("max.mustermann@").await;
    look(&window, "review-row").await;
    window.click("button", "Zurückhalten").await;
    window.text("Wird zurückgehalten.").await;
    window.text("Astrid Vogt").await;
    window.press("Ctrl+H").await;
    for sentence in [
        "Korrektur von Firma in 1 Zeile",
        "E-Mail „max@musterkueche.example“",
        "1 Zeile zurückgehalten",
    ] {
        window.text(sentence).await;
    }
    look(&window, "review-history").await;
    window.close().await;

    // After a restart all of it stands, and the history reaches back behind it.
    let window = open(folder.path(), &path).await;
    window.resize(1440, 900).await;
    window.click("button", "Geändert").await;
    rows(&window, 2).await;
    window.role("gridcell", "Müller Feinkost").await;
    window.press("Ctrl+I").await;
    window.role("button", "max@musterkueche.example").await;
    window.press("Ctrl+H").await;
    window.click("button", "Wie geladen").await;
    window.role("gridcell", "MÃ¼ller Feinkost").await;
    window.click("button", "Zeile 12: E-Mail").await;
    window.role("gridcell", "Müller Feinkost").await;
    window.press("Ctrl+I").await;
    window.role("button", "max@musterkueche.example").await;
    window.close().await;
}

#[tokio::test]
async fn review_takes_corrected_rows_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = project(folder.path());
    let window = open(folder.path(), &path).await;
    window.resize(1440, 900).await;

    // The dialog that asks for the place is the system's; what follows it is ours.
    let file = folder.path().join("abgelehnt.csv");
    let written: Value = window
        .script_async(
            "return window.__TAURI_INTERNALS__.invoke('write_rejected', { path: args[0] })",
            vec![json!(file.display().to_string())],
        )
        .await;
    assert_eq!(written, 11);
    let text = fs::read_to_string(&file).expect("the file is there");
    assert!(
        text.contains("Lotse-ID") && text.contains("max.mustermann@"),
        "{text}"
    );
    let corrected = text.replace("max.mustermann@", "max@musterkueche.example");
    fs::write(&file, corrected).expect("the file can be written");

    window.drop_files(&[&file], 700, 400);
    window.role("heading", "abgelehnt.csv").await;
    window.text("1 Zelle ist anders, in 1 Zeile.").await;
    look(&window, "review-corrected").await;
    window.click("button", "1 Zeile übernehmen").await;
    window.text("1 korrigierte Zeile übernommen.").await;
    window.click("button", "Geändert").await;
    rows(&window, 1).await;
    window.press("Ctrl+I").await;
    window.role("button", "max@musterkueche.example").await;
    window.click("button", "Rückgängig").await;
    window.role("button", "max.mustermann@").await;

    window.press("Ctrl+K").await;
    window.type_text("einstellungen").await;
    window.press("Enter").await;
    window.role("heading", "Einstellungen").await;
    window.text(&path.display().to_string()).await;
    look(&window, "settings").await;
    window.close().await;
}
