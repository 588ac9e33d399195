//! Values without a label: an address block, a mail address on a line of its own, a name in a sentence. Less sure than
//! anything that has a label, and only looked for where something is missing.

use std::sync::LazyLock;

use regex::Regex;

use crate::mailbox::layout::Span;
use crate::mailbox::parsed::LeadField;
use crate::mailbox::values::{
    Found, NameOrder, emails, find_phone, is_name_like, is_office, is_particle, is_salutation,
    looks_like_company, read_address, read_postal_city, split_name,
};

use super::boilerplate::{is_closing, is_footer};
use super::draft::{Candidate, Draft, within};
use super::fields::Surroundings;
use super::pairs::Item;

/// How sure a value is that stands somewhere without a label.
const POSITION: f64 = 0.55;
/// How sure a value is that stands in a sentence.
const PROSE: f64 = 0.5;

/// Fills what is missing in a lead from the unlabelled text around it. `alone` where nothing was labelled: then the
/// name is looked for as well.
pub(super) fn fill(text: &str, items: &[Item], around: &Surroundings, draft: &mut Draft, alone: bool) {
    let lines: Vec<Span> = items
        .iter()
        .filter_map(|item| match item {
            Item::Text(span) | Item::Heading(span) => Some(*span),
            _ => None,
        })
        .collect();
    let signature = signature_start(text, &lines);
    let lines = &lines[..signature];
    let offer = |draft: &mut Draft, field: LeadField, span: Span, found: &Found, confidence: f64| {
        draft.offer(
            field,
            Candidate {
                value: found.value.clone(),
                place: within(around.sheet, span, found),
                by: "position".to_string(),
                confidence,
            },
        );
    };
    let mut block_line = None;
    if !draft.has(LeadField::Email) {
        let mut candidates: Vec<(usize, Found)> = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            for found in emails(line.of(text)) {
                let is_known = candidates
                    .iter()
                    .any(|(_, known)| known.value.eq_ignore_ascii_case(&found.value));
                if !around.is_foreign(&found.value) && !is_role(&found.value, around) && !is_known {
                    candidates.push((index, found));
                }
            }
        }
        // Two addresses are no answer to the question whose it is.
        if let [(index, found)] = candidates.as_slice() {
            offer(draft, LeadField::Email, lines[*index], found, POSITION);
            block_line = Some(*index);
        }
    }
    if !draft.has(LeadField::Phone) {
        let numbers: Vec<(usize, Found)> = lines
            .iter()
            .enumerate()
            .filter_map(|(index, line)| {
                let shown = line.of(text);
                let found = find_phone(shown)?;
                // On a line of its own, or with little beside it.
                (shown.chars().count() <= found.value.chars().count() + 30).then_some((index, found))
            })
            .collect();
        if let [(index, found)] = numbers.as_slice() {
            offer(draft, LeadField::Phone, lines[*index], found, POSITION);
            block_line = block_line.or(Some(*index));
        }
    }
    if !draft.has(LeadField::PostalCode) && !draft.has(LeadField::City) {
        let town = lines
            .iter()
            .enumerate()
            .find_map(|(index, line)| Some((index, read_postal_city(line.of(text))?)));
        if let Some((index, (code, city))) = town {
            offer(draft, LeadField::PostalCode, lines[index], &code, POSITION);
            offer(draft, LeadField::City, lines[index], &city, POSITION);
            block_line = Some(index);
            if index > 0 && !draft.has(LeadField::Street) {
                let above = lines[index - 1];
                if let Some(street) = read_address(above.of(text)).street {
                    offer(draft, LeadField::Street, above, &street, POSITION);
                    block_line = Some(index - 1);
                }
            }
        }
    }
    if !draft.has_name() {
        fill_name_in_prose(text, lines, around, draft);
    }
    if !draft.has_name()
        && alone
        && let Some(index) = block_line
    {
        fill_name_above(text, lines, index, around, draft);
    }
}

/// The first line of a block of contact data is the name.
fn fill_name_above(text: &str, lines: &[Span], index: usize, around: &Surroundings, draft: &mut Draft) {
    for line in lines[index.saturating_sub(5)..=index].iter().rev() {
        let shown = line.of(text);
        let words = shown.split_whitespace().count();
        let reads_as_name = shown
            .split_whitespace()
            .all(|word| word.starts_with(char::is_uppercase) || is_particle(word));
        let is_name = is_name_like(shown)
            && (2..=5).contains(&words)
            && reads_as_name
            && !looks_like_company(shown)
            && !is_closing(shown)
            && !shown.ends_with([',', '.', ':'])
            && read_address(shown).street.is_none();
        if is_name {
            offer_name(text, *line, around, draft, POSITION);
            return;
        }
    }
}

fn fill_name_in_prose(text: &str, lines: &[Span], around: &Surroundings, draft: &mut Draft) {
    static PERSON: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?x)\b(?:Herrn?|Frau|Mr\.?|Mrs\.?|Ms\.?|Monsieur|Madame|Signora?|Signor)\s+
            (?:(?:Dr|Prof)\.\s+)*\p{Lu}[\p{L}'’-]+(?:\s+(?:von|van|de|der|den|zu|di|da|la|\p{Lu}[\p{L}'’-]+)){0,4}",
        )
        .expect("a tested pattern")
    });
    static GREETING: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:geehrte[rs]?|liebe[rs]?|hallo|guten\s+(?:tag|morgen|abend)|dear|hello|bonjour|cher|chère|gentile|egregio)\s*$")
            .expect("a tested pattern")
    });
    for line in lines {
        let shown = line.of(text);
        if is_footer(shown) {
            continue;
        }
        for found in PERSON.find_iter(shown) {
            if GREETING.is_match(&shown[..found.start()]) {
                continue;
            }
            let span = line.part(found.start(), found.end());
            offer_name(text, span, around, draft, PROSE);
            return;
        }
    }
}

fn offer_name(text: &str, span: Span, around: &Surroundings, draft: &mut Draft, confidence: f64) {
    let parts = split_name(span.of(text), NameOrder::Usual);
    for (field, part) in [
        (LeadField::Salutation, parts.salutation),
        (LeadField::Title, parts.title),
        (LeadField::FirstName, parts.first),
        (LeadField::LastName, parts.last),
    ] {
        if let Some(found) = part
            && !(field == LeadField::LastName && is_salutation(&found.value))
        {
            draft.offer(
                field,
                Candidate {
                    value: found.value.clone(),
                    place: within(around.sheet, span, &found),
                    by: "position".to_string(),
                    confidence,
                },
            );
        }
    }
}

/// Where the sender's closing begins; what follows is the sender's and not the lead's.
fn signature_start(text: &str, lines: &[Span]) -> usize {
    lines
        .iter()
        .position(|line| {
            let shown = line.of(text);
            is_closing(shown)
                || shown.trim_end() == "--"
                || is_footer(shown) && shown.to_lowercase().contains("team")
        })
        .unwrap_or(lines.len())
}

/// Addresses of an organisation and not of a person, at the sender's or recipient's own domain.
fn is_role(address: &str, around: &Surroundings) -> bool {
    let Some((local, domain)) = address.split_once('@') else {
        return false;
    };
    let domain = domain.to_lowercase();
    let is_theirs = around
        .foreign_addresses
        .iter()
        .any(|foreign| foreign.rsplit('@').next() == Some(domain.as_str()));
    is_theirs || is_office(&local.to_lowercase())
}
