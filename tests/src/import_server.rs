//! A real `lotse-server` process, and a look into its database.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rusqlite::{Connection, OpenFlags};

use crate::programs;

/// How long the database may be busy.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);

/// A running server; it is killed when dropped.
pub struct ImportServer {
    child: Child,
    folder: tempfile::TempDir,
    /// Where it listens, on loopback.
    pub port: u16,
    /// The API key of an officer.
    pub key: String,
}

/// Users that leads can belong to.
pub const OWNERS: [&str; 3] = lotse_engine::example::OWNERS;

impl ImportServer {
    /// A server with an empty database, with the owners of the example and an officer.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("server.db");
        for user in OWNERS.iter().chain([&"olga"]) {
            say(&database, &["user", "add", user]);
        }
        let key = say(
            &database,
            &["key", "create", "--user", "olga", "--role", "migration-officer"],
        );
        let (child, port) = serve(&database, 0);
        ImportServer {
            child,
            folder,
            port,
            key,
        }
    }

    /// The base URL of a connection to it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A key that may do nothing here.
    pub fn key_without_rights(&self) -> String {
        say(
            &self.database(),
            &["key", "create", "--user", "olga", "--role", "api-client"],
        )
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("server.db")
    }

    /// `kill -9`, and a new process on the same database and the same port.
    pub fn kill_and_restart(&mut self) {
        self.kill();
        (self.child, _) = serve(&self.database(), self.port);
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// One number out of the database, read beside the running server.
    pub fn count(&self, sql: &str) -> u64 {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let database = Connection::open_with_flags(self.database(), flags).unwrap();
        database.busy_timeout(PATIENCE).unwrap();
        let count: i64 = database.query_row(sql, [], |row| row.get(0)).unwrap();
        count.unsigned_abs()
    }

    /// Number of leads that it holds.
    pub fn lead_count(&self) -> u64 {
        self.count("SELECT count(*) FROM leads")
    }

    /// How often each external id is there.
    pub fn external_ids(&self) -> BTreeMap<String, u64> {
        let database = Connection::open(self.database()).unwrap();
        database.busy_timeout(PATIENCE).unwrap();
        let mut statement = database
            .prepare("SELECT external_id, count(*) FROM leads GROUP BY external_id")
            .unwrap();
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get::<_, u32>(1)?.into())))
            .unwrap();
        rows.map(Result::unwrap).collect()
    }
}

impl Drop for ImportServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the server and waits until it listens.
fn serve(database: &Path, port: u16) -> (Child, u16) {
    let mut child = Command::new(programs::server())
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--database"])
        .arg(database)
        .env_remove("LOTSE_SERVER_TOKEN_SECRET")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let (_, port) = line.trim().rsplit_once(':').expect("it says where it listens");
    (child, port.parse().unwrap())
}

/// Runs a command of the server that ends, and gives its first line.
fn say(database: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(programs::server());
    let said = programs::output_of(command.args(arguments).arg("--database").arg(database));
    said.trim().to_string()
}
