//! Text tables that are dressed otherwise than with delimiters: drawn ones, columns of fixed width, lines that are quoted
//! as a whole.

use super::{
    dialect::{Judgement, ROWS, detect, judge},
    record::{Cells, Dialect, Layout, Next},
};
use crate::sources::settings::ReadSettings;

/// True for tables drawn with bars and rules.
pub(super) fn looks_drawn(text: &str) -> bool {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(60)
        .collect();
    let is_rule = |line: &str| {
        line.len() >= 3
            && line.bytes().all(|byte| b"-+=:| ".contains(&byte))
            && line.contains("--")
            && line.contains(['+', '|'])
    };
    let barred = lines
        .iter()
        .filter(|line| line.len() > 1 && line.starts_with('|') && line.ends_with('|'))
        .count();
    let rules = lines.iter().filter(|line| is_rule(line)).count();
    lines.len() >= 2
        && ((rules >= 1 && lines.iter().any(|line| line.contains('|') && !is_rule(line)))
            || barred * 10 >= lines.len() * 9)
}

/// The dialect inside lines that are quoted as a whole, if that reads better than lines of one cell.
pub(super) fn wrapped_lines(
    body: &str,
    outer: &Dialect,
    settings: &ReadSettings,
) -> Option<(Judgement, Dialect)> {
    let quote = outer.quote?;
    let single = Dialect {
        delimiter: Vec::new(),
        ..outer.clone()
    };
    let (mut cells, mut at, mut inner) = (Cells::default(), 0, String::new());
    let (mut lines, mut wrapped) = (0usize, 0usize);
    while at < body.len() && lines < ROWS {
        wrapped += usize::from(body.as_bytes()[at] == quote);
        let Next::At(next) = single.record(body, at, true, &mut cells) else {
            break;
        };
        lines += 1;
        inner.push_str(cells.get(body, 0));
        inner.push('\n');
        at = next;
    }
    if lines < 2 || wrapped * 10 < lines * 8 {
        return None;
    }
    let guess = detect(&inner, true, settings);
    if guess.width < 2 || guess.fitting * 10 < guess.records * 8 || guess.dialect.layout != Layout::Plain {
        return None;
    }
    let dialect = Dialect {
        layout: Layout::WrappedLines,
        ..guess.dialect
    };
    Some((judge(&dialect, body), dialect))
}

/// Where the columns of fixed width begin, in characters: after gaps that run through all lines.
pub(super) fn fixed_columns(text: &str) -> Option<Vec<usize>> {
    let lines: Vec<Vec<char>> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(ROWS)
        .map(|line| line.trim_end().chars().collect())
        .collect();
    if lines.len() < 3 || lines.iter().any(|line| line.contains(&'\t')) {
        return None;
    }
    let longest = lines.iter().map(Vec::len).max()?;
    if longest > 4096 {
        return None;
    }
    let blank = |at: usize| {
        lines
            .iter()
            .all(|line| line.get(at).is_none_or(|sign| *sign == ' '))
    };
    let mut columns = vec![0];
    let mut at = 0;
    while at < longest {
        if !blank(at) {
            at += 1;
            continue;
        }
        let start = at;
        while at < longest && blank(at) {
            at += 1;
        }
        // A gap of one blank is a column's edge only where some line has more room there.
        let roomy = at - start >= 2
            || lines.iter().any(|line| {
                line.get(start.saturating_sub(1)..at)
                    .is_some_and(|gap| gap.iter().all(|sign| *sign == ' '))
            });
        if start > 0 && at < longest && roomy {
            columns.push(at);
        }
    }
    // Blanks between words line up by chance; a column of its own has a heading.
    let mut ends = columns[1..].to_vec();
    ends.push(longest);
    let headed: Vec<usize> = columns
        .iter()
        .zip(ends)
        .filter(|&(&start, end)| {
            start == 0 || (start..end).any(|at| lines[0].get(at).is_some_and(|sign| *sign != ' '))
        })
        .map(|(&start, _)| start)
        .collect();
    (headed.len() >= 2).then_some(headed)
}
