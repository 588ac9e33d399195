//! A saved mapping and the columns of a file: what fits, what is missing, what is new, and what was probably renamed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::dictionary::{look_up, plain_key};
use super::model::{ActivitiesOrigin, ColumnRef, Mapping, Origin};

/// A column of a template that a file does not have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MissingColumn {
    /// Its header.
    pub header: String,
    /// The fields that it fills; none where the template does not use it.
    pub fields: Vec<String>,
    /// The new column that it is probably called now.
    pub renamed_to: Option<String>,
}

/// How a template fits the columns of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateFit {
    /// Columns of the template that the file has.
    pub found: u32,
    /// Columns of the template.
    pub columns: u32,
    /// Columns that the file does not have.
    pub missing: Vec<MissingColumn>,
    /// Columns of the file that the template does not know.
    pub new_columns: Vec<String>,
}

impl TemplateFit {
    /// True when every column of the template is there and no other.
    pub fn is_exact(&self) -> bool {
        self.missing.is_empty() && self.new_columns.is_empty()
    }

    /// How much template and file have in common, 0 to 1; renamed columns count half.
    #[allow(clippy::cast_precision_loss, reason = "a share of some hundred columns")]
    pub fn likeness(&self) -> f32 {
        let renamed = self
            .missing
            .iter()
            .filter(|column| column.renamed_to.is_some())
            .count();
        let all = self.columns as usize + self.new_columns.len() - renamed;
        (self.found as f32 + renamed as f32 / 2.0) / all.max(1) as f32
    }

    /// True when the template was probably made for files like this.
    pub fn is_likely(&self) -> bool {
        self.found >= 2 && self.likeness() >= 0.6
    }
}

/// The headers of which a template was made; of a mapping that was never saved as one, those that it uses.
fn headers_of(mapping: &Mapping) -> Vec<String> {
    match &mapping.template {
        Some(mark) if !mark.headers.is_empty() => mark.headers.clone(),
        _ => {
            let used: BTreeSet<&ColumnRef> = mapping.used_columns().collect();
            used.into_iter().map(|column| column.name.clone()).collect()
        }
    }
}

/// Compares a template with the headers of a file. Headers that differ only in case, blanks, signs or the spelling of
/// umlauts are the same.
pub fn template_fit(mapping: &Mapping, headers: &[String]) -> TemplateFit {
    let wanted = ColumnRef::all(&headers_of(mapping));
    let present = ColumnRef::all(headers);
    let same = same_columns(&wanted, &present);
    let missing: Vec<&ColumnRef> = wanted
        .iter()
        .filter(|column| !same.contains_key(*column))
        .collect();
    let taken: BTreeSet<&ColumnRef> = same.values().collect();
    let new: Vec<&ColumnRef> = present
        .iter()
        .filter(|column| !taken.contains(column) && !column.name.trim().is_empty())
        .collect();
    let mut renamings = renamings(&missing, &new, &wanted, &present);
    let missing: Vec<MissingColumn> = missing
        .into_iter()
        .map(|column| MissingColumn {
            header: column.name.clone(),
            fields: fields_of(mapping, column),
            renamed_to: renamings.remove(column).map(|new| new.name.clone()),
        })
        .collect();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    TemplateFit {
        found: count(wanted.len() - missing.len()),
        columns: count(wanted.len()),
        missing,
        new_columns: new.into_iter().map(|column| column.name.clone()).collect(),
    }
}

/// The columns of `wanted` that are in `present`, exactly or but for case, blanks and signs.
fn same_columns(wanted: &[ColumnRef], present: &[ColumnRef]) -> BTreeMap<ColumnRef, ColumnRef> {
    let exact: BTreeSet<&ColumnRef> = present.iter().collect();
    let mut by_key: BTreeMap<(String, u32), &ColumnRef> = BTreeMap::new();
    for column in present {
        by_key
            .entry((plain_key(&column.name), column.occurrence))
            .or_insert(column);
    }
    let mut taken = BTreeSet::new();
    let mut same = BTreeMap::new();
    for column in wanted.iter().filter(|column| exact.contains(column)) {
        taken.insert(column.clone());
        same.insert(column.clone(), column.clone());
    }
    for column in wanted {
        let key = (plain_key(&column.name), column.occurrence);
        if let (false, false, Some(found)) = (same.contains_key(column), key.0.is_empty(), by_key.get(&key))
            && taken.insert((*found).clone())
        {
            same.insert(column.clone(), (*found).clone());
        }
    }
    same
}

/// Which new column each missing one is probably called now: names of the same thing, or that look alike, or that stand
/// in the same place between the same neighbours.
fn renamings<'a>(
    missing: &[&'a ColumnRef],
    new: &[&'a ColumnRef],
    wanted: &[ColumnRef],
    present: &[ColumnRef],
) -> BTreeMap<&'a ColumnRef, &'a ColumnRef> {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (at, old) in missing.iter().enumerate() {
        for (other, found) in new.iter().enumerate() {
            let likeness = likeness(old, found)
                + if between_the_same(old, found, wanted, present) {
                    0.25
                } else {
                    0.0
                };
            if likeness >= 0.7 {
                pairs.push((likeness, at, other));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut renamings = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for (_, at, other) in pairs {
        if !renamings.contains_key(missing[at]) && taken.insert(other) {
            renamings.insert(missing[at], new[other]);
        }
    }
    renamings
}

fn likeness(old: &ColumnRef, new: &ColumnRef) -> f64 {
    let (one, other) = (plain_key(&old.name), plain_key(&new.name));
    let letters = strsim::normalized_damerau_levenshtein(&one, &other);
    let inside = one.len().min(other.len()) >= 4 && (one.contains(&other) || other.contains(&one));
    let role = |header: &str| {
        look_up(header)
            .into_iter()
            .next()
            .filter(|entry| entry.closeness > 0.8)
            .map(|entry| entry.role)
    };
    let (a, b) = (role(&old.name), role(&new.name));
    let meaning: f64 = match (a, b) {
        (Some(a), Some(b)) if a == b => 0.8,
        // Two things that the dictionary tells apart are not one thing renamed, however alike their names.
        (Some(_), Some(_)) => return 0.0,
        _ if inside => 0.7,
        _ => 0.0,
    };
    meaning.max(letters)
}

fn between_the_same(old: &ColumnRef, new: &ColumnRef, wanted: &[ColumnRef], present: &[ColumnRef]) -> bool {
    let around = |column: &ColumnRef, all: &[ColumnRef]| {
        let at = all.iter().position(|other| other == column);
        let key = |at: Option<usize>| at.and_then(|at| all.get(at)).map(|other| plain_key(&other.name));
        at.map(|at| (key(at.checked_sub(1)), key(Some(at + 1))))
    };
    around(old, wanted)
        .is_some_and(|neighbours| neighbours != (None, None) && around(new, present) == Some(neighbours))
}

/// What a column fills, by the names of fields; activities and extra data under their own names.
fn fields_of(mapping: &Mapping, column: &ColumnRef) -> Vec<String> {
    let mut fields: Vec<String> = mapping
        .fields
        .iter()
        .filter(
            |(_, field)| matches!(&field.origin, Origin::Columns { columns, .. } if columns.contains(column)),
        )
        .map(|(name, _)| name.clone())
        .collect();
    let in_activities = match &mapping.activities {
        ActivitiesOrigin::None => false,
        ActivitiesOrigin::Cells { columns } => columns.contains(column),
        ActivitiesOrigin::Groups { groups } => groups
            .iter()
            .any(|group| group.values().any(|other| other == column)),
    };
    fields.extend(in_activities.then(|| "activities".to_owned()));
    fields.extend(
        mapping
            .extra
            .iter()
            .filter(|extra| extra.column == *column)
            .map(|extra| extra.key.clone()),
    );
    fields
}

/// The template for the columns of a file: under their present names, without what is missing. `renamed` says which
/// missing headers are called otherwise now (old → new); what it does not name is left out.
pub fn fit_template(mapping: &Mapping, headers: &[String], renamed: &BTreeMap<String, String>) -> Mapping {
    let wanted: BTreeSet<ColumnRef> = mapping
        .used_columns()
        .cloned()
        .chain(ColumnRef::all(&headers_of(mapping)))
        .collect();
    let wanted: Vec<ColumnRef> = wanted.into_iter().collect();
    let present = ColumnRef::all(headers);
    let mut columns = same_columns(&wanted, &present);
    for column in &wanted {
        let new = renamed.get(&column.name).map(|name| ColumnRef {
            name: name.clone(),
            occurrence: column.occurrence,
        });
        if let Some(new) = new.filter(|new| present.contains(new)) {
            columns.entry(column.clone()).or_insert(new);
        }
    }
    let mut fitted = mapping.clone();
    fitted.fields.retain(|_, field| match &mut field.origin {
        Origin::Constant { .. } => true,
        Origin::Columns { columns: used, .. } => {
            *used = used
                .iter()
                .filter_map(|column| columns.get(column).cloned())
                .collect();
            !used.is_empty()
        }
    });
    fitted.activities = match fitted.activities {
        ActivitiesOrigin::None => ActivitiesOrigin::None,
        ActivitiesOrigin::Cells { columns: used } => {
            let used: Vec<ColumnRef> = used
                .iter()
                .filter_map(|column| columns.get(column).cloned())
                .collect();
            if used.is_empty() {
                ActivitiesOrigin::None
            } else {
                ActivitiesOrigin::Cells { columns: used }
            }
        }
        ActivitiesOrigin::Groups { groups } => {
            let groups: Vec<BTreeMap<String, ColumnRef>> = groups
                .into_iter()
                .map(|group| {
                    let kept = group.into_iter();
                    kept.filter_map(|(name, column)| Some((name, columns.get(&column)?.clone())))
                        .collect()
                })
                .filter(|group: &BTreeMap<_, _>| !group.is_empty())
                .collect();
            if groups.is_empty() {
                ActivitiesOrigin::None
            } else {
                ActivitiesOrigin::Groups { groups }
            }
        }
    };
    fitted.extra = fitted
        .extra
        .into_iter()
        .filter_map(|mut extra| {
            extra.column = columns.get(&extra.column)?.clone();
            Some(extra)
        })
        .collect();
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::{FieldMapping, TemplateMark};

    fn headers(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn template() -> Mapping {
        let mut mapping = Mapping {
            target: "migration".into(),
            ..Mapping::default()
        };
        for (field, column) in [
            ("companyName", "Firma"),
            ("city", "Ort"),
            ("contact.phone", "Telefon"),
            ("notes", "Bemerkung"),
        ] {
            mapping
                .fields
                .insert(field.into(), FieldMapping::column(ColumnRef::named(column)));
        }
        mapping.template = Some(TemplateMark {
            name: "Süd".into(),
            headers: headers(&[
                "Firma",
                "Ort",
                "Telefon",
                "Bemerkung",
                "Fax",
                "PLZ",
                "Vorname",
                "Nachname",
                "E-Mail",
            ]),
            saved_by: None,
            saved_at: None,
        });
        mapping
    }

    #[test]
    fn the_same_columns_fit_exactly_whatever_their_case_and_order() {
        for names in [
            [
                "Firma",
                "Ort",
                "Telefon",
                "Bemerkung",
                "Fax",
                "PLZ",
                "Vorname",
                "Nachname",
                "E-Mail",
            ],
            [
                "FAX",
                "ort",
                " Bemerkung ",
                "Telefon:",
                "Firma",
                "Email",
                "plz",
                "vorname",
                "NACHNAME",
            ],
        ] {
            let fit = template_fit(&template(), &headers(&names));
            assert!(fit.is_exact() && fit.is_likely(), "{fit:?}");
        }
        let fitted = fit_template(
            &template(),
            &headers(&["FIRMA", "ORT", "TELEFON", "BEMERKUNG"]),
            &BTreeMap::new(),
        );
        let used: Vec<&str> = fitted.used_columns().map(|column| column.name.as_str()).collect();
        assert_eq!(used, ["ORT", "FIRMA", "TELEFON", "BEMERKUNG"]);
    }

    #[test]
    fn drift_is_told_and_a_renamed_column_is_recognised() {
        let now = headers(&[
            "Firma",
            "Ort",
            "Tel.",
            "Kundengruppe",
            "PLZ",
            "Vorname",
            "Nachname",
            "E-Mail",
        ]);
        let fit = template_fit(&template(), &now);
        assert!(fit.is_likely(), "{}", fit.likeness());
        assert_eq!((fit.found, fit.columns), (6, 9));
        assert_eq!(fit.new_columns, ["Tel.", "Kundengruppe"]);
        let missing: Vec<(&str, usize, Option<&str>)> = fit
            .missing
            .iter()
            .map(|column| {
                (
                    column.header.as_str(),
                    column.fields.len(),
                    column.renamed_to.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            missing,
            [
                ("Telefon", 1, Some("Tel.")),
                ("Bemerkung", 1, None),
                ("Fax", 0, None)
            ]
        );
        let renamed = BTreeMap::from([("Telefon".to_owned(), "Tel.".to_owned())]);
        let fitted = fit_template(&template(), &now, &renamed);
        assert_eq!(
            fitted.fields.keys().collect::<Vec<_>>(),
            ["city", "companyName", "contact.phone"]
        );
        // Without the word of a person, the renamed column is only proposed.
        let fitted = fit_template(&template(), &now, &BTreeMap::new());
        assert!(!fitted.fields.contains_key("contact.phone"));
    }

    #[test]
    fn other_files_are_not_taken_for_this_one() {
        let fit = template_fit(
            &template(),
            &headers(&["Vorname", "Nachname", "Ort", "Geburtstag", "Straße", "Newsletter"]),
        );
        assert!(!fit.is_likely(), "{}", fit.likeness());
        assert_eq!(
            fit.missing
                .iter()
                .filter(|column| column.renamed_to.is_some())
                .count(),
            0,
            "{fit:?}"
        );
    }

    #[test]
    fn things_that_the_dictionary_tells_apart_are_never_a_renaming() {
        let mut mapping = template();
        mapping.template.as_mut().unwrap().headers = headers(&["Firma", "Nachname", "Ort"]);
        let fit = template_fit(&mapping, &headers(&["Firma", "Vorname", "Ort"]));
        assert_eq!(fit.missing[0].renamed_to, None);
    }
}
