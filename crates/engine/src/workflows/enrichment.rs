//! Values of another source for leads that are there: shown before anything changes, taken over as one change that can
//! be undone. Empty fields are filled; what stands there already stays unless a person says otherwise, field by field.

use std::collections::BTreeMap;

use lotse_core::lead::{ExternalId, Field, Lead, Value};
use lotse_core::mapping::{Interpreter, Mapping, Origin};
use lotse_core::table::Row;
use lotse_core::target::{FieldKind, Role};
use lotse_core::values::{DecimalStyle, Instant};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::additions::{JoinKey, Matched, match_rows};
use super::columns::source_of;
use super::{WorkflowError, check_settings, edit_fields};
use crate::clock::Actor;
use crate::project::{ChangeKind, FieldEdit, JoinReport, Project, ProjectError, SourceRole};

/// Which value a field gets where both sources have one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Winner {
    /// What stands there; only empty fields are filled.
    #[default]
    Lead,
    /// What the addition says.
    Addition,
    /// Nothing is taken over, not even into empty fields.
    Neither,
}

/// Two values for one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// The row of the lead.
    pub row: u32,
    /// Its number as a person sees it.
    pub number: u32,
    /// What stands there.
    pub before: String,
    /// What the addition says.
    pub after: String,
}

/// What an addition has for one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct EnrichedField {
    /// Its name.
    pub field: String,
    /// Leads in which it is empty and would be filled.
    pub fills: u32,
    /// Leads in which the same stands already.
    pub same: u32,
    /// Leads in which something else stands.
    pub conflicts: u32,
    /// Texts of the addition that cannot be read; they are never taken over.
    pub unreadable: u32,
    /// The first conflicts.
    pub examples: Vec<Conflict>,
}

/// What taking an addition over would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct EnrichmentPreview {
    /// What became of its rows.
    pub report: JoinReport,
    /// Field by field, in the order of the target. What a row has found its lead by does not count for that row.
    pub fields: Vec<EnrichedField>,
}

/// The fields of a lead for which a row of an addition has something.
type Brought = Vec<(usize, Field)>;

/// Conflicts that are shown for each field.
const SHOWN: usize = 5;

/// Compares an addition with the leads that its rows belong to. Nothing is changed.
pub fn preview_enrichment(
    project: &Project,
    source_id: i64,
    now: Instant,
) -> Result<EnrichmentPreview, WorkflowError> {
    Ok(compare(project, source_id, &BTreeMap::new(), now)?.0)
}

/// Takes an addition over as one change: empty fields are filled, and for the fields named in `winners` it goes as said
/// there. Returns the rows that changed.
pub fn apply_enrichment(
    project: &Project,
    actor: &Actor,
    source_id: i64,
    winners: &BTreeMap<String, Winner>,
    now: Instant,
) -> Result<Vec<u32>, WorkflowError> {
    let source = source_of(project, source_id)?;
    let (preview, edits) = compare(project, source_id, winners, now)?;
    let summary = json!({ "file": source.name, "rows": preview.report.leads, "cells": edits.len() });
    edit_fields(project, actor, ChangeKind::Enrich, &summary, &edits, now)
}

fn compare(
    project: &Project,
    source_id: i64,
    winners: &BTreeMap<String, Winner>,
    now: Instant,
) -> Result<(EnrichmentPreview, Vec<FieldEdit>), WorkflowError> {
    let source = source_of(project, source_id)?;
    if source.role != SourceRole::Enrichment {
        return Err(ProjectError::NotFound {
            what: format!("enrichment {source_id}"),
        }
        .into());
    }
    let target = project.target();
    let mapping = project
        .mapping(source_id)?
        .unwrap_or_else(|| Mapping::empty(target));
    let brought: Vec<usize> = (0..target.fields.len())
        .filter(|&field| {
            let spec = &target.fields[field];
            mapping.fields.contains_key(&spec.name)
                && spec.kind != FieldKind::Extra
                // What leads are called by in other systems never changes by a file that speaks of them.
                && spec.role != Some(Role::ExternalId)
        })
        .collect();
    // What a row has found its lead by is no news to it, however it is written there.
    let is_news = |field: usize, key: JoinKey| {
        !target.fields[field]
            .role
            .is_some_and(|role| key.roles().contains(&role))
    };
    let nobody = ExternalId(String::new());
    let has = |reader: &Interpreter<'_>, row: Row<'_>, key: JoinKey| {
        let mut fields = reader.interpret(row, None, &nobody).lead.fields;
        let mut has = Brought::new();
        for &field in brought.iter().filter(|&&field| is_news(field, key)) {
            if !fields[field].text.is_empty() {
                has.push((field, std::mem::take(&mut fields[field])));
            }
        }
        Some(has).filter(|has| !has.is_empty())
    };
    let mut matched: Vec<Matched<Brought>> = Vec::new();
    let report = match_rows(project, &source, &mapping, has, |found| matched.push(found))?;
    matched.sort_by_key(|found| (found.row, found.number));

    let styles = decimal_styles(project)?;
    let mut fields: Vec<EnrichedField> = brought
        .iter()
        .map(|&field| EnrichedField {
            field: target.fields[field].name.clone(),
            ..EnrichedField::default()
        })
        .collect();
    let mut edits = Vec::new();
    let rows: Vec<u32> = {
        let mut rows: Vec<u32> = matched.iter().map(|found| found.row).collect();
        rows.dedup();
        rows
    };
    let reader = project.lead_reader(check_settings(project, now)?)?;
    let mut additions = matched.iter().peekable();
    reader.leads(&rows, |row, mut lead: Lead, _| {
        while let Some(addition) = additions.next_if(|found| found.row <= row) {
            for (field, new) in &addition.has {
                let field = *field;
                let Some(told) = brought
                    .binary_search(&field)
                    .ok()
                    .and_then(|at| fields.get_mut(at))
                else {
                    continue;
                };
                let old = &lead.fields[field];
                let Some(outcome) = told.add(row, project.row_number(row), old, new) else {
                    continue;
                };
                let winner = winners.get(&told.field).copied().unwrap_or_default();
                let takes = match outcome {
                    Outcome::Fills => winner != Winner::Neither,
                    Outcome::Conflicts => winner == Winner::Addition,
                };
                if takes && let Some(value) = &new.value {
                    let comma = styles.get(&(
                        project.row_origin(row).map_or(0, |origin| origin.source_id),
                        field,
                    ));
                    edits.push(FieldEdit {
                        row,
                        field: told.field.clone(),
                        text: Some(written(value, comma.copied())),
                    });
                    // A second row for the same lead is compared with what the first has brought.
                    lead.fields[field] = new.clone();
                }
            }
        }
    })?;
    edits.reverse();
    let mut seen = std::collections::BTreeSet::new();
    // Of several values for one field the last one holds; they are put in as one.
    edits.retain(|edit| seen.insert((edit.row, edit.field.clone())));
    edits.reverse();
    fields.retain(EnrichedField::is_met);
    Ok((EnrichmentPreview { report, fields }, edits))
}

enum Outcome {
    Fills,
    Conflicts,
}

impl EnrichedField {
    /// True when any row has something for it.
    fn is_met(&self) -> bool {
        self.fills + self.same + self.conflicts + self.unreadable > 0
    }

    fn add(&mut self, row: u32, number: u32, old: &Field, new: &Field) -> Option<Outcome> {
        let value = match &new.value {
            _ if new.text.is_empty() => return None,
            None => {
                self.unreadable += 1;
                return None;
            }
            Some(value) => value,
        };
        if old.text.is_empty() {
            self.fills += 1;
            return Some(Outcome::Fills);
        }
        if old.value.as_ref() == Some(value) || old.text == new.text {
            self.same += 1;
            return None;
        }
        self.conflicts += 1;
        if self.examples.len() < SHOWN {
            let text = |field: &Field| {
                field
                    .value
                    .as_ref()
                    .map_or_else(|| field.text.clone(), Value::to_text)
            };
            self.examples.push(Conflict {
                row,
                number,
                before: text(old),
                after: text(new),
            });
        }
        Some(Outcome::Conflicts)
    }
}

/// How the sources of leads write decimals: what is typed over their fields is read in the same style.
fn decimal_styles(project: &Project) -> Result<BTreeMap<(i64, usize), DecimalStyle>, WorkflowError> {
    let mut styles = BTreeMap::new();
    for source in project.sources()? {
        let Some(mapping) = project.mapping(source.id)? else {
            continue;
        };
        for (name, field) in &mapping.fields {
            let index = project.target().field_index(name);
            if let (Some(index), Some(style), Origin::Columns { .. }) =
                (index, field.decimal_style, &field.origin)
            {
                styles.insert((source.id, index), style);
            }
        }
    }
    Ok(styles)
}

/// A value as a person would type it over a field.
fn written(value: &Value, style: Option<DecimalStyle>) -> String {
    let text = value.to_text();
    match (value, style.unwrap_or_default()) {
        (Value::Decimal(_), DecimalStyle::Comma) => text.replace('.', ","),
        _ => text,
    }
}
