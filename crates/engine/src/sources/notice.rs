//! What a person should know about a file before going on: facts with a stable code, and their sentences.

use lotse_core::language::{Language, Tell};
use serde::{Deserialize, Serialize};

/// Something a person should know about the file before going on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct SourceNotice {
    /// What it is.
    pub fact: NoticeFact,
    /// The first row it concerns.
    pub row: Option<u32>,
    /// The column it concerns, from 0.
    pub column: Option<usize>,
    /// How many places it concerns.
    #[ts(type = "number")]
    pub count: u64,
    /// The rows of the first places in their order, at most [`SourceNotice::LISTED_ROWS`].
    #[serde(default)]
    pub rows: Vec<u32>,
}

/// What a notice is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "code", rename_all_fields = "camelCase")]
#[ts(rename_all_fields = "camelCase")]
pub enum NoticeFact {
    /// There is nothing in the file.
    #[serde(rename = "file.empty")]
    Empty,
    /// There is a header and no row below it.
    #[serde(rename = "table.no_rows")]
    NoRows,
    /// Bytes that fit the character set nowhere; they were read as Windows-1252 or replaced.
    #[serde(rename = "charset.mixed")]
    MixedCharset,
    /// NUL characters, which were removed.
    #[serde(rename = "text.nul")]
    Nul,
    /// A byte order mark inside the file, which was removed.
    #[serde(rename = "text.inner_mark")]
    InnerMark,
    /// A quote that stands where none belongs.
    #[serde(rename = "quote.damaged")]
    DamagedQuote,
    /// Cells written as `="…"`, which Excel shows as the text between the quotes.
    #[serde(rename = "cell.text_formula")]
    TextFormula,
    /// A row with fewer cells than the table has columns.
    #[serde(rename = "row.short")]
    ShortRow {
        /// Cells there.
        cells: usize,
        /// Columns of the table.
        columns: usize,
    },
    /// A row with more cells than the table has columns.
    #[serde(rename = "row.long")]
    LongRow {
        /// Cells there.
        cells: usize,
        /// Columns of the table.
        columns: usize,
    },
    /// A row whose cells are separated by another sign than all others.
    #[serde(rename = "row.other_delimiter")]
    OtherDelimiter,
    /// The same header stands over several columns.
    #[serde(rename = "header.duplicate")]
    DuplicateHeader {
        /// The header.
        name: String,
    },
    /// A column with values and no header.
    #[serde(rename = "header.empty")]
    EmptyHeader,
    /// A header that runs over several columns.
    #[serde(rename = "header.merged")]
    MergedHeader {
        /// Its text.
        name: String,
    },
    /// There are other tables in the sheet or file; the largest is read.
    #[serde(rename = "table.other")]
    OtherTable {
        /// Last row of the other table.
        last: u32,
    },
    /// Rows hidden in the workbook.
    #[serde(rename = "hidden.rows")]
    HiddenRows {
        /// Whether they are read.
        included: bool,
    },
    /// Rows hidden by a filter.
    #[serde(rename = "hidden.filtered")]
    FilteredRows {
        /// Whether they are read.
        included: bool,
    },
    /// A column hidden in the workbook.
    #[serde(rename = "hidden.column")]
    HiddenColumn {
        /// Whether it is read.
        included: bool,
    },
    /// Sheets hidden in the workbook.
    #[serde(rename = "hidden.sheets")]
    HiddenSheets {
        /// Their names.
        names: Vec<String>,
    },
    /// Further visible sheets that are not read.
    #[serde(rename = "sheet.others")]
    OtherSheets {
        /// Their names.
        names: Vec<String>,
    },
    /// Cells merged with their neighbours in the body of the table; the text stands in the first.
    #[serde(rename = "cell.merged")]
    MergedCells,
    /// Cells with a formula, read with the result the file holds.
    #[serde(rename = "cell.formula")]
    Formulas,
    /// Cells with a formula for which the file holds no result.
    #[serde(rename = "cell.formula_uncached")]
    UncachedFormulas,
    /// Cells that show an error.
    #[serde(rename = "cell.error")]
    ErrorCells {
        /// The first such error.
        text: String,
    },
    /// The workbook counts days from 1904.
    #[serde(rename = "workbook.epoch_1904")]
    Epoch1904,
    /// Numbers shown with leading zeros, read as shown.
    #[serde(rename = "cell.leading_zeros")]
    LeadingZeros,
    /// A phone number that a spreadsheet turned into a rounded number: its digits are lost.
    #[serde(rename = "phone.damaged")]
    DamagedPhone {
        /// The text.
        text: String,
    },
    /// Dates that can be read with the day or the month first.
    #[serde(rename = "date.ambiguous")]
    AmbiguousDates {
        /// One of them.
        text: String,
    },
    /// Amounts whose sign may group digits or separate decimals.
    #[serde(rename = "number.ambiguous")]
    AmbiguousNumbers {
        /// One of them.
        text: String,
    },
}

impl NoticeFact {
    /// The stable code, as it appears in reports.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file.empty",
            Self::NoRows => "table.no_rows",
            Self::MixedCharset => "charset.mixed",
            Self::Nul => "text.nul",
            Self::InnerMark => "text.inner_mark",
            Self::DamagedQuote => "quote.damaged",
            Self::TextFormula => "cell.text_formula",
            Self::ShortRow { .. } => "row.short",
            Self::LongRow { .. } => "row.long",
            Self::OtherDelimiter => "row.other_delimiter",
            Self::DuplicateHeader { .. } => "header.duplicate",
            Self::EmptyHeader => "header.empty",
            Self::MergedHeader { .. } => "header.merged",
            Self::OtherTable { .. } => "table.other",
            Self::HiddenRows { .. } => "hidden.rows",
            Self::FilteredRows { .. } => "hidden.filtered",
            Self::HiddenColumn { .. } => "hidden.column",
            Self::HiddenSheets { .. } => "hidden.sheets",
            Self::OtherSheets { .. } => "sheet.others",
            Self::MergedCells => "cell.merged",
            Self::Formulas => "cell.formula",
            Self::UncachedFormulas => "cell.formula_uncached",
            Self::ErrorCells { .. } => "cell.error",
            Self::Epoch1904 => "workbook.epoch_1904",
            Self::LeadingZeros => "cell.leading_zeros",
            Self::DamagedPhone { .. } => "phone.damaged",
            Self::AmbiguousDates { .. } => "date.ambiguous",
            Self::AmbiguousNumbers { .. } => "number.ambiguous",
        }
    }
}

impl Tell for SourceNotice {
    fn tell(&self, language: Language) -> String {
        let count = self.count;
        let row = self.row.unwrap_or(0);
        if let Some((german, english)) = self.of_one().filter(|_| count == 1) {
            return language.pick(german, english);
        }
        let (german, english) = match &self.fact {
            NoticeFact::Empty => (
                "Die Datei ist leer. Bitte prüfen, ob der Export gelungen ist.".into(),
                "The file is empty. Please check whether the export succeeded.".into(),
            ),
            NoticeFact::NoRows => (
                "Unter der Kopfzeile steht keine Zeile mit Daten.".into(),
                "There is no row of data below the header.".into(),
            ),
            NoticeFact::MixedCharset => (
                format!("{count} Bytes passen nicht zum Zeichensatz; sie wurden als Windows-1252 gelesen. Bitte Umlaute prüfen oder einen anderen Zeichensatz wählen."),
                format!("{count} bytes do not fit the character set; they were read as Windows-1252. Please check umlauts or choose another character set."),
            ),
            NoticeFact::Nul => (
                format!("{count} NUL-Zeichen wurden entfernt."),
                format!("{count} NUL characters were removed."),
            ),
            NoticeFact::InnerMark => (
                "Eine Bytereihenfolge-Marke mitten in der Datei wurde entfernt; vermutlich wurden Dateien aneinandergehängt.".into(),
                "A byte order mark inside the file was removed; files were probably joined.".into(),
            ),
            NoticeFact::DamagedQuote => (
                format!("In {count} Zeilen (zuerst Zeile {row}) stehen Anführungszeichen an falscher Stelle; sie wurden als Text gelesen."),
                format!("In {count} rows (first in row {row}) quotes stand in wrong places; they were read as text."),
            ),
            NoticeFact::TextFormula => (
                format!("{count} Zellen der Form =\"…\" wurden als Text gelesen."),
                format!("{count} cells written as =\"…\" were read as text."),
            ),
            NoticeFact::ShortRow { cells, columns } => (
                format!("{count} Zeilen haben zu wenige Zellen (zuerst Zeile {row}: {cells} statt {columns}); die fehlenden bleiben leer."),
                format!("{count} rows have too few cells (first row {row}: {cells} instead of {columns}); the missing ones stay empty."),
            ),
            NoticeFact::LongRow { cells, columns } => (
                format!("{count} Zeilen haben zu viele Zellen (zuerst Zeile {row}: {cells} statt {columns}); die überzähligen stehen in eigenen Spalten. Bitte prüfen, ob dort ein Trennzeichen im Text steht."),
                format!("{count} rows have too many cells (first row {row}: {cells} instead of {columns}); the extra ones stand in columns of their own. Please check for a delimiter inside a text."),
            ),
            NoticeFact::OtherDelimiter => (
                format!("{count} Zeilen (zuerst Zeile {row}) verwenden ein anderes Trennzeichen; sie wurden damit gelesen."),
                format!("{count} rows (first row {row}) use another delimiter; they were read with it."),
            ),
            NoticeFact::DuplicateHeader { name } => (
                format!("Die Überschrift „{name}“ kommt {count}-mal vor."),
                format!("The header “{name}” occurs {count} times."),
            ),
            NoticeFact::EmptyHeader => (
                "Eine Spalte mit Werten hat keine Überschrift.".into(),
                "A column with values has no header.".into(),
            ),
            NoticeFact::MergedHeader { name } => (
                format!("Die Überschrift „{name}“ ist über mehrere Spalten verbunden."),
                format!("The header “{name}” is merged over several columns."),
            ),
            NoticeFact::OtherTable { last } => (
                format!("In den Zeilen {row} bis {last} steht eine weitere Tabelle; gelesen wird nur die größte. Für die andere bitte die Kopfzeile dort wählen."),
                format!("Rows {row} to {last} hold another table; only the largest is read. For the other one please choose its header row."),
            ),
            NoticeFact::HiddenRows { included } => hidden(count, row, *included, "ausgeblendete Zeilen", "hidden rows"),
            NoticeFact::FilteredRows { included } => hidden(count, row, *included, "durch einen Filter ausgeblendete Zeilen", "rows hidden by a filter"),
            NoticeFact::HiddenColumn { included: true } => (
                "Die Spalte ist in der Arbeitsmappe ausgeblendet und wird mitgelesen.".into(),
                "The column is hidden in the workbook and is read.".into(),
            ),
            NoticeFact::HiddenColumn { included: false } => (
                "Die Spalte ist in der Arbeitsmappe ausgeblendet und wird ausgelassen.".into(),
                "The column is hidden in the workbook and is left out.".into(),
            ),
            NoticeFact::HiddenSheets { names } => (
                format!("Ausgeblendete Blätter, die nicht gelesen werden: {}.", names.join(", ")),
                format!("Hidden sheets that are not read: {}.", names.join(", ")),
            ),
            NoticeFact::OtherSheets { names } => (
                format!("Weitere Blätter, die nicht gelesen werden: {}.", names.join(", ")),
                format!("Further sheets that are not read: {}.", names.join(", ")),
            ),
            NoticeFact::MergedCells => (
                format!("{count} Bereiche mit verbundenen Zellen (zuerst Zeile {row}); der Text steht nur in der ersten Zelle."),
                format!("{count} ranges of merged cells (first in row {row}); the text stands in the first cell only."),
            ),
            NoticeFact::Formulas => (
                format!("{count} Zellen enthalten Formeln; gelesen wird das gespeicherte Ergebnis."),
                format!("{count} cells hold formulas; the stored result is read."),
            ),
            NoticeFact::UncachedFormulas => (
                format!("{count} Formeln haben kein gespeichertes Ergebnis (zuerst Zeile {row}). Bitte die Mappe in Excel öffnen und speichern."),
                format!("{count} formulas have no stored result (first in row {row}). Please open the workbook in Excel and save it."),
            ),
            NoticeFact::ErrorCells { text } => (
                format!("{count} Zellen zeigen einen Fehler wie {text} (zuerst Zeile {row})."),
                format!("{count} cells show an error such as {text} (first in row {row})."),
            ),
            NoticeFact::Epoch1904 => (
                "Die Mappe zählt Tage ab 1904; Datumswerte sind danach umgerechnet.".into(),
                "The workbook counts days from 1904; dates are converted accordingly.".into(),
            ),
            NoticeFact::LeadingZeros => (
                format!("{count} Zahlen werden mit führenden Nullen angezeigt und so gelesen."),
                format!("{count} numbers are shown with leading zeros and are read so."),
            ),
            NoticeFact::DamagedPhone { text } => (
                format!("{count} Telefonnummern sind zu gerundeten Zahlen geworden (zuerst Zeile {row}: {text}); ihre Ziffern sind verloren. Bitte aus der Quelle neu exportieren."),
                format!("{count} phone numbers have become rounded numbers (first row {row}: {text}); their digits are lost. Please export them again from the source."),
            ),
            NoticeFact::AmbiguousDates { text } => {
                let list = listed(&self.rows);
                (
                    format!("{count} Datumswerte wie „{text}“ (Zeilen {list}) lassen sich mit dem Tag oder dem Monat zuerst lesen. Bitte entscheiden."),
                    format!("{count} dates such as “{text}” (rows {list}) can be read with the day or the month first. Please decide."),
                )
            }
            NoticeFact::AmbiguousNumbers { text } => {
                let list = listed(&self.rows);
                (
                    format!("{count} Zahlen wie „{text}“ (Zeilen {list}) lassen sich mit Tausenderzeichen oder mit Nachkommastellen lesen. Bitte entscheiden."),
                    format!("{count} numbers such as “{text}” (rows {list}) can be read with grouped thousands or with decimals. Please decide."),
                )
            }
        };
        language.pick(german, english)
    }
}

/// Rows as runs, `2–14, 16, 18–20`, the first few of them.
fn listed(rows: &[u32]) -> String {
    const RUNS: usize = 6;
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &row in rows {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == row => *last = row,
            _ => runs.push((row, row)),
        }
    }
    let mut texts: Vec<String> = runs
        .iter()
        .take(RUNS)
        .map(|&(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first}–{last}")
            }
        })
        .collect();
    if runs.len() > RUNS {
        texts.push("…".into());
    }
    texts.join(", ")
}

impl SourceNotice {
    /// How many rows a notice lists.
    pub const LISTED_ROWS: usize = 1000;

    /// The sentences for what was met once, where they differ from those for many.
    fn of_one(&self) -> Option<(String, String)> {
        let row = self.row.unwrap_or(0);
        Some(match &self.fact {
            NoticeFact::DamagedQuote => (
                format!(
                    "In Zeile {row} stehen Anführungszeichen an falscher Stelle; sie wurden als Text gelesen."
                ),
                format!("In row {row} quotes stand in wrong places; they were read as text."),
            ),
            NoticeFact::ShortRow { cells, columns } => (
                format!(
                    "Zeile {row} hat zu wenige Zellen ({cells} statt {columns}); die fehlenden bleiben leer."
                ),
                format!(
                    "Row {row} has too few cells ({cells} instead of {columns}); the missing ones stay empty."
                ),
            ),
            NoticeFact::LongRow { cells, columns } => (
                format!(
                    "Zeile {row} hat zu viele Zellen ({cells} statt {columns}); die überzähligen stehen in eigenen Spalten. Bitte prüfen, ob dort ein Trennzeichen im Text steht."
                ),
                format!(
                    "Row {row} has too many cells ({cells} instead of {columns}); the extra ones stand in columns of their own. Please check for a delimiter inside a text."
                ),
            ),
            NoticeFact::OtherDelimiter => (
                format!("Zeile {row} verwendet ein anderes Trennzeichen; sie wurde damit gelesen."),
                format!("Row {row} uses another delimiter; it was read with it."),
            ),
            NoticeFact::HiddenRows { included } | NoticeFact::FilteredRows { included } => {
                let (german, english) = if *included {
                    ("wird mitgelesen", "is read")
                } else {
                    ("wird ausgelassen", "is left out")
                };
                (
                    format!("Zeile {row} ist ausgeblendet und {german}."),
                    format!("Row {row} is hidden and {english}."),
                )
            }
            NoticeFact::MergedCells => (
                format!("In Zeile {row} sind Zellen verbunden; der Text steht nur in der ersten."),
                format!("In row {row} cells are merged; the text stands in the first one only."),
            ),
            NoticeFact::Formulas => (
                "Eine Zelle enthält eine Formel; gelesen wird das gespeicherte Ergebnis.".into(),
                "One cell holds a formula; the stored result is read.".into(),
            ),
            NoticeFact::UncachedFormulas => (
                format!(
                    "Eine Formel in Zeile {row} hat kein gespeichertes Ergebnis. Bitte die Mappe in Excel öffnen und speichern."
                ),
                format!(
                    "A formula in row {row} has no stored result. Please open the workbook in Excel and save it."
                ),
            ),
            NoticeFact::ErrorCells { text } => (
                format!("Eine Zelle in Zeile {row} zeigt den Fehler {text}."),
                format!("A cell in row {row} shows the error {text}."),
            ),
            NoticeFact::LeadingZeros => (
                "Eine Zahl wird mit führenden Nullen angezeigt und so gelesen.".into(),
                "One number is shown with leading zeros and is read so.".into(),
            ),
            NoticeFact::DamagedPhone { text } => (
                format!(
                    "Eine Telefonnummer ist zu einer gerundeten Zahl geworden (Zeile {row}: {text}); ihre Ziffern sind verloren. Bitte aus der Quelle neu exportieren."
                ),
                format!(
                    "A phone number has become a rounded number (row {row}: {text}); its digits are lost. Please export it again from the source."
                ),
            ),
            NoticeFact::AmbiguousDates { text } => (
                format!(
                    "Das Datum „{text}“ in Zeile {row} lässt sich mit dem Tag oder dem Monat zuerst lesen. Bitte entscheiden."
                ),
                format!(
                    "The date “{text}” in row {row} can be read with the day or the month first. Please decide."
                ),
            ),
            NoticeFact::AmbiguousNumbers { text } => (
                format!(
                    "Die Zahl „{text}“ in Zeile {row} lässt sich mit Tausenderzeichen oder mit Nachkommastellen lesen. Bitte entscheiden."
                ),
                format!(
                    "The number “{text}” in row {row} can be read with grouped thousands or with decimals. Please decide."
                ),
            ),
            _ => return None,
        })
    }
}

fn hidden(count: u64, row: u32, included: bool, german: &str, english: &str) -> (String, String) {
    if included {
        (
            format!("{count} {german} (zuerst Zeile {row}) werden mitgelesen."),
            format!("{count} {english} (first row {row}) are read."),
        )
    } else {
        (
            format!("{count} {german} (zuerst Zeile {row}) werden ausgelassen."),
            format!("{count} {english} (first row {row}) are left out."),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_met_once_is_told_in_the_singular() {
        let mut notice = SourceNotice {
            fact: NoticeFact::DamagedPhone {
                text: "4.93012E+11".into(),
            },
            row: Some(7),
            column: Some(2),
            count: 1,
            rows: vec![7],
        };
        assert!(
            notice
                .tell(Language::De)
                .starts_with("Eine Telefonnummer ist zu einer gerundeten Zahl geworden (Zeile 7")
        );
        notice.count = 2;
        assert!(notice.tell(Language::De).starts_with("2 Telefonnummern sind"));
        assert!(notice.tell(Language::En).starts_with("2 phone numbers have"));
    }
}
