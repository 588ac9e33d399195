use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use lotse_core::values::Instant;
use lotse_server::Role;

use super::{Database, Failure, remark, say, text};

/// Users: who can own leads, and to whom keys and tokens belong.
#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Add a user.
    Add {
        #[command(flatten)]
        database: Database,
        /// The id that leads name as their owner.
        id: String,
        /// The name for people; the id by default.
        #[arg(long)]
        name: Option<String>,
    },
    /// List the users: id, name, and since when a user is deactivated, separated by tabs.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Deactivate a user: keys and tokens are refused, and no new lead can belong to the user.
    Deactivate {
        #[command(flatten)]
        database: Database,
        /// The id.
        id: String,
    },
}

/// API keys.
#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// Make a key and print it, this once.
    Create {
        #[command(flatten)]
        database: Database,
        /// Id of the user.
        #[arg(long)]
        user: String,
        /// What the key entitles to; can be given more than once.
        #[arg(long = "role", value_name = "ROLE", required = true, value_parser = role)]
        roles: Vec<Role>,
        /// When it expires: an instant (2027-01-01T00:00:00Z) or a time from now on (90d). Never by default.
        #[arg(long, value_name = "WHEN", value_parser = text::expiry)]
        expires: Option<Instant>,
    },
    /// List the keys: number, user, roles, made, expires, deactivated, separated by tabs.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Deactivate a key.
    Deactivate {
        #[command(flatten)]
        database: Database,
        /// Its number, as `key list` shows it.
        number: i64,
    },
}

/// Print a bearer token (JWT) for a user.
#[derive(Debug, Args)]
pub(super) struct Token {
    #[command(flatten)]
    database: Database,
    /// Id of the user.
    #[arg(long)]
    user: String,
    /// What the token entitles to; can be given more than once.
    #[arg(long = "role", value_name = "ROLE", required = true, value_parser = role)]
    roles: Vec<Role>,
    /// How long it is valid.
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = text::duration)]
    valid_for: Duration,
    /// File with the secret of the server (`-` for standard input); else the environment variable
    /// `LOTSE_SERVER_TOKEN_SECRET`.
    #[arg(long, value_name = "FILE")]
    token_secret_file: Option<PathBuf>,
}

fn role(name: &str) -> Result<Role, String> {
    let all = Role::ALL.map(Role::as_str).join(", ");
    Role::named(name).ok_or_else(|| format!("there is no role {name:?}; there are {all}"))
}

impl User {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Add { database, id, name } => {
                database
                    .accounts()?
                    .add_user(&id, name.as_deref().unwrap_or(&id))?;
                remark(&format!("The user {id:?} was added."));
            }
            Self::List { database } => {
                for user in database.accounts()?.users()? {
                    say(&format!(
                        "{}\t{}\t{}",
                        user.id,
                        user.name,
                        shown(user.deactivated_at)
                    ))?;
                }
            }
            Self::Deactivate { database, id } => {
                database.accounts()?.deactivate_user(&id)?;
                remark(&format!("The user {id:?} was deactivated."));
            }
        }
        Ok(())
    }
}

impl Key {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Create {
                database,
                user,
                roles,
                expires,
            } => {
                let key = database.accounts()?.create_key(&user, &roles, expires)?;
                say(key.reveal())?;
                remark(&format!(
                    "This is key number {} of {user:?}. The server knows it by its hash only: it cannot be shown again.",
                    key.id
                ));
            }
            Self::List { database } => {
                for key in database.accounts()?.keys()? {
                    let roles: Vec<&str> = key.roles.iter().map(|role| role.as_str()).collect();
                    say(&format!(
                        "{}\t{}\t{}\t{}\t{}\t{}",
                        key.id,
                        key.user_id,
                        roles.join(","),
                        key.created_at,
                        shown(key.expires_at),
                        shown(key.deactivated_at)
                    ))?;
                }
            }
            Self::Deactivate { database, number } => {
                database.accounts()?.deactivate_key(number)?;
                remark(&format!("The key {number} was deactivated."));
            }
        }
        Ok(())
    }
}

impl Token {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Some(secret) = text::token_secret(self.token_secret_file.as_deref())? else {
            return Err(Failure::Usage(
                "Please give the secret of the server: --token-secret-file or LOTSE_SERVER_TOKEN_SECRET."
                    .into(),
            ));
        };
        let accounts = self.database.accounts()?;
        say(&accounts.create_token(&secret, &self.user, &self.roles, self.valid_for)?)
    }
}

fn shown(instant: Option<Instant>) -> String {
    instant.map_or_else(|| "-".into(), |instant| instant.to_string())
}
