//! How connections are typed.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{ArgGroup, Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionCommand {
    /// Add a connection to a server or a mailbox. The secret is asked for, or read from standard input.
    Add(Box<AddConnectionArguments>),
    /// List the connections.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Try a connection: address, certificate, login; roles of a server, folders of a mailbox.
    Test {
        /// Its name.
        name: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove a connection and its secret.
    Remove {
        /// Its name.
        name: String,
        /// Remove the mails, too, that were fetched from this mailbox.
        #[arg(long)]
        mails: bool,
    },
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("to").args(["url", "imap"]).required(true))]
pub(crate) struct AddConnectionArguments {
    /// A name of your choice.
    pub name: String,
    /// Certificate authority of your own, PEM.
    #[arg(long, visible_alias = "ca", value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Replace a connection of this name.
    #[arg(long)]
    pub replace: bool,
    #[command(flatten)]
    pub server: ServerArguments,
    #[command(flatten)]
    pub mailbox: MailboxArguments,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "A server")]
pub(crate) struct ServerArguments {
    /// Base address of the server, without the path of the API.
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Target that the server understands.
    #[arg(long, default_value = "migration", conflicts_with = "imap")]
    pub target: String,
    /// How to log in.
    #[arg(long, value_enum, default_value_t = AuthArgument::ApiKey, conflicts_with = "imap")]
    pub auth: AuthArgument,
    /// Header that carries the API key.
    #[arg(long, default_value = "X-AUTH-TOKEN", conflicts_with = "imap")]
    pub header: String,
    /// Leads per request, at most 1000.
    #[arg(long, value_name = "LEADS", value_parser = clap::value_parser!(u32).range(1..=1000), conflicts_with = "imap")]
    pub batch_size: Option<u32>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "A mailbox")]
pub(crate) struct MailboxArguments {
    /// Name of the IMAP server, as its certificate has it.
    #[arg(long, value_name = "HOST", requires = "user")]
    pub imap: Option<String>,
    /// Login name, mostly the whole e-mail address.
    #[arg(long, requires = "imap")]
    pub user: Option<String>,
    /// Port; 993 without it, 143 with --starttls.
    #[arg(long, requires = "imap", value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Option<u16>,
    /// Begin unencrypted and turn to TLS before anything is sent.
    #[arg(long, requires = "imap")]
    pub starttls: bool,
    /// The secret is an OAuth 2.0 access token, for Microsoft 365 and Google.
    #[arg(long, requires = "imap")]
    pub oauth: bool,
    /// Folder to read; may be given several times. The inbox without it.
    #[arg(long = "folder", value_name = "FOLDER", requires = "imap")]
    pub folders: Vec<String>,
    /// Leave out mails that arrived before this day.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "imap")]
    pub since: Option<NaiveDate>,
    /// Minutes between two looks into the mailbox, 1 to 60; 5 without it.
    #[arg(long, value_name = "MINUTES", requires = "imap", value_parser = clap::value_parser!(u8).range(1..=60))]
    pub every: Option<u8>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum AuthArgument {
    /// A key in a header.
    ApiKey,
    /// A JSON Web Token.
    Bearer,
}
