//! Batches and the hashes that approvals, dry-runs and requests are bound to.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

/// Leads in a request at most, whatever a target or a person sets.
pub const MAXIMUM_LEADS: usize = 1000;

/// JSON with the members of every object in the order of their names: the same text for the same content, in whichever
/// order a program's JSON library keeps members.
pub fn canonical_json(value: &Json) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text);
    text
}

fn write_canonical(value: &Json, text: &mut String) {
    match value {
        Json::Object(members) => {
            let sorted: BTreeMap<&String, &Json> = members.iter().collect();
            text.push('{');
            for (place, (name, member)) in sorted.into_iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                let _ = write!(text, "{}:", Json::from(name.as_str()));
                write_canonical(member, text);
            }
            text.push('}');
        }
        Json::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write_canonical(item, text);
            }
            text.push(']');
        }
        plain => {
            let _ = write!(text, "{plain}");
        }
    }
}

/// SHA-256 in hexadecimal.
pub fn hex_digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_json_knows_no_order_of_members() {
        let one: Json = serde_json::from_str(r#"{"b":[{"d":1,"c":"ü"}],"a":null}"#).unwrap();
        let other: Json = serde_json::from_str(r#"{"a":null,"b":[{"c":"ü","d":1}]}"#).unwrap();
        assert_eq!(canonical_json(&one), r#"{"a":null,"b":[{"c":"ü","d":1}]}"#);
        assert_eq!(canonical_json(&one), canonical_json(&other));
    }
}
