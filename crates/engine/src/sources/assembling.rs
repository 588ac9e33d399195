//! Puts the findings of an inspection together, each with its reason and certainty.

use super::{
    columns::{Observed, column, note_column},
    inspection::{
        Detection, DetectionReason, Format, InspectedColumn, Inspection, PreviewRow, RowAccount, SourceSheet,
        TextDetections,
    },
    notice::SourceNotice,
    settings::{Escape, HeaderRows, Hidden, Quote, ReadSettings},
    structure::Structure,
    text::{
        TextFile,
        charset::{CharsetEvidence, CharsetGuess},
    },
    workbook::SheetFacts,
};

/// What is known of a file beside its rows.
pub(crate) struct Shell {
    pub(crate) file: String,
    pub(crate) bytes: u64,
    pub(crate) format: Detection<Format>,
    pub(crate) text: Option<TextDetections>,
    pub(crate) sheets: Vec<SourceSheet>,
    pub(crate) sheet: Detection<String>,
    pub(crate) above: Vec<PreviewRow>,
    pub(crate) structure: Option<Structure>,
    pub(crate) facts: SheetFacts,
}

impl Shell {
    pub(crate) fn assemble(
        mut self,
        settings: &ReadSettings,
        seen: Observed,
        names: Vec<String>,
        rows: RowAccount,
        mut notices: Vec<SourceNotice>,
        complete: bool,
    ) -> Inspection {
        if let Some(text) = &mut self.text {
            let chosen = |set: bool, reason: &mut DetectionReason, certainty: &mut f32| {
                if set {
                    *reason = DetectionReason::Chosen;
                    *certainty = 1.0;
                }
            };
            chosen(
                settings.charset.is_some(),
                &mut text.charset.reason,
                &mut text.charset.certainty,
            );
            chosen(
                settings.delimiter.is_some(),
                &mut text.delimiter.reason,
                &mut text.delimiter.certainty,
            );
            chosen(
                settings.quote.is_some(),
                &mut text.quote.reason,
                &mut text.quote.certainty,
            );
            chosen(
                settings.escape.is_some(),
                &mut text.escape.reason,
                &mut text.escape.certainty,
            );
        }
        let left = self.structure.as_ref().map_or(0, |structure| structure.left);
        let omit = settings.hidden_columns == Some(Hidden::LeaveOut);
        let mut positions =
            (left..).filter(|position| !(omit && self.facts.hidden_columns.contains(position)));
        let columns: Vec<InspectedColumn> = names
            .into_iter()
            .enumerate()
            .map(|(index, name)| {
                let position = positions.next().unwrap_or(index);
                let profile = seen.profiles.get(index).cloned().unwrap_or_default();
                let filled = seen.filled.get(index).copied().unwrap_or(0);
                let hidden = self.facts.hidden_columns.contains(&position);
                column(index, position, name, profile, filled, hidden, settings)
            })
            .collect();
        for column in &columns {
            note_column(column, &seen, &mut notices);
        }
        if let (true, [sheet]) = (complete, self.sheets.as_mut_slice())
            && self.format.value == Format::Csv
        {
            sheet.rows = u32::try_from(rows.total).unwrap_or(u32::MAX);
            sheet.columns = u32::try_from(columns.len()).unwrap_or(u32::MAX);
        }
        let header = self.structure.map_or(
            Detection::found(HeaderRows { first: 1, count: 0 }, 0.0, DetectionReason::Only),
            |structure| Detection::found(structure.header, structure.certainty, structure.reason),
        );
        Inspection {
            file: self.file,
            bytes: self.bytes,
            format: self.format,
            text: self.text,
            sheets: self.sheets,
            sheet: self.sheet,
            header,
            columns,
            above: self.above,
            preview: seen.preview,
            rows,
            complete,
            notices,
        }
    }
}

fn charset_detection(guess: &CharsetGuess) -> Detection<super::settings::Charset> {
    let reason = match &guess.evidence {
        CharsetEvidence::ByteOrderMark => DetectionReason::ByteOrderMark,
        CharsetEvidence::ValidUtf8 { characters } => DetectionReason::ValidUtf8 {
            characters: *characters,
        },
        CharsetEvidence::AsciiOnly => DetectionReason::AsciiOnly,
        CharsetEvidence::Zeroes => DetectionReason::Zeroes,
        CharsetEvidence::Letters { letters, example } => DetectionReason::Letters {
            letters: *letters,
            example: example.clone(),
        },
        CharsetEvidence::Language => DetectionReason::Language,
    };
    Detection::found(guess.charset, guess.certainty, reason)
}

/// What was detected in a text file.
pub(crate) fn text_detections(text: &TextFile) -> TextDetections {
    let guess = &text.dialect;
    let dialect = &guess.dialect;
    let delimiter = String::from_utf8_lossy(&dialect.delimiter).into_owned();
    let reason = if guess.declaration.is_some() {
        DetectionReason::SeparatorLine
    } else if guess.width < 2 {
        DetectionReason::SingleColumn
    } else {
        DetectionReason::Separates {
            lines: guess.fitting,
            of: guess.records,
            cells: guess.width,
        }
    };
    TextDetections {
        charset: charset_detection(&text.charset),
        delimiter: Detection::found(delimiter, guess.certainty, reason),
        quote: if guess.quoted > 0 {
            Detection::found(
                Quote::from_byte(dialect.quote),
                0.95,
                DetectionReason::Enclosed {
                    records: guess.quoted,
                },
            )
        } else {
            Detection::found(Quote::from_byte(dialect.quote), 0.7, DetectionReason::Usual)
        },
        escape: match dialect.escape {
            None => Detection::found(Escape::Doubled, 0.8, DetectionReason::Usual),
            Some(b'\\') => Detection::found(
                Escape::Backslash,
                0.9,
                DetectionReason::Enclosed {
                    records: guess.quoted,
                },
            ),
            Some(other) => Detection::found(
                Escape::Other(other),
                0.8,
                DetectionReason::Enclosed {
                    records: guess.quoted,
                },
            ),
        },
    }
}
