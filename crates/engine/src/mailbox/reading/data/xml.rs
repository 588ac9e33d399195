//! XML: every text and attribute as a line `path: value`; elements that repeat are a record each.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Data, Writer, is_record, pair};
use crate::mailbox::layout::Span;
use crate::mailbox::reading::pairs::Pair;

/// Elements and nesting beyond this are skipped.
const MOST: usize = 200_000;
const DEEPEST: usize = 64;

struct Node {
    path: Vec<String>,
    text: String,
    has_children: bool,
    /// Where this element's lines begin among all.
    first: usize,
}

struct Entry {
    path: Vec<String>,
    pointer: String,
    label: Span,
    value: Span,
}

/// Entities of the document type are not expanded, and nothing outside is loaded.
pub(super) fn read(text: &str) -> Option<Data> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut writer = Writer::default();
    let mut entries: Vec<Entry> = Vec::new();
    let mut open: Vec<Node> = Vec::new();
    // The lines of each finished element, by its path.
    let mut elements: Vec<(String, usize, usize)> = Vec::new();
    let mut seen = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                begin(&start, &mut open, &mut entries, &mut writer)?;
            }
            Ok(Event::Empty(start)) => {
                begin(&start, &mut open, &mut entries, &mut writer)?;
                end(&mut open, &mut entries, &mut writer, &mut elements);
            }
            Ok(Event::End(_)) => end(&mut open, &mut entries, &mut writer, &mut elements),
            Ok(Event::Text(chunk)) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&chunk);
                }
            }
            Ok(Event::CData(chunk)) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&chunk);
                }
            }
            Ok(Event::GeneralRef(reference)) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&entity(&reference));
                }
            }
            Ok(Event::Eof) => break,
            // What came before a fault is kept.
            Err(_) => break,
            Ok(_) => {}
        }
        seen += 1;
        if seen > MOST {
            break;
        }
    }
    while !open.is_empty() {
        end(&mut open, &mut entries, &mut writer, &mut elements);
    }
    (!entries.is_empty()).then(|| data(entries, &elements, writer))
}

fn entity(name: &str) -> String {
    let code = name
        .strip_prefix('#')
        .and_then(|number| match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        });
    match (name, code.and_then(char::from_u32)) {
        (_, Some(char)) => char.to_string(),
        ("amp", _) => "&".to_string(),
        ("lt", _) => "<".to_string(),
        ("gt", _) => ">".to_string(),
        ("quot", _) => "\"".to_string(),
        ("apos", _) => "'".to_string(),
        _ => format!("&{name};"),
    }
}

/// Opens an element; `None` where it is nested too deep.
fn begin(
    start: &BytesStart<'_>,
    open: &mut Vec<Node>,
    entries: &mut Vec<Entry>,
    writer: &mut Writer,
) -> Option<()> {
    if open.len() >= DEEPEST {
        return None;
    }
    let name = start.local_name().into_inner().to_string();
    let mut path = open.last().map_or_else(Vec::new, |node| node.path.clone());
    path.push(name);
    if let Some(parent) = open.last_mut() {
        parent.has_children = true;
    }
    let first = entries.len();
    let mut label = None;
    for attribute in start.attributes().flatten() {
        let name = attribute.key.local_name().into_inner().to_string();
        let value = unescaped(&attribute.value);
        // <field name="email">…</field>, <name part="first">…</name>
        let names_itself = matches!(name.as_str(), "name" | "label" | "key" | "title") && is_nameless(&path)
            || matches!(name.as_str(), "part" | "type");
        if names_itself && label.is_none() {
            label = Some(value.clone());
        }
        if name.starts_with("xmlns") || name == "schemaLocation" {
            continue;
        }
        let mut attribute_path = path.clone();
        attribute_path.push(format!("@{name}"));
        add(attribute_path, &value, entries, writer);
    }
    path.extend(label);
    open.push(Node {
        path,
        text: String::new(),
        has_children: false,
        first,
    });
    Some(())
}

/// Elements that only hold what their attribute names.
fn is_nameless(path: &[String]) -> bool {
    matches!(
        path.last().map(String::as_str),
        Some("field" | "feld" | "item" | "entry" | "property" | "param" | "value")
    )
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        match rest[start..].find(';').filter(|end| *end <= 10) {
            Some(end) => {
                out.push_str(&entity(&rest[start + 1..start + end]));
                rest = &rest[start + end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[start + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn end(
    open: &mut Vec<Node>,
    entries: &mut Vec<Entry>,
    writer: &mut Writer,
    elements: &mut Vec<(String, usize, usize)>,
) {
    let Some(node) = open.pop() else { return };
    let text = node.text.trim();
    if !node.has_children && !text.is_empty() {
        add(node.path.clone(), text, entries, writer);
    }
    if node.has_children || entries.len() > node.first + 1 {
        elements.push((node.path.join("/"), node.first, entries.len()));
    }
}

fn add(path: Vec<String>, value: &str, entries: &mut Vec<Entry>, writer: &mut Writer) {
    let (label, value) = writer.line(&path.join("."), value);
    let own = path.last().map_or(0, String::len);
    let width = label.end - label.start;
    entries.push(Entry {
        pointer: path.join("/"),
        path,
        label: label.part(width - own, width),
        value,
    });
}

fn data(entries: Vec<Entry>, elements: &[(String, usize, usize)], writer: Writer) -> Data {
    let pairs: Vec<Pair> = entries
        .iter()
        .map(|entry| {
            let path: Vec<&str> = entry
                .path
                .iter()
                .map(|name| name.trim_start_matches('@'))
                .collect();
            pair(&path, entry.label, entry.value)
        })
        .collect();
    // The outermost element that repeats and holds what a record holds.
    let repeating = elements
        .iter()
        .filter(|(path, ..)| elements.iter().filter(|(other, ..)| other == path).count() > 1)
        .filter(|(_, first, last)| is_record(&pairs[*first..*last]))
        .min_by_key(|(path, ..)| path.matches('/').count())
        .map(|(path, ..)| path.clone());
    let mut records = Vec::new();
    let mut shared = Vec::new();
    match repeating {
        Some(path) => {
            let places: Vec<(usize, usize)> = elements
                .iter()
                .filter(|(other, ..)| *other == path)
                .map(|(_, first, last)| (*first, *last))
                .collect();
            for (first, last) in &places {
                records.push(pairs[*first..*last].to_vec());
            }
            for (index, pair) in pairs.iter().enumerate() {
                if !places
                    .iter()
                    .any(|(first, last)| (*first..*last).contains(&index))
                {
                    shared.push(pair.clone());
                }
            }
        }
        None => records.push(pairs),
    }
    Data {
        format: "xml",
        sheet: writer.sheet(),
        records,
        shared,
        paths: entries
            .into_iter()
            .map(|entry| (entry.pointer, entry.value))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(data: &Data) -> Vec<Vec<(&str, &str)>> {
        let text = &data.sheet.text;
        data.records
            .iter()
            .map(|pairs| {
                pairs
                    .iter()
                    .map(|pair| (pair.label.of(text), pair.value.of(text)))
                    .collect()
            })
            .collect()
    }

    #[test]
    fn elements_attributes_and_entities_are_pairs() {
        let data = read("<?xml version='1.0'?><lead id='A-1'><name>M&#252;ller &amp; Co</name><mail><![CDATA[m@example.test]]></mail></lead>").unwrap();
        assert_eq!(
            shown(&data),
            [[
                ("@id", "A-1"),
                ("name", "Müller & Co"),
                ("mail", "m@example.test")
            ]]
        );
        assert!(data.paths.iter().any(|(path, _)| path == "lead/@id"));
    }

    #[test]
    fn repeated_elements_are_records() {
        let data = read("<leads><portal>P</portal><lead><name>Max</name><email>m@example.test</email></lead><lead><name>Eva</name><email>e@example.test</email></lead></leads>").unwrap();
        assert_eq!(data.records.len(), 2);
        assert_eq!(data.shared.len(), 1);
    }

    #[test]
    fn fields_with_a_name_are_labelled_by_it() {
        let data =
            read("<form><field name='Vorname'>Max</field><field name='E-Mail'>m@example.test</field></form>")
                .unwrap();
        let pairs = shown(&data);
        assert!(pairs[0].contains(&("Vorname", "Max")));
    }

    #[test]
    fn a_bomb_of_entities_stays_small() {
        let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><x><name>&b;</name></x>";
        assert_eq!(shown(&read(bomb).unwrap())[0][0].1, "&b;");
    }
}
