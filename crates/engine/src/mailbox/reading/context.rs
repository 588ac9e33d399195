//! What the rest of the mail says of a lead: its headers, its subject, its sentences.

use std::sync::LazyLock;

use regex::Regex;

use crate::mailbox::layout::quoting::InlineHeader;
use crate::mailbox::layout::{Sheet, Span};
use crate::mailbox::message::{Address, read_addresses};
use crate::mailbox::parsed::LeadField;
use crate::mailbox::values::{
    Found, NameOrder, find_email, is_mail_provider, is_name_like, looks_like_company, read_consent_sentence,
    split_name,
};

use crate::mailbox::vocabulary::fold;

use super::draft::{Candidate, Draft, Place, within};
use super::fields::Surroundings;
use super::letters::Letter;

/// How sure the address to which replies go is the person's.
const REPLY_TO: f64 = 0.5;
/// How sure the sender's address is the person's where its name is.
const SENDER: f64 = 0.4;

/// A header that names a sender: of the mail, or above a mail that was forwarded in the text.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    /// `Reply-To` or `From`.
    pub(super) header: &'static str,
    pub(super) text: String,
    pub(super) address: Address,
    /// The place of the whole text.
    place: Place,
}

impl Sender {
    fn place_of(&self, start: usize, end: usize) -> Place {
        match &self.place {
            Place::Sheet(sheet, span) => Place::Sheet(*sheet, span.part(start, end)),
            Place::Header { part, text, .. } => Place::Header {
                part: part.clone(),
                text: text.clone(),
                span: Span::new(start, end),
            },
        }
    }
}

/// The senders of a stretch: those of the header above it, else those of its letter; `Reply-To` first.
pub(super) fn senders(letter: &Letter, inline: Option<(&InlineHeader, usize, &Sheet)>) -> Vec<Sender> {
    if let Some((header, index, sheet)) = inline {
        return [("Reply-To", header.reply_to), ("From", header.from)]
            .into_iter()
            .filter_map(|(name, span)| {
                let span = span?;
                let text = span.of(&sheet.text).to_string();
                Some(Sender {
                    header: name,
                    address: read_addresses(&text).into_iter().next()?,
                    text,
                    place: Place::Sheet(index, span),
                })
            })
            .collect();
    }
    ["Reply-To", "From"]
        .into_iter()
        .filter_map(|name| {
            let text = letter.headers.text(name)?;
            Some(Sender {
                header: name,
                address: letter.headers.addresses(name).into_iter().next()?,
                place: Place::Header {
                    part: letter.header_part(name),
                    span: Span::new(0, text.len()),
                    text: text.clone(),
                },
                text,
            })
        })
        .collect()
}

/// The address to which an answer would go, where the mail itself names none.
pub(super) fn fill_from_senders(senders: &[Sender], around: &Surroundings, draft: &mut Draft) {
    for sender in senders {
        let confidence = if sender.header == "From" { SENDER } else { REPLY_TO };
        let Some(found) = find_email(&sender.text).filter(|found| !around.is_foreign(&found.value)) else {
            continue;
        };
        // Portals send in their own name; only a sender with the person's name is the person.
        if sender.header == "From" && !is_named_like(&sender.address, draft) {
            continue;
        }
        let offer = |draft: &mut Draft, field: LeadField, found: &Found, start: usize, confidence: f64| {
            draft.offer(
                field,
                Candidate {
                    value: found.value.clone(),
                    place: sender.place_of(start + found.range.start, start + found.range.end),
                    by: format!("header:{}", sender.header),
                    confidence,
                },
            );
        };
        match draft.value(LeadField::Email) {
            None => offer(draft, LeadField::Email, &found, 0, confidence),
            Some(known) if known.eq_ignore_ascii_case(&found.value) => {}
            Some(_) => continue,
        }
        let name = &sender.address.name;
        let start = sender.text.find(name.as_str());
        if let Some(start) = start
            && !draft.has_name()
            && is_name_like(name)
            && !looks_like_company(name)
        {
            let parts = split_name(name, NameOrder::Usual);
            for (field, part) in [
                (LeadField::Salutation, parts.salutation),
                (LeadField::Title, parts.title),
                (LeadField::FirstName, parts.first),
                (LeadField::LastName, parts.last),
            ] {
                if let Some(part) = part {
                    offer(draft, field, &part, start, confidence - 0.05);
                }
            }
        }
    }
}

fn is_named_like(address: &Address, draft: &Draft) -> bool {
    let Some(last) = draft.value(LeadField::LastName) else {
        return false;
    };
    let last = last.to_lowercase();
    last.chars().count() >= 3
        && (address.name.to_lowercase().contains(&last) || address.email.to_lowercase().contains(&last))
}

/// A sentence that says when consent was given.
pub(super) fn fill_consent(sheet: &Sheet, index: usize, around: &Surroundings, draft: &mut Draft) {
    if draft.has(LeadField::ConsentGivenAt) {
        return;
    }
    if let Some(found) = read_consent_sentence(&sheet.text, around.zone) {
        draft.offer(
            LeadField::ConsentGivenAt,
            Candidate {
                value: found.value.clone(),
                place: within(index, Span::new(0, sheet.text.len()), &found),
                by: "sentence".to_string(),
                confidence: 0.75,
            },
        );
    }
}

/// A course that a sentence or the subject names in quotes or after its kind.
pub(super) fn fill_course(
    letter: &Letter,
    sheet: &Sheet,
    index: usize,
    around: &Surroundings,
    draft: &mut Draft,
) {
    static QUOTED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"(?i)(?:studieng[aä]ng\w*|fernstudi\w*|studium|fernkurs\w*|kurs\w*|lehrgang\w*|weiterbildung\w*|fortbildung\w*|ausbildung\w*|seminar\w*|(?:master|bachelor)\s+of\s+\w+|mba|diplom|zertifikats?\w*|angebot\w*|formation|course|program(?:me)?|corso)\s*:?\s*(?:„|“|"|»|«|‚|›|')\s*([^"„“”»«‚‘›‹\n]{3,120}?)\s*(?:“|”|"|«|»|‘|‹|')"#,
        )
        .expect("a tested pattern")
    });
    static SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?i)(?:anfrage|infomaterial|informationsmaterial|interesse|interessent|interessentin|lead|anforderung|demande|inquiry|richiesta)\b[^:–|-]{0,40}?(?:\s(?:zu[mr]?|für|zum thema|an|am|about|for|pour|per|concernant)\s+|\s*[:–|-]\s+)(?:(?:den|dem|das|die|der|the|la|le|il)\s+)?(?:studiengang|fernstudium|fernkurs|kurs|lehrgang|weiterbildung|fortbildung|seminar|formation|course|corso)\s*:?\s+(.{3,100})$",
        )
        .expect("a tested pattern")
    });
    if draft.has(LeadField::Course) || !around.education {
        return;
    }
    let offer = |draft: &mut Draft, place: Place, value: &str, by: &str| {
        draft.offer(
            LeadField::Course,
            Candidate {
                value: value.trim().to_string(),
                place,
                by: by.to_string(),
                confidence: 0.6,
            },
        );
    };
    if let Some(found) = QUOTED.captures(&sheet.text).and_then(|found| found.get(1)) {
        let place = Place::Sheet(index, Span::new(found.start(), found.end()));
        offer(draft, place, found.as_str(), "sentence");
        return;
    }
    let subject = letter.subject();
    let found = QUOTED
        .captures(&subject)
        .and_then(|found| found.get(1))
        .or_else(|| SUBJECT.captures(&subject).and_then(|found| found.get(1)));
    if let Some(found) = found {
        let span = Span::new(found.start(), found.end()).trimmed(&subject);
        let value = span.of(&subject).to_string();
        let place = Place::Header {
            part: letter.header_part("Subject"),
            text: subject.clone(),
            span,
        };
        offer(draft, place, &value, "header:Subject");
    }
}

/// The portal: a sentence names it, or the sender is one and its domain carries its name.
pub(super) fn fill_portal(
    senders: &[Sender],
    letter: &Letter,
    sheet: &Sheet,
    around: &Surroundings,
    sender_may_be: bool,
    draft: &mut Draft,
) {
    static THROUGH: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"(?:[Üü]ber|[Uu]eber|[Vv]ia|[Aa]uf|[Vv]on|through|sur|tramite)\s+(?:(?:das|unser|dem|unserem|the|le|notre|il)\s+)?(?:(?:[\p{L}-]*[Pp]ortal|[Pp]lattform|platform|plateforme|portail|portale|[\p{L}]*[Pp]lattform)\s+)(?:„|“|"|»|«)?\s*(\p{Lu}[\p{L}\d&.-]{2,40}(?:\s\p{Lu}[\p{L}\d-]{2,30})?)"#,
        )
        .expect("a tested pattern")
    });
    let index = around.sheet;
    let subject = letter.subject();
    let subject = subject.as_str();
    if draft.has(LeadField::Portal) {
        return;
    }
    if let Some(found) = THROUGH.captures(&sheet.text).and_then(|found| found.get(1)) {
        let shown = found.as_str().trim_end_matches(['.', '-']);
        let span = Span::new(found.start(), found.start() + shown.len());
        draft.offer(
            LeadField::Portal,
            Candidate {
                value: shown.to_string(),
                place: Place::Sheet(index, span),
                by: "sentence".to_string(),
                confidence: 0.65,
            },
        );
        return;
    }
    let Some(sender) = senders
        .iter()
        .find(|sender| sender.header == "From")
        .filter(|_| sender_may_be)
    else {
        return;
    };
    let Some(domain) = own_domain(&sender.address.email) else {
        return;
    };
    let is_ours = around
        .foreign_addresses
        .iter()
        .any(|address| own_domain(address).is_some_and(|other| squeeze(other) == squeeze(domain)));
    // A person's own mail has the person's name as its sender.
    let is_person = draft
        .value(LeadField::LastName)
        .is_some_and(|last| sender.address.name.to_lowercase().contains(&last.to_lowercase()));
    if is_ours || is_person {
        return;
    }
    let mut offer = |value: &str, place: Place, by: &str, confidence: f64| {
        draft.offer(
            LeadField::Portal,
            Candidate {
                value: value.to_string(),
                place,
                by: by.to_string(),
                confidence,
            },
        );
    };
    let name = portal_name(&sender.address.name);
    let (short, known) = (squeeze(name), squeeze(domain));
    if short.chars().count() >= 4
        && (known.contains(&short) || short.contains(&known))
        && let Some(start) = sender.text.find(name)
    {
        offer(
            name,
            sender.place_of(start, start + name.len()),
            "header:From",
            0.6,
        );
        return;
    }
    // "Anfrage über Bildungsanker" from noreply@bildungsanker.example
    if known.chars().count() >= 5
        && let Some(span) = word_like(&sheet.text, &known)
    {
        offer(span.of(&sheet.text), Place::Sheet(index, span), "sentence", 0.55);
    } else if known.chars().count() >= 5
        && let Some(span) = word_like(subject, &known)
    {
        let place = Place::Header {
            part: letter.header_part("Subject"),
            text: subject.to_string(),
            span,
        };
        offer(span.of(subject), place, "header:Subject", 0.55);
    }
}

/// The name in a domain that its owner chose; `None` for the domains of mail providers and for none at all.
fn own_domain(address: &str) -> Option<&str> {
    let domain = address.rsplit_once('@')?.1;
    let mut labels = domain.rsplit('.');
    labels.next()?;
    let name = labels.find(|label| !matches!(*label, "co" | "com" | "org" | "ac"))?;
    (!is_mail_provider(domain)).then_some(name)
}

/// The first word of a text that is spelt like a domain, and is no part of an address.
fn word_like(text: &str, domain: &str) -> Option<Span> {
    static WORD: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"[\p{L}\d]+(?:[-.&][\p{L}\d]+)*").expect("a tested pattern"));
    WORD.find_iter(text).take(5_000).find_map(|found| {
        let before = text[..found.start()].chars().next_back();
        let after = text[found.end()..].chars().next();
        let is_address = matches!(before, Some('@' | '/' | '.')) || matches!(after, Some('@' | '/'));
        let shown = found.as_str();
        (!is_address && shown.starts_with(char::is_uppercase) && squeeze(shown) == domain)
            .then(|| Span::new(found.start(), found.end()))
    })
}

/// "FernstudiumFinder Anfragen" and "Ihr FernstudiumFinder-Team" are both the portal's name and more.
fn portal_name(sender: &str) -> &str {
    static AROUND: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)^(?:ihr\s|das\s|team\s|noreply\s|service\s(?:von\s)?)? (?P<name>.+?)
            (?:[\s-]+(?:anfragen?|team|service|leads?|kundenservice|noreply|no-reply|benachrichtigung(?:en)?|kontakt|partnerservice|redaktion|info|support|vermittlung|interessentenservice|anfragenservice|system|mailer|leadservice|gmbh|ag|s\.?a\.?|sagl|sàrl))*$",
        )
        .expect("a tested pattern")
    });
    AROUND
        .captures(sender)
        .and_then(|found| found.name("name"))
        .map_or(sender, |name| name.as_str())
        .trim()
}

fn squeeze(text: &str) -> String {
    fold(text).replace(' ', "")
}

/// True where a mail is about studying and learning: then what somebody is interested in is a course.
pub(super) fn is_about_education(texts: &[&str]) -> bool {
    static WORDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?i)studi(?:um|en|eng)|fernlehr|fernkurs|lehrgang|weiterbild|fortbild|umschul|ausbildung|seminar|akademie|hochschul|universit|bildungs|\bkurs(?:e|en|es)?\b|\bcourses?\b|formation|corso|corsi|campus|bachelor|master\b|\bIHK\b|\bMBA\b|\bCAS\b|B\.\s?(?:Sc|A|Eng)\.|M\.\s?(?:Sc|A|Eng)\.|diplom|zertifikat|brevet",
        )
        .expect("a tested pattern")
    });
    texts.iter().any(|text| WORDS.is_match(text))
}
