//! Merging leads: which value of several leads the one that stays shall have.

use std::collections::BTreeMap;

use crate::target::{FieldKind, FieldSpec, Role, Target};

/// Why a value was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum MergeRule {
    /// Only one of the leads has a value, or all have the same.
    OnlyValue,
    /// The lead that stays has a value of its own.
    Survivor,
    /// The earliest moment.
    Earliest,
    /// The longest text.
    Longest,
    /// A person chose.
    Chosen,
}

/// The value of a merged field.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, ts_rs::TS)]
pub struct MergedField {
    /// Place of the lead that it is from, in the order given.
    pub from: usize,
    /// The text.
    pub text: String,
    /// Why.
    pub rule: MergeRule,
}

/// A field's text and canonical value, as one of the leads has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The text found.
    pub text: &'a str,
    /// Its value in canonical form; empty where it could not be read.
    pub value: &'a str,
}

/// Chooses for every field of `target` one of the candidates, which stand in the order of the leads, the survivor
/// first. `choices` are a person's: field name → place of the lead.
///
/// Without a choice: the earliest registration, the longest notes, otherwise the survivor's value where it has a
/// readable one, else the first readable one.
pub fn merge_fields(
    target: &Target,
    candidates: &[Vec<Candidate<'_>>],
    choices: &BTreeMap<String, usize>,
) -> Vec<MergedField> {
    let field = |(spec, candidates): (&FieldSpec, &Vec<Candidate<'_>>)| {
        let taken = |from: usize, rule| MergedField {
            from,
            text: candidates
                .get(from)
                .map_or_else(String::new, |candidate| candidate.text.to_string()),
            rule,
        };
        if let Some(&from) = choices.get(&spec.name).filter(|&&from| from < candidates.len()) {
            return taken(from, MergeRule::Chosen);
        }
        let good: Vec<usize> = (0..candidates.len())
            .filter(|&at| !candidates[at].value.is_empty())
            .collect();
        let Some(&first) = good.first() else {
            // Nothing readable: what the survivor says stays for the person to correct.
            let some = candidates
                .iter()
                .position(|candidate| !candidate.text.is_empty())
                .unwrap_or(0);
            return taken(some, MergeRule::OnlyValue);
        };
        if good
            .iter()
            .all(|&at| candidates[at].value == candidates[first].value)
        {
            return taken(first, MergeRule::OnlyValue);
        }
        if spec.role == Some(Role::RegisteredAt) {
            // Canonical instants sort as texts.
            let earliest = good
                .iter()
                .copied()
                .min_by_key(|&at| (candidates[at].value, at))
                .unwrap_or(first);
            return taken(earliest, MergeRule::Earliest);
        }
        if spec.kind == FieldKind::LongText {
            let longest = |&at: &usize| (candidates[at].value.chars().count(), std::cmp::Reverse(at));
            let longest = good.iter().copied().max_by_key(longest).unwrap_or(first);
            return taken(longest, MergeRule::Longest);
        }
        taken(first, MergeRule::Survivor)
    };
    target.fields.iter().zip(candidates).map(field).collect()
}

/// The union of activities: all of them in the order of their leads, those that say the same only once. Activities are
/// given as field name → text.
pub fn merge_activities(leads: &[Vec<BTreeMap<String, String>>]) -> Vec<BTreeMap<String, String>> {
    let mut union: Vec<BTreeMap<String, String>> = Vec::new();
    for activity in leads.iter().flatten() {
        if !union.contains(activity) {
            union.push(activity.clone());
        }
    }
    union
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(name: &str, texts: &[&str], choice: Option<usize>) -> (String, MergeRule) {
        let target = Target::builtin("migration").unwrap();
        let at = target.field_index(name).unwrap();
        let candidates: Vec<Vec<Candidate<'_>>> = target
            .fields
            .iter()
            .enumerate()
            .map(|(field, _)| {
                let text = |text: &&'static str| Candidate { text, value: text };
                if field == at {
                    texts.iter().map(|t| Candidate { text: t, value: t }).collect()
                } else {
                    [""].iter().map(text).collect()
                }
            })
            .collect();
        let choices = choice.map(|from| (name.to_string(), from)).into_iter().collect();
        let field = merge_fields(&target, &candidates, &choices).swap_remove(at);
        (field.text, field.rule)
    }

    #[test]
    fn each_field_follows_its_rule() {
        type Case = (
            &'static str,
            &'static [&'static str],
            Option<usize>,
            &'static str,
            MergeRule,
        );
        let table: [Case; 7] = [
            (
                "companyName",
                &["Krone", "Gasthof Krone"],
                None,
                "Krone",
                MergeRule::Survivor,
            ),
            (
                "companyName",
                &["Krone", "Gasthof Krone"],
                Some(1),
                "Gasthof Krone",
                MergeRule::Chosen,
            ),
            (
                "companyName",
                &["", "Gasthof Krone"],
                None,
                "Gasthof Krone",
                MergeRule::OnlyValue,
            ),
            (
                "companyName",
                &["Krone", "Krone"],
                None,
                "Krone",
                MergeRule::OnlyValue,
            ),
            (
                "registeredAt",
                &["2024-08-24T00:00:00Z", "2023-08-22T00:00:00Z"],
                None,
                "2023-08-22T00:00:00Z",
                MergeRule::Earliest,
            ),
            (
                "notes",
                &["kurz", "deutlich länger"],
                None,
                "deutlich länger",
                MergeRule::Longest,
            ),
            ("notes", &["", ""], None, "", MergeRule::OnlyValue),
        ];
        for (name, texts, choice, text, rule) in table {
            assert_eq!(
                merged(name, texts, choice),
                (text.to_string(), rule),
                "{name} {texts:?}"
            );
        }
    }

    #[test]
    fn activities_are_united_and_none_is_there_twice() {
        let activity = |kind: &str| BTreeMap::from([("activityType".to_string(), kind.to_string())]);
        let union = merge_activities(&[
            vec![activity("MEETING"), activity("CALL")],
            vec![activity("CALL"), activity("ORDER")],
        ]);
        assert_eq!(union, [activity("MEETING"), activity("CALL"), activity("ORDER")]);
    }
}
