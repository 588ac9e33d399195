//! Proposals which column fills which field.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::activities::activities_in;
use super::content::{by_content, contradicts, holds_postcode_and_city};
use super::dictionary::{look_up, plain_key};
use super::header_words::{speaks_of_something_else, words_of};
use super::memory::{EarlierUse, Memory};
use super::model::{ActivitiesOrigin, ColumnRef, ExtraColumn, FieldMapping, Mapping};
use super::suggest_activities::{activity_dates, activity_groups};
use super::{NamePart, Reason, Step};
use crate::profile::{ColumnProfile, ColumnType, DateOrderFound};
use crate::target::{FieldKind, FieldSpec, Role, Target};
use crate::values::DateOrder;

/// A column of a source, as far as suggestions need it.
#[derive(Clone, Debug)]
pub struct SourceColumn {
    /// Its header.
    pub reference: ColumnRef,
    /// What its cells have in common.
    pub profile: ColumnProfile,
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

pub(super) struct Candidate {
    pub column: usize,
    pub field: usize,
    pub confidence: f32,
    pub reason: Reason,
}

/// Below this, a proposal would mislead more often than help.
pub(super) const LEAST_CONFIDENCE: f32 = 0.5;

/// Proposes a mapping of `columns` to `target`, by headers and content. Each column and each field is used once.
pub fn suggest(target: &Target, columns: &[SourceColumn]) -> Suggestion {
    suggest_remembering(target, columns, &Memory::default())
}

/// As [`suggest`], and by what was mapped earlier, which goes before everything else.
pub fn suggest_remembering(target: &Target, columns: &[SourceColumn], memory: &Memory) -> Suggestion {
    let mut proposal = Proposal::new(target, columns);
    proposal.remember(memory);
    proposal.take_activities();
    proposal.take_postcode_and_city();
    let mut candidates = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        candidates.extend(candidates_for(target, index, column));
    }
    proposal.take_best(candidates);
    proposal.take_left_out();
    proposal.take_full_name();
    proposal.take_extra();
    proposal.finish(memory)
}

/// What has been proposed so far.
struct Proposal<'a> {
    target: &'a Target,
    columns: &'a [SourceColumn],
    mapping: Mapping,
    taken: BTreeMap<usize, ColumnSuggestion>,
    /// Columns that a person left out the last time.
    left_out: BTreeSet<usize>,
}

impl<'a> Proposal<'a> {
    fn new(target: &'a Target, columns: &'a [SourceColumn]) -> Self {
        Proposal {
            target,
            columns,
            mapping: Mapping::empty(target),
            taken: BTreeMap::new(),
            left_out: BTreeSet::new(),
        }
    }

    fn is_free(&self, column: usize) -> bool {
        !self.taken.contains_key(&column) && !self.left_out.contains(&column)
    }

    fn note(&mut self, column: usize, field: &str, confidence: f32, reason: Reason) {
        let suggestion = ColumnSuggestion {
            column: self.columns[column].reference.clone(),
            field: field.to_owned(),
            confidence,
            reason,
        };
        self.taken.insert(column, suggestion);
    }

    fn fill(&mut self, candidate: Candidate) {
        let spec = &self.target.fields[candidate.field];
        let field = field_from_column(spec, &self.columns[candidate.column]);
        self.mapping.fields.insert(spec.name.clone(), field);
        self.note(
            candidate.column,
            &spec.name,
            candidate.confidence,
            candidate.reason,
        );
    }

    /// What a person did with a header the last time is done again, unless the values speak against it.
    fn remember(&mut self, memory: &Memory) {
        for (index, column) in self.columns.iter().enumerate() {
            match memory.column(&column.reference.name) {
                Some(EarlierUse::Field { name }) if !self.mapping.fields.contains_key(name) => {
                    let Some(field) = self.target.field_index(name) else {
                        continue;
                    };
                    let spec = &self.target.fields[field];
                    if contradicts(spec, &column.profile) < 0.3 {
                        self.fill(Candidate {
                            column: index,
                            field,
                            confidence: 0.97,
                            reason: Reason::History,
                        });
                    }
                }
                Some(EarlierUse::FullName) => self.split_name(index, 0.97, Reason::History),
                Some(EarlierUse::Nothing) => {
                    self.left_out.insert(index);
                }
                Some(EarlierUse::Field { .. } | EarlierUse::Activities) | None => {}
            }
        }
    }

    /// Activities, as texts in cells or as repeated groups of columns.
    fn take_activities(&mut self) {
        let Some(list) = &self.target.activities else {
            return;
        };
        let texts: Vec<usize> = (0..self.columns.len())
            .filter(|&index| self.is_free(index) && holds_activity_texts(&self.columns[index]))
            .collect();
        if !texts.is_empty() {
            let references = texts.iter().map(|&index| self.columns[index].reference.clone());
            self.mapping.activities = ActivitiesOrigin::Cells {
                columns: references.collect(),
            };
            for index in texts {
                self.note(index, &list.name, 0.9, Reason::ActivityTexts);
            }
            return;
        }
        let free: Vec<usize> = (0..self.columns.len())
            .filter(|&index| self.is_free(index))
            .collect();
        let groups = activity_groups(self.target, self.columns, &free);
        if groups.is_empty() {
            return;
        }
        let fields = self.target.activity_fields();
        self.mapping.activity_dates = activity_dates(self.target, self.columns, &groups);
        let named = groups.iter().map(|group| {
            let parts = group.iter();
            parts
                .map(|(field, column)| {
                    (
                        fields[*field].name.clone(),
                        self.columns[*column].reference.clone(),
                    )
                })
                .collect()
        });
        self.mapping.activities = ActivitiesOrigin::Groups {
            groups: named.collect(),
        };
        for column in groups.iter().flat_map(BTreeMap::values) {
            self.note(*column, &list.name, 0.88, Reason::ActivityPart);
        }
    }

    /// Postcode and city out of one text, where no column has the city alone.
    fn take_postcode_and_city(&mut self) {
        let Some(city) = self.target.role_index(Role::City) else {
            return;
        };
        let named_city = |column: &SourceColumn| {
            look_up(&column.reference.name)
                .first()
                .is_some_and(|entry| entry.role == Role::City && entry.closeness > 0.9)
                && !holds_postcode_and_city(&column.profile)
        };
        if self.columns.iter().any(named_city) {
            return;
        }
        let found = (0..self.columns.len()).find(|&index| {
            self.is_free(index)
                && holds_postcode_and_city(&self.columns[index].profile)
                && !speaks_of_something_else(&words_of(&self.columns[index].reference.name))
        });
        let Some(index) = found else { return };
        let pattern = |pattern: &str, with: &str| Step::ReplacePattern {
            pattern: pattern.into(),
            with: with.into(),
        };
        let mut field = FieldMapping::column(self.columns[index].reference.clone());
        field.steps.push(pattern(r"^.*?\b\d{4,5}\s+([^,]+).*$", "$1"));
        let name = &self.target.fields[city].name;
        self.mapping.fields.insert(name.clone(), field);
        let postcode = self.target.role_index(Role::Postcode);
        if let Some(postcode) = postcode {
            let mut field = FieldMapping::column(self.columns[index].reference.clone());
            field.steps.push(pattern(r"^.*?\b(\d{4,5})\s+[^,]+.*$", "$1"));
            let name = &self.target.fields[postcode].name;
            self.mapping.fields.insert(name.clone(), field);
        }
        let first = postcode.map_or(city, |postcode| postcode.min(city));
        self.note(
            index,
            &self.target.fields[first].name,
            0.85,
            Reason::PostcodeAndCity,
        );
    }

    fn take_best(&mut self, mut candidates: Vec<Candidate>) {
        candidates.sort_by(|a, b| {
            b.confidence
                .total_cmp(&a.confidence)
                .then(a.column.cmp(&b.column))
                .then(a.field.cmp(&b.field))
        });
        for candidate in candidates {
            let name = &self.target.fields[candidate.field].name;
            if candidate.confidence >= LEAST_CONFIDENCE
                && self.is_free(candidate.column)
                && !self.mapping.fields.contains_key(name)
            {
                self.fill(candidate);
            }
        }
    }

    /// A column that was left out the last time is not left out where a required field has nothing else.
    fn take_left_out(&mut self) {
        let left_out = std::mem::take(&mut self.left_out);
        let mut candidates = Vec::new();
        for &index in &left_out {
            candidates.extend(candidates_for(self.target, index, &self.columns[index]));
        }
        candidates.retain(|candidate| self.target.fields[candidate.field].required);
        self.take_best(candidates);
        self.left_out = left_out;
        self.left_out.retain(|column| !self.taken.contains_key(column));
    }

    /// Fills first and last name from one column of full names, where no columns of their own do; a bare "Name" beside
    /// a first name is the last name, beside nothing it may be the company's.
    fn take_full_name(&mut self) {
        let index = |role| self.target.role_index(role);
        let field_of = |role| index(role).map(|at| self.target.fields[at].name.clone());
        let fills =
            |mapping: &Mapping, role| field_of(role).is_some_and(|name| mapping.fields.contains_key(&name));
        let named = |column: &SourceColumn| {
            look_up(&column.reference.name)
                .into_iter()
                .find(|entry| entry.role == Role::FullName)
                // "Name 2" is the second line of something.
                .filter(|_| {
                    !matches!(
                        plain_key(&column.reference.name).as_str(),
                        "name2" | "name3" | "name4"
                    )
                })
                .filter(|_| column.profile.column_type() == ColumnType::Text)
        };
        let best = (0..self.columns.len())
            .filter(|&column| self.is_free(column))
            .filter_map(|column| Some((column, named(&self.columns[column])?)))
            .max_by(|a, b| a.1.closeness.total_cmp(&b.1.closeness).then(b.0.cmp(&a.0)));
        let Some((column, entry)) = best else { return };
        let confidence = 0.88 * entry.closeness;
        let reason = Reason::HeaderLike {
            word: entry.word.to_owned(),
        };
        let bare = plain_key(&self.columns[column].reference.name);
        let bare = matches!(bare.as_str(), "name" | "nom" | "name1");
        if fills(&self.mapping, Role::FirstName) {
            if let Some(field) = index(Role::LastName).filter(|_| !fills(&self.mapping, Role::LastName)) {
                self.fill(Candidate {
                    column,
                    field,
                    confidence,
                    reason,
                });
            }
        } else if bare && !fills(&self.mapping, Role::Company) {
            // Whose name it is, nothing says; values that look like companies were taken before.
        } else if !fills(&self.mapping, Role::LastName) && index(Role::FullName).is_none() {
            self.split_name(column, confidence, Reason::NameParts);
        }
    }

    fn split_name(&mut self, column: usize, confidence: f32, reason: Reason) {
        let role = |role| {
            self.target
                .role_index(role)
                .map(|at| self.target.fields[at].name.clone())
        };
        let (Some(first), Some(last)) = (role(Role::FirstName), role(Role::LastName)) else {
            return;
        };
        for (name, part) in [(first, NamePart::First), (last.clone(), NamePart::Last)] {
            let mut field = FieldMapping::column(self.columns[column].reference.clone());
            field.steps.push(Step::NamePart { part });
            self.mapping.fields.insert(name, field);
        }
        self.note(column, &last, confidence, reason);
    }

    /// Where a target takes everything, everything that is filled goes there.
    fn take_extra(&mut self) {
        let Some(extra) = self
            .target
            .fields
            .iter()
            .find(|field| field.kind == FieldKind::Extra)
        else {
            return;
        };
        for (index, column) in self.columns.iter().enumerate() {
            if column.profile.filled > 0 && self.is_free(index) {
                self.mapping.extra.push(ExtraColumn {
                    key: column.reference.name.clone(),
                    column: column.reference.clone(),
                });
                self.note(index, &extra.name, 0.6, Reason::Extra);
            }
        }
    }

    fn finish(mut self, memory: &Memory) -> Suggestion {
        for (index, suggestion) in &self.taken {
            if let Some(field) = self.mapping.fields.get_mut(&suggestion.field)
                && let Some(at) = self.target.field_index(&suggestion.field)
            {
                field.values = memory.values_for(&self.target.fields[at], &self.columns[*index].profile);
            }
        }
        Suggestion {
            mapping: self.mapping,
            columns: self.taken.into_values().collect(),
        }
    }
}

pub(super) fn candidates_for(target: &Target, index: usize, column: &SourceColumn) -> Vec<Candidate> {
    let header = &column.reference.name;
    let key = plain_key(header);
    let entries = look_up(header);
    let elsewhere = entries.is_empty() && speaks_of_something_else(&words_of(header));
    let mut candidates = Vec::new();
    for (field, spec) in target.fields.iter().enumerate() {
        let own_name = [&spec.name, &spec.label.de, &spec.label.en]
            .into_iter()
            .chain(&spec.synonyms)
            .any(|name| plain_key(name) == key)
            || spec
                .name
                .rsplit('.')
                .next()
                .is_some_and(|last| plain_key(last) == key);
        // A name that the dictionary knows for something else is that something else: "Source", "Stage", "Role".
        let own_name = own_name
            && entries
                .iter()
                .all(|entry| Some(entry.role) == spec.role || spec.role.is_none());
        let entry = entries.iter().find(|entry| Some(entry.role) == spec.role);
        let (confidence, reason) = match (own_name && !key.is_empty(), entry) {
            (true, _) => (0.96, Reason::Header { word: header.clone() }),
            (false, Some(entry)) => {
                let word = entry.word.to_owned();
                let reason = if entry.closeness > 0.965 {
                    Reason::Header { word }
                } else {
                    Reason::HeaderLike { word }
                };
                (0.95 * entry.closeness, reason)
            }
            // A header that speaks of something else is right whatever stands below it: a fax number looks like a phone.
            (false, None) if elsewhere => continue,
            (false, None) => match by_content(spec, &column.profile) {
                // A header that is known for another thing is doubted only by values that cannot be that thing.
                Some((confidence, reason)) if entries.is_empty() => (confidence, reason),
                Some((confidence, reason)) if matches!(spec.kind, FieldKind::Email | FieldKind::Phone) => {
                    (confidence - 0.1, reason)
                }
                _ => continue,
            },
        };
        let confidence = confidence - contradicts(spec, &column.profile);
        candidates.push(Candidate {
            column: index,
            field,
            confidence: confidence.clamp(0.0, 0.99),
            reason,
        });
    }
    candidates
}

/// The mapping of one column to one field, with the date order and number style that the column itself proves.
pub fn field_from_column(spec: &FieldSpec, column: &SourceColumn) -> FieldMapping {
    let mut mapping = FieldMapping::column(column.reference.clone());
    match spec.kind {
        FieldKind::Instant | FieldKind::Date => {
            mapping.date_order = decided_order(&column.profile);
            mapping.serial_dates = column.profile.looks_like_serial_dates().then_some(true);
        }
        FieldKind::Decimal | FieldKind::Integer => mapping.decimal_style = column.profile.decimal_style(),
        _ => {}
    }
    mapping
}

/// The order of day and month where a column proves it, or custom leaves no other.
pub(super) fn decided_order(profile: &ColumnProfile) -> Option<DateOrder> {
    match profile.date_order() {
        DateOrderFound::Decided { by, .. } => Some(by),
        DateOrderFound::NotNeeded | DateOrderFound::Ambiguous | DateOrderFound::Contradictory => None,
    }
}

fn holds_activity_texts(column: &SourceColumn) -> bool {
    let samples = &column.profile.samples;
    let dated = |sample: &&String| {
        let found = activities_in(sample);
        !found.is_empty()
            && found
                .iter()
                .all(|activity| !activity.date.is_empty() && !activity.kind.is_empty())
    };
    let count = samples.iter().filter(dated).count();
    count > 0 && count * 5 >= samples.len() * 4 && column.profile.column_type() == ColumnType::Text
}
