use lotse_core::language::{Language, Tell};

use crate::connections::ConnectionError;
use crate::project::ProjectError;
use crate::server::ServerError;
use crate::workflows::WorkflowError;

/// Why a push cannot begin or go on.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.tell(Language::En))]
pub enum PushError {
    /// Nothing is approved, or everything approved is in the server.
    NothingApproved,
    /// Approved rows that have not passed the server's dry-run with their present content.
    DryRunMissing {
        /// How many.
        rows: u64,
    },
    /// None of the approved rows passed the dry-run.
    NothingPassed {
        /// How many were refused.
        rows: u64,
    },
    /// Rows that are in batches which were sent and not answered: they may be in the server already.
    Unanswered {
        /// Rows concerned.
        rows: u64,
    },
    /// The connection leads somewhere else than when the push began.
    OtherServer {
        /// Where it led.
        then: String,
        /// Where it leads.
        now: String,
    },
    /// The content of a row is no longer what was approved.
    ContentChanged {
        /// Rows concerned.
        rows: u64,
    },
    /// The connection is for another target than the project.
    OtherTarget {
        /// The connection's.
        connection: String,
        /// The project's.
        project: String,
    },
    /// A batch was sent to a server without idempotency and not answered; a dry-run has to tell what arrived.
    Uncertain {
        /// Place of the batch in the push, from 1.
        batch: u32,
    },
    /// The answer does not account for every lead.
    AnswerIncomplete {
        /// Place of the batch in the push, from 1.
        batch: u32,
        /// What is missing.
        reason: String,
    },
    /// The server.
    Server(ServerError),
    /// The connection.
    Connection(ConnectionError),
    /// The project or the rows in it.
    Workflow(WorkflowError),
}

impl Tell for PushError {
    fn tell(&self, language: Language) -> String {
        match self {
            Self::NothingApproved => language.pick(
                "Es ist nichts freigegeben, was nicht schon übertragen wäre. Bitte zuerst freigeben.".into(),
                "Nothing is approved that has not been pushed already. Please approve first.".into(),
            ),
            Self::DryRunMissing { rows } => language.pick(
                format!("{rows} freigegebene Zeilen haben mit ihrem jetzigen Inhalt noch keinen Probelauf auf diesem Server. Bitte zuerst den Probelauf starten."),
                format!("{rows} approved rows have had no dry-run on this server with their present content. Please start the dry-run first."),
            ),
            Self::NothingPassed { rows } => language.pick(
                format!("Der Server hat im Probelauf alle {rows} Zeilen abgelehnt. Bitte die Fehler berichtigen und erneut freigeben."),
                format!("The server refused all {rows} rows in the dry-run. Please correct the errors and approve again."),
            ),
            Self::Unanswered { rows } => language.pick(
                format!("{rows} Zeilen stecken in Paketen, die gesendet, aber nicht beantwortet sind. Bitte zuerst die frühere Übertragung fortsetzen oder klären; sonst könnten sie doppelt ankommen."),
                format!("{rows} rows are in batches that were sent but not answered. Please resume or settle the earlier push first; else they could arrive twice."),
            ),
            Self::OtherServer { then, now } => language.pick(
                format!("Die Übertragung begann mit {then}, die Verbindung führt jetzt zu {now}. Bitte die alte Adresse wieder eintragen oder die Übertragung abbrechen."),
                format!("The push began with {then}; the connection leads to {now} now. Please enter the old address again, or cancel the push."),
            ),
            Self::ContentChanged { rows } => language.pick(
                format!("{rows} Zeilen haben sich seit der Freigabe geändert, zum Beispiel durch eine neue Zuordnung. Bitte erneut freigeben."),
                format!("{rows} rows have changed since their approval, for example by a new mapping. Please approve again."),
            ),
            Self::OtherTarget { connection, project } => language.pick(
                format!("Die Verbindung ist für das Ziel „{connection}“, das Projekt für „{project}“. Bitte eine passende Verbindung wählen."),
                format!("The connection is for the target \"{connection}\", the project for \"{project}\". Please choose a fitting connection."),
            ),
            Self::Uncertain { batch } => language.pick(
                format!("Paket {batch} wurde gesendet, aber nicht beantwortet, und der Server kennt keine Wiederholungsschlüssel. Ein Probelauf klärt zuerst, was angekommen ist."),
                format!("Batch {batch} was sent, but not answered, and the server knows no idempotency keys. A dry-run will first find out what has arrived."),
            ),
            Self::AnswerIncomplete { batch, reason } => language.pick(
                format!("Die Antwort auf Paket {batch} erklärt nicht jeden Lead ({reason}). Es wird nichts weiter gesendet, bis das geklärt ist."),
                format!("The answer to batch {batch} does not account for every lead ({reason}). Nothing more is sent until that is settled."),
            ),
            Self::Server(error) => error.tell(language),
            Self::Connection(error) => error.tell(language),
            Self::Workflow(error) => error.tell(language),
        }
    }
}

impl From<ServerError> for PushError {
    fn from(error: ServerError) -> Self {
        Self::Server(error)
    }
}

impl From<ConnectionError> for PushError {
    fn from(error: ConnectionError) -> Self {
        Self::Connection(error)
    }
}

impl From<WorkflowError> for PushError {
    fn from(error: WorkflowError) -> Self {
        Self::Workflow(error)
    }
}

impl From<ProjectError> for PushError {
    fn from(error: ProjectError) -> Self {
        Self::Workflow(WorkflowError::Project(error))
    }
}
