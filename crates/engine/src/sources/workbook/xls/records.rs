//! The records of an Excel workbook before 2007, and the texts in them.

use encoding_rs::Encoding;

use crate::sources::workbook::binary::{push_wide, u16_at, u32_at};

/// What goes on with the record before.
const CONTINUED: u16 = 0x3C;

/// How a workbook before 2007 is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Generation {
    Two,
    Three,
    Four,
    /// Excel 5 and 95.
    Five,
    /// Excel 97 to 2003: texts are Unicode.
    Eight,
}

/// A record: what it is, what it holds and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) body: &'a [u8],
    /// Where its head begins.
    pub(super) at: usize,
}

/// The records of a stream from a place on.
#[derive(Clone)]
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    pub(super) fn from(bytes: &'a [u8], at: usize) -> Self {
        Records { bytes, at }
    }

    /// The bodies of a record and of those that continue it.
    pub(super) fn with_continuation(&mut self, first: &'a [u8]) -> Vec<&'a [u8]> {
        let mut bodies = vec![first];
        loop {
            let mut ahead = self.clone();
            match ahead.next() {
                Some(record) if record.kind == CONTINUED => bodies.push(record.body),
                _ => return bodies,
            }
            *self = ahead;
        }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let at = self.at;
        let kind = u16_at(self.bytes, at)?;
        let length = usize::from(u16_at(self.bytes, at + 2)?);
        let body = at + 4;
        // The last record of a damaged file is cut.
        let end = (body + length).min(self.bytes.len());
        self.at = end;
        Some(Record {
            kind,
            body: &self.bytes[body..end],
            at,
        })
    }
}

/// A kind of `BOF`, the record that begins the workbook and each of its sheets: the generation and what begins.
pub(super) fn beginning(record: &Record<'_>) -> Option<(Generation, u16)> {
    let body = record.body;
    let generation = match record.kind {
        0x0009 => Generation::Two,
        0x0209 => Generation::Three,
        0x0409 => Generation::Four,
        0x0809 => match u16_at(body, 0)? {
            // Some writers of the older layout say 0x0500, others nothing.
            0x0600 => Generation::Eight,
            0x0200 => Generation::Two,
            0x0300 => Generation::Three,
            0x0400 => Generation::Four,
            _ => Generation::Five,
        },
        _ => return None,
    };
    Some((generation, u16_at(body, 2)?))
}

/// The character set behind the number of a code page, for texts of one byte a sign.
pub(super) fn charset_of(code_page: u16) -> Option<&'static Encoding> {
    Some(match code_page {
        866 => encoding_rs::IBM866,
        874 => encoding_rs::WINDOWS_874,
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1252 | 0x8001 | 367 => encoding_rs::WINDOWS_1252,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        10_000 | 0x8000 => encoding_rs::MACINTOSH,
        10_007 => encoding_rs::X_MAC_CYRILLIC,
        65_001 => encoding_rs::UTF_8,
        _ => return None,
    })
}

/// Reads texts out of bodies, over the borders between a record and those that continue it.
pub(super) struct Texts<'a> {
    bodies: Vec<&'a [u8]>,
    body: usize,
    at: usize,
}

impl<'a> Texts<'a> {
    pub(super) fn of(bodies: Vec<&'a [u8]>, at: usize) -> Self {
        Texts { bodies, body: 0, at }
    }

    /// Bytes of the current body that are left; the next body where none is.
    fn rest(&mut self) -> Option<&'a [u8]> {
        loop {
            let body = self.bodies.get(self.body)?;
            match body.get(self.at..).filter(|rest| !rest.is_empty()) {
                Some(rest) => return Some(rest),
                None => {
                    self.body += 1;
                    self.at = 0;
                }
            }
        }
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = *self.rest()?.first()?;
        self.at += 1;
        Some(byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from(self.u16()?) | (u32::from(self.u16()?) << 16))
    }

    fn skip(&mut self, mut length: usize) -> Option<()> {
        while length > 0 {
            let step = self.rest()?.len().min(length);
            self.at += step;
            length -= step;
        }
        Some(())
    }

    /// Appends a text of Excel 97 that has `length` signs; what follows it (fonts, how it is pronounced) is passed over.
    /// `None` where the bytes end before it does.
    pub(super) fn unicode(&mut self, length: usize, out: &mut String) -> Option<()> {
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 {
            usize::from(self.u16()?)
        } else {
            0
        };
        let phonetic = if flags & 4 != 0 { self.u32()? as usize } else { 0 };
        let (mut wide, mut left) = (flags & 1 != 0, length);
        while left > 0 {
            let before = self.body;
            let rest = self.rest()?;
            let rest = if self.body == before {
                rest
            } else {
                // A text that goes on in the next record says again how wide its signs are.
                wide = self.byte()? & 1 != 0;
                self.rest()?
            };
            let width = if wide { 2 } else { 1 };
            let signs = left.min(rest.len() / width);
            if signs == 0 {
                // Half of a sign before a border.
                self.at += rest.len();
                left -= 1;
                continue;
            }
            let bytes = &rest[..signs * width];
            if wide {
                push_wide(bytes, out);
            } else {
                out.extend(bytes.iter().map(|&byte| char::from(byte)));
            }
            self.at += bytes.len();
            left -= signs;
        }
        self.skip(runs.saturating_mul(4))?;
        self.skip(phonetic)
    }

    /// Appends a text of one byte a sign.
    pub(super) fn narrow(&mut self, mut length: usize, charset: &'static Encoding, out: &mut String) {
        let mut bytes = Vec::new();
        while length > 0 {
            let Some(rest) = self.rest() else { break };
            let step = rest.len().min(length);
            bytes.extend_from_slice(&rest[..step]);
            self.at += step;
            length -= step;
        }
        out.push_str(&charset.decode_without_bom_handling(&bytes).0);
    }
}

/// The texts that cells share, each ended by its place in `text`.
pub(super) fn shared_texts(bodies: Vec<&[u8]>, mut take: impl FnMut(&mut String, bool)) {
    let declared = bodies.first().and_then(|body| u32_at(body, 4)).unwrap_or(0);
    let mut texts = Texts::of(bodies, 8);
    let mut text = String::new();
    for _ in 0..declared {
        text.clear();
        let Some(length) = texts.u16() else { return };
        let whole = texts.unicode(usize::from(length), &mut text).is_some();
        take(&mut text, whole);
        if !whole {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_may_change_its_width_where_a_record_ends() {
        let first = [5, 0, 0, b'a', b'b'];
        let second = [1, 0xFC, 0, 0xE4, 0, b'c', 0, 2, 0, 0, b'x', b'y'];
        let mut texts = Texts::of(vec![&first, &second], 0);
        let mut out = String::new();
        let length = texts.u16().unwrap();
        texts.unicode(usize::from(length), &mut out).unwrap();
        assert_eq!(out, "abüäc");
        let length = texts.u16().unwrap();
        texts.unicode(usize::from(length), &mut out).unwrap();
        assert_eq!(out, "abüäcxy");
        assert!(texts.u16().is_none());
    }

    #[test]
    fn fonts_and_pronunciation_behind_a_text_are_passed_over() {
        let body = [1, 0, 12, 1, 0, 2, 0, 0, 0, b'a', 9, 9, 9, 9, 8, 8, 1, 0, 0, b'b'];
        let mut texts = Texts::of(vec![&body], 0);
        let mut out = String::new();
        for _ in 0..2 {
            let length = texts.u16().unwrap();
            texts.unicode(usize::from(length), &mut out).unwrap();
        }
        assert_eq!(out, "ab");
    }

    #[test]
    fn a_record_that_is_cut_is_the_last_one() {
        let bytes = [1, 0, 1, 0, 7, 2, 0, 9, 0, 8];
        let found: Vec<(u16, &[u8])> = Records::from(&bytes, 0)
            .map(|record| (record.kind, record.body))
            .collect();
        assert_eq!(found, [(1, &[7][..]), (2, &[8][..])]);
    }
}
