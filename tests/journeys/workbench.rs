//! Filters with counts, named views, and many cells at once, by keyboard on a real project.

use lotse_tests::window::Window;
use serde_json::json;

use super::duplicates::project;
use super::review::{look, open, rows};

/// Chooses an option of a list by its words, as the keys of the list would.
async fn choose(window: &Window, list: &str, option: &str) {
    let claim = format!("{option} can be chosen in {list}");
    window
        .until(&claim, async || {
            window
                .script::<bool>(
                    "const list = [...document.querySelectorAll('select')].find((list) => list.ariaLabel === arguments[0]);
                     const option = [...(list?.options ?? [])].find((option) => option.text === arguments[1]);
                     if (!option || list.disabled) return false;
                     list.value = option.value;
                     list.dispatchEvent(new Event('change', { bubbles: true }));
                     return true",
                    vec![json!(list), json!(option)],
                )
                .await
                .then_some(())
        })
        .await;
}

async fn type_into(window: &Window, label: &str, text: &str) {
    let field = window.label(label).await;
    field.clear().await.expect("a field can be emptied");
    field.send_keys(text).await.expect("a field takes a text");
}

#[tokio::test]
async fn filters_with_counts_are_kept_as_a_view_across_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = project(folder.path());
    let window = open(folder.path(), &path).await;
    window.resize(1440, 900).await;
    rows(&window, 150).await;
    window.press("Ctrl+L").await;
    window.role("tab", "Filter").await;
    choose(&window, "Nach Werten einer Spalte …", "Ort").await;
    window.role("searchbox", "Werte von Ort suchen").await;
    type_into(&window, "Werte von Ort suchen", "Berlin").await;
    window.click("checkbox", "Berlin").await;
    window.click("button", "1 Filter").await;
    look(&window, "workbench-filter").await;
    let shown = shown_rows(&window).await;
    assert!(shown > 0 && shown < 150, "{shown} rows");
    window.click("button", "Ansicht sichern").await;
    type_into(&window, "Name der Ansicht", "Berlin").await;
    window.press("Enter").await;
    window.text("Ansicht „Berlin“ gesichert.").await;
    window.close().await;

    let window = open(folder.path(), &path).await;
    window.resize(1440, 900).await;
    rows(&window, 150).await;
    window.press("Ctrl+L").await;
    choose(&window, "Ansichten", "Berlin").await;
    rows(&window, shown).await;
    window.close().await;
}

async fn shown_rows(window: &Window) -> u32 {
    let count: String = window
        .script(
            "return document.querySelector('[role=grid]').ariaRowCount",
            vec![],
        )
        .await;
    count.parse::<u32>().expect("a number") - 1
}

#[tokio::test]
async fn many_cells_are_replaced_and_undone_in_one_step() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = project(folder.path());
    let window = open(folder.path(), &path).await;
    window.resize(1440, 900).await;
    rows(&window, 150).await;
    window.press("Ctrl+E").await;
    window.role("tab", "Ändern").await;
    window.click("radio", "Alle der Ansicht").await;
    window.click("button", "Ersetzen").await;
    choose(&window, "Spalte", "Firma").await;
    type_into(&window, "Suchen", "GmbH").await;
    type_into(&window, "Durch", "Gesellschaft").await;
    window.text("Gesellschaft").await;
    look(&window, "workbench-replace").await;
    window.click("button", "58 Zellen ändern").await;
    window.text("58 Zellen geändert.").await;
    rows(&window, 150).await;
    window.click("button", "Geändert").await;
    rows(&window, 58).await;
    window.click("button", "Rückgängig").await;
    window.click("button", "Alle").await;
    rows(&window, 150).await;
    window.press("Ctrl+H").await;
    window.text("„GmbH“ durch „Gesellschaft“ ersetzt").await;

    window.press("Ctrl+E").await;
    window.click("button", "Vereinheitlichen").await;
    window.click("button", "Suchen").await;
    // The example has no two spellings of one company, and that is said.
    window
        .text("Nichts Ähnliches unter 149 verschiedenen Werten.")
        .await;
    look(&window, "workbench-unify").await;
    window.close().await;
}
