//! Tables that stand beside each other on one sheet, with a gap of columns between them: the largest is meant.
//!
//! A blank column alone divides nothing, for tables have such columns, too. What tells are rows: two tables seldom end with
//! the same one.

use std::collections::BTreeSet;

use super::{shape::Shape, structure::SampleRow};

/// Columns of a sheet that belong to other tables than the one that is meant.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Beside {
    pub(crate) columns: BTreeSet<usize>,
    /// Numbers of the first and the last row in which something stands there.
    pub(crate) rows: (u32, u32),
}

/// Neighbouring columns that have something in them.
struct Group {
    from: usize,
    to: usize,
    cells: usize,
    /// Places in the sample of the first and the last row with something here.
    first: usize,
    last: usize,
    filled_rows: usize,
}

/// Finds the columns of other tables.
pub(crate) fn find(rows: &[SampleRow]) -> Beside {
    let groups = groups(rows);
    let Some(main) = groups.iter().max_by_key(|group| group.cells) else {
        return Beside::default();
    };
    let mut found = Beside {
        columns: BTreeSet::new(),
        rows: (u32::MAX, 0),
    };
    for group in &groups {
        if group.from != main.from && is_table_apart(group, main, rows) {
            found.columns.extend(group.from..=group.to);
            found.rows.0 = found.rows.0.min(rows[group.first].number);
            found.rows.1 = found.rows.1.max(rows[group.last].number);
        }
    }
    found
}

/// The same rows with nothing in these columns; rows that have nothing else are left out.
pub(crate) fn without(rows: &[SampleRow], columns: &BTreeSet<usize>) -> Vec<SampleRow> {
    let blanked = rows.iter().map(|row| {
        let mut row = row.clone();
        for &column in columns {
            if let Some(cell) = row.cells.get_mut(column) {
                *cell = super::structure::SampleCell::new(lotse_core::table::CellKind::Empty, "");
            }
        }
        row
    });
    blanked.filter(|row| row.filled() > 0).collect()
}

fn groups(rows: &[SampleRow]) -> Vec<Group> {
    let width = rows.iter().map(SampleRow::width).max().unwrap_or(0);
    let mut used = vec![false; width];
    for row in rows {
        for (column, cell) in row.cells.iter().enumerate() {
            if cell.shape != Shape::Blank {
                used[column] = true;
            }
        }
    }
    let mut groups: Vec<Group> = Vec::new();
    for (column, _) in used.iter().enumerate().filter(|(_, used)| **used) {
        match groups.last_mut() {
            Some(group) if group.to + 1 == column => group.to = column,
            _ => groups.push(Group {
                from: column,
                to: column,
                cells: 0,
                first: usize::MAX,
                last: 0,
                filled_rows: 0,
            }),
        }
    }
    if groups.len() < 2 {
        return groups;
    }
    for (index, row) in rows.iter().enumerate() {
        for group in &mut groups {
            let filled = (group.from..=group.to)
                .filter(|&column| row.shape(column) != Shape::Blank)
                .count();
            if filled > 0 {
                group.cells += filled;
                group.filled_rows += 1;
                group.first = group.first.min(index);
                group.last = index;
            }
        }
    }
    groups
}

/// True for a group that has several columns, a heading, rows that are full, and an end of its own.
fn is_table_apart(group: &Group, main: &Group, rows: &[SampleRow]) -> bool {
    let width = group.to - group.from + 1;
    let main_width = main.to - main.from + 1;
    let extent = group.last - group.first + 1;
    if width < 2 || main_width < 2 || group.filled_rows < 3 || group.filled_rows < extent {
        return false;
    }
    let full = group.cells * 10 >= width * group.filled_rows * 8;
    let heading = (group.from..=group.to).all(|column| {
        let shape = rows[group.first].shape(column);
        shape != Shape::Blank && !shape.is_typed()
    });
    // The longer of the two goes on where the other has ended, by more than a row that was left blank.
    let beyond = group.last.abs_diff(main.last);
    full && heading && beyond >= 2 && beyond * 10 >= extent.max(main.last - main.first + 1)
}

#[cfg(test)]
mod tests {
    use lotse_core::table::CellKind;

    use super::super::structure::SampleCell;
    use super::*;

    fn sample(lines: &[&str]) -> Vec<SampleRow> {
        let rows = lines.iter().zip(1..).map(|(line, number)| SampleRow {
            number,
            cells: line
                .split(';')
                .map(|text| {
                    let kind = if text.is_empty() {
                        CellKind::Empty
                    } else {
                        CellKind::Text
                    };
                    SampleCell::new(kind, text)
                })
                .collect(),
        });
        rows.collect()
    }

    #[test]
    fn a_shorter_table_behind_a_gap_is_another_one() {
        let rows = sample(&[
            "Firma;Ort;;Kürzel;Bedeutung",
            "A;Ulm;;N;neu",
            "B;Bonn;;O;alt",
            "C;Köln;;;",
            "D;Trier;;;",
            "E;Mainz;;;",
        ]);
        let found = find(&rows);
        assert_eq!(found.columns, BTreeSet::from([3, 4]));
        assert_eq!(found.rows, (1, 3));
        assert!(without(&rows, &found.columns).iter().all(|row| row.width() == 2));
    }

    #[test]
    fn a_blank_column_divides_no_table() {
        for lines in [
            &["Firma;Ort;;Tel;Mail", "A;Ulm;;1;a", "B;Bonn;;2;b", "C;Köln;;3;c"][..],
            // Seldom filled columns are no table.
            &[
                "Firma;Ort;;Tel;Mail",
                "A;Ulm;;;",
                "B;Bonn;;2;b",
                "C;Köln;;;",
                "D;Trier;;;",
                "E;Mainz;;;",
            ],
            // Nor is a remark.
            &[
                "Firma;Ort;;Stand",
                "A;Ulm;;heute",
                "B;Bonn;;",
                "C;Köln;;",
                "D;Trier;;",
            ],
        ] {
            assert_eq!(find(&sample(lines)).columns, BTreeSet::new(), "{lines:?}");
        }
    }
}
