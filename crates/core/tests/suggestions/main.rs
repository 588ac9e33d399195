//! How good the suggestions are: invented exports with the mapping that a careful person would make. One half was used
//! while the rules were written, the other half was not; docs/mapping.md quotes the figures.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a failed expectation in a test is a failed test, and its figures are for people"
)]

use std::collections::BTreeMap;

use lotse_core::mapping::{ActivitiesOrigin, ColumnRef, Mapping, Origin, SourceColumn, Step, suggest};
use lotse_core::profile::ColumnProfile;
use lotse_core::table::Cell;
use lotse_core::target::Target;

/// An invented export: headers with the destination that a person would choose, and samples.
struct Export {
    name: String,
    columns: Vec<(String, Vec<String>, Vec<String>)>,
}

#[derive(Default)]
struct Score {
    suggested: usize,
    right: usize,
    wanted: usize,
    found: usize,
    wrong: Vec<String>,
}

impl Score {
    fn precision(&self) -> f64 {
        self.right as f64 / self.suggested.max(1) as f64
    }

    fn recall(&self) -> f64 {
        self.found as f64 / self.wanted.max(1) as f64
    }
}

fn values() -> BTreeMap<&'static str, Vec<String>> {
    let kinds = include_str!("values.txt").lines().map(|line| {
        let (name, samples) = line.split_once(": ").unwrap();
        let samples = samples.split(" ¦ ").map(|sample| sample.trim().to_owned());
        (name, samples.collect())
    });
    kinds.collect()
}

fn exports(text: &str) -> Vec<Export> {
    let values = values();
    let mut exports: Vec<Export> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix("# ") {
            exports.push(Export {
                name: name.to_owned(),
                columns: Vec::new(),
            });
            continue;
        }
        let (header, rest) = line.split_once(" => ").unwrap();
        let (wanted, kind) = rest.split_once(": ").unwrap();
        let samples = values.get(kind).unwrap_or_else(|| panic!("{line}")).clone();
        let wanted = wanted.split('|').map(str::to_owned).collect();
        let header = header.replace("\\n", "\n");
        exports
            .last_mut()
            .unwrap()
            .columns
            .push((header, wanted, samples));
    }
    exports
}

fn suggestion(target: &Target, export: &Export) -> (Vec<ColumnRef>, Mapping) {
    let headers: Vec<String> = export.columns.iter().map(|(header, ..)| header.clone()).collect();
    let references = ColumnRef::all(&headers);
    let columns: Vec<SourceColumn> = references
        .iter()
        .zip(&export.columns)
        .map(|(reference, (_, _, samples))| {
            let mut profile = ColumnProfile::default();
            for sample in samples.iter().cycle().take(60) {
                profile.observe(Cell::text(sample));
            }
            SourceColumn {
                reference: reference.clone(),
                profile,
            }
        })
        .collect();
    (references, suggest(target, &columns).mapping)
}

/// Where a column goes, in one word.
fn destination(mapping: &Mapping, column: &ColumnRef) -> String {
    let mut fields = Vec::new();
    let mut split = false;
    for (name, field) in &mapping.fields {
        if matches!(&field.origin, Origin::Columns { columns, .. } if columns.contains(column)) {
            fields.push(name.as_str());
            split |= field
                .steps
                .iter()
                .any(|step| matches!(step, Step::NamePart { .. }));
        }
    }
    match &mapping.activities {
        ActivitiesOrigin::Cells { columns } if columns.contains(column) => fields.push("activities"),
        ActivitiesOrigin::Groups { groups } => {
            for (at, group) in groups.iter().enumerate() {
                if let Some((name, _)) = group.iter().find(|(_, other)| *other == column) {
                    return format!("a{at}.{name}");
                }
            }
        }
        _ => {}
    }
    match fields.as_slice() {
        [] => "-".into(),
        ["contact.firstName", "contact.lastName"] if split => "fullName".into(),
        ["city", "postalCode"] => "plzort".into(),
        fields => fields.join("+"),
    }
}

fn score(text: &str) -> (usize, Score) {
    let target = Target::builtin("migration").unwrap();
    let mut score = Score::default();
    let exports = exports(text);
    for export in &exports {
        let (references, mapping) = suggestion(&target, export);
        for (reference, (header, wanted, _)) in references.iter().zip(&export.columns) {
            let found = destination(&mapping, reference);
            let right = wanted.contains(&found);
            if found != "-" {
                score.suggested += 1;
                score.right += usize::from(right);
            }
            if !wanted.iter().any(|wanted| wanted == "-") {
                score.wanted += 1;
                score.found += usize::from(right);
            }
            if !right {
                let wanted = wanted.join("|");
                score.wrong.push(format!(
                    "{}: {header:?} is {wanted}, suggested {found}",
                    export.name
                ));
            }
        }
    }
    (exports.len(), score)
}

fn report(name: &str, text: &str) -> Score {
    let (exports, score) = score(text);
    println!(
        "{name}: {exports} exports, {} wanted, precision {:.3} ({} of {}), recall {:.3} ({} of {})",
        score.wanted,
        score.precision(),
        score.right,
        score.suggested,
        score.recall(),
        score.found,
        score.wanted
    );
    score
}

#[test]
fn suggestions_are_right_on_exports_that_the_rules_were_written_with() {
    let score = report("tuning", include_str!("tuning.txt"));
    for wrong in &score.wrong {
        println!("  {wrong}");
    }
    assert!(score.precision() >= 0.98, "precision {}", score.precision());
    assert!(score.recall() >= 0.97, "recall {}", score.recall());
}

#[test]
fn suggestions_are_right_on_exports_that_the_rules_have_never_seen() {
    let score = report("held out", include_str!("held_out.txt"));
    if std::env::var_os("LOTSE_SHOW_HELD_OUT").is_some() {
        for wrong in &score.wrong {
            println!("  {wrong}");
        }
    }
    assert!(score.precision() >= 0.9, "precision {}", score.precision());
    assert!(score.recall() >= 0.8, "recall {}", score.recall());
}
