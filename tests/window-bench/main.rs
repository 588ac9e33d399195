//! Measures the review table where people have it: the window as it is shipped, over a real project of a million rows,
//! with real keys, a real pointer and a real wheel; prints a table.
//!
//! ```text
//! cargo xtask bench window [PROJECT.lotse]
//! ```
//!
//! Every time is that from the event in the page to the frame that shows what came of it (`meter.js`). The project is
//! copied first: what is measured changes it.

#![allow(
    clippy::print_stdout,
    reason = "a table on standard output is what this program is for"
)]

mod report;
mod steps;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use lotse_engine::places::Places;
use lotse_engine::recent;
use lotse_tests::window::{Opening, Program, Window};
use serde_json::{Value, json};

use report::Report;

/// Looks at the page from outside.
const METER: &str = include_str!("meter.js");

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(project), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: window-bench PROJECT.lotse");
        std::process::exit(2);
    };
    let folder = tempfile::tempdir().expect("a folder");
    let project = copied(Path::new(&project), folder.path());
    let mut report = Report::default();

    opened_with_the_program(&mut report, folder.path(), &project).await;

    recent::remember(&Places::below(folder.path()), &project, "Altbestand");
    let bench = Bench {
        window: opening(folder.path()).open(Program::Desktop).await,
    };
    bench.window.resize(1600, 900).await;
    bench.attach().await;
    report.note("empty window, memory of all processes", bench.megabytes());
    steps::open_from_the_list(&bench, &mut report).await;
    steps::wheel_and_keys(&bench, &mut report).await;
    steps::jumps(&bench, &mut report).await;
    report.memory("… after scrolling and jumping", bench.megabytes());
    steps::errors_only(&bench, &mut report).await;
    steps::sorting(&bench, &mut report).await;
    report.memory("… after sorting by every column", bench.megabytes());
    steps::searching(&bench, &mut report).await;
    steps::filtering(&bench, &mut report).await;
    report.memory("… after filtering by every column", bench.megabytes());
    steps::editing(&bench, &mut report).await;
    steps::typing_beside_a_job(&bench, &mut report).await;
    report.memory("… after checking everything", bench.megabytes());
    steps::many_cells(&bench, &mut report).await;
    report.memory("… at the end, everything done once", bench.megabytes());
    bench.window.screenshot("window-bench-end").await;
    bench.window.close().await;
    println!("{report}");
}

/// Every run begins with the same project.
fn copied(project: &Path, folder: &Path) -> PathBuf {
    let copy = folder.join("Altbestand.lotse");
    if let Err(error) = std::fs::copy(project, &copy) {
        eprintln!("{} cannot be copied: {error}", project.display());
        std::process::exit(1);
    }
    copy
}

fn opening(home: &Path) -> Opening {
    Opening::default()
        .argument("--now")
        .argument("2025-10-01T12:00:00Z")
        .variable("LOTSE_HOME", home.display().to_string())
        .variable("LOTSE_USER", "Bench")
}

/// From the start of the process to the first rows, with a project given on the command line.
async fn opened_with_the_program(report: &mut Report, home: &Path, project: &Path) {
    let window = opening(home)
        .argument(project.display().to_string())
        .open(Program::Desktop)
        .await;
    let begun = window.started();
    let bench = Bench { window };
    bench.attach().await;
    let shown: f64 = bench
        .window
        .script_async(
            "while (!(meter.filled() && document.querySelector('[role=row][data-row]')))
                 await new Promise((drawn) => requestAnimationFrame(drawn));
             return performance.timeOrigin + performance.now()",
            vec![],
        )
        .await;
    let begun = begun
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("the clock is past 1970");
    report.time(
        "start the program with a project, to its first rows ¹",
        shown - begun.as_secs_f64() * 1000.0,
        1000.0,
    );
    bench.window.close().await;
}

/// The window, and what looks into it.
pub(crate) struct Bench {
    pub(crate) window: Window,
}

impl Bench {
    async fn attach(&self) {
        self.window
            .script::<Option<bool>>(&format!("{METER}; return null"), vec![])
            .await;
    }

    fn megabytes(&self) -> u64 {
        self.window.memory() / 1_000_000
    }

    /// Does something, and gives the milliseconds from the event of this type that it causes to the frame that shows
    /// its outcome.
    pub(crate) async fn time(
        &self,
        event: &str,
        outcome: &str,
        details: Value,
        act: impl AsyncFnOnce(&Window),
    ) -> f64 {
        self.window
            .script::<Option<bool>>(
                "meter.arm(...arguments); return null",
                vec![json!(event), json!(outcome), details],
            )
            .await;
        act(&self.window).await;
        self.window.script_async("return meter.result()", vec![]).await
    }

    /// The same for what may take minutes.
    pub(crate) async fn long_time(
        &self,
        event: &str,
        outcome: &str,
        details: Value,
        act: impl AsyncFnOnce(&Window),
    ) -> f64 {
        const PATIENCE: Duration = Duration::from_secs(300);
        self.window
            .script::<Option<bool>>(
                "meter.arm(...arguments); return null",
                vec![json!(event), json!(outcome), details],
            )
            .await;
        act(&self.window).await;
        let begun = Instant::now();
        loop {
            let last: Option<f64> = self.window.script("return meter.last()", vec![]).await;
            if let Some(last) = last {
                return last;
            }
            assert!(begun.elapsed() < PATIENCE, "not after {PATIENCE:?}: {outcome}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Presses a key and gives the milliseconds to the frame that shows its outcome.
    pub(crate) async fn key(&self, key: &str, outcome: &str) -> f64 {
        self.time("keydown", outcome, Value::Null, async |window: &Window| {
            window.press(key).await;
        })
        .await
    }
}
