//! The greeting and the login.

use std::sync::Arc;

use async_imap::error::Error as ImapError;
use async_imap::imap_proto::{Response, Status};
use async_imap::{Authenticator, Client};

use super::guard::Allowance;
use super::session::Session;
use super::{Place, Stream, words};
use crate::credentials::Secret;
use crate::mailbox::error::MailboxError;
use crate::mailbox::settings::{MailboxAuth, MailboxSettings};

/// Reads the greeting (unless it came before the encryption) and logs in.
pub(super) async fn log_in(
    stream: Stream,
    greeted: bool,
    allowance: Arc<Allowance>,
    place: &Place,
    settings: &MailboxSettings,
    secret: &Secret,
) -> Result<Session, MailboxError> {
    let mut client = Client::new(stream);
    if !greeted {
        greet(&mut client, place).await?;
    }
    let session = match settings.auth {
        MailboxAuth::OauthBearer => {
            let mut bearer = Bearer {
                user: &settings.user,
                token: secret,
                refusal: None,
            };
            let outcome = client.authenticate("XOAUTH2", &mut bearer).await;
            outcome.map_err(|(error, _)| {
                // The reason stands in the server's second challenge, the answer itself says little.
                let reason = bearer.refusal.take();
                login_error(&error, reason, place, settings, secret)
            })?
        }
        // LOGIN is what every server takes; only texts beyond ASCII need the other way.
        MailboxAuth::Password if is_plain(&settings.user) && is_plain(secret.reveal()) => {
            let outcome = client.login(&settings.user, secret.reveal()).await;
            outcome.map_err(|(error, _)| login_error(&error, None, place, settings, secret))?
        }
        MailboxAuth::Password => {
            let plain = Plain {
                user: &settings.user,
                password: secret,
            };
            let outcome = client.authenticate("PLAIN", plain).await;
            outcome.map_err(|(error, _)| login_error(&error, None, place, settings, secret))?
        }
    };
    Ok(Session::new(session, allowance, place.host.clone()))
}

async fn greet(client: &mut Client<Stream>, place: &Place) -> Result<(), MailboxError> {
    match client.read_response().await {
        Ok(Some(response)) => match response.parsed() {
            Response::Data {
                status: Status::Ok, ..
            } => Ok(()),
            Response::Data {
                status: Status::Bye,
                outcome,
            } => Err(place.unreachable(words(outcome.information.as_deref().unwrap_or("BYE")))),
            other => Err(place.not_imap(format!("{other:?}").as_bytes())),
        },
        Ok(None) => Err(place.unreachable("closed without a greeting")),
        Err(error) if error.kind() == std::io::ErrorKind::Other => {
            Err(place.not_imap(error.to_string().as_bytes()))
        }
        Err(error) => Err(place.unreachable(error)),
    }
}

/// What a failed login means.
fn login_error(
    error: &ImapError,
    reason: Option<String>,
    place: &Place,
    settings: &MailboxSettings,
    secret: &Secret,
) -> MailboxError {
    let token = settings.auth == MailboxAuth::OauthBearer;
    let (said, is_bad) = match error {
        ImapError::No(said) => (said_in(said), false),
        ImapError::Bad(said) => (said_in(said), true),
        _ => return place.unreachable(words(&without_secret(&error.to_string(), secret))),
    };
    let lower = said.to_ascii_lowercase();
    let any = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
    if any(&["[unavailable]", "[inuse]", "[limit]", "temporary", "too many"]) {
        return place.unreachable(words(&without_secret(&said, secret)));
    }
    if any(&[
        "unsupported authentication",
        "mechanism",
        "privacyrequired",
        "logindisabled",
        "login disabled",
    ]) || is_bad && reason.is_none()
    {
        return MailboxError::LoginMethod {
            host: place.host.clone(),
            method: if token { "XOAUTH2" } else { "password" },
            said: words(&without_secret(&said, secret)),
        };
    }
    MailboxError::LoginRefused {
        user: settings.user.clone(),
        host: place.host.clone(),
        said: words(&without_secret(&reason.unwrap_or(said), secret)),
        token,
    }
}

/// `LOGIN` takes quoted strings: ASCII without line ends.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (32..127).contains(&byte))
}

/// The library hands on `code: …, info: Some("…")`; what a person can use is the text.
fn said_in(said: &str) -> String {
    said.split_once("info: Some(\"")
        .and_then(|(_, text)| text.rsplit_once("\")"))
        .map_or(said, |(text, _)| text)
        .to_string()
}

/// A server may well repeat what it was sent.
fn without_secret(said: &str, secret: &Secret) -> String {
    said.replace(secret.reveal(), "…")
}

/// `XOAUTH2`: one message with the token; a second challenge holds the reason of a refusal and is answered with an
/// empty line, after which the server says no.
struct Bearer<'a> {
    user: &'a str,
    token: &'a Secret,
    refusal: Option<String>,
}

impl Authenticator for &mut Bearer<'_> {
    type Response = String;

    fn process(&mut self, challenge: &[u8]) -> String {
        if challenge.is_empty() {
            format!(
                "user={}\x01auth=Bearer {}\x01\x01",
                self.user,
                self.token.reveal()
            )
        } else {
            self.refusal = Some(String::from_utf8_lossy(challenge).into_owned());
            String::new()
        }
    }
}

struct Plain<'a> {
    user: &'a str,
    password: &'a Secret,
}

impl Authenticator for Plain<'_> {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        format!("\0{}\0{}", self.user, self.password.reveal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_refusal_is_found() {
        let said = r#"code: Some(Alert), info: Some("[AUTHENTICATIONFAILED] Authentication failed.")"#;
        assert_eq!(said_in(said), "[AUTHENTICATIONFAILED] Authentication failed.");
        assert_eq!(said_in("other"), "other");
    }

    #[test]
    fn a_repeated_secret_is_taken_out() {
        let secret = Secret::new("hunter2".to_string());
        assert_eq!(
            without_secret("no user with hunter2 here", &secret),
            "no user with … here"
        );
    }
}
