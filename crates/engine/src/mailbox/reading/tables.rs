//! Tables: label beside value, or a header row above rows of data.

use crate::mailbox::layout::{Cell, Line, Span, Table, plain};
use crate::mailbox::vocabulary::{Concept, Meaning, Section, Strength, understand};

use super::pairs::{How, Pair, Raw};

/// A header and rows of data below it: a lead per row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) columns: Vec<Column>,
    /// As many cells as columns; empty where a row has fewer.
    pub(super) rows: Vec<Vec<Span>>,
}

impl Rows {
    /// Each row as pairs of its columns' labels and its cells.
    pub(super) fn records(&self) -> Vec<Vec<Pair>> {
        self.rows
            .iter()
            .map(|cells| {
                self.columns
                    .iter()
                    .zip(cells)
                    .map(|(column, cell)| Pair {
                        label: column.label,
                        meaning: column.meaning.clone(),
                        value: *cell,
                        how: How::Column,
                        section: Section::Person,
                    })
                    .collect()
            })
            .collect()
    }
}

/// A column of [`Rows`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) label: Span,
    pub(super) meaning: Option<Meaning>,
}

/// Reads a table into what the lines around it are made of as well.
pub(super) fn read_table(text: &str, table: &Table) -> Vec<Raw> {
    let mut raws = Vec::new();
    if let Some((start, rows)) = data_rows(text, &table.rows) {
        for row in &table.rows[..start] {
            read_row(text, row, false, table.quoted, &mut raws);
        }
        raws.push(Raw::Rows(rows));
        return raws;
    }
    if let Some(rows) = leads_side_by_side(text, &table.rows) {
        raws.push(Raw::Rows(rows));
        return raws;
    }
    let pairs: Vec<Vec<Cell>> = table
        .rows
        .iter()
        .map(|row| telling_cells(text, row))
        .filter(|cells| cells.len() == 2)
        .collect();
    let labelled = pairs
        .iter()
        .filter(|cells| understand(cells[0].span.of(text)).is_some())
        .count();
    let is_form = labelled * 2 >= pairs.len().max(1);
    for row in &table.rows {
        read_row(text, row, is_form, table.quoted, &mut raws);
    }
    raws
}

/// A table that lies on its side: labels in the first column, and a lead in each of the others.
fn leads_side_by_side(text: &str, rows: &[Vec<Cell>]) -> Option<Rows> {
    let filled: Vec<&Vec<Cell>> = rows.iter().filter(|row| !shown(row).is_empty()).collect();
    let width = filled.first()?.len();
    let labelled: Vec<&Vec<Cell>> = filled
        .into_iter()
        .filter(|row| row.len() == width && is_known(text, row[0]))
        .collect();
    if width < 3 || labelled.len() < 2 {
        return None;
    }
    let has_addresses = labelled.iter().any(|row| {
        understand(row[0].span.of(text)).is_some_and(|meaning| meaning.concepts[0] == Concept::Email)
            && row[1..]
                .iter()
                .filter(|cell| cell.span.of(text).contains('@'))
                .count()
                >= 2
    });
    let columns = labelled
        .iter()
        .map(|row| {
            let label = label_of(text, row[0].span);
            Column {
                label,
                meaning: understand(label.of(text)),
            }
        })
        .collect();
    has_addresses.then(|| Rows {
        columns,
        rows: (1..width)
            .map(|column| labelled.iter().map(|row| row[column].span).collect())
            .collect(),
    })
}

fn shown(row: &[Cell]) -> Vec<Cell> {
    row.iter().filter(|cell| !cell.span.is_empty()).copied().collect()
}

/// Finds a header row with data below it; gives its index.
fn data_rows(text: &str, rows: &[Vec<Cell>]) -> Option<(usize, Rows)> {
    // A title may stand above.
    for (index, header) in rows.iter().enumerate().take(3) {
        let below = &rows[index + 1..];
        let spans: Vec<Vec<Span>> = rows[index..]
            .iter()
            .map(|row| row.iter().map(|cell| cell.span).collect())
            .collect();
        if !below.is_empty()
            && let Some(rows) = rows_with_header(text, &spans, header.iter().all(|cell| cell.strong))
        {
            return Some((index, rows));
        }
    }
    None
}

/// Takes the first row as a header if it can be one: known labels in it, and no labels where they would stand in a
/// table of pairs.
pub(super) fn rows_with_header(text: &str, rows: &[Vec<Span>], strong: bool) -> Option<Rows> {
    let (header, below) = rows.split_first()?;
    let labels: Vec<Span> = header.iter().map(|span| label_of(text, *span)).collect();
    let filled = labels.iter().filter(|label| !label.is_empty()).count();
    if filled < 2 {
        return None;
    }
    let columns: Vec<Column> = labels
        .iter()
        .map(|label| Column {
            label: *label,
            meaning: understand(label.of(text)),
        })
        .collect();
    let mut concepts: Vec<Concept> = columns
        .iter()
        .filter_map(|column| column.meaning.as_ref())
        .map(|meaning| meaning.concepts[0])
        .collect();
    concepts.sort_unstable();
    concepts.dedup();
    let exact = columns
        .iter()
        .filter(|column| {
            column
                .meaning
                .as_ref()
                .is_some_and(|meaning| meaning.strength == Strength::Exact)
        })
        .count();
    // All of it labels, or most of it in a header that is marked as one.
    let enough =
        concepts.len() >= 2 && exact >= 2 && (exact * 3 >= filled * 2 || strong && exact * 2 >= filled);
    let valued = header
        .iter()
        .any(|span| span.of(text).contains('@') || span.of(text).trim_end().ends_with(':'));
    if !enough || valued {
        return None;
    }
    let mut data: Vec<Vec<Span>> = Vec::new();
    for row in below {
        let cells = row.iter().filter(|span| !span.is_empty()).count();
        let first = row.first().copied().unwrap_or_default();
        // A row that begins with a label itself: this is a table of pairs.
        let is_pair = cells == 2
            && columns.len() == 2
            && understand(first.of(text)).is_some_and(|meaning| meaning.strength == Strength::Exact);
        if is_pair {
            return None;
        }
        // Totals and footers span all columns.
        if cells >= 2 {
            let mut row = row.clone();
            row.resize(columns.len(), Span::default());
            data.push(row);
        }
    }
    (!data.is_empty()).then_some(Rows { columns, rows: data })
}

/// Puts lines together that are a table written with tabs, bars or semicolons.
pub(super) fn with_written_tables(text: &str, raws: &[Raw]) -> Vec<Raw> {
    let mut out = Vec::with_capacity(raws.len());
    let mut at = 0;
    while at < raws.len() {
        match written_table(text, &raws[at..]) {
            Some((rows, length)) => {
                out.push(Raw::Rows(rows));
                at += length;
            }
            None => {
                out.push(raws[at].clone());
                at += 1;
            }
        }
    }
    out
}

/// A written table at the beginning of `raws`, and how many lines it takes.
fn written_table(text: &str, raws: &[Raw]) -> Option<(Rows, usize)> {
    let Some(Raw::Line(first)) = raws.first() else {
        return None;
    };
    for separator in ['\t', '|', ';'] {
        let header = split_cells(text, first.span, separator);
        if header.len() < 3 {
            continue;
        }
        let mut rows = vec![header];
        let mut length = 1;
        for raw in &raws[1..] {
            let Raw::Line(line) = raw else { break };
            let shown = line.span.of(text);
            let is_drawn = !shown.is_empty() && shown.chars().all(|char| "|-+=: \t".contains(char));
            if !is_drawn {
                let cells = split_cells(text, line.span, separator);
                if cells.len() < 2 {
                    break;
                }
                rows.push(cells);
            }
            length += 1;
        }
        if let Some(rows) = rows_with_header(text, &rows, false) {
            return Some((rows, length));
        }
    }
    None
}

fn split_cells(text: &str, span: Span, separator: char) -> Vec<Span> {
    let shown = span.of(text);
    // A bar at both ends draws the border.
    let inner = if separator == '|' {
        shown.trim_matches('|')
    } else {
        shown
    };
    inner
        .split(separator)
        .map(|cell| {
            let cell = span.locate(text, cell).trimmed(text);
            let bare = cell.of(text).trim_matches('"');
            cell.locate(text, bare)
        })
        .collect()
}

fn label_of(text: &str, span: Span) -> Span {
    let shown = span.of(text);
    span.part(0, shown.trim_end_matches([':', ' ', '*']).len())
        .trimmed(text)
}

/// The cells of a row that say something: no empty ones, no lone signs, no number of the row.
fn telling_cells(text: &str, row: &[Cell]) -> Vec<Cell> {
    let cells: Vec<Cell> = shown(row)
        .into_iter()
        .filter(|cell| cell.span.of(text).chars().any(char::is_alphanumeric) || cell.span.of(text).len() > 2)
        .collect();
    match cells.as_slice() {
        // "1. | Name | Max"
        [number, rest @ ..] if rest.len() == 2 && is_ordinal(number.span.of(text)) => rest.to_vec(),
        _ => cells,
    }
}

fn read_row(text: &str, row: &[Cell], is_form: bool, quoted: u8, raws: &mut Vec<Raw>) {
    let cells = telling_cells(text, row);
    match cells.as_slice() {
        [] => {}
        [only] => {
            // A known label with an empty cell beside it has no value; the next row is not its value.
            let beside = row.len() >= 2 && row.first().is_some_and(|first| first.span == only.span);
            if beside && is_label(text, *only, is_form) && !only.span.of(text).contains('\n') {
                let label = label_of(text, only.span);
                raws.push(Raw::Pair(label, Span::new(only.span.end, only.span.end)));
            } else {
                lines_of(text, *only, quoted, raws);
            }
        }
        [label, value] if is_label(text, *label, is_form) => {
            raws.push(Raw::Pair(label_of(text, label.span), value.span));
        }
        [first, _, third, ..]
            if cells.len().is_multiple_of(2) && is_known(text, *first) && is_known(text, *third) =>
        {
            for pair in cells.chunks(2) {
                raws.push(Raw::Pair(label_of(text, pair[0].span), pair[1].span));
            }
        }
        [label, value, ..] if cells.len() == 3 && is_known(text, *label) && !is_known(text, *value) => {
            raws.push(Raw::Pair(label_of(text, label.span), value.span));
        }
        _ => {
            for cell in cells {
                lines_of(text, cell, quoted, raws);
            }
        }
    }
}

fn is_ordinal(shown: &str) -> bool {
    let digits = shown.trim_end_matches(['.', ')']);
    !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_known(text: &str, cell: Cell) -> bool {
    let label = label_of(text, cell.span);
    !label.of(text).contains('\n')
        && understand(label.of(text)).is_some_and(|meaning| meaning.strength == Strength::Exact)
}

fn is_label(text: &str, cell: Cell, is_form: bool) -> bool {
    let shown = cell.span.of(text).trim();
    // "Name: Max" in one cell is a pair of its own.
    let has_value = shown
        .split_once(':')
        .is_some_and(|(_, value)| !value.trim().is_empty());
    if shown.contains('\n') || shown.contains('@') || has_value || shown.chars().count() > 120 {
        return false;
    }
    let words = shown.split_whitespace().count();
    understand(shown).is_some_and(|meaning| meaning.strength == Strength::Exact || words <= 14)
        || shown.ends_with(':')
        || (cell.strong || is_form) && words <= 8
}

fn lines_of(text: &str, cell: Cell, quoted: u8, raws: &mut Vec<Raw>) {
    for line in plain::lines(text, cell.span, false) {
        raws.push(Raw::Line(Line {
            strong: if cell.strong {
                line.span.end - line.span.start
            } else {
                0
            },
            quoted,
            ..line
        }));
    }
}
