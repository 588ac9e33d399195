//! The open project, as the commands see it.

use lotse_core::language::Language;
use lotse_core::values::Instant;
use lotse_engine::clock::Actor;
use lotse_engine::connections::Connections;
use lotse_engine::jobs::{JobKind, Watch};
use lotse_engine::places::Places;
use lotse_engine::project::{Project, ProjectError, PushState, RowView};
use lotse_engine::recent;
use lotse_engine::workflows::push::open_push;

use crate::Desk;
use crate::border::{Failure, FailureKind, ProjectInfo, Step, StepOverview, StepState};
use crate::failure::Showable as _;

/// The open project with what the rooms below need to know to work on it.
pub(crate) struct Session {
    /// The project.
    pub(crate) project: Project,
    desk: Desk,
}

impl Session {
    pub(crate) fn new(desk: Desk, project: Project) -> Self {
        Session { project, desk }
    }

    /// The user's folders.
    pub(crate) fn places(&self) -> &Places {
        self.desk.places()
    }

    /// The person in front of the window.
    pub(crate) fn actor(&self) -> &Actor {
        self.desk.actor()
    }

    /// The language in which people are spoken to.
    pub(crate) fn language(&self) -> Language {
        self.desk.language()
    }

    /// The moment against which is checked.
    pub(crate) fn now(&self) -> Instant {
        self.desk.now()
    }

    /// Runs `work` as a job that the window shows and can cancel.
    pub(crate) fn job<T, E>(
        &self,
        kind: JobKind,
        subject: &str,
        work: impl FnOnce(&Watch<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.desk.jobs().run(kind, subject, work)
    }

    /// Name and place.
    pub(crate) fn info(&self) -> ProjectInfo {
        let path = self.project.path();
        let stem = || {
            path.file_stem()
                .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
        };
        let saved_at = std::fs::metadata(path)
            .and_then(|file| file.modified())
            .map(|at| Instant::from(chrono::DateTime::<chrono::Utc>::from(at)).to_string())
            .ok();
        ProjectInfo {
            name: self
                .project
                .name()
                .ok()
                .filter(|name| !name.is_empty())
                .unwrap_or_else(stem),
            path: path.display().to_string(),
            time_zone: self.project.zone().name().to_owned(),
            saved_at,
        }
    }

    /// True once leads are in a server: it files them under the name, and would take them for those of another project
    /// under another one.
    pub(crate) fn name_is_fixed(&self) -> Result<bool, ProjectError> {
        let pushes = self.project.pushes()?;
        Ok(pushes
            .iter()
            .any(|push| push.mode == lotse_core::migration::Mode::Production))
    }

    /// Gives the project another name; an empty one changes nothing.
    pub(crate) fn rename(&self, name: &str) -> Result<(), Failure> {
        let shown = |error: ProjectError| error.failure(self.language());
        if name.is_empty() || name == self.info().name {
            return Ok(());
        }
        if self.name_is_fixed().map_err(shown)? {
            return Err(Failure {
                kind: FailureKind::Other,
                message: self
                    .language()
                    .pick(
                        "Unter diesem Namen liegen Leads im Zielsystem; er lässt sich nicht mehr ändern.",
                        "Leads are in the target system under this name; it cannot be changed any more.",
                    )
                    .to_owned(),
                details: String::new(),
            });
        }
        self.project
            .put_setting(self.actor(), "name", name)
            .map_err(shown)?;
        recent::remember(self.desk.places(), self.project.path(), name);
        Ok(())
    }

    /// How far the steps are. A project that cannot be read shows nothing here: whatever is opened next says why.
    pub(crate) fn steps(&self) -> Vec<StepOverview> {
        self.try_steps().unwrap_or_default()
    }

    fn try_steps(&self) -> Result<Vec<StepOverview>, ProjectError> {
        let project = &self.project;
        let sources = project.sources()?;
        let counts = project.state_counts();
        let of = |state: RowView| counts.by_state.get(&state).copied().unwrap_or_default();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);

        let target = project.target();
        let required: Vec<&str> = target
            .fields
            .iter()
            .filter(|field| field.required)
            .map(|field| field.name.as_str())
            .collect();
        let mut mapped = 0;
        let mut missing = 0;
        let mut leads = 0;
        for source in sources
            .iter()
            .filter(|source| source.role == lotse_engine::project::SourceRole::Leads)
        {
            leads += 1;
            if let Some(mapping) = project.mapping(source.id)? {
                mapped = mapped.max(mapping.fields.len());
                missing += required
                    .iter()
                    .filter(|name| !mapping.fields.contains_key(**name))
                    .count();
            }
        }
        let checked = project.was_checked()?;
        let duplicates = project.duplicate_summary()?;
        let pushed = project.pushes()?;
        let step = |step, state, count, of| StepOverview {
            step,
            state,
            count,
            of,
        };
        let progress = |begun: bool, blocked: bool, done: bool| match (begun, blocked, done) {
            (false, ..) => StepState::Open,
            (true, true, _) => StepState::Blocked,
            (true, false, true) => StepState::Done,
            (true, false, false) => StepState::Started,
        };
        let waiting = open_push(project).ok().flatten().is_some();
        let produced = pushed.iter().any(|push| {
            push.mode == lotse_core::migration::Mode::Production && push.state == PushState::Finished
        });
        Ok(vec![
            step(
                Step::Sources,
                progress(!sources.is_empty(), false, true),
                Some(count(sources.len())).filter(|&number| number > 0),
                None,
            ),
            step(
                Step::Mapping,
                progress(leads > 0, missing > 0, checked),
                (leads > 0).then(|| count(mapped)),
                (leads > 0).then(|| count(target.fields.iter().filter(|field| !field.local).count())),
            ),
            step(
                Step::Check,
                progress(checked, of(RowView::Errors) > 0, true),
                checked.then(|| of(RowView::Errors)),
                None,
            ),
            step(
                Step::Duplicates,
                progress(
                    project.was_compared()?,
                    false,
                    duplicates.decided == duplicates.groups,
                ),
                project
                    .was_compared()?
                    .then(|| u32::try_from(duplicates.groups).unwrap_or(u32::MAX)),
                None,
            ),
            step(
                Step::Approval,
                progress(of(RowView::Approved) > 0, false, true),
                Some(of(RowView::Approved)).filter(|&number| number > 0),
                None,
            ),
            step(
                Step::Push,
                progress(!pushed.is_empty(), waiting, produced),
                Some(of(RowView::Imported)).filter(|&number| number > 0),
                None,
            ),
            step(
                Step::Audit,
                StepState::Open,
                Some(u32::try_from(project.audit_count()?).unwrap_or(u32::MAX)),
                None,
            ),
            step(
                Step::Connections,
                StepState::Open,
                Connections::of(self.desk.places())
                    .list()
                    .ok()
                    .map(|connections| count(connections.len()))
                    .filter(|&number| number > 0),
                None,
            ),
        ])
    }
}
