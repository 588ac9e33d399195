//! Files polluted in one way each, made by code together with what a careful person reads out of them.
//!
//! Each base table is written cleanly and then spoiled in one way; nobody tells the reader which. The rate per kind
//! of pollution is printed (`cargo test -p lotse-engine --test sources pollution -- --nocapture`).

mod bases;
mod kinds;

use std::collections::BTreeMap;

use lotse_engine::sources::ReadSettings;

use crate::reading::{Table, file, table};
use bases::Dice;

/// A file and its truth.
pub(crate) struct Case {
    kind: &'static str,
    detail: String,
    bytes: Vec<u8>,
    truth: Table,
}

/// A table without the blank cells at the end of its rows, which no person sees.
fn seen(table: &Table) -> (Vec<String>, Vec<Vec<String>>) {
    let trimmed = |cells: &Vec<String>| {
        let mut cells = cells.clone();
        while cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            cells.pop();
        }
        cells
    };
    let header = trimmed(&table.header);
    (header, table.rows.iter().map(trimmed).collect())
}

#[test]
fn polluted_files_read_as_a_careful_person_reads_them() {
    let mut rates: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut dice = Dice::new(2024);
    for round in 0..2 {
        for base in bases::all(&mut dice) {
            for case in kinds::all(&base, &mut dice) {
                let (_folder, path) = file("polluted.csv", &case.bytes);
                let (found, _) = table(&path, &ReadSettings::default());
                let right = seen(&found) == seen(&case.truth);
                let rate = rates.entry(case.kind).or_default();
                rate.0 += usize::from(right);
                rate.1 += 1;
                if !right {
                    wrong.push((
                        format!("{} {} {round} {}", case.kind, base.name, case.detail),
                        found,
                        case,
                    ));
                }
            }
        }
    }
    let (right, all) = rates
        .values()
        .fold((0, 0), |sum, rate| (sum.0 + rate.0, sum.1 + rate.1));
    for (kind, (right, of)) in &rates {
        println!(
            "{kind:28} {right:4} of {of:4}  {:5.1} %",
            100.0 * *right as f64 / *of as f64
        );
    }
    println!(
        "{:28} {right:4} of {all:4}  {:5.1} %",
        "all",
        100.0 * right as f64 / all as f64
    );
    let show = std::env::var("LOTSE_SHOW_WRONG").unwrap_or_default();
    for (name, found, case) in wrong.iter().filter(|entry| entry.0.contains(&show)).take(40) {
        println!("wrong: {name}");
        if !show.is_empty() {
            let text = String::from_utf8_lossy(&case.bytes);
            println!("{}", text.chars().take(1500).collect::<String>());
            println!(
                "found {:?}\n{:#?}",
                found.header,
                found.rows.iter().take(3).collect::<Vec<_>>()
            );
            println!(
                "truth {:?}\n{:#?}",
                case.truth.header,
                case.truth.rows.iter().take(3).collect::<Vec<_>>()
            );
            let place = found.rows.iter().zip(&case.truth.rows).position(|(a, b)| a != b);
            println!(
                "rows {} of {}, first difference {place:?}",
                found.rows.len(),
                case.truth.rows.len()
            );
            if let Some(place) = place {
                println!("{:?}\n{:?}", found.rows[place], case.truth.rows[place]);
            }
        }
    }
    assert!(
        right * 100 >= all * 97,
        "{right} of {all} files are right; the first wrong ones: {:#?}",
        wrong.iter().take(10).map(|entry| &entry.0).collect::<Vec<_>>()
    );
    for (kind, (right, of)) in rates {
        assert!(right * 100 >= of * 80, "{kind}: {right} of {of}");
    }
}
