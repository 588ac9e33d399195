//! What the operating system says about a file or a connection, in the words of the person who reads it.

use std::fmt;
use std::io;

use lotse_core::language::{Language, Tell};

/// Why a file could not be read or written, or a server not be reached: the part of a sentence behind the colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SystemReason {
    /// Nothing there.
    Missing,
    /// Not allowed.
    Denied,
    /// The medium or the folder is read-only.
    ReadOnly,
    /// Something is there already.
    Exists,
    /// A folder where a file was expected.
    IsFolder,
    /// A file stands where a folder was expected.
    NoFolder,
    /// No space left, or the user's share is used up.
    Full,
    /// Another program holds it.
    Busy,
    /// The name is longer than the file system takes, or has characters that it does not.
    Name,
    /// The bytes are no text in UTF-8.
    NoText,
    /// Nothing listens at that address.
    Refused,
    /// No answer in time.
    TimedOut,
    /// No way leads there, or there is no network at all.
    NoRoute,
    /// The name of the server is not known.
    UnknownName,
    /// The connection was cut.
    Cut,
    /// Anything else, as the system or the library puts it.
    Other(String),
}

impl From<&io::Error> for SystemReason {
    fn from(error: &io::Error) -> Self {
        use io::ErrorKind;
        match error.kind() {
            ErrorKind::NotFound => Self::Missing,
            ErrorKind::PermissionDenied => Self::Denied,
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            ErrorKind::AlreadyExists => Self::Exists,
            ErrorKind::IsADirectory => Self::IsFolder,
            ErrorKind::NotADirectory => Self::NoFolder,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full,
            ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => Self::Busy,
            ErrorKind::InvalidFilename => Self::Name,
            ErrorKind::ConnectionRefused => Self::Refused,
            ErrorKind::TimedOut => Self::TimedOut,
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
                Self::NoRoute
            }
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof => Self::Cut,
            // Looking up a name has no kind of its own.
            _ if error.to_string().contains("lookup address") => Self::UnknownName,
            // Only where the system did not say it: reading to a string.
            ErrorKind::InvalidData if error.get_ref().is_none() => Self::NoText,
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<io::Error> for SystemReason {
    fn from(error: io::Error) -> Self {
        (&error).into()
    }
}

impl From<String> for SystemReason {
    fn from(reason: String) -> Self {
        Self::Other(reason)
    }
}

impl From<&str> for SystemReason {
    fn from(reason: &str) -> Self {
        Self::Other(reason.to_string())
    }
}

impl From<csv::Error> for SystemReason {
    fn from(error: csv::Error) -> Self {
        match error.kind() {
            csv::ErrorKind::Io(error) => error.into(),
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<rust_xlsxwriter::XlsxError> for SystemReason {
    fn from(error: rust_xlsxwriter::XlsxError) -> Self {
        match error {
            rust_xlsxwriter::XlsxError::IoError(error) => error.into(),
            error => Self::Other(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for SystemReason {
    fn from(error: serde_json::Error) -> Self {
        Self::Other(error.to_string())
    }
}

impl Tell for SystemReason {
    fn tell(&self, language: Language) -> String {
        let (german, english) = match self {
            Self::Missing => ("das gibt es nicht", "it does not exist"),
            Self::Denied => ("keine Berechtigung", "permission denied"),
            Self::ReadOnly => ("hier darf nur gelesen werden", "the place is read-only"),
            Self::Exists => (
                "unter diesem Namen steht schon etwas",
                "something of this name exists already",
            ),
            Self::IsFolder => ("das ist ein Ordner", "it is a folder"),
            Self::NoFolder => (
                "auf dem Weg dorthin steht eine Datei statt eines Ordners",
                "a file stands where a folder is needed",
            ),
            Self::Full => ("der Speicherplatz ist voll", "the disk is full"),
            Self::Busy => (
                "ein anderes Programm benutzt die Datei",
                "another program uses the file",
            ),
            Self::Name => (
                "der Name ist zu lang oder nicht erlaubt",
                "the name is too long or not allowed",
            ),
            Self::NoText => ("es ist kein Text in UTF-8", "it is no text in UTF-8"),
            Self::Refused => ("dort antwortet niemand", "nobody answers there"),
            Self::TimedOut => ("keine Antwort in der vorgesehenen Zeit", "no answer in time"),
            Self::NoRoute => ("kein Netz oder kein Weg dorthin", "no network or no way there"),
            Self::UnknownName => (
                "den Servernamen kennt niemand",
                "nobody knows the name of the server",
            ),
            Self::Cut => ("die Verbindung wurde getrennt", "the connection was cut"),
            Self::Other(reason) => return reason.clone(),
        };
        language.pick(german, english).to_string()
    }
}

impl fmt::Display for SystemReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.tell(Language::En))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_is_told_in_the_language_of_the_person() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        std::fs::write(&file, [0xff, 0xfe]).unwrap();
        let cases = [
            (
                std::fs::read(folder.path().join("b")).unwrap_err(),
                "das gibt es nicht",
            ),
            (
                std::fs::create_dir(&file).unwrap_err(),
                "unter diesem Namen steht schon etwas",
            ),
            (
                std::fs::create_dir_all(file.join("b")).unwrap_err(),
                "eine Datei statt eines Ordners",
            ),
            (
                std::fs::write(folder.path(), "x").unwrap_err(),
                "das ist ein Ordner",
            ),
            (std::fs::read_to_string(&file).unwrap_err(), "kein Text in UTF-8"),
            (
                std::fs::write(folder.path().join("x".repeat(400)), "x").unwrap_err(),
                "Name ist zu lang",
            ),
            (
                std::net::TcpStream::connect("127.0.0.1:1").unwrap_err(),
                "dort antwortet niemand",
            ),
            (
                std::net::TcpStream::connect("no-such-host.invalid:1").unwrap_err(),
                "Servernamen kennt niemand",
            ),
        ];
        for (error, german) in cases {
            let reason = SystemReason::from(&error);
            assert!(
                reason.tell(Language::De).contains(german),
                "{error:?}: {reason:?}"
            );
            assert!(
                !reason.tell(Language::En).contains("os error"),
                "{error:?}: {reason:?}"
            );
        }
    }
}
