//! Finds the dialect of a text file: delimiter, quote, escape, line ends, layout.
//!
//! Every candidate reads the same sample. It is judged by shape (do the records have the same number of cells?) and
//! by content (do the cells look like values, or like values torn apart or stuck together?), as in the literature on
//! consistency measures; beyond it, lines before and after the table do not count against a candidate, and columns
//! count more than cells: a column of dates is no accident.

use std::collections::BTreeMap;

use super::{
    candidates::{delimiters, escape_before_quotes, escaping_delimiters, line_ends, quotes},
    layout::{fixed_columns, looks_drawn, wrapped_lines},
    record::{Cells, Dialect, Layout, LineEnd, Next},
};
use crate::sources::{settings::ReadSettings, shape::Shape};

/// Records of the sample that are judged at most.
pub(super) const ROWS: usize = 400;

/// The dialect found, and why.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DialectGuess {
    pub(crate) dialect: Dialect,
    /// Cells of the usual record.
    pub(crate) width: usize,
    pub(crate) certainty: f32,
    /// Records of the sample with `width` cells, and all its records.
    pub(crate) fitting: usize,
    pub(crate) records: usize,
    /// Quoted records in the sample.
    pub(crate) quoted: usize,
    /// The usual shape of each column, where there is one.
    pub(crate) shapes: Vec<Option<Shape>>,
    /// Bytes of a first line `sep=;`, which names the delimiter and is no data.
    pub(crate) declaration: Option<usize>,
}

/// Detects the dialect of `sample`, valid UTF-8; `last` when it is the whole file. What `settings` say is kept.
pub(crate) fn detect(sample: &str, last: bool, settings: &ReadSettings) -> DialectGuess {
    let text = sample;
    let sample = sample.as_bytes();
    let (declared, declaration) = match separator_line(sample) {
        Some((delimiter, length)) => (Some(delimiter), Some(length)),
        None => (None, None),
    };
    let text = text.get(declaration.unwrap_or(0)..).unwrap_or_default();
    let text = &text[..whole_lines(text.as_bytes(), last)];
    let body = text.as_bytes();
    let mut candidates = Vec::new();
    let delimiters = match settings.delimiter.as_ref() {
        Some(chosen) => vec![chosen.as_bytes().to_vec()],
        None => match declared {
            Some(delimiter) => vec![vec![delimiter]],
            None => delimiters(body),
        },
    };
    let free = settings.delimiter.is_none() && declaration.is_none();
    for line_end in line_ends(body) {
        for delimiter in &delimiters {
            for quote in quotes(body, delimiter, settings) {
                candidates.push(Dialect {
                    delimiter: delimiter.clone(),
                    quote,
                    escape: settings.escape.and_then(crate::sources::Escape::byte),
                    line_end,
                    layout: Layout::Plain,
                });
            }
        }
    }
    if free && looks_drawn(text) {
        let drawn = candidates
            .iter()
            .filter(|candidate| candidate.delimiter == b"|")
            .map(|candidate| Dialect {
                layout: Layout::Drawn,
                ..candidate.clone()
            })
            .collect::<Vec<_>>();
        if !drawn.is_empty() {
            candidates = drawn;
        }
    }
    let mut judged: Vec<(Judgement, Dialect)> = candidates
        .into_iter()
        .map(|dialect| (judge(&dialect, text), dialect))
        .collect();
    prefer_whole_lines(&mut judged);
    // Stable: among equals the first, usual candidate wins.
    judged.sort_by(|a, b| b.0.score.total_cmp(&a.0.score));
    let (mut best, mut dialect) = judged[0].clone();
    let rival = judged
        .iter()
        .find(|(_, other)| other.delimiter != dialect.delimiter)
        .map_or(0.0, |(judgement, _)| judgement.score);

    if settings.escape.is_none()
        && let Some((escape, inside)) = escape_before_quotes(body, &dialect)
        && (best.stray > 0 || inside)
    {
        let escaped = Dialect {
            escape: Some(escape),
            ..dialect.clone()
        };
        let judgement = judge(&escaped, text);
        let sounder = judgement.stray < best.stray || (best.stray == 0 && judgement.stray == 0);
        if judgement.score > best.score * 0.98 && sounder {
            (best, dialect) = (judgement, escaped);
        }
    }
    if settings.escape.is_none()
        && settings.quote.is_none()
        && dialect.layout == Layout::Plain
        && best.fitting < best.records
        && let Some(escaped) = escaping_delimiters(body, &dialect)
    {
        let judgement = judge(&escaped, text);
        if judgement.width == best.width && judgement.fitting > best.fitting {
            (best, dialect) = (judgement, escaped);
        }
    }
    if free
        && best.width <= 1
        && dialect.layout == Layout::Plain
        && let Some((judgement, wrapped)) = wrapped_lines(text, &dialect, settings)
    {
        (best, dialect) = (judgement, wrapped);
    }
    let usual = matches!(dialect.delimiter.as_slice(), b"," | b";" | b"\t" | b"|");
    if free
        && (!usual || best.score < 0.6)
        && let Some(columns) = fixed_columns(text)
    {
        let fixed = Dialect {
            delimiter: Vec::new(),
            layout: Layout::Fixed(columns),
            ..dialect.clone()
        };
        let judgement = judge(&fixed, text);
        if judgement.score * 0.9 > best.score {
            (best, dialect) = (judgement, fixed);
        }
    }
    let margin = if best.score > 0.0 {
        ((best.score - rival) / best.score).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let certainty = if settings.delimiter.is_some() || declaration.is_some() {
        1.0
    } else {
        (0.5 + 0.5 * margin) * (0.6 + 0.4 * best.regular)
    };
    #[allow(clippy::cast_possible_truncation, reason = "a certainty needs two digits")]
    let certainty = certainty.min(0.99) as f32;
    DialectGuess {
        width: best.width.max(1),
        certainty,
        fitting: best.fitting,
        records: best.records,
        quoted: best.quoted,
        declaration,
        shapes: column_shapes(&read_rows(&dialect, text, best.width), best.width),
        dialect,
    }
}

/// A first line `sep=;` as Excel writes and reads it: the delimiter, and the length of the line with its end.
pub(crate) fn separator_line(sample: &[u8]) -> Option<(u8, usize)> {
    let end = memchr::memchr2(b'\n', b'\r', &sample[..sample.len().min(32)])?;
    let line = sample[..end].strip_prefix(b"\"").unwrap_or(&sample[..end]);
    let prefix = line.get(..4)?;
    if !prefix.eq_ignore_ascii_case(b"sep=") {
        return None;
    }
    let delimiter = *line.get(4)?;
    let after = if sample[end..].starts_with(b"\r\n") { 2 } else { 1 };
    (line.len() <= 6).then_some((delimiter, end + after))
}

/// Length of the sample without a line that is cut by its end.
fn whole_lines(body: &[u8], last: bool) -> usize {
    if last {
        return body.len();
    }
    match memchr::memrchr2(b'\n', b'\r', body) {
        Some(place) if place > body.len() / 2 => place + 1,
        _ => body.len(),
    }
}

/// What a candidate makes of the sample.
#[derive(Clone, Debug, Default)]
pub(super) struct Judgement {
    score: f64,
    width: usize,
    records: usize,
    fitting: usize,
    quoted: usize,
    stray: usize,
    regular: f64,
}

struct JudgedRow {
    count: usize,
    cells: Vec<(Shape, bool)>,
    quoted: bool,
    stray: bool,
}

fn read_rows(dialect: &Dialect, body: &str, width: usize) -> Vec<JudgedRow> {
    let (mut cells, mut rows, mut at) = (Cells::default(), Vec::new(), 0);
    while at < body.len() && rows.len() < ROWS {
        let (next, _) = dialect.repaired(body, at, true, width, &mut cells);
        let blank = cells.texts(body).all(|text| text.trim().is_empty());
        if !blank {
            rows.push(JudgedRow {
                count: cells.len(),
                cells: cells
                    .texts(body)
                    .take(256)
                    .map(|text| (Shape::of(text), is_torn(text, dialect)))
                    .collect(),
                quoted: cells.quoted,
                stray: cells.damaged,
            });
        }
        match next {
            Next::At(next) if next > at => at = next,
            _ => break,
        }
    }
    rows
}

/// True for a text that looks like several values stuck together or like a piece of one: half a pair of quotes, or
/// signs that delimit elsewhere.
fn is_torn(text: &str, dialect: &Dialect) -> bool {
    let text_starts_blank = text.starts_with(' ');
    let text = text.trim();
    if text.len() > 400 || text.is_empty() {
        return false;
    }
    let bytes = text.as_bytes();
    let quote = |byte: Option<&u8>| matches!(byte, Some(b'"'));
    if quote(bytes.first()) || quote(bytes.last()) {
        return true;
    }
    // Enclosed in signs that this dialect takes for text.
    let single = bytes.len() > 1 && bytes[0] == bytes[bytes.len() - 1] && b"'`~%".contains(&bytes[0]);
    let foreign = |sign: u8| !dialect.delimiter.contains(&sign) && bytes.contains(&sign);
    let commas = !dialect.delimiter.contains(&b',')
        && memchr::memchr_iter(b',', bytes)
            .filter(|&place| bytes.get(place + 1).is_some_and(|next| *next != b' '))
            .count()
            >= 2
        && Shape::of(text) != Shape::Decimal;
    let indented = text_starts_blank && dialect.delimiter.len() == 1 && dialect.delimiter[0] > b' ';
    indented || single || foreign(b'\t') || foreign(b';') || (foreign(b'|') && bytes.len() < 200) || commas
}

pub(super) fn judge(dialect: &Dialect, body: &str) -> Judgement {
    let first = read_rows(dialect, body, 0);
    let Some(width) = usual_width(first.iter().map(|row| row.count)) else {
        return Judgement::default();
    };
    let rows = if first.iter().all(|row| row.count == width && !row.stray) {
        first
    } else {
        read_rows(dialect, body, width)
    };
    let fits = |row: &JudgedRow| row.count == width;
    let from = rows.iter().position(fits).unwrap_or(0);
    let to = rows.iter().rposition(fits).map_or(0, |place| place + 1);
    let fitting = rows.iter().filter(|row| fits(row)).count();
    let inside = (to - from).max(1);
    let regular = fitting as f64 / inside as f64;
    let share = inside as f64 / rows.len().max(1) as f64;

    let content = content_quality(&rows[from..to], width);
    let prior = match dialect.delimiter.as_slice() {
        b"," | b";" | b"\t" | b"|" | b"||" | b", " | b"; " | b",," | b";;" | b"\t\t" => 1.0,
        b"" => 1.0,
        b" " => 0.5,
        b":" | b"/" | b"_" | b"\\" | b"." | b"=" | b"@" | b"+" => 0.5,
        [control] if *control < 0x20 => 1.0,
        _ => 0.8,
    };
    let many = match width {
        0 | 1 if content > 0.95 && !divides_heading(body) => 0.5,
        0 | 1 => 0.36,
        _ => 1.0 - 1.0 / width as f64,
    };
    // Where two cells a line is all there is to see, one line that has them not weighs heavily.
    let lone_heading = width == 2 && rows.first().is_some_and(|row| row.count == 1) && from <= 1;
    let usual = matches!(dialect.delimiter.as_slice(), b"," | b";" | b"\t" | b"|");
    // A single line with blanks is a text.
    let enough = match (usual, dialect.delimiter.as_slice()) {
        (true, _) => 2,
        (false, b" ") => 0,
        (false, _) => 1,
    };
    let few = if fitting == 1 && rows.len() > enough && width > 1 {
        0.3
    } else {
        1.0
    };
    let stray = rows.iter().filter(|row| row.stray).count();
    let damage = 1.0 - 0.5 * stray as f64 / rows.len().max(1) as f64;
    let enclosed = if dialect.quote == Some(b'"') { 1.0 } else { 0.999 };
    let score = prior
        * many
        * regular.powi(2)
        * (0.5 + 0.5 * share)
        * (0.2 + 0.8 * content)
        * damage
        * few
        * enclosed
        * if lone_heading { 0.7 } else { 1.0 };
    Judgement {
        score,
        width,
        records: rows.len(),
        fitting,
        quoted: rows.iter().filter(|row| row.quoted).count(),
        stray,
        regular,
    }
}

/// True when a usual delimiter divides the first line, which is no value, as it divides the last one.
fn divides_heading(body: &str) -> bool {
    let mut lines = body.lines().filter(|line| !line.trim().is_empty());
    let (Some(first), Some(last)) = (lines.next(), lines.next_back()) else {
        return false;
    };
    !Shape::of(first).is_typed()
        && [',', ';', '\t', '|'].iter().any(|&sign| {
            let count = first.matches(sign).count();
            count > 0 && count == last.matches(sign).count()
        })
}

/// The number of cells that the records of the table have: frequent, and not the single cell of lines around it.
pub(crate) fn usual_width(counts: impl Iterator<Item = usize>) -> Option<usize> {
    let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
    for count in counts {
        *rows.entry(count).or_default() += 1;
    }
    let weight = |width: usize, count: usize| {
        count as f64
            * match width {
                0 => 0.0,
                1 => 0.5,
                _ => (width - 1).min(3) as f64,
            }
    };
    rows.into_iter()
        .max_by(|a, b| weight(a.0, a.1).total_cmp(&weight(b.0, b.1)))
        .map(|(width, _)| width)
}

/// The shape that most cells of each column have.
fn column_shapes(rows: &[JudgedRow], width: usize) -> Vec<Option<Shape>> {
    (0..width.min(256))
        .map(|column| {
            let mut shapes: BTreeMap<Shape, usize> = BTreeMap::new();
            for row in rows.iter().filter(|row| row.count == width) {
                let shape = row.cells.get(column).map_or(Shape::Blank, |cell| cell.0.family());
                if shape != Shape::Blank {
                    *shapes.entry(shape).or_default() += 1;
                }
            }
            let all: usize = shapes.values().sum();
            shapes
                .into_iter()
                .max_by_key(|entry| entry.1)
                .filter(|&(_, count)| count * 10 >= all * 6)
                .map(|(shape, _)| shape)
        })
        .collect()
}

/// How much the cells look like values, from 0 to 1.
fn content_quality(rows: &[JudgedRow], width: usize) -> f64 {
    let (mut sum, mut weight) = (0.0, 0.0);
    for column in 0..width.min(256) {
        let mut shapes: BTreeMap<Shape, usize> = BTreeMap::new();
        let (mut filled, mut torn) = (0usize, 0usize);
        for row in rows.iter().filter(|row| row.count == width) {
            let Some(&(shape, is_torn)) = row.cells.get(column) else {
                continue;
            };
            if shape != Shape::Blank {
                filled += 1;
                *shapes.entry(shape.family()).or_default() += 1;
                torn += usize::from(is_torn);
            }
        }
        if filled == 0 {
            // A column without a heading and without a value is a sign that something else delimits.
            weight += 0.6;
            continue;
        }
        let (&shape, &most) = shapes
            .iter()
            .max_by_key(|entry| *entry.1)
            .expect("a filled column has a shape");
        // The heading is of another shape than the column; it does not count against it.
        let even = most as f64 / filled.saturating_sub(1).max(1) as f64;
        let value = match shape {
            Shape::Text => 0.7,
            Shape::Code => 0.75,
            _ => 1.0,
        };
        let whole = 1.0 - torn as f64 / filled as f64;
        sum += value * even.min(1.0) * whole;
        weight += 1.0;
    }
    if weight == 0.0 { 0.0 } else { sum / weight }
}

/// Where every line is a whole record, line ends are only mixed: an LF among CR LF is no text then.
fn prefer_whole_lines(judged: &mut [(Judgement, Dialect)]) {
    let even: Vec<Dialect> = judged
        .iter()
        .filter(|(judgement, dialect)| {
            dialect.line_end != LineEnd::CrLf
                && judgement.width >= 2
                && judgement.records >= 3
                && judgement.fitting == judgement.records
        })
        .map(|(_, dialect)| dialect.clone())
        .collect();
    judged
        .iter_mut()
        .filter(|(_, dialect)| {
            dialect.line_end == LineEnd::CrLf
                && even
                    .iter()
                    .any(|other| (&other.delimiter, other.quote) == (&dialect.delimiter, dialect.quote))
        })
        .for_each(|(judgement, _)| judgement.score = 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (String, Option<char>, usize, Layout) {
        let guess = detect(text, true, &ReadSettings::default());
        (
            String::from_utf8_lossy(&guess.dialect.delimiter).into_owned(),
            guess.dialect.quote.map(char::from),
            guess.width,
            guess.dialect.layout,
        )
    }

    #[test]
    fn delimiters_are_found_among_signs_that_also_occur_in_cells() {
        let cases: &[(&str, &str, usize)] = &[
            (
                "Firma;Ort;Umsatz\nMüller GmbH;Köln;1234,50\nBeck, Sohn;Ulm;7,5\n",
                ";",
                3,
            ),
            ("a,b\n1,2\n", ",", 2),
            ("name\tcity\nA, B\tC; D\nE, F\tG; H\n", "\t", 2),
            ("a|b|c\n1|2|x,y\n3|4|z,w\n", "|", 3),
            ("Firma\nMüller GmbH\nBeck und Sohn\n", "", 1),
            ("E-Mail\na@b.de\nc@d.de\n", "", 1),
            (
                "Export vom 1.1.2024\n\nFirma;Ort;PLZ\nA;B;01067\nC;D;99999\n",
                ";",
                3,
            ),
            ("a^b^c\n1^2^3\n4^5^6\n", "^", 3),
            ("a, b, c\n1,5, 2, x\n2,5, 3, y\n3,5, 4, z\n", ", ", 3),
            ("id||name||city\n1||a|b||c\n2||d||e\n", "||", 3),
            ("Name\nMeier, Hans\nBeck, Eva\nKurz, Udo\n", "", 1),
            (
                "date time value\n2024-01-01 10:00 5\n2024-01-02 11:00 6\n",
                " ",
                3,
            ),
            ("sep=;\na,b;c\n", ";", 2),
            ("id,,name,,city\n1,,a,,b\n2,,d,,e\n", ",,", 3),
            ("id,name,city\n1,a,b\\, c\n2,d,e\n3,f,g\n4,h,i\n", ",", 3),
        ];
        for (text, delimiter, width) in cases {
            let (seen, _, seen_width, _) = found(text);
            assert_eq!((seen.as_str(), seen_width), (*delimiter, *width), "{text:?}");
        }
    }

    #[test]
    fn quotes_escapes_and_line_ends_are_found() {
        assert_eq!(found("'a','b'\n'c, d','e'\n'f','g'\n").1, Some('\''));
        assert_eq!(found("a;b\n\"c;d\";e\n").1, Some('"'));
        let escaped = detect(
            "\"a\",\"b\"\n\"say \\\"hi\\\", you\",\"c\"\n",
            true,
            &ReadSettings::default(),
        );
        assert_eq!(escaped.dialect.escape, Some(b'\\'));
        let plain = detect("\"a\",\"b\"\n\"c:\\\\\",\"d\"\n", true, &ReadSettings::default());
        assert_eq!(plain.dialect.escape, None);
        let notes = "a;b;c\r\n1;x\ny;2\r\n3;z;4\r\n5;u\nv;6\r\n";
        let guess = detect(notes, true, &ReadSettings::default());
        assert_eq!((guess.dialect.line_end, guess.width), (LineEnd::CrLf, 3));
    }

    #[test]
    fn dressed_tables_are_recognised() {
        assert_eq!(found("| a | b |\n|---|---|\n| 1 | 2 |\n").3, Layout::Drawn);
        assert_eq!(
            found(" id | name\n----+------\n  1 | x\n  2 | y\n").3,
            Layout::Drawn
        );
        assert_eq!(
            found("\"a,\"\"b\"\",c\"\n\"1,\"\"x, y\"\",2\"\n\"3,\"\"z\"\",4\"\n").3,
            Layout::WrappedLines
        );
        assert_eq!(
            found("Firma          Ort       PLZ\nMüller GmbH    Köln      50667\nBeck und Sohn  Ulm       89073\nA B C D        Bad Ems   56130\n").3,
            Layout::Fixed(vec![0, 15, 25])
        );
    }
}
