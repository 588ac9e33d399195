//! Looking at what was fetched.

use std::fmt::Write as _;
use std::io::Write as _;

use lotse_engine::mailbox::{MailQuery, MailRow, MailView, ParsedLead, ReadingCounts, inspect};
use serde::Serialize;

use super::Mailbox;
use crate::Outcome;
use crate::arguments::{ListArguments, ShowArguments};
use crate::outcome::{Failure, GOOD, counted, print, print_json, shown};

#[derive(Serialize)]
struct Listing<'a> {
    connection: &'a str,
    counts: ReadingCounts,
    total: u64,
    mails: Vec<MailRow>,
}

pub(super) fn list(arguments: &ListArguments) -> Outcome {
    let mailbox = Mailbox::open(arguments.mailbox.connection.as_deref())?;
    let page = mailbox.store.page(&MailQuery {
        status: arguments.status.map(Into::into),
        text: arguments.text.clone(),
        offset: arguments.offset,
        limit: arguments.limit,
    })?;
    let listing = Listing {
        connection: &mailbox.name,
        counts: mailbox.store.reading_counts()?,
        total: page.total,
        mails: page.rows,
    };
    if arguments.json {
        print_json(&listing)?;
        return Ok(GOOD);
    }
    let mut text = String::new();
    for mail in &listing.mails {
        let status = mail.status.map_or("unread", |status| status.code());
        let _ = writeln!(
            text,
            "{}\t{}\t{}\t{}\t{}\t{status}\t{}",
            mail.id,
            mail.external_id,
            mail.date.format("%Y-%m-%d %H:%M"),
            mail.from,
            mail.subject,
            mail.leads
        );
    }
    let counts = &listing.counts;
    let _ = writeln!(
        text,
        "{} of {}; in all {} with {}, {} without, {} not readable",
        listing.mails.len(),
        counted(listing.total, "mail"),
        counts.parsed,
        counted(counts.leads, "lead"),
        counts.unmatched,
        counts.failed
    );
    print(&shown(&text))?;
    Ok(GOOD)
}

pub(super) fn show(arguments: &ShowArguments) -> Outcome {
    let mailbox = Mailbox::open(arguments.mailbox.connection.as_deref())?;
    let by_id = mailbox.store.find(arguments.mail.trim())?;
    let Some(id) = by_id.or_else(|| arguments.mail.trim().parse().ok()) else {
        return Err(Failure::usage(format!(
            "{}: no mail of {}. \"lotse mail list\" shows those there are",
            shown(&arguments.mail),
            mailbox.name
        )));
    };
    if arguments.raw {
        let raw = mailbox.store.mail(id)?.raw;
        let mut out = std::io::stdout().lock();
        let written = out.write_all(&raw).and_then(|()| out.flush());
        return match written {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Failure::input(format!("standard output: {error}")))
            }
            _ => Ok(GOOD),
        };
    }
    let view = inspect(&mailbox.store, id)?;
    if arguments.json {
        print_json(&view)?;
    } else {
        print(&shown(&describe(&view)))?;
    }
    Ok(GOOD)
}

fn describe(view: &MailView) -> String {
    let mut text = String::new();
    for part in &view.texts {
        match part.part.strip_prefix("header:") {
            Some(name) => {
                let _ = writeln!(text, "{name}: {}", part.text);
            }
            None => {
                let _ = writeln!(
                    text,
                    "\n[{} {}]\n{}",
                    part.part,
                    part.media_type,
                    part.text.trim_end()
                );
            }
        }
    }
    for attachment in &view.attachments {
        let name = attachment.file_name.as_deref().unwrap_or("without a name");
        let _ = writeln!(
            text,
            "\n[{} {}] attached: {name}, {} bytes",
            attachment.part, attachment.media_type, attachment.size
        );
    }
    match &view.parsed {
        None => text.push_str("\nnot read yet\n"),
        Some(parsed) => {
            let rule = parsed.rule.as_deref().unwrap_or("no rule");
            let _ = writeln!(text, "\n{} by {rule}", parsed.status.code());
            if let Some(error) = &parsed.error {
                let _ = writeln!(text, "{error}");
            }
            for (number, lead) in (1..).zip(&parsed.leads) {
                describe_lead(&mut text, number, lead);
            }
        }
    }
    text
}

/// A lead with the place and the finder of each value.
pub(super) fn describe_lead(text: &mut String, number: usize, lead: &ParsedLead) {
    let _ = writeln!(text, "lead {number}, confidence {:.2}", lead.confidence);
    let fields = lead
        .fields
        .iter()
        .map(|(field, value)| (field.name().to_string(), value));
    let extra = lead
        .extra
        .iter()
        .map(|(label, value)| (format!("extra.{label}"), value));
    for (field, value) in fields.chain(extra) {
        let from = lead.provenance.get(&field).map_or_else(String::new, |place| {
            format!("   [{} {}-{}, {}]", place.part, place.start, place.end, place.by)
        });
        let value = value.replace('\n', "\n      ");
        let _ = writeln!(text, "  {field}: {value}{from}");
    }
}
