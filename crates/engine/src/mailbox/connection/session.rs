//! The commands of a logged-in connection.
//!
//! The library's own streams of answers end silently where the connection ends, and drop a `NO` at their end; so the
//! answers are read one by one here, and a command is done only when its tagged `OK` has come.

use std::fmt::Write as _;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_imap::extensions::idle::IdleResponse;
use async_imap::imap_proto::{
    AttributeValue, Capability, MailboxDatum, NameAttribute, Response, ResponseCode, Status,
};
use chrono::{DateTime, NaiveDate, Utc};

use super::guard::Allowance;
use super::{ANSWER_BYTES, Stream, words};
use crate::mailbox::error::MailboxError;
use crate::mailbox::folder_names;

/// A logged-in connection.
#[derive(Debug)]
pub(in crate::mailbox) struct Session {
    inner: async_imap::Session<Stream>,
    allowance: Arc<Allowance>,
    host: String,
}

/// A folder as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mailbox) struct FolderOnServer {
    pub(in crate::mailbox) name: String,
    /// False for names that only hold other folders.
    pub(in crate::mailbox) selectable: bool,
}

/// A folder that was opened for reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mailbox) struct OpenFolder {
    pub(in crate::mailbox) uid_validity: u32,
    /// The UID that the next mail will get; absent on servers that do not say.
    pub(in crate::mailbox) uid_next: Option<u32>,
    /// Number of mails in it.
    pub(in crate::mailbox) exists: u32,
}

/// What is known of a mail before it is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mailbox) struct MailHead {
    pub(in crate::mailbox) uid: u32,
    /// Bytes, as the server says; some servers estimate.
    pub(in crate::mailbox) size: u64,
    pub(in crate::mailbox) internal_date: Option<DateTime<Utc>>,
}

/// How a command ended that was answered.
struct Refusal(String);

impl Session {
    pub(super) fn new(inner: async_imap::Session<Stream>, allowance: Arc<Allowance>, host: String) -> Self {
        Session {
            inner,
            allowance,
            host,
        }
    }

    /// All folders.
    pub(in crate::mailbox) async fn list(&mut self) -> Result<Vec<FolderOnServer>, MailboxError> {
        let mut folders = Vec::new();
        self.run("LIST", "LIST \"\" \"*\"", ANSWER_BYTES, |response| {
            if let Response::MailboxData(MailboxDatum::List(list)) = response {
                folders.push(FolderOnServer {
                    name: folder_names::decode(&list.name),
                    selectable: !list.name_attributes.iter().any(|attribute| match attribute {
                        NameAttribute::NoSelect => true,
                        NameAttribute::Extension(other) => other.eq_ignore_ascii_case("\\NonExistent"),
                        _ => false,
                    }),
                });
            }
        })
        .await?;
        Ok(folders)
    }

    /// Opens a folder so that nothing in it can change.
    pub(in crate::mailbox) async fn examine(&mut self, folder: &str) -> Result<OpenFolder, MailboxError> {
        let command = format!("EXAMINE {}", folder_names::quote(&folder_names::encode(folder)));
        let mut open = OpenFolder {
            uid_validity: 0,
            uid_next: None,
            exists: 0,
        };
        let outcome = self
            .exchange(&command, ANSWER_BYTES, |response| match response {
                Response::Data { outcome, .. } => match outcome.code {
                    Some(ResponseCode::UidValidity(validity)) => open.uid_validity = validity,
                    Some(ResponseCode::UidNext(next)) => open.uid_next = Some(next),
                    _ => {}
                },
                Response::MailboxData(MailboxDatum::Exists(exists)) => open.exists = *exists,
                _ => {}
            })
            .await?;
        match outcome {
            Ok(()) if open.uid_validity != 0 => Ok(open),
            // Without it no UID can be trusted the next time.
            Ok(()) => Err(self.unexpected("EXAMINE", "no UIDVALIDITY")),
            Err(Refusal(said)) => Err(MailboxError::Folder {
                folder: folder.to_string(),
                said,
            }),
        }
    }

    /// The UIDs from `first` to `last` (to the newest without it) that arrived on `since` or later, ascending.
    pub(in crate::mailbox) async fn search(
        &mut self,
        first: u32,
        last: Option<u32>,
        since: Option<NaiveDate>,
    ) -> Result<Vec<u32>, MailboxError> {
        let mut command = format!("UID SEARCH UID {first}:");
        match last {
            Some(last) => write!(command, "{last}"),
            None => write!(command, "*"),
        }
        .expect("writing to a string");
        if let Some(day) = since {
            // English month names, whatever the language of the system.
            write!(command, " SINCE {}", day.format("%d-%b-%Y")).expect("writing to a string");
        }
        let mut uids = Vec::new();
        self.run("UID SEARCH", &command, ANSWER_BYTES, |response| {
            if let Response::MailboxData(MailboxDatum::Search(found)) = response {
                uids.extend_from_slice(found);
            }
        })
        .await?;
        // `n:*` names the newest mail even where it is older than n.
        uids.retain(|uid| *uid >= first && last.is_none_or(|last| *uid <= last));
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// Size and time of delivery of the given UIDs; those deleted in the meantime are missing.
    pub(in crate::mailbox) async fn heads(&mut self, uids: &[u32]) -> Result<Vec<MailHead>, MailboxError> {
        let command = format!("UID FETCH {} (UID RFC822.SIZE INTERNALDATE)", uid_set(uids));
        let mut heads = Vec::new();
        self.run("UID FETCH", &command, ANSWER_BYTES, |response| {
            if let Response::Fetch(_, attributes) = response {
                let (mut uid, mut size, mut internal_date) = (None, None, None);
                for attribute in attributes {
                    match attribute {
                        AttributeValue::Uid(found) => uid = Some(*found),
                        AttributeValue::Rfc822Size(found) => size = Some(u64::from(*found)),
                        AttributeValue::InternalDate(text) => internal_date = read_internal_date(text),
                        _ => {}
                    }
                }
                if let (Some(uid), Some(size)) = (uid, size)
                    && uids.binary_search(&uid).is_ok()
                {
                    heads.push(MailHead {
                        uid,
                        size,
                        internal_date,
                    });
                }
            }
        })
        .await?;
        heads.sort_unstable_by_key(|head: &MailHead| head.uid);
        heads.dedup_by_key(|head| head.uid);
        Ok(heads)
    }

    /// Fetches whole mails and hands each to `take` as it comes, without marking it as read. A server that refuses
    /// some of them ends without an error; whoever asks sees which are missing.
    ///
    /// `bytes` bounds what the server may send for all of them together.
    pub(in crate::mailbox) async fn fetch(
        &mut self,
        uids: &[u32],
        bytes: u64,
        mut take: impl FnMut(u32, &[u8]),
    ) -> Result<(), MailboxError> {
        let command = format!("UID FETCH {} (UID BODY.PEEK[])", uid_set(uids));
        let _refused = self
            .exchange(&command, bytes, |response| {
                let Response::Fetch(_, attributes) = response else {
                    return;
                };
                let uid = attributes.iter().find_map(|attribute| match attribute {
                    AttributeValue::Uid(uid) => Some(*uid),
                    _ => None,
                });
                let raw = attributes.iter().find_map(|attribute| match attribute {
                    AttributeValue::BodySection {
                        section: None,
                        data: Some(raw),
                        ..
                    } => Some(raw.as_ref()),
                    _ => None,
                });
                if let (Some(uid), Some(raw)) = (uid, raw)
                    && uids.binary_search(&uid).is_ok()
                {
                    take(uid, raw);
                }
            })
            .await?;
        Ok(())
    }

    /// Whether the server tells of new mails by itself.
    pub(in crate::mailbox) async fn can_idle(&mut self) -> Result<bool, MailboxError> {
        let mut found = false;
        self.run("CAPABILITY", "CAPABILITY", ANSWER_BYTES, |response| {
            if let Response::Capabilities(capabilities) = response {
                found |= capabilities.iter().any(
                    |known| matches!(known, Capability::Atom(name) if name.eq_ignore_ascii_case("IDLE")),
                );
            }
        })
        .await?;
        Ok(found)
    }

    /// Waits until the open folder changes or `time` has passed; true where something changed.
    pub(in crate::mailbox) async fn idle(self, time: Duration) -> Result<bool, MailboxError> {
        let lost = |cause: String| MailboxError::Interrupted {
            host: self.host.clone(),
            attempts: 1,
            cause: words(&cause),
        };
        // While idle, silence is what is expected.
        self.allowance.set_silence(time + Duration::from_secs(60));
        self.allowance.set_bytes(ANSWER_BYTES);
        let mut handle = self.inner.idle();
        handle.init().await.map_err(|error| lost(error.to_string()))?;
        let (news, interrupt) = handle.wait_with_timeout(time);
        let news = news.await.map_err(|error| lost(error.to_string()))?;
        drop(interrupt);
        match news {
            IdleResponse::NewData(_) => Ok(true),
            IdleResponse::Timeout => Ok(false),
            IdleResponse::ManualInterrupt => Err(lost("closed".to_string())),
        }
    }

    /// Takes leave. Whatever happens then no longer matters.
    pub(in crate::mailbox) async fn log_out(mut self) {
        self.allowance.set_silence(Duration::from_secs(2));
        let _left = self.inner.logout().await;
    }

    /// Like [`Session::exchange`], where a refusal is an error.
    async fn run(
        &mut self,
        step: &'static str,
        command: &str,
        bytes: u64,
        take: impl FnMut(&Response<'_>),
    ) -> Result<(), MailboxError> {
        match self.exchange(command, bytes, take).await? {
            Ok(()) => Ok(()),
            Err(Refusal(said)) => Err(self.unexpected(step, &said)),
        }
    }

    /// Sends a command and hands every answer to `take` until the tagged one; the outer error is a broken
    /// connection, the inner one a refusal.
    async fn exchange(
        &mut self,
        command: &str,
        bytes: u64,
        mut take: impl FnMut(&Response<'_>),
    ) -> Result<Result<(), Refusal>, MailboxError> {
        self.allowance.set_bytes(bytes);
        let sent = self.inner.run_command(command).await;
        let tag = sent.map_err(|error| self.lost(error.to_string()))?;
        loop {
            let response = match without_panic(self.inner.read_response()).await {
                Ok(Some(response)) => response,
                Ok(None) => return Err(self.lost("the server closed the connection")),
                Err(error) => return Err(self.lost(error.to_string())),
            };
            match response.parsed() {
                Response::Done {
                    tag: done,
                    status,
                    outcome,
                } if done == &tag => {
                    return Ok(match status {
                        Status::Ok => Ok(()),
                        _ => Err(Refusal(words(outcome.information.as_deref().unwrap_or("NO")))),
                    });
                }
                Response::Data {
                    status: Status::Bye,
                    outcome,
                } => return Err(self.lost(outcome.information.as_deref().unwrap_or("BYE"))),
                other => take(other),
            }
        }
    }

    fn lost(&self, cause: impl AsRef<str>) -> MailboxError {
        MailboxError::Interrupted {
            host: self.host.clone(),
            attempts: 1,
            cause: words(cause.as_ref()),
        }
    }

    fn unexpected(&self, step: &'static str, said: &str) -> MailboxError {
        MailboxError::Answer {
            host: self.host.clone(),
            step,
            said: words(said),
        }
    }
}

/// Reads an answer. The library's grammar panics on some answers that no sane server gives; that is an answer which
/// makes no sense, not the end of the program.
async fn without_panic<T>(reading: impl Future<Output = std::io::Result<T>>) -> std::io::Result<T> {
    let mut reading = pin!(reading);
    std::future::poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| reading.as_mut().poll(context))).unwrap_or_else(|_| {
            std::task::Poll::Ready(Err(std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                "an answer that cannot be read",
            )))
        })
    })
    .await
}

/// `1:3,7` for 1, 2, 3 and 7. `uids` are ascending.
fn uid_set(uids: &[u32]) -> String {
    let mut set = String::new();
    let mut rest = uids;
    while let [first, ..] = rest {
        let run = rest
            .iter()
            .zip(u64::from(*first)..)
            .take_while(|(uid, expected)| u64::from(**uid) == *expected)
            .count();
        let separator = if set.is_empty() { "" } else { "," };
        match run {
            1 => write!(set, "{separator}{first}"),
            _ => write!(set, "{separator}{first}:{}", rest[run - 1]),
        }
        .expect("writing to a string");
        rest = &rest[run..];
    }
    set
}

fn read_internal_date(text: &str) -> Option<DateTime<Utc>> {
    let moment = DateTime::parse_from_str(text.trim(), "%d-%b-%Y %H:%M:%S %z").ok()?;
    Some(moment.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_ranges() {
        for (uids, set) in [
            (&[][..], ""),
            (&[7][..], "7"),
            (&[1, 2, 3, 7, 9, 10][..], "1:3,7,9:10"),
            (&[u32::MAX - 1, u32::MAX][..], "4294967294:4294967295"),
        ] {
            assert_eq!(uid_set(uids), set);
        }
    }

    #[test]
    fn delivery_times_keep_their_moment() {
        let date = read_internal_date(" 1-Mar-2025 10:15:00 +0100").map(|date| date.to_rfc3339());
        assert_eq!(date.as_deref(), Some("2025-03-01T09:15:00+00:00"));
        assert_eq!(read_internal_date("yesterday"), None);
    }
}
