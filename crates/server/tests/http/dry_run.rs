//! The compulsory dry-run.

use std::time::Duration;

use lotse_server::{Config, DatabasePlace};
use serde_json::json;

use crate::desk::{Desk, batch, changed, lead, leads};

const REQUIRED: (u16, &str) = (409, "dry_run_required");

fn required() -> (u16, String) {
    (REQUIRED.0, REQUIRED.1.into())
}

#[tokio::test]
async fn production_without_a_dry_run_is_refused_and_names_the_leads() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let answer = client.post(&batch(false, &leads(1..31))).await;
    assert_eq!(answer.refusal(), required());
    let body = answer.json();
    assert_eq!(body["status"], "Conflict");
    assert_eq!(body["external_ids"].as_array().unwrap().len(), 30);
    assert!(
        body["message"].as_str().unwrap().starts_with("30 of 30 leads"),
        "{body}"
    );
    client.dry_run(&leads(1..30)).await;
    let answer = client.post(&batch(false, &leads(1..31))).await;
    assert_eq!(answer.json()["external_ids"], json!(["EXCEL-ROW-30"]));
    assert_eq!(client.count("EXCEL-ROW-1").await, 0);
}

#[tokio::test]
async fn a_dry_run_covers_exactly_its_content_in_any_batch_and_spelling() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    client.dry_run(&leads(1..3)).await;
    client.dry_run(&leads(3..5)).await;
    for change in [
        ("/stage", json!(2)),
        ("/notes", json!(null)),
        ("/externalId", json!("EXCEL-ROW-9")),
    ] {
        let changed = changed(lead(1), change.0, change.1);
        let answer = client.post(&batch(false, &json!([changed]))).await;
        assert_eq!(answer.refusal(), required(), "{}", change.0);
    }
    // The same content, spelt otherwise and batched otherwise.
    let same = changed(lead(1), "/registeredAt", json!("2024-06-15T12:00:00+02:00"));
    let answer = client.post(&batch(false, &json!([same, lead(4)]))).await.ok();
    assert_eq!(answer["summary"]["imported_leads"], 2);
}

#[tokio::test]
async fn only_the_own_dry_run_counts() {
    let desk = Desk::start().await;
    desk.colleague("admin-xyz-789").dry_run(&leads(1..2)).await;
    let answer = desk.client.post(&batch(false, &leads(1..2))).await;
    assert_eq!(answer.refusal(), required());
}

#[tokio::test]
async fn a_dry_run_expires() {
    let mut config = Config::new(DatabasePlace::Memory);
    config.dry_run_valid_for = Duration::ZERO;
    let Desk {
        server: _server,
        client,
    } = Desk::with(config).await;
    client.dry_run(&leads(1..2)).await;
    assert_eq!(
        client.post(&batch(false, &leads(1..2))).await.refusal(),
        required()
    );
}

#[tokio::test]
async fn an_invalid_lead_may_come_along_if_it_was_in_a_dry_run() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let invalid = changed(lead(2), "/city", json!("B"));
    client.dry_run(&leads(1..2)).await;
    let both = json!([lead(1), invalid]);
    assert_eq!(client.post(&batch(false, &both)).await.refusal(), required());
    client.dry_run(&json!([invalid, "no lead at all"])).await;
    let with_anything = json!([lead(1), invalid, "no lead at all"]);
    let answer = client.post(&batch(false, &with_anything)).await.ok();
    assert_eq!(
        (
            &answer["summary"]["imported_leads"],
            &answer["summary"]["failed_leads"]
        ),
        (&json!(1), &json!(2))
    );
}

#[tokio::test]
async fn a_lead_that_failed_its_dry_run_has_not_passed_it() {
    let desk = Desk::start().await;
    let client = &desk.client;
    let leads = json!([changed(lead(1), "/ownerUserId", json!("partner-new"))]);
    assert_eq!(client.dry_run(&leads).await["summary"]["invalid_leads"], 1);
    // The lead is valid now, but nobody has seen it pass.
    desk.server
        .accounts()
        .add_user("partner-new", "Petra Neu")
        .unwrap();
    assert_eq!(client.post(&batch(false, &leads)).await.refusal(), required());
    assert_eq!(client.import(&leads).await["summary"]["imported_leads"], 1);
}
