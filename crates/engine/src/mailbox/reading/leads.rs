//! From what a stretch of a mail is made of to leads: one, or several that follow each other or stand in rows.

use std::collections::BTreeSet;

use crate::mailbox::parsed::LeadField;
use crate::mailbox::vocabulary::{Concept, Section, normal_form};

use super::draft::Draft;
use super::fields::{Surroundings, draft};
use super::pairs::{Item, Pair};
use super::tables::Rows;

/// More leads than this in one mail are an export and not a mail; the rest is left out.
const MOST_LEADS: usize = 5_000;

/// The leads of a stretch, each with its pairs.
pub(super) fn leads(text: &str, items: &[Item], around: &Surroundings) -> Vec<(Draft, Vec<Pair>)> {
    let rows: Vec<&Rows> = items
        .iter()
        .filter_map(|item| match item {
            Item::Rows(rows) if is_of_people(rows) => Some(rows),
            _ => None,
        })
        .collect();
    let outside = pairs_of(items);
    if !rows.is_empty() {
        let records: Vec<Vec<Pair>> = rows
            .iter()
            .flat_map(|rows| rows.records())
            .take(MOST_LEADS)
            .collect();
        return together(text, &records, &outside, around);
    }
    let groups = groups(text, items, around);
    if groups.len() > 1 {
        let first = groups[0].first().map_or(0, |pair| pair.label.start);
        let shared: Vec<Pair> = outside
            .iter()
            .filter(|pair| pair.label.start < first)
            .cloned()
            .collect();
        return together(text, &groups, &shared, around);
    }
    let borrowed: Vec<&Pair> = outside.iter().collect();
    vec![(draft(text, &borrowed, around), outside)]
}

/// A lead for each record, with what the mail says once for all of them.
pub(super) fn together(
    text: &str,
    records: &[Vec<Pair>],
    shared: &[Pair],
    around: &Surroundings,
) -> Vec<(Draft, Vec<Pair>)> {
    let mut common = draft(text, &shared.iter().collect::<Vec<_>>(), around);
    common.fields.retain(|field, _| {
        matches!(
            field,
            LeadField::Course | LeadField::Portal | LeadField::ConsentGivenAt
        )
    });
    common.extra.clear();
    records
        .iter()
        .map(|pairs| {
            let mut lead = draft(text, &pairs.iter().collect::<Vec<_>>(), around);
            lead.fill_from(&common);
            (lead, pairs.clone())
        })
        .filter(|(lead, _)| lead.is_reachable() || lead.has_name())
        .collect()
}

/// The pairs that speak of the person; those of the portal or the recipient are left out.
fn pairs_of(items: &[Item]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for item in items {
        match item {
            Item::Pair(pair) if pair.section != Section::Foreign => pairs.push(pair.clone()),
            // One row below its header is a form that lies on its side.
            Item::Rows(rows) if rows.rows.len() == 1 => pairs.extend(rows.records().into_iter().flatten()),
            _ => {}
        }
    }
    pairs
}

/// Rows of people have a column by which one can be reached or named.
fn is_of_people(rows: &Rows) -> bool {
    let concepts: Vec<Concept> = rows
        .columns
        .iter()
        .filter_map(|column| column.meaning.as_ref())
        .map(|meaning| meaning.concepts[0])
        .collect();
    let reachable = concepts.iter().any(|concept| {
        matches!(
            concept,
            Concept::Email | Concept::Phone | Concept::Mobile | Concept::Contact
        )
    });
    let named = concepts.iter().any(|concept| is_name(*concept));
    reachable && (named || concepts.len() >= 3)
}

fn is_name(concept: Concept) -> bool {
    matches!(
        concept,
        Concept::Name
            | Concept::FirstName
            | Concept::LastName
            | Concept::FullName
            | Concept::NameLastFirst
            | Concept::CompanyOrName
            | Concept::From
    )
}

/// Divides pairs that describe several leads one after the other; a single group where they describe one.
fn groups(text: &str, items: &[Item], around: &Surroundings) -> Vec<Vec<Pair>> {
    let by_headings = groups_between_headings(items);
    let candidates = [by_headings, groups_from_anchor(text, items)];
    candidates
        .into_iter()
        .find(|groups| are_leads(text, groups, around))
        .unwrap_or_default()
}

/// Groups parted by headings and rules; groups that are no person belong to the one before.
fn groups_between_headings(items: &[Item]) -> Vec<Vec<Pair>> {
    let mut groups: Vec<Vec<Pair>> = vec![Vec::new()];
    for item in items {
        match item {
            Item::Pair(pair) if pair.section != Section::Foreign => {
                if let Some(group) = groups.last_mut() {
                    group.push(pair.clone());
                }
            }
            Item::Heading(_) | Item::Rule if groups.last().is_some_and(|group| !group.is_empty()) => {
                groups.push(Vec::new());
            }
            _ => {}
        }
    }
    let mut people: Vec<Vec<Pair>> = Vec::new();
    for group in groups {
        let named = group.iter().any(|pair| {
            pair.meaning
                .as_ref()
                .is_some_and(|meaning| is_name(meaning.concepts[0]))
        });
        match people.last_mut() {
            Some(last) if !named => last.extend(group),
            _ if named => people.push(group),
            _ => {}
        }
    }
    people
}

/// Groups that each begin with the label with which the first person begins.
fn groups_from_anchor(text: &str, items: &[Item]) -> Vec<Vec<Pair>> {
    let pairs = pairs_of(items);
    let is_core = |pair: &Pair| {
        pair.meaning.as_ref().is_some_and(|meaning| {
            is_name(meaning.concepts[0])
                || matches!(
                    meaning.concepts[0],
                    Concept::Salutation
                        | Concept::Title
                        | Concept::Company
                        | Concept::Email
                        | Concept::Phone
                        | Concept::ExternalId
                )
        })
    };
    let Some(first) = pairs.iter().position(is_core) else {
        return Vec::new();
    };
    let anchor = normal_form(pairs[first].label.of(text));
    let mut groups: Vec<Vec<Pair>> = Vec::new();
    for pair in &pairs[first..] {
        if normal_form(pair.label.of(text)) == anchor {
            groups.push(Vec::new());
        }
        if let Some(group) = groups.last_mut() {
            group.push(pair.clone());
        }
    }
    groups
}

/// Several groups are several leads when each is reachable and named, and no two are the same.
fn are_leads(text: &str, groups: &[Vec<Pair>], around: &Surroundings) -> bool {
    if groups.len() < 2 || groups.len() > MOST_LEADS {
        return false;
    }
    let mut seen: BTreeSet<(Option<String>, Option<String>, Option<String>)> = BTreeSet::new();
    groups.iter().all(|group| {
        let lead = draft(text, &group.iter().collect::<Vec<_>>(), around);
        let value = |field| lead.value(field).map(str::to_lowercase);
        lead.is_reachable()
            && lead.has_name()
            && seen.insert((
                value(LeadField::Email),
                value(LeadField::LastName),
                value(LeadField::FirstName),
            ))
    })
}
