//! The leads of stored mails as a table, so that they go the same way as the rows of a file.

use std::collections::{BTreeMap, BTreeSet};

use chrono::SecondsFormat;
use lotse_core::table::{Cell, RowBlock};

use super::parsed::{LeadField, ParsedLead};
use super::store::{MailStore, ReadMail, StoreError, lead_id};
use crate::project::MailOrigin;

/// Extra labels that get a column of their own at most; the rarest are left out.
const MOST_EXTRA_COLUMNS: usize = 100;

/// The column with the identity that Lotse gives each lead of a mail.
pub const LEAD_ID_COLUMN: &str = "leadId";

/// Which leads of a store to put into a table.
#[derive(Clone, Debug, Default)]
pub struct LeadSelection {
    /// Only mails that lie in one of these folders, or no longer lie in any; all mails where the list is empty.
    pub folders: Vec<String>,
    /// Mails to leave out, by their external ids.
    pub without: BTreeSet<String>,
    /// Columns that are there even when no lead fills them: an earlier mapping reads them.
    pub columns: Vec<String>,
}

/// The leads of a store, one a row, in the order in which their mails came.
#[derive(Clone, Debug, Default)]
pub struct LeadTable {
    /// [`LEAD_ID_COLUMN`], the names of the fields (see [`LeadField::ALL`]), then the labels of what the mails say
    /// beyond.
    pub header: Vec<String>,
    /// The rows, numbered from 1.
    pub blocks: Vec<RowBlock>,
    /// The mail of each row, and where its values stand in it.
    pub origins: Vec<MailOrigin>,
    /// Mails with leads that were left out as asked.
    pub left_out: u64,
}

/// Puts the leads of read mails into a table.
///
/// The column [`LEAD_ID_COLUMN`] holds `MAIL-` and a short hash of the Message-ID, with `-2`, `-3` for further leads of
/// the same mail; it is the same each time. The number that a portal gave stands in `externalId`: two portals may give
/// the same one.
///
/// # Errors
/// When the store cannot be read.
pub fn lead_table(store: &MailStore, selection: &LeadSelection) -> Result<LeadTable, StoreError> {
    let mut table = LeadTable::default();
    let extra = extra_columns(store, selection, &mut table.left_out)?;
    table.header = header(&extra);
    let width = table.header.len();
    let mut block = RowBlock::new(width);
    store.each_parsed(&selection.folders, |mail| {
        if selection.without.contains(&mail.external_id) {
            return;
        }
        for (index, lead) in mail.parsed.leads.iter().enumerate() {
            let (Ok(number), Ok(place)) = (u32::try_from(table.origins.len() + 1), u32::try_from(index))
            else {
                return;
            };
            let id = lead_id(&mail.external_id, index);
            block.push(number, cells(lead, &id, &extra));
            table.origins.push(origin(&mail, place, lead));
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

fn header(extra: &[String]) -> Vec<String> {
    let mut header = vec![LEAD_ID_COLUMN.to_string()];
    header.extend(LeadField::ALL.iter().map(|field| field.name().to_string()));
    for label in extra {
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
    header
}

fn origin(mail: &ReadMail, place: u32, lead: &ParsedLead) -> MailOrigin {
    MailOrigin {
        mail: mail.external_id.clone(),
        lead: place,
        from: mail.from.clone(),
        subject: mail.subject.clone(),
        date: mail.date.to_rfc3339_opts(SecondsFormat::Secs, true),
        rule: mail.parsed.rule.clone(),
        confidence: lead.confidence,
        provenance: lead.provenance.clone(),
    }
}

fn cells<'a>(lead: &'a ParsedLead, lead_id: &'a str, extra: &'a [String]) -> impl Iterator<Item = Cell<'a>> {
    let cell = |value: Option<&'a str>| value.map_or(Cell::EMPTY, Cell::text);
    let fields = LeadField::ALL.iter().map(move |field| cell(lead.get(*field)));
    let extra = extra
        .iter()
        .map(move |label| cell(lead.extra.get(label).map(String::as_str)));
    std::iter::once(Cell::text(lead_id)).chain(fields).chain(extra)
}

/// The labels beyond the fields, the most frequent ones and those asked for, in alphabetical order.
fn extra_columns(
    store: &MailStore,
    selection: &LeadSelection,
    left_out: &mut u64,
) -> Result<Vec<String>, StoreError> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    store.each_parsed(&selection.folders, |mail| {
        if selection.without.contains(&mail.external_id) {
            *left_out += 1;
            return;
        }
        for lead in mail.parsed.leads {
            for label in lead.extra.into_keys() {
                *counts.entry(label).or_default() += 1;
            }
        }
    })?;
    let mut labels: Vec<(String, usize)> = counts.into_iter().collect();
    labels.sort_by(|(a, more), (b, less)| less.cmp(more).then_with(|| a.cmp(b)));
    labels.truncate(MOST_EXTRA_COLUMNS);
    let own = |name: &str| name == LEAD_ID_COLUMN || LeadField::ALL.iter().any(|field| field.name() == name);
    let asked_for = selection.columns.iter().filter(|name| !own(name)).cloned();
    let labels: BTreeSet<String> = labels
        .into_iter()
        .map(|(label, _)| label)
        .chain(asked_for)
        .collect();
    Ok(labels.into_iter().collect())
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

        let table = lead_table(&store, &LeadSelection::default()).unwrap();
        assert_eq!(&table.header[18..], ["Beginn", "Email (2)"]);
        let column = |name: &str| table.header.iter().position(|known| known == name).unwrap();
        let cell = |row: usize, name: &str| table.blocks[0].row(row).cell(column(name)).text.to_string();
        let mail_id = store.mail(1).unwrap().external_id;
        assert_eq!(cell(0, LEAD_ID_COLUMN), mail_id);
        assert_eq!(cell(1, LEAD_ID_COLUMN), format!("{mail_id}-2"));
        assert_eq!(
            (cell(0, "externalId"), cell(2, "externalId")),
            (String::new(), "A-7".to_string())
        );
        assert_eq!(cell(2, "Beginn"), "Mai");
        assert_eq!(table.blocks[0].row(2).number(), 3);
        assert_eq!((&table.origins[1].mail, table.origins[1].lead), (&mail_id, 1));

        let selection = LeadSelection {
            without: [mail_id].into(),
            columns: vec!["Wunschtermin".into(), "email".into()],
            ..LeadSelection::default()
        };
        let table = lead_table(&store, &selection).unwrap();
        assert_eq!((table.origins.len(), table.left_out), (1, 1));
        assert_eq!(&table.header[18..], ["Beginn", "Wunschtermin"]);
        let elsewhere = LeadSelection {
            folders: vec!["Archiv".into()],
            ..LeadSelection::default()
        };
        assert_eq!(lead_table(&store, &elsewhere).unwrap().origins, []);
    }
}
