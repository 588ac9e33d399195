use std::io;
use std::path::{Path, PathBuf};

use lotse_core::language::{Language, Tell};

use crate::system_reason::SystemReason;

/// Why a project cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.tell(Language::En))]
pub enum ProjectError {
    /// There is no file.
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file stands where the new project should go.
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    NotAProject {
        /// The file.
        path: PathBuf,
    },
    /// Written by a newer Lotse.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// The file is a project, but parts of it cannot be read.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite or the decoder says.
        reason: String,
    },
    /// The file or its folder may not be written.
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Another window or command has it open.
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// No space left.
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The system refuses for another reason.
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: SystemReason,
    },
    /// A source that cannot be removed: the ledger needs its rows.
    SourceSent {
        /// The source's name.
        source_name: String,
    },
    /// A request that does not fit what is in the project (a row that is not there).
    NotFound {
        /// What was asked for, in English, for programs.
        what: String,
    },
}

impl Tell for ProjectError {
    fn tell(&self, language: Language) -> String {
        let name = |path: &Path| path.display().to_string();
        match self {
            Self::Missing { path } => language.pick(
                format!("Die Projektdatei {} gibt es nicht. Wurde sie verschoben oder umbenannt?", name(path)),
                format!("The project file {} does not exist. Has it been moved or renamed?", name(path)),
            ),
            Self::Exists { path } => language.pick(
                format!("Unter {} liegt schon eine Datei. Bitte einen anderen Namen wählen.", name(path)),
                format!("A file already stands at {}. Please choose another name.", name(path)),
            ),
            Self::NotAProject { path } => language.pick(
                format!("{} ist kein Lotse-Projekt. Tabellen und Exporte werden als Quelle geladen, nicht als Projekt geöffnet.", name(path)),
                format!("{} is no Lotse project. Tables and exports are loaded as a source, not opened as a project.", name(path)),
            ),
            Self::Newer { path, found, known } => language.pick(
                format!("{} wurde mit einer neueren Version von Lotse geschrieben (Format {found}, hier bekannt: {known}). Bitte Lotse aktualisieren; die Datei bleibt unverändert.", name(path)),
                format!("{} was written by a newer version of Lotse (format {found}, known here: {known}). Please update Lotse; the file stays unchanged.", name(path)),
            ),
            Self::Damaged { path, reason } => language.pick(
                format!("{} ist beschädigt ({reason}). Bitte eine Sicherungskopie öffnen; die Quelldateien können jederzeit neu geladen werden.", name(path)),
                format!("{} is damaged ({reason}). Please open a backup copy; the source files can be loaded again at any time.", name(path)),
            ),
            Self::ReadOnly { path } => language.pick(
                format!("In {} darf nicht geschrieben werden. Bitte die Datei in einen Ordner mit Schreibrecht kopieren und dort öffnen.", name(path)),
                format!("{} may not be written. Please copy the file into a folder with write permission and open it there.", name(path)),
            ),
            Self::InUse { path } => language.pick(
                format!("{} ist schon geöffnet, in einem anderen Fenster oder durch einen laufenden Befehl. Bitte dort schließen.", name(path)),
                format!("{} is already open, in another window or by a running command. Please close it there.", name(path)),
            ),
            Self::Full { path } => language.pick(
                format!("Beim Schreiben von {} ist der Datenträger voll. Bitte Platz schaffen und wiederholen; bisher Gespeichertes ist erhalten.", name(path)),
                format!("The disk is full while writing {}. Please make room and repeat; what was saved before is kept.", name(path)),
            ),
            Self::Io { path, reason } => language.pick(
                format!("{} lässt sich nicht lesen oder schreiben: {}.", name(path), reason.tell(language)),
                format!("{} cannot be read or written: {}.", name(path), reason.tell(language)),
            ),
            Self::SourceSent { source_name } => language.pick(
                format!("Zeilen aus {source_name} waren schon auf dem Weg zum Server; der Nachweis braucht sie. Die Quelle bleibt deshalb im Projekt."),
                format!("Rows of {source_name} have already been on their way to the server; the proof needs them. That is why the source stays in the project."),
            ),
            Self::NotFound { what } => language.pick(
                format!("Das gibt es im Projekt nicht (mehr): {what}."),
                format!("The project does not have this (any more): {what}."),
            ),
        }
    }
}

impl ProjectError {
    /// What an error of SQLite means for the project at `path`.
    pub(crate) fn from_sql(path: &Path, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let path = path.to_path_buf();
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotAProject { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged {
                path,
                reason: error.to_string(),
            },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => Self::ReadOnly { path },
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse { path },
            _ => Self::Damaged {
                path,
                reason: error.to_string(),
            },
        }
    }

    /// What an error of the file system means for the project at `path`.
    pub(crate) fn from_io(path: &Path, error: &io::Error) -> Self {
        let path = path.to_path_buf();
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            io::ErrorKind::StorageFull => Self::Full { path },
            _ => Self::Io {
                path,
                reason: error.into(),
            },
        }
    }
}
