//! What is done to the table, one function for each of its sides.

use std::time::Duration;

use lotse_tests::window::Window;
use serde_json::{Value, json};

use crate::Bench;
use crate::report::{Report, Time};

const JUMPS: usize = 60;
const STEPS: usize = 60;
const NOTCHES: usize = 120;

/// Milliseconds for what a person asks the table for.
const ANSWER: f64 = 300.0;
/// Milliseconds for rows that come into sight.
const SCROLL: f64 = 100.0;

pub(crate) async fn open_from_the_list(bench: &Bench, report: &mut Report) {
    let time = bench
        .time("pointerdown", "shown", Value::Null, async |window: &Window| {
            window.click("button", "Altbestand").await;
        })
        .await;
    report.time("open a project from the list, to its first rows", time, 1000.0);
}

pub(crate) async fn wheel_and_keys(bench: &Bench, report: &mut Report) {
    let window = &bench.window;
    window
        .script::<Option<bool>>("meter.record(); return null", vec![])
        .await;
    for _ in 0..NOTCHES {
        window.wheel(700, 500, 1);
        tokio::time::sleep(Duration::from_millis(16)).await;
    }
    let frames: Vec<f64> = window.script("return meter.frames()", vec![]).await;
    let frames = frames.into_iter().map(|whole| Time {
        whole,
        ..Time::default()
    });
    report.times("wheel turned at once, frames", frames.collect(), None);
    let mut notches = Vec::new();
    for _ in 0..STEPS {
        let turn = async |window: &Window| window.wheel(700, 500, 1);
        notches.push(bench.time("wheel", "moved", Value::Null, turn).await);
    }
    report.times("one notch of the wheel, to its rows", notches, Some(SCROLL));
    to_the_table(bench).await;
    for (key, outcome) in [
        ("ArrowDown", "stepped"),
        ("ArrowRight", "stepped"),
        ("PageDown", "moved"),
    ] {
        // Back and forth, since there are fewer columns than steps.
        let back = if key == "ArrowRight" { "ArrowLeft" } else { key };
        let mut times = Vec::new();
        for step in 0..STEPS {
            let key = if (step / 15) % 2 == 0 { key } else { back };
            times.push(bench.key(key, outcome).await);
        }
        report.times(key, times, Some(SCROLL));
    }
    for key in ["Ctrl+End", "Ctrl+Home"] {
        let time = bench.key(key, "moved").await;
        report.time(key, time, SCROLL);
    }
}

/// Gives the table the keyboard, in its upper left corner.
async fn to_the_table(bench: &Bench) {
    let window = &bench.window;
    window
        .script::<Option<bool>>(
            "document.querySelector('[role=grid]').focus(); return null",
            vec![],
        )
        .await;
    window.press("Ctrl+Home").await;
    window
        .until("the first row is in sight", async || {
            window
                .script::<bool>("return meter.top() === 0 && meter.filled()", vec![])
                .await
                .then_some(())
        })
        .await;
}

/// The thumb of the scrollbar is held and let go of at places all over the table.
pub(crate) async fn jumps(bench: &Bench, report: &mut Report) {
    let window = &bench.window;
    let [x, top, height]: [i64; 3] = window
        .script(
            "const track = [...document.querySelectorAll('.track.vertical')].find((one) => one.clientHeight > 200);
             const box = track.getBoundingClientRect();
             return [box.left + box.width / 2, box.top, box.height].map(Math.round)",
            vec![],
        )
        .await;
    window
        .web()
        .action_chain()
        .move_to(x, top + 4)
        .click_and_hold()
        .perform()
        .await
        .expect("the thumb can be held");
    let mut times = Vec::new();
    for jump in 0..JUMPS {
        // Spread, and never close to the place before.
        let place = i64::try_from((jump * 7_919 + 331) % 1_000).expect("small");
        let y = top + 20 + place * (height - 60) / 1_000;
        let drag = async |window: &Window| {
            let moved = window.web().action_chain().move_to(x, y).perform().await;
            moved.expect("the pointer moves");
        };
        times.push(bench.time("pointermove", "moved", Value::Null, drag).await);
    }
    let released = window.web().action_chain().release().perform().await;
    released.expect("the thumb can be let go of");
    report.times("jump anywhere, to its rows", times, Some(SCROLL));
    window.screenshot("window-bench-jumped").await;
}

pub(crate) async fn errors_only(bench: &Bench, report: &mut Report) {
    for what in ["errors only", "… and everything again"] {
        let press = async |window: &Window| window.click("button", "Fehler").await;
        let time = bench.time("pointerdown", "arranged", Value::Null, press).await;
        report.time(what, time, ANSWER);
    }
}

/// The name of the column that is active in the header.
async fn active_column(window: &Window) -> String {
    window
        .script(
            "const head = document.getElementById(meter.active());
             return head.querySelector('.title')?.textContent ?? head.id",
            vec![],
        )
        .await
}

async fn column_count(window: &Window) -> usize {
    let count: usize = window
        .script(
            "return +document.querySelector('[role=grid]').ariaColCount",
            vec![],
        )
        .await;
    // The row numbers are one, and nobody sorts by them.
    count - 1
}

pub(crate) async fn sorting(bench: &Bench, report: &mut Report) {
    let window = &bench.window;
    to_the_table(bench).await;
    window.press("ArrowUp").await;
    let (mut first, mut later) = (Vec::new(), Vec::new());
    let columns = column_count(window).await;
    for column in 0..columns {
        let name = active_column(window).await;
        first.push((bench.key("Enter", "arranged").await, name.clone()));
        later.push((bench.key("Enter", "arranged").await, name));
        bench.key("Enter", "arranged").await;
        if column + 1 < columns {
            bench.key("ArrowRight", "stepped").await;
        }
    }
    report.columns("sort for the first time", first, ANSWER);
    report.columns("sort the other way", later, ANSWER);
}

pub(crate) async fn searching(bench: &Bench, report: &mut Report) {
    let window = &bench.window;
    for text in ["krone", "info7771", "nirgends"] {
        window.press("Ctrl+F").await;
        // Typed in one go, so that it is looked for once, when the fingers rest.
        let kind = async |window: &Window| window.type_text(text).await;
        let time = bench.time("keydown", "arranged", Value::Null, kind).await;
        report.time(
            &format!("look for “{text}”, from the first letter on"),
            time,
            ANSWER,
        );
        let all = async |window: &Window| window.click("button", "Alle").await;
        bench.time("pointerdown", "arranged", Value::Null, all).await;
    }
}

/// Chooses a column whose values are listed, as the keys of the list would.
const LIST_VALUES: &str = "
    const list = [...document.querySelectorAll('aside select')].find((one) => one.ariaLabel === 'Nach Werten einer Spalte …');
    list.selectedIndex = arguments[0];
    list.dispatchEvent(new Event('change', { bubbles: true }));
    return list.options[arguments[0]].text";

pub(crate) async fn filtering(bench: &Bench, report: &mut Report) {
    let window = &bench.window;
    let open = async |window: &Window| window.press("Ctrl+L").await;
    let time = bench
        .time(
            "keydown",
            "read",
            json!({ "text": "1.000.000 Zeilen passen." }),
            open,
        )
        .await;
    report.time("open the filters with their counts", time, ANSWER);
    let (mut listed, mut filtered) = (Vec::new(), Vec::new());
    for column in 0..column_count(window).await {
        let mut name = String::new();
        let choose = async |window: &Window| {
            name = window.script(LIST_VALUES, vec![json!(column + 1)]).await;
        };
        listed.push((
            bench.time("change", "counted", Value::Null, choose).await,
            String::new(),
        ));
        if let Some(last) = listed.last_mut() {
            last.1.clone_from(&name);
        }
        // A value of it, and none of the states, decisions and sources below.
        let chosen = window
            .until("values are listed", async || {
                window
                    .script::<Option<bool>>(
                        "const group = [...document.querySelectorAll('aside section[role=group]')]
                             .find((one) => one.querySelector('h2').textContent === arguments[0]);
                         const boxes = group ? [...group.querySelectorAll('input[type=checkbox]')] : [];
                         if (boxes.length === 0) return null;
                         boxes[0].scrollIntoView({ block: 'center' });
                         window.chosen = boxes[0];
                         return group.querySelectorAll('li').length > 1",
                        vec![json!(name)],
                    )
                    .await
            })
            .await;
        // Where all rows say the same, no other rows are shown.
        if chosen {
            let choose = async |window: &Window| {
                window
                    .script::<Option<bool>>("window.chosen.click(); return null", vec![])
                    .await;
            };
            filtered.push((
                bench.time("change", "arranged", Value::Null, choose).await,
                name.clone(),
            ));
        }
        let unlist = format!("{name} nicht mehr auflisten");
        window.click("button", &unlist).await;
        window.gone("button", &unlist).await;
        window
            .until("all rows are shown again", async || {
                window
                    .script::<bool>("return meter.filled() && document.querySelector('[role=grid]').ariaRowCount === '1000001'", vec![])
                    .await
                    .then_some(())
            })
            .await;
    }
    report.columns("list the values with their counts", listed, ANSWER);
    report.columns("filter by a value", filtered, ANSWER);
    let mut counts = Vec::new();
    for _ in 0..6 {
        let press = async |window: &Window| window.click("button", "Warnungen").await;
        counts.push(bench.time("pointerdown", "counted", Value::Null, press).await);
    }
    report.times("all counts after another filter", counts, Some(ANSWER));
    window.screenshot("window-bench-filters").await;
}

/// Writes into the active cell and gives the time until it stands there, checked.
async fn write(bench: &Bench, text: &str) -> Time {
    let window = &bench.window;
    let cell: String = window.script("return meter.active()", vec![]).await;
    window.press("Enter").await;
    window.press("Ctrl+A").await;
    window.type_text(text).await;
    bench
        .time(
            "keydown",
            "written",
            json!({ "cell": cell, "text": text }),
            async |window: &Window| window.press("Enter").await,
        )
        .await
}

pub(crate) async fn editing(bench: &Bench, report: &mut Report) {
    to_the_table(bench).await;
    bench.key("ArrowRight", "stepped").await;
    let first = write(bench, "Gasthof Erster").await;
    report.time("first edit, from Enter to the checked cell", first, ANSWER);
    let mut times = Vec::new();
    for edit in 0..20 {
        times.push(write(bench, &format!("Gasthof {edit}")).await);
    }
    report.times("further edits", times, Some(ANSWER));
}

pub(crate) async fn typing_beside_a_job(bench: &Bench, report: &mut Report) {
    let window = &bench.window;
    let busy = "return document.querySelector('footer progress') !== null";
    let calm = async || {
        window
            .until("nothing runs in the background", async || {
                (!window.script::<bool>(busy, vec![]).await).then_some(())
            })
            .await;
    };
    calm().await;
    window.click("button", "Weiteres").await;
    window.click("menuitem", "Alles neu prüfen").await;
    window
        .until("a job is running", async || {
            window.script::<bool>(busy, vec![]).await.then_some(())
        })
        .await;
    to_the_table(bench).await;
    let (mut keys, mut written) = (Vec::new(), Vec::new());
    while window.script::<bool>(busy, vec![]).await && keys.len() < 200 {
        bench.key("ArrowDown", "stepped").await;
        window.press("Enter").await;
        window.press("Ctrl+A").await;
        let cell: String = window.script("return meter.active()", vec![]).await;
        let text = format!("Muehle {}", written.len());
        for letter in text.chars() {
            let kind = async |window: &Window| window.type_text(&letter.to_string()).await;
            keys.push(bench.time("keydown", "typed", Value::Null, kind).await);
        }
        let details = json!({ "cell": cell, "text": text });
        let enter = async |window: &Window| window.press("Enter").await;
        written.push(bench.time("keydown", "written", details, enter).await);
    }
    report.times(
        "a letter into a cell while everything is checked",
        keys,
        Some(SCROLL),
    );
    report.times("Enter to the checked cell meanwhile", written, None);
    let begun = std::time::Instant::now();
    while window.script::<bool>(busy, vec![]).await {
        assert!(begun.elapsed() < Duration::from_secs(300), "the check ends");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// One value in some 83,000 rows all over the table.
pub(crate) async fn many_cells(bench: &Bench, report: &mut Report) {
    let window = &bench.window;
    window.press("Ctrl+F").await;
    let kind = async |window: &Window| window.type_text("Kiel").await;
    bench.time("keydown", "arranged", Value::Null, kind).await;
    window
        .until("the rows with Kiel are shown", async || {
            let rows = "return document.querySelector('[role=grid]').ariaRowCount";
            let rows: String = window.script(rows, vec![]).await;
            matches!(rows.parse(), Ok(50_000..200_000)).then_some(())
        })
        .await;
    window.press("Ctrl+E").await;
    window.click("radio", "Alle der Ansicht").await;
    window
        .script::<Option<bool>>(
            "const list = [...document.querySelectorAll('aside select')].find((one) => one.ariaLabel === 'Spalte');
             list.value = 'city';
             list.dispatchEvent(new Event('change', { bubbles: true }));
             return null",
            vec![],
        )
        .await;
    let field = window.label("Wert").await;
    let preview = async |_: &Window| {
        field
            .send_keys("Kiel am Hafen")
            .await
            .expect("a field takes a text");
    };
    let looked = bench
        .time(
            "keydown",
            "read",
            json!({ "text": "Zellen würden sich ändern" }),
            preview,
        )
        .await;
    report.unmarked("what a value in 83,000 rows would do", looked);
    window
        .until("the change can be made", async || {
            window
                .script::<bool>(
                    "return [...document.querySelectorAll('aside button')].some((one) => /83\\.\\d+ Zellen ändern/.test(one.textContent) && !one.disabled)",
                    vec![],
                )
                .await
                .then_some(())
        })
        .await;
    let press = async |window: &Window| window.click("button", "Zellen ändern").await;
    let changed = bench
        .long_time(
            "pointerdown",
            "read",
            json!({ "text": "Zellen geändert." }),
            press,
        )
        .await;
    report.unmarked("set it in 83,000 rows all over the table", changed);
    let press = async |window: &Window| window.click("button", "Rückgängig").await;
    let undone = bench
        .long_time("pointerdown", "unchanged", Value::Null, press)
        .await;
    report.unmarked("take it back", undone);
}
