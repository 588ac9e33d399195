//! The cells of a record: where they stand in the text, or how they were rewritten.

/// Where one cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// In the scratch buffer instead of the input.
    pub(super) rewritten: bool,
}

/// The cells of one record; kept and reused from record to record.
///
/// It also remembers from where on no quote closes a cell any more, so that a file full of stray quotes is not searched
/// to its end for each of them. One set of cells therefore belongs to one buffer.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// By way of reading ([`super::repair::Stray::searches`]): no cell that opens from here on is ever closed.
    pub(super) never_closed: [Option<usize>; 3],
    pub(super) spans: Vec<Span>,
    pub(super) scratch: Vec<u8>,
    /// A cell was enclosed in quotes.
    pub(crate) quoted: bool,
    /// How many cells were.
    pub(crate) enclosed: usize,
    /// A quote stood where none belongs, or was never closed.
    pub(crate) damaged: bool,
}

impl Cells {
    pub(super) fn clear(&mut self) {
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

    pub(super) fn push(&mut self, start: usize, end: usize) {
        self.spans.push(Span {
            start,
            end,
            rewritten: false,
        });
    }
}
