//! Workbooks.

pub(crate) mod archive;
pub(crate) mod number_format;
mod sheet;
mod styles;
mod xlsx;
pub(crate) mod xml;

pub(crate) use xlsx::XlsxFile;
