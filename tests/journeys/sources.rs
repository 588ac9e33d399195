//! Files on their way into a project: recognised, accepted, mapped, decided, checked; and files that are none.

use std::fs;
use std::path::Path;

use lotse_engine::example;
use lotse_tests::window::{Opening, Program, Window};
use serde_json::json;

/// The moment against which is checked, so that results are the same on every day.
const NOW: &str = "2025-10-01T12:00:00Z";

/// A window with a home of its own below `home`, in which `file` was given on the command line.
fn with_file(home: &Path, file: &Path) -> Opening {
    at_home(home).argument(file.display().to_string())
}

fn at_home(home: &Path) -> Opening {
    Opening::default()
        .variable("LOTSE_HOME", home.display().to_string())
        .argument("--now")
        .argument(NOW)
}

/// What the screen says was recognised.
async fn detected(window: &Window, what: &str) -> String {
    let line = window.test_id(&format!("detected-{what}")).await;
    let chosen: String = window
        .script(
            "const select = document.querySelector(`[data-testid=\"detected-${arguments[0]}\"] select`);
             return select ? select.selectedOptions[0].text + ' | ' : ''",
            vec![json!(what)],
        )
        .await;
    format!("{chosen}{}", line.text().await.expect("the window answers"))
}

async fn take_over(window: &Window) {
    window.role("region", "Die ersten Zeilen").await;
    window.press("Enter").await;
    window.role("region", "So wird daraus ein Lead").await;
}

/// Answers every question about progress.
async fn answer_progress(window: &Window) {
    for kind in [
        "CALL",
        "DEMO",
        "FIRST_CONTACT_DOCUMENTED",
        "MEETING",
        "SAMPLE_SENT",
    ] {
        window.test_id(&format!("progress-{kind}")).await;
        window
            .until(&format!("{kind} is answered"), async || {
                window
                    .script::<bool>(
                        "const answers = document.querySelector(`[data-testid=\"progress-${arguments[0]}\"] .answers`);
                         if (answers.querySelector('[aria-pressed=true]')) return true;
                         answers.querySelector('button').click();
                         return false",
                        vec![json!(kind)],
                    )
                    .await
                    .then_some(())
            })
            .await;
    }
}

#[tokio::test]
async fn a_workbook_comes_in_and_only_its_broken_rows_are_errors() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("Partnerportal Export.xlsx");
    example::write_workbook(&file).expect("the example can be written");
    let window = with_file(home.path(), &file).open(Program::Desktop).await;

    window.role("heading", "Partnerportal Export.xlsx").await;
    assert!(detected(&window, "header").await.starts_with("Zeile 4 | "));
    assert!(detected(&window, "rows").await.contains("150 Zeilen"));
    window.text("Frischwerk GmbH & Co. KG – Partnerportal").await;
    window.text("Gasthaus Seeblick").await;
    window.screenshot("sources-workbook-de-light").await;
    assert_eq!(window.violations().await, []);
    window.resize(1024, 700).await;
    window.screenshot("sources-workbook-de-light-1024").await;
    dark(&window).await;
    window.screenshot("sources-workbook-de-dark").await;
    assert_eq!(window.violations().await, []);

    take_over(&window).await;
    window.text("5 Fragen zum Fortschritt offen").await;
    window.screenshot("mapping-de-dark-1024").await;
    assert_eq!(window.violations().await, []);
    light(&window).await;
    window.screenshot("mapping-de-light-1024").await;
    answer_progress(&window).await;
    window.gone("button", "Fragen zum Fortschritt offen").await;
    window
        .script::<Option<bool>>(
            "document.getElementById('mapping-progress').scrollIntoView()",
            vec![],
        )
        .await;
    let scrolled: f64 = window
        .script("return document.scrollingElement.scrollTop", vec![])
        .await;
    assert!(
        scrolled.abs() < 1.0,
        "only the columns scroll, not the frame: {scrolled}"
    );
    window.screenshot("mapping-progress-de-light-1024").await;
    assert_eq!(window.violations().await, []);
    window.press("Ctrl+Enter").await;
    window.role("grid", "Leads").await;
    // The deliberately broken rows, and no other.
    window.click("button", "Fehler").await;
    window.text("11 von 150 Zeilen").await;
    window.screenshot("sources-checked").await;
    window.close().await;
}

#[tokio::test]
async fn a_dropped_csv_file_is_recognised_corrected_and_accounted_for() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("Export Süd.csv");
    example::write_csv(&file).expect("the example can be written");
    let window = at_home(home.path()).open(Program::Desktop).await;
    window.role("heading", "Leads sicher in den Hafen").await;
    window.drop_files(&[&file], 400, 400);

    assert!(detected(&window, "charset").await.starts_with("Windows-1252 | "));
    assert!(detected(&window, "delimiter").await.starts_with("; Semikolon | "));
    assert!(detected(&window, "header").await.starts_with("Zeile 4 | "));
    window.text("Catering Zur Mühle").await;
    // Read in another way, the umlauts show that it was wrong; the detection takes it back.
    select(&window, "Zeichensatz", "macintosh").await;
    window
        .until("the rows are read in the other way", async || {
            window
                .script::<bool>("return !document.body.textContent.includes('Zur Mühle')", vec![])
                .await
                .then_some(())
        })
        .await;
    window.click("button", "Wieder selbst erkennen").await;
    window.text("Catering Zur Mühle").await;
    window.screenshot("sources-csv-de-light").await;

    take_over(&window).await;
    window.press("Ctrl+1").await;
    window
        .text("154 Zeilen in der Datei = 150 gelesen + 1 Kopf + 3 ausgelassen")
        .await;
    window.screenshot("sources-list-de-light").await;
    assert_eq!(window.violations().await, []);
    window.click("button", "Aus dem Projekt nehmen").await;
    window.click("button", "Endgültig entfernen").await;
    window.role("heading", "Noch keine Quelle").await;
    window.close().await;
}

#[tokio::test]
async fn what_can_be_read_in_two_ways_or_is_hidden_is_asked_about_and_shown() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("Termine.xlsx");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let mut write = |row: u32, cells: [&str; 4]| {
        for (column, text) in (0u16..).zip(cells) {
            sheet.write(row, column, text).expect("it fits");
        }
    };
    write(0, ["Firma", "Ort", "Registriert am", "Umsatz"]);
    for row in 1..=150 {
        let (name, day) = (format!("Gasthof Nr. {row}"), format!("0{}/05/2024", 1 + row % 9));
        write(row, [&name, "Köln", &day, "1.250"]);
    }
    sheet.set_row_hidden(120).expect("it is there");
    workbook.save(&file).expect("the folder is ours");
    let window = with_file(home.path(), &file).open(Program::Desktop).await;

    window.text("133 Datumswerte wie „02/05/2024“").await;
    window.text("150 Zahlen wie „1.250“").await;
    window
        .text("Zeile 121 ist ausgeblendet und wird mitgelesen.")
        .await;
    window.screenshot("sources-asked-de-light").await;
    assert_eq!(window.violations().await, []);
    // The hidden row is far below the first hundred: a person can look at it before deciding.
    in_notice(&window, "hidden.rows", "Ansehen").await;
    window.text("1 Zeile, um die es geht").await;
    window.text("Gasthof Nr. 120").await;
    window.screenshot("sources-looked-at-de-light").await;
    in_notice(&window, "hidden.rows", "Auslassen").await;
    window
        .text("Zeile 121 ist ausgeblendet und wird ausgelassen.")
        .await;
    in_notice(&window, "date.ambiguous", "Monat zuerst: 5. Februar 2024").await;
    in_notice(&window, "number.ambiguous", "Gemeint ist 1250").await;
    window
        .until("nothing is asked any more", async || {
            window
                .script::<bool>(
                    "return !document.querySelector('[data-code=\"date.ambiguous\"], [data-code=\"number.ambiguous\"]')",
                    vec![],
                )
                .await
                .then_some(())
        })
        .await;
    dark(&window).await;
    window.screenshot("sources-settled-de-dark").await;
    take_over(&window).await;
    window.press("Ctrl+1").await;
    window
        .text("151 Zeilen in der Datei = 149 gelesen + 1 Kopf + 1 ausgelassen")
        .await;
    window.close().await;
}

/// Presses the button of that name beside the notice with this code.
async fn in_notice(window: &Window, code: &str, button: &str) {
    window
        .until(&format!("{button} stands beside {code}"), async || {
            window
                .script::<bool>(
                    "const [code, name] = arguments;
                     const line = document.querySelector(`[data-code=\"${code}\"]`);
                     const button = [...(line?.querySelectorAll('button') ?? [])].find((each) => each.textContent.trim() === name);
                     button?.click();
                     return button !== undefined",
                    vec![json!(code), json!(button)],
                )
                .await
                .then_some(())
        })
        .await;
}

#[tokio::test]
async fn what_is_no_table_is_said_and_the_window_goes_on() {
    let home = tempfile::tempdir().expect("a folder");
    let [pdf, empty, vanishing, good] =
        ["bericht.xlsx", "leer.csv", "weg.csv", "gut.csv"].map(|name| home.path().join(name));
    fs::write(&pdf, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n").expect("the folder is ours");
    fs::write(&empty, b"").expect("the folder is ours");
    example::write_csv(&vanishing).expect("the example can be written");
    example::write_csv(&good).expect("the example can be written");
    // Where projects belong lies a file: no project can be made.
    fs::write(home.path().join("projects"), b"").expect("the folder is ours");
    let window = with_file(home.path(), &pdf).open(Program::Desktop).await;

    window.text("ein PDF-Dokument").await;
    window.screenshot("sources-refused-de-light").await;
    assert_eq!(window.violations().await, []);
    window.click("button", "Verwerfen").await;
    window.role("heading", "Leads sicher in den Hafen").await;

    window.drop_files(&[&empty], 400, 300);
    window.text("Die Datei ist leer").await;
    window.click("button", "Verwerfen").await;
    window.role("heading", "Leads sicher in den Hafen").await;

    window.drop_files(&[&vanishing], 400, 300);
    window.role("region", "Die ersten Zeilen").await;
    fs::remove_file(&vanishing).expect("it was there");
    window.click("button", "Übernehmen").await;
    window.text("weg.csv").await;
    window.role("alert", "").await;
    window.click("button", "Verwerfen").await;
    window.role("heading", "Leads sicher in den Hafen").await;

    window.drop_files(&[&good], 400, 300);
    window.role("region", "Die ersten Zeilen").await;
    window.click("button", "Übernehmen").await;
    window.text("lässt sich kein Projekt anlegen").await;
    window.screenshot("sources-no-project-de-light").await;
    // With a folder where the file was, the same file comes in.
    fs::remove_file(home.path().join("projects")).expect("it was there");
    window.click("button", "Noch einmal versuchen").await;
    take_over(&window).await;
    window.close().await;
}

async fn select(window: &Window, label: &str, value: &str) {
    window.label(label).await;
    window
        .script::<Option<bool>>(
            "const select = document.querySelector(`select[aria-label=\"${arguments[0]}\"]`);
             select.value = arguments[1];
             select.dispatchEvent(new Event('change', { bubbles: true }))",
            vec![json!(label), json!(value)],
        )
        .await;
}

async fn dark(window: &Window) {
    look(window, "dunkel").await;
}

async fn light(window: &Window) {
    look(window, "hell").await;
}

async fn look(window: &Window, name: &str) {
    window.press("Ctrl+K").await;
    window.role("combobox", "Befehl suchen").await;
    window.type_text(name).await;
    window.press("Enter").await;
    window.gone("combobox", "Befehl suchen").await;
}
