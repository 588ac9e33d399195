//! Leads of mails into a project: loaded, checked, compared.

use std::path::PathBuf;

use lotse_core::target::Target;
use lotse_engine::clock::{self, Actor};
use lotse_engine::project::{NewProject, Project};
use lotse_engine::workflows::{
    CheckSummary, LoadedMails, MailSelection, check_all, check_settings, compare_all, load_mails,
};
use serde::Serialize;

use super::Mailbox;
use crate::arguments::IntoArguments;
use crate::commands::input;
use crate::outcome::Failure;
use crate::progress::ProgressLine;

/// A project that takes leads, and how.
pub(super) struct Destination {
    path: PathBuf,
    target: Option<Target>,
    constants: Vec<(String, String)>,
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

impl Destination {
    /// What the arguments mean, if anything; wrong ones are found before any mail is fetched.
    pub(super) fn of(arguments: &IntoArguments) -> Result<Option<Self>, Failure> {
        let Some(path) = &arguments.into else {
            return Ok(None);
        };
        let target = arguments.target.as_deref().map(input::target).transpose()?;
        let destination = Destination {
            path: path.clone(),
            target,
            constants: arguments.constants.clone(),
        };
        let project = destination.open()?;
        project.close()?;
        Ok(Some(destination))
    }

    fn open(&self) -> Result<Project, Failure> {
        let project = if self.path.exists() {
            let project = Project::open(&self.path)?;
            if let Some(target) = self
                .target
                .as_ref()
                .filter(|target| target.id != project.target().id)
            {
                return Err(Failure::usage(format!(
                    "{} is for the target {}, not {}",
                    self.path.display(),
                    project.target().id,
                    target.id
                )));
            }
            input::check_constants(&self.constants, project.target())?;
            project
        } else {
            let target = match &self.target {
                Some(target) => target.clone(),
                None => input::target("migration")?,
            };
            input::check_constants(&self.constants, &target)?;
            let name = self.path.file_stem().unwrap_or_default().to_string_lossy();
            Project::create(&self.path, &NewProject::named(name, target), &Actor::logged_in())?
        };
        Ok(project)
    }

    /// Takes the leads of all mails that the project does not have yet.
    pub(super) fn take(&self, mailbox: &Mailbox, line: &ProgressLine) -> Result<Taken, Failure> {
        let project = self.open()?;
        let actor = Actor::logged_in();
        let selection = MailSelection {
            connection: &mailbox.name,
            folders: &mailbox.settings.folder_names(),
            constants: &self.constants,
        };
        let loaded = line.watch(|watch| load_mails(&project, &actor, &mailbox.store, &selection, watch))?;
        let checked = if loaded.leads == 0 {
            None
        } else {
            let settings = check_settings(&project, clock::now())?;
            let checked = line.watch(|watch| check_all(&project, &settings, watch))?;
            line.watch(|watch| compare_all(&project, &actor, watch))?;
            Some(checked)
        };
        project.close()?;
        Ok(Taken {
            project: self.path.clone(),
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
                "{project}: {} new leads; {} of {} rows have errors\n",
                self.loaded.leads, checked.with_errors, checked.rows
            ),
        }
    }
}
