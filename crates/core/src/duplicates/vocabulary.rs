//! All words of an index: how they are read, what is known about them, how many rows have them.

use rayon::prelude::*;

use super::company::{Class, Reading, WORD};
use super::hash::{Texts, count, hash_bytes, mix};
use super::words::{CITY, FILLER, Facts, GIVEN, HOUSE, Lexicon, NUMBER, SISTER, SURNAME, TRADE};

/// What comparing needs to know about one word.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Word {
    /// How much the word says: the logarithm of how rarely it is seen. Brought up to date by [`Vocabulary::weigh`].
    pub(super) weight: f32,
    /// Logarithm of the share of rows that have it, from above; kept with the weight.
    pub(super) log_share: f32,
    /// Names in places that have it.
    pub(super) rows: u32,
    /// Which letters occur in it, see [`letters_of`].
    pub(super) letters: u32,
    /// Where its features are among all of them; none before [`Vocabulary::feature_new_words`].
    first_feature: u32,
    features: u16,
    /// Its length in bytes, cut off at 255.
    pub(super) length: u8,
    pub(super) facts: Facts,
}

/// A word as it is written, and what reading it gave.
#[derive(Clone, Copy)]
pub(super) struct Written {
    pub(super) class: Class,
    start: u32,
    count: u8,
}

#[derive(Clone, Default)]
pub(super) struct Vocabulary {
    texts: Texts,
    words: Vec<Word>,
    written: Texts,
    readings: Vec<Written>,
    parts: Vec<u32>,
    /// A bit for each name in a place that was counted; see [`Vocabulary::see`].
    seen: Vec<u64>,
    /// Of how many words the features are known, and all of these.
    featured: usize,
    features: Vec<u16>,
}

/// A feature with this bit is shared by few words other than misspellings of each other.
pub(super) const STRONG: u16 = 1 << 15;

impl Vocabulary {
    pub(super) fn text(&self, word: u32) -> &str {
        self.texts.get(word)
    }

    pub(super) fn texts(&self) -> &Texts {
        &self.texts
    }

    #[inline]
    pub(super) fn word(&self, word: u32) -> &Word {
        &self.words[word as usize]
    }

    pub(super) fn find_written(&self, text: &str) -> Option<u32> {
        self.written.find(text)
    }

    pub(super) fn reading(&self, written: u32) -> (Class, &[u32]) {
        let reading = self.readings[written as usize];
        let start = reading.start as usize;
        (
            reading.class,
            &self.parts[start..start + usize::from(reading.count)],
        )
    }

    /// The number of a written word, reading it when it is new.
    #[cfg(test)]
    pub(super) fn learn(&mut self, text: &str) -> u32 {
        let (number, new) = self.number_written(text);
        if new {
            self.learn_reading(&super::company::read_word(text));
        }
        number
    }

    /// The number of a written word, and whether it is new; then [`Vocabulary::learn_reading`] has to follow, in the order
    /// in which the words came.
    pub(super) fn number_written(&mut self, text: &str) -> (u32, bool) {
        self.written.intern(text)
    }

    /// Takes in how the next new word reads.
    pub(super) fn learn_reading(&mut self, reading: &Reading) {
        let start = count(self.parts.len());
        for (word, spelling) in &reading.words {
            let word = self.add(word);
            self.parts.push(word | spelling);
        }
        self.readings.push(Written {
            class: reading.class,
            start,
            count: u8::try_from(self.parts.len() - start as usize).unwrap_or(u8::MAX),
        });
    }

    /// The number of a folded word.
    pub(super) fn add(&mut self, form: &str) -> u32 {
        let (number, new) = self.texts.intern(form);
        if new {
            let mut facts = Lexicon::get().facts(form);
            if form.bytes().all(|byte| byte.is_ascii_digit()) {
                facts.lists |= NUMBER;
            }
            self.words.push(Word {
                weight: 0.0,
                log_share: 0.0,
                letters: letters_of(form),
                length: u8::try_from(form.len()).unwrap_or(u8::MAX),
                rows: 0,
                facts,
                first_feature: 0,
                features: 0,
            });
        }
        number
    }

    #[inline]
    pub(super) fn features(&self, word: u32) -> &[u16] {
        let word = &self.words[word as usize];
        let first = word.first_feature as usize;
        &self.features[first..first + usize::from(word.features)]
    }

    /// Gives the words that came since the last time their features.
    pub(super) fn feature_new_words(&mut self) {
        /// Words that one thread looks at.
        const TOGETHER: usize = 512;
        let new: Vec<u32> = (count(self.featured)..count(self.words.len())).collect();
        let read: Vec<(Vec<u16>, Vec<u16>)> = new
            .par_chunks(TOGETHER)
            .map(|words| {
                let (mut features, mut lengths) = (Vec::new(), Vec::with_capacity(words.len()));
                for &word in words {
                    let start = features.len();
                    self.push_features(word, &mut features);
                    // No word has so many, unless somebody wrote a book without a blank.
                    features.truncate(start + usize::from(u16::MAX));
                    lengths.push(u16::try_from(features.len() - start).unwrap_or(u16::MAX));
                }
                (features, lengths)
            })
            .collect();
        for (features, lengths) in read {
            let mut first = self.features.len();
            for length in lengths {
                let word = &mut self.words[self.featured];
                word.first_feature = count(first);
                word.features = length;
                first += usize::from(length);
                self.featured += 1;
            }
            self.features.extend_from_slice(&features);
        }
    }

    fn push_features(&self, word: u32, features: &mut Vec<u16>) {
        let (form, facts) = (self.texts.get(word), self.words[word as usize].facts);
        push_features(form, facts, features);
        for part in self.parts_of(form, facts).into_iter().flatten() {
            let facts = self.words[part as usize].facts;
            features.push(whole_feature(self.texts.get(part), facts));
        }
    }

    /// The two words that a word unknown to the lists is run together of, where the corpus has both.
    fn parts_of(&self, form: &str, facts: Facts) -> Option<[u32; 2]> {
        if form.len() < 7 || facts.is_known() || !form.is_ascii() {
            return None;
        }
        (3..form.len() - 2).find_map(|seam| {
            let first = self.texts.find(&form[..seam])?;
            let second = self.texts.find(&form[seam..]).or_else(|| {
                // Folding has made one letter of two at the seam.
                self.texts.find(&form[seam - 1..])
            })?;
            Some([first, second])
        })
    }

    /// Counts the words of a name in a place, once however often the name is there: copies of a row say nothing about
    /// how common its words are.
    ///
    /// Names are told apart by one bit of a hash each, so that a few of many are taken for copies; removed rows stay
    /// counted until the index is read back.
    pub(super) fn see(&mut self, words: &[u32], place: u64) {
        if self.seen.is_empty() {
            self.seen.resize(1 << 19, 0);
        }
        let name = words
            .iter()
            .fold(mix(place), |hash, word| mix(hash ^ u64::from(word & WORD)));
        let (slot, bit) = ((name >> 6) as usize & ((1 << 19) - 1), 1 << (name & 63));
        if self.seen[slot] & bit == 0 {
            self.seen[slot] |= bit;
            for word in words {
                self.words[(word & WORD) as usize].rows += 1;
            }
        }
    }

    /// Brings all weights up to date for a corpus of `rows` rows.
    ///
    /// The corpus counts as at most [`CORPUS`] rows against [`PRIOR`] rows of prior knowledge, so that weights neither
    /// jump about in small sets nor grow without end in large ones.
    pub(super) fn weigh(&mut self, rows: usize) {
        #[expect(clippy::cast_precision_loss, reason = "a weight needs three digits")]
        let rows = rows.max(1) as f32;
        let corpus = rows.min(CORPUS);
        self.words.par_iter_mut().with_min_len(4096).for_each(|word| {
            #[expect(clippy::cast_precision_loss, reason = "a weight needs three digits")]
            let seen = word.rows as f32 * corpus / rows;
            #[expect(clippy::cast_precision_loss, reason = "a share needs three digits")]
            let others = word.rows.saturating_sub(2) as f32;
            // The two rows that are compared say nothing about the others.
            word.log_share = ((others + 0.5) / (rows + FEW)).min(1.0).ln();
            let expected = PRIOR * prior(word.facts);
            word.weight = ((corpus + PRIOR) / (seen + expected)).ln().max(0.2);
            if word.facts.is(FILLER) && !word.facts.is_known() {
                word.weight = 0.0;
            }
        });
    }
}

const CORPUS: f32 = 20_000.0;
const PRIOR: f32 = 2_000.0;
/// In so few rows nothing can be learned about how often words come together by chance.
const FEW: f32 = 200.0;

/// In what share of names a word of this kind is expected before any is seen.
fn prior(facts: Facts) -> f32 {
    if facts.is(TRADE | SISTER) {
        0.02
    } else if facts.is(NUMBER) {
        0.003
    } else if facts.is(GIVEN) {
        0.002
    } else if facts.seldom {
        0.000_3
    } else if facts.is(SURNAME | HOUSE | CITY) {
        0.001
    } else {
        0.000_15
    }
}

/// A bit for each letter; other signs share the bits that are left.
fn letters_of(form: &str) -> u32 {
    let bit = |byte: u8| {
        if byte.is_ascii_lowercase() {
            byte - b'a'
        } else {
            26 + byte % 6
        }
    };
    form.bytes().fold(0, |letters, byte| letters | 1 << bit(byte))
}

fn short(hash: u64) -> u16 {
    u16::try_from(hash >> 49).unwrap_or(0)
}

/// The feature that is shared by all rows with this word.
fn whole_feature(form: &str, facts: Facts) -> u16 {
    match form.len() {
        _ if facts.is(TRADE) => short(mix(u64::from(facts.trade))) & !STRONG,
        0..=7 => short(hash_bytes(form.as_bytes())) | STRONG,
        _ => short(mix(hash_bytes(form.as_bytes()))) | STRONG,
    }
}

/// The features by which rows with this word find each other: for short words the word and its forms that lack a
/// letter, for longer ones the runs of three letters, for trades the trade.
fn push_features(form: &str, facts: Facts, features: &mut Vec<u16>) {
    if facts.is(FILLER) && !facts.is_known() {
        return;
    }
    if facts.is(TRADE) {
        features.push(whole_feature(form, facts));
        return;
    }
    let letters = form.as_bytes();
    if letters.len() < 3 && !facts.is(NUMBER) {
        features.push(short(hash_bytes(letters)) | STRONG);
        return;
    }
    if facts.is(NUMBER) {
        features.push(short(hash_bytes(letters)) & !STRONG);
        return;
    }
    if letters.len() <= 7 {
        let mut forms = Vec::with_capacity(16);
        super::similarity::for_each_deletion(letters, |hash| forms.push(short(hash) | STRONG));
        forms.sort_unstable();
        forms.dedup();
        features.extend(forms);
    }
    if letters.len() > 7 {
        features.push(whole_feature(form, facts));
        // The ends count twice: of eight letters a swap in the middle leaves only them.
        features.push(short(mix(!hash_bytes(&letters[..3]))) & !STRONG);
        features.push(short(mix(!hash_bytes(&letters[letters.len() - 3..]) ^ 1)) & !STRONG);
    }
    for run in letters.windows(3) {
        features.push(short(hash_bytes(run)) & !STRONG);
    }
}
