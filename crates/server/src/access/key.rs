//! API keys: 256 random bits, known to the server by their hash only.

use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The SHA-256 of a key. Keys are random, so a plain hash is as good as a slow one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyHash([u8; 32]);

impl KeyHash {
    pub(crate) fn of(key: &[u8]) -> Self {
        KeyHash(Sha256::digest(key).into())
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A key that was just made. It is shown to its owner once and then known by its hash alone.
#[derive(Clone)]
pub struct NewKey {
    /// The server's number of the key, by which it is deactivated.
    pub id: i64,
    text: Zeroizing<String>,
}

impl NewKey {
    pub(crate) fn new(id: i64, text: Zeroizing<String>) -> Self {
        NewKey { id, text }
    }

    /// The key itself.
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for NewKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NewKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A key of 256 bits from the operating system. The prefix lets scanners recognise keys that went astray.
pub(crate) fn new_key() -> Result<Zeroizing<String>, getrandom::Error> {
    let mut bits = Zeroizing::new([0_u8; 32]);
    getrandom::fill(bits.as_mut_slice())?;
    let mut key = Zeroizing::new(String::with_capacity(70));
    key.push_str("lotse_");
    for byte in bits.iter() {
        for half in [byte >> 4, byte & 15] {
            key.push(char::from_digit(u32::from(half), 16).expect("half a byte is a hexadecimal digit"));
        }
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_256_bits_and_do_not_repeat_or_print() {
        let (a, b) = (new_key().unwrap(), new_key().unwrap());
        assert_ne!(*a, *b);
        let digits = a.strip_prefix("lotse_").unwrap();
        assert_eq!(digits.len(), 64);
        assert!(digits.chars().all(|c| c.is_ascii_hexdigit()));
        let shown = format!("{:?}", NewKey::new(7, a.clone()));
        assert!(shown.contains('7') && !shown.contains(digits), "{shown}");
    }
}
