//! Where results are written: standard output, or a file that is there whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use lotse_engine::whole_file::write_whole;

use crate::outcome::Failure;

/// Writes a result to `path`, or to standard output where there is none or it is `-`.
///
/// What an earlier run has left in a file is not given up for a failure. A reader of standard output that has gone is
/// none.
///
/// # Errors
/// What `fill` says; else that the place cannot be written.
pub(crate) fn write_to(
    path: Option<&Path>,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), WriteFailure>,
) -> Result<(), Failure> {
    let Some(path) = path.filter(|path| *path != Path::new("-")) else {
        let mut out = BufWriter::new(io::stdout().lock());
        return match fill(&mut out).and_then(|()| Ok(out.flush()?)) {
            Err(WriteFailure::Place(error)) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::standard_output(&error))
            }
            Err(WriteFailure::Content(failure)) => Err(failure),
            _ => Ok(()),
        };
    };
    write_whole(path, |out| fill(out)).map_err(|failure| match failure {
        WriteFailure::Place(error) => Failure::file(path, &error),
        WriteFailure::Content(failure) => failure,
    })
}

/// Why a result is not there.
pub(crate) enum WriteFailure {
    /// Its place cannot be written.
    Place(io::Error),
    /// It could not be made.
    Content(Failure),
}

impl From<io::Error> for WriteFailure {
    fn from(error: io::Error) -> Self {
        Self::Place(error)
    }
}

impl From<serde_json::Error> for WriteFailure {
    /// Results are plain data: only their place can refuse them.
    fn from(error: serde_json::Error) -> Self {
        Self::Place(error.into())
    }
}

impl From<csv::Error> for WriteFailure {
    fn from(error: csv::Error) -> Self {
        Self::Place(error.into())
    }
}

impl From<Failure> for WriteFailure {
    fn from(failure: Failure) -> Self {
        Self::Content(failure)
    }
}
