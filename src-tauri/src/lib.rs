//! The shell: one window, the commands it may call, and nothing that decides anything about leads.
//!
//! A command parses its arguments, calls the room that does the work and maps the error; see `commands`. What crosses
//! to TypeScript is declared in [`border`] and generated into `ui/src/bindings/` by `cargo test`.

use std::process::ExitCode;

pub mod border;
mod commands;
mod desk;

pub use desk::{Desk, ReviewTable};

/// The configuration, the front end and the icons, as they were compiled in.
pub fn context() -> tauri::Context {
    tauri::generate_context!()
}

/// Opens the window and stays until it is closed.
///
/// The exit code is a failure only where the window could not be opened at all, which is said on standard error: there
/// is no other place for it then.
pub fn run(context: tauri::Context, desk: Desk) -> ExitCode {
    let outcome = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(desk)
        .invoke_handler(tauri::generate_handler![
            commands::app::app_info,
            commands::app::choose_language,
            commands::table::table_shape,
            commands::table::table_window,
            commands::table::table_block,
            commands::table::edit_cells,
            commands::table::paste_block,
            commands::table::undo,
            commands::table::redo,
        ])
        .run(context);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Lotse: the window could not be opened: {error}");
            ExitCode::FAILURE
        }
    }
}
