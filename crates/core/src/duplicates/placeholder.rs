//! Values that people type where there is none: they are no values and match nothing.

use std::sync::OnceLock;

use super::fold::fold_into;

/// True for texts that stand for "nothing known": empty, punctuation only, zeros, `k.A.`, `unbekannt`, `n/a`, …
///
/// Meant for names, places and free text; e-mail addresses and phone numbers have tests of their own
/// ([`is_placeholder_email`], [`is_placeholder_phone`]).
pub fn is_placeholder(text: &str) -> bool {
    if !begins_like_one(text) {
        return false;
    }
    let mut form = String::with_capacity(text.len());
    fold_into(text, &mut form);
    is_placeholder_form(&form)
}

/// False where a glance at the first letters shows that a text is none of the lists' words; most real values leave here.
fn begins_like_one(text: &str) -> bool {
    static BEGINNINGS: OnceLock<Vec<bool>> = OnceLock::new();
    let slot = |letters: [u8; 3]| {
        letters
            .iter()
            .fold(0, |slot, letter| slot * 26 + usize::from(letter - b'a'))
    };
    let mut first = [0; 3];
    let mut length = 0_usize;
    for byte in text.bytes() {
        let letter = byte.to_ascii_lowercase();
        match letter {
            b'a'..=b'z' => {
                let before = length.checked_sub(1).map(|at| first[at]);
                if before == Some(letter) || letter == b'e' && matches!(before, Some(b'a' | b'o' | b'u')) {
                    // What folding may do to these letters is not worth repeating here.
                    return true;
                }
                first[length] = letter;
                length += 1;
            }
            b' '..=b'/' => {}
            _ => return true,
        }
        if length == first.len() {
            let beginnings = BEGINNINGS.get_or_init(|| {
                let mut beginnings = vec![false; 26 * 26 * 26];
                for word in PLACEHOLDERS.iter().chain(NOBODY) {
                    let letters = word.bytes().chain(*b"aa").take(3).collect::<Vec<u8>>();
                    if let Ok(letters @ [b'a'..=b'z', b'a'..=b'z', b'a'..=b'z']) =
                        <[u8; 3]>::try_from(letters)
                    {
                        beginnings[slot(letters)] = true;
                    }
                }
                beginnings
            });
            return beginnings[slot(first)];
        }
    }
    true
}

/// [`is_placeholder`] for a text that is folded already, its words written without blanks.
pub(super) fn is_placeholder_form(form: &str) -> bool {
    let mut letters = form.chars();
    let Some(first) = letters.next() else {
        return true;
    };
    // "xxx" folds to "x", "---" to nothing.
    if matches!(first, '0' | 'x' | 'n' | '9') && letters.all(|letter| letter == first) {
        return true;
    }
    PLACEHOLDERS.binary_search(&form).is_ok()
}

/// Folded, without blanks and punctuation, sorted.
const PLACEHOLDERS: &[&str] = &[
    "anonym",
    "anonymous",
    "asd",
    "asdf",
    "aucun",
    "aucune",
    "bar1",
    "beispiel",
    "beispielfirma",
    "beispielstadt",
    "beliebig",
    "dito",
    "divers",
    "diverse",
    "dumy",
    "egal",
    "entfalt",
    "eror",
    "fehler",
    "fehlt",
    "fo",
    "fobar",
    "folgt",
    "inconu",
    "invalid",
    "irgendwas",
    "irgendwo",
    "ka",
    "kein",
    "keiname",
    "keinamen",
    "keinangabe",
    "keine",
    "keineahnung",
    "keineangabe",
    "keineangaben",
    "keineangabevorhanden",
    "keinefirma",
    "keinefirmangegeben",
    "keinemail",
    "keiner",
    "keinestadt",
    "keinort",
    "keintelefon",
    "keinunternehmen",
    "keinwert",
    "komtnoch",
    "ler",
    "mfirma",
    "mising",
    "muster",
    "musterfirma",
    "mustergmbh",
    "musterort",
    "musterstadt",
    "n",
    "na",
    "nachgereicht",
    "nan",
    "nbekant",
    "neant",
    "nesuno",
    "nichtangegeben",
    "nichtbekant",
    "nichterfast",
    "nichts",
    "nichtverfugbar",
    "nichtvorhanden",
    "nil",
    "none",
    "nonoto",
    "notaplicable",
    "notavailable",
    "notknown",
    "notset",
    "ns",
    "nul",
    "nv",
    "ofen",
    "ohne",
    "ohneangabe",
    "ohneangaben",
    "ohnefirma",
    "ohnename",
    "ohnenamen",
    "ohneort",
    "ohnewert",
    "privat",
    "privatkunde",
    "privatperson",
    "qwerty",
    "qwertz",
    "sansobjet",
    "sconosciuto",
    "siehe",
    "sieheoben",
    "spater",
    "tba",
    "tbd",
    "test",
    "testest",
    "testfirma",
    "testgmbh",
    "testort",
    "teststadt",
    "todo",
    "unasigned",
    "unbek",
    "unbekant",
    "unbekante",
    "unbekanter",
    "undefined",
    "ungenant",
    "ungultig",
    "unknown",
    "unspecified",
    "wirdnachgereicht",
    "xyxy",
    "xyz",
];

/// Local parts of addresses that nobody reads, folded.
const NOBODY: &[&str] = &[
    "noreply",
    "noreplay",
    "noanswer",
    "donotreply",
    "dontreply",
    "nichtantworten",
    "bitenichtantworten",
    "keineantwort",
    "mailerdaemon",
    "postmaster",
    "bounce",
    "bounces",
    "nepasrepondre",
];

/// True for addresses that belong to nobody in particular: `noreply@…` of any portal, `test@test.de`, a placeholder
/// before the `@`. The reserved domains (`example.com`) are no sign: whoever tries Lotse out uses them. Expects the
/// normal form, see [`super::normal_email`].
pub fn is_placeholder_email(normal: &str) -> bool {
    let Some((local, domain)) = normal.rsplit_once('@') else {
        return true;
    };
    if !begins_like_one(local) && !domain.starts_with(local) {
        return false;
    }
    let mut person = String::with_capacity(local.len());
    fold_into(local.split('+').next().unwrap_or(local), &mut person);
    let name = domain.rsplit_once('.').map_or(domain, |(name, _)| name);
    let mut host = String::with_capacity(name.len());
    fold_into(name, &mut host);
    if NOBODY.contains(&person.as_str()) {
        return true;
    }
    // "test@siemens.com" is an address, "test@test.de" is not; "x@huber.de" is one, "xxx@huber.de" is not.
    let nobody = is_placeholder_form(&person) && (person.len() > 1 || local.len() > 2);
    let somebody = matches!(
        person.as_str(),
        "test" | "privat" | "divers" | "diverse" | "offen" | "muster" | "ns" | "ka"
    );
    nobody && (!somebody || is_placeholder_form(&host) || is_placeholder(domain))
        || host == person && matches!(host.as_str(), "mail" | "email" | "test" | "a" | "b" | "x")
}

/// True for numbers nobody has: one digit repeated, or an ascending or descending run, after the country code and the
/// area's leading zero. `national` are the digits after the country code.
pub fn is_placeholder_phone(national: &str) -> bool {
    let digits = national.as_bytes();
    if digits.len() < 4 {
        return true;
    }
    let step = |change: i16| {
        digits
            .windows(2)
            .all(|pair| (i16::from(pair[1]) - i16::from(pair[0]) - change).rem_euclid(10) == 0)
    };
    // 17000000 and 30123456 are typed as fillers too, but also given out: those stay.
    step(0) || step(1) || step(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_folded() {
        assert!(PLACEHOLDERS.is_sorted());
        for word in PLACEHOLDERS {
            assert_eq!(super::super::fold::fold(word), *word);
        }
    }

    #[test]
    fn what_stands_for_nothing_is_recognised() {
        for text in [
            "",
            " ",
            "-",
            "--",
            "---",
            ".",
            "?",
            "k.A.",
            "k. A.",
            "K.A",
            "keine Angabe",
            "unbekannt",
            "UNBEKANNT",
            "n/a",
            "N.A.",
            "#N/A",
            "n.v.",
            "null",
            "None",
            "NaN",
            "00000000",
            "0",
            "xxx",
            "XXXX",
            "nicht bekannt",
            "Muster GmbH",
            "test",
            "siehe oben",
            "privat",
            "tbd",
            "_",
            "(leer)",
            "\u{2013}",
            "\u{a0}",
        ] {
            assert!(is_placeholder(text), "{text:?}");
        }
        for text in [
            "Ka",
            "AKA Consulting",
            "Offenbach",
            "Leerdam",
            "Nannen",
            "Testo SE",
            "0815 Bar",
            "Musterhaus Küchen",
            "X1",
            "9 Bar",
        ] {
            assert_eq!(is_placeholder(text), text == "Ka", "{text:?}");
        }
    }

    #[test]
    fn nobodys_addresses_are_recognised() {
        for address in [
            "noreply@portal.de",
            "no-reply@x.com",
            "no_reply+77@x.com",
            "donotreply@bank.ch",
            "test@test.de",
            "mail@mail.de",
            "k.a@k.a",
            "unbekannt@unbekannt.de",
            "unbekannt@firma.de",
            "keine@email.de",
            "xxx@xxx.de",
            "kein",
        ] {
            assert!(is_placeholder_email(address), "{address}");
        }
        for address in [
            "info@test.de",
            "max@example.com",
            "test@siemens.com",
            "muster@web.de",
            "reply@x.de",
            "nora@ply.de",
            "privat@huber.de",
            "mail@huber.de",
        ] {
            assert!(!is_placeholder_email(address), "{address}");
        }
    }

    #[test]
    fn nobodys_numbers_are_recognised() {
        for digits in [
            "00000000",
            "1111111",
            "123456789",
            "1234567890",
            "987654321",
            "999",
            "",
        ] {
            assert!(is_placeholder_phone(digits), "{digits}");
        }
        for digits in ["8912345678", "17012345678", "30123456", "443211234"] {
            assert!(!is_placeholder_phone(digits), "{digits}");
        }
    }
}
