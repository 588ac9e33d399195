//! What the parser made of a mail. This is, key by key, the JSON of `lotse mail parse --json`.

use std::collections::BTreeMap;

use lotse_core::language::{Language, Tell};
use serde::{Deserialize, Serialize};

/// The result for one mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ParsedMail {
    /// The file the mail came from, where it came from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Whether leads were found.
    pub status: MailStatus,
    /// The id of the rule that took the mail; `generic` for the label reader without a rule.
    pub rule: Option<String>,
    /// Why the mail could not be read, in English; see [`ParsedMail::problem`] for other languages.
    pub error: Option<String>,
    /// The same as a fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<ReadingProblem>,
    /// The leads in the order of the mail.
    pub leads: Vec<ParsedLead>,
}

/// Whether leads were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum MailStatus {
    /// At least one lead.
    Parsed,
    /// Readable, but no lead in it.
    Unmatched,
    /// Not readable; the raw mail is kept.
    Failed,
}

impl MailStatus {
    /// The code as it is stored and written.
    pub fn code(self) -> &'static str {
        match self {
            Self::Parsed => "parsed",
            Self::Unmatched => "unmatched",
            Self::Failed => "failed",
        }
    }
}

/// One lead of a mail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ParsedLead {
    /// Values by field; a field that was not found is absent.
    pub fields: BTreeMap<LeadField, String>,
    /// What the mail says beyond the fields, by the label it had there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
    /// Where each value came from: keys are field names, and `extra.` with the label for the others.
    pub provenance: BTreeMap<String, Provenance>,
    /// 0 to 1: how sure the reading is as a whole.
    pub confidence: f64,
}

impl ParsedLead {
    /// The value of a field.
    pub fn get(&self, field: LeadField) -> Option<&str> {
        self.fields.get(&field).map(String::as_str)
    }
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Provenance {
    /// The part of the mail: an IMAP section number (`1`, `2.1`), or `header:` and a header's name; a header of a
    /// forwarded mail has the section before it (`2/header:From`).
    pub part: String,
    /// Where the value begins in the part's decoded text, in characters (Unicode scalar values) from 0.
    #[ts(type = "number")]
    pub start: usize,
    /// The character after the value's last one.
    #[ts(type = "number")]
    pub end: usize,
    /// What stands there, untouched.
    pub text: String,
    /// The rule and how it found the value: `generic/label:Telefon`, `wpforms/cell:E-Mail`, `generic/position`.
    pub by: String,
}

/// The fields that the parser fills; in JSON `salutation`, `firstName`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub enum LeadField {
    /// Herr, Frau, Madame, …
    Salutation,
    /// Academic and similar titles.
    Title,
    /// Given names.
    FirstName,
    /// Family name with its particles.
    LastName,
    /// Company or organisation.
    CompanyName,
    /// The person's address, never the portal's.
    Email,
    /// As written in the mail.
    Phone,
    /// Street and house number.
    Street,
    /// Postcode.
    PostalCode,
    /// Town.
    City,
    /// Country as written.
    Country,
    /// Course of study or training.
    Course,
    /// The portal the lead came through.
    Portal,
    /// What the person wrote.
    Message,
    /// When the mail was sent, RFC 3339 in UTC.
    ReceivedAt,
    /// When consent was given, RFC 3339 in UTC; only where the mail names the time.
    ConsentGivenAt,
    /// The lead's number at the portal.
    ExternalId,
}

impl LeadField {
    /// All fields, in the order of the table of leads.
    pub const ALL: [LeadField; 17] = [
        Self::Salutation,
        Self::Title,
        Self::FirstName,
        Self::LastName,
        Self::CompanyName,
        Self::Email,
        Self::Phone,
        Self::Street,
        Self::PostalCode,
        Self::City,
        Self::Country,
        Self::Course,
        Self::Portal,
        Self::Message,
        Self::ReceivedAt,
        Self::ConsentGivenAt,
        Self::ExternalId,
    ];

    /// The name in JSON and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Salutation => "salutation",
            Self::Title => "title",
            Self::FirstName => "firstName",
            Self::LastName => "lastName",
            Self::CompanyName => "companyName",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Street => "street",
            Self::PostalCode => "postalCode",
            Self::City => "city",
            Self::Country => "country",
            Self::Course => "course",
            Self::Portal => "portal",
            Self::Message => "message",
            Self::ReceivedAt => "receivedAt",
            Self::ConsentGivenAt => "consentGivenAt",
            Self::ExternalId => "externalId",
        }
    }
}

/// Why a mail could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ReadingProblem {
    /// Nothing in it.
    Empty,
    /// No header that a mail has: not a mail, or damaged beyond reading.
    NotAMail,
    /// The reader itself gave up; a defect of Lotse.
    Defect,
}

impl Tell for ReadingProblem {
    fn tell(&self, language: Language) -> String {
        let (german, english) = match self {
            Self::Empty => (
                "Die Mail ist leer. Bitte beim Absender neu anfordern.",
                "The mail is empty. Ask the sender for it again.",
            ),
            Self::NotAMail => (
                "Das ist keine lesbare Mail: Es fehlen alle Kopfzeilen. Das Original bleibt, wie es ist.",
                "This is no readable mail: all headers are missing. The original stays as it is.",
            ),
            Self::Defect => (
                "Lotse ist an dieser Mail gescheitert; das ist ein Fehler von Lotse. Das Original bleibt, wie es ist, und wird mit der nächsten Version erneut gelesen.",
                "Lotse failed on this mail; that is a defect of Lotse. The original stays as it is and is read again with the next version.",
            ),
        };
        language.pick(german, english).to_string()
    }
}

impl ParsedMail {
    /// A readable mail without leads.
    pub(super) fn unmatched() -> Self {
        ParsedMail {
            file: None,
            status: MailStatus::Unmatched,
            rule: None,
            error: None,
            problem: None,
            leads: Vec::new(),
        }
    }

    /// A mail that could not be read.
    pub(super) fn failed(problem: ReadingProblem) -> Self {
        ParsedMail {
            status: MailStatus::Failed,
            error: Some(problem.tell(Language::En)),
            problem: Some(problem),
            ..Self::unmatched()
        }
    }

    /// A mail whose file could not even be opened, with the reason.
    pub fn unreadable(reason: String) -> Self {
        ParsedMail {
            status: MailStatus::Failed,
            error: Some(reason),
            ..Self::unmatched()
        }
    }

    /// The least sure of the leads; `None` where there is none.
    pub fn confidence(&self) -> Option<f64> {
        self.leads.iter().map(|lead| lead.confidence).reduce(f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_fields_are_those_of_the_json() {
        for field in LeadField::ALL {
            assert_eq!(serde_json::to_value(field).unwrap(), field.name());
        }
    }
}
