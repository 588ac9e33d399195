//! Where the store of a mailbox lies.

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::{MailStore, StoreError};
use crate::mailbox::settings::MailboxSettings;
use crate::places::Places;

/// Characters of user and server that the name of the file shows; the hash behind them tells stores apart.
const SHOWN: usize = 60;

impl MailStore {
    /// Where the mails of a mailbox are kept. The place belongs to the mailbox, not to the connection: it stays the
    /// same whatever the connection is called, and a connection that is pointed elsewhere mixes nothing.
    pub fn path_of(places: &Places, settings: &MailboxSettings) -> PathBuf {
        let host = settings.host.trim().to_lowercase();
        let user = settings.user.trim();
        let hash = Sha256::digest(format!("{user}\n{host}"));
        let hash: String = hash[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        let shown: String = format!("{user}-{host}")
            .to_lowercase()
            .chars()
            .map(|char| match char {
                'a'..='z' | '0'..='9' | '.' | '-' | '@' => char,
                _ => '_',
            })
            .take(SHOWN)
            .collect();
        places.data.join("mails").join(format!("{shown}-{hash}.mails"))
    }

    /// The store of a mailbox; made where there is none yet, for this user's eyes only.
    ///
    /// # Errors
    /// As [`MailStore::open`], and when its folder cannot be made.
    pub fn of_mailbox(places: &Places, settings: &MailboxSettings) -> Result<MailStore, StoreError> {
        let path = Self::path_of(places, settings);
        if let Some(folder) = path.parent() {
            make_private(folder).map_err(|error| StoreError::Access {
                path: folder.to_path_buf(),
                cause: error.to_string(),
            })?;
        }
        Self::open(&path)
    }

    /// Removes the store at `path` with all its mails; fine where there is none.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn remove(path: &Path) -> Result<(), StoreError> {
        for suffix in ["", "-wal", "-shm"] {
            let mut file = path.as_os_str().to_os_string();
            file.push(suffix);
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(StoreError::Access {
                        path: file.into(),
                        cause: error.to_string(),
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(user: &str, host: &str) -> MailboxSettings {
        MailboxSettings {
            host: host.into(),
            user: user.into(),
            ..MailboxSettings::example()
        }
    }

    #[test]
    fn every_mailbox_has_a_store_of_its_own_in_a_folder_of_the_user() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::below(home.path());
        let path = |user, host| MailStore::path_of(&places, &settings(user, host));
        assert_eq!(
            path("a@x.example", "Imap.X.example"),
            path("a@x.example", "imap.x.example ")
        );
        assert_ne!(path("a/b", "x.example"), path("a_b", "x.example"));
        assert_ne!(path("a@x.example", "x.example"), path("a@x.example", "y.example"));
        let odd = path("../../etc/passwd", "x.example");
        assert_eq!(odd.parent(), Some(home.path().join("data/mails").as_path()));

        let store = MailStore::of_mailbox(&places, &settings("a@x.example", "x.example")).unwrap();
        assert!(store.path().exists());
        let beside = store.path().with_extension("mails-wal");
        drop(store);
        std::fs::write(&beside, "left by a crash").unwrap();
        let path = MailStore::path_of(&places, &settings("a@x.example", "x.example"));
        MailStore::remove(&path).unwrap();
        MailStore::remove(&path).unwrap();
        assert!(!path.exists() && !beside.exists());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(home.path().join("data/mails"))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o077, 0);
        }
    }
}
