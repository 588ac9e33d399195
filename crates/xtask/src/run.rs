//! Running other programs, visibly.

use std::path::PathBuf;
use std::process::Command;

use crate::Done;

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map(PathBuf::from).unwrap_or(here)
}

/// A heading for what follows.
pub(crate) fn say(text: &str) {
    println!("\n== {text}");
}

/// A program in the root of the workspace.
pub(crate) fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root());
    command
}

/// Runs a program to its end; `purpose` says what failed when it does.
pub(crate) fn run(command: &mut Command, purpose: &str) -> Done {
    let shown = format!("{command:?}").replace('"', "");
    println!("   {shown}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!(
            "{purpose} failed ({status}); what went wrong stands above."
        )),
        Err(error) => Err(format!(
            "{purpose} failed, because {shown} did not start: {error}."
        )),
    }
}

/// What a program prints, where it runs at all.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
