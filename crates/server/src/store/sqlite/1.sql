-- Instants are milliseconds since 1970-01-01T00:00:00Z.

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    deactivated_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL REFERENCES users (id),
    key_hash BLOB NOT NULL UNIQUE CHECK (length(key_hash) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    deactivated_at INTEGER
) STRICT;

CREATE TABLE api_key_roles (
    key_id INTEGER NOT NULL REFERENCES api_keys (id),
    role TEXT NOT NULL CHECK (role IN ('admin', 'migration-officer', 'api-client')),
    PRIMARY KEY (key_id, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE leads (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    client_id TEXT NOT NULL REFERENCES users (id),
    import_source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    import_id TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    company_name TEXT NOT NULL,
    city TEXT NOT NULL,
    territory TEXT NOT NULL,
    business_type TEXT,
    stage INTEGER,
    first_name TEXT,
    last_name TEXT,
    contact_role TEXT,
    email TEXT,
    phone TEXT,
    owner_user_id TEXT NOT NULL REFERENCES users (id),
    registered_at INTEGER NOT NULL,
    consent_given_at INTEGER,
    lead_source TEXT,
    -- Decimal, as text: exact.
    estimated_volume TEXT,
    notes TEXT,
    protection_until INTEGER NOT NULL,
    progress_deadline INTEGER NOT NULL,
    UNIQUE (client_id, import_source, external_id)
) STRICT;
CREATE INDEX leads_by_external_id ON leads (external_id);

CREATE TABLE lead_activities (
    lead_id INTEGER NOT NULL REFERENCES leads (id),
    position INTEGER NOT NULL,
    activity_type TEXT NOT NULL,
    activity_date INTEGER NOT NULL,
    summary TEXT,
    counts_as_progress INTEGER NOT NULL CHECK (counts_as_progress IN (0, 1)),
    outcome TEXT,
    performed_by TEXT,
    PRIMARY KEY (lead_id, position)
) STRICT, WITHOUT ROWID;

-- No foreign keys: the log outlives what it speaks of.
CREATE TABLE audit_events (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    event_type TEXT NOT NULL,
    at INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    user_role TEXT NOT NULL,
    import_id TEXT NOT NULL,
    lead_id INTEGER,
    ip_address TEXT NOT NULL,
    data TEXT NOT NULL CHECK (json_valid(data))
) STRICT;
CREATE INDEX audit_events_of_leads ON audit_events (lead_id) WHERE lead_id IS NOT NULL;
CREATE TRIGGER audit_events_are_never_changed BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_events_are_never_deleted BEFORE DELETE ON audit_events
BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;

CREATE TABLE dry_run_leads (
    client_id TEXT NOT NULL REFERENCES users (id),
    content_hash TEXT NOT NULL,
    valid INTEGER NOT NULL CHECK (valid IN (0, 1)),
    at INTEGER NOT NULL,
    PRIMARY KEY (client_id, content_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX dry_run_leads_by_age ON dry_run_leads (at);

CREATE TABLE idempotency_keys (
    client_id TEXT NOT NULL REFERENCES users (id),
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    response BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (client_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE request_log (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    user_id TEXT,
    ip_address TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    status INTEGER NOT NULL,
    error_code TEXT,
    request_bytes INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL
) STRICT;
