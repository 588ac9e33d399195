//! E-mail addresses.

use serde::{Deserialize, Serialize};

/// An address that could receive mail: syntax and lengths of RFC 5321, international domains by IDNA.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

/// Why a text is no address, and what was probably meant where that is clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum EmailProblem {
    /// No `@` at all.
    NoAt,
    /// Nothing before the `@`.
    NoLocalPart,
    /// Nothing behind the `@`.
    NoDomain,
    /// More than one address in the cell; the first is a candidate for a fix.
    Several {
        /// The first address.
        first: String,
    },
    /// A blank inside, or a name around the address (`Max <max@example.de>`); the bare address is the fix.
    Decorated {
        /// The address alone.
        address: String,
    },
    /// A character or a dot where none may stand before the `@`.
    LocalPartInvalid,
    /// A domain that cannot exist (no dot, empty label, forbidden character).
    DomainInvalid,
    /// Longer than RFC 5321 allows (64 octets before the `@`, 254 in all).
    TooLong,
}

impl Email {
    /// Reads one address. White space around it and a `mailto:` before it are no part of it.
    pub fn read(text: &str) -> Result<Self, EmailProblem> {
        let address = text
            .trim()
            .trim_start_matches("mailto:")
            .trim_start_matches("MAILTO:")
            .trim();
        match Self::bare(address) {
            Ok(email) => Ok(email),
            Err(problem) => Err(Self::inside(address).unwrap_or(problem)),
        }
    }

    fn bare(address: &str) -> Result<Self, EmailProblem> {
        let Some((local, domain)) = address.rsplit_once('@') else {
            return Err(EmailProblem::NoAt);
        };
        if local.is_empty() {
            return Err(EmailProblem::NoLocalPart);
        }
        if domain.is_empty() {
            return Err(EmailProblem::NoDomain);
        }
        if !is_local_part(local) {
            return Err(EmailProblem::LocalPartInvalid);
        }
        let ascii = ascii_domain(domain).ok_or(EmailProblem::DomainInvalid)?;
        if local.len() > 64 || local.len() + 1 + ascii.len() > 254 {
            return Err(EmailProblem::TooLong);
        }
        Ok(Email(address.to_string()))
    }

    /// Looks for whole addresses inside a text that is none.
    fn inside(text: &str) -> Option<EmailProblem> {
        let mut found = text
            .split(|c: char| {
                c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | '|' | '/' | '"')
            })
            .filter_map(|piece| Self::bare(piece.trim_end_matches('.').trim_start_matches("mailto:")).ok());
        let first = found.next()?.0;
        Some(match found.next() {
            Some(_) => EmailProblem::Several { first },
            None => EmailProblem::Decorated { address: first },
        })
    }

    /// The address as written, without white space around it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address with the domain that was probably meant, where the domain is a well-known typing error
    /// (`gmial.com`).
    pub fn likely_meant(&self) -> Option<String> {
        const TYPOS: [(&str, &str); 42] = [
            ("gmial.com", "gmail.com"),
            ("gmai.com", "gmail.com"),
            ("gamil.com", "gmail.com"),
            ("gmal.com", "gmail.com"),
            ("gnail.com", "gmail.com"),
            ("gmaill.com", "gmail.com"),
            ("gmail.con", "gmail.com"),
            ("gmail.co", "gmail.com"),
            ("gmail.cm", "gmail.com"),
            ("gmail.de", "gmail.com"),
            ("googlemail.de", "googlemail.com"),
            ("googelmail.com", "googlemail.com"),
            ("hotmial.com", "hotmail.com"),
            ("hotmai.com", "hotmail.com"),
            ("hotmal.com", "hotmail.com"),
            ("hotmail.con", "hotmail.com"),
            ("outlok.com", "outlook.com"),
            ("outlook.con", "outlook.com"),
            ("outloock.com", "outlook.com"),
            ("outlok.de", "outlook.de"),
            ("yaho.com", "yahoo.com"),
            ("yahoo.con", "yahoo.com"),
            ("yahho.de", "yahoo.de"),
            ("yaho.de", "yahoo.de"),
            ("gmx.ed", "gmx.de"),
            ("gmx.dee", "gmx.de"),
            ("gmxx.de", "gmx.de"),
            ("gmx.d", "gmx.de"),
            ("gxm.de", "gmx.de"),
            ("gmx.cg", "gmx.ch"),
            ("web.ed", "web.de"),
            ("wed.de", "web.de"),
            ("webb.de", "web.de"),
            ("we.de", "web.de"),
            ("t-onlin.de", "t-online.de"),
            ("t-onlne.de", "t-online.de"),
            ("tonline.de", "t-online.de"),
            ("t-online.ed", "t-online.de"),
            ("freent.de", "freenet.de"),
            ("bluwin.ch", "bluewin.ch"),
            ("bluewin.cg", "bluewin.ch"),
            ("icloud.con", "icloud.com"),
        ];
        let (local, domain) = self.0.rsplit_once('@')?;
        let domain = domain.to_lowercase();
        let (_, meant) = TYPOS.iter().find(|(typo, _)| *typo == domain)?;
        Some(format!("{local}@{meant}"))
    }
}

/// A dot-atom of RFC 5321 (with the letters of RFC 6531), or a quoted string.
fn is_local_part(local: &str) -> bool {
    if let Some(quoted) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return !quoted.is_empty() && !quoted.contains(['"', '\\']) && !quoted.chars().any(char::is_control);
    }
    local.split('.').all(|atom| {
        !atom.is_empty()
            && atom.chars().all(|c| {
                c.is_ascii_alphanumeric()
                    || "!#$%&'*+-/=?^_`{|}~".contains(c)
                    || (!c.is_ascii() && c.is_alphanumeric())
            })
    })
}

/// The domain in its ASCII form if it can be one that receives mail.
fn ascii_domain(domain: &str) -> Option<String> {
    let ascii = if domain.is_ascii() {
        domain.to_ascii_lowercase()
    } else {
        idna::domain_to_ascii(domain).ok()?
    };
    let labels: Vec<&str> = ascii.split('.').collect();
    let top = labels.last()?;
    let fits = labels.len() >= 2
        && ascii.len() <= 255
        && labels.iter().all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
        && top.len() >= 2
        && top.bytes().any(|b| b.is_ascii_alphabetic());
    fits.then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_can_receive_mail_are_taken() {
        for text in [
            "max.mustermann@example.com",
            " info@seeblick.example ",
            "mailto:a@b.de",
            "max+tag@sub.example.co.uk",
            "o'neill@example.ie",
            "info@bäckerei-müller.de",
            "jürgen@müller.example",
            "\"Max Muster\"@example.de",
            "a@xn--mller-kva.example",
            "UPPER@EXAMPLE.DE",
            "a@1und1.de",
        ] {
            assert!(Email::read(text).is_ok(), "{text}: {:?}", Email::read(text));
        }
        assert_eq!(
            Email::read(" info@seeblick.example ").unwrap().as_str(),
            "info@seeblick.example"
        );
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        use EmailProblem::*;
        let long = "a".repeat(65) + "@example.de";
        let table = [
            ("max.mustermann@", NoDomain),
            ("@example.de", NoLocalPart),
            ("max.mustermann", NoAt),
            ("max@localhost", DomainInvalid),
            ("max@example..de", DomainInvalid),
            ("max@-example.de", DomainInvalid),
            ("max@example.d", DomainInvalid),
            ("max@example.123", DomainInvalid),
            ("max@exa_mple.de", DomainInvalid),
            ("max..muster@example.de", LocalPartInvalid),
            (".max@example.de", LocalPartInvalid),
            ("max@muster@example.de", LocalPartInvalid),
            (&long, TooLong),
            (
                "Max Muster <max@example.de>",
                Decorated {
                    address: "max@example.de".into(),
                },
            ),
            (
                "max@example.de (privat)",
                Decorated {
                    address: "max@example.de".into(),
                },
            ),
            (
                "a@example.de; b@example.de",
                Several {
                    first: "a@example.de".into(),
                },
            ),
        ];
        for (text, problem) in table {
            assert_eq!(Email::read(text), Err(problem), "{text}");
        }
    }

    #[test]
    fn well_known_typing_errors_are_recognised() {
        assert_eq!(
            Email::read("x@Gmial.com").unwrap().likely_meant().as_deref(),
            Some("x@gmail.com")
        );
        assert_eq!(Email::read("x@gmail.com").unwrap().likely_meant(), None);
    }
}
