//! From what two rows show to the probability that they are the same, and to the score.

use super::compare::NameEvidence;

/// What is compared about two rows, as numbers between 0 and 1.
pub(super) const FEATURES: [&str; 25] = [
    "always",
    "shared name",
    "names differ, share",
    "names differ clearly",
    "name missing, share",
    "nothing shared",
    "trade differs",
    "trade missing",
    "first name differs",
    "first name missing",
    "number differs",
    "number missing",
    "sister company",
    "legal form differs",
    "city missing",
    "city missing, common name",
    "city inexact",
    "postcode equal",
    "postcode differs",
    "trade here, name there",
    "others of that name",
    "first name missing, other legal form",
    "first name missing, others of that name",
    "first name missing, common name",
    "trade missing, common name",
];

/// The weights of [`FEATURES`], in logits. Fitted to the labelled pairs that are open to tuning, see
/// `docs/duplicates.md`.
pub(super) const WEIGHTS: [f32; FEATURES.len()] = [
    1.8, 2.5, -3.5, -4.5, -0.4, -1.4, -8.0, -0.9, -7.4, -0.3, -8.4, -2.8, -7.3, -0.7, -1.3, -4.9, -1.3, 0.8,
    -6.2, 0.3, -6.1, -2.5, -5.0, -1.4, -1.9,
];

/// What is known about the places of two rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PlaceEvidence {
    /// 0 to 1; `None` where one is missing.
    pub(super) city: Option<f32>,
    pub(super) postcode: PostcodeEvidence,
    /// Whether the rows of the index are in towns at all.
    pub(super) placed: bool,
    /// Rows of the index that are in the place, or of the whole index where a place is missing.
    pub(super) rows: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PostcodeEvidence {
    Missing,
    Equal,
    /// Another one of the same area ([`area`]), or the same with a slip.
    Near,
    Far,
}

/// How near two postcodes (see [`super::place::postcode`]) are.
pub(super) fn compare_postcodes(left: u32, right: u32) -> PostcodeEvidence {
    if left == 0 || right == 0 {
        PostcodeEvidence::Missing
    } else if left == right {
        PostcodeEvidence::Equal
    } else if left > 999_999 || right > 999_999 {
        PostcodeEvidence::Far
    } else {
        let slip = || {
            let (left, right) = (digits(left), digits(right));
            super::similarity::edits(bare(&left), bare(&right), 1) == 1
        };
        if area(left) == area(right) || slip() {
            PostcodeEvidence::Near
        } else {
            PostcodeEvidence::Far
        }
    }
}

/// The last six digits of a number, zeros in front.
fn digits(mut number: u32) -> [u8; 6] {
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit += u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
    digits
}

/// Digits without zeros in front.
fn bare(digits: &[u8; 6]) -> &[u8] {
    let start = digits.iter().position(|&digit| digit != b'0');
    &digits[start.unwrap_or(digits.len())..]
}

/// The area of a postcode: the German region of its first two digits (of which a leading zero may be lost, so that it looks
/// like a Swiss or Austrian one; there the first digit has to do), with those that one city spans taken together.
fn area(code: u32) -> u32 {
    match code {
        10_000..=14_199 => 10_000,
        20_000..=22_999 => 20_000,
        80_000..=81_999 => 80_000,
        50_667..=51_149 => 50_000,
        65_929..=65_936 => 60_000,
        _ => code / 1_000 * 1_000,
    }
}

/// A first name that is missing is no longer a matter of taste where so many others are expected to have the same family
/// name and trade.
const FEW_OTHERS: f32 = 0.1;

fn features(name: &NameEvidence, place: PlaceEvidence) -> [f32; FEATURES.len()] {
    let share = |part: f32| {
        if part > 0.0 {
            part / (name.shared + part)
        } else {
            0.0
        }
    };
    let truth = |holds: bool| if holds { 1.0 } else { 0.0 };
    // An equal postcode stands for the city; where no row has one, a missing city says nothing.
    let missing = match (place.city, place.postcode) {
        (Some(_), _) => 0.0,
        (None, PostcodeEvidence::Equal) => 0.2,
        (None, _) if !place.placed => 0.2,
        (None, _) => 1.0,
    };
    let common_here = match name.rarest_shared {
        0..=3 => 0.0,
        4..=8 => 0.4,
        _ => 1.0,
    };
    let common_anywhere = match (name.shared_rare, name.shared_common) {
        (0, 0 | 1) => 1.0,
        (0, 2) => 0.5,
        _ => 0.0,
    };
    let common = f32::max(common_here, common_anywhere);
    #[expect(clippy::cast_precision_loss, reason = "a few words")]
    let short = (5.0 / name.words as f32).min(1.0);
    // So many others in this place would have these words by chance. A postcode narrows the place down.
    #[expect(clippy::cast_precision_loss, reason = "a share needs three digits")]
    let around = place.rows as f32
        * if place.postcode == PostcodeEvidence::Equal {
            0.2
        } else {
            1.0
        };
    let others = around * name.log_share.exp();
    [
        1.0,
        (name.shared / 12.0).min(1.0),
        share(name.differing),
        (name.differing / 4.0).min(1.0) * short,
        share(name.missing),
        truth(name.shared < 0.5),
        name.trade_differs,
        name.trade_missing,
        name.given_differs,
        name.given_missing,
        name.number_differs,
        name.number_missing,
        name.sister,
        name.form_differs,
        missing,
        missing * common,
        place.city.map_or(0.0, |alike| 1.0 - alike),
        truth(place.postcode == PostcodeEvidence::Equal),
        match place.postcode {
            PostcodeEvidence::Near => 0.4,
            PostcodeEvidence::Far => 1.0,
            PostcodeEvidence::Missing | PostcodeEvidence::Equal => 0.0,
        },
        name.crossed,
        others / (1.0 + others),
        name.given_missing * name.form_differs,
        name.given_missing * others / (FEW_OTHERS + others),
        name.given_missing * common_anywhere,
        name.trade_missing * common_anywhere,
    ]
}

/// What is compared about two rows when their near words are one word each, how sure that is, and what is compared when
/// they are two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Evidence {
    pub(super) agreeing: [f32; FEATURES.len()],
    /// The probability of the first case.
    pub(super) sure: f32,
    /// As `agreeing` where no word is doubtful.
    pub(super) differing: [f32; FEATURES.len()],
}

impl Evidence {
    pub(super) fn of(name: &NameEvidence, place: PlaceEvidence) -> Self {
        let agreeing = features(name, place);
        let differing = if name.sure < 1.0 {
            features(&name.had_they_differed(), place)
        } else {
            agreeing
        };
        Evidence {
            agreeing,
            sure: name.sure,
            differing,
        }
    }

    /// The probability that the rows are the same.
    pub(super) fn probability(&self) -> f32 {
        let mut probability = probability(&self.agreeing);
        if self.sure < 1.0 {
            probability = self.sure * probability + (1.0 - self.sure) * self::probability(&self.differing);
        }
        probability
    }
}

fn probability(features: &[f32; FEATURES.len()]) -> f32 {
    let logit: f32 = features
        .iter()
        .zip(WEIGHTS)
        .map(|(value, weight)| value * weight)
        .sum();
    1.0 / (1.0 + (-logit).exp())
}

/// The score of a probability: 0.75 is the limit of what is reported, certainty is 0.85.
///
/// The square of the probability puts the limit at 0.71: a pair that is reported wrongly costs as much as two and a half
/// that are missed.
pub(super) fn score(probability: f32) -> f32 {
    (0.65 + 0.2 * probability * probability).clamp(0.0, 0.85)
}
