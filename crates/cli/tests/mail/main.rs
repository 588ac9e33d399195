//! The commands about mails as a person or a script types them, against a real IMAP server over real TLS.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop there")]

mod connecting;
mod fetching;
mod parsing;
#[path = "../../../engine/tests/mailbox/server.rs"]
#[allow(dead_code, reason = "the engine's tests use the rest of it")]
mod server;
mod watching;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value as Json;

use server::{ImapServer, PASSWORD, USER};

/// A user with a folder of their own and no keyring.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        Home {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lotse"));
        command
            .args(arguments)
            .env("LOTSE_HOME", self.folder.path())
            .env("LOTSE_USER", "Eva Beispiel")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("XDG_RUNTIME_DIR")
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs `lotse` with a secret on standard input.
    fn lotse_with(&self, secret: &str, arguments: &[&str]) -> Ran {
        let mut child = self.command(arguments).spawn().unwrap();
        // Commands that need no secret may be gone before it is written.
        let _unread = writeln!(child.stdin.take().unwrap(), "{secret}");
        Ran::of(&child.wait_with_output().unwrap())
    }

    fn lotse(&self, arguments: &[&str]) -> Ran {
        self.lotse_with(PASSWORD, arguments)
    }

    /// Adds a connection to the server's mailbox.
    fn connect(&self, name: &str, server: &ImapServer, further: &[&str]) {
        let (port, ca) = (server.port.to_string(), server.ca_file.display().to_string());
        let mut arguments = vec!["connection", "add", name, "--imap", "localhost", "--user", USER];
        arguments.extend(["--port", &port, "--ca-file", &ca]);
        arguments.extend(further);
        self.lotse(&arguments).good();
    }
}

/// How a command ended.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        Ran {
            code: output.status.code().expect("no signal"),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// What it printed; it has to have ended well and without a complaint.
    fn good(&self) -> &str {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{self:?}");
        &self.out
    }

    fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// It ended with that exit code and one sentence that says so much.
    fn refused(&self, code: i32, says: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        let sentence = self
            .err
            .strip_prefix("lotse: ")
            .unwrap_or_else(|| panic!("{self:?}"));
        assert_eq!(sentence.lines().count(), 1, "{self:?}");
        for part in says {
            assert!(sentence.contains(part), "{part:?} in {sentence:?}");
        }
    }
}

/// A mail with one lead, as a web form sends it.
fn inquiry(number: usize) -> String {
    let name = ["Amsel", "Bussard", "Dohle", "Elster"][number];
    format!(
        "From: Webformular <noreply@portal.example>\r\nTo: leads@example.test\r\nSubject: Anfrage {number}\r\n\
         Message-ID: <inquiry-{number}@portal.example>\r\nDate: Mon, 03 Mar 2025 10:15:00 +0100\r\n\r\n\
         Vorname: Anna\r\nNachname: {name}\r\nE-Mail: gast{number}@example.test\r\nTelefon: 030 123456{number}\r\n"
    )
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/mail")
        .join(name)
}
