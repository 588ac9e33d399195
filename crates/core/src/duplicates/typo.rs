//! Whether two different words are one word and its misspelling, or two words.

use super::company::{DOTTED, DOUBLED, UMLAUT, WORD};
use super::similarity::{edits, trim_common};
use super::vocabulary::Vocabulary;
use super::words::{Facts, HOUSE, Lexicon, NUMBER, SURNAME, TRADE};

/// What is seen of two words that are near each other, as numbers of about the size of one.
pub(super) const TRAITS: [&str; 31] = [
    "always",
    "length",
    "short",
    "letters swapped",
    "letters swapped, short",
    "letter missing inside",
    "letter missing at the end",
    "first letter missing",
    "key beside",
    "sounds alike",
    "another letter",
    "another letter, short",
    "two edits",
    "three edits",
    "first letter replaced",
    "vowel for vowel",
    "consonant for consonant",
    "one known",
    "both known",
    "both known, letters swapped",
    "both known, inflected",
    "both known or compounds",
    "strange letters",
    "stranger than the other",
    "inflected, of a house",
    "inflected, of people",
    "other ending",
    "umlaut differs",
    "spelling of a family name",
    "trade",
    "adjective with another ending",
];
pub(super) type Traits = [f32; TRAITS.len()];

/// The weights of [`TRAITS`], in logits, fitted to the near words of the labelled pairs, see `docs/duplicates.md`.
pub(super) const TRAIT_WEIGHTS: Traits = [
    0.4, 2.5, 0.0, 1.9, 0.8, 0.2, -0.4, 1.3, 0.5, 1.3, -2.0, 0.1, -2.3, -3.0, 1.0, -1.1, 0.3, -0.7, -3.1,
    1.0, 1.4, -2.3, 2.1, 1.1, 1.6, -1.2, -3.0, -1.2, -1.3, 1.9, 5.2,
];

/// Two words beside each other: near enough to weigh, or decided at a glance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Likeness {
    /// The probability that they mean the same.
    Clear(f32),
    /// What is seen of them, and what the corpus says, in logits.
    Near(Traits, f32),
}

/// What is known about the two words of a pair: whether the lists hold them as they are spelt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known(pub(super) bool, pub(super) bool);

/// The probability that two words with these traits are one word and a slip.
pub(super) fn slip(traits: &Traits, corpus: f32) -> f32 {
    let evidence: f32 = traits
        .iter()
        .zip(TRAIT_WEIGHTS)
        .map(|(seen, weight)| seen * weight)
        .sum();
    1.0 / (1.0 + (-(evidence + corpus)).exp())
}

/// Compares two words of two rows.
///
/// Four kinds of evidence are looked at: how near the letters are for the length of the word, whether the lists know
/// both words (then they are two words, however near), whether the letters look like those of a word, and whether the
/// corpus knows both: a misspelling is rare, a name that several rows have is a name.
///
/// `people` tells that the word stands beside a trade that people have under their own name, rather than a house.
pub(super) fn compare_words(vocabulary: &Vocabulary, left: u32, right: u32, people: bool) -> Likeness {
    compare_hiding(vocabulary, left, right, people, Known(false, false))
}

/// [`compare_words`] as if the lists did not hold the words that are `hidden`.
pub(super) fn compare_hiding(
    vocabulary: &Vocabulary,
    left: u32,
    right: u32,
    people: bool,
    hidden: Known,
) -> Likeness {
    use Likeness::Clear;
    let (one, two) = (left & WORD, right & WORD);
    if one == two {
        return Clear(1.0);
    }
    let (word_one, word_two) = (vocabulary.word(one), vocabulary.word(two));
    let (facts_one, facts_two) = (word_one.facts, word_two.facts);
    if facts_one.trade != 0 && facts_one.trade == facts_two.trade {
        return Clear(0.96);
    }
    if (facts_one.lists | facts_two.lists) & NUMBER != 0 {
        return Clear(0.0);
    }
    // Which letters occur tells most different words apart without looking at them.
    let (letters_one, letters_two) = (word_one.letters, word_two.letters);
    let contained = letters_one & !letters_two == 0 || letters_two & !letters_one == 0;
    let shorter = word_one.length.min(word_two.length);
    let longer = word_one.length.max(word_two.length);
    let limit = match (shorter, longer) {
        (0..=2, _) => 0,
        (_, 3..=6) => 1,
        (_, 7..=10) => 2,
        _ => 3,
    };
    let near = longer - shorter <= limit && (letters_one ^ letters_two).count_ones() <= 2 * u32::from(limit);
    if !contained && !near {
        return Clear(0.0);
    }
    let (text_one, text_two) = (vocabulary.text(one), vocabulary.text(two));
    if contained
        && let Some(shortened) =
            shortened(left, right, text_one, text_two).or_else(|| shortened(right, left, text_two, text_one))
    {
        let both_known = facts_one.is_known() && facts_two.is_known();
        return Clear(if both_known && shortened < 0.85 {
            0.15
        } else {
            shortened
        });
    }
    if !near || limit == 0 {
        return Clear(0.0);
    }
    let limit = u32::from(limit);
    let mut distance = edits(text_one.as_bytes(), text_two.as_bytes(), limit);
    if distance > limit {
        return Clear(0.0);
    }
    if distance == 2 && hides_an_umlaut(text_one, text_two) {
        distance = 1;
    }
    let known = Known(
        !hidden.0 && facts_one.is_word(left & UMLAUT != 0),
        !hidden.1 && facts_two.is_word(right & UMLAUT != 0),
    );
    let spellings = (left ^ right) & UMLAUT != 0;
    let facts = [facts_one, facts_two];
    let traits = traits([text_one, text_two], facts, known, distance, people, spellings);
    Likeness::Near(traits, corpus(word_one.rows, word_two.rows, known))
}

/// What is seen of two words that are `distance` edits apart.
pub(super) fn traits(
    [one, two]: [&str; 2],
    [facts_one, facts_two]: [Facts; 2],
    known: Known,
    distance: u32,
    people: bool,
    umlaut_differs: bool,
) -> Traits {
    let truth = |holds: bool| if holds { 1.0 } else { 0.0 };
    #[expect(clippy::cast_precision_loss, reason = "a word has few letters")]
    let (longer, shorter) = (one.len().max(two.len()) as f32, one.len().min(two.len()) as f32);
    let short = (6.0 - shorter).max(0.0) / 2.0;
    let both = known.0 && known.1;
    let family = (facts_one.lists | facts_two.lists) & SURNAME != 0;
    let houses = facts_one.lists & facts_two.lists & HOUSE != 0;
    let is_family = |facts: Facts| facts.is(SURNAME) && !facts.is(HOUSE);
    let inflected = is_inflected(one, two, is_family(facts_one) || is_family(facts_two));
    let of_house = inflected && !(people && family) && (known.0 != known.1 || houses);
    let edit = if distance == 1 {
        Edit::between(one, two)
    } else {
        Edit::Several
    };
    let (strange, stranger, compounds) = if both {
        (0.0, 0.0, false)
    } else {
        let lexicon = Lexicon::get();
        let strange = [
            lexicon.strangeness(one, !known.0 && facts_one.is_listed()),
            lexicon.strangeness(two, !known.1 && facts_two.is_listed()),
        ];
        let compound = |word: &str, known: bool| known || lexicon.is_compound(word);
        (
            f32::max(strange[0], strange[1]).min(4.0) - 2.4,
            (strange[0] - strange[1]).abs().min(1.2),
            !inflected && compound(one, known.0) && compound(two, known.1),
        )
    };
    let respelt = !both && family && longer <= 8.0 && is_respelt(one, two);
    [
        1.0,
        (longer.min(12.0) - 7.0) / 3.0,
        short,
        truth(edit == Edit::Swap),
        if edit == Edit::Swap { short } else { 0.0 },
        truth(edit == Edit::MissingInside),
        truth(edit == Edit::MissingLast),
        truth(edit == Edit::MissingFirst),
        truth(matches!(
            edit,
            Edit::Replaced {
                beside: true,
                alike: false,
                ..
            }
        )),
        truth(matches!(edit, Edit::Replaced { alike: true, .. })),
        truth(matches!(
            edit,
            Edit::Replaced {
                beside: false,
                alike: false,
                ..
            }
        )),
        if matches!(edit, Edit::Replaced { .. }) {
            short
        } else {
            0.0
        },
        truth(distance == 2),
        truth(distance > 2),
        truth(matches!(edit, Edit::Replaced { first: true, .. })),
        truth(matches!(edit, Edit::Replaced { vowels: 2, .. })),
        truth(matches!(edit, Edit::Replaced { vowels: 0, .. })),
        truth(known.0 != known.1),
        truth(both),
        truth(both && edit == Edit::Swap),
        truth(both && inflected),
        truth(compounds),
        strange,
        stranger,
        truth(of_house),
        truth(inflected && people),
        truth(heads_differ(one, two) || is_diminutive(one, two)),
        truth(umlaut_differs),
        truth(respelt && !inflected),
        truth((facts_one.lists | facts_two.lists) & TRADE != 0 && !both),
        truth(houses && !(people && family) && one.len() == two.len() && inflected),
    ]
}

/// What the numbers of rows with each word say, in logits: a misspelling is rare.
fn corpus(one: u32, two: u32, known: Known) -> f32 {
    let (rarer, commoner) = (one.min(two), one.max(two));
    if rarer > 3 {
        // Common words are misspelt often, but never nearly as often as they are spelt.
        match (commoner / rarer, known.0 != known.1) {
            (100.., _) => -0.5,
            (20..100, _) | (_, true) => -1.2,
            _ => -3.5,
        }
    } else if commoner > 10 {
        0.4
    } else {
        0.0
    }
}

/// The edit that turns one word into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edit {
    Swap,
    MissingFirst,
    MissingInside,
    MissingLast,
    Replaced {
        /// The keys are beside each other.
        beside: bool,
        alike: bool,
        /// It is the first letter.
        first: bool,
        /// How many of the two letters are vowels.
        vowels: u8,
    },
    Several,
}

impl Edit {
    fn between(left: &str, right: &str) -> Self {
        match trim_common(left.as_bytes(), right.as_bytes()) {
            ([_, _], [_, _]) => Edit::Swap,
            ([], [_]) | ([_], []) => {
                if left.starts_with(right) || right.starts_with(left) {
                    Edit::MissingLast
                } else if left.ends_with(right) || right.ends_with(left) {
                    Edit::MissingFirst
                } else {
                    Edit::MissingInside
                }
            }
            ([one], [two]) => {
                let vowel = |letter: u8| u8::from(matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'));
                Edit::Replaced {
                    beside: are_neighbours(*one, *two),
                    alike: sound_alike(*one, *two),
                    first: left.as_bytes()[0] != right.as_bytes()[0],
                    vowels: vowel(*one) + vowel(*two),
                }
            }
            _ => Edit::Several,
        }
    }
}

/// The probability that two words mean the same that folding has made one: those at the places `at` of two names. They
/// may differ in umlauts (`Müller`, `Muller`; `Kramer`, `Krämer`) and in doubled letters (`Suter`, `Sutter`).
pub(super) fn same_spelling(vocabulary: &Vocabulary, names: [&[u32]; 2], at: [usize; 2]) -> f32 {
    let (left, right) = (names[0][at[0]], names[1][at[1]]);
    let word = vocabulary.word(left & WORD);
    let mut alike = 1.0;
    if (left ^ right) & DOUBLED != 0 {
        alike = match (word.facts.even, word.facts.odd, word.length) {
            (true, true, ..=7) => 0.1,
            (true, true, _) => 0.8,
            (false, false, ..=5) => 0.55,
            (false, false, 6..=7) => 0.85,
            (_, _, ..=5) => 0.9,
            _ => 0.97,
        };
    }
    if (left ^ right) & UMLAUT == 0 {
        return alike;
    }
    let [plain, other] = if left & UMLAUT == 0 {
        names
    } else {
        [names[1], names[0]]
    };
    // A row that leaves out other umlauts as well is from someone who has none on the keyboard.
    let leaves_out = other.iter().any(|&one| {
        let here = plain.iter().find(|&&same| same & WORD == one & WORD);
        one & WORD != left & WORD && one & UMLAUT != 0 && here.is_some_and(|here| here & UMLAUT == 0)
    });
    let writes = plain.iter().any(|one| one & UMLAUT != 0);
    alike
        * match (word.facts.plain, word.facts.with_umlaut) {
            _ if leaves_out => 0.98,
            (true, true) => 0.06,
            (false, true) if writes => 0.85,
            (false, true) => 0.97,
            (true, false) => 0.2,
            // A long name is some known one mistyped sooner than it is another.
            (false, false) if word.length > 8 => 0.8,
            (false, false) if writes => 0.2,
            (false, false) => 0.4,
        }
}

/// `short` as a cut-off form of `long`: an initial, a beginning with a full stop, a long beginning without.
fn shortened(short_word: u32, long_word: u32, short: &str, long: &str) -> Option<f32> {
    if short.len() >= long.len() || long_word & DOTTED != 0 && short_word & DOTTED == 0 {
        return None;
    }
    let dotted = short_word & DOTTED != 0;
    if long.starts_with(short) {
        return match short.len() {
            1 => Some(if dotted { 0.85 } else { 0.6 }),
            _ if dotted => Some(0.93),
            4.. if long.len() >= short.len() + 3 => Some(0.45),
            _ => None,
        };
    }
    // "Bhs." for Bahnhofs, "Hsm." for Hausmeister: only with the full stop, and with the last letter kept or a
    // consonant skeleton of three.
    let mut letters = long.bytes();
    let contained = short.bytes().all(|letter| letters.any(|other| other == letter));
    let same_end = short.as_bytes().last() == long.as_bytes().last();
    let enough = short.len() >= 3 || short.len() == 2 && same_end;
    (dotted && enough && short.as_bytes()[0] == long.as_bytes()[0] && contained).then_some(0.75)
}

/// Keys beside or above each other on a German keyboard; y and z change places on others.
fn are_neighbours(one: u8, two: u8) -> bool {
    const ROWS: [&[u8]; 3] = [b"qwertzuiop", b"asdfghjkl", b"yxcvbnm"];
    let place = |letter: u8| {
        let rows = ROWS.iter().enumerate();
        rows.filter_map(|(row, keys)| Some((row, keys.iter().position(|&key| key == letter)?)))
            .next()
    };
    match (place(one), place(two)) {
        (Some((row, column)), Some((other_row, other_column))) => {
            row == other_row && column.abs_diff(other_column) == 1
                || row.abs_diff(other_row) == 1 && column == other_column
                || matches!((one.min(two), one.max(two)), (b'y', b'z'))
        }
        _ => false,
    }
}

/// Names that differ in one letter and sound the same (`Kaiser`, `Kayser`; `Bremer`, `Brehmer`).
fn is_respelt(left: &str, right: &str) -> bool {
    match trim_common(left.as_bytes(), right.as_bytes()) {
        ([one], [two]) => sound_alike(*one, *two),
        ([], [letter]) | ([letter], []) => matches!(letter, b'h' | b'e' | b't' | b'c' | b'd' | b's'),
        _ => false,
    }
}

fn sound_alike(one: u8, two: u8) -> bool {
    matches!(
        (one.min(two), one.max(two)),
        (b'd', b't')
            | (b'b', b'p')
            | (b'g', b'k')
            | (b'c', b'k')
            | (b'f', b'v')
            | (b'v', b'w')
            | (b'i', b'y')
            | (b's', b'z')
            | (b'c', b'z')
            | (b'i', b'j')
            | (b'a', b'e')
            | (b'm', b'n')
            | (b'c', b's')
            | (b'e', b'i')
    )
}

/// `Löwe` and `Löwen`, `Hirsch` and `Hirschen`; where no family's name is concerned also `roten` and `roter`.
fn is_inflected(left: &str, right: &str, family: bool) -> bool {
    const ENDINGS: [&str; 6] = ["n", "en", "e", "s", "es", "er"];
    let (short, long) = if left.len() < right.len() {
        (left, right)
    } else {
        (right, left)
    };
    // "Delphin" is no more of "Delphi".
    let takes =
        |ending: &str| ENDINGS.contains(&ending) && (ending != "n" || short.ends_with(['e', 'r', 'l']));
    if short.len() >= 3 && long.strip_prefix(short).is_some_and(takes) {
        return true;
    }
    let stem = |word: &str| {
        ["en", "er", "es", "em"]
            .iter()
            .find_map(|ending| word.strip_suffix(ending))
            .map(str::len)
    };
    !family
        && left.len() == right.len()
        && stem(left).is_some_and(|length| length >= 3 && left[..length] == right[..length])
        && stem(right).is_some()
}

/// A slip may bring an `e` behind a vowel, and folding takes it for an umlaut's (`Hasuer` for `Hauser`): whether the words
/// are one slip apart once it is put back.
fn hides_an_umlaut(left: &str, right: &str) -> bool {
    let (short, long) = if left.len() < right.len() {
        (left, right)
    } else {
        (right, left)
    };
    short.len() + 1 == long.len()
        && short.char_indices().any(|(at, letter)| {
            matches!(letter, 'a' | 'o' | 'u') && {
                let (before, after) = short.split_at(at + 1);
                edits(format!("{before}e{after}").as_bytes(), long.as_bytes(), 1) <= 1
            }
        })
}

/// `Krone` and `Krönle`: a small one of its kind is another house. Dialects of the small one (`Rössle`, `Rössli`) are not
/// told apart here.
fn is_diminutive(left: &str, right: &str) -> bool {
    const ENDINGS: [&str; 5] = ["le", "li", "lein", "chen", "erl"];
    let (short, long) = if left.len() < right.len() {
        (left, right)
    } else {
        (right, left)
    };
    let small = |stem: &str| {
        let ending = long.strip_prefix(stem);
        stem.len() >= 3 && ending.is_some_and(|ending| ENDINGS.contains(&ending))
    };
    (small(short) || short.strip_suffix('e').is_some_and(small))
        && !ENDINGS.iter().any(|ending| short.ends_with(ending))
}

/// What names of houses, places and families end in. Compounds that differ just there are two names (`Seeberg`,
/// `Seeburg`).
const HEADS: &[&str] = &[
    "au", "bach", "bad", "baum", "berg", "blick", "born", "bruck", "brunn", "burg", "busch", "dorf", "eck",
    "feld", "furt", "garten", "graben", "grund", "hagen", "haus", "heim", "hof", "holz", "hugel", "kamp",
    "kron", "land", "licht", "man", "mat", "mat", "moor", "muhl", "park", "platz", "reich", "rot", "ruh",
    "schein", "se", "stadt", "stein", "stern", "stieg", "stube", "tal", "teich", "tor", "wald", "weg",
    "werth", "wies", "wiese", "winkel", "zell",
];

fn heads_differ(left: &str, right: &str) -> bool {
    let heads = |word: &'static str, of: &str| of.len() >= word.len() + 2 && of.ends_with(word);
    HEADS.iter().filter(|head| heads(head, left)).any(|one| {
        let stem = &left[..left.len() - one.len()];
        HEADS
            .iter()
            .any(|two| one != two && heads(two, right) && right[..right.len() - two.len()] == *stem)
    })
}
