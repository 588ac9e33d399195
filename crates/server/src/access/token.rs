//! Bearer tokens: JWTs signed by HS256 with the server's secret.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{AccessProblem, Role};
use crate::clock::now;

/// Bytes of a secret at least: as many as the hash of HS256 has.
const SHORTEST: usize = 32;

/// The secret by which tokens are signed and checked. It does not print itself and is overwritten when dropped.
#[derive(Clone)]
pub struct TokenSecret(Zeroizing<Vec<u8>>);

/// Why a secret cannot be used, or a token cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TokenProblem {
    /// The secret could be guessed.
    #[error(
        "The token secret has {bytes} bytes; it needs at least 32. Please use random ones, such as: openssl rand -hex 32"
    )]
    ShortSecret {
        /// Its length.
        bytes: usize,
    },
    /// The token would expire beyond the calendar.
    #[error("The token cannot be valid for that long.")]
    Validity,
    /// Signing failed.
    #[error("The token could not be signed: {0}")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// The user.
    pub(crate) sub: String,
    /// Seconds since 1970.
    exp: u64,
    /// Names of roles; those the server does not know entitle to nothing.
    roles: Vec<String>,
}

impl Claims {
    pub(crate) fn roles(&self) -> BTreeSet<Role> {
        self.roles.iter().filter_map(|name| Role::named(name)).collect()
    }

    pub(crate) fn expires_at(&self) -> Option<Instant> {
        Instant::from_millis(i64::try_from(self.exp).ok()?.checked_mul(1000)?)
    }
}

impl TokenSecret {
    /// Takes a secret of at least 32 bytes over; white space around it (the line end of a file) is no part of it.
    pub fn new(secret: &[u8]) -> Result<Self, TokenProblem> {
        let secret = secret.trim_ascii();
        if secret.len() < SHORTEST {
            return Err(TokenProblem::ShortSecret { bytes: secret.len() });
        }
        Ok(TokenSecret(Zeroizing::new(secret.to_vec())))
    }

    /// A token for the user `user_id` with `roles`, valid for `validity` from now on.
    pub fn sign(
        &self,
        user_id: &str,
        roles: &BTreeSet<Role>,
        validity: Duration,
    ) -> Result<Zeroizing<String>, TokenProblem> {
        let now = u64::try_from(now().millis() / 1000).map_err(|_| TokenProblem::Validity)?;
        let claims = Claims {
            sub: user_id.to_string(),
            exp: now
                .checked_add(validity.as_secs())
                .ok_or(TokenProblem::Validity)?,
            roles: roles.iter().map(|role| role.as_str().to_string()).collect(),
        };
        let key = EncodingKey::from_secret(&self.0);
        Ok(Zeroizing::new(encode(
            &Header::new(Algorithm::HS256),
            &claims,
            &key,
        )?))
    }

    /// What `token` says, if it can be believed. The algorithm is ours to choose, whatever the token's header says.
    pub(crate) fn read(&self, token: &str) -> Result<Claims, AccessProblem> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.validate_nbf = true;
        validation.set_required_spec_claims(&["exp", "sub"]);
        // Nobody else's tokens are signed with this secret, so there is no audience to tell apart.
        validation.validate_aud = false;
        match decode::<Claims>(token, &DecodingKey::from_secret(&self.0), &validation) {
            Ok(token) => Ok(token.claims),
            Err(error) => Err(match error.kind() {
                ErrorKind::ExpiredSignature => AccessProblem::TokenExpired,
                _ => AccessProblem::TokenInvalid,
            }),
        }
    }
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef\n";

    #[test]
    fn a_token_says_what_was_signed() {
        let secret = TokenSecret::new(SECRET).unwrap();
        let roles = BTreeSet::from([Role::Admin, Role::MigrationOfficer]);
        let token = secret.sign("nina", &roles, Duration::from_secs(3600)).unwrap();
        let claims = secret.read(&token).unwrap();
        assert_eq!((claims.sub.as_str(), claims.roles()), ("nina", roles));
        assert!(claims.expires_at().unwrap() > now());
        assert_eq!(format!("{secret:?}"), "TokenSecret(…)");
    }

    #[test]
    fn an_old_token_is_told_from_a_wrong_one() {
        let secret = TokenSecret::new(SECRET).unwrap();
        let claims = Claims {
            sub: "nina".into(),
            exp: 1,
            roles: vec![],
        };
        let old = encode(&Header::default(), &claims, &EncodingKey::from_secret(&secret.0)).unwrap();
        assert_eq!(secret.read(&old).unwrap_err(), AccessProblem::TokenExpired);
        let other = TokenSecret::new(&[7; 32]).unwrap();
        assert_eq!(other.read(&old).unwrap_err(), AccessProblem::TokenInvalid);
    }

    #[test]
    fn short_secrets_are_refused() {
        assert!(matches!(
            TokenSecret::new(b"hunter2\n"),
            Err(TokenProblem::ShortSecret { bytes: 7 })
        ));
    }
}
