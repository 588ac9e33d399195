//! Tools that cargo installs, kept beside the build outputs in the user's cache.

use std::path::PathBuf;

use crate::run::{output, program, run, say};

/// The folder for tools: they outlive a clone and are installed once.
fn folder() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    cache
        .or(home)
        .unwrap_or_else(std::env::temp_dir)
        .join("lotse")
        .join("tools")
}

/// The path of a tool of exactly this version, installed where it is missing.
pub(crate) fn ensure(name: &str, version: &str, purpose: &str) -> Result<PathBuf, String> {
    let binary = folder().join("bin").join(name);
    let found = output(&mut program(&binary.to_string_lossy(), &["--version"]));
    if found.is_some_and(|found| found.contains(version)) {
        return Ok(binary);
    }
    say(&format!("Installing {name} {version}: {purpose}"));
    let root = folder();
    let root = root.to_string_lossy();
    // Without optimisation: these run for seconds, and compiling them optimised takes minutes more.
    let arguments = [
        "install",
        "--debug",
        "--locked",
        "--force",
        "--root",
        &root,
        "--version",
        version,
        name,
    ];
    let mut install = program("cargo", &arguments);
    install.env("CARGO_PROFILE_DEV_DEBUG", "0");
    run(&mut install, &format!("Installing {name}"))?;
    Ok(binary)
}
