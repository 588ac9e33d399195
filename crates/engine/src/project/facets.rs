//! By what a table can be filtered, with counts: each way of filtering counts the rows that all other ways leave.

use std::collections::BTreeMap;
use std::sync::Arc;

use lotse_core::finding::Severity;
use serde::{Deserialize, Serialize};

use super::column_order::ColumnValues;
use super::columns::TableColumn;
use super::index::{Index, RowFacts};
use super::search::Found;
use super::view::{RowFilter, RowView, VIEWS, is_in, lead_rows};
use super::{Project, ProjectError};

/// What was decided about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DecisionView {
    /// Nothing.
    Open,
    /// To be imported whatever the defaults say.
    Import,
    /// To be left out.
    Skip,
    /// Merged into another row.
    Merge,
    /// To wait.
    Hold,
}

impl DecisionView {
    fn of(facts: RowFacts) -> Self {
        if facts.has(RowFacts::SKIP) {
            Self::Skip
        } else if facts.has(RowFacts::MERGED) {
            Self::Merge
        } else if facts.has(RowFacts::HOLD) {
            Self::Hold
        } else if facts.has(RowFacts::IMPORT) {
            Self::Import
        } else {
            Self::Open
        }
    }
}

/// Only rows that have one of these values in a column.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
pub struct ValueFilter {
    /// Name of the field, or of one of the [`super::COMPUTED_COLUMNS`].
    pub column: String,
    /// The values; the empty text stands for empty cells.
    pub values: Vec<String>,
}

/// How many rows each further choice would leave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Facets {
    /// Rows that fit the filter.
    pub rows: u32,
    /// By the gravest finding.
    pub severities: BTreeMap<Severity, u32>,
    /// By state.
    pub states: BTreeMap<RowView, u32>,
    /// By code of a finding.
    pub codes: BTreeMap<String, u32>,
    /// By source.
    #[ts(type = "Record<number, number>")]
    pub sources: BTreeMap<i64, u32>,
    /// By decision.
    pub decisions: BTreeMap<DecisionView, u32>,
    /// Rows that a person has changed.
    pub edited: u32,
}

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ValueCount {
    /// The value in its canonical form; empty for empty cells.
    pub value: String,
    /// Rows with it.
    pub rows: u32,
}

/// The values of a column among the rows that all other filters leave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ValueFacet {
    /// Chosen ones and the most frequent others, the most frequent first.
    pub values: Vec<ValueCount>,
    /// How many different values there are, listed or not.
    pub different: u32,
}

const SEVERITY: u64 = 1;
const EDITED: u64 = 1 << 1;
const STATE: u64 = 1 << 2;
const CODE: u64 = 1 << 3;
const SOURCE: u64 = 1 << 4;
const DECISION: u64 = 1 << 5;
/// Text search, and columns beyond the number that has a bit.
const OTHER: u64 = 1 << 6;
const FIRST_VALUE: u32 = 7;

/// A filter made ready to look at a million rows.
pub(super) struct Matcher<'f> {
    filter: &'f RowFilter,
    codes: u64,
    search: Option<Arc<Found>>,
    values: Vec<(TableColumn, Arc<ColumnValues>, Vec<bool>)>,
}

impl<'f> Matcher<'f> {
    pub(super) fn new(project: &Project, filter: &'f RowFilter) -> Result<Self, ProjectError> {
        let search = filter.search.trim();
        let search = (!search.is_empty())
            .then(|| project.rows_with_text(search))
            .transpose()?;
        let mut values = Vec::new();
        for wanted in &filter.values {
            let column =
                TableColumn::of(&project.target, &wanted.column).ok_or_else(|| ProjectError::NotFound {
                    what: format!("column {}", wanted.column),
                })?;
            let known = project.column_values(column)?;
            let among = known.among(&wanted.values);
            values.push((column, known, among));
        }
        let index = project.index();
        let codes = filter
            .codes
            .iter()
            .fold(0, |bits, code| bits | index.known_bit(code));
        Ok(Matcher {
            filter,
            codes,
            search,
            values,
        })
    }

    /// The ways of filtering that a row does not pass.
    fn failed(&self, row: u32, source: i64, facts: RowFacts) -> u64 {
        let filter = self.filter;
        let mut failed = 0;
        let mut ask = |bit: u64, passes: bool| failed |= if passes { 0 } else { bit };
        ask(
            SEVERITY,
            filter.severities.is_empty() || facts.severity().is_some_and(|s| filter.severities.contains(&s)),
        );
        ask(EDITED, !filter.edited_only || facts.has(RowFacts::EDITED));
        ask(
            STATE,
            filter.states.is_empty() || filter.states.iter().any(|&view| is_in(facts, view)),
        );
        ask(CODE, filter.codes.is_empty() || facts.codes & self.codes != 0);
        ask(
            SOURCE,
            filter.sources.is_empty() || filter.sources.contains(&source),
        );
        ask(
            DECISION,
            filter.decisions.is_empty() || filter.decisions.contains(&DecisionView::of(facts)),
        );
        ask(OTHER, self.search.as_ref().is_none_or(|found| found.has(row)));
        for (bit, (_, known, among)) in (FIRST_VALUE..).zip(&self.values) {
            let bit = if bit < u64::BITS { 1 << bit } else { OTHER };
            ask(
                bit,
                among.get(known.id(row) as usize).copied().unwrap_or_default(),
            );
        }
        failed
    }

    /// The rows that fit, in the order of the sources.
    pub(super) fn rows(&self, index: &Index) -> Vec<u32> {
        lead_rows(index)
            .filter(|&(row, source, facts)| self.failed(row, source, facts) == 0)
            .map(|(row, ..)| row)
            .collect()
    }
}

impl Project {
    /// How many rows each choice beside `filter` would leave.
    pub fn facets(&self, filter: &RowFilter) -> Result<Facets, ProjectError> {
        let matcher = Matcher::new(self, filter)?;
        let index = self.index();
        let mut facets = Facets::default();
        let mut states = [0_u32; VIEWS.len()];
        let mut codes = vec![0_u32; index.codes.len()];
        let mut severities = [0_u32; 4];
        let mut sources: BTreeMap<i64, u32> = index.sources.iter().map(|source| (source.id, 0)).collect();
        for (row, source, facts) in lead_rows(&index) {
            let failed = matcher.failed(row, source, facts);
            // Most rows fail several ways of filtering and count for none.
            if failed & (failed.wrapping_sub(1)) != 0 {
                continue;
            }
            let counts = |bit: u64| failed & !bit == 0;
            facets.rows += u32::from(failed == 0);
            facets.edited += u32::from(counts(EDITED) && facts.has(RowFacts::EDITED));
            if counts(SEVERITY) {
                severities[usize::from(facts.worst.min(3))] += 1;
            }
            if counts(STATE) {
                for (count, view) in states.iter_mut().zip(VIEWS) {
                    *count += u32::from(is_in(facts, view));
                }
            }
            if counts(CODE) {
                let mut bits = facts.codes;
                while bits != 0 {
                    if let Some(count) = codes.get_mut(bits.trailing_zeros() as usize) {
                        *count += 1;
                    }
                    bits &= bits - 1;
                }
            }
            if counts(SOURCE) {
                *sources.entry(source).or_default() += 1;
            }
            if counts(DECISION) {
                *facets.decisions.entry(DecisionView::of(facts)).or_default() += 1;
            }
        }
        facets.severities = [Severity::Hint, Severity::Warning, Severity::Error]
            .into_iter()
            .zip(severities.into_iter().skip(1))
            .collect();
        facets.states = VIEWS.into_iter().zip(states).collect();
        facets.codes = index
            .codes
            .iter()
            .map(|known| known.code.clone())
            .zip(codes)
            .collect();
        sources.retain(|id, _| {
            index
                .source(*id)
                .is_some_and(|source| source.role != super::SourceRole::Reference)
        });
        facets.sources = sources;
        Ok(facets)
    }

    /// The values of a column among the rows that everything in `filter` but its own choice leaves, only those that
    /// contain `search`; `limit` of them beside the chosen ones.
    pub fn value_facet(
        &self,
        filter: &RowFilter,
        column: &str,
        search: &str,
        limit: usize,
    ) -> Result<ValueFacet, ProjectError> {
        let asked = TableColumn::of(&self.target, column).ok_or_else(|| ProjectError::NotFound {
            what: format!("column {column}"),
        })?;
        let chosen: Vec<&String> = filter
            .values
            .iter()
            .filter(|known| known.column == column)
            .flat_map(|known| &known.values)
            .collect();
        let others = RowFilter {
            values: filter
                .values
                .iter()
                .filter(|known| known.column != column)
                .cloned()
                .collect(),
            ..filter.clone()
        };
        let values = self.column_values(asked)?;
        let matcher = Matcher::new(self, &others)?;
        let mut counts = vec![0_u32; values.len()];
        {
            let index = self.index();
            for (row, source, facts) in lead_rows(&index) {
                if matcher.failed(row, source, facts) == 0
                    && let Some(count) = counts.get_mut(values.id(row) as usize)
                {
                    *count += 1;
                }
            }
        }
        let wanted = search.trim().to_lowercase();
        let mut facet = ValueFacet::default();
        let mut listed: Vec<(bool, u32, u32)> = Vec::new();
        for (id, &rows) in (0_u32..).zip(&counts) {
            let text = values.text(id);
            let is_chosen = chosen.iter().any(|value| *value == text);
            if rows == 0 && !is_chosen {
                continue;
            }
            facet.different += 1;
            if is_chosen || wanted.is_empty() || text.to_lowercase().contains(&wanted) {
                listed.push((is_chosen, rows, id));
            }
        }
        // Chosen ones are always among those that are listed: they are what a person takes back.
        listed.sort_by_key(|&(is_chosen, rows, id)| (std::cmp::Reverse((is_chosen, rows)), id));
        listed.truncate(limit + chosen.len());
        listed.sort_by_key(|&(_, rows, id)| (std::cmp::Reverse(rows), id));
        facet.values = listed
            .into_iter()
            .map(|(_, rows, id)| ValueCount {
                value: values.text(id).to_owned(),
                rows,
            })
            .collect();
        Ok(facet)
    }
}
