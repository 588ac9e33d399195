//! Which rows of a table deserve a second look, asked of every row and therefore cheap.

use lotse_core::table::{Cell, Row};

use super::structure::Structure;

/// What makes a row worth a second look; cheap enough to ask of every row.
#[derive(Clone, Debug)]
pub(crate) struct RowProbe {
    scarce: usize,
    /// First heading with a text: column and text.
    head: Option<(usize, String)>,
}

impl RowProbe {
    pub(crate) fn new(structure: &Structure) -> Self {
        let head = structure
            .names
            .iter()
            .position(|name| !name.is_empty())
            .filter(|_| structure.header.count > 0)
            .map(|column| (column + structure.left, structure.names[column].clone()));
        RowProbe {
            scarce: structure.profile.scarce(),
            head,
        }
    }

    /// True for rows with few values, remarks, sums and repeated headings.
    pub(crate) fn is_odd(&self, row: &Row<'_>) -> bool {
        let mut filled = 0;
        let mut first: Option<Cell<'_>> = None;
        for cell in row.cells() {
            if !cell.text.is_empty() {
                filled += 1;
                if first.is_none() {
                    first = Some(cell);
                }
                // The rest of the row can only fill it more.
                if filled >= self.scarce {
                    break;
                }
            }
        }
        if filled < self.scarce {
            return true;
        }
        let Some(first) = first else { return true };
        first.text.starts_with('#')
            || is_total_word(first.text)
            || self
                .head
                .as_ref()
                .is_some_and(|(column, name)| row.cell(*column).text == name)
    }
}

/// Words that alone in their cell head a sum.
pub(crate) fn is_total_word(text: &str) -> bool {
    const WORDS: [&str; 22] = [
        "summe",
        "gesamtsumme",
        "zwischensumme",
        "gesamt",
        "insgesamt",
        "total",
        "totals",
        "subtotal",
        "sub-total",
        "grand total",
        "sum",
        "gesamtergebnis",
        "teilergebnis",
        "ergebnis",
        "mittelwert",
        "durchschnitt",
        "average",
        "total général",
        "sous-total",
        "somme",
        "σ",
        "∑",
    ];
    // Asked of every row: almost all are told by their first letter.
    let likely = text
        .trim_start()
        .chars()
        .next()
        .is_some_and(|first| "sgzitemdaσ∑SGZITEMDAΣ".contains(first));
    if text.len() > 24 || !likely {
        return false;
    }
    let text = text.trim().trim_end_matches(':').trim_end().to_lowercase();
    WORDS.contains(&text.as_str())
}
