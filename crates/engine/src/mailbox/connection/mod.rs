//! An open, encrypted, logged-in connection to an IMAP server, and the few read-only commands Lotse sends on it.
//!
//! Only these commands exist here: `CAPABILITY`, `STARTTLS`, `LOGIN`/`AUTHENTICATE`, `LIST`, `EXAMINE`, `UID SEARCH`,
//! `UID FETCH` of sizes and `BODY.PEEK[]`, `IDLE`, `LOGOUT`. Nothing in this module can change a mailbox.

mod guard;
mod login;
mod session;
mod tls;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use self::guard::{Allowance, GuardedStream};
pub(super) use self::session::{FolderOnServer, MailHead, Session};
use super::error::MailboxError;
use super::settings::{MailboxSettings, TransportSecurity};
use crate::credentials::Secret;
use crate::system_reason::SystemReason;

type Stream = GuardedStream<TlsStream<TcpStream>>;

/// Bounds of one connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For the connection and the handshake, each.
    pub(super) connect: Duration,
    /// How long the server may be silent while it owes an answer.
    pub(super) silence: Duration,
}

/// What the server may send in answer to a command that fetches no mail: capabilities, folders, numbers of mails.
const ANSWER_BYTES: u64 = 64 << 20;
/// What a server says before TLS is a line or two.
const PLAIN_LINE: usize = 8 << 10;
/// How much of a server's words is kept in an error.
const WORDS: usize = 200;

/// The server, for errors and time-outs.
#[derive(Clone, Debug)]
struct Place {
    host: String,
    port: u16,
    connect: Duration,
}

impl Place {
    fn unreachable(&self, cause: impl Into<SystemReason>) -> MailboxError {
        MailboxError::Unreachable {
            host: self.host.clone(),
            port: self.port,
            cause: cause.into(),
        }
    }

    fn not_imap(&self, said: &[u8]) -> MailboxError {
        MailboxError::NotImap {
            host: self.host.clone(),
            port: self.port,
            said: words(&String::from_utf8_lossy(said)),
        }
    }

    async fn in_time<T>(&self, step: &str, work: impl Future<Output = T>) -> Result<T, MailboxError> {
        tokio::time::timeout(self.connect, work).await.map_err(|_| {
            self.unreachable(format!(
                "{step}: no answer for {} s",
                self.connect.as_secs().max(1)
            ))
        })
    }
}

/// A server's words in one line and not too many of them.
fn words(said: &str) -> String {
    let line: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(WORDS) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

/// Connects, encrypts, checks the greeting and logs in.
///
/// # Errors
/// Any of [`MailboxError`] but those of folders and of the store.
pub(super) async fn open(
    settings: &MailboxSettings,
    secret: &Secret,
    patience: Patience,
) -> Result<Session, MailboxError> {
    settings.check()?;
    if secret.is_empty() {
        return Err(MailboxError::SecretMissing {
            user: settings.user.clone(),
            host: settings.host.clone(),
        });
    }
    let place = Place {
        host: settings.host.trim().to_string(),
        port: settings.port,
        connect: patience.connect,
    };
    let connector = tls::connector(settings.ca_file.as_deref())?;
    let stream = place
        .in_time("TCP", TcpStream::connect((place.host.as_str(), place.port)))
        .await?
        .map_err(|error| place.unreachable(error))?;
    // Commands are short and each waits for its answer.
    stream
        .set_nodelay(true)
        .map_err(|error| place.unreachable(error))?;
    let (stream, greeted) = match settings.security {
        TransportSecurity::ImplicitTls => (stream, false),
        TransportSecurity::Starttls => (
            place.in_time("STARTTLS", ask_for_tls(stream, &place)).await??,
            true,
        ),
    };
    let stream = tls::encrypt(&connector, stream, &place).await?;
    let allowance = Allowance::new(patience.silence, ANSWER_BYTES);
    let stream = GuardedStream::new(stream, Arc::clone(&allowance));
    login::log_in(stream, greeted, allowance, &place, settings, secret).await
}

/// Greeting and `STARTTLS`, on the bare connection.
///
/// The IMAP library reads ahead; here every byte is read singly, so that nothing which was sent before the encryption
/// can be taken for something that came after it.
async fn ask_for_tls(mut stream: TcpStream, place: &Place) -> Result<TcpStream, MailboxError> {
    let greeting = plain_line(&mut stream, place).await?;
    if !starts_with(&greeting, b"* OK") {
        // Also a greeting that says one is logged in already: then there would be no encryption at all.
        return Err(place.not_imap(&greeting));
    }
    stream
        .write_all(b"a1 STARTTLS\r\n")
        .await
        .map_err(|error| place.unreachable(error))?;
    loop {
        let line = plain_line(&mut stream, place).await?;
        if starts_with(&line, b"a1 OK") {
            return Ok(stream);
        }
        if starts_with(&line, b"a1 ") {
            return Err(MailboxError::NoStarttls {
                host: place.host.clone(),
                port: place.port,
            });
        }
    }
}

fn starts_with(line: &[u8], start: &[u8]) -> bool {
    line.get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start))
}

async fn plain_line(stream: &mut TcpStream, place: &Place) -> Result<Vec<u8>, MailboxError> {
    let mut line = Vec::new();
    loop {
        match stream.read_u8().await {
            Ok(b'\n') => return Ok(line),
            Ok(byte) if line.len() < PLAIN_LINE => line.push(byte),
            Ok(_) => return Err(place.not_imap(&line)),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof && !line.is_empty() => {
                return Err(place.not_imap(&line));
            }
            Err(error) => return Err(place.unreachable(error)),
        }
    }
}
