//! The tables of the store and how older ones are brought up to date.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// Marks the file as a mail store of Lotse, in the header of the database.
const APPLICATION_ID: i64 = 0x4c6f_4d61;

/// Step `n` brings a store from version `n` to `n + 1`. A step that was released is never changed.
const STEPS: &[&str] = &["
    CREATE TABLE mail (
        id INTEGER PRIMARY KEY,
        -- Empty where the mail has none.
        message_id TEXT NOT NULL,
        content_hash BLOB NOT NULL,
        external_id TEXT NOT NULL UNIQUE,
        -- Milliseconds since 1970 UTC, of the Date header, else of the delivery.
        dated INTEGER NOT NULL,
        -- The server's time of delivery, where one is known.
        internal_date INTEGER,
        sender TEXT NOT NULL,
        subject TEXT NOT NULL,
        raw_size INTEGER NOT NULL,
        UNIQUE (message_id, content_hash)
    ) STRICT;
    CREATE INDEX mail_by_date ON mail (dated, id);

    -- Apart from the mail, so that lists do not wade through it. Compressed with zstd.
    CREATE TABLE raw_mail (
        mail_id INTEGER PRIMARY KEY REFERENCES mail (id),
        bytes BLOB NOT NULL
    ) STRICT;

    CREATE TABLE folder (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        uid_validity INTEGER NOT NULL,
        -- Everything up to this UID has been dealt with.
        last_uid INTEGER NOT NULL,
        -- The date from which mails were asked for, empty for all.
        since TEXT NOT NULL
    ) STRICT;

    CREATE TABLE location (
        folder_id INTEGER NOT NULL REFERENCES folder (id),
        uid INTEGER NOT NULL,
        -- Absent where the mail could not be fetched.
        mail_id INTEGER REFERENCES mail (id),
        -- Empty, 'too_large' or 'refused'.
        problem TEXT NOT NULL,
        size INTEGER NOT NULL,
        PRIMARY KEY (folder_id, uid)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX location_by_mail ON location (mail_id);

    CREATE TABLE reading (
        mail_id INTEGER PRIMARY KEY REFERENCES mail (id),
        -- Which reader with which rules.
        made_with TEXT NOT NULL,
        status TEXT NOT NULL,
        rule TEXT NOT NULL,
        leads INTEGER NOT NULL,
        -- -1 where there is no lead.
        confidence REAL NOT NULL,
        -- The result as JSON, compressed with zstd.
        result BLOB NOT NULL
    ) STRICT;
    CREATE INDEX reading_by_status ON reading (status);
"];

const KNOWN: i64 = STEPS.len() as i64;

/// Checks what the file is and brings it up to date.
pub(super) fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let fault = |error: rusqlite::Error| StoreError::from_sqlite(path, &error);
    // Nothing is written before it is known that the file is ours.
    let found = version(connection, path)?;
    if found == KNOWN {
        return settings(connection).map_err(fault);
    }
    settings(connection).map_err(fault)?;
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(fault)?;
    // Another process may have been faster.
    let found = version(&transaction, path)?;
    let done = usize::try_from(found).unwrap_or(STEPS.len());
    for step in &STEPS[done.min(STEPS.len())..] {
        transaction.execute_batch(step).map_err(fault)?;
    }
    transaction
        .pragma_update(None, "application_id", APPLICATION_ID)
        .and_then(|()| transaction.pragma_update(None, "user_version", KNOWN))
        .and_then(|()| transaction.commit())
        .map_err(fault)
}

fn settings(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    // A power cut may take the last batches back, mails and UIDs together: they are fetched again.
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "foreign_keys", true)
}

/// The version of the file, 0 for a new one.
fn version(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    let fault = |error: rusqlite::Error| StoreError::from_sqlite(path, &error);
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let application = number("application_id").map_err(fault)?;
    let found = number("user_version").map_err(fault)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(fault)?;
    let path = path.to_path_buf();
    if application != APPLICATION_ID && (application != 0 || tables > 0 || found != 0) {
        return Err(StoreError::NotAStore { path });
    }
    if found > KNOWN {
        return Err(StoreError::Newer {
            path,
            found,
            known: KNOWN,
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::MailStore;
    use super::*;

    #[test]
    fn a_newer_store_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("box.mails");
        drop(MailStore::open(&path).unwrap());
        let connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "user_version", KNOWN + 1).unwrap();
        drop(connection);
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(
            MailStore::open(&path),
            Err(StoreError::Newer { found, known, .. }) if found == KNOWN + 1 && known == KNOWN
        ));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn other_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("text");
        std::fs::write(
            &text,
            "not a database, but long enough to be looked at ".repeat(40),
        )
        .unwrap();
        assert!(matches!(
            MailStore::open(&text),
            Err(StoreError::NotAStore { .. })
        ));

        let other = folder.path().join("other.sqlite");
        Connection::open(&other)
            .unwrap()
            .execute_batch("CREATE TABLE t (x)")
            .unwrap();
        assert!(matches!(
            MailStore::open(&other),
            Err(StoreError::NotAStore { .. })
        ));

        assert!(matches!(
            MailStore::open(&folder.path().join("missing/box.mails")),
            Err(StoreError::Access { .. })
        ));
    }

    #[test]
    fn a_store_opens_again_and_twice_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("box.mails");
        let first = MailStore::open(&path).unwrap();
        let second = MailStore::open(&path).unwrap();
        assert_eq!(first.path(), second.path());
    }
}
