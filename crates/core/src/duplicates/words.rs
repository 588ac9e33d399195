//! What is known about words before any row is seen: trades, first and family names, names of houses, fillers.
//!
//! The lists are not there to recognise names (every corpus brings new ones) but to weigh a difference: two known
//! words that differ in one letter are two words, a known and an unknown one are a word and its misspelling.

use std::sync::OnceLock;

use super::fold::{fold, fold_marking};
use super::hash::Texts;

/// A first name.
pub(super) const GIVEN: u8 = 1;
/// A family name.
pub(super) const SURNAME: u8 = 2;
/// A name houses carry (`Post`, `Adler`), or a common word that might be one.
pub(super) const HOUSE: u8 = 4;
/// A trade (`Metzgerei`, `Hotel`).
pub(super) const TRADE: u8 = 8;
/// Says nothing (`zum`, `der`, `Firma`).
pub(super) const FILLER: u8 = 16;
/// Names another company of the same owners (`Holding`, `Verwaltung`).
pub(super) const SISTER: u8 = 32;
/// A city known by name.
pub(super) const CITY: u8 = 64;
/// Digits only, or what was read as a number (`XII`, `drei`).
pub(super) const NUMBER: u8 = 128;

/// What is known about one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// Which of the lists it is on.
    pub(super) lists: u8,
    /// Number of the trade, from 1; 0 for none. Synonyms share it.
    pub(super) trade: u8,
    /// Number of the trade's family, from 1.
    pub(super) family: u8,
    /// A family name that few families have.
    pub(super) seldom: bool,
    /// On a list that says no more of it than that it is a word or a name of its own.
    pub(super) attested: bool,
    /// On the list of common words, or with the names that houses have: compounds are made of these.
    pub(super) common: bool,
    /// On the lists as it is without an umlaut, and with one (`Kramer`, `Krämer`).
    pub(super) plain: bool,
    pub(super) with_umlaut: bool,
    /// On the lists with an even number of doubled letters, and with an odd one (`Suter`, `Sutter`).
    pub(super) even: bool,
    pub(super) odd: bool,
}

impl Facts {
    pub(super) fn is(self, list: u8) -> bool {
        self.lists & list != 0
    }

    /// A word of its own right: a misspelling of another word is hardly ever one.
    pub(super) fn is_known(self) -> bool {
        self.lists & (GIVEN | SURNAME | HOUSE | TRADE | CITY) != 0
    }

    /// Whether any list holds it at all.
    pub(super) fn is_listed(self) -> bool {
        self.attested || self.lists & !NUMBER != 0
    }

    /// Whether any list holds it as a word or a name, spelt with an umlaut or without; a word may be known without telling
    /// what it does in a name.
    pub(super) fn is_word(self, umlaut: bool) -> bool {
        let spelt = if umlaut { self.with_umlaut } else { self.plain };
        let lists = self.attested || self.is_known() || self.is(SISTER);
        lists && (spelt || !self.plain && !self.with_umlaut)
    }
}

pub(super) struct Lexicon {
    words: Texts,
    facts: Vec<Facts>,
    /// Trade words that other words are compounded with, longest first.
    compounding: Vec<String>,
    /// Families of trades whose houses have names.
    house_families: Vec<u8>,
    /// How often each letter follows the two before it in the lists, see [`LETTERS`]; and how often any does.
    runs: Vec<u16>,
    starts: Vec<u16>,
}

/// Families of trades, as the list calls them, whose houses have names of their own.
const HOUSES: [&str; 19] = [
    "lodging",
    "catering",
    "public",
    "club",
    "farm",
    "altenheim",
    "apotheke",
    "berufsschule",
    "förderschule",
    "gesamtschule",
    "grundschule",
    "gymnasium",
    "hospiz",
    "kindergarten",
    "krankenhaus",
    "realschule",
    "rehaklinik",
    "schule",
    "tagespflege",
];

/// Letters that are told apart in judging how usual a word is: a to z, all others, and the ends of the word.
const LETTERS: usize = 28;
const END: usize = 27;

/// The places in [`Lexicon::runs`] of a word's letters, its end included.
fn runs_of(word: &str) -> impl Iterator<Item = usize> + '_ {
    let letter = |byte: u8| {
        if byte.is_ascii_lowercase() {
            usize::from(byte - b'a')
        } else {
            26
        }
    };
    let (mut before, mut last) = (END, END);
    word.bytes()
        .map(letter)
        .chain(std::iter::once(END))
        .map(move |next| {
            let run = (before * LETTERS + last) * LETTERS + next;
            (before, last) = (last, next);
            run
        })
}

impl Lexicon {
    /// The lists that are compiled in.
    pub(super) fn get() -> &'static Self {
        static LEXICON: OnceLock<Lexicon> = OnceLock::new();
        LEXICON.get_or_init(Self::load)
    }

    pub(super) fn facts(&self, word: &str) -> Facts {
        self.words
            .find(word)
            .map_or_else(Facts::default, |number| self.facts[number as usize])
    }

    /// Whether a trade's houses have names of their own (`Hotel Löwen`) rather than those of people.
    pub(super) fn names_houses(&self, trade: Facts) -> bool {
        self.house_families.contains(&trade.family)
    }

    /// Splits a compound with a trade: `bahnhofshotel` into `bahnhof` and `hotel`, `hotelpost` into `hotel` and
    /// `post`. Words on any list stay whole.
    pub(super) fn split_compound<'w>(&self, word: &'w str) -> Option<(&'w str, &'w str)> {
        if word.len() < 7 && !word.ends_with("hotel") || self.words.find(word).is_some() {
            return None;
        }
        for trade in &self.compounding {
            if let Some(head) = word.strip_suffix(trade.as_str())
                && self.stands_alone(head)
            {
                let plain = head.strip_suffix('s');
                let linked = plain.filter(|plain| self.words.find(plain).is_some());
                return Some((linked.unwrap_or(head), &word[head.len()..]));
            }
            if let Some(tail) = word.strip_prefix(trade.as_str())
                && self.stands_alone(tail)
            {
                return Some((&word[..trade.len()], tail));
            }
        }
        None
    }

    /// How far a word is from looking like those of the lists: the mean surprise of its letters, in nats. Names have
    /// mostly less than 2.6, a slip of the finger mostly brings more. `without` leaves the word itself out of the lists.
    pub(super) fn strangeness(&self, word: &str, without: bool) -> f32 {
        let own = if without { 1.0 } else { 0.0 };
        let (sum, letters) = runs_of(word).fold((0.0, 0.0), |(sum, letters), run| {
            // A tenth of a sighting for each letter that was never seen there.
            let seen = f32::from(self.runs[run]) - own;
            let all = f32::from(self.starts[run / LETTERS]) - own;
            (
                sum - ((seen.max(0.0) + 0.1) / (all.max(0.0) + 3.0)).ln(),
                letters + 1.0,
            )
        });
        sum / letters
    }

    /// Whether a word is put together of two words that the lists know as such (`Meerblick`, `Wiesengrund`), or is one
    /// with an ending (`Frischer`).
    pub(super) fn is_compound(&self, word: &str) -> bool {
        const LINKS: [&str; 4] = ["", "s", "n", "en"];
        let noun = |part: &str| {
            (part.len() >= 3 || part == "se")
                && self.words.find(part).is_some_and(|number| {
                    let facts = self.facts[number as usize];
                    facts.is(HOUSE | TRADE) || facts.common
                })
        };
        const ENDINGS: [&str; 3] = ["er", "en", "es"];
        let ended = |ending: &str| {
            word.strip_suffix(ending)
                .is_some_and(|stem| stem.len() > 3 && noun(stem))
        };
        word.is_ascii()
            && (2..word.len().saturating_sub(1)).any(|seam| {
                let (head, tail) = word.split_at(seam);
                // Folding has made one letter of two at the seam.
                let whole_tail = || word.get(seam - 1..).is_some_and(noun);
                (noun(tail) || head.len() > 3 && whole_tail())
                    && LINKS.iter().any(|link| head.strip_suffix(link).is_some_and(noun))
            })
            || ENDINGS.into_iter().any(ended)
    }

    fn stands_alone(&self, part: &str) -> bool {
        part.len() >= 4 || part.len() >= 2 && self.words.find(part).is_some()
    }

    fn load() -> Self {
        let mut lexicon = Lexicon {
            words: Texts::default(),
            facts: Vec::new(),
            compounding: Vec::new(),
            house_families: Vec::new(),
            runs: Vec::new(),
            starts: Vec::new(),
        };
        let mut families: Vec<&str> = Vec::new();
        let mut trade = 0;
        for line in lines(include_str!("words/trades.txt")) {
            let Some((family, words)) = line.split_once(':') else {
                continue;
            };
            let family = family.trim();
            let at = families
                .iter()
                .position(|known| *known == family)
                .unwrap_or_else(|| {
                    families.push(family);
                    families.len() - 1
                });
            trade += 1;
            for word in words.split_whitespace() {
                let form = fold(word);
                if form.len() >= 5 || form == "cafe" {
                    lexicon.compounding.push(form.clone());
                }
                let facts = lexicon.add(&form, TRADE);
                facts.trade = trade;
                facts.family = u8::try_from(at + 1).unwrap_or(u8::MAX);
            }
        }
        let houses = (1..).zip(&families).filter(|(_, family)| HOUSES.contains(family));
        lexicon.house_families = houses.map(|(number, _)| number).collect();
        lexicon
            .compounding
            .sort_by(|left, right| right.len().cmp(&left.len()).then_with(|| left.cmp(right)));
        for (list, text) in [
            (HOUSE, include_str!("words/house_names.txt")),
            (HOUSE, include_str!("words/nouns.txt")),
            (GIVEN, include_str!("words/given_names.txt")),
            (SURNAME, include_str!("words/surnames.txt")),
            (FILLER, include_str!("words/fillers.txt")),
            (SISTER, include_str!("words/companies_of_groups.txt")),
        ] {
            for word in lines(text).flat_map(str::split_whitespace) {
                lexicon.add_spelt(word, list);
            }
        }
        for word in lines(include_str!("words/surnames_seldom.txt")).flat_map(str::split_whitespace) {
            let facts = lexicon.add_spelt(word, SURNAME);
            facts.seldom = facts.lists == SURNAME;
        }
        for (common, text) in [
            (false, include_str!("words/names_elsewhere.txt")),
            (false, include_str!("words/names_near.txt")),
            (true, include_str!("words/common_words.txt")),
            (true, include_str!("words/words_near.txt")),
        ] {
            for word in lines(text).flat_map(str::split_whitespace) {
                let facts = lexicon.add_spelt(word, 0);
                facts.attested = true;
                facts.common |= common;
            }
        }
        for name in super::place::known_cities() {
            if !name.contains([' ', '-', '.']) {
                lexicon.add_spelt(name, CITY);
            }
        }
        lexicon.learn_letters();
        for number in super::company::NUMBER_WORDS {
            lexicon.add(number.0, 0);
        }
        lexicon
    }

    /// Learns from the words that are there how usual each run of three letters is.
    fn learn_letters(&mut self) {
        self.runs = vec![0; LETTERS * LETTERS * LETTERS];
        self.starts = vec![0; LETTERS * LETTERS];
        for word in self.words.iter() {
            for run in runs_of(word) {
                self.runs[run] = self.runs[run].saturating_add(1);
                self.starts[run / LETTERS] = self.starts[run / LETTERS].saturating_add(1);
            }
        }
    }

    /// Adds a word as people write it, so that it is known whether an umlaut belongs to it.
    fn add_spelt(&mut self, word: &str, list: u8) -> &mut Facts {
        let (form, marks) = fold_marking(word);
        let facts = self.add(&form, list);
        facts.plain |= marks.umlauts == 0;
        facts.with_umlaut |= marks.umlauts != 0;
        facts.even |= !marks.odd();
        facts.odd |= marks.odd();
        facts
    }

    fn add(&mut self, form: &str, list: u8) -> &mut Facts {
        let (number, new) = self.words.intern(form);
        if new {
            self.facts.push(Facts::default());
        }
        let facts = &mut self.facts[number as usize];
        facts.lists |= list;
        facts
    }
}

/// A number that changes with the lists.
pub(super) fn lists_fingerprint() -> u64 {
    const LISTS: [&str; 14] = [
        include_str!("words/trades.txt"),
        include_str!("words/house_names.txt"),
        include_str!("words/nouns.txt"),
        include_str!("words/given_names.txt"),
        include_str!("words/surnames.txt"),
        include_str!("words/surnames_seldom.txt"),
        include_str!("words/names_elsewhere.txt"),
        include_str!("words/names_near.txt"),
        include_str!("words/common_words.txt"),
        include_str!("words/words_near.txt"),
        include_str!("words/fillers.txt"),
        include_str!("words/companies_of_groups.txt"),
        include_str!("words/places.txt"),
        include_str!("words/cities.txt"),
    ];
    LISTS.iter().fold(0, |state, list| {
        super::hash::mix(state ^ super::hash::hash_bytes(list.as_bytes()))
    })
}

/// The lines of a list without comments.
pub(super) fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compounds_are_split_at_trades_only() {
        let lexicon = Lexicon::get();
        for (word, parts) in [
            ("Bahnhofshotel", Some(("bahnhof", "hotel"))),
            ("Seehotel", Some(("se", "hotel"))),
            ("Hotelpost", Some(("hotel", "post"))),
            ("Dorfmetzgerei", Some(("dorf", "metzgerei"))),
            ("Bäckereimüller", Some(("backerei", "muler"))),
            ("Landgasthof", None),
            ("Metzgerei", None),
            ("Schwarzwald", None),
        ] {
            assert_eq!(lexicon.split_compound(&fold(word)), parts, "{word}");
        }
    }

    #[test]
    fn synonyms_are_one_trade() {
        let lexicon = Lexicon::get();
        let trade = |word: &str| lexicon.facts(&fold(word)).trade;
        assert_eq!(trade("Metzgerei"), trade("Fleischerei"));
        assert_ne!(trade("Metzgerei"), trade("Bäckerei"));
        assert!(lexicon.facts("huber").is(SURNAME));
    }
}
