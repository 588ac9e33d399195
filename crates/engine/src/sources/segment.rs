//! Rows after a gap, or of another width than the table: its continuation, remarks below it, or another table.

use lotse_core::table::{CellKind, Row};

use super::{
    shape::Shape,
    structure::{Structure, one_line, shape_of},
};

/// A row that waits to be judged.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) number: u32,
    pub(super) cells: Vec<(CellKind, String)>,
    pub(super) ragged: Option<u32>,
}

impl Waiting {
    pub(super) fn of(row: &Row<'_>, ragged: Option<u32>) -> Self {
        Waiting {
            number: row.number(),
            cells: row
                .cells()
                .map(|cell| (cell.kind, cell.text.to_owned()))
                .collect(),
            ragged,
        }
    }

    pub(super) fn shape(&self, column: usize) -> Shape {
        self.cells
            .get(column)
            .map_or(Shape::Blank, |(kind, text)| shape_of(*kind, text))
    }

    pub(super) fn filled(&self) -> usize {
        self.cells
            .iter()
            .filter(|(_, text)| !text.trim().is_empty())
            .count()
    }

    pub(super) fn width(&self) -> usize {
        self.cells
            .iter()
            .rposition(|(_, text)| !text.trim().is_empty())
            .map_or(0, |place| place + 1)
    }

    pub(super) fn first_text(&self) -> &str {
        self.cells
            .iter()
            .map(|(_, text)| text.trim())
            .find(|text| !text.is_empty())
            .unwrap_or("")
    }
}

/// How rows after a gap, or of another width, are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    Table,
    Footer,
    OtherTable,
}

/// Rows that are looked at before a segment is judged.
pub(super) const JUDGED_ROWS: usize = 12;

/// Judges the rows of a segment. `apart` when it stands after a gap or at the end; `counted` where rows have a number of
/// cells of their own; `width` is that of the table.
pub(super) fn judge_segment(
    structure: &Structure,
    rows: &[Waiting],
    at_end: bool,
    apart: bool,
    counted: bool,
    width: usize,
) -> Segment {
    let profile = &structure.profile;
    let usual = profile.filled;
    let most = rows.iter().map(Waiting::filled).max().unwrap_or(0);
    let few = rows.len() < JUDGED_ROWS;
    // Few values, but each what its column has: a row that was cut.
    let fits_columns = rows.iter().all(|row| {
        (0..row.cells.len()).all(|column| {
            let here = row.shape(column).family();
            here == Shape::Blank || (here.is_typed() && profile.shape(column) == Some(here))
        })
    });
    let ragged_only = rows.iter().all(|row| row.ragged.is_some());
    if usual >= 3
        && !fits_columns
        && most <= (usual / 3).max(1)
        && few
        && apart
        && (at_end || rows.len() <= 3 || most == 1)
    {
        // A single long row is a ragged one; lines of one text are remarks.
        return Segment::Footer;
    }
    let labelled = |row: &Waiting| row.first_text().ends_with(':');
    if usual >= 4 && most <= 2 && few && apart && at_end && rows.iter().all(labelled) {
        // `Anzahl: 5` and the like.
        return Segment::Footer;
    }
    if usual == 2 && most == 1 && few && at_end {
        return Segment::Footer;
    }
    let [head, body @ ..] = rows else {
        return Segment::Table;
    };
    let repeated = structure.header.count > 0
        && structure.names.iter().enumerate().all(|(column, name)| {
            let text = head
                .cells
                .get(column + structure.left)
                .map_or("", |cell| cell.1.as_str());
            one_line(text) == *name
        });
    if repeated || body.is_empty() {
        return Segment::Table;
    }
    let (mut differing, mut alike) = (0, 0);
    for (column, shape) in profile.shapes.iter().enumerate() {
        let here = head.shape(column).family();
        if let Some(shape) = shape.filter(|shape| shape.is_typed())
            && here != Shape::Blank
        {
            if here == shape {
                alike += 1;
            } else if !here.is_typed() {
                differing += 1;
            }
        }
    }
    let head_typed = (0..head.cells.len()).any(|column| head.shape(column).is_typed());
    let heads_own = !head_typed
        && (0..head.cells.len()).any(|column| {
            head.shape(column) != Shape::Blank
                && body.iter().filter(|row| row.shape(column).is_typed()).count() * 10 >= body.len() * 7
        });
    let same_count = body.iter().all(|row| row.ragged == head.ragged);
    let other_width =
        ragged_only && same_count && head.ragged.is_some_and(|count| count > 1) && body.len() >= 2;
    let narrower = !counted
        && usual >= 4
        && rows
            .iter()
            .all(|row| row.width() * 3 <= (width + structure.left) * 2);
    if alike == 0
        && !head_typed
        && head.filled() >= 2
        && (differing > 0 || heads_own || other_width || narrower)
    {
        return Segment::OtherTable;
    }
    Segment::Table
}
