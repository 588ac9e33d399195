//! What lies open in the window: the project, seen through the narrow trait that the table needs.

use std::sync::{Arc, Mutex, PoisonError};

use lotse_core::language::Language;

use crate::border::{
    AppInfo, Block, BlockTexts, CellEdit, EditOutcome, Failure, FailureKind, PasteOutcome, ProjectInfo,
    RowWindow, StepOverview, TableShape, View,
};

/// The rows of a project as the review table sees them: by windows of a view, never as a whole.
///
/// All of it is called from several threads at once, and may block.
pub trait ReviewTable: Send + Sync {
    /// Columns and counts, and how many rows `view` has.
    fn shape(&self, view: &View) -> Result<TableShape, Failure>;
    /// The rows `offset .. offset + limit` of `view`; fewer at its end.
    fn window(&self, view: &View, offset: u32, limit: u32) -> Result<RowWindow, Failure>;
    /// The texts of a block; fewer rows at the end of the view.
    fn block(&self, view: &View, block: &Block) -> Result<BlockTexts, Failure>;
    /// Writes single cells.
    fn edit(&self, edits: &[CellEdit]) -> Result<EditOutcome, Failure>;
    /// Writes texts over a block. Where `block` is larger than `texts`, they are repeated, as spreadsheets do.
    fn paste(&self, view: &View, block: &Block, texts: &BlockTexts) -> Result<PasteOutcome, Failure>;
    /// Takes the last edit or paste back.
    fn undo(&self) -> Result<EditOutcome, Failure>;
    /// How far the steps of the work are.
    fn steps(&self) -> Vec<StepOverview>;
    /// Does it again.
    fn redo(&self) -> Result<EditOutcome, Failure>;
}

/// The state behind the window.
pub struct Desk {
    language: Mutex<Language>,
    project: Option<(ProjectInfo, Arc<dyn ReviewTable>)>,
}

impl Default for Desk {
    /// Nothing open, in the language of the system.
    fn default() -> Self {
        Desk {
            language: Mutex::new(language_of_the_system()),
            project: None,
        }
    }
}

impl Desk {
    /// With a project open.
    pub fn with_project(info: ProjectInfo, table: Arc<dyn ReviewTable>) -> Self {
        Desk {
            project: Some((info, table)),
            ..Desk::default()
        }
    }

    pub(crate) fn info(&self) -> AppInfo {
        AppInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            language: self.language(),
            project: self.project.as_ref().map(|(info, _)| info.clone()),
            steps: self
                .project
                .as_ref()
                .map_or_else(Vec::new, |(_, table)| table.steps()),
        }
    }

    pub(crate) fn language(&self) -> Language {
        *self.language.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_language(&self, language: Language) {
        *self.language.lock().unwrap_or_else(PoisonError::into_inner) = language;
    }

    pub(crate) fn table(&self) -> Result<&dyn ReviewTable, Failure> {
        match &self.project {
            Some((_, table)) => Ok(table.as_ref()),
            None => Err(Failure {
                kind: FailureKind::NoProject,
                message: self
                    .language()
                    .pick("Es ist kein Projekt geöffnet.", "No project is open.")
                    .to_owned(),
                details: String::new(),
            }),
        }
    }
}

/// The first locale that the environment names, in the order in which POSIX reads them; German where it names none.
fn language_of_the_system() -> Language {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|locale| !locale.is_empty() && locale != "C" && locale != "POSIX" && !locale.starts_with("C."))
        .map_or_else(Language::default, |locale| Language::from_locale(&locale))
}
