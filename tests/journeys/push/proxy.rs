//! The fault proxy between the window and a server, with a plan that can be changed while it runs.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

pub(super) struct Proxy {
    pub(super) base_url: String,
    control: PathBuf,
    process: Child,
    _folder: tempfile::TempDir,
}

impl Proxy {
    /// Stands before the server at `base_url` and does to connections what `plan` says.
    pub(super) fn before(base_url: &str, plan: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let control = folder.path().join("plan");
        std::fs::write(&control, plan).expect("the folder is ours");
        let port = base_url
            .rsplit(':')
            .next()
            .expect("an address with a port")
            .trim_end_matches('/');
        let mut process = Command::new("python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/fault-proxy.py"))
            .arg(port)
            .arg("--control")
            .arg(&control)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the fault proxy needs python3");
        let mut line = String::new();
        let output = process
            .stdout
            .take()
            .expect("standard output was asked for as a pipe");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("the proxy tells its port");
        Proxy {
            base_url: format!("http://127.0.0.1:{}", line.trim()),
            control,
            process,
            _folder: folder,
        }
    }

    /// What happens to connections from now on.
    pub(super) fn plan(&self, plan: &str) {
        std::fs::write(&self.control, plan).expect("the folder is ours");
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
