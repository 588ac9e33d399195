//! What a table shows: windows of rows, filtered and sorted behind the border.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use lotse_core::finding::{Finding, Place, Severity};
use lotse_core::language::Language;
use serde::{Deserialize, Serialize};

use super::columns::TableColumn;
use super::facets::{DecisionView, Matcher, ValueFilter};
use super::index::{Index, KnownCode, RowFacts, SourceEntry};
use super::leads::RowState;
use super::{Project, ProjectError};

/// Which rows are meant, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFilter {
    /// Rows whose worst finding is one of these; all rows where empty.
    pub severities: Vec<Severity>,
    /// Of these only rows that a person has changed.
    pub edited_only: bool,
    /// Of these only rows in one of these states; all where empty.
    pub states: Vec<RowView>,
    /// Rows with a finding of one of these codes; all where empty.
    pub codes: Vec<String>,
    /// Rows of these sources; all where empty.
    pub sources: Vec<i64>,
    /// Rows about which this was decided; all where empty.
    pub decisions: Vec<DecisionView>,
    /// Rows with these values, in every one of these columns.
    pub values: Vec<ValueFilter>,
    /// Rows in one of whose fields this text occurs, without regard to case.
    pub search: String,
    /// First key first; rows that are equal stay in the order of the sources.
    pub sort: Vec<SortOrder>,
}

/// States by which rows are filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum RowView {
    /// With at least one error.
    Errors,
    /// With warnings, without errors.
    Warnings,
    /// With hints at most, and at least one.
    Hints,
    /// Without errors and warnings.
    Clean,
    /// Changed by a person.
    Edited,
    /// Perhaps or certainly double.
    Duplicates,
    /// Left out, merged or held, by decision or default.
    Excluded,
    /// Approved.
    Approved,
    /// In the server.
    Imported,
    /// Refused by the server.
    Failed,
}

/// Order of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortOrder {
    /// Name of the field, or one of the computed columns.
    pub field: String,
    /// From the end.
    pub descending: bool,
}

/// A row as the table shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewedRow {
    /// The row.
    pub row: u32,
    /// Its number as people see it in the source.
    pub number: u32,
    /// States that apply.
    pub states: Vec<RowView>,
    /// What was found and read.
    pub state: RowState,
    /// Texts of the source for the fields that a person has changed, by place.
    pub originals: BTreeMap<usize, String>,
}

/// How many rows are in which state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct StateCounts {
    /// All rows that are leads.
    pub all: u32,
    /// Of these, with a state of the last check.
    pub checked: u32,
    /// By state.
    pub by_state: BTreeMap<RowView, u32>,
}

/// How many rows have a finding of a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct CodeCount {
    /// The code.
    pub code: String,
    /// Name of the field, where it is one of the lead's.
    pub field: Option<String>,
    /// How bad.
    pub severity: Severity,
    /// Rows with it.
    pub rows: u32,
    /// Heading for people.
    pub title: String,
    /// The sentence of the first row with it.
    pub example: String,
    /// The correction suggested in that row; it can be applied to all.
    pub fix: Option<String>,
}

pub(super) const VIEWS: [RowView; 10] = [
    RowView::Errors,
    RowView::Warnings,
    RowView::Hints,
    RowView::Clean,
    RowView::Edited,
    RowView::Duplicates,
    RowView::Excluded,
    RowView::Approved,
    RowView::Imported,
    RowView::Failed,
];

/// Orders of rows that were asked for lately.
pub(super) type Orders = Vec<(RowFilter, Arc<Vec<u32>>)>;

/// Orders that are kept: those of the tables that may be on screen.
const KEPT_ORDERS: usize = 4;

pub(super) fn is_in(facts: RowFacts, view: RowView) -> bool {
    match view {
        RowView::Errors => facts.has_errors(),
        RowView::Warnings => facts.severity() == Some(Severity::Warning),
        RowView::Hints => facts.severity() == Some(Severity::Hint),
        RowView::Clean => {
            facts.has(RowFacts::CHECKED) && facts.severity().is_none_or(|s| s == Severity::Hint)
        }
        RowView::Edited => facts.has(RowFacts::EDITED),
        RowView::Duplicates => facts.has(RowFacts::HARD_DUPLICATE | RowFacts::SOFT_DUPLICATE),
        RowView::Excluded => {
            facts.has(RowFacts::SKIP | RowFacts::MERGED | RowFacts::HOLD)
                || (facts.has(RowFacts::HARD_DUPLICATE) && !facts.has(RowFacts::IMPORT))
        }
        RowView::Approved => facts.has(RowFacts::APPROVED),
        RowView::Imported => facts.has(RowFacts::IMPORTED),
        RowView::Failed => facts.has(RowFacts::FAILED) && !facts.has(RowFacts::IMPORTED),
    }
}

impl Project {
    /// Counts of all states.
    pub fn state_counts(&self) -> StateCounts {
        let index = self.index();
        let mut counts = StateCounts::default();
        let mut by_state = [0_u32; VIEWS.len()];
        for (.., facts) in lead_rows(&index) {
            counts.all += 1;
            counts.checked += u32::from(facts.has(RowFacts::CHECKED));
            for (count, view) in by_state.iter_mut().zip(VIEWS) {
                *count += u32::from(is_in(facts, view));
            }
        }
        counts.by_state = VIEWS.into_iter().zip(by_state).collect();
        counts
    }

    /// Rows that can be read and have no state: they are new, or their mapping has changed since the last check.
    pub fn unchecked_rows(&self) -> Result<u32, ProjectError> {
        let mapped: Vec<i64> = self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT source_id FROM mapping")?;
            statement.query_map([], |row| row.get(0))?.collect()
        })?;
        let index = self.index();
        let rows = index
            .sources
            .iter()
            .filter(|source| mapped.contains(&source.id))
            .flat_map(|source| source.first_row..source.first_row + source.row_count)
            .filter(|&row| {
                let facts = index.facts[row as usize];
                !facts.has(RowFacts::CHECKED) && !facts.has(RowFacts::REFERENCE)
            })
            .count();
        Ok(u32::try_from(rows).unwrap_or(u32::MAX))
    }

    /// Findings by code with their counts, the worst and most frequent first.
    pub fn code_counts(&self, language: Language) -> Result<Vec<CodeCount>, ProjectError> {
        let (codes, counts, firsts) = {
            let index = self.index();
            let mut counts = vec![0_u32; index.codes.len()];
            let mut firsts = vec![u32::MAX; index.codes.len()];
            for (row, _, facts) in lead_rows(&index) {
                let mut bits = facts.codes;
                while bits != 0 {
                    let place = bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    if let Some(count) = counts.get_mut(place) {
                        *count += 1;
                        firsts[place] = firsts[place].min(row);
                    }
                }
            }
            (index.codes.clone(), counts, firsts)
        };
        // All at once: rows of the same block are unpacked together.
        let found: Vec<(KnownCode, u32, u32)> = codes
            .into_iter()
            .zip(counts.into_iter().zip(firsts))
            .filter(|(_, (rows, _))| *rows > 0)
            .map(|(known, (rows, first))| (known, rows, first))
            .collect();
        let firsts: Vec<u32> = found.iter().map(|(.., first)| *first).collect();
        let mut list = Vec::new();
        for ((KnownCode { code, .. }, rows, _), state) in found.into_iter().zip(self.row_states(&firsts)?) {
            let of_code = |finding: &&Finding| finding.code(&self.target) == code;
            let Some(finding) = state.findings.iter().find(of_code) else {
                continue;
            };
            list.push(CodeCount {
                field: column_of(finding.place).map(|at| self.target.fields[at].name.clone()),
                severity: finding.severity(),
                rows,
                title: finding.title(&self.target, language),
                example: finding.message(&self.target, language),
                fix: finding.fix.as_ref().map(|fix| fix.text.clone()),
                code,
            });
        }
        list.sort_by(|a, b| {
            b.severity
                .cmp(&a.severity)
                .then(b.rows.cmp(&a.rows))
                .then(a.code.cmp(&b.code))
        });
        Ok(list)
    }

    /// The rows that fit `filter`, in its order, afresh; [`Self::kept_rows`] gives the same from now on.
    pub fn filtered_rows(&self, filter: &RowFilter) -> Result<Arc<Vec<u32>>, ProjectError> {
        let rows = Arc::new(self.matching_rows(filter)?);
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.retain(|(known, _)| known != filter);
        orders.push((filter.clone(), Arc::clone(&rows)));
        let surplus = orders.len().saturating_sub(KEPT_ORDERS);
        orders.drain(..surplus);
        Ok(rows)
    }

    /// The rows that fit `filter` at this moment, in its order, for whoever is no table: no order is kept for it.
    pub fn matching_rows(&self, filter: &RowFilter) -> Result<Vec<u32>, ProjectError> {
        let matcher = Matcher::new(self, filter)?;
        let mut rows = matcher.rows(&self.index());
        for order in filter.sort.iter().rev() {
            if let Some(column) = TableColumn::of(&self.target, &order.field) {
                self.column_ranks(column)?.sort(&mut rows, order.descending);
            }
        }
        Ok(rows)
    }

    /// The rows that fitted `filter` when they were asked for last: an order stays while cells change, so that a row
    /// does not jump from under the person who edits it. Asked for the first time, afresh.
    pub fn kept_rows(&self, filter: &RowFilter) -> Result<Arc<Vec<u32>>, ProjectError> {
        let kept = {
            let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
            orders
                .iter()
                .find(|(known, _)| known == filter)
                .map(|(_, rows)| Arc::clone(rows))
        };
        kept.map_or_else(|| self.filtered_rows(filter), Ok)
    }

    /// Rows as the table shows them.
    pub fn viewed_rows(&self, rows: &[u32]) -> Result<Vec<ViewedRow>, ProjectError> {
        let states = self.row_states(rows)?;
        let mut originals = self.original_texts(rows)?;
        let index = self.index();
        let viewed = rows.iter().zip(states).map(|(&row, state)| {
            let facts = index.facts.get(row as usize).copied().unwrap_or_default();
            ViewedRow {
                row,
                number: index.number(row),
                states: VIEWS.into_iter().filter(|&view| is_in(facts, view)).collect(),
                state,
                originals: originals.remove(&row).unwrap_or_default(),
            }
        });
        Ok(viewed.collect())
    }

    /// What the sources say in the fields that a person has changed, by row and place of the field.
    fn original_texts(&self, rows: &[u32]) -> Result<BTreeMap<u32, BTreeMap<usize, String>>, ProjectError> {
        let mut edited: Vec<u32> = {
            let index = self.index();
            let is_edited = |row: &u32| {
                let facts = index.facts.get(*row as usize);
                facts.is_some_and(|facts| facts.has(RowFacts::EDITED))
            };
            rows.iter().copied().filter(is_edited).collect()
        };
        edited.sort_unstable();
        let mut originals = BTreeMap::new();
        for &row in &edited {
            let edits = self.edits_of(row)?;
            let places = edits.keys().filter_map(|field| self.target.field_index(field));
            originals.insert(
                row,
                places.map(|at| (at, String::new())).collect::<BTreeMap<_, _>>(),
            );
        }
        self.each_without_edits(&edited, |row, lead| {
            let texts = originals.get_mut(&row).into_iter().flatten();
            for (&at, text) in texts {
                if let Some(field) = lead.fields.get(at) {
                    text.clone_from(&field.text);
                }
            }
        })?;
        Ok(originals)
    }

    /// For each field of the target how many rows have an error and how many a warning in it.
    pub fn field_counts(&self) -> Vec<(u32, u32)> {
        let index = self.index();
        let mut by_code = vec![0_u32; index.codes.len()];
        for (.., facts) in lead_rows(&index) {
            let mut bits = facts.codes;
            while bits != 0 {
                if let Some(count) = by_code.get_mut(bits.trailing_zeros() as usize) {
                    *count += 1;
                }
                bits &= bits - 1;
            }
        }
        let mut counts = vec![(0, 0); self.target.fields.len()];
        for (known, rows) in index.codes.iter().zip(by_code) {
            let of_field = |code: &str| {
                known
                    .code
                    .strip_prefix(code)
                    .is_some_and(|rest| rest.starts_with('.'))
            };
            let Some(at) = self.target.fields.iter().position(|field| of_field(&field.code)) else {
                continue;
            };
            match known.severity {
                Severity::Error => counts[at].0 += rows,
                Severity::Warning => counts[at].1 += rows,
                Severity::Hint => {}
            }
        }
        counts
    }
}

/// All rows that are leads, with their source and their facts.
pub(super) fn lead_rows(index: &Index) -> impl Iterator<Item = (u32, i64, RowFacts)> + '_ {
    let rows_of = |source: &Arc<SourceEntry>| {
        let id = source.id;
        (source.first_row..source.first_row + source.row_count).map(move |row| (row, id))
    };
    index
        .sources
        .iter()
        .flat_map(rows_of)
        .map(|(row, source)| (row, source, index.facts[row as usize]))
        .filter(|(.., facts)| !facts.has(RowFacts::REFERENCE))
}

/// Place of the field that a finding is about, where it is one of the lead's.
pub fn column_of(place: Place) -> Option<usize> {
    match place {
        Place::Field(field) => Some(field.into()),
        Place::Activity(..) | Place::WholeActivity(_) | Place::Activities | Place::Group(_) => None,
    }
}
