//! A screen that nobody sees. The tests bring their own even where there is a real one: a window on somebody's desk
//! would take the keyboard from their hands, and pictures would depend on their settings.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use super::machine::spawn;

/// Large enough for a window that fills a screen of twice full HD.
const SCREEN: &str = "3840x2160x24";

pub(super) struct Display {
    server: Child,
    name: String,
}

impl Display {
    pub(super) fn start() -> Self {
        let mut server = spawn(
            Command::new("Xvfb")
                // It picks a free number itself and writes it to descriptor 1; it ends with its last client, so that
                // nothing is left where a test process is killed.
                .args([
                    "-displayfd",
                    "1",
                    "-screen",
                    "0",
                    SCREEN,
                    "-nolisten",
                    "tcp",
                    "-terminate",
                ])
                .process_group(0)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
            "xvfb",
        );
        let mut number = String::new();
        let output = server
            .stdout
            .take()
            .expect("standard output was asked for as a pipe");
        let read = BufReader::new(output).read_line(&mut number);
        assert!(
            read.is_ok() && !number.trim().is_empty(),
            "Xvfb ended without a display: is /tmp/.X11-unix writable?"
        );
        Display {
            server,
            name: format!(":{}", number.trim()),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
