//! Why two rows match: field by field, in the forms that were compared.

use serde::{Deserialize, Serialize};

use super::company::WORD;
use super::hash::count;
use super::index::Index;
use super::record::{EMAIL_SCORE, LIMIT, PHONE_SCORE, Reason, Record, Side};

/// A field that takes part in the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// E-mail address.
    Email,
    /// Phone number.
    Phone,
    /// Company, or what else the row is called.
    Company,
    /// City.
    City,
    /// Postcode.
    Postcode,
}

/// How one field of two rows compares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct FieldEvidence {
    /// Which field.
    pub field: Field,
    /// The first row's normal form; empty where there is no value.
    pub a: String,
    /// The second row's.
    pub b: String,
    /// 0 to 1; `None` where one side has no value.
    pub similarity: Option<f32>,
}

/// Why two rows match, or how near they come to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Explanation {
    /// The best score of the three stages; below [`LIMIT`] the rows are no pair. 0 where nothing agrees.
    pub score: f32,
    /// The stage that gave it; `None` where none did.
    pub reason: Option<Reason>,
    /// The fields in the order of [`Field`].
    pub fields: Vec<FieldEvidence>,
}

impl Index {
    /// Compares two rows field by field; `None` when one of them is not in the index.
    pub fn explain(&mut self, a: u32, b: u32) -> Option<Explanation> {
        self.prepare();
        let (one, two) = (self.slot(a)?, self.slot(b)?);
        let rows = &self.rows;
        let verdict = self.judge(one, two);
        let (score, reason) = if rows.same_email(one, two) {
            (EMAIL_SCORE, Some(Reason::EmailExact))
        } else if rows.same_phone(one, two) {
            (PHONE_SCORE, Some(Reason::PhoneNormalized))
        } else {
            let score = verdict.map_or(0.0, |verdict| verdict.score);
            (score, (score >= LIMIT).then_some(Reason::CompanyFuzzy))
        };
        let exact = |field, a: String, b: String| FieldEvidence {
            similarity: (!a.is_empty() && !b.is_empty()).then_some(if a == b { 1.0 } else { 0.0 }),
            field,
            a,
            b,
        };
        let number = |value: u64| {
            if value == 0 {
                String::new()
            } else {
                format!("+{value}")
            }
        };
        let phone = |slot: u32| number(rows.phones[slot as usize]);
        let code = |slot: u32| match rows.postcodes[slot as usize] {
            0 => String::new(),
            digits @ 1..1_000_000 => digits.to_string(),
            other => format!("#{other:x}"),
        };
        let name = |slot: u32| self.company_form(slot);
        let names = super::compare::compare_names(&self.vocabulary, rows.name(one), rows.name(two));
        let both_named = self.has_name(one) && self.has_name(two);
        let place = |slot: u32| rows.places[slot as usize];
        let fields = vec![
            exact(
                Field::Email,
                rows.email(one).to_string(),
                rows.email(two).to_string(),
            ),
            exact(Field::Phone, phone(one), phone(two)),
            FieldEvidence {
                field: Field::Company,
                a: name(one),
                b: name(two),
                similarity: both_named.then_some(names.similarity),
            },
            FieldEvidence {
                field: Field::City,
                a: self.places.form(place(one)),
                b: self.places.form(place(two)),
                similarity: self.places.compare(place(one), place(two)),
            },
            exact(Field::Postcode, code(one), code(two)),
        ];
        Some(Explanation {
            score,
            reason,
            fields,
        })
    }

    fn company_form(&self, slot: u32) -> String {
        let words = self
            .rows
            .words(slot)
            .iter()
            .map(|word| self.vocabulary.text(word & WORD));
        words.collect::<Vec<_>>().join(" ")
    }
}

fn index_of(record: &Record<'_>) -> Index {
    let mut index = Index::new();
    index.replace(Side::Project, record);
    index
}

/// The words by which a company's name is compared: folded, without legal form and fillers, abbreviations written out.
/// For people to see; comparing two such texts is no substitute for the index.
pub fn normal_company(text: &str) -> String {
    let record = Record {
        company: text,
        ..Record::default()
    };
    index_of(&record).company_form(0)
}

/// The form by which a city's name is compared: folded, one name for all its names, then what tells it from others.
pub fn normal_city(text: &str) -> String {
    let record = Record {
        city: text,
        ..Record::default()
    };
    let index = index_of(&record);
    index.places.form(index.rows.places[count(0) as usize])
}
