//! Mail addresses and phone numbers.

use std::sync::LazyLock;

use regex::Regex;

use super::Found;

/// The first mail address in a text. `max (at) web.de` and `max[at]web.de` are read as well.
pub(crate) fn find_email(text: &str) -> Option<Found> {
    emails(text).next()
}

/// All mail addresses in a text.
pub(crate) fn emails(text: &str) -> impl Iterator<Item = Found> {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)
            (?P<local> [\p{L}\p{N}!\#$%&'*+/=?^_`{|}~-]+ (?: \. [\p{L}\p{N}!\#$%&'*+/=?^_`{|}~-]+ )* )
            (?: \s?@\s? | \s*[\[({]\s*(?:at|ät)\s*[\])}]\s* )
            (?P<domain> (?: [\p{L}\p{N}] (?:[\p{L}\p{N}-]*[\p{L}\p{N}])? (?: \. | \s*[\[({]\s*(?:dot|punkt)\s*[\])}]\s* ) )+ [\p{L}]{2,24} )",
        )
        .expect("a tested pattern")
    });
    ADDRESS.captures_iter(text).filter_map(move |found| {
        let whole = found.get(0)?;
        let local = found["local"]
            .trim_start_matches("mailto")
            .trim_start_matches(['\'', '/', '=']);
        let domain = found["domain"]
            .replace(['[', '(', '{', ']', ')', '}', ' '], "")
            .replace("punkt", ".")
            .replace("dot", ".");
        let domain = if found["domain"].contains(['[', '(', '{']) {
            domain
        } else {
            found["domain"].to_string()
        };
        // RFC 5321: 64 before the sign, 254 in all.
        let fits = !local.is_empty() && local.len() <= 64 && local.len() + domain.len() <= 253;
        let start = whole.end() - (whole.len() - (found["local"].len() - local.len()));
        fits.then(|| Found {
            range: start..whole.end(),
            value: format!("{local}@{domain}"),
        })
    })
}

/// True for addresses that no person reads: a lead's address is never one of these.
pub(crate) fn is_machine_address(address: &str) -> bool {
    let lower = address.to_lowercase();
    let Some((local, domain)) = lower.split_once('@') else {
        return false;
    };
    let plain: String = local.chars().filter(|char| char.is_alphanumeric()).collect();
    let starts = [
        "noreply",
        "donotreply",
        "nepasrepondre",
        "nichtantworten",
        "keineantwort",
        "nonrispondere",
        "mailerdaemon",
        "postmaster",
        "bounce",
        "autoreply",
        "autoresponder",
    ];
    starts
        .iter()
        .any(|start| plain.starts_with(start) || plain.ends_with(start))
        || matches!(
            plain.as_str(),
            "wordpress"
                | "typo3"
                | "joomla"
                | "drupal"
                | "webmaster"
                | "root"
                | "nobody"
                | "daemon"
                | "mailer"
                | "notification"
                | "notifications"
                | "wwwdata"
                | "apache"
        )
        || domain == "localhost"
        || domain.starts_with("bounce.")
        || domain.starts_with("noreply.")
}

/// True for the local parts of addresses that belong to an office and not to a person: `info`, `kontakt`, `leads`.
pub(crate) fn is_office(local: &str) -> bool {
    [
        "info",
        "kontakt",
        "contact",
        "service",
        "support",
        "anfrage",
        "anfragen",
        "lead",
        "leads",
        "team",
        "hello",
        "hallo",
        "office",
        "mail",
        "post",
        "datenschutz",
        "privacy",
        "admin",
        "sales",
        "vertrieb",
        "beratung",
        "studienberatung",
        "hilfe",
        "help",
        "kundenservice",
        "partner",
        "redaktion",
        "presse",
        "marketing",
        "welcome",
        "news",
        "newsletter",
        "rechnung",
        "buchhaltung",
    ]
    .contains(&local)
}

/// True for domains at which everybody can have an address.
pub(crate) fn is_mail_provider(domain: &str) -> bool {
    let mut labels = domain.rsplit('.');
    let name = labels.nth(1).unwrap_or_default().to_lowercase();
    matches!(
        name.as_str(),
        "gmail"
            | "googlemail"
            | "gmx"
            | "web"
            | "outlook"
            | "hotmail"
            | "live"
            | "yahoo"
            | "icloud"
            | "me"
            | "t-online"
            | "freenet"
            | "aol"
            | "bluewin"
            | "posteo"
            | "mailbox"
            | "protonmail"
            | "proton"
            | "hispeed"
            | "sunrise"
            | "arcor"
            | "vodafone"
            | "msn"
            | "mac"
            | "orange"
            | "laposte"
            | "libero"
            | "online"
            | "kabelmail"
            | "email"
    )
}

/// The first phone number in a text: 6 to 15 digits in the forms people write, and no date, price or postcode.
pub(crate) fn find_phone(text: &str) -> Option<Found> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:\+|\(\+|\(0|0|\d)[\d\s\u{a0}\u{202f}()/.·\-–‑]{4,30}\d").expect("a tested pattern")
    });
    NUMBER.find_iter(text).find_map(|found| {
        let raw = found.as_str();
        let before = text[..found.start()].chars().next_back();
        let after = text[found.end()..].chars().next();
        // In the middle of a word, a larger number or an address.
        if before
            .is_some_and(|char| char.is_alphanumeric() || matches!(char, '@' | '=' | '#' | '_' | ',' | '.'))
            || after.is_some_and(|char| char.is_alphanumeric() || matches!(char, '@' | '%' | '€' | '_'))
        {
            return None;
        }
        let first_line = first_number(raw.split('\n').next().unwrap_or(raw));
        let trimmed = first_line.trim_end_matches(['.', '-', '–', '/', '(', ' ']);
        let digits = trimmed.chars().filter(char::is_ascii_digit).count();
        if !(6..=16).contains(&digits) || is_date_or_price(trimmed) {
            return None;
        }
        // A bracket that was opened before the number belongs to something else.
        let open = trimmed.matches('(').count();
        let close = trimmed.matches(')').count();
        if close > open {
            return None;
        }
        let mut found = Found::slice(text, trimmed);
        // An extension: "030 1234-0, Durchwahl 12" stays with its number only where it is written into it.
        found.value = found.value.replace('\u{202f}', " ");
        Some(found)
    })
}

/// The first of several numbers in a row: "030 123456 / 0171 1234567".
fn first_number(text: &str) -> &str {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    if digits(text) <= 13 {
        return text.trim_end();
    }
    let first = text.split(" / ").next().unwrap_or(text);
    let first = if digits(first) > 15 || digits(first) < 6 {
        text
    } else {
        first
    };
    first.trim_end()
}

fn is_date_or_price(text: &str) -> bool {
    static OTHER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?x)^(?:
                \d{1,2}[./-]\d{1,2}[./-]\d{2,4} .* | \d{4}-\d{2}-\d{2} .* | [1-9]\d{0,2}(?:[.']\d{3})+(?:,\d{2})?
                | \d{1,2}\.\d{1,2}\. .* | (?:19|20)\d{2}\s?[-–]\s?(?:19|20)\d{2}
            )$",
        )
        .expect("a tested pattern")
    });
    OTHER.is_match(text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_where_they_stand() {
        for (text, expected) in [
            ("max@example.test", Some("max@example.test")),
            (
                "Max <max.muster+x@mail.example.test>",
                Some("max.muster+x@mail.example.test"),
            ),
            ("mailto:max@example.test", Some("max@example.test")),
            ("max (at) example.test", Some("max@example.test")),
            ("max[at]example[dot]test", Some("max@example.test")),
            ("max@müller.example", Some("max@müller.example")),
            ("schreibt an max@example.test.", Some("max@example.test")),
            ("max@localhost", None),
            ("max at home", None),
            ("@handle", None),
        ] {
            let found = find_email(text);
            assert_eq!(
                found.as_ref().map(|found| found.value.as_str()),
                expected,
                "{text}"
            );
        }
        let text = "E-Mail: max@example.test!";
        assert_eq!(&text[find_email(text).unwrap().range], "max@example.test");
    }

    #[test]
    fn machines_are_no_people() {
        for address in [
            "noreply@portal.example",
            "No-Reply@x.example",
            "do.not.reply@x.example",
            "wordpress@x.example",
            "anfrage-noreply@x.example",
            "x@noreply.portal.example",
        ] {
            assert!(is_machine_address(address), "{address}");
        }
        for address in [
            "max@example.test",
            "norbert.reply@example.test",
            "info@example.test",
        ] {
            assert!(!is_machine_address(address), "{address}");
        }
    }

    #[test]
    fn phone_numbers_are_told_from_dates_and_prices() {
        for (text, expected) in [
            ("030 1234567", Some("030 1234567")),
            ("+49 (0) 171 / 123 45 67", Some("+49 (0) 171 / 123 45 67")),
            ("0171-1234567 (ab 18 Uhr)", Some("0171-1234567")),
            ("(030) 12 34 56", Some("(030) 12 34 56")),
            ("+41 79 123 45 67.", Some("+41 79 123 45 67")),
            ("004930123456", Some("004930123456")),
            ("044 668 18 00", Some("044 668 18 00")),
            ("030.123.456", Some("030.123.456")),
            ("030 1234567 / 0171 12345678", Some("030 1234567")),
            ("12.03.2025 14:22", None),
            ("2025-03-12", None),
            ("1.234.567,00 €", None),
            ("12345", None),
            ("4.93012E+11", None),
            ("IP 192.168.178.20", Some("192.168.178.20")),
            ("max1234567@example.test", None),
        ] {
            let found = find_phone(text);
            assert_eq!(
                found.as_ref().map(|found| found.value.as_str()),
                expected,
                "{text}"
            );
        }
    }
}
