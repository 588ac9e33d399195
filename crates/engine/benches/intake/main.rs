//! How fast files are taken in, on files of our own making: `cargo bench -p lotse-engine --bench intake`.
//!
//! - `first rows`: from choosing a file to what the window shows of it.
//! - `read alone`: every row of the file, and nothing done with it.
//! - `into a project`: what the window and the command line do when a file is loaded, [`load_file`], into a new project:
//!   rows, columns, suggested mapping, all of it durable when the clock stops. Then the project is opened again, and its
//!   first and last rows are compared with the file's; this is shown by itself.
//! - `cancel half-way`: how long a load still runs when the person cancels it in the middle.
//! - `polars`: `read_csv`, or `read_excel` with calamine, in Python (`benches/peers/polars_peer.py`), where it is installed.
//!
//! Each measurement runs in a process of its own, in turns, so that its memory is its own and all share the machine's
//! moods; the best of them counts, and the largest peak.
//!
//! `-- make FOLDER` only writes the files; `-- FILE...` measures other files; `-- huge` measures the first rows of a
//! text file of 3 GB. `LOTSE_BENCH_PYTHON` names the Python that has polars (`python3` otherwise).

#![allow(clippy::print_stdout, reason = "its results are read on the terminal")]

mod files;

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::{Duration, Instant},
};

use lotse_core::{table::RowBlock, target::Target};
use lotse_engine::{
    clock::Actor,
    jobs::Watch,
    project::{NewProject, Project, SourceRole},
    sources::{self, Control, ReadSettings},
    workflows::load_file,
};
use tokio_util::sync::CancellationToken;

/// How often each measurement is taken.
const TURNS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["one", what, file] => one(what, Path::new(file)),
        ["make", folder] => {
            for path in files::make_files(Path::new(folder)) {
                println!("{}", path.display());
            }
        }
        ["huge"] => first_rows_of_a_huge_file(),
        [] => {
            for path in files::make_files(&usual_folder()) {
                compare(&path);
            }
        }
        paths => paths.iter().for_each(|path| compare(Path::new(path))),
    }
}

fn usual_folder() -> PathBuf {
    std::env::temp_dir().join("lotse-intake-bench")
}

/// What one measurement says: seconds, rows, and the largest memory of its process in KiB.
#[derive(Clone, Copy, Debug)]
struct Taken {
    seconds: f64,
    rows: u64,
    peak: u64,
}

impl Taken {
    fn to_line(self) -> String {
        format!("{:.4} {} {}", self.seconds, self.rows, self.peak)
    }

    fn from_line(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        Some(Taken {
            seconds: words.next()?.parse().ok()?,
            rows: words.next()?.parse().ok()?,
            peak: words.next()?.parse().ok()?,
        })
    }

    /// The shorter time and the larger memory of two.
    fn with(self, other: Self) -> Self {
        Taken {
            seconds: self.seconds.min(other.seconds),
            rows: self.rows,
            peak: self.peak.max(other.peak),
        }
    }
}

const FIRST_ROWS: &str = "first rows";
const READ_ALONE: &str = "read alone";
const INTO_PROJECT: &str = "into a project";
const OPEN_AGAIN: &str = "open it again";
const POLARS: &str = "polars";
const CANCEL: &str = "cancel half-way";

fn compare(path: &Path) {
    let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    println!("\n{} ({} MB)", path.display(), bytes / 1_000_000);
    let peer = Peer::find();
    let mut table: Vec<(&str, Taken)> = Vec::new();
    for turn in 0..TURNS {
        let mut taken: Vec<(&str, Taken)> = Vec::new();
        for what in [FIRST_ROWS, READ_ALONE, INTO_PROJECT, CANCEL] {
            let lines = run(Command::new(own_program()).args(["one", what]).arg(path));
            let names = [what, OPEN_AGAIN];
            taken.extend(names.into_iter().zip(lines));
        }
        match &peer {
            Ok(peer) => taken.extend(peer.read(path).into_iter().map(|taken| (POLARS, taken))),
            Err(why) if turn == 0 => println!("{why}"),
            Err(_) => {}
        }
        for (what, taken) in taken {
            match table.iter_mut().find(|(known, _)| *known == what) {
                Some((_, best)) => *best = best.with(taken),
                None => table.push((what, taken)),
            }
        }
    }
    let polars = table
        .iter()
        .find(|(what, _)| *what == POLARS)
        .map(|(_, taken)| *taken);
    println!(
        "{:16} {:>9} {:>14} {:>11}   of polars: time, memory",
        "", "seconds", "rows a second", "peak in MiB"
    );
    for (what, taken) in table {
        let rate = taken.rows as f64 / taken.seconds;
        let ratio = polars
            .filter(|_| what == READ_ALONE || what == INTO_PROJECT)
            .map(|polars| {
                let memory = taken.peak as f64 / polars.peak as f64;
                format!("   {:.2}, {memory:.2}", taken.seconds / polars.seconds)
            });
        println!(
            "{what:16} {:9.3} {rate:14.0} {:11}{}",
            taken.seconds,
            taken.peak >> 10,
            ratio.unwrap_or_default()
        );
    }
}

fn first_rows_of_a_huge_file() {
    let path = files::make_huge(&usual_folder());
    for _ in 0..TURNS {
        for taken in run(Command::new(own_program()).args(["one", FIRST_ROWS]).arg(&path)) {
            println!(
                "{FIRST_ROWS} of 3 GB: {:.3} s, {} MiB",
                taken.seconds,
                taken.peak >> 10
            );
        }
    }
    // Three gigabytes are too much to leave behind.
    let _ = std::fs::remove_file(&path);
}

fn own_program() -> PathBuf {
    std::env::current_exe().expect("the system knows the program that runs")
}

/// Runs a program that prints what it has measured, a line each.
fn run(command: &mut Command) -> Vec<Taken> {
    let output = command.output().expect("the program starts");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().filter_map(Taken::from_line).collect()
}

/// The Python that has polars.
struct Peer {
    python: PathBuf,
}

impl Peer {
    fn find() -> Result<Self, String> {
        let python = std::env::var_os("LOTSE_BENCH_PYTHON").map_or_else(|| "python3".into(), PathBuf::from);
        let has_polars = Command::new(&python)
            .args(["-c", "import polars, fastexcel"])
            .output()
            .is_ok_and(|output| output.status.success());
        if has_polars {
            Ok(Peer { python })
        } else {
            Err(format!(
                "(without polars beside it: {} has no `polars` and `fastexcel`; `cargo xtask bench intake` installs them)",
                python.display()
            ))
        }
    }

    fn read(&self, path: &Path) -> Vec<Taken> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/polars_peer.py");
        run(Command::new(&self.python).arg(script).arg(path))
    }
}

/// One measurement, in this process.
fn one(what: &str, path: &Path) {
    match what {
        FIRST_ROWS => {
            let begun = Instant::now();
            let inspection = sources::inspect(path, &ReadSettings::default()).expect("the file is sound");
            say(begun.elapsed(), inspection.preview.len() as u64);
        }
        READ_ALONE => {
            let begun = Instant::now();
            let read = sources::read(
                path,
                &ReadSettings::default(),
                &Control::quiet(),
                |block| std::hint::black_box(block).len(),
                |_| Ok::<(), std::convert::Infallible>(()),
            );
            say(begun.elapsed(), read.expect("the file is sound").rows.read);
        }
        CANCEL => cancel_half_way(path),
        _ => into_a_project(path),
    }
}

/// How long a load goes on after the person has cancelled it.
fn cancel_half_way(path: &Path) {
    let (file, project) = new_project();
    let cancel = CancellationToken::new();
    let cancelled = OnceLock::new();
    let watch = Watch {
        progress: &|progress| {
            if progress.total > 0
                && progress.done * 2 > progress.total
                && cancelled.set(Instant::now()).is_ok()
            {
                cancel.cancel();
            }
        },
        cancel: cancel.clone(),
    };
    let settings = ReadSettings::default();
    let loaded = load_file(&project, &actor(), path, &settings, SourceRole::Leads, &watch);
    match cancelled.get().filter(|_| loaded.is_err()) {
        Some(at) => say(at.elapsed(), 0),
        // A file that is read before it tells how far it is.
        None => eprintln!("it was read before it could be cancelled"),
    }
    let sources = project.sources().expect("the project is whole");
    assert!(
        sources.is_empty() || loaded.is_ok(),
        "nothing stays of a cancelled load"
    );
    drop(project);
    remove(&file);
}

fn actor() -> Actor {
    Actor {
        name: "Bench".into(),
        machine: "bench".into(),
    }
}

fn new_project() -> (PathBuf, Project) {
    let folder = usual_folder();
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let file = folder.join(format!("measured-{}.lotse", std::process::id()));
    let target = Target::builtin("migration").expect("it is built in");
    let project = Project::create(&file, &NewProject::named("Bench", target), &actor());
    (file, project.expect("the folder can be written"))
}

fn remove(file: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
}

fn into_a_project(path: &Path) {
    let (file, project) = new_project();
    let begun = Instant::now();
    let loaded = load_file(
        &project,
        &actor(),
        path,
        &ReadSettings::default(),
        SourceRole::Leads,
        &Watch::quiet(),
    )
    .expect("the file is sound");
    say(begun.elapsed(), loaded.summary.rows.read);
    drop(project);

    let begun = Instant::now();
    let project = Project::open(&file).expect("the project is whole");
    let last = u32::try_from(loaded.summary.rows.read).unwrap_or(u32::MAX) - 1;
    let stored = [0, last].map(|row| {
        let (origin, cells) = project.source_cells(row).expect("the row is stored");
        let texts: Vec<String> = cells.into_iter().map(|(_, text)| text).collect();
        (origin.number, texts)
    });
    say(begun.elapsed(), 2);
    drop(project);
    assert_eq!(
        stored.as_slice(),
        ends_of(path),
        "what is stored is what the file has"
    );
    remove(&file);
}

/// The first and the last row of a file, read once more.
fn ends_of(path: &Path) -> Vec<(u32, Vec<String>)> {
    let ends = |block: RowBlock| {
        [0, block.len() - 1].map(|index| {
            let row = block.row(index);
            let texts: Vec<String> = row.cells().map(|cell| cell.text.to_owned()).collect();
            (row.number(), texts)
        })
    };
    let mut found: Vec<(u32, Vec<String>)> = Vec::new();
    let read = sources::read(
        path,
        &ReadSettings::default(),
        &Control::quiet(),
        ends,
        |[first, last]| {
            found.truncate(1);
            if found.is_empty() {
                found.push(first);
            }
            found.push(last);
            Ok::<(), std::convert::Infallible>(())
        },
    );
    read.expect("the file is sound");
    found
}

/// Prints a measurement for the process that asked for it.
fn say(time: Duration, rows: u64) {
    let taken = Taken {
        seconds: time.as_secs_f64(),
        rows,
        peak: peak_memory().unwrap_or(0),
    };
    println!("{}", taken.to_line());
}

/// The largest size of this process so far, in KiB.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
