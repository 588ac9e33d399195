//! What the parser makes of mails in files.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use lotse_engine::mailbox::{MailStatus, ParsedMail, RuleBook, parse};

use super::look::describe_lead;
use crate::Outcome;
use crate::arguments::ParseArguments;
use crate::commands::connection::places;
use crate::outcome::{Failure, GOOD, counted, print, print_json_line, shown};

/// Mails are smaller; what is larger is no mail, and not read into memory to find that out.
const LARGEST: u64 = 256 << 20;

/// Reads one file after the other. One that cannot be read is said so and is not in the way of the others.
pub(super) fn run(arguments: &ParseArguments) -> Outcome {
    let rules = match &arguments.rules {
        Some(folder) => RuleBook::load(folder)?,
        None => RuleBook::of_user(&places()?)?,
    };
    let mut unreadable = 0;
    for file in &arguments.files {
        let mut parsed = match read(file) {
            Ok(raw) => parse(&raw, &rules),
            Err(reason) => ParsedMail::unreadable(reason),
        };
        parsed.file = Some(file.display().to_string());
        unreadable += usize::from(parsed.status == MailStatus::Failed);
        if arguments.json {
            print_json_line(&parsed)?;
        } else {
            print(&shown(&describe(&parsed)))?;
        }
    }
    match unreadable {
        0 => Ok(GOOD),
        count => Err(Failure::input(format!(
            "{count} of {} files could not be read as mails",
            arguments.files.len()
        ))),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let metadata = std::fs::metadata(path).map_err(|error| format!("The file cannot be read: {error}."))?;
    if metadata.is_dir() {
        return Err("This is a folder. Give the mails in it one by one, such as FOLDER/*.eml.".into());
    }
    let mut raw = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut raw))
        .map_err(|error| format!("The file cannot be read: {error}."))?;
    if raw.len() as u64 > LARGEST {
        let megabytes = LARGEST >> 20;
        return Err(format!(
            "The file is larger than {megabytes} MiB and therefore no mail."
        ));
    }
    Ok(raw)
}

fn describe(parsed: &ParsedMail) -> String {
    let file = parsed.file.as_deref().unwrap_or_default();
    let rule = parsed.rule.as_deref().unwrap_or("no rule");
    let mut text = match (&parsed.status, &parsed.error) {
        (MailStatus::Failed, Some(error)) => format!("{file}: {error}\n"),
        (MailStatus::Unmatched, _) => format!("{file}: no lead found\n"),
        _ => format!(
            "{file}: {} by {rule}\n",
            counted(parsed.leads.len() as u64, "lead")
        ),
    };
    for (number, lead) in (1..).zip(&parsed.leads) {
        describe_lead(&mut text, number, lead);
    }
    text
}
