//! The developer's commands: `cargo xtask start`, `test`, `check`, `bench`.
//!
//! They set up what a fresh Debian or Ubuntu machine lacks, say what and why, and do nothing that is already done. This
//! crate needs nothing but Rust itself.
#![allow(
    clippy::print_stdout,
    reason = "telling the developer what happens is what these commands do"
)]

mod bench;
mod check;
mod front_end;
mod packages;
mod peers;
mod run;
mod start;
mod test;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask start [--demo] [--debug] [PROJECT.lotse]
    Sets up this machine, builds Lotse and opens its window.
    --demo    on an example project, with the practice server running
    --debug   the development build: quicker to build, slower with large files
cargo xtask test [FILTER]
    Sets up this machine for the tests and runs all of them: Rust, front end, window, mailbox, keyring, servers.
    FILTER    only Rust tests whose names contain it
cargo xtask check
    Format, lint, licences, unused dependencies and stale bindings.
cargo xtask bench [NAME [ARGUMENT...]]
    Measures: intake, duplicates, the table and the window, or the one named. docs/performance.md tells how to read it.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.split_first() {
        Some((&"start", rest)) => start::start(rest),
        Some((&"test", rest)) => test::test(rest),
        Some((&"check", [])) => check::check(),
        Some((&"bench", rest)) => bench::bench(rest),
        Some((&("help" | "--help" | "-h"), _)) => {
            print!("{USAGE}");
            Ok(())
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("\nxtask: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// What a command ends with: nothing, or a sentence that says what is wrong and what to do.
type Done = Result<(), String>;
