//! The practice server.

use lotse_server::practice::{self, Place};
use serde_json::json;

use crate::desk::{Client, batch, changed, lead};

#[tokio::test]
async fn the_whole_way_can_be_practised_in_memory() {
    let practice = practice::start(Place::Memory).await.unwrap();
    let client = Client::new(practice.base_url.clone(), practice.api_key().to_string());
    assert!(practice.base_url.starts_with("http://127.0.0.1:"));
    assert_eq!(client.get("/api/whoami").await.ok()["mayImport"], true);
    let users = client.get("/api/admin/migration/users").await.ok();
    let owner = users["users"][0]["id"].clone();
    let fresh = changed(lead(1), "/ownerUserId", owner.clone());
    let double = changed(
        changed(lead(2), "/ownerUserId", owner),
        "/companyName",
        json!("Seeblick Hotel"),
    );
    let double = changed(double, "/city", json!("Hamburg"));
    let answer = client.dry_run(&json!([fresh, double])).await;
    assert_eq!(
        answer["summary"],
        json!({"total_leads": 2, "valid_leads": 2, "invalid_leads": 0, "duplicate_warnings": 1})
    );
    let answer = client.post(&batch(false, &json!([fresh, double]))).await.ok();
    assert_eq!(answer["summary"]["imported_leads"], 2);
    let shown = format!("{practice:?}");
    assert!(!shown.contains(practice.api_key()), "{shown}");
    practice.stop().await;
}

#[tokio::test]
async fn a_practice_in_a_folder_goes_on_where_it_ended_with_a_new_key() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Folder(folder.path().to_path_buf());
    let first = practice::start(place.clone()).await.unwrap();
    let old_key = first.api_key().to_string();
    first.stop().await;
    let again = practice::start(place).await.unwrap();
    let old = Client::new(again.base_url.clone(), old_key);
    assert_eq!(
        old.get("/api/whoami").await.refusal(),
        (401, "key_deactivated".into())
    );
    let client = Client::new(again.base_url.clone(), again.api_key().to_string());
    assert_eq!(client.count("PRACTICE-1").await, 1);
    again.stop().await;
}

#[tokio::test]
async fn a_practice_server_ends_when_it_is_dropped() {
    let practice = practice::start(Place::Memory).await.unwrap();
    let address = practice.server().address();
    drop(practice);
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
