//! `cargo xtask bench`: the measurements behind `docs/performance.md`.

use std::path::Path;

use crate::run::{program, root, run, say};
use crate::{Done, front_end, packages, peers};

/// A measurement by its name, and what it measures.
const BENCHES: [(&str, &str, Kind); 6] = [
    (
        "intake",
        "taking files into a project, beside polars",
        Kind::Cargo("lotse-engine"),
    ),
    ("duplicates", "finding duplicates", Kind::Cargo("lotse-core")),
    (
        "table",
        "the table behind the window, over 1,000,000 rows",
        Kind::Cargo("lotse-engine"),
    ),
    (
        "window",
        "the review table in the real window, over a real project of 1,000,000 rows",
        Kind::Window,
    ),
    (
        "grid",
        "the review table in the real window, beside other grids",
        Kind::Grid,
    ),
    (
        "mutations",
        "files damaged at random: what becomes of the reader. Runs by its name only",
        Kind::OnlyByName("lotse-engine"),
    ),
];

#[derive(Clone, Copy)]
enum Kind {
    /// A `[[bench]]` of this package.
    Cargo(&'static str),
    /// The same, but it measures no speed and has no end of its own.
    OnlyByName(&'static str),
    /// `tests/window-bench`.
    Window,
    /// `tests/grid-trial`.
    Grid,
}

pub(crate) fn bench(arguments: &[&str]) -> Done {
    let (name, rest) = arguments
        .split_first()
        .map_or((None, arguments), |(name, rest)| (Some(*name), rest));
    let chosen: Vec<_> = BENCHES
        .iter()
        .filter(|(known, _, kind)| match name {
            Some(name) => *known == name,
            None => !matches!(kind, Kind::OnlyByName(_)),
        })
        .collect();
    if chosen.is_empty() {
        let mut sentence = format!("there is no measurement {}. There are:", name.unwrap_or_default());
        for (name, what, _) in BENCHES {
            sentence.push_str(&format!("\n  {name}: {what}"));
        }
        return Err(sentence);
    }
    for (name, what, kind) in chosen {
        say(&format!("{name}: {what}"));
        match kind {
            Kind::Cargo(package) | Kind::OnlyByName(package) => {
                packages::ensure(&[packages::TO_BUILD])?;
                let mut command = program("cargo", &["bench", "--package", package, "--bench", name]);
                command.arg("--").args(rest);
                if *name == "intake"
                    && let Some(python) = peers::python_with(peers::OF_INTAKE)
                {
                    command.env("LOTSE_BENCH_PYTHON", python);
                }
                run(&mut command, "The measurement")?;
            }
            Kind::Window => window(rest)?,
            Kind::Grid => grid(rest)?,
        }
    }
    Ok(())
}

/// Measures over the project that is named, else over one of invented rows that is made once; only the steps that are
/// named behind it, or all.
fn window(arguments: &[&str]) -> Done {
    let (projects, steps): (Vec<&str>, Vec<&str>) = arguments
        .iter()
        .partition(|argument| argument.ends_with(".lotse"));
    packages::ensure(&[packages::TO_BUILD, packages::TO_TEST])?;
    front_end::ensure()?;
    let made = std::env::temp_dir().join("lotse-bench-table/table-1000000.lotse");
    // A path is meant from where the developer stands, not from the root of the workspace.
    let named = |path: &&str| std::env::current_dir().map_or_else(|_| path.into(), |here| here.join(path));
    let project = projects.first().map_or(made, named);
    let project = &*project.to_string_lossy();
    if projects.is_empty() && !Path::new(project).exists() {
        say("Making a project of 1,000,000 rows, once");
        let mut make = program(
            "cargo",
            &["bench", "--package", "lotse-engine", "--bench", "table"],
        );
        run(
            make.args(["--", "make", "1000000", project]),
            "Making the project",
        )?;
    }
    let arguments: Vec<&str> = [project].into_iter().chain(steps).collect();
    example("window-bench", &arguments, "The measurement in the window")
}

/// Runs a program of `tests/` that measures in the window as it is shipped.
fn example(name: &str, arguments: &[&str], what: &str) -> Done {
    let options = [
        "run",
        "--quiet",
        "--release",
        "--package",
        "lotse-tests",
        "--example",
    ];
    let mut command = program("cargo", &options);
    run(command.arg(name).arg("--").args(arguments), what)
}

fn grid(grids: &[&str]) -> Done {
    packages::ensure(&[packages::TO_BUILD, packages::TO_TEST])?;
    front_end::ensure()?;
    for arguments in [
        &["ci", "--no-audit", "--no-fund"][..],
        &["run", "--silent", "build"],
    ] {
        let mut npm = program(front_end::NPM, arguments);
        npm.current_dir(root().join("tests/grid-trial"));
        run(&mut npm, "Building the grids")?;
    }
    example("grid-trial", grids, "The trial of grids")
}
