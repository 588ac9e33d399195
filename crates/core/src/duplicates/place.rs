//! Reads the name of a place and tells whether two names mean the same one.

use std::sync::OnceLock;

use super::fold::{fold, fold_into, trim};
use super::hash::Texts;
use super::placeholder::is_placeholder_form;
use super::words::lines;

/// A place as read from one spelling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// The name proper, folded and without blanks: `frankfurtammain`, `badhomburg`, `neustadt`.
    pub(super) base: String,
    /// What tells it from others of that name, folded: river, region, canton (`weinstrase`, `zh`).
    pub(super) qualifiers: Vec<String>,
    /// Part of the town, folded.
    pub(super) district: Vec<String>,
    /// Folded words of the name, to find the town in a company's name.
    pub(super) words: Vec<String>,
    /// Of a name that is not on the lists: how many letters its first word has, its first two, and so on.
    pub(super) beginnings: Vec<usize>,
    /// A name on the lists.
    pub(super) known: bool,
    /// A number in the cell that looks like a postcode.
    pub(super) postcode: u32,
}

/// What follows is a river, a region or another town.
const JOINTS: &[&str] = &[
    "am", "an", "a", "der", "dem", "den", "d", "in", "im", "i", "bei", "b", "ob", "o", "vor", "v", "unter",
    "u", "auf", "zu", "sur", "les", "le", "la", "de",
];
/// Said before the name of a town.
const TITLES: &[&str] = &[
    "stadt",
    "landeshauptstadt",
    "hansestadt",
    "kreisstadt",
    "universitatsstadt",
    "gemeinde",
    "lutherstadt",
    "kurort",
    "seebad",
    "freie",
    "grose",
    "ortsteil",
    "kreis",
    "lhst",
    "ville",
    "cita",
];
/// Countries, states and cantons in full: they say nothing that another cell would not say.
const WIDER: &[&str] = &[
    "deutschland",
    "germany",
    "alemagne",
    "schweiz",
    "suisse",
    "svizera",
    "switzerland",
    "osterreich",
    "austria",
    "brd",
    "liechtenstein",
    "bayern",
    "badenwurtemberg",
    "hesen",
    "sachsen",
    "nrw",
    "nordrheinwestfalen",
    "niedersachsen",
    "thuringen",
    "brandenburgland",
    "schleswigholstein",
    "saarland",
    "rheinlandpfalz",
    "sachsenanhalt",
    "mecklenburgvorpomern",
    "ger",
    "deu",
    "che",
    "sui",
    "aut",
    "oberbayern",
    "niederbayern",
    "oberfranken",
    "mittelfranken",
    "unterfranken",
    "tirol",
    "vorarlberg",
    "steiermark",
    "karnten",
    "kanton",
    "kt",
    "canton",
];
/// The cantons' signs, folded; as last word they tell two places of one name apart.
const CANTONS: &[&str] = &[
    "ag", "ai", "ar", "be", "bl", "bs", "fr", "ge", "gl", "gr", "ju", "lu", "ne", "nw", "ow", "sg", "sh",
    "so", "sz", "tg", "ti", "ur", "vd", "vs", "zg", "zh", "fl",
];
/// First words that belong to the name: "Bad Lauterbach" is not a part of Lauterbach.
const PREFIXES: &[&str] = &[
    "bad", "alt", "neu", "gros", "klein", "ober", "unter", "nieder", "hohen", "markt", "sankt", "kirch",
    "nord", "sud", "west", "ost", "mitel", "hinter", "vorder", "burg", "schlos", "la", "le", "san", "santa",
];

struct Gazetteer {
    /// Folded name without blanks.
    names: Texts,
    /// By name: folded canonical name without blanks.
    canonical: Vec<String>,
    /// Large cities by folded name: what stands behind them in brackets is a part of the town, behind others rather
    /// what tells them from towns of the same name.
    large: std::collections::HashSet<String>,
}

/// The lists of cities begin with so many large ones, country by country.
const LARGE: [usize; 3] = [82, 12, 6];

fn gazetteer() -> &'static Gazetteer {
    static GAZETTEER: OnceLock<Gazetteer> = OnceLock::new();
    GAZETTEER.get_or_init(|| {
        let mut names = Texts::default();
        let mut canonical = Vec::new();
        let mut add = |name: &str, means: &str| {
            if names.intern(&joined(name)).1 {
                canonical.push(joined(means));
            }
        };
        for line in lines(include_str!("words/places.txt")) {
            let (means, others) = line.split_once('=').unwrap_or((line, ""));
            for name in std::iter::once(means).chain(others.split(',')) {
                add(name, means);
            }
        }
        for name in known_cities() {
            add(name, name);
        }
        let mut large = std::collections::HashSet::new();
        for (line, length) in lines(include_str!("words/cities.txt")).zip(LARGE) {
            for name in line.split(',').take(length).map(joined) {
                large.extend(names.find(&name).map(|number| canonical[number as usize].clone()));
            }
        }
        Gazetteer {
            names,
            canonical,
            large,
        }
    })
}

/// The names of the list of cities as they are written.
pub(crate) fn known_cities() -> impl Iterator<Item = &'static str> {
    lines(include_str!("words/cities.txt"))
        .flat_map(|line| line.split(','))
        .map(str::trim)
}

/// Folded, without blanks, `St.` and its like written out.
fn joined(name: &str) -> String {
    split(name).into_iter().map(|word| word.form).collect()
}

impl Gazetteer {
    fn find(&self, name: &str) -> Option<&str> {
        self.names
            .find(name)
            .map(|number| self.canonical[number as usize].as_str())
    }
}

struct Word {
    form: String,
    /// Stands after a blank only, not after `/ ( , -`.
    loose: bool,
    /// Stands after a bracket or slash.
    bracketed: bool,
}

fn split(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut between = String::new();
    let mut current = String::new();
    for letter in text.chars().chain(std::iter::once(' ')) {
        let inside = letter.is_alphanumeric() || unicode_normalization::char::is_combining_mark(letter);
        let apostrophe = matches!(letter, '\'' | '’' | '`' | '´') && !current.is_empty();
        if inside {
            current.push(letter);
        } else if !apostrophe {
            if !current.is_empty() {
                let mut form = String::new();
                fold_into(&current, &mut form);
                if matches!(form.as_str(), "st" | "saint" | "sainte" | "skt") {
                    form = "sankt".to_string();
                }
                words.push(Word {
                    form,
                    loose: !between.contains(['/', '(', ',', '-', '–', '|', ';']),
                    bracketed: between.contains(['/', '(']),
                });
                current.clear();
                between.clear();
            }
            between.push(letter);
        }
    }
    words
}

impl Place {
    /// Reads a cell; `None` where it holds no place.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut words = split(text);
        let mut place = Place::default();
        words.retain(|word| {
            let number: Option<u32> = word.form.parse().ok();
            if let Some(number) = number
                && (1000..100_000).contains(&number)
            {
                place.postcode = postcode(&word.form);
            }
            // Numbers are postcodes and city districts ("Zürich 5").
            !word.form.bytes().any(|byte| byte.is_ascii_digit())
        });
        if place.postcode != 0
            && words.len() > 1
            && matches!(words[0].form.as_str(), "d" | "ch" | "a" | "de" | "at")
        {
            words.remove(0);
        }
        while words.len() > 1
            && TITLES.contains(&words[0].form.as_str())
            && gazetteer().find(&concat(&words)).is_none()
        {
            words.remove(0);
        }
        while words
            .last()
            .is_some_and(|last| WIDER.contains(&last.form.as_str()))
        {
            words.pop();
        }
        if is_placeholder_form(&concat(&words)) {
            return None;
        }
        if !place.find_known(&words) {
            place.take_unknown(&words);
        }
        let own = |word: &&Word| word.form.len() > 2 && !JOINTS.contains(&word.form.as_str());
        place.words = words.iter().filter(own).map(|word| word.form.clone()).collect();
        Some(place)
    }

    /// Looks for the longest beginning, then the longest end, that is a known place.
    fn find_known(&mut self, words: &[Word]) -> bool {
        let gazetteer = gazetteer();
        for length in (1..=words.len()).rev() {
            let Some(canonical) = gazetteer.find(&concat(&words[..length])) else {
                continue;
            };
            let rest = &words[length..];
            let other = rest.first().is_some_and(|word| {
                JOINTS.contains(&word.form.as_str()) && (word.loose || word.form == "sur")
            });
            self.known = true;
            if other {
                // "Landau an der Isar": known is another town of that name, the second part says so.
                self.base = concat(&words[..length]);
                self.qualify(rest);
            } else {
                self.base = canonical.to_string();
                self.take_rest(rest);
            }
            return true;
        }
        for start in 1..words.len() {
            let before = &words[start - 1].form;
            if PREFIXES.contains(&words[0].form.as_str())
                || JOINTS.contains(&before.as_str())
                || words[start].form.len() < 4
            {
                continue;
            }
            if let Some(canonical) = gazetteer.find(&concat(&words[start..])) {
                self.base = canonical.to_string();
                self.known = true;
                self.district = forms(&words[..start]);
                return true;
            }
        }
        false
    }

    fn take_rest(&mut self, rest: &[Word]) {
        for word in rest {
            let tells_apart = word.bracketed && !gazetteer().large.contains(&self.base);
            if tells_apart || CANTONS.contains(&word.form.as_str()) {
                self.qualifiers.push(word.form.clone());
            } else if !WIDER.contains(&word.form.as_str()) {
                self.district.push(word.form.clone());
            }
        }
    }

    fn take_unknown(&mut self, words: &[Word]) {
        let end = words
            .iter()
            .enumerate()
            .skip(1)
            .find(|(_, word)| {
                word.bracketed
                    || JOINTS.contains(&word.form.as_str())
                    || CANTONS.contains(&word.form.as_str())
            })
            .map_or(words.len(), |(at, _)| at);
        self.base = concat(&words[..end]);
        self.beginnings = words[..end]
            .iter()
            .scan(0, |length, word| {
                *length += word.form.len();
                Some(*length)
            })
            .collect();
        self.qualify(&words[end..]);
    }

    fn qualify(&mut self, words: &[Word]) {
        self.qualifiers = words
            .iter()
            .filter(|word| !JOINTS.contains(&word.form.as_str()) && !WIDER.contains(&word.form.as_str()))
            .map(|word| word.form.clone())
            .collect();
    }

    /// How alike the places are, from 0 to 1, apart from their base names, which the caller has found to mean the
    /// same.
    pub(super) fn agree(&self, other: &Self) -> f32 {
        let clash = |left: &[String], right: &[String]| {
            !left.is_empty()
                && !right.is_empty()
                && !left
                    .iter()
                    .any(|one| right.iter().any(|two| shortens(one, two) || shortens(two, one)))
        };
        if clash(&self.qualifiers, &other.qualifiers) {
            return 0.1;
        }
        // "Oldenburg" alone is the large one and not that in Holstein.
        if self.qualifiers.is_empty() != other.qualifiers.is_empty() && gazetteer().large.contains(&self.base)
        {
            return 0.5;
        }
        if clash(&self.qualifiers, &other.district) || clash(&self.district, &other.qualifiers) {
            return 0.5;
        }
        if clash(&self.district, &other.district) {
            return 0.85;
        }
        1.0
    }
}

/// `wstr` shortens `weinstrase`: same first letter, the rest in the same order.
fn shortens(short: &str, long: &str) -> bool {
    if short.as_bytes().first() != long.as_bytes().first() {
        return false;
    }
    let mut letters = long.bytes();
    short.bytes().all(|letter| letters.any(|other| other == letter))
}

fn concat(words: &[Word]) -> String {
    words.iter().map(|word| word.form.as_str()).collect()
}

fn forms(words: &[Word]) -> Vec<String> {
    words.iter().map(|word| word.form.clone()).collect()
}

/// A postcode as a number that tells any two apart: digits by their value, so that a lost leading zero does no harm,
/// others by a hash above every number; 0 for none. `D-`, `CH-` and the `.0` of a floating-point column are cut off.
pub(super) fn postcode(text: &str) -> u32 {
    let text = trim(text);
    if text.is_empty() {
        return 0;
    }
    let text = text.strip_suffix(".0").unwrap_or(text);
    let digits =
        text.trim_start_matches(|letter: char| letter.is_ascii_alphabetic() || matches!(letter, '-' | ' '));
    if !digits.is_empty() && digits.len() <= 7 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: u32 = digits.parse().unwrap_or(0);
        // 00000, 11111 and 99999 are typed where none is known; 12345 exists nowhere.
        let typed = matches!(number, 11_111 | 99_999 | 12_345 | 9_999 | 1_234);
        return if typed { 0 } else { number };
    }
    let form = fold(text);
    if is_placeholder_form(&form) {
        return 0;
    }
    super::hash::upper(super::hash::hash_bytes(form.as_bytes())) | 1 << 31
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> String {
        Place::read(text).map_or_else(String::new, |place| place.base)
    }

    #[test]
    fn spellings_of_one_place_have_one_base() {
        for spellings in [
            &[
                "Frankfurt am Main",
                "Frankfurt",
                "Ffm",
                "FFM",
                "Frankfurt a. M.",
                "Frankfurt a.M.",
                "Frankfurt/Main",
                "Frankfurt/M.",
                "Frankfurt (Main)",
                "60311 Frankfurt",
                "Frankfurt-Höchst",
                "Frankfurt am Main (Sachsenhausen)",
                "Frankfurt am Main-Sachsenhausen",
                "FRANKFURT A M",
                "Stadt Frankfurt am Main",
            ][..],
            &[
                "Zürich",
                "Zurich",
                "Zuerich",
                "Zürich ZH",
                "CH-8001 Zürich",
                "8001 Zürich",
                "Zürich 5",
                "Zürich-Oerlikon",
                "Zürich, Schweiz",
                "Zürich (ZH)",
                "Zu\u{308}rich",
                "Oerlikon, Zürich",
            ],
            &["Genf", "Genève", "Geneve", "Geneva", "1201 Genève"],
            &[
                "Biel/Bienne",
                "Biel",
                "Bienne",
                "Biel BE",
                "Biel-Bienne",
                "Biel (Bienne)",
            ],
            &[
                "Köln",
                "Koeln",
                "Cologne",
                "50667 Köln",
                "Köln-Ehrenfeld",
                "Köln (Ehrenfeld)",
                "Köln Ehrenfeld",
                "D-50667 Köln",
                "KÖLN",
            ],
            &["St. Gallen", "Sankt Gallen", "St.Gallen", "Saint-Gall"],
            &[
                "München",
                "Muenchen",
                "Munich",
                "Landeshauptstadt München",
                "München, Bayern",
            ],
            &["Mönchengladbach", "M'gladbach", "Mgladbach"],
            &["Bad Homburg v. d. H.", "Bad Homburg", "Bad Homburg vor der Höhe"],
            &[
                "Rothenburg o. d. T.",
                "Rothenburg ob der Tauber",
                "Rothenburg o.d.T.",
            ],
            &[
                "Hinterpfuideifel",
                "HINTERPFUIDEIFEL",
                "Hinterpfuideifel/Eifel",
                "Hinterpfuideifel an der Ach",
            ],
        ] {
            for spelling in spellings {
                assert_eq!(base(spelling), base(spellings[0]), "{spelling}");
            }
        }
    }

    #[test]
    fn different_places_differ() {
        for (left, right) in [
            ("Frankfurt (Oder)", "Frankfurt am Main"),
            ("Frankfurt/Oder", "Frankfurt"),
            ("Freiburg i. Br.", "Fribourg"),
            ("Baden", "Baden-Baden"),
            ("Landau an der Isar", "Landau in der Pfalz"),
            ("Bad Homburg", "Homburg"),
            ("Wil", "Weil am Rhein"),
        ] {
            assert_ne!(base(left), base(right), "{left} {right}");
        }
        let agree = |left: &str, right: &str| {
            let (left, right) = (
                Place::read(left).expect("a place"),
                Place::read(right).expect("a place"),
            );
            assert_eq!(left.base, right.base);
            left.agree(&right)
        };
        assert!(agree("Neustadt an der Weinstraße", "Neustadt an der Aisch") < 0.5);
        assert!(agree("Neustadt an der Weinstraße", "Neustadt/Wstr.") > 0.9);
        assert!(agree("Mühlheim am Main", "Mühlheim an der Donau") < 0.5);
        assert!(agree("Neustadt", "Neustadt (Holstein)") > 0.9);
    }

    #[test]
    fn what_is_no_place_is_none() {
        for text in ["", "-", "k.A.", "unbekannt", "80331", "n/a"] {
            assert_eq!(Place::read(text), None, "{text}");
        }
    }

    #[test]
    fn postcodes_are_numbers() {
        for (text, number) in [
            ("80331", 80331),
            ("D-80331", 80331),
            ("01067", 1067),
            ("1067", 1067),
            ("CH-8001", 8001),
            ("80331.0", 80331),
            ("", 0),
            ("00000", 0),
            ("k.A.", 0),
        ] {
            assert_eq!(postcode(text), number, "{text}");
        }
        assert_ne!(postcode("SW1A 1AA"), postcode("SW1A 2AA"));
    }
}
