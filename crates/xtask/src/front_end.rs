//! Node and the packages of the front end.

use std::process::Command;
use std::time::SystemTime;

use crate::Done;
use crate::run::{output, program, root, run, say};

/// The oldest Node that the front end's tools run on.
const NODE: (u32, u32) = (20, 19);

/// What npm is called here.
pub(crate) const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Checks Node and installs the packages that the lock file names, where they are not there yet.
pub(crate) fn ensure() -> Done {
    let (major, minor) = NODE;
    let advice =
        format!("Please install Node.js {major}.{minor} or newer with npm, from nodejs.org or your system.");
    let version =
        output(Command::new("node").arg("--version")).ok_or(format!("Node.js is missing. {advice}"))?;
    let mut numbers = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(|part| part.parse().unwrap_or(0));
    let found: (u32, u32) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found < NODE {
        return Err(format!("Node.js {} is too old. {advice}", version.trim()));
    }
    if output(Command::new(NPM).arg("--version")).is_none() {
        return Err(format!("npm is missing. {advice}"));
    }
    let changed = |path: &str| -> Option<SystemTime> {
        std::fs::metadata(root().join("ui").join(path))
            .and_then(|file| file.modified())
            .ok()
    };
    // npm writes this file last, so it also tells an installation that was interrupted from a whole one.
    if changed("node_modules/.package-lock.json") < changed("package-lock.json") {
        say("Installing the packages of the front end");
        npm(
            &["ci", "--no-audit", "--no-fund"],
            "Installing the front end's packages",
        )?;
    }
    Ok(())
}

/// Runs npm in the front end's folder.
pub(crate) fn npm(arguments: &[&str], purpose: &str) -> Done {
    let mut command = program(NPM, arguments);
    command.current_dir(root().join("ui"));
    run(&mut command, purpose)
}
