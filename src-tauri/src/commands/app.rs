use lotse_core::language::Language;
use tauri::State;

use crate::Desk;
use crate::border::AppInfo;

/// What the window needs to draw its first picture.
#[tauri::command]
pub(crate) fn app_info(desk: State<'_, Desk>) -> AppInfo {
    desk.info()
}

/// Errors and findings are told in this language from now on.
#[tauri::command]
pub(crate) fn choose_language(desk: State<'_, Desk>, language: Language) {
    desk.set_language(language);
}
