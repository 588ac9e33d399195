//! A real keyring (`tests/servers/with-secret-service.sh`), apart from the one of the person who runs the tests.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::programs;

/// A message bus of its own with a keyring on it, as the script makes them; both end when this is dropped.
pub struct SecretService {
    script: Child,
    /// Its end is the end of the command that the script runs.
    hold: Option<ChildStdin>,
    /// For the variable `DBUS_SESSION_BUS_ADDRESS`.
    pub address: String,
}

impl SecretService {
    /// Starts both; `environment` goes to the script.
    pub fn start(environment: &[(&str, &Path)]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/with-secret-service.sh");
        let mut script = Command::new(script)
            .args(["sh", "-c", "echo \"$DBUS_SESSION_BUS_ADDRESS\"; read -r line"])
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let hold = script.stdin.take().unwrap();
        let mut address = String::new();
        BufReader::new(script.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        let address = address.trim().to_string();
        assert!(
            address.starts_with("unix:"),
            "no keyring came up; `cargo xtask test` installs gnome-keyring and dbus"
        );
        SecretService {
            script,
            hold: Some(hold),
            address,
        }
    }

    /// How many secrets the keyring holds for Lotse under a name.
    pub fn entries(&self, name: &str) -> usize {
        let found = programs::output_of(
            Command::new("dbus-send")
                .args(["--session", "--print-reply", "--dest=org.freedesktop.secrets"])
                .args([
                    "/org/freedesktop/secrets",
                    "org.freedesktop.Secret.Service.SearchItems",
                ])
                .arg(format!("dict:string:string:service,Lotse,username,{name}"))
                .env("DBUS_SESSION_BUS_ADDRESS", &self.address),
        );
        found.matches("object path").count()
    }
}

impl Drop for SecretService {
    fn drop(&mut self) {
        // With the command, the script ends, and takes its bus and its keyring along.
        self.hold = None;
        let _ = self.script.wait();
    }
}
