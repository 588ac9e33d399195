//! How a rule finds a field.

use regex::Regex;
use scraper::Selector;

use crate::mailbox::parsed::LeadField;
use crate::mailbox::vocabulary::Concept;

/// What a rule fills: a field, a whole that falls into several fields, or something beyond.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::mailbox) enum RuleField {
    Lead(LeadField),
    /// A full name; falls into salutation, title, given and family name.
    Name,
    /// A full name with the family name first.
    NameLastFirst,
    /// Street, postcode, town and country.
    Address,
    /// Postcode and town.
    PostalCity,
    /// By that name into `extra`.
    Extra(String),
}

impl RuleField {
    /// Reads the name of a field as rule files have it.
    pub(in crate::mailbox) fn from_name(name: &str) -> Option<Self> {
        if let Some(label) = name.strip_prefix("extra.") {
            return (!label.trim().is_empty()).then(|| Self::Extra(label.trim().to_string()));
        }
        Some(match name {
            "name" => Self::Name,
            "nameLastFirst" => Self::NameLastFirst,
            "address" => Self::Address,
            "postalCity" => Self::PostalCity,
            _ => Self::Lead(LeadField::ALL.into_iter().find(|field| field.name() == name)?),
        })
    }

    /// How its value is to be understood.
    pub(in crate::mailbox) fn concept(&self) -> Concept {
        match self {
            Self::Name => Concept::FullName,
            Self::NameLastFirst => Concept::NameLastFirst,
            Self::Address => Concept::Address,
            Self::PostalCity => Concept::PostalCity,
            Self::Extra(_) => Concept::Other,
            Self::Lead(field) => match field {
                LeadField::Salutation => Concept::Salutation,
                LeadField::Title => Concept::Title,
                LeadField::FirstName => Concept::FirstName,
                LeadField::LastName => Concept::LastName,
                LeadField::CompanyName => Concept::Company,
                LeadField::Email => Concept::Email,
                LeadField::Phone => Concept::Phone,
                LeadField::Street => Concept::Street,
                LeadField::PostalCode => Concept::PostalCode,
                LeadField::City => Concept::City,
                LeadField::Country => Concept::Country,
                LeadField::Course => Concept::Course,
                LeadField::Portal => Concept::Portal,
                LeadField::Message => Concept::Message,
                LeadField::ReceivedAt => Concept::Submitted,
                LeadField::ConsentGivenAt => Concept::Consent,
                LeadField::ExternalId => Concept::ExternalId,
            },
        }
    }
}

/// One way to find a field; the first that finds something counts.
#[derive(Clone, Debug)]
pub(in crate::mailbox) enum Finder {
    /// The value behind one of these labels, on a line or in a table.
    Label(Vec<String>),
    /// The cell beside one of these.
    Cell(Vec<String>),
    /// The cells below one of these.
    Column(Vec<String>),
    /// A group of a pattern.
    Pattern {
        pattern: Regex,
        group: usize,
        place: BodyPlace,
    },
    /// The text of the first element that fits.
    Css(String, Selector),
    /// A JSON pointer (RFC 6901); a trailing part of one inside each record of a list.
    Json(String),
    /// Names of elements parted by slashes, an attribute with `@` before its name.
    Xml(String),
    /// The decoded value of a header.
    Header(String),
    /// Always this.
    Constant(String),
}

/// Where a pattern looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mailbox) enum BodyPlace {
    Body,
    Subject,
    Header(String),
}
