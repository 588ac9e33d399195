//! The real process, killed in the middle of a batch: afterwards it has all of it or nothing.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use lotse_server::{Accounts, DatabasePlace, Role};
use rusqlite::Connection;
use serde_json::Value as Json;

use crate::desk::{Client, add_users, batch, leads, new_key};
use crate::wire::{Wire, wire_request};

/// A running `lotse-server`; it is killed when dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) base_url: String,
}

impl Process {
    pub(crate) fn serve(database: &Path) -> Self {
        Self::serve_with(database, &[])
    }

    pub(crate) fn serve_with(database: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lotse-server"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database"])
            .arg(database)
            .args(arguments)
            .env_remove("LOTSE_SERVER_TOKEN_SECRET")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let base_url = line.trim().strip_prefix("listening on ").unwrap().to_string();
        Process { child, base_url }
    }

    /// Asks it to end, as a service manager does, and waits for it.
    #[cfg(unix)]
    pub(crate) fn terminate(&mut self) -> std::process::ExitStatus {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(asked.success());
        self.child.wait().unwrap()
    }

    /// `kill -9`, and gone.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the database holds of the batch.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    leads: i64,
    lead_events: i64,
    batch_events: i64,
    kept_answers: i64,
}

const LEADS: i64 = 1000;
const NOTHING: Held = Held {
    leads: 0,
    lead_events: 0,
    batch_events: 0,
    kept_answers: 0,
};
const ALL: Held = Held {
    leads: LEADS,
    lead_events: LEADS,
    batch_events: 1,
    kept_answers: 1,
};

fn held(database: &Connection) -> Held {
    let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let events = |kind: &str| {
        count(&format!(
            "SELECT count(*) FROM audit_events WHERE event_type = '{kind}' AND data NOT LIKE '%dry_run%'"
        ))
    };
    Held {
        leads: count("SELECT count(*) FROM leads"),
        lead_events: events("lead_created_via_migration"),
        batch_events: events("leads_batch_import"),
        kept_answers: count("SELECT count(*) FROM idempotency_keys"),
    }
}

/// When the process is killed, seen from outside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// The request has left.
    Sent,
    /// The import has begun to write: it holds the lock of the database.
    Writing,
    /// The import is being made durable: the log of the database grows.
    Committing,
    /// The import is durable, and its answer may be on its way.
    Committed,
}

fn wait_for(moment: Moment, database: &Connection, log: &Path, log_before: u64) {
    let reached = || match moment {
        Moment::Sent => true,
        Moment::Writing => match database.execute_batch("BEGIN IMMEDIATE") {
            Ok(()) => {
                database.execute_batch("ROLLBACK").unwrap();
                false
            }
            Err(_) => true,
        },
        Moment::Committing => std::fs::metadata(log).unwrap().len() > log_before,
        Moment::Committed => held(database).leads > 0,
    };
    while !reached() {
        std::thread::yield_now();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_has_all_of_a_batch_or_nothing_and_the_repeated_batch_once() {
    let production = batch(false, &leads(0..1000));
    for moment in [
        Moment::Sent,
        Moment::Writing,
        Moment::Committing,
        Moment::Committed,
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.db");
        let accounts = Accounts::open(&DatabasePlace::File(path.clone())).unwrap();
        add_users(&accounts);
        let key = new_key(&accounts, "officer", &[Role::MigrationOfficer]);
        drop(accounts);
        let mut process = Process::serve(&path);
        let client = Client::new(process.base_url.clone(), key.clone());
        let dry_run = client.dry_run(&leads(0..1000)).await;
        assert_eq!(dry_run["summary"]["duplicate_warnings"], 0);
        let database = Connection::open(&path).unwrap();
        database.busy_timeout(std::time::Duration::ZERO).unwrap();
        wait_until_logged(&database);
        let log = PathBuf::from(format!("{}-wal", path.display()));
        let log_before = std::fs::metadata(&log).unwrap().len();

        let mut wire = Wire::open(&client).await;
        wire.send(&wire_request(
            &client,
            "Idempotency-Key: key-1\r\n",
            &production.to_string(),
        ))
        .await;
        wait_for(moment, &database, &log, log_before);
        process.kill();

        let left = held(&database);
        assert!(left == NOTHING || left == ALL, "{moment:?}: {left:?}");
        if moment == Moment::Committed {
            assert_eq!(left, ALL);
        }
        drop(database);

        let process = Process::serve(&path);
        let client = Client::new(process.base_url.clone(), key);
        let repeated = client.post_with_key(&production, "key-1").await;
        let answer: Json = repeated.ok();
        assert_eq!(answer["summary"]["imported_leads"], LEADS, "{moment:?}");
        assert_eq!(repeated.headers.contains_key("idempotency-replayed"), left == ALL);
        assert_eq!(
            client.post_with_key(&production, "key-1").await.bytes,
            repeated.bytes
        );
        assert_eq!(held(&Connection::open(&path).unwrap()), ALL, "{moment:?}");
    }
}

/// The dry-run's entry in the request log is the last thing that is written before the import.
fn wait_until_logged(database: &Connection) {
    let logged = || {
        database
            .query_row("SELECT count(*) FROM request_log", [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    while logged() < 1 {
        std::thread::yield_now();
    }
}
