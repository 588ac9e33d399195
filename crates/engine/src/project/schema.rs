//! The tables of a project file and their history.
//!
//! Every change of the format is a new entry in [`STEPS`]; entries that were released are never changed.

use rusqlite::Connection;

/// Marks a project file among SQLite databases (`PRAGMA application_id`): "Lots" in ASCII.
pub(super) const APPLICATION_ID: i64 = 0x4c6f_7473;

/// The format that this version writes: the number of steps.
pub(super) const VERSION: i64 = STEPS.len() as i64;

const STEPS: [&str; 6] = [STEP_1, STEP_2, STEP_3, STEP_4, STEP_5, STEP_6];

/// All tables. Large things are blobs of many rows (`cell_block`, `lead_column`): a row of the source is not a row of
/// SQLite, because reading a million of those takes seconds where the table needs them in milliseconds.
const STEP_1: &str = "
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    sheet TEXT NOT NULL,
    origin TEXT NOT NULL,
    id_prefix TEXT NOT NULL,
    headers TEXT NOT NULL,
    first_row INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    details TEXT NOT NULL,
    loaded_at TEXT NOT NULL
) STRICT;

CREATE TABLE mapping (
    source_id INTEGER PRIMARY KEY REFERENCES source(id) ON DELETE CASCADE,
    mapping TEXT NOT NULL,
    suggestions TEXT NOT NULL,
    confirmed_at TEXT NOT NULL
) STRICT;

CREATE TABLE cell_block (
    source_id INTEGER NOT NULL REFERENCES source(id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    first_row INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    numbers TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (source_id, sequence)
) STRICT;

CREATE TABLE lead_column (
    first_row INTEGER NOT NULL,
    field INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (first_row, field)
) STRICT;

CREATE TABLE touched_row (
    row INTEGER PRIMARY KEY,
    state TEXT NOT NULL
) STRICT;

CREATE TABLE edit (
    row INTEGER NOT NULL,
    field TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (row, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision (
    row INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    into_row INTEGER NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at TEXT NOT NULL
) STRICT;

CREATE TABLE change (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    summary TEXT NOT NULL,
    undone INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;

CREATE TABLE duplicate_pair (
    row_a INTEGER NOT NULL,
    row_b INTEGER NOT NULL,
    score REAL NOT NULL,
    reason TEXT NOT NULL,
    evidence TEXT NOT NULL,
    PRIMARY KEY (row_a, row_b)
) STRICT, WITHOUT ROWID;

CREATE TABLE separate_pair (
    key_a TEXT NOT NULL,
    key_b TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    PRIMARY KEY (key_a, key_b)
) STRICT, WITHOUT ROWID;

CREATE TABLE server_duplicate (
    row INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    connection TEXT NOT NULL,
    lead_id INTEGER NOT NULL,
    score REAL NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (row, connection, lead_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE approval (
    id INTEGER PRIMARY KEY,
    approved_by TEXT NOT NULL,
    approved_at TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    content_hash TEXT NOT NULL
) STRICT;

CREATE TABLE approved_row (
    row INTEGER PRIMARY KEY,
    approval_id INTEGER NOT NULL REFERENCES approval(id),
    content_hash TEXT NOT NULL
) STRICT;

CREATE TABLE dry_run_row (
    row INTEGER NOT NULL,
    connection TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    import_id TEXT NOT NULL,
    valid INTEGER NOT NULL,
    errors TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (row, connection)
) STRICT, WITHOUT ROWID;

CREATE TABLE push (
    id INTEGER PRIMARY KEY,
    mode TEXT NOT NULL,
    connection TEXT NOT NULL,
    base_url TEXT NOT NULL,
    options TEXT NOT NULL,
    started_by TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    state TEXT NOT NULL
) STRICT;

CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    push_id INTEGER NOT NULL REFERENCES push(id),
    sequence INTEGER NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    body_hash TEXT NOT NULL,
    body BLOB NOT NULL,
    lead_count INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    http_status INTEGER NOT NULL,
    response BLOB NOT NULL,
    problem TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    UNIQUE (push_id, sequence)
) STRICT;

CREATE TABLE batch_lead (
    batch_id INTEGER NOT NULL REFERENCES batch(id),
    position INTEGER NOT NULL,
    row INTEGER NOT NULL,
    external_id TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    outcome TEXT NOT NULL,
    lead_id INTEGER NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (batch_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_lead_by_row ON batch_lead(row);

CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    machine TEXT NOT NULL,
    event TEXT NOT NULL,
    data TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
";

/// Where the values of leads from mails were found: some rows of a source at once, compressed, with the identities of
/// their mails beside them.
const STEP_2: &str = "
CREATE TABLE mail_origin (
    source_id INTEGER NOT NULL REFERENCES source(id) ON DELETE CASCADE,
    first_row INTEGER NOT NULL,
    mails TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (source_id, first_row)
) STRICT;
";

/// What the columns of sources have in common, so that a large project need not be read again to be mapped; and the
/// activities of one source that belong to leads of another: all of a source at once, compressed, with the account of it.
const STEP_3: &str = "
CREATE TABLE column_profile (
    source_id INTEGER PRIMARY KEY REFERENCES source(id) ON DELETE CASCADE,
    profiles TEXT NOT NULL
) STRICT;

CREATE TABLE joined_activity (
    source_id INTEGER PRIMARY KEY REFERENCES source(id) ON DELETE CASCADE,
    report TEXT NOT NULL,
    data BLOB NOT NULL
) STRICT;
";

/// Large changes in parts, so that the history of one row need not read all of them; rows whose duplicates have not
/// been looked for since they were edited; views by name.
const STEP_4: &str = "
CREATE TABLE change_part (
    change_id INTEGER NOT NULL REFERENCES change(id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    first_row INTEGER NOT NULL,
    last_row INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (change_id, sequence)
) STRICT;

CREATE TABLE waiting_row (
    row INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE named_view (
    name TEXT PRIMARY KEY,
    view TEXT NOT NULL,
    put_by TEXT NOT NULL,
    put_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX duplicate_pair_by_b ON duplicate_pair(row_b);
";

/// The index by which duplicates are found, as bytes. It is there exactly as long as it is true: what checking writes takes
/// it away, and rows that are checked again by themselves are noted, to be read anew. (`OR IGNORE` would do less: inside a trigger
/// the conflict rule of the statement outside holds.)
const STEP_5: &str = "
CREATE TABLE duplicate_index (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    data BLOB NOT NULL
) STRICT;

CREATE TABLE duplicate_index_stale (
    row INTEGER PRIMARY KEY
) STRICT;

CREATE TRIGGER lead_column_added AFTER INSERT ON lead_column BEGIN
    DELETE FROM duplicate_index;
END;
CREATE TRIGGER lead_column_changed AFTER UPDATE ON lead_column BEGIN
    DELETE FROM duplicate_index;
END;
CREATE TRIGGER lead_column_removed AFTER DELETE ON lead_column BEGIN
    DELETE FROM duplicate_index;
END;
CREATE TRIGGER touched_row_added AFTER INSERT ON touched_row BEGIN
    INSERT INTO duplicate_index_stale (row)
    SELECT NEW.row WHERE NOT EXISTS (SELECT 1 FROM duplicate_index_stale WHERE row = NEW.row);
END;
CREATE TRIGGER touched_row_changed AFTER UPDATE ON touched_row BEGIN
    INSERT INTO duplicate_index_stale (row)
    SELECT NEW.row WHERE NOT EXISTS (SELECT 1 FROM duplicate_index_stale WHERE row = NEW.row);
END;
CREATE TRIGGER touched_row_removed AFTER DELETE ON touched_row BEGIN
    INSERT INTO duplicate_index_stale (row)
    SELECT OLD.row WHERE NOT EXISTS (SELECT 1 FROM duplicate_index_stale WHERE row = OLD.row);
END;
";

/// A blob of `cell_block` may hold rows as they stand in their file from here on, which a program of before takes for damage.
/// Those that are there stay as they are.
const STEP_6: &str = "";

/// Brings the tables to [`VERSION`], each step in a transaction of its own.
pub(super) fn migrate(connection: &mut Connection, found: i64) -> rusqlite::Result<()> {
    for (step, version) in STEPS
        .iter()
        .zip(1_i64..)
        .skip(usize::try_from(found).unwrap_or(0))
    {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}
