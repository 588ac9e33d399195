//! What is matched and what comes out of it.

use serde::{Deserialize, Serialize};

use super::phone::{E164, Region};

/// One row as it goes into an index. It borrows; the index keeps normal forms of its own.
///
/// A field without a value is the empty text. Values that stand for none (`k.A.`, `-`) are recognised and need not be
/// cleared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record<'a> {
    /// By which the caller knows the row; unique in an index over all sides.
    pub id: u32,
    /// The e-mail address as it is written.
    pub email: &'a str,
    /// The phone number.
    pub phone: Phone<'a>,
    /// What the row is called: the company, else the person's full name, the product, the title.
    pub company: &'a str,
    /// Where it is: the city or what else narrows a name down to one bearer.
    pub city: &'a str,
    /// The postcode as it is written.
    pub postcode: &'a str,
}

/// A phone number as the caller has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phone<'a> {
    /// None, or one that could not be read.
    #[default]
    None,
    /// Read already.
    Normal(E164),
    /// As it is written, with the region of numbers that carry no country code.
    Written(&'a str, Option<Region>),
}

/// Which set a row belongs to. Pairs of two reference rows are never reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// A row of the project.
    Project,
    /// A row of reference data: leads on the server, leads imported earlier.
    Reference,
}

/// Why two rows were matched; the first that holds is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The e-mail addresses are equal in their normal form; score 1.0.
    EmailExact,
    /// The phone numbers are equal as E.164; score 0.9.
    PhoneNormalized,
    /// Company and city are alike; score 0.75 to 0.85.
    CompanyFuzzy,
}

/// A score as people and files get it: with the three digits that are meant, and not those that a float of half the
/// width trails.
pub fn shown_score(score: f32) -> f64 {
    (f64::from(score) * 1000.0).round() / 1000.0
}

/// Two rows that are the same lead, surely or perhaps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Pair {
    /// The row that came into the index first.
    pub a: u32,
    /// The other row.
    pub b: u32,
    /// From [`LIMIT`] to 1.0. For [`Reason::CompanyFuzzy`] it is `0.65 + 0.2 × p²`, with p the estimated probability
    /// that the two are the same.
    pub score: f32,
    /// The stage that gave the score.
    pub reason: Reason,
    /// How alike the names are, 0 to 1. Names, places and postcodes are looked at where they decide, in
    /// [`Reason::CompanyFuzzy`]; for all fields of any two rows see [`super::Index::explain`].
    pub company: Option<f32>,
    /// How alike the places are, 0 to 1; `None` where one is missing or was not looked at.
    pub city: Option<f32>,
    /// Whether the postcodes are equal; `None` where one is missing or was not looked at.
    pub postcode: Option<bool>,
}

impl Pair {
    /// Whether the match is as good as certain ([`HARD`] or more): such rows are skipped unless somebody decides
    /// otherwise.
    pub fn is_hard(&self) -> bool {
        self.score >= HARD
    }
}

/// Scores from here on are reported.
pub const LIMIT: f32 = 0.75;
/// Scores from here on are hard duplicates.
pub const HARD: f32 = 0.95;
/// The score of equal e-mail addresses.
pub const EMAIL_SCORE: f32 = 1.0;
/// The score of equal phone numbers.
pub const PHONE_SCORE: f32 = 0.9;

/// Rows that belong together by their pairs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Group {
    /// The rows, by ascending id.
    pub rows: Vec<u32>,
    /// The best score of its pairs.
    pub score: f32,
    /// The reason of the best pair.
    pub reason: Reason,
    /// Whether at least one pair is hard.
    pub hard: bool,
}

/// How far a long step has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// Rows done in this phase.
    pub done: usize,
    /// Rows to do in this phase.
    pub total: usize,
}

/// The phases of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Rows are read into the index.
    Reading,
    /// Equal addresses and numbers are collected.
    Keys,
    /// Names are compared.
    Names,
}

/// How a long step tells its caller how far it is and learns that it is no longer wanted. Both are called from
/// several threads, about every few thousand rows.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Called with the state of work.
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// Asked whether to stop.
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
}

impl Watch<'static> {
    /// For callers that neither look nor stop.
    pub const SILENT: Self = Watch {
        progress: &|_| {},
        cancelled: &|| false,
    };
}

impl Watch<'_> {
    pub(super) fn check(&self) -> Result<(), Cancelled> {
        if (self.cancelled)() {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }
}

/// The caller asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the search for duplicates was cancelled")]
pub struct Cancelled;
