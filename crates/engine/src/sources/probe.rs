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
        self.heads_apart(first.text, |column| row.cell(column).text)
    }

    /// The same, of cells given by their beginning and end in `source`.
    pub(crate) fn is_odd_among(&self, source: &str, cells: &[(usize, usize)]) -> bool {
        let mut filled = cells.iter().filter(|(from, to)| from < to);
        let Some(&(from, to)) = filled.next() else {
            return true;
        };
        if self.scarce > 1 && filled.nth(self.scarce - 2).is_none() {
            return true;
        }
        let text = |column: usize| cells.get(column).map_or("", |&(from, to)| &source[from..to]);
        self.heads_apart(&source[from..to], text)
    }

    /// True where the first text of a row is all that [`Self::heads_apart`] looks at when it stands in the first column.
    pub(crate) fn needs_first_only(&self) -> bool {
        self.head.as_ref().is_none_or(|(column, _)| *column == 0)
    }

    /// Fewer values than this make a row worth a second look.
    pub(crate) fn scarce(&self) -> usize {
        self.scarce
    }

    /// True for a row whose first text is that of a remark, a sum or the heading.
    pub(crate) fn heads_apart<'t>(&self, first: &str, text: impl Fn(usize) -> &'t str) -> bool {
        first.starts_with('#')
            || is_total_word(first)
            || self
                .head
                .as_ref()
                .is_some_and(|(column, name)| text(*column) == name)
    }
}

/// True for a text that a remark begins with. What a spreadsheet shows for an error (`#N/A`, `#REF!`) begins so, too.
pub(crate) fn begins_remark(text: &str) -> bool {
    let is_error = !text.contains(' ') && (text.ends_with(['!', '?']) || matches!(text, "#N/A" | "#NV"));
    text.len() > 1 && text.starts_with('#') && !is_error
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
    if text.len() > 48 || !likely {
        return false;
    }
    let text = text.trim().trim_end_matches(':').trim_end().to_lowercase();
    // What is summed up may stand behind it: `Zwischensumme Süd`.
    const WITH_MORE: [&str; 5] = [
        "zwischensumme ",
        "teilsumme ",
        "teilergebnis ",
        "subtotal ",
        "sous-total ",
    ];
    WORDS.contains(&text.as_str()) || WITH_MORE.iter().any(|word| text.starts_with(word))
}

/// `24 rows`, `(150 Zeilen)`, `12 Datensätze gefunden`: what a database client writes below what it found.
pub(crate) fn is_count_of_rows(text: &str) -> bool {
    const COUNTED: [&str; 16] = [
        "row",
        "rows",
        "row(s)",
        "record",
        "records",
        "entries",
        "results",
        "zeile",
        "zeilen",
        "datensatz",
        "datensätze",
        "einträge",
        "treffer",
        "ligne",
        "lignes",
        "enregistrements",
    ];
    let text = text
        .trim()
        .trim_start_matches('(')
        .trim_end_matches([')', '.', '!']);
    let mut words = text.split_whitespace();
    let counted = words.next().is_some_and(|word| {
        word.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',')
    });
    // A bracket that was closed at the end of the text is part of the word: `row(s)`.
    let named = words.next().is_some_and(|word| {
        let word = word.to_lowercase();
        COUNTED
            .iter()
            .any(|known| known.trim_end_matches(')') == word.trim_end_matches(')'))
    });
    counted && named && words.count() <= 2
}

/// `Seite 3`, `Seite 3 von 12`, `Page 3 of 12`: what a report prints between the rows of its pages.
pub(crate) fn is_page_number(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let is_number =
        |word: Option<&str>| word.is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let named = words
        .next()
        .is_some_and(|word| matches!(word.to_lowercase().as_str(), "seite" | "page" | "blatt"));
    let counted = named && is_number(words.next());
    match words.next() {
        None => counted,
        Some("von" | "of" | "/" | "sur" | "de") => {
            counted && is_number(words.next()) && words.next().is_none()
        }
        Some(_) => false,
    }
}
