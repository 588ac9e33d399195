//! Rows that are written in another way than all others: with another delimiter, another quote, or both.
//!
//! A row that does not have the cells of the table is read in each other usual way. One of them is taken when it gives
//! exactly the cells of the table and they look like its rows: every cell enclosed, values where the columns have
//! values, or, for the heading, words that head columns. A sentence with the right number of commas is no row.

use super::{
    dialect::DialectGuess,
    record::{Cells, Dialect, Layout, Next},
};
use crate::sources::{heading, notice::NoticeFact, shape::Shape};

/// The other ways in which a row of a file can be written.
#[derive(Debug, Default)]
pub(super) struct Mender {
    ways: Vec<Way>,
    usual: usize,
    shapes: Vec<Option<Shape>>,
    /// The quote that the table does not use.
    other_quote: Option<u8>,
}

#[derive(Debug)]
struct Way {
    dialect: Dialect,
    /// The same delimiter as the table, another quote.
    own_delimiter: bool,
    /// Blanks and colons are in every sentence.
    weak: bool,
}

/// A row that was read in another way.
pub(super) struct Mended {
    pub(super) end: usize,
    pub(super) fact: NoticeFact,
}

impl Mender {
    pub(super) fn new(guess: &DialectGuess) -> Self {
        let own = &guess.dialect;
        if own.layout != Layout::Plain || own.delimiter.is_empty() || guess.width < 2 {
            return Mender::default();
        }
        let other_quote = if own.quote == Some(b'\'') { b'"' } else { b'\'' };
        let mut ways = Vec::new();
        let with_blank = [own.delimiter.as_slice(), b" "].concat();
        for delimiter in [
            own.delimiter.as_slice(),
            &with_blank,
            b";",
            b",",
            b"\t",
            b"|",
            b":",
            b" ",
        ] {
            let own_delimiter = delimiter == own.delimiter;
            if own_delimiter != ways.is_empty() {
                continue;
            }
            for quote in [own.quote.unwrap_or(b'"'), other_quote] {
                if !(own_delimiter && own.quote == Some(quote)) {
                    ways.push(Way {
                        dialect: Dialect {
                            delimiter: delimiter.to_vec(),
                            quote: Some(quote),
                            ..own.clone()
                        },
                        own_delimiter,
                        weak: matches!(delimiter, b":" | b" "),
                    });
                }
            }
        }
        Mender {
            ways,
            usual: guess.width,
            shapes: guess.shapes.clone(),
            other_quote: (own.delimiter != [other_quote]).then_some(other_quote),
        }
    }

    /// True for rows worth reading in another way, asked of every row.
    pub(super) fn doubts(&self, text: &str, cells: &Cells) -> bool {
        if self.ways.is_empty() {
            return false;
        }
        let opens = |index| cells.get(text, index).as_bytes().first().copied() == self.other_quote;
        cells.len() != self.usual || (self.other_quote.is_some() && (opens(0) || opens(1)))
    }

    /// The quote with which the first cells of a row begin that is worth reading in another way.
    pub(super) fn doubtful_quote(&self) -> Option<u8> {
        self.other_quote.filter(|_| !self.ways.is_empty())
    }

    /// Cells for each way, to be used with one buffer.
    pub(super) fn fresh_cells(&self) -> Vec<Cells> {
        self.ways.iter().map(|_| Cells::default()).collect()
    }

    /// Reads the row at `place` anew, into one of `tried`, which takes the place of `cells` if it fits; `heads` while no
    /// row of the table has come yet.
    pub(super) fn reread(
        &self,
        text: &str,
        place: std::ops::Range<usize>,
        last: bool,
        heads: bool,
        cells: &mut Cells,
        tried: &mut [Cells],
    ) -> Option<Mended> {
        let fitted = cells.len() == self.usual;
        let line = text.as_bytes().get(place.clone()).unwrap_or_default();
        let base = cells;
        for (way, cells) in self.ways.iter().zip(tried) {
            if fitted && !way.own_delimiter {
                break;
            }
            // Most ways are out of the question at first sight.
            let delimiters = way.dialect.delimiter.first().map_or(0, |&byte| {
                memchr::memchr_iter(byte, line).take(self.usual).count()
            });
            if delimiters + 1 < self.usual {
                continue;
            }
            let Next::At(end) = way.dialect.record(text, place.start, last, cells) else {
                continue;
            };
            if cells.len() != self.usual || cells.damaged || (end > place.end && cells.enclosed == 0) {
                continue;
            }
            if self.fits(way, text, heads, fitted, cells) {
                cells.drop_leading_blanks(text.as_bytes());
                base.take_over(cells);
                let fact = if way.own_delimiter {
                    NoticeFact::DamagedQuote
                } else {
                    NoticeFact::OtherDelimiter
                };
                return Some(Mended { end, fact });
            }
        }
        None
    }

    fn fits(&self, way: &Way, text: &str, heads: bool, fitted: bool, cells: &Cells) -> bool {
        let all: Vec<&str> = cells.texts(text).collect();
        let filled = all.iter().filter(|cell| !cell.trim().is_empty()).count();
        if cells.enclosed >= 2 && cells.enclosed >= filled {
            return true;
        }
        let (mut alike, mut unlike) = (0usize, 0usize);
        for (shape, cell) in self.shapes.iter().zip(&all) {
            let here = Shape::of(cell).family();
            if let Some(shape) = shape.filter(|shape| shape.is_typed())
                && here != Shape::Blank
            {
                if here == shape {
                    alike += 1;
                } else {
                    unlike += 1;
                }
            }
        }
        if way.own_delimiter {
            // Only cells that are enclosed can tell: an apostrophe is in many a name.
            // A double quote seldom means anything else.
            let least = if fitted && way.dialect.quote != Some(b'"') {
                2
            } else {
                1
            };
            return cells.enclosed >= least
                && alike >= unlike
                && !all.iter().any(|cell| is_half_quoted(cell));
        }
        if alike > unlike && (alike >= 2 || !way.weak) {
            return true;
        }
        // Words only: the heading, or a row of a table of words.
        let tight = !all.iter().skip(1).any(|cell| cell.starts_with(' '));
        let worded = all.iter().all(|cell| {
            let words = cell.split_whitespace().count();
            words <= 4 && !(Shape::of(cell).is_typed())
        });
        let headed = heads && worded && filled == all.len();
        if headed && heading::heading_words_of(all.iter().copied()) >= 2 && !has_small_words(&all) {
            return true;
        }
        if alike + unlike > 0 && !headed {
            return false;
        }
        match (way.weak, way.dialect.delimiter.as_slice()) {
            (false, _) => tight && filled * 2 > all.len(),
            (true, b":") => tight && self.usual >= 4 && worded,
            _ => false,
        }
    }
}

fn is_half_quoted(cell: &str) -> bool {
    let cell = cell.trim();
    cell.starts_with('\'') != cell.ends_with('\'')
}

/// Words that make a sentence of a line of words.
fn has_small_words(cells: &[&str]) -> bool {
    const SMALL: [&str; 24] = [
        "und", "der", "die", "das", "des", "den", "vom", "von", "für", "im", "in", "mit", "aus", "zu", "of",
        "the", "and", "for", "to", "by", "from", "with", "et", "pour",
    ];
    cells
        .iter()
        .any(|cell| SMALL.contains(&cell.trim().to_lowercase().as_str()))
}
