//! Cuts delimited text into records and cells, one record at a time, over a buffer of valid UTF-8.
//!
//! This is a pure state machine: it knows no file, no character set and no table. It is tolerant in the way a person
//! is: a quote opens a cell only where a cell begins, and closes it only where a cell can end; every other quote is
//! text. [`Dialect::repaired`] goes further where the number of cells says that a quote or a line end is damaged.

use memchr::{memchr, memchr2, memchr3};

pub(crate) use super::cells::Cells;
use super::{cells::Span, repair::Stray};

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

/// What came after a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The next record begins at this place of the buffer.
    At(usize),
    /// The buffer ended inside the record, and more of the file may follow.
    Incomplete,
}

/// How far a quoted cell may reach before its opening quote is taken for text, in bytes.
pub(super) const LONGEST_CELL: usize = 64 << 20;
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

    pub(super) fn delimited(
        &self,
        input: &[u8],
        start: usize,
        last: bool,
        cells: &mut Cells,
        stray: Stray,
    ) -> Next {
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
