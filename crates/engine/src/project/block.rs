//! How many rows at once are laid down in a blob: the untouched cells of a [`RowBlock`], and columns of texts.
//!
//! Both are LZ4 frames of plain arrays. A decoder never trusts a length it reads: damaged bytes give `None`, not a
//! panic and not a gigabyte.

use lotse_core::table::{CellKind, RowBlock};

use crate::packing::{pack as compress, unpack as decompress};
use crate::sources::PlainRows;

/// Packs the untouched cells of a block.
pub(super) fn pack_rows(block: &RowBlock) -> Vec<u8> {
    let (width, numbers, kinds, ends, text) = block.parts();
    let mut plain = Vec::with_capacity(16 + numbers.len() * 4 + kinds.len() * 3 + text.len());
    put(&mut plain, width);
    put(&mut plain, numbers.len());
    let mut previous = 0_u32;
    for &number in numbers {
        put_varint(&mut plain, number.wrapping_sub(previous));
        previous = number;
    }
    plain.extend(kinds.iter().map(|&kind| kind as u8));
    let mut start = 0;
    for &end in ends {
        put_varint(&mut plain, end - start);
        start = end;
    }
    plain.extend_from_slice(text.as_bytes());
    compress(&plain)
}

/// Unpacks what [`pack_rows`] wrote, or rows that were kept as they stand in their file; `None` for anything else.
pub(super) fn unpack_rows(packed: &[u8]) -> Option<RowBlock> {
    if PlainRows::is_blob(packed) {
        return PlainRows::cells_of_blob(packed);
    }
    let plain = decompress(packed)?;
    let mut rest = plain.as_slice();
    let width = take(&mut rest)?;
    let rows = take(&mut rest)?;
    let cells = width
        .checked_mul(rows)
        .filter(|&cells| cells <= rest.len() || width == 0)?;
    let mut numbers = Vec::with_capacity(rows.min(rest.len()));
    let mut number = 0_u32;
    for _ in 0..rows {
        number = number.wrapping_add(take_varint(&mut rest)?);
        numbers.push(number);
    }
    let (kinds, after) = rest.split_at_checked(cells)?;
    rest = after;
    let kinds: Option<Vec<CellKind>> = kinds.iter().map(|&byte| CellKind::from_byte(byte)).collect();
    let mut ends = Vec::with_capacity(cells);
    let mut end = 0_u32;
    for _ in 0..cells {
        end = end.checked_add(take_varint(&mut rest)?)?;
        ends.push(end);
    }
    let text = String::from_utf8(rest.to_vec()).ok()?;
    RowBlock::from_parts(width, numbers, kinds?, ends, text)
}

/// A column of texts, one for each row of a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TextColumn {
    ends: Vec<u32>,
    text: String,
}

impl TextColumn {
    /// Appends a text. Texts past 4 GiB in all are cut off; a block holds some megabytes.
    pub(super) fn push(&mut self, text: &str) {
        if let Ok(end) = u32::try_from(self.text.len() + text.len()) {
            self.text.push_str(text);
            self.ends.push(end);
        } else {
            self.ends.push(self.ends.last().copied().unwrap_or(0));
        }
    }

    /// The text at `index`; empty past the end.
    pub(super) fn get(&self, index: usize) -> &str {
        let Some(&end) = self.ends.get(index) else {
            return "";
        };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start as usize..end as usize]
    }

    /// Number of texts.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * 4
    }

    /// All texts in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// The column with other texts in some places, given in ascending order; `None` where they say the same already.
    pub(super) fn with(&self, places: &[usize], texts: &TextColumn) -> Option<TextColumn> {
        let mut news = places.iter().zip(texts.iter());
        if news.all(|(&at, text)| self.get(at) == text) {
            return None;
        }
        let mut changed = TextColumn {
            ends: Vec::with_capacity(self.ends.len()),
            text: String::with_capacity(self.text.len() + texts.text.len()),
        };
        let mut news = places.iter().zip(texts.iter()).peekable();
        for (at, text) in self.iter().enumerate() {
            let new = news.next_if(|(place, _)| **place == at);
            changed.push(new.map_or(text, |(_, text)| text));
        }
        Some(changed)
    }

    /// Packs the columns of one blob together.
    pub(super) fn pack_all(columns: &[&TextColumn]) -> Vec<u8> {
        let mut plain = Vec::new();
        put(&mut plain, columns.len());
        for column in columns {
            put(&mut plain, column.ends.len());
            put(&mut plain, column.text.len());
            let mut start = 0;
            for &end in &column.ends {
                put_varint(&mut plain, end - start);
                start = end;
            }
            plain.extend_from_slice(column.text.as_bytes());
        }
        compress(&plain)
    }

    /// Hands every column that [`TextColumn::pack_all`] wrote into `plain` to `each`, as it lies there; `None` for
    /// anything else.
    pub(super) fn look_at_all(plain: &[u8], mut each: impl FnMut(RawColumn<'_>)) -> Option<()> {
        let mut rest = plain;
        let count = take(&mut rest)?;
        for _ in 0..count {
            let rows = take(&mut rest)?;
            let length = take(&mut rest)?;
            // Most texts are short: then each length is one byte.
            let short = rest
                .get(..rows)
                .is_some_and(|bytes| bytes.iter().all(|&byte| byte < 0x80));
            let lengths = if short {
                rows
            } else {
                let mut after = rest;
                for _ in 0..rows {
                    take_varint(&mut after)?;
                }
                rest.len() - after.len()
            };
            let (lengths, after) = rest.split_at_checked(lengths)?;
            let (text, after) = after.split_at_checked(length)?;
            rest = after;
            each(RawColumn { lengths, short, text });
        }
        rest.is_empty().then_some(())
    }

    /// Of what [`TextColumn::pack_all`] wrote only the texts at these places, in their order; `None` for anything else.
    pub(super) fn unpack_some(packed: &[u8], places: &[usize]) -> Option<Vec<TextColumn>> {
        let plain = decompress(packed)?;
        let mut columns = Some(Vec::new());
        Self::look_at_all(&plain, |raw| {
            let picked = raw.pick(places);
            columns = columns.take().zip(picked).map(|(mut columns, picked)| {
                columns.push(picked);
                columns
            });
        })?;
        columns
    }

    /// Unpacks what [`TextColumn::pack_all`] wrote; `None` for anything else.
    pub(super) fn unpack_all(packed: &[u8]) -> Option<Vec<TextColumn>> {
        let plain = decompress(packed)?;
        let mut rest = plain.as_slice();
        let count = take(&mut rest)?;
        let mut columns = Vec::new();
        for _ in 0..count {
            let rows = take(&mut rest)?;
            let length = take(&mut rest)?;
            let mut ends = Vec::with_capacity(rows.min(rest.len()));
            let mut end = 0_u32;
            for _ in 0..rows {
                end = end.checked_add(take_varint(&mut rest)?)?;
                ends.push(end);
            }
            let (text, after) = rest.split_at_checked(length)?;
            rest = after;
            let text = String::from_utf8(text.to_vec()).ok()?;
            let fits = ends.last().is_none_or(|&end| end as usize == text.len())
                && ends.iter().all(|&end| text.is_char_boundary(end as usize));
            if !fits {
                return None;
            }
            columns.push(TextColumn { ends, text });
        }
        rest.is_empty().then_some(columns)
    }
}

/// A column as it lies in a blob: to be looked through without being made one.
pub(super) struct RawColumn<'b> {
    lengths: &'b [u8],
    /// Every length is one byte.
    short: bool,
    /// All texts one after the other.
    pub(super) text: &'b [u8],
}

impl RawColumn<'_> {
    /// The end of each text, as far as they can be told.
    pub(super) fn ends(&self) -> Vec<usize> {
        let mut rest = self.lengths;
        let mut ends = Vec::new();
        let mut end = 0_usize;
        while let Some(length) = take_varint(&mut rest) {
            end = end.saturating_add(length as usize);
            ends.push(end);
        }
        ends
    }

    /// The texts at these places; empty ones past the end.
    fn pick(&self, places: &[usize]) -> Option<TextColumn> {
        /// From so many on it is quicker to work out where all texts end.
        const MANY: usize = 8;
        let ends = if self.short && places.len() < MANY {
            Vec::new()
        } else {
            self.ends()
        };
        let end_before = |place: usize| match place.checked_sub(1) {
            None => 0,
            Some(_) if ends.is_empty() => {
                let lengths = self.lengths.iter().take(place);
                lengths.map(|&length| usize::from(length)).sum()
            }
            Some(last) => ends.get(last).copied().unwrap_or(self.text.len()),
        };
        let mut picked = TextColumn::default();
        for &place in places {
            let text = self.text.get(end_before(place)..end_before(place + 1))?;
            picked.push(std::str::from_utf8(text).ok()?);
        }
        Some(picked)
    }
}

fn put(plain: &mut Vec<u8>, number: usize) {
    plain.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

fn take(rest: &mut &[u8]) -> Option<usize> {
    let (bytes, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    Some(u32::from_le_bytes(*bytes) as usize)
}

fn put_varint(plain: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        #[allow(clippy::cast_possible_truncation, reason = "the low seven bits are meant")]
        plain.push(number as u8 | 0x80);
        number >>= 7;
    }
    #[allow(clippy::cast_possible_truncation, reason = "below 0x80 here")]
    plain.push(number as u8);
}

fn take_varint(rest: &mut &[u8]) -> Option<u32> {
    let mut number = 0_u32;
    for shift in (0..35).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use lotse_core::table::Cell;

    use super::*;

    fn block() -> RowBlock {
        let mut block = RowBlock::new(3);
        for number in 5..200 {
            let text = format!("Gasthof {number}");
            block.push(
                number,
                [
                    Cell::text(&text),
                    Cell {
                        kind: CellKind::Number,
                        text: "12.5",
                    },
                    Cell::EMPTY,
                ],
            );
        }
        block.push(
            4_000_000_000,
            [
                Cell::text("ä"),
                Cell::text("€"),
                Cell {
                    kind: CellKind::Error,
                    text: "#N/A",
                },
            ],
        );
        block
    }

    #[test]
    fn rows_come_back_as_they_were() {
        let block = block();
        assert_eq!(unpack_rows(&pack_rows(&block)), Some(block));
        assert_eq!(unpack_rows(&pack_rows(&RowBlock::new(0))), Some(RowBlock::new(0)));
    }

    #[test]
    fn columns_come_back_as_they_were() {
        let mut a = TextColumn::default();
        let mut b = TextColumn::default();
        for text in ["", "Köln", "", "x"] {
            a.push(text);
            b.push(&text.repeat(3));
        }
        let packed = TextColumn::pack_all(&[&a, &b]);
        assert_eq!(TextColumn::unpack_all(&packed), Some(vec![a.clone(), b]));
        let picked = TextColumn::unpack_some(&packed, &[3, 1, 99]).unwrap();
        assert_eq!(picked[1].iter().collect::<Vec<_>>(), ["xxx", "KölnKölnKöln", ""]);
        assert_eq!(a.iter().collect::<Vec<_>>(), ["", "Köln", "", "x"]);
        assert_eq!(a.get(99), "");
    }

    #[test]
    fn texts_are_put_into_their_places_and_nowhere_else() {
        let column = |texts: &[&str]| {
            let mut column = TextColumn::default();
            texts.iter().for_each(|text| column.push(text));
            column
        };
        let before = column(&["a", "", "c", "d"]);
        assert_eq!(
            before.with(&[1, 3], &column(&["bé", ""])),
            Some(column(&["a", "bé", "c", ""]))
        );
        assert_eq!(before.with(&[0, 2], &column(&["a", "c"])), None);
        assert_eq!(before.with(&[], &column(&[])), None);
    }

    #[test]
    fn damaged_bytes_are_refused_wherever_they_are() {
        let whole = pack_rows(&block());
        let mut refused = 0;
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0xff;
            // A flipped letter of a text may go unnoticed here; anything else must not panic or ask for the moon.
            refused += usize::from(unpack_rows(&damaged).is_none());
            assert_ne!(unpack_rows(&whole[..at]), Some(block()), "cut at {at}");
        }
        assert!(refused > 0);
        let mut column = TextColumn::default();
        for number in 0..40 {
            column.push(&"ä".repeat(number * 4));
        }
        let whole = TextColumn::pack_all(&[&column, &column]);
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0xff;
            for places in [&[3, 39][..], &(0..40).collect::<Vec<_>>()] {
                // As above: nothing but a refusal or some texts.
                let _ = TextColumn::unpack_some(&damaged, places);
            }
            assert!(TextColumn::unpack_some(&whole[..at], &[3]).is_none_or(|picked| picked.len() != 2));
        }
        assert_eq!(unpack_rows(&[0xff; 64]), None);
        assert_eq!(unpack_rows(&[]), None);
    }
}
