//! The lead: one row of a source as its target understands it.
//!
//! A raw row becomes a [`Lead`] in exactly one place, `crate::mapping::Interpreter`; from there on nobody handles
//! strings where a type exists.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::target::{FieldKind, FieldSpec, Role, Target};
use crate::values::{Email, Instant, Phone};

/// A value that has its type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text without blanks around it.
    Text(String),
    /// A choice of the field, in the form in which it is sent.
    Choice(String),
    /// An address.
    Email(Email),
    /// A number in E.164.
    Phone(Phone),
    /// A point in time.
    Instant(Instant),
    /// A calendar day.
    Date(NaiveDate),
    /// An exact amount.
    Decimal(Decimal),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Flag(bool),
    /// Several texts.
    List(Vec<String>),
}

impl Value {
    /// The value as it is sent.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Text(text) | Self::Choice(text) => text.as_str().into(),
            Self::Email(email) => email.as_str().into(),
            Self::Phone(phone) => phone.as_str().into(),
            Self::Instant(instant) => instant.to_string().into(),
            Self::Date(date) => date.to_string().into(),
            // At most 15 significant digits pass validation: every one of them survives the float of JSON.
            Self::Decimal(amount) => match amount.normalize() {
                whole if whole.is_integer() => whole.to_i64().map_or(Json::Null, Json::from),
                fraction => fraction.to_f64().map_or(Json::Null, Json::from),
            },
            Self::Integer(number) => (*number).into(),
            Self::Flag(flag) => (*flag).into(),
            Self::List(texts) => texts.clone().into(),
        }
    }

    /// The value as text that reads back to the same value: for cells, edits and exports.
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) | Self::Choice(text) => text.clone(),
            Self::Email(email) => email.as_str().to_string(),
            Self::Phone(phone) => phone.to_string(),
            Self::Instant(instant) => instant.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Decimal(amount) => amount.normalize().to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::List(texts) => texts.join(", "),
        }
    }
}

/// One field of a lead: the text that was found and what it means.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    /// The text after joining, splitting and transforming; empty where nothing was found.
    pub text: String,
    /// Its value; `None` where there is nothing or where the text could not be read (then a finding says so).
    pub value: Option<Value>,
}

impl Field {
    /// True when there was a text that means nothing.
    pub fn is_unread(&self) -> bool {
        self.value.is_none() && !self.text.is_empty()
    }
}

/// One activity of a lead; its fields stand in the order of the target's activity fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Activity {
    /// The fields.
    pub fields: Vec<Field>,
}

/// A lead; its fields stand in the order of the target's fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lead {
    /// The fields.
    pub fields: Vec<Field>,
    /// The activities in the order in which they were found.
    pub activities: Vec<Activity>,
    /// Extra columns by their names, for targets that take them.
    pub extra: Vec<(String, String)>,
}

impl Lead {
    /// The field with `role`, where the target has one.
    pub fn by_role(&self, target: &Target, role: Role) -> Option<&Field> {
        self.fields.get(target.role_index(role)?)
    }

    /// The text of the field with `role`; empty where there is none.
    pub fn text_by_role(&self, target: &Target, role: Role) -> &str {
        self.by_role(target, role).map_or("", |field| &field.text)
    }

    /// The value of the field with `role`.
    pub fn value_by_role(&self, target: &Target, role: Role) -> Option<&Value> {
        self.by_role(target, role)?.value.as_ref()
    }

    /// The instant in the field with `role`.
    pub fn instant_by_role(&self, target: &Target, role: Role) -> Option<Instant> {
        match self.value_by_role(target, role)? {
            Value::Instant(instant) => Some(*instant),
            _ => None,
        }
    }

    /// The lead in the request form of its target: nested by the dots in the field names, without fields that are
    /// local or have no value. Keys are sorted, so equal leads give equal bytes.
    pub fn request_form(&self, target: &Target) -> Json {
        let mut form = object(&target.fields, &self.fields);
        if let Some(activities) = &target.activities
            && !self.activities.is_empty()
        {
            let list = self
                .activities
                .iter()
                .map(|activity| object(&activities.fields, &activity.fields).into());
            form.insert(activities.name.clone(), Json::Array(list.collect()));
        }
        if let Some(extra) = target.fields.iter().find(|field| field.kind == FieldKind::Extra)
            && !self.extra.is_empty()
        {
            let entries = self
                .extra
                .iter()
                .map(|(name, text)| (name.clone(), text.as_str().into()));
            form.insert(extra.name.clone(), Json::Object(entries.collect()));
        }
        form.into()
    }

    /// SHA-256 of the request form, in hexadecimal: what an approval and a dry-run are bound to.
    pub fn content_hash(&self, target: &Target) -> String {
        crate::batch::hex_digest(crate::batch::canonical_json(&self.request_form(target)).as_bytes())
    }
}

fn object(specs: &[FieldSpec], fields: &[Field]) -> Map<String, Json> {
    let mut form = Map::new();
    for (spec, field) in specs.iter().zip(fields) {
        let Some(value) = field.value.as_ref().filter(|_| !spec.local) else {
            continue;
        };
        let mut place = &mut form;
        let mut path = spec.name.split('.').peekable();
        while let Some(step) = path.next() {
            if path.peek().is_none() {
                place.insert(step.to_string(), value.to_json());
                break;
            }
            let inner = place.entry(step).or_insert_with(|| Json::Object(Map::new()));
            let Json::Object(inner) = inner else { break };
            place = inner;
        }
    }
    form
}

/// The identity of a lead towards the server: unique in the project and stable over re-imports.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(transparent)]
pub struct ExternalId(pub String);

impl ExternalId {
    /// The identity of a row that brings none along: `EXCEL-ROW-123`, with the number a person sees beside the row.
    pub fn of_row(prefix: &str, number: u32) -> Self {
        ExternalId(format!("{prefix}-ROW-{number}"))
    }
}
