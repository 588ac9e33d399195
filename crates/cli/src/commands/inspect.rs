use std::fmt::Write as _;

use lotse_core::language::Language;
use lotse_core::mapping::{ColumnRef, SourceColumn, suggest};
use lotse_core::target::Target;
use lotse_engine::sources::{self, Control, Inspection, InspectionReport, ReadSettings};

use crate::Outcome;
use crate::arguments::InspectArguments;
use crate::outcome::{Failure, GOOD, print, print_json};

pub(crate) fn run(arguments: &InspectArguments) -> Outcome {
    let settings = ReadSettings {
        sheet: arguments.sheet.clone(),
        ..ReadSettings::default()
    };
    // The whole file, so that every count is exact: a program has no second look.
    let inspection = sources::inspect_whole(&arguments.file, &settings, &Control::quiet())
        .and_then(|inspection| {
            sources::refuse_empty(&arguments.file, &inspection.notices).map(|()| inspection)
        })
        .map_err(|error| Failure::source(&arguments.file, &error))?;
    let report = with_suggestions(&inspection);
    if arguments.json {
        print_json(&report)?;
    } else {
        print(&describe(&report))?;
    }
    Ok(GOOD)
}

/// The report with the fields that the columns would fill in the main target.
fn with_suggestions(inspection: &Inspection) -> InspectionReport {
    let mut report = inspection.report(Language::En);
    let names: Vec<String> = inspection
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let columns: Vec<SourceColumn> = ColumnRef::all(&names)
        .into_iter()
        .zip(&inspection.columns)
        .map(|(reference, column)| SourceColumn {
            reference,
            profile: column.profile.clone(),
        })
        .collect();
    let Some(target) = Target::builtin("migration") else {
        return report;
    };
    for suggestion in suggest(&target, &columns).columns {
        let at = columns
            .iter()
            .position(|column| column.reference == suggestion.column);
        if let Some(column) = at.and_then(|at| report.columns.get_mut(at)) {
            column.suggested_field = Some(suggestion.field);
            column.confidence = Some(suggestion.confidence);
            column.reason = Some(suggestion.reason.tell(Language::En));
        }
    }
    report
}

fn describe(report: &InspectionReport) -> String {
    let mut text = format!("{}\n", report.file);
    for detection in &report.detections {
        let _ = writeln!(
            text,
            "  {}: {} ({:.0} %)",
            detection.name,
            detection.reason,
            detection.certainty * 100.0
        );
    }
    let _ = writeln!(
        text,
        "  rows: {} in the file, {} read",
        report.rows_in_file, report.rows_read
    );
    for skip in &report.rows_skipped {
        let _ = writeln!(
            text,
            "  rows {}-{} skipped: {}",
            skip.row, skip.last_row, skip.reason
        );
    }
    let _ = writeln!(text, "columns");
    for column in &report.columns {
        let kind = format!("{:?}", column.kind).to_lowercase();
        let field = column.suggested_field.as_deref().unwrap_or("-");
        let _ = writeln!(
            text,
            "  {:>3} {}  [{kind}] -> {field}",
            column.index + 1,
            column.name
        );
    }
    for notice in &report.notices {
        let _ = writeln!(text, "notice {}: {}", notice.code, notice.message);
    }
    text
}
