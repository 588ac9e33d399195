//! Several at once, and some who do not behave.

use std::time::Duration;

use lotse_server::{Config, DatabasePlace};
use serde_json::json;
use tokio::task::JoinSet;

use crate::desk::{Desk, batch, changed, lead, leads};
use crate::wire::{Wire, wire_head, wire_request};

/// A server on a file, which has several connections to its database.
async fn desk_on_file() -> (tempfile::TempDir, Desk) {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new(DatabasePlace::File(folder.path().join("server.db")));
    let desk = Desk::with(config).await;
    (folder, desk)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_at_once_imports_once_and_answers_all_alike() {
    let (_folder, desk) = desk_on_file().await;
    desk.client.dry_run(&leads(0..50)).await;
    let mut requests = JoinSet::new();
    for _ in 0..8 {
        let client = desk.client.clone();
        requests.spawn(async move { client.post_with_key(&batch(false, &leads(0..50)), "key-1").await });
    }
    let answers = requests.join_all().await;
    let first = answers
        .iter()
        .filter(|answer| answer.header("idempotency-replayed").is_empty())
        .count();
    assert_eq!(first, 1);
    for answer in &answers {
        assert_eq!(answer.ok()["summary"]["imported_leads"], 50);
        assert_eq!(answer.bytes, answers[0].bytes);
    }
    assert_eq!(desk.client.count("EXCEL-ROW-7").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_clients_import_side_by_side() {
    let (_folder, desk) = desk_on_file().await;
    let mut clients = JoinSet::new();
    for number in 0..4 {
        let client = desk.colleague(&format!("colleague-{number}"));
        clients.spawn(async move { client.import(&leads(number * 100..number * 100 + 100)).await });
    }
    let mut ids = std::collections::BTreeSet::new();
    for answer in clients.join_all().await {
        assert_eq!(answer["summary"]["imported_leads"], 100);
        ids.extend(
            answer["imported_lead_ids"]
                .as_array()
                .unwrap()
                .iter()
                .map(|id| id.as_i64().unwrap()),
        );
    }
    assert_eq!(ids.len(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_doubles_that_come_at_once_one_is_imported() {
    let (_folder, desk) = desk_on_file().await;
    let mut clients = JoinSet::new();
    for number in 0..6 {
        let client = desk.colleague(&format!("colleague-{number}"));
        let lead = changed(lead(number), "/contact/email", json!("same@same.example"));
        clients.spawn(async move { client.import(&json!([lead])).await });
    }
    let answers = clients.join_all().await;
    let imported: u64 = answers
        .iter()
        .map(|answer| answer["summary"]["imported_leads"].as_u64().unwrap())
        .sum();
    let skipped: u64 = answers
        .iter()
        .map(|answer| answer["summary"]["skipped_duplicates"].as_u64().unwrap())
        .sum();
    assert_eq!((imported, skipped), (1, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_cut_imports_nothing_and_disturbs_nobody() {
    let (_folder, desk) = desk_on_file().await;
    let client = &desk.client;
    client.dry_run(&leads(0..2)).await;
    let request = wire_request(client, "", &batch(false, &leads(0..2)).to_string());
    let mut wire = Wire::open(client).await;
    wire.send(&request[..request.len() - 10]).await;
    // While this one hesitates, others are served.
    assert_eq!(client.import(&leads(5..6)).await["summary"]["imported_leads"], 1);
    wire.end_sending().await;
    if let Some((status, body)) = wire.answer().await {
        assert_eq!((status, &body["code"]), (400, &json!("body_incomplete")));
    }
    assert_eq!(client.count("EXCEL-ROW-0").await, 0);
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    let mut config = Config::new(DatabasePlace::Memory);
    config.body_time = Duration::from_millis(50);
    let Desk {
        server: _server,
        client,
    } = Desk::with(config).await;
    let mut wire = Wire::open(&client).await;
    wire.send(&format!("{}Content-Length: 100\r\n\r\n{{", wire_head(&client)))
        .await;
    let (status, body) = wire.answer().await.unwrap();
    assert_eq!((status, &body["code"]), (408, &json!("body_timeout")));
}

#[tokio::test]
async fn a_header_that_never_ends_is_given_up() {
    let mut config = Config::new(DatabasePlace::Memory);
    config.header_time = Duration::from_millis(50);
    let Desk {
        server: _server,
        client,
    } = Desk::with(config).await;
    let mut wire = Wire::open(&client).await;
    wire.send("GET /health HTTP/1.1\r\nHost: localhost\r\n").await;
    assert_eq!(wire.answer().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hangs_up_after_sending_finds_the_import_done_by_asking_again() {
    let (_folder, desk) = desk_on_file().await;
    let client = &desk.client;
    client.dry_run(&leads(0..100)).await;
    let request = batch(false, &leads(0..100));
    let mut wire = Wire::open(client).await;
    wire.send(&wire_request(
        client,
        "Idempotency-Key: key-1\r\n",
        &request.to_string(),
    ))
    .await;
    drop(wire);
    let answer = client.post_with_key(&request, "key-1").await.ok();
    assert_eq!(answer["summary"]["imported_leads"], 100);
    assert_eq!(client.count("EXCEL-ROW-99").await, 1);
}

/// A client that asks for more than the sockets hold and does not read it.
async fn stop_reading(desk: &Desk) -> Wire {
    let large = json!([changed(lead(0), "/notes", json!("x".repeat(4 * 1024 * 1024)))]);
    let mut wire = Wire::open_narrow(&desk.client).await;
    let mut id = json!(null);
    for dry_run in [true, false] {
        let request = wire_request(&desk.client, "", &batch(dry_run, &large).to_string());
        wire.send(&request).await;
        id = wire.answer().await.unwrap().1["imported_lead_ids"][0].clone();
    }
    let ask = format!(
        "GET /api/admin/migration/leads/{id} HTTP/1.1\r\nHost: localhost\r\nX-AUTH-TOKEN: {}\r\n\r\n",
        desk.client.key
    );
    wire.send(&ask.repeat(8)).await;
    wire
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_stops_reading_loses_its_place_to_others() {
    let mut config = Config::new(DatabasePlace::Memory);
    config.write_time = Duration::from_millis(50);
    config.connections = 1;
    let desk = Desk::with(config).await;
    let _stalled = stop_reading(&desk).await;
    assert_eq!(desk.client.get("/health").await.ok()["status"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_stops_reading_does_not_keep_the_server_from_ending() {
    let mut config = Config::new(DatabasePlace::Memory);
    config.grace = Duration::from_millis(50);
    let desk = Desk::with(config).await;
    let mut stalled = stop_reading(&desk).await;
    desk.server.stop().await;
    let mut answered = 0;
    while stalled.answer().await.is_some() {
        answered += 1;
    }
    assert!(answered < 8, "the client was to be cut off");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_answers_what_it_has_begun() {
    let (folder, desk) = desk_on_file().await;
    let client = &desk.client;
    client.dry_run(&leads(0..200)).await;
    let request = wire_request(
        client,
        "Idempotency-Key: key-1\r\n",
        &batch(false, &leads(0..200)).to_string(),
    );
    let mut wire = Wire::open(client).await;
    wire.send(&request).await;
    let database = rusqlite::Connection::open(folder.path().join("server.db")).unwrap();
    let begun = || {
        database
            .query_row("SELECT count(*) FROM leads", [], |row| row.get::<_, i64>(0))
            .unwrap()
            > 0
    };
    while !begun() {
        tokio::task::yield_now().await;
    }
    desk.server.stop().await;
    let (status, body) = wire.answer().await.unwrap();
    assert_eq!((status, &body["summary"]["imported_leads"]), (200, &json!(200)));
}
