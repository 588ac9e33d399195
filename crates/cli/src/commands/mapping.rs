//! Suggested mappings and saved templates.

use std::fmt::Write as _;
use std::path::Path;

use lotse_core::mapping::{ColumnRef, Mapping, SourceColumn, suggest, template_fit};
use lotse_engine::clock::{self, Actor};
use lotse_engine::places::Places;
use lotse_engine::sources::{self, Inspection, ReadSettings};
use lotse_engine::templates::{Templates, json_of, name_of, read_mapping};
use serde_json::json;

use super::input::target;
use crate::Outcome;
use crate::arguments::{MappingCommand, SuggestArguments};
use crate::outcome::{Failure, GOOD, counted, print, print_json, shown};
use crate::output::write_to;

pub(crate) fn run(command: &MappingCommand) -> Outcome {
    match command {
        MappingCommand::Suggest(arguments) => suggest_for(arguments)?,
        MappingCommand::List { file, json } => list(file.as_deref(), *json)?,
        MappingCommand::Export { name, out } => write_out(&templates()?.get(name)?, out.as_deref())?,
        MappingCommand::Import { file, name } => import(file, name.as_deref())?,
        MappingCommand::Remove { name } => templates()?.remove(name)?,
    }
    Ok(GOOD)
}

fn templates() -> Result<Templates, Failure> {
    let places = Places::of_user().map_err(|error| Failure::input(error.to_string()))?;
    Ok(Templates::of(&places))
}

fn look_into(file: &Path, sheet: Option<&String>) -> Result<Inspection, Failure> {
    let settings = ReadSettings {
        sheet: sheet.cloned(),
        ..ReadSettings::default()
    };
    sources::inspect(file, &settings).map_err(|error| Failure::source(file, &error))
}

fn headers_of(inspection: &Inspection) -> Vec<String> {
    inspection
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect()
}

fn suggest_for(arguments: &SuggestArguments) -> Result<(), Failure> {
    let target = target(&arguments.target)?;
    let inspection = look_into(&arguments.file, arguments.sheet.as_ref())?;
    let headers = headers_of(&inspection);
    let columns: Vec<SourceColumn> = ColumnRef::all(&headers)
        .into_iter()
        .zip(inspection.columns)
        .map(|(reference, column)| SourceColumn {
            reference,
            profile: column.profile,
        })
        .collect();
    write_out(&suggest(&target, &columns).mapping, arguments.out.as_deref())
}

fn write_out(mapping: &Mapping, out: Option<&Path>) -> Result<(), Failure> {
    write_to(out, |out| Ok(out.write_all(json_of(mapping).as_bytes())?))
}

fn list(file: Option<&Path>, as_json: bool) -> Result<(), Failure> {
    let headers = match file {
        Some(file) => Some(headers_of(&look_into(file, None)?)),
        None => None,
    };
    let mut lines = Vec::new();
    let mut text = String::new();
    for template in templates()?.list()? {
        let fit = headers.as_ref().map(|headers| template_fit(&template, headers));
        if fit.as_ref().is_some_and(|fit| !fit.is_likely()) {
            continue;
        }
        let name = name_of(&template);
        let _ = write!(
            text,
            "{} ({}, {})",
            shown(name),
            template.target,
            counted(template.fields.len() as u64, "field")
        );
        if let Some(fit) = &fit {
            let _ = write!(text, ": {} of {} columns found", fit.found, fit.columns);
            for column in &fit.missing {
                let _ = write!(text, "\n  missing: {}", shown(&column.header));
                if let Some(new) = &column.renamed_to {
                    let _ = write!(text, " (now called {}?)", shown(new));
                }
            }
            for column in &fit.new_columns {
                let _ = write!(text, "\n  new: {}", shown(column));
            }
        }
        text.push('\n');
        let mark = template.template.as_ref();
        lines.push(json!({
            "name": name,
            "target": template.target,
            "fields": template.fields.len(),
            "saved_by": mark.and_then(|mark| mark.saved_by.clone()),
            "saved_at": mark.and_then(|mark| mark.saved_at),
            "fit": fit,
        }));
    }
    if as_json { print_json(&lines) } else { print(&text) }
}

fn import(file: &Path, name: Option<&str>) -> Result<(), Failure> {
    let mapping = read_mapping(file)?;
    let stem = file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let name = match (name, name_of(&mapping)) {
        (Some(name), _) => name.to_owned(),
        (None, "") => stem,
        (None, name) => name.to_owned(),
    };
    if name.trim().is_empty() {
        return Err(Failure::usage("a template needs a name: --name NAME"));
    }
    templates()?.keep(&mapping, &name, &Actor::logged_in().name, clock::now())?;
    Ok(())
}
