//! The shell: one window, the commands it may call, and nothing that decides anything about leads.
//!
//! A command parses its arguments, calls the room that does the work and maps the error; see `commands`. What crosses
//! to TypeScript is declared in [`border`] and generated into `ui/src/bindings/` by `cargo test`.

use std::process::ExitCode;

use tauri::{Emitter as _, Manager as _};

pub mod border;
mod commands;
mod desk;
mod failure;
mod history;
mod review;
mod session;
mod table;

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
    let closing = desk.clone();
    let outcome = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(desk)
        .setup(|app| {
            let window = app.handle().clone();
            // A window that is just closing misses nothing.
            app.state::<Desk>()
                .jobs()
                .listen(move |jobs| drop(window.emit("jobs", jobs)));
            Ok(())
        })
        .invoke_handler(tauri::generate_handler![
            commands::app::app_info,
            commands::app::take_start_request,
            commands::app::choose_language,
            commands::app::open_project,
            commands::app::close_project,
            commands::app::copy_project,
            commands::app::rename_project,
            commands::app::settings_info,
            commands::app::open_example,
            commands::app::start_practice_server,
            commands::app::cancel_job,
            commands::review::check_project,
            commands::review::review_overview,
            commands::review::review_row,
            commands::review::review_place,
            commands::review::review_fix_preview,
            commands::review::review_apply_fix,
            commands::review::review_restore,
            commands::review::review_activities,
            commands::review::review_decide,
            commands::review::review_history,
            commands::review::review_go_to_change,
            commands::review::write_rejected,
            commands::review::preview_corrected,
            commands::review::apply_corrected,
            commands::table::table_shape,
            commands::table::table_window,
            commands::table::table_block,
            commands::table::edit_cells,
            commands::table::paste_block,
            commands::table::undo,
            commands::table::redo,
        ])
        .build(context);
    match outcome {
        Ok(app) => {
            let code = app.run_return(|_, _| {});
            // Whatever a job still holds is safe in the project's journal; the next opening takes it over.
            drop(closing.close_project());
            u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(error) => {
            eprintln!("Lotse: the window could not be opened: {error}");
            ExitCode::FAILURE
        }
    }
}
