//! Where Lotse keeps what belongs to the user and to no project: connections, recent projects, stored mails.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use crate::whole_file;

/// The folders of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Settings and connections.
    pub config: PathBuf,
    /// Mails, templates, what was imported from here.
    pub data: PathBuf,
    /// Where new projects are put, so that people find them.
    pub projects: PathBuf,
}

impl Places {
    /// The user's folders as the system has them, or below `LOTSE_HOME` where that is set (for tests, and for a Lotse
    /// on a stick).
    pub fn of_user() -> io::Result<Self> {
        if let Some(home) = std::env::var_os("LOTSE_HOME").filter(|home| !home.is_empty()) {
            return Ok(Self::below(Path::new(&home)));
        }
        let base = etcetera::choose_base_strategy().map_err(io::Error::other)?;
        Ok(Places {
            config: base.config_dir().join("lotse"),
            data: base.data_dir().join("lotse"),
            projects: base.home_dir().join("Lotse"),
        })
    }

    /// All folders below one.
    pub fn below(home: &Path) -> Self {
        Places {
            config: home.join("config"),
            data: home.join("data"),
            projects: home.join("projects"),
        }
    }
}

impl Places {
    /// A free path for a new project of this name: `Altbestand.lotse`, else `Altbestand 2.lotse`. Makes the folder.
    pub fn new_project(&self, name: &str) -> io::Result<PathBuf> {
        std::fs::create_dir_all(&self.projects)?;
        // What some system does not take in a file name.
        let name: String = name
            .chars()
            .map(|sign| {
                if sign.is_control() || "/\\:*?\"<>|".contains(sign) {
                    ' '
                } else {
                    sign
                }
            })
            .take(120)
            .collect();
        let name = match name.trim().trim_matches('.') {
            "" => "Lotse",
            name => name,
        };
        let names = std::iter::once(name.to_string()).chain((2..).map(|number| format!("{name} {number}")));
        names
            .map(|name| self.projects.join(name + ".lotse"))
            .find(|path| !path.exists())
            .ok_or_else(|| io::ErrorKind::AlreadyExists.into())
    }
}

/// Writes a small file of Lotse's own as [`whole_file::write_whole`] does, in a folder that need not be there yet.
pub(crate) fn write_own(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    whole_file::write_whole(path, |out| out.write_all(content))
}
