//! Many rows of the open project at once: filters with counts, changes of many cells, decisions.

use lotse_core::clustering::ClusterMethod;
use lotse_engine::jobs::{JobKind, Watch};
use lotse_engine::project::{DecisionKind, Facets, ProjectError, shown_text};
use lotse_engine::workflows::{self, BulkEdit, BulkPreview, RowScope, ValueClusters, WorkflowError};

use crate::border::{BulkRequest, ColumnFacet, EditOutcome, FacetValue, Failure, Scope, View};
use crate::failure::Showable as _;
use crate::session::Session;
use crate::table::{day_text, filter_of};

/// From so many rows on a change is a job that is shown and can be cancelled.
const ROWS_OF_A_JOB: usize = 5000;

/// Values of a column that are listed at once.
const VALUES_LISTED: usize = 100;

impl From<Scope> for RowScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Rows { rows } => Self::Rows(rows),
            Scope::View { view, except } => Self::View {
                filter: filter_of(&view),
                except,
            },
            Scope::Block { view, offset, rows } => Self::Block {
                filter: filter_of(&view),
                offset,
                rows,
            },
        }
    }
}

impl Session {
    /// How many rows each further choice would leave.
    pub(crate) fn facets(&self, view: &View) -> Result<Facets, ProjectError> {
        self.project.facets(&filter_of(view))
    }

    /// The values of a column as a person reads them.
    pub(crate) fn column_facet(
        &self,
        view: &View,
        column: &str,
        search: &str,
    ) -> Result<ColumnFacet, ProjectError> {
        let facet = self
            .project
            .value_facet(&filter_of(view), column, search, VALUES_LISTED)?;
        let target = self.project.target();
        let zone = self.project.zone();
        let text = |value: &str| match target.field_index(column) {
            Some(at) => shown_text(&target.fields[at], value, zone),
            None => day_text(value, zone),
        };
        Ok(ColumnFacet {
            values: facet
                .values
                .into_iter()
                .map(|known| FacetValue {
                    text: text(&known.value),
                    value: known.value,
                    rows: known.rows,
                })
                .collect(),
            different: facet.different,
        })
    }

    fn bulk_edit(&self, request: BulkRequest) -> BulkEdit {
        let target = self.project.target();
        BulkEdit {
            scope: request.scope.into(),
            fields: request
                .columns
                .into_iter()
                .filter(|column| {
                    target
                        .field_index(column)
                        .is_some_and(|at| target.fields[at].kind != lotse_core::target::FieldKind::Extra)
                })
                .collect(),
            change: request.change,
        }
    }

    /// What a change of many cells would do.
    pub(crate) fn preview_bulk(&self, request: BulkRequest) -> Result<BulkPreview, WorkflowError> {
        workflows::preview_bulk(&self.project, &self.bulk_edit(request), &Watch::quiet())
    }

    /// Changes many cells as one change.
    pub(crate) fn apply_bulk(&self, request: BulkRequest) -> Result<EditOutcome, Failure> {
        let edit = self.bulk_edit(request);
        let rows = edit
            .scope
            .rows(&self.project)
            .map_err(|error| error.failure(self.language()))?;
        let done = self.job_for(rows.len(), |watch| {
            workflows::apply_bulk(&self.project, self.actor(), &edit, self.now(), watch)
        });
        let (cells, rows) = done.map_err(|error| error.failure(self.language()))?;
        self.outcome(cells, &rows)
    }

    /// Runs a change of so many rows, as a job where they are many.
    pub(crate) fn job_for<T>(
        &self,
        rows: usize,
        work: impl FnOnce(&Watch<'_>) -> Result<T, WorkflowError>,
    ) -> Result<T, WorkflowError> {
        if rows < ROWS_OF_A_JOB {
            return work(&Watch::quiet());
        }
        self.job(JobKind::Edit, "", work)
    }

    /// Decides about many rows.
    pub(crate) fn decide_all(
        &self,
        scope: Scope,
        kind: Option<DecisionKind>,
    ) -> Result<EditOutcome, Failure> {
        let rows = RowScope::from(scope)
            .rows(&self.project)
            .map_err(|error| error.failure(self.language()))?;
        self.decide(&rows, kind)
    }

    /// Values of a column that may be spellings of the same thing.
    pub(crate) fn clusters(
        &self,
        view: &View,
        column: &str,
        method: ClusterMethod,
    ) -> Result<ValueClusters, WorkflowError> {
        let filter = filter_of(view);
        let rows = self.project.kept_rows(&filter)?.len();
        let find =
            |watch: &Watch<'_>| workflows::value_clusters(&self.project, &filter, column, method, watch);
        if rows < ROWS_OF_A_JOB * 10 {
            return find(&Watch::quiet());
        }
        self.job(JobKind::Edit, "", find)
    }
}
