//! Fits the weights of near words and of the score to the labelled pairs, holds the committed ones against the fit, and
//! tells how well each list is judged by weights that the others gave.

use super::compare::words_left;
use super::hash::{hash_bytes, mix};
use super::index::Index;
use super::record::{Record, Side, Watch};
use super::score::{Evidence, FEATURES, WEIGHTS};
use super::typo::{Known, Likeness, TRAIT_WEIGHTS, Traits, compare_hiding, compare_words, slip};

/// The list that was there first, a third of it kept out of tuning, and those that were scored once before they were
/// opened to it.
const LISTS: [&str; 10] = [
    include_str!("../../tests/duplicates/pairs.csv"),
    include_str!("../../tests/duplicates/blind.csv"),
    include_str!("../../tests/duplicates/third.csv"),
    include_str!("../../tests/duplicates/fourth.csv"),
    include_str!("../../tests/duplicates/fifth.csv"),
    include_str!("../../tests/duplicates/sixth.csv"),
    include_str!("../../tests/duplicates/seventh.csv"),
    include_str!("../../tests/duplicates/eighth.csv"),
    include_str!("../../tests/duplicates/ninth.csv"),
    include_str!("../../tests/duplicates/tenth.csv"),
];
type Features = [f32; FEATURES.len()];

/// Where the fit begins and to what it is drawn where the pairs say little: what one would expect of each feature.
const EXPECTED: Features = [
    1.8, 2.4, -4.0, -4.0, -2.0, -1.0, -6.0, -1.6, -5.0, -0.3, -6.0, -2.0, -4.0, -0.5, -1.0, -3.5, -2.0, 0.5,
    -5.0, -1.6, -6.0, -2.5, -5.0, -1.0, -1.4,
];
/// Where the fit of near words begins and to what it is drawn where the pairs say little.
const EXPECTED_TRAITS: Traits = [
    0.0, 2.0, -0.5, 1.6, 0.5, 0.2, -0.8, 1.0, 0.7, 0.0, -1.2, -0.5, -1.5, -3.0, 0.5, -0.8, 0.0, 0.5, -4.0,
    1.0, 0.5, -2.5, 2.0, 1.0, 1.5, -1.4, -3.0, -1.6, -0.9, 2.0, 5.0,
];
/// How strongly it is drawn there, in pairs.
const DRAWN: f32 = 2.0;

struct Labelled {
    list: usize,
    kind: &'static str,
    same: bool,
    fields: [[&'static str; 3]; 2],
    /// Kept out of tuning.
    held_out: bool,
}

fn labelled() -> Vec<Labelled> {
    let all = LISTS.iter().enumerate();
    let lines = all.flat_map(|(list, text)| text.lines().skip(1).map(move |line| (list, line)));
    let rows = lines.map(|(list, line)| {
        let cells: Vec<&str> = line.split(';').collect();
        let [kind, same, rest @ ..] = &cells[..] else {
            panic!("{line}");
        };
        Labelled {
            list,
            kind,
            same: *same == "1",
            fields: [[rest[0], rest[1], rest[2]], [rest[3], rest[4], rest[5]]],
            held_out: list == 0 && mix(hash_bytes(line.as_bytes())).is_multiple_of(3),
        }
    });
    rows.collect()
}

fn add(index: &mut Index, id: u32, [company, city, postcode]: [&str; 3]) {
    let record = Record {
        id,
        company,
        city,
        postcode,
        ..Record::default()
    };
    index
        .extend(Side::Project, &[record], &Watch::SILENT)
        .expect("nobody cancels");
}

/// The rows of a pair in an index of their own.
fn alone(pair: &Labelled) -> Index {
    let mut alone = Index::new();
    add(&mut alone, 0, pair.fields[0]);
    add(&mut alone, 1, pair.fields[1]);
    alone.prepare();
    alone
}

/// What is seen of each pair among all others, and alone; `None` where nothing can match.
fn measured(pairs: &[Labelled]) -> Vec<[Option<Evidence>; 2]> {
    let mut all = Index::new();
    for (pair, id) in pairs.iter().zip((0..).step_by(2)) {
        add(&mut all, id, pair.fields[0]);
        add(&mut all, id + 1, pair.fields[1]);
    }
    all.prepare();
    let pairs = pairs.iter().zip((0..).step_by(2));
    pairs
        .map(|(pair, id)| [all.evidence(id, id + 1), alone(pair).evidence(0, 1)])
        .collect()
}

/// Two near words on which a pair hangs.
struct NearWords {
    pair: usize,
    same: bool,
    traits: Traits,
    corpus: f32,
    weight: f32,
}

/// How often a real name that somebody thinks of is on the lists. The lists hold nearly all names of the labelled pairs
/// by now, but not of those that are still to come: without this the fit would believe that whatever they do not hold is a
/// slip.
const BOTH_HELD: f32 = 0.75;
const ONE_HELD: f32 = 0.11;
const NONE_HELD: f32 = 0.03;

/// The nearest words that are left of each pair, where it is they that decide whether it is the same.
fn near_words(pairs: &[Labelled]) -> Vec<NearWords> {
    let mut found = Vec::new();
    for (at, pair) in pairs.iter().enumerate() {
        if pair.held_out || !pair.same && !matches!(pair.kind, "near" | "doubtful" | "saint") {
            continue;
        }
        let index = alone(pair);
        let (vocabulary, rows) = (&index.vocabulary, &index.rows);
        let left = words_left(vocabulary, rows.name(0), rows.name(1));
        let nearest = left.into_iter().filter_map(|(one, two, people)| {
            match compare_words(vocabulary, one, two, people) {
                Likeness::Near(traits, corpus) => Some((slip(&traits, corpus), one, two, people)),
                Likeness::Clear(_) => None,
            }
        });
        let Some((_, one, two, people)) = nearest.max_by(|left, right| left.0.total_cmp(&right.0)) else {
            continue;
        };
        let cases = [
            (Known(false, false), BOTH_HELD),
            (Known(true, false), ONE_HELD),
            (Known(false, true), ONE_HELD),
            (Known(true, true), NONE_HELD),
        ];
        let mut last = None;
        for (hidden, weight) in cases {
            let Likeness::Near(traits, corpus) = compare_hiding(vocabulary, one, two, people, hidden) else {
                continue;
            };
            let both = last.is_none() && traits[BOTH_KNOWN] > 0.0;
            if last.is_none() && (pair.same || !both) {
                found.push(NearWords {
                    pair: at,
                    same: pair.same,
                    traits,
                    corpus,
                    weight: 1.0,
                });
                break;
            }
            last = Some(hidden);
            found.push(NearWords {
                pair: at,
                same: pair.same,
                traits,
                corpus,
                weight,
            });
        }
    }
    found
}

/// The place of "both known" among the traits.
const BOTH_KNOWN: usize = 18;

fn dot<const N: usize>(weights: &[f32; N], values: &[f32; N]) -> f32 {
    weights
        .iter()
        .zip(values)
        .map(|(weight, value)| weight * value)
        .sum()
}

fn logistic(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

/// Gradient descent with momentum from `expected` and drawn there; `slope` adds the gradient of all samples.
fn descend<const N: usize>(
    expected: [f32; N],
    drawn: f32,
    rounds: usize,
    mut slope: impl FnMut(&[f32; N], &mut [f32; N]),
) -> [f32; N] {
    let mut weights = expected;
    let mut speed = [0.0; N];
    for _ in 0..rounds {
        let mut gradient = [0.0; N];
        slope(&weights, &mut gradient);
        for at in 0..N {
            let pull = gradient[at] + drawn * (weights[at] - expected[at]);
            speed[at] = 0.9 * speed[at] - 0.003 * pull;
            weights[at] += speed[at];
        }
    }
    weights
}

/// Logistic regression of whether near words are one word and a slip.
fn fit_words<'a>(samples: &(impl Iterator<Item = &'a NearWords> + Clone)) -> Traits {
    descend(EXPECTED_TRAITS, DRAWN, 2_000, |weights, gradient| {
        for sample in samples.clone() {
            let says = logistic(dot(weights, &sample.traits) + sample.corpus);
            let error = sample.weight * (says - f32::from(u8::from(sample.same)));
            for (sum, value) in gradient.iter_mut().zip(&sample.traits) {
                *sum += error * value;
            }
        }
    })
}

/// Logistic regression of whether rows are the same, over both cases of their near words.
fn fit(samples: &[(Evidence, bool)]) -> Features {
    descend(EXPECTED, DRAWN, 3_000, |weights, gradient| {
        for (evidence, same) in samples {
            let (agreeing, differing) = (
                logistic(dot(weights, &evidence.agreeing)),
                logistic(dot(weights, &evidence.differing)),
            );
            let says = evidence.sure * agreeing + (1.0 - evidence.sure) * differing;
            let says = says.clamp(1e-4, 1.0 - 1e-4);
            let error = (says - f32::from(u8::from(*same))) / (says * (1.0 - says));
            let slopes = [
                error * evidence.sure * agreeing * (1.0 - agreeing),
                error * (1.0 - evidence.sure) * differing * (1.0 - differing),
            ];
            for (at, sum) in gradient.iter_mut().enumerate() {
                *sum += slopes[0] * evidence.agreeing[at] + slopes[1] * evidence.differing[at];
            }
        }
    })
}

fn rounded(weights: &[f32]) -> String {
    let rounded = weights.iter().map(|weight| format!("{weight:.1}"));
    rounded.collect::<Vec<_>>().join(", ")
}

fn agree(fitted: &[f32], committed: &[f32]) -> bool {
    fitted
        .iter()
        .zip(committed)
        .all(|(fitted, committed)| (fitted - committed).abs() <= 0.15)
}

#[test]
fn the_weights_of_near_words_are_those_that_the_pairs_open_to_tuning_give() {
    let near = near_words(&labelled());
    let fitted = fit_words(&near.iter());
    assert!(
        agree(&fitted, &TRAIT_WEIGHTS),
        "the fit gives {}",
        rounded(&fitted)
    );
}

#[test]
fn the_weights_are_those_that_the_pairs_open_to_tuning_give() {
    let pairs = labelled();
    let measured = measured(&pairs);
    let samples: Vec<(Evidence, bool)> = pairs
        .iter()
        .zip(&measured)
        .filter(|(pair, _)| !pair.held_out)
        .flat_map(|(pair, seen)| seen.iter().flatten().map(|evidence| (*evidence, pair.same)))
        .collect();
    let fitted = fit(&samples);
    assert!(agree(&fitted, &WEIGHTS), "the fit gives {}", rounded(&fitted));
}

/// Each list judged by what the others gave: near words that are wrongly taken for slips, and slips for other words.
#[test]
fn near_words_of_a_list_are_told_apart_by_what_the_other_lists_give() {
    let pairs = labelled();
    let near = near_words(&pairs);
    let mut wrong = [0.0_f32; 2];
    let mut all = [0.0_f32; 2];
    for list in 0..LISTS.len() {
        let here = |sample: &&NearWords| pairs[sample.pair].list == list;
        let weights = fit_words(&near.iter().filter(|sample| !here(sample)));
        for sample in near.iter().filter(here) {
            let says = logistic(dot(&weights, &sample.traits) + sample.corpus);
            let side = usize::from(sample.same);
            all[side] += sample.weight;
            if (says > ENOUGH) != sample.same {
                wrong[side] += sample.weight;
            }
        }
    }
    let shares = [wrong[0] / all[0], wrong[1] / all[1]];
    assert!(shares[0] < 0.05 && shares[1] < 0.12, "{shares:?} of {all:?}");
}

/// The probability from which two rows are reported.
const ENOUGH: f32 = 0.71;
