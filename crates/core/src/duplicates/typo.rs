//! Whether two different words are one word and its misspelling, or two words.

use super::company::{DOTTED, UMLAUT, WORD};
use super::similarity::{edits, trim_common};
use super::vocabulary::Vocabulary;
use super::words::{HOUSE, Lexicon, NUMBER, SURNAME};

/// The estimated probability, 0 to 1, that the two words of a row mean the same word.
///
/// Four kinds of evidence are added up: how near the letters are for the length of the word, whether the lists know
/// both words (then they are two words, however near), whether the letters look like those of a word, and whether the
/// corpus knows both: a misspelling is rare, a name that several rows have is a name.
///
/// `people` tells that the word stands beside a trade that people have under their own name, rather than a house.
pub(super) fn same_word(vocabulary: &Vocabulary, left: u32, right: u32, people: bool) -> f32 {
    let (one, two) = (left & WORD, right & WORD);
    if one == two {
        return 1.0;
    }
    let (word_one, word_two) = (vocabulary.word(one), vocabulary.word(two));
    let (facts_one, facts_two) = (word_one.facts, word_two.facts);
    if facts_one.trade != 0 && facts_one.trade == facts_two.trade {
        return 0.96;
    }
    if (facts_one.lists | facts_two.lists) & NUMBER != 0 {
        return 0.0;
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
        return 0.0;
    }
    let (text_one, text_two) = (vocabulary.text(one), vocabulary.text(two));
    if contained
        && let Some(shortened) =
            shortened(left, right, text_one, text_two).or_else(|| shortened(right, left, text_two, text_one))
    {
        let both_known = facts_one.is_known() && facts_two.is_known();
        return if both_known && shortened < 0.85 {
            0.15
        } else {
            shortened
        };
    }
    if !near || limit == 0 {
        return 0.0;
    }
    let limit = u32::from(limit);
    let mut distance = edits(text_one.as_bytes(), text_two.as_bytes(), limit);
    if distance > limit {
        return 0.0;
    }
    if distance == 2 && hides_an_umlaut(text_one, text_two) {
        distance = 1;
    }
    let length = f32::from(longer.min(12));
    let mut evidence = 0.55 * (length - 5.8);
    evidence += match distance {
        1 => kind_of_edit(text_one, text_two),
        2 => -1.9,
        _ => -4.2,
    };
    let inflected = is_inflected(
        text_one,
        text_two,
        [facts_one, facts_two]
            .iter()
            .any(|facts| facts.is(SURNAME) && !facts.is(HOUSE)),
    );
    let at_end = text_one.starts_with(text_two) || text_two.starts_with(text_one);
    let known_one = facts_one.is_word(left & UMLAUT != 0);
    let known_two = facts_two.is_word(right & UMLAUT != 0);
    let houses = facts_one.lists & facts_two.lists & HOUSE != 0;
    let family = (facts_one.lists | facts_two.lists) & SURNAME != 0;
    if inflected && !(people && family) && (known_one != known_two || houses) {
        evidence += 1.6;
    } else if inflected && people {
        // "Hahn" and "Hahne", "Carl" and "Carls": beside a craft they are two families.
        evidence -= 1.4;
    } else if at_end {
        // Fingers seldom forget the last letter; names that go on for one are other names (`Santo`, `Santos`).
        evidence -= 0.8;
    }
    if heads_differ(text_one, text_two) || is_diminutive(text_one, text_two) {
        evidence -= 3.5;
    }
    let swapped = matches!(
        trim_common(text_one.as_bytes(), text_two.as_bytes()),
        ([_, _], [_, _])
    );
    if (left ^ right) & UMLAUT != 0 {
        // "Rosenhof" and "Rosenhöfe".
        evidence -= 1.6;
    }
    let lexicon = Lexicon::get();
    match (known_one, known_two) {
        // "Löwe" and "Löwen" are one house, "Lang" and "Lange" two families, "Andrea" and "Andreas" two people.
        (true, true) if inflected && !people && houses => evidence -= 1.4,
        (true, true) => {
            evidence -= match (inflected, swapped) {
                (true, _) => 4.5,
                (false, true) => 4.0,
                (false, false) => 6.0,
            }
        }
        _ => {
            // A slip seldom gives something that looks like a word: then it rather is one.
            let (strange_one, strange_two) = (lexicon.strangeness(text_one), lexicon.strangeness(text_two));
            let stranger = f32::max(strange_one, strange_two);
            evidence += STRANGER * (stranger.min(4.0) - 2.2)
                + STRANGER_THAN_THE_OTHER * (strange_one - strange_two).abs().min(1.2);
            let compounds = (lexicon.is_compound(text_one), lexicon.is_compound(text_two));
            if !inflected && (compounds.0 || known_one) && (compounds.1 || known_two) {
                evidence -= 3.5;
            } else if family && longer <= 8 && is_respelt(text_one, text_two) {
                // What sounds like a family name is mostly another spelling that another family has.
                evidence -= 0.9;
            }
        }
    }
    let (rarer, commoner) = (word_one.rows.min(word_two.rows), word_one.rows.max(word_two.rows));
    let one_known = known_one != known_two;
    if rarer > 3 {
        // Common words are misspelt often, but never nearly as often as they are spelt.
        evidence -= match (commoner / rarer, one_known) {
            (100.., _) => 0.5,
            (20..100, _) | (_, true) => 1.2,
            _ => 3.5,
        };
    } else if commoner > 10 {
        evidence += 0.4;
    }
    1.0 / (1.0 + (-evidence).exp())
}

/// The probability that two words mean the same that are one once umlauts are taken away (`Müller` and `Muller`, `Kramer`
/// and `Krämer`): those at the places `at` of two names.
pub(super) fn same_spelling(vocabulary: &Vocabulary, names: [&[u32]; 2], at: [usize; 2]) -> f32 {
    let (left, right) = (names[0][at[0]], names[1][at[1]]);
    if (left ^ right) & UMLAUT == 0 {
        return 1.0;
    }
    let [plain, other] = if left & UMLAUT == 0 {
        names
    } else {
        [names[1], names[0]]
    };
    let word = vocabulary.word(left & WORD);
    // A row that leaves out other umlauts as well is from someone who has none on the keyboard.
    let leaves_out = other.iter().any(|&one| {
        let here = plain.iter().find(|&&same| same & WORD == one & WORD);
        one & WORD != left & WORD && one & UMLAUT != 0 && here.is_some_and(|here| here & UMLAUT == 0)
    });
    let writes = plain.iter().any(|one| one & UMLAUT != 0);
    match (word.facts.plain, word.facts.with_umlaut) {
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

/// How much each nat of surprise per letter says for a slip: of the stranger of two words, and of the distance between
/// them. Fitted to slips of the finger in family names, against names that are as near.
const STRANGER: f32 = 1.2;
const STRANGER_THAN_THE_OTHER: f32 = 1.6;

/// How a single edit shifts the balance: fingers swap and drop letters and hit the key beside; names that differ in what
/// sounds alike are mostly two.
fn kind_of_edit(left: &str, right: &str) -> f32 {
    match trim_common(left.as_bytes(), right.as_bytes()) {
        ([_, _], [_, _]) => 1.6,
        ([], _) | (_, []) => 0.4,
        ([one], [two]) if sound_alike(*one, *two) => -0.4,
        ([one], [two]) if are_neighbours(*one, *two) => 0.7,
        _ => -0.8,
    }
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
