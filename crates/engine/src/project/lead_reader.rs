//! Rows read as leads: cells, mapping and edits together, checked. The one way from what is kept to what is sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use lotse_core::check::{CheckSettings, check_lead};
use lotse_core::finding::{Finding, Place, Problem};
use lotse_core::lead::{ExternalId, Lead};
use lotse_core::mapping::{Edits, Interpreted, Interpreter, MappingProblem, ReadingSettings};
use lotse_core::protection::Protection;
use lotse_core::table::Row;

use super::joined::Joined;
use super::leads::RowState;
use super::row_places::SourceRef;
use super::{Project, ProjectError};

impl Project {
    /// Hands rows as their sources have them, without what persons have typed over them and without the activities of
    /// other sources, to `each`; given in ascending order, each block is unpacked once. Rows whose source has no mapping
    /// are left out.
    pub(super) fn each_without_edits(
        &self,
        rows: &[u32],
        mut each: impl FnMut(u32, &Lead),
    ) -> Result<(), ProjectError> {
        let mut rest = rows;
        while let Some(&first) = rest.first() {
            let end = self.place_of(first).map_or(first + 1, |(source, ..)| {
                source.entry.first_row + source.entry.row_count
            });
            let (here, after) = rest.split_at(rest.partition_point(|&row| row < end));
            rest = after;
            let Some((source, ..)) = self.place_of(first) else {
                continue;
            };
            let Some(mapping) = self.mapping(source.id)? else {
                continue;
            };
            let reading = ReadingSettings { zone: self.zone };
            let Ok(interpreter) = Interpreter::new(&self.target, &mapping, &source.entry.headers, reading)
            else {
                continue;
            };
            let mut held = None;
            for &row in here {
                let Some((_, sequence, within)) = self.place_of(row) else {
                    continue;
                };
                let block = match held.take() {
                    Some((known, block)) if known == sequence => block,
                    _ => self.block(&source, sequence)?,
                };
                let cells = block.row(within);
                let id = source.entry.external_id(cells.number());
                each(row, &interpreter.interpret(cells, None, &id).lead);
                held = Some((sequence, block));
            }
        }
        Ok(())
    }

    /// Everything that is needed to read rows of this project as leads, with the present mappings.
    pub fn lead_reader(&self, settings: CheckSettings) -> Result<LeadReader<'_>, LeadReaderProblem> {
        let mut interpreters = BTreeMap::new();
        for source in self.sources()? {
            let Some(mapping) = self.mapping(source.id)? else {
                continue;
            };
            let reading = ReadingSettings { zone: self.zone };
            let interpreter =
                Interpreter::new(&self.target, &mapping, &source.headers, reading).map_err(|problem| {
                    LeadReaderProblem::Mapping {
                        source_name: source.name.clone(),
                        problem,
                    }
                })?;
            interpreters.insert(source.id, interpreter);
        }
        Ok(LeadReader {
            project: self,
            joined: self.joined()?,
            interpreters,
            settings,
            shared_ids: BTreeMap::new(),
        })
    }
}

/// Why rows cannot be read as leads.
#[derive(Debug, thiserror::Error)]
pub enum LeadReaderProblem {
    /// The project cannot be read.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// The mapping of a source does not fit.
    #[error("{source_name}: {problem}")]
    Mapping {
        /// The source's name.
        source_name: String,
        /// What does not fit.
        problem: MappingProblem,
    },
}

/// Reads rows of a project as leads and checks them, with the mappings as they were when it was made.
pub struct LeadReader<'p> {
    project: &'p Project,
    interpreters: BTreeMap<i64, Interpreter<'p>>,
    /// Activities that stand in other sources.
    joined: Arc<Joined>,
    settings: CheckSettings,
    /// Identities that more than one row has, with the first of these rows: its number and source.
    shared_ids: BTreeMap<String, (u32, u32, String)>,
}

impl<'p> LeadReader<'p> {
    /// True when the source has a mapping.
    pub fn can_read(&self, source_id: i64) -> bool {
        self.interpreters.contains_key(&source_id)
    }

    /// Tells the reader which identities occur more than once: identity → (first row, its number, its source).
    pub fn share_ids(&mut self, shared: BTreeMap<String, (u32, u32, String)>) {
        self.shared_ids = shared;
    }

    /// True when identities can meet: a source or a person gives them, instead of row numbers.
    pub(crate) fn has_own_identities(&self, edits: &BTreeMap<u32, Edits>) -> bool {
        let Some(field) = self
            .project
            .target
            .role_index(lotse_core::target::Role::ExternalId)
        else {
            return false;
        };
        let name = &self.project.target.fields[field].name;
        self.interpreters.values().any(Interpreter::maps_identity)
            || edits.values().any(|edits| edits.contains_key(name))
    }

    /// The identity of a row.
    pub(crate) fn identity(
        &self,
        source: &SourceRef,
        row: Row<'_>,
        edits: Option<&Edits>,
    ) -> Option<ExternalId> {
        let interpreter = self.interpreters.get(&source.id)?;
        Some(interpreter.identity(row, edits, &source.entry.external_id(row.number())))
    }

    /// The identity of a row of the project; `None` where its source has no mapping or is only compared with.
    pub(crate) fn identity_of(
        &self,
        row: u32,
        edits: Option<&Edits>,
    ) -> Result<Option<ExternalId>, ProjectError> {
        let Some((source, sequence, within)) = self.project.place_of(row) else {
            return Ok(None);
        };
        if source.is_reference() {
            return Ok(None);
        }
        let block = self.project.block(&source, sequence)?;
        Ok(self.identity(&source, block.row(within), edits))
    }

    /// Reads and checks a row; `None` where its source has no mapping.
    pub(crate) fn read(
        &self,
        source: &SourceRef,
        row_id: u32,
        row: Row<'_>,
        edits: Option<&Edits>,
    ) -> Option<(Lead, Vec<Finding>)> {
        let interpreter = self.interpreters.get(&source.id)?;
        let external_id = source.entry.external_id(row.number());
        let mut interpreted = interpreter.interpret(row, edits, &external_id);
        let target = self.project.target();
        self.add_joined(row_id, edits, &mut interpreted);
        if !self.shared_ids.is_empty()
            && let Some(field) = target.role_index(lotse_core::target::Role::ExternalId)
        {
            let id = &interpreted.lead.fields[field].text;
            if let Some((first, number, source)) =
                self.shared_ids.get(id).filter(|(first, ..)| *first != row_id)
            {
                let _ = first;
                let problem = Problem::Duplicate {
                    row: *number,
                    source: source.clone(),
                };
                let place = Place::Field(u16::try_from(field).unwrap_or(u16::MAX));
                interpreted
                    .findings
                    .push(Finding::new(place, problem, id.as_str()));
            }
        }
        check_lead(
            target,
            &interpreted.lead,
            &self.settings,
            &mut interpreted.findings,
        );
        Some((interpreted.lead, interpreted.findings))
    }

    /// Adds the activities of other sources, unless a person has put the whole list right.
    fn add_joined(&self, row: u32, edits: Option<&Edits>, interpreted: &mut Interpreted) {
        let list = self.project.target.activities.as_ref();
        let edited = list.is_some_and(|list| edits.is_some_and(|edits| edits.contains_key(&list.name)));
        for activity in self.joined.of(row).iter().filter(|_| !edited) {
            if let Some(interpreter) = self.interpreters.get(&activity.source_id) {
                interpreter.add_activities(interpreted, std::slice::from_ref(&activity.cells));
            }
        }
    }

    /// Reads and checks one row of the project, with its edits.
    pub fn lead(&self, row: u32) -> Result<Option<(Lead, Vec<Finding>)>, ProjectError> {
        self.lead_edited(row, &self.project.edits_of(row)?)
    }

    /// The same as if a person had written `text` into a field beside what stands there.
    pub fn lead_if(
        &self,
        row: u32,
        field: &str,
        text: &str,
    ) -> Result<Option<(Lead, Vec<Finding>)>, ProjectError> {
        let mut edits = self.project.edits_of(row)?;
        edits.insert(field.to_owned(), text.to_owned());
        self.lead_edited(row, &edits)
    }

    fn lead_edited(&self, row: u32, edits: &Edits) -> Result<Option<(Lead, Vec<Finding>)>, ProjectError> {
        let Some((source, sequence, within)) = self.project.place_of(row) else {
            return Ok(None);
        };
        let block = self
            .project
            .read(|connection| Ok(self.project.rows_of(connection, source.id, i64::from(sequence))))??;
        let edits = Some(edits).filter(|edits| !edits.is_empty());
        Ok(self.read(&source, row, block.row(within), edits))
    }

    /// Reads and checks rows, given in ascending order; each block is unpacked once.
    pub fn leads(
        &self,
        rows: &[u32],
        mut each: impl FnMut(u32, Lead, Vec<Finding>),
    ) -> Result<(), ProjectError> {
        let mut held: Option<(i64, u32, lotse_core::table::RowBlock, BTreeMap<u32, Edits>)> = None;
        for (at, &row) in rows.iter().enumerate() {
            let Some((source, sequence, within)) = self.project.place_of(row) else {
                continue;
            };
            if !held
                .as_ref()
                .is_some_and(|(id, number, ..)| *id == source.id && *number == sequence)
            {
                let block = self.project.block(&source, sequence)?;
                let first = row - u32::try_from(within).unwrap_or_default();
                let end = first + u32::try_from(block.len()).unwrap_or_default();
                // Of a single row its own edits are enough.
                let edits = match rows.get(at + 1) {
                    Some(&next) if next < end => self.project.edits_between(first..end)?,
                    _ => BTreeMap::from_iter([(row, self.project.edits_of(row)?)]),
                };
                held = Some((source.id, sequence, block, edits));
            }
            let Some((_, _, block, edits)) = &held else {
                continue;
            };
            let edits = edits.get(&row).filter(|edits| !edits.is_empty());
            if let Some((lead, findings)) = self.read(&source, row, block.row(within), edits) {
                each(row, lead, findings);
            }
        }
        Ok(())
    }

    /// The state of a row for the table.
    pub fn state(&self, lead: &Lead, findings: Vec<Finding>) -> RowState {
        RowState::of(
            lead,
            findings,
            Protection::of_lead(self.project.target(), lead, self.settings.now),
        )
    }
}
