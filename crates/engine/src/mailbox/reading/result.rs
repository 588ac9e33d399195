//! From a draft to what is handed out: places as characters of decoded texts, a confidence, the time of the mail.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::mailbox::layout::Span;
use crate::mailbox::message::{Part, read_mail_date};
use crate::mailbox::parsed::{LeadField, ParsedLead, Provenance};

use super::Circumstances;
use super::draft::{Candidate, Draft, Place};
use super::letters::Contents;

/// Finishes the leads of a mail.
pub(super) struct Finisher<'a> {
    contents: &'a Contents,
    rule: &'a str,
    received: Option<(String, Provenance)>,
    counts: BTreeMap<usize, CharCounts>,
}

impl<'a> Finisher<'a> {
    pub(super) fn new(
        contents: &'a Contents,
        mail: &Part,
        circumstances: &Circumstances,
        rule: &'a str,
    ) -> Self {
        Finisher {
            contents,
            rule,
            received: received_at(mail, circumstances, rule),
            counts: BTreeMap::new(),
        }
    }

    pub(super) fn finish(&mut self, draft: &Draft) -> ParsedLead {
        let mut lead = ParsedLead {
            confidence: confidence(draft),
            ..ParsedLead::default()
        };
        for (field, candidate) in &draft.fields {
            lead.fields.insert(*field, candidate.value.clone());
            lead.provenance
                .insert(field.name().to_string(), self.provenance(candidate));
        }
        for (label, candidate) in &draft.extra {
            lead.extra.insert(label.clone(), candidate.value.clone());
            lead.provenance
                .insert(format!("extra.{label}"), self.provenance(candidate));
        }
        if let (false, Some((moment, provenance))) = (draft.has(LeadField::ReceivedAt), &self.received) {
            lead.fields.insert(LeadField::ReceivedAt, moment.clone());
            lead.provenance
                .insert(LeadField::ReceivedAt.name().to_string(), provenance.clone());
        }
        lead
    }

    fn provenance(&mut self, candidate: &Candidate) -> Provenance {
        let by = format!("{}/{}", self.rule, candidate.by);
        match &candidate.place {
            Place::Sheet(index, span) => {
                let sheet = &self.contents.sheets[*index];
                let counts = self
                    .counts
                    .entry(*index)
                    .or_insert_with(|| CharCounts::of(&sheet.text));
                Provenance {
                    part: sheet.part.clone(),
                    start: counts.chars_before(&sheet.text, span.start),
                    end: counts.chars_before(&sheet.text, span.end),
                    text: span.of(&sheet.text).to_string(),
                    by,
                }
            }
            Place::Header { part, text, span } => provenance_in(part, text, *span, by),
        }
    }
}

fn provenance_in(part: &str, text: &str, span: Span, by: String) -> Provenance {
    Provenance {
        part: part.to_string(),
        start: text[..span.start].chars().count(),
        end: text[..span.end].chars().count(),
        text: span.of(text).to_string(),
        by,
    }
}

/// How many characters stand before every 512th byte of a text, so that many places can be told quickly.
struct CharCounts(Vec<usize>);

const STEP: usize = 512;

impl CharCounts {
    fn of(text: &str) -> Self {
        let is_start = |byte: &u8| *byte & 0b1100_0000 != 0b1000_0000;
        let mut counts = vec![0];
        let mut sum = 0;
        for chunk in text.as_bytes().chunks(STEP) {
            sum += chunk.iter().filter(|byte| is_start(byte)).count();
            counts.push(sum);
        }
        CharCounts(counts)
    }

    /// Characters that begin before byte `at`.
    fn chars_before(&self, text: &str, at: usize) -> usize {
        let step = at / STEP;
        let rest = &text.as_bytes()[step * STEP..at];
        self.0[step]
            + rest
                .iter()
                .filter(|byte| **byte & 0b1100_0000 != 0b1000_0000)
                .count()
    }
}

/// The time of the mail, with its place.
fn received_at(mail: &Part, circumstances: &Circumstances, rule: &str) -> Option<(String, Provenance)> {
    let shown = |moment: DateTime<Utc>| moment.to_rfc3339_opts(SecondsFormat::Secs, true);
    if let Some(text) = mail.headers.text("date")
        && let Some(moment) = read_mail_date(&text)
    {
        let span = Span::new(0, text.len());
        let by = format!("{rule}/header:Date");
        return Some((shown(moment), provenance_in("header:Date", &text, span, by)));
    }
    if let Some(text) = mail.headers.text("received")
        && let Some(at) = text.rfind(';')
        && let Some(moment) = read_mail_date(&text[at + 1..])
    {
        let span = Span::new(at + 1, text.len()).trimmed(&text);
        let by = format!("{rule}/header:Received");
        return Some((shown(moment), provenance_in("header:Received", &text, span, by)));
    }
    let moment = circumstances.internal_date?;
    let text = shown(moment);
    let by = format!("{rule}/delivery");
    Some((
        text.clone(),
        provenance_in("internaldate", &text, Span::new(0, text.len()), by),
    ))
}

/// How sure the reading is as a whole: mostly how sure one can reach and name the person.
fn confidence(draft: &Draft) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (field, candidate) in &draft.fields {
        let weight = match field {
            LeadField::Email | LeadField::LastName => 1.0,
            LeadField::Phone | LeadField::FirstName => 0.8,
            _ => 0.3,
        };
        sum += weight * candidate.confidence;
        weights += weight;
    }
    let mut confidence: f64 = if weights > 0.0 { sum / weights } else { 0.0 };
    if !draft.has(LeadField::Email) {
        confidence -= 0.1;
    }
    if !draft.has_name() {
        confidence -= 0.1;
    }
    (confidence.clamp(0.0, 1.0) * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_characters() {
        let text = "ä€😀x".repeat(1_000);
        let counts = CharCounts::of(&text);
        for (chars, (at, _)) in text.char_indices().enumerate() {
            assert_eq!(counts.chars_before(&text, at), chars);
        }
        assert_eq!(counts.chars_before(&text, text.len()), 4_000);
    }
}
