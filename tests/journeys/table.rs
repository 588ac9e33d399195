//! The review table over a million rows, by keyboard and wheel as people use it.

use lotse_tests::window::{Opening, Program, Window};
use serde_json::json;

const ROWS: u32 = 1_000_000;

async fn table() -> Window {
    let window = Opening::default()
        .argument("--rows")
        .argument(ROWS.to_string())
        .open(Program::Synthetic)
        .await;
    window.role("grid", "Leads").await;
    cell(&window, "EXCEL-ROW-5").await;
    window
}

async fn cell(window: &Window, text: &str) {
    window.role("gridcell", text).await;
}

/// Row and column of the active cell as a screen reader is told them: the header is row 1, the row numbers column 1.
async fn active(window: &Window) -> (u32, u32) {
    window
        .until("the table tells which cell is active", async || {
            window
                .script::<Option<(u32, u32)>>(
                    "const grid = document.querySelector('[role=grid]');
                     const cell = document.getElementById(grid.getAttribute('aria-activedescendant'));
                     if (document.activeElement !== grid || !cell) return null;
                     return [+cell.closest('[role=row]').ariaRowIndex, +cell.ariaColIndex]",
                    vec![],
                )
                .await
        })
        .await
}

#[tokio::test]
async fn keys_reach_every_corner_of_a_million_rows() {
    let window = table().await;
    window.screenshot("table-first").await;
    let counts: (u32, u32) = window
        .script(
            "const grid = document.querySelector('[role=grid]');
             return [+grid.ariaRowCount, +grid.ariaColCount]",
            vec![],
        )
        .await;
    assert_eq!(counts, (ROWS + 1, 21));
    let steps = [
        ("ArrowDown", (3, 2)),
        ("ArrowRight", (3, 3)),
        ("End", (3, 21)),
        ("Home", (3, 2)),
        ("Ctrl+End", (ROWS + 1, 21)),
        ("ArrowUp", (ROWS, 21)),
        ("Ctrl+Home", (2, 2)),
        ("Ctrl+ArrowDown", (ROWS + 1, 2)),
        ("Ctrl+ArrowUp", (2, 2)),
        ("ArrowUp", (1, 2)),
        ("ArrowDown", (2, 2)),
        ("Tab", (2, 3)),
        ("Shift+Tab", (2, 2)),
    ];
    for (key, place) in steps {
        window.press(key).await;
        assert_eq!(active(&window).await, place, "after {key}");
    }
    window.close().await;
}

#[tokio::test]
async fn the_wheel_steps_by_rows_and_skips_none() {
    let window = table().await;
    for (notches, row) in [(1, 3), (1, 6), (-1, 3), (-1, 0)] {
        window.wheel(700, 500, notches);
        window
            .until(&format!("row {row} stands at the very top, whole"), async || {
                (first_row(&window).await == (row, 0.0)).then_some(())
            })
            .await;
    }
    window.close().await;
}

/// The place of the uppermost row in the table, and how far below the header it stands.
async fn first_row(window: &Window) -> (u32, f64) {
    window
        .script(
            "const body = document.querySelector('[role=grid] .body').getBoundingClientRect();
             const rows = [...document.querySelectorAll('[role=row][data-row]')]
                 .map((row) => [+row.dataset.row, row.getBoundingClientRect().top - body.top])
                 .sort((a, b) => a[1] - b[1]);
             return rows[0]",
            vec![],
        )
        .await
}

#[tokio::test]
async fn a_cell_is_corrected_in_place_and_checked_at_once() {
    let window = table().await;
    window.click("button", "Fehler").await;
    window.text("4.526 von 1.000.000 Zeilen").await;
    // The e-mail column lies right of the window until the keys bring it into sight.
    window
        .role("grid", "Leads")
        .await
        .click()
        .await
        .expect("the table can be clicked");
    for key in ["Ctrl+Home", "Ctrl+ArrowRight"] {
        window.press(key).await;
    }
    for _ in 0..11 {
        window.press("ArrowLeft").await;
    }
    let bad = window.role("gridcell", "max.mustermann@").await;
    let id = bad
        .attr("id")
        .await
        .expect("the window answers")
        .expect("cells have an id");
    bad.click().await.expect("a cell can be clicked");
    window.press("Enter").await;
    window.press("Ctrl+A").await;
    window.type_text("info@hafen.example").await;
    window.screenshot("table-editing").await;
    window.press("Enter").await;
    window
        .until("the corrected cell is no error any more", async || {
            window
                .script::<bool>(
                    "const cell = document.getElementById(arguments[0]);
                     return cell.textContent.startsWith('info@hafen.example') && cell.ariaInvalid !== 'true'",
                    vec![json!(id)],
                )
                .await
                .then_some(())
        })
        .await;
    window.press("Ctrl+Z").await;
    window
        .until("the cell is an error again", async || {
            window
                .script::<bool>(
                    "return document.getElementById(arguments[0]).ariaInvalid === 'true'",
                    vec![json!(id)],
                )
                .await
                .then_some(())
        })
        .await;
    window.close().await;
}

#[tokio::test]
async fn a_block_is_copied_and_pasted_elsewhere() {
    let window = table().await;
    for _ in 0..2 {
        window.press("Shift+ArrowRight").await;
    }
    for _ in 0..4 {
        window.press("Shift+ArrowDown").await;
    }
    window.press("Ctrl+C").await;
    window.press("Ctrl+End").await;
    for _ in 0..6 {
        window.press("ArrowUp").await;
    }
    window.press("Home").await;
    window.press("Ctrl+V").await;
    // The copy stands where it was pasted, far away from where it came from.
    cell(&window, "EXCEL-ROW-5").await;
    cell(&window, "EXCEL-ROW-9").await;
    window.screenshot("table-pasted").await;
    window.close().await;
}
