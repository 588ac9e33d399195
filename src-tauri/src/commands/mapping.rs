//! Mapping: columns, values, the explicit decisions about progress.
