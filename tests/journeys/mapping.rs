//! Mapping by keyboard alone: a target is taken from another column, values get their meaning, owners are known; templates
//! that are found again, and activities out of a second file.

use std::fs;
use std::path::Path;

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
    list.click().await.expect("the list can be clicked");
    for owner in example::OWNERS {
        window.type_text(owner).await;
        window.press("Enter").await;
    }
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

/// A window with a home of its own in which files were given on the command line.
fn with_files(home: &Path, files: &[&Path]) -> Opening {
    let opening = Opening::default()
        .variable("LOTSE_HOME", home.display().to_string())
        .argument("--now")
        .argument("2025-10-01T12:00:00Z");
    files.iter().fold(opening, |opening, file| {
        opening.argument(file.display().to_string())
    })
}

async fn take_over(window: &Window) {
    window.role("region", "Die ersten Zeilen").await;
    window.press("Enter").await;
}

/// Chooses a target for a column by keyboard.
async fn choose_target(window: &Window, column: &str, typed: &str, wanted: &str) {
    focus(window, &format!("Ziel der Spalte {column}")).await;
    window.press("ArrowDown").await;
    window.press("Ctrl+A").await;
    window.type_text(typed).await;
    window.press("Enter").await;
    is_target(window, column, wanted).await;
}

const OLD_SYSTEM: &str = "\
Kd;Firmenname;Ort;Land;Wer;Registriert am;Rubrik;Bemerkung
1;Gasthaus Seeblick;Berlin;D;AV;15.06.2024;Kost;ruft wieder an
2;Hotel Krone;München;D;AV;20.06.2024;Bett;
3;Café du Lac;Genève;CH;JH;22.06.2024;Kost;
";

#[tokio::test]
async fn a_template_is_saved_and_found_again_for_a_file_whose_columns_have_drifted() {
    let home = tempfile::tempdir().expect("a folder");
    let first = home.path().join("altsystem.csv");
    fs::write(&first, OLD_SYSTEM).expect("the file can be written");
    let window = with_files(home.path(), &[&first]).open(Program::Desktop).await;
    take_over(&window).await;
    is_target(&window, "Firmenname", "Firma").await;
    choose_target(&window, "Wer", "betreuer", "Betreuer").await;
    choose_target(&window, "Rubrik", "betriebsart", "Betriebsart").await;
    window.click("button", "Vorlagen").await;
    window.role("textbox", "Diese Zuordnung sichern als").await;
    window.type_text("CRM-Export Süd").await;
    window.press("Enter").await;
    window.text("Vorlage „CRM-Export Süd“ gesichert.").await;
    window.role("button", "Vorlage CRM-Export Süd anwenden").await;
    window.screenshot("mapping-templates-de-light").await;
    assert_eq!(window.violations().await, []);
    window.close().await;

    // Another day, another project: the same system, with a column renamed, one gone and one new.
    let drifted = OLD_SYSTEM
        .replace("Firmenname", "Firma neu")
        .replace("Rubrik", "Umsatz p.a.")
        .replace("Kost", "12000")
        .replace("Bett", "8000");
    let second = home.path().join("altsystem-2.csv");
    fs::write(&second, drifted).expect("the file can be written");
    let window = with_files(home.path(), &[&second]).open(Program::Desktop).await;
    take_over(&window).await;
    let banner = "Die Vorlage „CRM-Export Süd“ passt fast: 2 Spalten der Vorlage fehlen, 2 sind neu.";
    window.role("region", banner).await;
    window.screenshot("mapping-drift-de-light").await;
    assert_eq!(window.violations().await, []);
    window.resize(1024, 700).await;
    window.screenshot("mapping-drift-de-small").await;
    assert_eq!(window.violations().await, []);
    window.click("button", "Anwenden").await;
    window.text("Zugeordnet nach „CRM-Export Süd“.").await;
    window.gone("region", banner).await;
    is_target(&window, "Firma neu", "Firma").await;
    is_target(&window, "Wer", "Betreuer").await;
    is_target(&window, "Umsatz p.a.", "nicht übernehmen").await;
    window.screenshot("mapping-applied-de-small").await;
    window.close().await;
}

#[tokio::test]
async fn a_sheet_of_activities_is_recognised_joined_and_its_progress_asked() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("altsystem.xlsx");
    let activities = "\
Kundennummer;Datum;Art;Notiz
1;01.07.2024;Besuch;Küche gesehen
2;02.07.2024;Anruf;
1;03.08.2024;Muster versendet;drei Kartons
99;04.08.2024;Anruf;gehört niemandem
";
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, text) in [
        ("Leads", OLD_SYSTEM.replace("Kd;", "Kundennummer;")),
        ("Aktivitäten", activities.to_owned()),
    ] {
        let sheet = workbook.add_worksheet().set_name(name).expect("a good name");
        for (row, line) in (0u32..).zip(text.lines()) {
            for (column, cell) in (0u16..).zip(line.split(';')) {
                sheet.write(row, column, cell).expect("it fits");
            }
        }
    }
    workbook.save(&file).expect("the file can be written");
    let window = with_files(home.path(), &[&file]).open(Program::Desktop).await;
    take_over(&window).await;
    is_target(&window, "Firmenname", "Firma").await;
    // The other sheet of the workbook comes in from where its first one is listed.
    window.press("Ctrl+1").await;
    window.screenshot("sources-other-sheet-de-light").await;
    window.click("button", "Auch „Aktivitäten“ hinzufügen").await;
    take_over(&window).await;
    let question = "„Aktivitäten“ sieht nach Aktivitäten aus: 3 von 4 Zeilen gehören zu vorhandenen Leads (gesucht über: externe Nummer).";
    window.role("region", question).await;
    window.screenshot("mapping-use-de-light").await;
    assert_eq!(window.violations().await, []);
    window.click("button", "Als Aktivitäten").await;
    window.gone("region", question).await;
    window.text("3 von 4 Zeilen gehören zu 2 Leads.").await;
    window.text("1 Zeile bleibt übrig").await;
    window
        .script::<Option<bool>>(
            "document.querySelector('[aria-label=\"Aktivitäten zu Leads\"] details').open = true",
            vec![],
        )
        .await;
    window.text("kein Lead heißt so").await;
    // Nothing is derived: each type waits for a person's word.
    for kind in ["CALL", "MEETING", "SAMPLE_SENT"] {
        window.test_id(&format!("progress-{kind}")).await;
    }
    window.screenshot("mapping-activities-de-light").await;
    assert_eq!(window.violations().await, []);
    window.resize(1024, 700).await;
    for command in ["dunkel", "englisch"] {
        window.press("Ctrl+K").await;
        window.role("combobox", "Befehl suchen").await;
        window.type_text(command).await;
        window.press("Enter").await;
        window.gone("dialog", "Befehle").await;
        window
            .screenshot(&format!("mapping-activities-{command}-small"))
            .await;
        assert_eq!(window.violations().await, [], "{command}");
    }
    window.close().await;
}

#[tokio::test]
async fn a_text_is_reshaped_with_its_effect_in_view_and_a_second_file_fills_what_is_empty() {
    let home = tempfile::tempdir().expect("a folder");
    let leads = home.path().join("leads.csv");
    fs::write(&leads, OLD_SYSTEM.replace("Kd;", "Kundennummer;")).expect("the file can be written");
    let contacts = home.path().join("kontakte.csv");
    let text = "\
Kundennummer;E-Mail;Telefon
1;info@seeblick.example;030 2000000
3;accueil@lac.example;+41 22 310 00 00
77;niemand@example.com;
";
    fs::write(&contacts, text).expect("the file can be written");
    let window = with_files(home.path(), &[&leads, &contacts])
        .open(Program::Desktop)
        .await;
    take_over(&window).await;
    window.text("kontakte.csv").await;
    take_over(&window).await;
    let question = "„kontakte.csv“ handelt von vorhandenen Leads: 2 von 3 Zeilen sind schon da (gesucht über: externe Nummer, E-Mail).";
    window.role("region", question).await;
    assert_eq!(window.violations().await, []);
    window.click("button", "Leads ergänzen").await;
    window.gone("region", question).await;
    window.text("2 von 3 Zeilen gehören zu 2 Leads").await;
    window.screenshot("mapping-enrichment-de-light").await;
    assert_eq!(window.violations().await, []);
    window.click("button", "4 Werte übernehmen").await;
    window.text("2 Leads ergänzt. Rückgängig in der Prüfung.").await;

    // Back at the leads, the company's name is reshaped; what a step would do is seen while it is typed.
    window.click("button", "leads.csv").await;
    is_target(&window, "Firmenname", "Firma").await;
    window.click("button", "Einzelheiten zu Firmenname").await;
    window.label("Umformung anfügen: Firma").await;
    window
        .script::<Option<bool>>(
            "const list = document.querySelector('[aria-label=\"Umformung anfügen: Firma\"]');
             list.value = 'replace';
             list.dispatchEvent(new Event('change', { bubbles: true }))",
            vec![],
        )
        .await;
    focus(&window, "Text").await;
    window.type_text("Gasthaus").await;
    window.press("Tab").await;
    window.type_text("Gasthof").await;
    window.text("Gasthof Seeblick").await;
    window.screenshot("mapping-step-de-light").await;
    assert_eq!(window.violations().await, []);
    window.press("Enter").await;
    window
        .role(
            "button",
            "Umformung entfernen: „Gasthaus“ durch „Gasthof“ ersetzen",
        )
        .await;
    window.close().await;
}
