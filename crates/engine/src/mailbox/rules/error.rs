//! What is wrong with a rule file, and where in it.

use std::path::PathBuf;

use lotse_core::language::{Language, Tell};

/// A rule file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {place}: {problem:?}", file.display())]
pub struct RuleError {
    /// The file, or the folder.
    pub file: PathBuf,
    /// Where in it: a key such as `fields.email[1].regex`; empty for the whole file.
    pub place: String,
    /// What is wrong there.
    pub problem: RuleProblem,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleProblem {
    /// The file or folder cannot be read.
    Unreadable(String),
    /// No JSON, or a key that does not exist or holds the wrong kind of value.
    Form(String),
    /// The id is empty, or another rule has it.
    Id(String),
    /// No such field.
    Field(String),
    /// No such place for a condition or pattern.
    Place(String),
    /// A finder must name exactly one way.
    Ways(usize),
    /// A regular expression or CSS selector that does not hold together.
    Pattern(String),
    /// A group that the pattern does not have.
    Group(usize),
    /// Without a condition the rule would take every mail.
    NoCondition,
    /// Not between 0 and 1.
    Confidence,
}

impl Tell for RuleError {
    fn tell(&self, language: Language) -> String {
        let file = self.file.display();
        let (german, english) = match &self.problem {
            RuleProblem::Unreadable(cause) => (
                format!("lässt sich nicht lesen ({cause}). Bitte Pfad und Zugriffsrechte prüfen."),
                format!("cannot be read ({cause}). Check path and permissions."),
            ),
            RuleProblem::Form(cause) => (
                format!("hat nicht die Form einer Regel: {cause}."),
                format!("does not have the form of a rule: {cause}."),
            ),
            RuleProblem::Id(id) => (
                format!(
                    "Die Kennung „{id}“ ist leer oder schon vergeben. Jede Regel braucht eine eigene „id“."
                ),
                format!("The id “{id}” is empty or taken. Every rule needs an “id” of its own."),
            ),
            RuleProblem::Field(name) => (
                format!(
                    "Ein Feld „{name}“ gibt es nicht. Möglich sind die Feldnamen der Ergebnisse, name, nameLastFirst, address, postalCity und extra.<Name>."
                ),
                format!(
                    "There is no field “{name}”. Possible are the field names of results, name, nameLastFirst, address, postalCity and extra.<name>."
                ),
            ),
            RuleProblem::Place(name) => (
                format!(
                    "Eine Stelle „{name}“ gibt es nicht. Möglich sind from, reply-to, to, subject, body, attachment und header:<Name>."
                ),
                format!(
                    "There is no place “{name}”. Possible are from, reply-to, to, subject, body, attachment and header:<name>."
                ),
            ),
            RuleProblem::Ways(count) => (
                format!(
                    "Hier stehen {count} Wege, einen Wert zu finden; es muss genau einer sein (label, cell, column, regex, css, json, xml, header oder constant)."
                ),
                format!(
                    "There are {count} ways to find a value here; it has to be exactly one (label, cell, column, regex, css, json, xml, header or constant)."
                ),
            ),
            RuleProblem::Pattern(cause) => (
                format!("Das Muster ist fehlerhaft: {cause}."),
                format!("The pattern is faulty: {cause}."),
            ),
            RuleProblem::Group(group) => (
                format!("Eine Gruppe {group} hat das Muster nicht."),
                format!("The pattern has no group {group}."),
            ),
            RuleProblem::NoCondition => (
                "Unter „applies“ fehlt eine Bedingung; die Regel träfe sonst jede Mail.".to_string(),
                "A condition is missing under “applies”; the rule would take every mail.".to_string(),
            ),
            RuleProblem::Confidence => (
                "„confidence“ muss zwischen 0 und 1 liegen.".to_string(),
                "“confidence” has to lie between 0 and 1.".to_string(),
            ),
        };
        let place = if self.place.is_empty() {
            String::new()
        } else {
            format!(", {}", self.place)
        };
        language.pick(
            format!("Regeldatei {file}{place}: {german}"),
            format!("Rule file {file}{place}: {english}"),
        )
    }
}
