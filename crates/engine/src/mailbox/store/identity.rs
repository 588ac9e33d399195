//! By what a mail is known again: its Message-ID together with a hash of what it says.

use sha2::{Digest, Sha256};

use crate::mailbox::message::{Part, message_id};

/// Headers that belong to the mail and not to its way: what relays and mailboxes add on the way differs between two
/// deliveries of the same mail.
const OWN_HEADERS: [&str; 9] = [
    "from",
    "reply-to",
    "to",
    "cc",
    "subject",
    "date",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
];

/// By what a mail is known again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// Without angle brackets; empty where the mail has none.
    pub(super) message_id: String,
    pub(super) content_hash: [u8; 32],
}

impl Identity {
    pub(super) fn of(part: &Part, raw: &[u8]) -> Self {
        let mut hash = Sha256::new();
        for (name, value) in part.headers.iter_raw() {
            let name = name.to_ascii_lowercase();
            if OWN_HEADERS.contains(&name.as_str()) {
                hash.update(name.as_bytes());
                hash.update(b":");
                // Relays fold headers anew.
                for word in value
                    .split(u8::is_ascii_whitespace)
                    .filter(|word| !word.is_empty())
                {
                    hash.update(word);
                    hash.update(b" ");
                }
                hash.update(b"\n");
            }
        }
        hash.update(b"\n");
        // Servers differ in line ends and in blank lines at the end.
        for line in body(raw).trim_ascii_end().split(|byte| *byte == b'\n') {
            hash.update(line.strip_suffix(b"\r").unwrap_or(line));
            hash.update(b"\n");
        }
        Identity {
            message_id: message_id(&part.headers).into_owned(),
            content_hash: hash.finalize().into(),
        }
    }

    /// `MAIL-` and a short hash of the Message-ID; of the content too where that is needed to tell two mails apart.
    pub(super) fn external_id(&self, with_content: bool) -> String {
        let mut hash = Sha256::new();
        hash.update(self.message_id.as_bytes());
        if with_content || self.message_id.is_empty() {
            hash.update(b"\n");
            hash.update(self.content_hash);
        }
        let hash = hash.finalize();
        let hex: String = hash[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("MAIL-{hex}")
    }
}

/// The external id of a lead: that of its mail, and for a further lead of the same mail its place in it.
pub(in crate::mailbox) fn lead_id(mail: &str, index: usize) -> String {
    if index == 0 {
        mail.to_string()
    } else {
        format!("{mail}-{}", index + 1)
    }
}

/// What follows the first blank line; all of it where there is none.
fn body(raw: &[u8]) -> &[u8] {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\n', &raw[at..]) {
        let line = &raw[at..at + found];
        at += found + 1;
        if line.is_empty() || line == b"\r" {
            return &raw[at..];
        }
    }
    raw
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(raw: &[u8]) -> Identity {
        Identity::of(&Part::read(raw), raw)
    }

    #[test]
    fn the_way_of_a_mail_does_not_change_it() {
        let sent = identity(b"Message-ID: <a@b>\r\nSubject: x y\r\n\r\nbody\r\n");
        let relayed = identity(
            b"Received: by relay\nX-Spam: no\nDelivered-To: z\nMessage-ID: <a@b>\nSubject: x\n y\n\nbody\n\n",
        );
        assert_eq!(sent, relayed);
    }

    #[test]
    fn another_body_is_another_mail() {
        let one = identity(b"Message-ID: <a@b>\n\none");
        let two = identity(b"Message-ID: <a@b>\n\ntwo");
        assert_eq!(one.message_id, two.message_id);
        assert_ne!(one.content_hash, two.content_hash);
        assert_eq!(one.external_id(false), two.external_id(false));
        assert_ne!(one.external_id(true), two.external_id(true));
    }

    #[test]
    fn without_message_id_the_content_decides() {
        let one = identity(b"Subject: x\n\none");
        assert!(one.message_id.is_empty());
        assert_ne!(
            one.external_id(false),
            identity(b"Subject: x\n\ntwo").external_id(false)
        );
        assert!(one.external_id(false).starts_with("MAIL-"));
        assert_eq!(one.external_id(false).len(), 17);
    }
}
