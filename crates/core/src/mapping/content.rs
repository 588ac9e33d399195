//! What the values of a column say for and against a field.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::Reason;
use super::dictionary::plain_key;
use super::read::choice_named;
use crate::duplicates::known_cities;
use crate::profile::{ColumnProfile, ColumnType};
use crate::target::{FieldKind, FieldSpec, Role};

/// The field that values alone speak for, with a confidence.
pub(super) fn by_content(spec: &FieldSpec, profile: &ColumnProfile) -> Option<(f32, Reason)> {
    let found = profile.column_type();
    let content = |confidence| {
        let percent = profile.percent_of(found);
        Some((confidence, Reason::Content { found, percent }))
    };
    match (spec.kind, found) {
        (FieldKind::Email, ColumnType::Email) => content(0.75),
        (FieldKind::Phone, ColumnType::Phone) => content(0.65),
        (FieldKind::Choice, ColumnType::Text) => {
            let percent = known_values(spec, profile)?;
            (percent >= 70).then_some((0.56, Reason::Content { found, percent }))
        }
        (FieldKind::Text, ColumnType::Text) => {
            let percent = match spec.role {
                Some(Role::Company) => percent_of(profile, has_legal_form)?,
                Some(Role::City) => percent_of(profile, is_city)?,
                _ => return None,
            };
            (percent >= 60).then_some((0.6, Reason::Names { percent }))
        }
        _ => None,
    }
}

/// How much the values take from the confidence in a field: a column called "E-Mail" full of dates is not the e-mail.
pub(super) fn contradicts(spec: &FieldSpec, profile: &ColumnProfile) -> f32 {
    use ColumnType::{Date, Decimal, Email, Empty, Flag, Integer, Phone, Text};
    const NEVER: f32 = 0.6;
    let found = profile.column_type();
    match (spec.kind, found) {
        (_, Empty) => 0.1,
        (FieldKind::Email, Email)
        | (FieldKind::Phone, Phone)
        | (FieldKind::Instant | FieldKind::Date, Date)
        | (FieldKind::Decimal, Decimal | Integer)
        | (FieldKind::Integer, Integer) => -0.03,
        (FieldKind::Instant | FieldKind::Date, _) if profile.looks_like_serial_dates() => 0.0,
        (FieldKind::Email, Date | Decimal | Integer | Phone | Flag)
        | (FieldKind::Phone, Date | Email | Flag | Decimal)
        | (FieldKind::Instant | FieldKind::Date, Email | Phone | Flag | Integer | Decimal)
        | (FieldKind::Decimal | FieldKind::Integer, Email | Date | Phone | Flag)
        | (FieldKind::Choice, Date | Decimal | Phone | Email) => NEVER,
        // Steps of a process are numbers here; their names need a person who says which is which.
        (FieldKind::Integer, Text) => NEVER,
        (FieldKind::Choice, Integer | Flag) if known_values(spec, profile).unwrap_or(0) < 50 => NEVER,
        (FieldKind::Email, Text) if profile.percent_of(Email) < 30 => 0.45,
        (FieldKind::Text | FieldKind::LongText, Email) if spec.role != Some(Role::Owner) => NEVER,
        (FieldKind::Text, Date | Flag) => NEVER,
        (FieldKind::Text, Phone) if spec.role != Some(Role::ExternalId) => NEVER,
        (FieldKind::Text, Integer | Decimal)
            if matches!(
                spec.role,
                Some(
                    Role::Company
                        | Role::City
                        | Role::FirstName
                        | Role::LastName
                        | Role::FullName
                        | Role::Position
                )
            ) =>
        {
            NEVER
        }
        (FieldKind::Text, Text) if spec.role == Some(Role::ExternalId) && has_blanks(profile) => 0.45,
        _ => 0.0,
    }
}

/// Share of a column's values that a choice field knows, in percent; `None` where there are too many to be choices.
fn known_values(spec: &FieldSpec, profile: &ColumnProfile) -> Option<u8> {
    if profile.many || profile.distinct.is_empty() {
        return None;
    }
    let known = profile
        .distinct
        .iter()
        .filter(|(text, _)| choice_named(spec, text).is_some());
    let known: u64 = known.map(|(_, count)| count).sum();
    u8::try_from(known * 100 / profile.filled.max(1)).ok()
}

/// Share of the different values of which `holds` is true, in percent.
fn percent_of(profile: &ColumnProfile, holds: impl Fn(&str) -> bool) -> Option<u8> {
    let share = |texts: &mut dyn Iterator<Item = &String>| {
        let (mut all, mut held) = (0, 0);
        for text in texts {
            all += 1;
            held += usize::from(holds(text));
        }
        (all > 0).then(|| u8::try_from(held * 100 / all).unwrap_or(100))
    };
    if profile.many {
        share(&mut profile.samples.iter())
    } else {
        share(&mut profile.distinct.keys())
    }
}

fn has_legal_form(text: &str) -> bool {
    const FORMS: [&str; 18] = [
        "gmbh", "ggmbh", "ag", "kg", "kgaa", "ohg", "gbr", "ug", "eg", "ev", "ek", "mbh", "sarl", "sa",
        "sagl", "ltd", "inc", "se",
    ];
    let mut words = text
        .split([' ', ',', '&', '+', '(', ')'])
        .filter(|word| !word.is_empty());
    // A legal form stands behind a name: "AG" alone is a canton.
    words.next().is_some() && words.any(|word| FORMS.contains(&plain_key(word).as_str()))
}

fn is_city(text: &str) -> bool {
    static CITIES: LazyLock<HashSet<String>> = LazyLock::new(|| known_cities().map(plain_key).collect());
    CITIES.contains(&plain_key(text))
}

/// `80331 München`, or an address that ends so.
pub(super) fn holds_postcode_and_city(profile: &ColumnProfile) -> bool {
    let is_both = |text: &str| {
        let words: Vec<&str> = text
            .split([' ', '-', ','])
            .filter(|word| !word.is_empty())
            .collect();
        words.windows(2).any(|pair| {
            (4..=5).contains(&pair[0].len())
                && pair[0].bytes().all(|sign| sign.is_ascii_digit())
                && pair[1].chars().next().is_some_and(char::is_uppercase)
        })
    };
    profile.column_type() == ColumnType::Text
        && percent_of(profile, is_both).is_some_and(|percent| percent >= 80)
}

fn has_blanks(profile: &ColumnProfile) -> bool {
    let blank = |text: &&String| text.split_whitespace().count() > 2;
    profile.samples.iter().filter(blank).count() * 2 > profile.samples.len()
}
