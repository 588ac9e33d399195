//! What can go wrong between Lotse and a mailbox, as facts, and the sentences made of them.

use std::path::PathBuf;

use crate::system_reason::SystemReason;
use lotse_core::language::{Language, Tell};

use super::settings::SettingsProblem;
use super::store::StoreError;

/// Why a mailbox could not be read. What was stored before stays stored.
///
/// Words of the server are kept short and without the secret, see [`crate::mailbox`].
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsProblem),
    /// No password or token was handed in.
    #[error("no secret for {user} at {host}")]
    SecretMissing {
        /// Login name.
        user: String,
        /// Server.
        host: String,
    },
    /// The own CA file cannot be used.
    #[error("CA file {path}: {cause}")]
    CaFile {
        /// The file of the settings.
        path: PathBuf,
        /// What the system or the PEM reader said.
        cause: String,
    },
    /// No connection: name, port, firewall, server down.
    #[error("{host}:{port} cannot be reached: {cause}")]
    Unreachable {
        /// Server.
        host: String,
        /// Port.
        port: u16,
        /// What the system said.
        cause: SystemReason,
    },
    /// The server's certificate is not trusted.
    #[error("the certificate of {host} is not trusted: {cause}")]
    Certificate {
        /// Server.
        host: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The encrypted connection did not come about for another reason.
    #[error("no TLS with {host}:{port}: {cause}")]
    Tls {
        /// Server.
        host: String,
        /// Port.
        port: u16,
        /// What the TLS library said.
        cause: String,
    },
    /// STARTTLS is asked for and not offered (or someone in between removes the offer).
    #[error("{host}:{port} offers no STARTTLS")]
    NoStarttls {
        /// Server.
        host: String,
        /// Port.
        port: u16,
    },
    /// Something else than an IMAP server answers.
    #[error("{host}:{port} is no IMAP server: {said}")]
    NotImap {
        /// Server.
        host: String,
        /// Port.
        port: u16,
        /// The beginning of what it said.
        said: String,
    },
    /// Wrong user, password or token.
    #[error("{host} refuses the login of {user}: {said}")]
    LoginRefused {
        /// Login name.
        user: String,
        /// Server.
        host: String,
        /// The server's words.
        said: String,
        /// True where an access token was refused and not a password.
        token: bool,
    },
    /// The server takes no login of this kind.
    #[error("{host} takes no login by {method}")]
    LoginMethod {
        /// Server.
        host: String,
        /// `password` or `XOAUTH2`.
        method: &'static str,
        /// The server's words.
        said: String,
    },
    /// A folder that the server does not have or does not open.
    #[error("folder {folder}: {said}")]
    Folder {
        /// The folder as people see its name.
        folder: String,
        /// The server's words.
        said: String,
    },
    /// The connection broke and stayed broken over all retries.
    #[error("the connection to {host} broke {attempts} times: {cause}")]
    Interrupted {
        /// Server.
        host: String,
        /// Tries in a row without any progress.
        attempts: u32,
        /// The last cause.
        cause: String,
    },
    /// An answer that makes no sense or a refusal where none is expected.
    #[error("{host} answered {step} with: {said}")]
    Answer {
        /// Server.
        host: String,
        /// The command.
        step: &'static str,
        /// The server's words.
        said: String,
    },
    /// The local store of mails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Stopped by the person.
    #[error("stopped")]
    Cancelled,
}

impl MailboxError {
    /// True for what stays as it is until a person changes something: trying again would not help, and at a login it
    /// could lock the mailbox.
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Settings(_)
            | Self::SecretMissing { .. }
            | Self::CaFile { .. }
            | Self::Certificate { .. }
            | Self::NoStarttls { .. }
            | Self::NotImap { .. }
            | Self::LoginRefused { .. }
            | Self::LoginMethod { .. }
            | Self::Folder { .. } => true,
            Self::Store(problem) => matches!(
                problem,
                StoreError::NotAStore { .. } | StoreError::Newer { .. } | StoreError::Damaged { .. }
            ),
            Self::Unreachable { .. }
            | Self::Tls { .. }
            | Self::Interrupted { .. }
            | Self::Answer { .. }
            | Self::Cancelled => false,
        }
    }

    /// True for faults of the network that another try may not meet.
    pub(super) fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Tls { .. } | Self::Interrupted { .. }
        )
    }
}

impl Tell for MailboxError {
    fn tell(&self, language: Language) -> String {
        let (german, english) = match self {
            Self::Settings(problem) => return problem.tell(language),
            Self::Store(problem) => return problem.tell(language),
            Self::SecretMissing { user, host } => (
                format!(
                    "Für {user} auf {host} ist kein Passwort hinterlegt. Bitte bei der Verbindung eingeben."
                ),
                format!("There is no password for {user} at {host}. Enter it with the connection."),
            ),
            Self::CaFile { path, cause } => (
                format!(
                    "Die Zertifikatsdatei {} lässt sich nicht verwenden ({cause}). Erwartet wird eine PEM-Datei mit mindestens einem Zertifikat.",
                    path.display()
                ),
                format!(
                    "The certificate file {} cannot be used ({cause}). Expected is a PEM file with at least one certificate.",
                    path.display()
                ),
            ),
            Self::Unreachable { host, port, cause } => (
                format!(
                    "{host} ist auf Port {port} nicht erreichbar ({}). Bitte Servername, Port und Internetverbindung prüfen.",
                    cause.tell(language)
                ),
                format!(
                    "{host} cannot be reached on port {port} ({}). Check server name, port and network.",
                    cause.tell(language)
                ),
            ),
            Self::Certificate { host, cause } => (
                format!(
                    "Dem Zertifikat von {host} wird nicht vertraut ({cause}). Es wurde nichts gesendet. Bitte den Servernamen prüfen; bei einem firmeneigenen Zertifikat dessen CA-Datei angeben."
                ),
                format!(
                    "The certificate of {host} is not trusted ({cause}). Nothing was sent. Check the server name; for a certificate of your own company give its CA file."
                ),
            ),
            Self::Tls { host, port, cause } => (
                format!(
                    "Mit {host} kam auf Port {port} keine verschlüsselte Verbindung zustande ({cause}). Bitte prüfen, ob zu diesem Port TLS oder STARTTLS gehört."
                ),
                format!(
                    "No encrypted connection with {host} on port {port} ({cause}). Check whether this port takes TLS or STARTTLS."
                ),
            ),
            Self::NoStarttls { host, port } => (
                format!(
                    "{host} bietet auf Port {port} kein STARTTLS an. Ohne Verschlüsselung wird nicht angemeldet; mit TLS auf Port 993 könnte es gehen."
                ),
                format!(
                    "{host} offers no STARTTLS on port {port}. There is no login without encryption; try TLS on port 993."
                ),
            ),
            Self::NotImap { host, port, said } => (
                format!(
                    "Auf {host}, Port {port}, antwortet kein IMAP-Server („{said}“). Bitte Servername und Port prüfen."
                ),
                format!(
                    "What answers at {host}, port {port}, is no IMAP server (“{said}”). Check server name and port."
                ),
            ),
            Self::LoginRefused {
                user,
                host,
                said,
                token: false,
            } => (
                format!(
                    "{host} weist die Anmeldung von {user} ab („{said}“). Bitte Benutzername und Passwort prüfen; manche Anbieter verlangen ein App-Passwort."
                ),
                format!(
                    "{host} refuses the login of {user} (“{said}”). Check user name and password; some providers ask for an app password."
                ),
            ),
            Self::LoginRefused {
                user,
                host,
                said,
                token: true,
            } => (
                format!(
                    "{host} nimmt den Zugriffstoken für {user} nicht an („{said}“). Bitte bei der Verbindung neu anmelden."
                ),
                format!(
                    "{host} does not take the access token for {user} (“{said}”). Sign in again with the connection."
                ),
            ),
            Self::LoginMethod { host, method, said } => (
                format!(
                    "{host} lässt keine Anmeldung per {method} zu („{said}“). Bitte bei der Verbindung die andere Anmeldeart wählen."
                ),
                format!(
                    "{host} takes no login by {method} (“{said}”). Choose the other kind of login with the connection."
                ),
            ),
            Self::Folder { folder, said } => (
                format!(
                    "Der Ordner „{folder}“ lässt sich nicht öffnen („{said}“). Bitte seinen Namen in den Einstellungen des Postfachs prüfen."
                ),
                format!(
                    "The folder “{folder}” cannot be opened (“{said}”). Check its name in the settings of the mailbox."
                ),
            ),
            Self::Interrupted {
                host,
                attempts,
                cause,
            } => (
                format!(
                    "Die Verbindung zu {host} ist {attempts}-mal hintereinander abgebrochen ({cause}). Was schon geladen war, ist gesichert; der nächste Abruf macht dort weiter."
                ),
                format!(
                    "The connection to {host} broke {attempts} times in a row ({cause}). What was fetched is safe; the next look goes on from there."
                ),
            ),
            Self::Answer { host, step, said } => (
                format!(
                    "{host} hat auf {step} unerwartet geantwortet („{said}“). Was schon geladen war, ist gesichert; bitte später noch einmal versuchen."
                ),
                format!(
                    "{host} gave an unexpected answer to {step} (“{said}”). What was fetched is safe; try again later."
                ),
            ),
            Self::Cancelled => (
                "Der Abruf wurde angehalten. Was schon geladen war, ist gesichert.".to_string(),
                "The look into the mailbox was stopped. What was fetched is safe.".to_string(),
            ),
        };
        language.pick(german, english)
    }
}
