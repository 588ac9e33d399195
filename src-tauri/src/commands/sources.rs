//! Files: what is in them, and how they come into a project.

use std::path::{Path, PathBuf};

use lotse_core::language::{Language, Tell as _};
use lotse_core::target::Target;
use lotse_core::values::{read_decimal, read_moment};
use lotse_engine::jobs::JobKind;
use lotse_engine::mapping_history::MappingHistory;
use lotse_engine::project::{NewProject, Source};
use lotse_engine::sources::{
    self, Detection, Inspection, NoticeFact, RowAccount, SourceNotice, column_letters,
};
use lotse_engine::workflows;
use tauri::State;

use crate::Desk;
use crate::border::{
    ColumnLook, ColumnSettings, DateOrder, DecimalStyle, Detected, Failure, FailureKind, FileLook,
    FileNotice, PreviewRow, ReadSettings, Reading, RowAbove, RowSums, SkippedRun, SourceLine, SourceRole,
    SourceSheet, TextLook,
};
use crate::failure::Showable as _;

/// Says what is in a file under `settings`, and why. Needs no project and changes nothing.
#[tauri::command]
pub(crate) async fn inspect_file(
    desk: State<'_, Desk>,
    path: PathBuf,
    settings: ReadSettings,
) -> Result<FileLook, Failure> {
    desk.run(move |desk| {
        let language = desk.language();
        sources::inspect(&path, &settings)
            .map(|inspection| look(inspection, language))
            .map_err(|error| error.failure(language))
    })
    .await
}

/// The rows of a file that a notice speaks of, hidden ones among them.
#[tauri::command]
pub(crate) async fn rows_of_file(
    desk: State<'_, Desk>,
    path: PathBuf,
    settings: ReadSettings,
    rows: Vec<u32>,
) -> Result<Vec<PreviewRow>, Failure> {
    desk.run(move |desk| {
        sources::rows(&path, &settings, &rows).map_err(|error| error.failure(desk.language()))
    })
    .await
}

/// Takes a file into the project, or into a new one of its name where none is open. Returns the source.
///
/// Where that fails or is cancelled, everything is as it was: a project that was made for the file goes with it.
#[tauri::command]
pub(crate) async fn take_file(
    desk: State<'_, Desk>,
    path: PathBuf,
    settings: ReadSettings,
    role: SourceRole,
) -> Result<i64, Failure> {
    desk.run(move |desk| match desk.session() {
        Ok(_) => load(desk, &path, &settings, role),
        Err(none) if none.kind == FailureKind::NoProject => {
            // What cannot be read must not leave an empty project behind.
            sources::inspect(&path, &settings).map_err(|error| error.failure(desk.language()))?;
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let target = Target::builtin("migration").expect("it is compiled in");
            let file = desk
                .create_project(&NewProject::named(name, target))?
                .project
                .path()
                .to_path_buf();
            load(desk, &path, &settings, role).inspect_err(|_| {
                // A project of a cancelled load holds nothing that anybody made.
                if desk.close_project().is_ok() {
                    drop(std::fs::remove_file(&file));
                }
            })
        }
        Err(other) => Err(other),
    })
    .await
}

fn load(desk: &Desk, path: &Path, settings: &ReadSettings, role: SourceRole) -> Result<i64, Failure> {
    let session = desk.session()?;
    let subject = path.file_name().unwrap_or_default().to_string_lossy();
    let project = &session.project;
    let memory = MappingHistory::of(desk.places()).memory(project.target());
    let loaded = session.job(JobKind::Load, &subject, |watch| {
        workflows::load_file_remembering(project, session.actor(), path, settings, role, &memory, watch)
    });
    loaded
        .map(|loaded| loaded.source_id)
        .map_err(|error| error.failure(desk.language()))
}

/// The sources of the project with the account of their rows.
#[tauri::command]
pub(crate) async fn list_sources(desk: State<'_, Desk>) -> Result<Vec<SourceLine>, Failure> {
    desk.in_project(|session| {
        let language = session.language();
        let all = session.project.sources()?;
        let lines = (0..all.len()).map(|at| SourceLine {
            other_sheets: other_sheets(&all, at),
            ..line(all[at].clone(), language)
        });
        Ok::<_, lotse_engine::project::ProjectError>(lines.collect())
    })
    .await
}

/// Removes a source with its rows and what was decided about them. There is no way back but to load it again.
#[tauri::command]
pub(crate) async fn remove_source(desk: State<'_, Desk>, source: i64) -> Result<(), Failure> {
    desk.in_project(move |session| session.project.remove_source(session.actor(), source))
        .await
}

fn detected<T>(detection: Detection<T>, language: Language) -> Detected<T> {
    Detected {
        value: detection.value,
        certainty: detection.certainty,
        chosen: detection.reason == sources::DetectionReason::Chosen,
        reason: detection.reason.tell(language),
    }
}

fn look(inspection: Inspection, language: Language) -> FileLook {
    let headers: Vec<String> = inspection
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    FileLook {
        notices: notices(&inspection.notices, &headers, language),
        account: sums(&inspection.rows, language),
        file: inspection.file,
        bytes: inspection.bytes,
        format: detected(inspection.format, language),
        text: inspection.text.map(|text| TextLook {
            charset: detected(text.charset, language),
            delimiter: detected(text.delimiter, language),
            quote: detected(text.quote, language),
            escape: detected(text.escape, language),
        }),
        sheets: inspection.sheets,
        sheet: detected(inspection.sheet, language),
        header: detected(inspection.header, language),
        columns: inspection
            .columns
            .into_iter()
            .map(|column| ColumnLook {
                index: u32::try_from(column.index).unwrap_or(u32::MAX),
                letters: column_letters(column.position),
                name: column.name,
                kind: detected(column.kind, language),
                date_order: column.date_order.map(|found| detected(found, language)),
                number_style: column.number_style.map(|found| detected(found, language)),
                hidden: column.hidden,
            })
            .collect(),
        above: inspection
            .above
            .into_iter()
            .map(|row| RowAbove {
                number: row.number,
                text: row
                    .cells
                    .iter()
                    .map(|cell| cell.text.trim())
                    .filter(|text| !text.is_empty())
                    .collect::<Vec<_>>()
                    .join(" · "),
            })
            .collect(),
        rows: inspection.preview,
        complete: inspection.complete,
    }
}

fn line(source: Source, language: Language) -> SourceLine {
    let part = |name: &str| source.details.get(name).cloned().unwrap_or_default();
    let account = serde_json::from_value::<RowAccount>(part("rows")).ok();
    let noticed: Vec<SourceNotice> = serde_json::from_value(part("notices")).unwrap_or_default();
    SourceLine {
        id: source.id,
        role: source.role,
        account: account.map(|account| sums(&account, language)),
        notices: notices(&noticed, &source.headers, language),
        rows: source.row_count,
        columns: u32::try_from(source.headers.len()).unwrap_or(u32::MAX),
        loaded_at: source.loaded_at.to_string(),
        name: source.name,
        sheet: source.sheet,
        origin: source.origin,
        other_sheets: Vec::new(),
    }
}

/// The sheets of the workbook of a source that could come in as well; none where an earlier source names them.
fn other_sheets(all: &[Source], at: usize) -> Vec<String> {
    let source = &all[at];
    let of_the_file = |other: &&Source| other.origin == source.origin;
    if all[..at].iter().any(|other| of_the_file(&other)) {
        return Vec::new();
    }
    let sheets: Vec<SourceSheet> = source
        .details
        .get("sheets")
        .and_then(|sheets| serde_json::from_value(sheets.clone()).ok())
        .unwrap_or_default();
    let is_taken = |name: &str| all.iter().filter(of_the_file).any(|other| other.sheet == name);
    sheets
        .into_iter()
        .filter(|sheet| sheet.visible && sheet.rows > 0 && !is_taken(&sheet.name))
        .map(|sheet| sheet.name)
        .collect()
}

fn sums(account: &RowAccount, language: Language) -> RowSums {
    RowSums {
        total: account.total,
        header: account.header,
        read: account.read,
        skipped: account.skipped_rows(),
        runs: account
            .skipped
            .iter()
            .map(|run| SkippedRun {
                first: run.first,
                last: run.last,
                reason: run.reason.tell(language),
            })
            .collect(),
    }
}

fn notices(all: &[SourceNotice], headers: &[String], language: Language) -> Vec<FileNotice> {
    let mut notices: Vec<FileNotice> = all
        .iter()
        .map(|notice| FileNotice {
            code: notice.fact.code().to_owned(),
            grave: is_grave(&notice.fact),
            column: notice
                .column
                .and_then(|column| headers.get(column))
                .filter(|name| !name.is_empty())
                .cloned(),
            index: notice.column.and_then(|column| u32::try_from(column).ok()),
            text: notice.tell(language),
            rows: notice.rows.clone(),
            readings: readings(&notice.fact),
        })
        .collect();
    notices.sort_by_key(|notice| !notice.grave);
    notices
}

/// The ways in which cells can be read that a person has to decide about.
fn readings(fact: &NoticeFact) -> Vec<Reading> {
    match fact {
        NoticeFact::AmbiguousDates { text } => [DateOrder::DayFirst, DateOrder::MonthFirst]
            .into_iter()
            .filter_map(|order| {
                Some(Reading {
                    said: ColumnSettings {
                        date_order: Some(order),
                        ..ColumnSettings::default()
                    },
                    first: read_moment(text, order)?.moment.date.to_string(),
                })
            })
            .collect(),
        NoticeFact::AmbiguousNumbers { text } => [DecimalStyle::Comma, DecimalStyle::Point]
            .into_iter()
            .filter_map(|style| {
                Some(Reading {
                    said: ColumnSettings {
                        number_style: Some(style),
                        ..ColumnSettings::default()
                    },
                    first: read_decimal(text, style)?.normalize().to_string(),
                })
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// True where content is lost or damaged, or where a person has to decide.
fn is_grave(fact: &NoticeFact) -> bool {
    matches!(
        fact,
        NoticeFact::Empty
            | NoticeFact::NoRows
            | NoticeFact::MixedCharset
            | NoticeFact::DamagedQuote
            | NoticeFact::LongRow { .. }
            | NoticeFact::OtherTable { .. }
            | NoticeFact::HiddenRows { .. }
            | NoticeFact::FilteredRows { .. }
            | NoticeFact::HiddenColumn { .. }
            | NoticeFact::UncachedFormulas
            | NoticeFact::ErrorCells { .. }
            | NoticeFact::DamagedPhone { .. }
            | NoticeFact::AmbiguousDates { .. }
            | NoticeFact::AmbiguousNumbers { .. }
    )
}
