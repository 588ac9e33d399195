//! A private Dovecot for one test, and a proxy in front of it that breaks connections on purpose.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use lotse_engine::credentials::Secret;
use lotse_engine::mailbox::{
    MailQuery, MailStore, MailboxAuth, MailboxError, MailboxSettings, SyncLimits, SyncSummary,
    TransportSecurity, sync_within,
};
use tokio_util::sync::CancellationToken;

pub(crate) const USER: &str = "leads@example.test";
pub(crate) const PASSWORD: &str = "geheim";

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/servers")
        .join(name)
}

/// A running server; stopped when dropped.
pub(crate) struct ImapServer {
    folder: tempfile::TempDir,
    pub(crate) port: u16,
    pub(crate) starttls_port: u16,
    pub(crate) ca_file: PathBuf,
}

impl ImapServer {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    pub(crate) fn start_with(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut said = String::new();
        // Between finding a free port and using it another test may take it.
        for _ in 0..3 {
            let output = Command::new(script("dovecot.sh"))
                .arg("start")
                .arg(folder.path())
                .args(options)
                .output()
                .expect("dovecot.sh runs");
            if output.status.success() {
                let stdout = String::from_utf8(output.stdout).unwrap();
                let value = |key: &str| {
                    let line = stdout.lines().find_map(|line| line.strip_prefix(key));
                    line.unwrap_or_else(|| panic!("no {key} in {stdout}")).to_string()
                };
                return ImapServer {
                    port: value("IMAP_PORT=").parse().unwrap(),
                    starttls_port: value("IMAP_STARTTLS_PORT=").parse().unwrap(),
                    ca_file: value("IMAP_CA=").into(),
                    folder,
                };
            }
            said = String::from_utf8_lossy(&output.stderr).into_owned();
        }
        panic!("no IMAP server: {said}");
    }

    pub(crate) fn run(&self, command: &str, arguments: &[&str]) -> String {
        let output = Command::new(script("dovecot.sh"))
            .arg(command)
            .arg(self.folder.path())
            .args(arguments)
            .output()
            .expect("dovecot.sh runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Puts mails into a folder of the user, the inbox for an empty name.
    pub(crate) fn deliver(&self, folder: &str, mails: &[impl AsRef<[u8]>]) {
        let files = tempfile::tempdir().unwrap();
        for (index, mail) in mails.iter().enumerate() {
            std::fs::write(files.path().join(format!("{index:06}.eml")), mail).unwrap();
        }
        let to = if folder.is_empty() {
            USER.to_string()
        } else {
            format!("{USER}:{folder}")
        };
        self.run("deliver", &[&to, files.path().to_str().unwrap()]);
    }

    /// Deletes the mails of the inbox as another client would.
    pub(crate) fn empty_inbox(&self) {
        for place in ["cur", "new"] {
            let folder = self.folder.path().join("mail").join(USER).join(place);
            for entry in std::fs::read_dir(folder).unwrap() {
                std::fs::remove_file(entry.unwrap().path()).unwrap();
            }
        }
    }

    pub(crate) fn settings(&self) -> MailboxSettings {
        MailboxSettings {
            host: "localhost".into(),
            port: self.port,
            security: TransportSecurity::ImplicitTls,
            user: USER.into(),
            auth: MailboxAuth::Password,
            folders: vec![],
            since: None,
            ca_file: Some(self.ca_file.clone()),
            poll_minutes: 5,
        }
    }

    /// The flags of all mails of the inbox, as the server keeps them in the names of its files.
    pub(crate) fn inbox_files(&self) -> Vec<String> {
        let folder = self.folder.path().join("mail").join(USER);
        let mut names: Vec<String> = ["cur", "new"]
            .iter()
            .flat_map(|place| std::fs::read_dir(folder.join(place)).unwrap())
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for ImapServer {
    fn drop(&mut self) {
        let _stopped = Command::new(script("dovecot.sh"))
            .arg("stop")
            .arg(self.folder.path())
            .output();
    }
}

/// A proxy that breaks connections by plan; see `tests/servers/fault-proxy.py`.
pub(crate) struct FaultProxy {
    child: Child,
    pub(crate) port: u16,
}

impl FaultProxy {
    pub(crate) fn start(target: u16, plans: &[&str]) -> Self {
        let mut child = Command::new(script("fault-proxy.py"))
            .arg(target.to_string())
            .args(plans.iter().flat_map(|plan| ["--plan", plan]))
            .stdout(Stdio::piped())
            .spawn()
            .expect("fault-proxy.py runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        FaultProxy {
            child,
            port: line.trim().parse().expect("the proxy's port"),
        }
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// A store in a folder of its own.
pub(crate) struct Store {
    pub(crate) mails: Arc<MailStore>,
    _folder: tempfile::TempDir,
}

impl Store {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Store {
            mails: Arc::new(MailStore::open(&folder.path().join("box.mails")).unwrap()),
            _folder: folder,
        }
    }

    pub(crate) fn subjects(&self) -> Vec<String> {
        let query = MailQuery {
            limit: 100_000,
            ..MailQuery::default()
        };
        let mut rows = self.mails.page(&query).unwrap().rows;
        rows.sort_by_key(|row| row.id);
        rows.into_iter().map(|row| row.subject).collect()
    }
}

/// Tight enough that a broken network shows within seconds.
pub(crate) fn limits() -> SyncLimits {
    SyncLimits {
        connect_timeout: Duration::from_secs(5),
        silence_timeout: Duration::from_secs(5),
        first_wait: Duration::from_millis(20),
        ..SyncLimits::default()
    }
}

pub(crate) fn password() -> Secret {
    Secret::new(PASSWORD.to_string())
}

/// A sync with the right password and the bounds of [`limits`].
pub(crate) async fn run_sync(settings: &MailboxSettings, store: &Store) -> Result<SyncSummary, MailboxError> {
    sync_within(
        limits(),
        settings,
        &password(),
        &store.mails,
        &|_| {},
        &CancellationToken::new(),
    )
    .await
}

/// A small mail with that number in Message-ID, subject and body.
pub(crate) fn mail(number: usize) -> String {
    format!(
        "From: Portal <noreply@portal.example>\r\nTo: leads@example.test\r\nSubject: Mail {number}\r\n\
         Message-ID: <mail-{number}@portal.example>\r\nDate: Mon, 03 Mar 2025 10:15:00 +0100\r\n\r\n\
         Name: Muster {number}\r\nE-Mail: muster{number}@example.test\r\n"
    )
}

pub(crate) fn mails(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(mail).collect()
}
