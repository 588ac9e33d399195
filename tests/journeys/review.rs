//! Check and correction on a real project: findings, corrections, the whole row, rejected rows out and in, history.

use std::fs;
use std::path::Path;

use lotse_tests::window::{Opening, Program, Window};
use serde_json::{Value, json};

const NOW: &str = "2025-10-01T12:00:00Z";

async fn open(home: &Path, argument: &str) -> Window {
    Opening::default()
        .variable("LOTSE_HOME", home.display().to_string())
        .argument("--now")
        .argument(NOW)
        .argument(argument)
        .open(Program::Desktop)
        .await
}

/// The example project, checked.
async fn checked(home: &Path) -> Window {
    let window = open(home, "--demo").await;
    window.click("button", "Prüfung").await;
    window.text("150 Zeilen sind noch nicht geprüft").await;
    window.screenshot("review-unchecked").await;
    assert_eq!(window.violations().await, []);
    window.click("button", "Jetzt prüfen").await;
    window.role("grid", "Leads").await;
    window.role("switch", "Nur Fehler").await;
    window
}

/// What the page hears from behind the border.
async fn invoke(window: &Window, command: &str, arguments: Value) -> Value {
    window
        .script_async(
            "return await window.__TAURI_INTERNALS__.invoke(args[0], args[1])",
            vec![json!(command), arguments],
        )
        .await
}

#[tokio::test]
async fn review_looks_around() {
    let home = tempfile::tempdir().expect("a folder");
    let window = checked(home.path()).await;
    window.screenshot("review-findings").await;
    let overview = invoke(&window, "review_overview", json!({})).await;
    eprintln!("{}", serde_json::to_string_pretty(&overview).expect("json"));
    let path = home.path().join("abgelehnt.csv");
    let written = invoke(&window, "write_rejected", json!({ "path": path })).await;
    eprintln!("{written}\n{}", fs::read_to_string(&path).expect("written"));
    let writable: Value = window
        .script(
            "const d = Object.getOwnPropertyDescriptor(window, '__TAURI_INTERNALS__');
             const i = Object.getOwnPropertyDescriptor(window.__TAURI_INTERNALS__, 'invoke');
             return [d && d.writable, d && d.configurable, i && i.writable, i && i.configurable]",
            vec![],
        )
        .await;
    eprintln!("{writable}");
    window.press("Ctrl+I").await;
    window.role("heading", "Entscheidung").await;
    window.screenshot("review-row").await;
    assert_eq!(window.violations().await, []);
    window.close().await;
}
