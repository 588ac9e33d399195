//! A person's desk: a folder, settings of their own, and the command `lotse`.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use lotse_tests::programs;
use serde_json::Value as Json;

/// What a run of `lotse` ended with.
#[derive(Debug)]
pub(crate) struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// This, when the exit code is `code`.
    #[track_caller]
    pub(crate) fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    /// Checks that nothing but one sentence on standard error came, with an exit code.
    #[track_caller]
    pub(crate) fn failed_with(&self, code: i32, sentence: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.err.starts_with("lotse: "), "{self:?}");
        assert!(self.err.contains(sentence), "expected {sentence:?} in {self:?}");
        assert_eq!(self.err.trim_end().lines().count(), 1, "{self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
        assert_eq!(self.out, "");
    }
}

/// The folder.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    environment: Vec<(&'static str, OsString)>,
}

impl Desk {
    /// A desk without a keyring: secrets are asked for on standard input each time.
    pub(crate) fn new() -> Self {
        Self::with_bus("unix:path=/nonexistent/bus")
    }

    /// A desk whose keyring is found on this message bus.
    pub(crate) fn with_bus(address: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Desk {
            environment: vec![
                ("LOTSE_HOME", folder.path().join("home").into()),
                ("HOME", folder.path().into()),
                ("DBUS_SESSION_BUS_ADDRESS", address.into()),
                ("LOTSE_USER", "Olga Officer".into()),
            ],
            folder,
        }
    }

    /// The same desk after a new login: its keyring is on another bus.
    pub(crate) fn moved_to_bus(mut self, address: &str) -> Self {
        for (name, value) in &mut self.environment {
            if *name == "DBUS_SESSION_BUS_ADDRESS" {
                *value = address.into();
            }
        }
        self
    }

    /// A path on the desk.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where `lotse` keeps what belongs to the user.
    pub(crate) fn home(&self) -> PathBuf {
        self.path("home")
    }

    /// Everything that stands anywhere below the desk.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, files);
                } else {
                    files.push(path);
                }
            }
        }
        let mut files = Vec::new();
        walk(self.folder.path(), &mut files);
        files
    }

    /// Starts `lotse` in this folder, with `secret` as the line on standard input.
    pub(crate) fn start(&self, arguments: &[&str], secret: &str) -> Running {
        let mut child = Command::new(programs::lotse())
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("XDG_RUNTIME_DIR")
            .env_remove("http_proxy")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        // Who does not ask for it may have ended already.
        let _ = input.write_all(format!("{secret}\n").as_bytes());
        Running { child: Some(child) }
    }

    /// Runs `lotse` to its end.
    pub(crate) fn lotse_with(&self, arguments: &[&str], secret: &str) -> Said {
        self.start(arguments, secret).wait()
    }

    /// Runs `lotse` to its end; it is told no secret.
    pub(crate) fn lotse(&self, arguments: &[&str]) -> Said {
        self.lotse_with(arguments, "")
    }
}

/// A running `lotse`; it is killed when dropped.
pub(crate) struct Running {
    child: Option<Child>,
}

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.as_mut().unwrap().try_wait().unwrap().is_some()
    }

    /// `kill -9`, and gone.
    pub(crate) fn kill(mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub(crate) fn wait(mut self) -> Said {
        let output = self.child.take().unwrap().wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("lotse writes UTF-8");
        Said {
            code: output.status.code().expect("lotse ended by itself"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
