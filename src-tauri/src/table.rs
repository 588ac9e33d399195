//! The review table over a real project.

use chrono_tz::Tz;
use lotse_core::finding::{Finding, Place, Severity};
use lotse_core::protection::ProtectionStatus;
use lotse_core::target::{FieldKind, FieldSpec, Target};
use lotse_core::values::Instant;
pub(crate) use lotse_engine::project::moment_text;
use lotse_engine::project::{
    COMPUTED_COLUMNS, CellState, Change, ChangeKind, FieldEdit, ProjectError, RowFilter, RowView, SortOrder,
    ViewedRow, column_of, shown_text,
};
use lotse_engine::workflows;
use serde_json::json;

use crate::border::{
    Block, BlockTexts, CellEdit, CellReading, Column, ColumnKind, EditOutcome, Failure, FailureKind, Mark,
    PasteOutcome, Row, RowCounts, RowWindow, StepOverview, TableShape, View,
};
use crate::desk::ReviewTable;
use crate::failure::Showable as _;
use crate::session::Session;

/// The most rows that are looked at for an outcome.
const ROWS_IN_AN_OUTCOME: usize = 1000;

/// The most rows that an outcome carries: enough for whoever edits by hand. The page asks for others where they are in
/// sight.
const ROWS_SENT_BACK: usize = 200;

impl Session {
    /// The names of the columns, in their order: the fields of the target, then what is worked out.
    fn column_names(&self) -> Vec<&str> {
        let target = self.project.target();
        let mut names: Vec<&str> = target.fields.iter().map(|field| field.name.as_str()).collect();
        if target.activities.is_some() {
            names.extend(COMPUTED_COLUMNS);
        }
        names
    }

    fn rows_at(&self, view: &View, offset: u32, limit: u32) -> Result<(Vec<u32>, u32), Failure> {
        let rows = self
            .project
            .kept_rows(&filter_of(view))
            .map_err(|error| error.failure(self.language()))?;
        let shown = rows.iter().skip(offset as usize).take(limit as usize).copied();
        Ok((shown.collect(), u32::try_from(rows.len()).unwrap_or(u32::MAX)))
    }

    /// The place of a row in a view as it was last asked for.
    pub(crate) fn place_in(&self, view: &View, row: u32) -> Result<Option<u32>, ProjectError> {
        let rows = self.project.kept_rows(&filter_of(view))?;
        let place = rows.iter().position(|&shown| shown == row);
        Ok(place.and_then(|place| u32::try_from(place).ok()))
    }

    /// Rows as the table shows them.
    pub(crate) fn shown_rows(&self, rows: &[u32]) -> Result<Vec<Row>, Failure> {
        let viewed = self
            .project
            .viewed_rows(rows)
            .map_err(|error| error.failure(self.language()))?;
        Ok(viewed.into_iter().map(|row| self.row(row)).collect())
    }

    fn row(&self, viewed: ViewedRow) -> Row {
        let target = self.project.target();
        let zone = self.project.zone();
        let mut cells: Vec<String> = target
            .fields
            .iter()
            .zip(&viewed.state.fields)
            .map(|(field, cell)| cell_text(field, cell, zone))
            .collect();
        cells.resize(target.fields.len(), String::new());
        if target.activities.is_some() {
            cells.push(match viewed.state.activities.len() {
                0 => String::new(),
                number => number.to_string(),
            });
            let day = |instant: Instant| moment_text(instant, zone, true);
            match &viewed.state.protection {
                Some(protection) => {
                    cells.push(day(protection.until));
                    cells.push(day(protection.progress_deadline));
                    cells.push(
                        match protection.status {
                            ProtectionStatus::Protected => "PROTECTED",
                            ProtectionStatus::Expired => "EXPIRED",
                        }
                        .to_owned(),
                    );
                }
                None => cells.resize(target.fields.len() + COMPUTED_COLUMNS.len(), String::new()),
            }
        }
        let mut marks: Vec<Mark> = Vec::new();
        for finding in &viewed.state.findings {
            marks.push(self.mark(finding, &viewed));
        }
        for (&at, original) in &viewed.originals {
            if !marks.iter().any(|mark| usize::from(mark.column) == at) {
                marks.push(Mark {
                    column: u16::try_from(at).unwrap_or(u16::MAX),
                    severity: None,
                    code: String::new(),
                    message: String::new(),
                    fix: None,
                    original: Some(original.clone()),
                });
            }
        }
        // The gravest finding of a cell stands first: it is the one that the cell shows.
        marks.sort_by_key(|mark| (mark.column, std::cmp::Reverse(mark.severity)));
        Row {
            id: viewed.row,
            number: viewed.number,
            severity: marks.iter().filter_map(|mark| mark.severity).max(),
            states: viewed.states,
            cells,
            marks,
        }
    }

    fn mark(&self, finding: &Finding, viewed: &ViewedRow) -> Mark {
        let target = self.project.target();
        let column = column_of(finding.place).unwrap_or_else(|| column_beside(target, finding.place));
        Mark {
            column: u16::try_from(column).unwrap_or(u16::MAX),
            severity: Some(finding.severity()),
            code: finding.code(target),
            message: finding.message(target, self.language()),
            fix: finding.fix.as_ref().map(|fix| fix.text.clone()),
            original: viewed.originals.get(&column).cloned(),
        }
    }

    /// An edit that asks for a column which cannot be written.
    fn stale(&self, column: &str) -> Failure {
        Failure {
            kind: FailureKind::Stale,
            message: self.language().pick(
                format!("Die Spalte „{column}“ gibt es nicht, oder sie wird berechnet."),
                format!("There is no column \"{column}\", or it is computed."),
            ),
            details: String::new(),
        }
    }

    /// Puts edits into the project as one change; returns how many cells it was, and their rows in ascending order.
    fn change(&self, kind: ChangeKind, edits: Vec<FieldEdit>) -> Result<(usize, Vec<u32>), Failure> {
        let summary = match edits.as_slice() {
            [one] => json!({ "row": self.project.row_number(one.row), "field": one.field, "text": one.text }),
            more => json!({ "cells": more.len() }),
        };
        let cells = edits.len();
        let rows = self.job_for(cells, |watch| {
            workflows::edit_fields_watched(
                &self.project,
                self.actor(),
                kind,
                &summary,
                edits,
                self.now(),
                watch,
            )
        });
        let rows = rows.map_err(|error| error.failure(self.language()))?;
        Ok((if rows.is_empty() { 0 } else { cells }, rows))
    }

    /// How many of these cells have an error. Of very many only the first rows are looked at.
    fn faulty(&self, rows: &[u32], columns: &[String]) -> Result<u32, Failure> {
        let rows = &rows[..rows.len().min(ROWS_IN_AN_OUTCOME)];
        let states = self
            .project
            .row_states(rows)
            .map_err(|error| error.failure(self.language()))?;
        let target = self.project.target();
        let meant = |finding: &&Finding| {
            let field = column_of(finding.place).map(|at| &target.fields[at].name);
            finding.severity() == Severity::Error && field.is_some_and(|name| columns.contains(name))
        };
        let faulty = states
            .iter()
            .flat_map(|state| state.findings.iter().filter(meant));
        Ok(u32::try_from(faulty.count()).unwrap_or(u32::MAX))
    }

    /// What a change of `rows` comes to; `changed` counts what was changed: cells, or rows.
    pub(crate) fn outcome(&self, changed: usize, rows: &[u32]) -> Result<EditOutcome, Failure> {
        Ok(EditOutcome {
            revision: self.revision(),
            changed: u32::try_from(changed).unwrap_or(u32::MAX),
            rows: self.shown_rows(&rows[..rows.len().min(ROWS_SENT_BACK)])?,
        })
    }

    /// How many rows the next step back, or forth, is about at most.
    fn size_of_step(&self, back: bool) -> usize {
        let undone = self.project.history_counts().map_or(0, |(_, undone)| undone);
        let Some(offset) = (if back { Some(undone) } else { undone.checked_sub(1) }) else {
            return 0;
        };
        let change = self
            .project
            .history(offset, 1)
            .ok()
            .and_then(|mut found| found.pop());
        let fact = |name: &str| change.as_ref().and_then(|change| change.summary[name].as_u64());
        let size = fact("cells").or(fact("rows")).unwrap_or_default();
        usize::try_from(size).unwrap_or(usize::MAX)
    }

    fn revision(&self) -> u32 {
        // Only ever compared for equality.
        u32::try_from(self.project.revision() & u64::from(u32::MAX)).unwrap_or_default()
    }
}

impl ReviewTable for Session {
    fn shape(&self, view: &View, kept: bool) -> Result<TableShape, Failure> {
        let shown = |error: ProjectError| error.failure(self.language());
        let filter = filter_of(view);
        let rows = if kept {
            self.project.kept_rows(&filter)
        } else {
            self.project.filtered_rows(&filter)
        };
        let rows = rows.map_err(shown)?;
        let counts = self.project.state_counts();
        let of = |state: RowView| counts.by_state.get(&state).copied().unwrap_or_default();
        let target = self.project.target();
        let mut columns: Vec<Column> = target
            .fields
            .iter()
            .zip(self.project.field_counts())
            .map(|(field, (errors, warnings))| Column {
                id: field.name.clone(),
                title: field.label.get(self.language()).to_owned(),
                kind: kind_of(field.kind),
                computed: matches!(field.kind, FieldKind::Extra),
                choices: field.choices.iter().map(|choice| choice.value.clone()).collect(),
                width: width_of(field),
                errors,
                warnings,
            })
            .collect();
        if let Some(activities) = &target.activities {
            let computed = |id: &str, title: &str, kind, width| Column {
                id: id.to_owned(),
                title: title.to_owned(),
                kind,
                computed: true,
                choices: Vec::new(),
                width,
                errors: 0,
                warnings: 0,
            };
            let say = |german, english| self.language().pick(german, english);
            columns.push(computed(
                COMPUTED_COLUMNS[0],
                activities.label.get(self.language()),
                ColumnKind::Number,
                92,
            ));
            columns.push(computed(
                COMPUTED_COLUMNS[1],
                say("Schutz bis", "Protected until"),
                ColumnKind::Date,
                112,
            ));
            columns.push(computed(
                COMPUTED_COLUMNS[2],
                say("Fortschritt bis", "Progress by"),
                ColumnKind::Date,
                112,
            ));
            columns.push(computed(
                COMPUTED_COLUMNS[3],
                say("Schutz", "Protection"),
                ColumnKind::Text,
                104,
            ));
        }
        Ok(TableShape {
            columns,
            rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            counts: RowCounts {
                all: counts.all,
                errors: of(RowView::Errors),
                warnings: of(RowView::Warnings),
                hints: of(RowView::Hints),
                changed: of(RowView::Edited),
            },
            revision: self.revision(),
        })
    }

    fn window(&self, view: &View, offset: u32, limit: u32) -> Result<RowWindow, Failure> {
        let (rows, total) = self.rows_at(view, offset, limit)?;
        Ok(RowWindow {
            offset,
            total,
            revision: self.revision(),
            rows: self.shown_rows(&rows)?,
        })
    }

    fn block(&self, view: &View, block: &Block) -> Result<BlockTexts, Failure> {
        let names = self.column_names();
        let columns: Vec<usize> = block
            .columns
            .iter()
            .map(|id| {
                names
                    .iter()
                    .position(|name| name == id)
                    .ok_or_else(|| self.stale(id))
            })
            .collect::<Result<_, _>>()?;
        let (rows, _) = self.rows_at(view, block.offset, block.rows)?;
        let mut texts = Vec::with_capacity(rows.len());
        for chunk in rows.chunks(ROWS_IN_AN_OUTCOME) {
            for row in self.shown_rows(chunk)? {
                texts.push(columns.iter().map(|&at| row.cells[at].clone()).collect());
            }
        }
        Ok(texts)
    }

    fn reading(&self, edit: &CellEdit) -> Result<CellReading, Failure> {
        let target = self.project.target();
        let at = target
            .field_index(&edit.column)
            .ok_or_else(|| self.stale(&edit.column))?;
        let state = workflows::read_as_written(&self.project, edit.row, &edit.column, &edit.text, self.now())
            .map_err(|error| error.failure(self.language()))?;
        let Some(state) = state else {
            return Ok(CellReading {
                text: edit.text.clone(),
                ..CellReading::default()
            });
        };
        let of_cell = |finding: &&Finding| column_of(finding.place) == Some(at);
        let worst = state
            .findings
            .iter()
            .filter(of_cell)
            .max_by_key(|finding| finding.severity());
        Ok(CellReading {
            text: cell_text(&target.fields[at], &state.fields[at], self.project.zone()),
            severity: worst.map(Finding::severity),
            message: worst.map_or_else(String::new, |finding| finding.message(target, self.language())),
        })
    }

    fn edit(&self, edits: &[CellEdit]) -> Result<EditOutcome, Failure> {
        let target = self.project.target();
        let edits: Vec<FieldEdit> = edits
            .iter()
            .map(|edit| match target.field_index(&edit.column) {
                Some(_) => Ok(FieldEdit {
                    row: edit.row,
                    field: edit.column.clone(),
                    text: Some(edit.text.clone()),
                }),
                None => Err(self.stale(&edit.column)),
            })
            .collect::<Result<_, _>>()?;
        let kind = if edits.len() == 1 {
            ChangeKind::Edit
        } else {
            ChangeKind::BulkEdit
        };
        let (changed, rows) = self.change(kind, edits)?;
        self.outcome(changed, &rows)
    }

    fn paste(&self, view: &View, block: &Block, texts: &BlockTexts) -> Result<PasteOutcome, Failure> {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let wide = texts.iter().map(Vec::len).max().unwrap_or_default();
        let nothing = PasteOutcome {
            revision: self.revision(),
            changed: 0,
            faulty: 0,
            rows_beyond: 0,
            columns_beyond: 0,
            computed: 0,
        };
        if wide == 0 {
            return Ok(nothing);
        }
        let target = self.project.target();
        let (rows, _) = self.rows_at(view, block.offset, block.rows)?;
        let mut computed = 0;
        let mut edits = Vec::new();
        for (down, &row) in rows.iter().enumerate() {
            let line = &texts[down % texts.len()];
            for (right, column) in block.columns.iter().enumerate() {
                let Some(text) = line.get(right % wide) else {
                    continue;
                };
                if target.field_index(column).is_none() {
                    computed += 1;
                    continue;
                }
                edits.push(FieldEdit {
                    row,
                    field: column.clone(),
                    text: Some(text.clone()),
                });
            }
        }
        let (changed, changed_rows) = self.change(ChangeKind::BulkEdit, edits)?;
        Ok(PasteOutcome {
            revision: self.revision(),
            changed: count(changed),
            faulty: self.faulty(&changed_rows, &block.columns)?,
            rows_beyond: count(texts.len().saturating_sub(rows.len())),
            columns_beyond: count(wide.saturating_sub(block.columns.len())),
            computed,
        })
    }

    fn undo(&self) -> Result<EditOutcome, Failure> {
        let undone = self
            .job_for(self.size_of_step(true), |watch| {
                workflows::undo(&self.project, self.actor(), self.now(), watch)
            })
            .map_err(|error| error.failure(self.language()))?;
        let rows = undone.map(|(_, rows)| rows).unwrap_or_default();
        self.outcome(rows.len(), &rows)
    }

    fn redo(&self) -> Result<EditOutcome, Failure> {
        let done = self
            .job_for(self.size_of_step(false), |watch| {
                workflows::redo(&self.project, self.actor(), self.now(), watch)
            })
            .map_err(|error| error.failure(self.language()))?;
        let rows = done.map(|(_, rows)| rows).unwrap_or_default();
        self.outcome(rows.len(), &rows)
    }

    fn steps(&self) -> Vec<StepOverview> {
        Session::steps(self)
    }
}

pub(crate) fn filter_of(view: &View) -> RowFilter {
    RowFilter {
        severities: view.severities.clone(),
        edited_only: view.changed_only,
        states: view.states.clone(),
        codes: view.codes.clone(),
        sources: view.sources.clone(),
        decisions: view.decisions.clone(),
        values: view.values.clone(),
        search: view.search.clone(),
        sort: view
            .sort
            .iter()
            .map(|key| SortOrder {
                field: key.column.clone(),
                descending: key.descending,
            })
            .collect(),
    }
}

/// How many cells, or rows, a change is about.
pub(crate) fn size_of(change: &Change) -> usize {
    let fact = |name: &str| change.summary[name].as_u64();
    let size = fact("cells").or(fact("rows")).unwrap_or_default();
    usize::try_from(size).unwrap_or(usize::MAX)
}

/// The column in which a finding is shown that is about no single field.
fn column_beside(target: &Target, place: Place) -> usize {
    match place {
        Place::Group(group) => target
            .groups
            .get(usize::from(group))
            .and_then(|group| {
                let first = group.any_of.first();
                let below = format!("{}.", group.name);
                first.and_then(|name| target.field_index(name)).or_else(|| {
                    target
                        .fields
                        .iter()
                        .position(|field| field.name.starts_with(&below))
                })
            })
            .unwrap_or_default(),
        // Behind the last field.
        _ => target.fields.len(),
    }
}

pub(crate) fn kind_of(kind: FieldKind) -> ColumnKind {
    match kind {
        FieldKind::Email => ColumnKind::Email,
        FieldKind::Phone => ColumnKind::Phone,
        FieldKind::Instant | FieldKind::Date => ColumnKind::Date,
        FieldKind::Decimal | FieldKind::Integer => ColumnKind::Number,
        FieldKind::Choice => ColumnKind::Choice,
        FieldKind::Text | FieldKind::LongText | FieldKind::Flag | FieldKind::TextList | FieldKind::Extra => {
            ColumnKind::Text
        }
    }
}

fn width_of(field: &FieldSpec) -> u16 {
    use lotse_core::target::Role;
    match (field.role, field.kind) {
        (Some(Role::Company), _) => 220,
        (Some(Role::Postcode | Role::Stage | Role::Territory), _) => 76,
        (_, FieldKind::Email) => 220,
        (_, FieldKind::Phone) => 156,
        (_, FieldKind::Instant | FieldKind::Date) => 124,
        (_, FieldKind::LongText) => 240,
        (_, FieldKind::Decimal | FieldKind::Integer) => 104,
        _ => 132,
    }
}

/// A cell as the table shows it, and as it reads back: moments in the zone of the project.
pub(crate) fn cell_text(field: &FieldSpec, cell: &CellState, zone: Tz) -> String {
    match &cell.value {
        Some(value) => shown_text(field, value, zone),
        None => cell.text.clone(),
    }
}

/// The day of a computed date; what is no date stays as it is.
pub(crate) fn day_text(value: &str, zone: Tz) -> String {
    Instant::from_rfc3339(value).map_or_else(|| value.to_owned(), |instant| moment_text(instant, zone, true))
}
