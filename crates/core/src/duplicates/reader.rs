//! Reads whole names: splits them into written words and decides, with the neighbours in view, what each one does.

use super::company::{
    BESIDE, Class, DOTTED, HYPHENED, OWN_CITY, OWNER, SAINT, TAIL, WORD, fixed_class, legal,
};
use super::vocabulary::Vocabulary;
use super::words::{FILLER, GIVEN, HOUSE, NUMBER, SISTER, SURNAME, TRADE};

/// Signs around a written word.
pub(super) mod sign {
    /// A dash between blanks, a comma or the like stands before the word.
    pub(crate) const BREAK: u8 = 1;
    pub(crate) const OPEN: u8 = 2;
    pub(crate) const CLOSE: u8 = 4;
    /// A full stop follows directly.
    pub(crate) const DOT: u8 = 8;
    /// `&` or `+` stands before the word.
    pub(crate) const AND: u8 = 16;
    /// A hyphen without blanks stands before the word.
    pub(crate) const HYPHEN: u8 = 32;
}

/// Calls `see` with each written word of a name (letters, digits, apostrophes inside) and the signs around it.
pub(super) fn split_name<'t>(text: &'t str, mut see: impl FnMut(&'t str, u8)) {
    let bytes = text.as_bytes();
    let mut signs = 0;
    let mut blank_before = true;
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        while at < bytes.len() {
            let length = word_letter(text, at);
            let apostrophe = at > start && length == 0 && is_apostrophe(bytes[at]) && at + 1 < bytes.len();
            if length == 0 && !(apostrophe && word_letter(text, at + 1) > 0) {
                break;
            }
            at += length.max(1);
        }
        if at > start {
            let dot = if bytes.get(at) == Some(&b'.') {
                sign::DOT
            } else {
                0
            };
            see(&text[start..at], signs | dot);
            signs = 0;
            blank_before = false;
            continue;
        }
        let sign = text[at..].chars().next().unwrap_or(' ');
        let end = at + sign.len_utf8();
        let blank_after = bytes.get(end).is_none_or(|&byte| byte == b' ');
        match sign {
            ',' | '|' | ';' | ':' | '•' | '·' | '"' | '„' | '“' | '”' | '»' | '«' => {
                signs |= sign::BREAK;
            }
            '-' | '/' | '–' | '—' if blank_before || blank_after || matches!(sign, '–' | '—') => {
                signs |= sign::BREAK;
            }
            '-' => signs |= sign::HYPHEN,
            '(' | '[' => signs |= sign::OPEN,
            ')' | ']' => signs |= sign::CLOSE,
            '&' | '+' => signs |= sign::AND,
            _ => {}
        }
        blank_before = sign.is_whitespace();
        at = end;
    }
}

fn is_apostrophe(byte: u8) -> bool {
    matches!(byte, b'\'' | b'`')
}

/// Bytes of the letter, digit, mark or typographic apostrophe at `at`; 0 when there is none.
fn word_letter(text: &str, at: usize) -> usize {
    let byte = text.as_bytes()[at];
    if byte.is_ascii() {
        return usize::from(byte.is_ascii_alphanumeric());
    }
    let Some(letter) = text[at..].chars().next() else {
        return 0;
    };
    let inside = letter.is_alphanumeric()
        || matches!(letter, '’' | '´' | '\u{ad}' | '\u{200b}')
        || unicode_normalization::char::is_combining_mark(letter);
    if inside { letter.len_utf8() } else { 0 }
}

/// A written word of a row by its number, with its signs.
#[derive(Clone, Copy)]
pub(super) struct WordAt {
    pub(super) written: u32,
    pub(super) signs: u8,
}

/// More words than this are not looked at: a name has fewer, a title of a book sometimes has not.
pub(super) const MOST_WORDS: usize = 32;

/// Puts a row's words together: appends their numbers and marks to `out`, gives the legal forms.
pub(super) fn assemble(vocabulary: &Vocabulary, words: &[WordAt], city: &[u32], out: &mut Vec<u32>) -> u16 {
    let start = out.len();
    let mut forms = 0;
    let mut named = false;
    let mut owner = false;
    let mut tail = false;
    let mut bracket = false;
    let mut since = false;
    let mut saint = false;
    let mut at = 0;
    while at < words.len() && out.len() - start < MOST_WORDS {
        let WordAt { written, signs } = words[at];
        if signs & sign::CLOSE != 0 && bracket {
            (tail, bracket) = (false, false);
        }
        if signs & (sign::BREAK | sign::OPEN) != 0 && named {
            tail = true;
            owner &= signs & sign::BREAK == 0;
            bracket = signs & sign::OPEN != 0;
        }
        let (class, parts) = vocabulary.reading(written);
        at += 1;
        match class {
            Class::Legal(bits) => forms |= bits,
            Class::Joint | Class::Nothing => {}
            Class::OwnerMark => owner |= named,
            Class::SinceMark => since = true,
            Class::Letter(letter) => {
                if let Some((length, bits)) = dotted_form(vocabulary, &words[at - 1..]) {
                    forms |= bits;
                    at += length - 1;
                } else if letter == b'u' && at > 1 && at < words.len() {
                    // "Müller u. Söhne"
                } else if matches!(letter, b'i' | b'v' | b'x') && named && at == words.len() {
                    let number = match letter {
                        b'i' => "1",
                        b'v' => "5",
                        _ => "10",
                    };
                    out.extend(vocabulary.texts().find(number));
                } else {
                    let marks = if owner { OWNER } else { 0 } | if tail { TAIL } else { 0 };
                    out.push(parts[0] | marks | DOTTED);
                }
            }
            Class::Words => {
                for &part in parts {
                    let word = part & WORD;
                    let known = vocabulary.word(word);
                    let facts = known.facts;
                    if since && facts.is(NUMBER) && known.length == 4 {
                        continue;
                    }
                    let dotted = if parts.len() == 1 { signs } else { 0 };
                    let before = out.len();
                    push(vocabulary, part, dotted, owner, tail, city, out);
                    if saint && let Some(last) = out[before..].last_mut() {
                        *last |= SAINT;
                    }
                    saint = known.length == 5 && vocabulary.text(word) == "sankt";
                    let says_nothing = facts.is(FILLER | TRADE | NUMBER | SISTER) && !facts.is(SURNAME);
                    named |= !says_nothing && !city.contains(&word);
                }
                since = false;
            }
        }
    }
    let first_name = |word: u32| {
        let facts = vocabulary.word(word & WORD).facts;
        facts.is(GIVEN) && !facts.is(SURNAME | HOUSE)
    };
    let name = |word: &u32| {
        let known = vocabulary.word(word & WORD);
        let facts = known.facts;
        let other = facts.is(FILLER | TRADE | NUMBER | SISTER) && !facts.is(SURNAME);
        !other && !first_name(*word) && word & (OWNER | OWN_CITY) == 0 && known.length > 1
    };
    let beside = out[start..].iter().any(name);
    for word in &mut out[start..] {
        if beside && *word & SAINT == 0 && first_name(*word) {
            *word |= BESIDE;
        }
    }
    // A town hall bears the town's name and nothing else: then it is the name.
    let content = |word: &u32| {
        let facts = vocabulary.word(word & WORD).facts;
        !facts.is(FILLER | TRADE | NUMBER)
    };
    if out[start..]
        .iter()
        .filter(|word| content(word))
        .all(|word| word & OWN_CITY != 0)
    {
        for word in &mut out[start..] {
            *word &= !OWN_CITY;
        }
    }
    forms
}

fn push(
    vocabulary: &Vocabulary,
    part: u32,
    signs: u8,
    owner: bool,
    tail: bool,
    city: &[u32],
    out: &mut Vec<u32>,
) {
    let word = part & WORD;
    let facts = vocabulary.word(word).facts;
    if facts.is(FILLER) && !facts.is_known() {
        return;
    }
    let mark = |on: bool, bit: u32| if on { bit } else { 0 };
    out.push(
        part | mark(owner, OWNER)
            | mark(tail, TAIL)
            | mark(signs & sign::DOT != 0, DOTTED)
            | mark(signs & sign::HYPHEN != 0, HYPHENED)
            | mark(city.contains(&word), OWN_CITY),
    );
}

/// A legal form written letter by letter at the beginning of `words` (`e. K.`, `G m b H`, `S.A.`, `e. Kfm.`): how many
/// words it takes and what it is.
fn dotted_form(vocabulary: &Vocabulary, words: &[WordAt]) -> Option<(usize, u16)> {
    let mut form = [0_u8; 6];
    let mut length = 0;
    for (at, word) in words.iter().take(form.len()).enumerate() {
        if at > 0 && word.signs & (sign::BREAK | sign::AND | sign::OPEN) != 0 {
            break;
        }
        match vocabulary.reading(word.written).0 {
            Class::Letter(letter) => {
                form[at] = letter;
                length = at + 1;
            }
            // "e. Kfm.", "e. Kfr."
            Class::Legal(legal::EK) if at == 1 && form[0] == b'e' => return Some((2, legal::EK)),
            _ => break,
        }
    }
    (2..=length).rev().find_map(|length| {
        let form = std::str::from_utf8(&form[..length]).ok()?;
        match form {
            "il" | "ig" => Some((length, 0)),
            "co" => Some((length, 0)),
            _ => match fixed_class(form, length)? {
                Class::Legal(bits) => Some((length, bits)),
                _ => None,
            },
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, city: &str) -> (String, u16) {
        let mut vocabulary = Vocabulary::default();
        vocabulary.add("1");
        let city: Vec<u32> = city.split_whitespace().map(|word| vocabulary.add(word)).collect();
        let mut words = Vec::new();
        split_name(text, |word, signs| {
            words.push(WordAt {
                written: vocabulary.learn(word),
                signs,
            });
        });
        let mut out = Vec::new();
        let forms = assemble(&vocabulary, &words, &city, &mut out);
        let shown = out.iter().map(|word| {
            let mark = |bit, sign| if word & bit != 0 { sign } else { "" };
            format!(
                "{}{}{}{}",
                vocabulary.text(word & WORD),
                mark(OWNER, "!"),
                mark(TAIL, "~"),
                mark(OWN_CITY, "@")
            )
        });
        (shown.collect::<Vec<_>>().join(" "), forms)
    }

    #[test]
    fn names_are_read_word_by_word() {
        for (text, form) in [
            ("Müller GmbH & Co. KG", "muler"),
            ("Müller GmbH+Co.KG", "muler"),
            ("Müller G.m.b.H. u. Co KG", "muler"),
            ("Bäckerei Huber e. K.", "backerei huber"),
            ("Bäckerei Huber e.Kfm.", "backerei huber"),
            ("Gasth. z. Post", "gasthof z post"),
            (
                "Gasthof zum Adler, Inh. Peter Schmid",
                "gasthof adler peter!~ schmid!~",
            ),
            ("Hotel - Restaurant Adler", "hotel restaurant adler"),
            ("Bäckerei Huber – Tradition seit 1898", "backerei huber"),
            ("Metzgerei Huber Köln", "metzgerei huber koln@"),
            ("Stadt Köln", "stadt koln"),
            ("Fonds XI", "fonds 11"),
            ("Immofonds I", "imofonds 1"),
            ("H. Müller u. Söhne", "h muler"),
            ("Joe’s Bar", "jos bar"),
            ("St. Josef-Stift e.V.", "josef stift"),
            ("Restaurant Löwen (ehem. Krone)", "restaurant lowen krone!~"),
            ("Filiale3 Müller", "filiale 3 muler"),
        ] {
            assert_eq!(read(text, "koln").0, form, "{text}");
        }
        assert_eq!(read("Müller GmbH & Co. KG", "").1, legal::GMBH | legal::KG);
        assert_eq!(read("Weber S.A.", "").1, legal::AG);
    }
}
