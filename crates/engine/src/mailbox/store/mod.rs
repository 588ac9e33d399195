//! The local store of a mailbox: raw mails, where they lie on the server, and what the parser made of them.
//!
//! One SQLite file per connection, at a path the caller gives. It never holds a secret. The raw mail is written before
//! anything else happens to it, in the same transaction as its UID; a reading can always be made again from it.

mod folders;
mod identity;
mod mails;
mod place;
mod readings;
mod schema;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lotse_core::language::{Language, Tell};
use rusqlite::{Connection, ErrorCode};

pub(super) use folders::FolderState;
pub(super) use identity::lead_id;
pub(super) use mails::{Added, Fetched, Outcome};
pub use mails::{MailId, MailPage, MailQuery, MailRow, StoredMail};
pub(super) use readings::ReadMail;
pub use readings::ReadingCounts;

/// The store of one mailbox connection. Several processes may hold the same one open.
#[derive(Debug)]
pub struct MailStore {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl MailStore {
    /// Opens the store at `path`, or makes a new one there.
    ///
    /// # Errors
    /// When the file cannot be opened or made, is no mail store, is damaged, or was written by a newer Lotse.
    pub fn open(path: &Path) -> Result<MailStore, StoreError> {
        let fault = |error: rusqlite::Error| StoreError::from_sqlite(path, &error);
        let mut connection = Connection::open(path).map_err(fault)?;
        // Another process may be in the middle of storing a large batch.
        connection.busy_timeout(Duration::from_secs(30)).map_err(fault)?;
        schema::prepare(&mut connection, path)?;
        Ok(MailStore {
            path: path.to_path_buf(),
            connection: Mutex::new(connection),
        })
    }

    /// Where the store lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere rolled its transaction back; the connection itself stays usable.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` in one transaction, which is rolled back when it fails.
    fn write<T>(
        &self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut connection = self.lock();
        connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .and_then(|transaction| {
                let result = work(&transaction)?;
                transaction.commit()?;
                Ok(result)
            })
            .map_err(|error| StoreError::from_sqlite(&self.path, &error))
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        work(&self.lock()).map_err(|error| StoreError::from_sqlite(&self.path, &error))
    }
}

/// Reads a count or a size, which SQLite keeps with a sign.
fn unsigned(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

/// Why the store could not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be opened, made, read or written.
    #[error("mail store {path}: {cause}")]
    Access {
        /// The file.
        path: PathBuf,
        /// What SQLite or the system said.
        cause: String,
    },
    /// Another kind of file.
    #[error("{path} is no mail store")]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// Written by a newer Lotse.
    #[error("mail store {path} has version {found}, known is {known}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// Damaged.
    #[error("mail store {path} is damaged: {cause}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// No room left.
    #[error("no room left for mail store {path}")]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Another program holds it for too long.
    #[error("mail store {path} is in use")]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// There is no such mail.
    #[error("mail {id} is not in mail store {path}")]
    NoSuchMail {
        /// The file.
        path: PathBuf,
        /// The mail asked for.
        id: i64,
    },
}

impl StoreError {
    fn from_sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotAStore { path },
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged {
                path,
                cause: error.to_string(),
            },
            _ => Self::Access {
                path,
                cause: error.to_string(),
            },
        }
    }
}

impl Tell for StoreError {
    fn tell(&self, language: Language) -> String {
        let (german, english) = match self {
            Self::Access { path, cause } => (
                format!(
                    "Der Mailspeicher {} lässt sich nicht lesen oder schreiben ({cause}). Bitte prüfen, ob der Ordner da und beschreibbar ist.",
                    path.display()
                ),
                format!(
                    "The mail store {} cannot be read or written ({cause}). Check that its folder exists and can be written to.",
                    path.display()
                ),
            ),
            Self::NotAStore { path } => (
                format!(
                    "{} ist kein Mailspeicher von Lotse. Bitte eine andere Datei wählen.",
                    path.display()
                ),
                format!(
                    "{} is no mail store of Lotse. Choose another file.",
                    path.display()
                ),
            ),
            Self::Newer { path, found, known } => (
                format!(
                    "Der Mailspeicher {} stammt von einer neueren Lotse-Version (Stand {found}, bekannt ist {known}). Bitte Lotse aktualisieren; am Speicher wurde nichts verändert.",
                    path.display()
                ),
                format!(
                    "The mail store {} was written by a newer Lotse (version {found}, known is {known}). Update Lotse; nothing in the store was changed.",
                    path.display()
                ),
            ),
            Self::Damaged { path, cause } => (
                format!(
                    "Der Mailspeicher {} ist beschädigt ({cause}). Bitte beiseitelegen; beim nächsten Abruf werden die Mails neu vom Server geladen.",
                    path.display()
                ),
                format!(
                    "The mail store {} is damaged ({cause}). Move it aside; the next look fetches the mails from the server again.",
                    path.display()
                ),
            ),
            Self::Full { path } => (
                format!(
                    "Für den Mailspeicher {} ist kein Platz mehr auf dem Datenträger. Bitte Platz schaffen und erneut abrufen; es ging nichts verloren.",
                    path.display()
                ),
                format!(
                    "There is no room left on the disk for the mail store {}. Make room and look again; nothing was lost.",
                    path.display()
                ),
            ),
            Self::Busy { path } => (
                format!(
                    "Der Mailspeicher {} wird gerade von einem anderen Programm benutzt. Bitte gleich noch einmal versuchen.",
                    path.display()
                ),
                format!(
                    "The mail store {} is in use by another program. Try again in a moment.",
                    path.display()
                ),
            ),
            Self::NoSuchMail { path, id } => (
                format!("Die Mail {id} gibt es im Mailspeicher {} nicht.", path.display()),
                format!("There is no mail {id} in the mail store {}.", path.display()),
            ),
        };
        language.pick(german, english)
    }
}
