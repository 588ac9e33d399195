//! Finds leads that are double: rows with the same e-mail address, the same phone number, or a name and place that
//! mean the same company.
//!
//! An [`Index`] holds the normal forms of all rows; [`Index::find_all`] gives the pairs of the whole set,
//! [`Index::find_for`] those of some rows, [`groups`] what hangs together, [`Index::explain`] why. `docs/duplicates.md`
//! says how names are read, what a score means and how well it does.
//!
//! Nothing here decides what happens to a duplicate, and nothing here knows a target's fields.

mod bytes;
mod columns;
mod company;
mod compare;
mod email;
mod explain;
#[cfg(test)]
mod fit;
mod fold;
mod groups;
mod hash;
mod index;
mod join;
mod live;
mod misspelt;
mod names;
mod numbering;
mod phone;
mod place;
mod placeholder;
mod places;
mod plain;
mod reader;
mod record;
mod score;
mod search;
mod similarity;
mod typo;
mod vocabulary;
mod words;

pub use bytes::IndexError;
pub use columns::Columns;
pub use email::normal_email;
pub use explain::{Explanation, Field, FieldEvidence, normal_city, normal_company};
pub use groups::groups;
pub use index::Index;
pub use live::{Change, Duplicates};
pub use phone::{E164, Region, normal_phone};
pub(crate) use place::known_cities;
pub use placeholder::{is_placeholder, is_placeholder_email, is_placeholder_phone};
pub use plain::{PlainTable, find_in_tables};
pub use record::{
    Cancelled, EMAIL_SCORE, Group, HARD, LIMIT, PHONE_SCORE, Pair, Phase, Phone, Progress, Reason, Record,
    Side, Watch, shown_score,
};
pub use search::{LARGEST_FULL_SET, Separated};
