//! What the two binary kinds of Excel workbooks have in common.

/// A number that was packed into four bytes: the upper part of a float, or a whole number; possibly in hundredths.
pub(super) fn packed_number(bits: u32) -> f64 {
    let number = if bits & 2 == 0 {
        f64::from_bits(u64::from(bits & !3) << 32)
    } else {
        f64::from(bits.cast_signed() >> 2)
    };
    if bits & 1 == 0 { number } else { number / 100.0 }
}

/// The error that a code stands for, as it is shown.
pub(super) fn error_text(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2B => "#GETTING_DATA",
        _ => "#N/A",
    }
}

/// Two bytes at `at`, the lower one first.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}

/// Four bytes at `at`, the lowest one first.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

/// A float at `at`.
pub(super) fn f64_at(bytes: &[u8], at: usize) -> Option<f64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(f64::from_le_bytes(*bytes))
}

/// Appends text in two bytes a sign; half of a pair becomes a replacement sign.
pub(super) fn push_wide(bytes: &[u8], out: &mut String) {
    let units = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    out.extend(char::decode_utf16(units).map(|sign| sign.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

/// Makes line ends of the text from `from` on line feeds, and removes NUL signs, which nobody sees.
pub(super) fn tidy(text: &mut String, from: usize) {
    if text[from..].contains(['\r', '\0']) {
        let raw = text.split_off(from);
        text.push_str(&raw.replace("\r\n", "\n").replace('\r', "\n").replace('\0', ""));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_are_whole_broken_or_hundredths() {
        let cases = [
            (0x0000_0006, 1.0),
            (0xFFFF_FFFE, -1.0),
            (0x0000_04D2 << 2 | 3, 12.34),
            (0x3FF8_0000, 1.5),
            (0x4059_0001, 1.0),
        ];
        for (bits, number) in cases {
            assert_eq!(packed_number(bits), number, "{bits:08x}");
        }
    }
}
