//! Finds the table among the first rows of a sheet or file: where it begins, what heads it, how wide it is.
//!
//! Knows rows and shapes only; which file they came from is no matter. Rows of nothing are never handed in: they show
//! as gaps between row numbers.

use std::collections::BTreeMap;

use lotse_core::table::CellKind;

use super::{
    beside::{self, Beside},
    heading::{contrast, find_header},
    inspection::{DetectionReason, SkipReason},
    probe::begins_remark,
    settings::HeaderRows,
    shape::Shape,
};

/// A row of the sample.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SampleRow {
    /// Its number as a person sees it.
    pub(crate) number: u32,
    /// Its cells.
    pub(crate) cells: Vec<SampleCell>,
}

/// A cell of the sample.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SampleCell {
    pub(crate) kind: CellKind,
    pub(crate) text: String,
    pub(crate) shape: Shape,
}

impl SampleCell {
    pub(crate) fn new(kind: CellKind, text: &str) -> Self {
        SampleCell {
            kind,
            text: text.to_owned(),
            shape: shape_of(kind, text),
        }
    }
}

/// The shape of a cell, with what the source itself says of it.
pub(crate) fn shape_of(kind: CellKind, text: &str) -> Shape {
    match kind {
        CellKind::Empty => Shape::Blank,
        CellKind::Number | CellKind::Bool => Shape::Decimal,
        CellKind::Moment => Shape::Date,
        CellKind::Text | CellKind::Error | CellKind::UncachedFormula => Shape::of(text),
    }
}

impl SampleRow {
    pub(crate) fn shape(&self, column: usize) -> Shape {
        self.cells.get(column).map_or(Shape::Blank, |cell| cell.shape)
    }

    pub(crate) fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.text.trim())
    }

    pub(crate) fn filled(&self) -> usize {
        self.cells
            .iter()
            .filter(|cell| cell.shape != Shape::Blank)
            .count()
    }

    pub(crate) fn width(&self) -> usize {
        self.cells
            .iter()
            .rposition(|cell| cell.shape != Shape::Blank)
            .map_or(0, |place| place + 1)
    }

    pub(crate) fn has_typed(&self) -> bool {
        self.cells.iter().any(|cell| cell.shape.is_typed())
    }
}

/// The table as found in the sample.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Structure {
    pub(crate) header: HeaderRows,
    pub(crate) certainty: f32,
    pub(crate) reason: DetectionReason,
    /// Blank columns before the table.
    pub(crate) left: usize,
    /// Names of the columns from `left` on; empty where a column has none.
    pub(crate) names: Vec<String>,
    /// Headings that stand over several columns.
    pub(crate) merged: Vec<(usize, String)>,
    /// First row that can be data.
    pub(crate) first_data: u32,
    /// Rows before it that are no header, each with its reason.
    pub(crate) before: Vec<(u32, SkipReason)>,
    /// The shape of the table's body.
    pub(crate) profile: Profile,
    /// What stands beside the table and is another one.
    pub(crate) beside: Beside,
}

/// What rows of the table's body are like.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Profile {
    /// Cells with a value that rows usually have at least.
    pub(crate) filled: usize,
    /// The usual shape of each column from the sheet's first on, where there is one.
    pub(crate) shapes: Vec<Option<Shape>>,
}

impl Profile {
    /// Fewer values than this make a row worth a second look.
    pub(crate) fn scarce(&self) -> usize {
        self.filled.div_ceil(2)
    }

    pub(crate) fn of(rows: &[&SampleRow], filled: usize) -> Self {
        let width = rows.iter().map(|row| row.width()).max().unwrap_or(0);
        let shapes = (0..width)
            .map(|column| {
                let mut counts: BTreeMap<Shape, usize> = BTreeMap::new();
                for row in rows {
                    let shape = row.shape(column).family();
                    if shape != Shape::Blank {
                        *counts.entry(shape).or_default() += 1;
                    }
                }
                let all: usize = counts.values().sum();
                counts
                    .into_iter()
                    .max_by_key(|entry| entry.1)
                    .filter(|&(_, count)| count * 10 >= all * 6)
                    .map(|(shape, _)| shape)
            })
            .collect();
        Profile { filled, shapes }
    }

    pub(crate) fn shape(&self, column: usize) -> Option<Shape> {
        self.shapes.get(column).copied().flatten()
    }

    pub(crate) fn typed_columns(&self) -> usize {
        self.shapes
            .iter()
            .flatten()
            .filter(|shape| shape.is_typed())
            .count()
    }
}

/// Finds the table in `rows`, which are `counted` where a row's number of cells is its own. What a person said of the header is kept. `None` when there is no row at all.
pub(crate) fn find(rows: &[SampleRow], chosen: Option<HeaderRows>, counted: bool) -> Option<Structure> {
    if rows.is_empty() {
        return None;
    }
    let beside = beside::find(rows);
    let narrowed;
    let rows = if beside.columns.is_empty() {
        rows
    } else {
        narrowed = beside::without(rows, &beside.columns);
        &narrowed[..]
    };
    let commented: Vec<bool> = comment_lines(rows);
    let kept: Vec<&SampleRow> = rows
        .iter()
        .zip(&commented)
        .filter(|(_, comment)| !**comment)
        .map(|(row, _)| row)
        .collect();
    let kept = if kept.is_empty() {
        rows.iter().collect()
    } else {
        kept
    };
    let (header, certainty, reason, table) = match chosen {
        Some(header) => (
            header,
            1.0,
            DetectionReason::Chosen,
            rows_from(&kept, header.first),
        ),
        None => {
            let table = main_table(&kept);
            let (header, certainty, reason) = find_header(table, counted);
            (header, certainty, reason, rows_from(table, header.first))
        }
    };
    let first_data = header.first.saturating_add(header.count);
    let heads: Vec<&SampleRow> = table
        .iter()
        .filter(|row| row.number < first_data)
        .copied()
        .collect();
    let body: Vec<&SampleRow> = table
        .iter()
        .filter(|row| row.number >= first_data)
        .copied()
        .collect();
    let filled = usual_filled(if body.is_empty() { &heads } else { &body });
    let left = heads
        .iter()
        .chain(&body)
        .filter_map(|row| row.cells.iter().position(|cell| cell.shape != Shape::Blank))
        .min()
        .unwrap_or(0);
    let head_width = heads.iter().map(|row| row.width()).max().unwrap_or(0);
    let body_width = body
        .iter()
        .filter(|row| row.filled() * 2 >= filled)
        .map(|row| row.width())
        .max()
        .unwrap_or(0);
    // A single row with stray cells far to the right widens nothing; the reader widens when it comes to it.
    let usual_body = super::text::usual_width(body.iter().map(|row| row.width())).unwrap_or(0);
    let body_width = if head_width == 0 {
        usual_body.max(1)
    } else {
        body_width.min(usual_body.max(head_width))
    };
    let width = head_width.max(body_width).max(left + 1);
    let (names, merged) = if header.count == 0 {
        ((0..width - left).map(column_letters).collect(), Vec::new())
    } else {
        column_names(&heads, left, width)
    };
    let before = rows
        .iter()
        .zip(&commented)
        .filter(|(row, _)| row.number < header.first)
        .map(|(row, comment)| {
            let reason = if *comment {
                SkipReason::Comment
            } else if in_other_table(row, &kept, header.first) {
                SkipReason::OtherTable
            } else {
                SkipReason::Title
            };
            (row.number, reason)
        })
        .collect();
    Some(Structure {
        header,
        certainty,
        reason,
        left,
        names,
        merged,
        first_data,
        before,
        profile: Profile::of(&body, filled),
        beside,
    })
}

/// `A`, `B`, … `Z`, `AA`: what a spreadsheet shows above a column.
pub fn column_letters(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(b'A' + u8::try_from(rest % 26).unwrap_or(0));
        rest /= 26;
    }
    letters.iter().rev().map(|&letter| char::from(letter)).collect()
}

fn rows_from<'a, 'b>(rows: &'b [&'a SampleRow], first: u32) -> &'b [&'a SampleRow] {
    &rows[rows.partition_point(|row| row.number < first)..]
}

/// Lines of remarks: they begin with `#` and are not shaped as their neighbours are.
fn comment_lines(rows: &[SampleRow]) -> Vec<bool> {
    let marked: Vec<bool> = rows
        .iter()
        .map(|row| row.cells.first().is_some_and(|cell| begins_remark(&cell.text)))
        .collect();
    // `#` at the head of a numbered column is a heading, and a file whose rows all begin so has no remarks.
    let usual = usual_filled(&rows.iter().collect::<Vec<_>>());
    rows.iter()
        .zip(&marked)
        .map(|(row, &marked)| marked && row.filled() < usual.max(2))
        .collect()
}

/// The number of values that rows of a table have at least: the one that covers the largest area.
pub(crate) fn usual_filled(rows: &[&SampleRow]) -> usize {
    let mut counts: Vec<usize> = rows.iter().map(|row| row.filled()).collect();
    counts.sort_unstable();
    let mut best = (0, 1);
    for (index, &count) in counts.iter().enumerate() {
        let area = count * (counts.len() - index);
        if area >= best.0 {
            best = (area, count);
        }
    }
    best.1
}

/// The rows from the largest table on, where gaps and new headings divide the sample into several.
fn main_table<'a, 'b>(rows: &'b [&'a SampleRow]) -> &'b [&'a SampleRow] {
    let starts: Vec<usize> = (0..rows.len())
        .filter(|&index| {
            index == 0 || rows[index].number > rows[index - 1].number + 1 || width_changes(rows, index)
        })
        .collect();
    if starts.len() < 2 {
        return rows;
    }
    let mut tables: Vec<(usize, usize)> = Vec::new();
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(rows.len());
        let fresh = match tables.last() {
            None => true,
            Some(&(from, to)) => begins_table(&rows[start..end], &rows[from..to]),
        };
        match tables.last_mut() {
            Some(table) if !fresh => table.1 = end,
            _ => tables.push((start, end)),
        }
    }
    let area = |&(from, to): &(usize, usize)| -> usize {
        let rows = &rows[from..to];
        let usual = usual_filled(rows);
        // Title lines are no table, however many.
        if usual < 2 {
            0
        } else {
            rows.iter().map(|row| row.filled()).sum()
        }
    };
    let mut best = (0, 0);
    for table in &tables {
        let size = area(table);
        // Of two of a kind the first is meant.
        if size > best.1 + best.1 / 10 {
            best = (table.0, size);
        }
    }
    let end = tables
        .iter()
        .find(|table| table.0 == best.0)
        .map_or(rows.len(), |table| table.1);
    if best.1 == 0 { rows } else { &rows[best.0..end] }
}

/// True where the rows from `index` on have another number of cells than those before it, in text files with a
/// second table right below the first.
fn width_changes(rows: &[&SampleRow], index: usize) -> bool {
    if index < 2 || index + 2 > rows.len() {
        return false;
    }
    let count = |at: usize| rows[at].cells.len();
    count(index) != count(index - 1)
        && count(index - 1) == count(index - 2)
        && rows
            .get(index + 1)
            .is_some_and(|next| next.cells.len() == count(index))
        && count(index) > 1
}

/// True when `segment` begins a table of its own, seen from the rows of the table `above`.
fn begins_table(segment: &[&SampleRow], above: &[&SampleRow]) -> bool {
    let [first, rest @ ..] = segment else { return false };
    let above_usual = usual_filled(above);
    let here = usual_filled(segment);
    // Titles above a table, and remarks below it, belong to what they stand by.
    if above_usual < 2 {
        return here >= 2;
    }
    if here < 2 || rest.is_empty() {
        return false;
    }
    let same_head = above.iter().take(4).any(|row| {
        row.filled() == first.filled()
            && (0..row.width()).all(|column| row.text(column) == first.text(column))
    });
    if same_head {
        return false;
    }
    let body: Vec<&SampleRow> = rest.to_vec();
    let own = Profile::of(&body, here);
    let upper = Profile::of(&above.iter().skip(1).copied().collect::<Vec<_>>(), above_usual);
    let headed = contrast(first, &own);
    let against_upper = contrast(first, &upper);
    (headed.differing > 0 && headed.alike == 0 && against_upper.alike == 0)
        || (here * 2 > above_usual * 3 && !first.has_typed())
}

/// Joins the lines of a heading column by column; a text with gaps to its right heads the columns there, too, when a
/// further line names them.
fn column_names(heads: &[&SampleRow], left: usize, width: usize) -> (Vec<String>, Vec<(usize, String)>) {
    let mut names = vec![Vec::<String>::new(); width - left];
    let mut merged = Vec::new();
    for (index, row) in heads.iter().enumerate() {
        let lower = &heads[index + 1..];
        let mut current: Option<(usize, String)> = None;
        for column in left..width {
            let text = one_line(row.text(column));
            if !text.is_empty() {
                current = Some((column, text.clone()));
                names[column - left].push(text);
            } else if let Some((start, group)) = &current
                && lower.iter().any(|below| !below.text(column).is_empty())
                && lower.iter().any(|below| !below.text(*start).is_empty())
            {
                names[column - left].push(group.clone());
                if merged.last() != Some(&(*start - left, group.clone())) {
                    merged.push((*start - left, group.clone()));
                }
            }
        }
    }
    let names = names
        .into_iter()
        .map(|mut parts| {
            parts.dedup();
            parts.join(" ")
        })
        .collect();
    (names, merged)
}

/// A heading on one line, with single blanks.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// True when a row above the header is part of a table of its own: it has several values, as its neighbour has.
fn in_other_table(row: &SampleRow, rows: &[&SampleRow], header: u32) -> bool {
    row.filled() >= 2
        && rows.iter().any(|other| {
            other.number < header
                && other.number.abs_diff(row.number) == 1
                && other.filled() >= 2
                && other.width() == row.width()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(text: &str) -> Vec<SampleRow> {
        text.lines()
            .enumerate()
            .filter(|(_, line)| !line.replace(';', "").trim().is_empty())
            .map(|(index, line)| SampleRow {
                number: u32::try_from(index).expect("few lines") + 1,
                cells: line
                    .split(';')
                    .map(|text| {
                        let kind = if text.is_empty() {
                            CellKind::Empty
                        } else {
                            CellKind::Text
                        };
                        SampleCell::new(kind, text)
                    })
                    .collect(),
            })
            .collect()
    }

    #[test]
    fn the_header_is_found_below_titles_and_above_values() {
        let cases: &[(&str, u32, u32)] = &[
            ("Firma;Ort;PLZ\nA;B;01067\nC;D;99999\n", 1, 1),
            (
                "Export Q1\n\nStand;31.12.2024\nFirma;Ort;PLZ;Tel\nA;B;01067;030 12345\nC;D;99999;040 12345\n",
                4,
                1,
            ),
            ("1;Müller;5,5\n2;Beck;6,5\n3;Kurz;7,5\n", 1, 0),
            (
                "Kunde;;Kontakt;\nName;Ort;Mail;Tel\nA;B;a@b.de;030 12345\nC;D;c@d.de;040 12345\n",
                1,
                2,
            ),
            ("Firma;Ort\nA;B\nC;D\n", 1, 1),
            ("Firma;Ort;Umsatz\n", 1, 1),
            ("Müller;Köln;12,50\n", 1, 0),
            ("Land;2022;2023\nDE;5;6\nCH;7;8\n", 1, 1),
            ("# Kommentar\nFirma;Ort;PLZ\nA;B;01067\n", 2, 1),
            ("A;B;C\n1;2;3\n4;5;6\n", 1, 1),
        ];
        for (text, first, count) in cases {
            let found = find(&sample(text), None, true).expect("there are rows");
            assert_eq!(
                (found.header.first, found.header.count),
                (*first, *count),
                "{text:?} {found:?}"
            );
        }
    }

    #[test]
    fn lines_of_a_heading_are_joined() {
        let rows = sample("Kunde;;Kontakt;\nName;Ort;Mail;Tel\nA;B;a@b.de;030 12345\nC;D;c@d.de;040 12345\n");
        let found = find(&rows, None, true).expect("there are rows");
        assert_eq!(
            found.names,
            ["Kunde Name", "Kunde Ort", "Kontakt Mail", "Kontakt Tel"]
        );
        assert_eq!(found.merged, [(0, "Kunde".to_owned()), (2, "Kontakt".to_owned())]);
    }

    #[test]
    fn the_larger_of_two_tables_is_taken() {
        let text = "Kürzel;Bedeutung\n1;neu\n2;alt\n\nFirma;Ort;PLZ;Mail\nA;B;01067;a@b.de\nC;D;99999;c@d.de\nE;F;12345;e@f.de\n";
        let found = find(&sample(text), None, true).expect("there are rows");
        assert_eq!(found.header, HeaderRows { first: 5, count: 1 });
        assert!(
            found
                .before
                .iter()
                .all(|(_, reason)| *reason == SkipReason::OtherTable)
        );
    }

    #[test]
    fn letters_count_like_a_spreadsheet() {
        assert_eq!(
            [0, 25, 26, 701, 702].map(column_letters),
            ["A", "Z", "AA", "ZZ", "AAA"]
        );
    }
}
