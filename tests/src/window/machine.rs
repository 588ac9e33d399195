//! What a window test needs from the machine: the programs, our own binaries, the driver, and its turn.
//!
//! WebKitWebDriver is driven directly. tauri-driver would only translate `tauri:options` into the
//! `webkitgtk:browserOptions` that are sent here anyway and set the variable that lets the web view be automated; one
//! program less to install, and one less to leave behind.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::display::Display;
use super::{INTERVAL, PATIENCE};
use crate::programs;

/// A program with a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Lotse as it is shipped.
    Desktop,
    /// The same window over invented rows (`tests/synthetic-window`).
    Synthetic,
}

/// The right to have a window, and the memory of who had it last.
pub(super) struct Turn(File);

/// Waits for this process's turn to have a window. The turn ends when the file is closed, also by a crash.
pub(super) fn take_turn() -> Turn {
    let path = std::env::temp_dir().join("lotse-window-tests.lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path);
    let mut file = file.unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    file.lock().expect("the system can lock files");
    let mut last = String::new();
    if file.read_to_string(&mut last).is_ok() {
        end_orphans(&last);
    }
    Turn(file)
}

/// A test that was killed could not end its driver: the next one does.
fn end_orphans(group: &str) {
    let name = std::fs::read_to_string(format!("/proc/{group}/comm")).unwrap_or_default();
    // The number may belong to somebody else by now. The system cuts names after 15 signs.
    if name.trim_end() == "WebKitWebDriver" {
        kill_group(group);
    }
}

/// The standard library can kill a process, not a group.
fn kill_group(group: &str) {
    let _ = Command::new("kill")
        .args(["-KILL", "--", &format!("-{group}")])
        .stderr(Stdio::null())
        .status();
}

/// Starts a program that the tests cannot do without.
pub(super) fn spawn(command: &mut Command, package: &str) -> Child {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.spawn() {
        Ok(child) => child,
        Err(error) => panic!(
            "{program} did not start ({error}). The window tests need it; on Debian it is in the package {package}. \
             `cargo xtask test` says what this machine lacks."
        ),
    }
}

/// The compiled program, built if it is not up to date.
pub(super) fn binary(program: Program) -> PathBuf {
    match program {
        Program::Desktop => programs::desktop(),
        Program::Synthetic => programs::synthetic_window(),
    }
}

/// A running WebKitWebDriver.
pub(super) struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    pub(super) fn start(
        turn: &mut Turn,
        display: &Display,
        home: &Path,
        environment: &[(String, String)],
    ) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let process = spawn(
            Command::new("WebKitWebDriver")
                .arg(format!("--port={port}"))
                .env("DISPLAY", display.name())
                .env_remove("WAYLAND_DISPLAY")
                .env("GDK_BACKEND", "x11")
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                // Nothing of the person who runs the tests: not their settings, language, zone or session bus.
                .env("LOTSE_HOME", home)
                .env("XDG_CONFIG_HOME", home.join("config"))
                .env("XDG_DATA_HOME", home.join("data"))
                .env("XDG_CACHE_HOME", home.join("cache"))
                .env("LANG", "de_DE.UTF-8")
                .env_remove("LC_ALL")
                .env_remove("LC_MESSAGES")
                .env_remove("LANGUAGE")
                .env("TZ", "Europe/Berlin")
                .env("NO_AT_BRIDGE", "1")
                .envs(environment.iter().map(|(name, value)| (name, value)))
                // A group of its own, killed as a whole: the window is the driver's child. A pipe would be held open
                // by whatever is left of it.
                .process_group(0)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
            "webkit2gtk-driver",
        );
        let driver = Driver { process, port };
        let _ = turn
            .0
            .set_len(0)
            .and_then(|()| turn.0.rewind())
            .and_then(|()| write!(turn.0, "{}", driver.group()));
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                start.elapsed() < PATIENCE,
                "WebKitWebDriver does not listen on port {port}"
            );
            std::thread::sleep(INTERVAL);
        }
        driver
    }

    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The process group of the driver and of the window.
    pub(super) fn group(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The standard library can kill a process, not a group.
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _ = self.process.wait();
    }
}
