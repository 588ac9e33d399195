//! The table that is printed.

use std::fmt;

/// What was measured, held against its mark where it has one.
#[derive(Default)]
pub(crate) struct Report(Vec<[String; 4]>);

/// Megabytes of all processes of the window together.
const MEMORY_MARK: u64 = 600;

impl Report {
    fn line(&mut self, what: &str, figure: String, mark: String, met: bool) {
        let verdict = match (mark.is_empty(), met) {
            (true, _) => "",
            (false, true) => "yes",
            (false, false) => "NO",
        };
        // Whoever waits for minutes sees where it stands.
        eprintln!("{what}: {figure} {verdict}");
        self.0.push([what.to_owned(), figure, mark, verdict.to_owned()]);
    }

    /// One time, in milliseconds.
    pub(crate) fn time(&mut self, what: &str, time: f64, mark: f64) {
        self.line(
            what,
            format!("{time:.0} ms"),
            format!("{mark:.0} ms"),
            time <= mark,
        );
    }

    /// One time that has no mark.
    pub(crate) fn unmarked(&mut self, what: &str, time: f64) {
        self.line(what, format!("{time:.0} ms"), String::new(), true);
    }

    /// Many times; the mark is one of the 95th percentile.
    pub(crate) fn times(&mut self, what: &str, mut times: Vec<f64>, mark: Option<f64>) {
        times.sort_by(f64::total_cmp);
        let Some(last) = times.len().checked_sub(1) else {
            return;
        };
        let at = |share: usize| times[(last * share).div_ceil(100)];
        self.line(
            &format!("{what}, p50 / p95 / worst of {}", times.len()),
            format!("{:.0} / {:.0} / {:.0} ms", at(50), at(95), at(100)),
            mark.map_or_else(String::new, |mark| format!("p95 {mark:.0} ms")),
            mark.is_none_or(|mark| at(95) <= mark),
        );
    }

    /// One time for each column; the mark holds for all of them.
    pub(crate) fn columns(&mut self, what: &str, mut times: Vec<(f64, String)>, mark: f64) {
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let Some((worst, column)) = times.last().cloned() else {
            return;
        };
        let median = times[times.len() / 2].0;
        self.line(
            &format!("{what}, p50 / worst of {} columns", times.len()),
            format!("{median:.0} / {worst:.0} ms ({column})"),
            format!("{mark:.0} ms"),
            worst <= mark,
        );
    }

    /// Memory that has a mark, in megabytes.
    pub(crate) fn memory(&mut self, what: &str, megabytes: u64) {
        self.line(
            what,
            format!("{megabytes} MB"),
            format!("{MEMORY_MARK} MB"),
            megabytes <= MEMORY_MARK,
        );
    }

    /// Memory that is only told.
    pub(crate) fn note(&mut self, what: &str, megabytes: u64) {
        self.line(what, format!("{megabytes} MB"), String::new(), true);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["in the window", "", "mark", "met"].map(str::to_owned);
        let width = |at: usize| {
            let cells = self.0.iter().chain([&head]).map(|line| line[at].chars().count());
            cells.max().unwrap_or_default()
        };
        let widths = [0, 1, 2, 3].map(width);
        let mut write = |line: &[String; 4]| {
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
            "\nmemory: proportional set size of all processes of the window.\n\
             ¹ from the start of the process, looked at from outside: some ten milliseconds too many."
        )
    }
}
