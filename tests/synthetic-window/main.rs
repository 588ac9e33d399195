//! The real window over invented rows: what the table tests and the comparison of grids run against.
//!
//! `synthetic-window [--rows N] [--ui DIR]`: `--ui` shows another front end, read from a folder at run time; the
//! product itself can do neither.

mod leads;
mod table;

use std::borrow::Cow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use lotse_desktop::border::ProjectInfo;
use tauri::utils::assets::{AssetKey, AssetsIter, CspHash};
use tauri::utils::config::Csp;

fn main() -> ExitCode {
    let mut rows = 1_000_000;
    let mut ui = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next();
        match (argument.as_str(), value) {
            ("--rows", Some(count)) if count.parse::<u32>().is_ok() => {
                rows = count.parse().unwrap_or(rows);
            }
            ("--ui", Some(folder)) => ui = Some(PathBuf::from(folder)),
            _ => {
                eprintln!("usage: synthetic-window [--rows N] [--ui DIR]");
                return ExitCode::from(2);
            }
        }
    }

    let mut context = lotse_desktop::context();
    if let Some(folder) = ui {
        // Grids from elsewhere write style elements; Lotse's own front end is held to the stricter policy.
        context.config_mut().app.security.csp = Some(Csp::Policy(
            "default-src 'self'; style-src 'self' 'unsafe-inline'; connect-src ipc: http://ipc.localhost; \
             img-src 'self' data:; font-src 'self' data:"
                .to_owned(),
        ));
        context
            .config_mut()
            .app
            .security
            .dangerous_disable_asset_csp_modification =
            tauri::utils::config::DisabledCspModificationKind::Flag(true);
        context.set_assets(Box::new(Folder(folder)));
    }
    let info = ProjectInfo {
        name: format!("Altbestand Süd ({rows})"),
        path: String::new(),
        time_zone: "Europe/Berlin".to_owned(),
        saved_at: Some("2026-11-22T13:32:00Z".to_owned()),
    };
    match lotse_desktop::Desk::with_table(info, Arc::new(table::SyntheticTable::new(rows))) {
        Ok(desk) => lotse_desktop::run(context, desk),
        Err(error) => {
            eprintln!("the user's folders cannot be found: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A front end as files of a folder.
struct Folder(PathBuf);

impl tauri::Assets<tauri::Wry> for Folder {
    fn get(&self, key: &AssetKey) -> Option<Cow<'_, [u8]>> {
        let path = self.0.join(key.as_ref().trim_start_matches('/'));
        std::fs::read(path).ok().map(Cow::Owned)
    }

    fn iter(&self) -> Box<AssetsIter<'_>> {
        Box::new(std::iter::empty())
    }

    fn csp_hashes(&self, _: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
        Box::new(std::iter::empty())
    }
}
