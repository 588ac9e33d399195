//! Programs of others beside which ours are measured, in a Python environment of their own under the target folder.

use std::path::PathBuf;

use crate::packages;
use crate::run::{output, program, root, run, say};

/// What the intake is measured beside, as pip asks for it.
pub(crate) const OF_INTAKE: &[&str] = &["polars", "fastexcel"];

/// What making a Python environment needs.
const TO_MAKE: &[packages::Package] = &[(
    "python3-venv",
    "a Python of its own for the programs measured beside ours",
)];

/// A Python that has these packages, each imported by its own name: the system's, or one that is made here. `None`, and
/// said so, where that fails: the measurement then goes without them.
pub(crate) fn python_with(names: &[&str]) -> Option<PathBuf> {
    let imports = format!("import {}", names.join(", "));
    let has = |python: &PathBuf| output(program(&python.to_string_lossy(), &["-c"]).arg(&imports)).is_some();
    let own = root().join("target/peers");
    let python = own.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    for known in [PathBuf::from("python3"), python.clone()] {
        if has(&known) {
            return Some(known);
        }
    }
    say(&format!(
        "Installing {} into {}",
        names.join(" and "),
        own.display()
    ));
    let made = packages::ensure(&[TO_MAKE])
        .and_then(|()| {
            let mut venv = program("python3", &["-m", "venv"]);
            run(venv.arg(&own), "Making a Python environment")
        })
        .and_then(|()| {
            let mut pip = program(&python.to_string_lossy(), &["-m", "pip", "install", "--quiet"]);
            run(pip.args(names), "Installing what is measured beside ours")
        });
    match made {
        Ok(()) => Some(python),
        Err(why) => {
            println!(
                "   {why}\n   The measurement goes on without {}.",
                names.join(" and ")
            );
            None
        }
    }
}
