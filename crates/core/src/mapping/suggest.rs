//! Proposals which column fills which field.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::activities::activities_in;
use super::dictionary::{look_up, plain_key};
use super::model::{ActivitiesOrigin, ColumnRef, ExtraColumn, FieldMapping, Mapping};
use super::read::choice_named;
use super::{NamePart, Step};
use crate::language::Language;
use crate::profile::{ColumnProfile, ColumnType, DateOrderFound};
use crate::target::{FieldKind, FieldSpec, Role, Target};

/// A column of a source, as far as suggestions need it.
#[derive(Clone, Debug)]
pub struct SourceColumn {
    /// Its header.
    pub reference: ColumnRef,
    /// What its cells have in common.
    pub profile: ColumnProfile,
}

/// Why a field was suggested for a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// The header is a known name of the field.
    Header {
        /// The name in the dictionary.
        word: String,
    },
    /// The header resembles or contains a known name.
    HeaderLike {
        /// The name in the dictionary.
        word: String,
    },
    /// The values look like it.
    Content {
        /// The type of the values.
        found: ColumnType,
        /// Values of that type, in percent of the filled cells.
        percent: u8,
    },
    /// The values are texts such as "2024-05-15: Meeting".
    ActivityTexts,
    /// Part of a full name.
    NameParts,
    /// The target takes every further column as extra data.
    Extra,
    /// The column was mapped so the last time.
    History,
}

impl Reason {
    /// The reason for a person.
    pub fn tell(&self, language: Language) -> String {
        match self {
            Self::Header { word } => language.pick(
                format!("Überschrift heißt „{word}“"),
                format!("header reads \"{word}\""),
            ),
            Self::HeaderLike { word } => language.pick(
                format!("Überschrift ähnelt „{word}“"),
                format!("header resembles \"{word}\""),
            ),
            Self::Content { found, percent } => {
                let (german, english) = match found {
                    ColumnType::Email => ("E-Mail-Adressen", "e-mail addresses"),
                    ColumnType::Phone => ("Telefonnummern", "phone numbers"),
                    ColumnType::Date => ("Datumsangaben", "dates"),
                    ColumnType::Integer | ColumnType::Decimal => ("Zahlen", "numbers"),
                    ColumnType::Flag => ("Ja/Nein", "yes/no"),
                    ColumnType::Text | ColumnType::Empty => ("bekannte Werte", "known values"),
                };
                language.pick(
                    format!("Werte sind {german} ({percent} %)"),
                    format!("values are {english} ({percent} %)"),
                )
            }
            Self::ActivityTexts => language
                .pick("Werte sind datierte Aktivitäten", "values are dated activities")
                .to_string(),
            Self::NameParts => language
                .pick("voller Name, wird geteilt", "full name, will be split")
                .to_string(),
            Self::Extra => language
                .pick("geht in die weiteren Angaben", "goes into the extra data")
                .to_string(),
            Self::History => language
                .pick("wie beim letzten Mal", "as the last time")
                .to_string(),
        }
    }
}

/// The proposal for one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ColumnSuggestion {
    /// The column.
    pub column: ColumnRef,
    /// The field's name, or the name of the list of activities.
    pub field: String,
    /// How sure this is, 0 to 1.
    pub confidence: f32,
    /// Why.
    pub reason: Reason,
}

/// A whole proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The mapping that results when every proposal is accepted. Progress decisions are never part of it.
    pub mapping: Mapping,
    /// The proposals by column, in the order of the columns; columns without one are absent.
    pub columns: Vec<ColumnSuggestion>,
}

struct Candidate {
    column: usize,
    field: usize,
    confidence: f32,
    reason: Reason,
}

/// Below this, a proposal would mislead more often than help.
const LEAST_CONFIDENCE: f32 = 0.5;

/// Proposes a mapping of `columns` to `target`, by headers and content. Each column and each field is used once.
pub fn suggest(target: &Target, columns: &[SourceColumn]) -> Suggestion {
    let mut candidates = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        candidates.extend(candidates_for(target, index, column));
    }
    candidates.sort_by(|a, b| {
        b.confidence
            .total_cmp(&a.confidence)
            .then(a.column.cmp(&b.column))
            .then(a.field.cmp(&b.field))
    });
    let mut mapping = Mapping::empty(target);
    let mut taken_columns: BTreeMap<usize, ColumnSuggestion> = BTreeMap::new();
    let mut taken_fields = BTreeSet::new();
    let activity_columns: Vec<usize> = (0..columns.len())
        .filter(|&index| holds_activities(target, &columns[index]))
        .collect();
    if let (Some(list), false) = (&target.activities, activity_columns.is_empty()) {
        for &index in &activity_columns {
            let column = columns[index].reference.clone();
            let suggestion = ColumnSuggestion {
                column,
                field: list.name.clone(),
                confidence: 0.9,
                reason: Reason::ActivityTexts,
            };
            taken_columns.insert(index, suggestion);
        }
        let references = activity_columns
            .iter()
            .map(|&index| columns[index].reference.clone())
            .collect();
        mapping.activities = ActivitiesOrigin::Cells { columns: references };
    }
    for candidate in candidates {
        if candidate.confidence < LEAST_CONFIDENCE
            || taken_columns.contains_key(&candidate.column)
            || !taken_fields.insert(candidate.field)
        {
            continue;
        }
        let spec = &target.fields[candidate.field];
        let column = &columns[candidate.column];
        mapping
            .fields
            .insert(spec.name.clone(), field_from_column(spec, column));
        taken_columns.insert(
            candidate.column,
            ColumnSuggestion {
                column: column.reference.clone(),
                field: spec.name.clone(),
                confidence: candidate.confidence,
                reason: candidate.reason,
            },
        );
    }
    split_full_name(target, columns, &mut mapping, &mut taken_columns);
    if let Some(extra) = target.fields.iter().find(|field| field.kind == FieldKind::Extra) {
        for (index, column) in columns.iter().enumerate() {
            if column.profile.filled > 0 && !taken_columns.contains_key(&index) {
                let key = column.reference.name.clone();
                mapping.extra.push(ExtraColumn {
                    key,
                    column: column.reference.clone(),
                });
                let suggestion = ColumnSuggestion {
                    column: column.reference.clone(),
                    field: extra.name.clone(),
                    confidence: 0.6,
                    reason: Reason::Extra,
                };
                taken_columns.insert(index, suggestion);
            }
        }
    }
    Suggestion {
        mapping,
        columns: taken_columns.into_values().collect(),
    }
}

fn candidates_for(target: &Target, index: usize, column: &SourceColumn) -> Vec<Candidate> {
    let found = column.profile.column_type();
    let header = &column.reference.name;
    let key = plain_key(header);
    let entries = look_up(header);
    let mut candidates = Vec::new();
    for (field, spec) in target.fields.iter().enumerate() {
        let named = [&spec.name, &spec.label.de, &spec.label.en]
            .into_iter()
            .chain(&spec.synonyms);
        let own_name = named.clone().any(|name| plain_key(name) == key)
            || spec
                .name
                .rsplit('.')
                .next()
                .is_some_and(|last| plain_key(last) == key);
        let entry = entries.iter().find(|entry| Some(entry.role) == spec.role);
        let (mut confidence, reason) = match (own_name && !key.is_empty(), entry) {
            (true, _) => (0.96, Reason::Header { word: header.clone() }),
            (false, Some(entry)) if entry.closeness >= 1.0 => (
                0.95,
                Reason::Header {
                    word: entry.word.to_string(),
                },
            ),
            (false, Some(entry)) => (
                0.9 * entry.closeness,
                Reason::HeaderLike {
                    word: entry.word.to_string(),
                },
            ),
            (false, None) => match by_content(spec, &column.profile, found) {
                Some((confidence, reason)) => (confidence, reason),
                None => continue,
            },
        };
        confidence += agreement(spec, found, &column.profile);
        candidates.push(Candidate {
            column: index,
            field,
            confidence: confidence.clamp(0.0, 0.99),
            reason,
        });
    }
    candidates
}

/// What the values say to a header's claim: a column called "E-Mail" full of dates is not the e-mail.
fn agreement(spec: &FieldSpec, found: ColumnType, profile: &ColumnProfile) -> f32 {
    if found == ColumnType::Empty {
        return -0.1;
    }
    match (spec.kind, found) {
        (FieldKind::Email, ColumnType::Email)
        | (FieldKind::Phone, ColumnType::Phone)
        | (FieldKind::Instant | FieldKind::Date, ColumnType::Date)
        | (FieldKind::Decimal, ColumnType::Decimal | ColumnType::Integer)
        | (FieldKind::Integer, ColumnType::Integer) => 0.03,
        (FieldKind::Instant | FieldKind::Date, _) if profile.looks_like_serial_dates() => 0.0,
        (
            FieldKind::Email,
            ColumnType::Date
            | ColumnType::Decimal
            | ColumnType::Integer
            | ColumnType::Phone
            | ColumnType::Flag,
        )
        | (FieldKind::Phone, ColumnType::Date | ColumnType::Email | ColumnType::Flag)
        | (FieldKind::Instant | FieldKind::Date, ColumnType::Email | ColumnType::Phone)
        | (
            FieldKind::Decimal | FieldKind::Integer,
            ColumnType::Email | ColumnType::Date | ColumnType::Phone,
        )
        | (FieldKind::Text | FieldKind::Choice, ColumnType::Email)
        | (FieldKind::Choice, ColumnType::Date | ColumnType::Decimal | ColumnType::Phone) => -0.5,
        (
            FieldKind::Instant | FieldKind::Date,
            ColumnType::Flag | ColumnType::Integer | ColumnType::Decimal,
        ) => -0.4,
        (FieldKind::Text, ColumnType::Date | ColumnType::Phone) => -0.3,
        _ => 0.0,
    }
}

fn by_content(spec: &FieldSpec, profile: &ColumnProfile, found: ColumnType) -> Option<(f32, Reason)> {
    let content = |confidence| Some((confidence, Reason::Content { found, percent: 100 }));
    match (spec.kind, found) {
        (FieldKind::Email, ColumnType::Email) => content(0.75),
        (FieldKind::Phone, ColumnType::Phone) => content(0.65),
        (FieldKind::Choice, ColumnType::Text) if !profile.many && !profile.distinct.is_empty() => {
            let known: u64 = profile
                .distinct
                .iter()
                .filter(|(text, _)| choice_named(spec, text).is_some())
                .map(|(_, count)| count)
                .sum();
            let percent = u8::try_from(known * 100 / profile.filled.max(1)).unwrap_or(100);
            (percent >= 70).then_some((0.55, Reason::Content { found, percent }))
        }
        _ => None,
    }
}

/// The mapping of one column to one field, with the date order and number style that the column itself proves.
pub fn field_from_column(spec: &FieldSpec, column: &SourceColumn) -> FieldMapping {
    let mut mapping = FieldMapping::column(column.reference.clone());
    match spec.kind {
        FieldKind::Instant | FieldKind::Date => {
            mapping.date_order = match column.profile.date_order() {
                DateOrderFound::Decided { by, .. } => Some(by),
                DateOrderFound::NotNeeded | DateOrderFound::Ambiguous | DateOrderFound::Contradictory => None,
            };
            mapping.serial_dates = column.profile.looks_like_serial_dates().then_some(true);
        }
        FieldKind::Decimal | FieldKind::Integer => mapping.decimal_style = column.profile.decimal_style(),
        _ => {}
    }
    mapping
}

/// Fills first and last name from one column of full names, where no columns of their own do.
fn split_full_name(
    target: &Target,
    columns: &[SourceColumn],
    mapping: &mut Mapping,
    taken: &mut BTreeMap<usize, ColumnSuggestion>,
) {
    let (Some(first), Some(last)) = (
        target.role_index(Role::FirstName),
        target.role_index(Role::LastName),
    ) else {
        return;
    };
    if target.role_index(Role::FullName).is_some() {
        return;
    }
    let names = [&target.fields[first].name, &target.fields[last].name];
    if names.iter().any(|name| mapping.fields.contains_key(*name)) {
        return;
    }
    let full = columns
        .iter()
        .enumerate()
        .filter(|(index, _)| !taken.contains_key(index))
        .filter_map(|(index, column)| {
            let entry = look_up(&column.reference.name)
                .into_iter()
                .find(|entry| entry.role == Role::FullName)?;
            (column.profile.column_type() == ColumnType::Text).then_some((index, column, entry))
        });
    let Some((index, column, entry)) =
        full.max_by(|a, b| a.2.closeness.total_cmp(&b.2.closeness).then(b.0.cmp(&a.0)))
    else {
        return;
    };
    for (name, part) in names.into_iter().zip([NamePart::First, NamePart::Last]) {
        let mut field = FieldMapping::column(column.reference.clone());
        field.steps.push(Step::NamePart { part });
        mapping.fields.insert(name.clone(), field);
    }
    let suggestion = ColumnSuggestion {
        column: column.reference.clone(),
        field: names[1].clone(),
        confidence: 0.85 * entry.closeness,
        reason: Reason::NameParts,
    };
    taken.insert(index, suggestion);
}

fn holds_activities(target: &Target, column: &SourceColumn) -> bool {
    if target.activities.is_none() || column.profile.samples.is_empty() {
        return false;
    }
    let dated = |sample: &&String| {
        let found = activities_in(sample);
        !found.is_empty()
            && found
                .iter()
                .all(|activity| !activity.date.is_empty() && !activity.kind.is_empty())
    };
    let count = column.profile.samples.iter().filter(dated).count();
    count * 5 >= column.profile.samples.len() * 4 && column.profile.column_type() == ColumnType::Text
}
