//! What is worth trying on a text file: signs that occur where a delimiter, a quote, an escape or a line end would.

use std::collections::BTreeMap;

use super::record::{Dialect, LineEnd};
use crate::sources::settings::ReadSettings;

/// The line ends worth trying.
pub(super) fn line_ends(body: &[u8]) -> Vec<LineEnd> {
    let (mut pairs, mut feeds, mut returns) = (0usize, 0usize, 0usize);
    for place in memchr::memchr2_iter(b'\n', b'\r', body) {
        if body[place] == b'\n' {
            if place > 0 && body[place - 1] == b'\r' {
                pairs += 1;
            } else {
                feeds += 1;
            }
        } else if body
            .get(place + 1)
            .is_none_or(|&next| next != b'\n' && next != b'\r')
        {
            returns += 1;
        }
    }
    match (pairs, feeds, returns) {
        (0, 0, _) => vec![LineEnd::Any],
        (_, _, 0) if pairs > 0 && feeds > 0 => vec![LineEnd::LineFeed, LineEnd::CrLf],
        (_, _, 0) => vec![LineEnd::LineFeed],
        _ if pairs > 0 && feeds > 0 => vec![LineEnd::Any, LineEnd::LineFeed, LineEnd::CrLf],
        _ => vec![LineEnd::Any, LineEnd::LineFeed],
    }
}

/// The delimiters worth trying, the usual ones first, and none at all.
pub(super) fn delimiters(body: &[u8]) -> Vec<Vec<u8>> {
    const USUAL: &[u8] = b",;\t|";
    const POSSIBLE: &[u8] = b":^~\x01\x02\x1c\x1d\x1e\x1f#!&*%$@+/\\_=>< ";
    let mut counts = [0usize; 256];
    for &byte in body {
        counts[usize::from(byte)] += 1;
    }
    let lines = memchr::memchr2_iter(b'\n', b'\r', body).count().max(1);
    let mut found: Vec<Vec<u8>> = Vec::new();
    for &byte in USUAL.iter().chain(POSSIBLE) {
        let count = counts[usize::from(byte)];
        let least = if USUAL.contains(&byte) {
            1
        } else {
            lines.div_ceil(2)
        };
        if count < least {
            continue;
        }
        let twice = memchr::memmem::find_iter(body, &[byte, byte]).count();
        // A sign that never stands alone is half of a delimiter of two.
        let paired = lines > 1 && twice * 2 == count && b"|:#~^$&*@!,;\t".contains(&byte);
        if !paired {
            found.push(vec![byte]);
        }
        if byte == b' ' {
            continue;
        }
        let with_blank = memchr::memmem::find_iter(body, &[byte, b' ']).count();
        if USUAL.contains(&byte) && with_blank * 10 >= count * 3 && with_blank >= lines / 2 {
            found.push(vec![byte, b' ']);
        }
        if paired || twice * 10 >= count * 4 && b"|:;#~^$&*@!".contains(&byte) {
            found.push(vec![byte, byte]);
        }
    }
    for sign in ["¦", "§", "¬", "þ", "\u{14}", "|~|", "~|~", "<>", "->"] {
        if memchr::memmem::find_iter(body, sign).count() >= lines.div_ceil(2) {
            found.push(sign.as_bytes().to_vec());
        }
    }
    found.push(Vec::new());
    found
}

/// The quotes worth trying beside `delimiter`: those that stand at the edges of cells.
pub(super) fn quotes(body: &[u8], delimiter: &[u8], settings: &ReadSettings) -> Vec<Option<u8>> {
    if let Some(chosen) = settings.quote {
        return vec![chosen.byte()];
    }
    let mut found = Vec::new();
    for quote in [b'"', b'\'', b'`', b'~', b'|', b'$', b'%', b'#'] {
        if delimiter.contains(&quote) {
            continue;
        }
        let (mut opens, mut closes) = (0usize, 0usize);
        for place in memchr::memchr_iter(quote, body) {
            let before = &body[..place];
            let after = &body[place + 1..];
            let starts = place == 0
                || before.ends_with(b"\n")
                || before.ends_with(b"\r")
                || (!delimiter.is_empty() && before.ends_with(delimiter));
            let ends = after.is_empty()
                || after.starts_with(b"\n")
                || after.starts_with(b"\r")
                || (!delimiter.is_empty() && after.starts_with(delimiter));
            opens += usize::from(starts);
            closes += usize::from(ends);
        }
        let pairs = opens.min(closes);
        if pairs >= 1 && (matches!(quote, b'"' | b'\'') || pairs >= 2) {
            found.push(Some(quote));
        }
    }
    if found.first() != Some(&Some(b'"')) {
        found.insert(0, Some(b'"').filter(|quote| !delimiter.contains(quote)));
    }
    found
}

/// The same dialect with a backslash that makes text of the delimiter behind it, where there is such a one.
pub(super) fn escaping_delimiters(body: &[u8], dialect: &Dialect) -> Option<Dialect> {
    let first = *dialect.delimiter.first()?;
    memchr::memmem::find(body, &[b'\\', first])?;
    Some(Dialect {
        quote: None,
        escape: Some(b'\\'),
        ..dialect.clone()
    })
}

/// The sign that stands before stray quotes inside quoted cells, where it is always the same, and whether it stands in
/// the middle of a text.
pub(super) fn escape_before_quotes(body: &[u8], dialect: &Dialect) -> Option<(u8, bool)> {
    let quote = dialect.quote?;
    let mut before: BTreeMap<u8, usize> = BTreeMap::new();
    let mut inner = 0usize;
    for place in memchr::memchr_iter(quote, body) {
        let (Some(&left), Some(&right)) = (
            place.checked_sub(1).and_then(|at| body.get(at)),
            body.get(place + 1),
        ) else {
            continue;
        };
        let delimiter = dialect.delimiter.first();
        let at_edge = |byte: u8| byte == quote || byte == b'\n' || byte == b'\r' || delimiter == Some(&byte);
        if at_edge(left) {
            continue;
        }
        if matches!(left, b'\\' | 0 | b'^' | b'~' | b'/' | b'?' | 0x1b) {
            *before.entry(left).or_default() += 1;
        }
        inner += usize::from(!at_edge(right));
    }
    let (escape, count) = before.into_iter().max_by_key(|entry| entry.1)?;
    (count >= inner && count > 0).then_some((escape, inner > 0))
}
