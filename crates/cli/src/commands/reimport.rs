use std::collections::BTreeSet;

use lotse_core::finding::Severity;
use lotse_engine::clock::{self, Actor};
use lotse_engine::project::Project;
use lotse_engine::workflows::{ReimportPreview, WorkflowError, apply_reimport, preview_reimport};
use serde_json::json;

use super::input::check_and_compare;
use crate::Outcome;
use crate::arguments::ReimportArguments;
use crate::outcome::{Failure, GOOD, counted, found_errors, print, print_json, shown};
use crate::progress::ProgressLine;

pub(crate) fn run(arguments: &ReimportArguments) -> Outcome {
    let line = ProgressLine::new();
    let actor = Actor::logged_in();
    let now = arguments.now.unwrap_or_else(clock::now);
    let project = Project::open(&arguments.project)?;
    let file = &arguments.file;
    let preview = line
        .watch(|watch| preview_reimport(&project, file, watch))
        .map_err(|error| match error {
            WorkflowError::Source(error) => Failure::source(file, &error),
            error => error.into(),
        })?;
    let preview = preview.ok_or_else(|| {
        Failure::input(format!(
            "{}: no column “Lotse-ID”, so it is not known which rows these are; take a file that lotse check --errors \
             or the window wrote, and leave this column as it is",
            file.display()
        ))
    })?;
    let changed: BTreeSet<u32> = preview.changes.iter().map(|change| change.row).collect();
    let mut still_wrong = 0_u64;
    if !arguments.preview {
        if !project.is_checked() {
            check_and_compare(&project, &actor, now, &line)?;
        }
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
        apply_reimport(&project, &actor, &name, &preview, now)?;
        let rows: Vec<u32> = changed.iter().copied().collect();
        for state in project.row_states(&rows)? {
            let wrong = |finding: &lotse_core::finding::Finding| finding.severity() == Severity::Error;
            still_wrong += u64::from(state.findings.iter().any(wrong));
        }
    }
    project.close()?;
    if arguments.json {
        print_json(&json!({
            "applied": !arguments.preview,
            "matched_rows": preview.matched,
            "changed_rows": changed.len(),
            "changes": preview.changes.iter().map(|change| json!({
                "externalId": change.external_id,
                "field": change.field,
                "before": change.before,
                "after": change.after,
            })).collect::<Vec<_>>(),
            "unknown_ids": preview.unknown,
            "rows_without_id": preview.without_id,
            "still_invalid": (!arguments.preview).then_some(still_wrong),
        }))?;
    } else {
        print(&describe(&preview, changed.len(), arguments.preview, still_wrong))?;
    }
    let good = preview.unknown.is_empty() && preview.without_id == 0 && still_wrong == 0;
    Ok(if good { GOOD } else { found_errors() })
}

fn describe(preview: &ReimportPreview, changed: usize, only_shown: bool, still_wrong: u64) -> String {
    let mut text = String::new();
    for change in &preview.changes {
        text.push_str(&format!(
            "{} {}: {} -> {}\n",
            shown(&change.external_id),
            change.field,
            quoted(&change.before),
            quoted(&change.after)
        ));
    }
    text.push_str(&format!(
        "{} of the project in the file, {} {}\n",
        counted(preview.matched.into(), "row"),
        changed,
        if only_shown { "would change" } else { "changed" }
    ));
    if still_wrong > 0 {
        text.push_str(&format!("still with errors: {}\n", counted(still_wrong, "row")));
    }
    if preview.without_id > 0 {
        text.push_str(&format!(
            "left out, without a Lotse-ID: {}\n",
            counted(preview.without_id.into(), "row")
        ));
    }
    if !preview.unknown.is_empty() {
        text.push_str(&format!(
            "left out, the project has no such row: {}\n",
            shown(&preview.unknown.join(", "))
        ));
    }
    text
}

fn quoted(text: &str) -> String {
    format!("“{}”", shown(text).replace('\n', "⏎"))
}
