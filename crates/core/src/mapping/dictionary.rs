//! The names under which exports know the fields of a lead.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

use super::header_words::{
    Whose, bare, begins_owner, is_neutral, is_second_best, speaks_of_something_else, whose, words_of,
};
use crate::target::Role;

/// Header names by role: German, English and French, and what Salesforce, HubSpot, Pipedrive, CentralStationCRM and
/// the Excel lists of sales people write. The first names of a role are those that mean nothing else.
static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let entries: BTreeMap<Role, Vec<String>> =
        serde_json::from_str(include_str!("dictionary.json")).expect("the dictionary is read by a test");
    let mut by_key = HashMap::new();
    for (role, names) in &entries {
        for (place, name) in names.iter().enumerate() {
            #[allow(clippy::cast_precision_loss, reason = "lists of some hundred names")]
            let rank = place as f32 / names.len() as f32;
            let key = plain_key(name);
            let known = Known {
                role: *role,
                word: name.clone(),
                rank,
                letters: Letters::of(&key),
            };
            by_key.entry(key).or_insert(known);
        }
    }
    Dictionary { by_key }
});

struct Dictionary {
    by_key: HashMap<String, Known>,
}

/// A name in the dictionary.
struct Known {
    role: Role,
    word: String,
    /// Its place in the list of its role, 0 to 1.
    rank: f32,
    /// The letters of its key.
    letters: Letters,
}

/// How often each letter stands in a key: tells at once that two keys cannot be alike, which spares a sheet of 16,384
/// columns the careful comparison with every word of the dictionary.
#[derive(Clone, Copy)]
struct Letters([u8; 37]);

impl Letters {
    fn of(key: &str) -> Self {
        let mut letters = [0u8; 37];
        for letter in key.chars() {
            let place = match letter {
                'a'..='z' => letter as usize - 'a' as usize,
                '0'..='9' => 26 + letter as usize - '0' as usize,
                _ => 36,
            };
            letters[place] = letters[place].saturating_add(1);
        }
        Letters(letters)
    }

    /// At least so many letters have to be added, dropped or replaced to make one key of the other.
    fn least_distance(self, other: Self) -> u32 {
        let (mut more, mut fewer) = (0, 0);
        for (one, two) in self.0.into_iter().zip(other.0) {
            more += u32::from(one.saturating_sub(two));
            fewer += u32::from(two.saturating_sub(one));
        }
        more.max(fewer)
    }
}

/// A word of the dictionary that a header matches.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub role: Role,
    /// The word as the dictionary has it.
    pub word: &'static str,
    /// 1.0 for the word itself, less for a word inside the header or with typing errors.
    pub closeness: f32,
}

/// The form in which headers and choice values are compared: lower case, umlauts as ae, oe, ue, ss, other accents
/// gone, letters and digits only.
pub(crate) fn plain_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        match character {
            'ä' => key.push_str("ae"),
            'ö' => key.push_str("oe"),
            'ü' => key.push_str("ue"),
            'ß' => key.push_str("ss"),
            c if c.is_ascii_alphanumeric() => key.push(c),
            c if c.is_ascii() => {}
            c => key.extend(std::iter::once(c).nfd().filter(|c| c.is_alphanumeric())),
        }
    }
    key
}

/// Words that mean something only together with others: alone inside a header they say nothing.
fn is_generic(key: &str) -> bool {
    matches!(
        key,
        "name"
            | "nom"
            | "datum"
            | "date"
            | "art"
            | "typ"
            | "type"
            | "nr"
            | "nummer"
            | "no"
            | "id"
            | "ref"
            | "wert"
            | "value"
            | "text"
            | "info"
            | "chf"
            | "eur"
            | "lead"
            | "objekt"
            | "restaurant"
            | "einrichtung"
            | "client"
            | "kunde"
            | "account"
            | "firma1"
            | "person"
            | "partner"
            | "user"
            | "budget"
            | "kanal"
            | "region"
            | "adresse"
            | "address"
            | "anschrift"
            | "note"
            | "interessent"
            | "titel"
            | "via"
            | "cap"
            | "cp"
            | "konzept"
            | "markt"
            | "mitarbeiter"
            | "benutzer"
            | "kontakt"
            | "contact"
            | "aktion"
            | "betreff"
            | "inhalt"
            | "anfrage"
            | "code"
            | "portal"
            | "produkte"
            | "sitz"
            | "lieu"
            | "title"
            | "betrieb"
            | "organisation"
            | "organization"
            | "kategorie"
            | "category"
            | "kampagne"
            | "hinweis"
            | "stage"
            | "phase"
            | "nome"
            | "ap"
            | "nation"
    )
}

/// What the dictionary says about a header, the best entries first.
pub(super) fn look_up(header: &str) -> Vec<Entry> {
    let key = plain_key(header);
    if key.is_empty() {
        return Vec::new();
    }
    if let Some(known) = DICTIONARY.by_key.get(&key) {
        return vec![entry(known, 1.0)];
    }
    let words = words_of(header);
    if speaks_of_something_else(&words) {
        return Vec::new();
    }
    let second_best = is_second_best(&words);
    let shown = bare(header);
    let mut best: BTreeMap<Role, Entry> = BTreeMap::new();
    let mut offer = |known: &'static Known, closeness: f32| {
        let closeness = if second_best { closeness * 0.7 } else { closeness };
        let new = entry(known, closeness);
        let place = best.entry(new.role).or_insert_with(|| new.clone());
        if place.closeness < new.closeness {
            *place = new;
        }
    };
    let bare_key = plain_key(&shown);
    if let Some(known) = DICTIONARY.by_key.get(&bare_key) {
        offer(known, 0.98);
    } else {
        for (known, closeness) in phrase(&words_of(&shown)).into_iter().chain(misspelt(&bare_key)) {
            offer(known, closeness);
        }
    }
    let mut entries: Vec<Entry> = best.into_values().collect();
    entries.sort_by(|a, b| {
        b.closeness
            .total_cmp(&a.closeness)
            .then(b.word.len().cmp(&a.word.len()))
    });
    entries
}

fn entry(known: &'static Known, closeness: f32) -> Entry {
    Entry {
        role: known.role,
        word: &known.word,
        closeness: closeness - 0.03 * known.rank,
    }
}

/// Known names inside a header of several words, with how much the other words leave of them.
fn phrase(words: &[String]) -> Vec<(&'static Known, f32)> {
    let words: Vec<String> = words.iter().flat_map(|word| parts_of(word)).collect();
    let head = words
        .iter()
        .skip(1)
        .position(|word| begins_owner(word))
        .map_or(words.len(), |at| at + 1);
    let mut found: Vec<(&'static Known, f32)> = Vec::new();
    found.extend(by_owner(&words, head).map(|known| (known, 0.93)));
    for (from, length) in runs(head) {
        let run = words[from..from + length].concat();
        let Some(known) = DICTIONARY.by_key.get(&run).filter(|_| !is_generic(&run)) else {
            continue;
        };
        let others = || words[..from].iter().chain(&words[from + length..head]);
        let same = |word: &String| {
            DICTIONARY
                .by_key
                .get(word)
                .is_some_and(|other| other.role == known.role)
        };
        let strange = others().filter(|word| !is_neutral(word) && !same(word)).count();
        // What belongs to a person is more telling behind the person: `Kontakt-Funktion`.
        #[allow(clippy::cast_precision_loss, reason = "a header has few words")]
        let closeness = match strange {
            0 => 0.93 - 0.01 * others().count() as f32,
            1 if length > 1 => 0.6,
            _ => 0.53,
        };
        found.push((known, closeness));
    }
    found
}

/// All runs of words of a header's head, as (first, length).
fn runs(head: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..head).flat_map(move |from| (1..=(head - from).min(5)).map(move |length| (from, length)))
}

/// `Name des Betriebs`, `Kunden-Nr.`, `Objektart`, `Nom du contact`: a general word, and whose it is.
fn by_owner(words: &[String], head: usize) -> Option<&'static Known> {
    let telling = |word: &&String| !is_neutral(word) || whose(word).is_some() || is_generic(word);
    let rest: Vec<&String> = words.iter().filter(telling).collect();
    let [one, other] = rest.as_slice() else {
        return None;
    };
    let (general, owner) = match (whose(one), whose(other)) {
        (Some(owner), _) if head == words.len() => (other.as_str(), owner),
        (_, Some(owner)) if head < words.len() => (one.as_str(), owner),
        _ => return None,
    };
    let name = match (general, owner) {
        ("name" | "nom" | "bez" | "bezeichnung" | "bezeichner", Whose::Company) => "Firmenname",
        ("name" | "nom" | "bez" | "bezeichnung", Whose::Person) => "Kontaktname",
        (
            "organisation" | "organization" | "firma" | "company" | "unternehmen" | "betrieb" | "account",
            Whose::Person,
        ) => "Firma",
        (
            "nr" | "no" | "nummer" | "number" | "id" | "numero" | "ref" | "code" | "schluessel",
            Whose::Company,
        ) => "Kundennummer",
        ("art" | "typ" | "type" | "kategorie" | "category" | "sparte", Whose::Company) => "Betriebsart",
        _ => return None,
    };
    DICTIONARY.by_key.get(&plain_key(name))
}

/// The parts of a word that German writes as one, where both are known: `objektname`, `kontaktmail`.
fn parts_of(word: &str) -> Vec<String> {
    if word.len() < 6 || DICTIONARY.by_key.contains_key(word) || is_neutral(word) {
        return vec![word.to_owned()];
    }
    let known =
        |part: &str| is_neutral(part) || whose(part).is_some() || DICTIONARY.by_key.contains_key(part);
    for at in 3..=word.len().saturating_sub(2) {
        // Headers come in all scripts: between the bytes of a letter there is no seam.
        let Some((first, second)) = word.split_at_checked(at) else {
            continue;
        };
        let stem = first.strip_suffix('s').unwrap_or(first);
        if (known(first) || known(stem))
            && known(second)
            && (second.len() > 2 || second == "nr" || second == "id")
        {
            return vec![first.to_owned(), second.to_owned()];
        }
    }
    vec![word.to_owned()]
}

/// Names that a header resembles but for typing errors, or begins when it was cut short (`Postleitz.`).
fn misspelt(key: &str) -> Vec<(&'static Known, f32)> {
    const LEAST_LIKENESS: f64 = 0.8;
    let mut found = Vec::new();
    let letters = Letters::of(key);
    for (name, known) in &DICTIONARY.by_key {
        if name.len() < 4 || key.len() < 4 || key.len().abs_diff(name.len()) > 2 && !name.starts_with(key) {
            continue;
        }
        let longest = name.chars().count().max(key.chars().count());
        #[allow(clippy::cast_precision_loss, reason = "headers are short")]
        let allowed = longest as f64 * (1.0 - LEAST_LIKENESS) + 0.01;
        if f64::from(letters.least_distance(known.letters)) > allowed && !name.starts_with(key) {
            continue;
        }
        let likeness = strsim::normalized_damerau_levenshtein(name, key);
        // Two letters that changed places are the commonest error, and in a short word already a quarter of it.
        let swapped =
            key.len() == name.len() && strsim::damerau_levenshtein(name, key) == 1 && same_letters(name, key);
        if likeness >= LEAST_LIKENESS || swapped {
            #[allow(
                clippy::cast_possible_truncation,
                reason = "a likeness needs no more than three digits"
            )]
            let likeness = likeness.max(0.84) as f32;
            found.push((known, 0.78 * likeness));
        } else if key.len() >= 5 && name.starts_with(key) && name.len() <= 2 * key.len() {
            found.push((known, 0.7));
        }
    }
    found
}

fn same_letters(one: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters = text.as_bytes().to_vec();
        letters.sort_unstable();
        letters
    };
    sorted(one) == sorted(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(header: &str) -> Option<Role> {
        look_up(header).first().map(|entry| entry.role)
    }

    #[test]
    fn headers_of_any_script_are_looked_up() {
        for header in [
            "αβγ",
            "Название компании",
            "国人",
            "สวัสดีครับ",
            "保護されたシート",
            "ÄÖÜäöüß",
            "e\u{301}e\u{301}e\u{301}",
        ] {
            // Nothing is expected of them but an answer.
            assert_eq!(best(header), None, "{header}");
        }
    }

    #[test]
    fn headers_of_many_systems_are_known() {
        let table = [
            ("Firma", Role::Company),
            ("FIRMENNAME", Role::Company),
            ("Account Name", Role::Company),
            ("Organisation - Name", Role::Company),
            ("Raison sociale", Role::Company),
            ("Kunde / Firma", Role::Company),
            ("Ort", Role::City),
            ("PLZ", Role::Postcode),
            ("E-Mail-Adresse", Role::Email),
            ("eMail", Role::Email),
            ("Kontakt: E-Mail", Role::Email),
            ("Telefon geschäftlich", Role::Phone),
            ("Tel.", Role::Phone),
            ("Télephone", Role::Phone),
            ("Registriert am", Role::RegisteredAt),
            ("Lead Source", Role::LeadSource),
            ("Umsatzpotenzial", Role::Volume),
            ("Betreuer", Role::Owner),
            ("Einwilligung vom", Role::ConsentAt),
            ("DSGVO-Einwilligung", Role::ConsentAt),
            ("Vorname", Role::FirstName),
            ("Nachname", Role::LastName),
            ("Ansprechpartner", Role::FullName),
            ("Bemerkungen", Role::Notes),
            ("Land", Role::Territory),
        ];
        for (header, role) in table {
            assert_eq!(best(header), Some(role), "{header}: {:?}", look_up(header));
        }
        assert_eq!(best("Schuhgröße"), None);
        assert_eq!(best("!!!"), None);
    }
}
