//! Finds, among rows that may be in the same place, those whose names may be the same, without comparing all with all.
//!
//! Every row picks its rarest features ([`super::vocabulary`]) of the block; rows that share enough of them are
//! candidates. A feature that too many rows have is not followed by itself but together with the row's other words, so
//! that the work per row does not grow with the block.

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
const FOLLOWED: u16 = 32;
const FOLLOWED_WEAKLY: u16 = 96;
fn followed(strong: bool) -> u16 {
    if strong { FOLLOWED } else { FOLLOWED_WEAKLY }
}

/// Rows are candidates when the features they share weigh this much; a strong one does alone.
const ENOUGH: u8 = 3;

/// Combined features are many: in a city of a million rows several times as many as rows.
const COMBINED_BITS: u32 = 20;
/// Picked features are kept with the strong bit lowest.
const SPACE: usize = 1 << (COMBINED_BITS + 1);

/// A feature of a word as it is kept among the picked ones.
fn widen(feature: u32) -> u32 {
    (feature & u32::from(!STRONG)) << 1 | u32::from(feature & u32::from(STRONG) != 0)
}

/// Memory that is used again from block to block.
pub(super) struct JoinSpace {
    counts: Vec<u16>,
    picked_counts: Vec<u32>,
    starts: Vec<u32>,
    touched: Vec<u32>,
    wanted: Vec<bool>,
    picked: Vec<u32>,
    picked_ends: Vec<u32>,
    lenient: Vec<bool>,
    postings: Vec<u32>,
    keys: Vec<u32>,
    hits: Vec<u8>,
    hit_rows: Vec<u32>,
}

impl Default for JoinSpace {
    fn default() -> Self {
        JoinSpace {
            counts: vec![0; 1 << 16],
            picked_counts: vec![0; SPACE],
            starts: vec![0; SPACE],
            touched: Vec::new(),
            wanted: vec![false; SPACE],
            picked: Vec::new(),
            picked_ends: Vec::new(),
            lenient: Vec::new(),
            postings: Vec::new(),
            keys: Vec::new(),
            hits: Vec::new(),
            hit_rows: Vec::new(),
        }
    }
}

/// Calls `candidate` with the places in `names` of two names that may be the same, the later one first.
///
/// With `probes`, one of the two is always a row for which it is true.
pub(super) fn candidates<'n>(
    vocabulary: &Vocabulary,
    names: impl Fn(usize) -> &'n [u32],
    length: usize,
    probes: Option<&dyn Fn(usize) -> bool>,
    space: &mut JoinSpace,
    mut candidate: impl FnMut(usize, usize),
) {
    let words = |row: usize| names(row).iter().filter(|&&word| word & (OWNER | BESIDE) == 0).map(|word| word & WORD);
    for row in 0..length {
        for word in words(row) {
            for &feature in vocabulary.features(word) {
                let seen = &mut space.counts[usize::from(feature)];
                *seen = seen.saturating_add(1);
            }
        }
    }
    if let Some(probe) = probes {
        // What the probes pick is marked first: most other rows then need not pick anything.
        space.begin_picking();
        for row in (0..length).filter(|&row| probe(row)) {
            pick(vocabulary, words(row), space);
        }
        for at in 0..space.picked.len() {
            let feature = space.picked[at] as usize;
            space.wanted[feature] = true;
        }
        let marked = std::mem::take(&mut space.picked);
        space.begin_picking();
        for row in 0..length {
            if probe(row) || space.may_meet(vocabulary, words(row)) {
                pick(vocabulary, words(row), space);
            } else {
                space.lenient.push(false);
                space.picked_ends.push(count(space.picked.len()));
            }
        }
        for feature in marked {
            space.wanted[feature as usize] = false;
        }
    } else {
        space.begin_picking();
        for row in 0..length {
            pick(vocabulary, words(row), space);
        }
    }
    for row in 0..length {
        for word in words(row) {
            for &feature in vocabulary.features(word) {
                space.counts[usize::from(feature)] = 0;
            }
        }
    }
    space.post(length, probes);
    space.follow(length, probes, &mut candidate);
    for &feature in &space.touched {
        space.picked_counts[feature as usize] = 0;
    }
    space.touched.clear();
}

/// Appends a row's rarest features to `space.picked`.
fn pick(vocabulary: &Vocabulary, words: impl Iterator<Item = u32> + Clone, space: &mut JoinSpace) {
    space.keys.clear();
    let mut common = false;
    let mut lenient = true;
    for word in words.clone() {
        lenient &= vocabulary.word(word).facts.is(TRADE | NUMBER | FILLER);
        for &feature in vocabulary.features(word) {
            match space.counts[usize::from(feature)] {
                0 | 1 => {}
                seen if seen <= followed(feature & STRONG != 0) => space.keys.push(u32::from(seen) << 16 | u32::from(feature)),
                _ => common |= feature & STRONG != 0,
            }
        }
    }
    if space.keys.len() > PICKED {
        space.keys.select_nth_unstable(PICKED);
        space.keys.truncate(PICKED);
    }
    let start = space.picked.len();
    space.picked.extend(space.keys.iter().map(|key| widen(*key & 0xFFFF)));
    if common || lenient {
        combine(vocabulary, &words, space, lenient, start + PICKED_AND_COMBINED);
    }
    space.picked[start..].sort_unstable();
    let mut kept = start;
    for at in start..space.picked.len() {
        if at == start || space.picked[at] != space.picked[at - 1] {
            space.picked[kept] = space.picked[at];
            kept += 1;
        }
    }
    space.picked.truncate(kept);
    space.lenient.push(lenient);
    space.picked_ends.push(count(space.picked.len()));
}

/// Appends features too common to be followed, each together with another word of the row.
fn combine(vocabulary: &Vocabulary, words: &(impl Iterator<Item = u32> + Clone), space: &mut JoinSpace, lenient: bool, end: usize) {
    for (at, word) in words.clone().enumerate() {
        for (other_at, other) in words.clone().enumerate() {
            if at == other_at {
                continue;
            }
            let facts = vocabulary.word(other).facts;
            let partner = if facts.is(TRADE) { mix(u64::from(facts.trade)) } else { mix(u64::from(other) << 8) };
            for &feature in vocabulary.features(word) {
                if space.picked.len() >= end {
                    return;
                }
                if (feature & STRONG != 0 || lenient) && space.counts[usize::from(feature)] > followed(feature & STRONG != 0) {
                    let hash = mix(partner ^ u64::from(feature));
                    space.picked.push(upper(hash) >> (32 - COMBINED_BITS) << 1 | 1);
                }
            }
        }
    }
}

impl JoinSpace {
    fn begin_picking(&mut self) {
        self.picked.clear();
        self.picked_ends.clear();
        self.lenient.clear();
    }

    /// Whether a row can share enough with what is wanted; false only where it cannot.
    fn may_meet(&self, vocabulary: &Vocabulary, words: impl Iterator<Item = u32>) -> bool {
        let mut weight = 0;
        let mut lenient = true;
        for word in words {
            lenient &= vocabulary.word(word).facts.is(TRADE | NUMBER | FILLER);
            for &feature in vocabulary.features(word) {
                if self.wanted[widen(u32::from(feature)) as usize] {
                    weight += if feature & STRONG != 0 { ENOUGH } else { 1 };
                }
                let combined = self.counts[usize::from(feature)] > followed(feature & STRONG != 0);
                if weight >= ENOUGH || combined && feature & STRONG != 0 {
                    return true;
                }
            }
        }
        lenient || weight > 0
    }

    /// Where in `picked` the features of a row lie.
    fn picked_range(&self, row: usize) -> std::ops::Range<usize> {
        let start = if row == 0 { 0 } else { self.picked_ends[row - 1] as usize };
        start..self.picked_ends[row] as usize
    }

    /// Lists, for each picked feature, the rows to which it leads.
    fn post(&mut self, length: usize, probes: Option<&dyn Fn(usize) -> bool>) {
        let listed = |row: usize| probes.is_none_or(|probe| probe(row));
        for row in (0..length).filter(|&row| listed(row)) {
            for &feature in &self.picked[self.picked_range(row)] {
                let seen = &mut self.picked_counts[feature as usize];
                if *seen == 0 {
                    self.touched.push(feature);
                }
                *seen += 1;
            }
        }
        let mut total = 0;
        for &feature in &self.touched {
            self.starts[feature as usize] = total;
            total += self.picked_counts[feature as usize];
        }
        self.postings.clear();
        self.postings.resize(total as usize, 0);
        for row in (0..length).filter(|&row| listed(row)) {
            for &feature in &self.picked[self.picked_range(row)] {
                let at = &mut self.starts[feature as usize];
                self.postings[*at as usize] = count(row);
                *at += 1;
            }
        }
    }

    fn follow(&mut self, length: usize, probes: Option<&dyn Fn(usize) -> bool>, candidate: &mut impl FnMut(usize, usize)) {
        self.hits.clear();
        self.hits.resize(length, 0);
        let mut hit_rows = std::mem::take(&mut self.hit_rows);
        for row in 0..length {
            let probing = probes.is_none_or(|probe| probe(row));
            for at in self.picked_range(row) {
                let feature = self.picked[at];
                let listed = self.picked_counts[feature as usize];
                if listed == 0 || listed > u32::from(followed(feature & 1 != 0)) && probes.is_none() {
                    continue;
                }
                let weight = if feature & 1 != 0 { ENOUGH } else { 1 };
                // Filling the lists has moved each start to its end.
                let end = self.starts[feature as usize] as usize;
                for &other in &self.postings[end - listed as usize..end] {
                    let other = other as usize;
                    // Two listed rows meet once, at the later one.
                    if other == row || probing && other > row {
                        continue;
                    }
                    if self.hits[other] == 0 {
                        hit_rows.push(count(other));
                    }
                    self.hits[other] = self.hits[other].saturating_add(weight);
                }
            }
            for &other in &hit_rows {
                let other = other as usize;
                let enough = if self.lenient[row] || self.lenient[other] { 1 } else { ENOUGH };
                if self.hits[other] >= enough {
                    candidate(row.max(other), row.min(other));
                }
                self.hits[other] = 0;
            }
            hit_rows.clear();
        }
        self.hit_rows = hit_rows;
    }
}
