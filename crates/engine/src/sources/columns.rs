//! What the columns of a table are, told by the rows that pass by.

use lotse_core::{
    profile::{ColumnProfile, ColumnType, DateOrderFound},
    table::{Cell, CellKind, RowBlock},
    values::DateOrder,
};

use super::{
    inspection::{Detection, DetectionReason, InspectedColumn, Inspection, PreviewCell, PreviewRow},
    notice::{NoticeFact, SourceNotice},
    settings::ReadSettings,
};

/// Rows that are profiled in full; what columns are does not change after so many.
const PROFILED_ROWS: u64 = 20_000;

/// Rows of ambiguous dates that are listed for each column.
const LISTED_ROWS: usize = 1000;

/// What passing rows show of the columns.
#[derive(Default)]
pub(crate) struct Observed {
    rows: u64,
    pub(crate) profiles: Vec<ColumnProfile>,
    pub(crate) filled: Vec<u64>,
    pub(crate) preview: Vec<PreviewRow>,
    /// First damaged phone number of a column: its row and text.
    damaged: Vec<Option<(u32, String)>>,
    /// First ambiguous date of a column, and the rows of all that are listed.
    ambiguous: Vec<(String, Vec<u32>)>,
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
        for row in block.rows() {
            let profiled = self.rows < PROFILED_ROWS;
            self.rows += 1;
            for (column, cell) in row.cells().enumerate() {
                if cell.text.is_empty() {
                    continue;
                }
                self.filled[column] += u64::from(!cell.is_blank());
                if profiled {
                    self.profiles[column].observe(cell);
                    self.note_cell(column, row.number(), cell);
                }
            }
            if self.preview.len() < Inspection::PREVIEW_ROWS {
                self.preview.push(PreviewRow {
                    number: row.number(),
                    cells: row
                        .cells()
                        .map(|cell| PreviewCell {
                            kind: cell.kind,
                            text: cell.text.to_owned(),
                        })
                        .collect(),
                });
            }
        }
    }

    fn note_cell(&mut self, column: usize, row: u32, cell: Cell<'_>) {
        if self.damaged[column].is_none()
            && lotse_core::values::is_number_in_scientific_form(cell.text.trim())
        {
            self.damaged[column] = Some((row, cell.text.to_owned()));
        }
        if self.ambiguous[column].1.len() < LISTED_ROWS
            && cell.kind == CellKind::Text
            && cell
                .text
                .bytes()
                .filter(|byte| matches!(byte, b'/' | b'-' | b'.'))
                .count()
                == 2
            && lotse_core::values::read_moment(cell.text, DateOrder::DayFirst)
                .is_some_and(|reading| reading.evidence == lotse_core::values::MomentEvidence::Either)
        {
            let (text, rows) = &mut self.ambiguous[column];
            if rows.is_empty() {
                cell.text.clone_into(text);
            }
            rows.push(row);
        }
    }
}

pub(crate) fn column(
    index: usize,
    position: usize,
    name: String,
    profile: ColumnProfile,
    filled: u64,
    hidden: bool,
    settings: &ReadSettings,
) -> InspectedColumn {
    let kind = profile.column_type();
    let chosen = settings.columns.get(&index).copied().unwrap_or_default();
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
                    cells: profile.filled,
                },
            )),
            DateOrderFound::NotNeeded => None,
        },
        (None, _) => None,
    };
    let number_style = match chosen.number_style {
        Some(style) => Some(Detection::chosen(style)),
        None => profile
            .decimal_style()
            .filter(|_| kind == ColumnType::Decimal)
            .map(|style| {
                let reason = DetectionReason::Matching {
                    cells: profile.filled,
                    of: profile.filled,
                };
                Detection::found(style, 0.95, reason)
            }),
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
        kind: Detection::found(
            kind,
            certainty,
            DetectionReason::Matching {
                cells: profile.filled,
                of: profile.filled,
            },
        ),
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
        });
    }
    let asked = column
        .date_order
        .as_ref()
        .is_some_and(|order| matches!(order.reason, DetectionReason::Ambiguous { .. }));
    if asked
        && let Some((text, rows)) = seen.ambiguous.get(column.index)
        && let Some(&first) = rows.first()
    {
        notices.push(SourceNotice {
            fact: NoticeFact::AmbiguousDates {
                text: text.clone(),
                rows: rows.clone(),
            },
            row: Some(first),
            column: Some(column.index),
            count: column.filled,
        });
    }
}
