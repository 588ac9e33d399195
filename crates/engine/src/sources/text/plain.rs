//! Rows that are kept as they stand in the file: the text of whole records, of which is proven that they are plain.
//!
//! Plain is a record that has as many cells as the table, each without anything in it that a careful reader would think
//! twice about, and that is no remark, sum or heading. Almost all records of almost all files are. Nothing of them
//! has to be copied cell by cell when a file is taken in; they are cut when somebody wants to see the cells.
//!
//! What is proven here is read in the same way by [`super::record`], which a test asserts; whatever cannot be proven is
//! left to it. What a file holds after some part is never assumed: a part of it is plain as a whole, or read as before.

use std::borrow::Cow;

use lotse_core::table::{Cell, RowBlock};
use memchr::{memchr, memchr2};

use super::signs::{Alphabet, WIDTH};
use crate::packing;

/// How the records of a text are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) delimiter: u8,
    /// What encloses cells, doubled inside of them; the delimiter once more where nothing does.
    pub(super) quote: u8,
}

/// Consecutive rows of a table, kept as the text of their records.
#[derive(Clone, Debug)]
pub struct PlainRows {
    form: Form,
    /// Cells of each row: those of the record, and empty ones.
    width: usize,
    first: u32,
    rows: u32,
    /// The text, packed behind room for [`PlainRows::HEAD`] bytes.
    packed: Vec<u8>,
    picked: RowBlock,
}

impl PlainRows {
    /// Of so many rows of a text one is picked; not a number that things come in.
    pub(super) const ONE_IN: u32 = 199;
    /// Bytes before the packed text in what a project keeps.
    const HEAD: usize = 4 + 2 + 3 * 4;
    /// Begins what a project keeps; no length that the other form of a block begins with.
    const MARK: u32 = 0xffff_fff1;

    /// Rows of `width` cells that stand in `text`, numbered from `first` on. Whoever makes them has proven it.
    pub(super) fn of(form: Form, text: &str, width: usize, first: u32, rows: u32, picked: RowBlock) -> Self {
        let mut packed = vec![0; Self::HEAD];
        packing::pack_pieces(&mut packed, text.as_bytes());
        PlainRows {
            form,
            width,
            first,
            rows,
            packed,
            picked,
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows as usize
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Cells per row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of the first row as a person sees it; those of the others follow it.
    pub fn first_number(&self) -> u32 {
        self.first
    }

    /// Some of the rows, from all over the text.
    pub fn picked(&self) -> &RowBlock {
        &self.picked
    }

    pub(super) fn shift_numbers(&mut self, by: u32) {
        self.first += by;
        self.picked.shift_numbers(by);
    }

    /// All rows, cut into cells.
    pub fn cells(&self) -> RowBlock {
        cells_of(
            self.form,
            &self.packed[Self::HEAD..],
            self.width,
            self.first,
            self.rows,
        )
        .expect("what was proven to be plain and packed here can be cut")
    }

    /// What a project keeps of it.
    pub(crate) fn into_blob(mut self) -> Vec<u8> {
        let width = u32::try_from(self.width).unwrap_or(u32::MAX);
        let mut head = Vec::with_capacity(Self::HEAD);
        head.extend(Self::MARK.to_le_bytes());
        head.extend([self.form.delimiter, self.form.quote]);
        head.extend([width, self.first, self.rows].map(u32::to_le_bytes).concat());
        self.packed[..Self::HEAD].copy_from_slice(&head);
        self.packed
    }

    /// True where a project has kept rows in this way.
    pub(crate) fn is_blob(blob: &[u8]) -> bool {
        blob.starts_with(&Self::MARK.to_le_bytes())
    }

    /// The rows of what [`PlainRows::into_blob`] made; `None` for anything else.
    pub(crate) fn cells_of_blob(blob: &[u8]) -> Option<RowBlock> {
        let (head, packed) = blob.split_at_checked(Self::HEAD)?;
        let rest = head.strip_prefix(&Self::MARK.to_le_bytes())?;
        let (&[delimiter, quote], rest) = rest.split_first_chunk::<2>()?;
        let (numbers, _) = rest.as_chunks::<4>();
        let &[width, first, rows] = numbers else {
            return None;
        };
        let form = Form { delimiter, quote };
        let [width, first, rows] = [width, first, rows].map(u32::from_le_bytes);
        cells_of(form, packed, width as usize, first, rows)
    }
}

/// Cuts a packed text; `None` where it is none, or has not so many rows.
fn cells_of(form: Form, packed: &[u8], width: usize, first: u32, rows: u32) -> Option<RowBlock> {
    let plain = packing::unpack_pieces(packed)?;
    let text = simdutf8::basic::from_utf8(&plain).ok()?;
    // A row has a sign at least, and a table far fewer columns than its rows have signs: what claims more is damaged.
    let sound = form.delimiter.is_ascii() && form.quote.is_ascii() && rows as usize <= text.len();
    let cells = width.checked_mul(rows as usize)?;
    (sound && cells <= LARGEST).then(|| form.cut(text, width, first, rows))?
}

/// Cells that a text may be cut into at most.
const LARGEST: usize = 1 << 28;

impl Form {
    /// Cuts the first cell off `rest`, and says whether the record ends with it; `None` where the text ends before.
    fn cell<'t>(self, rest: &mut &'t str) -> Option<(Cow<'t, str>, bool)> {
        let text = *rest;
        let bytes = text.as_bytes();
        let (cell, after) = if self.quote != self.delimiter && *bytes.first()? == self.quote {
            let mut close = 1 + memchr(self.quote, &bytes[1..])?;
            let mut doubled = false;
            while bytes.get(close + 1) == Some(&self.quote) {
                doubled = true;
                close += 2 + memchr(self.quote, &bytes[close + 2..])?;
            }
            let inside = &text[1..close];
            let cell = if doubled {
                let quote = char::from(self.quote);
                Cow::Owned(inside.replace(&format!("{quote}{quote}"), &quote.to_string()))
            } else {
                Cow::Borrowed(inside)
            };
            (cell, close + 1)
        } else {
            let mut end = memchr2(self.delimiter, b'\n', bytes)?;
            if bytes[end] == b'\n' && end > 0 && bytes[end - 1] == b'\r' {
                end -= 1;
            }
            (Cow::Borrowed(&text[..end]), end)
        };
        let (ends, length) = match bytes.get(after)? {
            b'\n' => (true, 1),
            b'\r' if bytes.get(after + 1) == Some(&b'\n') => (true, 2),
            byte if *byte == self.delimiter => (false, 1),
            _ => return None,
        };
        *rest = text.get(after + length..)?;
        Some((cell, ends))
    }

    /// The cells of the record that `rest` begins with, as far as there are any.
    pub(super) fn record<'r, 't>(
        self,
        rest: &'r mut &'t str,
    ) -> impl Iterator<Item = Cow<'t, str>> + use<'r, 't> {
        let mut ended = false;
        std::iter::from_fn(move || {
            if ended {
                return None;
            }
            let (cell, ends) = self.cell(rest)?;
            ended = ends;
            Some(cell)
        })
    }

    /// Cuts a text of so many rows; `None` where it is another text.
    fn cut(self, text: &str, width: usize, first: u32, rows: u32) -> Option<RowBlock> {
        let mut block = RowBlock::new(width);
        block.reserve(rows as usize, text.len());
        let encloses = self.quote != self.delimiter;
        let alphabet = Alphabet {
            delimiter: self.delimiter,
            quote: self.quote,
            other_quote: self.delimiter,
        };
        let bytes = text.as_bytes();
        let mut cells: Vec<(usize, usize)> = Vec::with_capacity(width);
        let (mut record, mut cell) = (0, 0);
        let mut inside = 0;
        // A quote stands somewhere in the record, or shortly before.
        let mut quoted = false;
        let mut seen = 0;
        for base in (0..bytes.len()).step_by(WIDTH) {
            let signs = alphabet.signs(&chunk_at(bytes, base).0);
            let quotes = if encloses { signs.quote } else { 0 };
            let enclosed = between(quotes) ^ inside;
            inside = (enclosed.cast_signed() >> (WIDTH - 1)).cast_unsigned();
            quoted |= quotes != 0;
            let mut ends = (signs.delimiter | signs.line_feed) & !enclosed;
            while ends != 0 {
                let bit = ends.trailing_zeros();
                ends &= ends - 1;
                let at = base + bit as usize;
                if (signs.line_feed >> bit) & 1 == 0 {
                    cells.push((cell, at));
                    cell = at + 1;
                    continue;
                }
                let returns = at > cell && bytes[at - 1] == b'\r';
                cells.push((cell, at - usize::from(returns)));
                cell = at + 1;
                if seen == rows {
                    return None;
                }
                let number = first.checked_add(seen)?;
                seen += 1;
                if quoted && self.undress(bytes, &mut cells)? {
                    let cells: Vec<Cow<'_, str>> = self.record(&mut &text[record..]).collect();
                    block.push(number, cells.iter().map(|cell| Cell::text(cell)));
                } else {
                    block.push_texts(number, text, &cells);
                }
                quoted = quotes != 0;
                cells.clear();
                record = cell;
            }
        }
        (seen == rows && record == bytes.len()).then_some(block)
    }

    /// Takes the quotes off enclosed cells, and says whether there are doubled ones inside.
    fn undress(self, bytes: &[u8], cells: &mut [(usize, usize)]) -> Option<bool> {
        let mut doubled = false;
        for (from, to) in cells {
            if from < to && bytes[*from] == self.quote {
                if *to < *from + 2 || bytes[*to - 1] != self.quote {
                    return None;
                }
                *from += 1;
                *to -= 1;
                doubled |= memchr(self.quote, &bytes[*from..*to]).is_some();
            }
        }
        Some(doubled)
    }
}

/// The bytes from `base` on, filled up with letters where there are too few of them; and a bit for each that is there.
pub(super) fn chunk_at(bytes: &[u8], base: usize) -> (Cow<'_, [u8; WIDTH]>, u64) {
    match bytes[base..].first_chunk() {
        Some(chunk) => (Cow::Borrowed(chunk), u64::MAX),
        None => {
            let rest = &bytes[base..];
            let mut chunk = [b'a'; WIDTH];
            chunk[..rest.len()].copy_from_slice(rest);
            (Cow::Owned(chunk), (1 << rest.len()) - 1)
        }
    }
}

/// The bits from each first quote on up to the next one, that one not included: what is enclosed.
pub(super) fn between(quotes: u64) -> u64 {
    let mut inside = quotes;
    if quotes != 0 {
        for shift in [1, 2, 4, 8, 16, 32] {
            inside ^= inside << shift;
        }
    }
    inside
}
