//! `lotse-server`: the reference import server on the command line.

mod command;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::run()
}
