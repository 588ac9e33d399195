//! A fast hash with fixed keys and the interning table built on it.
//!
//! The hash never decides that two texts are equal: every table compares the texts themselves. Its keys are fixed so
//! that an index gives the same result on every machine.

use std::hash::{BuildHasherDefault, Hasher};

const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// Multiplies to 128 bits and folds the halves: every input bit reaches every output bit.
#[inline]
pub(super) fn mix(value: u64) -> u64 {
    let wide = u128::from(value ^ 0x5851_F42D_4C95_7F2D) * u128::from(MULTIPLIER);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the two halves are what is wanted"
    )]
    let folded = (wide as u64) ^ ((wide >> 64) as u64);
    folded
}

/// The hash of a text's bytes.
#[inline]
pub(super) fn hash_bytes(bytes: &[u8]) -> u64 {
    let mut state = mix(bytes.len() as u64);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        state = mix(state ^ u64::from_le_bytes(*word));
    }
    if !rest.is_empty() {
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        state = mix(state ^ u64::from_le_bytes(last));
    }
    state
}

/// The upper half of a hash.
#[inline]
pub(super) fn upper(hash: u64) -> u32 {
    (hash >> 32).try_into().unwrap_or(u32::MAX)
}

/// [`mix`] as a hasher for maps keyed by numbers.
#[derive(Default)]
pub(super) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = mix(self.0 ^ hash_bytes(bytes));
    }
    fn write_u32(&mut self, value: u32) {
        self.0 = mix(self.0 ^ u64::from(value));
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = mix(self.0 ^ value);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

/// A map keyed by numbers or short tuples of them.
pub(super) type NumberMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<NumberHasher>>;
/// A set of numbers or short tuples of them.
pub(super) type NumberSet<K> = std::collections::HashSet<K, BuildHasherDefault<NumberHasher>>;

/// Distinct texts, numbered in the order in which they came.
#[derive(Clone, Default)]
pub(super) struct Texts {
    text: String,
    ends: Vec<u32>,
    /// Open addressing, a power of two long: the upper half of the hash, so that hardly any other text is looked at, and
    /// number + 1, 0 for a free slot.
    slots: Vec<(u32, u32)>,
}

impl Texts {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, number: u32) -> &str {
        let at = number as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|at| {
            let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
            &self.text[start..self.ends[at] as usize]
        })
    }

    #[inline]
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        self.find_hashed(text, hash_bytes(text.as_bytes()))
    }

    #[inline]
    pub(super) fn find_hashed(&self, text: &str, hash: u64) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let mask = self.slots.len() - 1;
        let short = upper(hash);
        let mut at = short as usize & mask;
        loop {
            let (known, number) = self.slots[at];
            let number = number.checked_sub(1)?;
            if known == short && self.get(number) == text {
                return Some(number);
            }
            at = (at + 1) & mask;
        }
    }

    /// The number of `text`, and whether it is new.
    ///
    /// # Panics
    /// When all texts together would exceed 4 GiB.
    pub(super) fn intern(&mut self, text: &str) -> (u32, bool) {
        let hash = hash_bytes(text.as_bytes());
        if let Some(number) = self.find_hashed(text, hash) {
            return (number, false);
        }
        if (self.ends.len() + 1) * 3 > self.slots.len() * 2 {
            self.grow();
        }
        let number = count(self.ends.len());
        self.text.push_str(text);
        self.ends.push(count(self.text.len()));
        self.place(upper(hash), number + 1);
        (number, true)
    }

    fn place(&mut self, hash: u32, number: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].1 != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = (hash, number);
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(1024);
        let before = std::mem::replace(&mut self.slots, vec![(0, 0); size]);
        for (hash, number) in before.into_iter().filter(|(_, number)| *number != 0) {
            self.place(hash, number);
        }
    }
}

/// A length as the 32-bit number by which rows, words and places are known.
///
/// # Panics
/// Past 4,294,967,295: an index holds fewer rows than that.
#[inline]
pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).expect("an index holds fewer than 2^32 rows, words and bytes of text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_numbers_while_the_table_grows() {
        let mut texts = Texts::default();
        for round in 0..2 {
            for number in 0..5_000_u32 {
                let (given, new) = texts.intern(&format!("wort {number}"));
                assert_eq!((given, new), (number, round == 0));
            }
        }
        assert_eq!(texts.get(4_321), "wort 4321");
        assert_eq!(texts.find("wort 5000"), None);
        assert_eq!(texts.iter().count(), 5_000);
    }

    #[test]
    fn hashes_differ_for_texts_of_zero_bytes() {
        assert_ne!(hash_bytes(b"a"), hash_bytes(b"a\0"));
        assert_ne!(hash_bytes(b""), hash_bytes(b"\0\0\0\0\0\0\0\0"));
    }
}
