//! The window of Lotse as a program.

// No console window beside the real one on Windows; a debug build keeps it for messages.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use lotse_core::values::Instant;
use lotse_desktop::Desk;
use lotse_desktop::border::StartRequest;

const USAGE: &str = "\
usage: lotse-desktop [--demo] [--now RFC3339] [FILE]...
    FILE      a project, or a spreadsheet to be read
    --demo    on the example project, with the practice server running
    --now     the moment that is taken for the present, so that results are the same on every day
";

fn main() -> ExitCode {
    let Some((start, now)) = read_arguments() else {
        eprint!("{USAGE}");
        return ExitCode::from(2);
    };
    match Desk::of_user(start, now) {
        Ok(desk) => lotse_desktop::run(lotse_desktop::context(), desk),
        Err(error) => {
            eprintln!("Lotse: the user's folders cannot be found: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read_arguments() -> Option<(StartRequest, Option<Instant>)> {
    let mut start = StartRequest::default();
    let mut now = None;
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--demo") => start.demo = true,
            Some("--now") => now = Some(Instant::from_rfc3339(arguments.next()?.to_str()?)?),
            Some(option) if option.starts_with("--") => return None,
            // The window may be told of a file by a name that holds only where the program was started.
            _ => start.paths.push(
                std::path::absolute(&argument)
                    .unwrap_or_else(|_| argument.into())
                    .display()
                    .to_string(),
            ),
        }
    }
    Some((start, now))
}
