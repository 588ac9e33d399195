//! Files before they are taken over, and the sources of a project.

pub use lotse_core::profile::ColumnType;
pub use lotse_core::values::{DateOrder, DecimalStyle};
pub use lotse_engine::project::SourceRole;
pub use lotse_engine::sources::{
    Charset, ColumnSettings, Escape, Format, HeaderRows, Hidden, PreviewRow, Quote, ReadSettings, SourceSheet,
};
use serde::Serialize;
use ts_rs::TS;

/// Something that was found out about a file, or set by a person.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Detected<T> {
    /// What it is.
    pub value: T,
    /// How sure that is, from 0 to 1.
    pub certainty: f32,
    /// A person has set it.
    pub chosen: bool,
    /// Why, in the chosen language: `ergibt in 149 von 150 Zeilen 15 Zellen`.
    pub reason: String,
}

/// What a file looks like under some settings. Nothing of it is in a project yet.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FileLook {
    /// Its name, without its folders.
    pub file: String,
    /// Its size.
    #[ts(type = "number")]
    pub bytes: u64,
    /// What it is, whatever it is called.
    pub format: Detected<Format>,
    /// What only text files have.
    pub text: Option<TextLook>,
    /// Sheets of a workbook; one unnamed for a text file.
    pub sheets: Vec<SourceSheet>,
    /// The sheet that is read.
    pub sheet: Detected<String>,
    /// Where the header stands.
    pub header: Detected<HeaderRows>,
    /// The columns of the table.
    pub columns: Vec<ColumnLook>,
    /// Rows above the header, one text each.
    pub above: Vec<RowAbove>,
    /// The first rows of the table.
    pub rows: Vec<PreviewRow>,
    /// What becomes of the rows, as far as they were looked at.
    pub account: RowSums,
    /// False while only the beginning was looked at.
    pub complete: bool,
    /// What a person should know before going on, the gravest first.
    pub notices: Vec<FileNotice>,
}

/// What only text files have.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TextLook {
    /// Character set.
    pub charset: Detected<Charset>,
    /// What stands between two cells.
    pub delimiter: Detected<String>,
    /// What encloses cells.
    pub quote: Detected<Quote>,
    /// How a quote inside a quoted cell is written.
    pub escape: Detected<Escape>,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ColumnLook {
    /// Its place in the table, from 0.
    pub index: u32,
    /// Its letters in the spreadsheet.
    pub letters: String,
    /// Its header; empty where there is none.
    pub name: String,
    /// What its texts are.
    pub kind: Detected<ColumnType>,
    /// For dates in digits: which part comes first.
    pub date_order: Option<Detected<DateOrder>>,
    /// For numbers: which signs group and separate.
    pub number_style: Option<Detected<DecimalStyle>>,
    /// Hidden in the workbook.
    pub hidden: bool,
}

/// A row above the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RowAbove {
    /// Its number as a person sees it.
    pub number: u32,
    /// Its texts, joined.
    pub text: String,
}

/// The account of the rows of a file: `total = header + read + skipped`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RowSums {
    /// Rows in the file or sheet.
    #[ts(type = "number")]
    pub total: u64,
    /// Rows that are the header.
    #[ts(type = "number")]
    pub header: u64,
    /// Rows with data.
    #[ts(type = "number")]
    pub read: u64,
    /// Rows that are not read.
    #[ts(type = "number")]
    pub skipped: u64,
    /// Which, and why.
    pub runs: Vec<SkippedRun>,
}

/// Consecutive rows that are not read for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SkippedRun {
    /// Number of the first.
    pub first: u32,
    /// Number of the last.
    pub last: u32,
    /// Why, in the chosen language.
    pub reason: String,
}

/// Something a person should know about a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FileNotice {
    /// Its stable code.
    pub code: String,
    /// Something is lost or has to be decided; all others are for information.
    pub grave: bool,
    /// The header of the column that it concerns.
    pub column: Option<String>,
    /// The place of that column, from 0.
    pub index: Option<u32>,
    /// The sentence, in the chosen language.
    pub text: String,
    /// The rows of the first places in their order, where single rows are concerned.
    pub rows: Vec<u32>,
    /// Where a person has to say how cells are meant: what can be said.
    pub readings: Vec<Reading>,
}

/// One way to read the cells of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Reading {
    /// What is said about the column when it is chosen; the rest stays as it was.
    pub said: ColumnSettings,
    /// What the first of the cells is then, as it is stored: `2024-04-03`, `1.25`.
    pub first: String,
}

/// A source of the project.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SourceLine {
    /// Its identity in the project.
    #[ts(type = "number")]
    pub id: i64,
    /// What its rows are for.
    pub role: SourceRole,
    /// File name, or mailbox and folder.
    pub name: String,
    /// Sheet; empty where there are none.
    pub sheet: String,
    /// Where the file was.
    pub origin: String,
    /// Rows in the project.
    pub rows: u32,
    /// Columns.
    pub columns: u32,
    /// When it was loaded, RFC 3339 in UTC.
    pub loaded_at: String,
    /// The account of the file's rows; `None` for what is no file.
    pub account: Option<RowSums>,
    /// What was noticed while reading.
    pub notices: Vec<FileNotice>,
    /// Visible sheets of the same workbook that hold something and are no source yet; named at the first of its sources.
    pub other_sheets: Vec<String>,
}
