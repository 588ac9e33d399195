//! The window of Lotse as a program.

// No console window beside the real one on Windows; a debug build keeps it for messages.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    lotse_desktop::run(lotse_desktop::context(), lotse_desktop::Desk::default())
}
