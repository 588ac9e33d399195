//! vCard 2.1 to 4.0: the properties that a lead has.

use super::{Data, Writer, known};
use crate::mailbox::message::{decode_charset, decode_quoted_printable};
use crate::mailbox::reading::pairs::{How, Pair};
use crate::mailbox::vocabulary::{Concept, Section};

pub(super) fn read(text: &str) -> Option<Data> {
    let mut writer = Writer::default();
    let mut records: Vec<Vec<Pair>> = Vec::new();
    let mut inside = false;
    for line in unfolded(text) {
        let Some(property) = Property::read(&line) else {
            continue;
        };
        match (
            property.name.as_str(),
            property.value.trim().to_ascii_uppercase().as_str(),
        ) {
            ("BEGIN", "VCARD") => {
                records.push(Vec::new());
                inside = true;
            }
            ("END", "VCARD") => inside = false,
            _ if inside => {
                if let Some(record) = records.last_mut() {
                    property.write(&mut writer, record);
                }
            }
            _ => {}
        }
    }
    records.retain(|record| !record.is_empty());
    (!records.is_empty()).then(|| Data {
        format: "vcard",
        sheet: writer.sheet(),
        records,
        ..Data::default()
    })
}

/// Long lines go on in lines that begin with a blank; in version 2.1 also after a soft line break.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut soft = false;
    for raw in text.lines() {
        match lines.last_mut() {
            Some(last) if soft => {
                last.push('\n');
                last.push_str(raw);
            }
            Some(last) if raw.starts_with([' ', '\t']) => last.push_str(&raw[1..]),
            _ => lines.push(raw.to_string()),
        }
        soft = raw.ends_with('=')
            && lines
                .last()
                .is_some_and(|line| line.to_ascii_uppercase().contains("QUOTED-PRINTABLE"));
    }
    lines
}

struct Property {
    name: String,
    kind: String,
    value: String,
}

impl Property {
    fn read(line: &str) -> Option<Property> {
        let (head, value) = line.split_once(':')?;
        let mut parameters = head.split(';');
        // "item1.EMAIL" groups properties.
        let name = parameters.next()?.rsplit('.').next()?.trim().to_ascii_uppercase();
        let kind = parameters.collect::<Vec<_>>().join(";").to_ascii_uppercase();
        let value = if kind.contains("QUOTED-PRINTABLE") {
            let charset = kind
                .split(';')
                .find_map(|parameter| parameter.strip_prefix("CHARSET="))
                .map(str::to_string);
            decode_charset(&decode_quoted_printable(value.as_bytes()), charset.as_deref())
        } else {
            value.to_string()
        };
        Some(Property { name, kind, value })
    }

    fn write(&self, writer: &mut Writer, record: &mut Vec<Pair>) {
        let components: Vec<String> = split_unescaped(&self.value)
            .into_iter()
            .map(|part| unescaped(&part))
            .collect();
        let component = |index: usize| components.get(index).map(|part| part.trim()).unwrap_or_default();
        let mut add = |label: &str, concept: Concept, value: &str| {
            if !value.is_empty() {
                let (label, value) = writer.line(label, value);
                record.push(Pair {
                    label,
                    meaning: Some(known(concept)),
                    value,
                    how: How::Label,
                    section: Section::Person,
                });
            }
        };
        match self.name.as_str() {
            "N" => {
                add("N.family", Concept::LastName, component(0));
                add("N.given", Concept::FirstName, component(1));
                add("N.prefix", Concept::Title, component(3));
            }
            "FN" => add("FN", Concept::FullName, &unescaped(&self.value)),
            "ORG" => add("ORG", Concept::Company, component(0)),
            "EMAIL" => add("EMAIL", Concept::Email, &self.value),
            "TEL" if self.kind.contains("FAX") => add("TEL (fax)", Concept::Fax, &self.value),
            "TEL" if self.kind.contains("CELL") => add(
                "TEL (mobil)",
                Concept::Mobile,
                self.value.trim_start_matches("tel:"),
            ),
            "TEL" => add("TEL", Concept::Phone, self.value.trim_start_matches("tel:")),
            "ADR" => {
                add("ADR.street", Concept::Street, component(2));
                add("ADR.city", Concept::City, component(3));
                add("ADR.code", Concept::PostalCode, component(5));
                add("ADR.country", Concept::Country, component(6));
            }
            "NOTE" => add("NOTE", Concept::Message, &unescaped(&self.value)),
            "ROLE" | "TITLE" => add(&self.name, Concept::Other, &unescaped(&self.value)),
            _ => {}
        }
    }
}

fn split_unescaped(value: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for char in value.chars() {
        if char == ';' && !escaped {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(char);
        }
        escaped = char == '\\' && !escaped;
    }
    parts
}

fn unescaped(value: &str) -> String {
    value
        .replace("\\n", "\n")
        .replace("\\N", "\n")
        .replace("\\,", ",")
        .replace("\\;", ";")
        .replace("\\\\", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_of_all_versions_are_read() {
        let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Muster;Max;;Dr.;\r\nFN:Dr. Max Muster\r\nitem1.EMAIL;TYPE=work:max@exam\r\n ple.test\r\n\
            TEL;TYPE=CELL:+49 171 1234567\r\nADR;TYPE=home:;;Musterweg 1;Berlin;;10115;Deutschland\r\nNOTE:Zeile\\, eins\\nzwei\r\nEND:VCARD\r\n\
            BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;Eva\r\nEND:VCARD\r\n";
        let data = read(text).unwrap();
        let shown = |record: &[Pair]| -> Vec<(String, String)> {
            record
                .iter()
                .map(|pair| {
                    (
                        pair.label.of(&data.sheet.text).to_string(),
                        pair.value.of(&data.sheet.text).to_string(),
                    )
                })
                .collect()
        };
        assert_eq!(data.records.len(), 2);
        let first = shown(&data.records[0]);
        assert!(first.contains(&("EMAIL".into(), "max@example.test".into())));
        assert!(first.contains(&("ADR.code".into(), "10115".into())));
        assert!(first.contains(&("NOTE".into(), "Zeile, eins\nzwei".into())));
        assert_eq!(shown(&data.records[1])[0].1, "Müller");
    }
}
