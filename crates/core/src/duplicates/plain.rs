//! Duplicates in tables that nobody has mapped, by the columns that [`Columns`] chooses.

use std::collections::{BTreeMap, HashMap};

use super::columns::{Columns, plain};
use super::index::Index;
use super::record::{Cancelled, Pair, Phone, Reason, Record, Side, Watch};
use super::score::score;
use super::search::Separated;
use super::similarity::edits;
use crate::table::{Row, RowBlock};

/// A table as it was read.
#[derive(Clone, Copy, Debug)]
pub struct PlainTable<'a> {
    /// Whether its rows are compared with each other.
    pub side: Side,
    /// What its columns are called.
    pub headers: &'a [String],
    /// Its rows.
    pub blocks: &'a [RowBlock],
}

/// A code that more rows share says nothing.
const MOST_WITH_A_CODE: usize = 20;

/// The pairs of all tables together. Rows are numbered from 0, table by table in the order of their blocks; `columns` are
/// those of each table. What is compared beyond name, place, address and number are the columns' codes: rows with one in
/// common are the same where their names are alike, rows whose codes all differ are not.
///
/// # Errors
/// When `watch` asks to stop.
pub fn find_in_tables(
    tables: &[PlainTable<'_>],
    columns: &[Columns],
    watch: &Watch<'_>,
) -> Result<Vec<Pair>, Cancelled> {
    let mut index = Index::new();
    let mut id = 0;
    let mut codes: Vec<Vec<(String, String)>> = Vec::new();
    for (table, columns) in tables.iter().zip(columns) {
        for block in table.blocks {
            let names: Vec<String> = block.rows().map(|row| columns.name_of(row)).collect();
            let records: Vec<Record<'_>> = (id..)
                .zip(block.rows())
                .zip(&names)
                .map(|((id, row), name)| record(id, row, columns, name))
                .collect();
            index.extend(table.side, &records, watch)?;
            codes.extend(block.rows().map(|row| codes_of(row, columns, table.headers)));
            id += super::hash::count(records.len());
        }
    }
    let found = index.find_all(&Separated::default(), watch)?;
    let mut pairs: BTreeMap<(u32, u32), Pair> = BTreeMap::new();
    for pair in found {
        let by_name = pair.reason == Reason::CompanyFuzzy;
        if !by_name || !all_differ(&codes[pair.a as usize], &codes[pair.b as usize]) {
            pairs.insert((pair.a, pair.b), pair);
        }
    }
    for ((a, b), shared) in sharing(&codes) {
        let (one, two) = (index.rows.is_reference(a), index.rows.is_reference(b));
        if pairs.contains_key(&(a, b)) || one && two {
            continue;
        }
        let alike = index.name_likeness(a, b);
        let near = index.same_place(a, b);
        let enough = if shared > 1 { 0.2 } else { 0.5 };
        if alike >= enough || shared > 1 && near || alike >= 0.3 && near {
            let pair = Pair {
                a,
                b,
                score: score(if shared > 1 { 0.95 } else { 0.75 }),
                reason: Reason::CompanyFuzzy,
                company: Some(alike),
                city: None,
                postcode: None,
            };
            pairs.insert((a, b), pair);
        }
    }
    Ok(pairs.into_values().collect())
}

fn record<'a>(id: u32, row: Row<'a>, columns: &Columns, name: &'a str) -> Record<'a> {
    let text = |column: Option<usize>| column.map_or("", |column| row.cell(column).text);
    Record {
        id,
        email: text(columns.email),
        phone: Phone::Written(text(columns.phone), Some(super::phone::Region::De)),
        company: name,
        city: text(columns.place),
        postcode: text(columns.postcode),
    }
}

/// The codes of a row with the names of their columns, letters and digits only.
fn codes_of(row: Row<'_>, columns: &Columns, headers: &[String]) -> Vec<(String, String)> {
    let codes = columns.codes.iter().map(|&column| {
        let letters = row
            .cell(column)
            .text
            .chars()
            .filter(|letter| letter.is_alphanumeric());
        let code: String = letters.flat_map(char::to_lowercase).collect();
        (plain(headers.get(column).map_or("", String::as_str)), code)
    });
    codes
        .filter(|(_, code)| !code.trim_matches('0').is_empty())
        .collect()
}

/// Pairs of rows with codes in common, and how many.
fn sharing(codes: &[Vec<(String, String)>]) -> BTreeMap<(u32, u32), usize> {
    let mut rows: HashMap<&(String, String), Vec<u32>> = HashMap::new();
    for (row, codes) in (0..).zip(codes) {
        for code in codes {
            rows.entry(code).or_default().push(row);
        }
    }
    let mut shared = BTreeMap::new();
    for rows in rows.into_values().filter(|rows| rows.len() <= MOST_WITH_A_CODE) {
        for (at, &b) in rows.iter().enumerate() {
            for &a in &rows[..at] {
                *shared.entry((a, b)).or_insert(0) += 1;
            }
        }
    }
    shared
}

/// Whether two rows have several codes and not even nearly one of them in common.
fn all_differ(one: &[(String, String)], two: &[(String, String)]) -> bool {
    let mut both = 0;
    for (column, code) in one {
        let Some((_, other)) = two.iter().find(|(name, _)| name == column) else {
            continue;
        };
        if edits(code.as_bytes(), other.as_bytes(), 2) <= 2 {
            return false;
        }
        both += 1;
    }
    both > 1
}

impl Index {
    /// How alike two rows' names are, 0 to 1, wherever they are. Ids are slots here: no row was replaced.
    fn name_likeness(&self, a: u32, b: u32) -> f32 {
        super::compare::compare_names(&self.vocabulary, self.rows.name(a), self.rows.name(b)).similarity
    }

    fn same_place(&self, a: u32, b: u32) -> bool {
        let (a, b) = (a as usize, b as usize);
        let postcode = self.rows.postcodes[a];
        postcode != 0 && postcode == self.rows.postcodes[b]
            || self
                .places
                .compare(self.rows.places[a], self.rows.places[b])
                .is_some_and(|alike| alike > 0.8)
    }
}

#[cfg(test)]
mod tests {
    use super::super::columns::table_of;
    use super::*;

    fn pairs(headers: &[&str], rows: &[&[&str]]) -> Vec<(u32, u32)> {
        let (headers, block) = table_of(headers, rows);
        let blocks = [block];
        let table = PlainTable {
            side: Side::Project,
            headers: &headers,
            blocks: &blocks,
        };
        let columns = Columns::find(&headers, &blocks).expect("the table has names");
        let found = find_in_tables(&[table], &[columns], &Watch::SILENT).expect("nobody cancels");
        found.iter().map(|pair| (pair.a, pair.b)).collect()
    }

    #[test]
    fn people_are_found_by_name_and_place_or_by_what_only_they_have() {
        let headers = [
            "given_name",
            "surname",
            "suburb",
            "postcode",
            "date_of_birth",
            "soc_sec_id",
        ];
        let found = pairs(
            &headers,
            &[
                &["courtney", "painter", "richlands", "4560", "19161214", "4066625"],
                &["courtney", "paintre", "richlands", "4560", "19161214", "4066625"],
                &["vanessa", "parr", "south grafton", "2135", "19951119", "9239102"],
                &["vanessa", "", "dapto", "2135", "19951119", "9239102"],
                &["charles", "green", "dapto", "4566", "19480930", "4365168"],
                &["charles", "green", "dapto", "4566", "19720312", "7781204"],
            ],
        );
        assert_eq!(found, [(0, 1), (2, 3)]);
    }

    #[test]
    fn editions_of_a_title_are_two() {
        let found = pairs(
            &["title", "authors", "year"],
            &[
                &[
                    "Efficient similarity joins for near duplicate detection",
                    "C. Xiao",
                    "2008",
                ],
                &[
                    "Efficient Similarity Joins for Near-Duplicate Detection",
                    "Chuan Xiao",
                    "2008",
                ],
                &[
                    "Efficient similarity joins for near duplicate detection",
                    "C. Xiao",
                    "2011",
                ],
            ],
        );
        assert_eq!(found, [(0, 1)]);
    }
}
