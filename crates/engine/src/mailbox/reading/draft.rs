//! A lead in the making: for each field the best value found so far, and where it was found.

use std::collections::BTreeMap;

use crate::mailbox::layout::Span;
use crate::mailbox::parsed::LeadField;
use crate::mailbox::values::Found;

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    pub(super) value: String,
    pub(super) place: Place,
    /// How it was found: `label:E-Mail`, `position`, …
    pub(super) by: String,
    /// 0 to 1.
    pub(super) confidence: f64,
}

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a sheet, by its index.
    Sheet(usize, Span),
    /// In a header: the provenance's `part`, its decoded text, and the stretch of it.
    Header { part: String, text: String, span: Span },
}

/// A lead in the making.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Draft {
    pub(super) fields: BTreeMap<LeadField, Candidate>,
    /// What else the mail says, by label, in the order of the mail.
    pub(super) extra: Vec<(String, Candidate)>,
}

impl Draft {
    pub(super) fn has(&self, field: LeadField) -> bool {
        self.fields.contains_key(&field)
    }

    /// Takes a value unless a surer one is there; the first of two equally sure ones stays.
    pub(super) fn offer(&mut self, field: LeadField, candidate: Candidate) {
        match self.fields.get(&field) {
            Some(known) if known.confidence >= candidate.confidence => {}
            _ => {
                self.fields.insert(field, candidate);
            }
        }
    }

    pub(super) fn offer_extra(&mut self, label: String, candidate: Candidate) {
        let is_known = self.extra.iter().any(|(known, _)| *known == label);
        if !is_known && self.extra.len() < 200 {
            self.extra.push((label, candidate));
        }
    }

    /// Fills what is missing from another reading of the same lead.
    pub(super) fn fill_from(&mut self, other: &Draft) {
        for (field, candidate) in &other.fields {
            if !self.has(*field) && !self.contradicts(*field) {
                self.fields.insert(*field, candidate.clone());
            }
        }
        for (label, candidate) in &other.extra {
            self.offer_extra(label.clone(), candidate.clone());
        }
    }

    /// A given name from elsewhere does not belong to a family name that is already whole.
    fn contradicts(&self, field: LeadField) -> bool {
        match field {
            LeadField::FirstName => false,
            LeadField::Title | LeadField::Salutation => false,
            LeadField::PostalCode => self.has(LeadField::City) && self.has(LeadField::Street),
            _ => false,
        }
    }

    /// How much of a lead it is: what tells a lead from any other text that happens to have a label or two.
    pub(super) fn weight(&self) -> f64 {
        use LeadField::*;
        let any = |fields: &[LeadField]| fields.iter().any(|field| self.has(*field));
        let mut weight = 0.0;
        for (fields, counts) in [
            (&[Email][..], 1.2),
            (&[Phone], 1.0),
            (&[FirstName, LastName], 1.0),
            (&[Salutation], 0.3),
            (&[CompanyName], 0.5),
            (&[Street], 0.4),
            (&[PostalCode, City], 0.5),
            (&[Course], 0.9),
            (&[Message], 0.6),
            (&[ConsentGivenAt], 0.6),
            (&[ExternalId], 0.3),
            (&[Portal], 0.2),
        ] {
            if any(fields) {
                weight += counts;
            }
        }
        weight
    }

    /// A way to reach the person.
    pub(super) fn is_reachable(&self) -> bool {
        self.has(LeadField::Email) || self.has(LeadField::Phone)
    }

    pub(super) fn has_name(&self) -> bool {
        self.has(LeadField::FirstName) || self.has(LeadField::LastName)
    }

    pub(super) fn value(&self, field: LeadField) -> Option<&str> {
        self.fields.get(&field).map(|candidate| candidate.value.as_str())
    }

    /// All values with their confidence, to compare two readings of the same mail.
    pub(super) fn score(&self) -> f64 {
        let sure: f64 = self.fields.values().map(|candidate| candidate.confidence).sum();
        sure + 0.05 * self.extra.len().min(10) as f64
    }
}

/// The place of something that was found in a stretch of a sheet.
pub(super) fn within(sheet: usize, span: Span, found: &Found) -> Place {
    Place::Sheet(sheet, span.part(found.range.start, found.range.end))
}
