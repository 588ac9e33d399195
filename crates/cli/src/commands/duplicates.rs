use std::io::Write;

use lotse_core::target::Role;
use lotse_engine::project::{Project, SourceRole};
use lotse_engine::sources::ReadSettings;
use lotse_engine::workflows::{PlainDuplicates, PlainFile, check_report, compare_plain};
use serde::Serialize;

use super::input::Prepared;
use crate::Outcome;
use crate::arguments::{DuplicatesArguments, InputArguments};
use crate::outcome::{Failure, GOOD, print_json, warn};
use crate::output::{WriteFailure, write_to};
use crate::progress::ProgressLine;

/// A pair as it is written, whichever way it was found.
#[derive(Serialize)]
struct PairLine {
    row_a: u32,
    row_b: u32,
    external_id_a: String,
    external_id_b: String,
    score: f64,
    reason: &'static str,
}

pub(crate) fn run(arguments: &DuplicatesArguments) -> Outcome {
    let line = ProgressLine::new();
    let prepared = Prepared::new(&arguments.input, &[], None, None, &line)?;
    let plain = if holds_companies(&arguments.input, &prepared.project)? {
        None
    } else {
        by_plain_columns(&arguments.input, &line)?
    };
    let pairs = match plain {
        Some(plain) => lines_of(plain),
        None => mapped_pairs(&prepared)?,
    };
    if arguments.json {
        print_json(&pairs)?;
        return Ok(GOOD);
    }
    write_to(arguments.out.as_deref(), |out| write_pairs(out, &pairs))?;
    Ok(GOOD)
}

/// The header is written also where there is no pair.
fn write_pairs(out: &mut dyn Write, pairs: &[PairLine]) -> Result<(), WriteFailure> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(out);
    writer.write_record([
        "row_a",
        "row_b",
        "external_id_a",
        "external_id_b",
        "score",
        "reason",
    ])?;
    for pair in pairs {
        writer.serialize(pair)?;
    }
    Ok(writer.flush()?)
}

fn mapped_pairs(prepared: &Prepared) -> Result<Vec<PairLine>, Failure> {
    let report = check_report(
        &prepared.project,
        prepared.now,
        lotse_core::language::Language::En,
    )?;
    let pairs = report.duplicate_warnings.into_iter().map(|pair| PairLine {
        row_a: pair.matched_row,
        row_b: pair.row,
        external_id_a: pair.matched_external_id.unwrap_or_default(),
        external_id_b: pair.external_id,
        score: pair.match_score,
        reason: pair.match_reason.as_str(),
    });
    Ok(pairs.collect())
}

/// Whether the rows can be compared as companies: the mapping was chosen, or the suggested one names a company in a place
/// for every file of leads.
fn holds_companies(input: &InputArguments, project: &Project) -> Result<bool, Failure> {
    let target = project.target();
    let field = |role| target.role_index(role).map(|at| target.fields[at].name.as_str());
    let Some(company) = field(Role::Company) else {
        return Ok(true);
    };
    if input.mapping.is_some() || !input.constants.is_empty() {
        return Ok(true);
    }
    for source in project.sources()? {
        if source.role != SourceRole::Leads {
            continue;
        }
        let mapping = project.mapping(source.id)?;
        let fields = mapping.map(|mapping| mapping.fields).unwrap_or_default();
        let placed = [Role::City, Role::Postcode, Role::Email, Role::Phone]
            .into_iter()
            .filter_map(field)
            .any(|name| fields.contains_key(name));
        if !fields.contains_key(company) || !placed {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Compares the files by the columns that name their rows; nothing where there are none.
fn by_plain_columns(input: &InputArguments, line: &ProgressLine) -> Result<Option<PlainDuplicates>, Failure> {
    let settings = ReadSettings {
        sheet: input.sheet.clone(),
        ..ReadSettings::default()
    };
    let plain = ReadSettings::default();
    let files = input.files.iter().map(|path| PlainFile {
        path,
        settings: &settings,
        reference: false,
    });
    let references = input.references.iter().map(|path| PlainFile {
        path,
        settings: &plain,
        reference: true,
    });
    let files: Vec<PlainFile<'_>> = files.chain(references).collect();
    let found = line.watch(|watch| compare_plain(&files, watch))?;
    if let Some(found) = &found {
        for (file, columns) in files.iter().zip(&found.compared) {
            let name = file.path.file_name().unwrap_or(file.path.as_os_str());
            warn(&format!(
                "{}: no companies with a place were recognised; compared by {}",
                name.to_string_lossy(),
                columns.join(", ")
            ));
        }
    }
    Ok(found)
}

fn lines_of(plain: PlainDuplicates) -> Vec<PairLine> {
    let pairs = plain.pairs.into_iter().map(|pair| PairLine {
        row_a: pair.a.number,
        row_b: pair.b.number,
        external_id_a: pair.a.id,
        external_id_b: pair.b.id,
        score: pair.score,
        reason: pair.reason.as_str(),
    });
    pairs.collect()
}
