use std::io::Write;

use lotse_engine::sources::{self, Control, ReadFailure, ReadSettings};

use crate::Outcome;
use crate::arguments::ConvertArguments;
use crate::outcome::{Failure, GOOD};
use crate::output::{WriteFailure, write_to};

pub(crate) fn run(arguments: &ConvertArguments) -> Outcome {
    write_to(arguments.out.as_deref(), |out| convert(arguments, out))?;
    Ok(GOOD)
}

fn convert(arguments: &ConvertArguments, mut out: &mut dyn Write) -> Result<(), WriteFailure> {
    let settings = ReadSettings {
        sheet: arguments.sheet.clone(),
        ..ReadSettings::default()
    };
    let refused = |error| Failure::source(&arguments.file, &error);
    match sources::convert(&arguments.file, &settings, &Control::quiet(), &mut out) {
        Ok(summary) => Ok(sources::refuse_empty(&arguments.file, &summary.notices).map_err(refused)?),
        Err(ReadFailure::Source(error)) => Err(refused(error).into()),
        Err(ReadFailure::Store(error)) => Err(error.into()),
    }
}
