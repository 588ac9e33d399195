//! What a person may tell a reader about a file. Whatever is absent is detected.

use std::collections::BTreeMap;

use lotse_core::{
    profile::ColumnType,
    values::{DateOrder, DecimalStyle},
};
use serde::{Deserialize, Serialize};

/// Overrides of the detections, each absent until a person sets it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ReadSettings {
    /// Character set of a text file.
    pub charset: Option<Charset>,
    /// What stands between two cells of a text file; one to four characters. An empty text says that each line is
    /// one cell.
    pub delimiter: Option<String>,
    /// What encloses cells of a text file.
    pub quote: Option<Quote>,
    /// How a quote inside a quoted cell is written.
    pub escape: Option<Escape>,
    /// Where the header stands.
    pub header: Option<HeaderRows>,
    /// Name of the sheet of a workbook (or number of the table of an HTML file, `Tabelle 1`).
    pub sheet: Option<String>,
    /// What happens with rows that are hidden in the workbook. Absent: they are read, and announced.
    pub hidden_rows: Option<Hidden>,
    /// What happens with rows that an active filter hides. Absent: they are read, and announced.
    pub filtered_rows: Option<Hidden>,
    /// What happens with hidden columns. Absent: they are read, and announced.
    pub hidden_columns: Option<Hidden>,
    /// How the values of a column are meant, by column index from 0.
    pub columns: BTreeMap<usize, ColumnSettings>,
}

/// How the values of one column are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ColumnSettings {
    /// What its values are.
    pub kind: Option<ColumnType>,
    /// Order of day, month and year.
    pub date_order: Option<DateOrder>,
    /// Which signs group digits and separate decimals.
    pub number_style: Option<DecimalStyle>,
}

/// Whether something hidden in a workbook is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Hidden {
    /// As everything else.
    Include,
    /// Skipped, and counted with that reason.
    LeaveOut,
}

/// Where the header of a table stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct HeaderRows {
    /// Number of its first row as a person sees it, from 1. Without header rows: the first row of data.
    pub first: u32,
    /// How many rows it has; 0 when the table has none.
    pub count: u32,
}

/// The character sets a person can choose from; all others are only detected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Charset {
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, low byte first (Excel's "Unicode text").
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// UTF-32, low byte first.
    #[serde(rename = "utf-32le")]
    Utf32Le,
    /// UTF-32, high byte first.
    #[serde(rename = "utf-32be")]
    Utf32Be,
    /// Windows-1252, Western European.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// ISO-8859-1.
    #[serde(rename = "iso-8859-1")]
    Latin1,
    /// ISO-8859-15, with the euro sign.
    #[serde(rename = "iso-8859-15")]
    Latin9,
    /// Mac Roman.
    #[serde(rename = "macintosh")]
    MacRoman,
    /// DOS code page 850, Western European.
    #[serde(rename = "ibm850")]
    Dos850,
    /// Windows-1250, Central European.
    #[serde(rename = "windows-1250")]
    Windows1250,
    /// Windows-1251, Cyrillic.
    #[serde(rename = "windows-1251")]
    Windows1251,
    /// Windows-1253, Greek.
    #[serde(rename = "windows-1253")]
    Windows1253,
    /// Windows-1254, Turkish.
    #[serde(rename = "windows-1254")]
    Windows1254,
    /// Shift_JIS, Japanese.
    #[serde(rename = "shift_jis")]
    ShiftJis,
    /// EUC-JP, Japanese.
    #[serde(rename = "euc-jp")]
    EucJp,
    /// GBK / GB18030, Chinese.
    #[serde(rename = "gb18030")]
    Gb18030,
    /// Big5, Chinese.
    #[serde(rename = "big5")]
    Big5,
    /// EUC-KR, Korean.
    #[serde(rename = "euc-kr")]
    EucKr,
    /// KOI8-R, Cyrillic.
    #[serde(rename = "koi8-r")]
    Koi8R,
}

/// What encloses cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Quote {
    /// Nothing: every quote is part of the text.
    None,
    /// `"`
    Double,
    /// `'`
    Single,
    /// A backtick.
    Backtick,
    /// A tilde, a pipe or another single ASCII character.
    Other(u8),
}

impl Quote {
    /// The byte, or none.
    pub fn byte(self) -> Option<u8> {
        match self {
            Self::None => None,
            Self::Double => Some(b'"'),
            Self::Single => Some(b'\''),
            Self::Backtick => Some(b'`'),
            Self::Other(byte) => Some(byte),
        }
    }

    /// The choice that `byte` stands for.
    pub fn from_byte(byte: Option<u8>) -> Self {
        match byte {
            None => Self::None,
            Some(b'"') => Self::Double,
            Some(b'\'') => Self::Single,
            Some(b'`') => Self::Backtick,
            Some(other) => Self::Other(other),
        }
    }
}

/// How a quote inside a quoted cell is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Escape {
    /// Twice: `""`.
    Doubled,
    /// With a backslash: `\"`.
    Backslash,
    /// With another ASCII character before it.
    Other(u8),
}

impl Escape {
    /// The byte that stands before an escaped quote; none where the quote is doubled.
    pub fn byte(self) -> Option<u8> {
        match self {
            Self::Doubled => None,
            Self::Backslash => Some(b'\\'),
            Self::Other(byte) => Some(byte),
        }
    }
}
