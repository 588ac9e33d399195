use regex::Regex;
use serde::{Deserialize, Serialize};

use super::split_name;

/// A transformation of a field's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "do", rename_all = "camelCase", deny_unknown_fields)]
#[ts(rename = "MappingStep")]
pub enum Step {
    /// All letters small.
    Lowercase,
    /// All letters capital.
    Uppercase,
    /// The first letter of each word capital, the others small; only where the whole text is in one case.
    Capitalise,
    /// Every occurrence of a text by another.
    Replace {
        /// What is searched, letter by letter.
        find: String,
        /// What stands there afterwards.
        with: String,
    },
    /// Every match of a regular expression; `$1` refers to the first bracket.
    ReplacePattern {
        /// The expression.
        pattern: String,
        /// What stands there afterwards.
        with: String,
    },
    /// One piece of a text that a separator cuts.
    Piece {
        /// The separator.
        separator: String,
        /// Which piece, from 0; from the end where negative.
        index: i32,
    },
    /// One part of a person's full name.
    NamePart {
        /// The part.
        part: NamePart,
    },
    /// A date written in a fixed form that cannot be told otherwise (`DDMMYY`, `YYYYDDMM`), as a date of the calendar. A
    /// text that does not fit stays as it is.
    DateForm {
        /// The form: `D`, `M`, `Y` for digits of day, month, year; everything else as it stands there. `T` and `J` are
        /// taken for `D` and `Y`.
        form: String,
    },
    /// Puts a text before a value that is not empty.
    Prefix {
        /// The text.
        text: String,
    },
    /// Puts a text behind a value that is not empty.
    Suffix {
        /// The text.
        text: String,
    },
}

/// A part of a person's full name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub enum NamePart {
    /// Herr, Frau.
    Salutation,
    /// Dr., Prof.
    Title,
    /// Given names.
    First,
    /// Family name with its particles.
    Last,
}

/// A step with its pattern compiled.
#[derive(Clone, Debug)]
pub(super) enum ReadyStep {
    Plain(Step),
    Pattern(Regex, String),
}

impl Step {
    /// Makes the step ready; the error says what is wrong with its pattern.
    pub(super) fn ready(&self) -> Result<ReadyStep, String> {
        match self {
            Self::ReplacePattern { pattern, with } => Regex::new(pattern)
                .map(|regex| ReadyStep::Pattern(regex, with.clone()))
                .map_err(|error| error.to_string()),
            step => Ok(ReadyStep::Plain(step.clone())),
        }
    }
}

impl ReadyStep {
    pub(super) fn apply(&self, text: String) -> String {
        let step = match self {
            Self::Pattern(regex, with) => return regex.replace_all(&text, with.as_str()).into_owned(),
            Self::Plain(step) => step,
        };
        match step {
            Step::Lowercase => text.to_lowercase(),
            Step::Uppercase => text.to_uppercase(),
            Step::Capitalise => capitalise(text),
            Step::Replace { find, .. } if find.is_empty() => text,
            Step::Replace { find, with } => text.replace(find.as_str(), with),
            Step::Piece { separator, index } => piece(&text, separator, *index).trim().to_string(),
            Step::NamePart { part } => {
                let name = split_name(&text);
                match part {
                    NamePart::Salutation => name.salutation,
                    NamePart::Title => name.title,
                    NamePart::First => name.first,
                    NamePart::Last => name.last,
                }
            }
            Step::DateForm { form } => dated(&text, form).unwrap_or(text),
            Step::Prefix { text: prefix } if !text.is_empty() => format!("{prefix}{text}"),
            Step::Suffix { text: suffix } if !text.is_empty() => format!("{text}{suffix}"),
            Step::Prefix { .. } | Step::Suffix { .. } | Step::ReplacePattern { .. } => text,
        }
    }
}

fn piece<'a>(text: &'a str, separator: &str, index: i32) -> &'a str {
    if separator.is_empty() {
        return text;
    }
    let at = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
    if index < 0 {
        text.rsplit(separator).nth(at - 1)
    } else {
        text.split(separator).nth(at)
    }
    .unwrap_or("")
}

/// `310125` in the form `DDMMYY` as `2025-01-31`; `None` where the text has another form.
fn dated(text: &str, form: &str) -> Option<String> {
    let (mut day, mut month, mut year, mut years) = (0_u32, 0_u32, 0_u32, 0);
    let mut signs = text.trim().chars();
    for wanted in form.trim().chars() {
        let sign = signs.next()?;
        let part = match wanted.to_ascii_uppercase() {
            'D' | 'T' => &mut day,
            'M' => &mut month,
            'Y' | 'J' => {
                years += 1;
                &mut year
            }
            other if other == sign.to_ascii_uppercase() => continue,
            _ => return None,
        };
        *part = part.checked_mul(10)?.checked_add(sign.to_digit(10)?)?;
    }
    // The same century as everywhere: years of two digits lie between 1970 and 2069.
    let year = match (years, year) {
        (2, year) if year < 70 => 2000 + year,
        (2, year) => 1900 + year,
        (_, year) => year,
    };
    chrono::NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
        .filter(|_| signs.as_str().is_empty() && years > 0)
        .map(|date| date.to_string())
}

fn capitalise(text: String) -> String {
    let has_upper = text.chars().any(char::is_uppercase);
    let has_lower = text.chars().any(char::is_lowercase);
    if has_upper && has_lower {
        return text;
    }
    let mut start = true;
    let letter = |c: char| {
        let shown: String = if start {
            c.to_uppercase().collect()
        } else {
            c.to_lowercase().collect()
        };
        start = !c.is_alphanumeric();
        shown
    };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date_form(form: &str) -> Step {
        Step::DateForm { form: form.into() }
    }

    #[test]
    fn steps_do_what_their_names_say() {
        let table = [
            (Step::Capitalise, "GASTHOF ZUR POST", "Gasthof Zur Post"),
            (Step::Capitalise, "hotel am see-ufer", "Hotel Am See-Ufer"),
            (Step::Capitalise, "McDonald GmbH", "McDonald GmbH"),
            (Step::Uppercase, "straße", "STRASSE"),
            (
                Step::Replace {
                    find: "; ".into(),
                    with: ", ".into(),
                },
                "a; b",
                "a, b",
            ),
            (
                Step::Replace {
                    find: String::new(),
                    with: "x".into(),
                },
                "ab",
                "ab",
            ),
            (
                Step::ReplacePattern {
                    pattern: r"^(\d{5})\s.*".into(),
                    with: "$1".into(),
                },
                "80331 München",
                "80331",
            ),
            (
                Step::Piece {
                    separator: " ".into(),
                    index: 0,
                },
                "80331 München",
                "80331",
            ),
            (
                Step::Piece {
                    separator: " ".into(),
                    index: -1,
                },
                "80331 Bad Tölz",
                "Tölz",
            ),
            (
                Step::Piece {
                    separator: ";".into(),
                    index: 5,
                },
                "a;b",
                "",
            ),
            (
                Step::Piece {
                    separator: ";".into(),
                    index: i32::MIN,
                },
                "a;b",
                "",
            ),
            (date_form("DDMMYY"), "310125", "2025-01-31"),
            (date_form("TTMMJJ"), "310169", "2069-01-31"),
            (date_form("YYYYDDMM"), "20250403", "2025-03-04"),
            (date_form("YYYY/DD/MM"), "2025/04/03", "2025-03-04"),
            (date_form("DDMMYY"), "320125", "320125"),
            (date_form("DDMMYY"), "31012025", "31012025"),
            (date_form("DDMM"), "3101", "3101"),
            (Step::Prefix { text: "P-".into() }, "12", "P-12"),
            (Step::Prefix { text: "P-".into() }, "", ""),
            (
                Step::NamePart { part: NamePart::Last },
                "Herr Dr. Max von Muster",
                "von Muster",
            ),
        ];
        for (step, text, expected) in table {
            assert_eq!(
                step.ready().unwrap().apply(text.to_string()),
                expected,
                "{step:?} on {text}"
            );
        }
        assert!(
            Step::ReplacePattern {
                pattern: "(".into(),
                with: String::new()
            }
            .ready()
            .is_err()
        );
    }
}
