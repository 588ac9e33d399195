//! The compiled programs that the whole-way tests run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The command line, `lotse`.
pub fn lotse() -> PathBuf {
    folder().join("lotse")
}

/// The reference import server, `lotse-server`.
pub fn server() -> PathBuf {
    folder().join("lotse-server")
}

/// The window as it is shipped, `lotse-desktop`.
pub fn desktop() -> PathBuf {
    folder().join("lotse-desktop")
}

/// The same window over invented rows (`tests/synthetic-window`).
pub fn synthetic_window() -> PathBuf {
    folder().join("examples").join("synthetic-window")
}

/// Where the programs are, built if they are not up to date: once in a test process. With `LOTSE_PROGRAMS` they are taken
/// from the folder that it names, as they are: a measurement then compares builds, and compiles nothing meanwhile.
fn folder() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| std::env::var_os("LOTSE_PROGRAMS").map_or_else(build, PathBuf::from))
}

/// Builds the programs where this test itself was built, and says where that is.
///
/// `--workspace` and an example among the targets give the features that `cargo test --workspace` has chosen: with
/// others, cargo would compile most of the tree a second time.
fn build() -> PathBuf {
    let this = std::env::current_exe().expect("a test knows its own path");
    let profile = this.ancestors().nth(2).expect("tests lie in target/PROFILE/deps");
    let target = profile.parent().expect("profiles lie in the target folder");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .env("CARGO_TARGET_DIR", target)
        .args(["build", "--quiet", "--workspace"])
        .args([
            "--bin",
            "lotse",
            "--bin",
            "lotse-server",
            "--bin",
            "lotse-desktop",
        ])
        .args(["--example", "synthetic-window"]);
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    let output = cargo.output().expect("cargo runs: it has just run this test");
    assert!(
        output.status.success(),
        "the programs could not be built:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    profile.to_owned()
}

/// What a program prints that has to succeed.
pub fn output_of(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("the program writes UTF-8")
}
