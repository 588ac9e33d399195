use serde::{Deserialize, Serialize};

/// What a key or a token entitles to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Everything.
    Admin,
    /// Importing leads and reading what was imported.
    MigrationOfficer,
    /// Submitting single leads.
    ApiClient,
}

impl Role {
    /// All roles, the most powerful first.
    pub const ALL: [Self; 3] = [Self::Admin, Self::MigrationOfficer, Self::ApiClient];

    /// The name in answers, tokens, the audit log and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::MigrationOfficer => "migration-officer",
            Self::ApiClient => "api-client",
        }
    }

    /// The role called `name`, also by the names that other servers of the contract use (`ROLE_ADMIN`,
    /// `ROLE_API_CLIENT`).
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "ROLE_ADMIN" => Some(Self::Admin),
            "ROLE_API_CLIENT" => Some(Self::ApiClient),
            _ => Self::ALL.into_iter().find(|role| role.as_str() == name),
        }
    }
}
