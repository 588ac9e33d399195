//! What single words of a header say: which belong to no field, which speak of another thing, which are only second best.

use super::dictionary::plain_key;

/// The words of a header in the form in which they are compared. Cut at signs, at digits and where small letters meet
/// capitals; what German writes as one word is cut where both parts are known.
pub(super) fn words_of(header: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    for sign in header.chars() {
        let hump = before.is_lowercase() && sign.is_uppercase();
        let letters = sign.is_alphabetic() && before.is_alphabetic() && !hump;
        let digits = sign.is_numeric() && before.is_numeric();
        let goes_on = letters || digits;
        if !goes_on && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if sign.is_alphanumeric() {
            word.push(sign);
        }
        before = sign;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words.iter().map(|word| plain_key(word)).collect()
}

/// A header without what is said only to the person who fills it: numbering, units and forms in brackets, marks.
pub(super) fn bare(header: &str) -> String {
    let mut depth = 0_usize;
    let mut text = String::with_capacity(header.len());
    for sign in header.chars() {
        match sign {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ => text.push(sign),
        }
    }
    let text = text.trim().trim_end_matches(['*', ':', '?', '!', '.', ' ']);
    let number = text.trim_start_matches(|sign: char| sign.is_ascii_digit());
    match number.trim_start().strip_prefix(['.', ')', '_', ':']) {
        Some(rest) if number.len() < text.len() && !rest.trim().is_empty() => rest.trim().to_owned(),
        _ => text.to_owned(),
    }
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.contains(&word)
}

/// Words that leave a header's meaning as it is: whose it is, of which kind, in which form.
pub(super) fn is_neutral(word: &str) -> bool {
    const WORDS: &[&str] = &[
        // Whose.
        "kunde",
        "kunden",
        "kd",
        "firma",
        "firmen",
        "betrieb",
        "betriebs",
        "unternehmen",
        "unternehmens",
        "lead",
        "leads",
        "interessent",
        "interessenten",
        "account",
        "company",
        "customer",
        "client",
        "organisation",
        "organization",
        "organisations",
        "objekt",
        "deal",
        "kontakt",
        "contact",
        "ansprechpartner",
        "ansprechpartnerin",
        "ansprechperson",
        "person",
        "person",
        "partner",
        "hubspot",
        "hs",
        "sf",
        "crm",
        "haupt",
        "main",
        "primary",
        "primaer",
        "principal",
        "standard",
        "default",
        "geschaeft",
        "geschaefts",
        "geschaeftlich",
        "geschaeftliche",
        "business",
        "work",
        "office",
        "buero",
        "arbeit",
        "dienstlich",
        "prof",
        "professionnel",
        "bureau",
        "zentrale",
        "intern",
        "interne",
        "internal",
        "extern",
        "externe",
        "external",
        "unser",
        "unsere",
        "ihr",
        "ihre",
        "offiziell",
        "offizielle",
        "billing",
        "mailing",
        "adresse",
        "address",
        "anschrift",
        "adr",
        "adress",
        // Of which kind, in which form.
        "der",
        "die",
        "das",
        "des",
        "dem",
        "den",
        "im",
        "in",
        "am",
        "an",
        "vom",
        "seit",
        "ab",
        "le",
        "la",
        "les",
        "l",
        "du",
        "de",
        "d",
        "the",
        "of",
        "on",
        "at",
        "und",
        "et",
        "and",
        "oder",
        "ou",
        "or",
        "bzw",
        "p",
        "a",
        "pa",
        "s",
        "nr",
        "no",
        "n",
        "name",
        "text",
        "txt",
        "bez",
        "bezeichnung",
        "feld",
        "field",
        "wert",
        "value",
        "angabe",
        "info",
        "ca",
        "eur",
        "euro",
        "chf",
        "teur",
        "tsd",
        "netto",
        "brutto",
        "jahr",
        "jaehrlich",
        "jaehrliche",
        "annual",
        "annuel",
        "datum",
        "date",
        "dat",
        "timestamp",
        "zeitpunkt",
        "time",
        "zeit",
        "uhrzeit",
        "erteilt",
        "gegeben",
        "given",
        "donne",
        "id",
        "kuerzel",
        "code",
        "kennung",
        "kz",
        "kennzeichen",
        "pflicht",
        "pflichtfeld",
        "required",
        "optional",
        "fix",
        "fixe",
        "tagsueber",
        "fest",
        "festnetz",
        "nummer",
        "number",
        "numero",
        "geschaetzt",
        "geschaetzter",
        "geschaetztes",
        "erwartet",
        "erwarteter",
        "erwartetes",
        "estimated",
        "expected",
        "estime",
        "voraussichtlich",
        "voraussichtlicher",
        "aktuell",
        "aktueller",
        "aktuelle",
        "current",
        "jetziger",
        "zustaendig",
        "zustaendiger",
        "zustaendige",
        "sonstige",
        "weiterer",
        "allgemein",
        "allgemeine",
        "genaue",
        "genauer",
    ];
    is_one_of(word, WORDS)
        || word.bytes().all(|sign| sign.is_ascii_digit()) && number_of(word).is_none_or(|number| number < 2)
        || word.len() >= 5
            && ["ansprechpartner", "unternehmen", "geschaeftlich"]
                .iter()
                .any(|known| known.starts_with(word))
}

/// After these, a header says whose the thing is and not what it is.
pub(super) fn begins_owner(word: &str) -> bool {
    is_one_of(
        word,
        &[
            "des", "der", "von", "vom", "fuer", "of", "for", "du", "de", "im", "beim", "zum", "zur", "pour",
            "aus",
        ],
    )
}

/// Words with which a header speaks of something else, whatever else stands in it.
pub(super) fn speaks_of_something_else(words: &[String]) -> bool {
    const WORDS: &[&str] = &[
        "fax",
        "telefax",
        "telefaxnummer",
        "web",
        "url",
        "www",
        "homepage",
        "webseite",
        "website",
        "internetseite",
        "domain",
        "iban",
        "bic",
        "swift",
        "konto",
        "kontonummer",
        "blz",
        "bank",
        "letzte",
        "letzter",
        "letztes",
        "letzten",
        "zuletzt",
        "last",
        "dernier",
        "derniere",
        "next",
        "naechste",
        "naechster",
        "naechsten",
        "naechstes",
        "prochain",
        "prochaine",
        "geaendert",
        "aenderung",
        "aenderungs",
        "aender",
        "aenderungsdatum",
        "modified",
        "modif",
        "modifie",
        "modification",
        "updated",
        "update",
        "aktualisiert",
        "aktualisierung",
        "aktualisierungs",
        "aktualisierungszeit",
        "mutiert",
        "mutation",
        "out",
        "optout",
        "abgemeldet",
        "abmeldung",
        "widerruf",
        "widerrufen",
        "widersprochen",
        "widerspruch",
        "unsubscribed",
        "unsubscribe",
        "revoked",
        "bounce",
        "bounced",
        "gueltig",
        "ungueltig",
        "valid",
        "invalid",
        "gesperrt",
        "sperre",
        "verifiziert",
        "verified",
        "geprueft",
        "anzahl",
        "count",
        "nombre",
        "num",
        "liefer",
        "lieferung",
        "lieferort",
        "lieferadresse",
        "shipping",
        "livraison",
        "alt",
        "alte",
        "alter",
        "frueher",
        "fruehere",
        "ehemalig",
        "ehemaliger",
        "old",
        "previous",
        "former",
        "ancien",
        "ancienne",
        "mutter",
        "muttergesellschaft",
        "parent",
        "konzern",
        "holding",
        "kuendigung",
        "gekuendigt",
        "gruendung",
        "gegruendet",
        "founded",
        "assistent",
        "assistentin",
        "assistant",
        "sekretariat",
        "angezeigter",
        "display",
        "passwort",
        "password",
        "score",
        "status",
        "statut",
        "handelsregister",
        "hr",
        "hrb",
        "ust",
        "ustid",
        "vat",
        "uid",
        "tva",
        "mwst",
        "steuer",
        "steuernummer",
        "duns",
        "sprache",
        "language",
        "langue",
        "waehrung",
        "currency",
        "devise",
        "abschluss",
        "abschlussdatum",
        "close",
        "closed",
        "closing",
        "gewonnen",
        "gewonnene",
        "verloren",
        "verlorene",
        "won",
        "lost",
        "skype",
        "linkedin",
        "xing",
        "facebook",
        "twitter",
        "instagram",
        "whatsapp",
        "longitude",
        "latitude",
        "bild",
        "photo",
        "foto",
        "logo",
        "konvertiert",
        "converted",
        "convert",
        "rechnungsnummer",
        "zahlungsbedingung",
        "geburtsort",
        "ip",
        "datei",
        "dateiname",
        "file",
        "filename",
    ];
    words.iter().any(|word| is_one_of(word, WORDS))
        || words
            .last()
            .is_some_and(|word| words.len() > 1 && is_one_of(word, &["von", "by", "par", "durch", "byid"]))
        || words.windows(2).any(|pair| pair[0] == "by" && pair[1] == "id")
        || words
            .windows(2)
            .any(|pair| pair[0] == "number" && pair[1] == "of")
}

/// Words of a second address or number: taken where nothing better is there.
pub(super) fn is_second_best(words: &[String]) -> bool {
    const WORDS: &[&str] = &[
        "privat",
        "private",
        "prive",
        "home",
        "personal",
        "persoenlich",
        "mobil",
        "mobile",
        "handy",
        "natel",
        "portable",
        "cell",
        "zweite",
        "zweiter",
        "zweites",
        "second",
        "weitere",
        "weiterer",
        "weiteren",
        "alternativ",
        "alternative",
        "andere",
        "other",
        "autre",
        "zusatz",
        "zusaetzlich",
        "additional",
        "rechnung",
        "rechnungs",
    ];
    words
        .iter()
        .any(|word| is_one_of(word, WORDS) || number_of(word).is_some_and(|number| (2..10).contains(&number)))
}

fn number_of(word: &str) -> Option<u32> {
    word.parse().ok()
}

/// Who or what a name, number or kind belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Company,
    Person,
}

/// Words for companies and persons, as they stand in `Name des Betriebs`, `Kunden-Nr.`, `Kontaktname`.
pub(super) fn whose(word: &str) -> Option<Whose> {
    const COMPANIES: &[&str] = &[
        "firma",
        "firmen",
        "betrieb",
        "betriebs",
        "betriebes",
        "unternehmen",
        "unternehmens",
        "kunde",
        "kunden",
        "account",
        "company",
        "customer",
        "organisation",
        "organisations",
        "organization",
        "objekt",
        "objekts",
        "einrichtung",
        "restaurant",
        "restaurants",
        "hotel",
        "hotels",
        "lokal",
        "lokals",
        "geschaeft",
        "geschaefts",
        "etablissement",
        "entreprise",
        "societe",
        "client",
        "azienda",
        "ditta",
        "lead",
        "interessent",
        "interessenten",
        "business",
        "filiale",
        "haus",
        "gastronom",
    ];
    const PERSONS: &[&str] = &[
        "kontakt",
        "contact",
        "kontaktperson",
        "ansprechpartner",
        "ansprechpartners",
        "ansprechpartnerin",
        "ansprechperson",
        "person",
        "personne",
        "ap",
        "inhaber",
        "inhabers",
        "responsable",
        "mensch",
    ];
    if is_one_of(word, COMPANIES) {
        Some(Whose::Company)
    } else if is_one_of(word, PERSONS) {
        Some(Whose::Person)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_fall_into_words_and_lose_what_is_only_for_people() {
        assert_eq!(words_of("contactFirstName"), ["contact", "first", "name"]);
        assert_eq!(words_of("E-Mail 2 (Büro)"), ["e", "mail", "2", "buero"]);
        assert_eq!(words_of("KUNDEN_NR"), ["kunden", "nr"]);
        assert_eq!(words_of("Straße\nNr."), ["strasse", "nr"]);
        assert_eq!(bare("8. Registriert am (TT.MM.JJJJ)"), "Registriert am");
        assert_eq!(bare("FIRMENNAME*"), "FIRMENNAME");
        assert_eq!(bare("2024"), "2024");
        assert_eq!(bare("Telefon (Fax)"), "Telefon");
    }

    #[test]
    fn words_for_other_things_are_known() {
        for header in [
            "Telefax",
            "Letzte Aktivität",
            "Angelegt von",
            "createdById",
            "Number of Employees",
            "E-Mail gültig",
        ] {
            assert!(speaks_of_something_else(&words_of(header)), "{header}");
        }
        for header in ["Organisation - Land von Adresse", "Angelegt am", "E-Mail"] {
            assert!(!speaks_of_something_else(&words_of(header)), "{header}");
        }
    }
}
