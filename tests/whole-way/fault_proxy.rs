//! The proxy that breaks connections on purpose (`tests/servers/fault-proxy.py`).

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running proxy; it ends when dropped.
pub(crate) struct FaultProxy {
    child: Child,
    folder: tempfile::TempDir,
    pub port: u16,
}

impl FaultProxy {
    /// A proxy in front of `target` that passes everything until told otherwise.
    pub(crate) fn before(target: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("plan"), "ok").unwrap();
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/fault-proxy.py");
        let mut child = Command::new("python3")
            .arg(program)
            .arg(target.to_string())
            .arg("--control")
            .arg(folder.path().join("plan"))
            .arg("--log")
            .arg(folder.path().join("log"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 runs the proxy; `cargo xtask test` installs it");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line.trim().parse().expect("the proxy says its port");
        FaultProxy { child, folder, port }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it does to every new connection from now on; the words are explained at the head of the proxy.
    pub(crate) fn plan(&self, plan: &str) {
        // In one step: the proxy reads it at any moment.
        let new = self.folder.path().join("plan.new");
        std::fs::write(&new, plan).unwrap();
        std::fs::rename(new, self.folder.path().join("plan")).unwrap();
    }

    /// Connections that ended in this way so far.
    pub(crate) fn ended_by(&self, end: &str) -> usize {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let end = format!("\"end\": \"{end}\"");
        log.lines().filter(|line| line.contains(&end)).count()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
