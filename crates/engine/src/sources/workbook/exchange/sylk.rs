//! SYLK: a record a line, with fields after semicolons. `C` is a cell, `F` how cells look, `P` a number format.

use std::collections::BTreeMap;

use lotse_core::table::CellKind;

use super::{Cells, unquoted};
use crate::sources::{
    Control,
    error::SourceError,
    workbook::{
        number_format::{NumberFormat, number_text},
        sheet::{MOST_COLUMNS, MOST_ROWS},
        whole::SheetData,
    },
};

/// SYLK begins with `ID;P`, and so may a heading (`ID;PLZ;Ort`): what follows has to be records of cells, too.
pub(crate) fn is_sylk(start: &str) -> bool {
    const RECORDS: [&str; 14] = [
        "P;P", "P;F", "P;E", "B;X", "B;Y", "C;X", "C;Y", "C;K", "F;", "O;", "NN;", "NE;", "NU;", "W;",
    ];
    const PLACES: [&str; 6] = ["B;X", "B;Y", "C;X", "C;Y", "F;W", "F;X"];
    let mut lines = start.lines();
    let begins = lines
        .next()
        .is_some_and(|line| line.starts_with("ID;P") || line == "ID" || line.starts_with("ID;N"));
    // Texts of cells may go on over lines, so only the first records are looked at closely.
    let mut records = lines.filter(|line| !line.is_empty()).take(200);
    let is_record = |line: &str| RECORDS.iter().any(|record| line.starts_with(record));
    let is_place = |line: &str| PLACES.iter().any(|record| line.starts_with(record));
    let head: Vec<&str> = records.by_ref().take(2).collect();
    begins
        && head.len() == 2
        && head.iter().all(|line| is_record(line))
        && (head.iter().any(|line| is_place(line)) || records.any(is_place))
}

/// Which number format holds where; the nearer one counts.
#[derive(Default)]
struct Looks {
    formats: Vec<NumberFormat>,
    cells: BTreeMap<(u32, usize), usize>,
    rows: BTreeMap<u32, usize>,
    columns: BTreeMap<usize, usize>,
    usual: Option<usize>,
}

impl Looks {
    fn of(&self, row: u32, column: usize) -> Option<&NumberFormat> {
        let number = self
            .cells
            .get(&(row, column))
            .or_else(|| self.rows.get(&row))
            .or_else(|| self.columns.get(&column))
            .or(self.usual.as_ref())?;
        self.formats.get(*number)
    }
}

pub(super) fn parse(text: &str, control: &Control<'_>) -> Result<(SheetData, Cells), SourceError> {
    let mut sheet = SheetData::default();
    let mut looks = Looks::default();
    let mut values: BTreeMap<(u32, usize), String> = BTreeMap::new();
    let (mut row, mut column) = (1u32, 0usize);
    let mut lines = text.lines();
    let mut count = 0usize;
    while let Some(line) = lines.next() {
        count += 1;
        if count.is_multiple_of(4096) {
            control.check()?;
        }
        // A text goes on over line breaks until its quote ends.
        let mut whole = std::borrow::Cow::Borrowed(line);
        while line.starts_with("C;")
            && whole.contains(";K\"")
            && is_open(&whole)
            && whole.len() < LONGEST_TEXT
        {
            let Some(more) = lines.next() else { break };
            whole = format!("{whole}\n{more}").into();
        }
        let mut fields = fields(&whole).into_iter();
        let record = fields.next().unwrap_or_default();
        let fields: Vec<String> = fields.collect();
        let named = |name: char| fields.iter().find_map(|field| field.strip_prefix(name));
        let place = |name: char| named(name).and_then(|value| value.trim().parse::<u32>().ok());
        match record.as_str() {
            "P" => {
                if let Some(code) = named('P') {
                    looks.formats.push(NumberFormat::parse(code));
                }
            }
            "C" | "F" => {
                let (to_row, to_column) = (place('Y'), place('X'));
                row = to_row.unwrap_or(row).max(1);
                if row > MOST_ROWS {
                    return Err(super::super::archive::damaged("SYLK", &format!("row {row}")));
                }
                column = to_column.map_or(column, |column| column.max(1) as usize - 1);
                if record == "C" {
                    if let (Some(value), true) = (named('K'), column < MOST_COLUMNS) {
                        values.insert((row, column), value.to_owned());
                    }
                    continue;
                }
                let format = place('P').map(|number| number as usize);
                match (format, place('R'), place('C')) {
                    (Some(format), Some(row), _) => {
                        looks.rows.insert(row, format);
                    }
                    (Some(format), None, Some(column)) => {
                        looks.columns.insert((column.max(1) as usize) - 1, format);
                    }
                    (Some(format), None, None) if to_row.is_some() || to_column.is_some() => {
                        looks.cells.insert((row, column), format);
                    }
                    (Some(format), None, None) if named('D').is_some() => looks.usual = Some(format),
                    _ => {}
                }
                if let Some(width) = named('W') {
                    let numbers: Vec<usize> = width.split(' ').filter_map(|part| part.parse().ok()).collect();
                    if let [first, last, 0] = numbers[..] {
                        let last = last.min(MOST_COLUMNS);
                        sheet.hidden_columns.extend(first.max(1) - 1..last);
                    }
                }
                if let (Some(0), Some(row)) = (place('M'), place('R')) {
                    sheet.hidden_rows.insert(row, false);
                }
            }
            "E" => break,
            _ => {}
        }
    }
    let cells = values
        .into_iter()
        .map(|(place, value)| {
            let format = looks.of(place.0, place.1);
            (place, cell(&value, format.unwrap_or(&NumberFormat::Plain)))
        })
        .collect();
    Ok((sheet, cells))
}

/// Bytes that the text of a cell may have.
const LONGEST_TEXT: usize = 64 << 10;

/// True where a quote was opened and not closed.
fn is_open(record: &str) -> bool {
    !record
        .bytes()
        .filter(|byte| *byte == b'"')
        .count()
        .is_multiple_of(2)
}

/// The fields of a record: a doubled semicolon is one that belongs to the text.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut signs = line.trim_end_matches(['\r', '\n']).chars().peekable();
    while let Some(sign) = signs.next() {
        let Some(field) = fields.last_mut() else { break };
        match sign {
            ';' if signs.peek() == Some(&';') => {
                signs.next();
                field.push(';');
            }
            ';' => fields.push(String::new()),
            '\u{1b}' => {
                // Line breaks, and letters of an old code for teletypes: `ESC N H u` is `ü`.
                let code: String = signs.by_ref().take(2).collect();
                match code.as_str() {
                    " :" => field.push('\n'),
                    "N{" => field.push('ß'),
                    _ if code.starts_with('N') => {
                        let mark = code.chars().nth(1).unwrap_or(' ');
                        let letter = if mark.is_ascii_uppercase() {
                            signs.next()
                        } else {
                            None
                        };
                        field.extend(marked(mark, letter));
                    }
                    other => field.push_str(other),
                }
            }
            other => field.push(other),
        }
    }
    fields
}

/// A letter with its mark.
fn marked(mark: char, letter: Option<char>) -> Option<char> {
    let letter = letter?;
    let combining = match mark {
        'A' => '\u{300}',
        'B' => '\u{301}',
        'C' => '\u{302}',
        'D' => '\u{303}',
        'H' => '\u{308}',
        'J' => '\u{30A}',
        'K' => '\u{327}',
        _ => return Some(letter),
    };
    compose(letter, combining).or(Some(letter))
}

/// The letter that a plain one and its mark make.
fn compose(letter: char, mark: char) -> Option<char> {
    const MARKED: [(char, &str, &str); 7] = [
        ('\u{300}', "aeiouAEIOU", "àèìòùÀÈÌÒÙ"),
        ('\u{301}', "aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ"),
        ('\u{302}', "aeiouAEIOU", "âêîôûÂÊÎÔÛ"),
        ('\u{303}', "anoANO", "ãñõÃÑÕ"),
        ('\u{308}', "aeiouyAEIOU", "äëïöüÿÄËÏÖÜ"),
        ('\u{30A}', "aA", "åÅ"),
        ('\u{327}', "cC", "çÇ"),
    ];
    let (_, plain, made) = MARKED.iter().find(|(other, ..)| *other == mark)?;
    let place = plain.chars().position(|other| other == letter)?;
    made.chars().nth(place)
}

fn cell(value: &str, format: &NumberFormat) -> (CellKind, String) {
    if let Some(text) = unquoted(value) {
        return (CellKind::Text, text);
    }
    match value.trim() {
        "TRUE" => (CellKind::Bool, "true".into()),
        "FALSE" => (CellKind::Bool, "false".into()),
        error if error.starts_with('#') => (CellKind::Error, error.to_owned()),
        digits => match digits.parse::<f64>() {
            Ok(number) => number_text(number, digits, format, false),
            Err(_) => (CellKind::Text, digits.to_owned()),
        },
    }
}
