//! Users, keys and tokens: what an administrator of the server sets up.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use lotse_core::values::Instant;
use zeroize::Zeroizing;

use crate::access::{KeyHash, NewKey, Role, TokenProblem, TokenSecret, new_key};
use crate::clock::now;
use crate::store::sqlite::{DatabasePlace, OpenProblem, PATIENCE, SqliteStore};
use crate::store::{ApiKey, Store, StoreProblem, User};

/// The users and keys of a database. All calls block.
#[derive(Clone)]
pub struct Accounts {
    store: Arc<dyn Store>,
}

/// Why an account could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum AccountProblem {
    /// The id is taken.
    #[error("There is a user with the id {id:?} already.")]
    UserExists {
        /// The id.
        id: String,
    },
    /// The id or the name is empty, too long, or has blanks at its ends.
    #[error(
        "{text:?} cannot be the {what} of a user: it needs 1 to 255 characters, without blanks at its ends."
    )]
    Unusable {
        /// Id or name.
        what: &'static str,
        /// What was given.
        text: String,
    },
    /// Nobody has that id.
    #[error("There is no user with the id {id:?}.")]
    UnknownUser {
        /// The id.
        id: String,
    },
    /// The user was deactivated.
    #[error("The user {id:?} was deactivated.")]
    UserDeactivated {
        /// The id.
        id: String,
    },
    /// No key has that number.
    #[error("There is no key with the number {id}.")]
    UnknownKey {
        /// The number.
        id: i64,
    },
    /// A key or token without a role is good for nothing.
    #[error("Please name at least one role.")]
    NoRole,
    /// The system gives no random bits.
    #[error("The system gives no random numbers: {0}")]
    Random(getrandom::Error),
    /// The token could not be made.
    #[error(transparent)]
    Token(#[from] TokenProblem),
    /// The database has failed.
    #[error(transparent)]
    Store(#[from] StoreProblem),
}

/// Characters of an id or a name at most; an owner's id travels in a field of this length.
const LONGEST: usize = 255;

impl Accounts {
    /// Opens the accounts of a database, also while a server runs on it.
    pub fn open(place: &DatabasePlace) -> Result<Self, OpenProblem> {
        Ok(Accounts {
            store: Arc::new(SqliteStore::open(place, PATIENCE)?),
        })
    }

    pub(crate) fn of(store: Arc<dyn Store>) -> Self {
        Accounts { store }
    }

    /// Adds a user, who from now on can own leads.
    pub fn add_user(&self, id: &str, name: &str) -> Result<(), AccountProblem> {
        for (what, text) in [("id", id), ("name", name)] {
            // Owners in requests are cleaned; an id that cleaning changes would never be found.
            let clean = lotse_core::values::clean(text, false);
            if clean != text || !(1..=LONGEST).contains(&text.chars().count()) {
                return Err(AccountProblem::Unusable {
                    what,
                    text: text.to_string(),
                });
            }
        }
        if self.store.add_user(id, name, now())? {
            Ok(())
        } else {
            Err(AccountProblem::UserExists { id: id.to_string() })
        }
    }

    /// Deactivates a user: keys and tokens of that user are refused, and no new lead can belong to it.
    pub fn deactivate_user(&self, id: &str) -> Result<(), AccountProblem> {
        if self.store.deactivate_user(id, now())? {
            Ok(())
        } else {
            Err(AccountProblem::UnknownUser { id: id.to_string() })
        }
    }

    /// All users, by id.
    pub fn users(&self) -> Result<Vec<User>, AccountProblem> {
        Ok(self.store.users()?)
    }

    /// Makes a key for a user. This is the one time that the key can be read.
    pub fn create_key(
        &self,
        user_id: &str,
        roles: &[Role],
        expires_at: Option<Instant>,
    ) -> Result<NewKey, AccountProblem> {
        self.demand_active(user_id)?;
        if roles.is_empty() {
            return Err(AccountProblem::NoRole);
        }
        let key = new_key().map_err(AccountProblem::Random)?;
        let hash = KeyHash::of(key.as_bytes());
        let id = self.store.add_key(user_id, &hash, roles, now(), expires_at)?;
        Ok(NewKey::new(id, key))
    }

    /// All keys, by number.
    pub fn keys(&self) -> Result<Vec<ApiKey>, AccountProblem> {
        Ok(self.store.keys()?)
    }

    /// Deactivates a key.
    pub fn deactivate_key(&self, id: i64) -> Result<(), AccountProblem> {
        if self.store.deactivate_key(id, now())? {
            Ok(())
        } else {
            Err(AccountProblem::UnknownKey { id })
        }
    }

    /// Makes a bearer token for a user, valid from now on. The server must run with the same `secret`.
    pub fn create_token(
        &self,
        secret: &TokenSecret,
        user_id: &str,
        roles: &[Role],
        validity: Duration,
    ) -> Result<Zeroizing<String>, AccountProblem> {
        self.demand_active(user_id)?;
        if roles.is_empty() {
            return Err(AccountProblem::NoRole);
        }
        let roles: BTreeSet<Role> = roles.iter().copied().collect();
        Ok(secret.sign(user_id, &roles, validity)?)
    }

    fn demand_active(&self, user_id: &str) -> Result<(), AccountProblem> {
        let id = user_id.to_string();
        match self.store.user(user_id)? {
            None => Err(AccountProblem::UnknownUser { id }),
            Some(user) if user.deactivated_at.is_some() => Err(AccountProblem::UserDeactivated { id }),
            Some(_) => Ok(()),
        }
    }
}
