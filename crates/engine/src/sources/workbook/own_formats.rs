//! Excel 97 workbooks whose number formats have other numbers than Excel gives to formats of a file, as some programs do
//! it. calamine does not look at such formats: by its number alone, the one of a postcode or a price is then one of the
//! dates of the Far East, and that of a date is nothing. They get numbers as Excel gives them before it sees them.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, Cursor, Read, Seek, SeekFrom, Write},
};

/// Where the records of the workbook stand, in files since Excel 97 and before.
const STREAMS: [&str; 2] = ["/Workbook", "/Book"];

/// A number format: its number, then its text.
const FORMAT: u16 = 0x041e;
/// The look of cells: a font, then the number of a format.
const LOOK: u16 = 0x00e0;
/// What follows is encrypted.
const ENCRYPTED: u16 = 0x002f;
/// The end of what holds for the whole workbook.
const END: u16 = 0x000a;

/// Numbers that Excel gives to formats of a file.
const OF_FILES: std::ops::RangeInclusive<u16> = 164..=382;

/// Numbers that only a file gives a meaning to, and that calamine does not look up: some are dates where Excel speaks an
/// East Asian language, the others are out of the range that Excel uses.
fn is_strange(number: u16) -> bool {
    matches!(number, 27..=36 | 50..=62 | 67..=163 | 383..)
}

/// The workbook with its own formats out of the way; `None` where none is in the way, and where the file is too damaged
/// for this, so that the reader may say what is wrong with it.
pub(crate) fn out_of_the_way(mut file: BufReader<File>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    let mut compound = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let path = STREAMS.into_iter().find(|path| compound.is_stream(path))?;
    let mut stream = compound.open_stream(path).ok()?;
    let mut records = Vec::new();
    stream.read_to_end(&mut records).ok()?;
    if !renumber(&mut records) {
        return None;
    }
    stream.seek(SeekFrom::Start(0)).ok()?;
    stream.write_all(&records).ok()?;
    stream.flush().ok()?;
    drop(stream);
    compound.flush().ok()?;
    Some(compound.into_inner().into_inner())
}

/// Gives such formats other numbers, here and in all looks of cells that use them. False where there are none.
fn renumber(bytes: &mut [u8]) -> bool {
    let mut formats = BTreeMap::new();
    let mut taken = Vec::new();
    // Where a number stands that has to be changed if it is one of these formats.
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(&[kind, more_kind, length, more_length]) = bytes.get(at..at + 4) {
        let kind = u16::from_le_bytes([kind, more_kind]);
        let length = usize::from(u16::from_le_bytes([length, more_length]));
        let body = at + 4;
        let place = match kind {
            FORMAT if length >= 2 => body,
            LOOK if length >= 4 => body + 2,
            ENCRYPTED => return false,
            END => break,
            _ => {
                at = body + length;
                continue;
            }
        };
        if let Some(number) = number_at(bytes, place) {
            if is_strange(number) {
                places.push((place, number));
                if kind == FORMAT {
                    formats.insert(number, None);
                }
            } else if kind == FORMAT {
                taken.push(number);
            }
        }
        at = body + length;
    }
    // More formats than there are numbers keep theirs.
    let free = OF_FILES.rev().filter(|number| !taken.contains(number));
    for (format, number) in formats.values_mut().zip(free) {
        *format = Some(number);
    }
    for (place, number) in places {
        if let Some(Some(other)) = formats.get(&number) {
            bytes[place..place + 2].copy_from_slice(&u16::to_le_bytes(*other));
        }
    }
    !formats.is_empty()
}

fn number_at(bytes: &[u8], place: usize) -> Option<u16> {
    match bytes.get(place..place + 2) {
        Some(&[low, high]) => Some(u16::from_le_bytes([low, high])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), body].concat()
    }

    #[test]
    fn only_formats_that_the_file_defines_get_other_numbers() {
        let mut bytes = [
            record(0x0809, &[0; 16]),
            record(FORMAT, &[50, 0, 5, 0, 0, b'0']),
            record(LOOK, &[0, 0, 50, 0, 9]),
            // 51 is not defined here, so it is Excel's; 14 is a date wherever it stands.
            record(LOOK, &[0, 0, 51, 0, 9]),
            record(LOOK, &[0, 0, 14, 0, 9]),
            record(END, &[]),
            record(LOOK, &[0, 0, 50, 0, 9]),
        ]
        .concat();
        let before = bytes.clone();
        assert!(renumber(&mut bytes));
        let changed: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at] != before[at]).collect();
        assert_eq!(changed, [24, 25, 36, 37], "the format and the look that uses it");
        assert_eq!(number_at(&bytes, 24), Some(382));
        assert_eq!(number_at(&bytes, 36), Some(382));
    }

    #[test]
    fn nothing_is_touched_in_encrypted_cut_and_plain_streams() {
        let format = record(FORMAT, &[50, 0, 5, 0, 0, b'0']);
        for bytes in [
            [record(ENCRYPTED, &[0; 6]), format.clone()].concat(),
            format[..3].to_vec(),
            record(FORMAT, &[50]),
            record(FORMAT, &[164, 0, 5, 0, 0, b'0']),
            Vec::new(),
        ] {
            let mut changed = bytes.clone();
            assert!(!renumber(&mut changed));
            assert_eq!(changed, bytes);
        }
    }
}
