//! Takes the rows of a sheet in the order of the file: puts them into blocks, and says which are hidden.

use std::collections::BTreeSet;

use lotse_core::table::{Cell, CellKind, RowBlock};

use crate::sources::{
    error::SourceError,
    inspection::SkipReason,
    notice::NoticeFact,
    settings::{Hidden, ReadSettings},
    stream::RawBlock,
    tally::NoticeTally,
};

/// Cells of a block, blank ones included.
const BLOCK_CELLS: usize = 1 << 18;
/// Bytes of text that a row may have. Cells refer to texts that stand in the file once, so a small file can ask for any.
const MOST_ROW_TEXT: usize = 16 << 20;
/// Bytes of text that a sheet may have, with what its cells share.
const MOST_TEXT: u64 = 2 << 30;

/// What surrounds the cells of a sheet.
#[derive(Debug, Default)]
pub(crate) struct SheetFacts {
    /// Number of the last row with content.
    pub(crate) last_row: u32,
    /// Columns up to the last one with content.
    pub(crate) columns: usize,
    /// Columns that are hidden, from 0.
    pub(crate) hidden_columns: BTreeSet<usize>,
    /// Merged ranges: first row, first column, last row, last column; from 1 and from 0.
    pub(crate) merged: Vec<(u32, usize, u32, usize)>,
}

/// Collects rows into blocks.
pub(crate) struct BlockBuilder {
    width: usize,
    raw: RawBlock,
    finished: Vec<RawBlock>,
    last: u32,
}

impl BlockBuilder {
    pub(crate) fn new(width: usize) -> Self {
        BlockBuilder {
            width,
            raw: RawBlock {
                rows: RowBlock::new(width),
                ..RawBlock::default()
            },
            finished: Vec::new(),
            last: 0,
        }
    }

    /// Adds a row whose cells are ordered by column, and returns its number; blank rows are left out. Rows of damaged
    /// files that go back or stay where they are keep their order and get the next number.
    pub(crate) fn push(
        &mut self,
        number: u32,
        cells: &[(usize, CellKind, &str)],
        known: Option<SkipReason>,
    ) -> Option<u32> {
        let last = cells.iter().rposition(|(_, _, text)| !text.trim().is_empty())?;
        let number = number.max(self.last.saturating_add(1));
        self.last = number;
        let cells = &cells[..=last];
        if let Some(reason) = known {
            self.raw.known.push((number, reason));
            return Some(number);
        }
        let width = self.width.max(cells[last].0 + 1);
        let rows = &self.raw.rows;
        if width != rows.width() || rows.is_full() || rows.len() * width > BLOCK_CELLS {
            self.close(width);
        }
        let mut next = 0;
        let all = (0..width).map(|column| match cells.get(next) {
            Some(&(place, kind, text)) if place == column => {
                next += 1;
                Cell { kind, text }
            }
            _ => Cell::EMPTY,
        });
        self.raw.rows.push(number, all);
        Some(number)
    }

    fn close(&mut self, width: usize) {
        let fresh = RawBlock {
            rows: RowBlock::new(width),
            ..RawBlock::default()
        };
        let raw = std::mem::replace(&mut self.raw, fresh);
        if !raw.rows.is_empty() || !raw.known.is_empty() {
            self.finished.push(raw);
        }
    }

    /// The blocks that are finished; with `all`, the one begun, too.
    pub(crate) fn take(&mut self, all: bool) -> Vec<RawBlock> {
        if all {
            self.close(self.width);
        }
        std::mem::take(&mut self.finished)
    }
}

/// Refuses the text of a row that grows beyond all measure, before it is there; `part` names the sheet.
///
/// # Errors
/// [`SourceError::TooLarge`].
pub(crate) fn check_row_text(part: &str, length: usize) -> Result<(), SourceError> {
    if length > MOST_ROW_TEXT {
        return Err(SourceError::TooLarge {
            part: part.to_owned(),
            limit: MOST_ROW_TEXT as u64,
        });
    }
    Ok(())
}

/// Whether rows that are hidden are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HiddenRows {
    /// Those that somebody hid.
    pub(crate) hidden: Hidden,
    /// Those that a filter hides.
    pub(crate) filtered: Hidden,
}

impl HiddenRows {
    pub(crate) fn of(settings: &ReadSettings) -> Self {
        HiddenRows {
            hidden: settings.hidden_rows.unwrap_or(Hidden::Include),
            filtered: settings.filtered_rows.unwrap_or(Hidden::Include),
        }
    }

    /// Announces a hidden row, and says why it is not read where it is not.
    pub(crate) fn announce(
        self,
        number: u32,
        by_filter: bool,
        notices: &mut NoticeTally,
    ) -> Option<SkipReason> {
        let choice = if by_filter { self.filtered } else { self.hidden };
        let included = choice != Hidden::LeaveOut;
        let (fact, reason) = if by_filter {
            (NoticeFact::FilteredRows { included }, SkipReason::Filtered)
        } else {
            (NoticeFact::HiddenRows { included }, SkipReason::Hidden)
        };
        notices.add(fact, Some(number), None, 1);
        (!included).then_some(reason)
    }
}

/// The rows of a sheet as they come, and what becomes of them.
pub(crate) struct SheetRows<'a> {
    blocks: BlockBuilder,
    hidden: HiddenRows,
    out: &'a mut dyn FnMut(Vec<RawBlock>) -> bool,
    part: String,
    text: u64,
    /// What is known of the sheet so far.
    pub(crate) facts: SheetFacts,
}

impl<'a> SheetRows<'a> {
    /// Blocks are at least `width` columns wide; `out` takes them and says whether to go on. `part` names the sheet.
    pub(crate) fn new(
        part: &str,
        width: usize,
        hidden: HiddenRows,
        out: &'a mut dyn FnMut(Vec<RawBlock>) -> bool,
    ) -> Self {
        SheetRows {
            blocks: BlockBuilder::new(width),
            hidden,
            out,
            part: part.to_owned(),
            text: 0,
            facts: SheetFacts::default(),
        }
    }

    /// Takes a row whose cells are ordered by column; `hidden` tells whether a filter hides it, if it is hidden. False
    /// when nobody wants more.
    ///
    /// # Errors
    /// [`SourceError::TooLarge`] where the sheet says more than a machine can hold.
    pub(crate) fn add(
        &mut self,
        number: u32,
        cells: &[(usize, CellKind, &str)],
        hidden: Option<bool>,
        notices: &mut NoticeTally,
    ) -> Result<bool, SourceError> {
        let filled = cells.iter().rfind(|(_, _, text)| !text.trim().is_empty());
        let Some(&(last, ..)) = filled else {
            return Ok(true);
        };
        self.text += cells.iter().map(|(_, _, text)| text.len() as u64).sum::<u64>();
        if self.text > MOST_TEXT {
            return Err(SourceError::TooLarge {
                part: self.part.clone(),
                limit: MOST_TEXT,
            });
        }
        self.facts.last_row = number;
        self.facts.columns = self.facts.columns.max(last + 1);
        let known = hidden.and_then(|by_filter| self.hidden.announce(number, by_filter, notices));
        self.blocks.push(number, cells, known);
        let finished = self.blocks.take(false);
        Ok(finished.is_empty() || (self.out)(finished))
    }

    /// Hands out what is left.
    pub(crate) fn finish(mut self) -> SheetFacts {
        (self.out)(self.blocks.take(true));
        self.facts
    }
}
