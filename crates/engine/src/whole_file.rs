//! Files that are there whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Writes a file so that a crash or a failure leaves the old or the new content, never half of it: it is written beside
/// its place and moved there when it is whole and on the disk. Pipes and devices are written as they are.
///
/// # Errors
/// What `fill` says, or that the place cannot be written; then nothing of it stays behind.
pub fn write_whole<T, E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<T, E>,
) -> Result<T, E> {
    let to = |place: &Path| -> Result<T, E> {
        let mut out = BufWriter::new(File::create(place)?);
        let filled = fill(&mut out)?;
        out.flush()?;
        if place != path {
            out.get_ref().sync_all()?;
        }
        Ok(filled)
    };
    if path.exists() && !path.is_file() {
        return to(path);
    }
    let beside = with_suffix(path, ".part");
    let written = to(&beside).and_then(|filled| {
        std::fs::rename(&beside, path)?;
        Ok(filled)
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// The same path with something behind its last letter: `pairs.csv.part`.
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut longer = path.as_os_str().to_os_string();
    longer.push(suffix);
    longer.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_leaves_what_was_there_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pairs.csv");
        write_whole(&path, |out| out.write_all(b"first")).unwrap();
        let failed = write_whole(&path, |out| {
            out.write_all(b"second")?;
            Err::<(), io::Error>(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        // A folder of that name is no file to write, and stays.
        let taken = folder.path().join("taken");
        std::fs::create_dir(&taken).unwrap();
        assert!(write_whole(&taken, |out| out.write_all(b"x")).is_err());
        assert!(taken.is_dir());
    }
}
