//! The first question to a server: is it there, who are we, and may we import?

use lotse_core::language::{Language, Tell};
use lotse_core::target::Target;
use serde::{Deserialize, Serialize};

use super::{ServerClient, ServerError};
use crate::connections::ServerSettings;
use crate::credentials::Secret;

/// Roles of the contract that may import, without the prefix that some servers put before them.
const IMPORTERS: [&str; 2] = ["admin", "migration-officer"];

/// A server that has answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Reached {
    /// Who it takes us for.
    pub user: String,
    /// The user's roles.
    pub roles: Vec<String>,
    /// Whether they suffice for an import; `None` for targets without roles.
    pub may_import: Option<bool>,
}

/// A check that came to nothing. The same facts as while sending, in other words: nothing was sent, and nothing is
/// repeated by itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.tell(Language::En))]
pub struct CheckFailed(pub ServerError);

impl Tell for CheckFailed {
    fn tell(&self, language: Language) -> String {
        let said = |message: &str| {
            if message.is_empty() {
                String::new()
            } else {
                format!(" ({message})")
            }
        };
        match &self.0 {
            ServerError::NoConnection { host, reason } => language.pick(
                format!("{host} ist nicht erreichbar ({}). Bitte Netz und Adresse prüfen.", reason.tell(language)),
                format!("{host} cannot be reached ({}). Please check network and address.", reason.tell(language)),
            ),
            ServerError::NoAnswer { host, reason } => language.pick(
                format!("{host} hat nicht geantwortet ({}). Bitte später noch einmal prüfen.", reason.tell(language)),
                format!("{host} did not answer ({}). Please check again later.", reason.tell(language)),
            ),
            ServerError::Overloaded { status, message, .. } => language.pick(
                format!("Der Server ist erreichbar, meldet aber einen Fehler (Status {status}){}. Bitte später noch einmal prüfen.", said(message)),
                format!("The server can be reached, but reports an error (status {status}){}. Please check again later.", said(message)),
            ),
            ServerError::Unauthorized { message } => language.pick(
                format!("Der Server nimmt die Anmeldung nicht an{}. Bitte Schlüssel oder Token neu eingeben.", said(message)),
                format!("The server does not accept the login{}. Please enter the key or token again.", said(message)),
            ),
            other => other.tell(language),
        }
    }
}

/// Asks the server who we are there. Blocks until it has answered or failed to.
pub fn check_server(
    settings: &ServerSettings,
    target: &Target,
    secret: &Secret,
) -> Result<Reached, CheckFailed> {
    let client = ServerClient::new(settings, target, secret).map_err(CheckFailed)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            CheckFailed(ServerError::Settings {
                reason: error.to_string(),
            })
        })?;
    let who = runtime.block_on(client.who_am_i()).map_err(CheckFailed)?;
    Ok(Reached {
        may_import: (target.id == "migration").then(|| who.roles.iter().any(|role| may_import(role))),
        user: who.user,
        roles: who.roles,
    })
}

fn may_import(role: &str) -> bool {
    let role = role.to_ascii_lowercase().replace('_', "-");
    IMPORTERS.contains(&role.strip_prefix("role-").unwrap_or(&role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_that_may_import_are_known_by_their_names_of_other_servers_too() {
        for role in [
            "admin",
            "ROLE_ADMIN",
            "migration-officer",
            "ROLE_MIGRATION_OFFICER",
        ] {
            assert!(may_import(role), "{role}");
        }
        for role in ["ROLE_API_CLIENT", "administration", ""] {
            assert!(!may_import(role), "{role}");
        }
    }
}
