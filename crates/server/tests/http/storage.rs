//! The database: what is in it, and what happens when it fails.

use std::path::PathBuf;
use std::time::Duration;

use lotse_server::{Config, DatabasePlace};
use reqwest::Method;
use rusqlite::Connection;

use crate::desk::{Answer, Desk, batch, lead, leads};

async fn desk_on_file() -> (tempfile::TempDir, PathBuf, Desk) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server.db");
    let mut config = Config::new(DatabasePlace::File(path.clone()));
    config.lock_time = Duration::ZERO;
    (folder, path, Desk::with(config).await)
}

fn count(database: &Connection, table: &str) -> i64 {
    database
        .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
        .unwrap()
}

#[tokio::test]
async fn a_database_that_fails_in_the_middle_of_a_batch_keeps_nothing_of_it() {
    let (_folder, path, desk) = desk_on_file().await;
    desk.client.dry_run(&leads(0..20)).await;
    let database = Connection::open(&path).unwrap();
    // From the eleventh lead on, nothing can be logged any more.
    database
        .execute_batch(
            "CREATE TRIGGER full_disk BEFORE INSERT ON audit_events WHEN (SELECT count(*) FROM leads) > 10 \
             BEGIN SELECT RAISE (ABORT, 'disk full'); END",
        )
        .unwrap();
    let answer = desk
        .client
        .post_with_key(&batch(false, &leads(0..20)), "key-1")
        .await;
    assert_eq!(answer.refusal(), (500, "internal".into()));
    assert!(!answer.json().to_string().contains("disk"), "{}", answer.json());
    assert_eq!(
        (count(&database, "leads"), count(&database, "idempotency_keys")),
        (0, 0)
    );
    // Mended, it goes on with the same request.
    database.execute_batch("DROP TRIGGER full_disk").unwrap();
    let answer = desk
        .client
        .post_with_key(&batch(false, &leads(0..20)), "key-1")
        .await
        .ok();
    assert_eq!(answer["summary"]["imported_leads"], 20);
}

#[tokio::test]
async fn a_database_that_another_process_holds_is_busy_and_says_when_to_come_again() {
    let (_folder, path, desk) = desk_on_file().await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let request = batch(true, &leads(0..1));
    let answer = desk.client.post_with_key(&request, "key-1").await;
    assert_eq!(answer.refusal(), (503, "busy".into()));
    assert_eq!(answer.header("retry-after"), "1");
    // Reading goes on meanwhile.
    assert_eq!(desk.client.count("EXCEL-ROW-0").await, 0);
    other.execute_batch("ROLLBACK").unwrap();
    desk.client.post_with_key(&request, "key-1").await.ok();
}

#[tokio::test]
async fn the_audit_log_can_only_grow() {
    let (_folder, path, desk) = desk_on_file().await;
    desk.client.import(&leads(0..1)).await;
    let database = Connection::open(&path).unwrap();
    for tampering in [
        "UPDATE audit_events SET user_id = 'somebody else'",
        "DELETE FROM audit_events",
    ] {
        let refused = database.execute(tampering, []).unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    assert_eq!(count(&database, "audit_events"), 3);
}

#[tokio::test]
async fn requests_are_logged_without_secrets_and_bodies() {
    let (folder, path, desk) = desk_on_file().await;
    let Desk { server, client } = desk;
    let sent = client.post(&batch(true, &leads(0..1))).await;
    client
        .get("/api/admin/migration/leads?externalId=secret-number")
        .await
        .ok();
    let refused = client
        .request(Method::GET, "/api/whoami")
        .header("X-AUTH-TOKEN", "lotse_wrong");
    assert_eq!(Answer::of(refused).await.refusal().0, 401);
    server.stop().await;
    let database = Connection::open(&path).unwrap();
    let mut select = database
        .prepare("SELECT request_id, user_id, ip_address, method, path, status, error_code FROM request_log ORDER BY id")
        .unwrap();
    type Row = (
        String,
        Option<String>,
        String,
        String,
        String,
        u16,
        Option<String>,
    );
    let rows: Vec<Row> = select
        .query_map([], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
                row.get(6)?,
            ))
        })
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.1.as_deref(),
                row.3.as_str(),
                row.4.as_str(),
                row.5,
                row.6.as_deref(),
            )
        })
        .collect();
    let expected = [
        (
            Some("officer"),
            "POST",
            "/api/admin/migration/leads/import",
            200,
            None,
        ),
        (Some("officer"), "GET", "/api/admin/migration/leads", 200, None),
        (None, "GET", "/api/whoami", 401, Some("key_unknown")),
    ];
    assert_eq!(told, expected);
    assert_eq!(rows[0].0, sent.header("x-request-id"));
    assert!(rows.iter().all(|row| row.2 == "127.0.0.1"));
    drop(select);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let text = String::from_utf8_lossy(&std::fs::read(file.unwrap().path()).unwrap()).into_owned();
        // A dry-run keeps no lead, and the log no query and no key.
        for secret in [
            client.key.as_str(),
            "lotse_wrong",
            "secret-number",
            lead(0)["companyName"].as_str().unwrap(),
        ] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}
