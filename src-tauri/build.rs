//! Builds the front end with npm, so that plain `cargo build` gives a complete window, and then lets Tauri read its
//! configuration.
//!
//! `LOTSE_SKIP_UI=1` leaves the front end as it is (for `cargo check` where no Node is at hand): the window then shows
//! the last build, or a page that says that there is none.

use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::{env, fs};

/// What the front end is made of, below `ui/`. A folder counts with everything in it.
const FRONT_END: [&str; 7] = [
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "tsconfig.json",
];

fn main() {
    let ui = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo")).join("ui");
    for part in FRONT_END {
        println!("cargo::rerun-if-changed=ui/{part}");
    }
    println!("cargo::rerun-if-changed=src-tauri/capabilities");
    println!("cargo::rerun-if-env-changed=LOTSE_SKIP_UI");
    println!("cargo::rerun-if-env-changed=TAURI_ENV_PLATFORM");

    // The tauri CLI runs npm itself before it calls cargo, and says so by this variable.
    let built_by_cli = env::var_os("TAURI_ENV_PLATFORM").is_some();
    let skipped = env::var_os("LOTSE_SKIP_UI").is_some_and(|value| value != "0");
    if !built_by_cli && !skipped {
        build_front_end(&ui);
    }
    keep_something_to_embed(&ui.join("dist"));

    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*.json");
    if let Err(error) = tauri_build::try_build(attributes) {
        fail(&format!(
            "tauri.conf.json or a capability is not right: {error:#}"
        ));
    }
}

/// `npm ci` where the lock file is newer than what is installed, then `npm run build`.
fn build_front_end(ui: &Path) {
    let changed = |path: &str| fs::metadata(ui.join(path)).and_then(|file| file.modified()).ok();
    // npm writes this file last, so it also tells an installation that was interrupted from a whole one.
    if changed("node_modules/.package-lock.json") < changed("package-lock.json") {
        npm(ui, &["ci", "--no-audit", "--no-fund"]);
    }
    npm(ui, &["run", "--silent", "build"]);
}

fn npm(ui: &Path, arguments: &[&str]) {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let call = format!("npm {}", arguments.join(" "));
    match Command::new(program).args(arguments).current_dir(ui).output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            for line in [&output.stdout, &output.stderr].into_iter().flat_map(|stream| {
                String::from_utf8_lossy(stream)
                    .lines()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            }) {
                println!("cargo::warning={line}");
            }
            fail(&format!(
                "`{call}` in ui/ failed ({}); its output stands above",
                output.status
            ));
        }
        Err(error) => fail(&format!(
            "the front end cannot be built, because `{call}` did not start ({error}). Install Node.js 20.19 or newer \
             (https://nodejs.org), or run `cargo xtask start`, which says what this machine lacks; LOTSE_SKIP_UI=1 \
             builds without the front end"
        )),
    }
}

/// Tauri refuses to compile without this folder, and the window is blank without a page in it.
fn keep_something_to_embed(dist: &Path) {
    if dist.join("index.html").exists() {
        return;
    }
    let page = "<!doctype html><meta charset=\"utf-8\"><title>Lotse</title><p>Die Oberfläche wurde nicht mitgebaut. \
                Bitte ohne LOTSE_SKIP_UI bauen.<p>The front end was not built. Build without LOTSE_SKIP_UI.";
    if let Err(error) = fs::create_dir_all(dist).and_then(|()| fs::write(dist.join("index.html"), page)) {
        fail(&format!("cannot write {}: {error}", dist.display()));
    }
}

fn fail(sentence: &str) -> ! {
    println!("cargo::error={sentence}");
    exit(1)
}
