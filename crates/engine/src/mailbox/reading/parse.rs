//! The way through one mail.

use chrono_tz::Tz;

use crate::mailbox::layout::quoting::{InlineHeader, Origin, Segment, segments};
use crate::mailbox::layout::{Block, Sheet};
use crate::mailbox::message::{Address, Part, read_addresses};
use crate::mailbox::parsed::{LeadField, MailStatus, ParsedMail};
use crate::mailbox::rules::{Rule, RuleBook};

use crate::mailbox::values::{is_machine_address, is_mail_provider, is_office};

use super::Circumstances;
use super::context::{
    Sender, fill_consent, fill_course, fill_from_senders, fill_portal, is_about_education, senders,
};
use super::draft::Draft;
use super::fields::Surroundings;
use super::leads::{leads, together};
use super::letters::{Contents, SourceKind, contents};
use super::pairs::{Item, Pair, items};
use super::positions;
use super::result::Finisher;
use super::ruled::apply;
use super::verdict::{Bearing, is_automatic};

/// The id of the reading without a rule.
pub(super) const GENERIC: &str = "generic";
/// How sure a value behind a known label is without a rule that knows the sender.
const GENERIC_CONFIDENCE: f64 = 0.8;

/// What one stretch of one part gives.
pub(super) struct Reading {
    source: usize,
    pub(super) sheet: usize,
    letter: usize,
    header: Option<InlineHeader>,
    items: Vec<Item>,
    pub(super) leads: Vec<(Draft, Vec<Pair>)>,
    pub(super) around: Surroundings,
}

/// Reads a mail.
pub(super) fn parse(mail: &Part, rules: &RuleBook, circumstances: &Circumstances) -> ParsedMail {
    let contents = contents(mail);
    if is_automatic(&contents.letters[0]) {
        return ParsedMail::unmatched();
    }
    let rule = rules.matching(&contents.evidence());
    let bearing = Bearing::of(&contents, rule.is_some());
    let mut readings = readings(&contents, rule, circumstances.zone);
    let Some(best) = choose(&readings, bearing) else {
        return ParsedMail::unmatched();
    };
    let mut reading = readings.swap_remove(best);
    if let Some(rule) = rule {
        apply(rule, &contents, &mut reading);
    }
    let has_leads = reading.leads.iter().any(|(draft, _)| bearing.is_lead(draft));
    if has_leads {
        reading.leads.retain(|(draft, _)| bearing.is_lead(draft));
    }
    let alone = !has_leads && (bearing.ruled || bearing.inquiry);
    let sender_may_be_portal = rule.is_none_or(|rule| rule.sender_is_portal);
    fill(&contents, &readings, &mut reading, alone, sender_may_be_portal);
    let (source, letter) = (reading.source, reading.letter);
    reading.leads.retain(|(draft, _)| {
        bearing.is_lead(draft) && !is_only_the_sender(&contents, draft, source, letter, bearing)
    });
    if reading.leads.is_empty() {
        return ParsedMail::unmatched();
    }
    let rule_id = rule.map_or(GENERIC, |rule| rule.id.as_str());
    let mut finisher = Finisher::new(&contents, mail, circumstances, rule_id);
    ParsedMail {
        status: MailStatus::Parsed,
        rule: Some(rule_id.to_string()),
        leads: reading
            .leads
            .iter()
            .map(|(draft, _)| finisher.finish(draft))
            .collect(),
        ..ParsedMail::unmatched()
    }
}

/// All stretches that may hold leads.
fn readings(contents: &Contents, rule: Option<&Rule>, zone: Tz) -> Vec<Reading> {
    let mut texts: Vec<&str> = contents.sheets.iter().map(|sheet| sheet.text.as_str()).collect();
    let subjects: Vec<String> = contents
        .letters
        .iter()
        .map(super::letters::Letter::subject)
        .collect();
    texts.extend(subjects.iter().map(String::as_str));
    let senders: Vec<String> = contents
        .letters
        .iter()
        .filter_map(|letter| letter.headers.text("from"))
        .collect();
    texts.extend(senders.iter().map(String::as_str));
    let education = is_about_education(&texts);
    let confidence = rule.map_or(GENERIC_CONFIDENCE, |rule| rule.confidence);
    let mut readings = Vec::new();
    for (source_index, source) in contents.sources.iter().enumerate() {
        let sheet = &contents.sheets[source.sheet];
        let around = Surroundings {
            sheet: source.sheet,
            zone,
            foreign_addresses: foreign_addresses(contents, source.letter),
            sender_domains: sender_domains(contents, source.letter),
            portal_domains: portal_domains(
                &contents.letters[source.letter].headers.addresses("from"),
                &recipients(contents),
            ),
            flowed: source.flowed,
            education,
            confidence,
        };
        let mut add = |items: Vec<Item>, leads, header, around: Surroundings| {
            readings.push(Reading {
                source: source_index,
                sheet: source.sheet,
                letter: source.letter,
                header,
                items,
                leads,
                around,
            });
        };
        match &source.kind {
            SourceKind::Data(data) => {
                let leads = together(&sheet.text, &data.records, &data.shared, &around);
                add(Vec::new(), leads, None, around);
            }
            SourceKind::Body | SourceKind::Attachment => {
                for segment in segments(sheet, contents.letters[source.letter].subject_kind()) {
                    if segment.origin == Origin::Replied {
                        continue;
                    }
                    let segment = without_ignored(sheet, segment, rule);
                    let mut around = around.clone();
                    add_foreign_of(sheet, &segment, contents, source.letter, &mut around);
                    let items = items(sheet, &segment);
                    let mut leads = leads(&sheet.text, &items, &around);
                    if rule.is_some_and(|rule| !rule.generic) {
                        for (draft, _) in &mut leads {
                            *draft = Draft::default();
                        }
                    }
                    add(items, leads, segment.header.clone(), around);
                }
            }
        }
    }
    readings
}

/// Addresses that belong to whoever received or passed on the mail.
fn foreign_addresses(contents: &Contents, letter: usize) -> Vec<String> {
    let mut foreign = Vec::new();
    for (index, other) in contents.letters.iter().enumerate() {
        for name in [
            "to",
            "cc",
            "delivered-to",
            "x-original-to",
            "envelope-to",
            "x-envelope-to",
            "return-path",
            "sender",
        ] {
            foreign.extend(other.headers.addresses(name));
        }
        // Whoever forwarded the letter is not the one who wrote it.
        if index < letter {
            foreign.extend(other.headers.addresses("from"));
        }
    }
    let senders: Vec<String> = contents.letters[letter]
        .headers
        .addresses("from")
        .into_iter()
        .chain(contents.letters[letter].headers.addresses("reply-to"))
        .map(|address| address.email.to_lowercase())
        .collect();
    let mut lower: Vec<String> = foreign
        .into_iter()
        .map(|address| address.email.to_lowercase())
        .filter(|email| !email.is_empty())
        .collect();
    // Forms are often sent in the name of the person: then the envelope names the person too.
    let recipients: Vec<String> = contents
        .letters
        .iter()
        .flat_map(|letter| letter.headers.addresses("to"))
        .map(|address| address.email.to_lowercase())
        .collect();
    lower.retain(|email| !senders.contains(email) || recipients.contains(email));
    lower.sort_unstable();
    lower.dedup();
    lower
}

fn recipients(contents: &Contents) -> Vec<Address> {
    contents
        .letters
        .iter()
        .flat_map(|letter| letter.headers.addresses("to"))
        .collect()
}

/// The domains of senders that are no people, as long as they are not the recipient's own.
fn portal_domains(senders: &[Address], recipients: &[Address]) -> Vec<String> {
    let domain = |address: &Address| Some(address.email.rsplit_once('@')?.1.to_lowercase());
    let own: Vec<String> = recipients.iter().filter_map(domain).collect();
    senders
        .iter()
        .filter(|sender| {
            let local = sender.email.split('@').next().unwrap_or_default().to_lowercase();
            is_machine_address(&sender.email) || is_office(&local)
        })
        .filter_map(domain)
        .filter(|domain| !own.contains(domain) && !is_mail_provider(domain))
        .collect()
}

/// The domains of whoever sent the mail.
fn sender_domains(contents: &Contents, letter: usize) -> Vec<String> {
    contents.letters[letter]
        .headers
        .addresses("from")
        .iter()
        .filter_map(|address| Some(address.email.rsplit_once('@')?.1.to_lowercase()))
        .collect()
}

/// What the header lines above a forwarded stretch say of the recipient, and who forwarded it.
fn add_foreign_of(
    sheet: &Sheet,
    segment: &Segment,
    contents: &Contents,
    letter: usize,
    around: &mut Surroundings,
) {
    if segment.origin != Origin::Forwarded {
        return;
    }
    let forwarder = contents.letters[letter].headers.addresses("from");
    let recipients = segment
        .header
        .as_ref()
        .and_then(|header| header.to)
        .map(|to| read_addresses(to.of(&sheet.text)))
        .unwrap_or_default();
    let senders = segment
        .header
        .as_ref()
        .and_then(|header| header.from)
        .map(|from| read_addresses(from.of(&sheet.text)))
        .unwrap_or_default();
    let original: Vec<String> = senders
        .iter()
        .map(|address| address.email.to_lowercase())
        .collect();
    around
        .portal_domains
        .extend(portal_domains(&senders, &recipients));
    for address in forwarder.into_iter().chain(recipients) {
        let email = address.email.to_lowercase();
        if !email.is_empty() && !original.contains(&email) {
            around.foreign_addresses.push(email);
        }
    }
}

/// The stretch up to the first line that the rule ignores.
fn without_ignored(sheet: &Sheet, mut segment: Segment, rule: Option<&Rule>) -> Segment {
    let Some(rule) = rule.filter(|rule| !rule.ignore.is_empty()) else {
        return segment;
    };
    let cut = sheet.blocks[segment.blocks.clone()]
        .iter()
        .position(|block| match block {
            Block::Line(line) => rule
                .ignore
                .iter()
                .any(|ignored| ignored.is_match(line.span.of(&sheet.text))),
            Block::Table(_) => false,
        });
    if let Some(cut) = cut {
        segment.blocks.end = segment.blocks.start + cut;
    }
    segment
}

/// The reading that says most: real leads before anything else.
fn choose(readings: &[Reading], bearing: Bearing) -> Option<usize> {
    let worth = |reading: &Reading| -> f64 {
        let leads: f64 = reading
            .leads
            .iter()
            .filter(|(draft, _)| bearing.is_lead(draft))
            .map(|(draft, _)| 10.0 + draft.score())
            .sum();
        let rest = reading
            .leads
            .iter()
            .map(|(draft, pairs)| draft.weight() + 0.01 * pairs.len().min(50) as f64)
            .fold(0.0, f64::max);
        leads + rest * 0.1
    };
    // The first of equals: plain text stands before its HTML form.
    let mut best: Option<(usize, f64)> = None;
    for (index, reading) in readings.iter().enumerate() {
        let worth = worth(reading);
        if best.is_none_or(|(_, known)| worth > known) {
            best = Some((index, worth));
        }
    }
    best.map(|(index, _)| index)
}

/// Fills what the chosen reading lacks, from the surer to the less sure.
fn fill(
    contents: &Contents,
    others: &[Reading],
    reading: &mut Reading,
    alone: bool,
    sender_may_be_portal: bool,
) {
    let single = reading.leads.len() == 1;
    for (draft, _) in &mut reading.leads {
        for other in others {
            let alternative = |source: usize| contents.sources[source].alternative;
            let same_text = alternative(reading.source).is_some()
                && alternative(reading.source) == alternative(other.source);
            let is_data = matches!(contents.sources[other.source].kind, SourceKind::Data(_));
            let mut matching = other
                .leads
                .iter()
                .filter(|(theirs, _)| is_same_lead(draft, theirs, single && other.leads.len() == 1));
            if (same_text || is_data)
                && let (Some((theirs, _)), None) = (matching.next(), matching.next())
            {
                draft.fill_from(theirs);
            }
        }
    }
    let letter = &contents.letters[reading.letter];
    let sheet = &contents.sheets[reading.sheet];
    let inline = reading
        .header
        .as_ref()
        .map(|header| (header, reading.sheet, sheet));
    let senders: Vec<Sender> = senders(letter, inline);
    if single || alone {
        if reading.leads.is_empty() {
            reading.leads.push((Draft::default(), Vec::new()));
        }
        reading.leads.truncate(1);
        for (draft, _) in &mut reading.leads {
            positions::fill(&sheet.text, &reading.items, &reading.around, draft, alone);
            fill_from_senders(&senders, &reading.around, draft);
            fill_consent(sheet, reading.sheet, &reading.around, draft);
            fill_course(letter, sheet, reading.sheet, &reading.around, draft);
        }
    }
    for (draft, _) in &mut reading.leads {
        fill_portal(
            &senders,
            letter,
            sheet,
            &reading.around,
            sender_may_be_portal,
            draft,
        );
    }
}

/// Whether two readings speak of the same person: nothing in them contradicts, or the address is the same.
fn is_same_lead(one: &Draft, other: &Draft, only_ones: bool) -> bool {
    let same = |field: LeadField| match (one.value(field), other.value(field)) {
        (Some(a), Some(b)) => Some(a.eq_ignore_ascii_case(b)),
        _ => None,
    };
    match same(LeadField::Email) {
        Some(same) => same,
        None => only_ones && same(LeadField::LastName) != Some(false),
    }
}

/// A business card that somebody attaches to every mail is no lead, and neither is the sender's own contact.
fn is_only_the_sender(
    contents: &Contents,
    draft: &Draft,
    source: usize,
    letter: usize,
    bearing: Bearing,
) -> bool {
    let letter = &contents.letters[letter];
    let is_card = matches!(&contents.sources[source].kind, SourceKind::Data(data) if data.format == "vcard");
    let sender = letter.from().map(|from| from.email.to_lowercase());
    let is_senders_card =
        is_card && !bearing.ruled && draft.value(LeadField::Email).map(str::to_lowercase) == sender;
    is_senders_card || bearing.is_own_contact(letter, draft)
}
