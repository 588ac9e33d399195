//! What check and duplicates have in common: files become a project.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lotse_core::mapping::{FieldMapping, Mapping, ProgressDecision, fit_template};
use lotse_core::target::{BUILTIN, Target};
use lotse_core::values::Instant;
use lotse_engine::clock::{self, Actor};
use lotse_engine::imported_leads::ImportedLeads;
use lotse_engine::places::Places;
use lotse_engine::project::{NewProject, Project, ProjectError, SourceRole};
use lotse_engine::sources::ReadSettings;
use lotse_engine::templates::{Templates, read_mapping};
use lotse_engine::whole_file::with_suffix;
use lotse_engine::workflows::{
    CheckSummary, Winner, WorkflowError, apply_enrichment, check_all, check_settings, compare_all, load_file,
    read_owners, set_mapping, set_owners, take_in_imported,
};

use crate::arguments::InputArguments;
use crate::outcome::Failure;
use crate::progress::ProgressLine;

/// A project made of the files of a command; in a temporary folder unless it is to be kept.
pub(crate) struct Prepared {
    pub project: Project,
    pub now: Instant,
    pub actor: Actor,
    /// Behind the project: it is taken away after the project is closed.
    place: Place,
}

/// Where the project is made.
enum Place {
    /// In a folder that goes away with this value.
    Temporary(tempfile::TempDir),
    /// Beside the place where it shall stand.
    Beside(Part),
}

/// A project under another name until it is whole: one that holds only half of what was asked for, because of an error
/// or a kill, would be taken for the whole later. Removed when dropped.
struct Part {
    part: PathBuf,
    whole: PathBuf,
}

impl Part {
    fn of(whole: &Path) -> Result<Self, ProjectError> {
        if whole.exists() {
            return Err(ProjectError::Exists {
                path: whole.to_path_buf(),
            });
        }
        let part = with_suffix(whole, ".part");
        // One that is there was left by a kill, unless another command is at it right now.
        if part.exists()
            && let Err(error @ ProjectError::InUse { .. }) = Project::open(&part)
        {
            return Err(error);
        }
        let part = Part {
            part,
            whole: whole.to_path_buf(),
        };
        part.remove();
        Ok(part)
    }

    /// Gives the closed project its name.
    fn keep(self) -> Result<(), Failure> {
        if self.whole.exists() {
            return Err(ProjectError::Exists {
                path: self.whole.clone(),
            }
            .into());
        }
        std::fs::rename(&self.part, &self.whole).map_err(|error| Failure::file(&self.whole, &error))
    }

    fn remove(&self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(with_suffix(&self.part, suffix));
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.remove();
    }
}

impl Prepared {
    /// Loads all files, maps them, checks and compares them.
    pub(crate) fn new(
        input: &InputArguments,
        progress: &[(String, bool)],
        owners: Option<&Path>,
        save: Option<&PathBuf>,
        line: &ProgressLine,
    ) -> Result<Self, Failure> {
        let prepared = Self::loaded(input, progress, owners, save, line)?;
        prepared.check_and_compare(input, line)?;
        Ok(prepared)
    }

    /// Loads all files and maps them.
    pub(crate) fn loaded(
        input: &InputArguments,
        progress: &[(String, bool)],
        owners: Option<&Path>,
        save: Option<&PathBuf>,
        line: &ProgressLine,
    ) -> Result<Self, Failure> {
        let target = target(&input.target)?;
        check_fields("--set", &input.constants, &target)?;
        let mapping = input.mapping.as_deref().map(mapping_of).transpose()?;
        let overwritten: Vec<_> = input
            .overwrite
            .iter()
            .map(|field| (field.clone(), String::new()))
            .collect();
        check_fields("--overwrite", &overwritten, &target)?;
        let (path, place) = match save {
            Some(path) => {
                let part = Part::of(path)?;
                (part.part.clone(), Place::Beside(part))
            }
            None => {
                let folder = tempfile::tempdir().map_err(|error| Failure::input(error.to_string()))?;
                (folder.path().join("check.lotse"), Place::Temporary(folder))
            }
        };
        let actor = Actor::logged_in();
        let now = input.now.unwrap_or_else(clock::now);
        let name = save
            .unwrap_or(&input.files[0])
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let new = NewProject {
            name,
            target,
            zone: input.timezone,
        };
        let project = Project::create(&path, &new, &actor)?;
        let prepared = Prepared {
            project,
            now,
            actor,
            place,
        };
        prepared.fill(input, mapping.as_ref(), progress, owners, line)?;
        Ok(prepared)
    }

    /// Closes the project; one that is to be kept gets its name now.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        self.project.close()?;
        match self.place {
            Place::Beside(part) => part.keep(),
            Place::Temporary(folder) => {
                // What cannot be removed now is removed by the system.
                let _ = folder.close();
                Ok(())
            }
        }
    }

    fn fill(
        &self,
        input: &InputArguments,
        mapping: Option<&Mapping>,
        progress: &[(String, bool)],
        owners: Option<&Path>,
        line: &ProgressLine,
    ) -> Result<(), Failure> {
        for (file, role, settings) in files_of(input) {
            let loaded =
                line.watch(|watch| load_file(&self.project, &self.actor, file, &settings, role, watch));
            let loaded = loaded.map_err(|error| match error {
                WorkflowError::Source(error) => Failure::source(file, &error),
                error => error.into(),
            })?;
            let suggested = self.project.mapping(loaded.source_id)?;
            let chosen = match mapping.filter(|_| role == SourceRole::Leads) {
                Some(mapping) => Some(self.fitted(loaded.source_id, mapping)?),
                None => None,
            };
            let mut mapping = chosen
                .or(suggested)
                .unwrap_or_else(|| Mapping::empty(self.project.target()));
            // What adds to leads says nothing about all of them.
            for (field, value) in input.constants.iter().filter(|_| !role.is_addition()) {
                mapping
                    .fields
                    .insert(field.clone(), FieldMapping::constant(value.clone()));
            }
            for (kind, counts) in progress {
                let decision = ProgressDecision {
                    counts: *counts,
                    decided_by: Some(self.actor.name.clone()),
                    decided_at: Some(self.now),
                };
                mapping.progress.insert(kind.to_uppercase(), decision);
            }
            set_mapping(&self.project, &self.actor, loaded.source_id, &mapping)?;
        }
        if input.imported {
            let places = Places::of_user().map_err(|error| Failure::input(error.to_string()))?;
            let (imported, name) = (ImportedLeads::of(&places), "Leads imported from this machine");
            line.watch(|watch| take_in_imported(&self.project, &self.actor, &imported, name, watch))?;
        }
        if let Some(path) = owners {
            set_owners(&self.project, &self.actor, Some(&read_owners(path)?))?;
        }
        Ok(())
    }

    /// Checks what was loaded, adds to it what is to be added, and compares it.
    pub(crate) fn check_and_compare(
        &self,
        input: &InputArguments,
        line: &ProgressLine,
    ) -> Result<(), Failure> {
        let settings = check_settings(&self.project, self.now)?;
        line.watch(|watch| check_all(&self.project, &settings, watch))?;
        self.enrich(input)?;
        line.watch(|watch| compare_all(&self.project, &self.actor, watch))?;
        Ok(())
    }

    /// A mapping for the columns of a source: headers that differ only in case, blanks and signs are the same. One that
    /// lacks a column is left as it is, so that the refusal names the column.
    fn fitted(&self, source_id: i64, mapping: &Mapping) -> Result<Mapping, Failure> {
        let sources = self.project.sources()?;
        let Some(source) = sources.into_iter().find(|source| source.id == source_id) else {
            return Ok(mapping.clone());
        };
        let fitted = fit_template(mapping, &source.headers, &BTreeMap::new());
        if fitted.used_columns().count() == mapping.used_columns().count() {
            Ok(fitted)
        } else {
            Ok(mapping.clone())
        }
    }

    /// Takes over what the files of `--enrich` bring.
    fn enrich(&self, input: &InputArguments) -> Result<(), Failure> {
        let wins = |field: &String| (field.clone(), Winner::Addition);
        let winners: BTreeMap<String, Winner> = input.overwrite.iter().map(wins).collect();
        for source in self.project.sources()? {
            if source.role == SourceRole::Enrichment {
                apply_enrichment(&self.project, &self.actor, source.id, &winners, self.now)?;
            }
        }
        Ok(())
    }
}

/// Checks and compares all rows of a project.
pub(crate) fn check_and_compare(
    project: &Project,
    actor: &Actor,
    now: Instant,
    line: &ProgressLine,
) -> Result<CheckSummary, Failure> {
    let settings = check_settings(project, now)?;
    let summary = line.watch(|watch| check_all(project, &settings, watch))?;
    line.watch(|watch| compare_all(project, actor, watch))?;
    Ok(summary)
}

/// All files with what their rows are for, leads first: what is added to them comes behind.
fn files_of(input: &InputArguments) -> Vec<(&Path, SourceRole, ReadSettings)> {
    let of = |sheet: Option<&String>| ReadSettings {
        sheet: sheet.cloned(),
        ..ReadSettings::default()
    };
    let sheet = input.activities_sheet.as_ref();
    // A sheet alone is one of the workbook that holds the leads.
    let beside = input
        .files
        .first()
        .filter(|_| sheet.is_some() && input.activities.is_empty());
    let leads = input
        .files
        .iter()
        .map(|file| (file, SourceRole::Leads, of(input.sheet.as_ref())));
    let references = input
        .references
        .iter()
        .map(|file| (file, SourceRole::Reference, of(None)));
    let activities = input.activities.iter().chain(beside);
    let activities = activities.map(|file| (file, SourceRole::Activities, of(sheet)));
    let enrichments = input
        .enrichments
        .iter()
        .map(|file| (file, SourceRole::Enrichment, of(None)));
    leads
        .chain(references)
        .chain(activities)
        .chain(enrichments)
        .map(|(file, role, settings)| (file.as_path(), role, settings))
        .collect()
}

/// The built-in target or the target file that is meant.
pub(crate) fn target(name: &str) -> Result<Target, Failure> {
    if let Some(target) = Target::builtin(name) {
        return Ok(target);
    }
    let path = Path::new(name);
    if !path.exists() {
        let known = BUILTIN.join(", ");
        return Err(Failure::usage(format!(
            "{name}: neither a target ({known}) nor a target file"
        )));
    }
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
    Target::from_json(&text).map_err(|problem| Failure::usage(format!("{name}: {problem}")))
}

/// Refuses values for fields that the target does not have.
pub(crate) fn check_fields(
    option: &str,
    values: &[(String, String)],
    target: &Target,
) -> Result<(), Failure> {
    for (field, _) in values {
        if target.field_index(field).is_none() {
            let known: Vec<&str> = target.fields.iter().map(|field| field.name.as_str()).collect();
            return Err(Failure::usage(format!(
                "{option} {field}: no such field. Known are {}",
                known.join(", ")
            )));
        }
    }
    Ok(())
}

/// The mapping in a file, or the saved template of this name.
fn mapping_of(given: &Path) -> Result<Mapping, Failure> {
    if !given.exists()
        && let (Some(name), Ok(places)) = (given.to_str(), Places::of_user())
        && let Ok(template) = Templates::of(&places).get(name)
    {
        return Ok(template);
    }
    Ok(read_mapping(given)?)
}
