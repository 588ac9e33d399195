//! The form of an inspection that programs read (`lotse inspect --json`), and the window in one language.

use lotse_core::{
    language::{Language, Tell},
    profile::ColumnType,
    values::{DateOrder, DecimalStyle},
};
use serde::{Deserialize, Serialize};

use super::inspection::{Inspection, SourceSheet};

/// An inspection with its sentences in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct InspectionReport {
    /// The file's name.
    pub file: String,
    /// The format, whatever the file is called.
    pub format: super::Format,
    /// Character set of a text file.
    pub encoding: Option<String>,
    /// Delimiter of a text file.
    pub delimiter: Option<String>,
    /// Quote of a text file; empty where none has a meaning.
    pub quote: Option<String>,
    /// Number of the (first) header row; absent where the table has none.
    pub header_row: Option<u32>,
    /// Number of header rows.
    pub header_rows: u32,
    /// Name of the sheet that is read.
    pub sheet: String,
    /// All sheets.
    pub sheets: Vec<SourceSheet>,
    /// The columns.
    pub columns: Vec<ReportedColumn>,
    /// Rows of the file.
    #[ts(type = "number")]
    pub rows_in_file: u64,
    /// Rows read as data.
    #[ts(type = "number")]
    pub rows_read: u64,
    /// Rows that were not, as runs.
    pub rows_skipped: Vec<ReportedSkip>,
    /// False while only the beginning was looked at.
    pub complete: bool,
    /// What was detected, and why.
    pub detections: Vec<ReportedDetection>,
    /// What a person should know.
    pub notices: Vec<ReportedNotice>,
}

/// A column of the report. The mapping adds what it suggests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ReportedColumn {
    /// Its place, from 0.
    pub index: usize,
    /// Its header.
    pub name: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// For dates in digits: which part comes first.
    pub date_order: Option<DateOrder>,
    /// For amounts: which signs group and separate.
    pub number_style: Option<DecimalStyle>,
    /// The field it would fill.
    pub suggested_field: Option<String>,
    /// How sure that is.
    pub confidence: Option<f32>,
    /// Why.
    pub reason: Option<String>,
    /// Some of its values.
    pub samples: Vec<String>,
    /// Cells with a value.
    #[ts(type = "number")]
    pub filled: u64,
    /// Hidden in the workbook.
    pub hidden: bool,
}

/// A run of rows that were skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ReportedSkip {
    /// First row.
    pub row: u32,
    /// Last row.
    pub last_row: u32,
    /// How many.
    #[ts(type = "number")]
    pub count: u64,
    /// Stable code of the reason.
    pub code: super::SkipReason,
    /// The reason in words.
    pub reason: String,
}

/// A detection in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ReportedDetection {
    /// What was detected: `format`, `charset`, `delimiter`, `quote`, `escape`, `sheet`, `header`.
    pub name: String,
    /// How sure it is, from 0 to 1.
    pub certainty: f32,
    /// Why.
    pub reason: String,
}

/// A notice in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct ReportedNotice {
    /// Stable code.
    pub code: String,
    /// First row it concerns.
    pub row: Option<u32>,
    /// Column it concerns, from 0.
    pub column: Option<usize>,
    /// How many places it concerns.
    #[ts(type = "number")]
    pub count: u64,
    /// The rows of the first places in their order.
    pub rows: Vec<u32>,
    /// The sentence.
    pub message: String,
}

impl Inspection {
    /// The report in `language`.
    pub fn report(&self, language: Language) -> InspectionReport {
        let text = self.text.as_ref();
        let name_of = |charset: super::Charset| {
            serde_json::to_value(charset)
                .ok()
                .and_then(|value| value.as_str().map(str::to_owned))
                .unwrap_or_default()
        };
        let mut detections = Vec::new();
        let mut detected = |name: &str, certainty: f32, reason: &super::DetectionReason| {
            detections.push(ReportedDetection {
                name: name.to_owned(),
                certainty,
                reason: reason.tell(language),
            });
        };
        detected("format", self.format.certainty, &self.format.reason);
        if let Some(text) = text {
            detected("charset", text.charset.certainty, &text.charset.reason);
            detected("delimiter", text.delimiter.certainty, &text.delimiter.reason);
            detected("quote", text.quote.certainty, &text.quote.reason);
            detected("escape", text.escape.certainty, &text.escape.reason);
        } else {
            detected("sheet", self.sheet.certainty, &self.sheet.reason);
        }
        detected("header", self.header.certainty, &self.header.reason);
        InspectionReport {
            file: self.file.clone(),
            format: self.format.value,
            encoding: text.map(|text| name_of(text.charset.value)),
            delimiter: text.map(|text| text.delimiter.value.clone()),
            quote: text.map(|text| {
                text.quote
                    .value
                    .byte()
                    .map(|byte| char::from(byte).to_string())
                    .unwrap_or_default()
            }),
            header_row: (self.header.value.count > 0).then_some(self.header.value.first),
            header_rows: self.header.value.count,
            sheet: self.sheet.value.clone(),
            sheets: self.sheets.clone(),
            columns: self
                .columns
                .iter()
                .map(|column| ReportedColumn {
                    index: column.index,
                    name: column.name.clone(),
                    kind: column.kind.value,
                    date_order: column.date_order.as_ref().map(|order| order.value),
                    number_style: column.number_style.as_ref().map(|style| style.value),
                    suggested_field: None,
                    confidence: None,
                    reason: None,
                    samples: column.samples.clone(),
                    filled: column.filled,
                    hidden: column.hidden,
                })
                .collect(),
            rows_in_file: self.rows.total,
            rows_read: self.rows.read,
            rows_skipped: self
                .rows
                .skipped
                .iter()
                .map(|run| ReportedSkip {
                    row: run.first,
                    last_row: run.last,
                    count: run.count(),
                    code: run.reason,
                    reason: run.reason.tell(language),
                })
                .collect(),
            complete: self.complete,
            detections,
            notices: self
                .notices
                .iter()
                .map(|notice| ReportedNotice {
                    code: notice.fact.code().to_owned(),
                    row: notice.row,
                    column: notice.column,
                    count: notice.count,
                    rows: notice.rows.clone(),
                    message: notice.tell(language),
                })
                .collect(),
        }
    }
}
