//! Which of 64 bytes are the signs that cut records into cells, as bits: a record is then understood with a few
//! operations on whole numbers instead of a look at each byte.

/// Bytes that are looked at at once.
pub(super) const WIDTH: usize = 64;

/// The bytes that mean something in a plain text file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alphabet {
    pub(super) delimiter: u8,
    /// What encloses cells; the delimiter once more where nothing does.
    pub(super) quote: u8,
    /// A quote that the file does not use; the delimiter once more where there is none to look for.
    pub(super) other_quote: u8,
}

/// Where these bytes stand: bit 0 is the first byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    pub(super) delimiter: u64,
    pub(super) quote: u64,
    pub(super) other_quote: u64,
    pub(super) line_feed: u64,
    pub(super) carriage_return: u64,
    /// `=`, blanks and control characters: a cell that begins with one of them wants a second look.
    pub(super) doubtful: u64,
    /// NUL, and the first byte of a byte order mark: some of the file's text may be no text.
    pub(super) foreign: bool,
}

/// First byte of U+FEFF, and of other signs.
const MARK: u8 = 0xef;

impl Alphabet {
    /// Finds the signs among 64 bytes.
    #[inline]
    pub(super) fn signs(self, bytes: &[u8; WIDTH]) -> Signs {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: every x86-64 processor has SSE2, which is all that is asked for.
        unsafe {
            self.signs_by_lanes(bytes)
        }
        #[cfg(not(target_arch = "x86_64"))]
        self.signs_by_words(bytes)
    }

    /// Sixteen bytes at a time.
    #[cfg(target_arch = "x86_64")]
    #[inline]
    #[target_feature(enable = "sse2")]
    fn signs_by_lanes(self, bytes: &[u8; WIDTH]) -> Signs {
        use std::arch::x86_64::{
            _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8,
            _mm_setzero_si128,
        };

        let every = |byte: u8| _mm_set1_epi8(byte.cast_signed());
        let mut signs = Signs::default();
        let mut foreign = _mm_setzero_si128();
        let (words, _) = bytes.as_chunks::<8>();
        for (lane, words) in words.chunks_exact(2).enumerate() {
            let half = |at: usize| i64::from_le_bytes(words[at]);
            let lane_of = _mm_set_epi64x(half(1), half(0));
            let same = |byte: u8| _mm_cmpeq_epi8(lane_of, every(byte));
            let bits = |mask| {
                let bits = _mm_movemask_epi8(mask).cast_unsigned();
                u64::from(bits) << (lane * 16)
            };
            signs.delimiter |= bits(same(self.delimiter));
            signs.quote |= bits(same(self.quote));
            signs.other_quote |= bits(same(self.other_quote));
            signs.line_feed |= bits(same(b'\n'));
            signs.carriage_return |= bits(same(b'\r'));
            let low = _mm_cmpeq_epi8(_mm_min_epu8(lane_of, every(b' ')), lane_of);
            signs.doubtful |= bits(_mm_or_si128(low, _mm_or_si128(same(b'='), same(0x7f))));
            foreign = _mm_or_si128(foreign, _mm_or_si128(same(0), same(MARK)));
        }
        signs.foreign = _mm_movemask_epi8(foreign) != 0;
        signs
    }

    /// The same on processors whose wide registers nobody has written code for: eight bytes at a time.
    #[cfg(any(test, not(target_arch = "x86_64")))]
    fn signs_by_words(self, bytes: &[u8; WIDTH]) -> Signs {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
        let mut signs = Signs::default();
        let (words, _) = bytes.as_chunks::<8>();
        for (place, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            // The high bit of each byte that is `byte`; exact, without carries between bytes.
            let same = |byte: u8| {
                let other = word ^ (u64::from(byte) * ONES);
                !(((other & LOW) + LOW) | other) & !LOW
            };
            // The high bit of each byte up to a blank: neither of the upper half nor past it once 95 is added.
            let low = !(((word & LOW) + u64::from(0x7f - b' ') * ONES) | word) & !LOW;
            // Gathers the high bits of the eight bytes in the lowest byte.
            let bits = |high: u64| ((high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (place * 8);
            signs.delimiter |= bits(same(self.delimiter));
            signs.quote |= bits(same(self.quote));
            signs.other_quote |= bits(same(self.other_quote));
            signs.line_feed |= bits(same(b'\n'));
            signs.carriage_return |= bits(same(b'\r'));
            signs.doubtful |= bits(low | same(b'=') | same(0x7f));
            signs.foreign |= (same(0) | same(MARK)) != 0;
        }
        signs
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn signs_are_those_of_each_byte(
            bytes in proptest::array::uniform32(any::<u8>()),
            more in proptest::array::uniform32(0..0x40_u8),
        ) {
            let mut all = [0; WIDTH];
            all[..32].copy_from_slice(&bytes);
            all[32..].copy_from_slice(&more);
            let alphabet = Alphabet { delimiter: b';', quote: b'"', other_quote: b'\'' };
            let bits = |is: &dyn Fn(u8) -> bool| {
                all.iter().enumerate().fold(0, |bits, (at, &byte)| bits | (u64::from(is(byte)) << at))
            };
            let expected = Signs {
                delimiter: bits(&|byte| byte == b';'),
                quote: bits(&|byte| byte == b'"'),
                other_quote: bits(&|byte| byte == b'\''),
                line_feed: bits(&|byte| byte == b'\n'),
                carriage_return: bits(&|byte| byte == b'\r'),
                doubtful: bits(&|byte| byte <= b' ' || byte == b'=' || byte == 0x7f),
                foreign: all.contains(&0) || all.contains(&MARK),
            };
            prop_assert_eq!(alphabet.signs(&all), expected);
            prop_assert_eq!(alphabet.signs_by_words(&all), expected);
        }
    }
}
