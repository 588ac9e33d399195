use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::profile::ColumnType;

/// Why a field was suggested for a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// The header is a known name of the field.
    Header {
        /// The name in the dictionary.
        word: String,
    },
    /// The header resembles or contains a known name.
    HeaderLike {
        /// The name in the dictionary.
        word: String,
    },
    /// The values look like it.
    Content {
        /// The type of the values.
        found: ColumnType,
        /// Values of that type, in percent of the filled cells.
        percent: u8,
    },
    /// The values are names of companies or towns.
    Names {
        /// Values that look like it, in percent of those looked at.
        percent: u8,
    },
    /// The values are texts such as "2024-05-15: Meeting".
    ActivityTexts,
    /// The header counts repeated groups of columns, or names a part of an activity.
    ActivityPart,
    /// Part of a full name.
    NameParts,
    /// Postcode and town in one text.
    PostcodeAndCity,
    /// The target takes every further column as extra data.
    Extra,
    /// The column was mapped so the last time.
    History,
}

impl Reason {
    /// The reason for a person.
    pub fn tell(&self, language: Language) -> String {
        let plain = |german: &str, english: &str| language.pick(german, english).to_owned();
        match self {
            Self::Header { word } => language.pick(
                format!("Überschrift heißt „{word}“"),
                format!("header reads \"{word}\""),
            ),
            Self::HeaderLike { word } => language.pick(
                format!("Überschrift ähnelt „{word}“"),
                format!("header resembles \"{word}\""),
            ),
            Self::Content { found, percent } => {
                let (german, english) = match found {
                    ColumnType::Email => ("E-Mail-Adressen", "e-mail addresses"),
                    ColumnType::Phone => ("Telefonnummern", "phone numbers"),
                    ColumnType::Date => ("Datumsangaben", "dates"),
                    ColumnType::Integer | ColumnType::Decimal => ("Zahlen", "numbers"),
                    ColumnType::Flag => ("Ja/Nein", "yes/no"),
                    ColumnType::Text | ColumnType::Empty => ("bekannte Werte", "known values"),
                };
                language.pick(
                    format!("Werte sind {german} ({percent} %)"),
                    format!("values are {english} ({percent} %)"),
                )
            }
            Self::Names { percent } => language.pick(
                format!("Werte sehen danach aus ({percent} %)"),
                format!("values look like it ({percent} %)"),
            ),
            Self::ActivityTexts => plain("Werte sind datierte Aktivitäten", "values are dated activities"),
            Self::ActivityPart => plain("Teil einer Aktivität", "part of an activity"),
            Self::NameParts => plain("voller Name, wird geteilt", "full name, will be split"),
            Self::PostcodeAndCity => plain("PLZ und Ort, werden geteilt", "postcode and city, will be split"),
            Self::Extra => plain("geht in die weiteren Angaben", "goes into the extra data"),
            Self::History => plain("wie beim letzten Mal", "as the last time"),
        }
    }
}
