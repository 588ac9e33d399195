//! Rows by the texts that occur in them.

use std::sync::{Arc, PoisonError};

use rayon::prelude::*;
use regex::bytes::{Regex, RegexBuilder};
use rusqlite::{OptionalExtension as _, params};

use super::at_once::at_once;
use super::block::{RawColumn, TextColumn};
use super::{Project, ProjectError};
use crate::packing::unpack as decompress;

/// Where a text occurs.
pub(super) struct Found {
    text: String,
    /// For each row of the project whether one of its fields contains the text.
    rows: Vec<bool>,
    /// The first row of each block that has the text, with the fields that have it: a longer text that contains this
    /// one is nowhere else.
    blocks: Vec<(u32, Vec<i64>)>,
}

impl Found {
    /// True where one of the fields of a row contains the text.
    pub(super) fn has(&self, row: u32) -> bool {
        self.rows.get(row as usize).copied().unwrap_or_default()
    }
}

impl Project {
    /// Where `text` occurs, without regard to case.
    pub(super) fn rows_with_text(&self, text: &str) -> Result<Arc<Found>, ProjectError> {
        let (content, earlier) = {
            let columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
            (columns.content, columns.search.clone())
        };
        if let Some(found) = earlier.as_ref().filter(|found| found.text == text) {
            return Ok(Arc::clone(found));
        }
        // Whoever types looks for more and more of the same.
        let earlier = earlier.filter(|found| text.contains(&found.text));
        let found = Arc::new(at_once(|| self.search(text, earlier.as_deref()))?);
        let mut columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        if columns.content == content {
            columns.search = Some(Arc::clone(&found));
        }
        Ok(found)
    }

    fn search(&self, text: &str, earlier: Option<&Found>) -> Result<Found, ProjectError> {
        let mut found = Found {
            text: text.to_owned(),
            rows: vec![false; self.index().facts.len()],
            blocks: Vec::new(),
        };
        let pattern = RegexBuilder::new(&regex::escape(text))
            .case_insensitive(true)
            .size_limit(1 << 26)
            .build();
        let Ok(pattern) = pattern else {
            // Only a text of megabytes compiles to more; no cell contains it.
            return Ok(found);
        };
        let all_blocks;
        let blocks = match earlier {
            Some(earlier) => &earlier.blocks,
            None => {
                all_blocks = self.searched_blocks()?;
                &all_blocks
            }
        };
        let hits: Vec<Vec<(i64, Vec<u32>)>> = blocks
            .par_iter()
            .map(|(first_row, fields)| self.search_block(&pattern, *first_row, fields))
            .collect::<Result<_, ProjectError>>()?;
        for ((first_row, _), fields) in blocks.iter().zip(hits) {
            for row in fields.iter().flat_map(|(_, rows)| rows) {
                if let Some(hit) = found.rows.get_mut(*row as usize) {
                    *hit = true;
                }
            }
            if !fields.is_empty() {
                let fields = fields.iter().map(|(field, _)| *field).collect();
                found.blocks.push((*first_row, fields));
            }
        }
        for (&row, state) in &self.index().touched {
            if let Some(hit) = found.rows.get_mut(row as usize) {
                let mut cells = state.fields.iter();
                *hit = cells.any(|cell| {
                    pattern.is_match(cell.text.as_bytes()) || pattern.is_match(cell.shown().as_bytes())
                });
            }
        }
        Ok(found)
    }

    /// All blocks, with all fields.
    fn searched_blocks(&self) -> Result<Vec<(u32, Vec<i64>)>, ProjectError> {
        let fields = i64::try_from(self.target.fields.len()).unwrap_or(i64::MAX);
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT DISTINCT first_row FROM lead_column")?;
            statement
                .query_map([], |row| Ok((row.get(0)?, (0..fields).collect())))?
                .collect()
        })
    }

    /// The rows of a block in which the pattern occurs, by field.
    fn search_block(
        &self,
        pattern: &Regex,
        first_row: u32,
        fields: &[i64],
    ) -> Result<Vec<(i64, Vec<u32>)>, ProjectError> {
        let packed: Vec<(i64, Vec<u8>)> = self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT data FROM lead_column WHERE first_row = ?1 AND field = ?2")?;
            let mut packed = Vec::with_capacity(fields.len());
            for &field in fields {
                let data: Option<Vec<u8>> = statement
                    .query_row(params![first_row, field], |row| row.get(0))
                    .optional()?;
                packed.extend(data.map(|data| (field, data)));
            }
            Ok(packed)
        })?;
        let mut found = Vec::new();
        for (field, data) in packed {
            let mut rows = Vec::new();
            let mut column = 0;
            let looked = decompress(&data).and_then(|plain| {
                TextColumn::look_at_all(&plain, |raw| {
                    // The texts and, where they differ from them, the values; then what each of them is.
                    if column < 2 {
                        cells_with(pattern, &raw, |at| rows.push(first_row + at));
                    }
                    column += 1;
                })
            });
            looked.ok_or_else(|| self.damaged(&format!("column {field} of row {first_row}")))?;
            if !rows.is_empty() {
                found.push((field, rows));
            }
        }
        Ok(found)
    }
}

/// Hands the places of the cells that match to `each`. All cells are gone through in one go: what matches over the edge
/// of a cell is looked at again from inside it.
fn cells_with(pattern: &Regex, column: &RawColumn<'_>, mut each: impl FnMut(u32)) {
    let Some(mut found) = pattern.find(column.text) else {
        return;
    };
    let ends = column.ends();
    loop {
        let at = ends.partition_point(|&end| end <= found.start());
        let Some(&end) = ends.get(at) else { return };
        let from = if found.end() <= end {
            each(u32::try_from(at).unwrap_or(u32::MAX));
            end
        } else {
            found.start() + 1
        };
        match pattern.find_at(column.text, from) {
            Some(next) => found = next,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_by_case_and_never_across_their_edges() {
        let long = format!("{}Kiel{}", "ü".repeat(90), "-".repeat(200));
        let mut column = TextColumn::default();
        for text in ["", "Müller", "KIEL", "ki", "el", "aKIELb kiel", "", &long] {
            column.push(text);
        }
        let plain = decompress(&TextColumn::pack_all(&[&column])).unwrap();
        let find = |text: &str| {
            let pattern = RegexBuilder::new(&regex::escape(text))
                .case_insensitive(true)
                .build()
                .unwrap();
            let mut found = Vec::new();
            TextColumn::look_at_all(&plain, |raw| cells_with(&pattern, &raw, |at| found.push(at))).unwrap();
            found
        };
        assert_eq!(find("kiel"), [2, 5, 7]);
        assert_eq!(find("MÜLL"), [1]);
        assert_eq!(find("Ü"), [1, 7]);
        assert_eq!(
            find("lk"),
            [0; 0],
            "the end of one cell and the beginning of the next are no text"
        );
        assert_eq!(find("."), [0; 0]);
    }
}
