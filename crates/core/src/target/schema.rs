use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::TargetProblem;
use crate::language::Language;

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Label {
    /// German.
    pub de: String,
    /// English.
    pub en: String,
}

impl Label {
    /// The text in `language`.
    pub fn get(&self, language: Language) -> &str {
        language.pick(&self.de, &self.en)
    }
}

/// A schema with its API contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Target {
    /// Short name, as given to `--target`.
    pub id: String,
    /// Name for people.
    pub label: Label,
    /// The fields of a lead in the order in which tables show them.
    pub fields: Vec<FieldSpec>,
    /// What a lead's activities consist of, where the target knows activities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub activities: Option<Activities>,
    /// Rules over several fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// How requests are made.
    pub api: Api,
}

/// The list of activities inside a lead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Activities {
    /// Name of the list in the request.
    pub name: String,
    /// Name for people.
    pub label: Label,
    /// The fields of one activity.
    pub fields: Vec<FieldSpec>,
}

/// Fields that only make sense together: the parts of a contact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Group {
    /// First part of the names of all fields that belong to it (`contact` for `contact.email`), and of the codes of
    /// its findings (`contact.unreachable`).
    pub name: String,
    /// Name for people.
    pub label: Label,
    /// The rules hold for every lead, and not only once a field of the group has a value.
    #[serde(default, skip_serializing_if = "is_false")]
    pub always: bool,
    /// As soon as one field of the group has a value, one of these must have one.
    #[serde(default)]
    pub any_of: Vec<String>,
    /// As soon as one field of the group has a value, all of these must have one.
    #[serde(default)]
    pub requires: Vec<String>,
}

/// One field of a lead or of an activity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FieldSpec {
    /// Path in the request form (`contact.email`); unique in the target.
    pub name: String,
    /// First part of the codes of its findings (`company_name` in `company_name.too_short`).
    pub code: String,
    /// Name for people.
    pub label: Label,
    /// What a value is.
    pub kind: FieldKind,
    /// Must have a value.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// A value may stand in for all empty cells; not for what must be known explicitly (date of registration).
    #[serde(default, skip_serializing_if = "is_false")]
    pub default_allowed: bool,
    /// Fewest characters of a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub min_length: Option<usize>,
    /// Most characters of a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub max_length: Option<usize>,
    /// Least number; below is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub minimum: Option<i64>,
    /// Greatest number; above is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub maximum: Option<i64>,
    /// A number that is not above this is allowed, but unlikely: a warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub likely_above: Option<i64>,
    /// A number above this is allowed, but unlikely: a warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub likely_maximum: Option<i64>,
    /// A moment after `now` is an error.
    #[serde(default, skip_serializing_if = "is_false")]
    pub not_in_future: bool,
    /// A moment before this year is a warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub likely_from_year: Option<i32>,
    /// The values of a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// What the field means, where code has to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub role: Option<Role>,
    /// Known to Lotse (for comparison and display) and never sent.
    #[serde(default, skip_serializing_if = "is_false")]
    pub local: bool,
    /// Header names under which exports know it, beside those of its role's dictionary.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub enum FieldKind {
    /// Text of one line.
    Text,
    /// Text with line breaks.
    LongText,
    /// An e-mail address.
    Email,
    /// A phone number, sent as E.164.
    Phone,
    /// A point in time, sent as RFC 3339 in UTC.
    Instant,
    /// A calendar day, sent as `YYYY-MM-DD`.
    Date,
    /// An exact decimal number.
    Decimal,
    /// A whole number.
    Integer,
    /// True or false.
    Flag,
    /// One of the field's choices.
    Choice,
    /// Several texts, separated by comma, semicolon or line break in a cell.
    TextList,
    /// An object that takes every mapped extra column under the column's name.
    Extra,
}

/// A value of a choice field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Choice {
    /// The value as sent.
    pub value: String,
    /// Other names of the value that requests may use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Name for people.
    pub label: Label,
    /// What exports write for it; compared without case, umlaut spelling and punctuation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
}

/// What a field means, for code that works on meaning: duplicates, protection, consent, mapping suggestions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Role {
    ExternalId,
    Company,
    City,
    Postcode,
    Street,
    Territory,
    Province,
    BusinessType,
    Stage,
    Salutation,
    FirstName,
    LastName,
    FullName,
    Position,
    Email,
    Phone,
    Owner,
    RegisteredAt,
    ConsentAt,
    LeadSource,
    Volume,
    Notes,
    BirthDate,
    Course,
    Portal,
    Message,
    ReceivedAt,
    Verticals,
    Extra,
    ActivityType,
    ActivityDate,
    ActivitySummary,
    ActivityProgress,
    ActivityOutcome,
    ActivityPerformer,
}

/// How a target is spoken to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Api {
    /// Path below the connection's base URL, with a leading slash.
    pub path: String,
    /// One request for many leads, or one for each.
    pub mode: RequestMode,
    /// Leads per request at most: 1 to 1000.
    pub maximum_leads: usize,
    /// Where the compulsory dry-run happens.
    pub dry_run: DryRunKind,
}

/// One request for many leads, or one for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub enum RequestMode {
    /// Many leads in one request.
    Batch,
    /// One request per lead.
    Single,
}

/// Where the compulsory dry-run happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub enum DryRunKind {
    /// The server checks without importing.
    Server,
    /// The server cannot; the local check of the exact content stands in.
    Local,
}

impl Target {
    /// Reads and checks a target file.
    pub fn from_json(text: &str) -> Result<Self, TargetProblem> {
        let target: Self = serde_json::from_str(text).map_err(|error| TargetProblem::NotReadable {
            line: error.line(),
            column: error.column(),
            reason: error.to_string(),
        })?;
        target.check()?;
        Ok(target)
    }

    fn check(&self) -> Result<(), TargetProblem> {
        if self.fields.is_empty() {
            return Err(TargetProblem::NoFields);
        }
        let mut names = BTreeSet::new();
        let activity_fields = self.activities.iter().flat_map(|activities| &activities.fields);
        for (list, field) in self
            .fields
            .iter()
            .map(|f| (0, f))
            .chain(activity_fields.map(|f| (1, f)))
        {
            if !names.insert((list, field.name.as_str())) {
                return Err(TargetProblem::FieldTwice {
                    field: field.name.clone(),
                });
            }
            if field.kind == FieldKind::Choice && field.choices.is_empty() {
                return Err(TargetProblem::ChoiceWithoutChoices {
                    field: field.name.clone(),
                });
            }
        }
        let named = self
            .groups
            .iter()
            .flat_map(|group| group.any_of.iter().chain(&group.requires));
        for field in named {
            if !names.contains(&(0, field.as_str())) {
                return Err(TargetProblem::UnknownField { field: field.clone() });
            }
        }
        if !(1..=1000).contains(&self.api.maximum_leads) {
            return Err(TargetProblem::BatchSize {
                leads: self.api.maximum_leads,
            });
        }
        Ok(())
    }

    /// Position of the field called `name`.
    pub fn field_index(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// Position of the first field with `role`.
    pub fn role_index(&self, role: Role) -> Option<usize> {
        self.fields.iter().position(|field| field.role == Some(role))
    }

    /// The fields of an activity; none where the target knows no activities.
    pub fn activity_fields(&self) -> &[FieldSpec] {
        self.activities
            .as_ref()
            .map_or(&[], |activities| &activities.fields)
    }

    /// Position of the first activity field with `role`.
    pub fn activity_role_index(&self, role: Role) -> Option<usize> {
        self.activity_fields()
            .iter()
            .position(|field| field.role == Some(role))
    }
}
