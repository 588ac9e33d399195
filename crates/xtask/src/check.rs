//! `cargo xtask check`: what is checked beside the tests.

use crate::run::{output, program, run, say};
use crate::{Done, front_end, packages, tools};

pub(crate) fn check() -> Done {
    packages::ensure(&[packages::TO_BUILD])?;
    front_end::ensure()?;
    say("Format");
    run(
        &mut program("cargo", &["fmt", "--all", "--check"]),
        "The format check (cargo fmt --all mends it)",
    )?;
    say("Lint of the front end");
    front_end::npm(&["run", "--silent", "lint"], "The lint of the front end")?;
    front_end::npm(&["run", "--silent", "check"], "The type check of the front end")?;
    say("Lint of Rust");
    let lint = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ];
    run(&mut program("cargo", &lint), "The lint")?;
    say("Bindings");
    bindings_are_fresh()?;
    say("Licences and sources of dependencies");
    let deny = tools::ensure(
        "cargo-deny",
        "0.20.2",
        "checks the licences and sources of all dependencies",
    )?;
    let deny = deny.to_string_lossy();
    run(
        &mut program(&deny, &["--workspace", "check", "licenses", "bans", "sources"]),
        "The licence check",
    )?;
    say("Unused dependencies");
    let machete = tools::ensure("cargo-machete", "0.9.2", "finds dependencies that nothing uses")?;
    run(
        &mut program(&machete.to_string_lossy(), &[]),
        "The check for unused dependencies",
    )
}

/// Tests write the bindings; what is committed must be what they write.
fn bindings_are_fresh() -> Done {
    let write = ["test", "--quiet", "--workspace", "--lib", "export_bindings"];
    run(&mut program("cargo", &write), "Writing the bindings")?;
    let status = output(&mut program(
        "git",
        &["status", "--porcelain", "--", "ui/src/bindings"],
    ))
    .ok_or("git does not answer; it is needed to compare the bindings.")?;
    if status.trim().is_empty() {
        return Ok(());
    }
    Err(format!(
        "the TypeScript bindings are stale. The tests have written them anew; please commit ui/src/bindings:\n{status}"
    ))
}
