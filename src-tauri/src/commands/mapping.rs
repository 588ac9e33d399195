//! Columns, values, and the explicit decisions about progress.

use std::collections::BTreeSet;
use std::path::PathBuf;

use lotse_core::finding::{Finding, Place};
use lotse_core::language::Language;
use lotse_core::mapping::{
    ActivitiesOrigin, ColumnRef, ColumnSuggestion, Mapping, NamePart, Origin, ProgressDecision, Reason, Step,
};
use lotse_core::target::{FieldKind, FieldSpec, Role, Target};
use lotse_engine::mapping_history::MappingHistory;
use lotse_engine::project::{CellState, Source, SourceRole};
use lotse_engine::workflows::{self, MappedRow, WorkflowError};
use tauri::State;

use crate::Desk;
use crate::border::{
    ActivityKinds, Destination, Failure, FieldSample, FoundValues, MappedColumn, MappedField, MappedSource,
    MappingChange, MappingOutcome, MappingOverview, MappingState, MappingTarget, NamedChoice, PreviewField,
    PreviewFinding, PreviewProtection, RowPreview, Suggested, TargetField,
};
use crate::session::Session;
use crate::table::{cell_text, moment_text};

/// The target's fields and all sources with their columns and mappings.
#[tauri::command]
pub(crate) async fn mapping_overview(desk: State<'_, Desk>) -> Result<MappingOverview, Failure> {
    desk.in_project(|session| {
        let project = &session.project;
        let sources = project.sources()?.into_iter();
        let owners = workflows::check_settings(project, session.now())?.owners;
        Ok::<_, WorkflowError>(MappingOverview {
            target: target_of(project.target(), session.language()),
            sources: sources
                .map(|source| mapped_source(session, source))
                .collect::<Result<_, _>>()?,
            owners: owners.map(|owners| owners.into_iter().collect()),
        })
    })
    .await
}

/// Changes the mapping of a source by one step. The rows have to be checked again.
#[tauri::command]
pub(crate) async fn change_mapping(
    desk: State<'_, Desk>,
    source: i64,
    change: MappingChange,
) -> Result<MappingOutcome, Failure> {
    desk.in_project(move |session| {
        let memory = MappingHistory::of(session.places()).memory(session.project.target());
        let changed = workflows::change_mapping(&session.project, session.actor(), source, &change, &memory)?;
        learn(session, source)?;
        Ok::<_, WorkflowError>(MappingOutcome {
            state: state_of(session, source)?,
            freed: changed.freed.into_iter().map(|column| column.name).collect(),
            before: changed.before,
        })
    })
    .await
}

/// Puts a mapping back as it was before a change.
#[tauri::command]
pub(crate) async fn restore_mapping(
    desk: State<'_, Desk>,
    source: i64,
    mapping: Mapping,
) -> Result<MappingState, Failure> {
    desk.in_project(move |session| {
        workflows::set_mapping(&session.project, session.actor(), source, &mapping)?;
        learn(session, source)?;
        state_of(session, source)
    })
    .await
}

/// Examples of what the mapping does to a field, and would do with one step more.
#[tauri::command]
pub(crate) async fn field_samples(
    desk: State<'_, Desk>,
    source: i64,
    field: String,
    next: Option<Step>,
) -> Result<Vec<FieldSample>, Failure> {
    desk.in_project(move |session| workflows::field_samples(&session.project, source, &field, next.as_ref()))
        .await
}

/// The different texts of a choice field, with what they are read as.
#[tauri::command]
pub(crate) async fn field_values(
    desk: State<'_, Desk>,
    source: i64,
    field: String,
) -> Result<FoundValues, Failure> {
    desk.in_project(move |session| workflows::field_values(&session.project, source, &field))
        .await
}

/// What activities are called, and which types wait for a person's word about progress.
#[tauri::command]
pub(crate) async fn activity_kinds(desk: State<'_, Desk>) -> Result<ActivityKinds, Failure> {
    desk.in_project(|session| workflows::activity_kinds(&session.project))
        .await
}

/// Stores the person's word whether activities of a type count as progress, for all sources, and gives it back as it
/// stands there.
#[tauri::command]
pub(crate) async fn decide_progress(
    desk: State<'_, Desk>,
    activity_type: String,
    counts: bool,
) -> Result<ProgressDecision, Failure> {
    desk.in_project(move |session| {
        let (project, actor, now) = (&session.project, session.actor(), session.now());
        workflows::decide_progress(project, actor, &activity_type, counts, now)?;
        for source in project.sources()? {
            learn(session, source.id)?;
        }
        project.forget_checked(actor, "progress_decided")?;
        Ok::<_, WorkflowError>(ProgressDecision {
            counts,
            decided_by: Some(actor.name.clone()),
            decided_at: Some(now),
        })
    })
    .await
}

/// The row at place `at` of a source, as the present mapping reads it; nothing behind its last one.
#[tauri::command]
pub(crate) async fn mapped_row(
    desk: State<'_, Desk>,
    source: i64,
    at: u32,
) -> Result<Option<RowPreview>, Failure> {
    desk.in_project(move |session| {
        let settings = workflows::check_settings(&session.project, session.now())?;
        let row = workflows::mapped_row(&session.project, source, at, settings)?;
        Ok::<_, WorkflowError>(row.map(|row| preview(session, row)))
    })
    .await
}

/// Sets the known users of the target system; without a list, whether an owner is known is left to the server.
#[tauri::command]
pub(crate) async fn set_owners(desk: State<'_, Desk>, owners: Option<Vec<String>>) -> Result<(), Failure> {
    desk.in_project(move |session| {
        let (project, actor) = (&session.project, session.actor());
        let owners: Option<BTreeSet<String>> = owners.map(|owners| workflows::owners_in(&owners.join("\n")));
        workflows::set_owners(project, actor, owners.as_ref())?;
        project.forget_checked(actor, "owners_changed")
    })
    .await
}

/// Reads a list of users out of a file. Nothing is stored.
#[tauri::command]
pub(crate) async fn read_owners(desk: State<'_, Desk>, path: PathBuf) -> Result<Vec<String>, Failure> {
    desk.in_project(move |_| Ok::<_, WorkflowError>(workflows::read_owners(&path)?.into_iter().collect()))
        .await
}

/// Remembers how a source is mapped, for the suggestions of the next project.
pub(super) fn learn(session: &Session, source_id: i64) -> Result<(), WorkflowError> {
    let project = &session.project;
    let source = project
        .sources()?
        .into_iter()
        .find(|source| source.id == source_id);
    // What "Datum" means among activities, or what is left out of an enrichment, says nothing about a list of leads.
    let source = source.filter(|source| source.role == SourceRole::Leads);
    let (Some(source), Some(mapping)) = (source, project.mapping(source_id)?) else {
        return Ok(());
    };
    let offered: Vec<ColumnRef> = project
        .suggestions(source_id)?
        .into_iter()
        .map(|suggestion| suggestion.column)
        .collect();
    let name = project.name()?;
    let mut history = MappingHistory::of(session.places());
    history.learn(project.target(), &name, &source.headers, &mapping, &offered);
    Ok(())
}

fn target_of(target: &Target, language: Language) -> MappingTarget {
    let field = |field: &FieldSpec| TargetField {
        name: field.name.clone(),
        label: field.label.get(language).to_owned(),
        kind: field.kind,
        required: field.required,
        default_allowed: field.default_allowed,
        choices: field
            .choices
            .iter()
            .map(|choice| NamedChoice {
                value: choice.value.clone(),
                label: choice.label.get(language).to_owned(),
            })
            .collect(),
    };
    let has = |role| target.role_index(role).is_some();
    MappingTarget {
        label: target.label.get(language).to_owned(),
        fields: target
            .fields
            .iter()
            .filter(|field| field.kind != FieldKind::Extra)
            .map(field)
            .collect(),
        activities: target
            .activities
            .as_ref()
            .map(|list| list.label.get(language).to_owned()),
        activity_fields: target.activity_fields().iter().map(field).collect(),
        full_name: has(Role::FirstName) && has(Role::LastName),
        extra: target
            .fields
            .iter()
            .find(|field| field.kind == FieldKind::Extra)
            .map(|field| field.label.get(language).to_owned()),
        owner_field: target
            .role_index(Role::Owner)
            .map(|index| target.fields[index].name.clone()),
    }
}

fn mapped_source(session: &Session, source: Source) -> Result<MappedSource, WorkflowError> {
    let project = &session.project;
    let suggestions = project.suggestions(source.id)?;
    let offer = project
        .mapping(source.id)?
        .unwrap_or_else(|| Mapping::empty(project.target()));
    let columns = ColumnRef::all(&source.headers)
        .into_iter()
        .zip(workflows::column_profiles(project, source.id)?)
        .map(|(reference, profile)| MappedColumn {
            suggestion: suggestions
                .iter()
                .find(|suggestion| suggestion.column == reference)
                .map(|suggestion| suggested(suggestion, &offer, project.target(), session.language())),
            kind: profile.column_type(),
            #[expect(clippy::cast_precision_loss, reason = "a share for people")]
            filled: profile.filled as f64 / profile.cells.max(1) as f64,
            date_order: profile.date_order(),
            samples: profile.samples,
            header: reference.name,
        })
        .collect();
    Ok(MappedSource {
        state: state_of(session, source.id)?,
        id: source.id,
        name: source.name,
        sheet: source.sheet,
        role: source.role,
        rows: source.row_count,
        columns,
    })
}

fn suggested(
    suggestion: &ColumnSuggestion,
    mapping: &Mapping,
    target: &Target,
    language: Language,
) -> Suggested {
    Suggested {
        to: match suggestion.reason {
            Reason::ActivityTexts => Destination::Activities,
            Reason::ActivityPart => part_of(suggestion, mapping),
            Reason::NameParts => Destination::FullName,
            Reason::Extra => Destination::Extra,
            _ if target
                .activities
                .as_ref()
                .is_some_and(|list| list.name == suggestion.field) =>
            {
                Destination::Activities
            }
            _ => Destination::Field {
                name: suggestion.field.clone(),
            },
        },
        confidence: suggestion.confidence,
        reason: suggestion.reason.tell(language),
    }
}

/// The part of an activity that a column was suggested for, as far as it is still one.
fn part_of(suggestion: &ColumnSuggestion, mapping: &Mapping) -> Destination {
    if let ActivitiesOrigin::Groups { groups } = &mapping.activities {
        for (group, fields) in groups.iter().enumerate() {
            if let Some((name, _)) = fields.iter().find(|(_, column)| **column == suggestion.column) {
                let name = name.clone();
                return Destination::ActivityField { group, name };
            }
        }
    }
    Destination::Activities
}

/// How the source is mapped at this moment.
pub(super) fn state_of(session: &Session, source_id: i64) -> Result<MappingState, WorkflowError> {
    let project = &session.project;
    let target = project.target();
    let headers = project
        .sources()?
        .into_iter()
        .find(|source| source.id == source_id)
        .map(|source| source.headers)
        .unwrap_or_default();
    let mapping = project
        .mapping(source_id)?
        .unwrap_or_else(|| Mapping::empty(target));
    let references = ColumnRef::all(&headers);
    Ok(MappingState {
        uses: references
            .iter()
            .map(|column| uses_of(&mapping, target, column))
            .collect(),
        fields: mapping
            .fields
            .iter()
            .map(|(name, field)| {
                let (columns, separator, constant) = match &field.origin {
                    Origin::Columns { columns, separator } => (columns.as_slice(), separator.clone(), None),
                    Origin::Constant { value } => (&[][..], String::new(), Some(value.clone())),
                };
                MappedField {
                    name: name.clone(),
                    columns: columns
                        .iter()
                        .filter_map(|column| references.iter().position(|other| other == column))
                        .map(count)
                        .collect(),
                    separator,
                    constant,
                    default: field.default.clone(),
                    steps: field
                        .steps
                        .iter()
                        .map(|step| step_in_words(step, session.language()))
                        .collect(),
                    plan: field.steps.clone(),
                    region: field.region.clone(),
                    date_order: field.date_order,
                    decimal_style: field.decimal_style,
                }
            })
            .collect(),
        missing: mapping.unmapped_required_fields(target),
        groups: match &mapping.activities {
            ActivitiesOrigin::Groups { groups } => count(groups.len()),
            ActivitiesOrigin::None | ActivitiesOrigin::Cells { .. } => 0,
        },
        activity_order: mapping.activity_dates.order,
        template: mapping.template.as_ref().map(|mark| mark.name.clone()),
    })
}

fn uses_of(mapping: &Mapping, target: &Target, column: &ColumnRef) -> Vec<Destination> {
    let reads = |name: &str| {
        mapping.fields.get(name).is_some_and(
            |field| matches!(&field.origin, Origin::Columns { columns, .. } if columns.contains(column)),
        )
    };
    let splits = |role: Role, wanted: NamePart| {
        target.role_index(role).is_some_and(|index| {
            let name = &target.fields[index].name;
            reads(name)
                && mapping.fields[name]
                    .steps
                    .iter()
                    .any(|step| matches!(step, Step::NamePart { part } if *part == wanted))
        })
    };
    let mut uses = Vec::new();
    let full_name = splits(Role::FirstName, NamePart::First) && splits(Role::LastName, NamePart::Last);
    if full_name {
        uses.push(Destination::FullName);
    }
    for field in &target.fields {
        let split = full_name && matches!(field.role, Some(Role::FirstName | Role::LastName));
        if reads(&field.name) && !split {
            uses.push(Destination::Field {
                name: field.name.clone(),
            });
        }
    }
    match &mapping.activities {
        ActivitiesOrigin::None => {}
        ActivitiesOrigin::Cells { columns } => {
            uses.extend(columns.contains(column).then_some(Destination::Activities));
        }
        ActivitiesOrigin::Groups { groups } => {
            for (group, fields) in groups.iter().enumerate() {
                for (name, _) in fields.iter().filter(|(_, other)| *other == column) {
                    uses.push(Destination::ActivityField {
                        group,
                        name: name.clone(),
                    });
                }
            }
        }
    }
    let extra = mapping.extra.iter().any(|extra| extra.column == *column);
    uses.extend(extra.then_some(Destination::Extra));
    uses
}

fn step_in_words(step: &Step, language: Language) -> String {
    let say = |german: String, english: String| language.pick(german, english);
    let plain = |german: &str, english: &str| language.pick(german, english).to_owned();
    match step {
        Step::Lowercase => plain("alles klein", "all small letters"),
        Step::Uppercase => plain("alles groß", "all capital letters"),
        Step::Capitalise => plain("Anfangsbuchstaben groß", "first letters capital"),
        Step::Replace { find, with } => say(
            format!("„{find}“ durch „{with}“ ersetzen"),
            format!("replace “{find}” by “{with}”"),
        ),
        Step::ReplacePattern { pattern, with } => say(
            format!("Muster „{pattern}“ durch „{with}“ ersetzen"),
            format!("replace pattern “{pattern}” by “{with}”"),
        ),
        Step::Piece { separator, index } if *index < 0 => say(
            format!("Teil {} vom Ende, getrennt an „{separator}“", -i64::from(*index)),
            format!("piece {} from the end, cut at “{separator}”", -i64::from(*index)),
        ),
        Step::Piece { separator, index } => say(
            format!("Teil {}, getrennt an „{separator}“", i64::from(*index) + 1),
            format!("piece {}, cut at “{separator}”", i64::from(*index) + 1),
        ),
        Step::NamePart { part } => match part {
            NamePart::Salutation => plain("nur die Anrede", "salutation only"),
            NamePart::Title => plain("nur der Titel", "title only"),
            NamePart::First => plain("nur der Vorname", "first name only"),
            NamePart::Last => plain("nur der Nachname", "last name only"),
        },
        Step::DateForm { form } => say(
            format!("Datum in der Form {form}"),
            format!("date in the form {form}"),
        ),
        Step::Prefix { text } => say(format!("„{text}“ davor"), format!("“{text}” before")),
        Step::Suffix { text } => say(format!("„{text}“ dahinter"), format!("“{text}” behind")),
    }
}

fn preview(session: &Session, row: MappedRow) -> RowPreview {
    let target = session.project.target();
    let (zone, language) = (session.project.zone(), session.language());
    let told = |finding: &Finding| PreviewFinding {
        severity: finding.severity(),
        message: finding.message(target, language),
    };
    let at = |wanted: Place| -> Vec<PreviewFinding> {
        row.state
            .findings
            .iter()
            .filter(|finding| finding.place == wanted)
            .map(told)
            .collect()
    };
    let shown = |field: &FieldSpec, cell: &CellState, place: Place| PreviewField {
        label: field.label.get(language).to_owned(),
        kind: field.kind,
        text: match field.choices.iter().find(|choice| choice.value == cell.shown()) {
            Some(choice) => choice.label.get(language).to_owned(),
            None => cell_text(field, cell, zone),
        },
        findings: at(place),
    };
    RowPreview {
        number: row.number,
        fields: (0_u16..)
            .zip(target.fields.iter().zip(&row.state.fields))
            .map(|(index, (field, cell))| shown(field, cell, Place::Field(index)))
            .collect(),
        activities: (0_u16..)
            .zip(&row.state.activities)
            .map(|(number, cells)| {
                (0_u16..)
                    .zip(target.activity_fields().iter().zip(cells))
                    .map(|(index, (field, cell))| shown(field, cell, Place::Activity(number, index)))
                    .collect()
            })
            .collect(),
        findings: row
            .state
            .findings
            .iter()
            .filter(|finding| !matches!(finding.place, Place::Field(_) | Place::Activity(..)))
            .map(told)
            .collect(),
        protection: row.state.protection.as_ref().map(|protection| PreviewProtection {
            until: moment_text(protection.until, zone, true),
            progress_deadline: moment_text(protection.progress_deadline, zone, true),
            status: protection.status,
        }),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
