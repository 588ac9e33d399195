//! Check and correction over the open project: what the commands of the same name hand out.

use std::collections::BTreeMap;
use std::path::Path;

use lotse_core::finding::{Finding, Place};
use lotse_core::mapping::{ColumnRef, Mapping, Origin};
use lotse_core::target::{FieldKind, FieldSpec, Role};
use lotse_engine::jobs::JobKind;
use lotse_engine::project::{
    Change, ChangeKind, DecisionKind, FieldEdit, ProjectError, RowView, SourceRole, column_of,
};
use lotse_engine::workflows::{self, WorkflowError};
use serde_json::json;

use crate::border::{
    ActivityChoice, ActivityField, ActivityFieldKind, CorrectedFile, DetailActivities, DetailField,
    DetailFinding, DuplicateRow, EditOutcome, Failure, HistoryEntry, HistoryPage, ReviewOverview, RowDetail,
    RowName, SourceCell, SourceFacet,
};
use crate::failure::Showable;
use crate::history::change_text;
use crate::session::Session;
use crate::table::{cell_text, kind_of, size_of};

impl Session {
    fn shown<T, E: Showable>(&self, outcome: Result<T, E>) -> Result<T, Failure> {
        outcome.map_err(|error| error.failure(self.language()))
    }

    /// What stands beside the table.
    pub(crate) fn review_overview(&self) -> Result<ReviewOverview, ProjectError> {
        let project = &self.project;
        let (undoable, redoable) = project.history_counts()?;
        let sources = project.sources()?;
        Ok(ReviewOverview {
            findings: project.code_counts(self.language())?,
            states: project.state_counts(),
            sources: sources
                .into_iter()
                .filter(|source| source.role == SourceRole::Leads)
                .map(|source| SourceFacet {
                    id: source.id,
                    name: with_sheet(&source.name, &source.sheet),
                    rows: source.row_count,
                })
                .collect(),
            unchecked: project.unchecked_rows()?,
            undoable: u32::try_from(undoable).unwrap_or(u32::MAX),
            redoable: u32::try_from(redoable).unwrap_or(u32::MAX),
        })
    }

    /// Everything about one row.
    pub(crate) fn row_detail(&self, row: u32) -> Result<RowDetail, ProjectError> {
        let project = &self.project;
        let missing = || ProjectError::NotFound {
            what: format!("row {row}"),
        };
        let (origin, cells) = project.source_cells(row)?;
        let viewed = project.viewed_rows(&[row])?.pop().ok_or_else(missing)?;
        let mapping = project.mapping(origin.source_id)?.unwrap_or_default();
        let mut history = if viewed.states.contains(&RowView::Edited) {
            project.row_history(row)?
        } else {
            BTreeMap::new()
        };
        let edits = project.edits_of(row)?;
        let target = project.target();
        let sources = CellsOfFields::new(&mapping, &cells);
        let fields = target.fields.iter().zip(&viewed.state.fields).enumerate();
        let fields = fields.map(|(at, (spec, cell))| DetailField {
            name: spec.name.clone(),
            label: spec.label.get(self.language()).to_owned(),
            kind: kind_of(spec.kind),
            computed: matches!(spec.kind, FieldKind::Extra),
            text: cell_text(spec, cell, project.zone()),
            source: sources.of(&mapping, &spec.name),
            edited: edits.contains_key(&spec.name),
            original: viewed.originals.get(&at).cloned(),
            history: history.remove(&spec.name).unwrap_or_default(),
        });
        let fields = fields.collect();
        let mut findings: Vec<DetailFinding> = viewed
            .state
            .findings
            .iter()
            .map(|finding| self.detail_finding(finding))
            .collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let activities = target.activities.as_ref().map(|list| DetailActivities {
            name: list.name.clone(),
            label: list.label.get(self.language()).to_owned(),
            fields: list.fields.iter().map(|spec| self.activity_field(spec)).collect(),
            list: viewed
                .state
                .activities
                .iter()
                .map(|cells| {
                    let texts = list.fields.iter().zip(cells);
                    texts
                        .map(|(spec, cell)| cell_text(spec, cell, project.zone()))
                        .collect()
                })
                .collect(),
            edited: edits.contains_key(&list.name),
        });
        Ok(RowDetail {
            id: row,
            number: origin.number,
            source: with_sheet(&origin.source, &origin.sheet),
            name: self.name_of(row)?,
            fields,
            unread: sources.unread,
            findings,
            activities,
            protection: viewed.state.protection,
            decision: project.decision(row)?,
            duplicates: self.duplicates_of(row, &viewed.states)?,
            refusal: project.refusal_of(row)?,
            states: viewed.states,
        })
    }

    fn detail_finding(&self, finding: &Finding) -> DetailFinding {
        let target = self.project.target();
        DetailFinding {
            code: finding.code(target),
            severity: finding.severity(),
            field: column_of(finding.place).map(|at| target.fields[at].name.clone()),
            title: finding.title(target, self.language()),
            message: finding.message(target, self.language()),
            fix: finding
                .fix
                .as_ref()
                .filter(|_| matches!(finding.place, Place::Field(_)))
                .map(|fix| fix.text.clone()),
        }
    }

    fn activity_field(&self, spec: &FieldSpec) -> ActivityField {
        ActivityField {
            name: spec.name.clone(),
            label: spec.label.get(self.language()).to_owned(),
            kind: match spec.kind {
                FieldKind::Instant | FieldKind::Date => ActivityFieldKind::Date,
                FieldKind::Choice => ActivityFieldKind::Choice,
                FieldKind::Flag => ActivityFieldKind::Flag,
                _ => ActivityFieldKind::Text,
            },
            choices: spec
                .choices
                .iter()
                .map(|choice| ActivityChoice {
                    value: choice.value.clone(),
                    label: choice.label.get(self.language()).to_owned(),
                })
                .collect(),
        }
    }

    fn duplicates_of(&self, row: u32, states: &[RowView]) -> Result<Vec<DuplicateRow>, ProjectError> {
        if !states.contains(&RowView::Duplicates) {
            return Ok(Vec::new());
        }
        let project = &self.project;
        let groups = project.duplicate_groups()?;
        let Some(group) = groups
            .iter()
            .find(|group| group.members.iter().any(|member| member.row == row))
        else {
            return Ok(Vec::new());
        };
        let others = group.members.iter().filter(|member| member.row != row);
        others
            .map(|member| {
                let pair = group.pairs.iter().find(|pair| {
                    [(pair.row_a, pair.row_b), (pair.row_b, pair.row_a)].contains(&(row, member.row))
                });
                Ok(DuplicateRow {
                    row: member.row,
                    number: project.row_number(member.row),
                    name: self.name_of(member.row)?,
                    reference: member.reference,
                    score: pair.map(|pair| pair.score),
                })
            })
            .collect()
    }

    /// What a person would call the lead.
    fn name_of(&self, row: u32) -> Result<String, ProjectError> {
        let state = self.project.row_states(&[row])?.pop().unwrap_or_default();
        let company = self.project.target().role_index(Role::Company);
        Ok(company
            .and_then(|at| state.fields.get(at))
            .map_or_else(String::new, |cell| cell.shown().to_owned()))
    }

    /// Applies the correction of a finding to one row or to all.
    pub(crate) fn apply_fix(&self, code: &str, row: Option<u32>) -> Result<EditOutcome, Failure> {
        let size = match row {
            Some(_) => 1,
            None => self.shown(workflows::preview_fix(&self.project, code))?.fixable as usize,
        };
        let rows = self.job_for(size, |watch| {
            workflows::apply_fix(&self.project, self.actor(), code, row, self.now(), watch)
        });
        let rows = self.shown(rows)?;
        self.outcome(rows.len(), &rows)
    }

    /// Decides about rows; `None` takes decisions back.
    pub(crate) fn decide(&self, rows: &[u32], kind: Option<DecisionKind>) -> Result<EditOutcome, Failure> {
        let rows = workflows::decide_rows(&self.project, self.actor(), rows, kind, None);
        let rows = self.shown(rows)?;
        self.outcome(rows.len(), &rows)
    }

    /// Gives a field, or the list of activities, back what the source says.
    pub(crate) fn restore_field(&self, row: u32, field: String) -> Result<EditOutcome, Failure> {
        self.put_field(row, field, None)
    }

    /// Writes the activities of a row anew.
    pub(crate) fn put_activities(
        &self,
        row: u32,
        list: &[BTreeMap<String, String>],
    ) -> Result<EditOutcome, Failure> {
        let Some(activities) = &self.project.target().activities else {
            return self.outcome(0, &[]);
        };
        self.put_field(row, activities.name.clone(), Some(json!(list).to_string()))
    }

    fn put_field(&self, row: u32, field: String, text: Option<String>) -> Result<EditOutcome, Failure> {
        let is_list = self.project.target().field_index(&field).is_none();
        let summary = json!({
            "row": self.project.row_number(row),
            "field": field,
            // A list is no text that anybody could read in a line.
            "text": text.as_ref().filter(|_| !is_list),
            "restored": text.is_none(),
        });
        let edits = [FieldEdit { row, field, text }];
        let rows = workflows::edit_fields(
            &self.project,
            self.actor(),
            ChangeKind::Edit,
            &summary,
            &edits,
            self.now(),
        );
        let rows = self.shown(rows)?;
        self.outcome(rows.len(), &rows)
    }

    /// Changes from the newest on.
    pub(crate) fn history_page(&self, offset: u32, limit: u32) -> Result<HistoryPage, ProjectError> {
        let mut changes = self.project.history(u64::from(offset), u64::from(limit) + 1)?;
        let more = changes.len() > limit as usize;
        changes.truncate(limit as usize);
        let entries = changes.into_iter().map(|change| HistoryEntry {
            id: change.id,
            at: change.at.to_string(),
            text: change_text(&change, self.project.target(), self.language()),
            actor: change.actor,
            undone: change.undone,
        });
        Ok(HistoryPage {
            entries: entries.collect(),
            more,
        })
    }

    /// How many cells the way to a change is about.
    fn size_of_way(&self, change: i64) -> Result<usize, ProjectError> {
        let on_the_way = |known: &Change| known.undone == (known.id <= change);
        let history = self.project.history(0, u64::MAX)?;
        Ok(history
            .iter()
            .filter(|known| on_the_way(known))
            .map(size_of)
            .sum())
    }

    /// Undoes or redoes until `change` is the last one that holds.
    pub(crate) fn go_to_change(&self, change: i64) -> Result<EditOutcome, Failure> {
        let size = self.shown(self.size_of_way(change))?;
        let gone = self.job_for(size, |watch| {
            workflows::go_to_change(&self.project, self.actor(), change, self.now(), watch)
        });
        let (steps, rows) = self.shown(gone)?;
        self.outcome(steps, &rows)
    }

    /// Writes the rows that cannot go into a file.
    pub(crate) fn write_rejected(&self, path: &Path) -> Result<u32, WorkflowError> {
        let written = self.job(JobKind::Write, &file_name(path), |_| {
            workflows::write_rejected(&self.project, path, self.language())
        })?;
        Ok(u32::try_from(written).unwrap_or(u32::MAX))
    }

    /// Compares a corrected file with the project; `None` where it is none.
    pub(crate) fn preview_corrected(&self, path: &Path) -> Result<Option<CorrectedFile>, WorkflowError> {
        let file = file_name(path);
        let preview = self.job(JobKind::Load, &file, |watch| {
            workflows::preview_reimport(&self.project, path, watch)
        })?;
        let Some(preview) = preview else { return Ok(None) };
        let mut rows: Vec<u32> = preview.changes.iter().map(|change| change.row).collect();
        rows.sort_unstable();
        rows.dedup();
        let rows: Result<_, ProjectError> = rows
            .into_iter()
            .map(|row| {
                Ok(RowName {
                    row,
                    number: self.project.row_number(row),
                    name: self.name_of(row)?,
                })
            })
            .collect();
        Ok(Some(CorrectedFile {
            file,
            preview,
            rows: rows?,
        }))
    }

    /// Takes over what a preview has shown.
    pub(crate) fn apply_corrected(&self, corrected: &CorrectedFile) -> Result<EditOutcome, Failure> {
        let rows = workflows::apply_reimport(
            &self.project,
            self.actor(),
            &corrected.file,
            &corrected.preview,
            self.now(),
        );
        let rows = self.shown(rows)?;
        self.outcome(rows.len(), &rows)
    }
}

/// Which cells of a row which field reads.
struct CellsOfFields {
    cells: Vec<(ColumnRef, SourceCell)>,
    /// Cells that no field reads.
    unread: Vec<SourceCell>,
}

impl CellsOfFields {
    fn new(mapping: &Mapping, cells: &[(String, String)]) -> Self {
        let headers: Vec<String> = cells.iter().map(|(header, _)| header.clone()).collect();
        let cells: Vec<(ColumnRef, SourceCell)> = ColumnRef::all(&headers)
            .into_iter()
            .zip(cells)
            .map(|(column, (header, text))| {
                let cell = SourceCell {
                    header: header.clone(),
                    text: text.clone(),
                };
                (column, cell)
            })
            .collect();
        let read: Vec<&ColumnRef> = mapping.fields.values().flat_map(columns_of).collect();
        let unread = cells
            .iter()
            .filter(|(column, cell)| !read.contains(&column) && !cell.text.is_empty())
            .map(|(_, cell)| cell.clone())
            .collect();
        CellsOfFields { cells, unread }
    }

    fn of(&self, mapping: &Mapping, field: &str) -> Vec<SourceCell> {
        let columns = mapping.fields.get(field).map(columns_of).unwrap_or_default();
        let cells = columns.iter().filter_map(|wanted| {
            let (_, cell) = self.cells.iter().find(|(column, _)| column == *wanted)?;
            Some(cell.clone())
        });
        cells.collect()
    }
}

fn columns_of(field: &lotse_core::mapping::FieldMapping) -> Vec<&ColumnRef> {
    match &field.origin {
        Origin::Columns { columns, .. } => columns.iter().collect(),
        Origin::Constant { .. } => Vec::new(),
    }
}

fn with_sheet(name: &str, sheet: &str) -> String {
    if sheet.is_empty() {
        name.to_owned()
    } else {
        format!("{name} · {sheet}")
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
