//! The command line as it is typed.

mod connection;
mod mail;
mod mapping;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use connection::{AddConnectionArguments, AuthArgument, ConnectionCommand};
pub(crate) use mail::{
    FetchArguments, IntoArguments, ListArguments, MailCommand, ParseArguments, ServiceArguments,
    ShowArguments, WatchArguments,
};
pub(crate) use mapping::{MappingCommand, SuggestArguments};

/// Lead migration and lead review: inspect exports, check and compare leads, push approved ones to a server.
#[derive(Debug, Parser)]
#[command(name = "lotse", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what is in a file: format, sheets, columns with types and suggested fields, skipped rows.
    Inspect(InspectArguments),
    /// Write the table of a file as it was understood: CSV in UTF-8, comma, header first.
    Convert(ConvertArguments),
    /// Check files against a target without sending anything, and compare them for duplicates.
    Check(CheckArguments),
    /// Find duplicates in files and against reference files.
    Duplicates(DuplicatesArguments),
    /// Suggest a mapping, and manage the saved templates.
    #[command(subcommand)]
    Mapping(MappingCommand),
    /// Take corrected rows back into their project: a file of rejected rows that somebody has mended.
    Reimport(ReimportArguments),
    /// Send the approved leads of a project to a server.
    Push(PushArguments),
    /// Manage connections to servers and mailboxes.
    #[command(subcommand)]
    Connection(ConnectionCommand),
    /// Fetch, list and read mails with leads.
    #[command(subcommand)]
    Mail(MailCommand),
    /// Show, verify or export the audit log of a project.
    Audit(AuditArguments),
}

#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// The file: xlsx, xlsm, xlsb, xls, ods, csv, tsv or txt, told by its content.
    pub file: PathBuf,
    /// Sheet to read; without it, the one that holds the table.
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ConvertArguments {
    /// The file.
    pub file: PathBuf,
    /// Sheet to read; without it, the one that holds the table.
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Where to write; standard output without it.
    #[arg(long, value_name = "OUT.csv")]
    pub out: Option<PathBuf>,
}

/// What check and duplicates share: what is read, and how.
#[derive(Debug, Args)]
pub(crate) struct InputArguments {
    /// The files with leads.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Sheet to read; without it, the one that holds the table.
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Target: migration, tracking, lms or a target file.
    #[arg(long, default_value = "migration", value_name = "TARGET")]
    pub target: String,
    /// Mapping file, or the name of a saved template; without it, the suggestions are used.
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// A file of which each row is an activity of a lead, found by external id, e-mail, or company and city; may be given
    /// several times.
    #[arg(long = "activities", value_name = "FILE")]
    pub activities: Vec<PathBuf>,
    /// Sheet with the activities: of those files, else of the first file with leads.
    #[arg(long, value_name = "NAME")]
    pub activities_sheet: Option<String>,
    /// A file with further values for leads, found in the same way; only empty fields are filled. May be given several
    /// times.
    #[arg(long = "enrich", value_name = "FILE")]
    pub enrichments: Vec<PathBuf>,
    /// Let the files of --enrich win in this field, whatever the lead has there.
    #[arg(long = "overwrite", value_name = "FIELD", requires = "enrichments")]
    pub overwrite: Vec<String>,
    /// Give a field the same value in every row.
    #[arg(long = "set", value_name = "FIELD=VALUE", value_parser = assignment)]
    pub constants: Vec<(String, String)>,
    /// A file with leads that are known already; may be given several times.
    #[arg(long = "reference", value_name = "FILE")]
    pub references: Vec<PathBuf>,
    /// Compare with the leads that other projects have imported from this machine, too.
    #[arg(long)]
    pub imported: bool,
    /// Zone of dates that name none.
    #[arg(long, default_value = "Europe/Berlin", value_name = "ZONE")]
    pub timezone: chrono_tz::Tz,
    /// The present moment, for results that can be reproduced.
    #[arg(long, value_name = "RFC3339", value_parser = moment)]
    pub now: Option<lotse_core::values::Instant>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub input: InputArguments,
    /// Decide whether activities of a type count as progress.
    #[arg(long = "progress", value_name = "TYPE=yes|no", value_parser = decision)]
    pub progress: Vec<(String, bool)>,
    /// The known users: one id per line, or a JSON list.
    #[arg(long, value_name = "FILE")]
    pub owners: Option<PathBuf>,
    /// Write the report as JSON.
    #[arg(long, value_name = "OUT.json")]
    pub report: Option<PathBuf>,
    /// Write every lead as one line of JSON.
    #[arg(long, value_name = "OUT.jsonl")]
    pub leads: Option<PathBuf>,
    /// Write the rejected rows with their errors, as XLSX or CSV.
    #[arg(long, value_name = "OUT.xlsx|OUT.csv")]
    pub errors: Option<PathBuf>,
    /// Keep everything as a project.
    #[arg(long, value_name = "OUT.lotse")]
    pub save: Option<PathBuf>,
    /// Language of the messages.
    #[arg(long, value_enum, default_value_t = LanguageArgument::En)]
    pub language: LanguageArgument,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DuplicatesArguments {
    #[command(flatten)]
    pub input: InputArguments,
    /// Write the pairs as CSV; standard output without it.
    #[arg(long, value_name = "PAIRS.csv")]
    pub out: Option<PathBuf>,
    /// Print the pairs as JSON.
    #[arg(long, conflicts_with = "out")]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReimportArguments {
    /// The project that the rows were rejected from.
    pub project: PathBuf,
    /// The corrected file, as check --errors or the window wrote it; its column Lotse-ID says which rows these are.
    pub file: PathBuf,
    /// Only show what would change.
    #[arg(long)]
    pub preview: bool,
    /// The present moment, for results that can be reproduced.
    #[arg(long, value_name = "RFC3339", value_parser = moment)]
    pub now: Option<lotse_core::values::Instant>,
    /// Print the changes as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PushArguments {
    /// The project.
    pub project: PathBuf,
    /// The connection to push to.
    #[arg(long, value_name = "NAME")]
    pub connection: String,
    /// Let the server check the approved leads without importing them.
    #[arg(long)]
    pub dry_run: bool,
    /// Approve every lead without errors first, in your name.
    #[arg(long)]
    pub approve_valid: bool,
    /// Roll a batch back at its first error instead of leaving the lead out.
    #[arg(long)]
    pub fail_fast: bool,
    /// Import certain duplicates, too.
    #[arg(long)]
    pub import_duplicates: bool,
    /// How often a request is tried before giving up, with longer and longer waits between. What was not sent or not
    /// answered stays in the project, and the next push goes on there.
    #[arg(long, value_name = "TIMES", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub attempts: u32,
    /// Print the result as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LanguageArgument {
    De,
    En,
}

impl From<LanguageArgument> for lotse_core::language::Language {
    fn from(language: LanguageArgument) -> Self {
        match language {
            LanguageArgument::De => Self::De,
            LanguageArgument::En => Self::En,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct AuditArguments {
    /// The project.
    pub project: PathBuf,
    /// Recompute the chain and name the first broken link.
    #[arg(long)]
    pub verify: bool,
    /// Write all entries as JSON Lines.
    #[arg(long, value_name = "OUT.jsonl")]
    pub export: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, value)) if !field.trim().is_empty() => Ok((field.trim().to_string(), value.to_string())),
        _ => Err("expected FIELD=VALUE, such as territory=DE".into()),
    }
}

fn decision(text: &str) -> Result<(String, bool), String> {
    let (kind, answer) = assignment(text).map_err(|_| "expected TYPE=yes or TYPE=no, such as MEETING=yes")?;
    match answer.trim().to_lowercase().as_str() {
        "yes" | "true" | "ja" => Ok((kind, true)),
        "no" | "false" | "nein" => Ok((kind, false)),
        _ => Err(format!("{answer:?} is neither yes nor no")),
    }
}

fn moment(text: &str) -> Result<lotse_core::values::Instant, String> {
    lotse_core::values::Instant::from_rfc3339(text)
        .ok_or_else(|| "expected a moment such as 2025-10-12T14:30:00Z".to_string())
}
