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
#[derive(Debug, Default)]
pub(crate) struct Cells {
    spans: Vec<Span>,
    scratch: Vec<u8>,
    /// A cell was enclosed in quotes.
    pub(crate) quoted: bool,
    /// A quote stood where none belongs, or was never closed.
    pub(crate) damaged: bool,
}

impl Cells {
    fn clear(&mut self) {
        self.spans.clear();
        self.scratch.clear();
        self.quoted = false;
        self.damaged = false;
    }

    /// Number of cells.
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// The text of the cell at `index` of the record that was read from `input`.
    pub(crate) fn get<'a>(&'a self, input: &'a [u8], index: usize) -> &'a str {
        let span = self.spans[index];
        let bytes = if span.rewritten {
            &self.scratch[span.start..span.end]
        } else {
            &input[span.start..span.end]
        };
        // The input is UTF-8 and spans begin and end beside ASCII bytes, so this only costs the check.
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The texts of all cells.
    pub(crate) fn texts<'a>(&'a self, input: &'a [u8]) -> impl Iterator<Item = &'a str> + 'a {
        (0..self.spans.len()).map(move |index| self.get(input, index))
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
    pub(crate) fn record(&self, input: &[u8], start: usize, last: bool, cells: &mut Cells) -> Next {
        cells.clear();
        match &self.layout {
            Layout::Plain => self.delimited(input, start, last, cells, Stray::Text),
            Layout::Drawn => self.drawn(input, start, last, cells),
            Layout::Fixed(columns) => self.fixed(input, start, last, cells, columns),
            Layout::WrappedLines => self.wrapped(input, start, last, cells),
        }
    }

    /// Reads the record at `start`, knowing that the table has `width` columns: where the plain reading does not
    /// have them, the readings of a person who sees a damaged quote or line end are tried, and the first that gives
    /// exactly `width` cells is taken. The flag says whether one of them was.
    pub(crate) fn repaired(
        &self,
        input: &[u8],
        start: usize,
        last: bool,
        width: usize,
        cells: &mut Cells,
    ) -> (Next, bool) {
        let next = self.record(input, start, last, cells);
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
            if cells.damaged && self.swallowed_rows(input, start, end, last, width, cells) {
                let next = self.delimited(input, start, last, cells_cleared(cells), Stray::LineOnly);
                return (next, true);
            }
            let damaged = cells.damaged;
            let next = self.record(input, start, last, cells);
            cells.damaged = damaged;
            return (next, damaged);
        }
        if cells.quoted || cells.damaged {
            for stray in [
                Stray::StrictClose,
                Stray::LineOnly,
                Stray::DoubledCloses,
                Stray::Literal,
            ] {
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
            let next = self.record(input, start, last, cells);
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
            Stray::Text | Stray::StrictClose | Stray::Literal => {
                input.len().min(open.saturating_add(LONGEST_CELL))
            }
        };
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
                return match stray {
                    Stray::Text | Stray::StrictClose if !last && end_of_line == input.len() => {
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

    fn drawn(&self, input: &[u8], start: usize, last: bool, cells: &mut Cells) -> Next {
        let plain = Dialect {
            layout: Layout::Plain,
            ..self.clone()
        };
        let next = plain.delimited(input, start, last, cells, Stray::Text);
        cells.trim(input);
        let count = cells.len();
        let is_rule = cells
            .texts(input)
            .all(|text| text.bytes().all(|byte| b"-+=: |".contains(&byte)))
            && cells.texts(input).any(|text| text.contains(['-', '=']));
        if is_rule {
            cells.keep_only(0..0);
        } else if count > 1 {
            let first = usize::from(cells.get(input, 0).is_empty());
            let end = count - usize::from(cells.get(input, count - 1).is_empty());
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

    fn wrapped(&self, input: &[u8], start: usize, last: bool, cells: &mut Cells) -> Next {
        let outer = Dialect {
            delimiter: Vec::new(),
            layout: Layout::Plain,
            ..self.clone()
        };
        let next = outer.delimited(input, start, last, cells, Stray::Text);
        if next == Next::Incomplete {
            return next;
        }
        let line = cells.get(input, 0).as_bytes().to_vec();
        let inner = Dialect {
            layout: Layout::Plain,
            ..self.clone()
        };
        let mut inside = Cells::default();
        inner.delimited(&line, 0, true, &mut inside, Stray::Text);
        cells.clear();
        for text in inside.texts(&line) {
            let from = cells.scratch.len();
            cells.scratch.extend_from_slice(text.as_bytes());
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
mod tests {
    use super::*;

    fn all(dialect: &Dialect, text: &str, width: usize) -> Vec<Vec<String>> {
        let (mut cells, mut at, mut rows) = (Cells::default(), 0, Vec::new());
        while at < text.len() {
            let (next, _) = dialect.repaired(text.as_bytes(), at, true, width, &mut cells);
            rows.push(cells.texts(text.as_bytes()).map(str::to_owned).collect());
            let Next::At(next) = next else {
                panic!("the whole text is there")
            };
            assert!(next > at, "the reader must move on");
            at = next;
        }
        rows
    }

    fn with(delimiter: &str) -> Dialect {
        Dialect {
            delimiter: delimiter.as_bytes().to_vec(),
            ..Dialect::standard()
        }
    }

    #[test]
    fn quotes_line_ends_and_blanks_are_read_as_a_person_reads_them() {
        let cases: &[(&str, &str, &[&[&str]])] = &[
            (",", "a,b\r\nc,d", &[&["a", "b"], &["c", "d"]]),
            (",", "a,\"b\r\nc\",d\n", &[&["a", "b\r\nc", "d"]]),
            (",", "\"a \"\"x\"\"\",b\rc,d\n", &[&["a \"x\"", "b"], &["c", "d"]]),
            (",", "\"\",\"\"\"\"\n", &[&["", "\""]]),
            (",", "a, \"b, c\" ,d\n", &[&["a", "b, c", "d"]]),
            (
                ";",
                "5\" Rohr;\"6\" Rohr\";x\n",
                &[&["5\" Rohr", "6\" Rohr", "x"]],
            ),
            (";", "a;b\r\r\nc;d\n", &[&["a", "b"], &["c", "d"]]),
            ("||", "a||b|c||d\n", &[&["a", "b|c", "d"]]),
            (", ", "1,5, 2, x\n", &[&["1,5", "2", "x"]]),
            ("", "a,b\nc\n", &[&["a,b"], &["c"]]),
            (",", "\n", &[&[""]]),
            (",", ",\n", &[&["", ""]]),
        ];
        for (delimiter, text, expected) in cases {
            assert_eq!(&all(&with(delimiter), text, 0), expected, "{text:?}");
        }
    }

    #[test]
    fn a_damaged_quote_harms_its_own_row_only() {
        let cases: &[(&str, &[&[&str]])] = &[
            // Opened and never closed.
            ("a,\"b,c\nd,e,f\n", &[&["a", "\"b", "c"], &["d", "e", "f"]]),
            // Doubled at the end.
            (
                "\"a\"\",\"b\",\"c\"\n\"d\",\"e\",\"f\"\n",
                &[&["a\"", "b", "c"], &["d", "e", "f"]],
            ),
            // A delimiter after a quote inside the text.
            (
                "\"a\",\"he said \"yes\", then left\",\"c\"\n\"d\",\"e\",\"f\"\n",
                &[&["a", "he said \"yes\", then left", "c"], &["d", "e", "f"]],
            ),
            // A whole note over two lines stays one cell.
            (
                "\"a\",\"one\ntwo\",c\nd,e,f\n",
                &[&["a", "one\ntwo", "c"], &["d", "e", "f"]],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(&all(&with(","), text, 3), expected, "{text:?}");
        }
    }

    #[test]
    fn backslash_escapes_are_resolved() {
        let dialect = Dialect {
            escape: Some(b'\\'),
            ..Dialect::standard()
        };
        assert_eq!(
            all(&dialect, "\"a \\\"x\\\" \\\\ \\n\",b\n", 2),
            [["a \"x\" \\ \\n", "b"]]
        );
        let without_quotes = Dialect {
            quote: None,
            ..dialect
        };
        assert_eq!(all(&without_quotes, "a\\,b,c\n", 2), [["a,b", "c"]]);
    }

    #[test]
    fn drawn_and_fixed_tables_lose_their_dressing() {
        let drawn = Dialect {
            layout: Layout::Drawn,
            ..with("|")
        };
        assert_eq!(
            all(&drawn, "+---+---+\n| a | b |\n|---|:-:|\n|   | d |\n", 2),
            [vec![], vec!["a", "b"], vec![], vec!["", "d"]]
        );
        let fixed = Dialect {
            layout: Layout::Fixed(vec![0, 6, 10]),
            ..with("")
        };
        assert_eq!(
            all(&fixed, "Bäcker 1  x y\nab\n", 3),
            [["Bäcker", "1", "x y"], ["ab", "", ""]]
        );
    }

    #[test]
    fn a_record_cut_by_the_buffer_is_asked_for_again() {
        let mut cells = Cells::default();
        for cut in ["a,b", "a,\"b", "a,\"b\"", "a,b\r", "a,\"b\nc"] {
            assert_eq!(
                Dialect::standard().record(cut.as_bytes(), 0, false, &mut cells),
                Next::Incomplete,
                "{cut:?}"
            );
        }
    }
}
