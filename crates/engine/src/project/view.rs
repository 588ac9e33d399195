//! What a table shows: windows of rows, filtered and sorted behind the border.

use std::collections::BTreeMap;

use lotse_core::finding::{Place, Severity};
use lotse_core::language::Language;
use lotse_core::protection::Protection;
use lotse_core::target::FieldKind;
use serde::{Deserialize, Serialize};

use super::index::{Index, RowFacts, bit};
use super::leads::RowState;
use super::{Project, ProjectError};

/// Which rows are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RowFilter {
    /// Rows in one of these states; all rows where empty.
    pub states: Vec<RowView>,
    /// Rows with a finding of one of these codes; all where empty.
    pub codes: Vec<String>,
    /// Rows of this source only.
    #[ts(type = "number | null")]
    pub source_id: Option<i64>,
    /// Rows in one of whose fields this text occurs, without regard to case.
    pub search: String,
}

/// States by which rows are filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum RowView {
    /// With at least one error.
    Errors,
    /// With warnings, without errors.
    Warnings,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct SortOrder {
    /// Name of the field.
    pub field: String,
    /// From the end.
    pub descending: bool,
}

/// A window of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct RowsWindow {
    /// Rows that fit the filter.
    pub total: u32,
    /// Place of the first row here among them.
    pub offset: u32,
    /// The rows.
    pub rows: Vec<ViewedRow>,
    /// State of the project that this shows.
    #[ts(type = "number")]
    pub revision: u64,
}

/// A row as the table shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ViewedRow {
    /// The row.
    pub row: u32,
    /// Its number as people see it in the source.
    pub number: u32,
    /// Its source.
    #[ts(type = "number")]
    pub source_id: i64,
    /// States that apply.
    pub states: Vec<RowView>,
    /// Decided to be merged into another row.
    pub merged: bool,
    /// In the order of the target's fields.
    pub cells: Vec<ViewedCell>,
    /// Number of activities.
    pub activities: u32,
    /// What is wrong.
    pub findings: Vec<ViewedFinding>,
    /// The computed dates.
    pub protection: Option<Protection>,
}

/// A cell as the table shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ViewedCell {
    /// The text found.
    pub text: String,
    /// The value in canonical form, where it differs from the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub value: Option<String>,
    /// The worst finding about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub severity: Option<Severity>,
    /// Changed by a person.
    pub edited: bool,
}

/// A finding as the table shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ViewedFinding {
    /// Stable code.
    pub code: String,
    /// Path of the field.
    pub field: String,
    /// Place of the field in the row, where it is one.
    pub column: Option<u32>,
    /// How bad.
    pub severity: Severity,
    /// The sentence.
    pub message: String,
    /// A correction that can be applied: the text to put in.
    pub fix: Option<String>,
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
    /// Place of the field, where it is one of the lead's.
    pub column: Option<u32>,
    /// How bad.
    pub severity: Severity,
    /// Rows with it.
    pub rows: u32,
    /// Heading for people.
    pub title: String,
    /// The sentence of the first row with it.
    pub example: String,
    /// Whether that row's finding has a correction that can be applied to all.
    pub fixable: bool,
}

const VIEWS: [RowView; 9] = [
    RowView::Errors,
    RowView::Warnings,
    RowView::Clean,
    RowView::Edited,
    RowView::Duplicates,
    RowView::Excluded,
    RowView::Approved,
    RowView::Imported,
    RowView::Failed,
];

fn is_in(facts: RowFacts, view: RowView) -> bool {
    match view {
        RowView::Errors => facts.has_errors(),
        RowView::Warnings => facts.severity() == Some(Severity::Warning),
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
        for facts in lead_rows(&index).map(|(_, facts)| facts) {
            counts.all += 1;
            counts.checked += u32::from(facts.has(RowFacts::CHECKED));
            for (count, view) in by_state.iter_mut().zip(VIEWS) {
                *count += u32::from(is_in(facts, view));
            }
        }
        counts.by_state = VIEWS.into_iter().zip(by_state).collect();
        counts
    }

    /// Findings by code with their counts, the worst and most frequent first.
    pub fn code_counts(&self, language: Language) -> Result<Vec<CodeCount>, ProjectError> {
        let (codes, counts, firsts) = {
            let index = self.index();
            let mut counts = vec![0_u32; index.codes.len()];
            let mut firsts = vec![u32::MAX; index.codes.len()];
            for (row, facts) in lead_rows(&index) {
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
        let mut list = Vec::new();
        for (code, (rows, first)) in codes
            .iter()
            .zip(counts.into_iter().zip(firsts))
            .filter(|(_, (rows, _))| *rows > 0)
        {
            let state = self.row_states(&[first])?.pop().unwrap_or_default();
            let Some(finding) = state
                .findings
                .iter()
                .find(|finding| finding.code(&self.target) == *code)
            else {
                continue;
            };
            list.push(CodeCount {
                code: code.clone(),
                column: column_of(finding.place),
                severity: finding.severity(),
                rows,
                title: finding.title(&self.target, language),
                example: finding.message(&self.target, language),
                fixable: finding.fix.is_some(),
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

    /// The rows that fit `filter`, in order.
    pub fn filtered_rows(
        &self,
        filter: &RowFilter,
        sort: Option<&SortOrder>,
    ) -> Result<Vec<u32>, ProjectError> {
        let mut rows = self.rows_in_states(filter);
        if !filter.search.trim().is_empty() {
            let found = self.rows_with_text(filter.search.trim())?;
            rows.retain(|&row| found[row as usize]);
        }
        if let Some(sort) = sort
            && let Some(field) = self.target.field_index(&sort.field)
        {
            self.sort_rows(&mut rows, field, sort.descending)?;
        }
        Ok(rows)
    }

    fn rows_in_states(&self, filter: &RowFilter) -> Vec<u32> {
        let index = self.index();
        let codes = filter.codes.iter().fold(0, |bits, code| {
            bits | index.codes.iter().position(|known| known == code).map_or(0, bit)
        });
        let range = filter.source_id.map(|id| {
            index.source(id).map_or(0..0, |source| {
                source.first_row..source.first_row + source.row_count
            })
        });
        let fits = |row: u32, facts: RowFacts| {
            (filter.states.is_empty() || filter.states.iter().any(|&view| is_in(facts, view)))
                && (filter.codes.is_empty() || facts.codes & codes != 0)
                && range.as_ref().is_none_or(|range| range.contains(&row))
        };
        lead_rows(&index)
            .filter(|&(row, facts)| fits(row, facts))
            .map(|(row, _)| row)
            .collect()
    }

    /// For each row whether one of its fields contains `text`.
    fn rows_with_text(&self, text: &str) -> Result<Vec<bool>, ProjectError> {
        let wanted = text.to_lowercase();
        let mut found = vec![false; self.index().facts.len()];
        for field in 0..self.target.fields.len() {
            self.for_each_cell(field, |row, text, shown| {
                let hit = &mut found[row as usize];
                *hit = *hit
                    || contains_folded(text, &wanted)
                    || (text != shown && contains_folded(shown, &wanted));
            })?;
        }
        Ok(found)
    }

    fn sort_rows(&self, rows: &mut [u32], field: usize, descending: bool) -> Result<(), ProjectError> {
        let numeric = matches!(
            self.target.fields[field].kind,
            FieldKind::Decimal | FieldKind::Integer
        );
        let mut keys: Vec<Option<SortKey>> = vec![None; self.index().facts.len()];
        self.for_each_cell(field, |row, _, shown| {
            if !shown.is_empty() {
                keys[row as usize] = SortKey::of(shown, numeric);
            }
        })?;
        // Empty cells, and what is no number in a column of numbers, stand at the end in either direction.
        rows.sort_by(|&a, &b| match (&keys[a as usize], &keys[b as usize]) {
            (Some(x), Some(y)) if descending => y.cmp(x).then(a.cmp(&b)),
            (Some(x), Some(y)) => x.cmp(y).then(a.cmp(&b)),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => a.cmp(&b),
        });
        Ok(())
    }

    /// The rows at `offset` and after it, `limit` at most.
    pub fn rows_window(
        &self,
        filter: &RowFilter,
        sort: Option<&SortOrder>,
        offset: u32,
        limit: u32,
        language: Language,
    ) -> Result<RowsWindow, ProjectError> {
        let revision = self.revision();
        let rows = self.filtered_rows(filter, sort)?;
        let shown: Vec<u32> = rows
            .iter()
            .copied()
            .skip(offset as usize)
            .take(limit as usize)
            .collect();
        Ok(RowsWindow {
            total: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            offset,
            rows: self.viewed_rows(&shown, language)?,
            revision,
        })
    }

    /// Rows as the table shows them.
    pub fn viewed_rows(&self, rows: &[u32], language: Language) -> Result<Vec<ViewedRow>, ProjectError> {
        let states = self.row_states(rows)?;
        let mut viewed = Vec::with_capacity(rows.len());
        for (&row, state) in rows.iter().zip(states) {
            let facts = self.index().facts.get(row as usize).copied().unwrap_or_default();
            let origin = self.row_origin(row)?;
            let edits = if facts.has(RowFacts::EDITED) {
                self.edits_of(row)?
            } else {
                Default::default()
            };
            let cells = self.viewed_cells(&state, &edits);
            let findings = state.findings.iter().map(|finding| ViewedFinding {
                code: finding.code(&self.target),
                field: finding.path(&self.target),
                column: column_of(finding.place),
                severity: finding.severity(),
                message: finding.message(&self.target, language),
                fix: finding.fix.as_ref().map(|fix| fix.text.clone()),
            });
            viewed.push(ViewedRow {
                row,
                number: origin.as_ref().map_or(0, |origin| origin.number),
                source_id: origin.map_or(-1, |origin| origin.source_id),
                states: VIEWS.into_iter().filter(|&view| is_in(facts, view)).collect(),
                merged: facts.has(RowFacts::MERGED),
                cells,
                activities: u32::try_from(state.activities.len()).unwrap_or(u32::MAX),
                findings: findings.collect(),
                protection: state.protection,
            });
        }
        Ok(viewed)
    }

    fn viewed_cells(&self, state: &RowState, edits: &lotse_core::mapping::Edits) -> Vec<ViewedCell> {
        let worst = |column: usize| {
            let about = |finding: &&lotse_core::finding::Finding| {
                column_of(finding.place) == u32::try_from(column).ok()
            };
            state
                .findings
                .iter()
                .filter(about)
                .map(lotse_core::finding::Finding::severity)
                .max()
        };
        let cell = |(column, spec): (usize, &lotse_core::target::FieldSpec)| {
            let cell = state.fields.get(column).cloned().unwrap_or_default();
            ViewedCell {
                value: cell.value.filter(|value| *value != cell.text),
                text: cell.text,
                severity: worst(column),
                edited: edits.contains_key(&spec.name),
            }
        };
        self.target.fields.iter().enumerate().map(cell).collect()
    }
}

/// All rows that are leads, with their facts.
fn lead_rows(index: &Index) -> impl Iterator<Item = (u32, RowFacts)> + '_ {
    index
        .sources
        .iter()
        .flat_map(|source| source.first_row..source.first_row + source.row_count)
        .map(|row| (row, index.facts[row as usize]))
        .filter(|(_, facts)| !facts.has(RowFacts::REFERENCE))
}

fn column_of(place: Place) -> Option<u32> {
    match place {
        Place::Field(field) => Some(field.into()),
        Place::Activity(..) | Place::WholeActivity(_) | Place::Activities | Place::Group(_) => None,
    }
}

fn contains_folded(text: &str, wanted: &str) -> bool {
    text.len() >= wanted.len() / 2 && text.to_lowercase().contains(wanted)
}

/// What a cell is sorted by: numbers as numbers, texts without regard to case and umlauts.
#[derive(Clone, Debug, PartialEq)]
enum SortKey {
    Number(f64),
    Text(String),
}

impl SortKey {
    fn of(shown: &str, numeric: bool) -> Option<Self> {
        if numeric {
            return shown.parse().ok().map(Self::Number);
        }
        let folded = shown
            .to_lowercase()
            .replace('ä', "a")
            .replace('ö', "o")
            .replace('ü', "u")
            .replace('ß', "ss");
        Some(Self::Text(folded))
    }

    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(_), Self::Text(_)) => std::cmp::Ordering::Less,
            (Self::Text(_), Self::Number(_)) => std::cmp::Ordering::Greater,
        }
    }
}
