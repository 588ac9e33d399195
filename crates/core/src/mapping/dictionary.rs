//! The names under which exports know the fields of a lead.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

use crate::target::Role;

/// Header names by role: German, English and French, and what Salesforce, HubSpot, Pipedrive, CentralStationCRM and
/// the Excel lists of sales people write.
static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let entries: BTreeMap<Role, Vec<String>> =
        serde_json::from_str(include_str!("dictionary.json")).expect("the dictionary is read by a test");
    let mut by_key = HashMap::new();
    for (role, names) in &entries {
        for name in names {
            by_key.entry(plain_key(name)).or_insert((*role, name.clone()));
        }
    }
    Dictionary { by_key }
});

struct Dictionary {
    by_key: HashMap<String, (Role, String)>,
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

/// What the dictionary says about a header, the best entries first.
pub(super) fn look_up(header: &str) -> Vec<Entry> {
    let key = plain_key(header);
    if key.is_empty() {
        return Vec::new();
    }
    if let Some((role, word)) = DICTIONARY.by_key.get(&key) {
        return vec![Entry {
            role: *role,
            word,
            closeness: 1.0,
        }];
    }
    let mut best: BTreeMap<Role, Entry> = BTreeMap::new();
    let mut offer = |entry: Entry| {
        let place = best.entry(entry.role).or_insert_with(|| entry.clone());
        if place.closeness < entry.closeness {
            *place = entry;
        }
    };
    // "Kontakt: E-Mail", "Firma (Rechnungsempfänger)", "Telefon geschäftlich": a part of the header is a known word.
    let parts = header
        .split([':', '(', ')', '/', '[', ']', '|', '\n', '.', '>'])
        .filter(|part| !part.trim().is_empty());
    for part in parts {
        if let Some((role, word)) = DICTIONARY.by_key.get(&plain_key(part)) {
            offer(Entry {
                role: *role,
                word,
                closeness: 0.92,
            });
        }
    }
    for word in header
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 2)
    {
        if let Some((role, known)) = DICTIONARY.by_key.get(&plain_key(word)) {
            offer(Entry {
                role: *role,
                word: known,
                closeness: 0.8,
            });
        }
    }
    for (known, (role, word)) in &DICTIONARY.by_key {
        if known.len() >= 5 && key.len() >= 5 && key.len().abs_diff(known.len()) <= 2 {
            let likeness = strsim::normalized_damerau_levenshtein(known, &key);
            if likeness >= 0.8 {
                #[allow(
                    clippy::cast_possible_truncation,
                    reason = "a likeness needs no more than three digits"
                )]
                offer(Entry {
                    role: *role,
                    word,
                    closeness: 0.75 * likeness as f32,
                });
            }
        }
        if known.len() >= 5
            && key.len() > known.len()
            && (key.ends_with(known.as_str()) || key.starts_with(known.as_str()))
        {
            offer(Entry {
                role: *role,
                word,
                closeness: 0.7,
            });
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

#[cfg(test)]
mod tests {
    use super::*;

    fn best(header: &str) -> Option<Role> {
        look_up(header).first().map(|entry| entry.role)
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
