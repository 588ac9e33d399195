//! Named mappings that belong to the user: one file each, which is at the same time what is exported and what the
//! command line takes. They hold headers and decisions, never a row, an account or a secret.

use std::path::{Path, PathBuf};

use lotse_core::mapping::{Mapping, TemplateMark};
use lotse_core::values::Instant;

use crate::places::{Places, write_own};
use crate::project::ProjectError;
use crate::workflows::WorkflowError;

/// The templates of the user.
#[derive(Clone, Debug)]
pub struct Templates {
    folder: PathBuf,
}

impl Templates {
    /// Those in the user's folder.
    pub fn of(places: &Places) -> Self {
        Templates {
            folder: places.data.join("templates"),
        }
    }

    /// All templates by name. A file that cannot be read is left where it is, and said in the log.
    pub fn list(&self) -> Result<Vec<Mapping>, WorkflowError> {
        let mut all: Vec<Mapping> = self.files()?.into_iter().map(|(_, mapping)| mapping).collect();
        all.sort_by_cached_key(|mapping| name_of(mapping).to_lowercase());
        Ok(all)
    }

    /// The template of this name.
    pub fn get(&self, name: &str) -> Result<Mapping, WorkflowError> {
        self.find(name)?
            .map(|(_, mapping)| mapping)
            .ok_or_else(|| unknown(name))
    }

    /// True when there is one of this name.
    pub fn contains(&self, name: &str) -> Result<bool, WorkflowError> {
        Ok(self.find(name)?.is_some())
    }

    /// Saves a mapping under the name in `mark`, in place of one that is there.
    pub fn save(&self, mapping: &Mapping, mark: TemplateMark) -> Result<Mapping, WorkflowError> {
        let path = match self.find(&mark.name)? {
            Some((path, _)) => path,
            None => self.free_path(&mark.name),
        };
        let saved = Mapping {
            template: Some(mark),
            ..mapping.clone()
        };
        write_own(&path, json_of(&saved).as_bytes()).map_err(|error| WorkflowError::file(&path, error))?;
        Ok(saved)
    }

    /// Keeps a mapping that comes from a file under a name. Who saved it and when stays as the file says; where it says
    /// nothing, it is `by` and `at`.
    pub fn keep(
        &self,
        mapping: &Mapping,
        name: &str,
        by: &str,
        at: Instant,
    ) -> Result<Mapping, WorkflowError> {
        let given = mapping.template.clone();
        let (headers, saved_by, saved_at) = match given {
            Some(mark) => (mark.headers, mark.saved_by, mark.saved_at),
            None => (Vec::new(), None, None),
        };
        let mark = TemplateMark {
            name: name.trim().to_owned(),
            headers,
            saved_by: saved_by.or_else(|| Some(by.to_owned())),
            saved_at: saved_at.or(Some(at)),
        };
        self.save(mapping, mark)
    }

    /// Takes a template away.
    pub fn remove(&self, name: &str) -> Result<(), WorkflowError> {
        let (path, _) = self.find(name)?.ok_or_else(|| unknown(name))?;
        std::fs::remove_file(&path).map_err(|error| WorkflowError::file(&path, error))
    }

    fn find(&self, name: &str) -> Result<Option<(PathBuf, Mapping)>, WorkflowError> {
        Ok(self
            .files()?
            .into_iter()
            .find(|(_, mapping)| name_of(mapping) == name.trim()))
    }

    fn files(&self) -> Result<Vec<(PathBuf, Mapping)>, WorkflowError> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(WorkflowError::file(&self.folder, error)),
        };
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .collect();
        files.sort();
        let read = |path: PathBuf| match read_mapping(&path) {
            Ok(mapping) if mapping.template.is_some() => Some((path, mapping)),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, "a template cannot be read");
                None
            }
        };
        Ok(files.into_iter().filter_map(read).collect())
    }

    /// A file name that says the template's name to a person who looks into the folder.
    fn free_path(&self, name: &str) -> PathBuf {
        let plain: String = name
            .chars()
            .map(|sign| {
                if sign.is_alphanumeric() || "-_".contains(sign) {
                    sign
                } else {
                    '_'
                }
            })
            .take(60)
            .collect();
        let names =
            std::iter::once(plain.clone()).chain((2..=u32::MAX).map(|number| format!("{plain}-{number}")));
        names
            .map(|name| self.folder.join(name + ".json"))
            .find(|path| !path.exists())
            .unwrap_or_else(|| self.folder.join("template.json"))
    }
}

/// A template's name; empty for a mapping that was never saved as one.
pub fn name_of(mapping: &Mapping) -> &str {
    mapping.template.as_ref().map_or("", |mark| mark.name.as_str())
}

/// Reads a mapping file.
pub fn read_mapping(path: &Path) -> Result<Mapping, WorkflowError> {
    let text = std::fs::read_to_string(path).map_err(|error| WorkflowError::file(path, error))?;
    Mapping::from_json(text.trim_start_matches('\u{feff}')).map_err(|problem| WorkflowError::Mapping {
        source_name: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        problem,
    })
}

/// Writes a mapping file.
pub fn write_mapping(path: &Path, mapping: &Mapping) -> Result<(), WorkflowError> {
    write_own(path, json_of(mapping).as_bytes()).map_err(|error| WorkflowError::file(path, error))
}

/// A mapping as a file holds it.
pub fn json_of(mapping: &Mapping) -> String {
    serde_json::to_string_pretty(mapping).expect("a mapping is plain data") + "\n"
}

fn unknown(name: &str) -> WorkflowError {
    ProjectError::NotFound {
        what: format!("template {name}"),
    }
    .into()
}
