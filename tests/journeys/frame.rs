//! The frame around every screen: start, commands, keys, looks, languages.

use std::fs;

use lotse_tests::window::{Opening, Program, Window};

#[tokio::test]
async fn the_start_screen_has_nothing_against_it() {
    let window = Window::open().await;
    window.role("heading", "Leads sicher in den Hafen").await;
    window.screenshot("start-de-light").await;
    assert_eq!(window.violations().await, []);
    window.close().await;
}

#[tokio::test]
async fn a_dropped_file_reaches_the_window() {
    let window = Window::open().await;
    window.role("heading", "Leads sicher in den Hafen").await;
    let file = window.home().join("Müller & Söhne.xlsx");
    fs::write(&file, b"PK").expect("the folder is ours");
    window.drop_files(&[&file], 400, 400);
    window.text("Erhalten: Müller & Söhne.xlsx").await;
    window.close().await;
}

#[tokio::test]
async fn commands_are_found_by_name_and_run() {
    let window = Opening::default()
        .argument("--rows")
        .argument("2000")
        .open(Program::Synthetic)
        .await;
    window.role("grid", "Leads").await;
    window.press("Ctrl+K").await;
    window.role("combobox", "Befehl suchen").await;
    window.type_text("dunkel").await;
    window.screenshot("palette-de-light").await;
    window.press("Enter").await;
    window.press("?").await;
    window.role("dialog", "Tasten").await;
    window.screenshot("keys-de-dark").await;
    assert_eq!(window.violations().await, []);
    window.press("Escape").await;
    window.gone("dialog", "Tasten").await;
    window.screenshot("check-de-dark").await;
    assert_eq!(window.violations().await, []);
    window.press("Ctrl+K").await;
    window.type_text("englisch").await;
    window.press("Enter").await;
    window.role("button", "Errors").await;
    window.resize(1024, 700).await;
    window.screenshot("check-en-dark-1024").await;
    window.close().await;
}
