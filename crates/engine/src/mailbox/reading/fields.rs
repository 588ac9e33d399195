//! From a label's meaning and its value to a field: the value decides whether the label can mean what it says.

use chrono_tz::Tz;

use crate::mailbox::layout::Span;
use crate::mailbox::parsed::LeadField;
use crate::mailbox::values::{
    Consent, Found, NameOrder, find_email, find_phone, is_country, is_machine_address, is_name_like,
    is_office, is_placeholder, is_salutation, is_title, is_yes_or_no, looks_like_company, one_line,
    read_address, read_consent, read_postal_city, split_name,
};
use crate::mailbox::vocabulary::{Concept, Strength};

use super::draft::{Candidate, Draft, Place, within};
use super::pairs::Pair;

/// What the reading of a mail knows beside the pair at hand.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    /// The sheet the pairs are in.
    pub(super) sheet: usize,
    /// Holds where a text names no zone.
    pub(super) zone: Tz,
    /// Addresses that are the recipient's or the portal's, in lower case.
    pub(super) foreign_addresses: Vec<String>,
    /// Where the mail came from: an office there is no person who asks.
    pub(super) sender_domains: Vec<String>,
    /// Domains of portals: nobody there asks.
    pub(super) portal_domains: Vec<String>,
    /// Lines of the sheet that end with a blank go on in the next.
    pub(super) flowed: bool,
    /// The mail is about courses.
    pub(super) education: bool,
    /// How sure a value is that stands behind a known label.
    pub(super) confidence: f64,
}

impl Surroundings {
    /// True for addresses that cannot be the person's.
    pub(super) fn is_foreign(&self, address: &str) -> bool {
        let lower = address.to_lowercase();
        let (local, domain) = lower.split_once('@').unwrap_or((&lower, ""));
        let is_senders_office = is_office(local) && self.sender_domains.iter().any(|sender| sender == domain);
        is_machine_address(&lower)
            || is_senders_office
            || self.portal_domains.iter().any(|portal| portal == domain)
            || self.foreign_addresses.contains(&lower)
    }
}

/// Whether a text can be the value of a label with that meaning.
pub(super) fn is_plausible(concept: Concept, value: &str) -> bool {
    let value = value.trim();
    if is_placeholder(value) {
        return false;
    }
    let length = value.chars().count();
    let letters = value.chars().filter(|char| char.is_alphabetic()).count();
    match concept {
        Concept::Email => find_email(value).is_some(),
        Concept::Phone | Concept::Mobile | Concept::Fax => find_phone(value).is_some(),
        Concept::Salutation => {
            is_salutation(value) || value.split_whitespace().next().is_some_and(is_salutation)
        }
        Concept::Title => is_title(value) || is_salutation(value),
        Concept::FirstName | Concept::LastName => is_name_like(value) && length <= 60,
        Concept::Name | Concept::FullName | Concept::NameLastFirst => {
            is_name_like(bare_name(value)) || looks_like_company(value) || find_email(value).is_some()
        }
        Concept::Company | Concept::CompanyOrName => letters >= 2 && length <= 160 && !is_yes_or_no(value),
        Concept::Street => letters >= 2 && length <= 120 && !value.contains('@'),
        Concept::HouseNumber => length <= 12 && value.starts_with(|char: char| char.is_ascii_digit()),
        Concept::PostalCode => postal_code(value).is_some() || read_postal_city(value).is_some(),
        Concept::City if value.ends_with(['?', '!']) => false,
        Concept::City => letters >= 2 && length <= 80 && !value.contains(['@', ':']) && !value.contains('\n'),
        Concept::PostalCity => {
            read_postal_city(value).is_some()
                || postal_code(value).is_some()
                || is_plausible(Concept::City, value)
        }
        Concept::Address => {
            let address = read_address(value);
            address.street.is_some() || address.postal_code.is_some()
        }
        Concept::Country => {
            letters >= 2 && length <= 40 && !value.contains(|char: char| char.is_ascii_digit())
                || is_country(value)
        }
        Concept::Course | Concept::Interest => {
            letters >= 2 && length <= 300 && !is_yes_or_no(value) && !value.starts_with("http")
        }
        Concept::Portal | Concept::Source => {
            letters >= 2 && length <= 100 && !value.contains('@') && !is_yes_or_no(value)
        }
        Concept::Message => letters >= 1,
        Concept::ExternalId => {
            length <= 60
                && !value.contains(char::is_whitespace)
                && value.contains(|char: char| char.is_ascii_digit())
        }
        Concept::Consent | Concept::Submitted | Concept::Subject | Concept::Other | Concept::AddressMore => {
            true
        }
        Concept::Contact => find_email(value).is_some() || find_phone(value).is_some() || is_name_like(value),
        Concept::From => find_email(value).is_some() || is_name_like(value),
    }
}

/// A name without what stands behind it: "Max Muster (Geschäftsführer)", "Max Muster <max@example.test>".
fn bare_name(value: &str) -> &str {
    let mut end = value
        .find(['(', '<', '|', ';', '\n', '[', '\t'])
        .unwrap_or(value.len());
    for sign in [" - ", " – ", " / ", " · ", ", Tel", ", tel"] {
        end = end.min(value.find(sign).unwrap_or(end));
    }
    if let Some(found) = find_email(value) {
        end = end.min(found.range.start);
    }
    value[..end]
        .trim()
        .trim_matches(['"', '\'', ',', '„', '“'])
        .trim()
}

/// The digits of a postcode; other countries' codes as they are.
fn postal_code(value: &str) -> Option<Found> {
    let value_trimmed = value.trim();
    let bare = value_trimmed
        .trim_start_matches(|char: char| char.is_ascii_uppercase())
        .trim_start_matches(['-', ' ', '–']);
    let prefix = value_trimmed.len() - bare.len();
    if prefix <= 4 && (4..=5).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Found::slice(value, bare));
    }
    let is_foreign_code = (3..=10).contains(&value_trimmed.len())
        && value_trimmed
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || char == ' ' || char == '-')
        && value_trimmed.chars().filter(char::is_ascii_digit).count() >= 2;
    is_foreign_code.then(|| Found::slice(value, value_trimmed))
}

/// What pairs leave to be decided when all of them are known.
#[derive(Debug, Default)]
pub(super) struct Undecided {
    /// "Name", which is the family name where there is a given name.
    name: Option<(Candidate, Span, NameOrder, Concept)>,
    house_number: Option<Candidate>,
}

/// Puts the pairs of one lead together.
pub(super) fn draft(text: &str, pairs: &[&Pair], around: &Surroundings) -> Draft {
    let mut draft = Draft::default();
    let mut undecided = Undecided::default();
    for pair in pairs {
        take_pair(text, pair, around, &mut draft, &mut undecided);
    }
    settle(text, around, &mut draft, undecided);
    draft
}

/// Decides what only all pairs together could tell.
pub(super) fn settle(text: &str, around: &Surroundings, draft: &mut Draft, undecided: Undecided) {
    settle_name(text, around, draft, undecided.name);
    if let Some(number) = undecided.house_number {
        match draft.fields.get_mut(&LeadField::Street) {
            Some(street) if !street.value.contains(|char: char| char.is_ascii_digit()) => {
                street.value = format!("{} {}", street.value, number.value);
                street.by = format!("{}+{}", street.by, number.by);
            }
            _ => {}
        }
    }
}

fn take_pair(text: &str, pair: &Pair, around: &Surroundings, draft: &mut Draft, undecided: &mut Undecided) {
    let value = pair.value.of(text);
    if is_placeholder(value) {
        return;
    }
    let label = one_line(pair.label.of(text));
    let by = format!("{}:{label}", pair.how.name());
    if let Some(meaning) = &pair.meaning {
        let confidence = match meaning.strength {
            Strength::Exact => around.confidence,
            Strength::Loose => around.confidence - 0.12,
        };
        for (rank, concept) in meaning.concepts.iter().enumerate() {
            let mut taking = Taking {
                text,
                span: pair.value,
                by: &by,
                confidence: confidence - 0.05 * rank.min(3) as f64,
                around,
                draft,
                undecided,
            };
            if is_plausible(*concept, value) && taking.take(*concept) {
                return;
            }
        }
        // A portal's or the recipient's own address is nothing of the lead.
        if meaning.concepts.contains(&Concept::Email) {
            return;
        }
    }
    offer_extra(text, pair, around, draft, label, by);
}

/// What a pair says beyond the fields.
fn offer_extra(text: &str, pair: &Pair, around: &Surroundings, draft: &mut Draft, label: String, by: String) {
    let shown = lines(pair.value.of(text), around.flowed);
    if shown.chars().count() > 2_000 || label.chars().count() > 120 || shown.is_empty() {
        return;
    }
    draft.offer_extra(
        label,
        Candidate {
            value: shown,
            place: Place::Sheet(around.sheet, pair.value),
            by,
            confidence: around.confidence,
        },
    );
}

/// A text with its line breaks, without quote marks, without blanks at the ends of lines, and with one blank line
/// where there were several. With `flowed`, lines that end with a blank go on in the next.
pub(super) fn lines(text: &str, flowed: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut joins = false;
    for raw in text.split('\n') {
        let line = raw.trim_start_matches(['>', ' ']).trim();
        if line.is_empty() && (out.is_empty() || out.ends_with("\n\n")) {
            continue;
        }
        if joins {
            out.truncate(out.trim_end_matches('\n').len());
            out.push(' ');
        }
        out.push_str(line);
        out.push('\n');
        joins = flowed && raw.ends_with(' ') && !line.is_empty();
    }
    out.trim().to_string()
}

/// One value on its way into a draft.
pub(super) struct Taking<'a> {
    pub(super) text: &'a str,
    pub(super) span: Span,
    pub(super) by: &'a str,
    pub(super) confidence: f64,
    pub(super) around: &'a Surroundings,
    pub(super) draft: &'a mut Draft,
    pub(super) undecided: &'a mut Undecided,
}

impl Taking<'_> {
    fn value(&self) -> &str {
        self.span.of(self.text)
    }

    fn candidate(&self, found: &Found) -> Candidate {
        Candidate {
            value: found.value.clone(),
            place: within(self.around.sheet, self.span, found),
            by: self.by.to_string(),
            confidence: self.confidence,
        }
    }

    fn whole(&self) -> Found {
        let value = self.value();
        Found {
            range: 0..value.len(),
            value: one_line(&value.replace("\n>", "\n")),
        }
    }

    fn offer(&mut self, field: LeadField, found: &Found) {
        let candidate = self.candidate(found);
        self.draft.offer(field, candidate);
    }

    fn offer_if(&mut self, field: LeadField, found: Option<Found>) -> bool {
        match found {
            Some(found) => {
                self.offer(field, &found);
                true
            }
            None => false,
        }
    }

    /// Takes the value as `concept`; false where it is none after all.
    pub(super) fn take(&mut self, concept: Concept) -> bool {
        let value = self.value().to_string();
        let value = value.as_str();
        match concept {
            Concept::Email => self.take_email(value),
            Concept::Phone => self.take_phone(value, 0.0),
            Concept::Mobile => self.take_phone(value, 0.02),
            Concept::Salutation => self.take_salutation(value),
            Concept::Title if is_salutation(value) => self.take_salutation(value),
            Concept::Title => self.offer_if(LeadField::Title, Some(self.whole())),
            Concept::FirstName => self.offer_if(LeadField::FirstName, Some(self.whole())),
            Concept::LastName => self.take_last_name(value),
            Concept::Name | Concept::FullName | Concept::NameLastFirst => self.take_name(concept, value),
            Concept::Company => {
                !is_private(value) && self.offer_if(LeadField::CompanyName, Some(self.whole()))
            }
            Concept::CompanyOrName if looks_like_company(value) || !is_name_like(value) => {
                self.offer_if(LeadField::CompanyName, Some(self.whole()))
            }
            Concept::CompanyOrName => self.take_name(Concept::Name, value),
            Concept::Street => self.take_street(value),
            Concept::HouseNumber => {
                let candidate = self.candidate(&self.whole());
                self.undecided.house_number.get_or_insert(candidate);
                true
            }
            Concept::PostalCode | Concept::PostalCity => self.take_postal_code(value),
            Concept::City => self.take_city(value),
            Concept::Address => self.take_address(value),
            Concept::Country => self.offer_if(LeadField::Country, Some(self.whole())),
            Concept::Course => self.offer_if(LeadField::Course, Some(self.whole())),
            Concept::Interest if self.around.education => {
                self.confidence -= 0.1;
                self.offer_if(LeadField::Course, Some(self.whole()))
            }
            Concept::Portal => self.offer_if(LeadField::Portal, Some(self.whole())),
            Concept::Source if self.around.education && is_portal_like(value) => {
                self.confidence -= 0.15;
                self.offer_if(LeadField::Portal, Some(self.whole()))
            }
            Concept::Message => self.take_message(value),
            Concept::Consent => match read_consent(value, self.around.zone) {
                Consent::Given(found) => self.offer_if(LeadField::ConsentGivenAt, Some(found)),
                Consent::Undated | Consent::Refused => false,
            },
            Concept::ExternalId => self.offer_if(LeadField::ExternalId, Some(self.whole())),
            Concept::Contact => self.take_contact(value),
            Concept::From => self.take_sender(value),
            Concept::Interest
            | Concept::Source
            | Concept::Fax
            | Concept::AddressMore
            | Concept::Submitted
            | Concept::Subject
            | Concept::Other => false,
        }
    }

    fn take_email(&mut self, value: &str) -> bool {
        let Some(found) = find_email(value) else {
            return false;
        };
        if self.around.is_foreign(&found.value) {
            return false;
        }
        self.offer(LeadField::Email, &found);
        true
    }

    /// A landline goes before a mobile number; the other one stays beside.
    fn take_phone(&mut self, value: &str, less: f64) -> bool {
        let Some(found) = find_phone(value) else {
            return false;
        };
        self.confidence -= less;
        let candidate = self.candidate(&found);
        match self.draft.fields.get(&LeadField::Phone) {
            Some(known) if known.value == candidate.value => true,
            Some(known) if known.confidence >= candidate.confidence => false,
            Some(known) => {
                let (label, known) = (label_of(&known.by), known.clone());
                self.draft.offer_extra(label, known);
                self.draft.offer(LeadField::Phone, candidate);
                true
            }
            None => {
                self.draft.offer(LeadField::Phone, candidate);
                true
            }
        }
    }

    fn take_salutation(&mut self, value: &str) -> bool {
        if is_salutation(value) {
            let mut found = Found::slice(value, value.trim());
            if found.value == "Herrn" {
                found.value = "Herr".to_string();
            }
            self.offer(LeadField::Salutation, &found);
            return true;
        }
        // "Frau Dr.", "Herr Max Muster"
        let parts = split_name(value, NameOrder::Usual);
        let Some(salutation) = parts.salutation else {
            return false;
        };
        self.offer(LeadField::Salutation, &salutation);
        if let Some(title) = parts.title {
            self.offer(LeadField::Title, &title);
        }
        match parts.last {
            Some(last) if is_title(&last.value) => self.offer(LeadField::Title, &last),
            Some(last) => {
                self.confidence -= 0.1;
                self.offer(LeadField::LastName, &last);
                if let Some(first) = parts.first {
                    self.offer(LeadField::FirstName, &first);
                }
            }
            None => {}
        }
        true
    }

    fn take_last_name(&mut self, value: &str) -> bool {
        let words: Vec<&str> = value.split_whitespace().collect();
        let titled = words
            .first()
            .is_some_and(|word| is_title(word) || is_salutation(word));
        if words.len() > 1 && titled {
            let parts = split_name(value, NameOrder::Usual);
            // All that is not salutation or title is the family name here.
            if let Some(start) = parts
                .first
                .as_ref()
                .or(parts.last.as_ref())
                .map(|found| found.range.start)
            {
                self.offer(
                    LeadField::LastName,
                    &Found::slice(value, value[start..].trim_end()),
                );
                for (field, part) in [
                    (LeadField::Salutation, parts.salutation),
                    (LeadField::Title, parts.title),
                ] {
                    if let Some(part) = part {
                        self.offer(field, &part);
                    }
                }
                return true;
            }
        }
        self.offer_if(LeadField::LastName, Some(self.whole()))
    }

    fn take_name(&mut self, concept: Concept, value: &str) -> bool {
        // "Max Muster <max@example.test>"
        let took_email = self.take_email(value);
        let name = bare_name(value);
        if looks_like_company(name) {
            if self.draft.has(LeadField::CompanyName) {
                return took_email;
            }
            self.confidence -= 0.1;
            return self.offer_if(LeadField::CompanyName, Some(Found::slice(value, name)));
        }
        if !is_name_like(name) {
            return took_email;
        }
        let order = if concept == Concept::NameLastFirst {
            NameOrder::LastFirst
        } else {
            NameOrder::Usual
        };
        let found = Found::slice(value, name);
        let span = self.span.part(found.range.start, found.range.end);
        let candidate = self.candidate(&found);
        let known = self.undecided.name.as_ref().map(|(known, ..)| known.confidence);
        if known.is_none_or(|known| candidate.confidence > known) {
            self.undecided.name = Some((candidate, span, order, concept));
            return true;
        }
        took_email
    }

    fn take_street(&mut self, value: &str) -> bool {
        let address = read_address(value);
        if address.postal_code.is_some() {
            return self.take_address(value);
        }
        self.offer_if(LeadField::Street, Some(self.whole()))
    }

    fn take_postal_code(&mut self, value: &str) -> bool {
        if let Some((code, city)) = read_postal_city(value) {
            self.offer(LeadField::PostalCode, &code);
            self.offer(LeadField::City, &city);
            return true;
        }
        match postal_code(value) {
            Some(code) => self.offer_if(LeadField::PostalCode, Some(code)),
            None => self.take_city(value),
        }
    }

    fn take_city(&mut self, value: &str) -> bool {
        if let Some((code, city)) = read_postal_city(value) {
            self.offer(LeadField::PostalCode, &code);
            self.offer(LeadField::City, &city);
            return true;
        }
        if !is_plausible(Concept::City, value) {
            return false;
        }
        // "Zürich, Schweiz"
        if let Some((city, country)) = value.split_once(',')
            && is_country(country)
        {
            self.offer(LeadField::City, &Found::slice(value, city.trim()));
            self.offer(LeadField::Country, &Found::slice(value, country.trim()));
            return true;
        }
        self.offer_if(LeadField::City, Some(self.whole()))
    }

    fn take_address(&mut self, value: &str) -> bool {
        let address = read_address(value);
        let mut taken = false;
        for (field, part) in [
            (LeadField::Street, address.street),
            (LeadField::PostalCode, address.postal_code),
            (LeadField::City, address.city),
            (LeadField::Country, address.country),
        ] {
            taken |= self.offer_if(field, part);
        }
        // The addressee stands above the street.
        if let Some(addressee) = address.rest.first().filter(|_| taken) {
            if looks_like_company(&addressee.value) {
                self.confidence -= 0.1;
                self.offer(LeadField::CompanyName, addressee);
            } else if is_name_like(&addressee.value)
                && (2..=6).contains(&addressee.value.split(' ').count())
                && self.undecided.name.is_none()
            {
                let span = self.span.part(addressee.range.start, addressee.range.end);
                self.confidence -= 0.1;
                let candidate = self.candidate(addressee);
                self.undecided.name = Some((candidate, span, NameOrder::Usual, Concept::Contact));
            }
        }
        taken
    }

    fn take_message(&mut self, value: &str) -> bool {
        if self.draft.has(LeadField::Message) {
            return false;
        }
        let found = Found {
            range: 0..value.len(),
            value: lines(value, self.around.flowed),
        };
        self.offer_if(LeadField::Message, Some(found))
    }

    /// "Max Muster, 030 123456, max@example.test"
    fn take_contact(&mut self, value: &str) -> bool {
        self.confidence -= 0.1;
        let mut taken = self.take_email(value);
        let pieces: Vec<&str> = value.split([',', ';', '|', '\n', '<', '(', '/']).collect();
        for piece in pieces {
            let at = piece.as_ptr() as usize - value.as_ptr() as usize;
            let trimmed = piece.trim();
            if find_email(trimmed).is_some() {
                continue;
            }
            if let Some(found) = find_phone(piece) {
                let found = Found {
                    range: found.range.start + at..found.range.end + at,
                    ..found
                };
                self.offer(LeadField::Phone, &found);
                taken = true;
            } else if is_name_like(trimmed)
                && trimmed.split_whitespace().count() >= 2
                && self.undecided.name.is_none()
            {
                let start = trimmed.as_ptr() as usize - value.as_ptr() as usize;
                let span = self.span.part(start, start + trimmed.len());
                let candidate = self.candidate(&Found::slice(value, trimmed));
                self.undecided.name = Some((candidate, span, NameOrder::Usual, Concept::Contact));
                taken = true;
            }
        }
        taken
    }

    /// `Max Muster <max@example.test>` as contact forms write the sender.
    fn take_sender(&mut self, value: &str) -> bool {
        let email = find_email(value);
        if email
            .as_ref()
            .is_some_and(|found| self.around.is_foreign(&found.value))
        {
            return false;
        }
        let name_end = email.as_ref().map_or(value.len(), |found| found.range.start);
        let name = value[..name_end].trim_matches([' ', '<', '"', '\'', '(', ',', '[']);
        if let Some(found) = &email {
            self.offer(LeadField::Email, found);
        }
        if is_name_like(name) && !looks_like_company(name) && self.undecided.name.is_none() {
            let start = name.as_ptr() as usize - value.as_ptr() as usize;
            let span = self.span.part(start, start + name.len());
            self.confidence -= 0.02;
            let candidate = self.candidate(&Found::slice(value, name));
            self.undecided.name = Some((candidate, span, NameOrder::Usual, Concept::From));
            return true;
        }
        email.is_some()
    }
}

/// The label in `label:Mobil`.
fn label_of(by: &str) -> String {
    by.split_once(':').map_or(by, |(_, label)| label).to_string()
}

/// What people write into the company field who have none.
fn is_private(value: &str) -> bool {
    matches!(
        value.trim().to_lowercase().as_str(),
        "privat"
            | "privatperson"
            | "private"
            | "privé"
            | "privato"
            | "keine firma"
            | "-"
            | "selbst"
            | "student"
            | "studentin"
    )
}

/// Names of portals look like one: `FernstudiumFinder`, `kursnet.example`; "Google" and "Webseite" do not.
fn is_portal_like(value: &str) -> bool {
    let lower = value.trim().to_lowercase();
    let marks = [
        "portal",
        "check",
        "finder",
        "vergleich",
        "suche",
        "net",
        "direkt",
        "kompass",
        "navi",
        "guide",
        "scout",
        "markt",
        "börse",
        "radar",
        "lotse",
        ".de",
        ".ch",
        ".com",
        ".net",
        ".example",
    ];
    let other = [
        "google",
        "facebook",
        "instagram",
        "linkedin",
        "webseite",
        "website",
        "homepage",
        "formular",
        "empfehlung",
    ];
    lower.split_whitespace().count() <= 4
        && marks.iter().any(|mark| lower.contains(mark))
        && !other.iter().any(|word| lower.contains(word))
}

/// Decides what "Name" was, now that it is known whether a given name has a label of its own.
fn settle_name(
    text: &str,
    around: &Surroundings,
    draft: &mut Draft,
    name: Option<(Candidate, Span, NameOrder, Concept)>,
) {
    let Some((candidate, span, order, concept)) = name else {
        return;
    };
    let shown = span.of(text);
    let parts = split_name(shown, order);
    let part = |found: &Found, confidence: f64| Candidate {
        value: found.value.clone(),
        place: within(around.sheet, span, found),
        by: candidate.by.clone(),
        confidence,
    };
    for (field, found) in [
        (LeadField::Salutation, &parts.salutation),
        (LeadField::Title, &parts.title),
    ] {
        if let Some(found) = found {
            draft.offer(field, part(found, candidate.confidence - 0.02));
        }
    }
    let has_first = draft.has(LeadField::FirstName);
    let has_last = draft.has(LeadField::LastName);
    match (has_first, has_last) {
        (true, true) => {}
        (true, false) if concept == Concept::Name => {
            // All of it but salutation and title; the given name may be repeated in it.
            let first = draft
                .value(LeadField::FirstName)
                .unwrap_or_default()
                .to_lowercase();
            let repeats = parts
                .first
                .as_ref()
                .is_some_and(|found| found.value.to_lowercase() == first);
            let start = parts
                .first
                .as_ref()
                .or(parts.last.as_ref())
                .map(|found| found.range.start);
            let last = if repeats {
                parts.last.clone()
            } else {
                start.map(|start| Found::slice(shown, shown[start..].trim_end_matches([' ', ','])))
            };
            if let Some(last) = last {
                draft.offer(LeadField::LastName, part(&last, candidate.confidence));
            }
        }
        (true, false) => {
            if let Some(last) = &parts.last {
                draft.offer(LeadField::LastName, part(last, candidate.confidence));
            }
        }
        (false, true) => {
            // "Name: Max", "Nachname: Muster"; or "Name: Max Muster", "Nachname: Muster".
            let last = draft
                .value(LeadField::LastName)
                .unwrap_or_default()
                .to_lowercase();
            let found = match (&parts.first, &parts.last) {
                (Some(first), Some(known)) if known.value.to_lowercase() == last => Some(first),
                (None, Some(only)) if only.value.to_lowercase() != last => Some(only),
                _ => None,
            };
            if let Some(first) = found {
                draft.offer(LeadField::FirstName, part(first, candidate.confidence - 0.1));
            }
        }
        (false, false) => {
            if let Some(first) = &parts.first {
                draft.offer(LeadField::FirstName, part(first, candidate.confidence - 0.02));
            }
            if let Some(last) = &parts.last {
                draft.offer(LeadField::LastName, part(last, candidate.confidence - 0.02));
            }
        }
    }
}
