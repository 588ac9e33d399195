//! The leads that were imported from this machine, whichever project they were in, so that later projects can be compared
//! with them.
//!
//! Of a lead it keeps what is compared and what it is known by, and nothing else: no notes, no activities, no consent. The
//! file lies with the user's other data; what a person forgets is gone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lotse_core::values::Instant;
use rusqlite::{Connection, params};

use crate::places::Places;
use crate::project::{Project, ProjectError};
use crate::workflows::rows_to_compare;

/// Where the leads are kept; the file is made when the first of them comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedLeads {
    file: PathBuf,
}

/// A lead that was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedLead {
    /// Its identity in the project it came from.
    pub external_id: String,
    /// The server's number of it.
    pub lead_id: Option<i64>,
    /// Address of the server it went to.
    pub server: String,
    /// When; `None` where the file says no moment.
    pub imported_at: Option<Instant>,
    /// The texts that are compared, in the order of the roles e-mail, phone, company, city, postcode, territory.
    pub texts: [String; 6],
}

const TABLE: &str = "
CREATE TABLE IF NOT EXISTS imported_lead (
    target TEXT NOT NULL,
    project TEXT NOT NULL,
    server TEXT NOT NULL,
    external_id TEXT NOT NULL,
    lead_id INTEGER,
    imported_at TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    company TEXT NOT NULL,
    city TEXT NOT NULL,
    postcode TEXT NOT NULL,
    territory TEXT NOT NULL,
    PRIMARY KEY (target, project, server, external_id)
) STRICT, WITHOUT ROWID;
";

impl ImportedLeads {
    /// Those of the user.
    pub fn of(places: &Places) -> Self {
        ImportedLeads {
            file: places.data.join("imported-leads.sqlite"),
        }
    }

    /// Takes in the leads of a project that a server has imported and that are not known yet; gives how many. They are kept
    /// as they are in the project now: it is called right after they were sent.
    ///
    /// # Errors
    /// When the project or the file cannot be read or written.
    pub fn remember(&self, project: &Project) -> Result<usize, ProjectError> {
        let mut imported = project.imported_rows()?;
        if imported.is_empty() {
            return Ok(0);
        }
        let (target, from) = (project.target().id.clone(), project.beginning()?);
        let mut connection = self.open()?;
        let known = known(&connection, &target, &from).map_err(|error| self.fault(&error))?;
        imported.retain(|lead| !known.contains(&(lead.server.clone(), lead.external_id.clone())));
        let rows: Vec<u32> = imported.iter().map(|lead| lead.row).collect();
        let compared = rows_to_compare(project, &rows)?;
        let of_row = |row: u32| {
            let at = compared.binary_search_by_key(&row, |compared| compared.row);
            at.ok().map(|at| &compared[at])
        };
        let mut write = || {
            let transaction = connection.transaction()?;
            let mut written = 0;
            {
                let mut insert = transaction.prepare(
                    "INSERT OR REPLACE INTO imported_lead VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                )?;
                for lead in &imported {
                    let Some(row) = of_row(lead.row) else { continue };
                    written += insert.execute(params![
                        target,
                        from,
                        lead.server,
                        lead.external_id,
                        lead.lead_id,
                        lead.imported_at.to_string(),
                        row.email,
                        row.phone,
                        row.company,
                        row.city,
                        row.postcode,
                        row.region
                    ])?;
                }
            }
            transaction.commit()?;
            Ok(written)
        };
        write().map_err(|error| self.fault(&error))
    }

    /// The leads of a target that other projects than this one imported, in the order of their import.
    ///
    /// # Errors
    /// When the project or the file cannot be read.
    pub fn others(&self, project: &Project) -> Result<Vec<ImportedLead>, ProjectError> {
        if !self.file.exists() {
            return Ok(Vec::new());
        }
        let from = project.beginning()?;
        let connection = self.open()?;
        let read = || {
            let mut statement = connection.prepare(
                "SELECT external_id, lead_id, server, imported_at, email, phone, company, city, postcode, territory
                 FROM imported_lead WHERE target = ?1 AND project <> ?2
                 ORDER BY imported_at, project, server, external_id",
            )?;
            let leads = statement.query_map([&project.target().id, &from], |row| {
                let moment: String = row.get(3)?;
                let text = |column: usize| row.get(column);
                Ok(ImportedLead {
                    external_id: row.get(0)?,
                    lead_id: row.get(1)?,
                    server: row.get(2)?,
                    imported_at: Instant::from_rfc3339(&moment),
                    texts: [text(4)?, text(5)?, text(6)?, text(7)?, text(8)?, text(9)?],
                })
            })?;
            leads.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|error| self.fault(&error))
    }

    /// Forgets all of them.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn forget(&self) -> std::io::Result<()> {
        match std::fs::remove_file(&self.file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn open(&self) -> Result<Connection, ProjectError> {
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder).map_err(|error| ProjectError::from_io(folder, &error))?;
        }
        make_private(&self.file).map_err(|error| ProjectError::from_io(&self.file, &error))?;
        let open = || {
            let connection = Connection::open(&self.file)?;
            // Another window may be taking in what it has just sent.
            connection.busy_timeout(Duration::from_secs(30))?;
            connection.execute_batch(TABLE)?;
            Ok(connection)
        };
        open().map_err(|error| self.fault(&error))
    }

    fn fault(&self, error: &rusqlite::Error) -> ProjectError {
        ProjectError::from_sql(&self.file, error)
    }
}

/// Server and identity of what is known of a project.
fn known(connection: &Connection, target: &str, from: &str) -> rusqlite::Result<BTreeSet<(String, String)>> {
    let mut statement = connection
        .prepare("SELECT server, external_id FROM imported_lead WHERE target = ?1 AND project = ?2")?;
    statement
        .query_map([target, from], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Makes the file for its owner alone: it holds names and addresses of people.
fn make_private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}
