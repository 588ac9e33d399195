//! Lines up the words of two names and says what agrees, what is missing and what contradicts.

use super::company::{DOTTED, HYPHENED, OWN_CITY, OWNER, SAINT, TAIL, WORD};
use super::hash::mix;
use super::similarity::edits;
use super::typo::{Likeness, compare_words, same_spelling, slip};
use super::vocabulary::Vocabulary;
use super::words::{Facts, GIVEN, HOUSE, Lexicon, NUMBER, SISTER, SURNAME, TRADE};

/// A row's name: its words with their marks, its legal forms.
#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    pub(super) words: &'a [u32],
    pub(super) forms: u16,
}

/// What lining up two names showed. Weights are those of the words, shares lie between 0 and 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct NameEvidence {
    /// Weight of what both have.
    pub(super) shared: f32,
    /// Weight of names that differ: each side has one that the other has not.
    pub(super) differing: f32,
    /// Weight of names that only one side has.
    pub(super) missing: f32,
    /// 1 where one side says a trade and the other a further name.
    pub(super) crossed: f32,
    /// Logarithm of the share of all names that have all the shared words, if words came together by chance.
    pub(super) log_share: f32,
    /// Words of the longer name.
    pub(super) words: usize,
    /// Shared names that are on no list of common names, or are known to be seldom.
    pub(super) shared_rare: usize,
    /// Shared names that are.
    pub(super) shared_common: usize,
    /// 1 where both say a trade and none agrees; 0.6 inside a family of trades.
    pub(super) trade_differs: f32,
    /// 1 where only one side says a trade.
    pub(super) trade_missing: f32,
    /// 1 where the first names differ.
    pub(super) given_differs: f32,
    /// 1 where only one side has a first name.
    pub(super) given_missing: f32,
    /// 1 where both have a number (branch, fund, ward, model) that the other has not.
    pub(super) number_differs: f32,
    /// 1 where only one side has one.
    pub(super) number_missing: f32,
    /// 1 where one side is a holding, an administration, … and the other is not.
    pub(super) sister: f32,
    /// 1 where both have legal forms and none in common, 0.3 where some are.
    pub(super) form_differs: f32,
    /// Rows that have the rarest shared word.
    pub(super) rarest_shared: u32,
    /// Soft share of agreeing words, for people to see.
    pub(super) similarity: f32,
    /// The probability that all near words that were taken for the same are.
    pub(super) sure: f32,
    /// Weight of those words, a part of `shared`.
    pub(super) doubtful: f32,
    /// Whether one of them is a trade.
    pub(super) trade_doubtful: bool,
}

impl NameEvidence {
    /// The same, had the near words been different ones.
    pub(super) fn had_they_differed(&self) -> Self {
        NameEvidence {
            shared: self.shared - self.doubtful,
            differing: self.differing + self.doubtful,
            trade_differs: if self.trade_doubtful {
                self.trade_differs.max(0.6)
            } else {
                self.trade_differs
            },
            ..*self
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Proper,
    Trade,
    Given,
    Number,
    Letter,
    Sister,
}

/// By how much a shared name raises the odds that two near words beside it are one.
const CONTEXT: f32 = 2.2;

const MOST: usize = super::reader::MOST_WORDS + 2;

struct Side<'a> {
    words: &'a [u32],
    roles: [Role; MOST],
    matched: [bool; MOST],
}

impl<'a> Side<'a> {
    fn new(vocabulary: &Vocabulary, words: &'a [u32]) -> Self {
        let words = &words[..words.len().min(MOST)];
        let mut side = Side {
            words,
            roles: [Role::Proper; MOST],
            matched: [false; MOST],
        };
        // "Maurer Huber" is a mason, "Bäckerei Maurer" and "Maurer AG" are the family.
        let trade = |facts: Facts| facts.is(TRADE) && !facts.is(SURNAME | HOUSE);
        let family = |facts: Facts| facts.is(SURNAME) && !facts.is(TRADE | GIVEN);
        let facts = |word: u32| vocabulary.word(word & WORD).facts;
        let stands_for_trade =
            words.iter().any(|&word| family(facts(word))) && !words.iter().any(|&word| trade(facts(word)));
        let mut proper = false;
        for (at, &word) in words.iter().enumerate() {
            let facts = facts(word);
            side.roles[at] = if facts.is(NUMBER) {
                Role::Number
            } else if trade(facts) || stands_for_trade && facts.is(TRADE) && !facts.is(HOUSE) {
                Role::Trade
            } else if facts.is(SISTER) {
                Role::Sister
            } else if vocabulary.word(word & WORD).length == 1 {
                Role::Letter
            } else if facts.is(GIVEN) && word & SAINT == 0 {
                Role::Given
            } else {
                proper |= word & (OWNER | OWN_CITY) == 0;
                Role::Proper
            };
        }
        if !proper {
            // "Salon Peter": where nothing else names the house, the first name does.
            for (role, &word) in side.roles.iter_mut().zip(words) {
                if word & OWNER == 0 && *role == Role::Given {
                    *role = Role::Proper;
                }
            }
        }
        side
    }

    fn open(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.words.len()).filter(|&at| !self.matched[at])
    }

    /// Whether it has a trade that people have under their own name: any but those whose houses have names.
    fn names_people(&self, vocabulary: &Vocabulary) -> bool {
        let trade = |at: usize| vocabulary.word(self.words[at] & WORD).facts;
        (0..self.words.len())
            .any(|at| self.roles[at] == Role::Trade && !Lexicon::get().names_houses(trade(at)))
    }

    fn has(&self, role: Role) -> bool {
        (0..self.words.len()).any(|at| self.roles[at] == role && self.words[at] & OWNER == 0)
    }
}

/// What counts of a word that the other side has not.
fn discount(word: u32) -> f32 {
    if word & (OWNER | OWN_CITY) == 0 { 1.0 } else { 0.1 }
}

/// Lines up two names.
pub(super) fn compare_names(vocabulary: &Vocabulary, left: Name<'_>, right: Name<'_>) -> NameEvidence {
    Lineup::of(vocabulary, left, right).finish(left, right)
}

/// The words of two names that are left to be taken for near ones, each with each, and whether they are people's.
#[cfg(test)]
pub(super) fn words_left(vocabulary: &Vocabulary, left: Name<'_>, right: Name<'_>) -> Vec<(u32, u32, bool)> {
    let mut lineup = Lineup::of(vocabulary, left, right);
    lineup.match_joined();
    lineup.match_acronyms();
    let people = lineup.sides.iter().any(|side| side.names_people(vocabulary));
    let open = |side: usize| lineup.sides[side].open().map(move |at| (side, at));
    let pairs = open(0).flat_map(|one| open(1).map(move |two| (one, two)));
    pairs
        .map(|(one, two)| (lineup.word(one.0, one.1), lineup.word(two.0, two.1), people))
        .collect()
}

/// What of a name contradicts another name at a glance: its trades' families and its numbers, each as a set of bits.
#[derive(Clone, Copy, Default)]
pub(super) struct Glance {
    families: u32,
    numbers: u32,
}

impl Glance {
    pub(super) fn at(vocabulary: &Vocabulary, words: &[u32]) -> Self {
        let mut glance = Glance::default();
        for &word in words.iter().filter(|&&word| word & (OWNER | TAIL) == 0) {
            let known = vocabulary.word(word & WORD);
            let facts = known.facts;
            let is_bau = known.length == 3 && vocabulary.text(word & WORD) == "bau";
            if facts.is(NUMBER) {
                glance.numbers |= 1 << (mix(u64::from(word & WORD)) % 32);
            } else if facts.is(TRADE) && !facts.is(SURNAME | HOUSE) && !is_bau {
                // "Holz Bau" is "Holzbau".
                glance.families |= 1 << (facts.family % 32);
            }
        }
        glance
    }

    /// Whether both names have a number, or a trade, and nothing near it in common: no likeness of other words makes
    /// up for that.
    pub(super) fn contradicts(self, other: Self) -> bool {
        let apart = |one: u32, two: u32| one != 0 && two != 0 && one & two == 0;
        apart(self.families, other.families) || apart(self.numbers, other.numbers)
    }
}

struct Lineup<'a> {
    vocabulary: &'a Vocabulary,
    sides: [Side<'a>; 2],
    seen: NameEvidence,
    trades_shared: bool,
    numbers_shared: bool,
    all_shared: f32,
    /// Whether a name other than a first name is shared.
    surname_shared: bool,
    /// Logarithm of the share of all names that have the shared words.
    coincidence: f32,
}

impl<'a> Lineup<'a> {
    fn of(vocabulary: &'a Vocabulary, left: Name<'a>, right: Name<'a>) -> Self {
        let mut lineup = Lineup {
            vocabulary,
            sides: [
                Side::new(vocabulary, left.words),
                Side::new(vocabulary, right.words),
            ],
            seen: NameEvidence {
                rarest_shared: u32::MAX,
                sure: 1.0,
                ..NameEvidence::default()
            },
            trades_shared: false,
            numbers_shared: false,
            all_shared: 0.0,
            surname_shared: false,
            coincidence: 0.0,
        };
        lineup.match_equal();
        lineup
    }

    fn finish(mut self, left: Name<'_>, right: Name<'_>) -> NameEvidence {
        if self.sides.iter().all(|side| side.open().next().is_some()) {
            self.match_joined();
            self.match_acronyms();
            self.match_similar();
        }
        self.conclude(left, right)
    }

    fn word(&self, side: usize, at: usize) -> u32 {
        self.sides[side].words[at]
    }

    fn text(&self, side: usize, at: usize) -> &str {
        self.vocabulary.text(self.word(side, at) & WORD)
    }

    fn match_equal(&mut self) {
        for at in 0..self.sides[0].words.len() {
            let word = self.word(0, at) & WORD;
            let same = self.sides[1]
                .open()
                .find(|&other| self.word(1, other) & WORD == word);
            if let Some(other) = same {
                let alike = if self.sides[0].roles[at] == Role::Trade {
                    1.0
                } else {
                    let names = [self.sides[0].words, self.sides[1].words];
                    same_spelling(self.vocabulary, names, [at, other])
                };
                if alike < 1.0 {
                    self.settle_near(at, other, alike);
                } else {
                    self.settle(at, other, 1.0);
                }
            }
        }
    }

    /// Takes two near words for the same and remembers how sure that is.
    fn settle_near(&mut self, at: usize, other: usize, alike: f32) {
        let before = self.seen.shared;
        self.settle(at, other, 1.0);
        let mass = self.seen.shared - before;
        self.seen.doubtful += mass;
        self.seen.trade_doubtful |= mass == 0.0;
        self.seen.sure *= alike;
        let words = [self.word(0, at), self.word(1, other)];
        let weights = words.map(|word| self.vocabulary.word(word & WORD).weight);
        self.all_shared -= (weights[0] + weights[1]) * (1.0 - alike);
    }

    /// Takes a word of the left side and one of the right for the same, with the given probability.
    fn settle(&mut self, at: usize, other: usize, alike: f32) {
        self.sides[0].matched[at] = true;
        self.sides[1].matched[other] = true;
        let (word, counterpart) = (self.word(0, at), self.word(1, other));
        let (one, two) = (
            self.vocabulary.word(word & WORD),
            self.vocabulary.word(counterpart & WORD),
        );
        let mass = (one.weight + two.weight) / 2.0;
        self.all_shared += 2.0 * mass * alike;
        match (self.sides[0].roles[at], self.sides[1].roles[other]) {
            (Role::Trade, _) | (_, Role::Trade) => {
                self.trades_shared |= alike > 0.5;
                self.coincidence += one.log_share.max(two.log_share);
                return;
            }
            (Role::Sister, _) => return,
            (Role::Number, _) => self.numbers_shared = true,
            _ => {}
        }
        self.coincidence += one.log_share.max(two.log_share);
        let counted = discount(word).max(discount(counterpart));
        self.seen.shared += mass * alike * counted;
        self.seen.differing += mass * (1.0 - alike) * counted;
        self.seen.rarest_shared = self.seen.rarest_shared.min(one.rows.max(two.rows));
        let saint = (word | counterpart) & SAINT != 0;
        self.surname_shared |= saint || !(one.facts.is(GIVEN) && two.facts.is(GIVEN));
        let common = |facts: Facts| facts.is_known() && !facts.seldom;
        if common(one.facts) && common(two.facts) {
            self.seen.shared_common += 1;
        } else {
            self.seen.shared_rare += 1;
        }
    }

    /// `See Blick` and `Seeblick`: neighbours of one side that together are one word of the other.
    fn match_joined(&mut self) {
        for split in 0..2 {
            let whole = 1 - split;
            for at in 1..self.sides[split].words.len() {
                let open = |side: &Side<'_>, at: usize| !side.matched[at];
                if !(open(&self.sides[split], at - 1) && open(&self.sides[split], at)) {
                    continue;
                }
                let (first, second) = (self.text(split, at - 1), self.text(split, at));
                let third = (at + 1 < self.sides[split].words.len() && open(&self.sides[split], at + 1))
                    .then(|| self.text(split, at + 1));
                let joined = |other: usize| {
                    let whole = self.text(whole, other);
                    if is_joined(whole, &[first, second]) {
                        Some((2, 0.97))
                    } else if third.is_some_and(|third| is_joined(whole, &[first, second, third])) {
                        Some((3, 0.97))
                    } else if self.word(1 - split, other) & DOTTED != 0 && begins_joined(whole, first, second)
                    {
                        Some((2, 0.93))
                    } else if self.word(split, at - 1) & DOTTED != 0 && spans(whole, first, second) {
                        Some((2, 0.9))
                    } else {
                        is_nearly_joined(whole, first, second).then_some((2, 0.85))
                    }
                };
                let found = self.sides[whole]
                    .open()
                    .find_map(|other| joined(other).map(|found| (other, found)));
                let Some((other, (parts, alike))) = found else {
                    continue;
                };
                self.sides[split].matched[at - 1] = true;
                let last = at + parts - 2;
                self.sides[split].matched[at..last].fill(true);
                let (left, right) = if split == 0 { (last, other) } else { (other, last) };
                let trade = self.sides[whole].roles[other] == Role::Trade;
                self.sides[0].roles[left] = if trade { Role::Trade } else { Role::Proper };
                self.settle(left, right, alike);
            }
        }
    }

    /// `DRK` and `Deutsches Rotes Kreuz`.
    fn match_acronyms(&mut self) {
        for short in 0..2 {
            let long = 1 - short;
            for at in 0..self.sides[short].words.len() {
                let letters = self.text(short, at);
                let length = letters.len();
                if self.sides[short].matched[at]
                    || !(3..=5).contains(&length)
                    || length > self.sides[long].words.len()
                {
                    continue;
                }
                let spells = |start: &usize| {
                    letters.bytes().zip(*start..).all(|(letter, word)| {
                        !self.sides[long].matched[word]
                            && self.text(long, word).as_bytes().first() == Some(&letter)
                    })
                };
                let found = (0..=self.sides[long].words.len() - length).find(spells);
                let Some(start) = found else { continue };
                self.sides[long].matched[start..start + length - 1].fill(true);
                let (left, right) = if short == 0 {
                    (at, start + length - 1)
                } else {
                    (start + length - 1, at)
                };
                self.sides[0].roles[left] = Role::Proper;
                self.settle(left, right, 0.9);
            }
        }
    }

    /// Pairs off what is left, the most alike first.
    fn match_similar(&mut self) {
        // More than these are never worth a look: the names would have nothing in common.
        let mut best = [(0.0_f32, false, 0, 0); 24];
        let mut length = 0;
        // A name that both have makes it likelier that the words beside it were meant to be the same.
        let context = if self.seen.shared > 3.0 { CONTEXT } else { 1.0 };
        let people = self.sides.iter().any(|side| side.names_people(self.vocabulary));
        for at in self.sides[0].open() {
            for other in self.sides[1].open() {
                let likeness = match (self.sides[0].roles[at], self.sides[1].roles[other]) {
                    (Role::Number, _) | (_, Role::Number) => continue,
                    (Role::Letter, Role::Trade | Role::Sister)
                    | (Role::Trade | Role::Sister, Role::Letter) => continue,
                    _ => compare_words(self.vocabulary, self.word(0, at), self.word(1, other), people),
                };
                let (alike, near) = match likeness {
                    Likeness::Clear(alike) => (alike, false),
                    Likeness::Near(traits, corpus) => (slip(&traits, corpus), true),
                };
                let alike = alike * context / (1.0 - alike + alike * context);
                if alike >= 0.1 && length < best.len() {
                    best[length] = (alike, near, at, other);
                    length += 1;
                }
            }
        }
        let best = &mut best[..length];
        best.sort_unstable_by(|left, right| {
            right
                .0
                .total_cmp(&left.0)
                .then(left.2.cmp(&right.2))
                .then(left.3.cmp(&right.3))
        });
        for &mut (alike, near, at, other) in best {
            if self.sides[0].matched[at] || self.sides[1].matched[other] {
                continue;
            }
            if near {
                self.settle_near(at, other, alike);
            } else {
                self.settle(at, other, alike);
            }
        }
    }

    fn conclude(&self, left: Name<'_>, right: Name<'_>) -> NameEvidence {
        let Lineup {
            vocabulary,
            sides: [one, two],
            seen,
            ..
        } = self;
        let mut seen = *seen;
        let rest = Rest::of(vocabulary, one);
        let other = Rest::of(vocabulary, two);
        let words = one.words.iter().chain(two.words);
        let total: f32 = words.map(|&word| vocabulary.word(word & WORD).weight).sum();
        seen.similarity = if total > 0.0 {
            (self.all_shared / total).clamp(0.0, 1.0)
        } else {
            0.0
        };
        seen.log_share = self.coincidence;
        seen.words = one.words.len().max(two.words.len());
        weigh_names(&mut seen, &rest, &other);
        if !self.surname_shared && seen.missing > 0.0 {
            // "Bäckerei Peter" and "Bäckerei Peter Maier": Peter is the family here and a first name there.
            seen.differing += seen.missing;
            seen.missing = 0.0;
        }
        let proper = |rest: &Rest| rest.proper > 0.0;
        let lone_trade = |rest: &Rest| rest.trade > 0.0 && !self.trades_shared;
        if lone_trade(&rest) && proper(&other) || lone_trade(&other) && proper(&rest) {
            seen.crossed = 1.0;
        }
        if rest.trade > 0.0 && other.trade > 0.0 {
            seen.trade_differs = match (self.trades_shared, families_meet(vocabulary, one, two)) {
                (true, true) => 0.15,
                (true, false) => 0.4,
                (false, true) => 0.6,
                (false, false) => 1.0,
            };
        } else if !self.trades_shared && (rest.trade > 0.0) != (other.trade > 0.0) {
            seen.trade_missing = 1.0;
        }
        if rest.number > 0.0 && other.number > 0.0 {
            seen.number_differs = if self.numbers_shared { 0.7 } else { 1.0 };
        } else {
            seen.number_missing = rest.number.max(other.number);
        }
        if one.has(Role::Sister) != two.has(Role::Sister) || rest.sister && other.sister {
            seen.sister = 1.0;
        }
        if left.forms != 0 && right.forms != 0 && left.forms != right.forms {
            seen.form_differs = if left.forms & right.forms == 0 { 1.0 } else { 0.3 };
        }
        seen
    }
}

/// What of one side found no counterpart.
#[derive(Default)]
struct Rest {
    proper: f32,
    /// After a dash or in brackets: an addition, unless the other side has something else there.
    tail: f32,
    /// Second half of a double name whose first half both have: another family.
    hyphened: f32,
    given: f32,
    letter: f32,
    trade: f32,
    number: f32,
    sister: bool,
}

impl Rest {
    fn of(vocabulary: &Vocabulary, side: &Side<'_>) -> Self {
        let mut rest = Rest::default();
        for at in side.open() {
            let word = side.words[at];
            let mass = vocabulary.word(word & WORD).weight * discount(word);
            match side.roles[at] {
                Role::Proper if word & TAIL != 0 => rest.tail += mass,
                Role::Proper => {
                    rest.proper += mass;
                    let halved = word & HYPHENED != 0
                        && at > 0
                        && side.matched[at - 1]
                        && side.roles[at - 1] == Role::Proper;
                    rest.hyphened += if halved { mass } else { 0.0 };
                }
                Role::Given if word & OWNER == 0 => rest.given += mass,
                Role::Letter if word & OWNER == 0 => rest.letter += 1.0,
                Role::Given | Role::Letter => {}
                Role::Trade if word & (TAIL | OWNER) == 0 => rest.trade += 1.0,
                Role::Trade => {}
                Role::Number => {
                    let year = vocabulary.word(word & WORD).length == 4;
                    let share = if word & (TAIL | OWNER) != 0 || year {
                        0.4
                    } else {
                        1.0
                    };
                    rest.number = f32::max(rest.number, share);
                }
                Role::Sister => rest.sister = true,
            }
        }
        rest
    }
}

/// Sorts what is left over into what contradicts and what is merely missing.
fn weigh_names(seen: &mut NameEvidence, rest: &Rest, other: &Rest) {
    let names = |rest: &Rest| rest.proper + rest.tail;
    let (here, there) = (names(rest), names(other));
    let (given_here, given_there) = (rest.given + rest.letter, other.given + other.letter);
    if given_here > 0.5 && given_there > 0.5 {
        seen.given_differs = 1.0;
    } else if given_here > 0.5 && there > here || given_there > 0.5 && here > there {
        // "Haus Barbara" and "Haus Bonifatius": a first name against another name.
        seen.differing += given_here.max(given_there).min(here.max(there));
    } else if given_here > 0.5 || given_there > 0.5 {
        seen.given_missing = 1.0;
    }
    let differing = here.min(there);
    seen.differing += differing + rest.hyphened + other.hyphened;
    let missing = |rest: &Rest| {
        let tail = if differing > 0.0 {
            rest.tail
        } else {
            rest.tail * 0.3
        };
        (rest.proper + tail - differing - rest.hyphened).max(0.0)
    };
    seen.missing += missing(rest).max(missing(other));
}

fn families_meet(vocabulary: &Vocabulary, one: &Side<'_>, two: &Side<'_>) -> bool {
    let family = |side: &Side<'_>, at: usize| vocabulary.word(side.words[at] & WORD).facts.family;
    one.open().filter(|&at| one.roles[at] == Role::Trade).any(|at| {
        two.open()
            .any(|other| two.roles[other] == Role::Trade && family(one, at) == family(two, other))
    })
}

/// What may stand between the parts of a word that was run together: a linking `s`, or a word that says nothing by itself.
const LINKS: &[&str] = &[
    "s", "der", "des", "dem", "den", "die", "das", "am", "im", "zum", "zur", "und", "u",
];

/// Whether `whole` is `parts` without the blanks, perhaps with one of the [`LINKS`] at a seam; folding has made one letter
/// of two equal ones there.
fn is_joined(whole: &str, parts: &[&str]) -> bool {
    if whole.len() < 5 || parts.iter().any(|part| part.len() < 2) {
        return false;
    }
    let mut rest = whole;
    let mut last = None;
    for part in parts {
        let plain = rest.strip_prefix(part);
        let seam = || {
            let first = part.as_bytes().first().copied();
            (last == first && first.is_some())
                .then(|| rest.strip_prefix(&part[1..]))
                .flatten()
        };
        let linked = || {
            let links = LINKS.iter().filter(|_| last.is_some());
            let mut rests = links.filter_map(|link| rest.strip_prefix(link));
            rests.find_map(|rest| rest.strip_prefix(part))
        };
        let Some(after) = plain.or_else(seam).or_else(linked) else {
            return false;
        };
        rest = after;
        last = part.as_bytes().last().copied();
    }
    rest.is_empty()
}

/// Whether `whole` is the two words without the blank but for one slip.
fn is_nearly_joined(whole: &str, first: &str, second: &str) -> bool {
    let mut joined = [0; 32];
    let length = first.len() + second.len();
    if whole.len() < 8 || whole.len().abs_diff(length) > 1 || length > joined.len() || first.len() < 2 {
        return false;
    }
    joined[..first.len()].copy_from_slice(first.as_bytes());
    joined[first.len()..length].copy_from_slice(second.as_bytes());
    edits(whole.as_bytes(), &joined[..length], 1) <= 1
}

/// Whether `whole` begins with the first word, which was cut short, and ends with the second (`Masch.-Fabrik`).
fn spans(whole: &str, first: &str, second: &str) -> bool {
    first.len() >= 2
        && second.len() >= 4
        && whole.len() > first.len() + second.len()
        && whole.starts_with(first)
        && whole.ends_with(second)
}

/// Whether `whole` is the beginning of the two words without the blank (`Fruchtgroßh.`).
fn begins_joined(whole: &str, first: &str, second: &str) -> bool {
    whole
        .strip_prefix(first)
        .is_some_and(|rest| rest.len() >= 2 && second.starts_with(rest))
}
