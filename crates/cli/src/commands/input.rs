//! What check and duplicates have in common: files become a project.

use std::path::{Path, PathBuf};

use lotse_core::mapping::{FieldMapping, Mapping, ProgressDecision};
use lotse_core::target::{BUILTIN, Target};
use lotse_core::values::Instant;
use lotse_engine::clock::{self, Actor};
use lotse_engine::project::{NewProject, Project, ProjectError, SourceRole};
use lotse_engine::sources::ReadSettings;
use lotse_engine::workflows::{
    WorkflowError, check_all, check_settings, compare_all, load_file, read_owners, set_mapping, set_owners,
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
        std::fs::rename(&self.part, &self.whole).map_err(|error| Failure::file(&self.whole, error))
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

/// A path with something behind its name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut longer = path.as_os_str().to_os_string();
    longer.push(suffix);
    longer.into()
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
        let target = target(&input.target)?;
        check_fields("--set", &input.constants, &target)?;
        let mapping = input.mapping.as_deref().map(read_mapping).transpose()?;
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
        let settings = ReadSettings {
            sheet: input.sheet.clone(),
            ..ReadSettings::default()
        };
        let lead_files = input
            .files
            .iter()
            .map(|file| (file, SourceRole::Leads, &settings));
        let plain = ReadSettings::default();
        let references = input
            .references
            .iter()
            .map(|file| (file, SourceRole::Reference, &plain));
        for (file, role, settings) in lead_files.chain(references) {
            let loaded =
                line.watch(|watch| load_file(&self.project, &self.actor, file, settings, role, watch));
            let loaded = loaded.map_err(|error| match error {
                WorkflowError::Source(error) => Failure::source(file, &error),
                error => error.into(),
            })?;
            let suggested = self.project.mapping(loaded.source_id)?;
            let chosen = mapping.filter(|_| role == SourceRole::Leads).cloned();
            let mut mapping = chosen
                .or(suggested)
                .unwrap_or_else(|| Mapping::empty(self.project.target()));
            for (field, value) in &input.constants {
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
        if let Some(path) = owners {
            set_owners(&self.project, &self.actor, Some(&read_owners(path)?))?;
        }
        let settings = check_settings(&self.project, self.now)?;
        line.watch(|watch| check_all(&self.project, &settings, watch))?;
        line.watch(|watch| compare_all(&self.project, &self.actor, watch))?;
        Ok(())
    }
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
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
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

fn read_mapping(path: &Path) -> Result<Mapping, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    Mapping::from_json(&text).map_err(|problem| Failure::usage(format!("{}: {problem}", path.display())))
}
