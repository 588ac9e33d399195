//! Compares grids for the review table in the real window, over 1,000,000 rows of 20 columns that Rust serves by
//! windows, and prints a table.
//!
//! ```text
//! cd tests/grid-trial && npm ci && npm run build && cd ../..
//! cargo run --package lotse-tests --example grid-trial [GRID...]
//! ```
//!
//! Each grid gets a window of its own and the same treatment from outside: a real wheel, real keys, the real
//! clipboard. What is judged by reading instead of measuring (upkeep, licence) stands in `src-tauri/ARCHITECTURE.md`.

#![allow(
    clippy::print_stdout,
    reason = "a table on standard output is what this program is for"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use lotse_tests::window::{Opening, Program, Window};
use serde::Deserialize;
use serde_json::{Value, json};

const ROWS: u32 = 1_000_000;
const JUMPS: u32 = 40;
const NOTCHES: u32 = 120;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut grids: Vec<String> = std::env::args().skip(1).collect();
    if grids.is_empty() {
        grids = ["ag", "slick", "revo", "own"].map(str::to_owned).to_vec();
    }
    let mut columns = Vec::new();
    for grid in &grids {
        columns.push(measure(grid).await);
    }
    println!("| | {} |\n|---|{}", grids.join(" | "), "---|".repeat(grids.len()));
    for (label, _) in &columns[0] {
        let cells: Vec<&str> = columns
            .iter()
            .map(|column| {
                column
                    .iter()
                    .find(|(other, _)| other == label)
                    .map_or("", |(_, value)| value)
            })
            .collect();
        println!("| {label} | {} |", cells.join(" | "));
    }
}

async fn measure(grid: &str) -> Vec<(&'static str, String)> {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("grid-trial/dist");
    assert!(
        ui.join("own.html").exists(),
        "build the pages first: npm ci && npm run build in tests/grid-trial"
    );
    let window = Opening::default()
        .argument("--rows")
        .argument(ROWS.to_string())
        .argument("--ui")
        .argument(ui.to_string_lossy())
        .open(Program::Synthetic)
        .await;
    let mut table = Vec::new();
    // Wide enough for the ten columns that are copied.
    window.resize(1600, 900).await;

    let address = window
        .web()
        .current_url()
        .await
        .expect("the window has an address");
    let page = address.join(&format!("/{grid}.html")).expect("a page beside it");
    window.web().goto(page.as_str()).await.expect("the page opens");
    let first = window
        .until(&format!("{grid} shows its first rows"), async || {
            window
                .script::<Option<f64>>("return window.trial?.firstPaint ?? null", vec![])
                .await
        })
        .await;
    table.push(("first rows after", format!("{first:.0} ms")));
    let at_rest = window.memory();

    // By the wheel, as fast as a finger turns it.
    window
        .script::<Option<bool>>("trial.record(); return null", vec![])
        .await;
    for _ in 0..NOTCHES {
        window.wheel(600, 400, 1);
        tokio::time::sleep(Duration::from_millis(16)).await;
    }
    let frames: Vec<f64> = window.script("return trial.frames()", vec![]).await;
    table.push(("wheel, frame p50 / p95 / worst", quantiles(frames)));
    table.push(("shown in between", first_row(&window).await));

    let mut times = Vec::new();
    let mut missed = 0;
    for at in 0..JUMPS {
        let row = (at * 7_919 * 131) % ROWS;
        match window
            .script_async::<Option<f64>>("return trial.jump(args[0])", vec![json!(row)])
            .await
        {
            Some(time) => times.push(time),
            None => missed += 1,
        }
    }
    let suffix = if missed == 0 {
        String::new()
    } else {
        format!(", {missed} of {JUMPS} never shown")
    };
    table.push((
        "jump anywhere p50 / p95 / worst",
        format!("{}{suffix}", quantiles(times)),
    ));
    let last = window
        .script_async::<Option<f64>>("return trial.jump(args[0])", vec![json!(ROWS - 1)])
        .await;
    table.push((
        "last row reachable",
        if last.is_some() { "yes" } else { "no" }.to_owned(),
    ));
    window.screenshot(&format!("grid-trial-{grid}")).await;

    window
        .script_async::<Option<f64>>("return trial.jump(0)", vec![])
        .await;
    let edit = editing(&window).await;
    table.push(("editing: open / write", edit));
    table.push(("copy and paste of 100x10", clipboard(&window).await));
    let [reached, of] = keyboard(&window).await;
    table.push(("keys that move as in a spreadsheet", format!("{reached} of {of}")));
    table.push(("ARIA", aria(&window).await));
    let memory = |bytes: u64| bytes / 1024 / 1024;
    table.push((
        "memory of all processes, at rest / after",
        format!("{} / {} MiB", memory(at_rest), memory(window.memory())),
    ));
    window.close().await;
    table
}

fn quantiles(mut times: Vec<f64>) -> String {
    if times.is_empty() {
        return "–".to_owned();
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    format!("{:.0} / {:.0} / {:.0} ms", at(50), at(95), at(100))
}

/// Where a cell of the page lies, by its text.
async fn place(window: &Window, text: &str) -> Option<(i64, i64)> {
    window
        .script(
            "const cell = [...document.querySelectorAll('[role=gridcell], .slick-cell, .rgCell')]
                 .find((cell) => {
                     const box = cell.getBoundingClientRect();
                     const inSight = box.top > 20 && box.bottom < innerHeight - 20 && box.left >= 0 && box.left < innerWidth - 40;
                     return inSight && cell.textContent.trim() === arguments[0];
                 });
             if (!cell) return null;
             const box = cell.getBoundingClientRect();
             return [Math.round(box.left + 20), Math.round(box.top + box.height / 2)]",
            vec![json!(text)],
        )
        .await
}

async fn click(window: &Window, (x, y): (i64, i64), shift: bool) {
    let mut actions = window.web().action_chain();
    if shift {
        actions = actions.key_down(thirtyfour::Key::Shift);
    }
    actions = actions.move_to(x, y).click();
    if shift {
        actions = actions.key_up(thirtyfour::Key::Shift);
    }
    actions.perform().await.expect("the pointer works");
    window.drawn().await;
}

async fn first_row(window: &Window) -> String {
    let texts: Vec<String> = window
        .script(
            "return [...document.querySelectorAll('[role=gridcell], .slick-cell, .rgCell')]
                 .map((cell) => [cell.getBoundingClientRect().top, cell.textContent.trim()])
                 .filter(([top, text]) => top > 20 && text.startsWith('EXCEL-ROW-'))
                 .sort((a, b) => a[0] - b[0]).slice(0, 1).map(([top, text]) => `${text} at ${Math.round(top)} px`)",
            vec![],
        )
        .await;
    texts.into_iter().next().unwrap_or_else(|| "blank".to_owned())
}

async fn cell(window: &Window, row: u32, column: &str) -> String {
    block(window, row, 1, &[column]).await.remove(0).remove(0)
}

async fn block(window: &Window, offset: u32, rows: u32, columns: &[&str]) -> Vec<Vec<String>> {
    window
        .script_async(
            "const view = { search: '', severities: [], changedOnly: false, sort: [] };
             return window.__TAURI_INTERNALS__.invoke('table_block', { view, block: args[0] })",
            vec![json!({ "offset": offset, "rows": rows, "columns": columns })],
        )
        .await
}

/// From the key to the editor, and from Enter to the new text in the cell.
async fn editing(window: &Window) -> String {
    let company = cell(window, 2, "companyName").await;
    let Some(at) = place(window, &company).await else {
        return "cell not found".to_owned();
    };
    let mut opened = Vec::new();
    let mut written = Vec::new();
    click(window, at, false).await;
    for turn in 0..8 {
        window.press("Enter").await;
        window.drawn().await;
        let times: BTreeMap<String, f64> = window.script("return trial.keys()", vec![]).await;
        if times["opened"] < times["down"] {
            return "Enter opens no editor".to_owned();
        }
        opened.push(times["opened"] - times["down"]);
        let text = format!("Probe {turn}");
        window.press("Ctrl+A").await;
        window.type_text(&text).await;
        window
            .script::<Option<bool>>(
                "trial.written = null;
                 addEventListener('keydown', () => {
                     const start = performance.now();
                     trial.untilDrawn(arguments[0]).then((found) => (trial.written = found ? performance.now() - start : -1));
                 }, { capture: true, once: true });
                 return null",
                vec![json!(text)],
            )
            .await;
        window.press("Enter").await;
        let time = window
            .until("the cell shows what was written", async || {
                window.script::<Option<f64>>("return trial.written", vec![]).await
            })
            .await;
        if time < 0.0 {
            return format!("{} open, the text never showed", quantiles(opened));
        }
        written.push(time);
        window.press("ArrowUp").await;
        click(window, at, false).await;
    }
    let kept = cell(window, 2, "companyName").await == "Probe 7";
    let note = if kept { "" } else { " (not written back)" };
    format!("{} / {}{note}", quantiles(opened), quantiles(written))
}

/// Selects 100 rows by 10 columns by hand, copies, pastes 200 rows below, and asks Rust whether it arrived.
async fn clipboard(window: &Window) -> String {
    let columns = [
        "externalId",
        "companyName",
        "postalCode",
        "city",
        "businessType",
        "territory",
        "contact.firstName",
        "contact.lastName",
        "contact.email",
        "contact.phone",
    ];
    let wanted = block(window, 20, 100, &columns).await;
    let jump = async |row: u32| {
        window
            .script_async::<Option<f64>>("return trial.jump(args[0])", vec![json!(row)])
            .await;
    };
    // The last column may lie outside: it is scrolled into sight by the keys, which also prove that they select.
    jump(20).await;
    let Some(from) = place(window, "EXCEL-ROW-25").await else {
        return "row not found".to_owned();
    };
    click(window, from, false).await;
    for _ in 0..9 {
        window.press("Shift+ArrowRight").await;
    }
    for _ in 0..99 {
        window.press("Shift+ArrowDown").await;
    }
    window.press("Ctrl+C").await;
    window.drawn().await;
    jump(220).await;
    let Some(to) = place(window, "EXCEL-ROW-225").await else {
        return "target not found".to_owned();
    };
    click(window, to, false).await;
    window
        .script::<Option<bool>>("trial.pasted = performance.now(); return null", vec![])
        .await;
    window.press("Ctrl+V").await;
    for _ in 0..100 {
        let found = block(window, 220, 100, &columns).await;
        if found == wanted {
            let time: f64 = window
                .script("return performance.now() - trial.pasted", vec![])
                .await;
            return format!("yes, {time:.0} ms");
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    let found = block(window, 220, 100, &columns).await;
    let same = found
        .iter()
        .zip(&wanted)
        .map(|(a, b)| a.iter().zip(b).filter(|(a, b)| a == b).count())
        .sum::<usize>();
    format!("no ({same} of 1000 cells right)")
}

/// Presses keys one after the other and looks at where the active cell is told to be.
async fn keyboard(window: &Window) -> [usize; 2] {
    let steps: [(&str, i64, i64); 10] = [
        ("ArrowDown", 601, 1),
        ("ArrowRight", 601, 2),
        ("ArrowUp", 600, 2),
        ("ArrowLeft", 600, 1),
        ("End", 600, 20),
        ("Home", 600, 1),
        ("Tab", 600, 2),
        ("Ctrl+End", 999_999, 20),
        ("Ctrl+Home", 0, 1),
        ("Ctrl+ArrowDown", 999_999, 1),
    ];
    window
        .script_async::<Option<f64>>("return trial.jump(600)", vec![])
        .await;
    let Some(at) = place(window, "EXCEL-ROW-605").await else {
        return [0, steps.len()];
    };
    click(window, at, false).await;
    let mut reached = 0;
    for (key, row, column) in steps {
        window.press(key).await;
        // Where a jump has to fetch rows, they may take a moment.
        for _ in 0..20 {
            window.drawn().await;
            if active(window).await == Some((row, column)) {
                reached += 1;
                break;
            }
        }
    }
    [reached, steps.len()]
}

/// Row and column of the active cell as each grid tells it; the first column counts as 1.
async fn active(window: &Window) -> Option<(i64, i64)> {
    window
        .script::<Option<(i64, i64)>>(
            "const told = document.activeElement?.getAttribute('aria-activedescendant');
             if (told) {
                 const cell = document.getElementById(told);
                 if (!cell) return null;
                 return [+cell.closest('[role=row]').getAttribute('aria-rowindex') - 2, +cell.getAttribute('aria-colindex') - 1];
             }
             const ag = document.querySelector('.ag-cell-focus');
             if (ag) return [+ag.closest('[role=row]').getAttribute('aria-rowindex') - 2, +ag.getAttribute('aria-colindex')];
             const slick = document.querySelector('.slick-cell.active');
             if (slick) {
                 const id = [...slick.parentElement.querySelectorAll('.slick-cell')].map((cell) => cell.textContent.trim());
                 const index = +/l(\\d+)/.exec(slick.className)[1] + 1;
                 const row = id.find((text) => text.startsWith('EXCEL-ROW-'));
                 return row ? [+row.slice(10) - 5, index] : null;
             }
             const focus = document.querySelector('revogr-focus, .focused-cell');
             if (focus) {
                 const box = focus.getBoundingClientRect();
                 const cell = document.elementsFromPoint(box.left + 8, box.top + 8).find((hit) => hit.closest('.rgCell'))?.closest('.rgCell');
                 return cell ? [+cell.getAttribute('data-rgRow'), +cell.getAttribute('data-rgCol') + 1] : null;
             }
             return null",
            vec![],
        )
        .await
}

async fn aria(window: &Window) -> String {
    #[derive(Deserialize)]
    struct Told {
        role: Option<String>,
        rows: Option<String>,
        columns: Option<String>,
        cells: u32,
        numbered: u32,
    }
    let told: Value = window
        .script(
            "const grid = document.querySelector('[role=grid], [role=treegrid], [role=table]');
             const cells = [...document.querySelectorAll('[role=gridcell], [role=cell]')];
             return {
                 role: grid?.getAttribute('role') ?? null,
                 rows: grid?.getAttribute('aria-rowcount') ?? null,
                 columns: grid?.getAttribute('aria-colcount') ?? null,
                 cells: cells.length,
                 numbered: cells.filter((cell) => cell.hasAttribute('aria-colindex') && cell.closest('[aria-rowindex]')).length,
             }",
            vec![],
        )
        .await;
    let told: Told = serde_json::from_value(told).expect("as written above");
    format!(
        "{}, rowcount {}, colcount {}, {} of {} cells numbered",
        told.role.as_deref().unwrap_or("no grid"),
        told.rows.as_deref().unwrap_or("–"),
        told.columns.as_deref().unwrap_or("–"),
        told.numbered,
        told.cells
    )
}
