//! Stage three: rows whose company and city are alike.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::company::{DOUBLED, OWNER, UMLAUT, WORD};
use super::compare::{Glance, compare_names};
use super::hash::{NumberMap, NumberSet, count, mix, upper};
use super::index::Index;
use super::join::{Block, JoinSpace, candidates};
use super::places::{BlockOfPostcode, NOWHERE};
use super::record::{Cancelled, LIMIT, Phase, Progress, Watch};
use super::score::{Evidence, PlaceEvidence, PostcodeEvidence, compare_postcodes, score};
use super::words::{NUMBER, SISTER, TRADE};

/// Two slots that match by name and place, the earlier one first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) verdict: Verdict,
}

/// What comparing names and places of two rows gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Verdict {
    pub(super) score: f32,
    pub(super) company: f32,
    pub(super) city: Option<f32>,
    pub(super) postcode: Option<bool>,
}

/// Rows that say the same, name, place and postcode. They match each other where the score of the verdict is high
/// enough; in any case what matches the first of them matches all.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Alike {
    /// Ascending slots.
    pub(super) rows: Vec<u32>,
    pub(super) verdict: Verdict,
}

/// What the stage found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) alike: Vec<Alike>,
    pub(super) edges: Vec<Edge>,
}

impl Found {
    fn append(mut self, mut other: Self) -> Self {
        self.alike.append(&mut other.alike);
        self.edges.append(&mut other.edges);
        self
    }
}

/// The first of the rows of a block that say the same.
struct FirstOfSet {
    key: u64,
    /// As in the block.
    row: u32,
    /// Number of the set of all of them, where there are several.
    set: Option<u32>,
}

/// The rows of a block that say different things.
struct Distinct {
    /// The first row of each set of rows that say the same, and all others; in order, as in the block.
    rows: Vec<u32>,
    /// By these rows: [`PROBED`] and [`KNOWN`].
    marks: Vec<u8>,
    /// The sets, by ascending slots.
    sets: Vec<Vec<u32>>,
}

/// One of the rows that say the same is a probe.
const PROBED: u8 = 1;
/// All of them are reference rows.
const KNOWN: u8 = 2;

/// Blocks of fewer rows than this are never worth being shared among threads.
const LEAST_SHARED: usize = 16_384;

/// A row in a block: bit 31 tells that it belongs to another block by its city and to this one by its postcode.
const VISITING: u32 = 1 << 31;
const SLOT: u32 = VISITING - 1;

/// A row without a place matches at most so many rows of its name elsewhere, out of those it is compared with.
const ELSEWHERE: usize = 16;
const MET_ELSEWHERE: usize = 64;

/// The first rows that bear a name, and the first probes of these; as many as are compared at most.
#[derive(Default)]
struct Namesakes {
    all: Vec<u32>,
    probes: Vec<u32>,
}

fn push_first(slots: &mut Vec<u32>, slot: u32) {
    if slots.len() < MET_ELSEWHERE && slots.last() != Some(&slot) {
        slots.push(slot);
    }
}

impl Index {
    /// How two rows compare by name and place; `None` when they are in different places or have no name.
    #[cfg(test)]
    pub(super) fn evidence(&self, a: u32, b: u32) -> Option<Evidence> {
        self.weigh_up(a, b).map(|(evidence, _)| evidence)
    }

    fn weigh_up(&self, a: u32, b: u32) -> Option<(Evidence, Verdict)> {
        let rows = &self.rows;
        let postcode = compare_postcodes(rows.postcodes[a as usize], rows.postcodes[b as usize]);
        let city = self
            .places
            .compare(rows.places[a as usize], rows.places[b as usize]);
        let place = PlaceEvidence {
            city: match city {
                // Two towns may share a postcode; a hamlet may be named instead of its town.
                Some(alike) if alike < 0.5 && postcode != PostcodeEvidence::Equal => return None,
                Some(alike) => Some(alike),
                None => None,
            },
            postcode,
            placed: self.places.tell_apart()
                || rows.postcodes[a as usize] != 0
                || rows.postcodes[b as usize] != 0,
            rows: self
                .places
                .rows_near(rows.places[a as usize], rows.places[b as usize])
                .unwrap_or(count(self.len())),
        };
        let name = compare_names(&self.vocabulary, rows.name(a), rows.name(b));
        let evidence = Evidence::of(&name, place);
        let verdict = Verdict {
            score: score(evidence.probability()),
            company: name.similarity,
            city,
            postcode: match postcode {
                PostcodeEvidence::Missing => None,
                other => Some(other == PostcodeEvidence::Equal),
            },
        };
        Some((evidence, verdict))
    }

    /// The verdict on two rows by name and place, whatever its score; `None` when nothing can match.
    pub(super) fn judge(&self, a: u32, b: u32) -> Option<Verdict> {
        if !self.has_name(a) || !self.has_name(b) {
            return None;
        }
        self.weigh_up(a, b).map(|(_, verdict)| verdict)
    }

    fn match_edge(&self, a: u32, b: u32) -> Option<Edge> {
        let (_, verdict) = self
            .weigh_up(a, b)
            .filter(|(_, verdict)| verdict.score >= LIMIT)?;
        Some(Edge {
            a: a.min(b),
            b: a.max(b),
            verdict,
        })
    }

    /// All matches by name and place; with `probes` (by slot), those that involve a probe.
    pub(super) fn match_names(&self, probes: Option<&[bool]>, watch: &Watch<'_>) -> Result<Found, Cancelled> {
        let blocks = self.blocks(probes);
        let total: usize = blocks.iter().map(Vec::len).sum();
        let done = AtomicUsize::new(0);
        let done = |rows: usize| -> Result<(), Cancelled> {
            let before = done.fetch_add(rows, Ordering::Relaxed);
            // A block is a town: villages are too many to tell of each.
            if before / 8192 != (before + rows) / 8192 {
                watch.check()?;
                (watch.progress)(Progress {
                    phase: Phase::Names,
                    done: before + rows,
                    total,
                });
            }
            Ok(())
        };
        let threads = rayon::current_num_threads();
        let too_large = |block: &Vec<u32>| {
            threads > 1 && block.len() >= LEAST_SHARED && block.len() * threads * 4 > total
        };
        let (shared, rest) = blocks.split_at(blocks.partition_point(too_large));
        let mut found = Found::default();
        for block in shared {
            watch.check()?;
            let mut space = JoinSpace::default();
            found = found.append(self.match_block(block, probes, true, &mut space, &done)?);
        }
        // Spaces are large and blocks are mostly small: a space goes from block to block, one for each thread.
        let spaces: Mutex<Vec<JoinSpace>> = Mutex::new(Vec::new());
        let of_rest = rest
            .par_iter()
            .with_max_len(1)
            .map(|block| {
                let free = spaces.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let mut space = free.unwrap_or_default();
                let found = self.match_block(block, probes, false, &mut space, &done);
                spaces.lock().unwrap_or_else(PoisonError::into_inner).push(space);
                found
            })
            .try_reduce(Found::default, |left, right| Ok(left.append(right)))?;
        watch.check()?;
        let mut found = found.append(of_rest);
        found.edges.append(&mut self.match_elsewhere(probes));
        found.edges.par_sort_unstable_by_key(|edge| (edge.a, edge.b));
        found.edges.dedup_by_key(|edge| (edge.a, edge.b));
        found
            .alike
            .sort_unstable_by(|left, right| left.rows.cmp(&right.rows));
        Ok(found)
    }

    /// The rows of each block in order, the largest block first. With probes, only blocks that hold one.
    fn blocks(&self, probes: Option<&[bool]>) -> Vec<Vec<u32>> {
        let rows = &self.rows;
        let named: Vec<(u32, u32)> = (0..count(rows.len()))
            .into_par_iter()
            .filter(|&slot| self.rows.is_live(slot) && self.has_name(slot))
            .map(|slot| (slot, self.block(slot)))
            .collect();
        let by_postcode = BlockOfPostcode::of(
            named
                .iter()
                .map(|&(slot, city)| (rows.postcodes[slot as usize], city)),
        );
        let nowhere = self.places.blocks();
        // Where each row goes: by its city, and by its postcode where that is elsewhere.
        let homes = |&(slot, city): &(u32, u32)| {
            let postcode = rows.postcodes[slot as usize];
            let near = if postcode == 0 {
                NOWHERE
            } else {
                by_postcode.get(postcode)
            };
            match (city, near) {
                (NOWHERE, NOWHERE) => (count(nowhere), NOWHERE),
                (NOWHERE, near) => (near, NOWHERE),
                (home, near) if home == near => (home, NOWHERE),
                (home, near) => (home, near),
            }
        };
        let homes: Vec<(u32, u32)> = named.par_iter().map(homes).collect();
        let mut sizes = vec![0_u32; nowhere + 1];
        let mut wanted = vec![probes.is_none(); nowhere + 1];
        for (&(slot, _), &(home, near)) in named.iter().zip(&homes) {
            let probed = probes.is_some_and(|probes| probes[slot as usize]);
            for block in [home, near].into_iter().filter(|&block| block != NOWHERE) {
                sizes[block as usize] += 1;
                wanted[block as usize] |= probed;
            }
        }
        let mut blocks: Vec<Vec<u32>> = sizes
            .iter()
            .zip(&wanted)
            .map(|(&size, &wanted)| Vec::with_capacity(if wanted && size > 1 { size as usize } else { 0 }))
            .collect();
        for (&(slot, _), &(home, near)) in named.iter().zip(&homes) {
            for (block, row) in [(home, slot), (near, slot | VISITING)] {
                if block != NOWHERE && wanted[block as usize] && sizes[block as usize] > 1 {
                    blocks[block as usize].push(row);
                }
            }
        }
        blocks.retain(|block| block.len() > 1);
        blocks.sort_by_key(|block| std::cmp::Reverse(block.len()));
        blocks
    }

    fn named(&self) -> impl Iterator<Item = u32> + '_ {
        (0..count(self.rows.len())).filter(|&slot| self.rows.is_live(slot) && self.has_name(slot))
    }

    /// The matches in a block; `shared` as in [`Block`].
    fn match_block(
        &self,
        block: &[u32],
        probes: Option<&[bool]>,
        shared: bool,
        space: &mut JoinSpace,
        done: &(dyn Fn(usize) -> Result<(), Cancelled> + Sync),
    ) -> Result<Found, Cancelled> {
        let Distinct { rows, marks, sets } = self.distinct(block, probes, shared);
        done(block.len() - rows.len())?;
        let words = |row: usize| self.rows.words(rows[row] & SLOT);
        let probing = |row: usize| marks[row] & PROBED != 0;
        // Few rows meet a probe: theirs are looked at when they do.
        let all = if probes.is_none() { rows.len() } else { 0 };
        let look = |row: usize| Glance::at(&self.vocabulary, words(row));
        let glances: Vec<Glance> = if shared {
            (0..all).into_par_iter().map(look).collect()
        } else {
            (0..all).map(look).collect()
        };
        let glance = |row: usize| glances.get(row).copied().unwrap_or_else(|| look(row));
        let block = Block {
            vocabulary: &self.vocabulary,
            rows: rows.len(),
            words: &words,
            probes: probes
                .is_some()
                .then_some(&probing as &(dyn Fn(usize) -> bool + Sync)),
            shared,
            done,
        };
        let edges = candidates(&block, space, |later, earlier| {
            let (a, b) = (rows[earlier], rows[later]);
            let both_known = marks[earlier] & marks[later] & KNOWN != 0;
            if a & b & VISITING == 0 && !both_known && !glance(earlier).contradicts(glance(later)) {
                self.match_edge(a & SLOT, b & SLOT)
            } else {
                None
            }
        })?;
        // Of sets without a probe those count whose first row has met one.
        let met: NumberSet<u32> = match probes {
            Some(_) => edges.iter().flat_map(|edge| [edge.a, edge.b]).collect(),
            None => NumberSet::default(),
        };
        let counts = |rows: &Vec<u32>| {
            probes.is_none_or(|probes| met.contains(&rows[0]) || rows.iter().any(|&row| probes[row as usize]))
        };
        let alike = sets.into_iter().filter(counts).filter_map(|rows| {
            self.judge(rows[0], rows[1])
                .map(|verdict| Alike { rows, verdict })
        });
        Ok(Found {
            alike: alike.collect(),
            edges,
        })
    }

    /// Puts the rows of a block together that say the same.
    fn distinct(&self, block: &[u32], probes: Option<&[bool]>, shared: bool) -> Distinct {
        let key = |row: &u32| self.saying(row & SLOT);
        let keys: Vec<u64> = if shared {
            block.par_iter().map(key).collect()
        } else {
            block.iter().map(key).collect()
        };
        let mark = |row: u32| {
            let slot = row & SLOT;
            let probed = probes.is_some_and(|probes| probes[slot as usize]);
            let known = self.rows.is_reference(slot);
            (if probed { PROBED } else { 0 }) | (if known { KNOWN } else { 0 })
        };
        // Open addressing: one more than the place among the first rows, 0 for a free slot.
        let mask = (block.len() * 2).next_power_of_two() - 1;
        let mut slots = vec![0_u32; mask + 1];
        let mut first: Vec<FirstOfSet> = Vec::with_capacity(block.len());
        let mut marks: Vec<u8> = Vec::with_capacity(block.len());
        let mut sets: Vec<Vec<u32>> = Vec::new();
        for (&row, &key) in block.iter().zip(&keys) {
            let mut slot = upper(key) as usize & mask;
            let known = loop {
                let Some(place) = slots[slot].checked_sub(1) else {
                    break None;
                };
                if first[place as usize].key == key {
                    break Some(place as usize);
                }
                slot = (slot + 1) & mask;
            };
            let Some(place) = known else {
                first.push(FirstOfSet { key, row, set: None });
                marks.push(mark(row));
                slots[slot] = count(first.len());
                continue;
            };
            let one = &mut first[place];
            let set = *one.set.get_or_insert_with(|| {
                sets.push(vec![one.row & SLOT]);
                count(sets.len() - 1)
            });
            sets[set as usize].push(row & SLOT);
            let (before, more) = (marks[place], mark(row));
            marks[place] = (before | more) & PROBED | before & more & KNOWN;
        }
        Distinct {
            rows: first.into_iter().map(|one| one.row).collect(),
            marks,
            sets,
        }
    }

    /// A number that two rows share where they say the same: name, legal forms, place and postcode.
    fn saying(&self, slot: u32) -> u64 {
        let rows = &self.rows;
        let place = rows.places[slot as usize];
        let mut key =
            mix(u64::from(rows.postcodes[slot as usize]) << 16 | u64::from(rows.forms[slot as usize]));
        key = mix(key
            ^ if place == NOWHERE {
                0
            } else {
                self.places.meaning(place)
            });
        for &word in rows.words(slot) {
            key = mix(key ^ u64::from(word & (WORD | OWNER | UMLAUT | DOUBLED)));
        }
        key
    }

    /// Rows without a city against those with: by their names alone, and only where the name is found in one place.
    fn match_elsewhere(&self, probes: Option<&[bool]>) -> Vec<Edge> {
        let probed = |slot: u32| probes.is_none_or(|probes| probes[slot as usize]);
        let placeless = |slot: u32| !self.has_place(slot);
        let any_probe_has_place =
            probes.is_none_or(|_| self.named().any(|slot| probed(slot) && !placeless(slot)));
        let mut lone: Vec<u32> = self
            .named()
            .filter(|&slot| placeless(slot) && (any_probe_has_place || probed(slot)))
            .collect();
        if lone.is_empty() {
            return Vec::new();
        }
        let namesakes = self.namesakes(&lone, probes);
        lone.retain(|&slot| self.name_keys(slot).iter().any(|key| namesakes.contains_key(key)));
        // Rows that say the same meet the same: what they meet is compared once for all of them.
        let said = |&slot: &u32| {
            let rows = &self.rows;
            (
                rows.words(slot),
                rows.forms[slot as usize],
                rows.postcodes[slot as usize],
                rows.is_reference(slot),
                probed(slot),
            )
        };
        lone.par_sort_unstable_by(|one, two| said(one).cmp(&said(two)));
        let same: Vec<&[u32]> = lone.chunk_by(|one, two| said(one) == said(two)).collect();
        let edges = same.par_iter().flat_map_iter(|&rows| {
            let met = self.met_elsewhere(rows[0], probed(rows[0]), &namesakes);
            rows.iter().flat_map(move |&row| {
                met.clone().into_iter().map(move |(slot, verdict)| Edge {
                    a: row.min(slot),
                    b: row.max(slot),
                    verdict,
                })
            })
        });
        edges.collect()
    }

    /// Rows with a place that bear the names of those without one, by [`Index::name_keys`].
    fn namesakes(&self, lone: &[u32], probes: Option<&[bool]>) -> NumberMap<u64, Namesakes> {
        let mut namesakes: NumberMap<u64, Namesakes> = NumberMap::default();
        for key in lone.iter().flat_map(|&slot| self.name_keys(slot)) {
            namesakes.entry(key).or_default();
        }
        let placed: Vec<u32> = self.named().filter(|&slot| self.has_place(slot)).collect();
        let bearers: Vec<(u64, u32)> = placed
            .par_iter()
            .flat_map_iter(|&slot| self.name_keys(slot).map(|key| (key, slot)))
            .filter(|(key, _)| namesakes.contains_key(key))
            .collect();
        for (key, slot) in bearers {
            let of_key = namesakes.entry(key).or_default();
            push_first(&mut of_key.all, slot);
            if probes.is_some_and(|probes| probes[slot as usize]) {
                push_first(&mut of_key.probes, slot);
            }
        }
        namesakes.retain(|_, of_key| !of_key.all.is_empty());
        namesakes
    }

    /// What a row without a place matches of its namesakes; with all of them if it is a probe itself.
    fn met_elsewhere(
        &self,
        lone: u32,
        with_all: bool,
        namesakes: &NumberMap<u64, Namesakes>,
    ) -> Vec<(u32, Verdict)> {
        let keys = self.name_keys(lone);
        let of_keys = keys.iter().filter_map(|key| namesakes.get(key));
        let mut slots: Vec<u32> = of_keys
            .flat_map(|of_key| if with_all { &of_key.all } else { &of_key.probes })
            .copied()
            .collect();
        slots.sort_unstable();
        slots.dedup();
        slots.truncate(MET_ELSEWHERE);
        let look = |slot: u32| Glance::at(&self.vocabulary, self.rows.words(slot));
        let glance = look(lone);
        let mut met: Vec<(u32, Verdict)> = Vec::new();
        let mut one_place = true;
        for slot in slots {
            let both_known = self.rows.is_reference(lone) && self.rows.is_reference(slot);
            if both_known || glance.contradicts(look(slot)) {
                continue;
            }
            if let Some(edge) = self.match_edge(lone, slot) {
                one_place &= met
                    .last()
                    .is_none_or(|&(other, _)| self.block(other) == self.block(slot));
                met.push((slot, edge.verdict));
                if !one_place && self.rows.postcodes[lone as usize] == 0 {
                    return Vec::new();
                }
            }
        }
        met.retain(|(_, verdict)| one_place || verdict.postcode == Some(true));
        met.truncate(ELSEWHERE);
        met
    }

    /// Hashes of all that is said in a name, and of its proper names alone, in no order.
    fn name_keys(&self, slot: u32) -> [u64; 2] {
        let mut whole = 0_u64;
        let mut proper = 0_u64;
        for &word in self.rows.words(slot).iter().filter(|&&word| word & OWNER == 0) {
            let facts = self.vocabulary.word(word & WORD).facts;
            let hash = if facts.trade == 0 {
                mix(u64::from(word & WORD) << 8)
            } else {
                mix(u64::from(facts.trade))
            };
            whole = whole.wrapping_add(hash);
            if !facts.is(TRADE | SISTER | NUMBER) {
                proper = proper.wrapping_add(hash);
            }
        }
        [mix(whole), if proper == 0 { mix(whole) } else { proper }]
    }
}
