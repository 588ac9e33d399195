//! Keeps two programs from having the same project open: what one holds in memory would go stale under the other.
//!
//! The lock is a file of its own in the system's temporary folder, named after the project's path: a lock on the
//! database file itself would get into SQLite's way on Windows. The system releases it when the program ends, however
//! it ends.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use lotse_core::batch::hex_digest;

use super::ProjectError;

pub(super) struct ProjectLock {
    _file: File,
}

impl ProjectLock {
    pub(super) fn take(path: &Path) -> Result<Self, ProjectError> {
        let lock_path = lock_path(path);
        let failed = |error: &std::io::Error| ProjectError::Io {
            path: lock_path.clone(),
            reason: error.into(),
        };
        let file = File::options()
            .create(true)
            .write(true)
            .truncate(false)
            .open(&lock_path);
        // Somebody else's lock file in the shared folder can still be locked, though not written.
        let file = file
            .or_else(|_| File::open(&lock_path))
            .map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => Ok(ProjectLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ProjectError::InUse {
                path: path.to_path_buf(),
            }),
            Err(TryLockError::Error(error)) => Err(failed(&error)),
        }
    }
}

fn lock_path(path: &Path) -> PathBuf {
    // The project may not exist yet, its folder does; links lead to the same lock.
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let whole = path
        .canonicalize()
        .or_else(|_| {
            folder
                .canonicalize()
                .map(|folder| folder.join(path.file_name().unwrap_or_default()))
        })
        .unwrap_or_else(|_| path.to_path_buf());
    let name = hex_digest(whole.to_string_lossy().as_bytes());
    std::env::temp_dir().join(format!("lotse-{}.lock", &name[..24]))
}
