//! The command `lotse`: everything the window does, for scripts and servers.
//!
//! Results go to standard output, progress to standard error and only to a terminal. Exit codes: 0 nothing to complain
//! about, 1 findings of severity error, 2 usage, 3 input cannot be read, 4 server or network.

mod arguments;
mod commands;
mod outcome;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};
use outcome::Failure;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Inspect(inspect) => commands::inspect::run(&inspect),
        Command::Convert(convert) => commands::convert::run(&convert),
        Command::Check(check) => commands::check::run(&check),
        Command::Duplicates(duplicates) => commands::duplicates::run(&duplicates),
        Command::Mapping(mapping) => commands::mapping::run(&mapping),
        Command::Reimport(reimport) => commands::reimport::run(&reimport),
        Command::Push(push) => commands::push::run(&push),
        Command::Connection(connection) => commands::connection::run(connection),
        Command::Mail(mail) => commands::mail::run(mail),
        Command::Audit(audit) => commands::audit::run(&audit),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => failure.tell(),
    }
}

/// What a command ended with.
type Outcome = Result<ExitCode, Failure>;
