//! What labels mean: German, English, French and Italian, in a normal form and by their parts.
//!
//! A label that stands in the [`phrases`] is known exactly; another one is understood by the words in it, more
//! loosely, and then the value decides whether it can be meant.

mod normal;
mod phrases;

use std::collections::HashMap;
use std::sync::LazyLock;

pub(crate) use normal::{fold, normal_form};

/// What a label asks for. More than the fields of a lead: also what has to be told apart from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Concept {
    Salutation,
    Title,
    FirstName,
    LastName,
    /// "Name": all of it, or the family name where the given name has a label of its own.
    Name,
    /// First and last name in one value.
    FullName,
    /// The last name first.
    NameLastFirst,
    Company,
    /// "Firma/Name": the value decides.
    CompanyOrName,
    Email,
    Phone,
    Mobile,
    Fax,
    Street,
    HouseNumber,
    AddressMore,
    PostalCode,
    City,
    PostalCity,
    /// Street, postcode and town in one value.
    Address,
    Country,
    Course,
    /// "Interesse an": a course only where the mail is about education.
    Interest,
    Portal,
    /// Where the lead came from, in words of the sender: a portal or not.
    Source,
    Message,
    Consent,
    /// When the form was sent.
    Submitted,
    ExternalId,
    /// "Kontakt": name, phone or mail address.
    Contact,
    Subject,
    /// The sender as contact forms write it: `Max Muster <max@example.test>`.
    From,
    /// Known, and no field of a lead: birthday, starting date, number of participants, …
    Other,
}

/// How a label was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// By the words in it.
    Loose,
    /// By a phrase.
    Exact,
}

/// What a label may mean, the likelier first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) concepts: Vec<Concept>,
    pub(crate) strength: Strength,
}

/// What a heading says about the lines below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// The person who asks, or nothing in particular.
    Person,
    /// Somebody else: the portal, the institute, the recipient.
    Foreign,
    /// What the person wrote.
    Message,
}

/// Understands a label; `None` where it says nothing that is known.
pub(crate) fn understand(label: &str) -> Option<Meaning> {
    let normal = normal_form(label);
    if normal.is_empty() {
        return None;
    }
    exactly(&normal).or_else(|| loosely(&normal))
}

/// Understands a label by the phrases alone.
pub(crate) fn understand_exactly(label: &str) -> Option<Meaning> {
    exactly(&normal_form(label))
}

fn exactly(normal: &str) -> Option<Meaning> {
    static PHRASES: LazyLock<HashMap<&str, Vec<Concept>>> = LazyLock::new(|| {
        let mut known: HashMap<&str, Vec<Concept>> = HashMap::new();
        for (concept, phrases) in phrases::LABELS {
            for phrase in *phrases {
                known.entry(phrase).or_default().push(*concept);
            }
        }
        known
    });
    PHRASES.get(normal).map(|concepts| Meaning {
        concepts: concepts.clone(),
        strength: Strength::Exact,
    })
}

fn loosely(normal: &str) -> Option<Meaning> {
    let words: Vec<&str> = normal.split(' ').collect();
    if words.len() > 14 || phrases::NO_FIELD.iter().any(|word| words.contains(word)) {
        return None;
    }
    let mut concepts = Vec::new();
    for (concept, stems) in phrases::STEMS {
        let fits = stems.iter().any(|stem| match stem.strip_prefix('=') {
            Some(word) => words.contains(&word),
            None => words.iter().any(|word| word.contains(stem)),
        });
        if fits && !concepts.contains(concept) {
            concepts.push(*concept);
        }
    }
    // "Name der Firma", "Vorname und Nachname", "Name des Studiengangs"
    let has = |concept| concepts.contains(&concept);
    if has(Concept::FirstName) && (has(Concept::LastName) || words.contains(&"name")) {
        let last_first = words
            .iter()
            .position(|word| word.contains("vorname") || word.contains("prenom"))
            > words
                .iter()
                .position(|word| matches!(*word, "name" | "nachname" | "nom" | "zuname" | "familienname"));
        concepts = vec![if last_first {
            Concept::NameLastFirst
        } else {
            Concept::FullName
        }];
    } else if has(Concept::Name) && concepts.len() > 1 {
        concepts.retain(|concept| *concept != Concept::Name);
    }
    if concepts.contains(&Concept::PostalCode) && concepts.contains(&Concept::City) {
        concepts = vec![Concept::PostalCity];
    }
    if concepts.is_empty() && is_number_of_the_lead(&words) {
        concepts.push(Concept::ExternalId);
    }
    if concepts.is_empty() {
        return None;
    }
    Some(Meaning {
        concepts,
        strength: Strength::Loose,
    })
}

/// "Transaktionsnummer", "N° de demande", "Portal-ID"
fn is_number_of_the_lead(words: &[&str]) -> bool {
    let named = |word: &str| phrases::NUMBERED.contains(&word);
    let apart = words.len() <= 3
        && words.iter().any(|word| phrases::NUMBER.contains(word))
        && words.iter().any(|word| named(word));
    let together = words.len() == 1
        && ["nummer", "nr", "id", "kennung", "code"]
            .iter()
            .filter_map(|end| words[0].strip_suffix(end))
            .any(|start| named(start) || named(start.trim_end_matches('s')));
    apart || together
}

/// What a heading announces; `None` for a line that is no known heading.
pub(crate) fn section(heading: &str) -> Option<Section> {
    let normal = normal_form(heading);
    let folded = fold(heading);
    let folded = folded.trim();
    for (section, phrases) in phrases::SECTIONS {
        if phrases
            .iter()
            .any(|phrase| folded == *phrase || normal == *phrase)
        {
            return Some(*section);
        }
    }
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    if words.len() <= 8 {
        for (section, starts) in phrases::SECTION_STARTS {
            if starts.iter().any(|start| folded.starts_with(start)) {
                return Some(*section);
            }
        }
    }
    None
}

/// True for labels and headings of somebody who is there for the recipient: "Ihr Ansprechpartner bei uns".
pub(crate) fn announces_foreign_contact(label: &str) -> bool {
    let folded = fold(label);
    phrases::SECTION_STARTS
        .iter()
        .filter(|(section, _)| *section == Section::Foreign)
        .any(|(_, starts)| {
            starts
                .iter()
                .any(|start| folded.trim().starts_with(start.trim_end()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(label: &str) -> Option<(Concept, Strength)> {
        understand(label).map(|meaning| (meaning.concepts[0], meaning.strength))
    }

    #[test]
    fn labels_in_four_languages_are_understood() {
        use Concept::*;
        for (label, concept) in [
            ("Vorname", FirstName),
            ("Ihr Vorname *", FirstName),
            ("first_name", FirstName),
            ("firstName", FirstName),
            ("Prénom", FirstName),
            ("Nachname:", LastName),
            ("Cognome", LastName),
            ("Name", Name),
            ("Vor- und Nachname", FullName),
            ("Name, Vorname", NameLastFirst),
            ("Nom et prénom", NameLastFirst),
            ("E-Mail", Email),
            ("E-Mail-Adresse (Pflichtfeld)", Email),
            ("EMail", Email),
            ("your-email", Email),
            ("Courriel", Email),
            ("Telefonnummer", Phone),
            ("Tel.-Nr.", Phone),
            ("Tél.", Phone),
            ("Handynummer", Mobile),
            ("Natel", Mobile),
            ("PLZ", PostalCode),
            ("NPA", PostalCode),
            ("PLZ / Ort", PostalCity),
            ("PLZ, Wohnort", PostalCity),
            ("Straße, Hausnr.", Street),
            ("Strasse und Hausnummer", Street),
            ("Ort", City),
            ("Località", City),
            ("Firma", Company),
            ("Name der Firma", Company),
            ("Gewünschter Studiengang", Course),
            ("Kurs", Course),
            ("Nachricht", Message),
            ("Ihre Mitteilung an uns", Message),
            ("Anfrage-Nr.", ExternalId),
            ("Lead-ID", ExternalId),
            ("Anrede", Salutation),
            ("Land", Country),
            ("Einwilligung", Consent),
            ("Datenschutzerklärung akzeptiert am", Consent),
            ("Wie lautet Ihre E-Mail-Adresse?", Email),
            ("Unter welcher Telefonnummer erreichen wir Sie?", Phone),
            ("Name des Interessenten", Name),
            ("Faxnummer", Fax),
        ] {
            assert_eq!(first(label).map(|found| found.0), Some(concept), "{label}");
        }
    }

    /// A list of labels as forms and portals write them, with what each asks for.
    #[test]
    fn labels_of_the_list_are_understood() {
        let list = include_str!("../../../../../tests/fixtures/mail/labels.txt");
        let mut wrong = Vec::new();
        for line in list.lines() {
            let (wanted, label) = line.split_once('|').unwrap();
            let meaning = understand(label);
            let found = meaning.map(|meaning| format!("{:?}", meaning.concepts[0]));
            if !wanted.split('/').any(|wanted| found.as_deref() == Some(wanted)) {
                wrong.push(format!("{label}: {found:?}, wanted {wanted}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn other_words_stay_unknown() {
        for label in [
            "Benutzername",
            "Dateiname",
            "Achtung",
            "PS",
            "Hinweis",
            "http",
            "Newsletter per E-Mail",
            "",
            "***",
        ] {
            assert_eq!(first(label), None, "{label}");
        }
    }

    #[test]
    fn phrases_are_in_normal_form_and_mean_one_thing() {
        let mut seen = HashMap::new();
        let mut wrong = Vec::new();
        for (concept, phrases) in phrases::LABELS {
            for phrase in *phrases {
                if &normal_form(phrase) != phrase {
                    wrong.push(format!("{phrase} is not in normal form"));
                }
                if let Some(other) = seen.insert(*phrase, *concept) {
                    wrong.push(format!("{phrase} is both {other:?} and {concept:?}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn headings_tell_whose_lines_follow() {
        for (heading, expected) in [
            ("Kontaktdaten des Interessenten", Some(Section::Person)),
            ("Ihr Ansprechpartner bei uns", Some(Section::Foreign)),
            ("Angaben zum Anbieter:", Some(Section::Foreign)),
            ("Persönliche Daten", Some(Section::Person)),
            ("Nachricht des Interessenten", Some(Section::Message)),
            ("Ein ganz normaler Satz steht hier", None),
        ] {
            assert_eq!(section(heading), expected, "{heading}");
        }
    }
}
