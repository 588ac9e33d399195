//! How fast the table behind the window is: `cargo bench -p lotse-engine --bench table -- ROWS`.
//!
//! Makes a project of so many invented rows (a million by default), once; `-- make ROWS FILE` only makes it. Prints a
//! table.

#![allow(clippy::print_stdout, reason = "its results are read on the terminal")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lotse_core::finding::Severity;
use lotse_core::target::Target;
use lotse_core::values::Instant as Moment;
use lotse_engine::clock::Actor;
use lotse_engine::jobs::Watch;
use lotse_engine::project::{
    ChangeKind, FieldEdit, NewProject, Project, RowFilter, SortOrder, SourceRole, ValueFilter,
};
use lotse_engine::sources::ReadSettings;
use lotse_engine::workflows::{
    BulkEdit, CellChange, RowScope, apply_bulk, check_all, check_settings, compare_all, compare_waiting,
    edit_fields, load_file, undo,
};
use serde_json::json;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    match arguments.as_slice() {
        [make, rows, file] if make == "make" => make_project(count(rows), Path::new(file)),
        [rows] => measure(count(rows)),
        _ => measure(1_000_000),
    }
}

fn count(text: &str) -> u32 {
    text.parse().expect("a number of rows is asked for")
}

fn actor() -> Actor {
    Actor {
        name: "Bench".into(),
        machine: "bench".into(),
    }
}

fn now() -> Moment {
    Moment::from_rfc3339("2025-10-01T12:00:00Z").expect("it is a moment")
}

const HEADER: &str = "Firma;PLZ;Ort;Land;Vorname;Nachname;E-Mail;Telefon;Branche;Registriert am;Einwilligung am;Volumen;Betreuer;Notiz";
const CITIES: [&str; 12] = [
    "Berlin",
    "Hamburg",
    "München",
    "Köln",
    "Frankfurt am Main",
    "Frankfurt a. M.",
    "Kiel",
    "Husum",
    "Emden",
    "Bremen",
    "Görlitz",
    "Jena",
];
const KINDS: [&str; 6] = [
    "restaurant",
    "hotel",
    "catering",
    "kantine",
    "grosshandel",
    "sonstiges",
];
const NAMES: [&str; 10] = [
    "Adler", "Anker", "Blume", "Hafen", "Krone", "Linde", "Mühle", "Rose", "Sonne", "Traube",
];

fn write_rows(rows: u32, path: &Path) {
    let mut text = String::with_capacity(rows as usize * 150);
    text.push_str(HEADER);
    text.push('\n');
    for row in 0..rows {
        // Spread, and always the same.
        let mixed = row.wrapping_mul(2_654_435_761) >> 7;
        let pick = |list: &[&'static str], by: u32| {
            list[((mixed / by) % u32::try_from(list.len()).unwrap_or(1)) as usize]
        };
        let (name, city) = (pick(&NAMES, 1), pick(&CITIES, 11));
        let domain = if mixed.is_multiple_of(211) {
            ""
        } else {
            "haus.example"
        };
        writeln!(
            text,
            "Gasthof {name} {row};{:05};{city};DE;Eva;Beispiel {};info{row}@{domain};030 {};{};{:02}.{:02}.{};01.02.2024;{},50;b.vogt;Bestand {}",
            10_000 + mixed % 80_000,
            mixed % 5_000,
            1_000_000 + row,
            pick(&KINDS, 3),
            1 + mixed % 28,
            1 + mixed % 12,
            2018 + mixed % 6,
            mixed % 90_000,
            mixed % 300,
        )
        .expect("text can be written");
    }
    std::fs::write(path, text).expect("the folder for such files can be written");
}

fn make_project(rows: u32, path: &Path) {
    let folder = path.parent().expect("a file stands in a folder");
    std::fs::create_dir_all(folder).expect("the folder can be made");
    let csv = folder.join(format!("table-{rows}.csv"));
    write_rows(rows, &csv);
    let target = Target::builtin("migration").expect("it is compiled in");
    let project = Project::create(path, &NewProject::named("Tabelle", target), &actor()).expect("it is new");
    let watch = Watch::quiet();
    let settings = ReadSettings::default();
    load_file(&project, &actor(), &csv, &settings, SourceRole::Leads, &watch).expect("the file can be read");
    check_all(
        &project,
        &check_settings(&project, now()).expect("settings"),
        &watch,
    )
    .expect("all can be checked");
    compare_all(&project, &actor(), &watch).expect("all can be compared");
    project.close().expect("it is written");
    std::fs::remove_file(csv).expect("the file is ours");
}

/// Prints what a step took, and hands on what it gave.
fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let (begun, cpu) = (Instant::now(), cpu_time());
    let given = work();
    line(name, begun.elapsed(), cpu_time().saturating_sub(cpu));
    given
}

/// What all cores have worked stands beside what the clock says: on a busy machine it is the one that can be compared.
fn line(name: &str, took: Duration, cpu: Duration) {
    println!(
        "{name:<52} {:>9.1} ms {:>9.1} ms of work {:>7} MB",
        took.as_secs_f64() * 1000.0,
        cpu.as_secs_f64() * 1000.0,
        resident()
    );
}

/// What all cores have worked for this process so far, to a hundredth of a second; nothing where the system does not say.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name stands in brackets and may hold anything; user and system time are 12 and 13 fields behind it
    // (proc_pid_stat(5)).
    let behind = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
    let fields = behind.split_whitespace().skip(11).take(2);
    let ticks: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Memory of this process, in megabytes; 0 where the system does not say.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1024
}

fn measure(rows: u32) {
    let folder = std::env::temp_dir().join("lotse-bench-table");
    let kept: PathBuf = folder.join(format!("table-{rows}.lotse"));
    if !kept.exists() {
        timed("make the project (load, check, compare)", || {
            make_project(rows, &kept);
        });
    }
    // What is measured changes the project; the next run shall find it as it was.
    let path = folder.join("measured.lotse");
    std::fs::copy(&kept, &path).expect("there is room for a copy");
    let project = timed("open", || Project::open(&path).expect("it is a project"));
    let everything = RowFilter::default();
    timed("first window of the whole table", || {
        let shown = project.filtered_rows(&everything).expect("rows");
        black_box(project.viewed_rows(&shown[..40.min(shown.len())]).expect("rows"));
        black_box((project.state_counts(), project.field_counts()));
    });
    jumps(&project, rows, "jump to 100 rows anywhere", &everything);
    let errors = RowFilter {
        severities: vec![Severity::Error],
        ..RowFilter::default()
    };
    timed("errors only", || {
        black_box(project.filtered_rows(&errors).expect("rows").len())
    });
    for field in [
        "companyName",
        "city",
        "contact.email",
        "contact.phone",
        "registeredAt",
        "estimatedVolume",
        "protectionUntil",
        "protectionStatus",
    ] {
        let sorted = |descending| RowFilter {
            sort: vec![SortOrder {
                field: field.into(),
                descending,
            }],
            ..RowFilter::default()
        };
        timed(&format!("sort by {field}"), || {
            black_box(project.filtered_rows(&sorted(false)).expect("rows").len())
        });
        timed("  and the other way", || {
            black_box(project.filtered_rows(&sorted(true)).expect("rows").len())
        });
    }
    // Neighbours in one lie side by side in the file, in the other all over it.
    for field in ["companyName", "estimatedVolume"] {
        let sorted = RowFilter {
            sort: vec![SortOrder {
                field: field.into(),
                descending: false,
            }],
            ..RowFilter::default()
        };
        jumps(&project, rows, &format!("the same, sorted by {field}"), &sorted);
    }
    for text in ["info77", "info777", "krone", "nirgends"] {
        let search = RowFilter {
            search: text.into(),
            ..RowFilter::default()
        };
        timed(&format!("search {text:?}"), || {
            black_box(project.filtered_rows(&search).expect("rows").len())
        });
    }
    timed("facets", || {
        black_box(project.facets(&everything).expect("facets"))
    });
    timed("values of city", || {
        black_box(project.value_facet(&everything, "city", "", 100).expect("values"))
    });
    let kiel = RowFilter {
        values: vec![ValueFilter {
            column: "city".into(),
            values: vec!["Kiel".into()],
        }],
        ..RowFilter::default()
    };
    timed("only Kiel", || {
        black_box(project.filtered_rows(&kiel).expect("rows").len())
    });
    project.compare_later();
    for (at, name) in [(0, "first edit"), (1, "second edit"), (2, "third edit")] {
        let edit = FieldEdit {
            row: rows / 3 + at,
            field: "city".into(),
            text: Some("Kiell".into()),
        };
        timed(name, || {
            edit_fields(&project, &actor(), ChangeKind::Edit, &json!({}), &[edit], now())
                .expect("it can be edited")
        });
    }
    timed("counts after an edit", || {
        black_box((
            project.state_counts(),
            project.field_counts(),
            project.facets(&everything).expect("facets"),
        ));
    });
    timed("compare what was edited, in the background", || {
        compare_waiting(&project, now()).expect("compared")
    });
    let set = BulkEdit {
        scope: RowScope::View {
            filter: kiel,
            except: Vec::new(),
        },
        fields: vec!["city".into()],
        change: CellChange::Set { text: "Kiel".into() },
    };
    let set = BulkEdit {
        change: CellChange::Set { text: "KIEL".into() },
        ..set
    };
    let (cells, _) = timed("set a value in all rows with Kiel", || {
        apply_bulk(&project, &actor(), &set, now(), &Watch::quiet()).expect("it can be edited")
    });
    println!("  {cells} cells");
    timed("undo that", || {
        undo(&project, &actor(), now(), &Watch::quiet()).expect("it can be undone")
    });
    drop(project);
    for suffix in ["", "-wal", "-shm"] {
        let mut part = path.as_os_str().to_os_string();
        part.push(suffix);
        let _ = std::fs::remove_file(part);
    }
}

fn jumps(project: &Project, rows: u32, name: &str, filter: &RowFilter) {
    const JUMPS: u32 = 200;
    let shown = project.kept_rows(filter).expect("rows");
    let cpu = cpu_time();
    let mut took: Vec<Duration> = (0..JUMPS)
        .map(|jump| {
            let at = (jump.wrapping_mul(2_654_435_761) % rows.saturating_sub(100).max(1)) as usize;
            let begun = Instant::now();
            black_box(
                project
                    .viewed_rows(&shown[at..(at + 100).min(shown.len())])
                    .expect("rows"),
            );
            begun.elapsed()
        })
        .collect();
    let cpu = cpu_time().saturating_sub(cpu);
    took.sort();
    line(&format!("{name}, median"), took[took.len() / 2], cpu / JUMPS);
    line(&format!("{name}, p95"), took[took.len() * 95 / 100], cpu / JUMPS);
}
