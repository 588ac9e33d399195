//! All places of an index, and which of them mean the same one.

use super::hash::{NumberMap, Texts, count, hash_bytes};
use super::misspelt::merge_misspelt;
use super::place::Place;
use super::vocabulary::Vocabulary;

/// The place of a row that has none.
pub(super) const NOWHERE: u32 = u32::MAX;

#[derive(Clone, Default)]
pub(super) struct Places {
    /// Cells as they are written.
    spellings: Texts,
    /// By spelling.
    read: Vec<Option<Place>>,
    /// By spelling: words of the vocabulary that name the place.
    words: Vec<Vec<u32>>,
    /// By spelling: number of the base name, and a number for all it says.
    base: Vec<u32>,
    meaning: Vec<u64>,
    bases: Texts,
    /// By base: whether it is on the lists, and how many rows have it.
    known: Vec<bool>,
    rows: Vec<u32>,
    /// By base: the base it is taken for; filled by [`Places::resolve`].
    representative: Vec<u32>,
    /// Whether the field holds no towns but something longer that is mostly different from row to row (addresses,
    /// authors). Then it brings no rows together and keeps none apart.
    loose: bool,
    /// Whether any row is in a town; filled by [`Places::resolve`].
    anywhere: bool,
}

impl Places {
    pub(super) fn spellings(&self) -> &Texts {
        &self.spellings
    }

    pub(super) fn find(&self, text: &str) -> Option<u32> {
        self.spellings.find(text)
    }

    /// The number of a spelling, reading it when it is new.
    pub(super) fn learn(&mut self, text: &str, vocabulary: &mut Vocabulary) -> u32 {
        let (number, new) = self.number_spelling(text);
        if new {
            self.learn_place(Place::read(text), vocabulary);
        }
        number
    }

    /// The number of a spelling, and whether it is new; then [`Places::learn_place`] has to follow, in the order in which
    /// the spellings came.
    pub(super) fn number_spelling(&mut self, text: &str) -> (u32, bool) {
        self.spellings.intern(text)
    }

    /// Takes in what the next new spelling says.
    pub(super) fn learn_place(&mut self, mut place: Option<Place>, vocabulary: &mut Vocabulary) {
        let (base, meaning, words) = match &mut place {
            None => (NOWHERE, 0, Vec::new()),
            Some(place) => {
                let (base, fresh) = self.bases.intern(&place.base);
                if fresh {
                    self.known.push(place.known);
                    self.rows.push(0);
                }
                let said = format!("{} {}", place.base, place.qualifiers.join(" "));
                let words = std::mem::take(&mut place.words);
                let words = words.iter().map(|word| vocabulary.add(word)).collect();
                (base, hash_bytes(said.as_bytes()), words)
            }
        };
        self.base.push(base);
        self.meaning.push(meaning);
        self.words.push(words);
        self.read.push(place);
    }

    /// The place of a spelling as rows keep it: the spelling's number, or [`NOWHERE`].
    pub(super) fn of_spelling(&self, spelling: u32) -> u32 {
        if self.base[spelling as usize] == NOWHERE {
            NOWHERE
        } else {
            spelling
        }
    }

    pub(super) fn words(&self, place: u32) -> &[u32] {
        self.words.get(place as usize).map_or(&[], Vec::as_slice)
    }

    /// A postcode that stands in the cell.
    pub(super) fn postcode(&self, spelling: u32) -> u32 {
        self.read[spelling as usize]
            .as_ref()
            .map_or(0, |place| place.postcode)
    }

    pub(super) fn see(&mut self, place: u32) {
        if place != NOWHERE {
            self.rows[self.base[place as usize] as usize] += 1;
        }
    }

    pub(super) fn forget(&mut self, place: u32) {
        if place != NOWHERE {
            let rows = &mut self.rows[self.base[place as usize] as usize];
            *rows = rows.saturating_sub(1);
        }
    }

    /// Finds out which base names are misspellings of others.
    pub(super) fn resolve(&mut self) {
        let bases: Vec<(&str, u32, bool)> = self
            .bases
            .iter()
            .zip(&self.rows)
            .zip(&self.known)
            .map(|((name, rows), known)| (name, *rows, *known))
            .collect();
        let rows: u32 = self.rows.iter().sum();
        let unknown = || self.read.iter().flatten().filter(|place| !place.known);
        let words: usize = unknown().map(|place| place.beginnings.len()).sum();
        let several = unknown().count();
        self.anywhere = rows > 0;
        self.loose = rows >= 40 && several > rows as usize / 2 && words > 3 * several;
        if self.loose {
            // They bring no rows together, and there may be as many of them as rows.
            self.representative = (0..count(bases.len())).collect();
            return;
        }
        self.representative = merge_misspelt(&bases).into_iter().map(count).collect();
        for place in self.read.iter().flatten() {
            let Some(base) = self.bases.find(&place.base) else {
                continue;
            };
            // "New York City" is New York, "Kleinkleckersdorf Süd" Kleinkleckersdorf, if the rows know those.
            let shorter = place
                .beginnings
                .iter()
                .rev()
                .skip(1)
                .filter(|&&length| length > 3);
            let town = shorter
                .filter_map(|&length| self.bases.find(&place.base[..length]))
                .find(|&town| {
                    self.rows[town as usize] > 0
                        && (self.known[town as usize]
                            || 2 * self.rows[town as usize] >= self.rows[base as usize])
                });
            if let Some(town) = town
                && self.representative[base as usize] == base
            {
                self.representative[base as usize] = self.representative[town as usize];
            }
        }
    }

    /// Whether the rows are in towns at all: in a list of titles or products a place that is missing says nothing.
    pub(super) fn tell_apart(&self) -> bool {
        self.anywhere && !self.loose
    }

    /// Rows of one block can be in the same place; rows of two blocks cannot. [`NOWHERE`] stays itself.
    pub(super) fn block(&self, place: u32) -> u32 {
        if place == NOWHERE || self.loose {
            NOWHERE
        } else {
            self.representative[self.base[place as usize] as usize]
        }
    }

    pub(super) fn blocks(&self) -> usize {
        self.representative.len()
    }

    /// How many rows have the base name of one of two places, the larger number; `None` where a place is missing or they are two.
    pub(super) fn rows_near(&self, left: u32, right: u32) -> Option<u32> {
        if self.loose || self.block(left) != self.block(right) {
            return None;
        }
        let rows = |place: u32| {
            self.base
                .get(place as usize)
                .and_then(|base| self.rows.get(*base as usize))
                .copied()
        };
        Some(rows(left)?.max(rows(right)?))
    }

    /// A number that two places share exactly when they say the same but for the part of the town.
    pub(super) fn meaning(&self, place: u32) -> u64 {
        self.meaning.get(place as usize).copied().unwrap_or(0)
    }

    /// The folded name with what tells it from others, for people to see.
    pub(super) fn form(&self, place: u32) -> String {
        let place = self.read.get(place as usize).and_then(Option::as_ref);
        place.map_or_else(String::new, |place| {
            let mut form = place.base.clone();
            for qualifier in place.qualifiers.iter().chain(&place.district) {
                form.push(' ');
                form.push_str(qualifier);
            }
            form
        })
    }

    /// How alike two places are, 0 to 1; `None` where one is missing.
    pub(super) fn compare(&self, left: u32, right: u32) -> Option<f32> {
        if left == NOWHERE || right == NOWHERE {
            return None;
        }
        if left == right {
            return Some(1.0);
        }
        if self.loose {
            return (self.base[left as usize] == self.base[right as usize]).then_some(1.0);
        }
        if self.block(left) != self.block(right) {
            return Some(0.0);
        }
        let (one, two) = (
            self.read[left as usize].as_ref()?,
            self.read[right as usize].as_ref()?,
        );
        let misspelt = self.base[left as usize] != self.base[right as usize];
        Some(one.agree(two) * if misspelt { 0.9 } else { 1.0 })
    }
}

/// For each postcode the block that most of its rows are in.
#[derive(Default)]
pub(super) struct BlockOfPostcode {
    /// By postcode, for those of up to five digits: block and votes.
    short: Vec<(u32, u32)>,
    other: NumberMap<u32, (u32, u32)>,
}

const SHORT: usize = 100_000;

impl BlockOfPostcode {
    /// By majority vote in the order of the rows.
    pub(super) fn of(rows: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut votes = BlockOfPostcode::default();
        for (postcode, block) in rows {
            if postcode == 0 || block == NOWHERE {
                continue;
            }
            if votes.short.is_empty() {
                votes.short.resize(SHORT, (NOWHERE, 0));
            }
            let vote = match votes.short.get_mut(postcode as usize) {
                Some(vote) => vote,
                None => votes.other.entry(postcode).or_insert((NOWHERE, 0)),
            };
            if vote.0 == block {
                vote.1 += 1;
            } else if vote.1 == 0 {
                *vote = (block, 1);
            } else {
                vote.1 -= 1;
            }
        }
        votes
    }

    /// [`NOWHERE`] for a postcode that stands beside no town.
    pub(super) fn get(&self, postcode: u32) -> u32 {
        let vote = match self.short.get(postcode as usize) {
            Some(vote) => Some(vote),
            None => self.other.get(&postcode),
        };
        vote.map_or(NOWHERE, |vote| vote.0)
    }
}
