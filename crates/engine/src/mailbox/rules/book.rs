//! Rules in their order: those of a folder, then those that are built in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use scraper::Selector;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::finder::{BodyPlace, Finder, RuleField};
use super::{Applies, Condition, ConditionPlace, Evidence, Rule, RuleError, RuleProblem, Title};
use crate::places::Places;

/// The built-in rules, in the order in which they are tried.
const BUILT_IN: &[(&str, &str)] = &[
    ("study-portal", include_str!("builtin/study-portal.json")),
    ("contact-form-7", include_str!("builtin/contact-form-7.json")),
    ("gravity-forms", include_str!("builtin/gravity-forms.json")),
    ("wpforms", include_str!("builtin/wpforms.json")),
    ("typo3-form", include_str!("builtin/typo3-form.json")),
    ("hubspot", include_str!("builtin/hubspot.json")),
    ("jotform", include_str!("builtin/jotform.json")),
    ("property-portal", include_str!("builtin/property-portal.json")),
    ("trades-portal", include_str!("builtin/trades-portal.json")),
    ("web-form", include_str!("builtin/web-form.json")),
];

/// A set of rules in the order in which they are tried. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RuleBook {
    rules: Arc<Vec<Rule>>,
    fingerprint: Arc<str>,
}

impl RuleBook {
    /// The built-in rules alone.
    pub fn built_in() -> Self {
        let sources = BUILT_IN
            .iter()
            .map(|(name, json)| (PathBuf::from(format!("{name}.json")), (*json).to_string()))
            .collect();
        Self::from_sources(sources).expect("the built-in rules are tested")
    }

    /// The rules of all `.json` files of a folder in the order of their names, then the built-in ones.
    ///
    /// # Errors
    /// When the folder cannot be read, and for the first file that is no sound rule.
    pub fn load(folder: &Path) -> Result<Self, RuleError> {
        let unreadable = |file: &Path, error: &std::io::Error| RuleError {
            file: file.to_path_buf(),
            place: String::new(),
            problem: RuleProblem::Unreadable(error.to_string()),
        };
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
            .map_err(|error| unreadable(folder, &error))?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
            })
            .collect();
        files.sort();
        let mut sources = Vec::new();
        for file in files {
            let json = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
            sources.push((file, json));
        }
        for (name, json) in BUILT_IN {
            sources.push((PathBuf::from(format!("{name}.json")), (*json).to_string()));
        }
        Self::from_sources(sources)
    }

    /// The folder with the user's own rules.
    pub fn folder_of(places: &Places) -> PathBuf {
        places.config.join("mail-rules")
    }

    /// The user's own rules, then the built-in ones; those alone where the user has none.
    ///
    /// # Errors
    /// As [`RuleBook::load`].
    pub fn of_user(places: &Places) -> Result<Self, RuleError> {
        let folder = Self::folder_of(places);
        if folder.exists() {
            Self::load(&folder)
        } else {
            Ok(Self::built_in())
        }
    }

    /// The rules in the order of `sources`: file names for errors, and their JSON.
    ///
    /// # Errors
    /// For the first source that is no sound rule. A rule with the id of an earlier one is left out when it is a
    /// built-in one: a file may replace those.
    pub fn from_sources(sources: Vec<(PathBuf, String)>) -> Result<Self, RuleError> {
        let mut rules: Vec<Rule> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut hash = Sha256::new();
        for (file, json) in sources {
            let rule = read_rule(&file, &json)?;
            if !seen.insert(rule.id.clone()) {
                let is_built_in = BUILT_IN
                    .iter()
                    .any(|(name, built_in)| *name == rule.id && *built_in == json);
                if is_built_in {
                    continue;
                }
                return Err(RuleError {
                    file,
                    place: "id".to_string(),
                    problem: RuleProblem::Id(rule.id),
                });
            }
            hash.update(json.as_bytes());
            hash.update([0]);
            rules.push(rule);
        }
        let fingerprint: String = hash.finalize()[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(RuleBook {
            rules: Arc::new(rules),
            fingerprint: fingerprint.into(),
        })
    }

    /// All rules, in the order in which they are tried.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Changes with every change of a rule.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    pub(in crate::mailbox) fn matching(&self, evidence: &Evidence) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.applies_to(evidence))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: String,
    #[serde(default)]
    title: Title,
    applies: RawApplies,
    confidence: Option<f64>,
    generic: Option<bool>,
    portal: Option<String>,
    sender_is_portal: Option<bool>,
    #[serde(default)]
    fields: BTreeMap<String, Vec<RawFinder>>,
    #[serde(default)]
    ignore: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawApplies {
    #[serde(default)]
    all: Vec<RawCondition>,
    #[serde(default)]
    any: Vec<RawCondition>,
    #[serde(default)]
    none: Vec<RawCondition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCondition {
    #[serde(rename = "in")]
    place: String,
    matches: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn into_vec(self) -> Vec<String> {
        match self {
            OneOrMore::One(text) => vec![text],
            OneOrMore::More(texts) => texts,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFinder {
    label: Option<OneOrMore>,
    cell: Option<OneOrMore>,
    column: Option<OneOrMore>,
    regex: Option<String>,
    css: Option<String>,
    json: Option<String>,
    xml: Option<String>,
    header: Option<String>,
    constant: Option<String>,
    /// Where a pattern looks; the body by default.
    #[serde(rename = "in")]
    place: Option<String>,
    /// The group of the pattern; the first one, or the whole where it has none.
    group: Option<usize>,
}

fn read_rule(file: &Path, json: &str) -> Result<Rule, RuleError> {
    let fault = |place: String, problem: RuleProblem| RuleError {
        file: file.to_path_buf(),
        place,
        problem,
    };
    let raw: RawRule = serde_json::from_str(json.trim_start_matches('\u{feff}'))
        .map_err(|error| fault(String::new(), RuleProblem::Form(error.to_string())))?;
    if raw.id.trim().is_empty() || raw.id.contains(['/', ':']) {
        return Err(fault("id".to_string(), RuleProblem::Id(raw.id)));
    }
    if raw.applies.all.is_empty() && raw.applies.any.is_empty() {
        return Err(fault("applies".to_string(), RuleProblem::NoCondition));
    }
    let confidence = raw.confidence.unwrap_or(0.95);
    if !(0.0..=1.0).contains(&confidence) {
        return Err(fault("confidence".to_string(), RuleProblem::Confidence));
    }
    let conditions = |name: &str, raw: Vec<RawCondition>| -> Result<Vec<Condition>, RuleError> {
        let mut conditions = Vec::new();
        for (index, condition) in raw.into_iter().enumerate() {
            let at = format!("applies.{name}[{index}]");
            conditions.push(Condition {
                place: condition_place(&condition.place)
                    .ok_or_else(|| fault(format!("{at}.in"), RuleProblem::Place(condition.place.clone())))?,
                pattern: pattern(&condition.matches)
                    .map_err(|problem| fault(format!("{at}.matches"), problem))?,
            });
        }
        Ok(conditions)
    };
    let applies = Applies {
        all: conditions("all", raw.applies.all)?,
        any: conditions("any", raw.applies.any)?,
        none: conditions("none", raw.applies.none)?,
    };
    let mut fields = BTreeMap::new();
    for (name, raw_finders) in raw.fields {
        let field = RuleField::from_name(&name)
            .ok_or_else(|| fault(format!("fields.{name}"), RuleProblem::Field(name.clone())))?;
        let mut finders = Vec::new();
        for (index, raw) in raw_finders.into_iter().enumerate() {
            let at = format!("fields.{name}[{index}]");
            finders.push(read_finder(raw).map_err(|(key, problem)| fault(format!("{at}{key}"), problem))?);
        }
        fields.insert(field, finders);
    }
    let mut ignore = Vec::new();
    for (index, line) in raw.ignore.iter().enumerate() {
        ignore.push(pattern(line).map_err(|problem| fault(format!("ignore[{index}]"), problem))?);
    }
    Ok(Rule {
        id: raw.id,
        title: raw.title,
        applies,
        confidence,
        generic: raw.generic.unwrap_or(true),
        portal: raw.portal,
        sender_is_portal: raw.sender_is_portal.unwrap_or(true),
        fields,
        ignore,
    })
}

fn read_finder(raw: RawFinder) -> Result<Finder, (&'static str, RuleProblem)> {
    let ways = [
        raw.label.is_some(),
        raw.cell.is_some(),
        raw.column.is_some(),
        raw.regex.is_some(),
        raw.css.is_some(),
        raw.json.is_some(),
        raw.xml.is_some(),
        raw.header.is_some(),
        raw.constant.is_some(),
    ];
    let count = ways.into_iter().filter(|named| *named).count();
    if count != 1 {
        return Err(("", RuleProblem::Ways(count)));
    }
    if let Some(labels) = raw.label {
        return Ok(Finder::Label(labels.into_vec()));
    }
    if let Some(labels) = raw.cell {
        return Ok(Finder::Cell(labels.into_vec()));
    }
    if let Some(labels) = raw.column {
        return Ok(Finder::Column(labels.into_vec()));
    }
    if let Some(text) = raw.regex {
        let pattern = pattern(&text).map_err(|problem| (".regex", problem))?;
        let groups = pattern.captures_len() - 1;
        let group = raw.group.unwrap_or(usize::from(groups > 0));
        if group > groups {
            return Err((".group", RuleProblem::Group(group)));
        }
        let place = match raw.place.as_deref() {
            None | Some("body") => BodyPlace::Body,
            Some("subject") => BodyPlace::Subject,
            Some(other) => match other.strip_prefix("header:") {
                Some(name) => BodyPlace::Header(name.trim().to_lowercase()),
                None => return Err((".in", RuleProblem::Place(other.to_string()))),
            },
        };
        return Ok(Finder::Pattern {
            pattern,
            group,
            place,
        });
    }
    if let Some(text) = raw.css {
        let selector =
            Selector::parse(&text).map_err(|error| (".css", RuleProblem::Pattern(error.to_string())))?;
        return Ok(Finder::Css(text, selector));
    }
    if let Some(path) = raw.json {
        return Ok(Finder::Json(path));
    }
    if let Some(path) = raw.xml {
        return Ok(Finder::Xml(path.trim_matches('/').to_string()));
    }
    if let Some(name) = raw.header {
        return Ok(Finder::Header(name));
    }
    Ok(Finder::Constant(raw.constant.unwrap_or_default()))
}

fn condition_place(name: &str) -> Option<ConditionPlace> {
    Some(match name {
        "from" => ConditionPlace::From,
        "reply-to" => ConditionPlace::ReplyTo,
        "to" => ConditionPlace::To,
        "subject" => ConditionPlace::Subject,
        "body" => ConditionPlace::Body,
        "attachment" => ConditionPlace::Attachment,
        other => ConditionPlace::Header(other.strip_prefix("header:")?.trim().to_lowercase()),
    })
}

/// Patterns do not mind case, `^` and `$` are those of lines. They are linear in time, whatever they say.
fn pattern(text: &str) -> Result<Regex, RuleProblem> {
    RegexBuilder::new(text)
        .case_insensitive(true)
        .multi_line(true)
        .size_limit(1 << 20)
        .build()
        .map_err(|error| RuleProblem::Pattern(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotse_core::language::{Language, Tell};

    fn problem(json: &str) -> RuleError {
        RuleBook::from_sources(vec![("own.json".into(), json.to_string())]).unwrap_err()
    }

    #[test]
    fn built_in_rules_are_sound_and_titled_in_both_languages() {
        let book = RuleBook::built_in();
        assert_eq!(book.rules().len(), BUILT_IN.len());
        for (rule, (name, _)) in book.rules().iter().zip(BUILT_IN) {
            assert_eq!(rule.id, *name);
            assert!(!rule.title.de.is_empty() && !rule.title.en.is_empty(), "{name}");
        }
    }

    #[test]
    fn faulty_rules_are_named_with_their_place() {
        let rule = |rest: &str| {
            format!(r#"{{"id":"x","applies":{{"all":[{{"in":"body","matches":"a"}}]}},{rest}}}"#)
        };
        for (json, place, part) in [
            ("{".to_string(), "", "EOF"),
            (rule(r#""colour":1"#), "", "colour"),
            (rule(r#""confidence":2"#), "confidence", "0"),
            (rule(r#""fields":{"mail":[]}"#), "fields.mail", "mail"),
            (
                rule(r#""fields":{"email":[{"regex":"("}]}"#),
                "fields.email[0].regex",
                "unclosed",
            ),
            (
                rule(r#""fields":{"email":[{"regex":"a","group":2}]}"#),
                "fields.email[0].group",
                "2",
            ),
            (rule(r#""fields":{"email":[{}]}"#), "fields.email[0]", "0"),
            (
                rule(r#""fields":{"email":[{"label":"a","css":"b"}]}"#),
                "fields.email[0]",
                "2",
            ),
            (
                rule(r#""fields":{"email":[{"css":"<"}]}"#),
                "fields.email[0].css",
                "",
            ),
            (r#"{"id":"x","applies":{}}"#.to_string(), "applies", ""),
            (
                r#"{"id":"x","applies":{"any":[{"in":"moon","matches":"a"}]}}"#.to_string(),
                "applies.any[0].in",
                "moon",
            ),
        ] {
            let error = problem(&json);
            assert_eq!(error.place, place, "{json}");
            for language in [Language::De, Language::En] {
                let told = error.tell(language);
                assert!(told.contains("own.json") && told.contains(part), "{told}");
            }
        }
    }

    #[test]
    fn two_rules_with_one_id_are_refused_and_a_file_may_replace_a_built_in_rule() {
        let own = r#"{"id":"wpforms","applies":{"all":[{"in":"body","matches":"a"}]}}"#.to_string();
        let twice = vec![("a.json".into(), own.clone()), ("b.json".into(), own.clone())];
        assert!(matches!(
            RuleBook::from_sources(twice).unwrap_err().problem,
            RuleProblem::Id(_)
        ));

        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("own.json"), own).unwrap();
        std::fs::write(folder.path().join("readme.txt"), "no rule").unwrap();
        let book = RuleBook::load(folder.path()).unwrap();
        assert_eq!(book.rules().len(), BUILT_IN.len());
        assert_eq!(book.rules()[0].id, "wpforms");
        assert_ne!(book.fingerprint(), RuleBook::built_in().fingerprint());

        let missing = RuleBook::load(&folder.path().join("nowhere")).unwrap_err();
        assert!(matches!(missing.problem, RuleProblem::Unreadable(_)));
    }
}
