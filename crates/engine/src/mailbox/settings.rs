//! How a mailbox is reached, without any secret.

use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;
use lotse_core::language::{Language, Tell};
use serde::{Deserialize, Serialize};

/// A mailbox connection. Its secret (password or access token) is kept elsewhere and handed in for each use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct MailboxSettings {
    /// Name of the IMAP server, as its certificate has it.
    pub host: String,
    /// Usually 993 for implicit TLS and 143 for STARTTLS.
    pub port: u16,
    /// How the connection gets encrypted. There is no unencrypted choice.
    pub security: TransportSecurity,
    /// Login name; with OAuth 2.0 the mailbox that is opened, which may be a shared one.
    pub user: String,
    /// What kind of secret belongs to the connection.
    pub auth: MailboxAuth,
    /// Folders to read, as people see their names; `INBOX` where the list is empty.
    #[serde(default)]
    pub folders: Vec<String>,
    /// Mails that arrived before this day (Central European time) stay out.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub since: Option<NaiveDate>,
    /// A PEM file with certificates that are trusted beside the system's.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub ca_file: Option<PathBuf>,
    /// Minutes between two looks into the mailbox, 1 to 60.
    #[serde(default = "MailboxSettings::default_poll_minutes")]
    pub poll_minutes: u8,
}

/// How the connection gets encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum TransportSecurity {
    /// TLS from the first byte.
    ImplicitTls,
    /// A plain greeting, then TLS before anything else; refused where the server does not offer it.
    Starttls,
}

/// What kind of secret opens the mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum MailboxAuth {
    /// A password, also an app password.
    Password,
    /// An OAuth 2.0 access token, sent by the SASL mechanism `XOAUTH2`.
    OauthBearer,
}

/// The folder that every IMAP server has.
pub const INBOX: &str = "INBOX";

impl MailboxSettings {
    /// Five minutes.
    pub const fn default_poll_minutes() -> u8 {
        5
    }

    /// The time between two looks into the mailbox.
    pub fn interval(&self) -> Duration {
        Duration::from_secs(u64::from(self.poll_minutes.clamp(1, 60)) * 60)
    }

    /// The folders to read: those named, else the inbox; each once.
    pub fn folder_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.folders.iter().map(|name| name.trim()) {
            let same = |seen: &&str| {
                *seen == name || seen.eq_ignore_ascii_case(INBOX) && name.eq_ignore_ascii_case(INBOX)
            };
            if !name.is_empty() && !names.iter().any(same) {
                names.push(name);
            }
        }
        if names.is_empty() {
            names.push(INBOX);
        }
        names
    }

    /// What keeps these settings from being used; checked before any connection.
    ///
    /// # Errors
    /// The first problem found.
    pub fn check(&self) -> Result<(), SettingsProblem> {
        let host = self.host.trim();
        if host.is_empty() {
            return Err(SettingsProblem::HostMissing);
        }
        if host.contains(|char: char| char.is_whitespace() || matches!(char, '/' | '@' | '<' | '>' | '"')) {
            return Err(SettingsProblem::HostIsNoName(self.host.clone()));
        }
        if self.port == 0 {
            return Err(SettingsProblem::PortMissing);
        }
        if self.user.trim().is_empty() {
            return Err(SettingsProblem::UserMissing);
        }
        if let Some(bad) = std::iter::once(&self.user)
            .chain(&self.folders)
            .find(|text| text.chars().any(char::is_control))
        {
            return Err(SettingsProblem::ControlCharacter(bad.escape_debug().to_string()));
        }
        if !(1..=60).contains(&self.poll_minutes) {
            return Err(SettingsProblem::PollMinutes(self.poll_minutes));
        }
        Ok(())
    }
}

/// Why settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsProblem {
    /// No server name.
    #[error("the server name is missing")]
    HostMissing,
    /// A URL, an address or a name with blanks.
    #[error("{0:?} is not a server name")]
    HostIsNoName(String),
    /// Port 0.
    #[error("the port is missing")]
    PortMissing,
    /// No login name.
    #[error("the user name is missing")]
    UserMissing,
    /// A line break or the like in a name.
    #[error("{0} holds a control character")]
    ControlCharacter(String),
    /// Not 1 to 60.
    #[error("{0} minutes between two looks are not possible")]
    PollMinutes(u8),
}

impl Tell for SettingsProblem {
    fn tell(&self, language: Language) -> String {
        match self {
            Self::HostMissing => language
                .pick(
                    "Der Mailserver fehlt. Bitte seinen Namen eintragen, zum Beispiel imap.firma.example.",
                    "The mail server is missing. Enter its name, for example imap.company.example.",
                )
                .to_string(),
            Self::HostIsNoName(host) => language.pick(
                format!("„{host}“ ist kein Servername. Bitte nur den Namen eintragen, ohne https:// und ohne Benutzer."),
                format!("“{host}” is not a server name. Enter the name alone, without https:// and without a user."),
            ),
            Self::PortMissing => language
                .pick(
                    "Der Port fehlt. Üblich sind 993 (TLS) und 143 (STARTTLS).",
                    "The port is missing. Usual ports are 993 (TLS) and 143 (STARTTLS).",
                )
                .to_string(),
            Self::UserMissing => language
                .pick(
                    "Der Benutzername fehlt. Meist ist es die vollständige E-Mail-Adresse.",
                    "The user name is missing. Mostly it is the full e-mail address.",
                )
                .to_string(),
            Self::ControlCharacter(text) => language.pick(
                format!("„{text}“ enthält ein Steuerzeichen (etwa einen Zeilenumbruch). Bitte neu eingeben."),
                format!("“{text}” holds a control character (such as a line break). Please enter it again."),
            ),
            Self::PollMinutes(minutes) => language.pick(
                format!("Alle {minutes} Minuten abzurufen ist nicht möglich. Möglich sind 1 bis 60 Minuten."),
                format!("Looking every {minutes} minutes is not possible. Choose 1 to 60 minutes."),
            ),
        }
    }
}

#[cfg(test)]
impl MailboxSettings {
    /// A mailbox for tests that need one and do not go there.
    pub(crate) fn example() -> Self {
        MailboxSettings {
            host: "imap.example.test".into(),
            port: 993,
            security: TransportSecurity::ImplicitTls,
            user: "leads@example.test".into(),
            auth: MailboxAuth::Password,
            folders: vec![],
            since: None,
            ca_file: None,
            poll_minutes: 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusable_settings_are_named() {
        assert_eq!(MailboxSettings::example().check(), Ok(()));
        let broken = |change: fn(&mut MailboxSettings)| {
            let mut settings = MailboxSettings::example();
            change(&mut settings);
            settings.check().unwrap_err()
        };
        assert_eq!(broken(|s| s.host.clear()), SettingsProblem::HostMissing);
        assert!(matches!(
            broken(|s| s.host = "https://x".into()),
            SettingsProblem::HostIsNoName(_)
        ));
        assert_eq!(broken(|s| s.port = 0), SettingsProblem::PortMissing);
        assert_eq!(broken(|s| s.user = " ".into()), SettingsProblem::UserMissing);
        assert!(matches!(
            broken(|s| s.folders.push("a\r\nb".into())),
            SettingsProblem::ControlCharacter(_)
        ));
        assert_eq!(broken(|s| s.poll_minutes = 61), SettingsProblem::PollMinutes(61));
    }

    #[test]
    fn folders_are_read_once_and_the_inbox_by_default() {
        let mut settings = MailboxSettings::example();
        assert_eq!(settings.folder_names(), ["INBOX"]);
        settings.folders = vec![
            "Inbox".into(),
            "Anfragen".into(),
            "INBOX".into(),
            " Anfragen ".into(),
        ];
        assert_eq!(settings.folder_names(), ["Inbox", "Anfragen"]);
    }

    #[test]
    fn settings_without_the_newer_keys_still_load() {
        let loaded: MailboxSettings = serde_json::from_str(
            r#"{"host":"h","port":143,"security":"starttls","user":"u","auth":"oauth_bearer"}"#,
        )
        .unwrap();
        assert_eq!(loaded.poll_minutes, 5);
        assert_eq!(loaded.security, TransportSecurity::Starttls);
    }
}
