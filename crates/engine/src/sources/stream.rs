//! Turns the rows of a sheet or file, as they stand, into the rows of its table: leaves out what is none, accounts
//! for every row, and takes care that nothing is lost silently.
//!
//! Rows of nothing are never handed in; they show as gaps between row numbers and are counted as runs, so a million
//! blank rows cost nothing.

use std::collections::{BTreeSet, VecDeque};

use lotse_core::table::{Cell, CellKind, Row, RowBlock};

use super::{
    TableRows,
    inspection::{RowAccount, SkipReason, SkippedRows},
    notice::NoticeFact,
    probe::{RowProbe, begins_remark, is_count_of_rows, is_page_number, is_total_word},
    segment::{JUDGED_ROWS, Segment, Waiting, judge_segment},
    shape::Shape,
    structure::Structure,
    tally::NoticeTally,
    text::PlainRows,
};

/// Rows of a sheet or file in order, without those that are blank.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawBlock {
    pub(crate) rows: RowBlock,
    /// Rows whose number of cells is not the usual one (text files), with that number.
    pub(crate) ragged: Vec<(u32, u32)>,
    /// Rows that are known to be no data (drawn rules, hidden rows to be left out), with the reason.
    pub(crate) known: Vec<(u32, SkipReason)>,
    /// Rows worth a second look, by index, when the reader has looked already.
    pub(crate) odd: Option<Vec<u32>>,
    /// Instead of all that, rows that are kept as they stand in the file.
    pub(crate) plain: Option<PlainRows>,
}

/// Rows held back until it is known that the file goes on.
const TAIL_ROWS: usize = 24;

/// The stream from raw rows to the rows of the table.
pub(crate) struct TableStream {
    structure: Structure,
    probe: RowProbe,
    /// Number of the last row seen, blank ones included.
    last: u32,
    /// Rows of a segment that is not judged yet.
    waiting: Vec<Waiting>,
    judging: bool,
    /// The segment being judged stands after a gap.
    after_gap: bool,
    /// Why rows are skipped until the next gap.
    skipping: Option<SkipReason>,
    other_table: Option<(u32, u32)>,
    held: VecDeque<TableRows>,
    building: RowBlock,
    account: RowAccount,
    width: usize,
    longest: usize,
    pub(crate) notices: NoticeTally,
    /// Text files know how many cells a row had; workbooks do not.
    counts_cells: bool,
    /// Columns of the sheet to be left out.
    omitted: BTreeSet<usize>,
}

impl TableStream {
    pub(crate) fn new(structure: Structure, counts_cells: bool, omitted: BTreeSet<usize>) -> Self {
        let left = structure.left;
        let kept = (left..left + structure.names.len()).filter(|column| !omitted.contains(column));
        let width = kept.count();
        let mut stream = TableStream {
            probe: RowProbe::new(&structure),
            last: 0,
            waiting: Vec::new(),
            judging: false,
            after_gap: false,
            skipping: None,
            other_table: None,
            held: VecDeque::new(),
            building: RowBlock::new(width),
            account: RowAccount::default(),
            width,
            longest: width,
            notices: NoticeTally::default(),
            counts_cells,
            omitted,
            structure,
        };
        stream.account.header = u64::from(stream.structure.header.count);
        stream
    }

    /// Takes the next rows and hands finished blocks to `out`.
    pub(crate) fn push(&mut self, raw: RawBlock, out: &mut impl FnMut(TableRows)) {
        let RawBlock {
            mut rows,
            ragged,
            mut known,
            odd,
            plain,
        } = raw;
        if let Some(plain) = plain {
            if self.passes(plain.width(), plain.first_number()) {
                self.flush_building();
                self.last = plain.first_number() + (u32::try_from(plain.len()).unwrap_or(u32::MAX) - 1);
                self.account.read += plain.len() as u64;
                self.held.push_back(TableRows::Plain(plain));
                self.release(out);
                return;
            }
            rows = plain.cells();
        }
        if rows.is_empty() && known.is_empty() {
            return;
        }
        if self.passes_whole(&rows, &ragged, &known, odd.as_deref()) {
            self.flush_building();
            self.last = rows.row(rows.len() - 1).number();
            self.account.read += rows.len() as u64;
            self.held.push_back(TableRows::Cells(rows));
            self.release(out);
            return;
        }
        known.sort_unstable_by_key(|entry| entry.0);
        let mut known = known.into_iter().peekable();
        let mut ragged = ragged.into_iter().peekable();
        for row in rows.rows() {
            while let Some((number, reason)) = known.next_if(|entry| entry.0 < row.number()) {
                self.skip_known(number, reason);
            }
            if let Some((number, reason)) = known.next_if(|entry| entry.0 == row.number()) {
                self.skip_known(number, reason);
                continue;
            }
            while ragged.next_if(|entry| entry.0 < row.number()).is_some() {}
            let count = ragged
                .next_if(|entry| entry.0 == row.number())
                .map(|entry| entry.1);
            self.take(&row, count);
            if self.building.is_full() {
                self.flush_building();
                self.release(out);
            }
        }
        for (number, reason) in known {
            self.skip_known(number, reason);
        }
        self.release(out);
    }

    /// Ends the stream: `total` is the number of the last row that is there at all. Returns the account and the
    /// number of columns that the table has now.
    pub(crate) fn finish(
        mut self,
        total: u32,
        out: &mut impl FnMut(TableRows),
    ) -> (RowAccount, usize, NoticeTally) {
        if self.judging {
            self.judge(true);
        }
        self.blanks_until(total.max(self.last) + 1);
        self.flush_building();
        self.drop_footers();
        while let Some(block) = self.held.pop_front() {
            if !block.is_empty() {
                out(block);
            }
        }
        self.account.total = u64::from(total.max(self.last));
        if let Some((first, last)) = self.other_table {
            self.notices
                .add(NoticeFact::OtherTable { last }, Some(first), None, 1);
        }
        (self.account, self.longest, self.notices)
    }

    /// True when no row of the block needs a second look.
    fn passes_whole(
        &self,
        rows: &RowBlock,
        ragged: &[(u32, u32)],
        known: &[(u32, SkipReason)],
        odd: Option<&[u32]>,
    ) -> bool {
        if rows.is_empty() || !ragged.is_empty() || !known.is_empty() {
            return false;
        }
        let (_, numbers, ..) = rows.parts();
        let first = numbers[0];
        self.passes(rows.width(), first)
            && numbers[numbers.len() - 1] - first == u32::try_from(numbers.len() - 1).unwrap_or(u32::MAX)
            && match odd {
                Some(odd) => odd.is_empty(),
                None => !rows.rows().any(|row| self.probe.is_odd(&row)),
            }
    }

    /// True when rows of this width that begin with this number, one after the other and each as usual, are rows of the
    /// table.
    fn passes(&self, width: usize, first: u32) -> bool {
        !self.judging
            && self.skipping.is_none()
            && self.structure.left == 0
            && self.structure.beside.columns.is_empty()
            && self.omitted.is_empty()
            && width == self.width
            && self.last + 1 >= self.structure.first_data
            && first == self.last + 1
    }

    fn skip_known(&mut self, number: u32, reason: SkipReason) {
        self.blanks_until(number);
        self.skip(number, reason);
        self.last = number;
    }

    /// Counts the rows from the last one seen up to `number` as blank.
    fn blanks_until(&mut self, number: u32) {
        if number > self.last + 1 {
            let (first, last) = (self.last + 1, number - 1);
            // Blank lines between the lines of a header are part of it.
            let header = &self.structure.header;
            let head_end = header.first + header.count;
            if header.count > 0 && first >= header.first && first < head_end {
                if last >= head_end {
                    self.add_skipped(head_end, last, SkipReason::Blank);
                }
            } else {
                self.add_skipped(first, last, SkipReason::Blank);
            }
            self.last = last;
        }
    }

    fn skip(&mut self, number: u32, reason: SkipReason) {
        self.add_skipped(number, number, reason);
    }

    fn add_skipped(&mut self, first: u32, last: u32, reason: SkipReason) {
        match self.account.skipped.last_mut() {
            Some(run) if run.reason == reason && run.last + 1 == first => run.last = last,
            _ => self.account.skipped.push(SkippedRows { first, last, reason }),
        }
    }

    fn take(&mut self, row: &Row<'_>, ragged: Option<u32>) {
        let number = row.number();
        let header = self.structure.header;
        if number < self.structure.first_data {
            if number >= header.first {
                // Its lines were counted as the header already.
                if self.last < header.first {
                    self.blanks_until(header.first);
                }
                self.last = self.last.max(number);
                return;
            }
            self.blanks_until(number);
            let before = &self.structure.before;
            let reason = before
                .binary_search_by_key(&number, |entry| entry.0)
                .map_or(SkipReason::Title, |place| before[place].1);
            if reason == SkipReason::OtherTable {
                self.note_other_table(number);
            }
            self.skip(number, reason);
            self.last = number;
            return;
        }
        if self.last + 1 < self.structure.first_data {
            // The header's own rows lie between.
            let first_data = self.structure.first_data;
            self.blanks_until(header.first);
            self.last = self.last.max(first_data - 1);
        }
        if self.stands_beside(row) {
            self.blanks_until(number);
            self.skip(number, SkipReason::OtherTable);
            self.last = number;
            return;
        }
        let gap = number > self.last + 1;
        let started = self.account.read > 0 || !self.building.is_empty();
        if gap {
            if self.judging {
                self.judge(false);
            }
            self.blanks_until(number);
            self.skipping = None;
            self.judging = started;
            self.after_gap = true;
        } else if let Some(count) = ragged
            && started
            && !self.judging
            && self.skipping.is_none()
            && count > 1
        {
            // Rows of another width may begin another table without a gap.
            self.judging = true;
            self.after_gap = false;
        } else if self.judging
            && ragged.is_none()
            && self.waiting.first().is_some_and(|first| first.ragged.is_some())
            && self.waiting.iter().all(|waiting| waiting.ragged.is_some())
            && self.counts_cells
        {
            // The usual width is back.
            self.judge(false);
        }
        self.last = number;
        if let Some(reason) = self.skipping {
            if reason == SkipReason::OtherTable {
                self.note_other_table(number);
            }
            self.skip(number, reason);
            return;
        }
        let waiting = Waiting::of(row, ragged);
        if self.judging {
            self.waiting.push(waiting);
            if self.waiting.len() >= JUDGED_ROWS {
                self.judge(false);
            }
            return;
        }
        if self.probe.is_odd(row) || ragged.is_some() {
            self.take_odd(&waiting);
        } else {
            self.emit(row.number(), row.cells());
        }
    }

    /// True for a row that has something in the columns of another table only.
    fn stands_beside(&self, row: &Row<'_>) -> bool {
        let beside = &self.structure.beside.columns;
        !beside.is_empty()
            && row
                .cells()
                .enumerate()
                .all(|(column, cell)| cell.is_blank() || beside.contains(&column))
    }

    /// A row of the table that may be a remark, a sum or the heading once more.
    fn take_odd(&mut self, row: &Waiting) {
        let filled = row.filled();
        let first = row.first_text();
        let usual = self.structure.profile.filled;
        let names = &self.structure.names;
        let left = self.structure.left;
        let repeated = self.structure.header.count > 0
            && filled > 0
            && names.iter().enumerate().all(|(column, name)| {
                let text = row.cells.get(column + left).map_or("", |cell| cell.1.as_str());
                super::structure::one_line(text) == *name
            });
        let reason = if repeated {
            Some(SkipReason::RepeatedHeader)
        } else if begins_remark(first) && filled < usual && (filled == 1 || row.ragged.is_some()) {
            Some(SkipReason::Comment)
        } else if is_total_word(first) && self.is_total(row) {
            Some(SkipReason::Total)
        } else if filled == 1 && usual >= 3 && is_page_number(first) {
            Some(SkipReason::Footer)
        } else {
            None
        };
        match reason {
            Some(reason) => self.skip(row.number, reason),
            None => {
                self.note_count(row);
                self.emit(
                    row.number,
                    row.cells.iter().map(|(kind, text)| Cell { kind: *kind, text }),
                );
            }
        }
    }

    /// A sum has its word and numbers, and nothing where other rows have words.
    fn is_total(&self, row: &Waiting) -> bool {
        let usual = self.structure.profile.filled;
        if usual < 2 {
            return false;
        }
        let place = row.cells.iter().position(|(_, text)| !text.trim().is_empty());
        let others_are_numbers = (0..row.cells.len())
            .filter(|&column| Some(column) != place)
            .all(|column| matches!(row.shape(column).family(), Shape::Blank | Shape::Decimal));
        others_are_numbers && (row.filled() < usual.max(self.structure.names.len()) || row.filled() <= 2)
    }

    fn note_count(&mut self, row: &Waiting) {
        let columns = self.structure.names.len() + self.structure.left;
        if let Some(cells) = row.ragged.filter(|_| self.counts_cells) {
            let cells = cells as usize;
            let fact = if cells < columns {
                NoticeFact::ShortRow { cells, columns }
            } else if cells > columns && row.width() > columns {
                NoticeFact::LongRow { cells, columns }
            } else {
                return;
            };
            self.notices.add(fact, Some(row.number), None, 1);
        }
    }

    fn emit<'a>(&mut self, number: u32, cells: impl Iterator<Item = Cell<'a>>) {
        let left = self.structure.left;
        let cells: Vec<Cell<'a>> = cells
            .enumerate()
            .skip(left)
            .filter(|(column, _)| !self.omitted.contains(column))
            .map(|(_, cell)| cell)
            .collect();
        let width = cells
            .iter()
            .rposition(|cell| !cell.is_blank())
            .map_or(0, |place| place + 1)
            .max(self.width);
        if width != self.building.width() {
            self.flush_building();
            self.building = RowBlock::new(width);
        }
        self.longest = self.longest.max(width);
        self.account.read += 1;
        self.building.push(number, cells);
    }

    fn flush_building(&mut self) {
        if !self.building.is_empty() {
            let next = RowBlock::new(self.width);
            let built = std::mem::replace(&mut self.building, next);
            self.held.push_back(TableRows::Cells(built));
        }
    }

    /// Hands on all held blocks but those whose rows may still turn out to be remarks below the table.
    fn release(&mut self, out: &mut impl FnMut(TableRows)) {
        let mut after: usize = self.building.len() + self.held.iter().map(TableRows::len).sum::<usize>();
        while let Some(block) = self.held.front() {
            after -= block.len();
            if after < TAIL_ROWS {
                break;
            }
            if let Some(block) = self.held.pop_front() {
                out(block);
            }
        }
    }

    /// Judges the rows that wait, and deals with them accordingly.
    fn judge(&mut self, at_end: bool) {
        self.judging = false;
        let rows = std::mem::take(&mut self.waiting);
        if rows.is_empty() {
            return;
        }
        let apart = self.after_gap || at_end;
        let (counted, width) = (self.counts_cells, self.width);
        match judge_segment(&self.structure, &rows, at_end, apart, counted, width) {
            Segment::Table => {
                for row in &rows {
                    self.take_odd(row);
                }
            }
            Segment::Footer => {
                for row in &rows {
                    self.skip(row.number, SkipReason::Footer);
                }
            }
            Segment::OtherTable => {
                for row in &rows {
                    self.note_other_table(row.number);
                    self.skip(row.number, SkipReason::OtherTable);
                }
                self.skipping = Some(SkipReason::OtherTable);
            }
        }
    }

    fn note_other_table(&mut self, number: u32) {
        match &mut self.other_table {
            Some((_, last)) => *last = (*last).max(number),
            None => self.other_table = Some((number, number)),
        }
    }

    /// Takes remarks off the end of the table: rows with one text where all others have several values.
    fn drop_footers(&mut self) {
        let usual = self.structure.profile.filled;
        if usual < 2 {
            return;
        }
        while let Some(block) = self.held.pop_back() {
            let block = block.into_cells();
            let keep = (0..block.len())
                .rev()
                .find(|&index| !is_remark(&block.row(index), usual))
                .map_or(0, |place| place + 1);
            if keep == block.len() {
                self.held.push_back(TableRows::Cells(block));
                return;
            }
            let mut rest = RowBlock::new(block.width());
            for (index, row) in block.rows().enumerate() {
                if index < keep {
                    rest.push(row.number(), row.cells());
                } else {
                    self.account.read -= 1;
                    self.add_footer(row.number());
                }
            }
            if keep > 0 {
                self.held.push_back(TableRows::Cells(rest));
                return;
            }
        }
    }

    /// Remarks are found last, so they are put into the account in their place.
    fn add_footer(&mut self, number: u32) {
        let place = self.account.skipped.partition_point(|run| run.last < number);
        if place > 0 {
            let run = &mut self.account.skipped[place - 1];
            if run.reason == SkipReason::Footer && run.last + 1 == number {
                run.last = number;
                return;
            }
        }
        let run = SkippedRows {
            first: number,
            last: number,
            reason: SkipReason::Footer,
        };
        self.account.skipped.insert(place, run);
    }
}

/// A row with one text, in the first columns, that reads like a remark.
fn is_remark(row: &Row<'_>, usual: usize) -> bool {
    let mut filled = row.cells().enumerate().filter(|(_, cell)| !cell.is_blank());
    let (Some((column, cell)), None) = (filled.next(), filled.next()) else {
        return false;
    };
    let text = cell.text.trim();
    let words = text.split_whitespace().count();
    let marked = text.starts_with(['*', '(', '©', '-']);
    if column == 0 && cell.kind == CellKind::Text && is_count_of_rows(text) {
        return true;
    }
    column <= 1
        && cell.kind == CellKind::Text
        && Shape::of(text) == Shape::Text
        && if usual >= 3 {
            words >= 3 || text.contains(':') || marked
        } else {
            // Of two cells one is often blank.
            column == 0 && words >= 2 && (text.contains(": ") || marked)
        }
}
