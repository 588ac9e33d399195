//! Reads a company's name: which words it has and what each is doing there.

use super::fold::{Marks, fold_marking};
use super::hash::count;
use super::words::Lexicon;

/// In a row's words: what comes after an owner mark (`Inh. Peter Schmid`).
pub(super) const OWNER: u32 = 1 << 31;
/// In a row's words: what comes after a dash, comma or bracket, once the name proper has been said.
pub(super) const TAIL: u32 = 1 << 30;
/// In a row's words: the row's own city.
pub(super) const OWN_CITY: u32 = 1 << 29;
/// In a row's words: written with a full stop, so perhaps cut short.
pub(super) const DOTTED: u32 = 1 << 28;
/// In a row's words: joined to the word before by a hyphen (`Müller-Krause`).
pub(super) const HYPHENED: u32 = 1 << 27;
/// In a row's words: a first name beside a family name. It never makes two names the same by itself.
pub(super) const BESIDE: u32 = 1 << 26;
/// In a row's words: after `St.`, so that it names a house and no person.
pub(super) const SAINT: u32 = 1 << 25;
/// In a row's words: written with an umlaut, which folding takes away.
pub(super) const UMLAUT: u32 = 1 << 24;
/// In a row's words: an odd number of its letters was written twice, which folding takes away.
pub(super) const DOUBLED: u32 = 1 << 23;
/// The bits of a row's word that number it in the vocabulary.
pub(super) const WORD: u32 = DOUBLED - 1;

/// The bits of a row's word for how it was spelt.
pub(super) fn spelling(marks: Marks) -> u32 {
    let mark = |on: bool, bit: u32| if on { bit } else { 0 };
    mark(marks.umlauts != 0, UMLAUT) | mark(marks.odd(), DOUBLED)
}

/// Numbers written as words, folded.
pub(super) const NUMBER_WORDS: &[(&str, &str)] = &[
    ("eins", "1"),
    ("zwei", "2"),
    ("drei", "3"),
    ("vier", "4"),
    ("funf", "5"),
    ("sechs", "6"),
    ("sieben", "7"),
    ("acht", "8"),
    ("neun", "9"),
    ("zehn", "10"),
    ("elf", "11"),
    ("zwolf", "12"),
    ("dreizehn", "13"),
    ("vierzehn", "14"),
    ("zwanzig", "20"),
    ("dreisig", "30"),
    ("erste", "1"),
    ("erster", "1"),
    ("zweite", "2"),
    ("zweiter", "2"),
    ("drite", "3"),
    ("driter", "3"),
];

/// Legal forms as a set of bits; a name can carry several (`GmbH & Co. KG`).
pub(super) mod legal {
    pub(crate) const GMBH: u16 = 1;
    pub(crate) const AG: u16 = 2;
    pub(crate) const KG: u16 = 4;
    pub(crate) const OHG: u16 = 8;
    pub(crate) const GBR: u16 = 16;
    pub(crate) const EK: u16 = 32;
    pub(crate) const EV: u16 = 64;
    pub(crate) const EG: u16 = 128;
    pub(crate) const UG: u16 = 256;
    pub(crate) const SE: u16 = 512;
    pub(crate) const PARTG: u16 = 1024;
    pub(crate) const LTD: u16 = 2048;
    pub(crate) const KGAA: u16 = 4096;
}

/// What one written word is in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// One or more words of the vocabulary.
    Words,
    /// A legal form or part of one, as bits of [`legal`]; 0 for words that only accompany one.
    Legal(u16),
    /// `und`, `u`, `et`, `co`: joins names, is none.
    Joint,
    /// `Inh.`, `Inhaber`, `vormals`: an owner or former name follows.
    OwnerMark,
    /// `seit`, `gegr.`: a year follows.
    SinceMark,
    /// One letter: an initial, or part of a form written with dots (`e. K.`).
    Letter(u8),
    /// Left out (`Firma`, articles have a class of their own: they are words).
    Nothing,
}

/// A written word, read without its neighbours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) class: Class,
    /// Folded words, in order, and how each was spelt (see [`spelling`]); empty unless the class is [`Class::Words`] or
    /// [`Class::Letter`].
    pub(super) words: Vec<(String, u32)>,
}

impl Reading {
    fn of(class: Class) -> Self {
        Reading {
            class,
            words: Vec::new(),
        }
    }
}

/// Reads one written word: letters and digits, possibly with apostrophes inside.
pub(super) fn read_word(written: &str) -> Reading {
    if let Some(numeral) = roman(written) {
        return Reading {
            class: Class::Words,
            words: vec![(numeral.to_string(), 0)],
        };
    }
    let (form, marks) = fold_marking(written);
    if form.is_empty() {
        return Reading::of(Class::Nothing);
    }
    if let [letter @ b'a'..=b'z'] = form.as_bytes()
        && written.chars().count() == 1
    {
        return Reading {
            class: Class::Letter(*letter),
            words: vec![(form, 0)],
        };
    }
    if let Some(class) = fixed_class(&form, written.chars().count()) {
        return Reading::of(class);
    }
    if let Some(class) = misspelt_legal_form(&form) {
        return Reading::of(class);
    }
    let mut words = Vec::new();
    for (start, part) in letters_and_digits(&form) {
        read_part(part, marks.from(start), &mut words);
    }
    Reading {
        class: Class::Words,
        words,
    }
}

/// Reads a run of letters or of digits; `marks` are those of its bytes.
fn read_part(part: &str, marks: Marks, words: &mut Vec<(String, u32)>) {
    let mut push = |word: &str, marks: Marks| words.push((word.to_string(), spelling(marks)));
    if part.as_bytes()[0].is_ascii_digit() {
        let number = part.trim_start_matches('0');
        push(if number.is_empty() { "0" } else { number }, Marks::default());
    } else if let Some((_, number)) = NUMBER_WORDS.iter().find(|(word, _)| *word == part) {
        push(number, Marks::default());
    } else if let Ok(at) = ABBREVIATIONS.binary_search_by(|(short, _)| (*short).cmp(part)) {
        for word in ABBREVIATIONS[at].1.split(' ') {
            push(word, marks);
        }
    } else if let Some((first, second)) = Lexicon::get().split_compound(part) {
        let seam = count(part.len() - second.len());
        push(first, marks.before(seam));
        push(second, marks.from(seam));
    } else {
        push(part, marks);
    }
}

/// `Filiale3` is two words; so are product codes taken apart, which makes their numbers comparable.
fn letters_and_digits(form: &str) -> impl Iterator<Item = (u32, &str)> {
    form.as_bytes()
        .chunk_by(|left, right| left.is_ascii_digit() == right.is_ascii_digit())
        .scan(0, |start, part| {
            let from = *start;
            *start += part.len();
            Some((count(from), &form[from..*start]))
        })
}

/// Roman numerals from II to XXXIX in capitals or small letters throughout. Single letters are no numerals here: the
/// reader of the whole name sees what stands around them.
fn roman(written: &str) -> Option<u32> {
    let uniform = written.bytes().all(|letter| matches!(letter, b'I' | b'V' | b'X'))
        || written.bytes().all(|letter| matches!(letter, b'i' | b'v' | b'x'));
    if !uniform || written.len() < 2 {
        return None;
    }
    const TENS: [&str; 4] = ["", "x", "xx", "xxx"];
    const ONES: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let lower = written.to_ascii_lowercase();
    (2..40_u8)
        .find(|number| {
            let (tens, ones) = (TENS[usize::from(number / 10)], ONES[usize::from(number % 10)]);
            lower.strip_prefix(tens) == Some(ones)
        })
        .map(u32::from)
}

/// Words whose role is the same wherever they stand. `written_length` tells `SE` from `See`, which fold alike.
pub(super) fn fixed_class(form: &str, written_length: usize) -> Option<Class> {
    let legal = |bits| Some(Class::Legal(bits));
    if form.len() <= 2 && written_length != form.len() {
        return None;
    }
    match form {
        "gmbh" | "mbh" | "gesmbh" | "sarl" | "sagl" | "srl" => legal(legal::GMBH),
        "gmbhco" | "gmbhcokg" | "gmbhundcokg" | "gmbhucokg" | "gmbhkg" | "gmbhundco" | "gmbhuco"
        | "gmbhcie" => legal(legal::GMBH | legal::KG),
        "cokg" => legal(legal::KG),
        "ag" | "sa" | "aktiengeselschaft" => legal(legal::AG),
        "kg" | "komanditgeselschaft" => legal(legal::KG),
        "kga" => legal(legal::KGAA),
        "ohg" | "komanditaktiengeselschaft" | "kolektivgeselschaft" => legal(legal::OHG),
        "gbr" => legal(legal::GBR),
        "ek" | "ekfm" | "ekfr" | "ekfrau" | "kfm" | "kfr" | "kaufman" | "kauffrau" | "eu" | "einzelfirma"
        | "einzelunternehmen" | "einzelunternehmung" => legal(legal::EK),
        "ev" | "verein" => legal(legal::EV),
        "eg" | "egen" | "genosenschaft" | "eingetragenegenosenschaft" => legal(legal::EG),
        "ug" | "haftungsbeschrankt" => legal(legal::UG),
        "se" => legal(legal::SE),
        "partg" | "partgmb" | "partnerschaft" | "partnerschaftsgeselschaft" | "mb" => legal(legal::PARTG),
        "ltd" | "limited" | "inc" | "lc" | "plc" | "bv" | "nv" | "corp" | "corporation" | "incorporated" => {
            legal(legal::LTD)
        }
        "geselschaft" | "ges" | "beschrankter" | "haftung" | "eingetragener" | "eingetragene" | "eingetr"
        | "burgerlichen" | "rechts" | "ofene" | "ador" | "kdor" | "liquidation" => legal(0),
        "und" | "et" | "and" | "co" | "cie" | "compagnie" | "comp" | "company" => Some(Class::Joint),
        "inh" | "inhaber" | "inhaberin" | "bes" | "besitzer" | "besitzerin" | "eigentumer"
        | "eigentumerin" | "gf" | "geschaftsfuhrer" | "geschaftsfuhrerin" | "geschaftsfuhrung"
        | "pachter" | "pachterin" | "betreiber" | "betreiberin" | "vorm" | "vormals" | "ehem" | "ehemals"
        | "fruher" | "familie" | "fam" | "wirt" | "leitung" => Some(Class::OwnerMark),
        "seit" | "since" | "gegr" | "gegrundet" | "ano" | "depuis" | "est" => Some(Class::SinceMark),
        "firma" | "fa" | "www" => Some(Class::Nothing),
        _ => None,
    }
}

/// The long words of legal forms are misspelt like others, and nothing else is near them.
fn misspelt_legal_form(form: &str) -> Option<Class> {
    const LONG: [&str; 5] = [
        "haftungsbeschrankt",
        "beschrankter",
        "geselschaft",
        "aktiengeselschaft",
        "komanditgeselschaft",
    ];
    let near = |word: &&str| {
        let limit = if word.len() > 14 { 2 } else { 1 };
        super::similarity::edits(form.as_bytes(), word.as_bytes(), limit) <= limit
    };
    let word = (form.len() > 9).then(|| LONG.into_iter().find(near)).flatten()?;
    fixed_class(word, word.len())
}

/// Short forms that no rule would find (they are no beginning of the word, or the trade has to be known), folded and
/// sorted.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("altenh", "altenheim"),
    ("apoth", "apotheke"),
    ("apothek", "apotheke"),
    ("awo", "arbeiterwohlfahrt"),
    ("back", "backerei"),
    ("backereikonditorei", "backerei konditorei"),
    ("bck", "backerei"),
    ("beteil", "beteiligung"),
    ("betriebsrest", "betriebsrestaurant"),
    ("bhf", "bahnhof"),
    ("bhfs", "bahnhof"),
    ("brauer", "brauerei"),
    ("cafehaus", "kafehaus"),
    ("cafekonditorei", "cafe konditorei"),
    ("cond", "konditorei"),
    ("conditorei", "konditorei"),
    ("conf", "confiserie"),
    ("dt", "deutsche"),
    ("dtl", "deutschland"),
    ("dtschl", "deutschland"),
    ("fh", "fachochschule"),
    ("fw", "freiwilige feuerwehr"),
    ("gasth", "gasthof"),
    ("gasthf", "gasthof"),
    ("gasthofhotel", "gasthof hotel"),
    ("gasths", "gasthaus"),
    ("gastst", "gaststate"),
    ("gastwirtsch", "gastwirtschaft"),
    ("gebr", "gebruder"),
    ("gebrd", "gebruder"),
    ("gemeinschaftspr", "gemeinschaftspraxis"),
    ("getr", "getranke"),
    ("ghs", "gasthaus"),
    ("grosh", "groshandel"),
    ("grundsch", "grundschule"),
    ("gsth", "gasthof"),
    ("gsths", "gasthaus"),
    ("gymn", "gymnasium"),
    ("handelsges", "handelsgeselschaft"),
    ("hbf", "hauptbahnhof"),
    ("hl", "heilig"),
    ("hlg", "heilig"),
    ("hotelgasthof", "hotel gasthof"),
    ("hotelrest", "hotel restaurant"),
    ("hotelrestaurant", "hotel restaurant"),
    ("hwk", "handwerkskamer"),
    ("hzg", "heizung"),
    ("ing", "ingenieur"),
    ("intl", "international"),
    ("khs", "krankenhaus"),
    ("kiga", "kindergarten"),
    ("kond", "konditorei"),
    ("konf", "konfiserie"),
    ("konfiserie", "confiserie"),
    ("krankenh", "krankenhaus"),
    ("krhs", "krankenhaus"),
    ("landgasth", "landgasthof"),
    ("ldgasth", "landgasthof"),
    ("lebensm", "lebensmitel"),
    ("maschb", "maschinenbau"),
    ("metzg", "metzgerei"),
    ("mtzg", "metzgerei"),
    ("mvz", "medizinisches versorgungszentrum"),
    ("pens", "pension"),
    ("pflegeh", "pflegeheim"),
    ("ra", "rechtsanwalt"),
    ("rest", "restaurant"),
    ("restaur", "restaurant"),
    ("restauranthotel", "restaurant hotel"),
    ("restaurt", "restaurant"),
    ("rist", "ristorante"),
    ("saint", "sankt"),
    ("sainte", "sankt"),
    ("sant", "sankt"),
    ("santa", "sankt"),
    ("schrein", "schreinerei"),
    ("seniorenh", "seniorenheim"),
    ("skt", "sankt"),
    ("speisegastst", "speisegaststate"),
    ("st", "sankt"),
    ("stb", "steuerberater"),
    ("steuerb", "steuerberater"),
    ("str", "strase"),
    ("uni", "universitat"),
    ("univ", "universitat"),
    ("verw", "verwaltung"),
    ("vhs", "volkshochschule"),
    ("wirtsh", "wirtshaus"),
    ("zim", "zimerei"),
];

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::*;

    #[test]
    fn the_short_forms_are_sorted_and_folded() {
        assert!(ABBREVIATIONS.is_sorted());
        for (short, long) in ABBREVIATIONS {
            assert_eq!(fold(short), *short);
            assert!(long.split(' ').all(|word| fold(word) == word), "{long}");
        }
    }

    #[test]
    fn written_words_are_read() {
        let words = |written: &str| {
            let words = read_word(written).words.into_iter().map(|(word, _)| word);
            words.collect::<Vec<_>>().join(" ")
        };
        for (written, form) in [
            ("Müller", "muler"),
            ("Joe's", "jos"),
            ("Filiale3", "filiale 3"),
            ("DSCW120", "dscw 120"),
            ("XII", "12"),
            ("007", "7"),
            ("Drei", "3"),
            ("Gebr", "gebruder"),
            ("Seehotel", "se hotel"),
            ("Hotelrestaurant", "hotel restaurant"),
            ("Mix", "mix"),
            ("xxxx", "x"),
        ] {
            assert_eq!(words(written), form, "{written}");
        }
        for (written, class) in [
            ("gGmbH", Class::Legal(legal::GMBH)),
            ("GmbHCoKG", Class::Legal(legal::GMBH | legal::KG)),
            ("SE", Class::Legal(legal::SE)),
            ("See", Class::Words),
            ("Egg", Class::Words),
            ("und", Class::Joint),
            ("Inh", Class::OwnerMark),
            ("H", Class::Letter(b'h')),
        ] {
            assert_eq!(read_word(written).class, class, "{written}");
        }
    }
}
