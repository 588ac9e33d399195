//! The one place where a raw row becomes a lead.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::activities::{activities_in, type_named};
use super::dictionary::plain_key;
use super::model::{ActivitiesOrigin, ColumnRef, FieldMapping, Mapping, MappingProblem, Origin};
use super::read::{Outcome, Style, is_placeholder, read_value};
use super::step::ReadyStep;
use crate::finding::{Finding, Fix, Place, Problem};
use crate::lead::{Activity, ExternalId, Field, Lead, Value};
use crate::table::{CellKind, Row};
use crate::target::{FieldKind, FieldSpec, Role, Target};
use crate::values::{DateOrder, DecimalStyle, clean, repair_mojibake};

/// What a person has typed over a row's fields: field name → text. The activities as a whole stand under the name of
/// the list, as JSON: a list of objects of field name → text.
pub type Edits = BTreeMap<String, String>;

/// What reading depends on beside the mapping.
#[derive(Clone, Copy, Debug)]
pub struct ReadingSettings {
    /// Zone of dates and times that name none.
    pub zone: Tz,
}

/// A lead and what was noticed while reading it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interpreted {
    /// The lead.
    pub lead: Lead,
    /// What could not be read, or was read with doubts.
    pub findings: Vec<Finding>,
}

/// A mapping made ready for the columns of one source.
#[derive(Debug)]
pub struct Interpreter<'t> {
    target: &'t Target,
    settings: ReadingSettings,
    fields: Vec<Option<ReadyField>>,
    /// Fields in the order of reading: the territory first, since phone numbers are read in its region.
    order: Vec<usize>,
    territory: Option<usize>,
    activities: ReadyActivities,
    activity_types: BTreeMap<String, String>,
    /// How the dates of activities are read.
    activity_reading: ReadyField,
    progress: BTreeMap<String, bool>,
    extra: Vec<(String, usize)>,
}

#[derive(Debug, Default)]
struct ReadyField {
    columns: Vec<usize>,
    separator: String,
    constant: Option<String>,
    steps: Vec<ReadyStep>,
    /// Value map by the plain key of the text found.
    values: BTreeMap<String, String>,
    date_order: Option<DateOrder>,
    serial_dates: bool,
    decimal_style: DecimalStyle,
    region: Option<String>,
    default: Option<String>,
}

/// An activity as its source has it: position of the activity field, text, kind of the cell.
pub type ActivityCells = Vec<(u16, String, CellKind)>;

#[derive(Debug)]
enum ReadyActivities {
    None,
    Cells(Vec<usize>),
    /// For each group: position of the activity field → column.
    Groups(Vec<Vec<(usize, usize)>>),
}

/// Region in which phone numbers are read while the territory is unknown.
pub(crate) const DEFAULT_REGION: &str = "DE";

impl<'t> Interpreter<'t> {
    /// Checks `mapping` against the target and the source's `headers` and makes it ready.
    pub fn new(
        target: &'t Target,
        mapping: &Mapping,
        headers: &[String],
        settings: ReadingSettings,
    ) -> Result<Self, MappingProblem> {
        if mapping.target != target.id {
            return Err(MappingProblem::OtherTarget {
                mapping: mapping.target.clone(),
                target: target.id.clone(),
            });
        }
        let columns: BTreeMap<ColumnRef, usize> = ColumnRef::all(headers)
            .into_iter()
            .enumerate()
            .map(|(index, column)| (column, index))
            .collect();
        let find = |column: &ColumnRef, field: &str| {
            columns
                .get(column)
                .copied()
                .ok_or_else(|| MappingProblem::UnknownColumn {
                    column: column.name.clone(),
                    field: field.to_string(),
                })
        };
        let mut fields: Vec<Option<ReadyField>> = target.fields.iter().map(|_| None).collect();
        for (name, field) in &mapping.fields {
            let Some(index) = target.field_index(name) else {
                return Err(MappingProblem::UnknownField { field: name.clone() });
            };
            if field.default.is_some() && !target.fields[index].default_allowed {
                return Err(MappingProblem::DefaultNotAllowed { field: name.clone() });
            }
            fields[index] = Some(ReadyField::new(name, field, find)?);
        }
        let activity_fields = target.activity_fields();
        let activities = match &mapping.activities {
            ActivitiesOrigin::None => ReadyActivities::None,
            ActivitiesOrigin::Cells { columns } => {
                let found: Result<_, _> = columns.iter().map(|column| find(column, "activities")).collect();
                ReadyActivities::Cells(found?)
            }
            ActivitiesOrigin::Groups { groups } => {
                let mut ready = Vec::new();
                for group in groups {
                    let mut columns = Vec::new();
                    for (name, column) in group {
                        let field = activity_fields.iter().position(|field| field.name == *name);
                        let field =
                            field.ok_or_else(|| MappingProblem::UnknownField { field: name.clone() })?;
                        columns.push((field, find(column, name)?));
                    }
                    ready.push(columns);
                }
                ReadyActivities::Groups(ready)
            }
        };
        let extra: Result<_, _> = mapping
            .extra
            .iter()
            .map(|extra| Ok((extra.key.clone(), find(&extra.column, &extra.key)?)))
            .collect();
        let territory = target.role_index(Role::Territory);
        let mut order: Vec<usize> = (0..target.fields.len()).collect();
        order.sort_by_key(|&index| Some(index) != territory);
        Ok(Interpreter {
            target,
            settings,
            fields,
            order,
            territory,
            activities,
            activity_types: mapping
                .activity_types
                .iter()
                .map(|(k, v)| (plain_key(k), v.clone()))
                .collect(),
            activity_reading: ReadyField {
                date_order: mapping.activity_dates.order,
                serial_dates: mapping.activity_dates.serial.unwrap_or(false),
                ..ReadyField::default()
            },
            progress: mapping
                .progress
                .iter()
                .map(|(kind, decision)| (kind.clone(), decision.counts))
                .collect(),
            extra: extra?,
        })
    }

    /// The target for which rows are read.
    pub fn target(&self) -> &'t Target {
        self.target
    }

    /// True when a column or a constant gives the identities of rows.
    pub fn maps_identity(&self) -> bool {
        self.target
            .role_index(Role::ExternalId)
            .is_some_and(|index| self.fields[index].is_some())
    }

    /// The identity of a row: what its source or a person gives it, else `external_id`.
    pub fn identity(&self, row: Row<'_>, edits: Option<&Edits>, external_id: &ExternalId) -> ExternalId {
        let Some(index) = self.target.role_index(Role::ExternalId) else {
            return external_id.clone();
        };
        let edit = edits.and_then(|edits| edits.get(&self.target.fields[index].name));
        let text = match (edit, &self.fields[index]) {
            (Some(text), _) => clean(text, false),
            (None, Some(ready)) => clean(&ready.text(row).0, false),
            (None, None) => String::new(),
        };
        if text.is_empty() || is_placeholder(&text) {
            external_id.clone()
        } else {
            ExternalId(text)
        }
    }

    /// Makes the lead of a row. `edits` take the place of what the columns hold; `external_id` is the row's identity
    /// where the source brings none along.
    pub fn interpret(&self, row: Row<'_>, edits: Option<&Edits>, external_id: &ExternalId) -> Interpreted {
        let mut fields: Vec<Field> = vec![Field::default(); self.target.fields.len()];
        let mut findings = Vec::new();
        let mut region = DEFAULT_REGION.to_string();
        for &index in &self.order {
            let spec = &self.target.fields[index];
            let ready = self.fields[index].as_ref();
            let edit = edits.and_then(|edits| edits.get(&spec.name));
            let (text, kind) = match (edit, ready) {
                (Some(text), _) => (Cow::Borrowed(text.as_str()), CellKind::Text),
                (None, Some(ready)) => ready.text(row),
                (None, None) => (Cow::Borrowed(""), CellKind::Empty),
            };
            let place = Place::Field(position(index));
            fields[index] = self.field(spec, ready, &text, kind, &region, place, &mut findings);
            if Some(index) == self.territory
                && let Some(value) = &fields[index].value
            {
                region = value.to_text().to_uppercase();
            }
            if spec.role == Some(Role::ExternalId) && fields[index].text.is_empty() {
                fields[index] = Field {
                    text: external_id.0.clone(),
                    value: Some(Value::Text(external_id.0.clone())),
                };
            }
        }
        let edited = self
            .target
            .activities
            .as_ref()
            .and_then(|list| edits?.get(&list.name));
        let activities = match edited {
            Some(json) => self.edited_activities(json, &mut findings),
            None => self.activities(row, &mut findings),
        };
        let extra = self
            .extra
            .iter()
            .map(|(key, column)| (key.clone(), clean(row.cell(*column).text, true)));
        let extra = extra.filter(|(_, text)| !text.is_empty()).collect();
        Interpreted {
            lead: Lead {
                fields,
                activities,
                extra,
            },
            findings,
        }
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "one call site for fields and one for activities"
    )]
    fn field(
        &self,
        spec: &FieldSpec,
        ready: Option<&ReadyField>,
        text: &str,
        kind: CellKind,
        region: &str,
        place: Place,
        findings: &mut Vec<Finding>,
    ) -> Field {
        let text = clean(text, spec.kind == FieldKind::LongText);
        match kind {
            CellKind::Error => {
                findings.push(Finding::new(place, Problem::CellError, text.as_str()));
                return Field { text, value: None };
            }
            CellKind::UncachedFormula => {
                findings.push(Finding::new(place, Problem::NotCalculated, text.as_str()));
                return Field { text, value: None };
            }
            CellKind::Empty | CellKind::Text | CellKind::Number | CellKind::Moment | CellKind::Bool => {}
        }
        if text.is_empty() || is_placeholder(&text) {
            return Field::default();
        }
        let meant = ready.and_then(|ready| ready.values.get(&plain_key(&text)));
        let style = Style {
            date_order: ready.and_then(|ready| ready.date_order),
            serial_dates: ready.is_some_and(|ready| ready.serial_dates),
            decimal_style: ready.map_or_else(DecimalStyle::default, |ready| ready.decimal_style),
            zone: self.settings.zone,
            region: ready.and_then(|ready| ready.region.as_deref()).unwrap_or(region),
        };
        // A value map to nothing means: this text is no value.
        if meant.is_some_and(String::is_empty) {
            return Field::default();
        }
        let Outcome { value, problems } = read_value(spec, meant.map_or(&text, |meant| meant), kind, &style);
        for (problem, fix) in problems {
            findings.push(Finding {
                place,
                problem,
                value: text.clone(),
                fix,
            });
        }
        if let Some(repaired) = repair_mojibake(&text) {
            let fix = Some(Fix { text: repaired });
            findings.push(Finding {
                place,
                problem: Problem::Encoding,
                value: text.clone(),
                fix,
            });
        }
        Field { text, value }
    }

    fn activities(&self, row: Row<'_>, findings: &mut Vec<Finding>) -> Vec<Activity> {
        let mut activities = Vec::new();
        for cells in self.activity_cells_or(row, findings) {
            activities.push(self.activity_of(activities.len(), &borrowed(&cells), findings));
        }
        activities
    }

    /// The activities of a row as its source has them, for leads of another source. Texts without a date come along as
    /// summaries, so that the missing date is found where they arrive.
    pub fn activity_cells(&self, row: Row<'_>) -> Vec<ActivityCells> {
        let mut lost = Vec::new();
        let mut all = self.activity_cells_or(row, &mut lost);
        if let Some(summary) = self.activity_position(Role::ActivitySummary) {
            all.extend(
                lost.into_iter()
                    .map(|finding| vec![(summary, finding.value, CellKind::Text)]),
            );
        }
        all
    }

    /// Reads activities of another source into a lead, behind those that it has.
    pub fn add_activities(&self, interpreted: &mut Interpreted, all: &[ActivityCells]) {
        for cells in all {
            let at = interpreted.lead.activities.len();
            let activity = self.activity_of(at, &borrowed(cells), &mut interpreted.findings);
            interpreted.lead.activities.push(activity);
        }
    }

    fn activity_position(&self, role: Role) -> Option<u16> {
        self.target.activity_role_index(role).map(position)
    }

    fn activity_cells_or(&self, row: Row<'_>, findings: &mut Vec<Finding>) -> Vec<ActivityCells> {
        let mut all = Vec::new();
        match &self.activities {
            ReadyActivities::None => {}
            ReadyActivities::Cells(columns) => {
                for &column in columns {
                    let cell = row.cell(column);
                    if cell.kind == CellKind::Error {
                        findings.push(Finding::new(Place::Activities, Problem::CellError, cell.text));
                        continue;
                    }
                    let text = clean(cell.text, true);
                    if is_placeholder(&text) {
                        continue;
                    }
                    for found in activities_in(&text) {
                        if found.date.is_empty() {
                            findings.push(Finding::new(Place::Activities, Problem::Unreadable, found.whole));
                            continue;
                        }
                        let parts = [
                            (Role::ActivityDate, found.date),
                            (Role::ActivityType, found.kind),
                            (Role::ActivitySummary, found.summary),
                        ];
                        let filled = parts.into_iter().filter(|(_, text)| !text.is_empty());
                        all.push(
                            filled
                                .filter_map(|(role, text)| {
                                    Some((self.activity_position(role)?, text, CellKind::Text))
                                })
                                .collect(),
                        );
                    }
                }
            }
            ReadyActivities::Groups(groups) => {
                for group in groups {
                    let mut cells = ActivityCells::new();
                    for &(field, column) in group {
                        let cell = row.cell(column);
                        if !cell.is_blank() && !is_placeholder(cell.text) {
                            cells.push((position(field), cell.text.to_owned(), cell.kind));
                        }
                    }
                    if !cells.is_empty() {
                        all.push(cells);
                    }
                }
            }
        }
        all
    }

    fn edited_activities(&self, json: &str, findings: &mut Vec<Finding>) -> Vec<Activity> {
        let Ok(list) = serde_json::from_str::<Vec<BTreeMap<String, String>>>(json) else {
            findings.push(Finding::new(Place::Activities, Problem::Unreadable, json));
            return Vec::new();
        };
        let specs = self.target.activity_fields();
        let activity = |(at, texts): (usize, BTreeMap<String, String>)| {
            let texts: Vec<_> = texts
                .into_iter()
                .filter_map(|(name, text)| {
                    let field = specs.iter().position(|spec| spec.name == name)?;
                    Some((field, Cow::Owned(text), CellKind::Text))
                })
                .collect();
            self.activity_of(at, &texts, findings)
        };
        list.into_iter().enumerate().map(activity).collect()
    }

    fn activity_of(
        &self,
        at: usize,
        texts: &[(usize, Cow<'_, str>, CellKind)],
        findings: &mut Vec<Finding>,
    ) -> Activity {
        let specs = self.target.activity_fields();
        let mut fields = vec![Field::default(); specs.len()];
        for (index, text, kind) in texts {
            let spec = &specs[*index];
            let place = Place::Activity(position(at), position(*index));
            fields[*index] = if spec.role == Some(Role::ActivityType) {
                self.activity_type(spec, text, place, findings)
            } else {
                let reading = Some(&self.activity_reading);
                self.field(spec, reading, text, *kind, DEFAULT_REGION, place, findings)
            };
        }
        self.decide_progress(at, &mut fields, findings);
        Activity { fields }
    }

    fn activity_type(
        &self,
        spec: &FieldSpec,
        text: &str,
        place: Place,
        findings: &mut Vec<Finding>,
    ) -> Field {
        let text = clean(text, false);
        let mapped = self.activity_types.get(&plain_key(&text)).map(String::as_str);
        match mapped.or_else(|| type_named(spec, &text)) {
            Some(value) => Field {
                value: Some(Value::Choice(value.to_string())),
                text,
            },
            None => {
                findings.push(Finding::new(place, Problem::UnknownChoice, text.as_str()));
                Field { text, value: None }
            }
        }
    }

    /// Takes over the person's decision for the type where the source does not say itself whether it is progress.
    fn decide_progress(&self, at: usize, fields: &mut [Field], findings: &mut Vec<Finding>) {
        let kind = self.target.activity_role_index(Role::ActivityType);
        let Some(progress) = self.target.activity_role_index(Role::ActivityProgress) else {
            return;
        };
        if !fields[progress].text.is_empty() {
            return;
        }
        // Without a type there is nothing to decide about; the missing type is a finding of its own.
        let Some(Value::Choice(kind)) = kind.and_then(|kind| fields[kind].value.clone()) else {
            return;
        };
        match self.progress.get(&kind) {
            Some(&counts) => {
                fields[progress] = Field {
                    text: counts.to_string(),
                    value: Some(Value::Flag(counts)),
                };
            }
            None => {
                let place = Place::Activity(position(at), position(progress));
                findings.push(Finding::new(
                    place,
                    Problem::ProgressUndecided { activity_type: kind },
                    "",
                ));
            }
        }
    }
}

impl ReadyField {
    fn new(
        name: &str,
        field: &FieldMapping,
        find: impl Fn(&ColumnRef, &str) -> Result<usize, MappingProblem>,
    ) -> Result<Self, MappingProblem> {
        let (columns, separator, constant) = match &field.origin {
            Origin::Columns { columns, separator } => {
                let found: Result<_, _> = columns.iter().map(|column| find(column, name)).collect();
                (found?, separator.clone(), None)
            }
            Origin::Constant { value } => (Vec::new(), String::new(), Some(value.clone())),
        };
        let steps: Result<_, _> = field.steps.iter().map(super::Step::ready).collect();
        Ok(ReadyField {
            columns,
            separator,
            constant,
            steps: steps.map_err(|reason| MappingProblem::Pattern {
                field: name.to_string(),
                reason,
            })?,
            values: field
                .values
                .iter()
                .map(|(text, value)| (plain_key(text), value.clone()))
                .collect(),
            date_order: field.date_order,
            serial_dates: field.serial_dates.unwrap_or(false),
            decimal_style: field.decimal_style.unwrap_or_default(),
            region: field.region.clone(),
            default: field.default.clone(),
        })
    }

    /// The text of this field in `row`, before cleaning, and the kind of the cell it is from.
    fn text<'r>(&'r self, row: Row<'r>) -> (Cow<'r, str>, CellKind) {
        let (text, kind) = match (&self.constant, self.columns.as_slice()) {
            (Some(constant), _) => (Cow::Borrowed(constant.as_str()), CellKind::Text),
            (None, &[column]) => {
                let cell = row.cell(column);
                (Cow::Borrowed(cell.text), cell.kind)
            }
            (None, columns) => {
                let cells = columns
                    .iter()
                    .map(|&column| row.cell(column))
                    .filter(|cell| !cell.is_blank());
                let mut joined = String::new();
                let mut kind = CellKind::Empty;
                for cell in cells {
                    if !joined.is_empty() {
                        joined.push_str(&self.separator);
                    }
                    joined.push_str(cell.text.trim());
                    // One broken cell breaks what is joined from it.
                    kind = if matches!(kind, CellKind::Error | CellKind::UncachedFormula) {
                        kind
                    } else {
                        cell.kind
                    };
                }
                (Cow::Owned(joined), kind)
            }
        };
        let text = self
            .steps
            .iter()
            .fold(text, |text, step| Cow::Owned(step.apply(text.into_owned())));
        match &self.default {
            Some(default) if text.trim().is_empty() || is_placeholder(&text) => {
                (Cow::Borrowed(default.as_str()), CellKind::Text)
            }
            _ => (text, kind),
        }
    }
}

fn borrowed(cells: &ActivityCells) -> Vec<(usize, Cow<'_, str>, CellKind)> {
    let each = cells.iter();
    each.map(|(field, text, kind)| (usize::from(*field), Cow::Borrowed(text.as_str()), *kind))
        .collect()
}

/// Positions in findings are small: targets have tens of fields, cells at most some hundred activities.
fn position(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}
