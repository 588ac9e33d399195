//! The sentences of the history: what a change was, from its facts.

use lotse_core::language::Language;
use lotse_core::target::Target;
use lotse_engine::project::{Change, ChangeKind};
use serde_json::Value as Json;

/// The longest text that is quoted in a line.
const QUOTED: usize = 40;

/// What a change was, as a sentence.
pub(crate) fn change_text(change: &Change, target: &Target, language: Language) -> String {
    let fact = |name: &str| change.summary.get(name).unwrap_or(&Json::Null);
    let number = |name: &str| fact(name).as_u64().unwrap_or_default();
    let field = field_label(target, fact("field").as_str().unwrap_or_default(), language);
    match change.kind {
        ChangeKind::Edit => {
            let row = number("row");
            match fact("text").as_str() {
                _ if fact("restored").as_bool() == Some(true) => language.pick(
                    format!("Zeile {row}: {field} wieder wie in der Quelle"),
                    format!("Row {row}: {field} as in the source again"),
                ),
                Some("") => language.pick(
                    format!("Zeile {row}: {field} geleert"),
                    format!("Row {row}: {field} cleared"),
                ),
                Some(text) => {
                    let text = quoted(text);
                    language.pick(
                        format!("Zeile {row}: {field} „{text}“"),
                        format!("Row {row}: {field} \"{text}\""),
                    )
                }
                None => language.pick(
                    format!("Zeile {row}: {field} geändert"),
                    format!("Row {row}: {field} changed"),
                ),
            }
        }
        ChangeKind::BulkEdit => bulk_text(change, &field, language),
        ChangeKind::ApplyFix => {
            let rows = rows_of(number("rows"), language);
            if field.is_empty() {
                language.pick(format!("Korrektur in {rows}"), format!("Correction in {rows}"))
            } else {
                language.pick(
                    format!("Korrektur von {field} in {rows}"),
                    format!("Correction of {field} in {rows}"),
                )
            }
        }
        ChangeKind::Decide => {
            let what = match fact("kind").as_str() {
                Some("import") => language.pick("zum Import vorgesehen", "to be imported"),
                Some("skip") => language.pick("ausgelassen", "left out"),
                Some("hold") => language.pick("zurückgehalten", "held back"),
                Some("merge") => language.pick("zusammengeführt", "merged"),
                _ => language.pick("ohne Entscheidung", "without a decision"),
            };
            format!("{} {what}", rows_of(number("rows"), language))
        }
        ChangeKind::Merge => {
            let rows = fact("rows");
            let count = rows
                .as_array()
                .map_or_else(|| number("rows"), |rows| rows.len() as u64);
            format!(
                "{} {}",
                rows_of(count, language),
                language.pick("zusammengeführt", "merged")
            )
        }
        ChangeKind::Separate => counted(
            number("pairs"),
            language,
            ("Paar als verschieden vermerkt", "Paare als verschieden vermerkt"),
            ("pair noted as different", "pairs noted as different"),
        ),
        ChangeKind::Reimport | ChangeKind::Enrich => {
            let cells = counted(number("cells"), language, ("Zelle", "Zellen"), ("cell", "cells"));
            let file = fact("file").as_str().unwrap_or_default();
            language.pick(
                format!("{cells} aus {file} übernommen"),
                format!("{cells} taken over from {file}"),
            )
        }
    }
}

/// What was done with many cells at once.
fn bulk_text(change: &Change, field: &str, language: Language) -> String {
    let fact = |name: &str| change.summary[name].as_str().unwrap_or_default();
    let cells = counted(
        change.summary["cells"].as_u64().unwrap_or_default(),
        language,
        ("Zelle", "Zellen"),
        ("cell", "cells"),
    );
    let text = quoted(fact("text"));
    let done = match fact("do") {
        "set" if text.is_empty() => language.pick("geleert".to_owned(), "cleared".to_owned()),
        "set" => language.pick(format!("auf „{text}“ gesetzt"), format!("set to \"{text}\"")),
        "fillDown" => language.pick("nach unten ausgefüllt".to_owned(), "filled down".to_owned()),
        "replace" => {
            let find = quoted(fact("find"));
            language.pick(
                format!("„{find}“ durch „{text}“ ersetzt"),
                format!("\"{find}\" replaced with \"{text}\""),
            )
        }
        "unify" => language.pick(
            format!("vereinheitlicht zu „{text}“"),
            format!("unified to \"{text}\""),
        ),
        "restore" => language.pick(
            "wieder wie in der Quelle".to_owned(),
            "as in the source again".to_owned(),
        ),
        _ => language.pick("geändert".to_owned(), "changed".to_owned()),
    };
    if field.is_empty() {
        format!("{cells} {done}")
    } else {
        format!("{field}: {cells} {done}")
    }
}

fn field_label(target: &Target, name: &str, language: Language) -> String {
    let list = target.activities.as_ref().filter(|list| list.name == name);
    let label = target
        .field_index(name)
        .map(|at| &target.fields[at].label)
        .or(list.map(|list| &list.label));
    label.map_or_else(|| name.to_owned(), |label| label.get(language).to_owned())
}

fn rows_of(count: u64, language: Language) -> String {
    counted(count, language, ("Zeile", "Zeilen"), ("row", "rows"))
}

/// A count with its noun in the right number.
fn counted(count: u64, language: Language, german: (&str, &str), english: (&str, &str)) -> String {
    let (one, many) = language.pick(german, english);
    format!(
        "{} {}",
        grouped(count, language),
        if count == 1 { one } else { many }
    )
}

/// Digits in groups of three.
fn grouped(count: u64, language: Language) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(language.pick('.', ','));
        }
        text.push(digit);
    }
    text
}

fn quoted(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > QUOTED {
        line.chars().take(QUOTED - 1).chain(['…']).collect()
    } else {
        line
    }
}

#[cfg(test)]
mod tests {
    use lotse_core::values::Instant;
    use serde_json::json;

    use super::*;

    fn text(kind: ChangeKind, summary: Json) -> [String; 2] {
        let target = Target::builtin("migration").expect("it is compiled in");
        let change = Change {
            id: 1,
            at: Instant::from_rfc3339("2025-10-01T12:00:00Z").expect("a moment"),
            actor: "Eva Beispiel".to_owned(),
            kind,
            summary,
            undone: false,
        };
        [Language::De, Language::En].map(|language| change_text(&change, &target, language))
    }

    #[test]
    fn every_kind_of_change_has_a_sentence_in_both_languages() {
        use ChangeKind::*;
        let cases = [
            (
                Edit,
                json!({ "row": 42, "field": "contact.email", "text": "a@b.example" }),
                ["Zeile 42: E-Mail „a@b.example“", "Row 42: E-mail \"a@b.example\""],
            ),
            (
                Edit,
                json!({ "row": 42, "field": "contact.email", "text": null, "restored": true }),
                [
                    "Zeile 42: E-Mail wieder wie in der Quelle",
                    "Row 42: E-mail as in the source again",
                ],
            ),
            (
                Edit,
                json!({ "row": 42, "field": "activities", "text": null, "restored": false }),
                ["Zeile 42: Aktivitäten geändert", "Row 42: Activities changed"],
            ),
            (
                BulkEdit,
                json!({ "cells": 1204 }),
                ["1.204 Zellen geändert", "1,204 cells changed"],
            ),
            (
                BulkEdit,
                json!({ "do": "replace", "field": "city", "cells": 12, "find": "Ffm", "text": "Frankfurt" }),
                [
                    "Ort: 12 Zellen „Ffm“ durch „Frankfurt“ ersetzt",
                    "City: 12 cells \"Ffm\" replaced with \"Frankfurt\"",
                ],
            ),
            (
                BulkEdit,
                json!({ "do": "unify", "field": "city", "cells": 1, "text": "Köln" }),
                [
                    "Ort: 1 Zelle vereinheitlicht zu „Köln“",
                    "City: 1 cell unified to \"Köln\"",
                ],
            ),
            (
                BulkEdit,
                json!({ "do": "set", "field": "", "cells": 4, "text": "" }),
                ["4 Zellen geleert", "4 cells cleared"],
            ),
            (
                ApplyFix,
                json!({ "code": "company_name.broken", "field": "companyName", "rows": 1 }),
                ["Korrektur von Firma in 1 Zeile", "Correction of Company in 1 row"],
            ),
            (
                Decide,
                json!({ "kind": "skip", "rows": 3, "first": 0 }),
                ["3 Zeilen ausgelassen", "3 rows left out"],
            ),
            (
                Merge,
                json!({ "survivor": 3, "rows": [3, 4] }),
                ["2 Zeilen zusammengeführt", "2 rows merged"],
            ),
            (
                Separate,
                json!({ "pairs": 1 }),
                ["1 Paar als verschieden vermerkt", "1 pair noted as different"],
            ),
            (
                Reimport,
                json!({ "file": "a.xlsx", "rows": 2, "cells": 2 }),
                ["2 Zellen aus a.xlsx übernommen", "2 cells taken over from a.xlsx"],
            ),
        ];
        for (kind, summary, expected) in cases {
            assert_eq!(text(kind, summary), expected);
        }
    }
}
