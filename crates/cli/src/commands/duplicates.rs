use std::fs::File;
use std::io::{self, BufWriter, Write};

use lotse_engine::workflows::check_report;
use serde_json::json;

use super::input::Prepared;
use crate::Outcome;
use crate::arguments::DuplicatesArguments;
use crate::outcome::{Failure, GOOD, print_json};
use crate::progress::ProgressLine;

pub(crate) fn run(arguments: &DuplicatesArguments) -> Outcome {
    let line = ProgressLine::new();
    let prepared = Prepared::new(&arguments.input, &[], None, None, &line)?;
    let report = check_report(
        &prepared.project,
        prepared.now,
        lotse_core::language::Language::En,
    )?;
    let pairs = report.duplicate_warnings.iter().map(|pair| {
        let matched = pair.matched_external_id.clone().unwrap_or_default();
        (
            pair.matched_row,
            pair.row,
            matched,
            pair.external_id.clone(),
            pair.match_score,
            pair.match_reason.as_str(),
        )
    });
    if arguments.json {
        let pairs: Vec<_> = pairs
            .map(|(row_a, row_b, id_a, id_b, score, reason)| {
                json!({
                    "row_a": row_a, "row_b": row_b, "external_id_a": id_a, "external_id_b": id_b, "score": score,
                    "reason": reason,
                })
            })
            .collect();
        print_json(&pairs)?;
        return Ok(GOOD);
    }
    let out: Box<dyn Write> = match &arguments.out {
        Some(path) => Box::new(File::create(path).map_err(|error| Failure::file(path, error))?),
        None => Box::new(io::stdout().lock()),
    };
    let mut writer = csv::Writer::from_writer(BufWriter::new(out));
    let written = (|| {
        writer.write_record([
            "row_a",
            "row_b",
            "external_id_a",
            "external_id_b",
            "score",
            "reason",
        ])?;
        for (row_a, row_b, id_a, id_b, score, reason) in pairs {
            writer.write_record([
                &row_a.to_string(),
                &row_b.to_string(),
                &id_a,
                &id_b,
                &score.to_string(),
                reason,
            ])?;
        }
        writer.flush()?;
        Ok::<(), csv::Error>(())
    })();
    written.map_err(|error| Failure::input(error.to_string()))?;
    Ok(GOOD)
}
