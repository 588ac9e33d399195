//! The intake of files, from the outside: real files in, tables out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop there")]
#![allow(clippy::print_stdout, reason = "its results are read on the terminal")]

mod binary;
mod delimited;
mod excel;
mod hostile;
mod misnamed;
mod office;
mod open_document;
mod pollution;
mod reading;
