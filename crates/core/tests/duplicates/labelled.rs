//! How right the matching is on pairs that were labelled by hand, and whether the documentation says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use lotse_core::duplicates::{Index, LIMIT, Record, Separated, Side, Watch};

const TUNED: &str = include_str!("pairs.csv");
/// The lists that were scored once before anything was learned from them.
const OPENED: [&str; 9] = [
    include_str!("blind.csv"),
    include_str!("third.csv"),
    include_str!("fourth.csv"),
    include_str!("fifth.csv"),
    include_str!("sixth.csv"),
    include_str!("seventh.csv"),
    include_str!("eighth.csv"),
    include_str!("ninth.csv"),
    include_str!("tenth.csv"),
];
/// The lists from which nothing was learned.
const UNTOUCHED: [&str; 2] = [include_str!("eleventh.csv"), include_str!("twelfth.csv")];
const DOCUMENTATION: &str = include_str!("../../../../docs/duplicates.md");

struct Pair<'a> {
    kind: &'a str,
    same: bool,
    /// Whether the search over all rows of the list reports it.
    found: bool,
    /// What its two rows score, reported or not.
    score: f32,
}

/// Puts all rows of a list into one index and looks for its pairs.
fn matched(list: &str) -> Vec<Pair<'_>> {
    let lines: Vec<Vec<&str>> = list
        .lines()
        .skip(1)
        .map(|line| line.split(';').collect())
        .collect();
    let rows = lines
        .iter()
        .flat_map(|cells| [&cells[2..5], &cells[5..8]])
        .zip(0..);
    let records: Vec<Record<'_>> = rows
        .map(|(cells, id)| Record {
            id,
            company: cells[0],
            city: cells[1],
            postcode: cells[2],
            ..Record::default()
        })
        .collect();
    let mut index = Index::new();
    index
        .extend(Side::Project, &records, &Watch::SILENT)
        .expect("nobody cancels");
    let found = index
        .find_all(&Separated::default(), &Watch::SILENT)
        .expect("nobody cancels");
    let found: BTreeSet<(u32, u32)> = found.iter().map(|pair| (pair.a, pair.b)).collect();
    let pairs = lines.iter().zip((0..).step_by(2));
    pairs
        .map(|(cells, id)| Pair {
            kind: cells[0],
            same: cells[1] == "1",
            found: found.contains(&(id, id + 1)),
            score: index.explain(id, id + 1).expect("both rows are there").score,
        })
        .collect()
}

struct Quality {
    precision: f64,
    recall: f64,
    /// Share of the pairs labelled different that were reported.
    accepted: f64,
}

impl Quality {
    fn of(pairs: &[Pair<'_>]) -> Self {
        let count = |same: bool, found: bool| {
            let those = pairs
                .iter()
                .filter(|pair| pair.same == same && pair.found == found);
            f64::from(u32::try_from(those.count()).expect("a short list"))
        };
        let (right, missed, wrong, rejected) = (
            count(true, true),
            count(true, false),
            count(false, true),
            count(false, false),
        );
        Quality {
            precision: right / (right + wrong),
            recall: right / (right + missed),
            accepted: wrong / (wrong + rejected),
        }
    }

    fn f1(&self) -> f64 {
        2.0 * self.precision * self.recall / (self.precision + self.recall)
    }
}

/// The table of the documentation: one line a kind, then the whole.
fn table(pairs: &[Pair<'_>]) -> String {
    let mut kinds: BTreeMap<(bool, &str), (u32, u32)> = BTreeMap::new();
    for pair in pairs {
        let counts = kinds.entry((!pair.same, pair.kind)).or_default();
        counts.0 += 1;
        counts.1 += u32::from(pair.found);
    }
    let mut out = String::from("| kind | label | pairs | reported |\n|---|---|---|---|\n");
    for ((different, kind), (all, found)) in kinds {
        let label = if different { "different" } else { "same" };
        writeln!(out, "| {kind} | {label} | {all} | {found} |").expect("writing to a text");
    }
    let all = Quality::of(pairs);
    writeln!(
        out,
        "\nPrecision {:.3}, recall {:.3}, F1 {:.3}; of the pairs labelled different {:.1} % were reported.",
        all.precision,
        all.recall,
        all.f1(),
        all.accepted * 100.0
    )
    .expect("writing to a text");
    out
}

/// How many of the pairs of each band of scores are the same.
fn calibration(pairs: &[Pair<'_>]) -> String {
    let mut out = String::from("| score | p says | pairs | of them the same |\n|---|---|---|---|\n");
    for (from, to) in [
        (0.0, 0.70),
        (0.70, LIMIT),
        (LIMIT, 0.80),
        (0.80, 0.83),
        (0.83, 0.86),
    ] {
        let band: Vec<&Pair<'_>> = pairs
            .iter()
            .filter(|pair| (from..to).contains(&pair.score))
            .collect();
        let same = band.iter().filter(|pair| pair.same).count();
        let says = |score: f32| ((score - 0.65) / 0.2).clamp(0.0, 1.0).sqrt() * 100.0;
        writeln!(
            out,
            "| {from:.2} to {to:.2} | {:.0} to {:.0} % | {} | {same} |",
            says(from),
            says(to),
            band.len()
        )
        .expect("writing to a text");
    }
    out
}

fn assert_documented(section: &str) {
    assert!(
        DOCUMENTATION.contains(section),
        "docs/duplicates.md does not hold this:\n\n{section}"
    );
}

#[test]
fn the_list_that_was_tuned_on_is_matched_as_documented() {
    let pairs = matched(TUNED);
    let quality = Quality::of(&pairs);
    assert!(
        quality.f1() >= 0.97 && quality.accepted <= 0.02,
        "{}",
        table(&pairs)
    );
    assert_documented(&table(&pairs));
}

#[test]
fn the_lists_that_were_opened_are_matched_as_documented() {
    let pairs: Vec<Pair<'_>> = OPENED.iter().flat_map(|list| matched(list)).collect();
    let quality = Quality::of(&pairs);
    assert!(
        quality.f1() >= 0.97 && quality.accepted <= 0.04,
        "{}",
        table(&pairs)
    );
    assert_documented(&table(&pairs));
}

#[test]
fn the_lists_that_nothing_was_learned_from_are_matched_as_documented() {
    let pairs: Vec<Pair<'_>> = UNTOUCHED.iter().flat_map(|list| matched(list)).collect();
    let quality = Quality::of(&pairs);
    assert!(
        quality.f1() >= 0.95 && quality.accepted <= 0.04,
        "{}",
        table(&pairs)
    );
    assert_documented(&table(&pairs));
}

/// A file of two rows says nothing about how common its words are.
#[test]
fn pairs_that_are_alone_in_a_file_are_matched_as_well() {
    let lists = std::iter::once(&TUNED).chain(&OPENED);
    let pairs: Vec<Pair<'_>> = lists
        .flat_map(|list| {
            let (header, lines) = list.split_once('\n').expect("a list has a header");
            lines.lines().map(move |line| format!("{header}\n{line}"))
        })
        .map(|list| {
            let pair = &matched(&list)[0];
            Pair {
                kind: "alone",
                ..*pair
            }
        })
        .collect();
    let quality = Quality::of(&pairs);
    assert!(
        quality.f1() >= 0.98 && quality.accepted <= 0.025,
        "{}",
        table(&pairs)
    );
}

#[test]
fn scores_mean_what_the_documentation_says() {
    let lists = std::iter::once(&TUNED).chain(&OPENED);
    let pairs: Vec<Pair<'_>> = lists.flat_map(|list| matched(list)).collect();
    assert_documented(&calibration(&pairs));
}
