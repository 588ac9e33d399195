//! The table that is printed.

use std::fmt;

use serde::Deserialize;

/// What was measured, held against its mark where it has one.
#[derive(Default)]
pub(crate) struct Report(Vec<[String; 5]>);

/// How long something took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct Time {
    /// From the event to the end of the frame that shows what came of it.
    pub(crate) whole: f64,
    /// Of it, waiting for answers from behind the border.
    pub(crate) answers: f64,
    /// Of it, from the page as it is to be to the end of its frame: the engine's layout and drawing.
    pub(crate) frame: f64,
}

impl Time {
    fn parts(self) -> String {
        let page = self.whole - self.answers - self.frame;
        // Looked at from outside, nothing is known of them.
        if self.frame == 0.0 {
            return String::new();
        }
        format!("{:.0} + {page:.0} + {:.0}", self.answers, self.frame)
    }
}

/// Megabytes of all processes of the window together.
const MEMORY_MARK: u64 = 600;

impl Report {
    fn line(&mut self, what: &str, figure: String, parts: String, mark: String, met: bool) {
        let verdict = match (mark.is_empty(), met) {
            (true, _) => "",
            (false, true) => "yes",
            (false, false) => "NO",
        };
        // Whoever waits for minutes sees where it stands.
        eprintln!("{what}: {figure} ({parts}) {verdict}");
        self.0
            .push([what.to_owned(), figure, parts, mark, verdict.to_owned()]);
    }

    /// One time and its mark.
    pub(crate) fn time(&mut self, what: &str, time: Time, mark: f64) {
        self.line(
            what,
            format!("{:.0} ms", time.whole),
            time.parts(),
            format!("{mark:.0} ms"),
            time.whole <= mark,
        );
    }

    /// One time that has no mark.
    pub(crate) fn unmarked(&mut self, what: &str, time: Time) {
        self.line(
            what,
            format!("{:.0} ms", time.whole),
            time.parts(),
            String::new(),
            true,
        );
    }

    /// Many times; the mark is one of the 95th percentile, the parts are those of the median.
    pub(crate) fn times(&mut self, what: &str, mut times: Vec<Time>, mark: Option<f64>) {
        times.sort_by(|a, b| a.whole.total_cmp(&b.whole));
        let Some(last) = times.len().checked_sub(1) else {
            return;
        };
        let at = |share: usize| times[(last * share).div_ceil(100)];
        self.line(
            &format!("{what}, p50 / p95 / worst of {}", times.len()),
            format!(
                "{:.0} / {:.0} / {:.0} ms",
                at(50).whole,
                at(95).whole,
                at(100).whole
            ),
            at(50).parts(),
            mark.map_or_else(String::new, |mark| format!("p95 {mark:.0} ms")),
            mark.is_none_or(|mark| at(95).whole <= mark),
        );
    }

    /// One time for each column; the mark holds for all of them, the parts are those of the worst.
    pub(crate) fn columns(&mut self, what: &str, mut times: Vec<(Time, String)>, mark: f64) {
        times.sort_by(|a, b| a.0.whole.total_cmp(&b.0.whole));
        for (time, column) in &times {
            eprintln!("    {column}: {:.0} ms ({})", time.whole, time.parts());
        }
        let Some((worst, column)) = times.last().cloned() else {
            return;
        };
        let median = times[times.len() / 2].0;
        self.line(
            &format!("{what}, p50 / worst of {} columns", times.len()),
            format!("{:.0} / {:.0} ms ({column})", median.whole, worst.whole),
            worst.parts(),
            format!("{mark:.0} ms"),
            worst.whole <= mark,
        );
    }

    /// Memory of each process of the window, in bytes by name; the mark holds for all together.
    pub(crate) fn memory(&mut self, what: &str, processes: &[(String, u64)]) {
        let megabytes = |bytes: u64| bytes / 1_000_000;
        let together = megabytes(processes.iter().map(|(_, bytes)| bytes).sum());
        let each: Vec<String> = processes
            .iter()
            .map(|(name, bytes)| format!("{name} {}", megabytes(*bytes)))
            .collect();
        self.line(
            what,
            format!("{together} MB"),
            each.join(", "),
            format!("{MEMORY_MARK} MB"),
            together <= MEMORY_MARK,
        );
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["in the window", "", "answers + page + frame", "mark", "met"].map(str::to_owned);
        let width = |at: usize| {
            let cells = self.0.iter().chain([&head]).map(|line| line[at].chars().count());
            cells.max().unwrap_or_default()
        };
        let widths = [0, 1, 2, 3, 4].map(width);
        let mut write = |line: &[String; 5]| {
            for (cell, width) in line.iter().zip(widths) {
                write!(formatter, "| {cell:<width$} ")?;
            }
            writeln!(formatter, "|")
        };
        write(&head)?;
        write(&widths.map(|width| "-".repeat(width)))?;
        self.0.iter().try_for_each(write)?;
        writeln!(
            formatter,
            "\nanswers + page + frame, in ms: waiting for the shell, the page's own work and its waiting for a frame, the\n\
             engine's layout and drawing of the last frame (at least one frame of the screen).\n\
             memory: proportional set size of all processes of the window.\n\
             ¹ from the start of the process, looked at from outside: some ten milliseconds too many."
        )
    }
}
