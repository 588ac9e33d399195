//! Measures the review table where people have it: the window as it is shipped, over a real project of a million rows,
//! with real keys, a real pointer and a real wheel; prints a table.
//!
//! ```text
//! cargo xtask bench window [PROJECT.lotse] [STEP...]
//! ```
//!
//! Every time is that from the event in the page to the frame that shows what came of it (`meter.js`). Beside it stand
//! the parts of it that are told apart: waiting for answers of the shell, and the engine's drawing of the last frame.
//! The project is copied first: what is measured changes it.

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

use report::{Report, Time};

/// Looks at the page from outside.
const METER: &str = include_str!("meter.js");

/// The sides of the table that can be measured by themselves, in the order in which all of them are.
const STEPS: [&str; 10] = [
    "start", "scroll", "jump", "errors", "sort", "search", "filter", "edit", "job", "bulk",
];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let project = arguments.next();
    let chosen: Vec<String> = arguments.collect();
    let unknown = chosen.iter().find(|step| !STEPS.contains(&step.as_str()));
    let (Some(project), None) = (project, unknown) else {
        eprintln!("usage: window-bench PROJECT.lotse [{}]...", STEPS.join("|"));
        std::process::exit(2);
    };
    let folder = tempfile::tempdir().expect("a folder");
    let project = copied(Path::new(&project), folder.path());
    let mut report = Report::default();
    let steps = STEPS
        .into_iter()
        .filter(|step| chosen.is_empty() || chosen.iter().any(|name| name == step));

    let mut bench: Option<Bench> = None;
    for step in steps {
        if step == "start" {
            opened_with_the_program(&mut report, folder.path(), &project).await;
            continue;
        }
        let bench = match &bench {
            Some(bench) => bench,
            None => bench.insert(opened_from_the_list(&mut report, folder.path(), &project).await),
        };
        match step {
            "scroll" => steps::wheel_and_keys(bench, &mut report).await,
            "jump" => steps::jumps(bench, &mut report).await,
            "errors" => steps::errors_only(bench, &mut report).await,
            "sort" => steps::sorting(bench, &mut report).await,
            "search" => steps::searching(bench, &mut report).await,
            "filter" => steps::filtering(bench, &mut report).await,
            "edit" => steps::editing(bench, &mut report).await,
            "job" => steps::typing_beside_a_job(bench, &mut report).await,
            _ => steps::many_cells(bench, &mut report).await,
        }
        bench.note_memory(&mut report, &format!("memory after “{step}”"));
    }
    if let Some(bench) = bench {
        bench.window.screenshot("window-bench-end").await;
        bench.window.close().await;
    }
    println!("{report}");
}

/// A window that a person opened without anything, and then with the project.
async fn opened_from_the_list(report: &mut Report, home: &Path, project: &Path) -> Bench {
    recent::remember(&Places::below(home), project, "Altbestand");
    let bench = Bench {
        window: opening(home).open(Program::Desktop).await,
    };
    bench.window.resize(1600, 900).await;
    bench.attach().await;
    bench.note_memory(report, "memory of the empty window");
    steps::open_from_the_list(&bench, report).await;
    bench.note_memory(report, "memory, project open");
    bench
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
        Time {
            whole: shown - begun.as_secs_f64() * 1000.0,
            ..Time::default()
        },
        1000.0,
    );
    bench.note_memory(report, "memory, project open from the start");
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

    fn note_memory(&self, report: &mut Report, what: &str) {
        report.memory(what, &self.window.memory_of_each());
    }

    /// Does something, and gives the time from the event of this type that it causes to the frame that shows its
    /// outcome.
    pub(crate) async fn time(
        &self,
        event: &str,
        outcome: &str,
        details: Value,
        act: impl AsyncFnOnce(&Window),
    ) -> Time {
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
    ) -> Time {
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
            let last: Option<Time> = self.window.script("return meter.last()", vec![]).await;
            if let Some(last) = last {
                return last;
            }
            assert!(begun.elapsed() < PATIENCE, "not after {PATIENCE:?}: {outcome}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Presses a key and gives the time to the frame that shows its outcome.
    pub(crate) async fn key(&self, key: &str, outcome: &str) -> Time {
        self.time("keydown", outcome, Value::Null, async |window: &Window| {
            window.press(key).await;
        })
        .await
    }
}
