//! The leads of all stored mails as a table, so that they go the same way as the rows of a file.

use std::collections::BTreeMap;

use lotse_core::table::{Cell, RowBlock};

use super::parsed::{LeadField, ParsedLead};
use super::store::{MailId, MailStore, StoreError, lead_id};

/// Extra labels that get a column of their own at most; the rarest are left out.
const MOST_EXTRA_COLUMNS: usize = 100;

/// The leads of a store, one a row, in the order in which their mails came.
#[derive(Clone, Debug, Default)]
pub struct LeadTable {
    /// The names of the fields (see [`LeadField::ALL`]), then the labels of what the mails say beyond.
    pub header: Vec<String>,
    /// The rows, numbered from 1.
    pub blocks: Vec<RowBlock>,
    /// The mail and the place in it of each row.
    pub origins: Vec<LeadOrigin>,
}

/// Where a row of a [`LeadTable`] came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadOrigin {
    /// The mail.
    pub mail: MailId,
    /// The lead in it, from 0.
    pub lead: usize,
}

/// Puts the leads of all read mails into a table.
///
/// The column `externalId` holds the number that the portal gave, else `MAIL-` and a short hash of the Message-ID,
/// with `-2`, `-3` for further leads of the same mail; it is the same each time.
///
/// # Errors
/// When the store cannot be read.
pub fn lead_table(store: &MailStore) -> Result<LeadTable, StoreError> {
    let extra = extra_columns(store)?;
    let mut header: Vec<String> = LeadField::ALL
        .iter()
        .map(|field| field.name().to_string())
        .collect();
    for label in &extra {
        let taken =
            |header: &[String], name: &str| header.iter().any(|known| known.eq_ignore_ascii_case(name));
        let mut name = label.clone();
        let mut number = 2;
        while taken(&header, &name) {
            name = format!("{label} ({number})");
            number += 1;
        }
        header.push(name);
    }
    let mut table = LeadTable {
        header,
        ..LeadTable::default()
    };
    let width = table.header.len();
    let mut block = RowBlock::new(width);
    store.each_parsed(|mail, external_id, parsed| {
        for (index, lead) in parsed.leads.iter().enumerate() {
            let fallback = lead_id(external_id, index);
            let Ok(number) = u32::try_from(table.origins.len() + 1) else {
                return;
            };
            block.push(number, cells(lead, &fallback, &extra));
            table.origins.push(LeadOrigin { mail, lead: index });
            if block.is_full() {
                table
                    .blocks
                    .push(std::mem::replace(&mut block, RowBlock::new(width)));
            }
        }
    })?;
    if !block.is_empty() {
        table.blocks.push(block);
    }
    Ok(table)
}

fn cells<'a>(
    lead: &'a ParsedLead,
    external_id: &'a str,
    extra: &'a [String],
) -> impl Iterator<Item = Cell<'a>> {
    let fields = LeadField::ALL
        .iter()
        .map(move |field| match (lead.get(*field), field) {
            (Some(value), _) => Cell::text(value),
            (None, LeadField::ExternalId) => Cell::text(external_id),
            (None, _) => Cell::EMPTY,
        });
    let extra = extra.iter().map(|label| {
        lead.extra
            .get(label)
            .map_or(Cell::EMPTY, |value| Cell::text(value))
    });
    fields.chain(extra)
}

/// The labels beyond the fields, the most frequent ones, in alphabetical order.
fn extra_columns(store: &MailStore) -> Result<Vec<String>, StoreError> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    store.each_parsed(|_, _, parsed| {
        for lead in parsed.leads {
            for label in lead.extra.into_keys() {
                *counts.entry(label).or_default() += 1;
            }
        }
    })?;
    let mut labels: Vec<(String, usize)> = counts.into_iter().collect();
    labels.sort_by(|(a, more), (b, less)| less.cmp(more).then_with(|| a.cmp(b)));
    labels.truncate(MOST_EXTRA_COLUMNS);
    let mut labels: Vec<String> = labels.into_iter().map(|(label, _)| label).collect();
    labels.sort();
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::parsed::{MailStatus, ParsedMail};
    use super::super::store::{Fetched, Outcome};
    use super::*;

    fn lead(fields: &[(LeadField, &str)], extra: &[(&str, &str)]) -> ParsedLead {
        ParsedLead {
            fields: fields
                .iter()
                .map(|(field, value)| (*field, (*value).to_string()))
                .collect(),
            extra: extra
                .iter()
                .map(|(label, value)| ((*label).to_string(), (*value).to_string()))
                .collect(),
            provenance: BTreeMap::new(),
            confidence: 0.9,
        }
    }

    #[test]
    fn rows_carry_stable_ids_and_extra_columns() {
        let folder = tempfile::tempdir().unwrap();
        let store = MailStore::open(&folder.path().join("box.mails")).unwrap();
        let state = store.enter_folder("INBOX", 1, None, u64::MAX).unwrap();
        let mail = |uid: u32| Fetched {
            uid,
            outcome: Outcome::Mail {
                raw: format!("Message-ID: <{uid}@x>\n\nbody").into_bytes(),
                internal_date: None,
            },
        };
        store.add(&state, &[mail(1), mail(2)], 2).unwrap();
        let parsed = |leads| ParsedMail {
            status: MailStatus::Parsed,
            leads,
            ..ParsedMail::unmatched()
        };
        let readings = [
            (
                1,
                parsed(vec![
                    lead(
                        &[(LeadField::LastName, "Muster")],
                        &[("Beginn", "sofort"), ("Email", "x")],
                    ),
                    lead(&[(LeadField::LastName, "Klein")], &[]),
                ]),
            ),
            (
                2,
                parsed(vec![lead(
                    &[(LeadField::ExternalId, "A-7")],
                    &[("Beginn", "Mai")],
                )]),
            ),
        ];
        store.put_readings(&readings, "test").unwrap();

        let table = lead_table(&store).unwrap();
        assert_eq!(&table.header[17..], ["Beginn", "Email (2)"]);
        let column = |name: &str| table.header.iter().position(|known| known == name).unwrap();
        let cell = |row: usize, name: &str| table.blocks[0].row(row).cell(column(name)).text.to_string();
        let mail_id = store.mail(1).unwrap().external_id;
        assert_eq!(cell(0, "externalId"), mail_id);
        assert_eq!(cell(1, "externalId"), format!("{mail_id}-2"));
        assert_eq!(cell(2, "externalId"), "A-7");
        assert_eq!(cell(2, "Beginn"), "Mai");
        assert_eq!(table.blocks[0].row(2).number(), 3);
        assert_eq!(table.origins[1], LeadOrigin { mail: 1, lead: 1 });
    }
}
