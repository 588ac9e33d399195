//! How right the matching is on lists of labelled pairs, in the three settings in which a pair may be met.
//!
//! `cargo bench -p lotse-core --bench duplicates -- labelled LIST.csv…`

use std::collections::BTreeSet;

use lotse_core::duplicates::{Index, Record, Separated, Side, Watch};

use super::{Table, say};

/// Rows of the made-up world into which the pairs are put.
const WORLD: usize = 100_000;

/// A pair as a list has it: kind, label and twice company, city, postcode.
type Line<'a> = Vec<&'a str>;

fn records<'a>(lines: &[Line<'a>], first: u32) -> Vec<Record<'a>> {
    let sides = lines.iter().flat_map(|cells| [&cells[2..5], &cells[5..8]]);
    let records = sides.zip(first..).map(|(cells, id)| Record {
        id,
        company: cells[0],
        city: cells[1],
        postcode: cells[2],
        ..Record::default()
    });
    records.collect()
}

/// For each line whether its pair is found once all lines are in `index`, where the ids from 0 on are free.
fn found(mut index: Index, lines: &[Line<'_>]) -> Vec<(bool, f32)> {
    let records = records(lines, 0);
    index
        .extend(Side::Project, &records, &Watch::SILENT)
        .expect("nobody cancels");
    let ids: Vec<u32> = records.iter().map(|record| record.id).collect();
    let pairs = index
        .find_for(&ids, &Separated::default(), &Watch::SILENT)
        .expect("nobody cancels");
    let pairs: BTreeSet<(u32, u32)> = pairs
        .iter()
        .map(|pair| (pair.a.min(pair.b), pair.a.max(pair.b)))
        .collect();
    let ids = ids.iter().step_by(2);
    ids.map(|&id| {
        let score = index.explain(id, id + 1).expect("both rows are there").score;
        (pairs.contains(&(id, id + 1)), score)
    })
    .collect()
}

fn report(setting: &str, lines: &[Line<'_>], found: &[(bool, f32)], mistakes: bool) {
    let (mut right, mut missed, mut wrong, mut rejected) = (0_u32, 0_u32, 0_u32, 0_u32);
    for (cells, (found, score)) in lines.iter().zip(found) {
        let same = cells[1] == "1";
        match (same, found) {
            (true, true) => right += 1,
            (true, false) => missed += 1,
            (false, true) => wrong += 1,
            (false, false) => rejected += 1,
        }
        if mistakes && same != *found {
            say(&format!("  {score:.3} {}", cells.join(";")));
        }
    }
    let share = |part: u32, rest: u32| f64::from(part) / f64::from((part + rest).max(1));
    let (precision, recall) = (share(right, wrong), share(right, missed));
    say(&format!(
        "{setting}: precision {precision:.3}, recall {recall:.3}, F1 {:.3}, different but reported {:.1} % ({wrong} of {})",
        2.0 * precision * recall / (precision + recall),
        share(wrong, rejected) * 100.0,
        wrong + rejected
    ));
}

pub(crate) fn score_lists(paths: &[String]) -> std::io::Result<()> {
    let world = Table::new(super::World::new(7).rows(WORLD));
    for path in paths {
        let text = std::fs::read_to_string(path)?;
        let lines: Vec<Line<'_>> = text
            .lines()
            .skip(1)
            .map(|line| line.split(';').collect())
            .collect();
        say(&format!("{path}: {} pairs", lines.len()));
        report("one file", &lines, &found(Index::new(), &lines), true);
        let alone: Vec<(bool, f32)> = lines
            .iter()
            .flat_map(|line| found(Index::new(), std::slice::from_ref(line)))
            .collect();
        report("alone", &lines, &alone, false);
        let mut index = Index::new();
        world.read(&mut index, 1_000_000);
        report("in a world", &lines, &found(index, &lines), true);
    }
    Ok(())
}
