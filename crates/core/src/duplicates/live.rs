//! Duplicates that follow the edits: after a row changes, its group is known again at once.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::groups;
use super::hash::NumberMap;
use super::index::Index;
use super::record::{Cancelled, Group, Pair, Record, Side, Watch};
use super::search::Separated;

/// An index together with its pairs and with what people have separated.
pub struct Duplicates {
    index: Index,
    separated: Separated,
    pairs: BTreeMap<(u32, u32), Pair>,
    partners: NumberMap<u32, BTreeSet<u32>>,
}

/// What an edit did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// Pairs that are no more, by the ids in the order in which they were reported.
    pub removed: Vec<(u32, u32)>,
    /// Pairs that are new or have another score or reason.
    pub added: Vec<Pair>,
    /// All rows whose group may be another one now, ascending. Those in none of `groups` are in no group any more.
    pub rows: Vec<u32>,
    /// The groups of these rows as they are now.
    pub groups: Vec<Group>,
}

/// In sets of equal rows larger than this not every pair may have been given, so that they are paired anew when a row
/// leaves them; see [`Index::find_all`].
const ALL_PAIRS_SURELY: usize = 10;

impl Duplicates {
    /// Finds all pairs of `index`.
    ///
    /// # Errors
    /// When `watch` asks to stop.
    pub fn find(mut index: Index, separated: Separated, watch: &Watch<'_>) -> Result<Self, Cancelled> {
        let pairs = index.find_all(&separated, watch)?;
        Ok(Self::restore(index, separated, pairs))
    }

    /// Takes up pairs that were found earlier and kept, with the index they were found in.
    pub fn restore(index: Index, separated: Separated, pairs: impl IntoIterator<Item = Pair>) -> Self {
        let mut duplicates = Duplicates {
            index,
            separated,
            pairs: BTreeMap::new(),
            partners: NumberMap::default(),
        };
        for pair in pairs {
            duplicates.put(pair);
        }
        duplicates
    }

    /// The index, to be kept.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The index, to explain pairs ([`Index::explain`]).
    pub fn index_mut(&mut self) -> &mut Index {
        &mut self.index
    }

    /// What has been separated, to be kept.
    pub fn separated(&self) -> &Separated {
        &self.separated
    }

    /// All pairs, by the smaller id.
    pub fn pairs(&self) -> impl Iterator<Item = &Pair> {
        self.pairs.values()
    }

    /// All groups, by their smallest row.
    pub fn groups(&self) -> Vec<Group> {
        let pairs: Vec<Pair> = self.pairs.values().copied().collect();
        groups(&pairs)
    }

    /// The group of a row; `None` when it has no duplicate.
    pub fn group_of(&self, id: u32) -> Option<Group> {
        self.groups_of(&self.reach([id])).pop()
    }

    /// The pairs inside a set of rows, such as those of a group.
    pub fn pairs_among(&self, rows: &[u32]) -> Vec<Pair> {
        let rows: BTreeSet<u32> = rows.iter().copied().collect();
        let mut pairs = Vec::new();
        for &row in &rows {
            let partners = self.partners.get(&row).into_iter().flatten();
            pairs.extend(
                partners
                    .filter(|&&other| other > row && rows.contains(&other))
                    .map(|&other| self.pairs[&(row, other)]),
            );
        }
        pairs
    }

    /// Adds a row or puts it in the place of the one of its id.
    pub fn put_row(&mut self, side: Side, record: &Record<'_>) -> Change {
        self.edit(record.id, |index| index.replace(side, record))
    }

    /// Adds rows or puts them in the places of those of their ids, all at once; those that say what they said before cost
    /// next to nothing. The change tells of the groups of all of them.
    pub fn put_rows(&mut self, side: Side, records: &[Record<'_>]) -> Change {
        let before = self.reach(records.iter().map(|record| record.id));
        let changed = self.index.replace_all(side, records);
        if changed.is_empty() {
            return Change {
                groups: self.groups_of(&before),
                rows: before.into_iter().collect(),
                ..Change::default()
            };
        }
        let again = self.to_match_again(changed);
        self.rematch_within(&again, before)
    }

    /// Takes a row out.
    pub fn remove_row(&mut self, id: u32) -> Change {
        self.edit(id, |index| {
            index.remove(id);
        })
    }

    /// Declares two rows to be two, for good.
    pub fn separate(&mut self, a: u32, b: u32) -> Change {
        self.separated.insert(a, b);
        self.rematch(&[a, b])
    }

    /// Takes such a declaration back.
    pub fn rejoin(&mut self, a: u32, b: u32) -> Change {
        self.separated.remove(a, b);
        self.rematch(&[a, b])
    }

    fn edit(&mut self, id: u32, change: impl FnOnce(&mut Index)) -> Change {
        let before = self.reach([id]);
        change(&mut self.index);
        let again = self.to_match_again(vec![id]);
        self.rematch_within(&again, before)
    }

    /// Searches the partners of rows anew that have changed in the index alone.
    pub fn match_again(&mut self, ids: &[u32]) -> Change {
        self.rematch(ids)
    }

    fn rematch(&mut self, ids: &[u32]) -> Change {
        let before = self.reach(ids.iter().copied());
        let again = self.to_match_again(ids.to_vec());
        self.rematch_within(&again, before)
    }

    /// The rows to match again after some have changed: a row that leaves a large set of equal rows may have been the one
    /// that held it together.
    fn to_match_again(&self, changed: Vec<u32>) -> Vec<u32> {
        let reached = self.reach(changed.iter().copied());
        if reached.len() > ALL_PAIRS_SURELY {
            reached.into_iter().collect()
        } else {
            changed
        }
    }

    /// Searches the partners of `ids` anew and tells what became of the rows in `before`.
    fn rematch_within(&mut self, ids: &[u32], before: BTreeSet<u32>) -> Change {
        let found = self
            .index
            .find_for(ids, &self.separated, &Watch::SILENT)
            .unwrap_or_else(|Cancelled| {
                unreachable!("a silent watch cancels nothing");
            });
        let mut old: BTreeMap<(u32, u32), Pair> = BTreeMap::new();
        for id in ids {
            for other in self.partners.remove(id).unwrap_or_default() {
                if let Some(pair) = self.pairs.remove(&key(*id, other)) {
                    old.insert(key(*id, other), pair);
                }
                if let Some(partners) = self.partners.get_mut(&other) {
                    partners.remove(id);
                }
            }
        }
        let mut change = Change::default();
        for pair in found {
            let same = old
                .remove(&key(pair.a, pair.b))
                .is_some_and(|known| known == pair);
            if !same {
                change.added.push(pair);
            }
            self.put(pair);
        }
        let still_there = |pair: &&Pair| !self.pairs.contains_key(&key(pair.a, pair.b));
        change.removed = old
            .values()
            .filter(still_there)
            .map(|pair| (pair.a, pair.b))
            .collect();
        let touched = before.into_iter().chain(ids.iter().copied());
        let rows = self.reach(touched);
        change.groups = self.groups_of(&rows);
        change.rows = rows.into_iter().collect();
        change
    }

    fn put(&mut self, pair: Pair) {
        self.partners.entry(pair.a).or_default().insert(pair.b);
        self.partners.entry(pair.b).or_default().insert(pair.a);
        self.pairs.insert(key(pair.a, pair.b), pair);
    }

    /// The rows given and all that hang together with them.
    fn reach(&self, rows: impl IntoIterator<Item = u32>) -> BTreeSet<u32> {
        let mut reached: BTreeSet<u32> = BTreeSet::new();
        let mut open: Vec<u32> = rows.into_iter().collect();
        while let Some(row) = open.pop() {
            if reached.insert(row) {
                open.extend(
                    self.partners
                        .get(&row)
                        .into_iter()
                        .flatten()
                        .filter(|other| !reached.contains(other)),
                );
            }
        }
        reached
    }

    fn groups_of(&self, rows: &BTreeSet<u32>) -> Vec<Group> {
        let rows: Vec<u32> = rows.iter().copied().collect();
        groups(&self.pairs_among(&rows))
    }
}

fn key(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}
