use crate::system_reason::SystemReason;
use lotse_core::language::{Language, Tell};
use lotse_core::mapping::MappingProblem;
use lotse_core::target::TargetProblem;

use crate::mailbox::StoreError;
use crate::project::{LeadReaderProblem, ProjectError};
use crate::sources::{ReadFailure, SourceError};

/// Why a workflow ended before its time.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.tell(Language::En))]
pub enum WorkflowError {
    /// The source file.
    Source(SourceError),
    /// The project file.
    Project(ProjectError),
    /// The store of a mailbox.
    Mails(StoreError),
    /// The mapping of a source.
    Mapping {
        /// The source's name; empty where no source is meant.
        source_name: String,
        /// What does not fit.
        problem: MappingProblem,
    },
    /// The target file.
    Target(TargetProblem),
    /// A file that should be written, or a small one that should be read (mapping, owners).
    File {
        /// Its name.
        file: String,
        /// What the system says.
        reason: SystemReason,
    },
    /// A regular expression that is none.
    Pattern {
        /// What is wrong with it.
        reason: String,
    },
    /// There is nothing to do it with.
    NothingReady,
    /// A person stopped it.
    Cancelled,
}

impl Tell for WorkflowError {
    fn tell(&self, language: Language) -> String {
        match self {
            Self::Source(error) => error.tell(language),
            Self::Project(error) => error.tell(language),
            Self::Mails(error) => error.tell(language),
            Self::Mapping { source_name, problem } if source_name.is_empty() => problem.tell(language),
            Self::Mapping { source_name, problem } => format!("{source_name}: {}", problem.tell(language)),
            Self::Target(problem) => problem.tell(language),
            Self::File { file, reason } => language.pick(
                format!(
                    "{file} lässt sich nicht lesen oder schreiben: {}. Bitte Ort und Rechte prüfen.",
                    reason.tell(language)
                ),
                format!(
                    "{file} cannot be read or written: {}. Please check its place and permissions.",
                    reason.tell(language)
                ),
            ),
            Self::Pattern { reason } => language.pick(
                format!("Der reguläre Ausdruck lässt sich nicht lesen. {reason}"),
                format!("The regular expression cannot be read. {reason}"),
            ),
            Self::NothingReady => language.pick(
                "Es gibt keine Zeile, die so weit ist. Bitte zuerst prüfen und freigeben.".into(),
                "No row is ready for this. Please check and approve first.".into(),
            ),
            Self::Cancelled => language.pick("Abgebrochen.".into(), "Cancelled.".into()),
        }
    }
}

impl WorkflowError {
    /// What the operating system says about a file.
    pub fn file(path: &std::path::Path, error: impl Into<SystemReason>) -> Self {
        Self::File {
            file: path.display().to_string(),
            reason: error.into(),
        }
    }
}

impl From<SourceError> for WorkflowError {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Cancelled => Self::Cancelled,
            error => Self::Source(error),
        }
    }
}

impl From<ProjectError> for WorkflowError {
    fn from(error: ProjectError) -> Self {
        Self::Project(error)
    }
}

impl From<StoreError> for WorkflowError {
    fn from(error: StoreError) -> Self {
        Self::Mails(error)
    }
}

impl From<ReadFailure<ProjectError>> for WorkflowError {
    fn from(error: ReadFailure<ProjectError>) -> Self {
        match error {
            ReadFailure::Source(error) => error.into(),
            ReadFailure::Store(error) => error.into(),
        }
    }
}

impl From<LeadReaderProblem> for WorkflowError {
    fn from(problem: LeadReaderProblem) -> Self {
        match problem {
            LeadReaderProblem::Project(error) => Self::Project(error),
            LeadReaderProblem::Mapping { source_name, problem } => Self::Mapping { source_name, problem },
        }
    }
}

impl From<TargetProblem> for WorkflowError {
    fn from(problem: TargetProblem) -> Self {
        Self::Target(problem)
    }
}
