//! What a check says to programs: the report in the form of the dry-run response, and the leads line by line.

use std::collections::BTreeMap;

use lotse_core::finding::{Place, Severity};
use lotse_core::language::Language;
use lotse_core::mapping::{ColumnRef, Mapping, Origin};
use lotse_core::migration::{DryRunSummary, MatchReason, Mode, Recommendation, ValidLead};
use lotse_core::protection::Protection;
use lotse_core::target::{Role, Target};
use lotse_core::values::Instant;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::imported::{imported_sources, lead_id_of};
use super::{WorkflowError, check_settings};
use crate::project::{Project, SourceRole, UnmatchedRow};

/// The report of a check: the keys of the dry-run response, and what only the local check knows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckReport {
    /// Identity of this check.
    #[serde(rename = "importId")]
    pub import_id: String,
    /// Always dry-run.
    pub mode: Mode,
    /// The `now` of the check.
    pub timestamp: Instant,
    /// Counts.
    pub summary: DryRunSummary,
    /// All findings, errors and others.
    pub validation_errors: Vec<ReportedError>,
    /// All pairs.
    pub duplicate_warnings: Vec<ReportedDuplicate>,
    /// The first valid leads.
    pub valid_leads_sample: Vec<ValidLead>,
    /// Columns that nothing uses.
    pub unmapped_columns: Vec<UnmappedColumn>,
    /// Required fields that nothing fills.
    pub unmapped_required_fields: Vec<String>,
    /// Activity types about whose progress nobody has decided.
    pub undecided_progress: Vec<String>,
    /// Rows read, over all sources of leads.
    pub rows_read: u64,
    /// Rows that were not, by source.
    pub rows_skipped: Vec<SkippedInSource>,
    /// What became of the files that only add to leads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub additions: Vec<AdditionInReport>,
}

/// What became of a file that only adds to leads: `matched + unmatched = rows`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AdditionInReport {
    /// The file.
    pub file: String,
    /// Its sheet; empty for a text file.
    pub sheet: String,
    /// What its rows are for.
    pub role: SourceRole,
    /// Its rows.
    pub rows: u32,
    /// Rows that belong to a lead.
    pub matched: u32,
    /// Leads that they belong to.
    pub leads: u32,
    /// Rows that belong to none, or bring nothing.
    pub unmatched: u32,
    /// The first of those.
    pub unmatched_rows: Vec<UnmatchedRow>,
}

/// A finding in the report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReportedError {
    /// The lead.
    #[serde(rename = "externalId")]
    pub external_id: String,
    /// Path of the field.
    pub field: String,
    /// The sentence.
    pub error: String,
    /// The stable code.
    pub code: String,
    /// How bad.
    pub severity: Severity,
    /// Number of the row as a person sees it.
    pub row: u32,
    /// Its sheet; empty for a text file.
    pub sheet: String,
    /// Its file.
    pub file: String,
    /// Header of the column, where one column fills the field.
    pub column: Option<String>,
    /// The text in question.
    pub value: String,
    /// A correction that could be applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// A duplicate in the report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReportedDuplicate {
    /// The later lead.
    #[serde(rename = "externalId")]
    pub external_id: String,
    /// The earlier lead, of the project or its reference data.
    pub matched_external_id: Option<String>,
    /// The lead on the server.
    pub matched_lead_id: Option<i64>,
    /// 0.75 to 1.
    pub match_score: f64,
    /// Why.
    pub match_reason: MatchReason,
    /// What to do.
    pub recommendation: Recommendation,
    /// Number of the later row.
    pub row: u32,
    /// Number of the earlier row.
    pub matched_row: u32,
    /// Whether the earlier lead is only compared with.
    pub reference: bool,
}

/// A column that nothing uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnmappedColumn {
    /// The file.
    pub file: String,
    /// The header.
    pub column: String,
}

/// Rows of a source that were not read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SkippedInSource {
    /// The file.
    pub file: String,
    /// Runs of rows with their reasons.
    pub rows: Json,
}

/// A lead as a JSON line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeadLine {
    /// The request form with the lead's identity, status and computed dates.
    #[serde(flatten)]
    pub fields: Map<String, Json>,
}

/// Makes the report of the last check.
pub fn check_report(
    project: &Project,
    now: Instant,
    language: Language,
) -> Result<CheckReport, WorkflowError> {
    let target = project.target();
    let sources = project.sources()?;
    let mut report = CheckReport {
        import_id: uuid::Uuid::new_v4().to_string(),
        mode: Mode::DryRun,
        timestamp: now,
        summary: DryRunSummary::default(),
        validation_errors: Vec::new(),
        duplicate_warnings: Vec::new(),
        valid_leads_sample: Vec::new(),
        unmapped_columns: Vec::new(),
        unmapped_required_fields: Vec::new(),
        undecided_progress: Vec::new(),
        rows_read: 0,
        rows_skipped: Vec::new(),
        additions: additions_of(project, now)?,
    };
    let mut filled = std::collections::BTreeSet::new();
    for source in sources.iter().filter(|source| source.role == SourceRole::Leads) {
        report.rows_read += u64::from(source.row_count);
        if let Some(rows) = source.details.get("rows").and_then(|rows| rows.get("skipped")) {
            report.rows_skipped.push(SkippedInSource {
                file: source.name.clone(),
                rows: rows.clone(),
            });
        }
        let mapping = project
            .mapping(source.id)?
            .unwrap_or_else(|| Mapping::empty(target));
        for column in mapping.unmapped_columns(&source.headers) {
            report.unmapped_columns.push(UnmappedColumn {
                file: source.name.clone(),
                column: column.name,
            });
        }
        let missing = mapping.unmapped_required_fields(target);
        for field in target
            .fields
            .iter()
            .filter(|field| field.required && !missing.contains(&field.name))
        {
            filled.insert(field.name.clone());
        }
        let columns = columns_of_fields(&mapping);
        let rows: Vec<u32> = (source.first_row..source.first_row + source.row_count).collect();
        for chunk in rows.chunks(4096) {
            add_rows(project, source, chunk, &columns, language, &mut report)?;
        }
    }
    report.unmapped_required_fields = target
        .fields
        .iter()
        .filter(|field| field.required && !filled.contains(&field.name))
        .map(|field| field.name.clone())
        .collect();
    add_duplicates(project, &mut report)?;
    for decision in super::open_decisions(project)? {
        if decision.decision.is_none() {
            report.undecided_progress.push(decision.activity_type);
        }
    }
    Ok(report)
}

/// What became of the sources that only add to leads.
fn additions_of(project: &Project, now: Instant) -> Result<Vec<AdditionInReport>, WorkflowError> {
    let mut joined = project.join_reports()?;
    let mut additions = Vec::new();
    for source in project.sources()? {
        let report = match source.role {
            SourceRole::Leads | SourceRole::Reference => continue,
            SourceRole::Activities => joined.remove(&source.id).unwrap_or_default(),
            SourceRole::Enrichment => super::preview_enrichment(project, source.id, now)?.report,
        };
        additions.push(AdditionInReport {
            file: source.name,
            sheet: source.sheet,
            role: source.role,
            rows: report.rows,
            matched: report.matched,
            leads: report.leads,
            unmatched: report.unmatched,
            unmatched_rows: report.examples,
        });
    }
    Ok(additions)
}

/// For each field that exactly one column fills, that column's header.
fn columns_of_fields(mapping: &Mapping) -> BTreeMap<String, String> {
    let single = |columns: &[ColumnRef]| match columns {
        [column] => Some(column.name.clone()),
        _ => None,
    };
    let fields = mapping
        .fields
        .iter()
        .filter_map(|(name, field)| match &field.origin {
            Origin::Columns { columns, .. } => Some((name.clone(), single(columns)?)),
            Origin::Constant { .. } => None,
        });
    let mut columns: BTreeMap<String, String> = fields.collect();
    if let lotse_core::mapping::ActivitiesOrigin::Cells { columns: cells } = &mapping.activities
        && let Some(column) = single(cells)
    {
        columns.insert("activities".into(), column);
    }
    columns
}

fn add_rows(
    project: &Project,
    source: &crate::project::Source,
    rows: &[u32],
    columns: &BTreeMap<String, String>,
    language: Language,
    report: &mut CheckReport,
) -> Result<(), WorkflowError> {
    const SAMPLE: usize = 20;
    let target = project.target();
    let company = target.role_index(Role::Company);
    for (&row, state) in rows.iter().zip(project.row_states(rows)?) {
        let external_id = identity(target, &state.fields);
        let number = project.row_number(row);
        report.summary.total_leads += 1;
        let valid = state
            .findings
            .iter()
            .all(|finding| finding.severity() != Severity::Error);
        if valid {
            report.summary.valid_leads += 1;
        } else {
            report.summary.invalid_leads += 1;
        }
        if let (true, Some(protection)) = (
            valid && report.valid_leads_sample.len() < SAMPLE,
            state.protection,
        ) {
            report.valid_leads_sample.push(ValidLead {
                external_id: lotse_core::lead::ExternalId(external_id.clone()),
                company_name: company
                    .and_then(|at| state.fields.get(at))
                    .map_or_else(String::new, |cell| cell.shown().to_string()),
                protection_until: protection.until,
                progress_deadline: protection.progress_deadline,
            });
        }
        for finding in &state.findings {
            let field = finding.path(target);
            let column = match finding.place {
                Place::Field(_) | Place::Group(_) => columns.get(&field),
                Place::Activity(..) | Place::WholeActivity(_) | Place::Activities => {
                    columns.get("activities")
                }
            };
            report.validation_errors.push(ReportedError {
                external_id: external_id.clone(),
                error: finding.message(target, language),
                code: finding.code(target),
                severity: finding.severity(),
                row: number,
                sheet: source.sheet.clone(),
                file: source.name.clone(),
                column: column.cloned(),
                value: finding.value.clone(),
                fix: finding.fix.as_ref().map(|fix| fix.text.clone()),
                field,
            });
        }
    }
    Ok(())
}

fn identity(target: &Target, fields: &[crate::project::CellState]) -> String {
    target
        .role_index(Role::ExternalId)
        .and_then(|at| fields.get(at))
        .map_or_else(String::new, |cell| cell.shown().to_string())
}

fn add_duplicates(project: &Project, report: &mut CheckReport) -> Result<(), WorkflowError> {
    let pairs = project.duplicate_pairs()?;
    let rows = pairs.iter().flat_map(|pair| [pair.row_a, pair.row_b]).collect();
    let identities = project.identities(&rows)?;
    let identity = |row: u32| identities.get(&row).cloned().unwrap_or_default();
    let imported = imported_sources(project)?;
    for pair in pairs {
        // The double is the later row, or the one that is no reference.
        let swap = project.is_reference(pair.row_b);
        let (first, double) = if swap {
            (pair.row_b, pair.row_a)
        } else {
            (pair.row_a, pair.row_b)
        };
        let reference = project.is_reference(first);
        let matched_lead_id = if reference && !imported.is_empty() {
            lead_id_of(project, &imported, first)?
        } else {
            None
        };
        report.duplicate_warnings.push(ReportedDuplicate {
            external_id: identity(double),
            matched_external_id: Some(identity(first)),
            matched_lead_id,
            match_score: pair.score,
            match_reason: pair.reason,
            recommendation: Recommendation::of_score(pair.score),
            row: project.row_number(double),
            matched_row: project.row_number(first),
            reference,
        });
    }
    report.summary.duplicate_warnings = report.duplicate_warnings.len() as u64;
    Ok(())
}

/// Hands every lead to `each` as the line that `--leads` writes.
pub fn for_each_lead_line<E>(
    project: &Project,
    now: Instant,
    mut each: impl FnMut(LeadLine) -> Result<(), E>,
) -> Result<Result<(), E>, WorkflowError> {
    let settings = check_settings(project, now)?;
    let reader = project.lead_reader(settings)?;
    let target = project.target();
    let mut failed = Ok(());
    for source in project
        .sources()?
        .iter()
        .filter(|source| source.role == SourceRole::Leads)
    {
        let rows: Vec<u32> = (source.first_row..source.first_row + source.row_count).collect();
        reader.leads(&rows, |_, lead, findings| {
            if failed.is_err() {
                return;
            }
            let mut fields = match lead.request_form(target) {
                Json::Object(fields) => fields,
                other => Map::from_iter([("lead".to_string(), other)]),
            };
            let external_id = lead.text_by_role(target, Role::ExternalId);
            fields.insert("externalId".into(), external_id.into());
            let valid = findings
                .iter()
                .all(|finding| finding.severity() != Severity::Error);
            fields.insert("status".into(), if valid { "valid" } else { "invalid" }.into());
            if let Some(protection) = Protection::of_lead(target, &lead, now)
                && let Ok(Json::Object(dates)) = serde_json::to_value(protection)
            {
                fields.extend(dates);
            }
            failed = each(LeadLine { fields });
        })?;
    }
    Ok(failed)
}
