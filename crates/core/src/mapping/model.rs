use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Step;
use crate::language::{Language, Tell};
use crate::target::Target;
use crate::values::{DateOrder, DecimalStyle, Instant};

/// A person's decision how the columns of a source become the fields of a target.
///
/// Columns are named by their headers, not by position, so that a mapping fits the next export of the same system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mapping {
    /// The target's id.
    pub target: String,
    /// How each mapped field is filled, by the field's name.
    pub fields: BTreeMap<String, FieldMapping>,
    /// Where activities come from.
    #[serde(default)]
    pub activities: ActivitiesOrigin,
    /// What the source calls the activity types, by the text found there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub activity_types: BTreeMap<String, String>,
    /// Whether an activity of a type counts as progress: decided by a person per type, never derived.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub progress: BTreeMap<String, ProgressDecision>,
    /// How the dates of activities are to be read.
    #[serde(default, skip_serializing_if = "ActivityDates::is_open")]
    pub activity_dates: ActivityDates,
    /// Columns that go into the target's extra data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<ExtraColumn>,
    /// Under which name it was saved, and for which columns. No row is read differently for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub template: Option<TemplateMark>,
}

/// How the dates of activities are to be read; the columns of a group share it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActivityDates {
    /// Which of day and month comes first; undecided where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub order: Option<DateOrder>,
    /// Bare numbers are day numbers of a spreadsheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub serial: Option<bool>,
}

impl ActivityDates {
    fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

/// What makes a mapping a template: its name, and the columns of the source that it was saved for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TemplateMark {
    /// The name.
    pub name: String,
    /// All headers of the source, used or not.
    #[serde(default)]
    pub headers: Vec<String>,
    /// Who saved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub saved_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub saved_at: Option<Instant>,
}

/// Where one field's text comes from, and what is done to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FieldMapping {
    /// The columns or the constant.
    pub origin: Origin,
    /// Transformations, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// For choices: the text found → the value meant.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// For dates: which of day and month comes first. Undecided where absent: cells that do not prove it themselves
    /// are errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub date_order: Option<DateOrder>,
    /// For dates: bare numbers are day numbers of a spreadsheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub serial_dates: Option<bool>,
    /// For numbers: which character separates the decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub decimal_style: Option<DecimalStyle>,
    /// For phone numbers without a country code: the country they are from. The lead's territory where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub region: Option<String>,
    /// Stands in for empty cells, where the field allows that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub default: Option<String>,
}

impl FieldMapping {
    /// The plain text of one column.
    pub fn column(column: ColumnRef) -> Self {
        Self::new(Origin::Columns {
            columns: vec![column],
            separator: String::new(),
        })
    }

    /// The same text for every row.
    pub fn constant(value: impl Into<String>) -> Self {
        Self::new(Origin::Constant { value: value.into() })
    }

    fn new(origin: Origin) -> Self {
        FieldMapping {
            origin,
            steps: Vec::new(),
            values: BTreeMap::new(),
            date_order: None,
            serial_dates: None,
            decimal_style: None,
            region: None,
            default: None,
        }
    }
}

/// What a field is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "from", rename_all = "camelCase", deny_unknown_fields)]
pub enum Origin {
    /// One column, or several joined; empty cells are left out of the join.
    Columns {
        /// The columns in the order of joining.
        columns: Vec<ColumnRef>,
        /// What stands between them.
        #[serde(default)]
        separator: String,
    },
    /// The same text for every row.
    Constant {
        /// The text.
        value: String,
    },
}

/// A column by its header.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct ColumnRef {
    /// The header as the source has it, blanks cleaned.
    pub name: String,
    /// Which of several columns with this header, from 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub occurrence: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl ColumnRef {
    /// The first column with this header.
    pub fn named(name: impl Into<String>) -> Self {
        ColumnRef {
            name: name.into(),
            occurrence: 0,
        }
    }

    /// The references of all columns from left to right.
    pub fn all(headers: &[String]) -> Vec<Self> {
        let mut seen: BTreeMap<&String, u32> = BTreeMap::new();
        let mut all = Vec::with_capacity(headers.len());
        for name in headers {
            let count = seen.entry(name).or_default();
            all.push(ColumnRef {
                name: name.clone(),
                occurrence: *count,
            });
            *count += 1;
        }
        all
    }
}

/// Where activities come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "from", rename_all = "camelCase", deny_unknown_fields)]
pub enum ActivitiesOrigin {
    /// The source has none.
    #[default]
    None,
    /// As text in cells: `2024-05-15: Meeting | 2024-08-20: Sample-Box`.
    Cells {
        /// The columns; each may hold several activities.
        columns: Vec<ColumnRef>,
    },
    /// As repeated groups of columns: date 1, type 1, date 2, type 2 …
    Groups {
        /// For each group: activity field → column.
        groups: Vec<BTreeMap<String, ColumnRef>>,
    },
}

/// Whether activities of a type count as progress, as a person has decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProgressDecision {
    /// The decision.
    pub counts: bool,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub decided_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub decided_at: Option<Instant>,
}

/// A column that goes into the extra data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct ExtraColumn {
    /// The key in the extra data.
    pub key: String,
    /// The column.
    pub column: ColumnRef,
}

/// Why a mapping does not fit its target or source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.tell(Language::En))]
pub enum MappingProblem {
    /// Not JSON, or not of a mapping's shape.
    NotReadable {
        /// Line of the file, from 1.
        line: usize,
        /// Column in that line, from 1.
        column: usize,
        /// What the JSON reader says.
        reason: String,
    },
    /// Made for another target.
    OtherTarget {
        /// The mapping's.
        mapping: String,
        /// The wanted one.
        target: String,
    },
    /// A field that the target does not have.
    UnknownField {
        /// Its name.
        field: String,
    },
    /// A column that the source does not have.
    UnknownColumn {
        /// Its header.
        column: String,
        /// The field or list that asks for it.
        field: String,
    },
    /// A default for a field that must be known explicitly.
    DefaultNotAllowed {
        /// Its name.
        field: String,
    },
    /// A search pattern that cannot be used.
    Pattern {
        /// The field.
        field: String,
        /// What is wrong with the pattern.
        reason: String,
    },
}

impl Tell for MappingProblem {
    fn tell(&self, language: Language) -> String {
        match self {
            Self::NotReadable { line, column, reason } => language.pick(
                format!("Die Zuordnungsdatei ist in Zeile {line}, Spalte {column} nicht lesbar ({reason}). Bitte dort berichtigen."),
                format!("The mapping file cannot be read at line {line}, column {column} ({reason}). Please correct it there."),
            ),
            Self::OtherTarget { mapping, target } => language.pick(
                format!("Die Zuordnung gehört zum Ziel „{mapping}“, gewählt ist „{target}“. Bitte eine passende Zuordnung oder das andere Ziel wählen."),
                format!("The mapping belongs to the target \"{mapping}\", chosen is \"{target}\". Please choose a fitting mapping or the other target."),
            ),
            Self::UnknownField { field } => language.pick(
                format!("Die Zuordnung füllt das Feld „{field}“, das dieses Ziel nicht hat. Bitte entfernen oder den Namen prüfen."),
                format!("The mapping fills the field \"{field}\", which this target does not have. Please remove it or check the name."),
            ),
            Self::UnknownColumn { column, field } => language.pick(
                format!("Die Spalte „{column}“ für „{field}“ gibt es in dieser Quelle nicht. Bitte eine andere Spalte wählen."),
                format!("The column \"{column}\" for \"{field}\" does not exist in this source. Please choose another column."),
            ),
            Self::DefaultNotAllowed { field } => language.pick(
                format!("„{field}“ muss ausdrücklich bekannt sein und darf nicht mit einem Vorgabewert gefüllt werden."),
                format!("\"{field}\" must be known explicitly and may not be filled with a default."),
            ),
            Self::Pattern { field, reason } => language.pick(
                format!("Das Suchmuster bei „{field}“ ist nicht verwendbar: {reason}"),
                format!("The search pattern at \"{field}\" cannot be used: {reason}"),
            ),
        }
    }
}

impl Mapping {
    /// An empty mapping for `target`.
    pub fn empty(target: &Target) -> Self {
        Mapping {
            target: target.id.clone(),
            ..Self::default()
        }
    }

    /// Reads a mapping file.
    pub fn from_json(text: &str) -> Result<Self, MappingProblem> {
        serde_json::from_str(text).map_err(|error| MappingProblem::NotReadable {
            line: error.line(),
            column: error.column(),
            reason: error.to_string(),
        })
    }

    /// The columns of `headers` that no field uses.
    pub fn unmapped_columns(&self, headers: &[String]) -> Vec<ColumnRef> {
        let used: Vec<&ColumnRef> = self.used_columns().collect();
        ColumnRef::all(headers)
            .into_iter()
            .filter(|column| !used.contains(&column))
            .collect()
    }

    /// Required fields of the target that nothing fills, by name.
    pub fn unmapped_required_fields(&self, target: &Target) -> Vec<String> {
        let filled = |name: &str| self.fields.contains_key(name);
        target
            .fields
            .iter()
            .filter(|field| field.required && !filled(&field.name))
            .map(|field| field.name.clone())
            .collect()
    }

    /// All columns that the mapping reads.
    pub fn used_columns(&self) -> impl Iterator<Item = &ColumnRef> {
        let fields = self.fields.values().flat_map(|field| match &field.origin {
            Origin::Columns { columns, .. } => columns.as_slice(),
            Origin::Constant { .. } => &[],
        });
        let (cells, groups): (&[ColumnRef], &[BTreeMap<String, ColumnRef>]) = match &self.activities {
            ActivitiesOrigin::None => (&[], &[]),
            ActivitiesOrigin::Cells { columns } => (columns, &[]),
            ActivitiesOrigin::Groups { groups } => (&[], groups),
        };
        fields
            .chain(cells)
            .chain(groups.iter().flat_map(BTreeMap::values))
            .chain(self.extra.iter().map(|e| &e.column))
    }
}
