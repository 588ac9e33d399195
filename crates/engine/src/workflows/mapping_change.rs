//! What a person does to a mapping, one step at a time, with everything that follows from it.

use std::collections::BTreeMap;

use lotse_core::mapping::{
    ActivitiesOrigin, ColumnRef, ExtraColumn, FieldMapping, Mapping, Memory, NamePart, Origin, SourceColumn,
    Step, field_from_column,
};
use lotse_core::target::{Role, Target};
use lotse_core::values::{DateOrder, DecimalStyle};
use serde::{Deserialize, Serialize};

use super::additions::suggestion_for;
use super::columns::{column_profiles, source_of};
use super::{WorkflowError, set_mapping};
use crate::clock::Actor;
use crate::project::{Project, ProjectError};

/// One step. Columns are named by their place in the source, from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "do", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(rename_all_fields = "camelCase")]
pub enum MappingChange {
    /// Gives a column one destination and takes it away from all others; without one it is not taken over.
    Assign {
        /// The column.
        column: usize,
        /// Where it goes.
        to: Option<Destination>,
    },
    /// Adds a column to those that a field is joined from.
    Join {
        /// The column.
        column: usize,
        /// The field's name.
        field: String,
    },
    /// Takes a column away from a field, which keeps its others.
    Unjoin {
        /// The field's name.
        field: String,
        /// The column.
        column: usize,
    },
    /// What stands between the joined texts.
    Separator {
        /// The field's name.
        field: String,
        /// The text.
        separator: String,
    },
    /// The transformations of a field, in order.
    Steps {
        /// The field's name.
        field: String,
        /// All of them.
        steps: Vec<Step>,
    },
    /// The country of phone numbers without a country code.
    PhoneRegion {
        /// The field's name.
        field: String,
        /// Its code; absent: the lead's territory.
        region: Option<String>,
    },
    /// Which of day and month comes first in the dates of activities.
    ActivityDates {
        /// The order; absent: dates that do not prove it are errors.
        order: Option<DateOrder>,
    },
    /// Leaves a transformation out.
    RemoveStep {
        /// The field's name.
        field: String,
        /// Which, from 0.
        at: usize,
    },
    /// The same text for every row; absent takes it away again.
    Constant {
        /// The field's name.
        field: String,
        /// The text.
        value: Option<String>,
    },
    /// What stands in for empty cells; absent takes it away again.
    Default {
        /// The field's name.
        field: String,
        /// The text.
        value: Option<String>,
    },
    /// What a text found in a choice field means: an empty value says that it means nothing, an absent one that the
    /// known names decide.
    Value {
        /// The field's name.
        field: String,
        /// The text found.
        text: String,
        /// The value meant.
        value: Option<String>,
    },
    /// What the source calls a type of activities.
    ActivityType {
        /// The text found.
        text: String,
        /// The type; absent where the known names decide.
        value: Option<String>,
    },
    /// Which of day and month comes first.
    DateOrder {
        /// The field's name.
        field: String,
        /// The order; absent: cells that do not prove it are errors.
        order: Option<DateOrder>,
    },
    /// Which character separates decimals.
    DecimalStyle {
        /// The field's name.
        field: String,
        /// The style.
        style: Option<DecimalStyle>,
    },
    /// Takes the suggestion for all columns, by the use of the source; decisions about progress stay.
    Suggested,
}

/// Where a column goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(rename_all_fields = "camelCase")]
pub enum Destination {
    /// A field of the lead.
    Field {
        /// Its name.
        name: String,
    },
    /// First and last name, split from one text.
    FullName,
    /// The activities, as text in cells.
    Activities,
    /// A field of one of the activities that stand in groups of columns.
    ActivityField {
        /// Which group, from 0.
        group: usize,
        /// The field's name.
        name: String,
    },
    /// The extra data, under the column's own name.
    Extra,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct MappingChanged {
    /// The mapping before it.
    pub before: Mapping,
    /// The mapping after it, as stored.
    pub mapping: Mapping,
    /// Columns that were in use before and are not any more, beside the one that was moved.
    pub freed: Vec<ColumnRef>,
}

/// Changes the mapping of a source by one step and stores it. Rows have to be checked again. `memory` is what
/// suggestions may use of earlier projects.
///
/// # Errors
/// [`WorkflowError::Mapping`] where the outcome does not fit the target, [`ProjectError::NotFound`] for a source or
/// column that is not there. Nothing is changed then.
pub fn change_mapping(
    project: &Project,
    actor: &Actor,
    source_id: i64,
    change: &MappingChange,
    memory: &Memory,
) -> Result<MappingChanged, WorkflowError> {
    let source = source_of(project, source_id)?;
    let target = project.target();
    let before = project
        .mapping(source_id)?
        .unwrap_or_else(|| Mapping::empty(target));
    let references = ColumnRef::all(&source.headers);
    let reference = |column: usize| -> Result<ColumnRef, WorkflowError> {
        let found = references.get(column).cloned();
        found.ok_or_else(|| {
            WorkflowError::from(ProjectError::NotFound {
                what: format!("column {column} of source {source_id}"),
            })
        })
    };
    let mut mapping = before.clone();
    let mut moved = None;
    match change {
        MappingChange::Assign { column, to } => {
            let reference = reference(*column)?;
            free_column(&mut mapping, &reference);
            if let Some(to) = to {
                let profile = match to {
                    Destination::Field { .. } => column_profiles(project, source_id)?.swap_remove(*column),
                    _ => Default::default(),
                };
                let column = SourceColumn {
                    reference: reference.clone(),
                    profile,
                };
                assign(target, &mut mapping, &column, to);
            }
            moved = Some(reference);
        }
        MappingChange::Join { column, field } => {
            let reference = reference(*column)?;
            free_column(&mut mapping, &reference);
            match mapping.fields.get_mut(field).map(|field| &mut field.origin) {
                Some(Origin::Columns { columns, separator }) => {
                    columns.push(reference);
                    if separator.is_empty() {
                        " ".clone_into(separator);
                    }
                }
                _ => {
                    mapping
                        .fields
                        .insert(field.clone(), FieldMapping::column(reference));
                }
            }
        }
        MappingChange::Unjoin { field, column } => {
            let reference = reference(*column)?;
            take_from_field(&mut mapping, field, &reference);
        }
        MappingChange::Separator {
            field,
            separator: new,
        } => {
            if let Some(Origin::Columns { separator, .. }) =
                mapping.fields.get_mut(field).map(|field| &mut field.origin)
            {
                separator.clone_from(new);
            }
        }
        MappingChange::Steps { field, steps } => {
            if let Some(field) = mapping.fields.get_mut(field) {
                field.steps.clone_from(steps);
            }
        }
        MappingChange::PhoneRegion { field, region } => {
            if let Some(field) = mapping.fields.get_mut(field) {
                field.region = region.clone().filter(|region| !region.is_empty());
            }
        }
        MappingChange::ActivityDates { order } => mapping.activity_dates.order = *order,
        MappingChange::RemoveStep { field, at } => {
            if let Some(field) = mapping
                .fields
                .get_mut(field)
                .filter(|field| *at < field.steps.len())
            {
                field.steps.remove(*at);
            }
        }
        MappingChange::Constant { field, value } => match value.as_deref().map(str::trim) {
            Some(value) if !value.is_empty() => {
                mapping
                    .fields
                    .insert(field.clone(), FieldMapping::constant(value));
            }
            _ => {
                mapping.fields.remove(field);
            }
        },
        MappingChange::Default { field, value } => {
            if let Some(field) = mapping.fields.get_mut(field) {
                field.default = value.clone().filter(|value| !value.trim().is_empty());
            }
        }
        MappingChange::Value { field, text, value } => {
            if let Some(field) = mapping.fields.get_mut(field) {
                put(&mut field.values, text, value.as_ref());
            }
        }
        MappingChange::ActivityType { text, value } => {
            put(&mut mapping.activity_types, text, value.as_ref());
        }
        MappingChange::DateOrder { field, order } => {
            if let Some(field) = mapping.fields.get_mut(field) {
                field.date_order = *order;
            }
        }
        MappingChange::DecimalStyle { field, style } => {
            if let Some(field) = mapping.fields.get_mut(field) {
                field.decimal_style = *style;
            }
        }
        MappingChange::Suggested => {
            let columns: Vec<SourceColumn> = references
                .iter()
                .cloned()
                .zip(column_profiles(project, source_id)?)
                .map(|(reference, profile)| SourceColumn { reference, profile })
                .collect();
            mapping = Mapping {
                progress: mapping.progress,
                ..suggestion_for(target, source.role, &columns, memory).mapping
            };
        }
    }
    set_mapping(project, actor, source_id, &mapping)?;
    let freed = match change {
        MappingChange::Assign { .. } | MappingChange::Constant { .. } => before
            .used_columns()
            .filter(|column| Some(*column) != moved.as_ref())
            .filter(|column| !mapping.used_columns().any(|used| used == *column))
            .cloned()
            .collect(),
        _ => Vec::new(),
    };
    Ok(MappingChanged {
        before,
        mapping,
        freed,
    })
}

fn put(values: &mut BTreeMap<String, String>, text: &str, value: Option<&String>) {
    match value {
        Some(value) => {
            values.insert(text.to_owned(), value.clone());
        }
        None => {
            values.remove(text);
        }
    }
}

fn assign(target: &Target, mapping: &mut Mapping, column: &SourceColumn, to: &Destination) {
    let reference = column.reference.clone();
    match to {
        Destination::Field { name } => {
            let field = match target.field_index(name) {
                Some(index) => field_from_column(&target.fields[index], column),
                // Refused when it is stored.
                None => FieldMapping::column(reference),
            };
            mapping.fields.insert(name.clone(), field);
        }
        Destination::FullName => {
            for (role, part) in [
                (Role::FirstName, NamePart::First),
                (Role::LastName, NamePart::Last),
            ] {
                if let Some(index) = target.role_index(role) {
                    let mut field = FieldMapping::column(reference.clone());
                    field.steps.push(Step::NamePart { part });
                    mapping.fields.insert(target.fields[index].name.clone(), field);
                }
            }
        }
        Destination::Activities => match &mut mapping.activities {
            ActivitiesOrigin::Cells { columns } => columns.push(reference),
            origin => {
                *origin = ActivitiesOrigin::Cells {
                    columns: vec![reference],
                };
            }
        },
        Destination::ActivityField { group, name } => {
            let mut groups = match std::mem::take(&mut mapping.activities) {
                ActivitiesOrigin::Groups { groups } => groups,
                _ => Vec::new(),
            };
            let at = (*group).min(groups.len());
            if at == groups.len() {
                groups.push(BTreeMap::new());
            }
            groups[at].insert(name.clone(), reference);
            mapping.activities = ActivitiesOrigin::Groups { groups };
        }
        Destination::Extra => mapping.extra.push(ExtraColumn {
            key: reference.name.clone(),
            column: reference,
        }),
    }
}

/// Takes a column out of everything that it is used for.
fn free_column(mapping: &mut Mapping, column: &ColumnRef) {
    let fields: Vec<String> = mapping.fields.keys().cloned().collect();
    for field in fields {
        take_from_field(mapping, &field, column);
    }
    let emptied = match &mut mapping.activities {
        ActivitiesOrigin::None => false,
        ActivitiesOrigin::Cells { columns } => {
            columns.retain(|other| other != column);
            columns.is_empty()
        }
        ActivitiesOrigin::Groups { groups } => {
            for group in groups.iter_mut() {
                group.retain(|_, other| other != column);
            }
            groups.retain(|group| !group.is_empty());
            groups.is_empty()
        }
    };
    if emptied {
        mapping.activities = ActivitiesOrigin::None;
    }
    mapping.extra.retain(|extra| extra.column != *column);
}

fn take_from_field(mapping: &mut Mapping, field: &str, column: &ColumnRef) {
    let Some(Origin::Columns { columns, .. }) = mapping.fields.get_mut(field).map(|field| &mut field.origin)
    else {
        return;
    };
    columns.retain(|other| other != column);
    if columns.is_empty() {
        mapping.fields.remove(field);
    }
}
