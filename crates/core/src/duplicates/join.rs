//! Finds, among rows that may be in the same place, those whose names may be the same, without comparing all with all.
//!
//! Every row picks its rarest features ([`super::vocabulary`]) of the block; rows that share enough of them are
//! candidates. A feature that too many rows have is not followed by itself but together with the row's other words, so
//! that the work per row does not grow with the block.

use std::ops::Range;

use super::company::{BESIDE, OWNER, WORD};
use super::hash::{count, mix, upper};
use super::vocabulary::{STRONG, Vocabulary};
use super::words::{FILLER, NUMBER, TRADE};

/// Features that a row picks at most by itself.
const PICKED: usize = 12;
/// Picked features together with those that were combined with other words.
const PICKED_AND_COMBINED: usize = 24;
/// A strong feature is not followed to more rows than this, a weak one not to more than [`FOLLOWED_WEAKLY`]: each row
/// that a strong one leads to is compared.
const FOLLOWED: u16 = 20;
const FOLLOWED_WEAKLY: u16 = 64;
/// Rows are candidates when the features they share weigh this much; a strong one does alone.
const ENOUGH: u8 = 3;
/// Combined features are many: in a city of a million rows several times as many as rows.
const COMBINED_BITS: u32 = 20;
/// Picked features are kept with the strong bit lowest.
const SPACE: usize = 1 << (COMBINED_BITS + 1);

fn followed(strong: bool) -> u16 {
    if strong { FOLLOWED } else { FOLLOWED_WEAKLY }
}

/// A feature of a word as it is kept among the picked ones.
fn widen(feature: u16) -> u32 {
    u32::from(feature & !STRONG) << 1 | u32::from(feature & STRONG != 0)
}

/// Lists of different lengths, one after the other.
#[derive(Default)]
struct Lists<T> {
    items: Vec<T>,
    ends: Vec<u32>,
}

impl<T> Lists<T> {
    fn clear(&mut self) {
        self.items.clear();
        self.ends.clear();
    }

    /// Closes the list to which items were pushed last.
    fn close(&mut self) {
        self.ends.push(count(self.items.len()));
    }

    fn range(&self, list: usize) -> Range<usize> {
        let start = if list == 0 {
            0
        } else {
            self.ends[list - 1] as usize
        };
        start..self.ends[list] as usize
    }

    fn list(&self, list: usize) -> &[T] {
        &self.items[self.range(list)]
    }
}

/// The rows that picked a feature.
#[derive(Clone, Copy, Default)]
struct Listed {
    count: u32,
    /// Where their list in `postings` begins; ends, once it is filled.
    at: u32,
}

/// Memory that is used again from block to block.
pub(super) struct JoinSpace {
    /// By row: the words by which it is found, and all their features.
    words: Lists<u32>,
    features: Lists<u16>,
    /// By row: whether it has nothing but trades and numbers, so that one of them has to do.
    lenient: Vec<bool>,
    /// By feature: the rows of the block that have it.
    counts: Vec<u16>,
    /// By row: what it picked.
    picked: Lists<u32>,
    /// By picked feature: the rows that picked it. Most look-ups here miss the caches, so that what is asked for together
    /// lies together.
    listed: Vec<Listed>,
    postings: Vec<u32>,
    touched: Vec<u32>,
    /// By picked feature: whether a probe picked it.
    wanted: Vec<bool>,
    keys: Vec<u32>,
    hits: Vec<u8>,
    hit_rows: Vec<u32>,
}

impl Default for JoinSpace {
    fn default() -> Self {
        JoinSpace {
            words: Lists::default(),
            features: Lists::default(),
            lenient: Vec::new(),
            counts: vec![0; 1 << 16],
            picked: Lists::default(),
            listed: vec![Listed::default(); SPACE],
            postings: Vec::new(),
            touched: Vec::new(),
            wanted: vec![false; SPACE],
            keys: Vec::new(),
            hits: Vec::new(),
            hit_rows: Vec::new(),
        }
    }
}

/// Which rows of a block one of a pair has to be; all of them when there is none.
pub(super) type Probes<'p> = Option<&'p dyn Fn(usize) -> bool>;

/// Calls `candidate` with the places in the block of two names that may be the same, the later one first. With
/// `probes`, one of the two is always a probe.
pub(super) fn candidates<'n>(
    vocabulary: &Vocabulary,
    names: impl Iterator<Item = &'n [u32]>,
    probes: Probes<'_>,
    space: &mut JoinSpace,
    candidate: impl FnMut(usize, usize),
) {
    space.read(vocabulary, names);
    match probes {
        None => space.pick_all(vocabulary, |_, _| true),
        Some(probe) => {
            // What the probes pick is marked first: most other rows then need not pick anything.
            space.pick_all(vocabulary, |_, row| probe(row));
            let wanted = std::mem::take(&mut space.picked.items);
            for &feature in &wanted {
                space.wanted[feature as usize] = true;
            }
            space.pick_all(vocabulary, |space, row| probe(row) || space.may_meet(row));
            for &feature in &wanted {
                space.wanted[feature as usize] = false;
            }
        }
    }
    space.post(probes);
    space.follow(probes, candidate);
    space.forget();
}

impl JoinSpace {
    fn rows(&self) -> usize {
        self.lenient.len()
    }

    /// Takes the names in and counts their features.
    fn read<'n>(&mut self, vocabulary: &Vocabulary, names: impl Iterator<Item = &'n [u32]>) {
        self.words.clear();
        self.features.clear();
        self.lenient.clear();
        for name in names {
            let mut lenient = true;
            for word in name
                .iter()
                .filter(|&&word| word & (OWNER | BESIDE) == 0)
                .map(|word| word & WORD)
            {
                lenient &= vocabulary.word(word).facts.is(TRADE | NUMBER | FILLER);
                self.words.items.push(word);
                for &feature in vocabulary.features(word) {
                    let seen = &mut self.counts[usize::from(feature)];
                    *seen = seen.saturating_add(1);
                    self.features.items.push(feature);
                }
            }
            self.words.close();
            self.features.close();
            self.lenient.push(lenient);
        }
    }

    /// Lets each row for which `picks` is true pick its features, the others none.
    fn pick_all(&mut self, vocabulary: &Vocabulary, picks: impl Fn(&Self, usize) -> bool) {
        self.picked.clear();
        for row in 0..self.rows() {
            if picks(self, row) {
                self.pick(vocabulary, row);
            }
            self.picked.close();
        }
    }

    /// Appends a row's rarest features to `picked`, without repetition.
    fn pick(&mut self, vocabulary: &Vocabulary, row: usize) {
        self.keys.clear();
        let mut common = false;
        for &feature in self.features.list(row) {
            match self.counts[usize::from(feature)] {
                0 | 1 => {}
                seen if seen <= followed(feature & STRONG != 0) => {
                    self.keys.push(u32::from(seen) << 16 | u32::from(feature));
                }
                _ => common |= feature & STRONG != 0,
            }
        }
        if self.keys.len() > PICKED {
            self.keys.select_nth_unstable(PICKED);
            self.keys.truncate(PICKED);
        }
        let start = self.picked.items.len();
        #[expect(clippy::cast_possible_truncation, reason = "the lower half is the feature")]
        self.picked
            .items
            .extend(self.keys.iter().map(|key| widen(*key as u16)));
        if common || self.lenient[row] {
            self.combine(vocabulary, row, start + PICKED_AND_COMBINED);
        }
        let picked = &mut self.picked.items;
        picked[start..].sort_unstable();
        let mut kept = start;
        for at in start..picked.len() {
            if at == start || picked[at] != picked[at - 1] {
                picked[kept] = picked[at];
                kept += 1;
            }
        }
        picked.truncate(kept);
    }

    /// Appends features too common to be followed, each together with another word of the row, until there are `end`.
    fn combine(&mut self, vocabulary: &Vocabulary, row: usize, end: usize) {
        let lenient = self.lenient[row];
        for (at, &word) in self.words.list(row).iter().enumerate() {
            for (other_at, &other) in self.words.list(row).iter().enumerate() {
                if at == other_at {
                    continue;
                }
                let facts = vocabulary.word(other).facts;
                let trade = u64::from(facts.trade);
                let partner = if facts.is(TRADE) {
                    mix(trade)
                } else {
                    mix(u64::from(other) << 8)
                };
                for &feature in vocabulary.features(word) {
                    if self.picked.items.len() >= end {
                        return;
                    }
                    let strong = feature & STRONG != 0;
                    if (strong || lenient) && self.counts[usize::from(feature)] > followed(strong) {
                        let hash = mix(partner ^ u64::from(feature));
                        self.picked
                            .items
                            .push(upper(hash) >> (32 - COMBINED_BITS) << 1 | 1);
                    }
                }
            }
        }
    }

    /// Whether a row can share enough with what the probes picked; false only where it cannot.
    fn may_meet(&self, row: usize) -> bool {
        // A lenient row needs less than one feature of its own.
        self.lenient[row]
            || self.features.list(row).iter().any(|&feature| {
                let combined = feature & STRONG != 0 && self.counts[usize::from(feature)] > FOLLOWED;
                combined || self.wanted[widen(feature) as usize]
            })
    }

    /// Lists, for each picked feature, the rows to which it leads. What only one row has picked leads nowhere and is
    /// forgotten at once, unless rows that are not listed may come along it.
    fn post(&mut self, probes: Probes<'_>) {
        let is_listed = |row: usize| probes.is_none_or(|probe| probe(row));
        for row in (0..self.rows()).filter(|&row| is_listed(row)) {
            for &feature in self.picked.list(row) {
                let listed = &mut self.listed[feature as usize];
                if listed.count == 0 {
                    self.touched.push(feature);
                }
                listed.count += 1;
            }
        }
        let mut total = 0;
        for &feature in &self.touched {
            let listed = &mut self.listed[feature as usize];
            listed.at = total;
            total += listed.count;
        }
        self.postings.clear();
        self.postings.resize(total as usize, 0);
        let (mut kept, mut start) = (0, 0);
        for row in 0..self.rows() {
            let end = self.picked.ends[row] as usize;
            let posts = is_listed(row);
            for at in start..end {
                let feature = self.picked.items[at];
                let listed = &mut self.listed[feature as usize];
                if probes.is_none() && listed.count == 1 {
                    continue;
                }
                if posts {
                    self.postings[listed.at as usize] = count(row);
                    listed.at += 1;
                }
                self.picked.items[kept] = feature;
                kept += 1;
            }
            start = end;
            self.picked.ends[row] = count(kept);
        }
        self.picked.items.truncate(kept);
    }

    fn follow(&mut self, probes: Probes<'_>, mut candidate: impl FnMut(usize, usize)) {
        self.hits.clear();
        self.hits.resize(self.rows(), 0);
        for row in 0..self.rows() {
            let probing = probes.is_none_or(|probe| probe(row));
            for &feature in self.picked.list(row) {
                let Listed {
                    count: listed,
                    at: end,
                } = self.listed[feature as usize];
                let strong = feature & 1 != 0;
                if listed == 0 || listed > u32::from(followed(strong)) && probes.is_none() {
                    continue;
                }
                let weight = if strong { ENOUGH } else { 1 };
                // Filling the lists has moved each beginning to its end.
                for &other in &self.postings[(end - listed) as usize..end as usize] {
                    let at = other as usize;
                    // Two listed rows meet once, at the later one.
                    if at == row || probing && at > row {
                        continue;
                    }
                    if self.hits[at] == 0 {
                        self.hit_rows.push(other);
                    }
                    self.hits[at] = self.hits[at].saturating_add(weight);
                }
            }
            for &other in &self.hit_rows {
                let other = other as usize;
                let enough = if self.lenient[row] || self.lenient[other] {
                    1
                } else {
                    ENOUGH
                };
                if self.hits[other] >= enough {
                    candidate(row.max(other), row.min(other));
                }
                self.hits[other] = 0;
            }
            self.hit_rows.clear();
        }
    }

    /// Sets what the block has counted back to nothing.
    fn forget(&mut self) {
        for &feature in &self.features.items {
            self.counts[usize::from(feature)] = 0;
        }
        for &feature in &self.touched {
            self.listed[feature as usize].count = 0;
        }
        self.touched.clear();
    }
}
