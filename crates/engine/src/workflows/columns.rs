//! What the columns of a source hold, for the person who maps them. Needs no check: values are read afresh; what the
//! columns have in common was kept when the source was loaded.

use std::collections::{BTreeMap, BTreeSet};

use lotse_core::check::CheckSettings;
use lotse_core::lead::{ExternalId, Field, Value};
use lotse_core::mapping::{FieldMapping, Interpreter, Mapping, ProgressDecision, ReadingSettings, Step};
use lotse_core::profile::ColumnProfile;
use lotse_core::target::Role;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::WorkflowError;
use super::load::{merge_profiles, profiles_of};
use crate::project::{Project, ProjectError, RowState, Source, SourceRole};

/// A text that stands in a choice field, and what it is read as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundValue {
    /// The text, after joining and transforming.
    pub text: String,
    /// How often it stands there.
    pub count: u32,
    /// What it is read as; absent where it is unknown, or means nothing.
    pub value: Option<String>,
    /// What it would be read as without a person's word.
    pub known: Option<String>,
    /// A person has said that it means nothing.
    pub nothing: bool,
}

/// The different texts of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundValues {
    /// The most frequent first.
    pub values: Vec<FoundValue>,
    /// There are more than are listed: this is no column of choices.
    pub more: bool,
}

/// Whether the activities of a type count as progress: what was decided, and who waits for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ProgressQuestion {
    /// The type, as sent.
    pub activity_type: String,
    /// Rows with an activity of the type that does not say itself whether it is progress.
    pub rows: u32,
    /// Those among them for which nobody has decided.
    pub waiting: u32,
    /// The decision, where there is one.
    pub decision: Option<ProgressDecision>,
}

/// What activities are called in one source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityTexts {
    /// The source.
    #[ts(type = "number")]
    pub source_id: i64,
    /// The most frequent first.
    pub values: Vec<FoundValue>,
}

/// What the activities of all sources of leads are called, and what is to be decided about them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityKinds {
    /// What the types are called, source by source.
    pub texts: Vec<ActivityTexts>,
    /// One question a type.
    pub questions: Vec<ProgressQuestion>,
}

/// A row as the present mapping reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct MappedRow {
    /// Project-wide number.
    pub row: u32,
    /// The number that a person sees.
    pub number: u32,
    /// What becomes of it.
    pub state: RowState,
}

/// Different texts that are listed at most.
const MOST_VALUES: usize = 300;

/// Blocks of a source that are looked at for its profile: tens of thousands of rows, spread over the source.
const PROFILED_BLOCKS: usize = 6;

pub(super) fn source_of(project: &Project, source_id: i64) -> Result<Source, ProjectError> {
    let source = project
        .sources()?
        .into_iter()
        .find(|source| source.id == source_id);
    source.ok_or_else(|| ProjectError::NotFound {
        what: format!("source {source_id}"),
    })
}

/// What the cells of each column have in common, told by rows from the beginning and from all over the source. Known
/// since it was loaded; a project of an older version is looked through once.
pub fn column_profiles(project: &Project, source_id: i64) -> Result<Vec<ColumnProfile>, WorkflowError> {
    let source = source_of(project, source_id)?;
    if let Some(kept) = project.profiles(source_id)?
        && kept.len() == source.headers.len()
    {
        return Ok(kept);
    }
    let blocks: Vec<u32> = (0..project.block_count(source_id)?).collect();
    let apart = blocks.len().div_ceil(PROFILED_BLOCKS).max(1);
    let seen: Result<Vec<_>, ProjectError> = blocks
        .par_iter()
        .step_by(apart)
        .map(|sequence| Ok(profiles_of(&project.block_at(source_id, *sequence)?)))
        .collect();
    let mut profiles = Vec::new();
    for block in seen? {
        merge_profiles(&mut profiles, block);
    }
    profiles.resize_with(source.headers.len(), ColumnProfile::default);
    project.put_profiles(source_id, &profiles)?;
    Ok(profiles)
}

/// The different texts of a choice field, over all rows of a source, and what they are read as.
pub fn field_values(project: &Project, source_id: i64, field: &str) -> Result<FoundValues, WorkflowError> {
    let source = source_of(project, source_id)?;
    let target = project.target();
    let (Some(mapping), Some(index)) = (project.mapping(source_id)?, target.field_index(field)) else {
        return Ok(FoundValues::default());
    };
    let Some(mut said) = mapping.fields.get(field).cloned() else {
        return Ok(FoundValues::default());
    };
    said.default = None;
    let mut known = said.clone();
    known.values.clear();
    let only = |mapped| Mapping {
        fields: BTreeMap::from([(field.to_owned(), mapped)]),
        ..Mapping::empty(target)
    };
    let (said, known) = (
        interpreter(project, &source, &only(said))?,
        interpreter(project, &source, &only(known))?,
    );
    let blocks: Vec<u32> = (0..project.block_count(source_id)?).collect();
    let tally = blocks
        .par_iter()
        .map(|sequence| {
            let mut tally = Tally::default();
            let nobody = ExternalId(String::new());
            for row in project.block_at(source_id, *sequence)?.rows() {
                let bare = &known.interpret(row, None, &nobody).lead.fields[index];
                if bare.text.is_empty() {
                    continue;
                }
                tally.add(&bare.text, || {
                    let field = &said.interpret(row, None, &nobody).lead.fields[index];
                    FoundValue {
                        text: bare.text.clone(),
                        count: 0,
                        value: field.value.as_ref().map(Value::to_text),
                        known: bare.value.as_ref().map(Value::to_text),
                        nothing: field.text.is_empty(),
                    }
                });
            }
            Ok(tally)
        })
        .try_reduce(Tally::default, |one, other| Ok(one.and(other)))
        .map_err(|error: ProjectError| error)?;
    Ok(tally.into_values())
}

/// What activities are called in the sources of leads, and which types wait for a person's word about progress.
pub fn activity_kinds(project: &Project) -> Result<ActivityKinds, WorkflowError> {
    let target = project.target();
    let (Some(kind), Some(progress)) = (
        target.activity_role_index(Role::ActivityType),
        target.activity_role_index(Role::ActivityProgress),
    ) else {
        return Ok(ActivityKinds::default());
    };
    let mut kinds = ActivityKinds::default();
    let mut questions: BTreeMap<String, ProgressQuestion> = BTreeMap::new();
    for source in project.sources()? {
        let Some(mapping) = project
            .mapping(source.id)?
            .filter(|_| matches!(source.role, SourceRole::Leads | SourceRole::Activities))
        else {
            continue;
        };
        // Without the decisions, a type that the source is silent about shows itself by an empty field.
        let only = Mapping {
            activities: mapping.activities.clone(),
            activity_types: mapping.activity_types.clone(),
            ..Mapping::empty(target)
        };
        let bare = Mapping {
            activity_types: BTreeMap::new(),
            ..only.clone()
        };
        let (said, known) = (
            interpreter(project, &source, &only)?,
            interpreter(project, &source, &bare)?,
        );
        let blocks: Vec<u32> = (0..project.block_count(source.id)?).collect();
        let (tally, asking) = blocks
            .par_iter()
            .map(|sequence| {
                let mut tally = Tally::default();
                let mut asking: BTreeMap<String, u32> = BTreeMap::new();
                let nobody = ExternalId(String::new());
                for row in project.block_at(source.id, *sequence)?.rows() {
                    let activities = said.interpret(row, None, &nobody).lead.activities;
                    let mut asked = BTreeSet::new();
                    for (at, activity) in activities.iter().enumerate() {
                        let field = &activity.fields[kind];
                        let value = field.value.as_ref().map(Value::to_text);
                        if !field.text.is_empty() {
                            tally.add(&field.text, || FoundValue {
                                text: field.text.clone(),
                                count: 0,
                                value: value.clone(),
                                known: known
                                    .interpret(row, None, &nobody)
                                    .lead
                                    .activities
                                    .get(at)
                                    .and_then(|activity| activity.fields[kind].value.as_ref())
                                    .map(Value::to_text),
                                nothing: false,
                            });
                        }
                        if activity.fields[progress].text.is_empty() {
                            asked.extend(value);
                        }
                    }
                    for value in asked {
                        *asking.entry(value).or_default() += 1;
                    }
                }
                Ok((tally, asking))
            })
            .try_reduce(Default::default, |(one, mut asking), (other, more)| {
                for (value, rows) in more {
                    *asking.entry(value).or_default() += rows;
                }
                Ok((one.and(other), asking))
            })
            .map_err(|error: ProjectError| error)?;
        kinds.texts.push(ActivityTexts {
            source_id: source.id,
            values: tally.into_values().values,
        });
        for (activity_type, rows) in asking {
            let decision = mapping.progress.get(&activity_type).cloned();
            let question = questions
                .entry(activity_type.clone())
                .or_insert(ProgressQuestion {
                    activity_type,
                    rows: 0,
                    waiting: 0,
                    decision: None,
                });
            question.rows += rows;
            question.waiting += if decision.is_none() { rows } else { 0 };
            question.decision = question.decision.take().or(decision);
        }
    }
    kinds.questions = questions.into_values().collect();
    Ok(kinds)
}

/// What becomes of the row at place `at` of a source, from 0; `None` behind its last one.
pub fn mapped_row(
    project: &Project,
    source_id: i64,
    at: u32,
    settings: CheckSettings,
) -> Result<Option<MappedRow>, WorkflowError> {
    let source = source_of(project, source_id)?;
    if at >= source.row_count {
        return Ok(None);
    }
    if source.role.is_addition() {
        return added_row(project, &source, at);
    }
    let row = source.first_row + at;
    let reader = project.lead_reader(settings)?;
    let read = reader.lead(row)?;
    Ok(read.map(|(lead, findings)| MappedRow {
        row,
        number: project.row_number(row),
        state: reader.state(&lead, findings),
    }))
}

/// A row that adds to a lead, read by itself: it has no place among the project's rows.
fn added_row(project: &Project, source: &Source, at: u32) -> Result<Option<MappedRow>, WorkflowError> {
    let mapping = project.mapping(source.id)?;
    let mapping = mapping.unwrap_or_else(|| Mapping::empty(project.target()));
    let reader = interpreter(project, source, &mapping)?;
    let mut before = 0_u32;
    for sequence in 0..project.block_count(source.id)? {
        let block = project.block_at(source.id, sequence)?;
        let within = (at - before) as usize;
        if within < block.len() {
            let row = block.row(within);
            let found = reader.interpret(row, None, &ExternalId(String::new()));
            return Ok(Some(MappedRow {
                row: at,
                number: row.number(),
                state: RowState::of(&found.lead, found.findings, None),
            }));
        }
        before += u32::try_from(block.len()).unwrap_or(u32::MAX);
    }
    Ok(None)
}

/// A text of a field before and after everything that the mapping does to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct FieldSample {
    /// As the columns have it, joined.
    pub before: String,
    /// The value as it would be sent; the text where it cannot be read.
    pub after: String,
    /// The text could be read.
    pub readable: bool,
}

/// Texts that are shown as examples of what the mapping does to a field.
const SAMPLES: usize = 6;

/// Examples of what the mapping does to a field: different texts of the first rows. With `next`, a step that a person is
/// about to add, of what it would do then; texts that this step changes come first.
///
/// # Errors
/// When the project cannot be read, and when `next` cannot be used (a search pattern that is none).
pub fn field_samples(
    project: &Project,
    source_id: i64,
    field: &str,
    next: Option<&Step>,
) -> Result<Vec<FieldSample>, WorkflowError> {
    let source = source_of(project, source_id)?;
    let target = project.target();
    let (Some(mapping), Some(index)) = (project.mapping(source_id)?, target.field_index(field)) else {
        return Ok(Vec::new());
    };
    let Some(mapped) = mapping.fields.get(field) else {
        return Ok(Vec::new());
    };
    // Phone numbers are read in the lead's territory.
    let territory = target
        .role_index(Role::Territory)
        .map(|at| target.fields[at].name.as_str());
    let with = |changed: FieldMapping| {
        let territory = mapping
            .fields
            .iter()
            .filter(|(name, _)| Some(name.as_str()) == territory);
        let mut fields: BTreeMap<_, _> = territory
            .map(|(name, mapped)| (name.clone(), mapped.clone()))
            .collect();
        fields.insert(field.to_owned(), changed);
        let only = Mapping {
            fields,
            ..Mapping::empty(target)
        };
        interpreter(project, &source, &only)
    };
    let untouched = with(FieldMapping {
        steps: Vec::new(),
        default: None,
        ..mapped.clone()
    })?;
    let as_mapped = with(mapped.clone())?;
    let planned = next
        .map(|step| {
            let mut changed = mapped.clone();
            changed.steps.push(step.clone());
            with(changed)
        })
        .transpose()?;
    let nobody = ExternalId(String::new());
    let Some(block) = project.first_block(source_id)? else {
        return Ok(Vec::new());
    };
    let (mut changed, mut same): (Vec<FieldSample>, Vec<FieldSample>) = Default::default();
    for row in block.rows() {
        let made_by = |interpreter: &Interpreter<'_>| {
            interpreter
                .interpret(row, None, &nobody)
                .lead
                .fields
                .swap_remove(index)
        };
        let shown = |made: Field| made.value.as_ref().map_or(made.text, Value::to_text);
        let before = made_by(&untouched).text;
        let known = |samples: &[FieldSample]| samples.iter().any(|sample| sample.before == before);
        if known(&changed) || known(&same) {
            continue;
        }
        let mapped = made_by(&as_mapped);
        let made = planned.as_ref().map_or_else(|| mapped.clone(), made_by);
        if before.is_empty() && made.text.is_empty() {
            continue;
        }
        let kind = if made.text == mapped.text {
            &mut same
        } else {
            &mut changed
        };
        kind.push(FieldSample {
            before,
            readable: !made.is_unread(),
            after: shown(made),
        });
        if changed.len() == SAMPLES || planned.is_none() && same.len() == SAMPLES {
            break;
        }
    }
    changed.append(&mut same);
    changed.truncate(SAMPLES);
    Ok(changed)
}

pub(super) fn interpreter<'p>(
    project: &'p Project,
    source: &Source,
    mapping: &Mapping,
) -> Result<Interpreter<'p>, WorkflowError> {
    let settings = ReadingSettings { zone: project.zone() };
    Interpreter::new(project.target(), mapping, &source.headers, settings).map_err(|problem| {
        WorkflowError::Mapping {
            source_name: source.name.clone(),
            problem,
        }
    })
}

/// Counts different texts.
#[derive(Default)]
struct Tally {
    values: BTreeMap<String, FoundValue>,
    more: bool,
}

impl Tally {
    fn add(&mut self, text: &str, first: impl FnOnce() -> FoundValue) {
        if let Some(value) = self.values.get_mut(text) {
            value.count += 1;
        } else if self.values.len() < MOST_VALUES {
            let value = FoundValue { count: 1, ..first() };
            self.values.insert(text.to_owned(), value);
        } else {
            self.more = true;
        }
    }

    fn and(mut self, other: Tally) -> Tally {
        self.more |= other.more;
        for (text, value) in other.values {
            if let Some(known) = self.values.get_mut(&text) {
                known.count += value.count;
            } else if self.values.len() < MOST_VALUES {
                self.values.insert(text, value);
            } else {
                self.more = true;
            }
        }
        self
    }

    fn into_values(self) -> FoundValues {
        let mut values: Vec<FoundValue> = self.values.into_values().collect();
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
        FoundValues {
            values,
            more: self.more,
        }
    }
}
