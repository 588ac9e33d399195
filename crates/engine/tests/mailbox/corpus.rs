//! Mails of many shapes, each with what is to be read from it beside it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use lotse_engine::mailbox::{MailStatus, ParsedMail, RuleBook, parse, view};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    status: MailStatus,
    /// Compared where it is given.
    rule: Option<String>,
    leads: Vec<ExpectedLead>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedLead {
    /// All of them, and no others.
    fields: BTreeMap<String, String>,
    /// Only those that matter for what the mail shows.
    #[serde(default)]
    extra: BTreeMap<String, String>,
}

fn corpus() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/mail");
    let mut mails = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "eml") {
                mails.push(path);
            }
        }
    }
    mails.sort();
    mails
}

fn shown(path: &Path) -> String {
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    format!(
        "{}/{}",
        folder.to_string_lossy(),
        path.file_stem().unwrap().to_string_lossy()
    )
}

fn fields(parsed: &ParsedMail, index: usize) -> BTreeMap<String, String> {
    parsed.leads.get(index).map_or_else(BTreeMap::new, |lead| {
        lead.fields
            .iter()
            .map(|(field, value)| (field.name().to_string(), value.clone()))
            .collect()
    })
}

fn differences(path: &Path, parsed: &ParsedMail, expected: &Expected) -> String {
    let mut out = String::new();
    if parsed.status != expected.status || parsed.leads.len() != expected.leads.len() {
        writeln!(
            out,
            "  {:?} with {} leads, expected {:?} with {}",
            parsed.status,
            parsed.leads.len(),
            expected.status,
            expected.leads.len()
        )
        .unwrap();
    }
    if expected.rule.is_some() && parsed.rule != expected.rule {
        writeln!(out, "  rule {:?}, expected {:?}", parsed.rule, expected.rule).unwrap();
    }
    for (index, lead) in expected.leads.iter().enumerate() {
        let found = fields(parsed, index);
        for (field, value) in &lead.fields {
            if found.get(field) != Some(value) {
                writeln!(
                    out,
                    "  {index}.{field}: {:?}, expected {value:?}",
                    found.get(field)
                )
                .unwrap();
            }
        }
        for (field, value) in &found {
            if !lead.fields.contains_key(field) {
                writeln!(out, "  {index}.{field}: {value:?}, expected nothing").unwrap();
            }
        }
        for (label, value) in &lead.extra {
            let found = parsed.leads.get(index).and_then(|lead| lead.extra.get(label));
            if found != Some(value) {
                writeln!(out, "  {index}.extra.{label}: {found:?}, expected {value:?}").unwrap();
            }
        }
    }
    if out.is_empty() {
        out
    } else {
        format!("{}\n{out}", shown(path))
    }
}

#[test]
fn every_mail_of_the_corpus_is_read_as_written_beside_it() {
    let rules = RuleBook::built_in();
    let mails = corpus();
    assert!(mails.len() >= 60, "{} mails", mails.len());
    let mut out = String::new();
    for path in &mails {
        let raw = std::fs::read(path).unwrap();
        let json = std::fs::read_to_string(path.with_extension("json"))
            .unwrap_or_else(|error| panic!("{}: no expectation: {error}", shown(path)));
        let expected: Expected =
            serde_json::from_str(&json).unwrap_or_else(|error| panic!("{}: {error}", shown(path)));
        out.push_str(&differences(path, &parse(&raw, &rules), &expected));
    }
    assert!(out.is_empty(), "\n{out}");
}

#[test]
fn every_value_stands_where_its_provenance_says() {
    let rules = RuleBook::built_in();
    for path in corpus() {
        let raw = std::fs::read(&path).unwrap();
        let parsed = parse(&raw, &rules);
        let view = view(&raw, Some(parsed.clone()));
        for lead in &parsed.leads {
            let mut named: Vec<String> = lead.fields.keys().map(|field| field.name().to_string()).collect();
            named.extend(lead.extra.keys().map(|label| format!("extra.{label}")));
            named.sort();
            let mut known: Vec<&String> = lead.provenance.keys().collect();
            known.sort();
            assert_eq!(known, named.iter().collect::<Vec<_>>(), "{}", shown(&path));
            assert!((0.0..=1.0).contains(&lead.confidence), "{}", shown(&path));
            for (field, provenance) in &lead.provenance {
                let text = view.texts.iter().find(|text| text.part == provenance.part);
                let text = text.unwrap_or_else(|| panic!("{}: no part {}", shown(&path), provenance.part));
                let slice: String = text
                    .text
                    .chars()
                    .skip(provenance.start)
                    .take(provenance.end - provenance.start)
                    .collect();
                assert_eq!(slice, provenance.text, "{} {field}", shown(&path));
                assert!(
                    provenance.by.starts_with(parsed.rule.as_deref().unwrap()),
                    "{}",
                    shown(&path)
                );
            }
        }
    }
}

/// Cut anywhere, or with bytes changed, a mail still gives a result: nothing in the reader panics or hangs.
#[test]
fn damaged_mails_are_read_as_far_as_they_go() {
    let rules = RuleBook::built_in();
    for path in corpus() {
        let raw = std::fs::read(&path).unwrap();
        for part in 1..8 {
            let cut = raw.len() * part / 8;
            assert!(
                parse(&raw[..cut], &rules).problem != Some(lotse_engine::mailbox::ReadingProblem::Defect),
                "{}",
                shown(&path)
            );
            let mut changed = raw.clone();
            for at in (part..changed.len()).step_by(37) {
                changed[at] = changed[at]
                    .wrapping_mul(31)
                    .wrapping_add(u8::try_from(part).unwrap());
            }
            assert!(
                parse(&changed, &rules).problem != Some(lotse_engine::mailbox::ReadingProblem::Defect),
                "{}",
                shown(&path)
            );
        }
    }
}
