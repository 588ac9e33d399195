//! Mapping by keyboard alone: a target is taken from another column, values get their meaning, owners are known.

use lotse_engine::example;
use lotse_tests::window::{Opening, Program, Window};
use serde_json::json;

/// The text in the list of targets of a column.
async fn target(window: &Window, column: &str) -> String {
    window.label(&format!("Ziel der Spalte {column}")).await;
    window
        .script(
            "return document.querySelector(`input[aria-label=\"Ziel der Spalte ${arguments[0]}\"]`).value",
            vec![json!(column)],
        )
        .await
}

async fn is_target(window: &Window, column: &str, wanted: &str) {
    window
        .until(&format!("{column} goes to {wanted}"), async || {
            (target(window, column).await == wanted).then_some(())
        })
        .await;
}

async fn focus(window: &Window, label: &str) {
    window.label(label).await;
    window
        .script::<Option<bool>>(
            "document.querySelector(`[aria-label=\"${arguments[0]}\"]`).focus()",
            vec![json!(label)],
        )
        .await;
}

#[tokio::test]
async fn columns_values_and_owners_are_mapped_by_keyboard() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("Export.xlsx");
    example::write_workbook(&file).expect("the example can be written");
    let window = Opening::default()
        .variable("LOTSE_HOME", home.path().display().to_string())
        .argument("--now")
        .argument("2025-10-01T12:00:00Z")
        .argument(file.display().to_string())
        .open(Program::Desktop)
        .await;
    window.role("region", "Die ersten Zeilen").await;
    window.press("Enter").await;
    is_target(&window, "Firma", "Firma").await;
    is_target(&window, "Ansprechpartner", "Voller Name → Vorname, Nachname").await;

    // The company is taken by another column: the first one becomes free, and one key brings it back.
    focus(&window, "Ziel der Spalte Branche").await;
    window.press("ArrowDown").await;
    window.press("Ctrl+A").await;
    window.type_text("firma").await;
    window.screenshot("mapping-target-de-light").await;
    assert_eq!(window.violations().await, []);
    window.press("Enter").await;
    is_target(&window, "Firma", "nicht übernehmen").await;
    window.text("„Firma“ ist jetzt frei.").await;
    window.press("Ctrl+Z").await;
    is_target(&window, "Firma", "Firma").await;
    is_target(&window, "Branche", "Betriebsart").await;

    // A value that nobody knows gets its meaning, and the preview follows.
    window.click("button", "Einzelheiten zu Branche").await;
    window.label("Bedeutung von Raumfahrt").await;
    window.screenshot("mapping-values-de-light").await;
    assert_eq!(window.violations().await, []);
    window
        .script::<Option<bool>>(
            "const select = document.querySelector('select[aria-label=\"Bedeutung von Raumfahrt\"]');
             select.value = 'value sonstiges';
             select.dispatchEvent(new Event('change', { bubbles: true }))",
            vec![],
        )
        .await;
    window.text("1 Wert unbekannt").await;

    window.click("button", "Nächste Zeile").await;
    window.text("Zeile 6").await;
    window.click("button", "Bekannte Betreuer").await;
    let list = window.label("Kennungen, eine je Zeile").await;
    list.send_keys(example::OWNERS.join("\n"))
        .await
        .expect("the list can be typed into");
    window.click("button", "Liste verwenden").await;
    window.text("3 Betreuer bekannt").await;
    // Against the list, the owner of the previewed row is known.
    window
        .until("the preview has no doubt about the owner", async || {
            window
                .script::<bool>(
                    "return !document.querySelector('[aria-label=\"So wird daraus ein Lead\"]').textContent
                         .includes('Benutzerliste')",
                    vec![],
                )
                .await
                .then_some(())
        })
        .await;
    window.close().await;
}
