//! How the commands about mails are typed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use lotse_engine::mailbox::MailStatus;

use super::assignment;

#[derive(Debug, Subcommand)]
pub(crate) enum MailCommand {
    /// Fetch the new mails and read the leads in them. Nothing changes in the mailbox.
    Sync(FetchArguments),
    /// Do so again and again until stopped: when the server tells of a new mail, at the latest after some minutes.
    Watch(WatchArguments),
    /// List the fetched mails, newest first.
    List(ListArguments),
    /// Show a fetched mail beside what was made of it.
    Show(ShowArguments),
    /// Read mails from files, without any mailbox.
    Parse(ParseArguments),
    /// Print a systemd unit that watches the mailbox, also after a reboot.
    Service(ServiceArguments),
}

/// Which mailbox is meant.
#[derive(Debug, Args)]
pub(crate) struct MailboxChoice {
    /// The connection to the mailbox; may be left out where there is only one.
    #[arg(long, value_name = "NAME")]
    pub connection: Option<String>,
}

/// Where the leads go.
#[derive(Debug, Args)]
pub(crate) struct IntoArguments {
    /// Take the leads of new mails into this project, checked and compared; it is made where there is none.
    #[arg(long, value_name = "PROJECT.lotse")]
    pub into: Option<PathBuf>,
    /// Target of a project that is made: migration, tracking, lms or a target file; migration without it.
    #[arg(long, value_name = "TARGET", requires = "into")]
    pub target: Option<String>,
    /// Give a field the same value in every new lead.
    #[arg(long = "set", value_name = "FIELD=VALUE", value_parser = assignment, requires = "into")]
    pub constants: Vec<(String, String)>,
    /// Give a field a value where the mail has none.
    #[arg(long = "default", value_name = "FIELD=VALUE", value_parser = assignment, requires = "into")]
    pub defaults: Vec<(String, String)>,
}

/// What to fetch, how to read it, and where it goes.
#[derive(Debug, Args)]
pub(crate) struct FetchArguments {
    #[command(flatten)]
    pub mailbox: MailboxChoice,
    /// Folder with rules of your own; without it, those in the user's configuration.
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    #[command(flatten)]
    pub into: IntoArguments,
    /// Print JSON; a watch prints one line of it for each look.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WatchArguments {
    #[command(flatten)]
    pub fetch: FetchArguments,
    /// Minutes between two looks, 1 to 60; without it, as the connection says.
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u8).range(1..=60))]
    pub every: Option<u8>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    #[command(flatten)]
    pub mailbox: MailboxChoice,
    /// Only mails with this result.
    #[arg(long, value_enum)]
    pub status: Option<StatusArgument>,
    /// Only mails whose sender or subject holds this.
    #[arg(long, default_value = "")]
    pub text: String,
    /// Mails to list at most.
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
    /// Mails to skip.
    #[arg(long, default_value_t = 0)]
    pub offset: u64,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StatusArgument {
    /// With leads.
    Parsed,
    /// Without a lead.
    Unmatched,
    /// Not readable.
    Failed,
}

impl From<StatusArgument> for MailStatus {
    fn from(status: StatusArgument) -> Self {
        match status {
            StatusArgument::Parsed => Self::Parsed,
            StatusArgument::Unmatched => Self::Unmatched,
            StatusArgument::Failed => Self::Failed,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// The mail: its number in the list, or its MAIL-… id.
    pub mail: String,
    #[command(flatten)]
    pub mailbox: MailboxChoice,
    /// Write the mail as it came, byte by byte.
    #[arg(long, conflicts_with = "json")]
    pub raw: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ParseArguments {
    /// The mails.
    #[arg(required = true, value_name = "FILE.eml")]
    pub files: Vec<PathBuf>,
    /// Folder with rules of your own, tried before the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Print one line of JSON for each mail.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServiceArguments {
    #[command(flatten)]
    pub mailbox: MailboxChoice,
    /// Take the leads of new mails into this project.
    #[arg(long, value_name = "PROJECT.lotse")]
    pub into: Option<PathBuf>,
}
