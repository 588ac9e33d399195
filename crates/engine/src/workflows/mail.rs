//! Leads that arrive by mail: from the mailbox into its local store, and from there into a project, through the same
//! door as the rows of files.

use std::sync::Arc;
use std::time::Duration;

use lotse_core::mapping::{FieldMapping, Interpreter, Mapping, ReadingSettings};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::WorkflowError;
use super::load::{append_rows, free_prefix};
use super::mail_mapping::{carried_mapping, preset_mapping};
use crate::clock::Actor;
use crate::credentials::Secret;
use crate::jobs::{Phase, Progress, Watch};
use crate::mailbox::{
    self, Circumstances, LeadSelection, MailStore, MailboxError, MailboxSettings, ReadScope, ReadSummary,
    ReadingCounts, RuleBook, SyncSummary, lead_table, read_stored,
};
use crate::project::{NewSource, Project, Source, SourceRole};

/// What a look into a mailbox brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct FetchedMails {
    /// What came from the server.
    pub sync: SyncSummary,
    /// What was read now: the new mails, and older ones where the rules have changed.
    pub read: ReadSummary,
    /// What the store holds in all.
    pub counts: ReadingCounts,
}

/// Whoever watches a look into a mailbox; called from any thread.
pub type MailWatcher = Arc<dyn Fn(Progress) + Send + Sync>;

/// Brings the new mails into the store and reads them with `rules`. What came before a failure is read, too.
///
/// # Errors
/// As [`mailbox::sync`]; everything that was stored stays stored.
pub async fn fetch_mails(
    settings: &MailboxSettings,
    secret: &Secret,
    store: &Arc<MailStore>,
    rules: &RuleBook,
    progress: &MailWatcher,
    cancel: &CancellationToken,
) -> Result<FetchedMails, MailboxError> {
    let fetching = |now: &mailbox::SyncProgress| {
        progress(Progress {
            phase: Phase::Fetching,
            done: now.done,
            total: now.total,
            rows: now.done,
        });
    };
    // Boxed here and below, as the states of all commands together are large.
    let sync = Box::pin(mailbox::sync(settings, secret, store, &fetching, cancel)).await;
    let (held, rules, watcher, token) = (
        Arc::clone(store),
        rules.clone(),
        Arc::clone(progress),
        cancel.clone(),
    );
    let reading = tokio::task::spawn_blocking(move || {
        let reading = |mails: usize| {
            let done = u64::try_from(mails).unwrap_or(u64::MAX);
            watcher(Progress {
                phase: Phase::Reading,
                done,
                total: 0,
                rows: done,
            });
        };
        let outdated = ReadScope::Outdated;
        let read = read_stored(
            &held,
            &rules,
            outdated,
            &Circumstances::default(),
            &reading,
            &token,
        )?;
        Ok::<_, MailboxError>((read, held.reading_counts()?))
    });
    let read = match reading.await {
        Ok(read) => read,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(MailboxError::Cancelled),
    };
    let sync = sync?;
    let (read, counts) = read?;
    Ok(FetchedMails { sync, read, counts })
}

/// The wait after a broken connection; doubles with every further one, up to the interval of the settings.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// Looks into the mailbox again and again: when the server tells of something new, at the latest after the interval of
/// the settings. `each` hears what every look brought. Faults of the network are waited out.
///
/// # Errors
/// When something is wrong that only a person can mend, such as the password. Being stopped is none.
pub async fn watch_mailbox(
    settings: &MailboxSettings,
    secret: &Secret,
    store: &Arc<MailStore>,
    rules: &RuleBook,
    progress: &MailWatcher,
    mut each: impl FnMut(Result<&FetchedMails, &MailboxError>),
    cancel: &CancellationToken,
) -> Result<(), MailboxError> {
    let mut failures = 0_u32;
    loop {
        let look = Box::pin(fetch_mails(settings, secret, store, rules, progress, cancel)).await;
        let pause = match look {
            Ok(fetched) => {
                failures = 0;
                each(Ok(&fetched));
                match Box::pin(mailbox::wait_for_mail(settings, secret, store, cancel)).await {
                    Ok(()) => continue,
                    Err(problem) if problem.is_lasting() => settings.interval(),
                    Err(_) => FIRST_PAUSE,
                }
            }
            Err(problem) if problem.is_lasting() => return Err(problem),
            Err(problem) => {
                if !cancel.is_cancelled() {
                    each(Err(&problem));
                }
                failures = failures.saturating_add(1);
                FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(failures - 1))
            }
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => return Ok(()),
            () = tokio::time::sleep(pause.min(settings.interval())) => {}
        }
    }
}

/// Which stored mails go into a project, and how.
#[derive(Clone, Copy, Debug)]
pub struct MailSelection<'a> {
    /// The connection's name.
    pub connection: &'a str,
    /// Where its mails lie; all of them where the list is empty.
    pub folders: &'a [&'a str],
    /// Fields that have the same value in every row: field and value.
    pub constants: &'a [(String, String)],
    /// What fields have where the mail says nothing: field and value.
    pub defaults: &'a [(String, String)],
}

impl MailSelection<'_> {
    /// Puts constants and defaults into a mapping.
    fn fill(&self, mapping: &mut Mapping) {
        for (field, value) in self.constants {
            let constant = FieldMapping::constant(value.clone());
            mapping.fields.insert(field.clone(), constant);
        }
        for (field, value) in self.defaults {
            match mapping.fields.get_mut(field) {
                Some(mapped) => mapped.default = Some(value.clone()),
                None => {
                    let constant = FieldMapping::constant(value.clone());
                    mapping.fields.insert(field.clone(), constant);
                }
            }
        }
    }
}

/// What went into a project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct LoadedMails {
    /// The new source; absent where there was nothing new.
    #[ts(type = "number | null")]
    pub source_id: Option<i64>,
    /// New leads.
    pub leads: u32,
    /// Mails with leads that the project had already.
    #[ts(type = "number")]
    pub known_mails: u64,
}

/// In the details of a source: that it is a mailbox.
const KIND: &str = "mailbox";

/// Takes the leads of the stored mails into the project as a new source; of each mail once, so that loading again
/// takes the new ones only. The mapping is that of the last load of the same connection, else a preset one.
///
/// # Errors
/// When store or project fail, when a constant has no field, and when a person stops it; nothing of it stays then.
pub fn load_mails(
    project: &Project,
    actor: &Actor,
    store: &MailStore,
    selection: &MailSelection<'_>,
    watch: &Watch<'_>,
) -> Result<LoadedMails, WorkflowError> {
    let earlier = last_load(project, selection.connection)?;
    let columns = earlier
        .iter()
        .flat_map(|(_, mapping)| mapping.used_columns().map(|column| column.name.clone()));
    let table = lead_table(
        store,
        &LeadSelection {
            folders: selection.folders.iter().map(ToString::to_string).collect(),
            without: project.mails_taken()?,
            columns: columns.collect(),
        },
    )?;
    let leads = u32::try_from(table.origins.len()).unwrap_or(u32::MAX);
    let mut loaded = LoadedMails {
        source_id: None,
        leads,
        known_mails: table.left_out,
    };
    if leads == 0 {
        return Ok(loaded);
    }
    let details = json!({
        "kind": KIND,
        "folders": selection.folders,
        "rows": { "read": leads, "skipped": [] },
        "skipped": [],
    });
    let mut writer = project.add_source(NewSource {
        role: SourceRole::Leads,
        name: match selection.folders {
            [] => selection.connection.to_string(),
            folders => format!("{}: {}", selection.connection, folders.join(", ")),
        },
        sheet: String::new(),
        origin: selection.connection.to_string(),
        id_prefix: free_prefix(project, "MAIL")?,
        headers: table.header.clone(),
        details: details.clone(),
    })?;
    let mut rows = 0;
    let blocks = table.blocks.into_iter().take_while(|block| {
        rows += block.len() as u64;
        watch.report(Phase::Reading, rows, u64::from(leads));
        !watch.is_cancelled()
    });
    let columns = append_rows(&mut writer, &table.header, blocks)?;
    if watch.is_cancelled() {
        return Err(WorkflowError::Cancelled);
    }
    writer.put_mail_origins(&table.origins)?;
    let mut suggestion = preset_mapping(project.target(), &columns);
    if let Some((source, mapping)) = earlier {
        suggestion.mapping = carried_mapping(project.target(), &mapping, &source.headers, &columns);
    }
    selection.fill(&mut suggestion.mapping);
    let reading = ReadingSettings { zone: project.zone() };
    Interpreter::new(project.target(), &suggestion.mapping, &table.header, reading).map_err(|problem| {
        WorkflowError::Mapping {
            source_name: selection.connection.to_string(),
            problem,
        }
    })?;
    let source_id = writer.finish(actor, &table.header, &details)?;
    project.put_mapping(actor, source_id, &suggestion.mapping, Some(&suggestion.columns))?;
    loaded.source_id = Some(source_id);
    Ok(loaded)
}

/// The source that was loaded last from this connection, with its mapping.
fn last_load(project: &Project, connection: &str) -> Result<Option<(Source, Mapping)>, WorkflowError> {
    let last = project
        .sources()?
        .into_iter()
        .rfind(|source| source.origin == connection && source.details.get("kind") == Some(&json!(KIND)));
    let Some(source) = last else {
        return Ok(None);
    };
    Ok(project.mapping(source.id)?.map(|mapping| (source, mapping)))
}
