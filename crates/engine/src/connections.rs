//! Connections: where a server or a mailbox is and how one logs in there, without the secret.
//!
//! They belong to the user and stand in one file; the secret of each is in the keyring under its name.

use std::path::{Path, PathBuf};

use lotse_core::language::{Language, Tell};
use serde::{Deserialize, Serialize};

use crate::credentials::{self, KeyringError};
use crate::mailbox::{MailboxSettings, SettingsProblem};
use crate::places::{Places, write_own};
use crate::system_reason::SystemReason;

/// A connection by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Connection {
    /// By which people call it; unique.
    pub name: String,
    /// What it leads to.
    #[serde(flatten)]
    pub to: ConnectionTo,
}

/// What a connection leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ConnectionTo {
    /// An import server.
    Server(ServerSettings),
    /// A mailbox that leads arrive in.
    Mailbox(MailboxSettings),
}

impl ConnectionTo {
    /// What keeps it from being used; found without any network.
    fn check(&self) -> Result<(), ConnectionError> {
        match self {
            Self::Server(server) => check_address(&server.base_url).map(drop),
            Self::Mailbox(mailbox) => Ok(mailbox.check()?),
        }
    }
}

/// Which kind of thing a connection leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionKind {
    /// An import server.
    Server,
    /// A mailbox.
    Mailbox,
}

/// An import server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct ServerSettings {
    /// Where its API begins, without the path of the target: `https://crm.example.de`.
    pub base_url: String,
    /// Id of the target it understands.
    pub target: String,
    /// How one logs in.
    pub auth: ServerAuth,
    /// File with a certificate authority of one's own, in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub ca_file: Option<PathBuf>,
    /// Leads per request, at most what the target allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub batch_size: Option<u32>,
}

/// How one logs in at a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum ServerAuth {
    /// A key in a header.
    ApiKey {
        /// The header's name.
        #[serde(default = "api_key_header")]
        header: String,
    },
    /// A JSON Web Token as bearer.
    Bearer,
}

fn api_key_header() -> String {
    "X-AUTH-TOKEN".into()
}

/// Why connections cannot be read or changed.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.tell(Language::En))]
pub enum ConnectionError {
    /// The file of connections.
    File {
        /// The file.
        file: String,
        /// What is wrong.
        reason: SystemReason,
    },
    /// There is none of this name.
    Unknown {
        /// The name.
        name: String,
    },
    /// It leads to something else than what is wanted.
    OtherKind {
        /// The name.
        name: String,
        /// What it leads to.
        found: ConnectionKind,
    },
    /// No connection leads to a mailbox.
    NoMailbox,
    /// Several connections lead to a mailbox, and none was named.
    WhichMailbox {
        /// Their names.
        names: Vec<String>,
    },
    /// The settings of a mailbox cannot be used.
    Mailbox(SettingsProblem),
    /// The name is empty or already taken.
    Name {
        /// The name.
        name: String,
    },
    /// The address is none, or would carry secrets in the open.
    Address {
        /// The address.
        address: String,
        /// What is wrong with it.
        problem: AddressProblem,
    },
    /// No secret is kept for it.
    NoSecret {
        /// The name.
        name: String,
    },
    /// The keyring.
    Keyring(KeyringError),
}

/// What is wrong with a server's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressProblem {
    /// Not an address at all.
    NotAnUrl,
    /// Neither https nor, on this machine, http.
    NotSecure,
    /// It holds a user name or password.
    HoldsSecret,
}

impl Tell for ConnectionError {
    fn tell(&self, language: Language) -> String {
        match self {
            Self::File { file, reason } => language.pick(
                format!("Die Verbindungen in {file} lassen sich nicht lesen oder schreiben: {}.", reason.tell(language)),
                format!("The connections in {file} cannot be read or written: {}.", reason.tell(language)),
            ),
            Self::Unknown { name } => language.pick(
                format!("Eine Verbindung „{name}“ gibt es nicht. Vorhandene zeigt „lotse connection list“."),
                format!("There is no connection \"{name}\". \"lotse connection list\" shows those there are."),
            ),
            Self::OtherKind {
                name,
                found: ConnectionKind::Mailbox,
            } => language.pick(
                format!("„{name}“ ist ein Postfach; dorthin lässt sich nichts übertragen. Bitte eine Verbindung zu einem Server wählen."),
                format!("\"{name}\" is a mailbox, and nothing can be pushed there. Please choose a connection to a server."),
            ),
            Self::OtherKind {
                name,
                found: ConnectionKind::Server,
            } => language.pick(
                format!("„{name}“ ist ein Server und kein Postfach. Bitte eine Verbindung zu einem Postfach wählen."),
                format!("\"{name}\" is a server and not a mailbox. Please choose a connection to a mailbox."),
            ),
            Self::NoMailbox => language.pick(
                "Es ist noch kein Postfach verbunden. Bitte zuerst eines anlegen: „lotse connection add NAME --imap SERVER --user BENUTZER“.".into(),
                "No mailbox is connected yet. Please add one first: \"lotse connection add NAME --imap HOST --user USER\".".into(),
            ),
            Self::WhichMailbox { names } => language.pick(
                format!("Es gibt mehrere Postfächer: {}. Bitte eines mit „--connection“ nennen.", names.join(", ")),
                format!("There are several mailboxes: {}. Please name one with \"--connection\".", names.join(", ")),
            ),
            Self::Mailbox(problem) => problem.tell(language),
            Self::Name { name } if name.trim().is_empty() => {
                language.pick("Die Verbindung braucht einen Namen.".into(), "The connection needs a name.".into())
            }
            Self::Name { name } => language.pick(
                format!("Der Name „{name}“ ist schon vergeben. Bitte einen anderen wählen."),
                format!("The name \"{name}\" is already taken. Please choose another."),
            ),
            Self::Address { address, problem } => match problem {
                AddressProblem::NotAnUrl => language.pick(
                    format!("„{address}“ ist keine Adresse. Erwartet wird etwa https://crm.example.de"),
                    format!("\"{address}\" is no address. Expected is something like https://crm.example.de"),
                ),
                AddressProblem::NotSecure => language.pick(
                    format!("„{address}“ ist unverschlüsselt; http ist nur auf diesem Rechner erlaubt. Bitte https verwenden."),
                    format!("\"{address}\" is not encrypted; http is allowed on this machine only. Please use https."),
                ),
                AddressProblem::HoldsSecret => language.pick(
                    "Die Adresse enthält Benutzername oder Passwort. Bitte ohne eingeben; das Geheimnis wird getrennt gefragt.".into(),
                    "The address holds a user name or password. Please enter it without; the secret is asked for apart.".into(),
                ),
            },
            Self::NoSecret { name } => language.pick(
                format!("Für „{name}“ ist kein Passwort oder Schlüssel hinterlegt. Bitte in der Verbindung neu eingeben."),
                format!("No password or key is kept for \"{name}\". Please enter it again in the connection."),
            ),
            Self::Keyring(error) => error.tell(language),
        }
    }
}

impl From<KeyringError> for ConnectionError {
    fn from(error: KeyringError) -> Self {
        Self::Keyring(error)
    }
}

impl From<SettingsProblem> for ConnectionError {
    fn from(problem: SettingsProblem) -> Self {
        Self::Mailbox(problem)
    }
}

/// The user's connections.
#[derive(Clone, Debug)]
pub struct Connections {
    file: PathBuf,
}

impl Connections {
    /// Those in the user's folder.
    pub fn of(places: &Places) -> Self {
        Connections {
            file: places.config.join("connections.json"),
        }
    }

    /// All of them by name.
    pub fn list(&self) -> Result<Vec<Connection>, ConnectionError> {
        let text = match std::fs::read_to_string(&self.file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.failed(error)),
        };
        let mut list: Vec<Connection> = serde_json::from_str(&text).map_err(|error| self.failed(error))?;
        list.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(list)
    }

    /// The one of this name.
    pub fn find(&self, name: &str) -> Result<Connection, ConnectionError> {
        let found = self
            .list()?
            .into_iter()
            .find(|connection| connection.name == name);
        found.ok_or_else(|| ConnectionError::Unknown {
            name: name.to_string(),
        })
    }

    /// The server of this name.
    pub fn server(&self, name: &str) -> Result<ServerSettings, ConnectionError> {
        match self.find(name)?.to {
            ConnectionTo::Server(server) => Ok(server),
            ConnectionTo::Mailbox(_) => Err(ConnectionError::OtherKind {
                name: name.to_string(),
                found: ConnectionKind::Mailbox,
            }),
        }
    }

    /// The mailbox of this name; where none is named, the only one there is. Gives its name, too.
    pub fn mailbox(&self, name: Option<&str>) -> Result<(String, MailboxSettings), ConnectionError> {
        let Some(name) = name else {
            let mut mailboxes = self.mailboxes()?;
            return match mailboxes.pop() {
                Some(only) if mailboxes.is_empty() => Ok(only),
                Some(last) => Err(ConnectionError::WhichMailbox {
                    names: mailboxes
                        .into_iter()
                        .chain([last])
                        .map(|(name, _)| name)
                        .collect(),
                }),
                None => Err(ConnectionError::NoMailbox),
            };
        };
        match self.find(name)?.to {
            ConnectionTo::Mailbox(mailbox) => Ok((name.to_string(), mailbox)),
            ConnectionTo::Server(_) => Err(ConnectionError::OtherKind {
                name: name.to_string(),
                found: ConnectionKind::Server,
            }),
        }
    }

    /// All connections to mailboxes, by name.
    pub fn mailboxes(&self) -> Result<Vec<(String, MailboxSettings)>, ConnectionError> {
        let mailbox = |connection: Connection| match connection.to {
            ConnectionTo::Mailbox(mailbox) => Some((connection.name, mailbox)),
            ConnectionTo::Server(_) => None,
        };
        Ok(self.list()?.into_iter().filter_map(mailbox).collect())
    }

    /// Adds a connection, or puts it in the place of the one called `replacing`.
    pub fn put(&self, connection: &Connection, replacing: Option<&str>) -> Result<(), ConnectionError> {
        let mut list = self.list()?;
        let name = connection.name.trim();
        list.retain(|known| Some(known.name.as_str()) != replacing);
        if name.is_empty() || list.iter().any(|known| known.name == name) {
            return Err(ConnectionError::Name {
                name: name.to_string(),
            });
        }
        connection.to.check()?;
        list.push(Connection {
            name: name.to_string(),
            to: connection.to.clone(),
        });
        self.write(&list)?;
        if let Some(old) = replacing.filter(|old| *old != name)
            && let Some(secret) = credentials::find_secret(old)?
        {
            credentials::keep_secret(name, &secret)?;
            credentials::forget_secret(old)?;
        }
        Ok(())
    }

    /// Removes a connection and its secret.
    pub fn remove(&self, name: &str) -> Result<(), ConnectionError> {
        let mut list = self.list()?;
        let before = list.len();
        list.retain(|connection| connection.name != name);
        if list.len() == before {
            return Err(ConnectionError::Unknown {
                name: name.to_string(),
            });
        }
        self.write(&list)?;
        Ok(credentials::forget_secret(name)?)
    }

    fn write(&self, list: &[Connection]) -> Result<(), ConnectionError> {
        let text = serde_json::to_vec_pretty(list).expect("connections are plain data");
        write_own(&self.file, &text).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: impl Into<SystemReason>) -> ConnectionError {
        ConnectionError::File {
            file: self.file.display().to_string(),
            reason: error.into(),
        }
    }

    /// Where the connections stand.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

/// The address as an URL: https, or http on this machine, without user name and password.
pub fn check_address(address: &str) -> Result<reqwest::Url, ConnectionError> {
    let problem = |problem| ConnectionError::Address {
        address: address.to_string(),
        problem,
    };
    let url = reqwest::Url::parse(address.trim()).map_err(|_| problem(AddressProblem::NotAnUrl))?;
    let host = url.host_str().unwrap_or_default();
    let here = matches!(host, "localhost" | "[::1]")
        || host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|ip| ip.is_loopback());
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ConnectionError::Address {
            address: String::new(),
            problem: AddressProblem::HoldsSecret,
        });
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        "http" => Err(problem(AddressProblem::NotSecure)),
        _ => Err(problem(AddressProblem::NotAnUrl)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(name: &str, base_url: &str) -> Connection {
        Connection {
            name: name.into(),
            to: ConnectionTo::Server(ServerSettings {
                base_url: base_url.into(),
                target: "migration".into(),
                auth: ServerAuth::ApiKey {
                    header: api_key_header(),
                },
                ca_file: None,
                batch_size: None,
            }),
        }
    }

    #[test]
    fn connections_are_kept_without_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let connections = Connections::of(&Places::below(folder.path()));
        assert_eq!(connections.list().unwrap(), []);
        connections
            .put(&server("Produktion", "https://crm.example.de"), None)
            .unwrap();
        connections
            .put(&server("Abnahme", "http://127.0.0.1:8080"), None)
            .unwrap();
        let names: Vec<String> = connections.list().unwrap().into_iter().map(|c| c.name).collect();
        assert_eq!(names, ["Abnahme", "Produktion"]);
        assert!(matches!(
            connections.put(&server("Abnahme", "https://x.example"), None),
            Err(ConnectionError::Name { .. })
        ));
        assert!(matches!(
            connections.find("Test"),
            Err(ConnectionError::Unknown { .. })
        ));
    }

    fn mailbox(name: &str) -> Connection {
        Connection {
            name: name.into(),
            to: ConnectionTo::Mailbox(MailboxSettings::example()),
        }
    }

    #[test]
    fn servers_and_mailboxes_stand_in_one_file_and_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let connections = Connections::of(&Places::below(folder.path()));
        assert!(matches!(
            connections.mailbox(None),
            Err(ConnectionError::NoMailbox)
        ));
        connections
            .put(&server("Produktion", "https://crm.example.de"), None)
            .unwrap();
        connections.put(&mailbox("Anfragen"), None).unwrap();
        assert_eq!(connections.mailbox(None).unwrap().0, "Anfragen");
        assert_eq!(connections.list().unwrap()[0], mailbox("Anfragen"));
        assert!(matches!(
            connections.server("Anfragen"),
            Err(ConnectionError::OtherKind {
                found: ConnectionKind::Mailbox,
                ..
            })
        ));
        assert!(matches!(
            connections.mailbox(Some("Produktion")),
            Err(ConnectionError::OtherKind {
                found: ConnectionKind::Server,
                ..
            })
        ));
        connections.put(&mailbox("Bewerbungen"), None).unwrap();
        match connections.mailbox(None) {
            Err(ConnectionError::WhichMailbox { names }) => assert_eq!(names, ["Anfragen", "Bewerbungen"]),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_mailbox_that_cannot_be_used_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let connections = Connections::of(&Places::below(folder.path()));
        let mut unusable = mailbox("Anfragen");
        let ConnectionTo::Mailbox(settings) = &mut unusable.to else {
            panic!("a mailbox")
        };
        settings.host = "https://imap.example.de".into();
        assert!(matches!(
            connections.put(&unusable, None),
            Err(ConnectionError::Mailbox(SettingsProblem::HostIsNoName(_)))
        ));
        assert_eq!(connections.list().unwrap(), []);
    }

    #[test]
    fn addresses_that_would_carry_secrets_in_the_open_are_refused() {
        let problem = |address: &str| match check_address(address) {
            Err(ConnectionError::Address { problem, .. }) => Some(problem),
            _ => None,
        };
        assert_eq!(problem("http://crm.example.de"), Some(AddressProblem::NotSecure));
        assert_eq!(problem("ftp://crm.example.de"), Some(AddressProblem::NotAnUrl));
        assert_eq!(problem("crm.example.de"), Some(AddressProblem::NotAnUrl));
        assert_eq!(
            problem("https://user:pass@crm.example.de"),
            Some(AddressProblem::HoldsSecret)
        );
        for address in [
            "https://crm.example.de",
            "http://localhost:8080/",
            "http://127.0.0.1:1",
            "http://[::1]:80",
        ] {
            assert_eq!(problem(address), None, "{address}");
        }
        assert!(
            !check_address("https://user:geheim@x.example")
                .unwrap_err()
                .to_string()
                .contains("geheim")
        );
    }
}
