//! The command line: what was asked for, and how it ended.
//!
//! Results go to standard output, everything else to standard error. Secrets are never arguments: they come from a
//! file, the environment or standard input, and new keys and tokens are printed once.

mod accounts;
mod serve;
mod text;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lotse_server::{AccountProblem, Accounts, DatabasePlace, OpenProblem, StartProblem};

/// The reference import server of Lotse.
#[derive(Debug, Parser)]
#[command(name = "lotse-server", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server until it is interrupted.
    Serve(serve::Serve),
    /// Users: who can own leads, and to whom keys and tokens belong.
    #[command(subcommand)]
    User(accounts::User),
    /// API keys.
    #[command(subcommand)]
    Key(accounts::Key),
    /// Print a bearer token (JWT) for a user.
    Token(accounts::Token),
}

/// Where the data are.
#[derive(Debug, clap::Args)]
struct Database {
    /// The database file; `serve` and `user add` make it where there is none.
    #[arg(long = "database", value_name = "FILE", env = "LOTSE_SERVER_DATABASE")]
    file: PathBuf,
}

impl Database {
    fn place(&self) -> DatabasePlace {
        DatabasePlace::File(self.file.clone())
    }

    fn accounts(&self) -> Result<Accounts, Failure> {
        Ok(Accounts::open(&self.place())?)
    }
}

/// Why a command has failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Open(#[from] OpenProblem),
    #[error(transparent)]
    Start(#[from] StartProblem),
    #[error(transparent)]
    Account(#[from] AccountProblem),
    /// The request itself makes no sense.
    #[error("{0}")]
    Usage(String),
    #[error("{path} cannot be read: {reason}")]
    File { path: PathBuf, reason: std::io::Error },
    #[error("The result could not be written: {0}")]
    Output(std::io::Error),
    #[error("The server could not be run: {0}")]
    Runtime(std::io::Error),
}

impl Failure {
    /// 2 usage, 3 what is to be read cannot be, 4 network; 1 everything else.
    fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Open(_) | Self::File { .. } | Self::Start(StartProblem::Database(_)) => 3,
            Self::Start(StartProblem::Exposed { .. }) => 2,
            Self::Start(_) => 4,
            Self::Account(_) | Self::Output(_) | Self::Runtime(_) => 1,
        }
    }
}

/// Runs what the process was asked for.
pub(crate) fn run() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve(serve) => serve.run(),
        Command::User(user) => user.run(),
        Command::Key(key) => key.run(),
        Command::Token(token) => token.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Where not even this can be written, the exit code has to do.
            let _ = writeln!(std::io::stderr(), "lotse-server: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Writes a line of the result.
fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(Failure::Output)
}

/// Writes what is only for a person.
fn remark(line: &str) {
    // A remark that nobody sees changes nothing.
    let _ = writeln!(std::io::stderr(), "{line}");
}
