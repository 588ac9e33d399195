//! Leads and findings as the last check left them: columns for the table, and a state of their own for rows that were
//! touched since.
//!
//! These are derived from cells, mapping and edits and can be made again at any time; what is sent is derived afresh.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use chrono::Timelike as _;
use chrono_tz::Tz;
use lotse_core::finding::{Finding, Severity};
use lotse_core::lead::{Field, Lead};
use lotse_core::protection::Protection;
use lotse_core::target::{FieldKind, FieldSpec, Role, Target};
use lotse_core::values::Instant;
use rayon::prelude::*;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use super::at_once::at_once;
use super::block::TextColumn;
use super::columns::{TableColumn, shown};
use super::index::{Index, KnownCode, RowFacts};
use super::{Project, ProjectError, audit};
use crate::clock::Actor;

/// One field of a row as the table shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct CellState {
    /// The text found.
    pub text: String,
    /// The value in its canonical form (RFC 3339, E.164 …); absent where there is none or where it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub value: Option<String>,
}

impl CellState {
    fn of(field: &Field) -> Self {
        CellState {
            text: field.text.clone(),
            value: field.value.as_ref().map(lotse_core::lead::Value::to_text),
        }
    }

    /// The value where there is one, else the text.
    pub fn shown(&self) -> &str {
        self.value.as_deref().unwrap_or(&self.text)
    }
}

/// A row as the table shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RowState {
    /// In the order of the target's fields.
    pub fields: Vec<CellState>,
    /// For each activity its fields, in the order of the target's activity fields.
    pub activities: Vec<Vec<CellState>>,
    /// Extra data by name.
    pub extra: Vec<(String, String)>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// The computed dates.
    pub protection: Option<Protection>,
}

impl RowState {
    /// The state of a lead that was read and checked.
    pub fn of(lead: &Lead, findings: Vec<Finding>, protection: Option<Protection>) -> Self {
        let cells = |fields: &[Field]| fields.iter().map(CellState::of).collect::<Vec<_>>();
        RowState {
            fields: cells(&lead.fields),
            activities: lead
                .activities
                .iter()
                .map(|activity| cells(&activity.fields))
                .collect(),
            extra: lead.extra.clone(),
            findings,
            protection,
        }
    }
}

/// Consecutive rows with their states.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckedBlock {
    /// Project-wide number of the first row.
    pub first_row: u32,
    /// The rows.
    pub states: Vec<RowState>,
}

/// Columns that are no field of the target.
const FINDINGS: i64 = -1;
pub(super) const ACTIVITIES: i64 = -2;
const EXTRA: i64 = -3;
pub(super) const PROTECTION: i64 = -4;
const FACTS: i64 = -5;

/// The columns of a block of states, by number.
pub(super) type StateColumns = Vec<(i64, Vec<TextColumn>)>;

/// A block packed for the database.
pub(super) struct PackedBlock {
    first_row: u32,
    columns: Vec<(i64, Vec<u8>)>,
    /// For each row the worst severity and the codes found.
    facts: Vec<(u8, Vec<KnownCode>)>,
}

impl Project {
    /// Replaces the states of whole blocks: the outcome of checking all rows. Rows in them count as untouched again.
    pub fn store_checked(&self, blocks: &[CheckedBlock]) -> Result<(), ProjectError> {
        let packed: Vec<PackedBlock> = blocks.iter().map(|block| self.pack(block)).collect();
        self.write(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO lead_column (first_row, field, data) VALUES (?1, ?2, ?3)
                 ON CONFLICT (first_row, field) DO UPDATE SET data = ?3",
            )?;
            let mut untouch =
                transaction.prepare_cached("DELETE FROM touched_row WHERE row >= ?1 AND row < ?2")?;
            for block in &packed {
                for (field, data) in &block.columns {
                    insert.execute(params![block.first_row, field, data])?;
                }
                let rows = u32::try_from(block.facts.len()).unwrap_or(u32::MAX);
                untouch.execute([block.first_row, block.first_row + rows])?;
            }
            self.blocks_stored.fetch_add(1, Ordering::AcqRel);
            Ok(())
        })?;
        let mut index = self.index_mut();
        let known = index.codes.len();
        for block in &packed {
            for (offset, (worst, codes)) in (0_u32..).zip(&block.facts) {
                let row = block.first_row + offset;
                index.touched.remove(&row);
                index.put_findings(row, *worst, codes);
            }
        }
        self.forget_columns(|_| true);
        self.store_codes(&index, known)
    }

    /// Replaces the state of single rows, after an edit.
    pub fn store_touched(&self, states: Vec<(u32, RowState)>) -> Result<(), ProjectError> {
        let changed = self.columns_that_change(&states)?;
        self.write(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO touched_row (row, state) VALUES (?1, ?2) ON CONFLICT (row) DO UPDATE SET state = ?2",
            )?;
            for (row, state) in &states {
                insert.execute(params![row, serde_json::to_string(state).expect("a state is plain data")])?;
            }
            Ok(())
        })?;
        let mut index = self.index_mut();
        let known = index.codes.len();
        for (row, state) in states {
            let (worst, codes) = self.found(&state);
            index.put_findings(row, worst, &codes);
            index.touched.insert(row, state);
        }
        self.forget_columns(|column| match (column, &changed) {
            (TableColumn::Field(at), Some(fields)) => fields[at],
            _ => true,
        });
        self.store_codes(&index, known)
    }

    /// For each field whether one of the rows shows something else in it now; `None` where nobody looked.
    fn columns_that_change(&self, states: &[(u32, RowState)]) -> Result<Option<Vec<bool>>, ProjectError> {
        const FEW: usize = 100;
        if states.len() > FEW {
            return Ok(None);
        }
        let rows: Vec<u32> = states.iter().map(|(row, _)| *row).collect();
        let mut changed = vec![false; self.target.fields.len()];
        for (before, (_, after)) in self.row_states(&rows)?.iter().zip(states) {
            for (at, changed) in changed.iter_mut().enumerate() {
                *changed |=
                    before.fields.get(at).map(CellState::shown) != after.fields.get(at).map(CellState::shown);
            }
        }
        Ok(Some(changed))
    }

    /// Forgets the states of all rows: mapping or settings have changed so that they no longer hold.
    pub fn forget_checked(&self, actor: &Actor, reason: &str) -> Result<(), ProjectError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM lead_column", [])?;
            transaction.execute("DELETE FROM touched_row", [])?;
            self.blocks_stored.fetch_add(1, Ordering::AcqRel);
            audit::append(
                transaction,
                actor,
                "check_outdated",
                serde_json::json!({ "reason": reason }),
            )
        })?;
        self.reload_index()
    }

    /// True when every row that could go has a state: nothing was loaded or mapped anew since the last check.
    pub fn is_checked(&self) -> bool {
        let index = self.index();
        index
            .facts
            .iter()
            .all(|facts| facts.has(RowFacts::CHECKED) || facts.has(RowFacts::REFERENCE))
    }

    /// True when at least one row has a state.
    pub fn was_checked(&self) -> Result<bool, ProjectError> {
        self.read(|connection| {
            connection
                .query_row("SELECT 1 FROM lead_column LIMIT 1", [], |_| Ok(()))
                .optional()
                .map(|found| found.is_some())
        })
    }

    pub(super) fn store_codes(&self, index: &Index, known: usize) -> Result<(), ProjectError> {
        if index.codes.len() == known {
            return Ok(());
        }
        let codes = serde_json::to_string(&index.codes).expect("codes are plain data");
        self.write(|transaction| super::put_setting(transaction, "finding_codes", &codes))
    }

    /// Severity and codes of what was found in a row.
    fn found(&self, state: &RowState) -> (u8, Vec<KnownCode>) {
        found(&self.target, state)
    }

    pub(super) fn pack(&self, block: &CheckedBlock) -> PackedBlock {
        let (columns, facts) = self.columns_of_states(&block.states);
        let pack = |(field, columns): (i64, Vec<TextColumn>)| {
            let columns: Vec<&TextColumn> = columns.iter().collect();
            (field, TextColumn::pack_all(&columns))
        };
        PackedBlock {
            first_row: block.first_row,
            columns: columns.into_iter().map(pack).collect(),
            facts,
        }
    }

    /// States as columns of texts, by number; and for each the worst severity and the codes found.
    pub(super) fn columns_of_states(&self, states: &[RowState]) -> (StateColumns, Vec<(u8, Vec<KnownCode>)>) {
        let mut columns = Vec::new();
        for field in 0..self.target.fields.len() {
            let mut texts = TextColumn::default();
            let mut values = TextColumn::default();
            let mut has_value = TextColumn::default();
            for state in states {
                let cell = state.fields.get(field);
                let text = cell.map_or("", |cell| &cell.text);
                let value = cell.and_then(|cell| cell.value.as_deref());
                texts.push(text);
                // Most values are their text: then only the mark is kept.
                values.push(value.filter(|value| *value != text).unwrap_or(""));
                has_value.push(match value {
                    None => "",
                    Some(value) if value == text => "=",
                    Some(_) => "v",
                });
            }
            columns.push((
                i64::try_from(field).unwrap_or(i64::MAX),
                vec![texts, values, has_value],
            ));
        }
        let json_column = |json: &dyn Fn(&RowState) -> Option<String>| {
            let mut column = TextColumn::default();
            for state in states {
                column.push(&json(state).unwrap_or_default());
            }
            vec![column]
        };
        fn json_of<T: Serialize>(value: &T) -> String {
            serde_json::to_string(value).expect("states are plain data")
        }
        columns.push((
            FINDINGS,
            json_column(&|state| (!state.findings.is_empty()).then(|| json_of(&state.findings))),
        ));
        columns.push((
            ACTIVITIES,
            json_column(&|state| (!state.activities.is_empty()).then(|| json_of(&state.activities))),
        ));
        columns.push((
            EXTRA,
            json_column(&|state| (!state.extra.is_empty()).then(|| json_of(&state.extra))),
        ));
        columns.push((
            PROTECTION,
            json_column(&|state| state.protection.as_ref().map(json_of)),
        ));
        let facts: Vec<(u8, Vec<KnownCode>)> = states.iter().map(|state| self.found(state)).collect();
        let mut column = TextColumn::default();
        for (worst, codes) in &facts {
            let codes: Vec<&str> = codes.iter().map(|known| known.code.as_str()).collect();
            column.push(&format!("{worst}{}", codes.join(" ")));
        }
        columns.push((FACTS, vec![column]));
        (columns, facts)
    }

    /// The states of rows, in the order asked for; a row that was never checked has an empty state.
    pub fn row_states(&self, rows: &[u32]) -> Result<Vec<RowState>, ProjectError> {
        let fields: Vec<i64> = (0..i64::try_from(self.target.fields.len()).unwrap_or(0)).collect();
        let mut states = vec![RowState::default(); rows.len()];
        // By the first row of a block: which places of it are asked for, and for which of `rows`.
        let mut blocks: BTreeMap<u32, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        {
            let index = self.index();
            for (at, row) in rows.iter().enumerate() {
                if let Some(state) = index.touched.get(row) {
                    states[at] = state.clone();
                } else if let Some((source, block, within)) = index.locate(*row) {
                    let entry = &index.sources[source];
                    let first = entry.first_row + entry.blocks[block].first;
                    let (places, asked) = blocks.entry(first).or_default();
                    places.push(within);
                    asked.push(at);
                }
            }
        }
        let blocks: Vec<_> = blocks.into_iter().collect();
        // A sorted table shows rows of as many blocks as it has lines.
        let read = at_once(|| {
            blocks
                .par_iter()
                .map(|(first, (places, asked))| {
                    let columns = self.columns_of(*first, places)?;
                    let states = (0..places.len()).map(|at| state_in(&columns, at, &fields));
                    Ok(asked.iter().copied().zip(states).collect::<Vec<_>>())
                })
                .collect::<Result<Vec<_>, ProjectError>>()
        })?;
        for (at, state) in read.into_iter().flatten() {
            states[at] = state;
        }
        Ok(states)
    }

    /// All columns of a block, of which only these places are unpacked.
    fn columns_of(&self, first_row: u32, places: &[usize]) -> Result<StateColumns, ProjectError> {
        let packed: Vec<(i64, Vec<u8>)> = self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT field, data FROM lead_column WHERE first_row = ?1 AND field <> ?2")?;
            statement
                .query_map(params![first_row, FACTS], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        let unpack = |(field, data): &(i64, Vec<u8>)| {
            let columns = TextColumn::unpack_some(data, places);
            columns
                .map(|columns| (*field, columns))
                .ok_or_else(|| self.damaged(&format!("column {field} of row {first_row}")))
        };
        packed.par_iter().map(unpack).collect()
    }

    /// What a cell shows.
    pub(crate) fn cell_text(&self, row: u32, field: usize) -> Result<String, ProjectError> {
        let mut found = String::new();
        self.each_text(field, &[row], |_, text| text.clone_into(&mut found))?;
        Ok(found)
    }

    /// What the cells of a field show in some rows; the order is nobody's business.
    pub(crate) fn each_text(
        &self,
        field: usize,
        rows: &[u32],
        mut each: impl FnMut(u32, &str),
    ) -> Result<(), ProjectError> {
        /// From so many rows on the whole column is gone through.
        const MANY: usize = 2000;
        let spec = &self.target.fields[field];
        if rows.len() <= MANY {
            for (&row, state) in rows.iter().zip(self.row_states(rows)?) {
                let shown = state.fields.get(field).map_or("", CellState::shown);
                each(row, &shown_text(spec, shown, self.zone));
            }
            return Ok(());
        }
        let mut wanted = vec![false; self.index().facts.len()];
        for &row in rows {
            if let Some(wanted) = wanted.get_mut(row as usize) {
                *wanted = true;
            }
        }
        self.for_each_cell(field, |row, _, shown| {
            if wanted.get(row as usize) != Some(&true) {
                return;
            }
            if spec.kind == FieldKind::Instant {
                each(row, &shown_text(spec, shown, self.zone));
            } else {
                each(row, shown);
            }
        })
    }

    /// One field of all rows, by row number; rows without a state are absent. `each` gets the row, the text and the
    /// value as [`CellState::shown`] would show it.
    pub(super) fn for_each_cell(
        &self,
        field: usize,
        mut each: impl FnMut(u32, &str, &str),
    ) -> Result<(), ProjectError> {
        let field_number = i64::try_from(field).unwrap_or(i64::MAX);
        let packed: Vec<(u32, Vec<u8>)> = self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT first_row, data FROM lead_column WHERE field = ?1 ORDER BY first_row",
            )?;
            statement
                .query_map([field_number], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        let index = self.index();
        for (first_row, data) in packed {
            let columns = TextColumn::unpack_all(&data).filter(|columns| columns.len() == 3);
            let columns =
                columns.ok_or_else(|| self.damaged(&format!("column {field} of row {first_row}")))?;
            for (offset, at) in (0_u32..).zip(0..columns[0].len()) {
                let row = first_row + offset;
                match index.touched.get(&row).and_then(|state| state.fields.get(field)) {
                    Some(cell) => each(row, &cell.text, cell.shown()),
                    None => {
                        let text = columns[0].get(at);
                        each(row, text, shown(&columns, at));
                    }
                }
            }
        }
        Ok(())
    }

    /// The identities of some rows, in one pass over all.
    pub(crate) fn identities(&self, rows: &BTreeSet<u32>) -> Result<BTreeMap<u32, String>, ProjectError> {
        let mut identities = BTreeMap::new();
        if rows.is_empty() {
            return Ok(identities);
        }
        if let Some(field) = self.target.role_index(Role::ExternalId) {
            self.for_each_cell(field, |row, _, shown| {
                if rows.contains(&row) {
                    identities.insert(row, shown.to_string());
                }
            })?;
        }
        Ok(identities)
    }
}

/// A text as the table shows it, and as it reads back: moments in the zone of the project.
pub fn shown_text(field: &FieldSpec, shown: &str, zone: Tz) -> String {
    let moment = (field.kind == FieldKind::Instant)
        .then(|| Instant::from_rfc3339(shown))
        .flatten();
    moment.map_or_else(|| shown.to_owned(), |moment| moment_text(moment, zone, false))
}

/// `2024-06-15`, with the time of day where it says something.
pub fn moment_text(instant: Instant, zone: Tz, day_only: bool) -> String {
    let local = instant.utc().with_timezone(&zone);
    let form = if day_only || local.time().num_seconds_from_midnight() == 0 {
        "%Y-%m-%d"
    } else if local.second() == 0 {
        "%Y-%m-%d %H:%M"
    } else {
        "%Y-%m-%d %H:%M:%S"
    };
    local.format(form).to_string()
}

fn state_in(columns: &[(i64, Vec<TextColumn>)], at: usize, fields: &[i64]) -> RowState {
    let find = |field: i64| {
        columns
            .iter()
            .find(|(number, _)| *number == field)
            .map(|(_, columns)| columns.as_slice())
    };
    let cell = |field: &i64| match find(*field) {
        Some([texts, values, has_value]) => {
            let text = texts.get(at).to_string();
            let value = match has_value.get(at) {
                "" => None,
                "=" => Some(text.clone()),
                _ => Some(values.get(at).to_string()),
            };
            CellState { text, value }
        }
        _ => CellState::default(),
    };
    fn json<T: for<'de> Deserialize<'de>>(columns: Option<&[TextColumn]>, at: usize) -> Option<T> {
        let text = columns?.first()?.get(at);
        (!text.is_empty())
            .then(|| serde_json::from_str(text).ok())
            .flatten()
    }
    RowState {
        fields: fields.iter().map(cell).collect(),
        activities: json(find(ACTIVITIES), at).unwrap_or_default(),
        extra: json(find(EXTRA), at).unwrap_or_default(),
        findings: json(find(FINDINGS), at).unwrap_or_default(),
        protection: json(find(PROTECTION), at),
    }
}

/// Severity and codes of what was found in a row.
fn found(target: &Target, state: &RowState) -> (u8, Vec<KnownCode>) {
    let worst = state
        .findings
        .iter()
        .map(|finding| severity_number(finding.severity()))
        .max()
        .unwrap_or(0);
    let code = |finding: &Finding| KnownCode {
        code: finding.code(target),
        severity: finding.severity(),
    };
    (worst, state.findings.iter().map(code).collect())
}

fn severity_number(severity: Severity) -> u8 {
    match severity {
        Severity::Hint => 1,
        Severity::Warning => 2,
        Severity::Error => 3,
    }
}

impl Index {
    pub(super) fn put_findings(&mut self, row: u32, worst: u8, codes: &[KnownCode]) {
        let bits = codes.iter().fold(0, |bits, code| bits | self.bit_of(code));
        if let Some(facts) = self.facts.get_mut(row as usize) {
            facts.codes = bits;
            facts.worst = worst;
            facts.flags |= RowFacts::CHECKED;
        }
    }
}

pub(super) fn load_codes(connection: &Connection) -> rusqlite::Result<Vec<KnownCode>> {
    let codes = super::setting(connection, "finding_codes")?;
    Ok(codes
        .and_then(|codes| serde_json::from_str(&codes).ok())
        .unwrap_or_default())
}

/// Reads severities, codes and touched rows into `index`.
pub(super) fn load_facts(connection: &Connection, index: &mut Index) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT first_row, data FROM lead_column WHERE field = ?1")?;
    let mut rows = statement.query([FACTS])?;
    while let Some(row) = rows.next()? {
        let first_row: u32 = row.get(0)?;
        let data: Vec<u8> = row.get(1)?;
        let Some(columns) = TextColumn::unpack_all(&data) else {
            continue;
        };
        // Most rows say the same as the one before them.
        let mut last = (String::new(), 0_u8, 0_u64);
        for (offset, facts) in (0_u32..).zip(columns.iter().flat_map(TextColumn::iter)) {
            if facts.is_empty() {
                continue;
            }
            if facts != last.0 {
                let Some((worst, codes)) = facts.split_at_checked(1) else {
                    continue;
                };
                let bits = codes
                    .split(' ')
                    .fold(0, |bits, code| bits | index.known_bit(code));
                last = (facts.to_owned(), worst.parse().unwrap_or(0), bits);
            }
            if let Some(facts) = index.facts.get_mut((first_row + offset) as usize) {
                facts.codes = last.2;
                facts.worst = last.1;
                facts.flags |= RowFacts::CHECKED;
            }
        }
    }
    let mut statement = connection.prepare("SELECT row, state FROM touched_row")?;
    let touched: Vec<(u32, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let target = super::setting(connection, "target")?.and_then(|target| Target::from_json(&target).ok());
    let Some(target) = target else { return Ok(()) };
    for (row, state) in touched {
        let Ok(state) = serde_json::from_str::<RowState>(&state) else {
            continue;
        };
        let (worst, codes) = found(&target, &state);
        index.put_findings(row, worst, &codes);
        index.touched.insert(row, state);
    }
    Ok(())
}
