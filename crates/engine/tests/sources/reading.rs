//! How the tests read files: what a person would see, as rows of texts.

use std::path::{Path, PathBuf};

use lotse_engine::sources::{self, Control, Inspection, ReadSettings, ReadSummary};

/// A table as read: header and rows, short rows filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// Writes `bytes` to a file of that name in a folder of its own.
pub(crate) fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// Reads the table of a file, and checks what must hold for every file: the account is even, and all blocks are as
/// wide as the summary says.
pub(crate) fn table(path: &Path, settings: &ReadSettings) -> (Table, ReadSummary) {
    let mut rows: Vec<(u32, Vec<String>)> = Vec::new();
    let summary = sources::read(
        path,
        settings,
        &Control::quiet(),
        |block| block,
        |block| {
            for row in block.rows() {
                rows.push((
                    row.number(),
                    row.cells().map(|cell| cell.text.to_owned()).collect(),
                ));
            }
            Ok::<(), std::convert::Infallible>(())
        },
    )
    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(summary.rows.is_even(), "{:?}", summary.rows);
    assert_eq!(summary.rows.read, rows.len() as u64, "{:?}", summary.rows);
    assert!(rows.is_sorted_by_key(|row| row.0), "row numbers go up");
    let width = summary.columns.len();
    let rows = rows
        .into_iter()
        .map(|(_, mut cells)| {
            assert!(cells.len() <= width, "a row is wider than the summary says");
            cells.resize(width, String::new());
            cells
        })
        .collect();
    let header = summary.columns.clone();
    (Table { header, rows }, summary)
}

/// Reads the table of a text, as if it were a file.
pub(crate) fn table_of(bytes: &[u8]) -> Table {
    let (_folder, path) = file("table.csv", bytes);
    table(&path, &ReadSettings::default()).0
}

/// What an inspection says of a text.
pub(crate) fn inspection_of(bytes: &[u8]) -> Inspection {
    let (_folder, path) = file("table.csv", bytes);
    sources::inspect(&path, &ReadSettings::default()).unwrap()
}

/// What `convert` writes.
pub(crate) fn converted(path: &Path) -> String {
    let mut out = Vec::new();
    sources::convert(path, &ReadSettings::default(), &Control::quiet(), &mut out)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    String::from_utf8(out).unwrap()
}
