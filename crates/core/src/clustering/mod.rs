//! Different spellings of the same thing in one column: values that are alike under a key (what is left when case,
//! punctuation and word order are taken away, or what is heard when the word is spoken), or that lie a few letters
//! apart. Which spelling wins is for a person to say; what is found here is only alike.

mod cologne;
mod fingerprint;
mod nearest;

use std::collections::BTreeMap;

pub use cologne::cologne;
pub use fingerprint::{fingerprint, ngram_fingerprint};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How values are held against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ClusterMethod {
    /// The same words, whatever their order, case, punctuation and umlaut spelling.
    Fingerprint,
    /// The same pairs of letters, whatever the spaces: finer typing errors.
    Ngram,
    /// The same sound in German (Cologne phonetics).
    Cologne,
    /// At most two letters apart, one in short values, with the same numbers.
    Nearest,
}

/// Values that may be spellings of the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Places in the list that was given; the spelling that is likely meant first, the others by frequency.
    pub members: Vec<usize>,
    /// Rows that have one of them.
    pub rows: u64,
}

/// The clusters among different values with the number of their rows, the largest first. Empty values and those without
/// letters and digits belong to none. `cancelled` is asked now and then; `None` where it said so.
pub fn clusters(
    values: &[(&str, u32)],
    method: ClusterMethod,
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Cluster>> {
    let key = match method {
        ClusterMethod::Fingerprint => fingerprint,
        ClusterMethod::Ngram => ngram_fingerprint,
        ClusterMethod::Cologne => cologne,
        ClusterMethod::Nearest => {
            return nearest::groups(values, cancelled).map(|groups| ordered(values, groups));
        }
    };
    let keys: Vec<String> = values
        .par_iter()
        .map(|(text, _)| if cancelled() { String::new() } else { key(text) })
        .collect();
    if cancelled() {
        return None;
    }
    let mut places: Vec<usize> = (0..values.len()).filter(|&at| !keys[at].is_empty()).collect();
    places.par_sort_unstable_by(|&a, &b| keys[a].cmp(&keys[b]).then(a.cmp(&b)));
    let groups = places
        .chunk_by(|&a, &b| keys[a] == keys[b])
        .filter(|group| group.len() > 1)
        .map(<[usize]>::to_vec);
    Some(ordered(values, groups.collect()))
}

fn ordered(values: &[(&str, u32)], groups: Vec<Vec<usize>>) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = groups
        .into_iter()
        .map(|mut members| {
            members.sort_by(|&a, &b| {
                let (text_a, rows_a) = values[a];
                let (text_b, rows_b) = values[b];
                rows_b
                    .cmp(&rows_a)
                    .then_with(|| care(text_b).cmp(&care(text_a)))
                    .then_with(|| text_a.cmp(text_b))
            });
            Cluster {
                rows: members.iter().map(|&at| u64::from(values[at].1)).sum(),
                members,
            }
        })
        .collect();
    clusters.sort_by(|a, b| {
        b.rows
            .cmp(&a.rows)
            .then_with(|| values[a.members[0]].0.cmp(values[b.members[0]].0))
    });
    clusters
}

/// How carefully a text is written, for spellings that are equally frequent: capitals and small letters both, no stray
/// spaces, umlauts as they are.
fn care(text: &str) -> u32 {
    let mixed = text.chars().any(char::is_uppercase) && text.chars().any(char::is_lowercase);
    let tidy = text.trim() == text && !text.contains("  ");
    let umlauts = text.chars().any(|sign| "äöüßÄÖÜ".contains(sign));
    4 * u32::from(mixed) + 2 * u32::from(tidy) + u32::from(umlauts)
}

/// The sets that pairs make, each with its members in ascending order.
fn sets_of(pairs: impl IntoIterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut parent: BTreeMap<usize, usize> = BTreeMap::new();
    fn root(parent: &mut BTreeMap<usize, usize>, at: usize) -> usize {
        let mut top = at;
        while let Some(&up) = parent.get(&top).filter(|&&up| up != top) {
            top = up;
        }
        parent.insert(at, top);
        top
    }
    for (a, b) in pairs {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        parent.insert(a.max(b), a.min(b));
        parent.insert(a.min(b), a.min(b));
    }
    let members: Vec<usize> = parent.keys().copied().collect();
    let mut sets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for member in members {
        let top = root(&mut parent, member);
        sets.entry(top).or_default().push(member);
    }
    sets.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(values: &[(&str, u32)], method: ClusterMethod) -> Vec<Vec<String>> {
        clusters(values, method, &|| false)
            .unwrap()
            .into_iter()
            .map(|cluster| {
                let texts = cluster.members.into_iter().map(|at| values[at].0.to_owned());
                texts.collect()
            })
            .collect()
    }

    #[test]
    fn spellings_meet_under_the_key_and_the_most_frequent_one_stands_first() {
        let values = [
            ("Gasthof Müller", 3),
            ("GASTHOF MUELLER", 9),
            ("Müller, Gasthof", 3),
            ("Gasthof Möller", 2),
            ("---", 7),
            ("", 4),
            ("...", 1),
        ];
        assert_eq!(
            found(&values, ClusterMethod::Fingerprint),
            [["GASTHOF MUELLER", "Gasthof Müller", "Müller, Gasthof"]]
        );
    }

    #[test]
    fn of_equally_frequent_spellings_the_careful_one_stands_first() {
        let values = [("BÄCKEREI", 1), ("bäckerei", 1), ("Bäckerei", 1)];
        assert_eq!(
            found(&values, ClusterMethod::Fingerprint),
            [["Bäckerei", "BÄCKEREI", "bäckerei"]]
        );
    }

    #[test]
    fn every_method_finds_what_it_is_for() {
        let values = [
            ("Großhandel", 5),
            ("Gross handel", 1),
            ("Meyer", 5),
            ("Maier", 1),
            ("Frankfurt", 9),
            ("Frankfrut", 1),
            ("Filiale 1", 4),
            ("Filiale 2", 4),
        ];
        assert_eq!(
            found(&values, ClusterMethod::Ngram),
            [["Großhandel", "Gross handel"]]
        );
        let heard = found(&values, ClusterMethod::Cologne);
        assert!(heard.contains(&vec!["Meyer".into(), "Maier".into()]), "{heard:?}");
        let near = found(&values, ClusterMethod::Nearest);
        assert!(
            near.contains(&vec!["Frankfurt".into(), "Frankfrut".into()]),
            "{near:?}"
        );
        let numbered = |method| {
            let found = found(&values, method);
            found
                .iter()
                .any(|cluster| cluster.iter().any(|text| text.starts_with("Filiale")))
        };
        for method in [
            ClusterMethod::Fingerprint,
            ClusterMethod::Ngram,
            ClusterMethod::Cologne,
            ClusterMethod::Nearest,
        ] {
            assert!(!numbered(method), "{method:?}: another number is another thing");
        }
    }

    #[test]
    fn whoever_cancels_gets_nothing() {
        for method in [ClusterMethod::Cologne, ClusterMethod::Nearest] {
            assert_eq!(clusters(&[("a", 1), ("A", 1)], method, &|| true), None);
        }
    }
}
