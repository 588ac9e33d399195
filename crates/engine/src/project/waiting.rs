//! Rows that were edited and have not been compared with the others since. In a window nobody waits for that: the rows
//! wait, in the project file, so that a crash forgets none of them.

use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};

use super::index::RowFacts;
use super::{Project, ProjectError};

impl Project {
    /// From now on edits leave rows waiting for their comparison instead of waiting for it themselves; whoever asks for
    /// this compares them.
    pub fn compare_later(&self) {
        self.compares_later.store(true, Ordering::Release);
    }

    /// True where edits leave rows waiting.
    pub(crate) fn compares_later(&self) -> bool {
        self.compares_later.load(Ordering::Acquire)
    }

    /// Waits until nobody else compares, and keeps others from it.
    pub(crate) fn begin_comparing(&self) -> MutexGuard<'_, ()> {
        self.comparing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True once after opening: what waits then was left behind by a program that ended, and may not even be checked.
    pub(crate) fn was_just_opened(&self) -> bool {
        self.just_opened.swap(false, Ordering::AcqRel)
    }

    /// True where one of these rows doubles another, or perhaps does.
    pub(crate) fn any_double(&self, rows: &[u32]) -> bool {
        let index = self.index();
        let facts = rows.iter().filter_map(|&row| index.facts.get(row as usize));
        facts
            .into_iter()
            .any(|facts| facts.has(RowFacts::HARD_DUPLICATE | RowFacts::SOFT_DUPLICATE))
    }

    /// Rows that wait for their comparison, in ascending order.
    pub(crate) fn waiting_rows(&self) -> Result<Vec<u32>, ProjectError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT row FROM waiting_row ORDER BY row")?;
            statement.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// How many rows wait for their comparison.
    pub(crate) fn waiting_count(&self) -> Result<usize, ProjectError> {
        let count: i64 = self.read(|connection| {
            connection.query_row("SELECT count(*) FROM waiting_row", [], |row| row.get(0))
        })?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// These rows were compared.
    pub(crate) fn no_longer_waiting(&self, rows: &[u32]) -> Result<(), ProjectError> {
        self.write(|transaction| {
            let mut remove = transaction.prepare_cached("DELETE FROM waiting_row WHERE row = ?1")?;
            for row in rows {
                remove.execute([row])?;
            }
            Ok(())
        })
    }
}
