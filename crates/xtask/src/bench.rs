//! `cargo xtask bench`: the measurements behind `docs/performance.md`.

use crate::run::{program, root, run, say};
use crate::{Done, front_end, packages, peers};

/// A measurement by its name, and what it measures.
const BENCHES: [(&str, &str, Kind); 5] = [
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
            Kind::Grid => grid(rest)?,
        }
    }
    Ok(())
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
    let mut trial = program(
        "cargo",
        &[
            "run",
            "--quiet",
            "--release",
            "--package",
            "lotse-tests",
            "--example",
            "grid-trial",
            "--",
        ],
    );
    run(trial.args(grids), "The trial of grids")
}
