//! Opening and migrating the database.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::{Readers, SqliteStore};

/// Marks the file as ours: "LotS".
const APPLICATION: i32 = 0x4c6f_7453;

/// The schema, step by step; a database of version n has seen the first n.
const MIGRATIONS: [&str; NEWEST as usize] = [include_str!("1.sql")];

const NEWEST: u32 = 1;

/// How long a statement waits for another process that holds the database, unless it is told otherwise.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Connections that read.
const READERS: usize = 4;

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabasePlace {
    /// In a file, which is made where there is none.
    File(PathBuf),
    /// Nowhere: it is gone with the server.
    Memory,
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenProblem {
    /// The file cannot be made or opened.
    #[error("The database {path} cannot be opened: {reason}. Please check the folder and its permissions.")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// It is no SQLite database, or one of another application.
    #[error("{path} is not a database of lotse-server. Please name another file.")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It was written by a newer server.
    #[error(
        "The database {path} has version {found}; this lotse-server knows versions up to {known}. Please update lotse-server."
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of the file.
        found: u32,
        /// The newest version that is known.
        known: u32,
    },
}

impl SqliteStore {
    /// Opens the database, and makes or migrates it where needed.
    pub(crate) fn open(place: &DatabasePlace, patience: Duration) -> Result<Self, OpenProblem> {
        match place {
            DatabasePlace::Memory => {
                let memory = Path::new(":memory:");
                let mut writer = Connection::open_in_memory().map_err(|error| unusable(memory, &error))?;
                configure(&writer, memory, patience)?;
                prepare(&mut writer, memory)?;
                Ok(SqliteStore {
                    writer: Mutex::new(writer),
                    readers: None,
                })
            }
            DatabasePlace::File(path) => {
                make_private(path)?;
                let mut writer = connect(path, patience)?;
                prepare(&mut writer, path)?;
                let readers: Result<Vec<Connection>, OpenProblem> =
                    (0..READERS).map(|_| reader(path, patience)).collect();
                Ok(SqliteStore {
                    writer: Mutex::new(writer),
                    readers: Some(Readers {
                        idle: Mutex::new(readers?),
                        returned: Condvar::new(),
                    }),
                })
            }
        }
    }
}

/// Makes the file readable to its owner alone before anything is in it. SQLite gives its other files the same mode.
fn make_private(path: &Path) -> Result<(), OpenProblem> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) => Err(OpenProblem::File {
            path: path.to_path_buf(),
            reason: error.to_string(),
        }),
    }
}

fn connect(path: &Path, patience: Duration) -> Result<Connection, OpenProblem> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| unusable(path, &error))?;
    configure(&connection, path, patience)?;
    Ok(connection)
}

fn configure(connection: &Connection, path: &Path, patience: Duration) -> Result<(), OpenProblem> {
    let set = || {
        connection.busy_timeout(patience)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.set_prepared_statement_cache_capacity(64);
        rusqlite::Result::Ok(())
    };
    set().map_err(|error| unusable(path, &error))
}

fn reader(path: &Path, patience: Duration) -> Result<Connection, OpenProblem> {
    let connection = connect(path, patience)?;
    connection
        .pragma_update(None, "query_only", true)
        .map_err(|error| unusable(path, &error))?;
    Ok(connection)
}

fn prepare(writer: &mut Connection, path: &Path) -> Result<(), OpenProblem> {
    check_owner(writer, path)?;
    let set = |writer: &Connection| {
        writer.pragma_update(None, "journal_mode", "WAL")?;
        // An answered import survives a power cut.
        writer.pragma_update(None, "synchronous", "FULL")?;
        writer.pragma_update(None, "cache_size", -16_384)?;
        rusqlite::Result::Ok(())
    };
    set(writer).map_err(|error| unusable(path, &error))?;
    migrate(writer, path)
}

/// Refuses files of others before a byte of them is changed.
fn check_owner(connection: &Connection, path: &Path) -> Result<(), OpenProblem> {
    let read = || {
        let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let tables: i64 =
            connection.query_row("SELECT count(name) FROM sqlite_schema", [], |row| row.get(0))?;
        rusqlite::Result::Ok((application, tables))
    };
    match read().map_err(|error| unusable(path, &error))? {
        (APPLICATION, _) | (0, 0) => Ok(()),
        _ => Err(OpenProblem::Foreign {
            path: path.to_path_buf(),
        }),
    }
}

fn migrate(writer: &mut Connection, path: &Path) -> Result<(), OpenProblem> {
    // The version is read under the lock: another process may be migrating the same file.
    let mut steps = || {
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version > NEWEST {
            return Ok(Some(version));
        }
        for (_, step) in (1..).zip(MIGRATIONS).filter(|(number, _)| *number > version) {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", NEWEST)?;
        transaction.commit()?;
        rusqlite::Result::Ok(None)
    };
    match steps().map_err(|error| unusable(path, &error))? {
        None => Ok(()),
        Some(found) => Err(OpenProblem::Newer {
            path: path.to_path_buf(),
            found,
            known: NEWEST,
        }),
    }
}

fn unusable(path: &Path, error: &rusqlite::Error) -> OpenProblem {
    let path = path.to_path_buf();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenProblem::Foreign { path },
        _ => OpenProblem::File {
            path,
            reason: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &Path) -> Result<SqliteStore, OpenProblem> {
        SqliteStore::open(&DatabasePlace::File(path.to_path_buf()), PATIENCE)
    }

    #[test]
    fn a_database_is_made_once_and_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.db");
        open(&path).unwrap();
        open(&path).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_newer_database_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.db");
        open(&path).unwrap();
        Connection::open(&path)
            .unwrap()
            .pragma_update(None, "user_version", 99)
            .unwrap();
        let problem = open(&path).err().unwrap();
        assert!(
            matches!(problem, OpenProblem::Newer { found: 99, .. }),
            "{problem}"
        );
    }

    #[test]
    fn files_of_others_are_refused_and_left_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("notes.txt");
        std::fs::write(
            &text,
            "this is no database, but long enough to have a header of one".repeat(20),
        )
        .unwrap();
        let before = std::fs::read(&text).unwrap();
        assert!(matches!(open(&text), Err(OpenProblem::Foreign { .. })));
        assert_eq!(std::fs::read(&text).unwrap(), before);
        let other = folder.path().join("other.db");
        Connection::open(&other)
            .unwrap()
            .execute_batch("CREATE TABLE t (x)")
            .unwrap();
        assert!(matches!(open(&other), Err(OpenProblem::Foreign { .. })));
        assert!(matches!(
            open(&folder.path().join("no/such/folder.db")),
            Err(OpenProblem::File { .. })
        ));
    }
}
