//! A lead without errors, as the server stores it and gives it back.

use std::fmt;

use lotse_core::lead::Lead;
use lotse_core::target::Target;
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::store::Comparable;

/// The request form of a lead that has passed every check: what is required is there, and everything has its type.
///
/// These are the columns of the database, so this is the one place of the server that knows the fields by name. A
/// field of the target that stands here under no name is an error of the server, and a test says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LeadFacts {
    pub(crate) external_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stage: Option<i64>,
    pub(crate) company_name: String,
    pub(crate) city: String,
    pub(crate) territory: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) business_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contact: Option<ContactFacts>,
    pub(crate) owner_user_id: String,
    pub(crate) registered_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) consent_given_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) estimated_volume: Option<Volume>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
    #[serde(default)]
    pub(crate) activities: Vec<ActivityFacts>,
}

/// The person behind a lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ContactFacts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<String>,
}

/// One activity of a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ActivityFacts {
    pub(crate) activity_type: String,
    pub(crate) activity_date: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<String>,
    pub(crate) counts_as_progress: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) performed_by: Option<String>,
}

/// An amount with the digits that were sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Volume(Number);

impl Volume {
    /// The amount that [`fmt::Display`] wrote.
    pub(crate) fn of_text(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text).map(Volume)
    }
}

impl fmt::Display for Volume {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl LeadFacts {
    /// The facts of a lead in which no check found an error.
    pub(crate) fn of(target: &Target, lead: &Lead) -> serde_json::Result<Self> {
        serde_json::from_value(lead.request_form(target))
    }

    /// What the lead is compared by.
    pub(crate) fn comparable(&self) -> Comparable<'_> {
        let contact = |pick: fn(&ContactFacts) -> &Option<String>| {
            self.contact
                .as_ref()
                .and_then(|contact| pick(contact).as_deref())
                .unwrap_or("")
        };
        Comparable {
            email: contact(|contact| &contact.email),
            phone: contact(|contact| &contact.phone),
            company: &self.company_name,
            city: &self.city,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Map, Value as Json};

    use super::*;

    /// Every field that the target sends is in the facts, and none besides.
    #[test]
    fn the_facts_have_the_fields_of_the_target() {
        let target = Target::builtin("migration").unwrap();
        let now: Instant = Instant::from_rfc3339("2024-06-15T10:00:00Z").unwrap();
        let text = || Some("x".to_string());
        let contact = ContactFacts {
            first_name: text(),
            last_name: text(),
            role: text(),
            email: text(),
            phone: text(),
        };
        let activity = ActivityFacts {
            activity_type: "NOTE".into(),
            activity_date: now,
            summary: text(),
            counts_as_progress: true,
            outcome: text(),
            performed_by: text(),
        };
        let facts = LeadFacts {
            external_id: "x".into(),
            stage: Some(1),
            company_name: "x".into(),
            city: "x".into(),
            territory: "x".into(),
            business_type: text(),
            contact: Some(contact),
            owner_user_id: "x".into(),
            registered_at: now,
            consent_given_at: Some(now),
            source: text(),
            estimated_volume: Some(Volume::of_text("12.5").unwrap()),
            notes: text(),
            activities: vec![activity],
        };
        let mut form = serde_json::to_value(&facts).unwrap();
        let activity = form["activities"][0].take();
        form.as_object_mut().unwrap().remove("activities");
        let sent = |specs: &[lotse_core::target::FieldSpec]| -> BTreeSet<String> {
            specs
                .iter()
                .filter(|spec| !spec.local)
                .map(|spec| spec.name.clone())
                .collect()
        };
        assert_eq!(paths(form.as_object().unwrap(), ""), sent(&target.fields));
        assert_eq!(
            paths(activity.as_object().unwrap(), ""),
            sent(target.activity_fields())
        );
        assert_eq!(facts.estimated_volume.unwrap().to_string(), "12.5");
    }

    fn paths(form: &Map<String, Json>, before: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (key, value) in form {
            match value {
                Json::Object(inner) => found.extend(paths(inner, &format!("{before}{key}."))),
                _ => drop(found.insert(format!("{before}{key}"))),
            }
        }
        found
    }
}
