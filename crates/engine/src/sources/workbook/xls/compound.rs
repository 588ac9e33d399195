//! Finds a stream in a compound file, the little file system in which Excel 97 keeps its records.
//!
//! Files of many writers contradict themselves (sizes, unused sectors, the shape of the directory); as long as the stream
//! can be followed, it is. What is read can never be more than the file has.

use std::collections::BTreeSet;

use crate::sources::workbook::binary::{push_wide, u16_at, u32_at};

/// What a compound file begins with.
pub(super) const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Sector numbers from here on mean something else than a sector.
const NO_SECTOR: u32 = 0xFFFF_FFFA;
/// Bytes of a directory entry.
const ENTRY: usize = 128;

struct Entry {
    name: String,
    is_stream: bool,
    siblings: [u32; 2],
    child: u32,
    start: u32,
    size: usize,
}

/// A compound file in memory.
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    next: Vec<u32>,
    small_sector: usize,
    small_next: Vec<u32>,
    /// Streams shorter than this stand in small sectors.
    small_below: usize,
    small: Vec<u8>,
    entries: Vec<Entry>,
}

impl<'a> Compound<'a> {
    /// `None` for what is no compound file or has no directory.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(MAGIC) {
            return None;
        }
        let shift = |at| u16_at(bytes, at).filter(|shift| (6..=16).contains(shift));
        let sector = 1usize << shift(0x1E).unwrap_or(9);
        let small_sector = 1usize
            << u16_at(bytes, 0x20)
                .filter(|shift| (2..=12).contains(shift))
                .unwrap_or(6);
        let mut found = Compound {
            bytes,
            sector,
            next: Vec::new(),
            small_sector,
            small_next: Vec::new(),
            small_below: u32_at(bytes, 0x38).unwrap_or(4096) as usize,
            small: Vec::new(),
            entries: Vec::new(),
        };
        found.read_table();
        let small_table = found.chain(u32_at(bytes, 0x3C)?, usize::MAX);
        found.small_next = numbers(&small_table).collect();
        let directory = found.chain(u32_at(bytes, 0x30)?, usize::MAX);
        found.entries = directory.chunks_exact(ENTRY).map(Entry::of).collect();
        let root = found.entries.first()?;
        found.small = found.chain(root.start, root.size);
        Some(found)
    }

    /// The table of which sector follows which: its own sectors are listed in the header, and from there on.
    fn read_table(&mut self) {
        let most = self.bytes.len() / self.sector + 1;
        let mut listed: Vec<u32> = numbers(self.bytes.get(0x4C..0x200).unwrap_or_default()).collect();
        let mut more = u32_at(self.bytes, 0x44).unwrap_or(NO_SECTOR);
        let mut seen = BTreeSet::new();
        while more < NO_SECTOR && seen.insert(more) && listed.len() <= most {
            let Some(sector) = self.sector_at(more) else { break };
            let mut found: Vec<u32> = numbers(sector).collect();
            more = found.pop().unwrap_or(NO_SECTOR);
            listed.extend(found);
        }
        for number in listed.into_iter().filter(|number| *number < NO_SECTOR).take(most) {
            let Some(sector) = self.sector_at(number) else {
                continue;
            };
            let entries: Vec<u32> = numbers(sector).collect();
            self.next.extend(entries);
        }
    }

    /// A sector; the last one of a file may be cut.
    fn sector_at(&self, number: u32) -> Option<&'a [u8]> {
        let from = (number as usize).checked_add(1)?.checked_mul(self.sector)?;
        let to = from.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(from..to).filter(|sector| !sector.is_empty())
    }

    /// What stands in a chain of sectors, at most `size` bytes.
    fn chain(&self, start: u32, size: usize) -> Vec<u8> {
        let mut out = Vec::new();
        let mut at = start;
        // A chain that is longer than the file turns in a circle.
        let most = size.min(self.bytes.len());
        while at < NO_SECTOR && out.len() < most {
            let Some(sector) = self.sector_at(at) else { break };
            out.extend_from_slice(sector);
            at = self.next.get(at as usize).copied().unwrap_or(NO_SECTOR);
        }
        out.truncate(most);
        out
    }

    fn small_chain(&self, start: u32, size: usize) -> Vec<u8> {
        let mut out = Vec::new();
        let mut at = start;
        let most = size.min(self.small.len());
        while at < NO_SECTOR && out.len() < most {
            let from = (at as usize).saturating_mul(self.small_sector);
            let to = from.saturating_add(self.small_sector).min(self.small.len());
            let Some(sector) = self.small.get(from..to).filter(|sector| !sector.is_empty()) else {
                break;
            };
            out.extend_from_slice(sector);
            at = self.small_next.get(at as usize).copied().unwrap_or(NO_SECTOR);
        }
        out.truncate(most);
        out
    }

    /// The entries that stand beside each other at the root: embedded documents have workbooks of their own further down.
    fn at_root(&self) -> Vec<usize> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<u32> = self.entries.first().map(|root| root.child).into_iter().collect();
        while let Some(number) = open.pop() {
            let Some(entry) = self.entries.get(number as usize) else {
                continue;
            };
            if seen.insert(number) {
                found.push(number as usize);
                open.extend(entry.siblings);
            }
        }
        found
    }

    /// The content of a stream at the root, or, where the directory is damaged, of the first one of that name.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let is_it = |entry: &Entry| entry.is_stream && entry.name.eq_ignore_ascii_case(name);
        let at_root = self.at_root();
        let entry = at_root
            .iter()
            .filter_map(|&number| self.entries.get(number))
            .find(|entry| is_it(entry))
            .or_else(|| self.entries.iter().find(|entry| is_it(entry)))?;
        let content = if entry.size < self.small_below {
            self.small_chain(entry.start, entry.size)
        } else {
            self.chain(entry.start, entry.size)
        };
        Some(content)
    }
}

impl Entry {
    fn of(bytes: &[u8]) -> Self {
        let length = usize::from(u16_at(bytes, 64).unwrap_or(0)).min(64);
        let mut name = String::new();
        push_wide(&bytes[..length], &mut name);
        let number = |at| u32_at(bytes, at).unwrap_or(NO_SECTOR);
        Entry {
            name: name.trim_end_matches('\0').to_owned(),
            is_stream: bytes[66] == 2,
            siblings: [number(68), number(72)],
            child: number(76),
            start: number(116),
            // The upper half is used by files that no spreadsheet makes, and filled with rubbish by others.
            size: number(120) as usize,
        }
    }
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes
        .chunks_exact(4)
        .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}
