use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};

use lotse_core::target::Target;
use lotse_engine::connections::{
    Connection, ConnectionError, ConnectionTo, Connections, ServerAuth, ServerSettings,
};
use lotse_engine::credentials::{self, Kept, Secret};
use lotse_engine::mailbox::{self, MailStore, MailboxAuth, MailboxSettings, TransportSecurity};
use lotse_engine::places::Places;
use lotse_engine::server::ServerClient;
use serde_json::json;

use crate::Outcome;
use crate::arguments::{AddConnectionArguments, AuthArgument, ConnectionCommand};
use crate::outcome::{Failure, GOOD, print, print_json};

pub(crate) fn run(command: ConnectionCommand) -> Outcome {
    let places = places()?;
    let connections = Connections::of(&places);
    match command {
        ConnectionCommand::Add(arguments) => add(&connections, *arguments),
        ConnectionCommand::List { json } => list(&connections, json),
        ConnectionCommand::Test { name, json } => test(&connections, &name, json),
        ConnectionCommand::Remove { name, mails } => remove(&places, &connections, &name, mails),
    }
}

/// The user's folders.
pub(crate) fn places() -> Result<Places, Failure> {
    Places::of_user().map_err(|error| Failure::input(error.to_string()))
}

fn add(connections: &Connections, arguments: AddConnectionArguments) -> Outcome {
    let name = arguments.name.clone();
    let replacing = arguments.replace.then(|| name.clone());
    let connection = Connection {
        name: name.clone(),
        to: meant(arguments)?,
    };
    connections.put(&connection, replacing.as_deref())?;
    let kept = ask_secret(&name).and_then(|secret| {
        credentials::keep_secret(&name, &secret).map_err(|error| ConnectionError::from(error).into())
    });
    if kept.is_err() && replacing.is_none() {
        // A connection without its secret would only fail later.
        connections.remove(&name)?;
    }
    if kept? == Kept::Memory {
        print(
            "There is no keyring on this system: the secret is not stored and will be asked for each time.\n",
        )?;
    }
    Ok(GOOD)
}

/// What the arguments describe.
fn meant(arguments: AddConnectionArguments) -> Result<ConnectionTo, Failure> {
    let ca_file = arguments.ca_file.as_deref().map(whole_path).transpose()?;
    let (server, mailbox) = (arguments.server, arguments.mailbox);
    let Some(base_url) = server.url else {
        let (security, usual_port) = if mailbox.starttls {
            (TransportSecurity::Starttls, 143)
        } else {
            (TransportSecurity::ImplicitTls, 993)
        };
        return Ok(ConnectionTo::Mailbox(MailboxSettings {
            host: mailbox.imap.unwrap_or_default(),
            port: mailbox.port.unwrap_or(usual_port),
            security,
            user: mailbox.user.unwrap_or_default(),
            auth: if mailbox.oauth {
                MailboxAuth::OauthBearer
            } else {
                MailboxAuth::Password
            },
            folders: mailbox.folders,
            since: mailbox.since,
            ca_file,
            poll_minutes: mailbox.every.unwrap_or(MailboxSettings::default_poll_minutes()),
        }));
    };
    super::input::target(&server.target)?;
    Ok(ConnectionTo::Server(ServerSettings {
        base_url,
        target: server.target,
        auth: match server.auth {
            AuthArgument::ApiKey => ServerAuth::ApiKey {
                header: server.header,
            },
            AuthArgument::Bearer => ServerAuth::Bearer,
        },
        ca_file,
        batch_size: server.batch_size,
    }))
}

/// The path from the root: a connection is used from other folders than the one in which it was typed.
fn whole_path(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::file(path, &error))
}

fn list(connections: &Connections, json: bool) -> Outcome {
    let list = connections.list()?;
    if json {
        print_json(&list)?;
        return Ok(GOOD);
    }
    for connection in list {
        let name = connection.name;
        print(&match connection.to {
            ConnectionTo::Server(server) => {
                format!("{name}\tserver\t{}\t{}\n", server.target, server.base_url)
            }
            ConnectionTo::Mailbox(mailbox) => format!(
                "{name}\tmailbox\t{} at {}:{}\t{}\n",
                mailbox.user,
                mailbox.host,
                mailbox.port,
                mailbox.folder_names().join(", ")
            ),
        })?;
    }
    Ok(GOOD)
}

fn test(connections: &Connections, name: &str, json: bool) -> Outcome {
    match connections.find(name)?.to {
        ConnectionTo::Server(settings) => test_server(name, &settings, json),
        ConnectionTo::Mailbox(settings) => test_mailbox(name, &settings, json),
    }
}

fn test_server(name: &str, settings: &ServerSettings, json: bool) -> Outcome {
    let target = super::input::target(&settings.target)?;
    let who = who_am_i(settings, &target, &secret_for(name)?)?;
    if json {
        print_json(&json!({ "connection": name, "reachable": true, "user": who.user, "roles": who.roles }))?;
    } else {
        print(&format!(
            "{name}: reachable, logged in as {} ({})\n",
            who.user,
            who.roles.join(", ")
        ))?;
    }
    Ok(GOOD)
}

fn test_mailbox(name: &str, settings: &MailboxSettings, json: bool) -> Outcome {
    let secret = secret_for(name)?;
    let report = runtime()?.block_on(mailbox::test_connection(settings, &secret))?;
    if json {
        print_json(
            &json!({ "connection": name, "reachable": true, "user": settings.user, "mailbox": report }),
        )?;
        return Ok(GOOD);
    }
    let mails: Vec<String> = report
        .mails
        .iter()
        .map(|folder| format!("{} ({} mails)", folder.folder, folder.mails))
        .collect();
    let others: Vec<&str> = report
        .folders
        .iter()
        .filter(|folder| folder.selectable && !report.mails.iter().any(|read| read.folder == folder.name))
        .map(|folder| folder.name.as_str())
        .collect();
    let mut text = format!("{name}: reachable, logged in as {}\n", settings.user);
    text.push_str(&format!("folders to read: {}\n", mails.join(", ")));
    if !others.is_empty() {
        text.push_str(&format!("other folders: {}\n", others.join(", ")));
    }
    if !report.idle {
        let minutes = settings.poll_minutes;
        text.push_str(&format!(
            "The server does not tell of new mails by itself: a look every {minutes} minutes.\n"
        ));
    }
    print(&crate::outcome::shown(&text))?;
    Ok(GOOD)
}

fn remove(places: &Places, connections: &Connections, name: &str, mails: bool) -> Outcome {
    let mailbox = match connections.find(name)?.to {
        ConnectionTo::Mailbox(settings) => Some(settings),
        ConnectionTo::Server(_) if mails => {
            return Err(Failure::usage(format!("{name} is a server: it has no mails")));
        }
        ConnectionTo::Server(_) => None,
    };
    connections.remove(name)?;
    let Some(settings) = mailbox else {
        return Ok(GOOD);
    };
    let path = MailStore::path_of(places, &settings);
    let shared = connections
        .mailboxes()?
        .into_iter()
        .find(|(_, other)| MailStore::path_of(places, other) == path);
    if let Some((other, _)) = shared {
        print(&format!(
            "The mails fetched from it stay: {other} leads to the same mailbox.\n"
        ))?;
    } else if mails {
        MailStore::remove(&path)?;
    } else if path.exists() {
        print(&format!("The mails fetched from it stay in {}\n", path.display()))?;
    }
    Ok(GOOD)
}

fn who_am_i(
    settings: &ServerSettings,
    target: &Target,
    secret: &Secret,
) -> Result<lotse_engine::server::WhoAmI, Failure> {
    let client = ServerClient::new(settings, target, secret)?;
    Ok(runtime()?.block_on(client.who_am_i())?)
}

/// What asynchronous work runs on; a second thread, so that a signal is heard while the first one is busy.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::input(error.to_string()))
}

/// The secret of a connection: from the keyring, else from the person at the terminal or from standard input.
pub(crate) fn secret_for(name: &str) -> Result<Secret, Failure> {
    match credentials::find_secret(name) {
        Ok(Some(secret)) => Ok(secret),
        Ok(None) => ask_secret(name),
        Err(error) => Err(ConnectionError::from(error).into()),
    }
}

fn ask_secret(name: &str) -> Result<Secret, Failure> {
    let text = if io::stdin().is_terminal() {
        rpassword::prompt_password(format!("Secret for {name}: "))
            .map_err(|error| Failure::input(error.to_string()))?
    } else {
        let mut line = String::new();
        io::stdin()
            .lock()
            .read_line(&mut line)
            .map_err(|error| Failure::input(error.to_string()))?;
        line.trim_end_matches(['\r', '\n']).to_string()
    };
    if text.is_empty() {
        return Err(ConnectionError::NoSecret {
            name: name.to_string(),
        }
        .into());
    }
    Ok(Secret::new(text))
}
