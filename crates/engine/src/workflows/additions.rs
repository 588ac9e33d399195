//! Sources whose rows belong to leads of other sources: activities that stand in a sheet of their own, and further
//! values. They find their lead by its external id, its e-mail address, or company and city.

use std::collections::{BTreeMap, HashMap, HashSet};

use lotse_core::duplicates::{normal_city, normal_company, normal_email};
use lotse_core::lead::{ExternalId, Lead};
use lotse_core::mapping::{
    ColumnRef, Interpreter, Mapping, Memory, SourceColumn, Suggestion, suggest_activities,
    suggest_remembering,
};
use lotse_core::table::Row;
use lotse_core::target::{Role, Target};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::WorkflowError;
use super::columns::{column_profiles, interpreter, source_of};
use crate::clock::Actor;
use crate::project::{
    JoinReport, JoinedActivity, Project, ProjectError, Source, SourceRole, UnmatchedReason, UnmatchedRow,
};

/// Rows that are named one by one.
const NAMED: usize = 200;

/// By what a row finds its lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum JoinKey {
    /// The identity in the source.
    ExternalId,
    /// The e-mail address, in its normal form.
    Email,
    /// Company and city, in their normal forms.
    CompanyCity,
}

impl JoinKey {
    /// In the order in which they are tried: the surest first.
    pub const ALL: [Self; 3] = [Self::ExternalId, Self::Email, Self::CompanyCity];

    /// The roles of the fields that it is made of.
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::ExternalId => &[Role::ExternalId],
            Self::Email => &[Role::Email],
            Self::CompanyCity => &[Role::Company, Role::City],
        }
    }

    /// The fields of `target` that it is made of; `None` where the target lacks one.
    fn fields(self, target: &Target) -> Option<Vec<usize>> {
        self.roles().iter().map(|role| target.role_index(*role)).collect()
    }

    /// What is compared, and what a person reads; `None` where a part is missing.
    fn of(self, target: &Target, lead: &Lead) -> Option<(String, String)> {
        let texts: Vec<&str> = self
            .fields(target)?
            .into_iter()
            .map(|field| lead.fields[field].text.as_str())
            .collect();
        if texts.iter().any(|text| text.is_empty()) {
            return None;
        }
        let form = match (self, texts.as_slice()) {
            (Self::ExternalId, [id]) => (*id).to_owned(),
            (Self::Email, [email]) => normal_email(email)?.into_owned(),
            (Self::CompanyCity, [company, city]) => {
                format!("{}\n{}", normal_company(company), normal_city(city))
            }
            _ => return None,
        };
        Some((form, texts.join(", ")))
    }
}

/// The keys that a mapping fills, the surest first.
pub fn join_keys(target: &Target, mapping: &Mapping) -> Vec<JoinKey> {
    let filled = |field: usize| mapping.fields.contains_key(&target.fields[field].name);
    JoinKey::ALL
        .into_iter()
        .filter(|key| {
            key.fields(target)
                .is_some_and(|fields| fields.into_iter().all(filled))
        })
        .collect()
}

/// What a row names its lead by.
struct Named {
    key: JoinKey,
    form: String,
    shown: String,
}

fn named(keys: &[JoinKey], target: &Target, lead: &Lead) -> Option<Named> {
    keys.iter().find_map(|&key| {
        let (form, shown) = key.of(target, lead)?;
        Some(Named { key, form, shown })
    })
}

/// A row of an addition with what it found.
pub(super) struct Matched<T> {
    /// Its number as a person sees it.
    pub number: u32,
    /// The row of the project.
    pub row: u32,
    /// What it has for its lead.
    pub has: T,
}

/// What a row of the project is called by a key, and the row.
type KeyOfLead = ((JoinKey, String), u32);

/// Who is called something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Called {
    /// One row of the project.
    One(u32),
    /// Several: nobody knows which of them is meant.
    Several,
}

/// The leads of the project by what rows of an addition may name them by.
type Found = HashMap<(JoinKey, String), Called>;

/// Blocks of an addition that are read at once, on all cores.
const BLOCKS_AT_ONCE: u32 = 16;

/// Hands each row of an addition to `read`, on all cores, and what that makes of it to `take`, in order.
fn for_each_row<T: Send>(
    project: &Project,
    source: &Source,
    read: impl Fn(Row<'_>) -> T + Sync,
    mut take: impl FnMut(T),
) -> Result<(), ProjectError> {
    let blocks = project.block_count(source.id)?;
    for first in (0..blocks).step_by(BLOCKS_AT_ONCE as usize) {
        let chunk = first..blocks.min(first + BLOCKS_AT_ONCE);
        let made: Result<Vec<Vec<T>>, ProjectError> = chunk
            .into_par_iter()
            .map(|sequence| Ok(project.block_at(source.id, sequence)?.rows().map(&read).collect()))
            .collect();
        made?.into_iter().flatten().for_each(&mut take);
    }
    Ok(())
}

/// The mapping with nothing in it but the fields that keys are made of.
fn keys_only(mut mapping: Mapping, target: &Target, keys: &[JoinKey]) -> Mapping {
    let names: HashSet<&str> = keys
        .iter()
        .filter_map(|key| key.fields(target))
        .flatten()
        .map(|field| target.fields[field].name.as_str())
        .collect();
    mapping.fields.retain(|name, _| names.contains(name.as_str()));
    Mapping {
        fields: mapping.fields,
        ..Mapping::empty(target)
    }
}

/// Reads the rows of an addition and finds their leads. `read` says what a matched row has for its lead, if anything, on
/// all cores; `take` gets that in the order of the rows.
pub(super) fn match_rows<T: Send>(
    project: &Project,
    source: &Source,
    mapping: &Mapping,
    read: impl Fn(&Interpreter<'_>, Row<'_>, JoinKey) -> Option<T> + Sync,
    mut take: impl FnMut(Matched<T>),
) -> Result<JoinReport, WorkflowError> {
    let target = project.target();
    let keys = join_keys(target, mapping);
    let whole = interpreter(project, source, mapping)?;
    let naming = interpreter(project, source, &keys_only(mapping.clone(), target, &keys))?;
    let nobody = ExternalId(String::new());
    let name_of = |row: Row<'_>| named(&keys, target, &naming.interpret(row, None, &nobody).lead);
    let mut wanted: HashSet<(JoinKey, String)> = HashSet::new();
    for_each_row(project, source, name_of, |name| {
        wanted.extend(name.map(|named| (named.key, named.form)));
    })?;
    let found = leads_named(project, source.id, &keys, wanted)?;
    let mut report = JoinReport::default();
    let mut leads = HashSet::new();
    let look = |row: Row<'_>| {
        let (shown, outcome) = match name_of(row) {
            None => (String::new(), Err(UnmatchedReason::NoKey)),
            Some(Named { key, form, shown }) => match found.get(&(key, form)) {
                None => (shown, Err(UnmatchedReason::Unknown)),
                Some(Called::Several) => (shown, Err(UnmatchedReason::Several)),
                Some(&Called::One(lead)) => match read(&whole, row, key) {
                    Some(has) => (String::new(), Ok((lead, has))),
                    None => (shown, Err(UnmatchedReason::Nothing)),
                },
            },
        };
        (row.number(), shown, outcome)
    };
    for_each_row(project, source, look, |(number, key, outcome)| {
        report.rows += 1;
        match outcome {
            Ok((row, has)) => {
                report.matched += 1;
                leads.insert(row);
                take(Matched { number, row, has });
            }
            Err(reason) => {
                report.unmatched += 1;
                if report.examples.len() < NAMED {
                    report.examples.push(UnmatchedRow { number, key, reason });
                }
            }
        }
    })?;
    report.leads = u32::try_from(leads.len()).unwrap_or(u32::MAX);
    Ok(report)
}

/// The rows of leads that have one of the wanted keys, apart from those of `except`.
fn leads_named(
    project: &Project,
    except: i64,
    keys: &[JoinKey],
    wanted: HashSet<(JoinKey, String)>,
) -> Result<Found, WorkflowError> {
    let target = project.target();
    let asked: HashSet<JoinKey> = wanted.iter().map(|(key, _)| *key).collect();
    let keys: Vec<JoinKey> = keys.iter().copied().filter(|key| asked.contains(key)).collect();
    let mut readers: BTreeMap<i64, Interpreter<'_>> = BTreeMap::new();
    for source in project.sources()? {
        if source.role != SourceRole::Leads || source.id == except {
            continue;
        }
        let Some(mapping) = project.mapping(source.id)? else {
            continue;
        };
        // Only what is compared is read: a million leads have many other fields.
        let only = keys_only(mapping, target, &keys);
        readers.insert(source.id, interpreter(project, &source, &only)?);
    }
    let blocks: Vec<_> = project
        .block_list()
        .into_iter()
        .filter(|(source, ..)| source.is_leads() && readers.contains_key(&source.id))
        .collect();
    // Normal forms cost more than reading: a city is looked at once, and companies only in the cities that are asked for.
    let cities: HashSet<&str> = wanted
        .iter()
        .filter(|(key, _)| *key == JoinKey::CompanyCity)
        .filter_map(|(_, form)| form.rsplit_once('\n').map(|(_, city)| city))
        .collect();
    let city = target.role_index(Role::City);
    let found: Result<Vec<Vec<KeyOfLead>>, ProjectError> = blocks
        .par_iter()
        .map(|(source, sequence, first_row, rows)| {
            let edits = project.edits_between(*first_row..*first_row + *rows)?;
            let mut found = Vec::new();
            let mut asked: HashMap<String, bool> = HashMap::new();
            let reader = &readers[&source.id];
            for (at, row) in (*first_row..).zip(project.block(source, *sequence)?.rows()) {
                let lead = reader
                    .interpret(row, edits.get(&at), &source.external_id(row.number()))
                    .lead;
                for &key in &keys {
                    if let (JoinKey::CompanyCity, Some(city)) = (key, city) {
                        let text = &lead.fields[city].text;
                        let is_asked = asked
                            .entry(text.clone())
                            .or_insert_with(|| cities.contains(normal_city(text).as_str()));
                        if !*is_asked {
                            continue;
                        }
                    }
                    let Some((form, _)) = key.of(target, &lead) else {
                        continue;
                    };
                    let named = (key, form);
                    if wanted.contains(&named) {
                        found.push((named, at));
                    }
                }
            }
            Ok(found)
        })
        .collect();
    drop(cities);
    drop(wanted);
    let mut all = Found::new();
    for (named, row) in found?.into_iter().flatten() {
        all.entry(named)
            .and_modify(|called| *called = Called::Several)
            .or_insert(Called::One(row));
    }
    Ok(all)
}

/// Finds again to which leads the rows of all sources of activities belong. Nothing is dropped silently: rows without a
/// lead are counted and named.
pub fn join_activities(project: &Project) -> Result<BTreeMap<i64, JoinReport>, WorkflowError> {
    let mut reports = BTreeMap::new();
    for source in project.sources()? {
        if source.role != SourceRole::Activities {
            continue;
        }
        let mapping = project
            .mapping(source.id)?
            .unwrap_or_else(|| Mapping::empty(project.target()));
        let mut joined = Vec::new();
        let has = |reader: &Interpreter<'_>, row: Row<'_>, _: JoinKey| {
            Some(reader.activity_cells(row)).filter(|activities| !activities.is_empty())
        };
        let report = match_rows(project, &source, &mapping, has, |matched| {
            joined.extend(matched.has.into_iter().map(|cells| {
                let activity = JoinedActivity {
                    source_id: source.id,
                    number: matched.number,
                    cells,
                };
                (matched.row, activity)
            }));
        })?;
        project.put_joined(source.id, &report, &joined)?;
        reports.insert(source.id, report);
    }
    Ok(reports)
}

/// Setting of a project that says that a person has confirmed the use of a source.
fn confirmed(source_id: i64) -> String {
    format!("use_confirmed:{source_id}")
}

/// Gives the rows of a source another use, with a mapping that fits it; or confirms the one that it has.
pub fn use_source(
    project: &Project,
    actor: &Actor,
    source_id: i64,
    role: SourceRole,
    memory: &Memory,
) -> Result<(), WorkflowError> {
    // Asked once: what a person has said is not proposed otherwise again.
    project.put_setting(actor, &confirmed(source_id), "yes")?;
    if source_of(project, source_id)?.role == role {
        return Ok(());
    }
    project.change_role(actor, source_id, role)?;
    suggest_mapping(project, actor, source_id, memory)?;
    join_activities(project)?;
    Ok(())
}

/// Takes the suggestion for all columns of a source, by its use and by what is remembered. Decisions about progress that
/// were made in this project stay.
pub fn suggest_mapping(
    project: &Project,
    actor: &Actor,
    source_id: i64,
    memory: &Memory,
) -> Result<Mapping, WorkflowError> {
    let source = source_of(project, source_id)?;
    let mut suggestion = suggested_for(project, &source, source.role, memory)?;
    for other in project.sources()? {
        let decided = project.mapping(other.id)?.map(|mapping| mapping.progress);
        suggestion.mapping.progress.extend(decided.unwrap_or_default());
    }
    project.put_mapping(actor, source_id, &suggestion.mapping, Some(&suggestion.columns))?;
    project.forget_checked(actor, "mapping_changed")?;
    Ok(suggestion.mapping)
}

fn suggested_for(
    project: &Project,
    source: &Source,
    role: SourceRole,
    memory: &Memory,
) -> Result<Suggestion, WorkflowError> {
    let columns: Vec<SourceColumn> = ColumnRef::all(&source.headers)
        .into_iter()
        .zip(column_profiles(project, source.id)?)
        .map(|(reference, profile)| SourceColumn { reference, profile })
        .collect();
    Ok(suggestion_for(project.target(), role, &columns, memory))
}

/// The suggestion for the columns of a source of this use.
pub(super) fn suggestion_for(
    target: &Target,
    role: SourceRole,
    columns: &[SourceColumn],
    memory: &Memory,
) -> Suggestion {
    match role {
        SourceRole::Activities => suggest_activities(target, columns, memory),
        SourceRole::Leads | SourceRole::Reference | SourceRole::Enrichment => {
            suggest_remembering(target, columns, memory)
        }
    }
}

/// What a further file of leads looks like, beside the leads that are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct UseProposal {
    /// What its rows are probably for.
    pub role: SourceRole,
    /// By what they find leads.
    pub keys: Vec<JoinKey>,
    /// Rows that belong to a lead that is there.
    pub matched: u32,
    /// Its rows.
    pub rows: u32,
}

/// Says whether the rows of a source of leads look like additions to the leads of the others; `None` where they look
/// like leads, or where there are no others.
pub fn propose_use(project: &Project, source_id: i64) -> Result<Option<UseProposal>, WorkflowError> {
    let source = source_of(project, source_id)?;
    if project.setting(&confirmed(source_id))?.is_some() {
        return Ok(None);
    }
    let first = project
        .sources()?
        .into_iter()
        .find(|other| other.role == SourceRole::Leads);
    if source.role != SourceRole::Leads || first.is_none_or(|first| first.id == source_id) {
        return Ok(None);
    }
    let target = project.target();
    let memory = Memory::default();
    let mut best: Option<UseProposal> = None;
    for (role, least) in [(SourceRole::Activities, 3), (SourceRole::Enrichment, 5)] {
        let mapping = suggested_for(project, &source, role, &memory)?.mapping;
        let is_sheet = matches!(&mapping.activities, lotse_core::mapping::ActivitiesOrigin::Groups { groups }
            if groups.len() == 1 && groups[0].len() >= 2);
        let keys = join_keys(target, &mapping);
        if keys.is_empty() || best.is_some() || role == SourceRole::Activities && !is_sheet {
            continue;
        }
        let report = match_rows(project, &source, &mapping, |_, _, _| Some(()), |_| ())?;
        if report.matched > 0 && u64::from(report.matched) * 10 >= u64::from(report.rows) * least {
            best = Some(UseProposal {
                role,
                keys,
                matched: report.matched,
                rows: report.rows,
            });
        }
    }
    Ok(best)
}
