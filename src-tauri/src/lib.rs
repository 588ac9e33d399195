//! The shell: one window, the commands it may call, and nothing that decides anything about leads.
//!
//! A command parses its arguments, calls the room that does the work and maps the error; see `commands`. What crosses
//! to TypeScript is declared in [`border`] and generated into `ui/src/bindings/` by `cargo test`.

use std::process::ExitCode;

use tauri::{Emitter as _, Manager as _};

pub mod border;
mod bulk;
mod commands;
mod desk;
mod failure;
mod history;
mod push;
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
            let window = app.handle().clone();
            app.state::<Desk>()
                .pushes()
                .listen(move |push| drop(window.emit("push", push)));
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
            commands::app::stop_practice_server,
            commands::app::cancel_job,
            commands::sources::inspect_file,
            commands::sources::rows_of_file,
            commands::sources::take_file,
            commands::sources::list_sources,
            commands::sources::remove_source,
            commands::additions::propose_use,
            commands::additions::use_source,
            commands::additions::join_activities,
            commands::additions::preview_enrichment,
            commands::additions::enrich_leads,
            commands::templates::list_templates,
            commands::templates::save_template,
            commands::templates::apply_template,
            commands::templates::remove_template,
            commands::templates::restore_template,
            commands::templates::export_template,
            commands::templates::import_template,
            commands::templates::earlier_decisions,
            commands::mapping::field_samples,
            commands::mapping::mapping_overview,
            commands::mapping::change_mapping,
            commands::mapping::restore_mapping,
            commands::mapping::field_values,
            commands::mapping::activity_kinds,
            commands::mapping::decide_progress,
            commands::mapping::mapped_row,
            commands::mapping::set_owners,
            commands::mapping::read_owners,
            commands::connections::connections,
            commands::connections::kept_secret,
            commands::connections::put_connection,
            commands::connections::remove_connection,
            commands::connections::keep_connection_secret,
            commands::connections::check_connection,
            commands::connections::fetch_owners,
            commands::push::push_overview,
            commands::push::start_push,
            commands::push::resume_push,
            commands::push::stop_push,
            commands::push::push_batches,
            commands::push::push_leads,
            commands::push::push_doubles,
            commands::push::verify_push,
            commands::push::compare_push_leads,
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
            commands::mailbox::mailboxes,
            commands::mailbox::mailbox_overview,
            commands::mailbox::connect_mailbox,
            commands::mailbox::disconnect_mailbox,
            commands::mailbox::restore_mailbox,
            commands::mailbox::fetch_mails,
            commands::mailbox::reread_mails,
            commands::mailbox::mail_page,
            commands::mailbox::mail,
            commands::mailbox::take_mails,
            commands::table::table_shape,
            commands::table::table_window,
            commands::table::table_block,
            commands::table::read_cell,
            commands::table::edit_cells,
            commands::table::paste_block,
            commands::table::undo,
            commands::table::redo,
            commands::facets::facets,
            commands::facets::column_facet,
            commands::facets::named_views,
            commands::facets::put_view,
            commands::facets::remove_view,
            commands::bulk::bulk_preview,
            commands::bulk::bulk_apply,
            commands::bulk::bulk_decide,
            commands::bulk::column_clusters,
            commands::bulk::compare_edited,
            commands::duplicates::duplicates_overview,
            commands::duplicates::compare_rows,
            commands::duplicates::group_window,
            commands::duplicates::group_place,
            commands::duplicates::next_open_group,
            commands::duplicates::compared_group,
            commands::duplicates::merge_preview,
            commands::duplicates::merge_group,
            commands::duplicates::keep_group,
            commands::duplicates::skip_in_group,
            commands::duplicates::reopen_group,
            commands::duplicates::separate_rows,
            commands::duplicates::count_by_rule,
            commands::duplicates::decide_by_rule,
            commands::approval::approval_overview,
            commands::approval::approve_rows,
            commands::audit::audit_window,
            commands::audit::verify_audit,
            commands::audit::export_audit,
        ])
        .build(context);
    match outcome {
        Ok(app) => {
            let code = app.run_return(|_, _| {});
            // A push is written down as paused; its keys stay, and it goes on when the project is opened again.
            closing.pushes().pause_and_wait();
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
