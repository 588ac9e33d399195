//! Leads of mails into a project: loaded, checked, compared.

use std::path::{Path, PathBuf};

use lotse_core::target::Target;
use lotse_engine::clock::{self, Actor};
use lotse_engine::project::{NewProject, Project};
use lotse_engine::workflows::{CheckSummary, LoadedMails, MailSelection, load_mails};
use serde::Serialize;

use super::Mailbox;
use crate::arguments::IntoArguments;
use crate::commands::input;
use crate::outcome::{Failure, counted};
use crate::progress::ProgressLine;

/// A project that takes leads, and how.
pub(super) struct Destination<'a> {
    path: &'a Path,
    target: Option<Target>,
    arguments: &'a IntoArguments,
}

/// What came of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Taken {
    project: PathBuf,
    #[serde(flatten)]
    loaded: LoadedMails,
    /// All rows of the project as they were checked; absent where nothing was new.
    checked: Option<CheckSummary>,
}

impl<'a> Destination<'a> {
    /// What the arguments mean, if anything; wrong ones are found before any mail is fetched.
    pub(super) fn of(arguments: &'a IntoArguments) -> Result<Option<Self>, Failure> {
        let Some(path) = &arguments.into else {
            return Ok(None);
        };
        let destination = Destination {
            path,
            target: arguments.target.as_deref().map(input::target).transpose()?,
            arguments,
        };
        if path.exists() {
            destination.open()?.close()?;
        } else {
            destination.check(&destination.target_of_new()?)?;
        }
        Ok(Some(destination))
    }

    fn target_of_new(&self) -> Result<Target, Failure> {
        self.target.clone().map_or_else(|| input::target("migration"), Ok)
    }

    fn check(&self, target: &Target) -> Result<(), Failure> {
        if let Some(asked) = self.target.as_ref().filter(|asked| asked.id != target.id) {
            return Err(Failure::usage(format!(
                "{} is for the target {}, not {}",
                self.path.display(),
                target.id,
                asked.id
            )));
        }
        input::check_fields("--set", &self.arguments.constants, target)?;
        input::check_fields("--default", &self.arguments.defaults, target)
    }

    fn open(&self) -> Result<Project, Failure> {
        if self.path.exists() {
            let project = Project::open(self.path)?;
            self.check(project.target())?;
            return Ok(project);
        }
        let name = self.path.file_stem().unwrap_or_default().to_string_lossy();
        let new = NewProject::named(name, self.target_of_new()?);
        Ok(Project::create(self.path, &new, &Actor::logged_in())?)
    }

    /// Takes the leads of all mails that the project does not have yet.
    pub(super) fn take(&self, mailbox: &Mailbox, line: &ProgressLine) -> Result<Taken, Failure> {
        let project = self.open()?;
        let actor = Actor::logged_in();
        let selection = MailSelection {
            connection: &mailbox.name,
            folders: &mailbox.settings.folder_names(),
            constants: &self.arguments.constants,
            defaults: &self.arguments.defaults,
        };
        let loaded = line.watch(|watch| load_mails(&project, &actor, &mailbox.store, &selection, watch))?;
        let checked = if loaded.leads == 0 {
            None
        } else {
            Some(input::check_and_compare(&project, &actor, clock::now(), line)?)
        };
        project.close()?;
        Ok(Taken {
            project: self.path.to_path_buf(),
            loaded,
            checked,
        })
    }
}

impl Taken {
    pub(super) fn describe(&self) -> String {
        let project = self.project.display();
        match self.checked {
            None => format!("{project}: nothing new\n"),
            Some(checked) => format!(
                "{project}: {}; {} of {} have errors\n",
                counted(u64::from(self.loaded.leads), "new lead"),
                checked.with_errors,
                counted(checked.rows, "row")
            ),
        }
    }
}
