//! Templates on the sources of a project: which fit, what becomes of a source under one, how one is made.

use std::collections::BTreeMap;

use lotse_core::mapping::{Mapping, MappingProblem, TemplateFit, TemplateMark, fit_template, template_fit};
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};

use super::columns::source_of;
use super::{MappingChanged, WorkflowError, set_mapping};
use crate::clock::Actor;
use crate::mapping_history::{EarlierDecision, MappingHistory};
use crate::project::Project;
use crate::templates::name_of;

/// A template that was probably made for files like a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct LikelyTemplate {
    /// Its name.
    pub name: String,
    /// Every column of the template is there, and no other.
    pub exact: bool,
    /// How it fits.
    pub fit: TemplateFit,
}

/// The templates that fit the columns of a source or nearly do, the best first.
pub fn likely_templates(
    project: &Project,
    source_id: i64,
    templates: &[Mapping],
) -> Result<Vec<LikelyTemplate>, WorkflowError> {
    let source = source_of(project, source_id)?;
    let mut likely: Vec<LikelyTemplate> = templates
        .iter()
        .filter(|template| template.target == project.target().id)
        .map(|template| {
            let fit = template_fit(template, &source.headers);
            LikelyTemplate {
                name: name_of(template).to_owned(),
                exact: fit.is_exact(),
                fit,
            }
        })
        .filter(|template| template.fit.is_likely())
        .collect();
    likely.sort_by(|a, b| b.fit.likeness().total_cmp(&a.fit.likeness()));
    Ok(likely)
}

/// Maps a source as a template says. Columns that it does not have are left out, those in `renamed` (old → new) are
/// read under their new names. What was decided about progress in this project stays; decisions of the template are not
/// taken over: see [`earlier_decisions`].
pub fn apply_template(
    project: &Project,
    actor: &Actor,
    source_id: i64,
    template: &Mapping,
    renamed: &BTreeMap<String, String>,
) -> Result<MappingChanged, WorkflowError> {
    let source = source_of(project, source_id)?;
    let target = project.target();
    if template.target != target.id {
        return Err(WorkflowError::Mapping {
            source_name: source.name,
            problem: MappingProblem::OtherTarget {
                mapping: template.target.clone(),
                target: target.id.clone(),
            },
        });
    }
    let before = project
        .mapping(source_id)?
        .unwrap_or_else(|| Mapping::empty(target));
    let mut mapping = fit_template(template, &source.headers, renamed);
    mapping.progress.clone_from(&before.progress);
    // The source's own headers say what it was made for from here on.
    if let Some(mark) = &mut mapping.template {
        mark.headers.clone_from(&source.headers);
    }
    set_mapping(project, actor, source_id, &mapping)?;
    let freed = before
        .used_columns()
        .filter(|column| !mapping.used_columns().any(|used| used == *column))
        .cloned()
        .collect();
    Ok(MappingChanged {
        before,
        mapping,
        freed,
    })
}

/// The mapping of a source with the mark that makes it a template.
pub fn as_template(
    project: &Project,
    actor: &Actor,
    source_id: i64,
    name: &str,
    now: Instant,
) -> Result<(Mapping, TemplateMark), WorkflowError> {
    let source = source_of(project, source_id)?;
    let mapping = project
        .mapping(source_id)?
        .unwrap_or_else(|| Mapping::empty(project.target()));
    let mark = TemplateMark {
        name: name.trim().to_owned(),
        headers: source.headers,
        saved_by: Some(actor.name.clone()),
        saved_at: Some(now),
    };
    Ok((mapping, mark))
}

/// What was decided about the progress of activity types elsewhere: in templates, and in other projects on this machine.
/// The latest word is shown; it holds only when somebody confirms it.
pub fn earlier_decisions(
    project: &Project,
    templates: &[Mapping],
    history: &MappingHistory,
) -> BTreeMap<String, EarlierDecision> {
    let target = project.target();
    let mut earlier = history.progress(target);
    for template in templates.iter().filter(|template| template.target == target.id) {
        for (kind, decision) in &template.progress {
            let newer = earlier
                .get(kind)
                .is_none_or(|known| known.decision.decided_at < decision.decided_at);
            if newer {
                let made_in = name_of(template).to_owned();
                let decision = decision.clone();
                earlier.insert(kind.clone(), EarlierDecision { decision, made_in });
            }
        }
    }
    earlier
}
