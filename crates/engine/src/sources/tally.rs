//! Notices while a file is read: the same thing is told once, with how often and where it was met.

use std::collections::BTreeMap;

use super::notice::{NoticeFact, SourceNotice};

/// Counts notices by what they are about; the first places are kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoticeTally(BTreeMap<(NoticeFact, Option<usize>), Places>);

/// Where something was met.
#[derive(Clone, Debug, Default)]
struct Places {
    count: u64,
    rows: FirstRows,
}

/// The numbers of the first rows that something was met in, each once, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct FirstRows(Vec<u32>);

impl FirstRows {
    /// Takes one more; rows come in nearly the order of the file.
    pub(crate) fn push(&mut self, row: u32) {
        let at = match self.0.last() {
            Some(&last) if last < row => self.0.len(),
            Some(&last) if last == row => return,
            _ => match self.0.binary_search(&row) {
                Ok(_) => return,
                Err(at) => at,
            },
        };
        if at < SourceNotice::LISTED_ROWS {
            self.0.insert(at, row);
            self.0.truncate(SourceNotice::LISTED_ROWS);
        }
    }

    /// True when later rows change nothing more.
    pub(crate) fn is_full(&self) -> bool {
        self.0.len() == SourceNotice::LISTED_ROWS
    }

    /// True before the first.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rows.
    pub(crate) fn into_rows(self) -> Vec<u32> {
        self.0
    }
}

impl NoticeTally {
    pub(crate) fn add(&mut self, fact: NoticeFact, row: Option<u32>, column: Option<usize>, count: u64) {
        if count == 0 {
            return;
        }
        let places = self.0.entry((fact, column)).or_default();
        places.count += count;
        row.into_iter().for_each(|row| places.rows.push(row));
    }

    pub(crate) fn merge(&mut self, other: NoticeTally) {
        for (about, places) in other.0 {
            let known = self.0.entry(about).or_default();
            known.count += places.count;
            places
                .rows
                .into_rows()
                .into_iter()
                .for_each(|row| known.rows.push(row));
        }
    }

    pub(crate) fn into_notices(self) -> Vec<SourceNotice> {
        self.0
            .into_iter()
            .map(|((fact, column), places)| {
                let rows = places.rows.into_rows();
                SourceNotice {
                    fact,
                    row: rows.first().copied(),
                    column,
                    count: places.count,
                    rows,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rows_are_kept_in_their_order_whoever_comes_first() {
        let mut early = NoticeTally::default();
        early.add(NoticeFact::Formulas, Some(9), None, 3);
        early.add(NoticeFact::Formulas, Some(9), None, 1);
        let mut late = NoticeTally::default();
        late.add(NoticeFact::Formulas, Some(4), None, 1);
        (10..3000).for_each(|row| late.add(NoticeFact::Formulas, Some(row), None, 1));
        early.merge(late);
        let [notice]: [SourceNotice; 1] = early.into_notices().try_into().expect("one kind of notice");
        assert_eq!((notice.row, notice.count), (Some(4), 2995));
        assert_eq!(notice.rows.len(), SourceNotice::LISTED_ROWS);
        assert_eq!(notice.rows[..3], [4, 9, 10]);
        assert!(notice.rows.is_sorted());
    }
}
