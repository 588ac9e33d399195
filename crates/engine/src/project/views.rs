//! Views of the table that a person has given a name: filters, order and columns, kept in the project for everybody who
//! opens it.

use lotse_core::values::Instant;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{Project, ProjectError, audit, moment, stamp};
use crate::clock::Actor;

/// A view by its name. What it holds is the business of whoever shows the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct NamedView {
    /// Its name.
    pub name: String,
    /// Filters, order, columns.
    #[ts(type = "unknown")]
    pub view: Json,
    /// Who has put it there.
    pub put_by: String,
    /// When.
    pub put_at: Instant,
}

impl Project {
    /// All views by name.
    pub fn named_views(&self) -> Result<Vec<NamedView>, ProjectError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT name, view, put_by, put_at FROM named_view ORDER BY name")?;
            statement
                .query_map([], |row| {
                    let view: String = row.get(1)?;
                    let put_at: String = row.get(3)?;
                    Ok(NamedView {
                        name: row.get(0)?,
                        view: serde_json::from_str(&view).unwrap_or_default(),
                        put_by: row.get(2)?,
                        put_at: moment(&put_at),
                    })
                })?
                .collect()
        })
    }

    /// Keeps a view under a name; one of the same name is replaced.
    pub fn put_view(&self, actor: &Actor, name: &str, view: &Json) -> Result<(), ProjectError> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO named_view (name, view, put_by, put_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (name) DO UPDATE SET view = ?2, put_by = ?3, put_at = ?4",
                params![name, view.to_string(), actor.name, stamp()],
            )?;
            audit::append(
                transaction,
                actor,
                "setting_changed",
                json!({ "setting": "view", "value": name }),
            )
        })
    }

    /// Forgets a view; false where there is none of this name.
    pub fn remove_view(&self, actor: &Actor, name: &str) -> Result<bool, ProjectError> {
        self.write(|transaction| {
            let removed = transaction.execute("DELETE FROM named_view WHERE name = ?1", [name])? > 0;
            if removed {
                let facts = json!({ "setting": "view", "value": "" , "removed": name });
                audit::append(transaction, actor, "setting_changed", facts)?;
            }
            Ok(removed)
        })
    }
}
