//! Readings of records whose quotes or line ends are damaged: those of a person who knows how many columns there are.

use super::record::{Cells, Dialect, LONGEST_CELL, Layout, Next};

/// How far a quoted cell may reach where its first line alone would be a whole row.
const PATIENCE: usize = 8 << 20;

impl Dialect {
    /// Reads the record at `start`, knowing that the table has `width` columns: where the plain reading does not
    /// have them, the readings of a person who sees a damaged quote or line end are tried, and the first that gives
    /// exactly `width` cells is taken. The flag says whether one of them was.
    pub(crate) fn repaired(
        &self,
        text: &str,
        start: usize,
        last: bool,
        width: usize,
        cells: &mut Cells,
    ) -> (Next, bool) {
        let input = text.as_bytes();
        let next = self.record(text, start, last, cells);
        if self.layout != Layout::Plain || width < 2 {
            return (next, false);
        }
        let count = cells.len();
        let Next::At(end) = next else {
            // A quote that is not closed for so long never will be, if the line alone is a whole row.
            let patience = input.len() - start;
            if self.quote.is_some() && patience > PATIENCE {
                let next = self.delimited(input, start, last, cells_cleared(cells), Stray::LineOnly);
                if cells.len() == width || patience > LONGEST_CELL {
                    return (next, true);
                }
            }
            return (Next::Incomplete, false);
        };
        if count == width {
            if !cells.damaged {
                return (next, false);
            }
            if self.swallowed_rows(input, start, end, last, width, cells) {
                let next = self.delimited(input, start, last, cells_cleared(cells), Stray::LineOnly);
                return (next, true);
            }
            // Looking for swallowed rows has used the cells.
            let next = self.record(text, start, last, cells);
            return (next, true);
        }
        let one_line = self
            .line_end_from(input, start, last)
            .is_none_or(|line| line + 2 >= end);
        let sound = !cells.damaged && one_line && count < width;
        if (cells.quoted || cells.damaged) && !sound {
            for stray in Stray::REPAIRS {
                let next = self.delimited(input, start, last, cells_cleared(cells), stray);
                if let Next::At(_) = next
                    && cells.len() == width
                {
                    cells.damaged = true;
                    return (next, true);
                }
            }
            // No reading fits. A record that runs over lines and has more cells than the table has swallowed its
            // neighbours: then the line alone is the smaller loss.
            let next = self.record(text, start, last, cells);
            let first_line = self.line_end_from(input, start, last).unwrap_or(end);
            if first_line < end && cells.len() > width {
                let next = self.delimited(input, start, last, cells_cleared(cells), Stray::LineOnly);
                if matches!(next, Next::At(_)) {
                    return (next, true);
                }
            }
            return (next, false);
        }
        (next, false)
    }

    /// True when a record with a stray quote, though it has the right number of cells, runs over lines that are
    /// rows of their own.
    fn swallowed_rows(
        &self,
        input: &[u8],
        start: usize,
        end: usize,
        last: bool,
        width: usize,
        cells: &mut Cells,
    ) -> bool {
        let whole_row = |from: usize, cells: &mut Cells| {
            let next = self.delimited(input, from, last, cells_cleared(cells), Stray::LineOnly);
            match next {
                Next::At(next) if cells.len() == width => Some(next),
                _ => None,
            }
        };
        whole_row(start, cells)
            .filter(|&second| second < end)
            .and_then(|second| whole_row(second, cells))
            .is_some()
    }
}

fn cells_cleared(cells: &mut Cells) -> &mut Cells {
    cells.clear();
    cells
}

/// How quotes are read that do not stand where they belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stray {
    /// As `Text`, but a cell in which another one seems to open did not open itself.
    OpenInside,
    /// They are text; a cell ends at a quote with a delimiter or line end behind it.
    Text,
    /// As `Text`, and a cell ends only where the next one opens with a quote too, or the record ends.
    StrictClose,
    /// As `Text`, but no cell reaches over the end of its line.
    LineOnly,
    /// As `LineOnly`, and `""` before a delimiter is a text quote and the closing one.
    DoubledCloses,
    /// No quote has any meaning.
    Literal,
}

impl Stray {
    /// The ways of reading that search for the end of a cell through the whole buffer, numbered.
    pub(super) fn searches(self) -> Option<usize> {
        match self {
            Stray::Text => Some(0),
            Stray::StrictClose => Some(1),
            Stray::OpenInside => Some(2),
            Stray::LineOnly | Stray::DoubledCloses | Stray::Literal => None,
        }
    }

    /// The readings that are tried where the plain one does not give the usual number of cells, the mildest first.
    const REPAIRS: [Stray; 5] = [
        Stray::DoubledCloses,
        Stray::OpenInside,
        Stray::StrictClose,
        Stray::LineOnly,
        Stray::Literal,
    ];
}
