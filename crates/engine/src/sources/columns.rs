//! What the columns of a table are, told by the rows that pass by.

use lotse_core::{
    profile::{ColumnProfile, ColumnType, DateOrderFound},
    table::{Cell, CellKind, RowBlock},
    values::{
        DateOrder, DecimalEvidence, DecimalStyle, MomentEvidence, decimal_evidence,
        is_number_in_scientific_form, read_moment,
    },
};

use super::{
    inspection::{Detection, DetectionReason, InspectedColumn, Inspection, PreviewRow},
    notice::{NoticeFact, SourceNotice},
    settings::ReadSettings,
    tally::FirstRows,
};

/// Rows that are profiled in full; what columns are does not change after so many.
const PROFILED_ROWS: u64 = 20_000;

/// What passing rows show of the columns.
#[derive(Default)]
pub(crate) struct Observed {
    rows: u64,
    pub(crate) profiles: Vec<ColumnProfile>,
    pub(crate) filled: Vec<u64>,
    pub(crate) preview: Vec<PreviewRow>,
    /// First damaged phone number of a column: its row and text.
    damaged: Vec<Option<(u32, String)>>,
    /// Cells of a column that can be read in two ways.
    ambiguous: Vec<Ambiguous>,
}

/// Cells that can be read in two ways.
#[derive(Clone, Debug, Default)]
struct Ambiguous {
    dates: Examples,
    amounts: Examples,
}

/// The first of some cells, and the rows of the first ones.
#[derive(Clone, Debug, Default)]
struct Examples {
    first: String,
    rows: FirstRows,
}

impl Examples {
    fn push(&mut self, row: u32, text: &str) {
        if self.rows.is_empty() {
            text.trim().clone_into(&mut self.first);
        }
        self.rows.push(row);
    }
}

impl Observed {
    pub(crate) fn observe(&mut self, block: &RowBlock) {
        let width = block.width();
        if self.profiles.len() < width {
            self.profiles.resize_with(width, ColumnProfile::default);
            self.filled.resize(width, 0);
            self.damaged.resize(width, None);
            self.ambiguous.resize_with(width, Default::default);
        }
        // What is still undecided is looked at to the end: the last row may prove it.
        let undecided: Vec<bool> = self.profiles.iter().map(is_undecided).collect();
        for row in block.rows() {
            let profiled = self.rows < PROFILED_ROWS;
            self.rows += 1;
            for (column, cell) in row.cells().enumerate() {
                if cell.text.is_empty() {
                    continue;
                }
                self.filled[column] += u64::from(!cell.is_blank());
                if profiled || undecided[column] {
                    self.profiles[column].observe(cell);
                    self.note_cell(column, row.number(), cell);
                }
            }
            if self.preview.len() < Inspection::PREVIEW_ROWS {
                self.preview.push(PreviewRow::of(&row));
            }
        }
    }

    fn note_cell(&mut self, column: usize, row: u32, cell: Cell<'_>) {
        if self.damaged[column].is_none() && is_number_in_scientific_form(cell.text.trim()) {
            self.damaged[column] = Some((row, cell.text.to_owned()));
        }
        if cell.kind != CellKind::Text {
            return;
        }
        let ambiguous = &mut self.ambiguous[column];
        let separators = cell
            .text
            .bytes()
            .filter(|byte| matches!(byte, b'/' | b'-' | b'.' | b','))
            .count();
        if separators == 2
            && !ambiguous.dates.rows.is_full()
            && read_moment(cell.text, DateOrder::DayFirst)
                .is_some_and(|reading| reading.evidence == MomentEvidence::Either)
        {
            ambiguous.dates.push(row, cell.text);
        }
        if separators == 1
            && !ambiguous.amounts.rows.is_full()
            && decimal_evidence(cell.text) == Some(DecimalEvidence::Either)
        {
            ambiguous.amounts.push(row, cell.text);
        }
    }
}

/// True while a later cell may decide how the dates or amounts of a column are meant.
fn is_undecided(profile: &ColumnProfile) -> bool {
    profile.date_order() == DateOrderFound::Ambiguous || profile.ambiguous_decimals() > 0
}

pub(crate) fn column(
    index: usize,
    position: usize,
    name: String,
    mut profile: ColumnProfile,
    filled: u64,
    hidden: bool,
    settings: &ReadSettings,
) -> InspectedColumn {
    let chosen = settings.columns.get(&index).copied().unwrap_or_default();
    profile.said = chosen.kind;
    let kind = profile.column_type();
    let date_order = match (chosen.date_order, kind) {
        (Some(order), _) => Some(Detection::chosen(order)),
        (None, ColumnType::Date) => match profile.date_order() {
            DateOrderFound::Decided { by, proven } => {
                let reason = match profile.proof.clone().filter(|_| proven) {
                    Some(text) => DetectionReason::Proof { text, row: None },
                    None => DetectionReason::Usual,
                };
                Some(Detection::found(by, if proven { 0.99 } else { 0.9 }, reason))
            }
            DateOrderFound::Ambiguous | DateOrderFound::Contradictory => Some(Detection::found(
                DateOrder::DayFirst,
                0.5,
                DetectionReason::Ambiguous {
                    cells: profile.ambiguous_dates(),
                },
            )),
            DateOrderFound::NotNeeded => None,
        },
        (None, _) => None,
    };
    let number_style = match (chosen.number_style, kind) {
        (Some(style), _) => Some(Detection::chosen(style)),
        (None, ColumnType::Decimal) => match (profile.decimal_style(), profile.ambiguous_decimals()) {
            (Some(style), _) => {
                let reason = DetectionReason::Matching {
                    cells: profile.filled,
                    of: profile.filled,
                };
                Some(Detection::found(style, 0.95, reason))
            }
            (None, 0) => None,
            (None, cells) => Some(Detection::found(
                DecimalStyle::default(),
                0.5,
                DetectionReason::Ambiguous { cells },
            )),
        },
        (None, _) => None,
    };
    let certainty = match kind {
        ColumnType::Empty => 1.0,
        ColumnType::Text => 0.8,
        _ => 0.95,
    };
    InspectedColumn {
        index,
        position,
        name,
        kind: match chosen.kind {
            Some(said) => Detection::chosen(said),
            None => Detection::found(
                kind,
                certainty,
                DetectionReason::Matching {
                    cells: profile.filled,
                    of: profile.filled,
                },
            ),
        },
        date_order,
        number_style,
        samples: profile.samples.clone(),
        filled,
        hidden,
        profile,
    }
}

pub(crate) fn note_column(column: &InspectedColumn, seen: &Observed, notices: &mut Vec<SourceNotice>) {
    let place = |noted: &[Option<(u32, String)>]| noted.get(column.index).cloned().flatten();
    if column.kind.value == ColumnType::Phone
        && let Some((row, text)) = place(&seen.damaged)
    {
        notices.push(SourceNotice {
            fact: NoticeFact::DamagedPhone { text },
            row: Some(row),
            column: Some(column.index),
            count: column.profile.damaged_numbers(),
            rows: vec![row],
        });
    }
    let Some(ambiguous) = seen.ambiguous.get(column.index) else {
        return;
    };
    let mut ask = |fact: NoticeFact, examples: &Examples, count: u64| {
        let rows = examples.rows.clone().into_rows();
        notices.push(SourceNotice {
            fact,
            row: rows.first().copied(),
            column: Some(column.index),
            count,
            rows,
        });
    };
    if is_asked(column.date_order.as_ref()) && !ambiguous.dates.rows.is_empty() {
        let text = ambiguous.dates.first.clone();
        ask(
            NoticeFact::AmbiguousDates { text },
            &ambiguous.dates,
            column.profile.ambiguous_dates(),
        );
    }
    if is_asked(column.number_style.as_ref()) && !ambiguous.amounts.rows.is_empty() {
        let text = ambiguous.amounts.first.clone();
        ask(
            NoticeFact::AmbiguousNumbers { text },
            &ambiguous.amounts,
            column.profile.ambiguous_decimals(),
        );
    }
}

fn is_asked<T>(found: Option<&Detection<T>>) -> bool {
    found.is_some_and(|found| matches!(found.reason, DetectionReason::Ambiguous { .. }))
}
