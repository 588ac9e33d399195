//! The intake of files, from the outside: real files in, tables out.

mod delimited;
mod excel;
mod pollution;
mod reading;
