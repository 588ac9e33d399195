use std::io::Write;

use lotse_engine::project::UnmatchedReason;
use lotse_engine::workflows::{CheckReport, check_report, for_each_lead_line, write_rejected};

use super::input::Prepared;
use crate::Outcome;
use crate::arguments::CheckArguments;
use crate::outcome::{Failure, GOOD, counted, found_errors, print, print_json, shown};
use crate::output::{WriteFailure, write_to};
use crate::progress::ProgressLine;

pub(crate) fn run(arguments: &CheckArguments) -> Outcome {
    let line = ProgressLine::new();
    let owners = arguments.owners.as_deref();
    let prepared = Prepared::new(
        &arguments.input,
        &arguments.progress,
        owners,
        arguments.save.as_ref(),
        &line,
    )?;
    let language = arguments.language.into();
    let report = check_report(&prepared.project, prepared.now, language)?;
    if let Some(path) = &arguments.report {
        write_to(Some(path), |out| write_json(out, &report))?;
    }
    if let Some(path) = &arguments.leads {
        write_to(Some(path), |out| write_leads(out, &prepared))?;
    }
    if let Some(path) = &arguments.errors {
        write_rejected(&prepared.project, path, language)?;
    }
    if arguments.json {
        print_json(&report)?;
    } else {
        print(&describe(&report))?;
    }
    let has_errors = report.summary.invalid_leads > 0 || !report.unmapped_required_fields.is_empty();
    prepared.finish()?;
    Ok(if has_errors { found_errors() } else { GOOD })
}

fn write_json(mut out: &mut dyn Write, report: &CheckReport) -> Result<(), WriteFailure> {
    serde_json::to_writer_pretty(&mut out, report)?;
    Ok(out.write_all(b"\n")?)
}

fn write_leads(mut out: &mut dyn Write, prepared: &Prepared) -> Result<(), WriteFailure> {
    let written = for_each_lead_line(&prepared.project, prepared.now, |lead| {
        serde_json::to_writer(&mut out, &lead)?;
        out.write_all(b"\n")
    });
    Ok(written.map_err(Failure::from)??)
}

fn describe(report: &CheckReport) -> String {
    let summary = &report.summary;
    let mut text = format!(
        "{} leads: {} valid, {} invalid, {} duplicate warnings\n",
        summary.total_leads, summary.valid_leads, summary.invalid_leads, summary.duplicate_warnings
    );
    if !report.unmapped_required_fields.is_empty() {
        text.push_str(&format!(
            "required fields without a column: {}\n",
            report.unmapped_required_fields.join(", ")
        ));
    }
    if !report.undecided_progress.is_empty() {
        let kinds = report.undecided_progress.join(", ");
        text.push_str(&format!(
            "does it count as progress? decide with --progress TYPE=yes|no: {kinds}\n"
        ));
    }
    for addition in &report.additions {
        let rows = u64::from(addition.rows);
        text.push_str(&format!(
            "{}: {} of {} belong to {}",
            addition.file,
            addition.matched,
            counted(rows, "row"),
            counted(u64::from(addition.leads), "lead")
        ));
        if addition.unmatched > 0 {
            text.push_str(&format!(", {} left over", addition.unmatched));
        }
        text.push('\n');
        for row in addition.unmatched_rows.iter().take(5) {
            let why = match row.reason {
                UnmatchedReason::NoKey => "names no lead".to_owned(),
                UnmatchedReason::Unknown => format!("{}: no such lead", shown(&row.key)),
                UnmatchedReason::Several => format!("{}: several leads", shown(&row.key)),
                UnmatchedReason::Nothing => "brings nothing".to_owned(),
            };
            text.push_str(&format!("  row {}: {why}\n", row.number));
        }
    }
    let mut codes: std::collections::BTreeMap<(&str, &str), (u64, &str)> = std::collections::BTreeMap::new();
    for error in &report.validation_errors {
        let severity = match error.severity {
            lotse_core::finding::Severity::Error => "error",
            lotse_core::finding::Severity::Warning => "warning",
            lotse_core::finding::Severity::Hint => "hint",
        };
        codes
            .entry((severity, &error.code))
            .or_insert((0, &error.error))
            .0 += 1;
    }
    for ((severity, code), (count, example)) in codes {
        text.push_str(&format!("{severity:>8} {count:>7} {code}: {example}\n"));
    }
    text
}
