//! What was found out about a file: every detection with its value, its certainty and its reason, as facts.
//!
//! Sentences are made of the facts at the border ([`Tell`]); see `report` for the form programs read.

use lotse_core::{
    language::{Language, Tell},
    table::{CellKind, Row},
};
use serde::{Deserialize, Serialize};

use lotse_core::{
    profile::{ColumnProfile, ColumnType},
    values::{DateOrder, DecimalStyle},
};

use super::{
    notice::SourceNotice,
    settings::{Charset, Escape, HeaderRows, Quote},
};

/// A value that was detected, or that a person set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Detection<T> {
    /// What was found.
    pub value: T,
    /// How sure that is, from 0 to 1. What a person set is 1.
    pub certainty: f32,
    /// Why.
    pub reason: DetectionReason,
}

impl<T> Detection<T> {
    /// What a person set.
    pub fn chosen(value: T) -> Self {
        Detection {
            value,
            certainty: 1.0,
            reason: DetectionReason::Chosen,
        }
    }

    /// What was found, with its reason.
    pub fn found(value: T, certainty: f32, reason: DetectionReason) -> Self {
        Detection {
            value,
            certainty,
            reason,
        }
    }
}

/// The format of a file, told by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Text with one record a line and a delimiter between cells.
    Csv,
    /// Excel workbook (`.xlsx`, `.xlsm`).
    Xlsx,
    /// Excel binary workbook.
    Xlsb,
    /// Excel 97 to 2003 and earlier.
    Xls,
    /// OpenDocument spreadsheet, packed or flat.
    Ods,
    /// A page with a table, as many web applications call `.xls`.
    Html,
    /// XML spreadsheet of Excel 2003.
    XmlSpreadsheet,
    /// The exchange format SYLK.
    Sylk,
    /// The exchange format DIF.
    Dif,
}

/// Everything that was found out about a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// The file's name, without its folders.
    pub file: String,
    /// Size of the file in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// The format, whatever the file is called.
    pub format: Detection<Format>,
    /// What only text files have.
    pub text: Option<TextDetections>,
    /// The sheets of a workbook, or the tables of a page; one unnamed for a text file.
    pub sheets: Vec<SourceSheet>,
    /// Name of the sheet that is read.
    pub sheet: Detection<String>,
    /// Where the header stands.
    pub header: Detection<HeaderRows>,
    /// The columns as understood.
    pub columns: Vec<InspectedColumn>,
    /// The rows with content above the header, as they stand in the sheet or file, at most
    /// [`Inspection::ROWS_ABOVE`].
    pub above: Vec<PreviewRow>,
    /// The first rows of the table as understood, at most [`Inspection::PREVIEW_ROWS`].
    pub preview: Vec<PreviewRow>,
    /// Rows of the file so far: of the whole file after a whole read, else of what was looked at.
    pub rows: RowAccount,
    /// False while only the beginning was looked at, and counts are those of it.
    pub complete: bool,
    /// What a person should know before going on.
    pub notices: Vec<SourceNotice>,
}

impl Inspection {
    /// Rows of the table that an inspection shows.
    pub const PREVIEW_ROWS: usize = 100;
    /// Rows above the header that an inspection shows.
    pub const ROWS_ABOVE: usize = 20;
}

/// What only text files have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct TextDetections {
    /// Character set.
    pub charset: Detection<Charset>,
    /// What stands between two cells; empty where each line is one cell.
    pub delimiter: Detection<String>,
    /// What encloses cells.
    pub quote: Detection<Quote>,
    /// How a quote inside a quoted cell is written.
    pub escape: Detection<Escape>,
}

/// A sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct SourceSheet {
    /// Its name; of the tables of a page, `Tabelle 1` and so on; empty for a text file.
    pub name: String,
    /// False for sheets hidden in the workbook.
    pub visible: bool,
    /// Rows down to the last one with content, as declared or counted.
    pub rows: u32,
    /// Columns up to the last one with content.
    pub columns: u32,
}

/// A column of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct InspectedColumn {
    /// Its place in the table, from 0.
    pub index: usize,
    /// Its place in the sheet or file, from 0: more than `index` where blank columns stand before the table.
    pub position: usize,
    /// Its header, lines of several header rows joined by a blank; empty where there is none.
    pub name: String,
    /// What its texts are.
    #[serde(rename = "type")]
    pub kind: Detection<ColumnType>,
    /// For dates in digits: which part comes first.
    pub date_order: Option<Detection<DateOrder>>,
    /// For numbers: which signs group and separate.
    pub number_style: Option<Detection<DecimalStyle>>,
    /// Some of its first distinct texts.
    pub samples: Vec<String>,
    /// Cells with a value among the rows looked at.
    #[ts(type = "number")]
    pub filled: u64,
    /// Hidden in the workbook.
    pub hidden: bool,
    /// What its cells have in common, for the mapping.
    #[serde(skip)]
    #[ts(skip)]
    pub profile: ColumnProfile,
}

/// A row of the preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct PreviewRow {
    /// Its number as a person sees it.
    pub number: u32,
    /// Its cells.
    pub cells: Vec<PreviewCell>,
}

impl PreviewRow {
    pub(crate) fn of(row: &Row<'_>) -> Self {
        PreviewRow {
            number: row.number(),
            cells: row
                .cells()
                .map(|cell| PreviewCell {
                    kind: cell.kind,
                    text: cell.text.to_owned(),
                })
                .collect(),
        }
    }
}

/// A cell of the preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct PreviewCell {
    /// What the source says it is.
    pub kind: CellKind,
    /// Its text.
    pub text: String,
}

/// The account of a file's rows: `total = header + read + skipped`, always.
///
/// A row is what a spreadsheet shows as one: in text files a record, which may run over several lines where a
/// quoted cell has line breaks, and blank lines count as rows. Title lines and the header count, too, so a row's
/// number is its place in this count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct RowAccount {
    /// Rows in the file or sheet, down to the last one that is there at all.
    #[ts(type = "number")]
    pub total: u64,
    /// Rows that became the header.
    #[ts(type = "number")]
    pub header: u64,
    /// Rows read as data.
    #[ts(type = "number")]
    pub read: u64,
    /// Rows that were not, with the reason.
    pub skipped: Vec<SkippedRows>,
}

impl RowAccount {
    /// Number of rows that were skipped.
    pub fn skipped_rows(&self) -> u64 {
        self.skipped.iter().map(SkippedRows::count).sum()
    }

    /// True when no row is missing from the account.
    pub fn is_even(&self) -> bool {
        self.total == self.header + self.read + self.skipped_rows()
    }
}

/// A run of rows that were skipped for the same reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct SkippedRows {
    /// First row of the run.
    pub first: u32,
    /// Last row of the run.
    pub last: u32,
    /// Why.
    pub reason: SkipReason,
}

impl SkippedRows {
    /// Rows of the run.
    pub fn count(&self) -> u64 {
        u64::from(self.last - self.first) + 1
    }
}

/// Why a row is no row of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Nothing in it.
    Blank,
    /// A title or a remark above the table.
    Title,
    /// The line `sep=;`.
    SeparatorLine,
    /// A remark that begins with `#`.
    Comment,
    /// A line that is only drawn (`----+----`).
    Rule,
    /// The header once more.
    RepeatedHeader,
    /// A sum or subtotal.
    Total,
    /// A remark below the table.
    Footer,
    /// Part of another table in the same sheet or file.
    OtherTable,
    /// Hidden in the workbook, and to be left out.
    Hidden,
    /// Hidden by a filter, and to be left out.
    Filtered,
}

impl Tell for SkipReason {
    fn tell(&self, language: Language) -> String {
        let (german, english) = match self {
            Self::Blank => ("leer", "blank"),
            Self::Title => ("Titelzeile über der Tabelle", "title above the table"),
            Self::SeparatorLine => (
                "Zeile „sep=“ nennt nur das Trennzeichen",
                "line “sep=” only names the delimiter",
            ),
            Self::Comment => ("Kommentarzeile", "comment line"),
            Self::Rule => ("gezeichnete Linie", "drawn rule"),
            Self::RepeatedHeader => ("wiederholte Kopfzeile", "repeated header"),
            Self::Total => ("Summenzeile", "total row"),
            Self::Footer => ("Fußzeile unter der Tabelle", "remark below the table"),
            Self::OtherTable => ("gehört zu einer anderen Tabelle", "part of another table"),
            Self::Hidden => ("ausgeblendet", "hidden"),
            Self::Filtered => ("durch einen Filter ausgeblendet", "hidden by a filter"),
        };
        language.pick(german, english).to_owned()
    }
}

/// Why a detection says what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "code", rename_all = "snake_case")]
#[ts(rename_all_fields = "camelCase")]
#[serde(rename_all_fields = "camelCase")]
pub enum DetectionReason {
    /// A person said so.
    Chosen,
    /// There is nothing else.
    Only,
    /// Nothing in the file says otherwise.
    Usual,
    /// The workbook itself says so.
    Workbook,
    /// The content begins as this format does, whatever the file is called.
    Content {
        /// The ending of the file's name, if it promises another format.
        named: Option<String>,
    },
    /// A byte order mark.
    ByteOrderMark,
    /// All characters beyond ASCII are valid UTF-8.
    ValidUtf8 {
        /// How many there are.
        characters: usize,
    },
    /// No character beyond ASCII was found.
    AsciiOnly,
    /// Every second byte is zero.
    Zeroes,
    /// Letters make words only so.
    Letters {
        /// How many.
        letters: usize,
        /// A word with one.
        example: String,
    },
    /// The language of the text makes it likely.
    Language,
    /// The first line says so (`sep=;`).
    SeparatorLine,
    /// The delimiter cuts so many lines into the same number of cells.
    Separates {
        /// Lines that fit.
        lines: usize,
        /// Lines looked at.
        of: usize,
        /// Cells a line.
        cells: usize,
    },
    /// No sign cuts the lines evenly; each line is one cell.
    SingleColumn,
    /// Records with quoted cells.
    Enclosed {
        /// How many.
        records: usize,
    },
    /// The header row has words where the columns below have values.
    HeaderAbove {
        /// Row of the header.
        row: u32,
        /// Columns whose values differ from their heading.
        columns: usize,
    },
    /// The header row has words that head columns.
    HeaderWords {
        /// Row of the header.
        row: u32,
        /// Some of them.
        words: Vec<String>,
    },
    /// The first row of the table has values like all others.
    NoHeader,
    /// The first visible sheet with a table; what stands before it has none.
    FirstTable {
        /// Sheets passed over.
        passed: usize,
    },
    /// So many cells are of the type.
    Matching {
        /// Cells of the type.
        cells: u64,
        /// Cells with a value.
        of: u64,
    },
    /// This cell can be read in one way only.
    Proof {
        /// Its text.
        text: String,
        /// Its row, where it is known.
        row: Option<u32>,
    },
    /// No cell tells; both readings are possible.
    Ambiguous {
        /// Such cells.
        cells: u64,
    },
}

impl Tell for DetectionReason {
    fn tell(&self, language: Language) -> String {
        match self {
            Self::Chosen => language.pick("so eingestellt".into(), "set by you".into()),
            Self::Only => language.pick("einzige Möglichkeit".into(), "the only one".into()),
            Self::Usual => language.pick(
                "üblich; nichts spricht dagegen".into(),
                "usual; nothing says otherwise".into(),
            ),
            Self::Workbook => language.pick(
                "steht so in der Arbeitsmappe".into(),
                "the workbook says so".into(),
            ),
            Self::Content { named: None } => {
                language.pick("am Inhalt erkannt".into(), "told by its content".into())
            }
            Self::Content { named: Some(named) } => language.pick(
                format!("am Inhalt erkannt, obwohl die Datei auf .{named} endet"),
                format!("told by its content, although the file is named .{named}"),
            ),
            Self::ByteOrderMark => language.pick(
                "Bytereihenfolge-Marke am Anfang".into(),
                "byte order mark at the beginning".into(),
            ),
            Self::ValidUtf8 { characters } => language.pick(
                format!("alle {characters} Sonderzeichen sind gültiges UTF-8"),
                format!("all {characters} special characters are valid UTF-8"),
            ),
            Self::AsciiOnly => language.pick(
                "keine Sonderzeichen gefunden".into(),
                "no special characters found".into(),
            ),
            Self::Zeroes => language.pick(
                "jedes zweite Byte ist null".into(),
                "every second byte is zero".into(),
            ),
            Self::Letters { letters, example } => language.pick(
                format!("{letters} Umlaute und Akzente ergeben nur so Wörter, z. B. „{example}“"),
                format!("{letters} umlauts and accents make words only so, e.g. “{example}”"),
            ),
            Self::Language => language.pick(
                "die Sprache des Textes legt es nahe".into(),
                "the language of the text suggests it".into(),
            ),
            Self::SeparatorLine => language.pick(
                "die erste Zeile sagt es (sep=)".into(),
                "the first line says so (sep=)".into(),
            ),
            Self::Separates { lines, of, cells } => language.pick(
                format!("ergibt in {lines} von {of} Zeilen {cells} Zellen"),
                format!("gives {cells} cells in {lines} of {of} lines"),
            ),
            Self::SingleColumn => language.pick(
                "kein Zeichen teilt die Zeilen gleichmäßig; jede Zeile ist eine Zelle".into(),
                "no sign cuts the lines evenly; each line is one cell".into(),
            ),
            Self::Enclosed { records } => language.pick(
                format!("umschließt Zellen in {records} Zeilen"),
                format!("encloses cells in {records} rows"),
            ),
            Self::HeaderAbove { row, columns } => language.pick(
                format!("Zeile {row} hat Wörter, wo {columns} Spalten darunter Werte haben"),
                format!("row {row} has words where {columns} columns below have values"),
            ),
            Self::HeaderWords { row, words } => {
                let list = words.join(", ");
                language.pick(
                    format!("Zeile {row} enthält Überschriften wie {list}"),
                    format!("row {row} has headings such as {list}"),
                )
            }
            Self::NoHeader => language.pick(
                "schon die erste Zeile hat Werte wie alle anderen".into(),
                "the first row already has values like all others".into(),
            ),
            Self::FirstTable { passed: 0 } => language.pick(
                "erstes sichtbares Blatt mit Zellen".into(),
                "first visible sheet with cells".into(),
            ),
            Self::FirstTable { passed } => language.pick(
                format!("erstes sichtbares Blatt mit einer Tabelle; {passed} davor haben keine"),
                format!("first visible sheet with a table; {passed} before it have none"),
            ),
            Self::Matching { cells, of } => language.pick(
                format!("{cells} von {of} Werten"),
                format!("{cells} of {of} values"),
            ),
            Self::Proof { text, row: None } => language.pick(
                format!("„{text}“ lässt nur diese Lesart zu"),
                format!("“{text}” can be read in this way only"),
            ),
            Self::Proof { text, row: Some(row) } => language.pick(
                format!("„{text}“ in Zeile {row} lässt nur diese Lesart zu"),
                format!("“{text}” in row {row} can be read in this way only"),
            ),
            Self::Ambiguous { cells } => language.pick(
                format!("bei {cells} Werten sind beide Lesarten möglich; bitte entscheiden"),
                format!("both readings are possible for {cells} values; please decide"),
            ),
        }
    }
}
