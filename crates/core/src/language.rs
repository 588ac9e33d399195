//! The two languages in which Lotse speaks to people.
//!
//! Codes, JSON keys and the command line are English; everything a person reads exists in German and English.

use serde::{Deserialize, Serialize};

/// A language of messages.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// German, the first language of most users and the default.
    #[default]
    De,
    /// English.
    En,
}

impl Language {
    /// The language that a locale name asks for (`de_CH.UTF-8`, `en-GB`); English for any other.
    pub fn from_locale(locale: &str) -> Self {
        if locale
            .get(..2)
            .is_some_and(|start| start.eq_ignore_ascii_case("de"))
        {
            Self::De
        } else {
            Self::En
        }
    }

    /// Chooses between two texts.
    pub fn pick<T>(self, german: T, english: T) -> T {
        match self {
            Self::De => german,
            Self::En => english,
        }
    }
}

/// Something that can be told to a person in a sentence: what, where, what to do.
pub trait Tell {
    /// The sentence in `language`.
    fn tell(&self, language: Language) -> String;
}
