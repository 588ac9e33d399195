//! How near two words are letter by letter.

use super::hash::{hash_bytes, mix};

/// Edits (insert, delete, replace, swap two neighbours) that turn one word into the other; `limit + 1` when there are
/// more than `limit`.
pub(super) fn edits(left: &[u8], right: &[u8], limit: u32) -> u32 {
    let (left, right) = trim_common(left, right);
    if left.len().abs_diff(right.len()) > limit as usize {
        return limit + 1;
    }
    if left.is_empty() || right.is_empty() {
        return super::hash::count(left.len().max(right.len()));
    }
    const LONGEST: usize = 48;
    if left.len() > LONGEST || right.len() > LONGEST {
        return limit + 1;
    }
    let mut two_before = [0_u32; LONGEST + 1];
    let mut before = [0_u32; LONGEST + 1];
    let mut now = [0_u32; LONGEST + 1];
    for (at, cell) in (0_u32..).zip(before.iter_mut().take(right.len() + 1)) {
        *cell = at;
    }
    for (row, &one) in left.iter().enumerate() {
        now[0] = super::hash::count(row + 1);
        let mut least = now[0];
        for (column, &two) in right.iter().enumerate() {
            let mut cost = (before[column] + u32::from(one != two))
                .min(before[column + 1] + 1)
                .min(now[column] + 1);
            if row > 0 && column > 0 && one == right[column - 1] && left[row - 1] == two {
                cost = cost.min(two_before[column - 1] + 1);
            }
            now[column + 1] = cost;
            least = least.min(cost);
        }
        if least > limit {
            return limit + 1;
        }
        (two_before, before, now) = (before, now, two_before);
    }
    before[right.len()].min(limit + 1)
}

/// Cuts off what both words begin and end with.
pub(super) fn trim_common<'a>(mut left: &'a [u8], mut right: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    while let (Some((one, left_rest)), Some((two, right_rest))) = (left.split_first(), right.split_first())
        && one == two
    {
        (left, right) = (left_rest, right_rest);
    }
    while let (Some((one, left_rest)), Some((two, right_rest))) = (left.split_last(), right.split_last())
        && one == two
    {
        (left, right) = (left_rest, right_rest);
    }
    (left, right)
}

/// Calls `see` with a hash of the word and of each form of it that lacks one letter: two words share one exactly
/// when a single edit (or a letter lost on either side) separates them.
pub(super) fn for_each_deletion(word: &[u8], mut see: impl FnMut(u64)) {
    see(hash_bytes(word));
    let mut shorter = [0_u8; 64];
    if word.len() > shorter.len() || word.is_empty() {
        return;
    }
    let shorter = &mut shorter[..word.len() - 1];
    shorter.copy_from_slice(&word[1..]);
    for at in 0..word.len() {
        // Deleting either of two equal neighbours gives the same form.
        if at == 0 || word[at] != word[at - 1] {
            see(mix(hash_bytes(shorter)));
            // A deletion form may equal the other word itself.
            see(hash_bytes(shorter));
        }
        if at < shorter.len() {
            shorter[at] = word[at];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn edits_are_counted() {
        for (left, right, count) in [
            ("post", "post", 0),
            ("post", "rost", 1),
            ("adler", "alder", 1),
            ("krone", "kronen", 1),
            ("schwarzwald", "schwartzwalt", 2),
            ("huber", "krone", 4),
            ("ab", "ba", 1),
        ] {
            assert_eq!(
                edits(left.as_bytes(), right.as_bytes(), 3),
                count.min(4),
                "{left} {right}"
            );
        }
    }

    proptest! {
        #[test]
        fn edits_equal_the_reference(left in "[a-d]{0,9}", right in "[a-d]{0,9}") {
            let all = strsim::osa_distance(&left, &right);
            let seen = edits(left.as_bytes(), right.as_bytes(), 3);
            prop_assert_eq!(seen as usize, all.min(4));
        }

        #[test]
        fn words_one_edit_apart_share_a_form(word in "[a-e]{3,9}", at in 0_usize..9, letter in "[a-e]") {
            let mut other = word.clone().into_bytes();
            let at = at % other.len();
            other[at] = letter.as_bytes()[0];
            let forms = |word: &[u8]| {
                let mut seen = Vec::new();
                for_each_deletion(word, |form| seen.push(form));
                seen
            };
            let left = forms(word.as_bytes());
            prop_assert!(forms(&other).iter().any(|form| left.contains(form)));
        }
    }
}
