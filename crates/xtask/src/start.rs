//! `cargo xtask start`: from a fresh machine to the open window.

use crate::run::{program, root, run, say};
use crate::{Done, front_end, packages};

pub(crate) fn start(arguments: &[&str]) -> Done {
    let mut demo = false;
    let mut debug = false;
    let mut project = None;
    for &argument in arguments {
        match argument {
            "--demo" => demo = true,
            "--debug" => debug = true,
            path if !path.starts_with('-') && project.is_none() => project = Some(path),
            other => return Err(format!("start does not know {other}; see cargo xtask help.")),
        }
    }
    packages::ensure(&[packages::TO_BUILD])?;
    front_end::ensure()?;
    say("Building the window (the first time takes some minutes)");
    let mut build = vec![
        "build",
        "--package",
        "lotse-desktop",
        "--package",
        "lotse-cli",
        "--bins",
    ];
    if !debug {
        build.extend(["--profile", "start"]);
    }
    run(&mut program("cargo", &build), "Building")?;
    if cfg!(target_os = "linux")
        && ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .all(|name| std::env::var_os(name).is_none())
    {
        return Err(
            "Lotse is built, but there is no screen to open its window on (neither DISPLAY nor \
                    WAYLAND_DISPLAY is set). Please start this in a desktop session."
                .into(),
        );
    }
    say("Opening the window");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into);
    let binary = target
        .join(if debug { "debug" } else { "start" })
        .join("lotse-desktop");
    let mut window = program(&binary.to_string_lossy(), &[]);
    if demo {
        window.arg("--demo");
    }
    if let Some(path) = project {
        // The path is meant from where the developer stands, not from the root of the workspace.
        let path = std::env::current_dir().map_or_else(|_| path.into(), |here| here.join(path));
        window.arg(path);
    }
    run(&mut window, "The window")
}
