//! Which sheet of a workbook is meant, and its first rows.

use super::{
    Control,
    error::SourceError,
    inspection::DetectionReason,
    settings::ReadSettings,
    structure::{SampleCell, SampleRow},
    tally::NoticeTally,
    workbook::{SheetFacts, Workbook},
};

/// Rows of a workbook's sheet that are looked at.
pub(crate) const SAMPLE_ROWS: usize = 1000;
/// Cells of them.
const SAMPLE_CELLS: usize = 1 << 17;
/// Bytes of their texts.
const SAMPLE_TEXT: usize = 64 << 20;

/// The sheet to read: the one that was asked for, else the first visible one with a table.
pub(crate) fn choose_sheet(
    workbook: &mut dyn Workbook,
    names: &[(String, bool)],
    settings: &ReadSettings,
    control: &Control<'_>,
) -> Result<(usize, DetectionReason, f32), SourceError> {
    if let Some(wanted) = &settings.sheet {
        let exact = names.iter().position(|(name, _)| name == wanted);
        let loose = || {
            names
                .iter()
                .position(|(name, _)| name.trim().to_lowercase() == wanted.trim().to_lowercase())
        };
        return match exact.or_else(loose) {
            Some(index) => Ok((index, DetectionReason::Chosen, 1.0)),
            None => Err(SourceError::NoSuchSheet {
                wanted: wanted.clone(),
                sheets: names.iter().map(|(name, _)| name.clone()).collect(),
            }),
        };
    }
    if names.len() == 1 {
        return Ok((0, DetectionReason::Only, 1.0));
    }
    let visible: Vec<usize> = (0..names.len()).filter(|&index| names[index].1).collect();
    let candidates = if visible.is_empty() {
        (0..names.len()).collect()
    } else {
        visible
    };
    let mut with_cells = None;
    for (passed, &index) in candidates.iter().take(20).enumerate() {
        let (sample, ..) = sample_sheet(workbook, index, settings, control)?;
        let table = sample
            .iter()
            .filter(|row| {
                row.cells
                    .iter()
                    .filter(|cell| !cell.text.trim().is_empty())
                    .count()
                    >= 2
            })
            .count()
            >= 2;
        if table {
            let certainty = if passed == 0 { 0.9 } else { 0.75 };
            return Ok((index, DetectionReason::FirstTable { passed }, certainty));
        }
        if !sample.is_empty() && with_cells.is_none() {
            with_cells = Some(index);
        }
    }
    let index = with_cells.unwrap_or(candidates[0]);
    Ok((index, DetectionReason::FirstTable { passed: 0 }, 0.5))
}

/// The first rows of a sheet; the last row's number when these are all.
pub(crate) fn sample_sheet(
    workbook: &mut dyn Workbook,
    index: usize,
    settings: &ReadSettings,
    control: &Control<'_>,
) -> Result<(Vec<SampleRow>, SheetFacts, Option<u32>), SourceError> {
    let (mut rows, mut cells, mut text, mut stopped) = (Vec::new(), 0usize, 0usize, false);
    let mut ignored = NoticeTally::default();
    let facts = workbook.stream(
        index,
        1,
        settings,
        &control.unreported(),
        &mut ignored,
        &mut |blocks| {
            for raw in blocks {
                for row in raw.rows.rows() {
                    if rows.len() >= SAMPLE_ROWS || cells >= SAMPLE_CELLS || text >= SAMPLE_TEXT {
                        stopped = true;
                        return false;
                    }
                    cells += raw.rows.width();
                    text += row.cells().map(|cell| cell.text.len()).sum::<usize>();
                    rows.push(SampleRow {
                        number: row.number(),
                        cells: row
                            .cells()
                            .map(|cell| SampleCell::new(cell.kind, cell.text))
                            .collect(),
                    });
                }
            }
            true
        },
    )?;
    let whole = (!stopped).then_some(facts.last_row);
    Ok((rows, facts, whole))
}
