//! JSON: every scalar as a line `path: value`; the objects of an array are a record each.

use serde_json::Value;

use super::{Data, Writer, is_record, pair};
use crate::mailbox::reading::pairs::Pair;

/// Nesting beyond this is skipped.
const DEEPEST: usize = 24;

pub(super) fn read(text: &str) -> Option<Data> {
    let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}').trim()).ok()?;
    let mut reader = Reader::default();
    reader.read(&value, &mut Vec::new(), "", 0);
    Some(reader.finish())
}

#[derive(Default)]
struct Reader {
    writer: Writer,
    data: Data,
    /// The pairs of the record under way, or those outside of any.
    pairs: Vec<Pair>,
}

impl Reader {
    fn read<'v>(&mut self, value: &'v Value, path: &mut Vec<&'v str>, pointer: &str, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        match value {
            Value::Object(members) => {
                // A form builder's list of fields: {"label": "Name", "value": "Max"}.
                if let Some((label, shown)) = labelled_value(value) {
                    self.scalar(&[label], shown, &format!("{pointer}/value"));
                    return;
                }
                for (name, member) in members {
                    path.push(name);
                    let escaped = name.replace('~', "~0").replace('/', "~1");
                    self.read(member, path, &format!("{pointer}/{escaped}"), depth + 1);
                    path.pop();
                }
            }
            Value::Array(elements) => {
                let are_records = elements.len() > 1
                    && elements
                        .iter()
                        .all(|element| element.is_object() && labelled_value(element).is_none());
                for (index, element) in elements.iter().enumerate() {
                    let pointer = format!("{pointer}/{index}");
                    if are_records {
                        let outside = std::mem::take(&mut self.pairs);
                        self.read(element, path, &pointer, depth + 1);
                        let record = std::mem::replace(&mut self.pairs, outside);
                        if is_record(&record) {
                            self.data.records.push(record);
                        } else {
                            self.pairs.extend(record);
                        }
                    } else {
                        self.read(element, path, &pointer, depth + 1);
                    }
                }
            }
            Value::String(text) => self.scalar(path, text, pointer),
            Value::Number(number) => self.scalar(path, &number.to_string(), pointer),
            Value::Bool(truth) => self.scalar(path, if *truth { "true" } else { "false" }, pointer),
            Value::Null => {}
        }
    }

    fn scalar(&mut self, path: &[&str], value: &str, pointer: &str) {
        let (label, value) = self.writer.line(&path.join("."), value);
        self.data.paths.push((pointer.to_string(), value));
        // "lead.contact.email" is labelled "email" for people.
        let own = path.last().map_or(0, |name| name.len());
        let label = label.part(label.end - label.start - own, label.end - label.start);
        self.pairs.push(pair(path, label, value));
    }

    fn finish(mut self) -> Data {
        if self.data.records.is_empty() {
            self.data.records.push(self.pairs);
        } else {
            self.data.shared = self.pairs;
        }
        self.data.format = "json";
        self.data.sheet = self.writer.sheet();
        self.data
    }
}

fn labelled_value(value: &Value) -> Option<(&str, &str)> {
    let members = value.as_object()?;
    let text = |names: &[&str]| names.iter().find_map(|name| members.get(*name)?.as_str());
    let label = text(&["label", "name", "key", "field", "question", "title"])?;
    let shown = text(&["value", "answer", "content", "wert", "antwort"])?;
    (members.len() <= 6).then_some((label, shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pairs of each record, sorted: in which order members come is not ours to say.
    fn shown(data: &Data) -> Vec<Vec<(&str, &str)>> {
        let text = &data.sheet.text;
        data.records
            .iter()
            .map(|pairs| {
                let mut pairs: Vec<_> = pairs
                    .iter()
                    .map(|pair| (pair.label.of(text), pair.value.of(text)))
                    .collect();
                pairs.sort_unstable();
                pairs
            })
            .collect()
    }

    #[test]
    fn members_become_pairs_and_arrays_records() {
        let data = read(r#"{"portal":"P","leads":[{"name":"Max","email":"m@example.test"},{"name":"Eva","email":"e@example.test"}]}"#).unwrap();
        assert_eq!(
            shown(&data),
            [
                [("email", "m@example.test"), ("name", "Max")],
                [("email", "e@example.test"), ("name", "Eva")]
            ]
        );
        assert_eq!(data.shared.len(), 1);
        assert!(
            data.paths
                .iter()
                .any(|(path, span)| path == "/leads/1/name" && span.of(&data.sheet.text) == "Eva")
        );
    }

    #[test]
    fn lists_of_fields_are_pairs() {
        let data = read(
            r#"{"fields":[{"label":"Vorname","value":"Max"},{"label":"E-Mail","value":"m@example.test"}]}"#,
        )
        .unwrap();
        assert_eq!(shown(&data), [[("E-Mail", "m@example.test"), ("Vorname", "Max")]]);
    }

    #[test]
    fn what_is_no_json_is_nothing() {
        assert!(read("Name: Max").is_none());
        assert!(read(&"[".repeat(100_000)).is_none());
    }
}
