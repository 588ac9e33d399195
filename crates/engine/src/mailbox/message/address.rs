//! Address lists of headers (RFC 5322, read leniently).

use super::encoded_words;

/// One address of a header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The decoded display name; empty where there is none.
    pub name: String,
    /// `local@domain` as written; empty where the header holds only a name.
    pub email: String,
}

/// Reads an unfolded address list. Groups are flattened, comments become the name where nothing else is one.
pub(crate) fn read_list(text: &str) -> Vec<Address> {
    let mut addresses = Vec::new();
    let mut current = Draft::default();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => {
                current.had_quotes = true;
                while let Some(inner) = chars.next() {
                    match inner {
                        '"' => break,
                        '\\' => current.words.extend(chars.next()),
                        _ => current.words.push(inner),
                    }
                }
            }
            '(' => {
                let mut depth = 1;
                for inner in chars.by_ref() {
                    match inner {
                        '(' => depth += 1,
                        ')' => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                    current.comment.push(inner);
                }
            }
            '<' => current.angle = Some(chars.by_ref().take_while(|inner| *inner != '>').collect()),
            // The name of a group is no address.
            ':' if !current.words.contains('@') && current.angle.is_none() => current = Draft::default(),
            ',' | ';' => addresses.extend(std::mem::take(&mut current).finish()),
            _ => current.words.push(char),
        }
    }
    addresses.extend(current.finish());
    addresses
}

#[derive(Default)]
struct Draft {
    words: String,
    had_quotes: bool,
    comment: String,
    angle: Option<String>,
}

impl Draft {
    fn finish(self) -> Option<Address> {
        let words = encoded_words::decode(self.words.trim());
        let comment = encoded_words::decode(self.comment.trim());
        let (name, email) = match self.angle {
            // A source route is no part of the address.
            Some(angle) => (words, angle.rsplit(':').next().unwrap_or_default().to_string()),
            None if words.contains('@') && !self.had_quotes => (String::new(), words),
            None => (words, String::new()),
        };
        let name = tidy(if name.trim().is_empty() { &comment } else { &name });
        let email: String = email.split_whitespace().collect();
        (!name.is_empty() || !email.is_empty()).then_some(Address { name, email })
    }
}

fn tidy(name: &str) -> String {
    let joined = name.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.trim_matches(['\'', '"']).trim().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_as_they_come() {
        let cases: [(&str, &[(&str, &str)]); 11] = [
            ("max@example.test", &[("", "max@example.test")]),
            (
                "Max Muster <max@example.test>",
                &[("Max Muster", "max@example.test")],
            ),
            (
                "\"Muster, Max\" <max@example.test>",
                &[("Muster, Max", "max@example.test")],
            ),
            (
                "=?utf-8?Q?M=C3=BCller=2C_Anna?= <a@example.test>, b@example.test",
                &[("Müller, Anna", "a@example.test"), ("", "b@example.test")],
            ),
            (
                "max@example.test (Max Muster)",
                &[("Max Muster", "max@example.test")],
            ),
            ("undisclosed-recipients:;", &[]),
            (
                "Team: a@example.test, b@example.test;",
                &[("", "a@example.test"), ("", "b@example.test")],
            ),
            ("'Max' < max@example.test >", &[("Max", "max@example.test")]),
            ("Nur ein Name", &[("Nur ein Name", "")]),
            (
                "\"max@example.test\" <noreply@portal.test>",
                &[("max@example.test", "noreply@portal.test")],
            ),
            ("<max@example.test", &[("", "max@example.test")]),
        ];
        for (text, expected) in cases {
            let found = read_list(text);
            let found: Vec<(&str, &str)> = found
                .iter()
                .map(|address| (address.name.as_str(), address.email.as_str()))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
