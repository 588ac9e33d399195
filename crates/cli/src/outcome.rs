//! How commands end.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use lotse_core::language::{Language, Tell};
use lotse_engine::connections::ConnectionError;
use lotse_engine::mailbox::{MailboxError, RuleError, StoreError};
use lotse_engine::project::ProjectError;
use lotse_engine::server::ServerError;
use lotse_engine::sources::SourceError;
use lotse_engine::system_reason::SystemReason;
use lotse_engine::workflows::WorkflowError;
use lotse_engine::workflows::push::PushError;

/// Nothing to complain about.
pub(crate) const GOOD: ExitCode = ExitCode::SUCCESS;

/// Findings of severity error.
pub(crate) fn found_errors() -> ExitCode {
    ExitCode::from(1)
}

/// A command that did not get to its end.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// The arguments contradict themselves or each other.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Failure {
            code: 2,
            message: message.into(),
        }
    }

    /// Something given cannot be read, or a result cannot be written.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Failure {
            code: 3,
            message: message.into(),
        }
    }

    /// A server or the network.
    pub(crate) fn network(message: impl Into<String>) -> Self {
        Failure {
            code: 4,
            message: message.into(),
        }
    }

    /// What was asked for is refused because of what is in the project.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Failure {
            code: 1,
            message: message.into(),
        }
    }

    /// A file that the system does not let us read or write.
    pub(crate) fn file(path: &Path, error: &std::io::Error) -> Self {
        WorkflowError::file(path, error).into()
    }

    /// Standard output takes nothing more.
    pub(crate) fn standard_output(error: &std::io::Error) -> Self {
        let reason = SystemReason::from(error).tell(Language::En);
        Self::input(format!(
            "The result cannot be written to standard output: {reason}."
        ))
    }

    /// A file of leads that cannot be read. Of several files, one wants to know which.
    pub(crate) fn source(path: &Path, error: &SourceError) -> Self {
        let sentence = english(error);
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        if sentence.contains(&*name) {
            Self::input(sentence)
        } else {
            Self::input(format!("{name}: {sentence}"))
        }
    }

    /// Says it and gives the exit code.
    pub(crate) fn tell(self) -> ExitCode {
        let _ = writeln!(std::io::stderr(), "lotse: {}", self.message);
        ExitCode::from(self.code)
    }
}

fn english(error: &impl Tell) -> String {
    error.tell(Language::En)
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        Self::input(english(&error))
    }
}

impl From<WorkflowError> for Failure {
    fn from(error: WorkflowError) -> Self {
        match &error {
            WorkflowError::Mapping { .. } | WorkflowError::Target(_) => Self::usage(english(&error)),
            WorkflowError::NothingReady => Self::refused(english(&error)),
            _ => Self::input(english(&error)),
        }
    }
}

impl From<ConnectionError> for Failure {
    fn from(error: ConnectionError) -> Self {
        match &error {
            ConnectionError::File { .. } => Self::input(english(&error)),
            ConnectionError::Keyring(_) | ConnectionError::NoSecret { .. } => Self::network(english(&error)),
            _ => Self::usage(english(&error)),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::input(english(&error))
    }
}

impl From<RuleError> for Failure {
    fn from(error: RuleError) -> Self {
        Self::input(english(&error))
    }
}

impl From<MailboxError> for Failure {
    fn from(error: MailboxError) -> Self {
        match &error {
            MailboxError::Settings(_) => Self::usage(english(&error)),
            MailboxError::Store(_) | MailboxError::CaFile { .. } => Self::input(english(&error)),
            _ => Self::network(english(&error)),
        }
    }
}

impl From<ServerError> for Failure {
    fn from(error: ServerError) -> Self {
        match &error {
            ServerError::Settings { .. } => Self::usage(english(&error)),
            _ => Self::network(english(&error)),
        }
    }
}

impl From<PushError> for Failure {
    fn from(error: PushError) -> Self {
        match error {
            PushError::Server(error) => error.into(),
            PushError::Connection(error) => error.into(),
            PushError::Workflow(error) => error.into(),
            PushError::OtherTarget { .. } | PushError::OtherServer { .. } => Self::usage(english(&error)),
            PushError::Uncertain { .. }
            | PushError::Unanswered { .. }
            | PushError::AnswerIncomplete { .. } => Self::network(english(&error)),
            PushError::NothingApproved
            | PushError::DryRunMissing { .. }
            | PushError::NothingPassed { .. }
            | PushError::ContentChanged { .. } => Self::refused(english(&error)),
        }
    }
}

/// Says something on standard error that does not end the command.
pub(crate) fn warn(message: &str) {
    let _ = writeln!(std::io::stderr(), "lotse: {message}");
}

/// `1 lead`, `2 leads`.
pub(crate) fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// A text from outside as a terminal may show it: without anything that moves the cursor, changes colours or turns the
/// direction of writing.
pub(crate) fn shown(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|char| match char {
            '\n' | '\t' => char,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
            _ if char.is_control() => char::REPLACEMENT_CHARACTER,
            _ => char,
        })
        .collect()
}

/// Writes a result to standard output. A reader that has gone (`| head`) is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::standard_output(&error)),
        _ => Ok(()),
    }
}

/// Writes a result as one line of JSON to standard output.
pub(crate) fn print_json_line(value: &impl serde::Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_string(value).map_err(|error| Failure::input(error.to_string()))?;
    text.push('\n');
    print(&text)
}

/// Writes a result as JSON to standard output.
pub(crate) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| Failure::input(error.to_string()))?;
    text.push('\n');
    print(&text)
}
