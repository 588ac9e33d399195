//! Leads that other projects on this machine have imported, as reference data of a project.

use lotse_core::mapping::{ColumnRef, FieldMapping, Mapping};
use lotse_core::table::{Cell, RowBlock};
use lotse_core::target::Role;
use serde_json::json;

use super::load::{append_rows, free_prefix};
use super::{COMPARED_ROLES, WorkflowError};
use crate::clock::Actor;
use crate::imported_leads::{ImportedLead, ImportedLeads};
use crate::jobs::{Phase, Watch};
use crate::project::{NewSource, Project, SourceRole};

/// Kind in the details of a source that holds such leads.
const KIND: &str = "imported_earlier";

/// Takes the leads that other projects have imported from this machine into a project, as reference data; those that were
/// taken in before go. Gives the new source, `None` where nothing was imported. As with every new source, the project has
/// to be checked and compared then.
///
/// The source is called as `name` says.
///
/// # Errors
/// When the leads or the project cannot be read or written, and when a person stops it; nothing of the source stays then.
pub fn take_in_imported(
    project: &Project,
    actor: &Actor,
    imported: &ImportedLeads,
    name: &str,
    watch: &Watch<'_>,
) -> Result<Option<i64>, WorkflowError> {
    let leads = imported.others(project)?;
    for source in imported_sources(project)? {
        project.remove_source(actor, source)?;
    }
    if leads.is_empty() {
        return Ok(None);
    }
    let columns = columns_of(project);
    let fields = columns.iter().map(Column::header);
    let headers: Vec<String> = fields.chain([LEAD_ID]).map(String::from).collect();
    let rows = u64::try_from(leads.len()).unwrap_or(u64::MAX);
    let details = json!({
        "kind": KIND,
        "rows": { "read": rows, "skipped": [] },
        "skipped": [],
    });
    let mut writer = project.add_source(NewSource {
        role: SourceRole::Reference,
        name: name.to_string(),
        sheet: String::new(),
        origin: String::new(),
        id_prefix: free_prefix(project, "IMPORTED")?,
        headers: headers.clone(),
        details: details.clone(),
    })?;
    let mut done = 0;
    let mut number = 0;
    let blocks = leads.chunks(RowBlock::MAX_ROWS).map(|leads| {
        let mut block = RowBlock::new(columns.len());
        for lead in leads {
            number += 1;
            block.push(
                number,
                columns.iter().map(|column| Cell::text(column.text_of(lead))),
            );
        }
        block
    });
    let blocks = blocks.take_while(|block| {
        done += block.len() as u64;
        watch.report(Phase::Reading, done, rows);
        !watch.is_cancelled()
    });
    append_rows(&mut writer, &headers, blocks)?;
    if watch.is_cancelled() {
        return Err(WorkflowError::Cancelled);
    }
    let source_id = writer.finish(actor, &headers, &details)?;
    let mut mapping = Mapping::empty(project.target());
    for column in &columns {
        let read = FieldMapping::column(ColumnRef::named(column.header()));
        mapping.fields.insert(column.header().to_string(), read);
    }
    project.put_mapping(actor, source_id, &mapping, None)?;
    Ok(Some(source_id))
}

/// Header of the column with the server's numbers of the leads; it goes into no field.
const LEAD_ID: &str = "Server-ID";

/// What a column of such a source holds. Its header is the field it goes into.
enum Column {
    Identity(String),
    /// A compared text, by its place among these.
    Compared(String, usize),
}

impl Column {
    fn header(&self) -> &str {
        match self {
            Self::Identity(header) | Self::Compared(header, _) => header,
        }
    }

    fn text_of<'l>(&self, lead: &'l ImportedLead) -> &'l str {
        match self {
            Self::Identity(_) => &lead.external_id,
            Self::Compared(_, place) => &lead.texts[*place],
        }
    }
}

/// The sources of a project that hold such leads.
pub(super) fn imported_sources(project: &Project) -> Result<Vec<i64>, WorkflowError> {
    let sources = project.sources()?.into_iter();
    let imported = sources.filter(|source| source.details.get("kind") == Some(&json!(KIND)));
    Ok(imported.map(|source| source.id).collect())
}

/// The server's number of the lead in a row of one of these sources.
pub(super) fn lead_id_of(
    project: &Project,
    imported: &[i64],
    row: u32,
) -> Result<Option<i64>, WorkflowError> {
    let (origin, cells) = project.source_cells(row)?;
    let cell = cells.iter().find(|(header, _)| header == LEAD_ID);
    Ok(cell
        .filter(|_| imported.contains(&origin.source_id))
        .and_then(|(_, text)| text.parse().ok()))
}

/// The fields of the project's target that are compared, with the one that identifies a lead.
fn columns_of(project: &Project) -> Vec<Column> {
    let target = project.target();
    let field = |role: Role| target.role_index(role).map(|at| target.fields[at].name.clone());
    let compared = COMPARED_ROLES.into_iter().enumerate();
    let compared =
        compared.filter_map(|(place, role)| field(role).map(|header| Column::Compared(header, place)));
    let identity = field(Role::ExternalId).map(Column::Identity);
    identity.into_iter().chain(compared).collect()
}
