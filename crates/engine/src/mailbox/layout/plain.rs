//! Plain text as lines.

use super::{Block, Line, Sheet, Span};

/// Lines of a text. `flowed` is the `format=flowed` of the part: a blank at the end of a line means it goes on.
pub(crate) fn sheet(part: &str, text: String, flowed: bool) -> Sheet {
    let blocks = lines(&text, Span::new(0, text.len()), flowed)
        .map(Block::Line)
        .collect();
    Sheet {
        part: part.to_string(),
        text,
        blocks,
        elements: None,
    }
}

/// The lines of a stretch of a text.
pub(crate) fn lines(text: &str, within: Span, flowed: bool) -> impl Iterator<Item = Line> {
    let mut at = within.start;
    within.of(text).split('\n').map(move |raw| {
        let start = at;
        at += raw.len() + 1;
        line(text, Span::new(start, start + raw.len()), flowed)
    })
}

fn line(text: &str, span: Span, flowed: bool) -> Line {
    let raw = span.of(text);
    let (quoted, skipped) = quote_marks(raw);
    let inside = &raw[skipped..];
    let trimmed = span.part(skipped, raw.len()).trimmed(text);
    let indent = inside
        .chars()
        .take_while(|char| char.is_whitespace())
        .map(|char| if char == '\t' { 8 } else { 1 })
        .sum();
    Line {
        span: trimmed,
        indent,
        quoted,
        strong: 0,
        // The signature delimiter ends with a blank and goes on nowhere.
        goes_on: flowed && inside.ends_with(' ') && inside != "-- " && !trimmed.is_empty(),
    }
}

/// How often a line is quoted, and the bytes its quote marks take.
fn quote_marks(raw: &str) -> (u8, usize) {
    let (mut depth, mut skipped) = (0_u8, 0);
    let mut rest = raw;
    loop {
        // "> > " and ">>"; a single blank may stand before each mark.
        let inner = rest.strip_prefix(' ').unwrap_or(rest);
        let Some(after) = inner.strip_prefix('>') else {
            return (depth, skipped);
        };
        // ">> Max" may be an arrow between label and value, but not at the beginning of a line.
        depth = depth.saturating_add(1);
        skipped = raw.len() - after.len();
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_their_place_quotes_and_indent() {
        let text = "Name: Max\n\n> > quoted  \n   indented\nlast ";
        let sheet = sheet("1", text.to_string(), true);
        let lines: Vec<(&str, usize, u8, bool)> = sheet
            .blocks
            .iter()
            .map(|block| match block {
                Block::Line(line) => (line.span.of(text), line.indent, line.quoted, line.goes_on),
                Block::Table(_) => panic!("no table"),
            })
            .collect();
        assert_eq!(
            lines,
            [
                ("Name: Max", 0, 0, false),
                ("", 0, 0, false),
                ("quoted", 1, 2, true),
                ("indented", 3, 0, false),
                ("last", 0, 0, true)
            ]
        );
    }
}
