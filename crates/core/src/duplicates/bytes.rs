//! The index as bytes, for the project file: written and read as it lies, little-endian.

use super::company::WORD;
use super::hash::{Texts, count, hash_bytes, mix};
use super::index::{Index, Rows};
use super::places::NOWHERE;
use super::words::lists_fingerprint;

const MAGIC: &[u8; 8] = b"LotseDup";
/// Changes with the layout and with the way in which names and places are read.
const VERSION: u32 = 3;

/// Why bytes are no index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// Written by another version, or with other lists of words: the index has to be built again from the rows.
    #[error("the index was written by another version")]
    OtherVersion,
    /// No index, cut off, or changed: build it again from the rows.
    #[error("the index is damaged")]
    Damaged,
}

impl Index {
    /// The index as bytes. Removed rows are left out.
    pub fn to_bytes(&self) -> Vec<u8> {
        let live: Vec<u32> = (0..count(self.rows.len()))
            .filter(|&slot| self.rows.is_live(slot))
            .collect();
        let rows = &self.rows;
        let mut out = Writer::default();
        out.texts(self.vocabulary.texts());
        out.texts(self.places.spellings());
        out.number(live.len() as u64);
        out.array(live.iter().map(|&slot| rows.ids[slot as usize]));
        out.bytes
            .extend(live.iter().map(|&slot| rows.marks[slot as usize]));
        out.array(live.iter().map(|&slot| count(rows.email(slot).len())));
        out.array(live.iter().map(|&slot| count(rows.words(slot).len())));
        out.array(live.iter().map(|&slot| u32::from(rows.forms[slot as usize])));
        out.array(live.iter().map(|&slot| rows.places[slot as usize]));
        out.array(live.iter().map(|&slot| rows.postcodes[slot as usize]));
        for &slot in &live {
            out.number(rows.phones[slot as usize]);
        }
        for &slot in &live {
            out.bytes.extend_from_slice(rows.email(slot).as_bytes());
        }
        for &slot in &live {
            out.array(rows.words(slot).iter().copied());
        }
        let mut bytes = Vec::with_capacity(out.bytes.len() + 28);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&lists_fingerprint().to_le_bytes());
        bytes.extend_from_slice(&mix(hash_bytes(&out.bytes)).to_le_bytes());
        bytes.append(&mut out.bytes);
        bytes
    }

    /// Reads an index back.
    ///
    /// # Errors
    /// [`IndexError::OtherVersion`] and [`IndexError::Damaged`]; in both cases the index has to be built anew.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, IndexError> {
        let (magic, rest) = bytes.split_first_chunk::<8>().ok_or(IndexError::Damaged)?;
        let (version, rest) = rest.split_first_chunk::<4>().ok_or(IndexError::Damaged)?;
        let (lists, rest) = rest.split_first_chunk::<8>().ok_or(IndexError::Damaged)?;
        let (check, body) = rest.split_first_chunk::<8>().ok_or(IndexError::Damaged)?;
        if magic != MAGIC {
            return Err(IndexError::Damaged);
        }
        if u32::from_le_bytes(*version) != VERSION || u64::from_le_bytes(*lists) != lists_fingerprint() {
            return Err(IndexError::OtherVersion);
        }
        if u64::from_le_bytes(*check) != mix(hash_bytes(body)) {
            return Err(IndexError::Damaged);
        }
        Self::read(body).ok_or(IndexError::Damaged)
    }

    fn read(body: &[u8]) -> Option<Self> {
        let mut input = Reader { bytes: body };
        let mut index = Index::default();
        let words = input.texts(|word| {
            index.vocabulary.add(word);
        })?;
        let spellings = input.texts(|place| {
            index.places.learn(place, &mut index.vocabulary);
        })?;
        let length = usize::try_from(input.number()?).ok()?;
        let mut rows = Rows {
            ids: input.array(length)?,
            marks: input.take(length)?.to_vec(),
            ..Rows::default()
        };
        rows.email_ends = sums(input.array(length)?)?;
        rows.word_ends = sums(input.array(length)?)?;
        rows.forms = input
            .array(length)?
            .into_iter()
            .map(u16::try_from)
            .collect::<Result<_, _>>()
            .ok()?;
        rows.places = input.array(length)?;
        rows.postcodes = input.array(length)?;
        rows.phones = (0..length).map(|_| input.number()).collect::<Option<_>>()?;
        let emails = input.take(rows.email_ends.last().map_or(0, |&end| end as usize))?;
        rows.emails = std::str::from_utf8(emails).ok()?.to_string();
        rows.words = input.array(rows.word_ends.last().map_or(0, |&end| end as usize))?;
        let whole = rows.words.iter().all(|word| (word & WORD) < words)
            && rows
                .places
                .iter()
                .all(|&place| place == NOWHERE || place < spellings)
            && rows
                .email_ends
                .iter()
                .all(|&end| rows.emails.is_char_boundary(end as usize))
            && input.bytes.is_empty();
        if !whole {
            return None;
        }
        rows.email_hashes = (0..count(length))
            .map(|slot| match rows.email(slot) {
                "" => 0,
                email => hash_bytes(email.as_bytes()).max(1),
            })
            .collect();
        for slot in 0..count(length) {
            let place = index.places.meaning(rows.places[slot as usize]);
            index.vocabulary.see(rows.words(slot), place);
        }
        for &place in &rows.places {
            index.places.see(place);
        }
        index.rows = rows;
        index.stale = true;
        Some(index)
    }
}

/// Lengths to ends; `None` when they add up to more than 4 GiB.
fn sums(lengths: Vec<u32>) -> Option<Vec<u32>> {
    let add = |end: &mut u32, length: u32| {
        *end = end.checked_add(length)?;
        Some(Some(*end))
    };
    lengths.into_iter().scan(0, add).collect()
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn number(&mut self, number: u64) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    fn array(&mut self, numbers: impl Iterator<Item = u32>) {
        self.bytes.extend(numbers.flat_map(u32::to_le_bytes));
    }

    fn texts(&mut self, texts: &Texts) {
        self.number(texts.len() as u64);
        self.array(texts.iter().map(|text| count(text.len())));
        for text in texts.iter() {
            self.bytes.extend_from_slice(text.as_bytes());
        }
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
}

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.bytes.split_first_chunk::<8>()?;
        self.bytes = rest;
        Some(u64::from_le_bytes(*number))
    }

    fn array(&mut self, length: usize) -> Option<Vec<u32>> {
        let (numbers, _) = self.take(length.checked_mul(4)?)?.as_chunks::<4>();
        Some(numbers.iter().map(|number| u32::from_le_bytes(*number)).collect())
    }

    /// Hands on each text in order; gives how many there are.
    fn texts(&mut self, mut each: impl FnMut(&str)) -> Option<u32> {
        let length = usize::try_from(self.number()?).ok()?;
        let lengths = self.array(length)?;
        for text in &lengths {
            each(std::str::from_utf8(self.take(*text as usize)?).ok()?);
        }
        u32::try_from(length).ok()
    }
}
