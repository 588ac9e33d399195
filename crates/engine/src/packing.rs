//! How blocks of rows are packed: LZ4, which unpacks at the speed of memory. Damaged bytes give `None`, not a panic and
//! not a gigabyte.

use lz4_flex::block::{compress_into, decompress_into, get_maximum_output_size};

/// Bytes that anything may unpack to at most. Blocks are closed at some megabytes; one giant cell may exceed that.
const LARGEST: usize = 1 << 30;

/// Packs bytes for [`unpack`].
pub(crate) fn pack(plain: &[u8]) -> Vec<u8> {
    lz4_flex::compress_prepend_size(plain)
}

/// What [`pack`] has packed; `None` for anything else.
pub(crate) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let (size, _) = packed.split_first_chunk::<4>()?;
    unpacked_size(u32::from_le_bytes(*size), packed)?;
    lz4_flex::decompress_size_prepended(packed).ok()
}

/// Bytes that are packed at a time by [`pack_pieces`]: so many stay close to the processor, which takes a tenth off the time
/// of packing and more off that of unpacking.
const PIECE: usize = 64 << 10;

/// Packs much text behind what stands in `packed` already, piece by piece: quicker than [`pack`], and some percent
/// larger.
pub(crate) fn pack_pieces(packed: &mut Vec<u8>, plain: &[u8]) {
    let number = |size: usize| u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes();
    // Text takes less than half of its room once it is packed.
    packed.reserve(plain.len() / 2);
    packed.extend(number(plain.len()));
    let mut room = vec![0; get_maximum_output_size(PIECE)];
    for piece in plain.chunks(PIECE) {
        let length = compress_into(piece, &mut room).expect("there is room for what cannot be packed at all");
        packed.extend(number(length));
        packed.extend_from_slice(&room[..length]);
    }
}

/// What [`pack_pieces`] has packed; `None` for anything else.
pub(crate) fn unpack_pieces(packed: &[u8]) -> Option<Vec<u8>> {
    let (size, mut rest) = packed.split_first_chunk::<4>()?;
    let mut plain = vec![0; unpacked_size(u32::from_le_bytes(*size), packed)?];
    for piece in plain.chunks_mut(PIECE) {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (packed, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        rest = after;
        let length = decompress_into(packed, piece).ok()?;
        if length != piece.len() {
            return None;
        }
    }
    rest.is_empty().then_some(plain)
}

/// LZ4 cannot unpack to more than 255 times its size; what claims more is damaged.
fn unpacked_size(claimed: u32, packed: &[u8]) -> Option<usize> {
    let size = claimed as usize;
    (size <= LARGEST && size / 256 <= packed.len()).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_as_they_were() {
        for size in [0, 1, 100, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7] {
            let plain: Vec<u8> = (0..size).map(|at| (at * at / 97).to_le_bytes()[0]).collect();
            assert_eq!(unpack(&pack(&plain)).as_ref(), Some(&plain));
            let mut packed = b"head".to_vec();
            pack_pieces(&mut packed, &plain);
            assert_eq!(unpack_pieces(&packed[4..]), Some(plain), "{size} bytes");
            assert_eq!(
                unpack_pieces(&packed[4..packed.len() - 1]),
                None,
                "{size} bytes, cut"
            );
        }
        assert_eq!(unpack_pieces(&[0xff; 64]), None);
    }
}
