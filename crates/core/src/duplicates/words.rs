//! What is known about words before any row is seen: trades, first and family names, names of houses, fillers.
//!
//! The lists are not there to recognise names (every corpus brings new ones) but to weigh a difference: two known
//! words that differ in one letter are two words, a known and an unknown one are a word and its misspelling.

use std::sync::OnceLock;

use super::fold::fold;
use super::hash::{NumberSet, Texts};

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
}

impl Facts {
    pub(super) fn is(self, list: u8) -> bool {
        self.lists & list != 0
    }

    /// A word of its own right: a misspelling of another word is hardly ever one.
    pub(super) fn is_known(self) -> bool {
        self.lists & (GIVEN | SURNAME | HOUSE | TRADE | CITY) != 0
    }
}

pub(super) struct Lexicon {
    words: Texts,
    facts: Vec<Facts>,
    /// Trade words that other words are compounded with, longest first.
    compounding: Vec<String>,
    /// The runs of three letters that occur more than once in the lists, the ends of words counting as letters: of so
    /// many names some have any run.
    runs: NumberSet<u32>,
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

    /// Whether every run of three letters of a word, its ends included, occurs in the lists more than once.
    pub(super) fn looks_real(&self, word: &str) -> bool {
        runs_of(word).all(|run| self.runs.contains(&run))
    }

    fn stands_alone(&self, part: &str) -> bool {
        part.len() >= 4 || part.len() >= 2 && self.words.find(part).is_some()
    }

    fn load() -> Self {
        let mut lexicon = Lexicon {
            words: Texts::default(),
            facts: Vec::new(),
            compounding: Vec::new(),
            runs: NumberSet::default(),
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
                lexicon.add(&fold(word), list);
            }
        }
        for form in lines(include_str!("words/surnames_seldom.txt"))
            .flat_map(str::split_whitespace)
            .map(fold)
        {
            let facts = lexicon.add(&form, SURNAME);
            facts.seldom = facts.lists == SURNAME;
        }
        for name in super::place::known_cities() {
            if !name.contains([' ', '-', '.']) {
                lexicon.add(&fold(name), CITY);
            }
        }
        let mut seen_once: NumberSet<u32> = NumberSet::default();
        for word in lexicon.words.iter() {
            for run in runs_of(word) {
                if !seen_once.insert(run) {
                    lexicon.runs.insert(run);
                }
            }
        }
        for number in super::company::NUMBER_WORDS {
            lexicon.add(number.0, 0);
        }
        lexicon
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

fn runs_of(word: &str) -> impl Iterator<Item = u32> + '_ {
    let letters = std::iter::once(0).chain(word.bytes()).chain(std::iter::once(0));
    let mut run = 0;
    letters.filter_map(move |letter| {
        run = (run << 8 | u32::from(letter)) & 0xFF_FFFF;
        (run > 0xFFFF || run & 0xFF == 0 && run > 0xFF || run >> 16 == 0 && run > 0xFF).then_some(run)
    })
}

/// A number that changes with the lists.
pub(super) fn lists_fingerprint() -> u64 {
    const LISTS: [&str; 10] = [
        include_str!("words/trades.txt"),
        include_str!("words/house_names.txt"),
        include_str!("words/nouns.txt"),
        include_str!("words/given_names.txt"),
        include_str!("words/surnames.txt"),
        include_str!("words/surnames_seldom.txt"),
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
