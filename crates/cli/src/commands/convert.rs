use std::fs::File;
use std::io::{self, BufWriter, Write};

use lotse_engine::sources::{self, Control, ReadSettings};

use super::input::with_suffix;
use crate::Outcome;
use crate::arguments::ConvertArguments;
use crate::outcome::{Failure, GOOD};

pub(crate) fn run(arguments: &ConvertArguments) -> Outcome {
    let settings = ReadSettings {
        sheet: arguments.sheet.clone(),
        ..ReadSettings::default()
    };
    let control = Control::quiet();
    match &arguments.out {
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            convert(arguments, &settings, &control, &mut out)?;
            finish(out.flush())?;
        }
        // A pipe or a device is written as it is.
        Some(path) if path.exists() && !path.is_file() => {
            let file = File::create(path).map_err(|error| Failure::file(path, error))?;
            let mut out = BufWriter::new(file);
            convert(arguments, &settings, &control, &mut out)?;
            out.flush().map_err(|error| Failure::file(path, error))?;
        }
        Some(path) => {
            // Beside it first: what an earlier run has written there is not given up for a failure.
            let part = with_suffix(path, ".part");
            let written = File::create(&part)
                .map_err(|error| Failure::file(path, error))
                .and_then(|file| {
                    let mut out = BufWriter::new(file);
                    convert(arguments, &settings, &control, &mut out)?;
                    out.flush().map_err(|error| Failure::file(path, error))
                })
                .and_then(|()| std::fs::rename(&part, path).map_err(|error| Failure::file(path, error)));
            if written.is_err() {
                let _ = std::fs::remove_file(&part);
            }
            written?;
        }
    }
    Ok(GOOD)
}

fn convert(
    arguments: &ConvertArguments,
    settings: &ReadSettings,
    control: &Control<'_>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    match sources::convert(&arguments.file, settings, control, out) {
        Ok(summary) => sources::refuse_empty(&arguments.file, &summary.notices)
            .map_err(|error| Failure::source(&arguments.file, &error)),
        Err(sources::ReadFailure::Source(error)) => Err(Failure::source(&arguments.file, &error)),
        Err(sources::ReadFailure::Store(error)) => finish(Err(error)),
    }
}

/// A reader that has gone is no failure.
fn finish(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::input(error.to_string())),
        _ => Ok(()),
    }
}
