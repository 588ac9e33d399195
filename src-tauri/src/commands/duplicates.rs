//! Duplicate groups: comparison, merging, decisions.

use std::collections::{BTreeMap, BTreeSet};

use lotse_core::finding::Severity;
use lotse_core::target::{FieldKind, FieldSpec, Role};
use lotse_engine::jobs::JobKind;
use lotse_engine::project::{CellState, DuplicateSummary, GroupFilter, GroupWindow, RowState};
use lotse_engine::workflows::{self, DecisionRule, WorkflowError};
use tauri::State;

use crate::Desk;
use crate::border::{
    ComparedField, ComparedGroup, ComparedMember, DuplicatesOverview, Failure, MergeChoice, MergedCell,
    MergedGroup,
};
use crate::session::Session;
use crate::table::{cell_text, kind_of};

/// Whether everything was compared, and whether there is anything to compare.
#[tauri::command]
pub(crate) async fn duplicates_overview(desk: State<'_, Desk>) -> Result<DuplicatesOverview, Failure> {
    desk.in_project(|session| {
        // What was edited a moment ago belongs into the groups that are looked at now.
        workflows::compare_waiting(&session.project, session.now())?;
        Ok::<_, WorkflowError>(DuplicatesOverview {
            compared: session.project.was_compared()?,
            comparable: session.project.state_counts().checked > 0,
        })
    })
    .await
}

/// Compares all rows with each other and with the reference data.
#[tauri::command]
pub(crate) async fn compare_rows(desk: State<'_, Desk>) -> Result<DuplicateSummary, Failure> {
    desk.in_project(|session| {
        session.job(JobKind::Duplicates, "", |watch| {
            workflows::compare_all(&session.project, session.actor(), watch)
        })
    })
    .await
}

/// The groups `offset .. offset + limit` of a filter, the surest first.
#[tauri::command]
pub(crate) async fn group_window(
    desk: State<'_, Desk>,
    filter: GroupFilter,
    offset: u32,
    limit: u32,
) -> Result<GroupWindow, Failure> {
    desk.in_project(move |session| session.project.group_window(&filter, offset, limit))
        .await
}

/// The place of the group of a row in the list of a filter.
#[tauri::command]
pub(crate) async fn group_place(
    desk: State<'_, Desk>,
    filter: GroupFilter,
    row: u32,
) -> Result<Option<u32>, Failure> {
    desk.in_project(move |session| session.project.group_place(&filter, row))
        .await
}

/// The place of the first open group from `from` on, going round at the end of the list.
#[tauri::command]
pub(crate) async fn next_open_group(
    desk: State<'_, Desk>,
    filter: GroupFilter,
    from: u32,
) -> Result<Option<u32>, Failure> {
    desk.in_project(move |session| session.project.next_open_group(&filter, from))
        .await
}

/// The group of a row side by side; nothing where the row is in none any more.
#[tauri::command]
pub(crate) async fn compared_group(
    desk: State<'_, Desk>,
    row: u32,
) -> Result<Option<ComparedGroup>, Failure> {
    desk.in_project(move |session| session.compared_group(row)).await
}

/// What merging `rows` would give; the first one stays.
#[tauri::command]
pub(crate) async fn merge_preview(
    desk: State<'_, Desk>,
    rows: Vec<u32>,
    choices: Vec<MergeChoice>,
) -> Result<MergedGroup, Failure> {
    desk.in_project(move |session| {
        let project = &session.project;
        let preview = workflows::preview_merge(project, &rows, &places_of(&rows, &choices))?;
        let fields = session.compared_fields();
        let cells = fields
            .iter()
            .filter_map(|&at| preview.fields.get(at))
            .map(|field| MergedCell {
                row: rows.get(field.from).copied().unwrap_or_default(),
                rule: field.rule,
            });
        let specs = project.target().activity_fields();
        let activities = preview.activities.iter().map(|texts| {
            let cells: Vec<CellState> = specs
                .iter()
                .map(|spec| CellState {
                    text: texts.get(&spec.name).cloned().unwrap_or_default(),
                    value: texts.get(&spec.name).cloned(),
                })
                .collect();
            session.activity_line(&cells)
        });
        Ok::<_, WorkflowError>(MergedGroup {
            fields: cells.collect(),
            activities: activities.collect(),
        })
    })
    .await
}

/// Merges `rows` into the first one. Gives how many rows changed.
#[tauri::command]
pub(crate) async fn merge_group(
    desk: State<'_, Desk>,
    rows: Vec<u32>,
    choices: Vec<MergeChoice>,
) -> Result<u32, Failure> {
    desk.in_project(move |session| {
        workflows::merge_rows(
            &session.project,
            session.actor(),
            &rows,
            &places_of(&rows, &choices),
            session.now(),
        )
        .map(|changed| count(&changed))
    })
    .await
}

/// Imports all of `rows` although they look like doubles.
#[tauri::command]
pub(crate) async fn keep_group(desk: State<'_, Desk>, rows: Vec<u32>) -> Result<u32, Failure> {
    desk.in_project(move |session| {
        workflows::keep_rows(&session.project, session.actor(), &rows).map(|changed| count(&changed))
    })
    .await
}

/// Skips `rows` except the one that stays; without one, they are skipped for reference data.
#[tauri::command]
pub(crate) async fn skip_in_group(
    desk: State<'_, Desk>,
    rows: Vec<u32>,
    stays: Option<u32>,
) -> Result<u32, Failure> {
    desk.in_project(move |session| {
        workflows::skip_rows(&session.project, session.actor(), stays, &rows).map(|changed| count(&changed))
    })
    .await
}

/// Takes the decisions about `rows` back.
#[tauri::command]
pub(crate) async fn reopen_group(desk: State<'_, Desk>, rows: Vec<u32>) -> Result<u32, Failure> {
    desk.in_project(move |session| {
        workflows::reopen_rows(&session.project, session.actor(), &rows).map(|changed| count(&changed))
    })
    .await
}

/// Remembers for ever that these pairs are none.
#[tauri::command]
pub(crate) async fn separate_rows(desk: State<'_, Desk>, pairs: Vec<(u32, u32)>) -> Result<(), Failure> {
    desk.in_project(move |session| workflows::separate_pairs(&session.project, session.actor(), &pairs))
        .await
}

/// How many rows a rule would decide about now.
#[tauri::command]
pub(crate) async fn count_by_rule(desk: State<'_, Desk>, rule: DecisionRule) -> Result<u32, Failure> {
    desk.in_project(move |session| workflows::rows_of_rule(&session.project, rule).map(|rows| count(&rows)))
        .await
}

/// Decides about the rows that a rule names, as one change. Gives how many.
#[tauri::command]
pub(crate) async fn decide_by_rule(desk: State<'_, Desk>, rule: DecisionRule) -> Result<u32, Failure> {
    desk.in_project(move |session| {
        workflows::decide_by_rule(&session.project, session.actor(), rule, session.now())
            .map(|rows| count(&rows))
    })
    .await
}

fn count(rows: &[u32]) -> u32 {
    u32::try_from(rows.len()).unwrap_or(u32::MAX)
}

/// The choices by the places of their rows; those about other rows are none.
fn places_of(rows: &[u32], choices: &[MergeChoice]) -> BTreeMap<String, usize> {
    choices
        .iter()
        .filter_map(|choice| {
            let place = rows.iter().position(|&row| row == choice.row)?;
            Some((choice.field.clone(), place))
        })
        .collect()
}

impl Session {
    /// Places of the fields that are compared: those that a person can choose.
    fn compared_fields(&self) -> Vec<usize> {
        let fields = &self.project.target().fields;
        (0..fields.len())
            .filter(|&at| fields[at].role != Some(Role::ExternalId) && fields[at].kind != FieldKind::Extra)
            .collect()
    }

    fn compared_group(&self, row: u32) -> Result<Option<ComparedGroup>, WorkflowError> {
        let Some(mut view) = workflows::group_view(&self.project, row)? else {
            return Ok(None);
        };
        let member_count = count(&view.members.iter().map(|member| member.row).collect::<Vec<_>>());
        view.members.truncate(ComparedGroup::MEMBERS);
        let rows: Vec<u32> = view.members.iter().map(|member| member.row).collect();
        let shown: BTreeSet<u32> = rows.iter().copied().collect();
        view.pairs
            .retain(|pair| shown.contains(&pair.row_a) && shown.contains(&pair.row_b));
        view.pairs.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then((a.row_a, a.row_b).cmp(&(b.row_a, b.row_b)))
        });
        let places = self.compared_fields();
        let specs: Vec<&FieldSpec> = places
            .iter()
            .map(|&at| &self.project.target().fields[at])
            .collect();
        let states = self.project.row_states(&rows)?;
        let members = view.members.into_iter().zip(&states).map(|(member, state)| {
            let nothing = CellState::default();
            ComparedMember {
                row: member.row,
                reference: member.reference,
                origin: member.origin,
                cells: places
                    .iter()
                    .zip(&specs)
                    .map(|(&at, spec)| {
                        let cell = state.fields.get(at).unwrap_or(&nothing);
                        cell_text(spec, cell, self.project.zone())
                    })
                    .collect(),
                activities: state
                    .activities
                    .iter()
                    .map(|cells| self.activity_line(cells))
                    .collect(),
                decision: member.decision.map(|decision| decision.kind),
                with_errors: has_errors(state),
            }
        });
        Ok(Some(ComparedGroup {
            id: view.group.id,
            score: view.group.score,
            decided: view.group.decided,
            members: members.collect(),
            fields: specs
                .iter()
                .map(|spec| ComparedField {
                    id: spec.name.clone(),
                    title: spec.label.get(self.language()).to_owned(),
                    kind: kind_of(spec.kind),
                })
                .collect(),
            activity_field: self
                .project
                .target()
                .activities
                .as_ref()
                .map_or_else(String::new, |list| list.name.clone()),
            member_count,
            pairs: view.pairs,
        }))
    }

    /// An activity as one line: its day, what it was, what was said of it.
    fn activity_line(&self, cells: &[CellState]) -> String {
        let target = self.project.target();
        let mut parts: Vec<(bool, String)> = Vec::new();
        for (spec, cell) in target.activity_fields().iter().zip(cells) {
            let text = match spec.kind {
                FieldKind::Flag => match cell.shown() {
                    "true" => spec.label.get(self.language()).to_owned(),
                    _ => String::new(),
                },
                FieldKind::Choice => spec
                    .choices
                    .iter()
                    .find(|choice| choice.value == cell.shown())
                    .map_or_else(
                        || cell.shown().to_owned(),
                        |choice| choice.label.get(self.language()).to_owned(),
                    ),
                _ => cell_text(spec, cell, self.project.zone()),
            };
            if !text.is_empty() {
                parts.push((spec.role != Some(Role::ActivityDate), text));
            }
        }
        // The day stands first: that is by what people tell activities apart.
        parts.sort_by_key(|(later, _)| *later);
        let texts: Vec<String> = parts.into_iter().map(|(_, text)| text).collect();
        texts.join(" · ")
    }
}

fn has_errors(state: &RowState) -> bool {
    state
        .findings
        .iter()
        .any(|finding| finding.severity() == Severity::Error)
}
