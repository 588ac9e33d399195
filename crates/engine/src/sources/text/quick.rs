//! Reads the records that need no thought: as many cells as the table has, each plain or properly enclosed, nothing
//! escaped. Almost all records of almost all files are of this kind, and this is what makes a million of them quick.
//!
//! Whatever is not of this kind is left to the careful reading of [`super::record`]; what is taken here is read there
//! in exactly the same way, which a test asserts.

use super::{
    mending::Mender,
    record::{Dialect, Layout, LineEnd},
};

/// What plain records of a file look like.
#[derive(Debug)]
pub(super) struct QuickReader {
    delimiter: u8,
    /// What encloses cells; the delimiter once more where nothing does.
    quote: u8,
    line_end: LineEnd,
    /// Cells that a record must have.
    width: usize,
    /// A quote with which the first two cells must not begin: the record might use it for all of them.
    doubtful: Option<u8>,
}

/// Bytes that are looked at at a time.
const STEP: usize = 8;

impl QuickReader {
    /// A reader of records with `width` cells; `None` where every record needs the careful reading.
    pub(super) fn new(dialect: &Dialect, width: usize, mender: &Mender) -> Option<Self> {
        let &[delimiter] = dialect.delimiter.as_slice() else {
            return None;
        };
        let plain = dialect.layout == Layout::Plain
            && dialect.escape.is_none()
            && width >= 2
            && !matches!(delimiter, b' ' | b'\n' | b'\r');
        plain.then_some(QuickReader {
            delimiter,
            quote: dialect.quote.unwrap_or(delimiter),
            line_end: dialect.line_end,
            width,
            doubtful: mender.doubtful_quote(),
        })
    }

    /// Reads the record at `start` into `cells`, as beginning and end of each, and returns where the next one begins.
    /// `None` when it needs the careful reading.
    pub(super) fn record(
        &self,
        input: &[u8],
        start: usize,
        cells: &mut Vec<(usize, usize)>,
    ) -> Option<usize> {
        cells.clear();
        let mut from = start;
        let mut filled = false;
        let mut base = start;
        'words: loop {
            let word = input.get(base..base + STEP)?;
            let mut found = self.marks(u64::from_le_bytes(word.try_into().ok()?));
            while found != 0 {
                let at = base + (found.trailing_zeros() / 8) as usize;
                found &= found - 1;
                let byte = input[at];
                if byte == self.delimiter {
                    filled |= self.is_plain(input, from, at)?;
                    cells.push((from, at));
                    from = at + 1;
                    if cells.len() >= self.width {
                        return None;
                    }
                } else if byte == self.quote {
                    if at != from {
                        continue;
                    }
                    let close = at + 1 + memchr::memchr(self.quote, &input[at + 1..])?;
                    filled |= self.is_plain(input, at + 1, close)?;
                    cells.push((at + 1, close));
                    if *input.get(close + 1)? != self.delimiter {
                        let next = self.line_end_at(input, close + 1)?;
                        return self.complete(input, cells, filled, next);
                    }
                    if cells.len() >= self.width {
                        return None;
                    }
                    from = close + 2;
                    base = from;
                    continue 'words;
                } else {
                    let next = self.line_end_at(input, at)?;
                    filled |= self.is_plain(input, from, at)?;
                    cells.push((from, at));
                    return self.complete(input, cells, filled, next);
                }
            }
            base += STEP;
        }
    }

    /// A bit in each byte of `word` that is a delimiter, a quote or part of a line end.
    fn marks(&self, word: u64) -> u64 {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
        // The high bit of each byte of `word` that is not `byte`; exact, without carries between bytes.
        let differs = |byte: u8| {
            let other = word ^ (u64::from(byte) * ONES);
            ((other & LOW) + LOW) | other
        };
        !(differs(self.delimiter) & differs(self.quote) & differs(b'\n') & differs(b'\r')) & !LOW
    }

    /// Whether the cell has something in it; `None` for what wants a second look: leading blanks, `="001"`, signs that
    /// may be blank.
    fn is_plain(&self, input: &[u8], from: usize, to: usize) -> Option<bool> {
        if from == to {
            return Some(false);
        }
        let first = input[from];
        if first == b'=' || first <= b' ' || first == 0x7f {
            return None;
        }
        // Letters beyond ASCII may be white space, too, and count for nothing.
        Some(first.is_ascii_graphic())
    }

    /// Where the next record begins, if a line end of the usual kind stands at `at`.
    fn line_end_at(&self, input: &[u8], at: usize) -> Option<usize> {
        match (input.get(at)?, self.line_end) {
            (b'\n', LineEnd::Any | LineEnd::LineFeed) => Some(at + 1),
            (b'\r', _) => (*input.get(at + 1)? == b'\n').then_some(at + 2),
            _ => None,
        }
    }

    fn complete(&self, input: &[u8], cells: &[(usize, usize)], filled: bool, next: usize) -> Option<usize> {
        let opens = |index: usize| {
            let (from, to) = cells[index];
            from < to && Some(input[from]) == self.doubtful
        };
        (filled && cells.len() == self.width && !(self.doubtful.is_some() && (opens(0) || opens(1))))
            .then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sources::{
        settings::ReadSettings,
        text::{
            dialect,
            record::{Cells, Next},
        },
    };

    /// Pieces of which records are made, the damaged ones included.
    const PIECES: [&str; 18] = [
        "a", "Müller", "ä", ";", ";", ";", "\n", "\r\n", "\r", "\"", "\"\"", "\"x;y\"", "'", " ", "=", "\0",
        "\u{a0}", "12",
    ];

    proptest! {
        #[test]
        fn what_is_read_quickly_is_read_carefully_in_the_same_way(
            pieces in proptest::collection::vec(0..PIECES.len(), 1..60),
            line_end in 0..3usize,
            quoted in any::<bool>(),
        ) {
            let body: String = pieces.iter().map(|&piece| PIECES[piece]).collect();
            let text = format!("{body};end of the text;x;y\n");
            let mut guess = dialect::detect("a;b;c\n1;2;3\n", true, &ReadSettings::default());
            guess.dialect.line_end = [LineEnd::Any, LineEnd::LineFeed, LineEnd::CrLf][line_end];
            guess.dialect.quote = quoted.then_some(b'"');
            let mender = Mender::new(&guess);
            let quick = QuickReader::new(&guess.dialect, guess.width, &mender).expect("it is a plain dialect");
            let (mut spans, mut cells) = (Vec::new(), Cells::default());
            for start in (0..text.len()).filter(|&start| text.is_char_boundary(start)) {
                let Some(next) = quick.record(text.as_bytes(), start, &mut spans) else { continue };
                let (careful, mended) = guess.dialect.repaired(&text, start, true, guess.width, &mut cells);
                prop_assert_eq!((careful, mended), (Next::At(next), false));
                prop_assert!(!mender.doubts(&text, &cells));
                let seen: Vec<&str> = spans.iter().map(|&(from, to)| &text[from..to]).collect();
                prop_assert_eq!(seen, cells.texts(&text).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn plain_and_enclosed_cells_are_read_quickly() {
        let guess = dialect::detect("a;b;c\n1;2;3\n", true, &ReadSettings::default());
        let quick = QuickReader::new(&guess.dialect, 3, &Mender::new(&guess)).expect("it is a plain dialect");
        let mut spans = Vec::new();
        for (record, quickly) in [
            ("Köln;\"a;\nb\";\n", true),
            (";\"\";c\r\n", true),
            ("a;b\n", false),
            ("a;b;c;d\n", false),
            ("a;\"b \"\"c\"\"\";d\n", false),
            ("a;=\"01\";c\n", false),
            (";;\n", false),
        ] {
            let text = format!("{record}the next record;;\n");
            let next = quick.record(text.as_bytes(), 0, &mut spans);
            assert_eq!(next, quickly.then_some(record.len()), "{record:?}");
        }
    }
}
