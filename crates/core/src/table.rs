//! The table as a source delivered it: cells with their kind and the text a careful person would read there.
//!
//! A cell's text is never reinterpreted here. Dates of a spreadsheet arrive as ISO text with the kind
//! [`CellKind::Moment`], numbers as plain decimal text with a point (or as shown, where the number format is what
//! carries the meaning: a postcode stored as 1067 and shown as `01067`), everything of a CSV file as
//! [`CellKind::Text`]. What a text means (which of day and month comes first, whether a comma is decimal) is
//! decided per column, see `crate::mapping`.

use serde::{Deserialize, Serialize};

/// What the source itself says a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum CellKind {
    /// Nothing there. Cells of blanks only are [`CellKind::Text`]: they are kept as they are.
    Empty = 0,
    /// Text; the only other kind a CSV file knows.
    Text = 1,
    /// A number that the source stores as a number. The text is its shortest exact decimal form, or the form the
    /// number format shows where that is what a person means (`01067`, but not `1.234,50 €`).
    Number = 2,
    /// A date, a time or both that the source stores as such: `2024-06-15`, `2024-06-15T10:00:00`, `10:00:00`.
    Moment = 3,
    /// A truth value; the text is `true` or `false`.
    Bool = 4,
    /// An error of the spreadsheet (`#N/A`, `#REF!`); the text is the error as shown.
    Error = 5,
    /// A formula for which the file holds no result; the text is the formula.
    UncachedFormula = 6,
}

impl CellKind {
    /// The kind whose discriminant is `byte`, as it is stored in a project file.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::Empty,
            1 => Self::Text,
            2 => Self::Number,
            3 => Self::Moment,
            4 => Self::Bool,
            5 => Self::Error,
            6 => Self::UncachedFormula,
            _ => return None,
        })
    }
}

/// One cell, borrowed from a [`RowBlock`] or from a reader's buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    /// What the source says it is.
    pub kind: CellKind,
    /// What a person would read there; empty exactly for [`CellKind::Empty`].
    pub text: &'a str,
}

impl<'a> Cell<'a> {
    /// The cell with nothing in it.
    pub const EMPTY: Cell<'static> = Cell {
        kind: CellKind::Empty,
        text: "",
    };

    /// A text cell; an empty text gives [`Cell::EMPTY`].
    pub fn text(text: &'a str) -> Self {
        if text.is_empty() {
            Self::EMPTY
        } else {
            Cell {
                kind: CellKind::Text,
                text,
            }
        }
    }

    /// True where a person sees nothing: no cell, or white space only.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// A run of consecutive rows of one table, all of the same width, with all texts in one buffer.
///
/// This is the unit in which rows travel from a reader into the project and from the project to whoever
/// interprets them: a million rows are a few hundred blocks and not seventeen million strings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowBlock {
    width: usize,
    numbers: Vec<u32>,
    kinds: Vec<CellKind>,
    /// End of each cell in `text`, in bytes, row by row.
    ends: Vec<u32>,
    text: String,
}

impl RowBlock {
    /// A block of rows with `width` cells each.
    pub fn new(width: usize) -> Self {
        RowBlock {
            width,
            ..Default::default()
        }
    }

    /// Appends a row. Missing cells become [`Cell::EMPTY`]; cells past the width are ignored, so a reader has to
    /// widen its table (or report them) before.
    ///
    /// `number` is the row's number as a person sees it in the spreadsheet or editor, from 1.
    ///
    /// # Panics
    /// When the block's text would exceed 4 GiB: readers close a block long before, see [`RowBlock::is_full`].
    pub fn push<'a>(&mut self, number: u32, cells: impl IntoIterator<Item = Cell<'a>>) {
        let before = self.kinds.len();
        for cell in cells.into_iter().take(self.width) {
            self.text.push_str(cell.text);
            self.kinds.push(if cell.text.is_empty() {
                CellKind::Empty
            } else {
                cell.kind
            });
            self.ends
                .push(u32::try_from(self.text.len()).expect("a block is closed long before 4 GiB"));
        }
        let end = u32::try_from(self.text.len()).expect("a block is closed long before 4 GiB");
        self.kinds.resize(before + self.width, CellKind::Empty);
        self.ends.resize(before + self.width, end);
        self.numbers.push(number);
    }

    /// Appends a row of text cells, each given by its beginning and end in `source`; as [`RowBlock::push`], for readers
    /// of many rows.
    ///
    /// # Panics
    /// When a cell does not stand in `source`, and as [`RowBlock::push`].
    pub fn push_texts(&mut self, number: u32, source: &str, cells: &[(usize, usize)]) {
        let cells = &cells[..cells.len().min(self.width)];
        let before = self.kinds.len();
        for &(from, to) in cells {
            self.text.push_str(&source[from..to]);
            self.kinds.push(if from == to {
                CellKind::Empty
            } else {
                CellKind::Text
            });
            self.ends
                .push(u32::try_from(self.text.len()).expect("a block is closed long before 4 GiB"));
        }
        if cells.len() < self.width {
            let end = u32::try_from(self.text.len()).expect("a block is closed long before 4 GiB");
            self.kinds.resize(before + self.width, CellKind::Empty);
            self.ends.resize(before + self.width, end);
        }
        self.numbers.push(number);
    }

    /// Makes room for so many more rows and bytes of text, so that a block which grows row by row is not moved about.
    pub fn reserve(&mut self, rows: usize, text: usize) {
        let rows = rows.min(Self::MAX_ROWS);
        self.numbers.reserve(rows);
        self.kinds.reserve(rows * self.width);
        self.ends.reserve(rows * self.width);
        self.text.reserve(text.min(Self::MAX_TEXT));
    }

    /// Rows that a block holds at most, so that decoding one for a single row stays cheap.
    pub const MAX_ROWS: usize = 4096;
    /// Text that a block holds at most before it is closed, in bytes; one larger row still gets a block of its own.
    pub const MAX_TEXT: usize = 4 << 20;

    /// True when a reader should hand the block on and begin the next.
    pub fn is_full(&self) -> bool {
        self.numbers.len() >= Self::MAX_ROWS || self.text.len() >= Self::MAX_TEXT
    }

    /// Adds `by` to the number of every row: readers that work on several parts of a file at once learn only
    /// afterwards how many rows stand before a part.
    pub fn shift_numbers(&mut self, by: u32) {
        for number in &mut self.numbers {
            *number += by;
        }
    }

    /// Cells per row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The row at `index`, counted from 0 inside the block.
    ///
    /// # Panics
    /// When `index` is not below [`RowBlock::len`].
    pub fn row(&self, index: usize) -> Row<'_> {
        assert!(index < self.len(), "row {index} of a block of {}", self.len());
        Row { block: self, index }
    }

    /// All rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        (0..self.len()).map(|index| Row { block: self, index })
    }

    /// The parts in the order in which they are stored: width, row numbers, kinds, cell ends, text.
    pub fn parts(&self) -> (usize, &[u32], &[CellKind], &[u32], &str) {
        (self.width, &self.numbers, &self.kinds, &self.ends, &self.text)
    }

    /// Puts a block together from stored parts; `None` when they do not fit each other (a damaged file).
    pub fn from_parts(
        width: usize,
        numbers: Vec<u32>,
        kinds: Vec<CellKind>,
        ends: Vec<u32>,
        text: String,
    ) -> Option<Self> {
        let cells = numbers.len().checked_mul(width)?;
        let fits = kinds.len() == cells
            && ends.len() == cells
            && ends.is_sorted()
            && ends.last().is_none_or(|&end| end as usize <= text.len())
            && ends.iter().all(|&end| text.is_char_boundary(end as usize));
        fits.then_some(RowBlock {
            width,
            numbers,
            kinds,
            ends,
            text,
        })
    }
}

/// One row of a [`RowBlock`].
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    block: &'a RowBlock,
    index: usize,
}

impl<'a> Row<'a> {
    /// The number a person sees beside the row, from 1.
    pub fn number(&self) -> u32 {
        self.block.numbers[self.index]
    }

    /// The cell in `column`, from 0; [`Cell::EMPTY`] past the last column.
    pub fn cell(&self, column: usize) -> Cell<'a> {
        if column >= self.block.width {
            return Cell::EMPTY;
        }
        let at = self.index * self.block.width + column;
        let start = if at == 0 {
            0
        } else {
            self.block.ends[at - 1] as usize
        };
        Cell {
            kind: self.block.kinds[at],
            text: &self.block.text[start..self.block.ends[at] as usize],
        }
    }

    /// All cells from left to right.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'a>> + use<'a> {
        let row = *self;
        (0..self.block.width).map(move |column| row.cell(column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_rows_are_filled_and_texts_come_back() {
        let mut block = RowBlock::new(3);
        block.push(
            5,
            [
                Cell::text("Bäcker"),
                Cell {
                    kind: CellKind::Number,
                    text: "12.5",
                },
            ],
        );
        block.push(6, [Cell::text("a"), Cell::EMPTY, Cell::text("c")]);
        let seen: Vec<Vec<&str>> = block
            .rows()
            .map(|row| row.cells().map(|cell| cell.text).collect())
            .collect();
        assert_eq!(seen, [["Bäcker", "12.5", ""], ["a", "", "c"]]);
        assert_eq!(block.row(0).cell(1).kind, CellKind::Number);
        assert_eq!(block.row(0).cell(2), Cell::EMPTY);
        assert_eq!(block.row(1).cell(99), Cell::EMPTY);
        assert_eq!(block.row(1).number(), 6);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let mut block = RowBlock::new(2);
        block.push(1, [Cell::text("ä"), Cell::text("b")]);
        let (width, numbers, kinds, ends, text) = block.parts();
        let again = RowBlock::from_parts(
            width,
            numbers.to_vec(),
            kinds.to_vec(),
            ends.to_vec(),
            text.to_string(),
        );
        assert_eq!(again.as_ref(), Some(&block));
        let cut = |ends: Vec<u32>| RowBlock::from_parts(2, vec![1], kinds.to_vec(), ends, text.to_string());
        assert_eq!(cut(vec![1, 3]), None, "a cell that ends inside a character");
        assert_eq!(cut(vec![3, 2]), None, "ends that go back");
        assert_eq!(cut(vec![2, 9]), None, "an end past the text");
        assert_eq!(cut(vec![2]), None, "a cell too few");
    }
}
