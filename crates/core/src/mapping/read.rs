//! Reading one field's text as its type.

use chrono_tz::Tz;

use super::dictionary::plain_key;
use crate::finding::{Fix, Problem};
use crate::lead::Value;
use crate::table::CellKind;
use crate::target::{FieldKind, FieldSpec};
use crate::values::{
    DateOrder, DecimalStyle, Email, EmailProblem, Moment, MomentEvidence, Phone, PhoneProblem, clean,
    read_decimal, read_flag, read_moment, read_serial,
};

/// How the texts of one column are to be read.
#[derive(Clone, Debug)]
pub(crate) struct Style<'a> {
    pub date_order: Option<DateOrder>,
    pub serial_dates: bool,
    pub decimal_style: DecimalStyle,
    pub zone: Tz,
    /// Region for phone numbers without a country code.
    pub region: &'a str,
}

/// What came of reading a text.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub value: Option<Value>,
    pub problems: Vec<(Problem, Option<Fix>)>,
}

impl Outcome {
    fn read(value: Value) -> Self {
        Outcome {
            value: Some(value),
            problems: Vec::new(),
        }
    }

    fn failed(problem: Problem) -> Self {
        Outcome {
            value: None,
            problems: vec![(problem, None)],
        }
    }

    fn failed_with_fix(problem: Problem, text: String) -> Self {
        Outcome {
            value: None,
            problems: vec![(problem, Some(Fix { text }))],
        }
    }
}

/// Texts that people write where nothing is known. They are no values.
pub(super) fn is_placeholder(text: &str) -> bool {
    let folded = text
        .trim()
        .trim_matches(['.', '(', ')', '[', ']', '<', '>'])
        .to_lowercase();
    matches!(
        folded.as_str(),
        "" | "-"
            | "--"
            | "---"
            | "–"
            | "—"
            | "/"
            | "?"
            | "??"
            | "k.a"
            | "k. a"
            | "ka"
            | "n/a"
            | "n.a"
            | "na"
            | "n. a"
            | "unbekannt"
            | "keine angabe"
            | "keine angaben"
            | "nicht bekannt"
            | "unknown"
            | "none"
            | "null"
            | "nil"
            | "#"
            | "inconnu"
            | "n.b"
            | "n.v"
            | "leer"
            | "nan"
    )
}

/// Reads `text` (already joined and transformed, not empty) as what `spec` asks for.
pub(crate) fn read_value(spec: &FieldSpec, text: &str, kind: CellKind, style: &Style<'_>) -> Outcome {
    match spec.kind {
        FieldKind::Text => Outcome::read(Value::Text(clean(text, false))),
        FieldKind::LongText => Outcome::read(Value::Text(clean(text, true))),
        FieldKind::Email => read_email(text),
        FieldKind::Phone => read_phone(text, style.region),
        FieldKind::Instant => read_date(text, kind, style, |moment| Value::Instant(moment.at(style.zone))),
        FieldKind::Date => read_date(text, kind, style, |moment| Value::Date(moment.date)),
        FieldKind::Decimal => match read_number(text, kind, style) {
            Some(amount) if !survives_json(amount) => Outcome::failed(Problem::NumberTooPrecise),
            Some(amount) => Outcome::read(Value::Decimal(amount)),
            None => Outcome::failed(Problem::Number),
        },
        FieldKind::Integer => {
            let number = read_number(text, kind, style).filter(rust_decimal::Decimal::is_integer);
            match number.and_then(|amount| i64::try_from(amount).ok()) {
                Some(number) => Outcome::read(Value::Integer(number)),
                None => Outcome::failed(Problem::Number),
            }
        }
        FieldKind::Flag => match read_flag(text) {
            Some(flag) => Outcome::read(Value::Flag(flag)),
            None => Outcome::failed(Problem::Flag),
        },
        FieldKind::Choice => match choice_named(spec, text) {
            Some(value) => Outcome::read(Value::Choice(value.to_string())),
            None => Outcome::failed(Problem::UnknownChoice),
        },
        FieldKind::TextList => {
            let pieces = text.split([',', ';', '|', '\n']).map(|piece| clean(piece, false));
            let pieces: Vec<String> = pieces.filter(|piece| !piece.is_empty()).collect();
            Outcome {
                value: (!pieces.is_empty()).then_some(Value::List(pieces)),
                problems: Vec::new(),
            }
        }
        // Filled from extra columns, never from a text.
        FieldKind::Extra => Outcome::default(),
    }
}

/// True when `amount` has no more digits than a JSON number carries safely.
pub(crate) fn survives_json(amount: rust_decimal::Decimal) -> bool {
    amount.normalize().mantissa().unsigned_abs().to_string().len() <= 15
}

/// The choice of `spec` that `text` means by its value, labels or synonyms.
pub(super) fn choice_named<'s>(spec: &'s FieldSpec, text: &str) -> Option<&'s str> {
    let key = plain_key(text);
    let means = |name: &str| plain_key(name) == key;
    let exact = spec.choices.iter().find(|choice| choice.value == text);
    let found = exact.or_else(|| {
        spec.choices.iter().find(|choice| {
            means(&choice.value)
                || means(&choice.label.de)
                || means(&choice.label.en)
                || choice.synonyms.iter().any(|synonym| means(synonym))
        })
    });
    found.map(|choice| choice.value.as_str())
}

fn read_email(text: &str) -> Outcome {
    match Email::read(text) {
        Ok(email) => {
            let problems = email
                .likely_meant()
                .map(|meant| (Problem::EmailTypo, Some(Fix { text: meant })));
            Outcome {
                value: Some(Value::Email(email)),
                problems: problems.into_iter().collect(),
            }
        }
        Err(EmailProblem::Several { first }) => Outcome::failed_with_fix(
            Problem::Email(EmailProblem::Several { first: first.clone() }),
            first,
        ),
        Err(EmailProblem::Decorated { address }) => Outcome::failed_with_fix(
            Problem::Email(EmailProblem::Decorated {
                address: address.clone(),
            }),
            address,
        ),
        Err(problem) => Outcome::failed(Problem::Email(problem)),
    }
}

fn read_phone(text: &str, region: &str) -> Outcome {
    match Phone::read(text, region) {
        Ok(reading) => {
            let fix = Fix {
                text: reading.phone.to_string(),
            };
            let restored = reading
                .prefix_lost
                .then_some((Problem::PhonePrefixRestored, Some(fix)));
            Outcome {
                value: Some(Value::Phone(reading.phone)),
                problems: restored.into_iter().collect(),
            }
        }
        Err(PhoneProblem::Damaged) => Outcome::failed(Problem::PhoneDamaged),
        Err(PhoneProblem::Invalid) => Outcome::failed(Problem::Phone {
            region: region.to_string(),
        }),
        Err(PhoneProblem::PrefixLost {
            national,
            international,
        }) => Outcome::failed(Problem::PhonePrefixLost {
            national,
            international,
        }),
        Err(PhoneProblem::Several { first }) => Outcome::failed_with_fix(Problem::PhoneSeveral, first),
    }
}

fn read_date(text: &str, kind: CellKind, style: &Style<'_>, value: impl Fn(Moment) -> Value) -> Outcome {
    let order = style.date_order.unwrap_or_default();
    if let Some(reading) = read_moment(text, order) {
        if reading.evidence == MomentEvidence::Either && style.date_order.is_none() {
            let other = read_moment(text, DateOrder::MonthFirst);
            return Outcome::failed(Problem::MomentAmbiguous {
                day_first: reading.moment.date.to_string(),
                month_first: other.map_or_else(String::new, |reading| reading.moment.date.to_string()),
            });
        }
        return Outcome::read(value(reading.moment));
    }
    // A number in a date column of a workbook is a date that lost its format; in a text file, only if the whole
    // column was found to hold day numbers.
    let serial = if kind == CellKind::Number || style.serial_dates {
        text.trim().parse().ok()
    } else {
        None
    };
    match serial
        .filter(|serial| (10_000.0..80_000.0).contains(serial))
        .and_then(|serial| read_serial(serial, false))
    {
        Some(moment) => Outcome::read(value(moment)),
        None => Outcome::failed(Problem::Moment),
    }
}

fn read_number(text: &str, kind: CellKind, style: &Style<'_>) -> Option<rust_decimal::Decimal> {
    // A number cell of a workbook is written with a point, whatever the style of its column's texts.
    let decimal_style = if kind == CellKind::Number {
        DecimalStyle::Point
    } else {
        style.decimal_style
    };
    read_decimal(text, decimal_style)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Target;

    fn read(field: &str, text: &str) -> Outcome {
        let target = Target::builtin("migration").unwrap();
        let spec = &target.fields[target.field_index(field).unwrap()];
        let style = Style {
            date_order: None,
            serial_dates: false,
            decimal_style: DecimalStyle::Comma,
            zone: chrono_tz::Europe::Berlin,
            region: "DE",
        };
        read_value(spec, text, CellKind::Text, &style)
    }

    #[test]
    fn texts_become_values_or_say_why_not() {
        let value = |field, text| read(field, text).value.map(|value| value.to_text());
        assert_eq!(value("territory", "Schweiz").as_deref(), Some("CH"));
        assert_eq!(
            value("businessType", "Großhandel").as_deref(),
            Some("grosshandel")
        );
        assert_eq!(
            value("businessType", "GROSSHANDEL").as_deref(),
            Some("grosshandel")
        );
        assert_eq!(value("source", "Messe").as_deref(), Some("trade_fair"));
        assert_eq!(value("estimatedVolume", "12.500,00 €").as_deref(), Some("12500"));
        assert_eq!(value("stage", "2").as_deref(), Some("2"));
        assert_eq!(value("stage", "1,5"), None);
        assert_eq!(
            value("companyName", "  Zum\u{a0}Löwen ").as_deref(),
            Some("Zum Löwen")
        );
        assert_eq!(
            value("registeredAt", "15.06.2024").as_deref(),
            Some("2024-06-14T22:00:00Z")
        );
        assert!(matches!(
            read("registeredAt", "03/04/2024").problems[0].0,
            Problem::MomentAmbiguous { .. }
        ));
        assert!(matches!(
            read("registeredAt", "45458").problems[0].0,
            Problem::Moment
        ));
        assert!(matches!(
            read("estimatedVolume", "1234567890123456").problems[0].0,
            Problem::NumberTooPrecise
        ));
        assert!(matches!(
            read("businessType", "Raumfahrt").problems[0].0,
            Problem::UnknownChoice
        ));
    }
}
