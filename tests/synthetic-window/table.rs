//! A table over the invented leads: nothing is stored but what a person changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lotse_desktop::ReviewTable;
use lotse_desktop::border::{
    Block, BlockTexts, CellEdit, CellReading, Column, EditOutcome, Failure, FailureKind, Mark, PasteOutcome,
    Row, RowCounts, RowWindow, Severity, Step, StepOverview, StepState, TableShape, View,
};

use crate::leads::{self, COMPANY, EMAIL, FIELDS, Flaw, PHONE, REGISTERED};

/// The columns in which an untouched cell can be wrong.
const FLAWED: [usize; 4] = [COMPANY, EMAIL, PHONE, REGISTERED];

/// The most rows that an outcome carries.
const ROWS_IN_AN_OUTCOME: usize = 1000;

pub(crate) struct SyntheticTable {
    rows: u32,
    state: Mutex<State>,
    /// The order of the view that was asked for last. It stays as it is while cells change: a row must not jump away
    /// from under the person who edits it.
    order: Mutex<(View, Option<Arc<Vec<u32>>>)>,
}

#[derive(Default)]
struct State {
    edits: HashMap<(u32, usize), String>,
    done: Vec<Vec<Change>>,
    undone: Vec<Vec<Change>>,
    revision: u32,
    counts: RowCounts,
    errors: [u32; FIELDS.len()],
    warnings: [u32; FIELDS.len()],
}

/// The text of a cell before and after; `None` for the untouched one.
struct Change {
    row: u32,
    column: usize,
    before: Option<String>,
    after: Option<String>,
}

impl State {
    fn text(&self, row: u32, column: usize) -> String {
        self.edits
            .get(&(row, column))
            .cloned()
            .unwrap_or_else(|| leads::text(row, column))
    }

    fn flaw(&self, row: u32, column: usize) -> Option<Flaw> {
        match self.edits.get(&(row, column)) {
            Some(text) => Flaw::of(column, text),
            None => leads::flaw(row, column),
        }
    }

    fn severity(&self, row: u32) -> Option<Severity> {
        (0..FIELDS.len())
            .filter_map(|column| self.flaw(row, column))
            .map(Flaw::severity)
            .max()
    }

    fn touched(&self, row: u32) -> bool {
        (0..FIELDS.len()).any(|column| self.edits.contains_key(&(row, column)))
    }

    fn row(&self, row: u32) -> Row {
        let mut marks = Vec::new();
        for column in 0..FIELDS.len() {
            let flaw = self.flaw(row, column);
            let changed = self.edits.contains_key(&(row, column));
            if flaw.is_none() && !changed {
                continue;
            }
            marks.push(Mark {
                column: u16::try_from(column).unwrap_or(u16::MAX),
                severity: flaw.map(Flaw::severity),
                code: flaw.map_or("", Flaw::code).to_owned(),
                message: flaw.map_or("", Flaw::message).to_owned(),
                fix: None,
                original: changed.then(|| leads::text(row, column)),
            });
        }
        Row {
            id: row,
            number: row + 5,
            severity: marks.iter().filter_map(|mark| mark.severity).max(),
            states: Vec::new(),
            cells: (0..FIELDS.len()).map(|column| self.text(row, column)).collect(),
            marks,
        }
    }

    /// Adds a row to the counts, or takes it out of them, as it stands.
    fn count(&mut self, row: u32, by: i32) {
        let add = |count: &mut u32| *count = count.saturating_add_signed(by);
        match self.severity(row) {
            Some(Severity::Error) => add(&mut self.counts.errors),
            Some(Severity::Warning) => add(&mut self.counts.warnings),
            Some(Severity::Hint) => add(&mut self.counts.hints),
            None => {}
        }
        if self.touched(row) {
            add(&mut self.counts.changed);
        }
        for column in 0..FIELDS.len() {
            match self.flaw(row, column).map(Flaw::severity) {
                Some(Severity::Error) => add(&mut self.errors[column]),
                Some(Severity::Warning) => add(&mut self.warnings[column]),
                _ => {}
            }
        }
    }

    fn write(&mut self, row: u32, column: usize, text: Option<String>) {
        self.count(row, -1);
        match text {
            Some(text) if text != leads::text(row, column) => self.edits.insert((row, column), text),
            _ => self.edits.remove(&(row, column)),
        };
        self.count(row, 1);
    }

    /// Writes what is different and remembers it as one step. Says how many cells that were, and which rows.
    fn apply(&mut self, texts: impl Iterator<Item = (u32, usize, String)>) -> (u32, Vec<u32>) {
        let mut step = Vec::new();
        for (row, column, text) in texts {
            if self.text(row, column) == text {
                continue;
            }
            let before = self.edits.get(&(row, column)).cloned();
            self.write(row, column, Some(text));
            step.push(Change {
                row,
                column,
                before,
                after: self.edits.get(&(row, column)).cloned(),
            });
        }
        let changed = u32::try_from(step.len()).unwrap_or(u32::MAX);
        let rows = rows_of(&step);
        if !step.is_empty() {
            self.revision += 1;
            self.undone.clear();
            self.done.push(step);
        }
        (changed, rows)
    }

    fn outcome(&self, changed: u32, rows: &[u32]) -> EditOutcome {
        let rows = rows
            .iter()
            .take(ROWS_IN_AN_OUTCOME)
            .map(|&row| self.row(row))
            .collect();
        EditOutcome {
            revision: self.revision,
            changed,
            rows,
        }
    }

    /// Goes one step back (or forth) in the history.
    fn step(&mut self, back: bool) -> EditOutcome {
        let Some(step) = (if back { self.done.pop() } else { self.undone.pop() }) else {
            return self.outcome(0, &[]);
        };
        for change in &step {
            self.write(
                change.row,
                change.column,
                if back {
                    change.before.clone()
                } else {
                    change.after.clone()
                },
            );
        }
        self.revision += 1;
        let outcome = self.outcome(u32::try_from(step.len()).unwrap_or(u32::MAX), &rows_of(&step));
        if back {
            self.undone.push(step);
        } else {
            self.done.push(step);
        }
        outcome
    }
}

fn rows_of(step: &[Change]) -> Vec<u32> {
    let mut rows: Vec<u32> = step.iter().map(|change| change.row).collect();
    rows.dedup();
    rows
}

fn column_of(id: &str) -> Result<usize, Failure> {
    FIELDS
        .iter()
        .position(|field| field.id == id)
        .ok_or_else(|| Failure {
            kind: FailureKind::Stale,
            message: format!("Es gibt keine Spalte „{id}“."),
            details: String::new(),
        })
}

impl SyntheticTable {
    pub(crate) fn new(rows: u32) -> Self {
        let mut state = State {
            counts: RowCounts {
                all: rows,
                ..RowCounts::default()
            },
            ..State::default()
        };
        for row in 0..rows {
            let mut gravest = None;
            for column in FLAWED {
                let severity = leads::flaw(row, column).map(Flaw::severity);
                gravest = gravest.max(severity);
                match severity {
                    Some(Severity::Error) => state.errors[column] += 1,
                    Some(_) => state.warnings[column] += 1,
                    None => {}
                }
            }
            match gravest {
                Some(Severity::Error) => state.counts.errors += 1,
                Some(_) => state.counts.warnings += 1,
                None => {}
            }
        }
        SyntheticTable {
            rows,
            state: Mutex::new(state),
            order: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows of a view in their order; `None` for all of them as they are.
    fn order(&self, view: &View) -> Result<Option<Arc<Vec<u32>>>, Failure> {
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        if order.0 != *view {
            *order = (view.clone(), self.arrange(view)?);
        }
        Ok(order.1.clone())
    }

    fn arrange(&self, view: &View) -> Result<Option<Arc<Vec<u32>>>, Failure> {
        if *view == View::default() {
            return Ok(None);
        }
        let state = self.state();
        let needle = view.search.to_lowercase();
        let shown = |row: &u32| {
            (view.severities.is_empty()
                || state
                    .severity(*row)
                    .is_some_and(|it| view.severities.contains(&it)))
                && (!view.changed_only || state.touched(*row))
                && (needle.is_empty()
                    || (0..FIELDS.len())
                        .any(|column| state.text(*row, column).to_lowercase().contains(&needle)))
        };
        let mut rows: Vec<u32> = (0..self.rows).filter(shown).collect();
        for key in view.sort.iter().rev() {
            let column = column_of(&key.column)?;
            rows.sort_by_cached_key(|row| state.text(*row, column));
            if key.descending {
                rows.reverse();
            }
        }
        Ok(Some(Arc::new(rows)))
    }

    /// The rows at `offset .. offset + limit` and how many there are in all.
    fn rows_at(&self, view: &View, offset: u32, limit: u32) -> Result<(Vec<u32>, u32), Failure> {
        Ok(match self.order(view)? {
            None => {
                let start = offset.min(self.rows);
                (
                    (start..start.saturating_add(limit).min(self.rows)).collect(),
                    self.rows,
                )
            }
            Some(order) => {
                let rows = order
                    .iter()
                    .skip(offset as usize)
                    .take(limit as usize)
                    .copied()
                    .collect();
                (rows, u32::try_from(order.len()).unwrap_or(u32::MAX))
            }
        })
    }
}

impl ReviewTable for SyntheticTable {
    fn shape(&self, view: &View, kept: bool) -> Result<TableShape, Failure> {
        if !kept {
            *self.order.lock().unwrap_or_else(PoisonError::into_inner) = Default::default();
        }
        let rows = self.rows_at(view, 0, 0)?.1;
        let state = self.state();
        let columns = FIELDS.iter().enumerate().map(|(at, field)| Column {
            id: field.id.to_owned(),
            title: field.title.to_owned(),
            kind: field.kind,
            computed: field.computed,
            choices: field.choices.iter().map(|&choice| choice.to_owned()).collect(),
            width: field.width,
            errors: state.errors[at],
            warnings: state.warnings[at],
        });
        Ok(TableShape {
            columns: columns.collect(),
            rows,
            counts: state.counts,
            revision: state.revision,
        })
    }

    fn window(&self, view: &View, offset: u32, limit: u32) -> Result<RowWindow, Failure> {
        let (rows, total) = self.rows_at(view, offset, limit)?;
        let state = self.state();
        let rows = rows.into_iter().map(|row| state.row(row)).collect();
        Ok(RowWindow {
            offset,
            total,
            revision: state.revision,
            rows,
        })
    }

    fn block(&self, view: &View, block: &Block) -> Result<BlockTexts, Failure> {
        let columns = block
            .columns
            .iter()
            .map(|id| column_of(id))
            .collect::<Result<Vec<_>, _>>()?;
        let (rows, _) = self.rows_at(view, block.offset, block.rows)?;
        let state = self.state();
        Ok(rows
            .iter()
            .map(|&row| columns.iter().map(|&column| state.text(row, column)).collect())
            .collect())
    }

    fn reading(&self, edit: &CellEdit) -> Result<CellReading, Failure> {
        Ok(CellReading {
            text: edit.text.clone(),
            ..CellReading::default()
        })
    }

    fn edit(&self, edits: &[CellEdit]) -> Result<EditOutcome, Failure> {
        let mut texts = Vec::with_capacity(edits.len());
        for edit in edits {
            texts.push((edit.row, column_of(&edit.column)?, edit.text.clone()));
        }
        let mut state = self.state();
        let (changed, rows) = state.apply(
            texts
                .into_iter()
                .filter(|(row, column, _)| *row < self.rows && !FIELDS[*column].computed),
        );
        Ok(state.outcome(changed, &rows))
    }

    fn paste(&self, view: &View, block: &Block, texts: &BlockTexts) -> Result<PasteOutcome, Failure> {
        let columns = block
            .columns
            .iter()
            .map(|id| column_of(id))
            .collect::<Result<Vec<_>, _>>()?;
        let wide = texts.iter().map(Vec::len).max().unwrap_or(0);
        if wide == 0 {
            return Ok(PasteOutcome {
                revision: self.state().revision,
                changed: 0,
                faulty: 0,
                rows_beyond: 0,
                columns_beyond: 0,
                computed: 0,
            });
        }
        // As spreadsheets do: a block larger than the clipboard is filled with repetitions of it.
        let (rows, _) = self.rows_at(view, block.offset, block.rows)?;
        let targets = rows.iter().enumerate().flat_map(|(down, &row)| {
            columns
                .iter()
                .enumerate()
                .map(move |(right, &column)| (down, row, right, column))
        });
        let (open, computed): (Vec<_>, Vec<_>) = targets.partition(|target| !FIELDS[target.3].computed);
        let mut state = self.state();
        let (changed, _) = state.apply(open.into_iter().filter_map(|(down, row, right, column)| {
            let line = &texts[down % texts.len()];
            line.get(right % wide).map(|text| (row, column, text.clone()))
        }));
        let beyond =
            |asked: usize, there: usize| u32::try_from(asked.saturating_sub(there)).unwrap_or(u32::MAX);
        Ok(PasteOutcome {
            revision: state.revision,
            changed,
            // Nobody asks this table.
            faulty: 0,
            rows_beyond: beyond(texts.len(), rows.len()),
            columns_beyond: beyond(wide, columns.len()),
            computed: u32::try_from(computed.len()).unwrap_or(u32::MAX),
        })
    }

    fn steps(&self) -> Vec<StepOverview> {
        let errors = self.state().counts.errors;
        vec![
            StepOverview {
                step: Step::Sources,
                state: StepState::Done,
                count: Some(1),
                of: None,
            },
            StepOverview {
                step: Step::Mapping,
                state: StepState::Done,
                count: Some(17),
                of: Some(17),
            },
            StepOverview {
                step: Step::Check,
                state: StepState::Blocked,
                count: Some(errors),
                of: None,
            },
        ]
    }

    fn undo(&self) -> Result<EditOutcome, Failure> {
        Ok(self.state().step(true))
    }

    fn redo(&self) -> Result<EditOutcome, Failure> {
        Ok(self.state().step(false))
    }
}
