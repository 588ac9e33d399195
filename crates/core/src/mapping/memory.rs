//! What was mapped earlier on this machine, as far as suggestions need it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::dictionary::plain_key;
use super::model::{ActivitiesOrigin, ColumnRef, Mapping, Origin};
use super::{NamePart, Step};
use crate::profile::ColumnProfile;
use crate::target::{FieldKind, FieldSpec, Role, Target};

/// Where a column of this header went the last time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "camelCase")]
pub enum EarlierUse {
    /// Into a field.
    Field {
        /// Its name.
        name: String,
    },
    /// Into first and last name.
    FullName,
    /// Into the activities, as text.
    Activities,
    /// Nowhere: a person left it out.
    Nothing,
}

/// Earlier mappings to one target. Decisions about progress are no part of it: they are asked again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Memory {
    /// By the header without case, signs and accents.
    pub columns: BTreeMap<String, EarlierUse>,
    /// What texts in choice fields meant: field → text without case, signs and accents → value.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
}

impl Memory {
    /// Headers and values that are remembered at most, so that the memory stays a small file.
    const MOST: usize = 2000;

    /// Where a column of this header went the last time.
    pub fn column(&self, header: &str) -> Option<&EarlierUse> {
        self.columns
            .get(&plain_key(header))
            .filter(|_| !header.trim().is_empty())
    }

    /// Remembers a mapping of columns with these headers. What was remembered for the same headers is replaced. That a
    /// column goes nowhere is remembered only where something was `offered` for it: else nobody has decided that.
    pub fn learn(&mut self, target: &Target, headers: &[String], mapping: &Mapping, offered: &[ColumnRef]) {
        for column in ColumnRef::all(headers) {
            let key = plain_key(&column.name);
            if key.is_empty() || column.occurrence > 0 {
                continue;
            }
            let earlier = use_of(target, mapping, &column)
                .filter(|earlier| *earlier != EarlierUse::Nothing || offered.contains(&column));
            match earlier {
                Some(earlier) if self.columns.len() < Self::MOST || self.columns.contains_key(&key) => {
                    self.columns.insert(key, earlier);
                }
                Some(_) => {}
                None => {
                    self.columns.remove(&key);
                }
            }
        }
        for (name, field) in mapping
            .fields
            .iter()
            .filter(|(_, field)| !field.values.is_empty())
        {
            let values = self.values.entry(name.clone()).or_default();
            for (text, value) in &field.values {
                if values.len() < Self::MOST {
                    values.insert(plain_key(text), value.clone());
                }
            }
        }
    }

    /// What the texts of a column meant earlier, for those that nothing else explains.
    pub(super) fn values_for(&self, spec: &FieldSpec, profile: &ColumnProfile) -> BTreeMap<String, String> {
        let Some(known) = self
            .values
            .get(&spec.name)
            .filter(|_| spec.kind == FieldKind::Choice)
        else {
            return BTreeMap::new();
        };
        let texts = profile.distinct.keys();
        texts
            .filter(|text| super::read::choice_named(spec, text).is_none())
            .filter_map(|text| {
                let value = known.get(&plain_key(text))?;
                let fits = value.is_empty() || spec.choices.iter().any(|choice| choice.value == *value);
                fits.then(|| (text.clone(), value.clone()))
            })
            .collect()
    }
}

/// Where a mapping takes a column; `None` where no single word says it.
fn use_of(target: &Target, mapping: &Mapping, column: &ColumnRef) -> Option<EarlierUse> {
    let mut fields = mapping.fields.iter().filter(
        |(_, field)| matches!(&field.origin, Origin::Columns { columns, .. } if columns.contains(column)),
    );
    let in_activities = match &mapping.activities {
        ActivitiesOrigin::None => false,
        ActivitiesOrigin::Cells { columns } => columns.contains(column),
        // Groups are found by their numbers.
        ActivitiesOrigin::Groups { groups }
            if groups.iter().any(|group| group.values().any(|c| c == column)) =>
        {
            return None;
        }
        ActivitiesOrigin::Groups { .. } => false,
    };
    match (fields.next(), fields.next()) {
        (None, _) if in_activities => Some(EarlierUse::Activities),
        (None, _) if mapping.extra.iter().any(|extra| extra.column == *column) => None,
        (None, _) => Some(EarlierUse::Nothing),
        (Some((name, field)), None) => {
            // What is joined or cut out of a text is more than a header can say.
            let alone = matches!(&field.origin, Origin::Columns { columns, .. } if columns.len() == 1);
            alone.then(|| EarlierUse::Field { name: name.clone() })
        }
        (Some((name, first)), Some(_)) => {
            let is_first = target
                .role_index(Role::FirstName)
                .is_some_and(|index| target.fields[index].name == *name);
            let split = first.steps.iter().any(|step| {
                matches!(
                    step,
                    Step::NamePart {
                        part: NamePart::First
                    }
                )
            });
            (is_first && split).then_some(EarlierUse::FullName)
        }
    }
}
