//! Which names of places in a corpus are misspellings of others.

use super::hash::{NumberMap, count};
use super::similarity::{edits, for_each_deletion};

/// Which of two base names of a corpus mean the same place: rare unknown names that are nearly a known or a frequent
/// one are taken for its misspelling. Gives each base its representative.
pub(super) fn merge_misspelt(bases: &[(&str, u32, bool)]) -> Vec<usize> {
    let mut target: Vec<usize> = (0..bases.len()).collect();
    let mut by_variant: NumberMap<u64, Vec<u32>> = NumberMap::default();
    for (at, (name, ..)) in bases.iter().enumerate() {
        if name.len() >= 4 && name.len() <= 40 {
            for_each_deletion(name.as_bytes(), |variant| {
                by_variant.entry(variant).or_default().push(count(at));
            });
        }
    }
    for (at, (name, rows, known)) in bases.iter().enumerate() {
        if *known || name.len() < 4 {
            continue;
        }
        let mut best: Option<(u32, std::cmp::Reverse<u32>, usize)> = None;
        for_each_deletion(name.as_bytes(), |variant| {
            for &other in by_variant.get(&variant).into_iter().flatten() {
                let other = other as usize;
                let (other_name, other_rows, _) = bases[other];
                if other == at || !outweighs((name, *rows), bases[other], other < at) {
                    continue;
                }
                let distance = edits(name.as_bytes(), other_name.as_bytes(), 2);
                let allowed = if name.len().min(other_name.len()) >= 8 {
                    2
                } else {
                    1
                };
                if distance <= allowed {
                    let rank = (distance, std::cmp::Reverse(other_rows), other);
                    if best.is_none_or(|known| rank < known) {
                        best = Some(rank);
                    }
                }
            }
        });
        if let Some((.., other)) = best {
            target[at] = other;
        }
    }
    target
}

/// Whether a name of a place has the weight to be what another one was meant to be.
fn outweighs(
    (name, rows): (&str, u32),
    (_, other_rows, other_known): (&str, u32, bool),
    earlier: bool,
) -> bool {
    if other_known {
        return rows <= 3 || other_rows / 20 >= rows;
    }
    match rows {
        // Of two long names that are seen once each, the earlier one has to do.
        1 => other_rows >= 2 || earlier && name.len() >= 8,
        2 => other_rows >= 4 && name.len() >= 6,
        _ => other_rows / 20 >= rows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_misspellings_join_the_name_they_are_near_to() {
        let bases = [
            ("rosenheim", 40, true),
            ("rosenhiem", 1, false),
            ("weinheim", 9, true),
            ("weiheim", 1, false),
            ("talheim", 3, false),
            ("stalheim", 3, false),
        ];
        assert_eq!(merge_misspelt(&bases), [0, 0, 2, 2, 4, 5]);
    }
}
