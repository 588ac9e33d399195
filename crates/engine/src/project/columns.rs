//! A column of the table as a whole: which texts stand in it, and how they are ordered. Worked out when somebody sorts,
//! counts or filters by it, and kept while it holds.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError};

use lotse_core::target::{FieldKind, Target};
use rayon::prelude::*;
use rusqlite::params;
use serde::Deserialize;

use super::at_once::at_once;
use super::block::TextColumn;
use super::column_order::{ColumnRanks, ColumnValues, Ordered, Part};
use super::index::Index;
use super::leads::{self, RowState};
use super::search::Found;
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
    pub(super) fn stored_as(self) -> i64 {
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

/// What was worked out from columns, the one that was asked for last at the end.
struct Kept<T> {
    /// Memory that they may take together, in bytes; the one asked for last is kept in any case.
    most: usize,
    columns: Vec<(TableColumn, Arc<T>, usize)>,
}

impl<T> Kept<T> {
    fn within(most: usize) -> Self {
        let columns = Vec::new();
        Kept { most, columns }
    }

    fn take(&mut self, column: TableColumn) -> Option<Arc<T>> {
        let at = self.columns.iter().position(|(known, ..)| *known == column)?;
        let found = self.columns.remove(at);
        let values = Arc::clone(&found.1);
        self.columns.push(found);
        Some(values)
    }

    fn put(&mut self, column: TableColumn, values: &Arc<T>, size: usize) {
        self.columns.retain(|(known, ..)| *known != column);
        self.columns.push((column, Arc::clone(values), size));
        let mut bytes: usize = self.columns.iter().map(|(.., size)| size).sum();
        while bytes > self.most && self.columns.len() > 1 {
            bytes -= self.columns.remove(0).2;
        }
    }

    fn forget(&mut self, changed: impl Fn(TableColumn) -> bool) {
        self.columns.retain(|(column, ..)| !changed(*column));
    }
}

/// Columns that were worked out.
pub(super) struct KeptColumns {
    /// Grows with every change of a cell: what was begun before it is not kept.
    pub(super) content: u64,
    /// The text that was looked for last, and what was found.
    pub(super) search: Option<Arc<Found>>,
    values: Kept<ColumnValues>,
    ranks: Kept<ColumnRanks>,
}

impl Default for KeptColumns {
    fn default() -> Self {
        KeptColumns {
            content: 0,
            search: None,
            values: Kept::within(32 << 20),
            ranks: Kept::within(48 << 20),
        }
    }
}

impl Project {
    /// The values of a column as they are now.
    pub(super) fn column_values(&self, column: TableColumn) -> Result<Arc<ColumnValues>, ProjectError> {
        self.worked_out(
            column,
            |columns| &mut columns.values,
            |parts, numeric, rows| {
                let values = Ordered::of(parts, numeric, true).values(rows);
                let size = values.size();
                (values, size)
            },
        )
    }

    /// How the rows are sorted by a column as it is now.
    pub(super) fn column_ranks(&self, column: TableColumn) -> Result<Arc<ColumnRanks>, ProjectError> {
        self.worked_out(
            column,
            |columns| &mut columns.ranks,
            |parts, numeric, rows| {
                let ranks = Ordered::of(parts, numeric, false).ranks(rows);
                let size = ranks.size();
                (ranks, size)
            },
        )
    }

    /// What is kept of a column, else worked out from its texts, whether they are numbers, and the number of rows.
    fn worked_out<T: Send + Sync>(
        &self,
        column: TableColumn,
        kept: impl Fn(&mut KeptColumns) -> &mut Kept<T>,
        work_out: impl Fn(&[Part], bool, usize) -> (T, usize) + Send + Sync,
    ) -> Result<Arc<T>, ProjectError> {
        let content = {
            let mut columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = kept(&mut columns).take(column) {
                return Ok(found);
            }
            columns.content
        };
        let (values, size) = at_once(|| {
            let (parts, rows) = self.parts_of_column(column)?;
            Ok::<_, ProjectError>(work_out(&parts, column.is_numeric(&self.target), rows))
        })?;
        let values = Arc::new(values);
        let mut columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        if columns.content == content {
            kept(&mut columns).put(column, &values, size);
        }
        Ok(values)
    }

    /// Forgets the columns that `changed` names, or all of them.
    pub(super) fn forget_columns(&self, changed: impl Fn(TableColumn) -> bool) {
        let mut columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        columns.content += 1;
        columns.search = None;
        columns.values.forget(&changed);
        columns.ranks.forget(&changed);
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

    /// The cells of a column, block by block, and the number of rows of the project.
    fn parts_of_column(&self, column: TableColumn) -> Result<(Vec<Part>, usize), ProjectError> {
        let packed = self.packed(column)?;
        let index = self.index();
        let parts: Option<Vec<Part>> = packed
            .par_iter()
            .map(|(first_row, data)| part_of(column, *first_row, data, &index))
            .collect();
        let parts = parts.ok_or_else(|| self.damaged(&format!("column {}", column.stored_as())))?;
        Ok((parts, index.facts.len()))
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

/// What a cell shows, from the columns of its field: texts, values where they differ, and a mark which of them holds.
pub(super) fn shown(stored: &[TextColumn], at: usize) -> &str {
    if stored[2].get(at) == "v" {
        stored[1].get(at)
    } else {
        stored[0].get(at)
    }
}
