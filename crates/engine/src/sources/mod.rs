//! Files as sources: what is in them, told by their content, and their rows as a stream.
//!
//! - [`inspect`] looks at the beginning of a file (of a workbook: at the first rows of a sheet) and says what it
//!   understood, why, and how sure it is. Everything can be corrected through [`ReadSettings`].
//! - [`read`] streams the rows of the table in [`RowBlock`]s and accounts for every row of the file.
//! - [`convert`] writes the table as understood as plain CSV.
//!
//! What a text means (a date, a phone number) is not decided here; cells keep the text that a careful person would
//! read. Nothing in a file can end the process, hang it or take more memory than a small multiple of one sheet's
//! shared texts: members of archives are capped, entities are never expanded.

mod assembling;
mod beside;
mod columns;
mod convert;
mod error;
mod format;
mod heading;
mod inspection;
mod notice;
mod probe;
mod report;
mod segment;
mod settings;
mod shape;
mod sheet_choice;
mod stream;
mod structure;
mod tally;
mod text;
mod understand;
mod workbook;

use std::path::Path;

use lotse_core::table::RowBlock;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

pub use convert::convert;
pub use error::{ForeignFormat, SourceError};
pub use inspection::{
    Detection, DetectionReason, Format, InspectedColumn, Inspection, PreviewCell, PreviewRow, RowAccount,
    SkipReason, SkippedRows, SourceSheet, TextDetections,
};
pub use notice::{NoticeFact, SourceNotice};
pub use report::InspectionReport;
pub use settings::{Charset, ColumnSettings, Escape, HeaderRows, Hidden, Quote, ReadSettings};
pub use structure::column_letters;
pub use text::PlainRows;

use understand::Understood;

/// How far a reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Bytes done, of the file or of the part of it that holds the sheet; 0 where only rows can be counted.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Bytes there are.
    #[ts(type = "number")]
    pub total: u64,
    /// Rows done.
    #[ts(type = "number")]
    pub rows: u64,
}

/// How a running reading is watched and stopped.
pub struct Control<'a> {
    /// Called after each piece of the file, from the reading thread.
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// Asked before each piece of the file, at least every 100 ms.
    pub cancel: CancellationToken,
}

impl Control<'_> {
    /// Neither watched nor stopped.
    pub fn quiet() -> Control<'static> {
        Control {
            progress: &|_| {},
            cancel: CancellationToken::new(),
        }
    }

    /// The same, without telling how far it is.
    fn unreported(&self) -> Control<'static> {
        Control {
            cancel: self.cancel.clone(),
            ..Control::quiet()
        }
    }

    fn check(&self) -> Result<(), SourceError> {
        if self.cancel.is_cancelled() {
            Err(SourceError::Cancelled)
        } else {
            Ok(())
        }
    }

    fn report(&self, bytes: u64, total: u64, rows: u64) {
        (self.progress)(Progress { bytes, total, rows });
    }
}

/// What was read, after the last row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ReadSummary {
    /// Name of the sheet that was read; empty for a text file.
    pub sheet: String,
    /// Names of the columns; empty where a column has none. There may be more than the inspection saw, when rows
    /// turned out to have more cells than the header.
    pub columns: Vec<String>,
    /// The account of all rows.
    pub rows: RowAccount,
    /// What a person should know.
    pub notices: Vec<SourceNotice>,
}

/// Refuses a file in which there is nothing, for those who want its rows. Looking at one is no error: the notice says it.
///
/// # Errors
/// [`SourceError::Empty`].
pub fn refuse_empty(path: &Path, notices: &[SourceNotice]) -> Result<(), SourceError> {
    if notices.iter().any(|notice| notice.fact == NoticeFact::Empty) {
        let name = path.file_name().unwrap_or(path.as_os_str());
        return Err(SourceError::Empty {
            file: name.to_string_lossy().into_owned(),
        });
    }
    Ok(())
}

/// Why a reading ended before its time.
#[derive(Debug, thiserror::Error)]
pub enum ReadFailure<E> {
    /// The file, or the person.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Whoever takes the blocks.
    #[error("{0}")]
    Store(E),
}

/// Looks at the beginning of a file and says what it understood. A text file of any size takes the same short time.
///
/// # Errors
/// When the file is of no format that holds a table, cannot be read, or is damaged before its first rows.
pub fn inspect(path: &Path, settings: &ReadSettings) -> Result<Inspection, SourceError> {
    Understood::of(path, settings, &Control::quiet())?.inspection(settings)
}

/// Reads the whole file in order to say the same as [`inspect`], with all counts exact.
///
/// # Errors
/// As [`inspect`]; also when a later part is damaged, and [`SourceError::Cancelled`].
pub fn inspect_whole(
    path: &Path,
    settings: &ReadSettings,
    control: &Control<'_>,
) -> Result<Inspection, SourceError> {
    Understood::of(path, settings, control)?.whole_inspection(settings, control)
}

/// Opens a file for those who have to know what it holds before its rows arrive; it is looked at once only.
///
/// # Errors
/// As [`inspect`], and [`SourceError::Cancelled`].
pub fn open(
    path: &Path,
    settings: &ReadSettings,
    control: &Control<'_>,
) -> Result<OpenedSource, SourceError> {
    Ok(OpenedSource {
        understood: Understood::of(path, settings, control)?,
        settings: settings.clone(),
    })
}

/// Pieces of a file that may wait for whoever stores them: a disk that takes its time now and then stops nobody.
const WAITING: usize = 6;

/// Consecutive rows of a table.
#[derive(Clone, Debug)]
pub enum TableRows {
    /// Cut into cells.
    Cells(RowBlock),
    /// As they stand in the file.
    Plain(PlainRows),
}

impl TableRows {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            TableRows::Cells(rows) => rows.len(),
            TableRows::Plain(rows) => rows.len(),
        }
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows, cut into cells.
    pub fn into_cells(self) -> RowBlock {
        match self {
            TableRows::Cells(rows) => rows,
            TableRows::Plain(rows) => rows.cells(),
        }
    }
}

/// A file whose table was found.
pub struct OpenedSource {
    understood: Understood,
    settings: ReadSettings,
}

impl OpenedSource {
    /// What it is read with: its format, its sheet, its columns, each with the reason. Rows are not looked at: there is
    /// no preview, and nothing is counted.
    pub fn outline(&mut self) -> Inspection {
        self.understood.outline(&self.settings)
    }

    /// Streams the rows of the table, see [`read`].
    ///
    /// # Errors
    /// As [`read`].
    pub fn read<T: Send, E>(
        self,
        control: &Control<'_>,
        encode: impl Fn(RowBlock) -> T + Sync,
        store: impl FnMut(T) -> Result<(), E>,
    ) -> Result<ReadSummary, ReadFailure<E>> {
        self.stream(control, None, |rows| encode(rows.into_cells()), store)
    }

    /// The same for those who keep rows: where rows are plain, they come as they stand in the file, which is quicker.
    /// About `cells` rows at the beginning come as cells in any case.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read_as_kept<T: Send, E>(
        self,
        control: &Control<'_>,
        cells: usize,
        encode: impl Fn(TableRows) -> T + Sync,
        store: impl FnMut(T) -> Result<(), E>,
    ) -> Result<ReadSummary, ReadFailure<E>> {
        self.stream(control, Some(cells), encode, store)
    }

    fn stream<T: Send, E>(
        self,
        control: &Control<'_>,
        plain_after: Option<usize>,
        encode: impl Fn(TableRows) -> T + Sync,
        mut store: impl FnMut(T) -> Result<(), E>,
    ) -> Result<ReadSummary, ReadFailure<E>> {
        let OpenedSource { understood, settings } = self;
        std::thread::scope(|scope| {
            let (sender, receiver) = std::sync::mpsc::sync_channel::<Vec<T>>(WAITING);
            let encode = &encode;
            let reading = scope.spawn(move || {
                understood.run_as_kept(&settings, control, plain_after, &mut |blocks| {
                    let encoded = blocks.into_par_iter().map(encode).collect();
                    sender.send(encoded).is_ok()
                })
            });
            let mut stored = Ok(());
            for blocks in receiver {
                // What waits here would take longer to store than a person waits who has cancelled.
                if control.cancel.is_cancelled() {
                    break;
                }
                stored = blocks.into_iter().try_for_each(&mut store);
                if stored.is_err() {
                    break;
                }
            }
            let read = reading
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            stored.map_err(ReadFailure::Store)?;
            control.check()?;
            Ok(read?)
        })
    }
}

/// The rows of the table with these numbers, in their order, for a person who wants to see what a notice is about. Rows
/// that are hidden in the workbook are among them, whatever the settings say. Reads no further than the last of them.
///
/// # Errors
/// As [`inspect`], and where the file is damaged before the last of the rows.
pub fn rows(path: &Path, settings: &ReadSettings, numbers: &[u32]) -> Result<Vec<PreviewRow>, SourceError> {
    let settings = ReadSettings {
        hidden_rows: Some(Hidden::Include),
        filtered_rows: Some(Hidden::Include),
        ..settings.clone()
    };
    let wanted: std::collections::BTreeSet<u32> = numbers.iter().copied().collect();
    let Some(&last) = wanted.last() else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    Understood::of(path, &settings, &Control::quiet())?.run(&settings, &Control::quiet(), &mut |blocks| {
        let mut reached = 0;
        for row in blocks.iter().flat_map(RowBlock::rows) {
            reached = row.number();
            if wanted.contains(&reached) {
                found.push(PreviewRow::of(&row));
            }
        }
        reached < last
    })?;
    Ok(found)
}

/// Streams the rows of the table.
///
/// `encode` is called on several threads at once, once per block; `store` on the calling thread, in the order of the
/// file. While `store` works, the next blocks are read and encoded; what some megabytes of the file have become waits at most.
///
/// Blocks have as many columns as the inspection said, or more where a row has more cells.
///
/// # Errors
/// [`ReadFailure::Store`] with the error of `store`, which ends the reading. [`ReadFailure::Source`] when the file is
/// damaged or the person cancels; blocks that came before were stored and are good.
pub fn read<T: Send, E>(
    path: &Path,
    settings: &ReadSettings,
    control: &Control<'_>,
    encode: impl Fn(RowBlock) -> T + Sync,
    store: impl FnMut(T) -> Result<(), E>,
) -> Result<ReadSummary, ReadFailure<E>> {
    open(path, settings, control)?.read(control, encode, store)
}

/// The file's name without its folders, for messages.
fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// The error for what the operating system says of a file.
fn unreadable(name: &str, error: &std::io::Error) -> SourceError {
    match error.kind() {
        std::io::ErrorKind::NotFound => SourceError::NotFound {
            file: name.to_owned(),
        },
        std::io::ErrorKind::IsADirectory => SourceError::IsFolder {
            file: name.to_owned(),
        },
        _ => SourceError::Unreadable {
            file: name.to_owned(),
            cause: error.to_string(),
        },
    }
}
