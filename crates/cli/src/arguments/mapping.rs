use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum MappingCommand {
    /// Write the mapping that is suggested for a file: what `--mapping` takes, to be looked through and corrected.
    Suggest(SuggestArguments),
    /// List the saved templates, or those that fit a file.
    List {
        /// Only those that fit this file, with what is missing and new in it.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write a template as a file: what `--mapping` and `import` take.
    Export {
        /// Its name.
        name: String,
        /// Where to write; standard output without it.
        #[arg(long, value_name = "OUT.json")]
        out: Option<PathBuf>,
    },
    /// Keep a mapping file as a template; one of the same name is replaced.
    Import {
        /// The file.
        file: PathBuf,
        /// Its name; without it, the one in the file, else the file's.
        #[arg(long)]
        name: Option<String>,
    },
    /// Take a template away.
    Remove {
        /// Its name.
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SuggestArguments {
    /// The file.
    pub file: PathBuf,
    /// Sheet to read; without it, the one that holds the table.
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Target: migration, tracking, lms or a target file.
    #[arg(long, default_value = "migration", value_name = "TARGET")]
    pub target: String,
    /// Where to write; standard output without it.
    #[arg(long, value_name = "OUT.json")]
    pub out: Option<PathBuf>,
}
