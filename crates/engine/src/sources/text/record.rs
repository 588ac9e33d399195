//! Cuts delimited text into records and cells, one record at a time, over a buffer of valid UTF-8.
//!
//! This is a pure state machine: it knows no file, no character set and no table. It is tolerant in the way a person
//! is: a quote opens a cell only where a cell begins, and closes it only where a cell can end; every other quote is
//! text. [`Dialect::repaired`] goes further where the number of cells says that a quote or a line end is damaged.

use memchr::{memchr, memchr2, memchr3};

/// How cells and records of a text file are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// What stands between two cells; empty where each line is one cell.
    pub(crate) delimiter: Vec<u8>,
    /// What encloses cells, if anything does.
    pub(crate) quote: Option<u8>,
    /// What stands before a quote inside a quoted cell; absent where it is doubled.
    pub(crate) escape: Option<u8>,
    /// Where records end.
    pub(crate) line_end: LineEnd,
    /// How lines are dressed beyond delimiters.
    pub(crate) layout: Layout,
}

/// Where records end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineEnd {
    /// At LF, CR LF, and a CR alone.
    Any,
    /// At LF and CR LF; a CR alone is text.
    LineFeed,
    /// At CR LF only; an LF alone is text.
    CrLf,
}

/// How lines are dressed beyond delimiters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Cells and delimiters only.
    Plain,
    /// Drawn tables (`| a | b |` with rules of `+---+`): cells are trimmed, outer bars and rules are no cells.
    Drawn,
    /// Columns of fixed width: the first character of each column, in characters.
    Fixed(Vec<usize>),
    /// Each whole line is one quoted cell that holds the real record.
    WrappedLines,
}

impl Dialect {
    /// Comma, double quotes, doubled inside: what RFC 4180 describes.
    #[cfg(test)]
    pub(crate) fn standard() -> Self {
        Dialect {
            delimiter: b",".to_vec(),
            quote: Some(b'"'),
            escape: None,
            line_end: LineEnd::Any,
            layout: Layout::Plain,
        }
    }
}

/// Where one cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start: usize,
    end: usize,
    /// In the scratch buffer instead of the input.
    rewritten: bool,
}

/// The cells of one record; kept and reused from record to record.
///
/// It also remembers from where on no quote closes a cell any more, so that a file full of stray quotes is not searched
/// to its end for each of them. One set of cells therefore belongs to one buffer.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// By way of reading ([`Stray::searches`]): no cell that opens from here on is ever closed.
    never_closed: [Option<usize>; 3],
    spans: Vec<Span>,
    scratch: Vec<u8>,
    /// A cell was enclosed in quotes.
    pub(crate) quoted: bool,
    /// How many cells were.
    pub(crate) enclosed: usize,
    /// A quote stood where none belongs, or was never closed.
    pub(crate) damaged: bool,
}

impl Cells {
    fn clear(&mut self) {
        self.spans.clear();
        self.scratch.clear();
        self.quoted = false;
        self.enclosed = 0;
        self.damaged = false;
    }

    /// Takes the record that `other` holds; what each remembers of its own way of reading stays with it.
    pub(crate) fn take_over(&mut self, other: &mut Cells) {
        std::mem::swap(self, other);
        std::mem::swap(&mut self.never_closed, &mut other.never_closed);
    }

    /// Number of cells.
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// The text of the cell at `index` of the record that was read from `input`; nothing past the last cell.
    pub(crate) fn get<'a>(&'a self, input: &'a str, index: usize) -> &'a str {
        let Some(&span) = self.spans.get(index) else {
            return "";
        };
        if span.rewritten {
            // Made of pieces of the input that begin and end beside ASCII.
            std::str::from_utf8(&self.scratch[span.start..span.end]).unwrap_or_default()
        } else {
            input.get(span.start..span.end).unwrap_or_default()
        }
    }

    /// The texts of all cells.
    pub(crate) fn texts<'a>(&'a self, input: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        (0..self.spans.len()).map(move |index| self.get(input, index))
    }

    /// True when a cell begins with this text.
    pub(crate) fn any_begins_with(&self, input: &str, start: &[u8]) -> bool {
        self.spans.iter().any(|span| {
            let bytes = if span.rewritten {
                &self.scratch[..]
            } else {
                input.as_bytes()
            };
            bytes
                .get(span.start..span.end)
                .is_some_and(|cell| cell.starts_with(start))
        })
    }

    /// Where the raw cells stand in the input; only for records without rewritten cells.
    pub(crate) fn keep_only(&mut self, range: std::ops::Range<usize>) {
        self.spans.truncate(range.end);
        self.spans.drain(..range.start);
    }

    /// Trims white space around each cell.
    pub(crate) fn trim(&mut self, input: &[u8]) {
        for span in &mut self.spans {
            let bytes = if span.rewritten { &self.scratch[..] } else { input };
            while span.start < span.end && bytes[span.start].is_ascii_whitespace() {
                span.start += 1;
            }
            while span.end > span.start && bytes[span.end - 1].is_ascii_whitespace() {
                span.end -= 1;
            }
        }
    }

    /// Takes off the blank that stands before every cell but the first, where a record has one after each delimiter.
    pub(crate) fn drop_leading_blanks(&mut self, input: &[u8]) {
        let led = |span: &Span| !span.rewritten && span.start < span.end && input[span.start] == b' ';
        let plain =
            |span: &Span| span.rewritten || span.start > 0 && matches!(input[span.start - 1], b'"' | b'\'');
        if self.spans.iter().skip(1).all(|span| led(span) || plain(span)) {
            for span in self.spans.iter_mut().skip(1).filter(|span| led(span)) {
                span.start += 1;
            }
        }
    }

    fn push(&mut self, start: usize, end: usize) {
        self.spans.push(Span {
            start,
            end,
            rewritten: false,
        });
    }
}

/// What came after a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The next record begins at this place of the buffer.
    At(usize),
    /// The buffer ended inside the record, and more of the file may follow.
    Incomplete,
}

/// How far a quoted cell may reach before its opening quote is taken for text, in bytes.
const LONGEST_CELL: usize = 64 << 20;
/// How far a quoted cell may reach where its first line alone would be a whole row.
const PATIENCE: usize = 8 << 20;

impl Dialect {
    /// Reads the record that begins at `start` into `cells`. With `last`, the end of `input` is the end of the file.
    ///
    /// `input` must be UTF-8. The caller asks only with `start < input.len()`.
    pub(crate) fn record(&self, input: &str, start: usize, last: bool, cells: &mut Cells) -> Next {
        cells.clear();
        let text = input;
        let input = input.as_bytes();
        match &self.layout {
            Layout::Plain => self.delimited(input, start, last, cells, Stray::Text),
            Layout::Drawn => self.drawn(text, start, last, cells),
            Layout::Fixed(columns) => self.fixed(input, start, last, cells, columns),
            Layout::WrappedLines => self.wrapped(text, start, last, cells),
        }
    }

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

    fn delimited(&self, input: &[u8], start: usize, last: bool, cells: &mut Cells, stray: Stray) -> Next {
        let mut at = start;
        loop {
            if let Some(quote) = self.quote
                && let Some(open) = self.opening(input, at, quote)
            {
                match self.quoted_cell(input, open, last, quote, cells, stray) {
                    Quoted::Closed { after } => {
                        cells.quoted = true;
                        cells.enclosed += 1;
                        match self.boundary(input, after, last) {
                            Boundary::Delimiter(next) => {
                                at = next;
                                continue;
                            }
                            Boundary::Record(next) => return Next::At(next),
                            Boundary::Unknown => return Next::Incomplete,
                            Boundary::Inside => {} // cannot be: a cell closes only at a boundary
                        }
                    }
                    Quoted::Incomplete => return Next::Incomplete,
                    Quoted::Text => cells.damaged = true,
                }
            }
            match self.unquoted_cell(input, at, last, cells) {
                Boundary::Delimiter(next) => at = next,
                Boundary::Record(next) => return Next::At(next),
                Boundary::Unknown | Boundary::Inside => return Next::Incomplete,
            }
        }
    }

    /// The place of an opening quote of a cell that begins at `at`: there, or after blanks.
    fn opening(&self, input: &[u8], at: usize, quote: u8) -> Option<usize> {
        match *input.get(at)? {
            byte if byte == quote => Some(at),
            b' ' if self.delimiter.first() != Some(&b' ') => {
                let blanks = input[at..].iter().take_while(|&&byte| byte == b' ').count();
                (input.get(at + blanks) == Some(&quote)).then_some(at + blanks)
            }
            _ => None,
        }
    }

    fn quoted_cell(
        &self,
        input: &[u8],
        open: usize,
        last: bool,
        quote: u8,
        cells: &mut Cells,
        stray: Stray,
    ) -> Quoted {
        if stray == Stray::Literal {
            return Quoted::Text;
        }
        let end_of_line = match stray {
            Stray::LineOnly | Stray::DoubledCloses => match self.line_end_from(input, open, last) {
                Some(end) => end,
                None => return Quoted::Incomplete,
            },
            Stray::Text | Stray::StrictClose | Stray::OpenInside | Stray::Literal => {
                input.len().min(open.saturating_add(LONGEST_CELL))
            }
        };
        if let Some(search) = stray.searches()
            && cells.never_closed[search].is_some_and(|from| open >= from)
        {
            return if last { Quoted::Text } else { Quoted::Incomplete };
        }
        let mut at = open + 1;
        let mut rewrite = false;
        loop {
            let found = match self.escape {
                Some(escape) if escape != quote => {
                    memchr2(quote, escape, &input[at.min(end_of_line)..end_of_line])
                }
                _ => memchr(quote, &input[at.min(end_of_line)..end_of_line]),
            };
            let Some(offset) = found else {
                if let Some(search) = stray.searches().filter(|_| end_of_line == input.len()) {
                    cells.never_closed[search] = Some(open);
                }
                return match stray {
                    Stray::Text | Stray::StrictClose | Stray::OpenInside
                        if !last && end_of_line == input.len() =>
                    {
                        Quoted::Incomplete
                    }
                    _ => Quoted::Text,
                };
            };
            let place = at + offset;
            if input[place] != quote {
                rewrite = true;
                at = place + 2;
                continue;
            }
            let doubled = input.get(place + 1) == Some(&quote);
            if doubled && !(stray == Stray::DoubledCloses && self.ends_cell(input, place + 2, last)) {
                rewrite = true;
                at = place + 2;
                continue;
            }
            // With `""` taken for a text quote and the closing one, the text ends after the first of them.
            let (text_end, after) = if doubled {
                (place + 1, place + 2)
            } else {
                (place, place + 1)
            };
            if place + 1 >= input.len() && !last {
                return Quoted::Incomplete;
            }
            let after_blanks = if self.delimiter.first() == Some(&b' ') {
                after
            } else {
                after + input[after..].iter().take_while(|&&byte| byte == b' ').count()
            };
            let boundary = match self.boundary(input, after, last) {
                Boundary::Inside => (self.boundary(input, after_blanks, last), after_blanks),
                other => (other, after),
            };
            let closes = match boundary.0 {
                Boundary::Inside => false,
                Boundary::Unknown => return Quoted::Incomplete,
                Boundary::Record(_) => true,
                Boundary::Delimiter(next) => {
                    stray != Stray::StrictClose || self.opening(input, next, quote).is_some()
                }
            };
            if closes {
                self.push_quoted(input, open + 1, text_end, quote, rewrite, cells);
                return Quoted::Closed { after: boundary.1 };
            }
            if stray == Stray::OpenInside && input[..place].ends_with(&self.delimiter) {
                return Quoted::Text;
            }
            cells.damaged = true;
            at = place + 1;
        }
    }

    /// Keeps the cell between two quotes, with what is escaped inside resolved.
    fn push_quoted(
        &self,
        input: &[u8],
        start: usize,
        end: usize,
        quote: u8,
        rewrite: bool,
        cells: &mut Cells,
    ) {
        if !rewrite {
            cells.push(start, end);
            return;
        }
        let from = cells.scratch.len();
        let mut at = start;
        while at < end {
            let byte = input[at];
            let next = if at + 1 < end { Some(input[at + 1]) } else { None };
            if byte == quote && next == Some(quote) {
                cells.scratch.push(quote);
                at += 2;
            } else if Some(byte) == self.escape
                && next.is_some_and(|next| next == quote || Some(next) == self.escape)
            {
                cells.scratch.extend(next);
                at += 2;
            } else {
                cells.scratch.push(byte);
                at += 1;
            }
        }
        let to = cells.scratch.len();
        cells.spans.push(Span {
            start: from,
            end: to,
            rewritten: true,
        });
    }

    fn unquoted_cell(&self, input: &[u8], start: usize, last: bool, cells: &mut Cells) -> Boundary {
        let mut at = start;
        let mut escaped = false;
        loop {
            let rest = &input[at..];
            let found = match (self.delimiter.first(), self.line_end) {
                (Some(&first), LineEnd::Any) => memchr3(first, b'\n', b'\r', rest),
                (Some(&first), _) => memchr2(first, b'\n', rest),
                (None, LineEnd::Any) => memchr2(b'\n', b'\r', rest),
                (None, _) => memchr(b'\n', rest),
            };
            let Some(offset) = found else {
                if !last {
                    return Boundary::Unknown;
                }
                self.push_unquoted(input, start, input.len(), escaped, cells);
                return Boundary::Record(input.len());
            };
            let place = at + offset;
            // Without quotes, a backslash before a delimiter makes it text.
            if self.quote.is_none()
                && place > start
                && self.escape.is_some_and(|escape| input[place - 1] == escape)
                && self.delimiter.first() == Some(&input[place])
            {
                escaped = true;
                at = place + 1;
                continue;
            }
            match self.boundary(input, place, last) {
                Boundary::Inside => at = place + 1,
                Boundary::Unknown => return Boundary::Unknown,
                boundary => {
                    let mut end = place;
                    if matches!(boundary, Boundary::Record(_)) && self.line_end != LineEnd::Any {
                        while end > start && input[end - 1] == b'\r' {
                            end -= 1;
                        }
                    }
                    self.push_unquoted(input, start, end, escaped, cells);
                    return boundary;
                }
            }
        }
    }

    fn push_unquoted(&self, input: &[u8], start: usize, end: usize, escaped: bool, cells: &mut Cells) {
        if !escaped {
            cells.push(start, end);
            return;
        }
        let from = cells.scratch.len();
        let mut bytes = input[start..end].iter().peekable();
        while let Some(&byte) = bytes.next() {
            let before_delimiter = bytes
                .peek()
                .is_some_and(|next| self.delimiter.first() == Some(*next));
            if !(Some(byte) == self.escape && before_delimiter) {
                cells.scratch.push(byte);
            }
        }
        let to = cells.scratch.len();
        cells.spans.push(Span {
            start: from,
            end: to,
            rewritten: true,
        });
    }

    /// What stands at `at`: the end of a cell, of a record, or neither.
    fn boundary(&self, input: &[u8], at: usize, last: bool) -> Boundary {
        let Some(&byte) = input.get(at) else {
            return if last {
                Boundary::Record(input.len())
            } else {
                Boundary::Unknown
            };
        };
        match byte {
            b'\n' if self.line_end == LineEnd::CrLf => {
                if at > 0 && input[at - 1] == b'\r' {
                    Boundary::Record(at + 1)
                } else {
                    Boundary::Inside
                }
            }
            b'\n' => Boundary::Record(at + 1),
            b'\r' => {
                // CR LF, and the CR CR LF of files that went through a text mode twice.
                let after: usize = input[at..]
                    .iter()
                    .take(3)
                    .take_while(|&&byte| byte == b'\r')
                    .count();
                match input.get(at + after) {
                    Some(b'\n') => Boundary::Record(at + after + 1),
                    None if !last => Boundary::Unknown,
                    _ if self.line_end == LineEnd::Any => Boundary::Record(at + 1),
                    _ => self.delimiter_at(input, at, last),
                }
            }
            _ => self.delimiter_at(input, at, last),
        }
    }

    fn delimiter_at(&self, input: &[u8], at: usize, last: bool) -> Boundary {
        let rest = &input[at..];
        if self.delimiter.is_empty() {
            Boundary::Inside
        } else if rest.starts_with(&self.delimiter) {
            Boundary::Delimiter(at + self.delimiter.len())
        } else if !last && self.delimiter.starts_with(rest) {
            Boundary::Unknown
        } else {
            Boundary::Inside
        }
    }

    fn ends_cell(&self, input: &[u8], at: usize, last: bool) -> bool {
        matches!(
            self.boundary(input, at, last),
            Boundary::Delimiter(_) | Boundary::Record(_)
        )
    }

    /// The place of the line end after `from`; the end of the input at the end of the file.
    pub(crate) fn line_end_from(&self, input: &[u8], from: usize, last: bool) -> Option<usize> {
        let rest = &input[from..];
        let found = match self.line_end {
            LineEnd::Any => memchr2(b'\n', b'\r', rest),
            LineEnd::LineFeed => memchr(b'\n', rest),
            LineEnd::CrLf => memchr::memmem::find(rest, b"\r\n"),
        };
        found
            .map(|offset| from + offset)
            .or_else(|| last.then_some(input.len()))
    }

    /// The place where the line after `from` begins.
    pub(crate) fn line_after(&self, input: &[u8], from: usize, last: bool) -> Option<usize> {
        let end = self.line_end_from(input, from, last)?;
        match self.boundary(input, end, last) {
            Boundary::Record(next) => Some(next),
            _ => None,
        }
    }

    fn drawn(&self, text: &str, start: usize, last: bool, cells: &mut Cells) -> Next {
        let plain = Dialect {
            layout: Layout::Plain,
            ..self.clone()
        };
        let input = text.as_bytes();
        let next = plain.delimited(input, start, last, cells, Stray::Text);
        cells.trim(input);
        let count = cells.len();
        let is_rule = cells
            .texts(text)
            .all(|cell| cell.bytes().all(|byte| b"-+=: |".contains(&byte)))
            && cells.texts(text).any(|cell| cell.contains(['-', '=']));
        if is_rule {
            cells.keep_only(0..0);
        } else if count > 1 {
            let first = usize::from(cells.get(text, 0).is_empty());
            let end = count - usize::from(cells.get(text, count - 1).is_empty());
            cells.keep_only(first..end.max(first));
        }
        next
    }

    fn fixed(&self, input: &[u8], start: usize, last: bool, cells: &mut Cells, columns: &[usize]) -> Next {
        let Some(end) = self.line_end_from(input, start, last) else {
            return Next::Incomplete;
        };
        let Boundary::Record(next) = self.boundary(input, end, last) else {
            return Next::Incomplete;
        };
        let line = std::str::from_utf8(&input[start..end]).unwrap_or_default();
        let mut places = line.char_indices().map(|(place, _)| place);
        let mut passed = 0;
        let starts: Vec<usize> = columns
            .iter()
            .map(|&column| {
                let place = places.nth(column - passed);
                passed = column + 1;
                start + place.unwrap_or(line.len())
            })
            .collect();
        for (index, &from) in starts.iter().enumerate() {
            cells.push(from, starts.get(index + 1).copied().unwrap_or(end));
        }
        cells.trim(input);
        Next::At(next)
    }

    fn wrapped(&self, text: &str, start: usize, last: bool, cells: &mut Cells) -> Next {
        let outer = Dialect {
            delimiter: Vec::new(),
            layout: Layout::Plain,
            ..self.clone()
        };
        let next = outer.delimited(text.as_bytes(), start, last, cells, Stray::Text);
        if next == Next::Incomplete {
            return next;
        }
        let line = cells.get(text, 0).to_owned();
        let inner = Dialect {
            layout: Layout::Plain,
            ..self.clone()
        };
        let mut inside = Cells::default();
        inner.delimited(line.as_bytes(), 0, true, &mut inside, Stray::Text);
        cells.clear();
        for cell in inside.texts(&line) {
            let from = cells.scratch.len();
            cells.scratch.extend_from_slice(cell.as_bytes());
            let to = cells.scratch.len();
            cells.spans.push(Span {
                start: from,
                end: to,
                rewritten: true,
            });
        }
        next
    }
}

fn cells_cleared(cells: &mut Cells) -> &mut Cells {
    cells.clear();
    cells
}

/// How quotes are read that do not stand where they belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stray {
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
    fn searches(self) -> Option<usize> {
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

enum Quoted {
    Closed { after: usize },
    Incomplete,
    Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Boundary {
    /// A delimiter; the next cell begins at this place.
    Delimiter(usize),
    /// The end of the record; the next begins at this place.
    Record(usize),
    /// The buffer ends before it can be told.
    Unknown,
    /// None of these.
    Inside,
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
