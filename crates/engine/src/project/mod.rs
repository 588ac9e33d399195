//! The project: one migration in one file, an SQLite database in WAL mode.
//!
//! It holds sources with their untouched cells, mappings, leads, findings, edits with history, decisions, duplicates,
//! approvals, the push ledger and the audit log. It can be copied and opened elsewhere. It never holds a secret.
//!
//! One writer at a time (a mutex here, a lock file against other programs), readers beside it. Every method is
//! blocking and belongs off the threads that serve a window or a network.

mod approval;
mod at_once;
mod audit;
mod block;
mod column_order;
mod columns;
mod decisions;
mod dry_runs;
mod duplicates;
mod edits;
mod error;
mod facets;
mod groups;
mod history;
mod joined;
mod lead_reader;
mod leads;
mod ledger;
mod lock;
mod mail_origins;
mod recheck;
mod row_places;
mod schema;
mod search;
mod sent;
mod settling;
mod source_use;
mod sources;
mod view;
mod views;
mod waiting;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use lotse_core::duplicates::Duplicates;
use lotse_core::target::Target;
use lotse_core::values::Instant;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Transaction, TransactionBehavior, params};
use serde_json::json;

pub(crate) use approval::RowFates;
pub use approval::{Approval, ApprovalPreview, ApprovedRow, StandingApproval};
pub use audit::{AuditEntry, AuditQuery, AuditVerdict};
pub use columns::COMPUTED_COLUMNS;
pub use decisions::{Decision, DecisionKind, NewDecision};
pub use dry_runs::DryRunRow;
pub use duplicates::{CERTAIN, DuplicateGroup, DuplicatePair, DuplicateSummary, GroupMember};
pub use edits::{CellHistory, FieldEdit};
pub use error::ProjectError;
pub use facets::{DecisionView, Facets, ValueCount, ValueFacet, ValueFilter};
pub use groups::{GroupFilter, GroupLine, GroupWindow};
pub use history::{Change, ChangeKind};
pub use joined::{JoinReport, JoinedActivity, UnmatchedReason, UnmatchedRow};
pub use lead_reader::{LeadReader, LeadReaderProblem};
pub use leads::{CellState, CheckedBlock, RowState, moment_text, shown_text};
pub use ledger::{Answer, Batch, BatchLead, BatchState, NewBatch, Push, PushState};
pub use mail_origins::MailOrigin;
pub(crate) use recheck::RecheckedBlock;
pub(crate) use row_places::SourceRef;
pub use sent::{LeadFate, PushCounts, ServerDouble};
pub use sources::{NewSource, PackedRows, RowOrigin, Source, SourceRole, SourceWriter};
pub use view::{CodeCount, RowFilter, RowView, SortOrder, StateCounts, ViewedRow, column_of};
pub use views::NamedView;

use crate::clock::{self, Actor};
use index::Index;

mod index;

/// What a new project needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct NewProject {
    /// Its name; goes to the server as the source of the leads.
    pub name: String,
    /// The schema that its leads are for.
    pub target: Target,
    /// The zone in which dates without one are read.
    pub zone: chrono_tz::Tz,
}

impl NewProject {
    /// A project of this name for a target, in the default zone.
    pub fn named(name: impl Into<String>, target: Target) -> Self {
        NewProject {
            name: name.into(),
            target,
            zone: chrono_tz::Europe::Berlin,
        }
    }
}

/// An open project.
pub struct Project {
    path: PathBuf,
    target: Target,
    zone: chrono_tz::Tz,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    index: RwLock<Index>,
    revision: AtomicU64,
    /// The index of the last comparison, ready for the next edit.
    duplicates: Mutex<Option<Duplicates>>,
    /// The groups that lists have asked for.
    groups: Mutex<groups::KeptGroups>,
    /// Activities of other sources by row, as of the last join.
    joined: Mutex<Option<std::sync::Arc<joined::Joined>>>,
    /// How often states of whole blocks were stored: whoever puts some rows into a block has to have read it since.
    blocks_stored: AtomicU64,
    /// Orders of rows that tables have asked for.
    orders: Mutex<view::Orders>,
    /// The last edits of this run of the program.
    edited: Mutex<edits::LastEdits>,
    /// Held by whoever compares rows: one at a time.
    comparing: Mutex<()>,
    /// Whether rows are compared right after an edit, or when somebody asks for it.
    compares_later: AtomicBool,
    /// Nobody has asked yet for what an earlier program left waiting.
    just_opened: AtomicBool,
    /// Columns that were sorted, counted or filtered by lately.
    columns: Mutex<columns::KeptColumns>,
    /// Moves what a load has written from the journal into the file, when it was much.
    settling: settling::Settling,
    /// Held as long as the project is open; last, so that it is released after the database is closed.
    _lock: lock::ProjectLock,
}

impl std::fmt::Debug for Project {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Project")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Project {
    /// Makes a new project file, which must not exist.
    pub fn create(path: &Path, new: &NewProject, actor: &Actor) -> Result<Self, ProjectError> {
        if path.exists() {
            return Err(ProjectError::Exists {
                path: path.to_path_buf(),
            });
        }
        let lock = lock::ProjectLock::take(path)?;
        let made = Self::create_locked(path, new, actor, lock);
        if made.is_err() {
            // Half a project is none; its parts would be in the way of the next try.
            for suffix in ["", "-wal", "-shm"] {
                let mut part = path.as_os_str().to_os_string();
                part.push(suffix);
                let _ = std::fs::remove_file(part);
            }
        }
        made
    }

    fn create_locked(
        path: &Path,
        new: &NewProject,
        actor: &Actor,
        lock: lock::ProjectLock,
    ) -> Result<Self, ProjectError> {
        std::fs::File::create_new(path).map_err(|error| ProjectError::from_io(path, &error))?;
        let mut connection = connect(path)?;
        let created = schema::migrate(&mut connection, 0).and_then(|()| {
            let transaction = connection.transaction()?;
            let target = serde_json::to_string(&new.target).expect("a target is plain data");
            for (setting, value) in [
                ("name", new.name.as_str()),
                ("target", &target),
                ("zone", new.zone.name()),
            ] {
                put_setting(&transaction, setting, value)?;
            }
            audit::append(
                &transaction,
                actor,
                "project_created",
                json!({ "name": new.name }),
            )?;
            transaction.commit()
        });
        created.map_err(|error| ProjectError::from_sql(path, &error))?;
        Self::finish_open(path, connection, lock)
    }

    /// Opens a project file and brings its format up to date.
    pub fn open(path: &Path) -> Result<Self, ProjectError> {
        let mut head = [0_u8; 16];
        let read =
            std::fs::File::open(path).and_then(|mut file| std::io::Read::read_exact(&mut file, &mut head));
        match read {
            Ok(()) if head == *b"SQLite format 3\0" => {}
            Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
                return Err(ProjectError::from_io(path, &error));
            }
            _ => {
                return Err(ProjectError::NotAProject {
                    path: path.to_path_buf(),
                });
            }
        }
        let lock = lock::ProjectLock::take(path)?;
        let found = format_of(path)?;
        let mut connection = connect(path)?;
        let sql = |error: rusqlite::Error| ProjectError::from_sql(path, &error);
        schema::migrate(&mut connection, found).map_err(sql)?;
        sources::remove_unfinished(&connection).map_err(sql)?;
        Self::finish_open(path, connection, lock)
    }

    fn finish_open(
        path: &Path,
        connection: Connection,
        lock: lock::ProjectLock,
    ) -> Result<Self, ProjectError> {
        let sql = |error: rusqlite::Error| ProjectError::from_sql(path, &error);
        let target = setting(&connection, "target").map_err(sql)?.unwrap_or_default();
        let target = Target::from_json(&target).map_err(|problem| ProjectError::Damaged {
            path: path.to_path_buf(),
            reason: problem.to_string(),
        })?;
        let zone = setting(&connection, "zone")
            .map_err(sql)?
            .and_then(|zone| zone.parse().ok());
        let index = Index::load(&connection).map_err(sql)?;
        Ok(Project {
            path: path.to_path_buf(),
            target,
            zone: zone.unwrap_or(chrono_tz::Europe::Berlin),
            writer: Mutex::new(connection),
            readers: Mutex::new(Vec::new()),
            index: RwLock::new(index),
            revision: AtomicU64::new(1),
            duplicates: Mutex::new(None),
            groups: Mutex::default(),
            joined: Mutex::default(),
            blocks_stored: AtomicU64::new(0),
            orders: Mutex::new(Vec::new()),
            edited: Mutex::default(),
            comparing: Mutex::default(),
            compares_later: AtomicBool::new(false),
            just_opened: AtomicBool::new(true),
            columns: Mutex::default(),
            settling: settling::Settling::default(),
            _lock: lock,
        })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The schema that the leads are for.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The zone in which dates without one are read.
    pub fn zone(&self) -> chrono_tz::Tz {
        self.zone
    }

    /// A number that grows with every change of what a table shows.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// The project's name.
    pub fn name(&self) -> Result<String, ProjectError> {
        Ok(self.setting("name")?.unwrap_or_default())
    }

    /// Under which the server files the leads of this project: the name, and enough of the project's own id that
    /// another project of the same name is not taken for a re-import of this one.
    pub fn lead_source(&self) -> Result<String, ProjectError> {
        let id = self.setting("id")?.unwrap_or_default();
        Ok(format!("{} ({})", self.name()?, id.get(..8).unwrap_or(&id)))
    }

    /// A setting of the project.
    pub fn setting(&self, name: &str) -> Result<Option<String>, ProjectError> {
        self.read(|connection| setting(connection, name))
    }

    /// Changes a setting of the project; noted in the audit log.
    pub fn put_setting(&self, actor: &Actor, name: &str, value: &str) -> Result<(), ProjectError> {
        self.write(|transaction| {
            put_setting(transaction, name, value)?;
            audit::append(
                transaction,
                actor,
                "setting_changed",
                json!({ "setting": name, "value": value }),
            )
        })
    }

    /// Writes a complete copy to `path`, which must not exist: everything that was committed, in one file.
    pub fn copy_to(&self, path: &Path) -> Result<(), ProjectError> {
        if path.exists() {
            return Err(ProjectError::Exists {
                path: path.to_path_buf(),
            });
        }
        let writer = self.writer();
        writer
            .execute("VACUUM INTO ?1", params![path.to_string_lossy()])
            .map(drop)
            .map_err(|error| ProjectError::from_sql(path, &error))
    }

    /// Closes the project so that everything stands in the one file.
    pub fn close(self) -> Result<(), ProjectError> {
        self.settling.wait();
        self.readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        let connection = self.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        let moved = connection.pragma_update(None, "wal_checkpoint", "TRUNCATE");
        moved.map_err(|error| ProjectError::from_sql(&self.path, &error))
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        // A panic in a writer has rolled its transaction back; the connection is good.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn index_mut(&self) -> RwLockWriteGuard<'_, Index> {
        let index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        // Under the lock: whoever reads the index knows by the revision which one it is.
        self.revision.fetch_add(1, Ordering::AcqRel);
        index
    }

    /// Runs `work` in one transaction that is durable when this returns.
    fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, ProjectError> {
        let mut connection = self.writer();
        let run = || {
            if self.settling.has_ended() {
                keep_journal_below(&connection, PAGES_IN_JOURNAL)?;
            }
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let outcome = work(&transaction)?;
            transaction.commit()?;
            Ok(outcome)
        };
        run().map_err(|error| self.sql(&error))
    }

    /// Leaves what is written in the journal, where it is durable, until [`Project::settle`]: a load writes much.
    fn fill_journal(&self) -> Result<(), ProjectError> {
        self.settling.wait();
        keep_journal_below(&self.writer(), 0).map_err(|error| self.sql(&error))
    }

    /// Moves the journal into the file, beside whatever else goes on.
    fn settle(&self) {
        self.settling.begin(self.path.clone());
    }

    /// Runs `work` on a connection that only reads, beside a writer.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, ProjectError> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect_reader(&self.path)?,
        };
        let outcome = work(&connection).map_err(|error| self.sql(&error));
        self.readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        outcome
    }

    fn sql(&self, error: &rusqlite::Error) -> ProjectError {
        ProjectError::from_sql(&self.path, error)
    }

    fn damaged(&self, reason: &str) -> ProjectError {
        ProjectError::Damaged {
            path: self.path.clone(),
            reason: reason.to_string(),
        }
    }
}

/// The format of a project file, read without changing anything: the file may be somebody else's, or of a newer
/// version, and the connection that writes begins by switching its journal.
fn format_of(path: &Path) -> Result<i64, ProjectError> {
    let sql = |error: rusqlite::Error| ProjectError::from_sql(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(sql)?;
    let number = |name: &str| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
            .map_err(sql)
    };
    if number("application_id")? != schema::APPLICATION_ID {
        return Err(ProjectError::NotAProject {
            path: path.to_path_buf(),
        });
    }
    let found = number("user_version")?;
    if found > schema::VERSION {
        return Err(ProjectError::Newer {
            path: path.to_path_buf(),
            found,
            known: schema::VERSION,
        });
    }
    Ok(found)
}

fn connect(path: &Path) -> Result<Connection, ProjectError> {
    let sql = |error: rusqlite::Error| ProjectError::from_sql(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(sql)?;
    let metadata = std::fs::metadata(path).map_err(|error| ProjectError::from_io(path, &error))?;
    if metadata.permissions().readonly() || connection.is_readonly("main").map_err(sql)? {
        return Err(ProjectError::ReadOnly {
            path: path.to_path_buf(),
        });
    }
    prepare(&connection).map_err(sql)?;
    keep_journal_below(&connection, PAGES_IN_JOURNAL).map_err(sql)?;
    // FULL: what the ledger says was sent must be on the disk before it leaves.
    connection
        .pragma_update(None, "synchronous", "FULL")
        .map_err(sql)?;
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(sql)?;
    if mode != "wal" {
        return Err(ProjectError::ReadOnly {
            path: path.to_path_buf(),
        });
    }
    Ok(connection)
}

fn connect_reader(path: &Path) -> Result<Connection, ProjectError> {
    let sql = |error: rusqlite::Error| ProjectError::from_sql(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(sql)?;
    prepare(&connection).map_err(sql)?;
    connection.pragma_update(None, "query_only", true).map_err(sql)?;
    Ok(connection)
}

/// Pages of the journal after which a change moves them into the file.
const PAGES_IN_JOURNAL: u32 = 500;

/// Lets changes move the journal into the file themselves once it has so many pages; never, with 0.
fn keep_journal_below(connection: &Connection, pages: u32) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "wal_autocheckpoint", pages, |_| Ok(()))
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    // Of a new file only: blocks of rows are large, and each page costs a call of the system.
    connection.pragma_update(None, "page_size", 8192)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // Somebody else's file must not be able to run things by its schema.
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn setting(connection: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    connection
        .query_row("SELECT value FROM setting WHERE name = ?1", [name], |row| {
            row.get(0)
        })
        .optional()
}

fn put_setting(connection: &Connection, name: &str, value: &str) -> rusqlite::Result<()> {
    connection
        .execute(
            "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
            [name, value],
        )
        .map(drop)
}

/// The moment as tables hold it.
fn stamp() -> String {
    clock::now().to_string()
}

/// A moment out of a table; damaged ones are the beginning of time rather than a failure to open.
fn moment(text: &str) -> Instant {
    Instant::from_rfc3339(text)
        .or_else(|| Instant::from_millis(0))
        .unwrap_or_else(clock::now)
}
