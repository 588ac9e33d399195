//! Whether a mail is one that can hold leads, and whether what was found is one.

use std::sync::LazyLock;

use regex::Regex;

use crate::mailbox::parsed::LeadField;

use super::draft::Draft;
use super::letters::{Contents, Letter};

/// What speaks for and against leads in a mail.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bearing {
    /// A rule took the mail.
    pub(super) ruled: bool,
    /// Sent to a list.
    pub(super) bulk: bool,
    /// Speaks of an inquiry, a form or an interested person.
    pub(super) inquiry: bool,
    /// Speaks of invoices and orders.
    pub(super) commerce: bool,
}

/// True for mails that programs write by themselves: absences, bounces, invitations. They hold no new lead.
pub(super) fn is_automatic(letter: &Letter) -> bool {
    static SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)^\W*(?:(?:re|aw|fwd?|wg):\s*)*(?:
                automatische\ (?:antwort|e-?mail|abwesenheit) | abwesenheits | abwesend\b | out\ of\ (?:the\ )?office | automatic\ reply | auto-?reply
                | r[ée]ponse\ automatique | risposta\ automatica | undeliver | unzustellbar | delivery\ (?:status|failure) | mail\ delivery
                | returned\ mail | failure\ notice | nicht\ zugestellt | read(?:\ receipt)?: | gelesen: | lesebest[äa]tigung
                | (?:eingeladen|einladung|abgesagt|angenommen|zugesagt|accepted|declined|invitation|canceled|cancelled):
            )",
        )
        .expect("a tested pattern")
    });
    let header = |name: &str| letter.headers.text(name).map(|value| value.to_lowercase());
    header("auto-submitted").is_some_and(|value| value.starts_with("auto-replied"))
        || header("x-autoreply").is_some_and(|value| value != "no")
        || header("x-autorespond").is_some()
        || header("precedence").is_some_and(|value| value.contains("auto_reply"))
        || letter.media_type == "multipart/report"
        || letter.from().is_some_and(|from| {
            let local = from.email.split('@').next().unwrap_or_default().to_lowercase();
            local == "mailer-daemon" || local == "postmaster"
        })
        || SUBJECT.is_match(&letter.subject())
}

impl Bearing {
    pub(super) fn of(contents: &Contents, ruled: bool) -> Self {
        static INQUIRY: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(
                r"(?i)anfrage|interessent|interessiert|kontaktformular|formular|infomaterial|informationsmaterial|rückruf|beratungs|\blead\b|inquiry|enquiry|contact form|request for|demande|formulaire|intéress|richiesta|interessat|modulo",
            )
            .expect("a tested pattern")
        });
        static COMMERCE: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(
                r"(?i)\b(rechnung(?:snummer|sbetrag|sdatum)?|bestell(?:nummer|ung|datum)|zahlung(?:sziel|sart)?|iban|mwst|umsatzsteuer|gesamtbetrag|lieferadresse|versand|sendungsnummer|mahnung|invoice|order number|total due|facture|fattura|passwort|password|verification code|bestätigungscode)\b",
            )
            .expect("a tested pattern")
        });
        let subjects: Vec<String> = contents.letters.iter().map(Letter::subject).collect();
        let mut hits = std::collections::BTreeSet::new();
        let mut inquiry = subjects.iter().any(|subject| INQUIRY.is_match(subject));
        for source in &contents.sources {
            let text = &contents.sheets[source.sheet].text;
            inquiry |= INQUIRY.is_match(text);
            for found in COMMERCE.find_iter(text).take(200) {
                hits.insert(found.as_str().to_lowercase());
            }
        }
        let outer = &contents.letters[0].headers;
        let bulk = ["list-unsubscribe", "list-id", "list-post"]
            .iter()
            .any(|name| outer.raw(name).is_some())
            || outer
                .text("precedence")
                .is_some_and(|value| matches!(value.to_lowercase().as_str(), "bulk" | "list" | "junk"));
        Bearing {
            ruled,
            bulk,
            inquiry,
            commerce: hits.len() >= 3,
        }
    }

    /// Whether a mail that somebody sent in the own name is about the own person: a signature, an offer.
    pub(super) fn is_own_contact(&self, letter: &Letter, draft: &Draft) -> bool {
        let sender = letter.from().map(|from| from.email.to_lowercase());
        let found = draft.value(LeadField::Email).map(str::to_lowercase);
        !self.ruled && !self.inquiry && sender.is_some() && sender == found
    }

    /// Whether what was found is a lead.
    pub(super) fn is_lead(&self, draft: &Draft) -> bool {
        let weight = draft.weight();
        let says_why = [LeadField::Course, LeadField::Message, LeadField::ConsentGivenAt]
            .iter()
            .any(|field| draft.has(*field));
        if self.commerce && !(says_why && self.inquiry) {
            return false;
        }
        if self.bulk {
            let least = if self.ruled { 2.0 } else { 3.2 };
            return draft.is_reachable() && draft.has_name() && weight >= least;
        }
        if self.ruled || self.inquiry {
            return (draft.is_reachable() || draft.has_name() && weight >= 2.0) && weight >= 1.5;
        }
        draft.is_reachable() && (draft.has_name() || says_why) && weight >= 1.9
            || draft.has_name() && weight >= 2.6
    }
}
