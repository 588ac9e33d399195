//! A lead in request form, read back: the inverse of [`Lead::request_form`].
//!
//! A cell is interpreted, a request is not: every value must have the JSON type and the form of the contract. `"5"` is
//! no number, `15.06.2024` no instant, and a choice is written exactly as the target names it. What does not fit is a
//! finding that names path and expected type. `null` and the empty string are no value; so is a string of blanks,
//! since texts are cleaned as those of cells are. Keys that the target does not know take no part in the lead; their
//! paths are returned, so that nothing disappears unnoticed.
//!
//! Only types and forms are judged here; the rules are those of [`crate::check`].

use std::str::FromStr as _;

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value as Json};

use crate::finding::{Expected, Finding, Fix, Place, Problem};
use crate::lead::{Activity, Field, Lead, Value};
use crate::mapping::{DEFAULT_REGION, Outcome, Style, read_value, survives_json};
use crate::table::CellKind;
use crate::target::{Activities, FieldKind, FieldSpec, Role, Target};
use crate::values::{DecimalStyle, Instant, clean};

/// Activities of one lead at most. No history is longer, and checking one compares its activities with each other.
pub const MAXIMUM_ACTIVITIES: usize = 1000;

/// A lead that was read from a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestLead {
    /// The lead; a value of a wrong type leaves its field without a value.
    pub lead: Lead,
    /// What has a wrong type or form.
    pub findings: Vec<Finding>,
    /// Paths of the keys that the target does not know: `contact.fax`, `activities[].place`. Sorted, each once.
    pub ignored: Vec<String>,
}

/// Reads a lead of `target` from its request form.
///
/// What [`Lead::request_form`] writes for a lead without errors is read without findings, to a lead with the same
/// request form and the same content hash.
pub fn read_request_form(target: &Target, form: &Map<String, Json>) -> RequestLead {
    let mut reader = Reader {
        target,
        region: region(target, form),
        findings: Vec::new(),
        ignored: Vec::new(),
    };
    let fields = reader.fields(&target.fields, form, |index| Place::Field(position(index)));
    reader.wrong_objects(form);
    let lead = Lead {
        fields,
        activities: reader.activities(form),
        extra: reader.extra(form),
    };
    reader.unknown_keys(&target.fields, form, "", "");
    reader.ignored.sort();
    reader.ignored.dedup();
    RequestLead {
        lead,
        findings: reader.findings,
        ignored: reader.ignored,
    }
}

/// The region in which phone numbers without a country code are read: the lead's territory.
fn region(target: &Target, form: &Map<String, Json>) -> String {
    let territory = target.role_index(Role::Territory).map(|at| &target.fields[at]);
    territory
        .and_then(|spec| choice(spec, look_up(form, &spec.name)?.as_str()?))
        .unwrap_or(DEFAULT_REGION)
        .to_string()
}

struct Reader<'t> {
    target: &'t Target,
    region: String,
    findings: Vec<Finding>,
    ignored: Vec<String>,
}

impl<'t> Reader<'t> {
    fn fields(
        &mut self,
        specs: &[FieldSpec],
        form: &Map<String, Json>,
        place: impl Fn(usize) -> Place,
    ) -> Vec<Field> {
        let field = |(index, spec): (usize, &FieldSpec)| match look_up(form, &spec.name) {
            Some(json) if !spec.local && spec.kind != FieldKind::Extra => {
                self.field(spec, json, place(index))
            }
            _ => Field::default(),
        };
        specs.iter().enumerate().map(field).collect()
    }

    fn field(&mut self, spec: &FieldSpec, json: &Json, place: Place) -> Field {
        let (text, outcome) = read(spec, json, &self.region);
        for (problem, fix) in outcome.problems {
            let value = text.clone();
            self.findings.push(Finding {
                place,
                problem,
                value,
                fix,
            });
        }
        Field {
            text,
            value: outcome.value,
        }
    }

    /// Reports what is no object though fields are expected in it: `"contact": "Max"`.
    fn wrong_objects(&mut self, form: &Map<String, Json>) {
        let mut reported: Vec<&str> = Vec::new();
        for (index, spec) in self.target.fields.iter().enumerate() {
            for (dot, _) in spec.name.match_indices('.') {
                let path = &spec.name[..dot];
                let Some(json) = look_up(form, path).filter(|json| !json.is_object() && !json.is_null())
                else {
                    continue;
                };
                if spec.local || reported.contains(&path) {
                    continue;
                }
                reported.push(path);
                let group = self.target.groups.iter().position(|group| group.name == path);
                let place = group.map_or(Place::Field(position(index)), |group| {
                    Place::Group(position(group))
                });
                self.wrong_type(place, Expected::Object, json);
            }
        }
    }

    fn activities(&mut self, form: &Map<String, Json>) -> Vec<Activity> {
        let Some(Activities { name, fields, .. }) = &self.target.activities else {
            return Vec::new();
        };
        let list = match form.get(name) {
            None | Some(Json::Null) => return Vec::new(),
            Some(Json::Array(list)) => list,
            Some(other) => {
                self.wrong_type(Place::Activities, Expected::Objects, other);
                return Vec::new();
            }
        };
        if list.len() > MAXIMUM_ACTIVITIES {
            let problem = Problem::OutOfRange {
                minimum: None,
                maximum: i64::try_from(MAXIMUM_ACTIVITIES).ok(),
            };
            self.findings
                .push(Finding::new(Place::Activities, problem, list.len().to_string()));
            return Vec::new();
        }
        let mut activities = Vec::with_capacity(list.len());
        for (at, json) in list.iter().enumerate() {
            let Json::Object(form) = json else {
                self.wrong_type(Place::WholeActivity(position(at)), Expected::Object, json);
                // Its fields are unread, not missing as well.
                let unread = Field {
                    text: shown(json),
                    value: None,
                };
                activities.push(Activity {
                    fields: vec![unread; fields.len()],
                });
                continue;
            };
            let place = |index| Place::Activity(position(at), position(index));
            activities.push(Activity {
                fields: self.fields(fields, form, place),
            });
            self.unknown_keys(fields, form, "", &format!("{name}[]."));
        }
        activities
    }

    /// The object that takes every extra column, where the target has one.
    fn extra(&mut self, form: &Map<String, Json>) -> Vec<(String, String)> {
        let specs = self.target.fields.iter().enumerate();
        let Some((index, spec)) = specs.into_iter().find(|(_, spec)| spec.kind == FieldKind::Extra) else {
            return Vec::new();
        };
        let place = Place::Field(position(index));
        let entries = match look_up(form, &spec.name) {
            None | Some(Json::Null) => return Vec::new(),
            Some(Json::Object(entries)) => entries,
            Some(other) => {
                self.wrong_type(place, Expected::Object, other);
                return Vec::new();
            }
        };
        let mut extra = Vec::new();
        for (name, json) in entries {
            match json {
                Json::Null => {}
                Json::String(text) => extra.push((name.clone(), clean(text, true))),
                other => self.wrong_type(place, Expected::Text, other),
            }
        }
        extra.retain(|(_, text)| !text.is_empty());
        extra
    }

    fn wrong_type(&mut self, place: Place, expected: Expected, found: &Json) {
        self.findings
            .push(Finding::new(place, Problem::WrongType { expected }, shown(found)));
    }

    /// Collects the keys of `form` that none of `specs` knows; `path` leads to `form`, `list` is the list it is in.
    fn unknown_keys(&mut self, specs: &[FieldSpec], form: &Map<String, Json>, path: &str, list: &str) {
        for (key, json) in form {
            let full = format!("{path}{key}");
            // A dot in a key is no path: "contact.email" as one key is not the e-mail address.
            let sent = |spec: &&FieldSpec| !spec.local && !key.contains('.');
            let within = |spec: &FieldSpec| {
                spec.name
                    .strip_prefix(&full)
                    .is_some_and(|rest| rest.starts_with('.'))
            };
            let mut sent = specs.iter().filter(sent);
            let is_activities = list.is_empty()
                && path.is_empty()
                && self.target.activities.as_ref().is_some_and(|a| a.name == *key);
            if is_activities || sent.clone().any(|spec| spec.name == full) {
                continue;
            }
            if !sent.any(within) {
                self.ignored.push(format!("{list}{full}"));
            } else if let Json::Object(inner) = json {
                self.unknown_keys(specs, inner, &format!("{full}."), list);
            }
        }
    }
}

/// The value at `path`, whose steps are separated by dots.
fn look_up<'f>(form: &'f Map<String, Json>, path: &str) -> Option<&'f Json> {
    match path.split_once('.') {
        None => form.get(path),
        Some((step, rest)) => look_up(form.get(step)?.as_object()?, rest),
    }
}

/// The choice of `spec` that requests call `name`.
fn choice<'s>(spec: &'s FieldSpec, name: &str) -> Option<&'s str> {
    let known = |choice: &&crate::target::Choice| {
        choice.value == name || choice.also.iter().any(|other| other == name)
    };
    spec.choices
        .iter()
        .find(known)
        .map(|choice| choice.value.as_str())
}

/// The text of a value and what it means to `spec`.
fn read(spec: &FieldSpec, json: &Json, region: &str) -> (String, Outcome) {
    if json.is_null() {
        return (String::new(), Outcome::default());
    }
    let expected = match spec.kind {
        FieldKind::Decimal => Expected::Number,
        FieldKind::Integer => Expected::WholeNumber,
        FieldKind::Flag => Expected::Flag,
        FieldKind::TextList => Expected::Texts,
        FieldKind::Extra => Expected::Object,
        FieldKind::Instant => Expected::Instant,
        FieldKind::Date => Expected::Date,
        FieldKind::Text | FieldKind::LongText | FieldKind::Email | FieldKind::Phone | FieldKind::Choice => {
            Expected::Text
        }
    };
    let text = match json {
        Json::String(text) => clean(text, spec.kind == FieldKind::LongText),
        other => shown(other),
    };
    if text.is_empty() {
        return (text, Outcome::default());
    }
    let value = match (spec.kind, json) {
        (FieldKind::Text | FieldKind::LongText | FieldKind::Email | FieldKind::Phone, Json::String(_)) => {
            let style = Style {
                date_order: None,
                serial_dates: false,
                decimal_style: DecimalStyle::default(),
                zone: chrono_tz::UTC,
                region,
            };
            let outcome = read_value(spec, &text, CellKind::Text, &style);
            return (text, outcome);
        }
        (FieldKind::Choice, Json::String(name)) => match choice(spec, name) {
            Some(value) => Some(Value::Choice(value.to_string())),
            None => return (text, failed(Problem::UnknownChoice)),
        },
        (FieldKind::Instant, Json::String(written)) => instant(written).map(Value::Instant),
        (FieldKind::Date, Json::String(written)) => NaiveDate::from_str(written)
            .ok()
            .filter(|date| date.to_string() == *written)
            .map(Value::Date),
        (FieldKind::Decimal, Json::Number(number)) => match decimal(number) {
            Some(amount) => Some(Value::Decimal(amount)),
            None => return (text, failed(Problem::NumberTooPrecise)),
        },
        (FieldKind::Integer, Json::Number(number)) => whole(number).map(Value::Integer),
        (FieldKind::Flag, Json::Bool(flag)) => Some(Value::Flag(*flag)),
        (FieldKind::TextList, Json::Array(list)) => {
            let texts: Option<Vec<String>> = list
                .iter()
                .map(|entry| Some(clean(entry.as_str()?, false)))
                .collect();
            match texts {
                Some(mut texts) => {
                    texts.retain(|text| !text.is_empty());
                    if texts.is_empty() {
                        return (String::new(), Outcome::default());
                    }
                    Some(Value::List(texts))
                }
                None => None,
            }
        }
        _ => None,
    };
    match value {
        Some(value) => {
            let outcome = Outcome {
                value: Some(value),
                problems: Vec::new(),
            };
            (text, outcome)
        }
        None => (text, failed(Problem::WrongType { expected })),
    }
}

fn failed(problem: Problem) -> Outcome {
    let problems: Vec<(Problem, Option<Fix>)> = vec![(problem, None)];
    Outcome {
        value: None,
        problems,
    }
}

/// RFC 3339, and a year that RFC 3339 can write in UTC, too.
fn instant(text: &str) -> Option<Instant> {
    Instant::from_rfc3339(text).filter(|instant| (0..=9999).contains(&instant.utc().year()))
}

/// The exact amount, as far as JSON carries it.
fn decimal(number: &Number) -> Option<Decimal> {
    let written = number.to_string();
    let amount = if written.contains(['e', 'E']) {
        Decimal::from_scientific(&written)
    } else {
        Decimal::from_str_exact(&written)
    };
    amount.ok().filter(|amount| survives_json(*amount))
}

/// JSON has one kind of numbers: 2.0 is as whole as 2.
fn whole(number: &Number) -> Option<i64> {
    number
        .as_i64()
        .or_else(|| i64::try_from(decimal(number).filter(Decimal::is_integer)?).ok())
}

/// A value of a wrong type as a person finds it in the request; cut, since it may be a whole document.
fn shown(json: &Json) -> String {
    const LONGEST: usize = 200;
    json.to_string().chars().take(LONGEST).collect()
}

fn position(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}
