//! Finds, among rows that may be in the same place, those whose names may be the same, without comparing all with all.
//!
//! Every row picks its rarest features ([`super::vocabulary`]) of the block; rows that share enough of them are
//! candidates. A feature that too many rows have is not followed by itself but together with the row's other words, so
//! that the work per row does not grow with the block.
//!
//! What is looked up at random lies as close together as the block allows: a town's tables fit into the caches of one
//! core, however large the set.

use rayon::prelude::*;

use super::company::{BESIDE, OWNER, WORD};
use super::hash::{count, mix, upper};
use super::numbering::{Numbering, Repeats};
use super::record::Cancelled;
use super::vocabulary::{STRONG, Vocabulary};
use super::words::{FILLER, NUMBER, TRADE};

/// Features that a row picks at most by itself.
const PICKED: usize = 12;
/// Picked features together with those that were combined with other words.
const PICKED_AND_COMBINED: usize = 24;
/// A strong feature is not followed to more rows than this, a weak one not to more than [`FOLLOWED_WEAKLY`]: each row
/// that a strong one leads to is compared.
const FOLLOWED: u8 = 20;
const FOLLOWED_WEAKLY: u8 = 64;
/// Rows are candidates when the features they share weigh this much; a strong one does alone.
const ENOUGH: u8 = 3;
/// Features of words.
const FEATURES: usize = 1 << 16;
/// Rows that are worked through at a time.
const PART: usize = 8192;

fn followed(strong: bool) -> u8 {
    if strong { FOLLOWED } else { FOLLOWED_WEAKLY }
}

/// A feature of a word as it is kept among the picked ones, with the strong bit lowest.
fn widen(feature: u16) -> u32 {
    u32::from(feature & !STRONG) << 1 | u32::from(feature & STRONG != 0)
}

/// Rows that may be in the same place.
#[derive(Clone, Copy)]
pub(super) struct Block<'b> {
    pub(super) vocabulary: &'b Vocabulary,
    /// How many.
    pub(super) rows: usize,
    /// The words of a row.
    pub(super) words: &'b (dyn Fn(usize) -> &'b [u32] + Sync),
    /// Which rows one of a pair has to be; all of them when there is none.
    pub(super) probes: Option<&'b (dyn Fn(usize) -> bool + Sync)>,
    /// Whether all threads shall work on this block, since it is too large a part of the work for one.
    pub(super) shared: bool,
    /// Told how many rows are done, again and again.
    pub(super) done: &'b (dyn Fn(usize) -> Result<(), Cancelled> + Sync),
}

impl<'b> Block<'b> {
    /// The words by which a row is found.
    fn found_by(&self, row: usize) -> impl Iterator<Item = u32> + use<'b> {
        let words = (self.words)(row).iter();
        words
            .filter(|&&word| word & (OWNER | BESIDE) == 0)
            .map(|word| word & WORD)
    }

    /// Whether a row is listed, so that others find it.
    fn lists(&self, row: usize) -> bool {
        self.probes.is_none_or(|probe| probe(row))
    }
}

/// Lists of different lengths, one after the other.
#[derive(Default)]
struct Lists {
    items: Vec<u32>,
    ends: Vec<u32>,
}

impl Lists {
    fn clear(&mut self) {
        self.items.clear();
        self.ends.clear();
    }

    /// Closes the list to which items were pushed last.
    fn close(&mut self) {
        self.ends.push(count(self.items.len()));
    }

    fn list(&self, list: usize) -> &[u32] {
        let start = if list == 0 {
            0
        } else {
            self.ends[list - 1] as usize
        };
        &self.items[start..self.ends[list] as usize]
    }

    /// Puts what `replace` gives for an item in its place, or takes the item out. It is told the list, too.
    fn replace_each(&mut self, mut replace: impl FnMut(usize, u32) -> Option<u32>) {
        let (mut kept, mut start) = (0, 0);
        for (list, end) in self.ends.iter_mut().enumerate() {
            for at in start..*end as usize {
                if let Some(item) = replace(list, self.items[at]) {
                    self.items[kept] = item;
                    kept += 1;
                }
            }
            start = *end as usize;
            *end = count(kept);
        }
        self.items.truncate(kept);
    }
}

/// The rows that picked a feature.
#[derive(Clone, Copy)]
struct Listed {
    /// All of them.
    picked: u32,
    /// Those that are listed: of all rows or, where there are probes, of these.
    count: u32,
    /// While it is counted the last row that picked it, and one more; then where its list in `postings` begins; ends,
    /// once it is filled.
    at: u32,
    strong: bool,
}

/// Memory that is used again from block to block.
pub(super) struct JoinSpace {
    /// By feature: the rows of the block that have it, up to 255.
    counts: Vec<u8>,
    /// By row: whether it has nothing but trades and numbers, so that one of them has to do.
    lenient: Vec<bool>,
    /// By [`PART`] rows and row: what it picked; first the features, then their numbers with the strong bit lowest.
    parts: Vec<Lists>,
    repeats: Repeats,
    numbering: Numbering,
    /// By number of a picked feature.
    listed: Vec<Listed>,
    postings: Vec<u32>,
    /// A bit for each feature of a word that a probe picked.
    wanted: Vec<u64>,
    scratch: Scratch,
    finder: Finder,
}

/// What picking needs for a moment.
#[derive(Default)]
struct Scratch {
    keys: Vec<u32>,
    words: Vec<u32>,
}

/// What following needs.
#[derive(Default)]
struct Finder {
    /// By row: what the features weigh that it shares with the row that is being followed.
    hits: Vec<u8>,
    hit_rows: Vec<u32>,
}

impl Default for JoinSpace {
    fn default() -> Self {
        JoinSpace {
            counts: vec![0; FEATURES],
            lenient: Vec::new(),
            parts: Vec::new(),
            repeats: Repeats::default(),
            numbering: Numbering::default(),
            listed: Vec::new(),
            postings: Vec::new(),
            wanted: vec![0; FEATURES / 64],
            scratch: Scratch::default(),
            finder: Finder::default(),
        }
    }
}

/// What `candidate` makes of the places in the block of two names that may be the same, the later one first. With probes,
/// one of the two is always a probe.
///
/// # Errors
/// When `block.done` gives one.
pub(super) fn candidates<T: Send>(
    block: &Block<'_>,
    space: &mut JoinSpace,
    candidate: impl Fn(usize, usize) -> Option<T> + Sync,
) -> Result<Vec<T>, Cancelled> {
    space.count(block);
    space.pick_and_number(block);
    space.post(block);
    space.follow_all(block, candidate)
}

impl JoinSpace {
    /// Counts the features of all rows.
    fn count(&mut self, block: &Block<'_>) {
        self.lenient.clear();
        self.lenient.resize(block.rows, false);
        if block.shared {
            let parts = self.lenient.par_chunks_mut(PART).enumerate();
            let counted = parts
                .fold(
                    || vec![0; FEATURES],
                    |mut counts: Vec<u8>, (part, lenient)| {
                        count_features(block, part * PART, lenient, &mut counts);
                        counts
                    },
                )
                .reduce(|| vec![0; FEATURES], add_up);
            self.counts.copy_from_slice(&counted);
        } else {
            self.counts.fill(0);
            count_features(block, 0, &mut self.lenient, &mut self.counts);
        }
    }

    /// Lets each row pick its features and gives these numbers.
    fn pick_and_number(&mut self, block: &Block<'_>) {
        self.listed.clear();
        match block.probes {
            None => {
                self.pick_all(block, |_, _| true);
                let picked: usize = self.parts.iter().map(|part| part.items.len()).sum();
                self.repeats.begin(picked);
                for &feature in self.parts.iter().flat_map(|part| &part.items) {
                    self.repeats.see(feature);
                }
                self.numbering.begin(picked / 8);
                self.number(block, true);
            }
            Some(probe) => {
                // What the probes pick is marked first: most other rows then need not pick anything.
                self.pick_all(block, |_, row| probe(row));
                let picked: usize = self.parts.iter().map(|part| part.items.len()).sum();
                self.numbering.begin(picked / 2);
                self.wanted.fill(0);
                for &feature in self.parts.iter().flat_map(|part| &part.items) {
                    if self.numbering.number_of(feature).1 {
                        self.listed.push(Listed::of(feature));
                    }
                    if let Some(bits) = self.wanted.get_mut(feature as usize / 64) {
                        *bits |= 1 << (feature % 64);
                    }
                }
                self.pick_all(block, |space, row| probe(row) || space.may_meet(block, row));
                self.number(block, false);
            }
        }
    }

    /// Lets each row for which `picks` is true pick its features, the others none.
    fn pick_all(&mut self, block: &Block<'_>, picks: impl Fn(&Self, usize) -> bool + Sync) {
        let mut parts = std::mem::take(&mut self.parts);
        let mut scratch = std::mem::take(&mut self.scratch);
        parts.resize_with(block.rows.div_ceil(PART), Lists::default);
        let pick_part = |part: &mut Lists, number: usize, scratch: &mut Scratch| {
            part.clear();
            for row in number * PART..block.rows.min((number + 1) * PART) {
                if picks(self, row) {
                    self.pick(block, row, scratch, &mut part.items);
                }
                part.close();
            }
        };
        if block.shared {
            let parts = parts.par_iter_mut().enumerate().with_max_len(1);
            parts.for_each_init(Scratch::default, |scratch, (number, part)| {
                pick_part(part, number, scratch);
            });
        } else {
            for (number, part) in parts.iter_mut().enumerate() {
                pick_part(part, number, &mut scratch);
            }
        }
        (self.parts, self.scratch) = (parts, scratch);
    }

    /// Appends a row's rarest features to `picked`; some may come twice.
    fn pick(&self, block: &Block<'_>, row: usize, scratch: &mut Scratch, picked: &mut Vec<u32>) {
        let Scratch { keys, words } = scratch;
        keys.clear();
        words.clear();
        let mut common = false;
        for word in block.found_by(row) {
            words.push(word);
            for &feature in block.vocabulary.features(word) {
                match self.counts[usize::from(feature)] {
                    0 | 1 => {}
                    seen if seen <= followed(feature & STRONG != 0) => {
                        keys.push(u32::from(seen) << 16 | u32::from(feature));
                    }
                    _ => common |= feature & STRONG != 0,
                }
            }
        }
        if keys.len() > PICKED {
            keys.select_nth_unstable(PICKED);
            keys.truncate(PICKED);
        }
        let end = picked.len() + PICKED_AND_COMBINED;
        #[expect(clippy::cast_possible_truncation, reason = "the lower half is the feature")]
        picked.extend(keys.iter().map(|key| widen(*key as u16)));
        if common || self.lenient[row] {
            self.combine(block.vocabulary, words, self.lenient[row], end, picked);
        }
    }

    /// Appends features too common to be followed, each together with another word of the row, until there are `end`.
    fn combine(
        &self,
        vocabulary: &Vocabulary,
        words: &[u32],
        lenient: bool,
        end: usize,
        picked: &mut Vec<u32>,
    ) {
        let is_common = |feature: u16| {
            let strong = feature & STRONG != 0;
            (strong || lenient) && self.counts[usize::from(feature)] > followed(strong)
        };
        for (at, &word) in words.iter().enumerate() {
            let features = vocabulary.features(word);
            let Some(first) = features.iter().position(|&feature| is_common(feature)) else {
                continue;
            };
            for (other_at, &other) in words.iter().enumerate() {
                if at == other_at {
                    continue;
                }
                let facts = vocabulary.word(other).facts;
                let partner = if facts.is(TRADE) {
                    mix(u64::from(facts.trade))
                } else {
                    mix(u64::from(other) << 8)
                };
                for &feature in features[first..].iter().filter(|&&feature| is_common(feature)) {
                    if picked.len() >= end {
                        return;
                    }
                    let hash = mix(partner ^ u64::from(feature));
                    // Nearly all bits are kept: in a city of a million rows there are millions of these.
                    picked.push(upper(hash) | 1);
                }
            }
        }
    }

    /// Whether a row can share enough with what the probes picked; false only where it cannot.
    fn may_meet(&self, block: &Block<'_>, row: usize) -> bool {
        // A lenient row needs less than one feature of its own.
        self.lenient[row]
            || block
                .found_by(row)
                .flat_map(|word| block.vocabulary.features(word))
                .any(|&feature| {
                    let combined = feature & STRONG != 0 && self.counts[usize::from(feature)] > FOLLOWED;
                    let wide = widen(feature);
                    combined || self.wanted[wide as usize / 64] & 1 << (wide % 64) != 0
                })
    }

    /// Puts numbers in the places of features and counts for each the rows that picked it. Features without a number get one
    /// where `all` is true, but for those that only one row has; where it is not, they are left out.
    fn number(&mut self, block: &Block<'_>, all: bool) {
        let JoinSpace {
            parts,
            repeats,
            numbering,
            listed,
            ..
        } = self;
        for (number, part) in parts.iter_mut().enumerate() {
            part.replace_each(|list, feature| {
                let row = number * PART + list;
                let number = if all {
                    if !repeats.may_repeat(feature) {
                        return None;
                    }
                    let (number, new) = numbering.number_of(feature);
                    if new {
                        listed.push(Listed::of(feature));
                    }
                    number
                } else {
                    numbering.find(feature)?
                };
                let listed = &mut listed[number as usize];
                if listed.at == count(row) + 1 {
                    return None;
                }
                listed.at = count(row) + 1;
                listed.picked += 1;
                listed.count += u32::from(block.lists(row));
                Some(number << 1 | feature & 1)
            });
        }
    }

    /// Lists, for each picked feature, the rows to which it leads. What only one row has picked leads nowhere, what too many
    /// have is not followed: both are forgotten at once.
    fn post(&mut self, block: &Block<'_>) {
        let mut total = 0;
        for listed in &mut self.listed {
            let limit = u32::from(followed(listed.strong));
            if !(2..=limit).contains(&listed.picked) {
                listed.count = 0;
            }
            listed.at = total;
            total += listed.count;
        }
        let JoinSpace {
            parts,
            listed,
            postings,
            ..
        } = self;
        postings.clear();
        postings.resize(total as usize, 0);
        for (number, part) in parts.iter_mut().enumerate() {
            part.replace_each(|list, item| {
                let row = number * PART + list;
                let listed = &mut listed[item as usize >> 1];
                if listed.count == 0 {
                    return None;
                }
                if block.lists(row) {
                    postings[listed.at as usize] = count(row);
                    listed.at += 1;
                }
                Some(item)
            });
        }
    }

    fn follow_all<T: Send>(
        &mut self,
        block: &Block<'_>,
        candidate: impl Fn(usize, usize) -> Option<T> + Sync,
    ) -> Result<Vec<T>, Cancelled> {
        if block.shared {
            let parts = (0..self.parts.len()).into_par_iter().with_max_len(1);
            let found = parts
                .map_init(Finder::default, |finder, part| {
                    let mut found = Vec::new();
                    self.follow(block, part, finder, &candidate, &mut found);
                    (block.done)(self.parts[part].ends.len())?;
                    Ok::<_, Cancelled>(found)
                })
                .collect::<Result<Vec<Vec<T>>, Cancelled>>()?;
            return Ok(found.into_iter().flatten().collect());
        }
        let mut finder = std::mem::take(&mut self.finder);
        let mut found = Vec::new();
        let mut outcome = Ok(());
        for part in 0..self.parts.len() {
            self.follow(block, part, &mut finder, &candidate, &mut found);
            outcome = (block.done)(self.parts[part].ends.len());
            if outcome.is_err() {
                break;
            }
        }
        self.finder = finder;
        outcome.map(|()| found)
    }

    fn follow<T>(
        &self,
        block: &Block<'_>,
        part: usize,
        finder: &mut Finder,
        candidate: &impl Fn(usize, usize) -> Option<T>,
        found: &mut Vec<T>,
    ) {
        let Finder { hits, hit_rows } = finder;
        if hits.len() < block.rows {
            hits.resize(block.rows, 0);
        }
        let picked = &self.parts[part];
        for list in 0..picked.ends.len() {
            let row = part * PART + list;
            let probing = block.lists(row);
            for &item in picked.list(list) {
                // Filling the lists has moved each beginning to its end.
                let Listed { count, at: end, .. } = self.listed[item as usize >> 1];
                let weight = if item & 1 != 0 { ENOUGH } else { 1 };
                for &other in &self.postings[(end - count) as usize..end as usize] {
                    let at = other as usize;
                    // Two listed rows meet once, at the later one.
                    if probing && at >= row {
                        break;
                    }
                    if hits[at] == 0 {
                        hit_rows.push(other);
                    }
                    hits[at] = hits[at].saturating_add(weight);
                }
            }
            for &other in &*hit_rows {
                let other = other as usize;
                let enough = if self.lenient[row] || self.lenient[other] {
                    1
                } else {
                    ENOUGH
                };
                if hits[other] >= enough {
                    found.extend(candidate(row.max(other), row.min(other)));
                }
                hits[other] = 0;
            }
            hit_rows.clear();
        }
    }
}

impl Listed {
    fn of(feature: u32) -> Self {
        Listed {
            picked: 0,
            count: 0,
            at: 0,
            strong: feature & 1 != 0,
        }
    }
}

/// Counts the features of the rows from `first` on, as many as `lenient` has places.
fn count_features(block: &Block<'_>, first: usize, lenient: &mut [bool], counts: &mut [u8]) {
    for (row, lenient) in (first..).zip(lenient) {
        *lenient = true;
        for word in block.found_by(row) {
            *lenient &= block.vocabulary.word(word).facts.is(TRADE | NUMBER | FILLER);
            for &feature in block.vocabulary.features(word) {
                let seen = &mut counts[usize::from(feature)];
                *seen = seen.saturating_add(1);
            }
        }
    }
}

fn add_up(mut one: Vec<u8>, other: Vec<u8>) -> Vec<u8> {
    for (seen, more) in one.iter_mut().zip(other) {
        *seen = seen.saturating_add(more);
    }
    one
}
