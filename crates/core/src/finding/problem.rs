use serde::{Deserialize, Serialize};

use super::Severity;
use crate::language::Language;
use crate::values::EmailProblem;

/// What can be wrong with a field, with the facts a sentence needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// A required value is not there.
    Missing,
    /// Fewer characters than allowed.
    TooShort {
        /// Fewest allowed.
        minimum: usize,
    },
    /// More characters than allowed.
    TooLong {
        /// Most allowed.
        maximum: usize,
        /// Found.
        length: usize,
    },
    /// Not an e-mail address.
    Email(EmailProblem),
    /// An address with a domain that is a well-known typing error.
    EmailTypo,
    /// Not a phone number in any reading.
    Phone {
        /// The region in which it was read.
        region: String,
    },
    /// Two numbers in one cell.
    PhoneSeveral,
    /// The leading zero or plus was lost and has been restored.
    PhonePrefixRestored,
    /// The leading zero or plus was lost and two numbers are possible.
    PhonePrefixLost {
        /// With the zero, E.164.
        national: String,
        /// With the plus, E.164.
        international: String,
    },
    /// Digits were lost before the file was written.
    PhoneDamaged,
    /// Neither date nor time can be read.
    Moment,
    /// Day and month could stand in either order.
    MomentAmbiguous {
        /// The date with the day first, ISO.
        day_first: String,
        /// The date with the month first, ISO.
        month_first: String,
    },
    /// Not a number.
    Number,
    /// More digits than JSON numbers carry safely.
    NumberTooPrecise,
    /// Outside the allowed range.
    OutOfRange {
        /// Least allowed.
        minimum: Option<i64>,
        /// Most allowed.
        maximum: Option<i64>,
    },
    /// Allowed, but hardly meant: 0 or enormous.
    Implausible,
    /// Neither yes nor no.
    Flag,
    /// None of the choices.
    UnknownChoice,
    /// After now.
    Future,
    /// Before the year in which such data begins.
    TooEarly {
        /// That year.
        year: i32,
    },
    /// Before the registration.
    BeforeRegistration,
    /// Consent given before the registration: allowed, but worth a look.
    ConsentBeforeRegistration,
    /// None of several fields has a value, and one must.
    Unreachable,
    /// The owner is not among the known users.
    UnknownOwner,
    /// No list of users is known; the server will decide.
    Unchecked,
    /// The external id stands in another row, too.
    Duplicate {
        /// The first row with it, as the person sees it.
        row: u32,
        /// Where that row is from.
        source: String,
    },
    /// UTF-8 read as something else.
    Encoding,
    /// An error of the spreadsheet instead of a value.
    CellError,
    /// A formula whose result the file does not hold.
    NotCalculated,
    /// A piece of the activities' cell is not understood.
    Unreadable,
    /// The same activity on the same day twice.
    Repeated,
    /// A JSON value of another type, or a string of another form, than the field takes; only in requests.
    WrongType {
        /// What the field takes.
        expected: Expected,
    },
    /// Nobody has decided whether this counts as progress.
    ProgressUndecided {
        /// The activity type that the decision is asked for.
        activity_type: String,
    },
}

impl Problem {
    /// The last part of a finding's code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing | Self::ProgressUndecided { .. } => "missing",
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } => "too_long",
            Self::Email(_) | Self::Phone { .. } | Self::Moment | Self::Number | Self::Flag => "invalid",
            Self::EmailTypo => "typo",
            Self::PhoneSeveral => "several",
            Self::PhoneDamaged => "damaged",
            Self::PhonePrefixRestored => "prefix_restored",
            Self::PhonePrefixLost { .. } => "prefix_lost",
            Self::MomentAmbiguous { .. } => "ambiguous",
            Self::NumberTooPrecise => "too_precise",
            Self::OutOfRange { .. } => "out_of_range",
            Self::Implausible => "implausible",
            Self::UnknownChoice | Self::UnknownOwner => "unknown",
            Self::Future => "future",
            Self::TooEarly { .. } => "too_early",
            Self::BeforeRegistration | Self::ConsentBeforeRegistration => "before_registration",
            Self::Unreachable => "unreachable",
            Self::Unchecked => "unchecked",
            Self::Duplicate { .. } => "duplicate",
            Self::Encoding => "encoding",
            Self::CellError => "cell_error",
            Self::NotCalculated => "not_calculated",
            Self::Unreadable => "unreadable",
            Self::Repeated => "repeated",
            Self::WrongType { .. } => "wrong_type",
        }
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Self::EmailTypo | Self::PhonePrefixRestored => Severity::Hint,
            Self::Implausible
            | Self::TooEarly { .. }
            | Self::ConsentBeforeRegistration
            | Self::Unchecked
            | Self::Encoding
            | Self::Repeated => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// True where the problem belongs to an activity as a whole, though it shows in one of its fields.
    pub(super) fn is_about_the_whole(&self) -> bool {
        matches!(self, Self::Future | Self::BeforeRegistration | Self::Repeated)
    }
}

/// The JSON that a field takes in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// An object.
    Object,
    /// An array of objects.
    Objects,
    /// A string.
    Text,
    /// An array of strings.
    Texts,
    /// A number.
    Number,
    /// A number without a fraction.
    WholeNumber,
    /// `true` or `false`.
    Flag,
    /// A string with a point in time and its zone, in RFC 3339.
    Instant,
    /// A string with a calendar day, `YYYY-MM-DD`.
    Date,
}

impl Expected {
    /// The type with its article, as it stands in a sentence.
    pub(super) fn named(self, language: Language) -> &'static str {
        let (german, english) = match self {
            Self::Object => ("ein Objekt", "an object"),
            Self::Objects => ("eine Liste von Objekten", "an array of objects"),
            Self::Text => ("ein Text", "a string"),
            Self::Texts => ("eine Liste von Texten", "an array of strings"),
            Self::Number => ("eine Zahl", "a number"),
            Self::WholeNumber => ("eine ganze Zahl", "a whole number"),
            Self::Flag => ("true oder false", "true or false"),
            Self::Instant => (
                "ein Zeitpunkt mit Zone wie 2024-06-15T10:00:00Z",
                "an instant with its zone such as 2024-06-15T10:00:00Z",
            ),
            Self::Date => ("ein Tag wie 2024-06-15", "a day such as 2024-06-15"),
        };
        language.pick(german, english)
    }
}
