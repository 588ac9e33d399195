//! The known users of the target system: to whom a lead may belong.

use std::collections::BTreeSet;
use std::path::Path;

use super::WorkflowError;

/// Reads a list of users out of a file: one id a line, or a JSON list.
pub fn read_owners(path: &Path) -> Result<BTreeSet<String>, WorkflowError> {
    let text = std::fs::read_to_string(path).map_err(|error| WorkflowError::file(path, error))?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).map_err(|error| WorkflowError::file(path, error));
    }
    Ok(owners_in(text))
}

/// The users in a text of one id a line.
pub fn owners_in(text: &str) -> BTreeSet<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(String::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_come_as_lines_or_as_json() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("owners");
        for text in ["\u{feff}eva\r\n\r\n  beat \neva\n", " [\"eva\", \"beat\"]"] {
            std::fs::write(&file, text).unwrap();
            let owners: Vec<String> = read_owners(&file).unwrap().into_iter().collect();
            assert_eq!(owners, ["beat", "eva"], "{text}");
        }
        std::fs::write(&file, "[1, 2]").unwrap();
        assert!(matches!(read_owners(&file), Err(WorkflowError::File { .. })));
    }
}
