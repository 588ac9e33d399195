//! Proposals for activities: repeated groups of columns beside a lead, and sheets of which every row is one activity.

use std::collections::BTreeMap;

use super::Reason;
use super::content::by_content;
use super::dictionary::look_up;
use super::header_words::words_of;
use super::memory::Memory;
use super::model::{ActivitiesOrigin, ActivityDates, Mapping};
use super::suggest::{
    Candidate, ColumnSuggestion, LEAST_CONFIDENCE, SourceColumn, Suggestion, candidates_for, decided_order,
    field_from_column,
};
use crate::profile::ColumnType;
use crate::target::{FieldKind, Role, Target};

/// A group: position of the activity field → column.
type Group = BTreeMap<usize, usize>;

/// What a header says about a part of an activity.
struct Part {
    role: Role,
    /// Which activity, where the header counts them.
    number: Option<u32>,
    /// The header names activities, and not only a date or a note.
    of_activity: bool,
}

/// Groups of columns that each hold one activity: `Aktivität 1 Datum`, `Aktivität 1 Typ`, `Akt2_Art` … A group needs a
/// date and what happened then.
pub(super) fn activity_groups(target: &Target, columns: &[SourceColumn], free: &[usize]) -> Vec<Group> {
    let mut numbered: BTreeMap<u32, Group> = BTreeMap::new();
    let mut single = Group::new();
    for &index in free {
        let Some(part) = part_of(&columns[index]) else {
            continue;
        };
        let Some(field) = target.activity_role_index(part.role) else {
            continue;
        };
        let again = columns[index].reference.occurrence;
        let repeats = again > 0
            || columns.iter().any(|other| {
                other.reference.occurrence > 0 && other.reference.name == columns[index].reference.name
            });
        match part.number.or_else(|| repeats.then_some(again + 1)) {
            Some(number) => {
                numbered.entry(number).or_default().entry(field).or_insert(index);
            }
            None if part.of_activity => {
                single.entry(field).or_insert(index);
            }
            None => {}
        }
    }
    let position = |role| target.activity_role_index(role);
    let (Some(date), Some(kind)) = (position(Role::ActivityDate), position(Role::ActivityType)) else {
        return Vec::new();
    };
    // Without a type there must be several, or a column "Datum 1" among others would be taken for an activity.
    let whole = |group: &Group| group.contains_key(&date) && group.contains_key(&kind);
    let mut groups: Vec<Group> = numbered.into_values().filter(whole).collect();
    if groups.is_empty() && whole(&single) {
        groups.push(single);
    }
    groups
}

/// How the dates of groups are to be read: as their columns prove together.
pub(super) fn activity_dates(target: &Target, columns: &[SourceColumn], groups: &[Group]) -> ActivityDates {
    let Some(date) = target.activity_role_index(Role::ActivityDate) else {
        return ActivityDates::default();
    };
    let mut all = crate::profile::ColumnProfile::default();
    for column in groups.iter().filter_map(|group| group.get(&date)) {
        all.merge(columns[*column].profile.clone());
    }
    ActivityDates {
        order: decided_order(&all),
        serial: all.looks_like_serial_dates().then_some(true),
    }
}

fn part_of(column: &SourceColumn) -> Option<Part> {
    let mut words = words_of(&column.reference.name);
    // "Akt1" is cut into "akt" and "1" already.
    let is_number = |word: &String| word.parse::<u32>().is_ok_and(|number| (1..100).contains(&number));
    let number = words
        .iter()
        .position(is_number)
        .map(|at| words.remove(at))
        .and_then(|word| word.parse().ok());
    let of_activity = words.iter().any(|word| is_activity(word)) || compound(&words);
    let rest: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !is_activity(word))
        .collect();
    let found = column.profile.column_type();
    let role = match rest.as_slice() {
        [] if !of_activity => return None,
        // "Aktivität 1" alone is what happened, or when.
        [] if found == ColumnType::Date => Role::ActivityDate,
        [] if found == ColumnType::Text => Role::ActivityType,
        [] => return None,
        words => {
            let mut roles = words.iter().filter_map(|word| property(word));
            let first = roles.next()?;
            if roles.any(|other| other != first)
                || words
                    .iter()
                    .any(|word| property(word).is_none() && !is_joint(word))
            {
                return None;
            }
            first
        }
    };
    let fits = match role {
        Role::ActivityDate => matches!(found, ColumnType::Date | ColumnType::Integer | ColumnType::Empty),
        Role::ActivityType => matches!(found, ColumnType::Text | ColumnType::Empty),
        Role::ActivityProgress => matches!(found, ColumnType::Flag | ColumnType::Integer | ColumnType::Empty),
        _ => true,
    };
    (fits && (of_activity || number.is_some() || column.reference.occurrence > 0 || !rest.is_empty()))
        .then_some(Part {
            role,
            number,
            of_activity,
        })
}

fn is_activity(word: &str) -> bool {
    matches!(
        word,
        "aktivitaet"
            | "aktivitaeten"
            | "aktivitaets"
            | "activity"
            | "activities"
            | "activite"
            | "akt"
            | "act"
            | "aktion"
            | "action"
            | "massnahme"
            | "vorgang"
            | "kontakt"
            | "contact"
            | "termin"
            | "besuch"
            | "event"
            | "ereignis"
            | "schritt"
            | "step"
            | "touch"
            | "touchpoint"
            | "visite"
            | "engagement"
            | "interaktion"
            | "interaction"
    )
}

/// `Aktivitätsdatum`, `Vorgangsart`: known as one word.
fn compound(words: &[String]) -> bool {
    let whole = words.concat();
    look_up(&whole).iter().any(|entry| {
        entry.closeness > 0.9
            && matches!(entry.role, Role::ActivityType | Role::ActivityDate)
            && property(&whole).is_some()
    })
}

fn is_joint(word: &str) -> bool {
    matches!(
        word,
        "der" | "des" | "de" | "d" | "l" | "of" | "the" | "am" | "vom"
    )
}

/// The part of an activity that a word means.
fn property(word: &str) -> Option<Role> {
    Some(match word {
        "datum" | "date" | "dat" | "am" | "tag" | "wann" | "le" | "on" | "vom" | "zeitpunkt" | "day"
        | "aktivitaetsdatum" | "activitydate" | "termindatum" | "besuchsdatum" => Role::ActivityDate,
        "typ" | "type" | "art" | "kategorie" | "category" | "was" | "kind" | "aktivitaetsart"
        | "aktivitaetstyp" | "activitytype" | "vorgangsart" | "vorgangstyp" => Role::ActivityType,
        "notiz" | "notizen" | "bemerkung" | "bemerkungen" | "note" | "notes" | "text" | "kommentar"
        | "comment" | "beschreibung" | "description" | "inhalt" | "info" | "summary" | "betreff"
        | "subject" | "details" | "remarque" | "zusammenfassung" | "aktivitaetsnotiz" | "freitext" => {
            Role::ActivitySummary
        }
        "ergebnis" | "outcome" | "resultat" | "result" | "ausgang" => Role::ActivityOutcome,
        "durch" | "wer" | "by" | "mitarbeiter" | "bearbeiter" | "performer" | "par" | "user" | "who" => {
            Role::ActivityPerformer
        }
        "fortschritt" | "progress" | "zaehlt" => Role::ActivityProgress,
        _ => return None,
    })
}

/// Proposes how the rows of a sheet of activities are read: what each says, and by what it finds its lead (external id,
/// e-mail, company and city).
pub fn suggest_activities(target: &Target, columns: &[SourceColumn], memory: &Memory) -> Suggestion {
    const KEYS: [Role; 4] = [Role::ExternalId, Role::Email, Role::Company, Role::City];
    let mut candidates: Vec<(bool, Candidate)> = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        let words = words_of(&column.reference.name);
        let of_activity = words.iter().any(|word| is_activity(word));
        for (field, spec) in target.activity_fields().iter().enumerate() {
            let (named, found) = (named_part(column), column.profile.column_type());
            let fits = match spec.kind {
                FieldKind::Instant | FieldKind::Date => found == ColumnType::Date,
                FieldKind::Choice => matches!(found, ColumnType::Text | ColumnType::Empty),
                FieldKind::Flag => found == ColumnType::Flag,
                _ => true,
            };
            let content = by_content(spec, &column.profile);
            let confidence = match (named == spec.role && named.is_some(), content) {
                (true, _) if fits => 0.9,
                (false, Some((confidence, _))) if named.is_none() => confidence + 0.2,
                _ => continue,
            };
            candidates.push((
                true,
                Candidate {
                    column: index,
                    field,
                    confidence: confidence + if of_activity { 0.05 } else { 0.0 },
                    reason: Reason::ActivityPart,
                },
            ));
        }
        // "Aktivitäts-ID" is no number of a lead.
        let keys = candidates_for(target, index, column)
            .into_iter()
            .filter(|candidate| {
                target.fields[candidate.field]
                    .role
                    .is_some_and(|role| KEYS.contains(&role))
            })
            .filter(|candidate| {
                !of_activity || target.fields[candidate.field].role != Some(Role::ExternalId)
            });
        candidates.extend(keys.map(|candidate| (false, candidate)));
    }
    candidates.sort_by(|(_, a), (_, b)| {
        b.confidence
            .total_cmp(&a.confidence)
            .then(a.column.cmp(&b.column))
            .then(a.field.cmp(&b.field))
    });
    let mut mapping = Mapping::empty(target);
    let mut group = Group::new();
    let mut taken: BTreeMap<usize, ColumnSuggestion> = BTreeMap::new();
    let list = target.activities.as_ref().map_or("", |list| list.name.as_str());
    for (in_activity, candidate) in candidates {
        if candidate.confidence < LEAST_CONFIDENCE || taken.contains_key(&candidate.column) {
            continue;
        }
        let column = &columns[candidate.column];
        let field = if in_activity {
            if group.contains_key(&candidate.field) {
                continue;
            }
            group.insert(candidate.field, candidate.column);
            list.to_owned()
        } else {
            let spec = &target.fields[candidate.field];
            if mapping.fields.contains_key(&spec.name) {
                continue;
            }
            mapping
                .fields
                .insert(spec.name.clone(), field_from_column(spec, column));
            spec.name.clone()
        };
        let suggestion = ColumnSuggestion {
            column: column.reference.clone(),
            field,
            confidence: candidate.confidence.min(0.99),
            reason: candidate.reason,
        };
        taken.insert(candidate.column, suggestion);
    }
    // The types that a person named earlier are known again.
    if let Some(kind) = target.activity_role_index(Role::ActivityType)
        && let Some(column) = group.get(&kind)
    {
        let spec = &target.activity_fields()[kind];
        mapping.activity_types = memory.values_for(spec, &columns[*column].profile);
    }
    if !group.is_empty() {
        let fields = target.activity_fields();
        mapping.activity_dates = activity_dates(target, columns, std::slice::from_ref(&group));
        let named = group
            .into_iter()
            .map(|(field, column)| (fields[field].name.clone(), columns[column].reference.clone()));
        mapping.activities = ActivitiesOrigin::Groups {
            groups: vec![named.collect()],
        };
    }
    Suggestion {
        mapping,
        columns: taken.into_values().collect(),
    }
}

/// The part of an activity that a header of a sheet of activities names, where everything is about activities.
fn named_part(column: &SourceColumn) -> Option<Role> {
    if let Some(part) = part_of(column) {
        return Some(part.role);
    }
    let words = words_of(&column.reference.name);
    let mut roles = words.iter().filter_map(|word| property(word));
    let first = roles.next()?;
    let strange = words
        .iter()
        .filter(|word| {
            property(word).is_none() && !is_activity(word) && !super::header_words::is_neutral(word)
        })
        .count();
    (strange == 0 && roles.all(|other| other == first)).then_some(first)
}
