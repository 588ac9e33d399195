//! Parts of a mail made readable: a text, and how it is laid out.
//!
//! The text of a sheet is what the offsets of provenances refer to:
//!
//! - plain text: the decoded part with line ends as `\n`, otherwise untouched;
//! - HTML: what a browser would show, see [`html`];
//! - headers: the decoded, unfolded value;
//! - attachments: the decoded part with line ends as `\n`; for workbooks the cells of each sheet, separated by tabs.

pub(crate) mod html;
pub(crate) mod plain;
pub(crate) mod quoting;

/// A stretch of a text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Span { start, end }
    }

    pub(crate) fn of<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start..self.end]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start >= self.end
    }

    /// Without the blanks at both ends.
    pub(crate) fn trimmed(self, text: &str) -> Span {
        let inside = self.of(text);
        let start = self.start + (inside.len() - inside.trim_start().len());
        Span::new(start, start + inside.trim().len())
    }

    /// The part of this span that starts and ends at the given bytes of it.
    pub(crate) fn part(&self, start: usize, end: usize) -> Span {
        Span::new(self.start + start, self.start + end)
    }

    /// The span of `inner`, which must be a slice of this span's text.
    pub(crate) fn locate(&self, text: &str, inner: &str) -> Span {
        let start = inner.as_ptr() as usize - self.of(text).as_ptr() as usize;
        self.part(start, start + inner.len())
    }

    pub(crate) fn contains(&self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A readable part.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    /// The section number.
    pub(crate) part: String,
    pub(crate) text: String,
    /// In the order of the text.
    pub(crate) blocks: Vec<Block>,
    /// Where each element of an HTML part shows, for CSS selectors.
    pub(crate) elements: Option<html::Elements>,
}

/// A piece of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Line(Line),
    Table(Table),
}

/// A line of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// Without quote marks and without blanks at its ends; empty for a blank line.
    pub(crate) span: Span,
    /// Blanks before it.
    pub(crate) indent: usize,
    /// How often it is quoted.
    pub(crate) quoted: u8,
    /// How much of its beginning is bold or a heading, in bytes.
    pub(crate) strong: usize,
    /// True where the sender's program broke the line and it goes on with the next one.
    pub(crate) goes_on: bool,
}

/// Rows of cells that belong to a table (or to a definition list).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) rows: Vec<Vec<Cell>>,
    pub(crate) quoted: u8,
}

/// A cell of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Without blanks at its ends; may run over several lines.
    pub(crate) span: Span,
    /// A header cell, or all of it bold.
    pub(crate) strong: bool,
}
