//! Mailboxes: connecting them, fetching mails, looking at what was read in them, taking the leads into a project.

use std::path::Path;
use std::sync::{Arc, mpsc};

use lotse_core::target::{Role, Target};
use lotse_core::values::Instant;
use lotse_engine::connections::{Connection, ConnectionError, ConnectionTo, Connections};
use lotse_engine::credentials::{Secret, find_secret, keep_secret};
use lotse_engine::jobs::{JobKind, Phase};
use lotse_engine::mailbox::{
    self, Circumstances, MailId, MailQuery, MailStore, MailboxError, MailboxSettings, ReadScope, ReadSummary,
    RuleBook, inspect, read_stored,
};
use lotse_engine::project::NewProject;
use lotse_engine::workflows::{
    self, FetchedMails, MailSelection, MailWatcher, check_all, check_settings, load_mails,
};
use tauri::State;

use crate::Desk;
use crate::border::{
    ConnectedMailbox, Failure, FailureKind, MailLine, MailList, MailRule, MailboxEntry, MailboxOverview,
    ShownMail, TakenMails, TerritoryChoice,
};
use crate::failure::Showable;

/// The mailboxes that are connected, by name.
#[tauri::command]
pub(crate) async fn mailboxes(desk: State<'_, Desk>) -> Result<Vec<MailboxEntry>, Failure> {
    desk.run(|desk| {
        let mailboxes = Connections::of(desk.places()).mailboxes();
        let mailboxes = mailboxes.map_err(|error| error.failure(desk.language()))?;
        Ok(mailboxes
            .into_iter()
            .map(|(name, settings)| MailboxEntry { name, settings })
            .collect())
    })
    .await
}

/// What lies in the store of a mailbox. Makes no store where nothing was fetched yet.
#[tauri::command]
pub(crate) async fn mailbox_overview(
    desk: State<'_, Desk>,
    name: String,
) -> Result<MailboxOverview, Failure> {
    desk.run(move |desk| {
        let (counts, unfetched, written_at) = match desk.mail_store_if_any(&name)? {
            None => Default::default(),
            Some(store) => {
                let counted = store
                    .reading_counts()
                    .and_then(|counts| Ok((counts, store.unfetched_count()?)));
                let (counts, unfetched) = counted.map_err(|error| error.failure(desk.language()))?;
                (counts, unfetched, written_at(store.path()))
            }
        };
        let language = desk.language();
        let target = match desk.session() {
            Ok(session) => session.project.target().clone(),
            Err(_) => target_of_new_projects(),
        };
        let rules = desk.mail_rules()?;
        let territory = target
            .role_index(Role::Territory)
            .map(|index| &target.fields[index]);
        Ok(MailboxOverview {
            counts,
            unfetched: u32::try_from(unfetched).unwrap_or(u32::MAX),
            written_at,
            rules: rules
                .rules()
                .iter()
                .map(|rule| MailRule {
                    id: rule.id.clone(),
                    title: rule.title.clone(),
                })
                .collect(),
            territories: territory
                .iter()
                .flat_map(|field| &field.choices)
                .map(|choice| TerritoryChoice {
                    value: choice.value.clone(),
                    label: language.pick(&choice.label.de, &choice.label.en).clone(),
                })
                .collect(),
            has_owner: target.role_index(Role::Owner).is_some(),
        })
    })
    .await
}

/// Tries a mailbox and connects it where that works. `secret` is empty where the one that is kept for `replacing`
/// stays.
#[tauri::command]
pub(crate) async fn connect_mailbox(
    desk: State<'_, Desk>,
    name: String,
    settings: MailboxSettings,
    secret: String,
    replacing: Option<String>,
) -> Result<ConnectedMailbox, Failure> {
    let given = Secret::new(secret);
    let known = (name.trim().to_owned(), replacing.clone());
    let secret = desk
        .run(move |desk| desk.secret_to_try(given, &known.0, known.1.as_deref()))
        .await?;
    // Boxed, as the states of all commands together are large.
    let report = Box::pin(mailbox::test_connection(&settings, &secret)).await;
    let report = report.map_err(|error| error.failure(desk.language()))?;
    desk.run(move |desk| {
        let connection = Connection {
            name: name.trim().to_owned(),
            to: ConnectionTo::Mailbox(settings),
        };
        let kept = Connections::of(desk.places())
            .put(&connection, replacing.as_deref())
            .and_then(|()| Ok(keep_secret(&connection.name, &secret)?));
        let kept = kept.map_err(|error| error.failure(desk.language()))?;
        Ok(ConnectedMailbox { report, kept })
    })
    .await
}

/// Removes a mailbox and forgets its secret; its mails stay.
#[tauri::command]
pub(crate) async fn disconnect_mailbox(desk: State<'_, Desk>, name: String) -> Result<(), Failure> {
    desk.run(move |desk| {
        let removed = Connections::of(desk.places()).remove(&name);
        removed.map_err(|error| error.failure(desk.language()))
    })
    .await
}

/// Puts a mailbox back that was removed; its secret has to be given anew.
#[tauri::command]
pub(crate) async fn restore_mailbox(
    desk: State<'_, Desk>,
    name: String,
    settings: MailboxSettings,
) -> Result<(), Failure> {
    desk.run(move |desk| {
        let to = ConnectionTo::Mailbox(settings);
        let put = Connections::of(desk.places()).put(&Connection { name, to }, None);
        put.map_err(|error| error.failure(desk.language()))
    })
    .await
}

/// Brings the new mails of a mailbox and reads them.
#[tauri::command]
pub(crate) async fn fetch_mails(desk: State<'_, Desk>, name: String) -> Result<FetchedMails, Failure> {
    desk.run(move |desk| {
        let settings = desk.mailbox_settings(&name)?;
        let secret = desk.kept_secret(&name)?;
        let store = Arc::new(desk.mail_store(&settings)?);
        let rules = desk.mail_rules()?;
        let fetched = desk.jobs().run(JobKind::Mail, &name, |watch| {
            let cancel = watch.cancel.clone();
            let (sender, heard) = mpsc::channel();
            // Nobody listens any more where the job has ended.
            let watcher: MailWatcher = Arc::new(move |progress| {
                let _ = sender.send(progress);
            });
            let look = tauri::async_runtime::spawn(async move {
                Box::pin(workflows::fetch_mails(
                    &settings, &secret, &store, &rules, &watcher, &cancel,
                ))
                .await
            });
            // Ends when the last watcher is gone, and with it the look.
            for progress in heard {
                (watch.progress)(progress);
            }
            tauri::async_runtime::block_on(look).unwrap_or(Err(MailboxError::Cancelled))
        });
        fetched.map_err(|error| error.failure(desk.language()))
    })
    .await
}

/// Reads all stored mails of a mailbox again, without fetching.
#[tauri::command]
pub(crate) async fn reread_mails(desk: State<'_, Desk>, name: String) -> Result<ReadSummary, Failure> {
    desk.run(move |desk| {
        let settings = desk.mailbox_settings(&name)?;
        let store = desk.mail_store(&settings)?;
        let rules = desk.mail_rules()?;
        let total = store
            .mail_count()
            .map_err(|error| error.failure(desk.language()))?;
        let read = desk.jobs().run(JobKind::Mail, &name, |watch| {
            // The watch is for one thread's borrow, the reading for several threads: they meet in a channel.
            let (sender, heard) = mpsc::channel();
            std::thread::scope(|scope| {
                let cancel = watch.cancel.clone();
                let (store, rules) = (&store, &rules);
                let reading = scope.spawn(move || {
                    let tell = |mails: usize| {
                        let _ = sender.send(mails as u64);
                    };
                    read_stored(
                        store,
                        rules,
                        ReadScope::All,
                        &Circumstances::default(),
                        &tell,
                        &cancel,
                    )
                });
                for mails in heard {
                    watch.report(Phase::Reading, mails, total);
                }
                reading.join().unwrap_or(Err(MailboxError::Cancelled))
            })
        });
        read.map_err(|error| error.failure(desk.language()))
    })
    .await
}

/// A stretch of the mails of a mailbox.
#[tauri::command]
pub(crate) async fn mail_page(
    desk: State<'_, Desk>,
    name: String,
    query: MailQuery,
) -> Result<MailList, Failure> {
    desk.run(move |desk| {
        let Some(store) = desk.mail_store_if_any(&name)? else {
            return Ok(MailList {
                total: 0,
                lines: Vec::new(),
            });
        };
        let taken = match desk.session() {
            Ok(session) => session.project.mails_taken(),
            Err(_) => Ok(Default::default()),
        };
        let taken = taken.map_err(|error| error.failure(desk.language()))?;
        let page = store
            .page(&query)
            .map_err(|error| error.failure(desk.language()))?;
        Ok(MailList {
            total: u32::try_from(page.total).unwrap_or(u32::MAX),
            lines: page
                .rows
                .into_iter()
                .map(|row| MailLine {
                    taken: taken.contains(&row.external_id),
                    row,
                })
                .collect(),
        })
    })
    .await
}

/// One mail with what was made of it.
#[tauri::command]
pub(crate) async fn mail(desk: State<'_, Desk>, name: String, id: MailId) -> Result<ShownMail, Failure> {
    desk.run(move |desk| {
        let settings = desk.mailbox_settings(&name)?;
        let view = inspect(&desk.mail_store(&settings)?, id);
        let view = view.map_err(|error| error.failure(desk.language()))?;
        let problem = view.parsed.as_ref().and_then(|parsed| parsed.problem.as_ref());
        let problem = problem.map(|problem| lotse_core::language::Tell::tell(problem, desk.language()));
        Ok(ShownMail { view, problem })
    })
    .await
}

/// Takes the leads of the stored mails into the open project, or into a new one. `territory` and `owner` are given to
/// leads that have none; empty for nothing.
#[tauri::command]
pub(crate) async fn take_mails(
    desk: State<'_, Desk>,
    name: String,
    territory: String,
    owner: String,
) -> Result<TakenMails, Failure> {
    desk.run(move |desk| {
        let settings = desk.mailbox_settings(&name)?;
        let store = desk.mail_store(&settings)?;
        let counts = store
            .reading_counts()
            .map_err(|error| error.failure(desk.language()))?;
        let session = match desk.session() {
            Ok(session) => session,
            // A project that nothing went into would only be in the way.
            Err(_) if counts.leads == 0 => {
                return Err(workflows::WorkflowError::NothingReady.failure(desk.language()));
            }
            Err(_) => desk.create_project(&NewProject::named(&name, target_of_new_projects()))?,
        };
        let target = session.project.target();
        let defaults: Vec<(String, String)> = [(Role::Territory, territory), (Role::Owner, owner)]
            .into_iter()
            .filter(|(_, value)| !value.trim().is_empty())
            .filter_map(|(role, value)| {
                let field = &target.fields[target.role_index(role)?];
                Some((field.name.clone(), value.trim().to_owned()))
            })
            .collect();
        let selection = MailSelection {
            connection: &name,
            folders: &settings.folder_names(),
            constants: &[],
            defaults: &defaults,
        };
        let loaded = session.job(JobKind::Load, &name, |watch| {
            load_mails(&session.project, session.actor(), &store, &selection, watch)
        });
        let loaded = loaded.map_err(|error| error.failure(desk.language()))?;
        if loaded.source_id.is_some() {
            // The columns of mails are known: their rows can be read before anybody has looked at the mapping.
            let checked = session.job(JobKind::Check, &name, |watch| {
                check_all(
                    &session.project,
                    &check_settings(&session.project, session.now())?,
                    watch,
                )
            });
            match checked {
                // The leads are in; a check that was stopped is made up for by the next one.
                Ok(_) | Err(workflows::WorkflowError::Cancelled) => {}
                Err(error) => return Err(error.failure(desk.language())),
            }
        }
        Ok(TakenMails {
            loaded,
            app: desk.info(),
        })
    })
    .await
}

impl Desk {
    fn mailbox_settings(&self, name: &str) -> Result<MailboxSettings, Failure> {
        let found = Connections::of(self.places()).mailbox(Some(name));
        found
            .map(|(_, settings)| settings)
            .map_err(|error| error.failure(self.language()))
    }

    fn mail_store(&self, settings: &MailboxSettings) -> Result<MailStore, Failure> {
        let store = MailStore::of_mailbox(self.places(), settings);
        store.map_err(|error| error.failure(self.language()))
    }

    fn mail_store_if_any(&self, name: &str) -> Result<Option<MailStore>, Failure> {
        let settings = self.mailbox_settings(name)?;
        if !MailStore::path_of(self.places(), &settings).exists() {
            return Ok(None);
        }
        self.mail_store(&settings).map(Some)
    }

    fn mail_rules(&self) -> Result<RuleBook, Failure> {
        RuleBook::of_user(self.places()).map_err(|error| error.failure(self.language()))
    }

    fn kept_secret(&self, name: &str) -> Result<Secret, Failure> {
        let secret = find_secret(name).map_err(|error| error.failure(self.language()))?;
        secret.ok_or_else(|| Failure {
            kind: FailureKind::SecretNeeded,
            ..ConnectionError::NoSecret {
                name: name.to_owned(),
            }
            .failure(self.language())
        })
    }

    /// The secret with which a connection is tried, once its name can be had: a try that succeeds must not end at it.
    fn secret_to_try(&self, given: Secret, name: &str, replacing: Option<&str>) -> Result<Secret, Failure> {
        let known = Connections::of(self.places()).list();
        let known = known.map_err(|error| error.failure(self.language()))?;
        let taken = |known: &Connection| known.name == name && replacing != Some(name);
        if name.is_empty() || known.iter().any(taken) {
            let name = name.to_owned();
            return Err(ConnectionError::Name { name }.failure(self.language()));
        }
        match replacing {
            Some(replacing) if given.is_empty() => self.kept_secret(replacing),
            _ => Ok(given),
        }
    }
}

/// Projects that begin with mails have the target that files begin with.
fn target_of_new_projects() -> Target {
    Target::builtin("migration").expect("it is compiled in")
}

/// When a store was written last: in the file itself, or in the journal beside it while somebody has it open.
fn written_at(store: &Path) -> Option<String> {
    let mut journal = store.as_os_str().to_os_string();
    journal.push("-wal");
    let times = [store, Path::new(&journal)].into_iter().filter_map(|path| {
        let about = std::fs::metadata(path).ok()?;
        // An empty journal was only opened.
        (about.len() > 0).then_some(about.modified().ok()?)
    });
    let at = chrono::DateTime::<chrono::Utc>::from(times.max()?);
    Some(Instant::from(at).to_string())
}
