//! Who sends a request, and what they may do.
//!
//! An API key in `X-AUTH-TOKEN` or a JWT in `Authorization: Bearer`. Keys and tokens carry roles and belong to a user;
//! a deactivated user's keys and tokens are worth nothing. Nothing here knows what the roles are good for: handlers
//! ask for a [`Client`] or, where only some roles may pass, for an [`Officer`].

mod key;
mod role;
mod token;

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use lotse_core::values::Instant;

use crate::app::App;
use crate::clock::now;
use crate::refusal::Refusal;
use crate::request_log::Noted;

pub use key::NewKey;
pub(crate) use key::{KeyHash, new_key};
pub use role::Role;
pub use token::{TokenProblem, TokenSecret};

/// Name of the header that carries an API key.
pub(crate) const KEY_HEADER: &str = "x-auth-token";

/// The roles that may import leads and read what was imported.
pub(crate) const OFFICERS: &[Role] = &[Role::Admin, Role::MigrationOfficer];

/// Why a sender is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AccessProblem {
    #[error(
        "Credentials are missing: please send an API key in X-AUTH-TOKEN or a token in Authorization: Bearer."
    )]
    Missing,
    #[error(
        "Please send either an API key in X-AUTH-TOKEN or a token in Authorization: Bearer, and only one of each."
    )]
    Several,
    #[error("Authorization must be of the form: Bearer TOKEN.")]
    Scheme,
    #[error("This API key is not known.")]
    KeyUnknown,
    #[error("This API key has expired.")]
    KeyExpired,
    #[error("This API key was deactivated.")]
    KeyDeactivated,
    #[error("This server is not set up for tokens. Please use an API key.")]
    TokensOff,
    #[error(
        "This token is not valid: it must be signed by HS256 with the secret of this server and carry sub, exp and roles."
    )]
    TokenInvalid,
    #[error("This token has expired.")]
    TokenExpired,
    #[error("The user of this token is not known.")]
    UserUnknown,
    #[error("This user was deactivated.")]
    UserDeactivated,
}

impl AccessProblem {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Missing => "credentials_missing",
            Self::Several => "credentials_ambiguous",
            Self::Scheme => "credentials_unreadable",
            Self::KeyUnknown => "key_unknown",
            Self::KeyExpired => "key_expired",
            Self::KeyDeactivated => "key_deactivated",
            Self::TokensOff => "tokens_not_accepted",
            Self::TokenInvalid => "token_invalid",
            Self::TokenExpired => "token_expired",
            Self::UserUnknown => "user_unknown",
            Self::UserDeactivated => "user_deactivated",
        }
    }
}

/// How a client has shown who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    ApiKey,
    Token,
}

impl Proof {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::Token => "token",
        }
    }
}

/// A known sender. Dry-runs, idempotency keys and external ids belong to the user, so a new key changes nothing.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) user_id: String,
    pub(crate) name: String,
    pub(crate) roles: BTreeSet<Role>,
    pub(crate) proof: Proof,
    pub(crate) expires_at: Option<Instant>,
}

impl Client {
    /// The role by which this client may do what `allowed` may.
    pub(crate) fn role_among(&self, allowed: &[Role]) -> Option<Role> {
        allowed.iter().find(|role| self.roles.contains(role)).copied()
    }
}

impl FromRequestParts<App> for Client {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let client = match credentials(parts).map_err(Refusal::Access)? {
            Credentials::Key(hash) => by_key(app, hash).await?,
            Credentials::Token(token) => by_token(app, &token).await?,
        };
        if let Some(noted) = parts.extensions.get::<Noted>() {
            noted.sender(&client.user_id);
        }
        Ok(client)
    }
}

/// A client that may import leads, and the role by which it may.
#[derive(Clone, Debug)]
pub(crate) struct Officer {
    pub(crate) client: Client,
    pub(crate) role: Role,
}

impl FromRequestParts<App> for Officer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let client = Client::from_request_parts(parts, app).await?;
        match client.role_among(OFFICERS) {
            Some(role) => Ok(Officer { client, role }),
            None => Err(Refusal::Role { allowed: OFFICERS }),
        }
    }
}

enum Credentials {
    Key(KeyHash),
    Token(String),
}

fn credentials(parts: &Parts) -> Result<Credentials, AccessProblem> {
    let mut keys = parts.headers.get_all(KEY_HEADER).iter();
    let mut tokens = parts.headers.get_all(AUTHORIZATION).iter();
    match (keys.next(), tokens.next(), keys.next().or(tokens.next())) {
        (None, None, _) => Err(AccessProblem::Missing),
        (Some(key), None, None) => Ok(Credentials::Key(KeyHash::of(key.as_bytes()))),
        (None, Some(token), None) => {
            let (scheme, token) = token
                .to_str()
                .ok()
                .and_then(|value| value.split_once(' '))
                .ok_or(AccessProblem::Scheme)?;
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(AccessProblem::Scheme);
            }
            Ok(Credentials::Token(token.trim().to_string()))
        }
        _ => Err(AccessProblem::Several),
    }
}

async fn by_key(app: &App, hash: KeyHash) -> Result<Client, Refusal> {
    let found = app.with_store(move |store| store.key(&hash)).await?;
    let (key, user) = found.ok_or(Refusal::Access(AccessProblem::KeyUnknown))?;
    if key.deactivated_at.is_some() {
        return Err(Refusal::Access(AccessProblem::KeyDeactivated));
    }
    if key.expires_at.is_some_and(|expiry| expiry <= now()) {
        return Err(Refusal::Access(AccessProblem::KeyExpired));
    }
    if user.deactivated_at.is_some() {
        return Err(Refusal::Access(AccessProblem::UserDeactivated));
    }
    Ok(Client {
        user_id: user.id,
        name: user.name,
        roles: key.roles,
        proof: Proof::ApiKey,
        expires_at: key.expires_at,
    })
}

async fn by_token(app: &App, token: &str) -> Result<Client, Refusal> {
    let secret = app
        .token_secret()
        .ok_or(Refusal::Access(AccessProblem::TokensOff))?;
    let claims = secret.read(token).map_err(Refusal::Access)?;
    let id = claims.sub.clone();
    let user = app.with_store(move |store| store.user(&id)).await?;
    let user = user.ok_or(Refusal::Access(AccessProblem::UserUnknown))?;
    if user.deactivated_at.is_some() {
        return Err(Refusal::Access(AccessProblem::UserDeactivated));
    }
    Ok(Client {
        user_id: user.id,
        name: user.name,
        roles: claims.roles(),
        proof: Proof::Token,
        expires_at: claims.expires_at(),
    })
}
