//! Connections as their screen shows them.

use lotse_engine::connections::Connection;
use lotse_engine::server::Reached;
use serde::Serialize;
use ts_rs::TS;

/// The user's connections and what can be made of them.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConnectionList {
    /// All of them by name; never with a secret.
    pub connections: Vec<Connection>,
    /// Ids of the targets that a server can be made for.
    pub targets: Vec<String>,
    /// Name of the connection to the practice server.
    pub practice_name: String,
}

/// A connection that was checked.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CheckedConnection {
    /// What the server said.
    pub reached: Reached,
    /// How long it took, in milliseconds.
    pub milliseconds: u32,
}

/// A list of owners that was fetched.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FetchedOwners {
    /// How many the server knows; `None` where it does not tell.
    pub owners: Option<u32>,
    /// Rows with errors after the new check.
    pub with_errors: u32,
}
