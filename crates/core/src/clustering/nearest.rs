//! Values a few letters apart. Only values that share a piece are held against each other: a comparison of all with all
//! would not end.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use super::fingerprint::{numbers, plain};
use super::sets_of;

/// Letters of a piece that two values must share to be compared.
const PIECE: usize = 4;
/// Pieces that so many values share say nothing; their values meet in others.
const MOST_IN_A_PIECE: usize = 400;

/// Sets of values that are near each other, in chains.
pub(super) fn groups(
    values: &[(&str, u32)],
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Vec<usize>>> {
    let texts: Vec<Vec<char>> = values
        .par_iter()
        .map(|(text, _)| {
            plain(text)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .chars()
                .collect()
        })
        .collect();
    let mut pieces: HashMap<&[char], Vec<usize>> = HashMap::new();
    for (at, text) in texts.iter().enumerate() {
        if text.len() < PIECE {
            pieces.entry(text).or_default().push(at);
        }
        for piece in text.windows(PIECE) {
            let places = pieces.entry(piece).or_default();
            if places.last() != Some(&at) {
                places.push(at);
            }
        }
    }
    if cancelled() {
        return None;
    }
    let blocks: Vec<&Vec<usize>> = pieces
        .values()
        .filter(|places| places.len() > 1 && places.len() <= MOST_IN_A_PIECE)
        .collect();
    let near: Vec<Vec<(usize, usize)>> = blocks
        .par_iter()
        .map(|places| {
            let mut pairs = Vec::new();
            for (at, &a) in places.iter().enumerate() {
                if cancelled() {
                    break;
                }
                for &b in &places[at + 1..] {
                    if !texts[a].is_empty()
                        && is_near(&texts[a], &texts[b])
                        && numbers(values[a].0) == numbers(values[b].0)
                    {
                        pairs.push((a, b));
                    }
                }
            }
            pairs
        })
        .collect();
    if cancelled() {
        return None;
    }
    let pairs: BTreeSet<(usize, usize)> = near.into_iter().flatten().collect();
    Some(sets_of(pairs))
}

/// At most two letters apart, one in values of up to seven letters, none in those of up to three. Two neighbours that
/// have changed places count as one.
fn is_near(a: &[char], b: &[char]) -> bool {
    let most = match a.len().min(b.len()) {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    a.len().abs_diff(b.len()) <= most && strsim::generic_damerau_levenshtein(a, b) <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_values_must_be_nearer_than_long_ones() {
        let near = |a: &str, b: &str| is_near(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert!(near("kiel", "kiell"));
        assert!(!near("kiel", "kehl"));
        assert!(!near("ulm", "olm"));
        assert!(near("frankfurt", "frankfrut"));
        assert!(near("restaurant anker", "restuarant ankr"));
        assert!(!near("restaurant anker", "restaurant hafen"));
    }
}
