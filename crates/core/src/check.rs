//! The local dry-run: what is wrong with a lead that was read.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use crate::finding::{Finding, Place, Problem};
use crate::lead::{Field, Lead, Value};
use crate::target::{FieldSpec, Role, Target};
use crate::values::Instant;

/// What checks depend on beside the lead.
#[derive(Clone, Debug)]
pub struct CheckSettings {
    /// The present moment.
    pub now: Instant,
    /// Zone in which days are counted.
    pub zone: Tz,
    /// The known users, where a list is known.
    pub owners: Option<BTreeSet<String>>,
}

/// Checks `lead` against the rules of `target` and adds what is wrong to `findings`, which already hold what reading
/// has noticed: a text that could not be read is not missing as well. Afterwards they stand in the order of the
/// target's fields.
pub fn check_lead(target: &Target, lead: &Lead, settings: &CheckSettings, findings: &mut Vec<Finding>) {
    let registered_at = lead.instant_by_role(target, Role::RegisteredAt);
    for (index, (spec, field)) in target.fields.iter().zip(&lead.fields).enumerate() {
        let place = Place::Field(position(index));
        check_field(spec, field, place, settings, findings);
        if spec.role == Some(Role::Owner) {
            check_owner(field, place, settings, findings);
        }
        if spec.role == Some(Role::ConsentAt)
            && let (Some(Value::Instant(consent)), Some(registered_at)) = (&field.value, registered_at)
            && *consent < registered_at
        {
            findings.push(Finding::new(
                place,
                Problem::ConsentBeforeRegistration,
                shown(field),
            ));
        }
    }
    check_groups(target, lead, findings);
    check_activities(target, lead, registered_at, settings, findings);
    findings.sort_by_key(|finding| finding.place);
}

fn check_field(
    spec: &FieldSpec,
    field: &Field,
    place: Place,
    settings: &CheckSettings,
    findings: &mut Vec<Finding>,
) {
    let Some(value) = &field.value else {
        if spec.required && field.text.is_empty() {
            findings.push(Finding::new(place, Problem::Missing, ""));
        }
        return;
    };
    let mut found = |problem| findings.push(Finding::new(place, problem, shown(field)));
    match value {
        Value::Text(_) | Value::Email(_) | Value::Phone(_) | Value::Choice(_) => {
            let length = value.to_text().chars().count();
            if let Some(minimum) = spec.min_length.filter(|&minimum| length < minimum) {
                found(Problem::TooShort { minimum });
            }
            if let Some(maximum) = spec.max_length.filter(|&maximum| length > maximum) {
                found(Problem::TooLong { maximum, length });
            }
        }
        Value::Integer(number) => {
            let below = spec.minimum.is_some_and(|minimum| *number < minimum);
            if below || spec.maximum.is_some_and(|maximum| *number > maximum) {
                found(Problem::OutOfRange {
                    minimum: spec.minimum,
                    maximum: spec.maximum,
                });
            }
        }
        Value::Decimal(amount) => {
            let at_most = |limit: i64| *amount <= limit.into();
            let below = spec.minimum.is_some_and(|minimum| *amount < minimum.into());
            if below || spec.maximum.is_some_and(|maximum| !at_most(maximum)) {
                found(Problem::OutOfRange {
                    minimum: spec.minimum,
                    maximum: spec.maximum,
                });
            } else if spec.likely_above.is_some_and(at_most)
                || spec.likely_maximum.is_some_and(|limit| !at_most(limit))
            {
                found(Problem::Implausible);
            }
        }
        Value::Instant(instant) => {
            if spec.not_in_future && *instant > settings.now {
                found(Problem::Future);
            }
            let year = chrono::Datelike::year(&instant.utc().with_timezone(&settings.zone));
            if let Some(first) = spec.likely_from_year.filter(|&first| year < first) {
                found(Problem::TooEarly { year: first });
            }
        }
        Value::Date(date) => {
            if spec.not_in_future && *date > settings.now.utc().with_timezone(&settings.zone).date_naive() {
                found(Problem::Future);
            }
            if let Some(first) = spec
                .likely_from_year
                .filter(|&first| chrono::Datelike::year(date) < first)
            {
                found(Problem::TooEarly { year: first });
            }
        }
        Value::Flag(_) | Value::List(_) => {}
    }
}

/// The value as the source wrote it: what a person looks for in the table.
fn shown(field: &Field) -> String {
    field.text.clone()
}

fn check_owner(field: &Field, place: Place, settings: &CheckSettings, findings: &mut Vec<Finding>) {
    let Some(value) = &field.value else { return };
    let problem = match &settings.owners {
        None => Problem::Unchecked,
        Some(owners) if !owners.contains(&value.to_text()) => Problem::UnknownOwner,
        Some(_) => return,
    };
    findings.push(Finding::new(place, problem, shown(field)));
}

/// A group's fields; those of a kind that only other fields carry (extra data) do not count.
fn check_groups(target: &Target, lead: &Lead, findings: &mut Vec<Finding>) {
    let has_something = |name: &String| {
        target
            .field_index(name)
            .and_then(|index| lead.fields.get(index))
            .is_some_and(|field| !field.text.is_empty())
    };
    for (index, group) in target.groups.iter().enumerate() {
        let begins = format!("{}.", group.name);
        let present =
            |(spec, field): (&FieldSpec, &Field)| spec.name.starts_with(&begins) && !field.text.is_empty();
        if !group.always && !target.fields.iter().zip(&lead.fields).any(present) {
            continue;
        }
        if !group.any_of.is_empty() && !group.any_of.iter().any(has_something) {
            findings.push(Finding::new(
                Place::Group(position(index)),
                Problem::Unreachable,
                "",
            ));
        }
        for name in group.requires.iter().filter(|name| !has_something(name)) {
            if let Some(field) = target.field_index(name) {
                findings.push(Finding::new(Place::Field(position(field)), Problem::Missing, ""));
            }
        }
    }
}

fn check_activities(
    target: &Target,
    lead: &Lead,
    registered_at: Option<Instant>,
    settings: &CheckSettings,
    findings: &mut Vec<Finding>,
) {
    let specs = target.activity_fields();
    let kind = target.activity_role_index(Role::ActivityType);
    let date = target.activity_role_index(Role::ActivityDate);
    let progress = target.activity_role_index(Role::ActivityProgress);
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (at, activity) in lead.activities.iter().enumerate() {
        for (index, (spec, field)) in specs.iter().zip(&activity.fields).enumerate() {
            // Whether it counts as progress is asked per type: said while reading, or pointless without a type.
            let undecided = Some(index) == progress && field.text.is_empty();
            let typed = kind.is_some_and(|kind| activity.fields[kind].value.is_some());
            let said = findings.iter().any(|finding| {
                finding.place == Place::Activity(position(at), position(index))
                    && matches!(finding.problem, Problem::ProgressUndecided { .. })
            });
            if !(undecided && (said || !typed)) {
                let place = Place::Activity(position(at), position(index));
                check_field(spec, field, place, settings, findings);
            }
        }
        let Some((kind, date)) = kind.zip(date) else {
            continue;
        };
        let (kind, date_index) = (&activity.fields[kind], date);
        let date = &activity.fields[date];
        let Some(Value::Instant(instant)) = &date.value else {
            continue;
        };
        let place = Place::Activity(position(at), position(date_index));
        if registered_at.is_some_and(|registered_at| *instant < registered_at) {
            findings.push(Finding::new(place, Problem::BeforeRegistration, shown(date)));
        }
        if let Some(Value::Choice(kind)) = &kind.value {
            let day = instant
                .utc()
                .with_timezone(&settings.zone)
                .date_naive()
                .to_string();
            let count = seen.entry((kind.clone(), day)).or_default();
            *count += 1;
            if *count == 2 {
                findings.push(Finding::new(
                    Place::WholeActivity(position(at)),
                    Problem::Repeated,
                    format!("{kind} {}", shown(date)),
                ));
            }
        }
    }
}

fn position(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}
