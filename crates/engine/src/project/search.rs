//! Rows by the texts that occur in them.

use std::sync::{Arc, PoisonError};

use rayon::prelude::*;
use regex::{Regex, RegexBuilder};
use rusqlite::params;

use super::at_once::at_once;
use super::block::TextColumn;
use super::{Project, ProjectError};

impl Project {
    /// For each row of the project whether one of its fields contains `text`, without regard to case.
    pub(super) fn rows_with_text(&self, text: &str) -> Result<Arc<Vec<bool>>, ProjectError> {
        let content = {
            let columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((known, rows)) = &columns.search
                && known == text
            {
                return Ok(Arc::clone(rows));
            }
            columns.content
        };
        let rows = Arc::new(at_once(|| self.search(text))?);
        let mut columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        if columns.content == content {
            columns.search = Some((text.to_owned(), Arc::clone(&rows)));
        }
        Ok(rows)
    }

    fn search(&self, text: &str) -> Result<Vec<bool>, ProjectError> {
        let pattern = RegexBuilder::new(&regex::escape(text))
            .case_insensitive(true)
            .size_limit(1 << 26)
            .build();
        let Ok(pattern) = pattern else {
            // Only a text of megabytes compiles to more; no cell contains it.
            return Ok(vec![false; self.index().facts.len()]);
        };
        let fields = i64::try_from(self.target.fields.len()).unwrap_or(i64::MAX);
        let blocks: Vec<u32> = self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT DISTINCT first_row FROM lead_column")?;
            statement.query_map([], |row| row.get(0))?.collect()
        })?;
        let found: Vec<Vec<u32>> = blocks
            .par_iter()
            .map(|&first_row| {
                let packed: Vec<Vec<u8>> = self.read(|connection| {
                    let mut statement = connection.prepare_cached(
                        "SELECT data FROM lead_column WHERE first_row = ?1 AND field >= 0 AND field < ?2",
                    )?;
                    statement
                        .query_map(params![first_row, fields], |row| row.get(0))?
                        .collect()
                })?;
                let mut hits = Vec::new();
                for data in packed {
                    let columns = TextColumn::unpack_all(&data)
                        .ok_or_else(|| self.damaged(&format!("a column of row {first_row}")))?;
                    // The texts and, where they differ from them, the values.
                    for column in columns.iter().take(2) {
                        cells_with(&pattern, column, |at| hits.push(first_row + at));
                    }
                }
                Ok(hits)
            })
            .collect::<Result<_, ProjectError>>()?;
        let index = self.index();
        let mut rows = vec![false; index.facts.len()];
        for row in found.into_iter().flatten() {
            if let Some(hit) = rows.get_mut(row as usize) {
                *hit = true;
            }
        }
        for (&row, state) in &index.touched {
            if let Some(hit) = rows.get_mut(row as usize) {
                let mut cells = state.fields.iter();
                *hit = cells.any(|cell| pattern.is_match(&cell.text) || pattern.is_match(cell.shown()));
            }
        }
        Ok(rows)
    }
}

/// Hands the places of the cells that match to `each`. All cells are gone through in one go: what matches over the edge
/// of a cell is looked at again from inside it.
fn cells_with(pattern: &Regex, column: &TextColumn, mut each: impl FnMut(u32)) {
    let (text, ends) = column.parts();
    let mut from = 0;
    while let Some(found) = pattern.find_at(text, from) {
        let at = ends.partition_point(|&end| end as usize <= found.start());
        let Some(&end) = ends.get(at) else { return };
        if found.end() <= end as usize {
            each(u32::try_from(at).unwrap_or(u32::MAX));
            from = end as usize;
        } else {
            let step = text[found.start()..].chars().next().map_or(1, char::len_utf8);
            from = found.start() + step;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_by_case_and_never_across_their_edges() {
        let mut column = TextColumn::default();
        for text in ["", "Müller", "KIEL", "ki", "el", "aKIELb kiel", ""] {
            column.push(text);
        }
        let find = |text: &str| {
            let pattern = RegexBuilder::new(&regex::escape(text))
                .case_insensitive(true)
                .build()
                .unwrap();
            let mut found = Vec::new();
            cells_with(&pattern, &column, |at| found.push(at));
            found
        };
        assert_eq!(find("kiel"), [2, 5]);
        assert_eq!(find("MÜLL"), [1]);
        assert_eq!(find("ü"), [1]);
        assert_eq!(
            find("lk"),
            [0; 0],
            "the end of one cell and the beginning of the next are no text"
        );
        assert_eq!(find("."), [0; 0]);
    }
}
