//! Puts the three stages together: equal addresses, equal numbers, alike names.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::hash::{NumberMap, NumberSet, count};
use super::index::Index;
use super::names::{Alike, Edge, Found, Verdict};
use super::record::{Cancelled, EMAIL_SCORE, LIMIT, PHONE_SCORE, Pair, Phase, Progress, Reason, Watch};

/// Sets of equal rows up to this size give every pair of theirs; see [`Index::find_all`].
pub const LARGEST_FULL_SET: usize = 100;
/// Smaller limits that are fallen back to, and the pairs from which on.
const FALLBACKS: [usize; 3] = [50, 25, 10];
const MOST_PAIRS: usize = 4_000_000;

/// Pairs of rows that a person has declared to be two: they are never reported again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Separated(std::collections::BTreeSet<(u32, u32)>);

impl Separated {
    /// Declares two rows to be two; false when they were already.
    pub fn insert(&mut self, a: u32, b: u32) -> bool {
        self.0.insert((a.min(b), a.max(b)))
    }

    /// Takes the declaration back; false when there was none.
    pub fn remove(&mut self, a: u32, b: u32) -> bool {
        self.0.remove(&(a.min(b), a.max(b)))
    }

    /// Whether two rows were declared to be two.
    pub fn contains(&self, a: u32, b: u32) -> bool {
        !self.0.is_empty() && self.0.contains(&(a.min(b), a.max(b)))
    }

    /// All declarations, smaller id first, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<(u32, u32)> for Separated {
    fn from_iter<T: IntoIterator<Item = (u32, u32)>>(pairs: T) -> Self {
        let mut all = Self::default();
        for (a, b) in pairs {
            all.insert(a, b);
        }
        all
    }
}

/// Rows (ascending slots) that are all equal in one respect.
struct EqualRows {
    rows: Vec<u32>,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Email,
    Phone,
    Name(Verdict),
}

impl Index {
    /// All pairs of rows that are the same lead, surely or perhaps, by the order in which the rows came.
    ///
    /// Each pair appears once, with its best stage; pairs of two reference rows and those in `separated` are left out.
    /// Rows that are equal (address, number, or name and place) give every pair among them up to
    /// [`LARGEST_FULL_SET`] rows; larger sets give the pairs with their first row, which is enough to hold the group
    /// together. Where even that limit would give more than some four million pairs, smaller limits apply, down to ten
    /// rows.
    ///
    /// # Errors
    /// When `watch` asks to stop.
    pub fn find_all(&mut self, separated: &Separated, watch: &Watch<'_>) -> Result<Vec<Pair>, Cancelled> {
        self.prepare();
        self.find(None, separated, watch)
    }

    /// The pairs that involve one of the rows `ids`, which must be in the index already. Unknown ids are passed over.
    ///
    /// # Errors
    /// When `watch` asks to stop.
    pub fn find_for(
        &mut self,
        ids: &[u32],
        separated: &Separated,
        watch: &Watch<'_>,
    ) -> Result<Vec<Pair>, Cancelled> {
        self.prepare();
        let mut probes = vec![false; self.rows.len()];
        for slot in self.slots(ids) {
            probes[slot as usize] = true;
        }
        self.find(Some(&probes), separated, watch)
    }

    fn find(
        &self,
        probes: Option<&[bool]>,
        separated: &Separated,
        watch: &Watch<'_>,
    ) -> Result<Vec<Pair>, Cancelled> {
        let total = self.len();
        let progress = |done| {
            (watch.progress)(Progress {
                phase: Phase::Keys,
                done,
                total,
            });
        };
        watch.check()?;
        let mut equal = self.equal_emails(probes);
        progress(total / 2);
        watch.check()?;
        equal.append(&mut self.equal_phones(probes));
        progress(total);
        let Found { alike, edges } = self.match_names(probes, watch)?;
        let mut edge_pairs = Vec::with_capacity(edges.len());
        spread(&edges, &alike, &mut edge_pairs);
        let probed = |row: u32| probes.is_none_or(|probes| probes[row as usize]);
        edge_pairs.retain(|&(a, b, _)| probed(a) || probed(b));
        let matching = alike.into_iter().filter(|alike| alike.verdict.score >= LIMIT);
        let matching = matching.filter(|alike| alike.rows.iter().any(|&row| probed(row)));
        equal.extend(matching.map(|alike| EqualRows {
            rows: alike.rows,
            kind: Kind::Name(alike.verdict),
        }));
        let limit = full_set_limit(&equal);
        let mut slots: Vec<(u32, u32, Kind)> = Vec::new();
        for set in &equal {
            self.pair_up(set, limit, probes, separated, &mut slots);
        }
        slots.append(&mut edge_pairs);
        let both_known = |a: u32, b: u32| self.rows.is_reference(a) && self.rows.is_reference(b);
        slots.retain(|&(a, b, kind)| {
            let better = match kind {
                Kind::Email => false,
                Kind::Phone => self.rows.same_email(a, b),
                Kind::Name(_) => self.rows.same_email(a, b) || self.rows.same_phone(a, b),
            };
            !better
                && !both_known(a, b)
                && !separated.contains(self.rows.ids[a as usize], self.rows.ids[b as usize])
        });
        slots.par_sort_unstable_by_key(|(a, b, _)| (*a, *b));
        slots.dedup_by_key(|(a, b, _)| (*a, *b));
        Ok(slots
            .into_iter()
            .map(|(a, b, kind)| self.pair(a, b, kind))
            .collect())
    }

    fn pair(&self, a: u32, b: u32, kind: Kind) -> Pair {
        let verdict = match kind {
            Kind::Name(verdict) => Some(verdict),
            Kind::Email | Kind::Phone => None,
        };
        Pair {
            a: self.rows.ids[a as usize],
            b: self.rows.ids[b as usize],
            score: match kind {
                Kind::Email => EMAIL_SCORE,
                Kind::Phone => PHONE_SCORE,
                Kind::Name(verdict) => verdict.score,
            },
            reason: match kind {
                Kind::Email => Reason::EmailExact,
                Kind::Phone => Reason::PhoneNormalized,
                Kind::Name(_) => Reason::CompanyFuzzy,
            },
            company: verdict.map(|verdict| verdict.company),
            city: verdict.and_then(|verdict| verdict.city),
            postcode: verdict.and_then(|verdict| verdict.postcode),
        }
    }

    fn equal_emails(&self, probes: Option<&[bool]>) -> Vec<EqualRows> {
        let sets = self.equal_keys(&self.rows.email_hashes, probes);
        let mut out = Vec::with_capacity(sets.len());
        for rows in sets {
            // One hash may be that of two addresses.
            let mut by_text: std::collections::BTreeMap<&str, Vec<u32>> = std::collections::BTreeMap::new();
            let uniform = rows
                .iter()
                .all(|&row| self.rows.email(row) == self.rows.email(rows[0]));
            if uniform {
                out.push(EqualRows {
                    rows,
                    kind: Kind::Email,
                });
                continue;
            }
            for row in rows {
                by_text.entry(self.rows.email(row)).or_default().push(row);
            }
            let several = by_text.into_values().filter(|rows| rows.len() > 1);
            out.extend(several.map(|rows| EqualRows {
                rows,
                kind: Kind::Email,
            }));
        }
        out
    }

    fn equal_phones(&self, probes: Option<&[bool]>) -> Vec<EqualRows> {
        let sets = self.equal_keys(&self.rows.phones, probes);
        sets.into_iter()
            .map(|rows| EqualRows {
                rows,
                kind: Kind::Phone,
            })
            .collect()
    }

    /// Sets of live rows with the same key other than 0; with probes, the sets that hold one.
    fn equal_keys(&self, keys: &[u64], probes: Option<&[bool]>) -> Vec<Vec<u32>> {
        let live = || {
            let slots = (0..count(keys.len())).into_par_iter();
            slots.filter(move |&slot| keys[slot as usize] != 0 && self.rows.is_live(slot))
        };
        if let Some(probes) = probes {
            let probed = probes.iter().zip(keys).filter(|(probe, _)| **probe);
            let wanted: NumberSet<u64> = probed.map(|(_, key)| *key).collect();
            let met: Vec<u32> = live()
                .filter(|&slot| wanted.contains(&keys[slot as usize]))
                .collect();
            let mut sets: NumberMap<u64, Vec<u32>> = NumberMap::default();
            for slot in met {
                sets.entry(keys[slot as usize]).or_default().push(slot);
            }
            let mut sets: Vec<Vec<u32>> = sets.into_values().filter(|rows| rows.len() > 1).collect();
            sets.sort_unstable();
            return sets;
        }
        let mut keyed: Vec<(u64, u32)> = live().map(|slot| (keys[slot as usize], slot)).collect();
        keyed.par_sort_unstable();
        let runs = keyed.chunk_by(|left, right| left.0 == right.0);
        runs.filter(|run| run.len() > 1)
            .map(|run| run.iter().map(|(_, slot)| *slot).collect())
            .collect()
    }

    /// The pairs of a set of equal rows: all of them, or in large sets those with one row.
    fn pair_up(
        &self,
        set: &EqualRows,
        limit: usize,
        probes: Option<&[bool]>,
        separated: &Separated,
        out: &mut Vec<(u32, u32, Kind)>,
    ) {
        let rows = &set.rows;
        let ids = &self.rows.ids;
        let wanted = |a: u32, b: u32| {
            let two_references = self.rows.is_reference(a) && self.rows.is_reference(b);
            !two_references && !separated.contains(ids[a as usize], ids[b as usize])
        };
        let probed = |a: u32, b: u32| probes.is_none_or(|probes| probes[a as usize] || probes[b as usize]);
        let mut push = |a: u32, b: u32| {
            if probed(a, b) {
                out.push((a.min(b), a.max(b), set.kind));
            }
        };
        if rows.len() <= limit {
            for (at, &b) in rows.iter().enumerate() {
                for &a in rows[..at].iter().filter(|&&a| wanted(a, b)) {
                    push(a, b);
                }
            }
            return;
        }
        // The middle of the star is a row of the project: references alone make no pair.
        let Some(middle) = rows.iter().position(|&row| !self.rows.is_reference(row)) else {
            return;
        };
        let order = std::iter::once(middle).chain((0..rows.len()).filter(|&at| at != middle));
        let order: Vec<u32> = order.map(|at| rows[at]).collect();
        for (at, &b) in order.iter().enumerate().skip(1) {
            // Nearly always the first; another one where a person has separated the two.
            if let Some(&a) = order[..at].iter().find(|&&a| wanted(a, b)) {
                push(a, b);
            }
        }
    }
}

/// Hands on what matches the first of several rows that say the same to all of them, unless that gives too many pairs.
fn spread(edges: &[Edge], alike: &[Alike], out: &mut Vec<(u32, u32, Kind)>) {
    let sets: NumberMap<u32, &Alike> = alike.iter().map(|set| (set.rows[0], set)).collect();
    for edge in edges {
        let kind = Kind::Name(edge.verdict);
        let (one, two) = (sets.get(&edge.a), sets.get(&edge.b));
        let members = |set: Option<&&Alike>| set.map_or(1, |set| set.rows.len());
        if members(one) == 1 && members(two) == 1 || members(one) * members(two) > LARGEST_FULL_SET {
            out.push((edge.a, edge.b, kind));
            continue;
        }
        let (single_a, single_b) = ([edge.a], [edge.b]);
        let rows_a = one.map_or(&single_a[..], |set| &set.rows);
        let rows_b = two.map_or(&single_b[..], |set| &set.rows);
        for &a in rows_a {
            out.extend(rows_b.iter().map(|&b| (a.min(b), a.max(b), kind)));
        }
    }
}

/// The largest set of which every pair is given, so that there are not too many pairs.
fn full_set_limit(sets: &[EqualRows]) -> usize {
    let pairs = |limit: usize| -> usize {
        let of = |length: usize| {
            if length <= limit {
                length * (length - 1) / 2
            } else {
                length - 1
            }
        };
        sets.iter().map(|set| of(set.rows.len())).sum()
    };
    let mut limits = std::iter::once(LARGEST_FULL_SET).chain(FALLBACKS);
    limits.find(|&limit| pairs(limit) <= MOST_PAIRS).unwrap_or(10)
}
