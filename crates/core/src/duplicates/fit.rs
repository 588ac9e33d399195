//! Fits the weights of the score to the labelled pairs and holds the committed ones against the fit.

use super::hash::{hash_bytes, mix};
use super::index::Index;
use super::record::{Record, Side, Watch};
use super::score::{FEATURES, WEIGHTS};

/// The list that was there first, a third of it kept out of tuning, and those that were scored once before they were
/// opened to it.
const LISTS: [&str; 9] = [
    include_str!("../../tests/duplicates/pairs.csv"),
    include_str!("../../tests/duplicates/blind.csv"),
    include_str!("../../tests/duplicates/third.csv"),
    include_str!("../../tests/duplicates/fourth.csv"),
    include_str!("../../tests/duplicates/fifth.csv"),
    include_str!("../../tests/duplicates/sixth.csv"),
    include_str!("../../tests/duplicates/seventh.csv"),
    include_str!("../../tests/duplicates/eighth.csv"),
    include_str!("../../tests/duplicates/ninth.csv"),
];
type Features = [f32; FEATURES.len()];

/// Where the fit begins and to what it is drawn where the pairs say little: what one would expect of each feature.
const EXPECTED: Features = [
    1.8, 2.4, -4.0, -4.0, -2.0, -1.0, -6.0, -1.6, -5.0, -0.3, -6.0, -2.0, -4.0, -0.5, -1.0, -3.5, -2.0, 0.5,
    -5.0, -1.6, -4.0, -2.5, -2.5, -1.0, -1.4,
];
/// How strongly it is drawn there, in pairs.
const DRAWN: f32 = 2.0;

struct Labelled {
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
        let [_, same, rest @ ..] = &cells[..] else {
            panic!("{line}");
        };
        Labelled {
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

/// The features of each pair among all others, and alone; `None` where nothing can match.
fn measured(pairs: &[Labelled]) -> Vec<[Option<Features>; 2]> {
    let mut all = Index::new();
    for (pair, id) in pairs.iter().zip((0..).step_by(2)) {
        add(&mut all, id, pair.fields[0]);
        add(&mut all, id + 1, pair.fields[1]);
    }
    all.prepare();
    let pairs = pairs.iter().zip((0..).step_by(2));
    pairs
        .map(|(pair, id)| {
            let mut alone = Index::new();
            add(&mut alone, 0, pair.fields[0]);
            add(&mut alone, 1, pair.fields[1]);
            alone.prepare();
            [all.evidence(id, id + 1), alone.evidence(0, 1)]
        })
        .collect()
}

fn logit(weights: &Features, features: &Features) -> f32 {
    weights
        .iter()
        .zip(features)
        .map(|(weight, value)| weight * value)
        .sum()
}

/// Logistic regression by gradient descent with momentum, drawn to [`EXPECTED`].
fn fit(samples: &[(Features, bool)]) -> Features {
    let mut weights = EXPECTED;
    let mut speed = [0.0; FEATURES.len()];
    for _ in 0..4_000 {
        let mut gradient = [0.0; FEATURES.len()];
        for (features, same) in samples {
            let error = 1.0 / (1.0 + (-logit(&weights, features)).exp()) - f32::from(u8::from(*same));
            for (sum, value) in gradient.iter_mut().zip(features) {
                *sum += error * value;
            }
        }
        for at in 0..weights.len() {
            let pull = gradient[at] + DRAWN * (weights[at] - EXPECTED[at]);
            speed[at] = 0.9 * speed[at] - 0.004 * pull;
            weights[at] += speed[at];
        }
    }
    weights
}

#[test]
fn the_weights_are_those_that_the_pairs_open_to_tuning_give() {
    let pairs = labelled();
    let measured = measured(&pairs);
    let samples: Vec<(Features, bool)> = pairs
        .iter()
        .zip(&measured)
        .filter(|(pair, _)| !pair.held_out)
        .flat_map(|(pair, features)| features.iter().flatten().map(|features| (*features, pair.same)))
        .collect();
    let fitted = fit(&samples);
    let near = |(fitted, committed): (&f32, &f32)| (fitted - committed).abs() <= 0.15;
    let rounded = fitted.map(|weight| format!("{weight:.1}")).join(", ");
    assert!(fitted.iter().zip(&WEIGHTS).all(near), "the fit gives {rounded}");
}
