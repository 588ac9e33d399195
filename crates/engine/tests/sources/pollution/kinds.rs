//! The ways in which a clean file is spoiled.

use super::{
    Case,
    bases::{Base, Dice, strings},
};
use crate::reading::Table;

/// How a clean file is written.
#[derive(Clone)]
struct Writing {
    delimiter: String,
    quote: char,
    /// Before a quote inside quotes.
    escape: char,
    line_end: &'static str,
    quote_all: bool,
}

impl Writing {
    fn of(base: &Base) -> Self {
        Writing {
            delimiter: base.delimiter.to_owned(),
            quote: '"',
            escape: '"',
            line_end: "\r\n",
            quote_all: false,
        }
    }

    fn cell(&self, text: &str) -> String {
        let needs = self.quote_all
            || text.contains(self.delimiter.as_str())
            || text.contains(['\n', '\r', self.quote])
            || (self.delimiter.starts_with(' ') && text.is_empty());
        if !needs {
            return text.to_owned();
        }
        let (quote, escape) = (self.quote, self.escape);
        let mut inside = String::new();
        for sign in text.chars() {
            if sign == quote || (sign == escape && escape == '\\') {
                inside.push(escape);
            }
            inside.push(sign);
        }
        format!("{quote}{inside}{quote}")
    }

    fn line(&self, cells: &[String]) -> String {
        let cells: Vec<String> = cells.iter().map(|cell| self.cell(cell)).collect();
        cells.join(&self.delimiter)
    }

    fn lines(&self, base: &Base) -> Vec<String> {
        std::iter::once(&base.header)
            .chain(&base.rows)
            .map(|cells| self.line(cells))
            .collect()
    }

    fn text(&self, lines: &[String]) -> String {
        lines
            .iter()
            .map(|line| format!("{line}{}", self.line_end))
            .collect()
    }
}

fn truth(base: &Base) -> Table {
    Table {
        header: base.header.clone(),
        rows: base.rows.clone(),
    }
}

struct Spoiler<'a> {
    base: &'a Base,
    cases: Vec<Case>,
}

impl Spoiler<'_> {
    fn add(
        &mut self,
        kind: &'static str,
        detail: impl std::fmt::Display,
        bytes: impl Into<Vec<u8>>,
        truth: Table,
    ) {
        self.cases.push(Case {
            kind,
            detail: detail.to_string(),
            bytes: bytes.into(),
            truth,
        });
    }

    fn same(&mut self, kind: &'static str, detail: impl std::fmt::Display, bytes: impl Into<Vec<u8>>) {
        self.add(kind, detail, bytes, truth(self.base));
    }
}

pub(crate) fn all(base: &Base, dice: &mut Dice) -> Vec<Case> {
    let mut spoiler = Spoiler {
        base,
        cases: Vec::new(),
    };
    dialects(&mut spoiler);
    ends_and_marks(&mut spoiler, dice);
    headers(&mut spoiler);
    surroundings(&mut spoiler, dice);
    single_rows(&mut spoiler, dice);
    dressings(&mut spoiler, dice);
    spoiler.cases
}

fn dialects(spoiler: &mut Spoiler<'_>) {
    let base = spoiler.base;
    let usual = Writing::of(base);
    spoiler.same("clean", "", usual.text(&usual.lines(base)));
    for delimiter in [",", ";", "\t", "|", ":", " ", "^", "~", "||", ", ", "\u{1f}", "#"] {
        let writing = Writing {
            delimiter: delimiter.to_owned(),
            ..usual.clone()
        };
        spoiler.same(
            "delimiter",
            format!("{delimiter:?}"),
            writing.text(&writing.lines(base)),
        );
        let quoted = Writing {
            quote_all: true,
            ..writing
        };
        spoiler.same(
            "delimiter, all quoted",
            format!("{delimiter:?}"),
            quoted.text(&quoted.lines(base)),
        );
    }
    for quote_all in [false, true] {
        let single = Writing {
            quote: '\'',
            escape: '\'',
            quote_all,
            ..usual.clone()
        };
        spoiler.same("quote '", quote_all, single.text(&single.lines(base)));
        let backslash = Writing {
            escape: '\\',
            quote_all,
            ..usual.clone()
        };
        spoiler.same("escape \\", quote_all, backslash.text(&backslash.lines(base)));
    }
    let declared = format!("sep={}\r\n{}", base.delimiter, usual.text(&usual.lines(base)));
    spoiler.same("sep= line", "", declared);
}

fn ends_and_marks(spoiler: &mut Spoiler<'_>, dice: &mut Dice) {
    let base = spoiler.base;
    let usual = Writing::of(base);
    let lines = usual.lines(base);
    for line_end in ["\n", "\r\n", "\r"] {
        let writing = Writing {
            line_end,
            ..usual.clone()
        };
        spoiler.same("line ends", format!("{line_end:?}"), writing.text(&lines));
    }
    let mixed: String = lines
        .iter()
        .map(|line| format!("{line}{}", dice.pick(&["\n", "\r\n", "\r"])))
        .collect();
    spoiler.same("mixed line ends", "", mixed);
    let text = usual.text(&lines);
    spoiler.same("line ends", "none at the end", text.trim_end());
    spoiler.same("line ends", "two at the end", format!("{text}\r\n"));
    spoiler.same(
        "blank rows",
        "many at the end",
        format!("{text}{}", "\r\n".repeat(200)),
    );
    let delimiters = base.delimiter.repeat(base.header.len() - 1);
    spoiler.same(
        "blank rows",
        "delimiters at the end",
        format!("{text}{}", format!("{delimiters}\r\n").repeat(30)),
    );
    let mut with_gap = lines.clone();
    with_gap.insert(1 + dice.below(lines.len() - 1), String::new());
    spoiler.same("blank rows", "one inside", usual.text(&with_gap));
    with_gap.insert(1, String::new());
    spoiler.same("blank rows", "below the header", usual.text(&with_gap));

    spoiler.same("charset", "utf-8 mark", format!("\u{feff}{text}"));
    let wide: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    spoiler.same("charset", "utf-16le", wide);
    let bare: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    spoiler.same("charset", "utf-16be without mark", bare);
    for (name, encoding) in [
        ("windows-1252", encoding_rs::WINDOWS_1252),
        ("macintosh", encoding_rs::MACINTOSH),
    ] {
        let (bytes, _, lossy) = encoding.encode(&text);
        if !lossy {
            spoiler.same("charset", name, bytes.into_owned());
        }
    }
    let middle = 1 + dice.below(lines.len() - 1);
    let mut marked = lines.clone();
    marked[middle].insert(0, '\u{feff}');
    spoiler.same("mark inside", "", usual.text(&marked));
    let mut zeroes = lines;
    let place = zeroes[middle].char_indices().nth(2).map_or(0, |(place, _)| place);
    zeroes[middle].insert(place, '\0');
    spoiler.same("NUL", "", usual.text(&zeroes));
}

fn headers(spoiler: &mut Spoiler<'_>) {
    let base = spoiler.base;
    let usual = Writing::of(base);
    let lines = usual.lines(base);
    let lettered = |base: &Base| Table {
        header: (0..base.header.len())
            .map(|index| char::from(b'A' + u8::try_from(index).unwrap()).to_string())
            .collect(),
        rows: base.rows.clone(),
    };
    if base.name != "words" {
        // Four columns of words without a heading cannot be told from a heading and words.
        spoiler.add("no header", "", usual.text(&lines[1..]), lettered(base));
    }
    spoiler.add(
        "header only",
        "",
        usual.text(&lines[..1]),
        Table {
            header: base.header.clone(),
            rows: Vec::new(),
        },
    );
    spoiler.add(
        "one row",
        "",
        usual.text(&lines[..2]),
        Table {
            header: base.header.clone(),
            rows: base.rows[..1].to_vec(),
        },
    );
    let mut twice = base.header.clone();
    twice[2] = twice[1].clone();
    let mut duplicate = lines.clone();
    duplicate[0] = usual.line(&twice);
    spoiler.add(
        "duplicate header",
        "",
        usual.text(&duplicate),
        Table {
            header: twice,
            rows: base.rows.clone(),
        },
    );
    let mut gap = base.header.clone();
    gap[1].clear();
    let mut missing = lines.clone();
    missing[0] = usual.line(&gap);
    spoiler.add(
        "empty header",
        "",
        usual.text(&missing),
        Table {
            header: gap,
            rows: base.rows.clone(),
        },
    );
    if base.name != "words" {
        let second: Vec<String> = base.header.iter().map(|name| format!("({name})")).collect();
        let mut two = lines.clone();
        two.insert(1, usual.line(&second));
        spoiler.add(
            "two-line header",
            "",
            usual.text(&two),
            Table {
                header: base
                    .header
                    .iter()
                    .map(|name| format!("{name} ({name})"))
                    .collect(),
                rows: base.rows.clone(),
            },
        );
    }
    let mut repeated = lines;
    let middle = repeated.len() / 2;
    repeated.insert(middle, repeated[0].clone());
    spoiler.same("repeated header", "", usual.text(&repeated));
}

fn surroundings(spoiler: &mut Spoiler<'_>, dice: &mut Dice) {
    let base = spoiler.base;
    let usual = Writing::of(base);
    let lines = usual.lines(base);
    let width = base.header.len();
    let pad = base.delimiter.repeat(width - 1);
    let titles: &[&[&str]] = &[
        &["Auswertung der Leads"],
        &["Auswertung", "Stand 31.12.2024", "erstellt von: Max Muster"],
        &["Export aus dem CRM", "", ""],
        &["a", "b", "c", "d", "e"],
    ];
    for (number, lines_above) in titles.iter().enumerate() {
        let above: Vec<String> = lines_above.iter().map(ToString::to_string).collect();
        let all = [above.clone(), lines.clone()].concat();
        spoiler.same("titles above", number, usual.text(&all));
        let padded: Vec<String> = above.iter().map(|line| format!("{line}{pad}")).collect();
        spoiler.same(
            "titles above, padded",
            number,
            usual.text(&[padded, lines.clone()].concat()),
        );
    }
    if width > 3 {
        let pairs: Vec<String> = [["Von:", "1.1.2024"], ["Bis:", "31.12.2024"]]
            .iter()
            .map(|pair| pair.join(base.delimiter))
            .collect();
        let gap = vec![String::new()];
        spoiler.same(
            "pairs above",
            "",
            usual.text(&[pairs, gap, lines.clone()].concat()),
        );
    }
    let comments = vec!["# exportiert am 1.1.2024".to_owned(), "# von Max".to_owned()];
    spoiler.same(
        "comments",
        "above",
        usual.text(&[comments, lines.clone()].concat()),
    );
    let mut inside = lines.clone();
    inside.insert(lines.len() / 2, "# hier geht es weiter".into());
    spoiler.same("comments", "inside", usual.text(&inside));

    let remarks: &[&[&str]] = &[
        &["Stand: 31.12.2024"],
        &["", "Quelle: eigene Erhebung", "* vorläufig"],
        &["", "Ende der Liste"],
    ];
    for (number, below) in remarks.iter().enumerate() {
        let below: Vec<String> = below.iter().map(ToString::to_string).collect();
        spoiler.same(
            "remarks below",
            number,
            usual.text(&[lines.clone(), below.clone()].concat()),
        );
        let padded: Vec<String> = below.iter().map(|line| format!("{line}{pad}")).collect();
        spoiler.same(
            "remarks below, padded",
            number,
            usual.text(&[lines.clone(), padded].concat()),
        );
    }
    let numeric = |row: &Vec<String>, column: usize| {
        row[column]
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b',' || byte == b'.')
    };
    if let Some(column) = (1..width).rfind(|&column| base.rows.iter().all(|row| numeric(row, column))) {
        let mut sum = vec![String::new(); width];
        sum[0] = (*dice.pick(&["Summe", "Gesamt:", "Total"])).to_owned();
        sum[column] = "12345".into();
        spoiler.same(
            "total row",
            "",
            usual.text(&[lines.clone(), vec![usual.line(&sum)]].concat()),
        );
    }

    let narrower = strings(&["Kürzel", "Menge"]);
    let other = |header: &[String], rows: usize| -> Vec<String> {
        let mut all = vec![String::new(), usual.line(header)];
        for row in 0..rows {
            let cells: Vec<String> = (0..header.len())
                .map(|column| {
                    if column == 0 {
                        format!("X{row}")
                    } else {
                        format!("{}", row * 7 + column)
                    }
                })
                .collect();
            all.push(usual.line(&cells));
        }
        all
    };
    spoiler.same(
        "second table",
        "narrower",
        usual.text(&[lines.clone(), other(&narrower, 5)].concat()),
    );
    let wider: Vec<String> = (0..width + 3).map(|column| format!("Feld {column}")).collect();
    spoiler.same(
        "second table",
        "wider",
        usual.text(&[lines.clone(), other(&wider, 3)].concat()),
    );
    let same: Vec<String> = (0..width).map(|column| format!("Spalte{column}")).collect();
    spoiler.same(
        "second table",
        "as wide",
        usual.text(&[lines.clone(), other(&same, 4)].concat()),
    );
    let mut first = other(&narrower, 3)[1..].to_vec();
    first.push(String::new());
    spoiler.same(
        "second table",
        "narrower one first",
        usual.text(&[first, lines].concat()),
    );
}

fn single_rows(spoiler: &mut Spoiler<'_>, dice: &mut Dice) {
    let base = spoiler.base;
    let usual = Writing::of(base);
    let lines = usual.lines(base);
    for _ in 0..3 {
        let (row, column) = (dice.below(base.rows.len()), dice.below(base.header.len() - 1));
        let detail = format!("row {row} column {column}");
        let mut cells: Vec<String> = base.rows[row].iter().map(|cell| usual.cell(cell)).collect();

        let mut more = lines.clone();
        let mut extra = cells.clone();
        extra.insert(column + 1, String::new());
        more[row + 1] = extra.join(base.delimiter);
        let mut expected = truth(base);
        expected.rows[row].insert(column + 1, String::new());
        spoiler.add("one delimiter more", &detail, usual.text(&more), expected);

        if !cells[column].contains('"') && !cells[column + 1].contains('"') {
            let mut less = lines.clone();
            let next = cells.remove(column + 1);
            cells[column].push_str(&next);
            less[row + 1] = cells.join(base.delimiter);
            let mut expected = truth(base);
            let next = expected.rows[row].remove(column + 1);
            expected.rows[row][column].push_str(&next);
            spoiler.add("one delimiter less", &detail, usual.text(&less), expected);
        }
    }
    for _ in 0..3 {
        let (row, column) = (dice.below(base.rows.len()), dice.below(base.header.len()));
        for quote_all in [false, true] {
            let writing = Writing {
                quote_all,
                ..usual.clone()
            };
            let mut cells: Vec<String> = base.rows[row].iter().map(|cell| writing.cell(cell)).collect();
            let text = base.rows[row][column].clone();
            if text.contains('"') || text.len() < 2 {
                continue;
            }
            let place = text.char_indices().nth(1).map_or(0, |(place, _)| place);
            let quoted = cells[column].starts_with('"');
            let mut expected = truth(base);
            // In the middle, at the beginning or at the end of the text.
            let (detail, text_place) = match dice.below(3) {
                0 => ("inside", place),
                1 => ("at the beginning", 0),
                _ => ("at the end", text.len()),
            };
            expected.rows[row][column].insert(text_place, '"');
            cells[column].insert(text_place + usize::from(quoted), '"');
            let mut spoiled = writing.lines(base);
            spoiled[row + 1] = cells.join(base.delimiter);
            let detail = format!("{detail}, all quoted {quote_all}, row {row} column {column}");
            spoiler.add("one quote more", detail, writing.text(&spoiled), expected);
        }
    }
    for other in [";", ",", "\t", "|"] {
        if other == base.delimiter {
            continue;
        }
        let row = dice.below(base.rows.len());
        let writing = Writing {
            delimiter: other.to_owned(),
            ..usual.clone()
        };
        let mut spoiled = lines.clone();
        spoiled[row + 1] = writing.line(&base.rows[row]);
        spoiler.same(
            "row with other delimiter",
            format!("{other:?} row {row}"),
            usual.text(&spoiled),
        );
    }
    // With blanks between cells a row shows what it is by its values only.
    if base.rows[0].iter().any(|cell| cell.parse::<f64>().is_ok()) && base.header.len() > 3 {
        let row = dice.below(base.rows.len());
        let writing = Writing {
            delimiter: " ".into(),
            ..usual.clone()
        };
        let mut spoiled = lines.clone();
        spoiled[row + 1] = writing.line(&base.rows[row]);
        spoiler.same(
            "row with other delimiter",
            format!("blank, row {row}"),
            usual.text(&spoiled),
        );
    }
    let row = dice.below(base.rows.len());
    let mut spaced = lines.clone();
    spaced[row + 1] = lines[row + 1].replace(base.delimiter, &format!("{} ", base.delimiter));
    let single = Writing {
        quote: '\'',
        escape: '\'',
        ..usual.clone()
    };
    let mut other_quote = lines.clone();
    other_quote[row + 1] = single.line(&base.rows[row]);
    let inner = base.rows[row]
        .iter()
        .any(|cell| cell.contains(base.delimiter) || cell.contains(['"', '\n']));
    if !inner && base.rows[row][1..].iter().all(|cell| !cell.is_empty()) {
        spoiler.same("row with blanks", format!("row {row}"), usual.text(&spaced));
        if base.rows[row].iter().all(|cell| !cell.contains('\'')) {
            spoiler.same(
                "row with other quote",
                format!("row {row}"),
                usual.text(&other_quote),
            );
        }
    }
    let row = dice.below(base.rows.len());
    let mut unescaped = lines;
    let mut cells: Vec<String> = base.rows[row].iter().map(|cell| usual.cell(cell)).collect();
    cells[1] = format!("\"sagt \"ja{} gern\" und geht\"", base.delimiter);
    unescaped[row + 1] = cells.join(base.delimiter);
    let mut expected = truth(base);
    expected.rows[row][1] = format!("sagt \"ja{} gern\" und geht", base.delimiter);
    spoiler.add(
        "unescaped quotes",
        format!("row {row}"),
        usual.text(&unescaped),
        expected,
    );
}

fn dressings(spoiler: &mut Spoiler<'_>, dice: &mut Dice) {
    let base = spoiler.base;
    let usual = Writing::of(base);
    let lines = usual.lines(base);
    let ending: Vec<String> = lines
        .iter()
        .map(|line| format!("{line}{}", base.delimiter))
        .collect();
    spoiler.same("delimiter at line ends", "all", usual.text(&ending));
    let mut rows_only = ending.clone();
    rows_only[0] = lines[0].clone();
    spoiler.same("delimiter at line ends", "rows only", usual.text(&rows_only));

    let column: Vec<String> = std::iter::once(&base.header)
        .chain(&base.rows)
        .map(|cells| cells[1].clone())
        .collect();
    if column
        .iter()
        .all(|text| !text.is_empty() && !text.contains(['"', '\n']))
    {
        spoiler.add(
            "single column",
            "",
            usual.text(&column),
            Table {
                header: vec![column[0].clone()],
                rows: column[1..].iter().map(|text| vec![text.clone()]).collect(),
            },
        );
    }
    let wrapped: Vec<String> = lines
        .iter()
        .map(|line| format!("\"{}\"", line.replace('"', "\"\"")))
        .collect();
    let flat = base
        .rows
        .iter()
        .all(|row| row.iter().all(|cell| !cell.contains('\n')));
    if flat {
        spoiler.same("whole lines quoted", "", usual.text(&wrapped));
        let plain = base
            .rows
            .iter()
            .all(|row| row.iter().all(|cell| !cell.contains('|')));
        if plain {
            let drawn = |cells: &Vec<String>| format!("| {} |", cells.join(" | "));
            let rule = format!("|{}", "---|".repeat(base.header.len()));
            let mut table = vec![drawn(&base.header), rule];
            table.extend(base.rows.iter().map(drawn));
            spoiler.same("drawn table", "", usual.text(&table));
        }
        let widths: Vec<usize> = (0..base.header.len())
            .map(|column| {
                std::iter::once(&base.header)
                    .chain(&base.rows)
                    .map(|row| row[column].chars().count())
                    .max()
                    .unwrap_or(0)
                    + 2
            })
            .collect();
        let fixed = |cells: &Vec<String>| -> String {
            cells
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect()
        };
        let table: Vec<String> = std::iter::once(&base.header)
            .chain(&base.rows)
            .map(fixed)
            .collect();
        spoiler.same("fixed width", "", usual.text(&table));
    }
    let codes: Vec<String> = std::iter::once(lines[0].clone())
        .chain(base.rows.iter().map(|row| {
            let mut cells: Vec<String> = row.iter().map(|cell| usual.cell(cell)).collect();
            cells[0] = format!("=\"{}\"", row[0]);
            cells.join(base.delimiter)
        }))
        .collect();
    spoiler.same("=\"…\" cells", "", usual.text(&codes));
    let blanks: Vec<String> = std::iter::once(&base.header)
        .chain(&base.rows)
        .map(|row| {
            let cells: Vec<String> = row.iter().map(|cell| usual.cell(cell)).collect();
            cells.join(&format!("{} ", base.delimiter))
        })
        .collect();
    spoiler.same("blank after delimiter", "", usual.text(&blanks));
    let row = dice.below(base.rows.len());
    let mut long = truth(base);
    long.rows[row][1] = "x".repeat(100_000);
    let mut spoiled = lines;
    spoiled[row + 1] = usual.line(&long.rows[row]);
    spoiler.add("long cell", "", usual.text(&spoiled), long);
}
