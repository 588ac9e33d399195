//! The projects that a person had open lately.

use std::path::{Path, PathBuf};

use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::places::{Places, write_own};

/// As many as a person can take in.
const MOST: usize = 12;

/// A project that was open lately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// Its file.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// When it was open.
    pub opened_at: Instant,
}

/// The projects that are still there, the last one first. A list that cannot be read is an empty one: nothing but
/// comfort is lost.
pub fn recent_projects(places: &Places) -> Vec<Recent> {
    let mut list = read(places);
    list.retain(|project| project.path.is_file());
    list
}

/// Puts a project at the head of the list.
pub fn remember(places: &Places, path: &Path, name: &str) {
    let mut list = read(places);
    list.retain(|project| project.path != path);
    list.insert(
        0,
        Recent {
            path: path.to_path_buf(),
            name: name.to_string(),
            opened_at: clock::now(),
        },
    );
    list.truncate(MOST);
    let text = serde_json::to_vec_pretty(&list).expect("names and paths are plain data");
    if let Err(error) = write_own(&file(places), &text) {
        tracing::warn!(%error, "the list of recent projects cannot be written");
    }
}

fn read(places: &Places) -> Vec<Recent> {
    std::fs::read(file(places))
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default()
}

fn file(places: &Places) -> PathBuf {
    places.data.join("recent.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_stands_first_and_what_is_gone_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::below(folder.path());
        let [old, new, gone] = ["old.lotse", "new.lotse", "gone.lotse"].map(|name| folder.path().join(name));
        std::fs::write(&old, "").unwrap();
        std::fs::write(&new, "").unwrap();
        for path in [&old, &gone, &new, &old] {
            remember(&places, path, "name");
        }
        let paths: Vec<PathBuf> = recent_projects(&places).into_iter().map(|it| it.path).collect();
        assert_eq!(paths, [old, new]);
    }

    #[test]
    fn a_damaged_list_is_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::below(folder.path());
        std::fs::create_dir_all(&places.data).unwrap();
        std::fs::write(file(&places), "{ no list").unwrap();
        assert!(recent_projects(&places).is_empty());
    }
}
