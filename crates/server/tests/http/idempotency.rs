//! The same request has its effect once.

use lotse_server::{Config, DatabasePlace, Server};
use serde_json::json;

use crate::desk::{Answer, Client, Desk, batch, changed, lead, leads};

const REPLAYED: &str = "idempotency-replayed";

#[tokio::test]
async fn the_same_key_and_body_get_the_same_bytes_and_no_second_import() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    client.dry_run(&leads(1..4)).await;
    // With the switch off, only the key keeps the second request from looking at the leads again.
    let request = changed(batch(false, &leads(1..4)), "/skipDuplicates", json!(false));
    let first = client.post_with_key(&request, "key-1").await;
    let again = client.post_with_key(&request, "key-1").await;
    assert_eq!(first.ok()["summary"]["imported_leads"], 3);
    assert_eq!(first.bytes, again.bytes);
    assert_eq!((first.header(REPLAYED), again.header(REPLAYED)), ("", "true"));
    // By the key that comes back, clients learn that it is heeded.
    for answer in [&first, &again] {
        assert_eq!(answer.header("idempotency-key"), "key-1");
    }
    assert_eq!(client.count("EXCEL-ROW-1").await, 1);
    // Another key is another request, which finds the leads known.
    let other = client.post_with_key(&request, "key-2").await.ok();
    assert_eq!(other["summary"]["skipped_duplicates"], 3);
}

#[tokio::test]
async fn dry_runs_are_repeated_by_the_same_rule() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let request = batch(true, &leads(1..2));
    let first = client.post_with_key(&request, "key-1").await;
    assert_eq!(client.post_with_key(&request, "key-1").await.bytes, first.bytes);
    let production = client.post_with_key(&batch(false, &leads(1..2)), "key-1").await;
    assert_eq!(production.refusal(), (422, "idempotency_key_reused".into()));
}

#[tokio::test]
async fn a_key_belongs_to_its_client_and_its_body() {
    let desk = Desk::start().await;
    let client = &desk.client;
    let colleague = desk.colleague("admin-xyz-789");
    let first = client
        .post_with_key(&batch(true, &leads(1..2)), "key-1")
        .await
        .ok();
    let other = colleague
        .post_with_key(&batch(true, &leads(2..3)), "key-1")
        .await
        .ok();
    assert_ne!(first["importId"], other["importId"]);
    let reused = client.post_with_key(&batch(true, &leads(2..3)), "key-1").await;
    assert_eq!(reused.refusal(), (422, "idempotency_key_reused".into()));
    // Not even white space may differ: the key stands for the bytes.
    let spaced = format!("{} ", batch(true, &leads(1..2)));
    let reused = Answer::of(client.import_request(spaced).header("Idempotency-Key", "key-1")).await;
    assert_eq!(reused.refusal(), (422, "idempotency_key_reused".into()));
}

#[tokio::test]
async fn a_refused_request_does_not_use_its_key_up() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let request = batch(false, &leads(1..2));
    assert_eq!(client.post_with_key(&request, "key-1").await.refusal().0, 409);
    client.dry_run(&leads(1..2)).await;
    assert_eq!(
        client.post_with_key(&request, "key-1").await.ok()["summary"]["imported_leads"],
        1
    );
    let broken = changed(
        batch(false, &json!([changed(lead(2), "/city", json!("B"))])),
        "/skipOnError",
        json!(false),
    );
    client.dry_run(&broken["leads"]).await;
    assert_eq!(client.post_with_key(&broken, "key-2").await.refusal().0, 422);
    assert_eq!(
        client
            .post_with_key(&batch(true, &leads(2..3)), "key-2")
            .await
            .ok()["mode"],
        "dry_run"
    );
}

#[tokio::test]
async fn a_key_that_cannot_be_told_from_others_is_refused() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let request = || client.import_request(batch(true, &leads(1..2)).to_string());
    for key in ["", "with blank", "umläut", &"x".repeat(256)] {
        let answer = Answer::of(request().header("Idempotency-Key", key)).await;
        assert_eq!(
            answer.refusal(),
            (400, "idempotency_key_invalid".into()),
            "{key:?}"
        );
    }
    let twice = request()
        .header("Idempotency-Key", "a")
        .header("Idempotency-Key", "b");
    assert_eq!(
        Answer::of(twice).await.refusal(),
        (400, "idempotency_key_invalid".into())
    );
    Answer::of(request().header("Idempotency-Key", "x".repeat(255)))
        .await
        .ok();
}

#[tokio::test]
async fn answers_dry_runs_and_known_ids_outlive_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new(DatabasePlace::File(folder.path().join("server.db")));
    let Desk { server, client } = Desk::with(config.clone()).await;
    client.dry_run(&leads(1..3)).await;
    let request = batch(false, &leads(1..2));
    let first = client.post_with_key(&request, "key-1").await;
    first.ok();
    server.stop().await;

    let server = Server::start(config).await.unwrap();
    let client = Client::new(server.base_url(), client.key);
    let again = client.post_with_key(&request, "key-1").await;
    assert_eq!(
        (again.bytes, again.headers.contains_key(REPLAYED)),
        (first.bytes, true)
    );
    let answer = client.post(&batch(false, &leads(1..3))).await.ok();
    assert_eq!(answer["summary"]["skipped_duplicates"], 1);
    assert_eq!(answer["summary"]["imported_leads"], 1);
    // What was there before the restart is compared with what comes after it.
    let double = changed(lead(9), "/contact/email", json!("kunde1@firma1.example"));
    assert_eq!(
        client.dry_run(&json!([double])).await["summary"]["duplicate_warnings"],
        1
    );
    server.stop().await;
}
