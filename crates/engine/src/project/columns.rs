//! A column of the table as a whole: which texts stand in it, and how they are ordered. Worked out when somebody sorts,
//! counts or filters by it, and kept while it holds.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use lotse_core::target::{FieldKind, Target};
use rayon::prelude::*;
use rusqlite::params;
use serde::Deserialize;

use super::at_once::at_once;
use super::block::TextColumn;
use super::index::Index;
use super::leads::{self, RowState};
use super::{Project, ProjectError};

/// Columns behind the fields of a target with activities, by name: how many activities a lead has, and what is worked
/// out from its dates.
pub const COMPUTED_COLUMNS: [&str; 4] = [
    "activities",
    "protectionUntil",
    "progressDeadline",
    "protectionStatus",
];

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TableColumn {
    /// A field of the target, by its place.
    Field(usize),
    /// One of [`COMPUTED_COLUMNS`], by its place.
    Computed(usize),
}

impl TableColumn {
    /// The column of this name.
    pub(super) fn of(target: &Target, name: &str) -> Option<Self> {
        let computed = || {
            target.activities.as_ref()?;
            COMPUTED_COLUMNS.iter().position(|known| *known == name)
        };
        target
            .field_index(name)
            .map(Self::Field)
            .or_else(|| computed().map(Self::Computed))
    }

    /// Where its values stand in the database.
    fn stored_as(self) -> i64 {
        match self {
            Self::Field(at) => i64::try_from(at).unwrap_or(i64::MAX),
            Self::Computed(0) => leads::ACTIVITIES,
            Self::Computed(_) => leads::PROTECTION,
        }
    }

    fn is_numeric(self, target: &Target) -> bool {
        match self {
            Self::Field(at) => matches!(target.fields[at].kind, FieldKind::Decimal | FieldKind::Integer),
            Self::Computed(at) => at == 0,
        }
    }

    /// What a row that was touched since the last check shows in this column.
    fn text_of(self, state: &RowState) -> String {
        match self {
            Self::Field(at) => state
                .fields
                .get(at)
                .map_or_else(String::new, |cell| cell.shown().to_owned()),
            Self::Computed(0) => count_text(state.activities.len()),
            Self::Computed(at) => state.protection.as_ref().map_or_else(String::new, |protection| {
                let json = serde_json::to_string(protection).expect("dates are plain data");
                date_in(&json, at).to_owned()
            }),
        }
    }
}

fn count_text(count: usize) -> String {
    if count == 0 {
        String::new()
    } else {
        count.to_string()
    }
}

/// The dates as they are stored, borrowed from the JSON they stand in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredDates<'a> {
    protection_until: &'a str,
    progress_deadline: &'a str,
    protection_status: &'a str,
}

fn date_in(json: &str, at: usize) -> &str {
    match serde_json::from_str::<StoredDates<'_>>(json) {
        Ok(dates) if at == 1 => dates.protection_until,
        Ok(dates) if at == 2 => dates.progress_deadline,
        Ok(dates) => dates.protection_status,
        Err(_) => "",
    }
}

/// The different values of a column and which of them each row has.
#[derive(Debug, Default)]
pub(super) struct ColumnValues {
    /// By row of the project; 0 is the empty value.
    ids: Vec<u32>,
    /// By id, in the order in which people sort them.
    texts: TextColumn,
    /// By id: values that differ in case or umlauts only have the same; [`LAST`] for what has no place in the order.
    ranks: Vec<u32>,
}

/// Rank of empty cells and of what is no number in a column of numbers: at the end in either direction.
const LAST: u32 = u32::MAX;

/// The cells of a block while a column is put in order: most columns say the same again and again, and what a block says
/// twice need not be compared twice.
struct Part {
    first_row: u32,
    /// For each row the place of its text.
    places: Vec<u32>,
    /// The different texts, and how each is sorted.
    texts: TextColumn,
    folded: TextColumn,
}

impl ColumnValues {
    /// The value of a row.
    pub(super) fn id(&self, row: u32) -> u32 {
        self.ids.get(row as usize).copied().unwrap_or_default()
    }

    /// The text of a value.
    pub(super) fn text(&self, id: u32) -> &str {
        self.texts.get(id as usize)
    }

    /// Number of different values, the empty one included.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// For each value whether it is one of `texts`.
    pub(super) fn among(&self, texts: &[String]) -> Vec<bool> {
        self.texts
            .iter()
            .map(|known| texts.iter().any(|text| text == known))
            .collect()
    }

    /// Where a row stands when sorted by this column; rows with the same key are equal.
    fn sort_key(&self, row: u32, descending: bool) -> u32 {
        let rank = self.ranks.get(self.id(row) as usize).copied().unwrap_or(LAST);
        if rank != LAST && descending {
            LAST - 1 - rank
        } else {
            rank
        }
    }

    /// Sorts rows; equal ones stay in their order.
    pub(super) fn sort(&self, rows: &mut [u32], descending: bool) {
        let mut keys: Vec<(u64, u32)> = (0_u64..)
            .zip(rows.iter())
            .map(|(at, &row)| (u64::from(self.sort_key(row, descending)) << 32 | at, row))
            .collect();
        keys.par_sort_unstable_by_key(|(key, _)| *key);
        for (place, (_, row)) in rows.iter_mut().zip(keys) {
            *place = row;
        }
    }

    /// Bytes that it takes in memory.
    fn size(&self) -> usize {
        self.ids.len() * 4 + self.ranks.len() * 8 + self.texts.bytes()
    }

    fn of(rows: usize, numeric: bool, parts: &[Part]) -> Self {
        // What most comparisons are decided by stands beside the place of the text.
        let mut cells: Vec<(u64, u32, u32)> = parts
            .par_iter()
            .enumerate()
            .flat_map_iter(|(number, part)| {
                let number = u32::try_from(number).unwrap_or(u32::MAX);
                let folded = part.folded.iter().zip(0_u32..);
                folded.map(move |(folded, at)| (prefix(folded, numeric), number, at))
            })
            .collect();
        let folded = |&(_, part, at): &(u64, u32, u32)| parts[part as usize].folded.get(at as usize);
        let text = |&(_, part, at): &(u64, u32, u32)| parts[part as usize].texts.get(at as usize);
        cells.par_sort_unstable_by(|a, b| {
            a.0.cmp(&b.0)
                .then_with(|| folded(a).cmp(folded(b)))
                .then_with(|| text(a).cmp(text(b)))
        });
        let mut values = ColumnValues {
            ids: vec![0; rows],
            ..ColumnValues::default()
        };
        let mut ids: Vec<Vec<u32>> = parts.iter().map(|part| vec![0; part.texts.len()]).collect();
        values.texts.push("");
        values.ranks.push(LAST);
        let mut rank = 0;
        let mut last: Option<&(u64, u32, u32)> = None;
        for cell in &cells {
            let shown = text(cell);
            if shown.is_empty() {
                continue;
            }
            if last.is_none_or(|last| text(last) != shown) {
                if last.is_some_and(|last| (last.0, folded(last)) != (cell.0, folded(cell))) {
                    rank += 1;
                }
                values.texts.push(shown);
                let has_place = !numeric || cell.0 != u64::MAX;
                values.ranks.push(if has_place { rank } else { LAST });
                last = Some(cell);
            }
            let id = u32::try_from(values.texts.len() - 1).unwrap_or(u32::MAX);
            ids[cell.1 as usize][cell.2 as usize] = id;
        }
        for (part, ids) in parts.iter().zip(&ids) {
            let rows = values.ids.iter_mut().skip(part.first_row as usize);
            for (id, &place) in rows.zip(&part.places) {
                *id = ids[place as usize];
            }
        }
        values
    }
}

/// The first bytes of a folded text, or the number that it says, as a number in the same order.
fn prefix(folded: &str, numeric: bool) -> u64 {
    if numeric {
        let Ok(number) = folded.parse::<f64>() else {
            return u64::MAX;
        };
        let bits = number.to_bits();
        return if bits >> 63 == 0 { bits | 1 << 63 } else { !bits };
    }
    let mut bytes = [0_u8; 8];
    let length = folded.len().min(8);
    bytes[..length].copy_from_slice(&folded.as_bytes()[..length]);
    u64::from_be_bytes(bytes)
}

/// A text without regard to case and umlauts, as people sort it.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            'ä' | 'Ä' => folded.push('a'),
            'ö' | 'Ö' => folded.push('o'),
            'ü' | 'Ü' => folded.push('u'),
            'ß' => folded.push_str("ss"),
            sign if sign.is_ascii() => folded.push(sign.to_ascii_lowercase()),
            sign => folded.extend(sign.to_lowercase()),
        }
    }
    folded
}

/// Columns that were worked out, the one that was asked for last at the end.
#[derive(Default)]
pub(super) struct KeptColumns {
    /// Grows with every change of a cell: what was begun before it is not kept.
    pub(super) content: u64,
    /// The text that was looked for last, and for each row whether it has it.
    pub(super) search: Option<(String, Arc<Vec<bool>>)>,
    kept: Vec<(TableColumn, Arc<ColumnValues>)>,
}

/// Memory that kept columns may take together, in bytes; the one asked for last is kept in any case.
const KEPT_BYTES: usize = 96 << 20;

impl Project {
    /// The values of a column as they are now.
    pub(super) fn column_values(&self, column: TableColumn) -> Result<Arc<ColumnValues>, ProjectError> {
        let content = {
            let mut columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(at) = columns.kept.iter().position(|(known, _)| *known == column) {
                let found = columns.kept.remove(at);
                let values = Arc::clone(&found.1);
                columns.kept.push(found);
                return Ok(values);
            }
            columns.content
        };
        let values = Arc::new(at_once(|| self.work_out(column))?);
        let mut columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        if columns.content == content {
            columns.kept.retain(|(known, _)| *known != column);
            columns.kept.push((column, Arc::clone(&values)));
            let mut bytes: usize = columns.kept.iter().map(|(_, values)| values.size()).sum();
            while bytes > KEPT_BYTES && columns.kept.len() > 1 {
                bytes -= columns.kept.remove(0).1.size();
            }
        }
        Ok(values)
    }

    /// Forgets the columns that `changed` names, or all of them.
    pub(super) fn forget_columns(&self, changed: impl Fn(TableColumn) -> bool) {
        let mut columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        columns.content += 1;
        columns.search = None;
        columns.kept.retain(|(column, _)| !changed(*column));
    }

    /// The rows whose cell in a field shows a text that is `wanted`, in ascending order.
    pub(crate) fn rows_showing(
        &self,
        field: usize,
        wanted: impl Fn(&str) -> bool + Sync,
    ) -> Result<Vec<(u32, String)>, ProjectError> {
        let column = TableColumn::Field(field);
        let packed = self.packed(column)?;
        let index = self.index();
        let found_in = |(first_row, data): &(u32, Vec<u8>)| {
            let stored = TextColumn::unpack_all(data).filter(|stored| stored.len() == 3)?;
            let rows = (*first_row..).zip(0..stored[0].len());
            let hits = rows.filter_map(|(row, at)| {
                let touched = index.touched.get(&row).map(|state| column.text_of(state));
                let text = touched.as_deref().unwrap_or_else(|| shown(&stored, at));
                wanted(text).then(|| (row, text.to_owned()))
            });
            Some(hits.collect())
        };
        let found: Option<Vec<Vec<(u32, String)>>> = at_once(|| packed.par_iter().map(found_in).collect());
        let found = found.ok_or_else(|| self.damaged(&format!("column {field}")))?;
        Ok(found.into_iter().flatten().collect())
    }

    fn packed(&self, column: TableColumn) -> Result<Vec<(u32, Vec<u8>)>, ProjectError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT first_row, data FROM lead_column WHERE field = ?1 ORDER BY first_row",
            )?;
            statement
                .query_map(params![column.stored_as()], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    fn work_out(&self, column: TableColumn) -> Result<ColumnValues, ProjectError> {
        let packed = self.packed(column)?;
        let index = self.index();
        let parts: Option<Vec<Part>> = packed
            .par_iter()
            .map(|(first_row, data)| part_of(column, *first_row, data, &index))
            .collect();
        let parts = parts.ok_or_else(|| self.damaged(&format!("column {}", column.stored_as())))?;
        let rows = index.facts.len();
        drop(index);
        Ok(ColumnValues::of(rows, column.is_numeric(&self.target), &parts))
    }
}

fn part_of(column: TableColumn, first_row: u32, data: &[u8], index: &Index) -> Option<Part> {
    let stored = TextColumn::unpack_all(data)?;
    let rows = stored.first()?.len();
    if matches!(column, TableColumn::Field(_)) && stored.len() != 3 {
        return None;
    }
    let mut cells = Vec::with_capacity(rows);
    for (row, at) in (first_row..).zip(0..rows) {
        let touched = index.touched.get(&row).map(|state| column.text_of(state));
        cells.push(match (touched, column) {
            (Some(text), _) => Cow::Owned(text),
            (None, TableColumn::Field(_)) => Cow::Borrowed(shown(&stored, at)),
            (None, TableColumn::Computed(0)) => {
                let counted: Result<Vec<serde::de::IgnoredAny>, _> = serde_json::from_str(stored[0].get(at));
                Cow::Owned(counted.map_or_else(|_| String::new(), |list| count_text(list.len())))
            }
            (None, TableColumn::Computed(which)) => Cow::Borrowed(date_in(stored[0].get(at), which)),
        });
    }
    Some(Part::of(first_row, cells.iter().map(AsRef::as_ref)))
}

impl Part {
    fn of<'a>(first_row: u32, cells: impl Iterator<Item = &'a str>) -> Self {
        let mut part = Part {
            first_row,
            places: Vec::new(),
            texts: TextColumn::default(),
            folded: TextColumn::default(),
        };
        let mut known: HashMap<&str, u32> = HashMap::new();
        for cell in cells {
            let place = *known.entry(cell).or_insert_with(|| {
                part.texts.push(cell);
                part.folded.push(&folded(cell));
                u32::try_from(part.texts.len() - 1).unwrap_or(u32::MAX)
            });
            part.places.push(place);
        }
        part
    }
}

/// What a cell shows, from the columns of its field: texts, values where they differ, and a mark which of them holds.
pub(super) fn shown(stored: &[TextColumn], at: usize) -> &str {
    if stored[2].get(at) == "v" {
        stored[1].get(at)
    } else {
        stored[0].get(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(cells: &[&str], numeric: bool) -> ColumnValues {
        // Two blocks, so that what stands in both is one value.
        let (left, right) = cells.split_at(cells.len() / 2);
        let parts = [
            Part::of(0, left.iter().copied()),
            Part::of(u32::try_from(left.len()).unwrap(), right.iter().copied()),
        ];
        ColumnValues::of(cells.len(), numeric, &parts)
    }

    fn sorted(cells: &[&str], numeric: bool, descending: bool) -> Vec<u32> {
        let mut rows: Vec<u32> = (0_u32..).zip(cells).map(|(row, _)| row).collect();
        values(cells, numeric).sort(&mut rows, descending);
        rows
    }

    #[test]
    fn texts_are_sorted_without_regard_to_case_and_umlauts_and_equal_ones_stay() {
        let cells = ["Ölmühle", "Osthof", "", "ölmühle", "Anker", "Olmuhle"];
        assert_eq!(sorted(&cells, false, false), [4, 0, 3, 5, 1, 2]);
        assert_eq!(sorted(&cells, false, true), [1, 0, 3, 5, 4, 2]);
    }

    #[test]
    fn long_texts_with_the_same_beginning_keep_their_order() {
        let cells = ["info@hafen.example", "info@anker.example", "info@hafen.exampl"];
        assert_eq!(sorted(&cells, false, false), [1, 2, 0]);
    }

    #[test]
    fn numbers_are_sorted_as_numbers_and_what_is_none_comes_last_both_ways() {
        let cells = ["10", "9.5", "k.A.", "-3", "", "0"];
        assert_eq!(sorted(&cells, true, false), [3, 5, 1, 0, 2, 4]);
        assert_eq!(sorted(&cells, true, true), [0, 1, 5, 3, 2, 4]);
    }

    #[test]
    fn every_different_text_is_one_value() {
        let values = values(&["Kiel", "kiel", "Kiel", ""], false);
        assert_eq!(values.len(), 3);
        assert_eq!(values.id(0), values.id(2));
        assert_ne!(values.id(0), values.id(1));
        assert_eq!(values.text(values.id(3)), "");
        let among = values.among(&["kiel".to_owned()]);
        assert_eq!(among.iter().filter(|&&hit| hit).count(), 1);
        assert!(among[values.id(1) as usize]);
    }
}
