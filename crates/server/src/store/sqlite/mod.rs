//! The database of one server process: SQLite, one connection that writes and a few that read beside it (WAL).

mod accounts;
mod import;
mod leads;
mod open;
mod transaction;

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use lotse_core::values::Instant;
use rusqlite::{Connection, ErrorCode, Row, params};

use super::{
    ApiKey, AuditEvent, ImportTransaction, KeptAnswer, RequestLogEntry, Result, Store, StoreProblem,
    StoredLead, User,
};
use crate::access::{KeyHash, Role};

use transaction::Transaction;

pub(crate) use open::PATIENCE;
pub use open::{DatabasePlace, OpenProblem};

/// A database in a file or in memory.
pub(crate) struct SqliteStore {
    writer: Mutex<Connection>,
    /// None for a database in memory, which its one connection reads and writes.
    readers: Option<Readers>,
}

/// Connections that read while another writes.
struct Readers {
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
}

/// A reader on loan; it goes back when dropped, also after a panic.
struct Reader<'r> {
    readers: &'r Readers,
    connection: Option<Connection>,
}

impl Readers {
    fn take(&self) -> Reader<'_> {
        let mut idle = lock(&self.idle);
        loop {
            if let Some(connection) = idle.pop() {
                return Reader {
                    readers: self,
                    connection: Some(connection),
                };
            }
            idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            lock(&self.readers.idle).push(connection);
            self.readers.returned.notify_one();
        }
    }
}

/// A panic while the lock was held leaves nothing half done: transactions undo themselves.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SqliteStore {
    fn read<T>(&self, reading: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        match &self.readers {
            None => reading(&lock(&self.writer)),
            Some(readers) => {
                let reader = readers.take();
                let connection = reader
                    .connection
                    .as_ref()
                    .expect("a reader on loan has its connection");
                reading(connection)
            }
        }
    }

    fn write<T>(&self, writing: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let transaction = Transaction::begin(lock(&self.writer))?;
        let written = writing(&transaction)?;
        transaction.commit()?;
        Ok(written)
    }
}

impl Store for SqliteStore {
    fn check(&self) -> Result<()> {
        self.read(|connection| {
            let one = connection.query_row("SELECT count(id) FROM users", [], |row| row.get::<_, i64>(0));
            one.map(drop).doing("read anything")
        })
    }

    fn add_user(&self, id: &str, name: &str, at: Instant) -> Result<bool> {
        self.write(|connection| accounts::add_user(connection, id, name, at))
    }

    fn deactivate_user(&self, id: &str, at: Instant) -> Result<bool> {
        self.write(|connection| accounts::deactivate_user(connection, id, at))
    }

    fn user(&self, id: &str) -> Result<Option<User>> {
        self.read(|connection| accounts::user(connection, id))
    }

    fn users(&self) -> Result<Vec<User>> {
        self.read(accounts::users)
    }

    fn add_key(
        &self,
        user_id: &str,
        hash: &KeyHash,
        roles: &[Role],
        at: Instant,
        expires_at: Option<Instant>,
    ) -> Result<i64> {
        self.write(|connection| accounts::add_key(connection, user_id, hash, roles, at, expires_at))
    }

    fn key(&self, hash: &KeyHash) -> Result<Option<(ApiKey, User)>> {
        self.read(|connection| accounts::key(connection, hash))
    }

    fn keys(&self) -> Result<Vec<ApiKey>> {
        self.read(accounts::keys)
    }

    fn deactivate_key(&self, id: i64, at: Instant) -> Result<bool> {
        self.write(|connection| accounts::deactivate_key(connection, id, at))
    }

    fn lead(&self, id: i64) -> Result<Option<StoredLead>> {
        self.read(|connection| leads::lead(connection, id))
    }

    fn leads_with_external_id(&self, external_id: &str, source: Option<&str>) -> Result<Vec<StoredLead>> {
        self.read(|connection| leads::with_external_id(connection, external_id, source))
    }

    fn audit_event(&self, id: i64) -> Result<Option<AuditEvent>> {
        self.read(|connection| leads::audit_event(connection, id))
    }

    fn kept_answer(&self, client_id: &str, key: &str) -> Result<Option<KeptAnswer>> {
        self.read(|connection| import::kept_answer(connection, client_id, key))
    }

    fn begin_import(&self) -> Result<Box<dyn ImportTransaction + '_>> {
        Ok(Box::new(Transaction::begin(lock(&self.writer))?))
    }

    fn append_request_log(&self, entries: &[RequestLogEntry]) -> Result<()> {
        self.write(|connection| {
            let mut insert = connection
                .prepare_cached(
                    "INSERT INTO request_log (request_id, at, user_id, ip_address, method, path, status, error_code, \
                     request_bytes, duration_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                )
                .doing("log requests")?;
            for entry in entries {
                let values = params![
                    entry.request_id,
                    entry.at.millis(),
                    entry.user_id,
                    entry.ip_address,
                    entry.method,
                    entry.path,
                    entry.status,
                    entry.error_code,
                    i64::try_from(entry.request_bytes).unwrap_or(i64::MAX),
                    i64::try_from(entry.duration_ms).unwrap_or(i64::MAX),
                ];
                insert.execute(values).doing("log a request")?;
            }
            Ok(())
        })
    }
}

/// Says what the database was doing when it failed.
trait Doing<T> {
    fn doing(self, what: &'static str) -> Result<T>;
}

impl<T> Doing<T> for rusqlite::Result<T> {
    fn doing(self, what: &'static str) -> Result<T> {
        self.map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreProblem::Busy,
            _ => StoreProblem::Failed {
                doing: what,
                reason: error.to_string(),
            },
        })
    }
}

/// The instant in a column.
fn instant(row: &Row<'_>, column: &str) -> rusqlite::Result<Instant> {
    optional_instant(row, column)?.ok_or(rusqlite::Error::InvalidQuery)
}

/// The instant in a column that may be null.
fn optional_instant(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Instant>> {
    let millis: Option<i64> = row.get(column)?;
    let Some(millis) = millis else { return Ok(None) };
    match Instant::from_millis(millis) {
        Some(instant) => Ok(Some(instant)),
        None => Err(rusqlite::Error::IntegralValueOutOfRange(
            row.as_ref().column_index(column)?,
            millis,
        )),
    }
}
