//! Where Lotse keeps what belongs to the user and to no project: connections, recent projects, stored mails.

use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

/// The folders of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Settings and connections.
    pub config: PathBuf,
    /// Mails, templates, what was imported from here.
    pub data: PathBuf,
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
        })
    }

    /// Both folders below one.
    pub fn below(home: &Path) -> Self {
        Places {
            config: home.join("config"),
            data: home.join("data"),
        }
    }
}

/// Writes a small file so that a crash leaves the old or the new content, never half of it.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut beside = path.as_os_str().to_os_string();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut file = std::fs::File::create(&beside)?;
    io::Write::write_all(&mut file, content)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}
