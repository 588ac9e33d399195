//! The index: normal forms of all known rows, as flat arrays.
//!
//! It keeps no posting lists. A search streams the arrays once, which at a million rows takes less time than a person
//! notices; in return rows are added, replaced and removed in place and the whole is written and read as it lies.

use std::ops::Range;

use rayon::prelude::*;

use super::company::{Reading, read_word};
use super::compare::Name;
use super::email::normal_email;
use super::hash::{NumberMap, NumberSet, count, hash_bytes};
use super::phone::normal_phone;
use super::place::{Place, postcode};
use super::placeholder::is_placeholder;
use super::places::{NOWHERE, Places};
use super::reader::{WordAt, assemble, split_name};
use super::record::{Cancelled, Phase, Phone, Progress, Record, Side, Watch};
use super::vocabulary::Vocabulary;

/// All rows that are compared with each other: those of a project and those of its reference data.
#[derive(Clone, Default)]
pub struct Index {
    pub(super) vocabulary: Vocabulary,
    pub(super) places: Places,
    pub(super) rows: Rows,
    /// Whether rows came or went since the words were weighed.
    pub(super) stale: bool,
}

/// The rows' normal forms, one array a field. A row is known by its slot, which never changes.
#[derive(Clone, Default)]
pub(super) struct Rows {
    pub(super) ids: Vec<u32>,
    pub(super) marks: Vec<u8>,
    /// 0 for none.
    pub(super) email_hashes: Vec<u64>,
    pub(super) email_ends: Vec<u32>,
    pub(super) emails: String,
    /// 0 for none.
    pub(super) phones: Vec<u64>,
    pub(super) word_ends: Vec<u32>,
    pub(super) words: Vec<u32>,
    pub(super) forms: Vec<u16>,
    pub(super) places: Vec<u32>,
    pub(super) postcodes: Vec<u32>,
    pub(super) removed: usize,
}

pub(super) const REFERENCE: u8 = 1;
pub(super) const REMOVED: u8 = 2;

/// Rows that one thread reads at a time.
const CHUNK: usize = 4096;

impl Rows {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn is_live(&self, slot: u32) -> bool {
        self.marks[slot as usize] & REMOVED == 0
    }

    pub(super) fn is_reference(&self, slot: u32) -> bool {
        self.marks[slot as usize] & REFERENCE != 0
    }

    pub(super) fn email(&self, slot: u32) -> &str {
        &self.emails[range(&self.email_ends, slot)]
    }

    pub(super) fn words(&self, slot: u32) -> &[u32] {
        &self.words[range(&self.word_ends, slot)]
    }

    pub(super) fn name(&self, slot: u32) -> Name<'_> {
        Name {
            words: self.words(slot),
            forms: self.forms[slot as usize],
        }
    }

    pub(super) fn same_email(&self, left: u32, right: u32) -> bool {
        let hash = self.email_hashes[left as usize];
        hash != 0 && hash == self.email_hashes[right as usize] && self.email(left) == self.email(right)
    }

    pub(super) fn same_phone(&self, left: u32, right: u32) -> bool {
        let phone = self.phones[left as usize];
        phone != 0 && phone == self.phones[right as usize]
    }
}

/// What lies between the end of the entry before and the end of this one.
fn range(ends: &[u32], at: u32) -> Range<usize> {
    let at = at as usize;
    let start = if at == 0 { 0 } else { ends[at - 1] as usize };
    start..ends[at] as usize
}

/// A chunk of rows as one thread reads it, before new words and places have numbers.
#[derive(Default)]
struct Draft<'r> {
    emails: String,
    email_ends: Vec<u32>,
    email_hashes: Vec<u64>,
    phones: Vec<u64>,
    postcodes: Vec<u32>,
    words: Vec<WordAt>,
    word_ends: Vec<u32>,
    /// Numbers of the cities' spellings.
    cities: Vec<u32>,
    /// Places in `words` and `cities` whose text is new, with the text.
    new_words: Vec<(u32, &'r str)>,
    new_cities: Vec<(u32, &'r str)>,
    /// Filled in the second step.
    numbers: Vec<u32>,
    number_ends: Vec<u32>,
    forms: Vec<u16>,
    places: Vec<u32>,
}

const UNKNOWN: u32 = u32::MAX;

impl Index {
    /// An index without rows.
    pub fn new() -> Self {
        let mut index = Self::default();
        // Single letters at the end of a name are read as these.
        for number in ["1", "5", "10"] {
            index.vocabulary.add(number);
        }
        index
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len() - self.rows.removed
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds rows. Ids must be new to the index; to change rows use [`Index::replace`].
    ///
    /// # Errors
    /// When `watch` asks to stop; the rows of finished chunks then are in the index and the rest is not.
    pub fn extend(&mut self, side: Side, records: &[Record<'_>], watch: &Watch<'_>) -> Result<(), Cancelled> {
        let together = CHUNK * rayon::current_num_threads().max(1) * 4;
        for (round, batch) in records.chunks(together).enumerate() {
            watch.check()?;
            self.add(side, batch);
            (watch.progress)(Progress {
                phase: Phase::Reading,
                done: round * together + batch.len(),
                total: records.len(),
            });
        }
        Ok(())
    }

    fn add(&mut self, side: Side, records: &[Record<'_>]) {
        self.stale = true;
        let chunk = records
            .len()
            .div_ceil(rayon::current_num_threads().max(1) * 2)
            .clamp(64, CHUNK);
        let mut drafts: Vec<Draft<'_>> = records.par_chunks(chunk).map(|rows| self.draft(rows)).collect();
        self.learn(&mut drafts);
        let index = &*self;
        drafts.par_iter_mut().for_each(|draft| index.finish(draft));
        for (draft, rows) in drafts.iter().zip(records.chunks(chunk)) {
            self.append(side, draft, rows);
        }
    }

    /// First step, in parallel: everything that needs no new number.
    fn draft<'r>(&self, records: &[Record<'r>]) -> Draft<'r> {
        let mut draft = Draft::default();
        for (row, record) in (0_u32..).zip(records) {
            let email = normal_email(record.email);
            draft.emails.push_str(email.as_deref().unwrap_or(""));
            draft.email_ends.push(count(draft.emails.len()));
            draft
                .email_hashes
                .push(email.map_or(0, |email| hash_bytes(email.as_bytes()).max(1)));
            let phone = match record.phone {
                Phone::None => None,
                Phone::Normal(number) => Some(number),
                Phone::Written(text, region) => normal_phone(text, region),
            };
            draft.phones.push(phone.map_or(0, super::phone::E164::digits));
            draft.postcodes.push(postcode(record.postcode));
            if !is_placeholder(record.company) {
                split_name(record.company, |word, signs| {
                    let written = self.vocabulary.find_written(word).unwrap_or_else(|| {
                        draft.new_words.push((count(draft.words.len()), word));
                        UNKNOWN
                    });
                    draft.words.push(WordAt { written, signs });
                });
            }
            draft.word_ends.push(count(draft.words.len()));
            let city = self.places.find(record.city).unwrap_or_else(|| {
                draft.new_cities.push((row, record.city));
                UNKNOWN
            });
            draft.cities.push(city);
        }
        draft
    }

    /// Second step: new words and cities get their numbers, in the order of the rows. What takes time, reading them, is done
    /// in parallel.
    fn learn(&mut self, drafts: &mut [Draft<'_>]) {
        /// Fewer are not worth a second thread.
        const TOGETHER: usize = 64;
        let (mut new_words, mut new_cities) = (Vec::new(), Vec::new());
        let mut ends = Vec::with_capacity(drafts.len());
        for draft in &mut *drafts {
            for &(place, text) in &draft.new_words {
                let (number, new) = self.vocabulary.number_written(text);
                if new {
                    new_words.push(text);
                }
                draft.words[place as usize].written = number;
            }
            for &(row, text) in &draft.new_cities {
                let (number, new) = self.places.number_spelling(text);
                if new {
                    new_cities.push(text);
                }
                draft.cities[row as usize] = number;
            }
            ends.push((new_words.len(), new_cities.len()));
        }
        let words = new_words.par_iter().with_min_len(TOGETHER);
        let mut words: Vec<Reading> = words.map(|word| read_word(word)).collect();
        let cities = new_cities.par_iter().with_min_len(TOGETHER);
        let mut cities: Vec<Option<Place>> = cities.map(|city| Place::read(city)).collect();
        let (mut words, mut cities) = (words.drain(..), cities.drain(..));
        let mut learnt = (0, 0);
        for end in ends {
            for reading in words.by_ref().take(end.0 - learnt.0) {
                self.vocabulary.learn_reading(&reading);
            }
            for place in cities.by_ref().take(end.1 - learnt.1) {
                self.places.learn_place(place, &mut self.vocabulary);
            }
            learnt = end;
        }
    }

    /// Third step, in parallel: names are put together.
    fn finish(&self, draft: &mut Draft<'_>) {
        for row in 0..draft.cities.len() {
            let spelling = draft.cities[row];
            let place = self.places.of_spelling(spelling);
            let words = &draft.words[range(&draft.word_ends, count(row))];
            let forms = assemble(
                &self.vocabulary,
                words,
                self.places.words(place),
                &mut draft.numbers,
            );
            draft.number_ends.push(count(draft.numbers.len()));
            draft.forms.push(forms);
            draft.places.push(place);
            if draft.postcodes[row] == 0 {
                draft.postcodes[row] = self.places.postcode(spelling);
            }
        }
    }

    /// Fourth step: the rows go where they stay.
    fn append(&mut self, side: Side, draft: &Draft<'_>, records: &[Record<'_>]) {
        let rows = &mut self.rows;
        let mark = if side == Side::Reference { REFERENCE } else { 0 };
        rows.ids.extend(records.iter().map(|record| record.id));
        rows.marks.extend(std::iter::repeat_n(mark, records.len()));
        let start = count(rows.emails.len());
        rows.emails.push_str(&draft.emails);
        rows.email_ends
            .extend(draft.email_ends.iter().map(|end| start + end));
        rows.email_hashes.extend_from_slice(&draft.email_hashes);
        rows.phones.extend_from_slice(&draft.phones);
        rows.postcodes.extend_from_slice(&draft.postcodes);
        let start = count(rows.words.len());
        rows.words.extend_from_slice(&draft.numbers);
        rows.word_ends
            .extend(draft.number_ends.iter().map(|end| start + end));
        rows.forms.extend_from_slice(&draft.forms);
        rows.places.extend_from_slice(&draft.places);
        for (row, &place) in (0..).zip(&draft.places) {
            self.vocabulary.see(
                &draft.numbers[range(&draft.number_ends, row)],
                self.places.meaning(place),
            );
        }
        for &place in &draft.places {
            self.places.see(place);
        }
    }

    /// Takes a row out; false when there is none of that id.
    pub fn remove(&mut self, id: u32) -> bool {
        let Some(slot) = self.slot(id) else {
            return false;
        };
        self.take_out(slot);
        true
    }

    fn take_out(&mut self, slot: u32) {
        self.stale = true;
        self.rows.marks[slot as usize] |= REMOVED;
        self.rows.removed += 1;
        self.places.forget(self.rows.places[slot as usize]);
    }

    /// Puts a row in the place of the one of the same id, or adds it where there is none.
    pub fn replace(&mut self, side: Side, record: &Record<'_>) {
        self.remove(record.id);
        self.add(side, std::slice::from_ref(record));
    }

    /// Puts many rows in the places of those of the same ids, or adds them; gives the ids of those that say something else
    /// than before. Rows that do not are left as they are: most edits are of fields that nothing is compared by.
    pub fn replace_all(&mut self, side: Side, records: &[Record<'_>]) -> Vec<u32> {
        let wanted: NumberSet<u32> = records.iter().map(|record| record.id).collect();
        let known = (0_u32..).zip(&self.rows.ids);
        let known: NumberMap<u32, u32> = known
            .filter(|(slot, id)| wanted.contains(id) && self.rows.is_live(*slot))
            .map(|(slot, id)| (*id, slot))
            .collect();
        let mut changed: Vec<Record<'_>> = Vec::new();
        for records in records.chunks(CHUNK) {
            let mut draft = self.draft(records);
            self.learn(std::slice::from_mut(&mut draft));
            self.finish(&mut draft);
            for (row, record) in (0_u32..).zip(records) {
                match known.get(&record.id) {
                    Some(&slot) if self.says(slot, side, &draft, row) => {}
                    known => {
                        changed.push(*record);
                        if let Some(&slot) = known {
                            self.take_out(slot);
                        }
                    }
                }
            }
        }
        for records in changed.chunks(CHUNK) {
            self.add(side, records);
        }
        changed.iter().map(|record| record.id).collect()
    }

    /// Whether a slot holds what a row of a finished draft says.
    fn says(&self, slot: u32, side: Side, draft: &Draft<'_>, row: u32) -> bool {
        let rows = &self.rows;
        let (at, of_draft) = (slot as usize, row as usize);
        rows.is_reference(slot) == (side == Side::Reference)
            && rows.phones[at] == draft.phones[of_draft]
            && rows.forms[at] == draft.forms[of_draft]
            && rows.places[at] == draft.places[of_draft]
            && rows.postcodes[at] == draft.postcodes[of_draft]
            && rows.words(slot) == &draft.numbers[range(&draft.number_ends, row)]
            && rows.email(slot) == &draft.emails[range(&draft.email_ends, row)]
    }

    /// The slot of a row.
    pub(super) fn slot(&self, id: u32) -> Option<u32> {
        // The newest first: a replaced row has left its old slot behind.
        let at = self.rows.ids.iter().rposition(|&known| known == id)?;
        let slot = count(at);
        self.rows.is_live(slot).then_some(slot)
    }

    /// The slots of many rows, in order of the slots; ids that are not known are passed over.
    pub(super) fn slots(&self, ids: &[u32]) -> Vec<u32> {
        if let [id] = ids {
            return self.slot(*id).into_iter().collect();
        }
        let wanted: NumberMap<u32, ()> = ids.iter().map(|&id| (id, ())).collect();
        let known = (0_u32..).zip(&self.rows.ids);
        known
            .filter(|(slot, id)| wanted.contains_key(id) && self.rows.is_live(*slot))
            .map(|(slot, _)| slot)
            .collect()
    }

    /// Weighs words and places anew after rows came or went.
    pub(super) fn prepare(&mut self) {
        if self.stale {
            self.vocabulary.weigh(self.len());
            self.vocabulary.feature_new_words();
            self.places.resolve();
            self.stale = false;
        }
    }

    /// The block of a row by its city, [`NOWHERE`] without one.
    pub(super) fn block(&self, slot: u32) -> u32 {
        self.places.block(self.rows.places[slot as usize])
    }

    /// True where a row has a name and a place to compare it in.
    pub(super) fn has_name(&self, slot: u32) -> bool {
        !self.rows.words(slot).is_empty()
    }

    pub(super) fn has_place(&self, slot: u32) -> bool {
        self.rows.places[slot as usize] != NOWHERE
    }
}
