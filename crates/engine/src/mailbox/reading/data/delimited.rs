//! CSV and its relatives: the first row names the columns, or each row is a label and a value.

use super::{Data, Writer, pair};
use crate::mailbox::layout::Span;
use crate::mailbox::reading::pairs::Pair;
use crate::mailbox::reading::tables::rows_with_header;
use crate::mailbox::vocabulary::understand;

pub(super) fn read(text: &str) -> Option<Data> {
    let text = text.trim_start_matches('\u{feff}');
    let delimiter = delimiter(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let rows: Vec<Vec<String>> = reader
        .records()
        .map_while(Result::ok)
        .map(|record| record.iter().map(|cell| cell.trim().to_string()).collect())
        .collect();
    from_rows(&rows, "csv")
}

/// The sign that parts the most cells of the first line.
fn delimiter(text: &str) -> u8 {
    let line = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    [b';', b',', b'\t', b'|']
        .into_iter()
        .max_by_key(|sign| line.bytes().filter(|byte| byte == sign).count())
        .unwrap_or(b';')
}

/// Rows of cells written out with tabs, and the records in them.
pub(super) fn from_rows(rows: &[Vec<String>], format: &'static str) -> Option<Data> {
    let mut writer = Writer::default();
    let spans: Vec<Vec<Span>> = rows
        .iter()
        .map(|row| {
            let spans = row
                .iter()
                .enumerate()
                .map(|(index, cell)| {
                    if index > 0 {
                        writer.write("\t");
                    }
                    writer.write(&cell.replace('\t', " "))
                })
                .collect();
            writer.write("\n");
            spans
        })
        .collect();
    let text = writer.text.clone();
    let mut records = Vec::new();
    // Titles may stand above the header.
    for start in 0..spans.len().min(5) {
        if let Some(rows) = rows_with_header(&text, &spans[start..], true) {
            records = rows.records();
            break;
        }
    }
    if records.is_empty() {
        let pairs: Vec<Pair> = spans
            .iter()
            .filter(|row| row.len() >= 2)
            .map(|row| pair(&[row[0].of(&text)], row[0], row[1]))
            .collect();
        let known = pairs
            .iter()
            .filter(|pair| understand(pair.label.of(&text)).is_some())
            .count();
        if known < 2 {
            return None;
        }
        records.push(pairs);
    }
    Some(Data {
        format,
        sheet: writer.sheet(),
        records,
        ..Data::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_below_a_header_are_records() {
        let data =
            read("Vorname;Nachname;E-Mail\nMax;\"Muster; jun.\";m@example.test\nEva;Klein;e@example.test\n")
                .unwrap();
        let text = &data.sheet.text;
        assert_eq!(data.records.len(), 2);
        assert_eq!(data.records[0][1].value.of(text), "Muster; jun.");
    }

    #[test]
    fn a_list_of_labels_and_values_is_one_record() {
        let data = read("Name,Max Muster\nE-Mail,m@example.test\n").unwrap();
        assert_eq!(data.records.len(), 1);
        assert!(read("1,2\n3,4\n").is_none());
    }
}
