//! Where the store stands in each folder of the server.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rusqlite::{OptionalExtension, params};

use super::{MailStore, StoreError};

/// Where the store stands in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mailbox) struct FolderState {
    pub(in crate::mailbox) id: i64,
    pub(in crate::mailbox) uid_validity: u32,
    /// Everything up to this UID has been dealt with; 0 at the beginning.
    pub(in crate::mailbox) last_uid: u32,
    /// True where the server has numbered the folder anew since the last time.
    pub(in crate::mailbox) renumbered: bool,
    /// UIDs above `last_uid` that are stored already: after an earlier start date was set.
    pub(in crate::mailbox) known: BTreeSet<u32>,
    /// UIDs up to `last_uid` that could not be fetched and may be now.
    pub(in crate::mailbox) pending: BTreeSet<u32>,
}

impl MailStore {
    /// Everything up to this UID of the folder has been dealt with; 0 for a folder that was never read.
    pub(in crate::mailbox) fn last_uid(&self, folder: &str) -> Result<u32, StoreError> {
        self.read(|connection| {
            connection
                .query_row("SELECT last_uid FROM folder WHERE name = ?1", [folder], |row| {
                    row.get(0)
                })
                .optional()
        })
        .map(Option::unwrap_or_default)
    }

    /// Notes that `folder` is opened with that UIDVALIDITY and start date, and tells where the store stands.
    ///
    /// A new UIDVALIDITY makes all UIDs worthless: the folder begins anew (its mails stay, and are known again when
    /// they are fetched). An earlier start date begins anew too, but keeps the UIDs. `limit` is the size in bytes up
    /// to which mails are fetched now.
    pub(in crate::mailbox) fn enter_folder(
        &self,
        folder: &str,
        uid_validity: u32,
        since: Option<NaiveDate>,
        limit: u64,
    ) -> Result<FolderState, StoreError> {
        let since = since.map(|day| day.to_string()).unwrap_or_default();
        self.write(|transaction| {
            let found = transaction
                .query_row(
                    "SELECT id, uid_validity, last_uid, since FROM folder WHERE name = ?1",
                    [folder],
                    |row| {
                        Ok((
                            row.get::<_, i64>(0)?,
                            row.get::<_, u32>(1)?,
                            row.get::<_, u32>(2)?,
                            row.get::<_, String>(3)?,
                        ))
                    },
                )
                .optional()?;
            let (id, last_uid, renumbered) = match found {
                None => {
                    transaction.execute(
                        "INSERT INTO folder (name, uid_validity, last_uid, since) VALUES (?1, ?2, 0, ?3)",
                        params![folder, uid_validity, since],
                    )?;
                    (transaction.last_insert_rowid(), 0, false)
                }
                Some((id, known_validity, last_uid, known_since)) => {
                    let renumbered = known_validity != uid_validity;
                    if renumbered {
                        transaction.execute("DELETE FROM location WHERE folder_id = ?1", [id])?;
                    }
                    // Empty, for "all", sorts before every date.
                    let last_uid = if renumbered || since < known_since { 0 } else { last_uid };
                    transaction.execute(
                        "UPDATE folder SET uid_validity = ?2, last_uid = ?3, since = ?4 WHERE id = ?1",
                        params![id, uid_validity, last_uid, since],
                    )?;
                    (id, last_uid, renumbered)
                }
            };
            let mut known = transaction
                .prepare("SELECT uid FROM location WHERE folder_id = ?1 AND uid > ?2 AND mail_id IS NOT NULL")?;
            let known = known
                .query_map(params![id, last_uid], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let mut pending = transaction.prepare(
                "SELECT uid FROM location
                 WHERE folder_id = ?1 AND uid <= ?2 AND mail_id IS NULL AND (problem = 'refused' OR size <= ?3)",
            )?;
            let pending = pending
                .query_map(params![id, last_uid, i64::try_from(limit).unwrap_or(i64::MAX)], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(FolderState {
                id,
                uid_validity,
                last_uid,
                renumbered,
                known,
                pending,
            })
        })
    }
}
