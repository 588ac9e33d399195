//! The different texts of a column and how people sort them: one number a row for sorting, and the values themselves for
//! whoever counts them.

use std::cmp::Ordering;
use std::collections::HashMap;

use rayon::prelude::*;

use super::block::TextColumn;

/// Rank of empty cells and of what is no number in a column of numbers: at the end in either direction.
const LAST: u32 = u32::MAX;

/// The cells of a block while a column is put in order: most columns say the same again and again, and what a block says
/// twice need not be compared twice.
pub(super) struct Part {
    first_row: u32,
    /// For each row the place of its text.
    places: Vec<u32>,
    /// The different texts, and how each is sorted.
    texts: TextColumn,
    folded: TextColumn,
}

impl Part {
    pub(super) fn of<'a>(first_row: u32, cells: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let mut part = Part {
            first_row,
            places: Vec::with_capacity(cells.len()),
            texts: TextColumn::default(),
            folded: TextColumn::default(),
        };
        let mut known: HashMap<&str, u32, foldhash::fast::RandomState> =
            HashMap::with_capacity_and_hasher(cells.len(), foldhash::fast::RandomState::default());
        let mut buffer = String::new();
        for cell in cells {
            let place = *known.entry(cell).or_insert_with(|| {
                part.texts.push(cell);
                fold_into(&mut buffer, cell);
                part.folded.push(&buffer);
                u32::try_from(part.texts.len() - 1).unwrap_or(u32::MAX)
            });
            part.places.push(place);
        }
        part
    }

    /// How many bytes all its texts begin with in common, and with `other`.
    fn common_start(&self, other: &str) -> usize {
        let alike = |text: &str| {
            let signs = text.bytes().zip(other.bytes());
            signs.take_while(|(a, b)| a == b).count()
        };
        // The empty cell stands apart from all others anyway.
        let texts = self.folded.iter().filter(|text| !text.is_empty());
        texts.map(alike).min().unwrap_or(usize::MAX)
    }
}

/// A text of a part. What most comparisons are decided by stands beside its place.
struct Entry {
    prefix: u128,
    part: u32,
    at: u32,
}

/// All different texts of all parts in their order.
pub(super) struct Ordered<'p> {
    parts: &'p [Part],
    numeric: bool,
    /// What people sort as one still has an order.
    by_text: bool,
    entries: Vec<Entry>,
}

impl<'p> Ordered<'p> {
    /// In the order in which people sort them; with `by_text` what they sort as one stands together where it is the same
    /// text, which whoever counts values needs.
    pub(super) fn of(parts: &'p [Part], numeric: bool, by_text: bool) -> Self {
        let mut ordered = Ordered {
            parts,
            numeric,
            by_text,
            entries: Vec::new(),
        };
        // What all begin with decides nothing: `Gasthof `, `https://www.`, `+49`.
        let mut texts = parts.iter().flat_map(|part| part.folded.iter());
        let first = texts.find(|text| !text.is_empty()).unwrap_or_default();
        let common = parts.par_iter().map(|part| part.common_start(first)).min();
        let skipped = if numeric {
            0
        } else {
            common.unwrap_or_default().min(first.len())
        };
        let sorted = |(number, part): (usize, &Part)| {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let entry = |(folded, at): (&str, u32)| Entry {
                prefix: prefix(folded, skipped, numeric),
                part: number,
                at,
            };
            let mut entries: Vec<Entry> = part.folded.iter().zip(0_u32..).map(entry).collect();
            // While the texts of this block are at hand; what is in order already is merged quickly.
            entries.sort_unstable_by(|a, b| ordered.compare(a, b));
            entries
        };
        let runs: Vec<Vec<Entry>> = parts.par_iter().enumerate().map(sorted).collect();
        let mut entries: Vec<Entry> = Vec::with_capacity(runs.iter().map(Vec::len).sum());
        entries.extend(runs.into_iter().flatten());
        entries.par_sort_by(|a, b| ordered.compare(a, b));
        ordered.entries = entries;
        ordered
    }

    fn compare(&self, a: &Entry, b: &Entry) -> Ordering {
        let by_fold = || match self.numeric {
            true => Ordering::Equal,
            false => self.folded(a).cmp(self.folded(b)),
        };
        let by_text = || match self.by_text {
            true => self.text(a).cmp(self.text(b)),
            false => Ordering::Equal,
        };
        a.prefix.cmp(&b.prefix).then_with(by_fold).then_with(by_text)
    }

    fn folded(&self, entry: &Entry) -> &'p str {
        self.parts[entry.part as usize].folded.get(entry.at as usize)
    }

    fn text(&self, entry: &Entry) -> &'p str {
        self.parts[entry.part as usize].texts.get(entry.at as usize)
    }

    /// True where people sort two neighbours as one.
    fn alike(&self, a: &Entry, b: &Entry) -> bool {
        a.prefix == b.prefix && (self.numeric || self.folded(a) == self.folded(b))
    }

    fn has_place(&self, entry: &Entry) -> bool {
        entry.prefix != if self.numeric { u128::MAX } else { 0 }
    }

    /// One number for each place in each part, handed to the rows of the project.
    fn by_row(&self, rows: usize, of_parts: &[Vec<u32>], otherwise: u32) -> Vec<u32> {
        let mut numbers = vec![otherwise; rows];
        for (part, of_part) in self.parts.iter().zip(of_parts) {
            let rows = numbers.iter_mut().skip(part.first_row as usize);
            for (number, &place) in rows.zip(&part.places) {
                *number = of_part[place as usize];
            }
        }
        numbers
    }

    fn empty_numbers(&self, number: u32) -> Vec<Vec<u32>> {
        let parts = self.parts.iter();
        parts.map(|part| vec![number; part.texts.len()]).collect()
    }

    /// Where each row of the project stands.
    pub(super) fn ranks(&self, rows: usize) -> ColumnRanks {
        let mut of_parts = self.empty_numbers(LAST);
        let mut different = 0;
        let mut last: Option<&Entry> = None;
        for entry in self.entries.iter().filter(|entry| self.has_place(entry)) {
            if last.is_none_or(|last| !self.alike(last, entry)) {
                different += 1;
            }
            of_parts[entry.part as usize][entry.at as usize] = different - 1;
            last = Some(entry);
        }
        ColumnRanks {
            ranks: self.by_row(rows, &of_parts, LAST),
            different,
        }
    }

    /// The different values and which of them each row has.
    pub(super) fn values(&self, rows: usize) -> ColumnValues {
        let mut of_parts = self.empty_numbers(0);
        let mut texts = TextColumn::default();
        texts.push("");
        let mut last: Option<&Entry> = None;
        for entry in &self.entries {
            let shown = self.text(entry);
            if shown.is_empty() {
                continue;
            }
            if last.is_none_or(|last| last.prefix != entry.prefix || self.text(last) != shown) {
                texts.push(shown);
                last = Some(entry);
            }
            let id = u32::try_from(texts.len() - 1).unwrap_or(u32::MAX);
            of_parts[entry.part as usize][entry.at as usize] = id;
        }
        ColumnValues {
            ids: self.by_row(rows, &of_parts, 0),
            texts,
        }
    }
}

/// Where each row of the project stands when sorted by a column.
#[derive(Debug, Default)]
pub(super) struct ColumnRanks {
    /// By row; values that differ in case or umlauts only have the same; [`LAST`] for what has no place in the order.
    ranks: Vec<u32>,
    /// Number of different ranks.
    different: u32,
}

impl ColumnRanks {
    /// Rows with the same key are equal; keys lie below the number of different ranks, or just behind it.
    fn key(&self, row: u32, descending: bool) -> u32 {
        match self.ranks.get(row as usize).copied().unwrap_or(LAST) {
            LAST => self.different,
            rank if descending => self.different - 1 - rank,
            rank => rank,
        }
    }

    /// Sorts rows; equal ones stay in their order.
    pub(super) fn sort(&self, rows: &mut Vec<u32>, descending: bool) {
        if rows.len() < self.different as usize / 8 {
            rows.sort_by_key(|&row| self.key(row, descending));
            return;
        }
        // The ranks are dense: whoever counts them knows where each row goes.
        let mut starts = vec![0_u32; self.different as usize + 2];
        for &row in rows.iter() {
            starts[self.key(row, descending) as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut sorted = vec![0; rows.len()];
        for &row in rows.iter() {
            let next = &mut starts[self.key(row, descending) as usize];
            sorted[*next as usize] = row;
            *next += 1;
        }
        *rows = sorted;
    }

    /// Bytes that it takes in memory.
    pub(super) fn size(&self) -> usize {
        self.ranks.len() * 4
    }
}

/// The different values of a column and which of them each row has.
#[derive(Debug, Default)]
pub(super) struct ColumnValues {
    /// By row of the project; 0 is the empty value.
    ids: Vec<u32>,
    /// By id, in the order in which people sort them.
    texts: TextColumn,
}

impl ColumnValues {
    /// The value of a row.
    pub(super) fn id(&self, row: u32) -> u32 {
        self.ids.get(row as usize).copied().unwrap_or_default()
    }

    /// The text of a value.
    pub(super) fn text(&self, id: u32) -> &str {
        self.texts.get(id as usize)
    }

    /// Number of different values, the empty one included.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// For each value whether it is one of `texts`.
    pub(super) fn among(&self, texts: &[String]) -> Vec<bool> {
        self.texts
            .iter()
            .map(|known| texts.iter().any(|text| text == known))
            .collect()
    }

    /// Bytes that it takes in memory.
    pub(super) fn size(&self) -> usize {
        self.ids.len() * 4 + self.texts.bytes()
    }
}

/// The first bytes of a folded text behind those that are `skipped`, or the number that it says, as a number in the same
/// order. Texts that are nothing give 0 and no others do; what is no number among numbers gives the largest.
fn prefix(folded: &str, skipped: usize, numeric: bool) -> u128 {
    if numeric {
        let Ok(number) = folded.parse::<f64>() else {
            return u128::MAX;
        };
        let bits = number.to_bits();
        return u128::from(if bits >> 63 == 0 { bits | 1 << 63 } else { !bits });
    }
    if folded.is_empty() {
        return 0;
    }
    let rest = folded.as_bytes().get(skipped..).unwrap_or_default();
    let mut bytes = [0_u8; 16];
    let length = rest.len().min(15);
    bytes[..length].copy_from_slice(&rest[..length]);
    // The last byte tells a text of nothing but what is skipped from the empty one.
    bytes[15] = 1;
    u128::from_be_bytes(bytes)
}

/// A text without regard to case and umlauts, as people sort it.
fn fold_into(folded: &mut String, text: &str) {
    folded.clear();
    if text.is_ascii() {
        folded.push_str(text);
        folded.make_ascii_lowercase();
        return;
    }
    for sign in text.chars() {
        match sign {
            'ä' | 'Ä' => folded.push('a'),
            'ö' | 'Ö' => folded.push('o'),
            'ü' | 'Ü' => folded.push('u'),
            'ß' => folded.push_str("ss"),
            sign if sign.is_ascii() => folded.push(sign.to_ascii_lowercase()),
            sign => folded.extend(sign.to_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two blocks, so that what stands in both is one value.
    fn parts(cells: &[&str]) -> [Part; 2] {
        let (left, right) = cells.split_at(cells.len() / 2);
        [
            Part::of(0, left.iter().copied()),
            Part::of(u32::try_from(left.len()).unwrap(), right.iter().copied()),
        ]
    }

    fn sorted(cells: &[&str], numeric: bool, descending: bool) -> Vec<u32> {
        let parts = parts(cells);
        let ranks = Ordered::of(&parts, numeric, false).ranks(cells.len());
        let mut rows: Vec<u32> = (0_u32..).zip(cells).map(|(row, _)| row).collect();
        ranks.sort(&mut rows, descending);
        rows
    }

    #[test]
    fn texts_are_sorted_without_regard_to_case_and_umlauts_and_equal_ones_stay() {
        let cells = ["Ölmühle", "Osthof", "", "ölmühle", "Anker", "Olmuhle"];
        assert_eq!(sorted(&cells, false, false), [4, 0, 3, 5, 1, 2]);
        assert_eq!(sorted(&cells, false, true), [1, 0, 3, 5, 4, 2]);
    }

    #[test]
    fn long_texts_with_the_same_beginning_keep_their_order() {
        let cells = [
            "Gasthaus zum Roten Hirsch am Hafen",
            "Gasthaus zum Roten Hirsch am Anker",
            "gasthaus zum roten Hirsch",
        ];
        assert_eq!(sorted(&cells, false, false), [2, 1, 0]);
    }

    #[test]
    fn numbers_are_sorted_as_numbers_and_what_is_none_comes_last_both_ways() {
        let cells = ["10", "9.5", "k.A.", "-3", "", "0"];
        assert_eq!(sorted(&cells, true, false), [3, 5, 1, 0, 2, 4]);
        assert_eq!(sorted(&cells, true, true), [0, 1, 5, 3, 2, 4]);
    }

    #[test]
    fn what_all_begin_with_is_still_before_what_is_longer() {
        let cells = ["+49 30", "", "+49", "+49 2", "+49 30 5"];
        assert_eq!(sorted(&cells, false, false), [2, 3, 0, 4, 1]);
    }

    #[test]
    fn few_rows_of_many_are_sorted_as_all_are() {
        let texts: Vec<String> = (0..500)
            .map(|number| format!("{:03}", number * 7 % 500))
            .collect();
        let cells: Vec<&str> = texts.iter().map(String::as_str).collect();
        let parts = parts(&cells);
        let ranks = Ordered::of(&parts, false, false).ranks(cells.len());
        for descending in [false, true] {
            let mut all: Vec<u32> = (0..500).collect();
            ranks.sort(&mut all, descending);
            let mut few: Vec<u32> = (40..50).collect();
            ranks.sort(&mut few, descending);
            all.retain(|row| few.contains(row));
            assert_eq!(few, all);
        }
    }

    #[test]
    fn every_different_text_is_one_value() {
        let parts = parts(&["Kiel", "kiel", "Kiel", ""]);
        let values = Ordered::of(&parts, false, true).values(4);
        assert_eq!(values.len(), 3);
        assert_eq!(values.id(0), values.id(2));
        assert_ne!(values.id(0), values.id(1));
        assert_eq!(values.text(values.id(3)), "");
        let among = values.among(&["kiel".to_owned()]);
        assert_eq!(among.iter().filter(|&&hit| hit).count(), 1);
        assert!(among[values.id(1) as usize]);
    }
}
