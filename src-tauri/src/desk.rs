//! What lies open in the window: the project, the jobs, the practice server.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use lotse_core::language::Language;
use lotse_core::values::Instant;
use lotse_engine::clock::{self, Actor};
use lotse_engine::jobs::Jobs;
use lotse_engine::places::Places;
use lotse_engine::project::{NewProject, Project};
use lotse_engine::recent;
use lotse_server::practice::PracticeServer;

use crate::border::{
    AppInfo, Block, BlockTexts, CellEdit, CellReading, EditOutcome, Failure, FailureKind, PasteOutcome,
    ProjectInfo, RecentProject, RowWindow, StartRequest, StepOverview, TableShape, View,
};
use crate::failure::Showable;
use crate::push::Pushes;
use crate::session::Session;

/// The rows of a project as the review table sees them: by windows of a view, never as a whole.
///
/// All of it is called from several threads at once, and may block.
pub trait ReviewTable: Send + Sync {
    /// Columns and counts, and how many rows `view` has. With `kept` the rows of the view stay those that it had when
    /// it was last asked for: a row does not go from under the person who corrects it.
    fn shape(&self, view: &View, kept: bool) -> Result<TableShape, Failure>;
    /// The rows `offset .. offset + limit` of `view`; fewer at its end.
    fn window(&self, view: &View, offset: u32, limit: u32) -> Result<RowWindow, Failure>;
    /// The texts of a block; fewer rows at the end of the view.
    fn block(&self, view: &View, block: &Block) -> Result<BlockTexts, Failure>;
    /// How a text would be read in a cell; nothing is written.
    fn reading(&self, edit: &CellEdit) -> Result<CellReading, Failure>;
    /// Writes single cells.
    fn edit(&self, edits: &[CellEdit]) -> Result<EditOutcome, Failure>;
    /// Writes texts over a block. Where `block` is larger than `texts`, they are repeated, as spreadsheets do.
    fn paste(&self, view: &View, block: &Block, texts: &BlockTexts) -> Result<PasteOutcome, Failure>;
    /// Takes the last edit or paste back.
    fn undo(&self) -> Result<EditOutcome, Failure>;
    /// Does it again.
    fn redo(&self) -> Result<EditOutcome, Failure>;
    /// How far the steps of the work are.
    fn steps(&self) -> Vec<StepOverview>;
}

/// The state behind the window. Clones are the same desk.
#[derive(Clone)]
pub struct Desk(Arc<State>);

struct State {
    language: Mutex<Language>,
    places: Places,
    actor: Actor,
    /// The moment that is taken for the present, where results have to be the same on every day.
    fixed_now: Option<Instant>,
    jobs: Jobs,
    pushes: Pushes,
    opened: RwLock<Option<Opened>>,
    practice: Mutex<Option<PracticeServer>>,
    start: Mutex<StartRequest>,
}

/// What is open: a project, or a table that is none.
#[derive(Clone)]
enum Opened {
    Project(Arc<Session>),
    Table(ProjectInfo, Arc<dyn ReviewTable>),
}

impl Desk {
    /// Nothing open, in the language of the system, for the person who is logged in. `start` is what the window does
    /// first.
    pub fn of_user(start: StartRequest, fixed_now: Option<Instant>) -> std::io::Result<Self> {
        Ok(Self::new(Places::of_user()?, start, fixed_now))
    }

    fn new(places: Places, start: StartRequest, fixed_now: Option<Instant>) -> Self {
        Desk(Arc::new(State {
            language: Mutex::new(language_of_the_system()),
            places,
            actor: Actor::logged_in(),
            fixed_now,
            jobs: Jobs::default(),
            pushes: Pushes::default(),
            opened: RwLock::new(None),
            practice: Mutex::new(None),
            start: Mutex::new(start),
        }))
    }

    /// With a table open that is no project.
    pub fn with_table(info: ProjectInfo, table: Arc<dyn ReviewTable>) -> std::io::Result<Self> {
        let desk = Self::of_user(StartRequest::default(), None)?;
        desk.put(Opened::Table(info, table));
        Ok(desk)
    }

    pub(crate) fn info(&self) -> AppInfo {
        let opened = self.opened();
        let recent = recent::recent_projects(self.places());
        AppInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            language: self.language(),
            project: match &opened {
                Some(Opened::Project(session)) => Some(session.info()),
                Some(Opened::Table(info, _)) => Some(info.clone()),
                None => None,
            },
            steps: match opened {
                Some(Opened::Project(session)) => session.steps(),
                Some(Opened::Table(_, table)) => table.steps(),
                None => Vec::new(),
            },
            recent: recent
                .into_iter()
                .map(|project| RecentProject {
                    name: project.name,
                    path: project.path.display().to_string(),
                    opened_at: project.opened_at.to_string(),
                })
                .collect(),
            practice: self.practice().as_ref().map(|server| server.base_url.clone()),
            person: self.0.actor.name.clone(),
        }
    }

    /// What the program was started for; nothing from the second time on.
    pub(crate) fn take_start(&self) -> StartRequest {
        std::mem::take(&mut lock(&self.0.start))
    }

    pub(crate) fn language(&self) -> Language {
        *lock(&self.0.language)
    }

    pub(crate) fn set_language(&self, language: Language) {
        *lock(&self.0.language) = language;
    }

    pub(crate) fn places(&self) -> &Places {
        &self.0.places
    }

    pub(crate) fn actor(&self) -> &Actor {
        &self.0.actor
    }

    pub(crate) fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    pub(crate) fn pushes(&self) -> &Pushes {
        &self.0.pushes
    }

    /// True for the address of the practice server, which is another one at each start.
    pub(crate) fn is_practice(&self, base_url: &str) -> bool {
        self.practice()
            .as_ref()
            .is_some_and(|server| server.base_url == base_url)
    }

    pub(crate) fn practice(&self) -> MutexGuard<'_, Option<PracticeServer>> {
        lock(&self.0.practice)
    }

    /// The moment against which is checked.
    pub(crate) fn now(&self) -> Instant {
        self.0.fixed_now.unwrap_or_else(clock::now)
    }

    /// Makes a project in the folder for projects and opens it.
    pub(crate) fn create_project(&self, new: &NewProject) -> Result<Arc<Session>, Failure> {
        let path = self.places().new_project(&new.name).map_err(|error| Failure {
            kind: FailureKind::Other,
            message: self.language().pick(
                format!(
                    "Im Ordner {} lässt sich kein Projekt anlegen: {error}. Bitte Ort und Rechte prüfen.",
                    self.places().projects.display()
                ),
                format!(
                    "No project can be made in the folder {}: {error}. Please check its place and permissions.",
                    self.places().projects.display()
                ),
            ),
            details: format!("{error:?}"),
        })?;
        self.close_project()?;
        let project = Project::create(&path, new, self.actor());
        Ok(self.opened_project(project.map_err(|error| error.failure(self.language()))?))
    }

    /// Opens a project; the one that is open is closed. Opening the same one again changes nothing.
    pub(crate) fn open_project(&self, path: &Path) -> Result<Arc<Session>, Failure> {
        if let Ok(session) = self.session()
            && session.project.path() == path
        {
            return Ok(session);
        }
        // What cannot be opened must not cost what is open.
        let project = Project::open(path).map_err(|error| error.failure(self.language()))?;
        self.close_project()?;
        Ok(self.opened_project(project))
    }

    fn opened_project(&self, project: Project) -> Arc<Session> {
        self.pushes().forget();
        // Whoever types does not wait for comparisons; the window asks for them afterwards.
        project.compare_later();
        let session = Arc::new(Session::new(self.clone(), project));
        recent::remember(self.places(), session.project.path(), &session.info().name);
        self.put(Opened::Project(Arc::clone(&session)));
        session
    }

    /// Closes what is open, so that all of a project stands in its one file. Refused while a job works on it.
    pub(crate) fn close_project(&self) -> Result<(), Failure> {
        if !self.jobs().snapshots().is_empty() {
            return Err(Failure {
                kind: FailureKind::Other,
                message: self
                    .language()
                    .pick(
                        "Eine Aufgabe läuft noch. Bitte warten, bis sie fertig ist, oder sie abbrechen.",
                        "A job is still running. Please wait until it is done, or cancel it.",
                    )
                    .to_owned(),
                details: String::new(),
            });
        }
        let opened = self
            .0
            .opened
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(Opened::Project(session)) = opened
            && let Some(session) = Arc::into_inner(session)
        {
            session
                .project
                .close()
                .map_err(|error| error.failure(self.language()))?;
        }
        Ok(())
    }

    fn put(&self, opened: Opened) {
        *self.0.opened.write().unwrap_or_else(PoisonError::into_inner) = Some(opened);
    }

    fn opened(&self) -> Option<Opened> {
        self.0
            .opened
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The project that is open.
    pub(crate) fn session(&self) -> Result<Arc<Session>, Failure> {
        match self.opened() {
            Some(Opened::Project(session)) => Ok(session),
            _ => Err(self.no_project()),
        }
    }

    /// The table of what is open.
    pub(crate) fn table(&self) -> Result<Arc<dyn ReviewTable>, Failure> {
        match self.opened() {
            Some(Opened::Project(session)) => Ok(session),
            Some(Opened::Table(_, table)) => Ok(table),
            None => Err(self.no_project()),
        }
    }

    pub(crate) fn no_project(&self) -> Failure {
        Failure {
            kind: FailureKind::NoProject,
            message: self
                .language()
                .pick("Es ist kein Projekt geöffnet.", "No project is open.")
                .to_owned(),
            details: String::new(),
        }
    }

    /// Runs work that blocks off the threads that serve the window.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Desk) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let desk = self.clone();
        let done = tauri::async_runtime::spawn_blocking(move || work(&desk)).await;
        // A mistake of ours must not end the program: what is in the project is safe.
        done.unwrap_or_else(|error| Err(self.mistake_of_ours(&error.to_string())))
    }

    /// What is said where a command has panicked.
    pub(crate) fn mistake_of_ours(&self, details: &str) -> Failure {
        Failure {
            kind: FailureKind::Other,
            message: self
                .language()
                .pick(
                    "Das hat wegen eines Fehlers in Lotse nicht geklappt. Im Projekt ist nichts verloren; bitte noch einmal \
                     versuchen und den Fehler melden.",
                    "This did not work because of a mistake in Lotse. Nothing in the project is lost; please try again and \
                     report it.",
                )
                .to_owned(),
            details: details.to_owned(),
        }
    }

    /// Runs work on the open project, off the threads that serve the window.
    pub(crate) async fn in_project<T: Send + 'static, E: Showable>(
        &self,
        work: impl FnOnce(&Session) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Failure> {
        self.run(move |desk| {
            let session = desk.session()?;
            work(&session).map_err(|error| error.failure(desk.language()))
        })
        .await
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The first locale that the environment names, in the order in which POSIX reads them; German where it names none.
fn language_of_the_system() -> Language {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|locale| !locale.is_empty() && locale != "C" && locale != "POSIX" && !locale.starts_with("C."))
        .map_or_else(Language::default, |locale| Language::from_locale(&locale))
}
