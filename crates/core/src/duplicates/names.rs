//! Stage three: rows whose company and city are alike.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::company::{DOUBLED, OWNER, UMLAUT, WORD};
use super::compare::{Glance, compare_names};
use super::hash::{NumberMap, count, mix};
use super::index::Index;
use super::join::{JoinSpace, candidates};
use super::places::{NOWHERE, blocks_by_postcode};
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

/// A row in a block: bit 31 tells that it belongs to another block by its city and to this one by its postcode.
const VISITING: u32 = 1 << 31;
const SLOT: u32 = VISITING - 1;

/// A row without a place is compared with at most so many rows of its name elsewhere.
const ELSEWHERE: usize = 16;

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
        if self.rows.is_reference(a) && self.rows.is_reference(b) {
            return None;
        }
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
        let done = std::sync::atomic::AtomicUsize::new(0);
        // Spaces are large and blocks are mostly small: a space goes from block to block, one for each thread.
        let spaces: Mutex<Vec<JoinSpace>> = Mutex::new(Vec::new());
        let found = blocks
            .par_iter()
            .with_max_len(1)
            .map(|block| {
                watch.check()?;
                let free = spaces.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let mut space = free.unwrap_or_default();
                let found = self.match_block(block, probes, &mut space);
                spaces.lock().unwrap_or_else(PoisonError::into_inner).push(space);
                let before = done.fetch_add(block.len(), std::sync::atomic::Ordering::Relaxed);
                // A block is a town: villages are too many to tell of each.
                if before / 8192 != (before + block.len()) / 8192 {
                    (watch.progress)(Progress {
                        phase: Phase::Names,
                        done: before + block.len(),
                        total,
                    });
                }
                Ok(found)
            })
            .try_reduce(Found::default, |left, right| Ok(left.append(right)))?;
        watch.check()?;
        let mut found = found.append(self.match_elsewhere(probes));
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
        let by_postcode = blocks_by_postcode(
            self.named()
                .map(|slot| (rows.postcodes[slot as usize], self.block(slot))),
        );
        let nowhere = self.places.blocks();
        let mut sizes = vec![0_u32; nowhere + 1];
        let mut wanted = vec![probes.is_none(); nowhere + 1];
        // Where each row goes: by its city, and by its postcode where that is elsewhere.
        let mut homes: Vec<(u32, u32, u32)> = Vec::with_capacity(self.len());
        for slot in self.named() {
            let city = self.block(slot);
            let postcode = rows.postcodes[slot as usize];
            let near = if postcode == 0 {
                NOWHERE
            } else {
                by_postcode.get(&postcode).copied().unwrap_or(NOWHERE)
            };
            let (home, near) = match (city, near) {
                (NOWHERE, NOWHERE) => (count(nowhere), NOWHERE),
                (NOWHERE, near) => (near, NOWHERE),
                (home, near) if home == near => (home, NOWHERE),
                (home, near) => (home, near),
            };
            homes.push((slot, home, near));
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
        for (slot, home, near) in homes {
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

    fn match_block(&self, block: &[u32], probes: Option<&[bool]>, space: &mut JoinSpace) -> Found {
        let mut found = Found::default();
        let distinct;
        let rows = if probes.is_none() {
            distinct = self.collect_alike(block, &mut found.alike);
            &distinct
        } else {
            block
        };
        let probing = probes.map(|probes| move |row: usize| probes[(rows[row] & SLOT) as usize]);
        let words = |row: usize| self.rows.words(rows[row] & SLOT);
        // Few rows meet a probe: theirs are looked at when they do.
        let glances: Vec<Glance> = (0..if probes.is_none() { rows.len() } else { 0 })
            .map(|row| Glance::at(&self.vocabulary, words(row)))
            .collect();
        let glance = |row: usize| {
            let seen = glances.get(row).copied();
            seen.unwrap_or_else(|| Glance::at(&self.vocabulary, words(row)))
        };
        candidates(
            &self.vocabulary,
            (0..rows.len()).map(words),
            probing.as_ref().map(|probe| probe as &dyn Fn(usize) -> bool),
            space,
            |later, earlier| {
                let (a, b) = (rows[earlier], rows[later]);
                if a & b & VISITING == 0 && !glance(earlier).contradicts(glance(later)) {
                    found.edges.extend(self.match_edge(a & SLOT, b & SLOT));
                }
            },
        );
        found
    }

    /// Puts rows that say the same together and gives the first row of each such set, and all others, in order.
    fn collect_alike(&self, block: &[u32], alike: &mut Vec<Alike>) -> Vec<u32> {
        let rows = &self.rows;
        let mut keyed: Vec<(u64, u32)> = block
            .iter()
            .map(|&row| {
                let slot = row & SLOT;
                let place = rows.places[slot as usize];
                let mut key = mix(
                    u64::from(rows.postcodes[slot as usize]) << 16 | u64::from(rows.forms[slot as usize])
                );
                key = mix(key
                    ^ if place == NOWHERE {
                        0
                    } else {
                        self.places.meaning(place)
                    });
                for &word in rows.words(slot) {
                    key = mix(key ^ u64::from(word & (WORD | OWNER | UMLAUT | DOUBLED)));
                }
                (key, row)
            })
            .collect();
        keyed.sort_unstable_by_key(|(key, row)| (*key, row & SLOT));
        let mut first = Vec::with_capacity(block.len());
        for same in keyed.chunk_by(|left, right| left.0 == right.0) {
            first.push(same[0].1);
            let [(_, one), (_, two), ..] = same else {
                continue;
            };
            if let Some(verdict) = self.judge(one & SLOT, two & SLOT) {
                alike.push(Alike {
                    rows: same.iter().map(|(_, row)| row & SLOT).collect(),
                    verdict,
                });
            }
        }
        first.sort_unstable_by_key(|row| row & SLOT);
        first
    }

    /// Rows without city and postcode against those with: by their names alone, and only where the name is found in
    /// one place.
    fn match_elsewhere(&self, probes: Option<&[bool]>) -> Found {
        let probed = |slot: u32| probes.is_none_or(|probes| probes[slot as usize]);
        let mut wanted: NumberMap<u64, Vec<u32>> = NumberMap::default();
        let placeless = |slot: u32| !self.has_place(slot);
        let any_probe_has_place =
            probes.is_none_or(|_| self.named().any(|slot| probed(slot) && !placeless(slot)));
        for slot in self
            .named()
            .filter(|&slot| placeless(slot) && (any_probe_has_place || probed(slot)))
        {
            for key in self.name_keys(slot) {
                wanted.entry(key).or_default().push(slot);
            }
        }
        let mut found = Found::default();
        if wanted.is_empty() {
            return found;
        }
        let slots: Vec<u32> = self.named().filter(|&slot| !placeless(slot)).collect();
        let mut meetings: Vec<(u32, u32)> = slots
            .par_iter()
            .flat_map_iter(|&slot| {
                self.name_keys(slot)
                    .into_iter()
                    .flat_map(|key| wanted.get(&key).into_iter().flatten())
                    .map(move |&other| (other, slot))
            })
            .collect();
        meetings.par_sort_unstable();
        meetings.dedup();
        for met in meetings.chunk_by(|left, right| left.0 == right.0) {
            let edges: Vec<Edge> = met
                .iter()
                .filter(|(placeless, slot)| probed(*placeless) || probed(*slot))
                .take(ELSEWHERE * 4)
                .filter_map(|&(placeless, slot)| self.match_edge(placeless, slot))
                .collect();
            let block = |edge: &Edge| {
                if placeless(edge.a) {
                    self.block(edge.b)
                } else {
                    self.block(edge.a)
                }
            };
            let one_place = edges.windows(2).all(|pair| block(&pair[0]) == block(&pair[1]));
            found.edges.extend(
                edges
                    .into_iter()
                    .filter(|edge| one_place || edge.verdict.postcode == Some(true))
                    .take(ELSEWHERE),
            );
        }
        found
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
