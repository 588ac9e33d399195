//! Groups of duplicates as a list shows them: by windows, filtered behind the border.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use lotse_core::migration::MatchReason;
use lotse_core::target::Role;
use serde::{Deserialize, Serialize};

use super::index::RowFacts;
use super::{DecisionKind, DuplicateGroup, NewDecision, Project, ProjectError};

/// Which groups are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupFilter {
    /// Only those about which everything, or not everything, is decided.
    pub decided: Option<bool>,
    /// Only those with a pair that matches for this reason.
    pub reason: Option<MatchReason>,
    /// Only those with this text in a field of one of their rows, without regard to case.
    pub search: String,
}

/// A group as one line of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct GroupLine {
    /// The group's first row; stands for the group.
    pub id: u32,
    /// What its first row is called.
    pub title: String,
    /// Rows of the project in it.
    pub rows: u32,
    /// Rows in it that are only compared with.
    pub references: u32,
    /// Why the best of its pairs matches.
    pub reason: MatchReason,
    /// The best score.
    pub score: f64,
    /// Nothing is left to decide.
    pub decided: bool,
}

/// Consecutive groups of a filter, the surest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct GroupWindow {
    /// Place of the first one.
    pub offset: u32,
    /// Groups that fit the filter.
    pub total: u32,
    /// All groups of the project.
    pub groups: u32,
    /// Of these, decided.
    pub decided: u32,
    /// The groups of this window.
    pub lines: Vec<GroupLine>,
}

/// What lists have asked for lately, and at which revision of the project.
#[derive(Default)]
pub(super) struct KeptGroups {
    revision: u64,
    groups: Option<Arc<Vec<DuplicateGroup>>>,
    filtered: Option<(GroupFilter, Arc<Vec<u32>>)>,
}

impl Project {
    /// All groups, the surest first, those that are equally sure in the order of their rows.
    pub fn duplicate_groups(&self) -> Result<Arc<Vec<DuplicateGroup>>, ProjectError> {
        let index = self.index();
        let revision = self.revision();
        let mut kept = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(groups) = kept.groups.as_ref().filter(|_| kept.revision == revision) {
            return Ok(Arc::clone(groups));
        }
        let groups = Arc::new(self.groups_in(&index)?);
        *kept = KeptGroups {
            revision,
            groups: Some(Arc::clone(&groups)),
            filtered: None,
        };
        Ok(groups)
    }

    /// Places in [`Project::duplicate_groups`] of the groups that fit `filter`.
    fn filtered_groups(
        &self,
        groups: &Arc<Vec<DuplicateGroup>>,
        filter: &GroupFilter,
    ) -> Result<Arc<Vec<u32>>, ProjectError> {
        let is_of_these = |kept: &KeptGroups| {
            kept.groups
                .as_ref()
                .is_some_and(|known| Arc::ptr_eq(known, groups))
        };
        {
            let kept = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((known, places)) = &kept.filtered
                && known == filter
                && is_of_these(&kept)
            {
                return Ok(Arc::clone(places));
            }
        }
        let search = filter.search.trim();
        let found = match search {
            "" => None,
            text => Some(self.rows_with_text(text)?),
        };
        let fits = |group: &DuplicateGroup| {
            filter.decided.is_none_or(|decided| group.decided == decided)
                && filter
                    .reason
                    .is_none_or(|reason| group.pairs.iter().any(|pair| pair.reason == reason))
                && found.as_ref().is_none_or(|found| {
                    let has_text = |row: u32| found.has(row);
                    group.members.iter().any(|member| has_text(member.row))
                })
        };
        let places: Vec<u32> = (0_u32..)
            .zip(groups.iter())
            .filter(|(_, group)| fits(group))
            .map(|(place, _)| place)
            .collect();
        let places = Arc::new(places);
        let mut kept = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        if is_of_these(&kept) {
            kept.filtered = Some((filter.clone(), Arc::clone(&places)));
        }
        Ok(places)
    }

    /// The groups `offset .. offset + limit` of a filter.
    pub fn group_window(
        &self,
        filter: &GroupFilter,
        offset: u32,
        limit: u32,
    ) -> Result<GroupWindow, ProjectError> {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let groups = self.duplicate_groups()?;
        let places = self.filtered_groups(&groups, filter)?;
        let shown: Vec<&DuplicateGroup> = places
            .iter()
            .skip(offset as usize)
            .take(limit as usize)
            .map(|&place| &groups[place as usize])
            .collect();
        let firsts: Vec<u32> = shown.iter().map(|group| group.id).collect();
        let titles = self.titles_of(&firsts)?;
        let lines = shown.into_iter().zip(titles).map(|(group, title)| {
            let references = group.members.iter().filter(|member| member.reference).count();
            let best = group.pairs.iter().max_by(|a, b| a.score.total_cmp(&b.score));
            GroupLine {
                id: group.id,
                title,
                rows: count(group.members.len() - references),
                references: count(references),
                reason: best.map_or(MatchReason::CompanyFuzzy, |pair| pair.reason),
                score: group.score,
                decided: group.decided,
            }
        });
        Ok(GroupWindow {
            offset,
            total: count(places.len()),
            groups: count(groups.len()),
            decided: count(groups.iter().filter(|group| group.decided).count()),
            lines: lines.collect(),
        })
    }

    /// Place of the group of `row` in the list of a filter; `None` where it is not in it.
    pub fn group_place(&self, filter: &GroupFilter, row: u32) -> Result<Option<u32>, ProjectError> {
        let groups = self.duplicate_groups()?;
        let places = self.filtered_groups(&groups, filter)?;
        let has_row = |&place: &u32| {
            groups[place as usize]
                .members
                .iter()
                .any(|member| member.row == row)
        };
        Ok((0_u32..)
            .zip(places.iter())
            .find(|(_, place)| has_row(place))
            .map(|(at, _)| at))
    }

    /// Place in the list of a filter of the first open group from `from` on, going round at the end.
    pub fn next_open_group(&self, filter: &GroupFilter, from: u32) -> Result<Option<u32>, ProjectError> {
        let groups = self.duplicate_groups()?;
        let places = self.filtered_groups(&groups, filter)?;
        let all = places.len();
        let from = from as usize;
        let round = (from..all).chain(0..from.min(all));
        Ok(round
            .into_iter()
            .find(|&at| !groups[places[at] as usize].decided)
            .and_then(|at| u32::try_from(at).ok()))
    }

    /// What rows are called: their companies, else the first thing that is said of them.
    fn titles_of(&self, rows: &[u32]) -> Result<Vec<String>, ProjectError> {
        let roles = [
            Role::Company,
            Role::FullName,
            Role::LastName,
            Role::Email,
            Role::Phone,
        ];
        let fields: Vec<usize> = roles
            .into_iter()
            .filter_map(|role| self.target.role_index(role))
            .collect();
        let title = |state: super::RowState| {
            fields
                .iter()
                .filter_map(|&field| state.fields.get(field))
                .map(|cell| cell.shown().to_owned())
                .find(|text| !text.is_empty())
                .unwrap_or_default()
        };
        Ok(self.row_states(rows)?.into_iter().map(title).collect())
    }

    /// The decision by which a row goes although others of its group do not. A row that doubles reference data gets
    /// none: whether that one is known already is another question.
    pub(crate) fn decision_to_stay(&self, row: u32) -> Result<Option<NewDecision>, ProjectError> {
        let groups = self.duplicate_groups()?;
        let partners: BTreeSet<u32> = groups
            .iter()
            .filter(|group| group.members.iter().any(|member| member.row == row))
            .flat_map(|group| &group.pairs)
            .filter_map(|pair| match (pair.row_a == row, pair.row_b == row) {
                (true, _) => Some(pair.row_b),
                (_, true) => Some(pair.row_a),
                _ => None,
            })
            .collect();
        let index = self.index();
        let known = partners.iter().any(|&partner| {
            index
                .facts
                .get(partner as usize)
                .is_some_and(|facts| facts.has(RowFacts::REFERENCE))
        });
        Ok((!known).then_some((row, Some(DecisionKind::Import), None)))
    }
}
