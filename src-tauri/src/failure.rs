//! Errors of the rooms below on their way to the window.

use lotse_core::language::{Language, Tell};
use lotse_engine::connections::ConnectionError;
use lotse_engine::credentials::KeyringError;
use lotse_engine::mailbox::{MailboxError, RuleError, StoreError};
use lotse_engine::project::ProjectError;
use lotse_engine::server::{CheckFailed, ServerError};
use lotse_engine::sources::SourceError;
use lotse_engine::workflows::WorkflowError;
use lotse_engine::workflows::push::PushError;

use crate::border::{Failure, FailureKind};

/// An error that can be shown to a person.
pub(crate) trait Showable: Tell + std::fmt::Debug {
    /// What the window does about it.
    fn kind(&self) -> FailureKind {
        FailureKind::Other
    }

    /// As it crosses.
    fn failure(&self, language: Language) -> Failure {
        Failure {
            kind: self.kind(),
            message: self.tell(language),
            details: format!("{self:?}"),
        }
    }
}

impl Showable for ProjectError {}

impl Showable for ConnectionError {
    fn kind(&self) -> FailureKind {
        match self {
            ConnectionError::NoSecret { .. } => FailureKind::SecretNeeded,
            _ => FailureKind::Other,
        }
    }
}

impl Showable for CheckFailed {
    fn kind(&self) -> FailureKind {
        self.0.kind()
    }
}

impl Showable for KeyringError {}

impl Showable for StoreError {}

impl Showable for RuleError {}

impl Showable for MailboxError {
    fn kind(&self) -> FailureKind {
        match self {
            MailboxError::Cancelled => FailureKind::Cancelled,
            MailboxError::SecretMissing { .. } | MailboxError::LoginRefused { .. } => {
                FailureKind::SecretNeeded
            }
            _ => FailureKind::Other,
        }
    }
}

impl Showable for SourceError {
    fn kind(&self) -> FailureKind {
        match self {
            SourceError::Cancelled => FailureKind::Cancelled,
            _ => FailureKind::Other,
        }
    }
}

impl Showable for WorkflowError {
    fn kind(&self) -> FailureKind {
        match self {
            WorkflowError::Cancelled => FailureKind::Cancelled,
            _ => FailureKind::Other,
        }
    }
}

impl Showable for ServerError {
    fn kind(&self) -> FailureKind {
        match self {
            ServerError::Unauthorized { .. } => FailureKind::SecretNeeded,
            _ => FailureKind::Other,
        }
    }
}

impl Showable for PushError {
    fn kind(&self) -> FailureKind {
        match self {
            PushError::Server(error) => error.kind(),
            PushError::Workflow(error) => error.kind(),
            _ => FailureKind::Other,
        }
    }
}
