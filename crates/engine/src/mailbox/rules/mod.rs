//! Rules: data that says to which mails it applies and how each field is found in them.
//!
//! A rule file is JSON:
//!
//! ```json
//! {
//!   "id": "kursportal",
//!   "title": { "de": "Kursportal", "en": "Course portal" },
//!   "applies": { "all": [ { "in": "from", "matches": "@kursportal\\.example$" } ] },
//!   "portal": "Kursportal",
//!   "fields": {
//!     "email":  [ { "label": "Mailadresse" }, { "regex": "erreichbar unter (\\S+@\\S+)" } ],
//!     "course": [ { "css": "td.course" }, { "json": "/lead/course" }, { "xml": "lead/course" } ],
//!     "extra.Beginn": [ { "label": "Gewünschter Beginn" } ]
//!   },
//!   "ignore": [ "^Ihr Kursportal-Team" ]
//! }
//! ```
//!
//! `"sender_is_portal": false` says that mails of this kind come from a form on one's own site; `"confidence"` says how
//! sure its values are, 0 to 1.
//!
//! What a rule does not say is read by the general label reader, unless `"generic": false`.

mod book;
mod error;
mod finder;

use std::collections::BTreeMap;

use regex::Regex;

pub use book::RuleBook;
pub use error::{RuleError, RuleProblem};
pub(super) use finder::{BodyPlace, Finder, RuleField};

/// A rule that was read and found to be sound.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Names the rule in results; unique in a book.
    pub id: String,
    /// What people call it.
    pub title: Title,
    pub(super) applies: Applies,
    /// How sure the values are that this rule leads to, 0 to 1.
    pub(super) confidence: f64,
    /// Whether the general label reader reads what the rule does not name.
    pub(super) generic: bool,
    pub(super) portal: Option<String>,
    /// Whether the sender may be a portal; forms on one's own site come from no portal.
    pub(super) sender_is_portal: bool,
    pub(super) fields: BTreeMap<RuleField, Vec<Finder>>,
    /// Lines from which on nothing is the person's.
    pub(super) ignore: Vec<Regex>,
}

/// A name in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, ts_rs::TS)]
pub struct Title {
    /// In German.
    pub de: String,
    /// In English.
    pub en: String,
}

/// To which mails a rule applies: all of `all`, at least one of `any` (where there are some), none of `none`.
#[derive(Clone, Debug, Default)]
pub(super) struct Applies {
    pub(super) all: Vec<Condition>,
    pub(super) any: Vec<Condition>,
    pub(super) none: Vec<Condition>,
}

/// A pattern and where it has to match.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) place: ConditionPlace,
    pub(super) pattern: Regex,
}

/// Where a condition looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ConditionPlace {
    /// Name and address of the sender, also of a forwarded mail.
    From,
    ReplyTo,
    To,
    /// Also of a forwarded mail.
    Subject,
    Header(String),
    /// The readable texts.
    Body,
    /// Names of attached files.
    Attachment,
}

/// What the conditions of rules are held against.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    pub(super) from: Vec<String>,
    pub(super) reply_to: Vec<String>,
    pub(super) to: Vec<String>,
    pub(super) subjects: Vec<String>,
    /// Name in lower case and value.
    pub(super) headers: Vec<(String, String)>,
    pub(super) bodies: Vec<String>,
    pub(super) attachments: Vec<String>,
}

impl Rule {
    pub(super) fn applies_to(&self, evidence: &Evidence) -> bool {
        let holds = |condition: &Condition| condition.holds(evidence);
        self.applies.all.iter().all(holds)
            && (self.applies.any.is_empty() || self.applies.any.iter().any(holds))
            && !self.applies.none.iter().any(holds)
    }
}

impl Condition {
    fn holds(&self, evidence: &Evidence) -> bool {
        let any = |texts: &[String]| texts.iter().any(|text| self.pattern.is_match(text));
        match &self.place {
            ConditionPlace::From => any(&evidence.from),
            ConditionPlace::ReplyTo => any(&evidence.reply_to),
            ConditionPlace::To => any(&evidence.to),
            ConditionPlace::Subject => any(&evidence.subjects),
            ConditionPlace::Body => any(&evidence.bodies),
            ConditionPlace::Attachment => any(&evidence.attachments),
            ConditionPlace::Header(name) => evidence
                .headers
                .iter()
                .any(|(known, value)| known == name && self.pattern.is_match(value)),
        }
    }
}
