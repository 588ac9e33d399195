//! Groups: what hangs together by pairs.

use super::hash::NumberMap;
use super::record::{Group, Pair};

/// The groups that `pairs` make, by their smallest row.
pub fn groups(pairs: &[Pair]) -> Vec<Group> {
    let mut numbers: NumberMap<u32, usize> = NumberMap::default();
    let mut rows: Vec<u32> = Vec::new();
    let mut parents: Vec<usize> = Vec::new();
    let mut number = |row: u32, parents: &mut Vec<usize>| {
        *numbers.entry(row).or_insert_with(|| {
            rows.push(row);
            parents.push(parents.len());
            parents.len() - 1
        })
    };
    let joined: Vec<(usize, usize)> = pairs
        .iter()
        .map(|pair| (number(pair.a, &mut parents), number(pair.b, &mut parents)))
        .collect();
    for &(a, b) in &joined {
        let (a, b) = (root(&mut parents, a), root(&mut parents, b));
        // The earlier row stays on top: the result does not depend on the order of the pairs.
        parents[a.max(b)] = a.min(b);
    }
    let mut best: NumberMap<usize, &Pair> = NumberMap::default();
    for (pair, &(a, _)) in pairs.iter().zip(&joined) {
        let best = best.entry(root(&mut parents, a)).or_insert(pair);
        if (pair.score, std::cmp::Reverse(pair.reason)) > (best.score, std::cmp::Reverse(best.reason)) {
            *best = pair;
        }
    }
    let mut members: NumberMap<usize, Vec<u32>> = NumberMap::default();
    for (at, &row) in rows.iter().enumerate() {
        members.entry(root(&mut parents, at)).or_default().push(row);
    }
    let mut groups: Vec<Group> = members
        .into_iter()
        .map(|(root, mut rows)| {
            rows.sort_unstable();
            let best = best[&root];
            Group {
                rows,
                score: best.score,
                reason: best.reason,
                hard: best.is_hard(),
            }
        })
        .collect();
    groups.sort_unstable_by_key(|group| group.rows[0]);
    groups
}

fn root(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}
