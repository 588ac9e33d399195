//! Users and their keys.

use std::collections::BTreeSet;

use lotse_core::values::Instant;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Doing as _, instant, optional_instant};
use crate::access::{KeyHash, Role};
use crate::store::{ApiKey, Result, StoreProblem, User};

pub(super) fn add_user(connection: &Connection, id: &str, name: &str, at: Instant) -> Result<bool> {
    let added = connection
        .prepare_cached(
            "INSERT INTO users (id, name, created_at) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING",
        )
        .and_then(|mut insert| insert.execute(params![id, name, at.millis()]))
        .doing("add a user")?;
    Ok(added == 1)
}

pub(super) fn deactivate_user(connection: &Connection, id: &str, at: Instant) -> Result<bool> {
    let changed = connection
        .prepare_cached("UPDATE users SET deactivated_at = coalesce(deactivated_at, ?2) WHERE id = ?1")
        .and_then(|mut update| update.execute(params![id, at.millis()]))
        .doing("deactivate a user")?;
    Ok(changed == 1)
}

pub(super) fn user(connection: &Connection, id: &str) -> Result<Option<User>> {
    connection
        .prepare_cached("SELECT id, name, deactivated_at FROM users WHERE id = ?1")
        .and_then(|mut select| select.query_row([id], user_of).optional())
        .doing("find a user")
}

pub(super) fn users(connection: &Connection) -> Result<Vec<User>> {
    connection
        .prepare_cached("SELECT id, name, deactivated_at FROM users ORDER BY id")
        .and_then(|mut select| select.query_map([], user_of)?.collect())
        .doing("list the users")
}

fn user_of(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get("id")?,
        name: row.get("name")?,
        deactivated_at: optional_instant(row, "deactivated_at")?,
    })
}

pub(super) fn add_key(
    connection: &Connection,
    user_id: &str,
    hash: &KeyHash,
    roles: &[Role],
    at: Instant,
    expires_at: Option<Instant>,
) -> Result<i64> {
    connection
        .execute(
            "INSERT INTO api_keys (user_id, key_hash, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)",
            params![
                user_id,
                hash.as_bytes(),
                at.millis(),
                expires_at.map(Instant::millis)
            ],
        )
        .doing("add a key")?;
    let id = connection.last_insert_rowid();
    for role in roles {
        connection
            .execute(
                "INSERT INTO api_key_roles (key_id, role) VALUES (?1, ?2) ON CONFLICT (key_id, role) DO NOTHING",
                params![id, role.as_str()],
            )
            .doing("add a role to a key")?;
    }
    Ok(id)
}

pub(super) fn key(connection: &Connection, hash: &KeyHash) -> Result<Option<(ApiKey, User)>> {
    let found = connection
        .prepare_cached(
            "SELECT id, user_id, created_at, expires_at, deactivated_at FROM api_keys WHERE key_hash = ?1",
        )
        .and_then(|mut select| select.query_row([hash.as_bytes()], key_of).optional())
        .doing("find a key")?;
    let Some(mut key) = found else { return Ok(None) };
    key.roles = roles(connection, key.id)?;
    let user = user(connection, &key.user_id)?.ok_or(StoreProblem::Damaged {
        what: "a key without a user",
    })?;
    Ok(Some((key, user)))
}

pub(super) fn keys(connection: &Connection) -> Result<Vec<ApiKey>> {
    let mut keys: Vec<ApiKey> = connection
        .prepare_cached(
            "SELECT id, user_id, created_at, expires_at, deactivated_at FROM api_keys ORDER BY id",
        )
        .and_then(|mut select| select.query_map([], key_of)?.collect())
        .doing("list the keys")?;
    for key in &mut keys {
        key.roles = roles(connection, key.id)?;
    }
    Ok(keys)
}

pub(super) fn deactivate_key(connection: &Connection, id: i64, at: Instant) -> Result<bool> {
    let changed = connection
        .prepare_cached("UPDATE api_keys SET deactivated_at = coalesce(deactivated_at, ?2) WHERE id = ?1")
        .and_then(|mut update| update.execute(params![id, at.millis()]))
        .doing("deactivate a key")?;
    Ok(changed == 1)
}

/// The key without its roles, which stand in a table of their own.
fn key_of(row: &Row<'_>) -> rusqlite::Result<ApiKey> {
    Ok(ApiKey {
        id: row.get("id")?,
        user_id: row.get("user_id")?,
        roles: BTreeSet::new(),
        created_at: instant(row, "created_at")?,
        expires_at: optional_instant(row, "expires_at")?,
        deactivated_at: optional_instant(row, "deactivated_at")?,
    })
}

fn roles(connection: &Connection, key_id: i64) -> Result<BTreeSet<Role>> {
    let names: Vec<String> = connection
        .prepare_cached("SELECT role FROM api_key_roles WHERE key_id = ?1")
        .and_then(|mut select| select.query_map([key_id], |row| row.get("role"))?.collect())
        .doing("read the roles of a key")?;
    let role = |name: &String| Role::named(name).ok_or(StoreProblem::Damaged { what: "a role" });
    names.iter().map(role).collect()
}
