//! Proves of parts of a file that their rows can be kept as they stand, see [`super::plain`].

use std::borrow::Cow;
use std::ops::Range;

use lotse_core::table::{Cell, RowBlock};
use memchr::{memchr, memmem};

use super::{
    mending::Mender,
    plain::{Form, PlainRows, between, chunk_at},
    record::{Dialect, Layout, LineEnd},
    signs::{Alphabet, WIDTH},
};
use crate::sources::probe::RowProbe;

/// Finds out whether parts of a file are plain.
pub(super) struct PlainReader<'a> {
    form: Form,
    alphabet: Alphabet,
    line_end: LineEnd,
    /// Cells that a record must have.
    cells: u32,
    /// Cells of a record with something in them, at least.
    filled: u32,
    /// Cells of a row.
    width: usize,
    probe: &'a RowProbe,
}

/// What is carried from 64 bytes of a text to the next, as bits.
struct Carried {
    /// The first byte begins a cell.
    begins: u64,
    /// All bits where the first byte is inside quotes.
    inside: u64,
    after_return: u64,
    after_opening: u64,
    after_closing: u64,
}

/// The record that is being looked at.
struct Looked {
    start: usize,
    delimiters: u32,
    blanks: u32,
    /// A cell begins with a quote that the file does not use.
    other_quote: bool,
}

/// The bits up to the lowest one of `bits`, that one included; all where there is none.
fn up_to_lowest(bits: u64) -> u64 {
    bits ^ bits.wrapping_sub(1)
}

impl<'a> PlainReader<'a> {
    /// A reader of records with `cells` cells for a table of `width` columns; `None` where nothing can be proven of them.
    pub(super) fn new(
        dialect: &Dialect,
        cells: usize,
        width: usize,
        mender: &Mender,
        probe: &'a RowProbe,
    ) -> Option<Self> {
        let &[delimiter] = dialect.delimiter.as_slice() else {
            return None;
        };
        let quote = dialect.quote.unwrap_or(delimiter);
        let plain = dialect.layout == Layout::Plain
            && dialect.escape.is_none()
            && (2..=width).contains(&cells)
            && (dialect.quote != Some(delimiter))
            && [delimiter, quote].iter().all(u8::is_ascii)
            && ![delimiter, quote]
                .iter()
                .any(|sign| matches!(sign, b' ' | b'\n' | b'\r' | 0));
        plain.then_some(PlainReader {
            form: Form { delimiter, quote },
            alphabet: Alphabet {
                delimiter,
                quote,
                other_quote: mender.doubtful_quote().unwrap_or(delimiter),
            },
            line_end: dialect.line_end,
            cells: u32::try_from(cells).ok()?,
            filled: u32::try_from(probe.scarce().max(1)).ok()?,
            width,
            probe,
        })
    }

    /// Takes the records that begin in `place` as they stand: how many there are, where the last one ends, and their
    /// rows, numbered from 1 on. `None` when one of them is not plain, or there is none.
    pub(super) fn part(&self, text: &str, place: Range<usize>) -> Option<(u32, usize, Vec<PlainRows>)> {
        let mut builder = Builder {
            reader: self,
            text,
            packed_to: place.start,
            before: 0,
            rows: 0,
            picked: RowBlock::new(self.width),
            blocks: Vec::new(),
        };
        let start = place.start;
        let (end, foreign) = self.prove(text, place, |record| builder.take(record))?;
        builder.pack(end);
        let bytes = &text.as_bytes()[start..end];
        let foreign =
            foreign && (memchr(0, bytes).is_some() || memmem::find(bytes, "\u{feff}".as_bytes()).is_some());
        let rows = builder.before;
        (rows > 0 && !foreign).then_some((rows, end, builder.blocks))
    }

    /// Hands the place of each record that begins in `place` to `each`, and returns where the last of them ends, and
    /// whether there may be signs in them that are no text; `None` when one of them is not plain.
    fn prove(
        &self,
        text: &str,
        place: Range<usize>,
        mut each: impl FnMut(Range<usize>),
    ) -> Option<(usize, bool)> {
        let bytes = text.as_bytes();
        let Range { start, end } = place;
        let quoted = if self.form.quote == self.form.delimiter {
            0
        } else {
            u64::MAX
        };
        let foreign_quote = if self.alphabet.other_quote == self.form.delimiter {
            0
        } else {
            u64::MAX
        };
        let mut carried = Carried {
            begins: 1,
            inside: 0,
            after_return: 0,
            after_opening: 0,
            after_closing: 0,
        };
        let mut record = Looked {
            start,
            delimiters: 0,
            blanks: 0,
            other_quote: false,
        };
        let mut foreign = false;
        let mut base = start;
        while base < bytes.len() {
            let (chunk, there) = chunk_at(bytes, base);
            let signs = self.alphabet.signs(&chunk);
            foreign |= signs.foreign;
            let quotes = signs.quote & quoted;
            let inside = between(quotes) ^ carried.inside;
            let opening = quotes & inside;
            let closing = quotes & !inside;
            let separators = signs.delimiter & !inside;
            let feeds = signs.line_feed & !inside;
            let returns = signs.carriage_return & !inside;
            let ends = separators | feeds | returns;
            let begins = ((separators | feeds) << 1) | carried.begins;
            let opened = opening & begins;
            let after_opening = (opened << 1) | carried.after_opening;
            let after_closing = (closing << 1) | carried.after_closing;
            let after_return = (returns << 1) | carried.after_return;
            // A quote opens where a cell begins, or is the second of two inside; it closes where a cell ends, or is the
            // first of two.
            let mut wrong = (opening & !(begins | after_closing)) | (after_closing & !(ends | opening));
            // Blanks and `=` that a cell begins with.
            wrong |= ((begins & !ends) | after_opening) & signs.doubtful;
            wrong |= after_return & !feeds;
            if self.line_end == LineEnd::CrLf {
                wrong |= feeds & !after_return;
            }
            wrong &= there;
            let mut blanks = (begins & ends) | (after_opening & closing);
            let mut delimiters = separators;
            record.other_quote |= (begins | after_opening) & signs.other_quote & foreign_quote != 0;
            let sound = if wrong == 0 {
                u64::MAX
            } else {
                up_to_lowest(wrong) >> 1
            };
            let mut rest = feeds & sound;
            while rest != 0 {
                let upto = up_to_lowest(rest);
                record.delimiters += (delimiters & upto).count_ones();
                record.blanks += (blanks & upto).count_ones();
                delimiters &= !upto;
                blanks &= !upto;
                let next = base + rest.trailing_zeros() as usize + 1;
                rest &= rest - 1;
                if record.delimiters + 1 != self.cells
                    || record.blanks + self.filled > self.cells
                    || !self.is_ordinary(&text[record.start..next], record.other_quote)
                {
                    return None;
                }
                each(record.start..next);
                if next >= end {
                    return Some((next, foreign));
                }
                record = Looked {
                    start: next,
                    delimiters: 0,
                    blanks: 0,
                    // It may be that of a record before, which costs a closer look.
                    other_quote: record.other_quote,
                };
            }
            if wrong != 0 {
                return None;
            }
            if feeds != 0 {
                record.other_quote = (begins | after_opening) & signs.other_quote & foreign_quote != 0;
            }
            record.delimiters += delimiters.count_ones();
            record.blanks += blanks.count_ones();
            carried = Carried {
                begins: (separators | feeds) >> (WIDTH - 1),
                inside: (inside.cast_signed() >> (WIDTH - 1)).cast_unsigned(),
                after_return: returns >> (WIDTH - 1),
                after_opening: opened >> (WIDTH - 1),
                after_closing: closing >> (WIDTH - 1),
            };
            base += WIDTH;
        }
        Some((record.start, foreign))
    }
}

impl PlainReader<'_> {
    /// True for a record that is no remark, sum or heading, and is not written with other quotes. Of its cells only the
    /// first are looked at.
    fn is_ordinary(&self, record: &str, other_quote: bool) -> bool {
        let bytes = record.as_bytes();
        let plainly =
            bytes[0].is_ascii_graphic() && bytes[0] != self.form.delimiter && bytes[0] != self.form.quote;
        if plainly && !other_quote && self.probe.needs_first_only() {
            // As a record with a delimiter the cell has an end.
            let end = memchr(self.form.delimiter, bytes).unwrap_or(0);
            let first = &record[..end];
            return !self.probe.heads_apart(first, |_| first);
        }
        let cells: Vec<Cow<'_, str>> = self.form.record(&mut &*record).collect();
        let opens = |cell: &Cow<'_, str>| cell.as_bytes().first() == Some(&self.alphabet.other_quote);
        // Letters beyond ASCII may be blanks, too.
        let filled = |cell: &&Cow<'_, str>| cell.as_bytes().first().is_some_and(u8::is_ascii_graphic);
        if (other_quote && cells.iter().take(2).any(opens)) || !cells.iter().any(|cell| filled(&cell)) {
            return false;
        }
        let first = cells.iter().find(|cell| !cell.is_empty()).map_or("", |cell| cell);
        !self
            .probe
            .heads_apart(first, |column| cells.get(column).map_or("", |cell| cell))
    }
}

/// Packs records as they are proven to be plain.
struct Builder<'r, 't> {
    reader: &'r PlainReader<'r>,
    text: &'t str,
    packed_to: usize,
    /// Rows that are packed.
    before: u32,
    /// Rows that are not.
    rows: u32,
    picked: RowBlock,
    blocks: Vec<PlainRows>,
}

impl Builder<'_, '_> {
    fn take(&mut self, record: Range<usize>) {
        self.rows += 1;
        let number = self.before + self.rows;
        if number.is_multiple_of(PlainRows::ONE_IN) {
            let mut rest = &self.text[record.clone()];
            let cells: Vec<Cow<'_, str>> = self.reader.form.record(&mut rest).collect();
            self.picked
                .push(number, cells.iter().map(|cell| Cell::text(cell)));
        }
        if self.rows as usize >= RowBlock::MAX_ROWS || record.end - self.packed_to >= RowBlock::MAX_TEXT {
            self.pack(record.end);
        }
    }

    /// Packs what was taken, up to `end`.
    fn pack(&mut self, end: usize) {
        if self.rows == 0 {
            return;
        }
        let width = self.reader.width;
        let picked = std::mem::replace(&mut self.picked, RowBlock::new(width));
        let text = &self.text[self.packed_to..end];
        let first = self.before + 1;
        let rows = PlainRows::of(self.reader.form, text, width, first, self.rows, picked);
        self.blocks.push(rows);
        self.before += self.rows;
        self.rows = 0;
        self.packed_to = end;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sources::{
        beside::Beside,
        inspection::DetectionReason,
        settings::{HeaderRows, ReadSettings},
        structure::{Profile, Structure},
        text::{
            dialect::{self, DialectGuess},
            record::{Cells, Next},
        },
    };

    fn table(names: [&str; 3]) -> Structure {
        Structure {
            header: HeaderRows { first: 1, count: 1 },
            certainty: 1.0,
            reason: DetectionReason::Usual,
            left: 0,
            names: names.map(str::to_owned).to_vec(),
            merged: Vec::new(),
            first_data: 2,
            before: Vec::new(),
            profile: Profile {
                filled: 3,
                shapes: Vec::new(),
            },
            beside: Beside::default(),
        }
    }

    fn guess(delimiter: char, line_end: LineEnd, quote: Option<u8>) -> DialectGuess {
        let text = "a;b;c\n1;2;3\n4;5;6\n".replace(';', &delimiter.to_string());
        let mut guess = dialect::detect(&text, true, &ReadSettings::default());
        assert_eq!(guess.dialect.delimiter, [delimiter as u8]);
        guess.dialect.line_end = line_end;
        guess.dialect.quote = quote;
        guess
    }

    /// Cells of all kinds, `;` standing for the delimiter.
    const CELLS: [&str; 34] = [
        "a",
        "Müller",
        "ä",
        "",
        "12",
        "\"x;y\"",
        "\"two\nlines\"",
        "\"two\r\nlines\"",
        "\"\"",
        "\"a \"\"b\"\" c\"",
        "\"\"\"b\"\"\"",
        "'",
        "'x'",
        " ",
        " x",
        "=1",
        "=\"01\"",
        "\"=1\"",
        "\" x\"",
        "\u{a0}",
        "\u{feff}x",
        "\0",
        "5\"",
        "\"a\" b",
        "\"a",
        "a\rb",
        "#",
        "# note",
        "Summe",
        "Kopf",
        "日本語の長いテキスト",
        "\u{7f}",
        "\t",
        "x;y",
    ];
    const ENDS: [&str; 6] = ["\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n"];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_is_kept_as_it_stands_is_read_carefully_in_the_same_way(
            records in proptest::collection::vec(
                (proptest::collection::vec((0..9usize, 0..CELLS.len()), 3), 0..30usize, 0..20usize), 1..60),
            line_end in 0..3usize,
            ending in 0..3usize,
            delimiter in 0..2usize,
            quoted in 0..4usize,
            heading in 0..3usize,
        ) {
            let delimiter = [';', '\t'][delimiter];
            let mut text = String::new();
            for (cells, odd_end, more) in &records {
                // Most cells and line ends are as usual.
                let cell = |&(usual, odd): &(usize, usize)| if usual > 0 { CELLS[usual] } else { CELLS[odd] };
                let mut cells: Vec<&str> = cells.iter().map(cell).collect();
                if *more == 0 {
                    cells.push("more");
                }
                text += &cells.join(";").replace(';', &delimiter.to_string());
                text += if *odd_end < ENDS.len() { ENDS[*odd_end] } else { ["\n", "\r\n", "\n"][ending] };
            }
            text += &"end;of;text\r\n".replace(';', &delimiter.to_string());
            let line_end = [LineEnd::Any, LineEnd::LineFeed, LineEnd::CrLf][line_end];
            let guess = guess(delimiter, line_end, (quoted > 0).then_some(b'"'));
            let mender = Mender::new(&guess);
            let structure = table([["Kopf", "b", "c"], ["", "b", "c"], ["a", "b", "c"]][heading]);
            let probe = RowProbe::new(&structure);
            let plain = PlainReader::new(&guess.dialect, 3, 4, &mender, &probe).expect("its form is plain");
            let mut starts: Vec<usize> = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1).collect();
            starts.insert(0, 0);
            let mut cells = Cells::default();
            for &start in starts.iter().filter(|&&start| start < text.len()) {
                for length in [1, 20, 200, text.len()] {
                    let place = start..(start + length).min(text.len());
                    let Some((rows, end, blocks)) = plain.part(&text, place.clone()) else { continue };
                    let mut at = start;
                    let mut seen = 0;
                    for block in &blocks {
                        let kept = block.cells();
                        let stored = PlainRows::cells_of_blob(&block.clone().into_blob());
                        prop_assert_eq!(stored.as_ref(), Some(&kept));
                        prop_assert_eq!(kept.width(), 4);
                        for row in kept.rows() {
                            seen += 1;
                            prop_assert_eq!(row.number(), seen);
                            prop_assert!(at < place.end, "a record that begins elsewhere");
                            let (careful, mended) = guess.dialect.repaired(&text, at, true, 3, &mut cells);
                            let Next::At(next) = careful else { panic!("{careful:?}") };
                            prop_assert!(!mended && !mender.doubts(&text, &cells));
                            let mut expected: Vec<&str> = cells.texts(&text).collect();
                            expected.push("");
                            prop_assert_eq!(row.cells().map(|cell| cell.text).collect::<Vec<_>>(), expected);
                            prop_assert!(!probe.is_odd(&row), "a row worth a second look: {:?}", row);
                            at = next;
                        }
                    }
                    prop_assert_eq!((seen, at), (rows, end));
                }
            }
        }
    }

    fn kept(text: &str) -> Option<(u32, usize, Vec<PlainRows>)> {
        let guess = guess(';', LineEnd::Any, Some(b'"'));
        let structure = table(["Kopf", "b", "c"]);
        let probe = RowProbe::new(&structure);
        let mender = Mender::new(&guess);
        let plain = PlainReader::new(&guess.dialect, 3, 3, &mender, &probe).expect("its form is plain");
        plain.part(text, 0..text.len())
    }

    #[test]
    fn usual_records_are_kept_as_they_stand() {
        for record in [
            "a;b;c\n",
            "a;b;c\r\n",
            "Köln;\"a;\nb\";\n",
            "\"a\";\"\";\"c\"\r\n",
            ";b;c\n",
            "a;\"b \"\"c\"\"\";d\n",
            "a;b;'c'\n",
            "ä;ö;c\n",
        ] {
            let text = record.repeat(100);
            let (rows, end, blocks) = kept(&text).expect(record);
            assert_eq!((rows, end), (100, text.len()), "{record:?}");
            assert_eq!(blocks.iter().map(PlainRows::len).sum::<usize>(), 100);
        }
    }

    #[test]
    fn records_that_want_a_look_are_not() {
        for record in [
            "\n",
            "a;b\n",
            "a;b;c;d\n",
            ";;c\n",
            "a; b;c\n",
            "a;=1;c\n",
            "a;b\"c;d\n",
            "a;\"b\" c;d\n",
            "a\rb;c;d\n",
            "'a;b;c\n",
            "#a;b;c\n",
            "Summe;1;2\n",
            "Kopf;b;c\n",
            "a\0;b;c\n",
            "a;b\u{feff};c\n",
            "ä;ö;ü\n",
        ] {
            let text = format!("{}{record}{}", "a;b;c\n".repeat(50), "a;b;c\n".repeat(50));
            assert!(kept(&text).is_none(), "{record:?}");
        }
    }

    #[test]
    fn a_part_ends_with_the_last_record_that_is_whole() {
        let text = "a;b;c\n".repeat(1000) + "a;\"b;";
        let (rows, end, _) = kept(&text).unwrap();
        assert_eq!((rows, end), (1000, 6000));
        assert!(kept("a;b;c").is_none(), "no record is whole");
    }

    #[test]
    fn blocks_hold_no_more_rows_than_others_and_some_of_each_are_picked() {
        let text = "a;b;c\n".repeat(RowBlock::MAX_ROWS * 2 + 5);
        let (rows, _, mut blocks) = kept(&text).unwrap();
        assert_eq!(rows as usize, RowBlock::MAX_ROWS * 2 + 5);
        let sizes: Vec<usize> = blocks.iter().map(PlainRows::len).collect();
        assert_eq!(sizes, [RowBlock::MAX_ROWS, RowBlock::MAX_ROWS, 5]);
        blocks[1].shift_numbers(10);
        let number = blocks[1].first_number();
        assert_eq!(number as usize, RowBlock::MAX_ROWS + 11);
        let cells = blocks[1].cells();
        assert_eq!(cells.row(0).number(), number);
        for row in blocks[1].picked().rows() {
            assert_eq!(
                cells.row((row.number() - number) as usize).cell(1).text,
                row.cell(1).text
            );
        }
        let some = RowBlock::MAX_ROWS / PlainRows::ONE_IN as usize;
        assert!((some..=some + 1).contains(&blocks[1].picked().len()));
    }

    #[test]
    fn damaged_bytes_are_refused_wherever_they_are() {
        let (_, _, blocks) = kept(&"Köln;\"a;\nb\";c\n".repeat(40)).unwrap();
        let rows = blocks[0].cells();
        let whole = blocks[0].clone().into_blob();
        assert!(PlainRows::is_blob(&whole));
        let mut refused = 0;
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0xff;
            // A flipped letter may go unnoticed; anything else must not panic or ask for the moon.
            refused += usize::from(PlainRows::cells_of_blob(&damaged).is_none());
            assert_ne!(
                PlainRows::cells_of_blob(&whole[..at]).as_ref(),
                Some(&rows),
                "cut at {at}"
            );
        }
        assert!(refused > 0);
    }
}
