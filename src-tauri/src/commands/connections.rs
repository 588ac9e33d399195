//! Connections and their secrets.
