use std::time::Duration;

use lotse_core::language::{Language, Tell};

use crate::system_reason::SystemReason;

/// Why a server did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.tell(Language::En))]
pub enum ServerError {
    /// No connection came about: nothing was sent.
    NoConnection {
        /// Host and port.
        host: String,
        /// What the system says.
        reason: SystemReason,
    },
    /// The certificate cannot be trusted.
    Certificate {
        /// Host and port.
        host: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The connection broke, or no answer came in time, after the request may have arrived.
    NoAnswer {
        /// Host and port.
        host: String,
        /// What happened.
        reason: SystemReason,
    },
    /// 401.
    Unauthorized {
        /// What the server says.
        message: String,
    },
    /// 403.
    Forbidden {
        /// What the server says.
        message: String,
    },
    /// Another status that repeating will not change.
    Refused {
        /// The status.
        status: u16,
        /// The code, where the server gives one.
        code: Option<String>,
        /// What the server says.
        message: String,
    },
    /// 408, 425, 429 or 5xx: worth another try.
    Overloaded {
        /// The status.
        status: u16,
        /// What the server says.
        message: String,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// An answer that is none of this API: a login page, a proxy's error page.
    NotTheApi {
        /// The status.
        status: u16,
        /// What came: `text/html`.
        content_type: String,
    },
    /// The settings of the connection cannot be used.
    Settings {
        /// What is wrong.
        reason: String,
    },
}

impl ServerError {
    /// True where another try may help.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::NoConnection { .. } | Self::NoAnswer { .. } | Self::Overloaded { .. }
        )
    }

    /// True where the request may have been carried out although no answer came.
    pub fn may_have_arrived(&self) -> bool {
        matches!(
            self,
            Self::NoAnswer { .. } | Self::Overloaded { .. } | Self::NotTheApi { .. }
        )
    }

    /// The status of the answer; 0 where there was none.
    pub fn status(&self) -> u16 {
        match self {
            Self::Unauthorized { .. } => 401,
            Self::Forbidden { .. } => 403,
            Self::Refused { status, .. }
            | Self::Overloaded { status, .. }
            | Self::NotTheApi { status, .. } => *status,
            Self::NoConnection { .. }
            | Self::Certificate { .. }
            | Self::NoAnswer { .. }
            | Self::Settings { .. } => 0,
        }
    }
}

/// What the server says, in brackets behind a sentence; nothing where it says nothing.
fn said(message: &str) -> String {
    if message.is_empty() {
        String::new()
    } else {
        format!(" ({message})")
    }
}

impl Tell for ServerError {
    fn tell(&self, language: Language) -> String {
        match self {
            Self::NoConnection { host, reason } => language.pick(
                format!("{host} ist nicht erreichbar ({}). Bitte Netz und Adresse prüfen; gesendet wurde nichts.", reason.tell(language)),
                format!("{host} cannot be reached ({}). Please check network and address; nothing was sent.", reason.tell(language)),
            ),
            Self::Certificate { host, reason } => language.pick(
                format!("Dem Zertifikat von {host} ist nicht zu trauen ({reason}). Bei einer eigenen Zertifizierungsstelle bitte deren CA-Datei in der Verbindung angeben."),
                format!("The certificate of {host} cannot be trusted ({reason}). With a certificate authority of your own, please give its CA file in the connection."),
            ),
            Self::NoAnswer { host, reason } => language.pick(
                format!("{host} hat nicht geantwortet ({}). Dasselbe Paket wird mit demselben Schlüssel wiederholt; doppelt importiert wird nichts.", reason.tell(language)),
                format!("{host} did not answer ({}). The same batch is repeated under the same key; nothing is imported twice.", reason.tell(language)),
            ),
            Self::Unauthorized { message } => language.pick(
                format!("Der Server nimmt die Anmeldung nicht an{}. Bitte Schlüssel oder Token in der Verbindung erneuern; danach geht es weiter.", said(message)),
                format!("The server does not accept the login{}. Please renew the key or token in the connection; then it goes on.", said(message)),
            ),
            Self::Forbidden { message } => language.pick(
                format!("Die Anmeldung reicht dafür nicht aus{}. Nötig ist die Rolle admin oder migration-officer.", said(message)),
                format!("The login does not suffice for this{}. The role admin or migration-officer is needed.", said(message)),
            ),
            Self::Refused { status, message, .. } => language.pick(
                format!("Der Server lehnt ab (Status {status}): {message}"),
                format!("The server refuses (status {status}): {message}"),
            ),
            Self::Overloaded { status, message, .. } => language.pick(
                format!("Der Server kann gerade nicht (Status {status}){}. Es wird später wiederholt.", said(message)),
                format!("The server cannot at the moment (status {status}){}. It will be repeated later.", said(message)),
            ),
            Self::NotTheApi { status, content_type } => language.pick(
                format!("Unter dieser Adresse antwortet etwas anderes als die Import-Schnittstelle (Status {status}, {content_type}). Bitte die Basisadresse der Verbindung prüfen; oft ist es eine Anmelde- oder Proxyseite."),
                format!("Something other than the import API answers at this address (status {status}, {content_type}). Please check the base address of the connection; often it is a login or proxy page."),
            ),
            Self::Settings { reason } => language.pick(
                format!("Die Verbindung ist so nicht verwendbar: {reason}."),
                format!("The connection cannot be used like this: {reason}."),
            ),
        }
    }
}
