//! The normal form of e-mail addresses: two addresses are the same exactly when their normal forms are.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::fold::trim;
use super::placeholder::is_placeholder_email;

/// The form in which addresses are compared: without surrounding white space and invisible characters, in Unicode
/// NFKC, lower case, the domain as IDNA (`bücher.de` becomes `xn--bcher-kva.de`).
///
/// `mailto:`, angle brackets with a display name (`Anna <a@b.de>`) and everything after a first address
/// (`a@b.de; c@d.de`) are cut away. `None` where no address is left or it stands for none
/// ([`is_placeholder_email`]). The form of a form is itself.
pub fn normal_email(text: &str) -> Option<Cow<'_, str>> {
    let trimmed = trim(text);
    if is_plain(trimmed) {
        let form = if trimmed.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(trimmed.to_ascii_lowercase())
        } else {
            Cow::Borrowed(trimmed)
        };
        return Some(form).filter(|form| !is_placeholder_email(form));
    }
    normal_email_slow(trimmed).map(Cow::Owned)
}

/// An address that only letters, digits and the commonest signs make up, with no part that IDNA would touch: it needs
/// lower case and nothing else.
fn is_plain(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    !local.is_empty()
        && !local.starts_with('.')
        && local
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+'))
        && domain.len() < 64
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.as_bytes().get(2..4) != Some(b"--")
        })
}

fn normal_email_slow(text: &str) -> Option<String> {
    let lowered = |text: &str| -> String {
        let visible = text.nfkc().filter(|&letter| !is_invisible(letter));
        visible.flat_map(char::to_lowercase).nfkc().collect()
    };
    let form = lowered(text);
    let mut form = form.trim();
    if let (Some(open), Some(close)) = (form.find('<'), form.rfind('>'))
        && open < close
    {
        form = form[open + 1..close].trim();
    }
    // A colon ends "mailto:" and "E-Mail:", a question mark begins what a link wants the subject to be.
    let first = form
        .split(|letter: char| letter.is_whitespace() || matches!(letter, ';' | ',' | '<' | '>' | ':' | '?'))
        .find(|part| part.contains('@'))?;
    let (local, domain) = first.trim_matches(is_around).rsplit_once('@')?;
    let domain = domain.trim_end_matches('.');
    if local.is_empty() || domain.is_empty() {
        return None;
    }
    // What IDNA refuses (an underscore, a label too long) is compared as it is written.
    let domain = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_string());
    let address = format!("{local}@{}", domain.trim_end_matches('.'));
    (!is_placeholder_email(&address)).then_some(address)
}

/// Signs that stand around an address and not in it: quotation marks and brackets, the full stop of the sentence.
fn is_around(letter: char) -> bool {
    matches!(
        letter,
        '"' | '\''
            | '`'
            | '´'
            | '„'
            | '“'
            | '”'
            | '‚'
            | '‘'
            | '’'
            | '«'
            | '»'
            | '‹'
            | '›'
            | '('
            | ')'
            | '['
            | ']'
            | '.'
            | '!'
    )
}

/// Characters that take no room and get into addresses by copying: soft hyphen, zero-width and direction marks, byte
/// order mark, variation selectors.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
        || letter.is_control() && !letter.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_of_one_address_coincide() {
        for (form, spellings) in [
            (
                "info@huber.de",
                &[
                    "info@huber.de",
                    " INFO@Huber.DE ",
                    "\u{a0}info@huber.de\u{200b}",
                    "\u{feff}info@huber.de",
                    "ｉｎｆｏ＠ｈｕｂｅｒ．ｄｅ",
                    "info@huber。de",
                    "in\u{ad}fo@huber.de",
                    "mailto:info@huber.de",
                    "Huber GmbH <info@huber.de>",
                    "<info@huber.de>",
                    "\"info@huber.de\"",
                    "'info@huber.de'",
                    "„info@huber.de“",
                    "(info@huber.de)",
                    "[info@huber.de]",
                    "Huber GmbH (info@huber.de)",
                    "\"Huber, Anna\" <INFO@huber.de>",
                    "E-Mail: info@huber.de",
                    "email:info@huber.de",
                    "Mailto:Info@Huber.de?subject=Anfrage",
                    "<mailto:info@huber.de>",
                    "info@huber.de,",
                    "info@huber.de.,",
                    "info@huber.de ...",
                    "info@huber.de;",
                    "\u{a0} info@huber.de \u{a0}.",
                    "＜ｉｎｆｏ＠ｈｕｂｅｒ．ｄｅ＞",
                    "info@hu\u{ad}ber.de",
                    "info@huber.de.",
                    "info@huber.de; zweite@huber.de",
                    "info@huber.de, zweite@huber.de",
                ][..],
            ),
            (
                "jörg@xn--bcher-kva.de",
                &[
                    "jörg@bücher.de",
                    "JÖRG@BÜCHER.DE",
                    "jo\u{308}rg@bu\u{308}cher.de",
                    "JO\u{308}RG@xn--bcher-kva.de",
                    "jörg@XN--BCHER-KVA.de",
                ],
            ),
            ("kevin@x.de", &["\u{212a}evin@x.de", "KEVIN@x.de"]),
            ("ﬁn@x.de", &[]),
            ("o'neill@x.de", &["O'Neill@X.de"]),
            ("info@xn--strae-oqa.de", &["info@straße.de", "info@STRAẞE.de"]),
        ] {
            for spelling in spellings {
                assert_eq!(normal_email(spelling).as_deref(), Some(form), "{spelling:?}");
            }
        }
        assert_eq!(normal_email("ﬁn@x.de").as_deref(), Some("fin@x.de"));
    }

    #[test]
    fn what_is_no_address_has_no_form() {
        for text in [
            "",
            "-",
            "k.A.",
            "info",
            "@huber.de",
            "info@",
            "noreply@portal.de",
            "info@ huber.de",
        ] {
            assert_eq!(normal_email(text), None, "{text:?}");
        }
        assert_ne!(
            normal_email("info@straße.de"),
            normal_email("info@strasse.de"),
            "two domains since IDNA 2008"
        );
    }

    proptest! {
        #[test]
        fn the_form_of_a_form_is_itself(text in "\\PC{0,20}@\\PC{1,16}\\.(de|ch|com)") {
            if let Some(form) = normal_email(&text) {
                prop_assert_eq!(normal_email(&form), Some(form.clone()));
            }
        }

        #[test]
        fn the_short_way_equals_the_long_one(text in "[a-zA-Z0-9._+-]{1,12}@[a-zA-Z0-9-]{1,10}(\\.[a-zA-Z0-9-]{1,6}){0,2}") {
            let text = text.trim();
            if is_plain(text) {
                let short = normal_email(text).map(Cow::into_owned);
                prop_assert_eq!(short, normal_email_slow(text));
            }
        }
    }
}
