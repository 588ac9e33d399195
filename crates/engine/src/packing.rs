//! How blocks of rows are packed: LZ4, which unpacks at the speed of memory. Damaged bytes give `None`, not a panic and
//! not a gigabyte.

/// Bytes that anything may unpack to at most. Blocks are closed at some megabytes; one giant cell may exceed that.
const LARGEST: usize = 1 << 30;

/// Packs bytes for [`unpack`].
pub(crate) fn pack(plain: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    pack_behind(&mut packed, plain);
    packed
}

/// Packs bytes behind what stands in `packed` already.
pub(crate) fn pack_behind(packed: &mut Vec<u8>, plain: &[u8]) {
    packed.extend(u32::try_from(plain.len()).unwrap_or(u32::MAX).to_le_bytes());
    let from = packed.len();
    packed.resize(from + lz4_flex::block::get_maximum_output_size(plain.len()), 0);
    let length = lz4_flex::compress_into(plain, &mut packed[from..])
        .expect("there is room for bytes that cannot be packed at all");
    packed.truncate(from + length);
}

/// What [`pack`] has packed; `None` for anything else.
pub(crate) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let (size, _) = packed.split_first_chunk::<4>()?;
    // LZ4 cannot unpack to more than 255 times its size; what claims more is damaged.
    let size = u32::from_le_bytes(*size) as usize;
    if size > LARGEST || size / 256 > packed.len() {
        return None;
    }
    lz4_flex::decompress_size_prepended(packed).ok()
}
