//! Numbers things in the order in which they come.

/// Gives small numbers to keys that are spread over a large range, so that what is kept by them lies close together.
#[derive(Default)]
pub(super) struct Numbering {
    /// Open addressing: key and one more than its number, 0 for a free slot; a power of two long.
    slots: Vec<(u32, u32)>,
    shift: u32,
    length: u32,
}

const FEWEST: usize = 64;

impl Numbering {
    /// Forgets all keys and makes room for about so many; it grows where more come.
    pub(super) fn begin(&mut self, expected: usize) {
        self.length = 0;
        self.make((expected * 2).next_power_of_two().max(FEWEST));
    }

    fn make(&mut self, size: usize) {
        self.slots.clear();
        self.slots.resize(size, (0, 0));
        self.shift = 32 - size.trailing_zeros();
    }

    /// Where a key is, or where it belongs.
    #[inline]
    fn slot(&self, key: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (key.wrapping_mul(0x9E37_79B1) >> self.shift) as usize;
        loop {
            let (known, number) = self.slots[at & mask];
            if number == 0 || known == key {
                return at & mask;
            }
            at += 1;
        }
    }

    /// The number of a key; `None` when it has none.
    #[inline]
    pub(super) fn find(&self, key: u32) -> Option<u32> {
        self.slots[self.slot(key)].1.checked_sub(1)
    }

    /// The number of a key, and whether it is new.
    #[inline]
    pub(super) fn number_of(&mut self, key: u32) -> (u32, bool) {
        let at = self.slot(key);
        if let Some(number) = self.slots[at].1.checked_sub(1) {
            return (number, false);
        }
        self.length += 1;
        self.slots[at] = (key, self.length);
        if self.length as usize * 2 > self.slots.len() {
            self.grow();
        }
        (self.length - 1, true)
    }

    fn grow(&mut self) {
        let before = std::mem::take(&mut self.slots);
        self.make(before.len() * 2);
        for (key, number) in before.into_iter().filter(|(_, number)| *number != 0) {
            let at = self.slot(key);
            self.slots[at] = (key, number);
        }
    }
}

/// Tells keys that came several times from most of those that came once, in a few bits each.
#[derive(Default)]
pub(super) struct Repeats {
    /// Bits for keys that came at least once, and at least twice; a power of two long.
    seen: Vec<(u64, u64)>,
    shift: u32,
}

impl Repeats {
    /// Forgets all keys and makes room for so many.
    pub(super) fn begin(&mut self, expected: usize) {
        let words = (expected / 16).next_power_of_two().max(FEWEST);
        self.seen.clear();
        self.seen.resize(words, (0, 0));
        self.shift = 32 - 6 - words.trailing_zeros();
    }

    #[inline]
    fn place(&self, key: u32) -> (usize, u64) {
        let hash = key.wrapping_mul(0x85EB_CA6B) >> self.shift;
        (hash as usize >> 6, 1 << (hash & 63))
    }

    pub(super) fn see(&mut self, key: u32) {
        let (word, bit) = self.place(key);
        let (once, twice) = &mut self.seen[word];
        *twice |= *once & bit;
        *once |= bit;
    }

    /// False only for keys that came once at most.
    pub(super) fn may_repeat(&self, key: u32) -> bool {
        let (word, bit) = self.place(key);
        self.seen[word].1 & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_numbers_while_the_table_grows() {
        let mut numbering = Numbering::default();
        for expected in [0, 1_000] {
            numbering.begin(expected);
            for round in 0..2 {
                for number in 0..5_000_u32 {
                    let key = number.wrapping_mul(7_919) % 1_000_003;
                    assert_eq!(numbering.number_of(key), (number, round == 0));
                }
            }
            assert_eq!(numbering.find(7_919), Some(1));
            assert_eq!(numbering.find(7_920), None);
        }
    }

    #[test]
    fn keys_that_came_twice_are_told_from_most_others() {
        let mut repeats = Repeats::default();
        let key = |number: u32| number.wrapping_mul(0x9E37_79B9);
        repeats.begin(11_000);
        for number in (0..10_000).chain(0..1_000) {
            repeats.see(key(number));
        }
        assert!((0..1_000).all(|number| repeats.may_repeat(key(number))));
        let taken_for_such = (1_000..10_000).filter(|&number| repeats.may_repeat(key(number)));
        let taken_for_such = taken_for_such.count();
        assert!(taken_for_such < 3_000, "{taken_for_such}");
    }
}
