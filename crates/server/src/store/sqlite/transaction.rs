use std::ops::Deref;
use std::sync::MutexGuard;

use rusqlite::Connection;

use super::{Doing as _, Result};

/// A transaction on the one connection that writes; it undoes itself unless it is committed.
pub(super) struct Transaction<'s> {
    connection: MutexGuard<'s, Connection>,
    committed: bool,
}

impl<'s> Transaction<'s> {
    /// Begins, with the lock that other processes respect.
    pub(super) fn begin(connection: MutexGuard<'s, Connection>) -> Result<Self> {
        connection
            .execute_batch("BEGIN IMMEDIATE")
            .doing("begin a transaction")?;
        Ok(Transaction {
            connection,
            committed: false,
        })
    }

    /// Makes it durable.
    pub(super) fn commit(mut self) -> Result<()> {
        self.connection.execute_batch("COMMIT").doing("commit")?;
        self.committed = true;
        Ok(())
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.committed
            && !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be undone");
        }
    }
}
