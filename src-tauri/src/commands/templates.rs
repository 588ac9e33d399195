//! Saved mappings, and what was decided in earlier projects.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lotse_core::mapping::Mapping;
use lotse_engine::mapping_history::MappingHistory;
use lotse_engine::templates::{Templates, name_of, read_mapping, write_mapping};
use lotse_engine::workflows::{self, WorkflowError};
use tauri::State;

use super::mapping::{learn, state_of};
use crate::Desk;
use crate::border::{EarlierDecision, Failure, MappingOutcome, TemplateLine, TemplateShelf};
use crate::session::Session;

/// All templates, and those that fit a source.
#[tauri::command]
pub(crate) async fn list_templates(desk: State<'_, Desk>, source: i64) -> Result<TemplateShelf, Failure> {
    desk.in_project(move |session| {
        let all = templates(session).list()?;
        let target = &session.project.target().id;
        Ok::<_, WorkflowError>(TemplateShelf {
            likely: workflows::likely_templates(&session.project, source, &all)?,
            all: all
                .iter()
                .filter(|template| template.target == *target)
                .map(line)
                .collect(),
        })
    })
    .await
}

/// Saves the mapping of a source under a name, in place of a template that is called so. Returns what stood there before.
#[tauri::command]
pub(crate) async fn save_template(
    desk: State<'_, Desk>,
    source: i64,
    name: String,
) -> Result<Option<Mapping>, Failure> {
    desk.in_project(move |session| {
        let templates = templates(session);
        let project = &session.project;
        let (mapping, mark) = workflows::as_template(project, session.actor(), source, &name, session.now())?;
        let before = templates.get(&mark.name).ok();
        let saved = templates.save(&mapping, mark)?;
        // The source is mapped by this template from here on.
        project.put_mapping(session.actor(), source, &saved, None)?;
        Ok::<_, WorkflowError>(before)
    })
    .await
}

/// Maps a source as a template says. `renamed` are columns that are called otherwise now: old header → new one.
#[tauri::command]
pub(crate) async fn apply_template(
    desk: State<'_, Desk>,
    source: i64,
    name: String,
    renamed: BTreeMap<String, String>,
) -> Result<MappingOutcome, Failure> {
    desk.in_project(move |session| {
        let template = templates(session).get(&name)?;
        let changed =
            workflows::apply_template(&session.project, session.actor(), source, &template, &renamed)?;
        learn(session, source)?;
        Ok::<_, WorkflowError>(MappingOutcome {
            state: state_of(session, source)?,
            freed: Vec::new(),
            before: changed.before,
        })
    })
    .await
}

/// Takes a template away; what is returned brings it back.
#[tauri::command]
pub(crate) async fn remove_template(desk: State<'_, Desk>, name: String) -> Result<Mapping, Failure> {
    desk.in_project(move |session| {
        let templates = templates(session);
        let removed = templates.get(&name)?;
        templates.remove(&name)?;
        Ok::<_, WorkflowError>(removed)
    })
    .await
}

/// Puts a template back as it was.
#[tauri::command]
pub(crate) async fn restore_template(desk: State<'_, Desk>, template: Mapping) -> Result<(), Failure> {
    desk.in_project(move |session| keep(session, &template, name_of(&template)))
        .await
}

/// Writes a template as a file.
#[tauri::command]
pub(crate) async fn export_template(
    desk: State<'_, Desk>,
    name: String,
    path: PathBuf,
) -> Result<(), Failure> {
    desk.in_project(move |session| write_mapping(&path, &templates(session).get(&name)?))
        .await
}

/// Keeps a mapping file as a template; returns its name.
#[tauri::command]
pub(crate) async fn import_template(desk: State<'_, Desk>, path: PathBuf) -> Result<String, Failure> {
    desk.in_project(move |session| {
        let mapping = read_mapping(&path)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = match name_of(&mapping) {
            "" => stem.into_owned(),
            name => name.to_owned(),
        };
        keep(session, &mapping, &name)?;
        Ok::<_, WorkflowError>(name)
    })
    .await
}

/// What was decided about progress in templates and in earlier projects, by activity type. Nothing of it holds before
/// somebody confirms it.
#[tauri::command]
pub(crate) async fn earlier_decisions(
    desk: State<'_, Desk>,
) -> Result<BTreeMap<String, EarlierDecision>, Failure> {
    desk.in_project(|session| {
        let history = MappingHistory::of(session.places());
        let all = templates(session).list()?;
        Ok::<_, WorkflowError>(workflows::earlier_decisions(&session.project, &all, &history))
    })
    .await
}

fn templates(session: &Session) -> Templates {
    Templates::of(session.places())
}

fn keep(session: &Session, mapping: &Mapping, name: &str) -> Result<(), WorkflowError> {
    let by = &session.actor().name;
    templates(session)
        .keep(mapping, name, by, session.now())
        .map(drop)
}

fn line(template: &Mapping) -> TemplateLine {
    let mark = template.template.as_ref();
    TemplateLine {
        name: name_of(template).to_owned(),
        fields: u32::try_from(template.fields.len()).unwrap_or(u32::MAX),
        saved_by: mark.and_then(|mark| mark.saved_by.clone()),
        saved_at: mark.and_then(|mark| mark.saved_at).map(|at| at.to_string()),
    }
}
