use std::fs::File;
use std::io::{self, BufWriter, Write};

use lotse_engine::sources::{self, Control, ReadSettings};

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
        Some(path) => {
            let file = File::create(path).map_err(|error| Failure::file(path, error))?;
            let mut out = BufWriter::new(file);
            convert(arguments, &settings, &control, &mut out)?;
            out.flush().map_err(|error| Failure::file(path, error))?;
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
        Ok(_) => Ok(()),
        Err(sources::ReadFailure::Source(error)) => Err(error.into()),
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
