//! The operating system's keyring: Secret Service, Keychain, Credential Manager.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

use keyring::{Entry, Error};
use lotse_core::language::{Language, Tell};
use serde::{Deserialize, Serialize};

use super::Secret;

/// Under which the keyring shows the entries.
const SERVICE: &str = "Lotse";

/// How long a person may take to unlock the keyring in a dialog of the system.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where a secret is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// In the keyring.
    Keyring,
    /// In the memory of this program only, because there is no keyring: gone when it ends.
    Memory,
}

/// Why the keyring does not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.tell(Language::En))]
pub enum KeyringError {
    /// It is locked and nobody unlocked it.
    Locked,
    /// It refuses for another reason.
    Refused {
        /// What it says; never a secret.
        reason: String,
    },
}

impl Tell for KeyringError {
    fn tell(&self, language: Language) -> String {
        match self {
            Self::Locked => language.pick(
                "Der Schlüsselbund des Systems ist gesperrt. Bitte entsperren und noch einmal versuchen."
                    .into(),
                "The system's keyring is locked. Please unlock it and try again.".into(),
            ),
            Self::Refused { reason } => language.pick(
                format!("Der Schlüsselbund des Systems gibt keinen Zugriff: {reason}."),
                format!("The system's keyring gives no access: {reason}."),
            ),
        }
    }
}

/// Secrets of this run where there is no keyring.
static IN_MEMORY: Mutex<BTreeMap<String, Secret>> = Mutex::new(BTreeMap::new());

fn in_memory<T>(work: impl FnOnce(&mut BTreeMap<String, Secret>) -> T) -> T {
    work(&mut IN_MEMORY.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What the keyring said, with "there is none" apart from its errors.
enum Said<T> {
    Done(T),
    NoEntry,
    NoKeyring,
}

/// Asks the keyring on a thread of its own: its client must not run inside an asynchronous runtime, and a locked
/// keyring may wait for a person for ever.
fn ask<T: Send + 'static>(
    name: &str,
    work: impl FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
) -> Result<Said<T>, KeyringError> {
    let name = name.to_string();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let answer = Entry::new(SERVICE, &name).and_then(|entry| work(&entry));
        // Nobody listens any more when the patience was over.
        let _ = sender.send(answer);
    });
    match receiver.recv_timeout(PATIENCE) {
        Ok(Ok(done)) => Ok(Said::Done(done)),
        Ok(Err(Error::NoEntry)) => Ok(Said::NoEntry),
        Ok(Err(Error::NoDefaultStore)) => Ok(Said::NoKeyring),
        Ok(Err(Error::NoStorageAccess(_))) | Err(mpsc::RecvTimeoutError::Timeout) => {
            Err(KeyringError::Locked)
        }
        Ok(Err(error)) => Err(KeyringError::Refused {
            reason: error.to_string(),
        }),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(KeyringError::Refused {
            reason: "the keyring's client failed".into(),
        }),
    }
}

/// Keeps the secret of `name`, in place of an earlier one.
pub fn keep_secret(name: &str, secret: &Secret) -> Result<Kept, KeyringError> {
    let text = secret.clone();
    match ask(name, move |entry| entry.set_password(text.reveal()))? {
        Said::Done(()) | Said::NoEntry => {
            in_memory(|secrets| secrets.remove(name));
            Ok(Kept::Keyring)
        }
        Said::NoKeyring => {
            in_memory(|secrets| secrets.insert(name.to_string(), secret.clone()));
            Ok(Kept::Memory)
        }
    }
}

/// The secret of `name`; `None` where none is kept.
pub fn find_secret(name: &str) -> Result<Option<Secret>, KeyringError> {
    if let Some(secret) = in_memory(|secrets| secrets.get(name).cloned()) {
        return Ok(Some(secret));
    }
    match ask(name, Entry::get_password)? {
        Said::Done(text) => Ok(Some(Secret::new(text))),
        Said::NoEntry | Said::NoKeyring => Ok(None),
    }
}

/// Where the secret of `name` is kept; `None` where none is.
pub fn where_kept(name: &str) -> Result<Option<Kept>, KeyringError> {
    if in_memory(|secrets| secrets.contains_key(name)) {
        return Ok(Some(Kept::Memory));
    }
    Ok(find_secret(name)?.map(|_| Kept::Keyring))
}

/// Forgets the secret of `name`; fine where there is none.
pub fn forget_secret(name: &str) -> Result<(), KeyringError> {
    in_memory(|secrets| secrets.remove(name));
    match ask(name, Entry::delete_credential)? {
        Said::Done(()) | Said::NoEntry | Said::NoKeyring => Ok(()),
    }
}

/// Keeps a secret in the memory of this program only, for the one run for which a person gave it.
pub fn hold_secret(name: &str, secret: Secret) {
    in_memory(|secrets| secrets.insert(name.to_string(), secret));
}
