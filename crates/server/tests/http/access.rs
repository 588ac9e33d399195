//! Who may do what, and what the others are told.

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use lotse_core::values::Instant;
use lotse_server::{Config, DatabasePlace, Role, TokenSecret};
use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::desk::{Answer, Client, Desk, IMPORT, batch, leads, new_key};

const SECRET: &[u8] = b"a secret of more than thirty-two bytes";

async fn desk_with_tokens() -> (Desk, TokenSecret) {
    let secret = TokenSecret::new(SECRET).unwrap();
    let mut config = Config::new(DatabasePlace::Memory);
    config.token_secret = Some(secret.clone());
    (Desk::with(config).await, secret)
}

async fn with_header(client: &Client, name: &str, value: &str) -> Answer {
    Answer::of(client.request(Method::GET, "/api/whoami").header(name, value)).await
}

async fn with_token(client: &Client, token: &str) -> Answer {
    with_header(client, "Authorization", &format!("Bearer {token}")).await
}

fn unauthorized(code: &str) -> (u16, String) {
    (401, code.into())
}

#[tokio::test]
async fn a_key_that_is_no_good_is_refused_with_the_reason() {
    let desk = Desk::start().await;
    let (client, accounts) = (&desk.client, desk.server.accounts());
    let long_ago = Instant::from_rfc3339("2020-01-01T00:00:00Z");
    let expired = accounts.create_key("officer", &[Role::Admin], long_ago).unwrap();
    let deactivated = accounts.create_key("officer", &[Role::Admin], None).unwrap();
    accounts.deactivate_key(deactivated.id).unwrap();
    let of_nobody = new_key(accounts, "partner-1", &[Role::Admin]);
    accounts.deactivate_user("partner-1").unwrap();
    let table = [
        ("X-AUTH-TOKEN", expired.reveal().to_string(), "key_expired"),
        (
            "X-AUTH-TOKEN",
            deactivated.reveal().to_string(),
            "key_deactivated",
        ),
        ("X-AUTH-TOKEN", of_nobody, "user_deactivated"),
        ("X-AUTH-TOKEN", client.key.to_uppercase(), "key_unknown"),
        ("X-AUTH-TOKEN", String::new(), "key_unknown"),
        ("Accept", "*/*".into(), "credentials_missing"),
        ("Authorization", "Basic dTpw".into(), "credentials_unreadable"),
        ("Authorization", "Bearer".into(), "credentials_unreadable"),
        (
            "Authorization",
            format!("Bearer {}", client.key),
            "tokens_not_accepted",
        ),
    ];
    for (name, value, code) in table {
        let answer = with_header(client, name, &value).await;
        assert_eq!(answer.refusal(), unauthorized(code), "{name}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        assert_eq!(answer.json()["status"], "Unauthorized");
        assert!(!answer.json().to_string().contains("lotse_"), "{}", answer.json());
    }
    let both = client
        .request(Method::GET, "/api/whoami")
        .header("X-AUTH-TOKEN", &client.key);
    let both = both.header("Authorization", "Bearer x");
    assert_eq!(
        Answer::of(both).await.refusal(),
        unauthorized("credentials_ambiguous")
    );
}

#[tokio::test]
async fn every_endpoint_but_health_wants_an_officer() {
    let desk = Desk::start().await;
    let accounts = desk.server.accounts();
    let submitter = Client::new(
        desk.server.base_url(),
        new_key(accounts, "officer", &[Role::ApiClient]),
    );
    let paths = [
        "/api/admin/migration/leads/1",
        "/api/admin/migration/leads?externalId=a",
        "/api/admin/migration/audit/audit-1",
        "/api/admin/migration/users",
    ];
    for path in paths {
        assert_eq!(
            submitter.get(path).await.refusal(),
            (403, "role_missing".into()),
            "{path}"
        );
        let anonymous = Answer::of(submitter.request(Method::GET, path)).await;
        assert_eq!(anonymous.refusal(), unauthorized("credentials_missing"), "{path}");
    }
    let refused = submitter.post(&batch(true, &leads(1..2))).await;
    assert_eq!(refused.refusal(), (403, "role_missing".into()));
    assert!(
        refused.json()["message"]
            .as_str()
            .unwrap()
            .contains("admin or migration-officer")
    );
    assert_eq!(submitter.get("/api/whoami").await.ok()["mayImport"], false);
    let anonymous = Answer::of(submitter.request(Method::GET, "/health")).await;
    assert_eq!(anonymous.ok()["status"], "ok");
    for role in [Role::Admin, Role::MigrationOfficer] {
        let client = Client::new(desk.server.base_url(), new_key(accounts, "officer", &[role]));
        client.dry_run(&leads(1..2)).await;
    }
}

/// A client that sends much has to be able to read why it was refused, instead of finding the line cut.
#[tokio::test]
async fn a_refusal_is_read_also_after_a_large_body() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let large = "x".repeat(8 * 1024 * 1024);
    for path in [IMPORT, "/nowhere", "/health"] {
        let answer = Answer::of(client.request(Method::POST, path).body(large.clone())).await;
        assert!([401, 404, 405].contains(&answer.refusal().0), "{path}");
    }
}

#[tokio::test]
async fn a_token_is_as_good_as_a_key() {
    let (desk, secret) = desk_with_tokens().await;
    let hour = Duration::from_secs(3600);
    let token = desk
        .server
        .accounts()
        .create_token(&secret, "officer", &[Role::MigrationOfficer], hour)
        .unwrap();
    let who = with_token(&desk.client, &token).await.ok();
    assert_eq!(
        (&who["user"], &who["credentials"]),
        (&json!("officer"), &json!("token"))
    );
    assert!(who["expiresAt"].is_string());
    // Key and token are the same client: the dry-run of one is that of the other.
    desk.client.dry_run(&leads(1..2)).await;
    let request = desk
        .client
        .request(Method::POST, IMPORT)
        .header("Content-Type", "application/json");
    let request = request
        .bearer_auth(&*token)
        .body(batch(false, &leads(1..2)).to_string());
    assert_eq!(Answer::of(request).await.ok()["summary"]["imported_leads"], 1);
}

#[tokio::test]
async fn a_token_that_cannot_be_believed_is_refused() {
    let (desk, _) = desk_with_tokens().await;
    desk.server.accounts().add_user("gone", "Gerda Gone").unwrap();
    desk.server.accounts().deactivate_user("gone").unwrap();
    let later = 4_102_444_800_u64;
    let good = json!({"sub": "officer", "exp": later, "roles": ["admin"]});
    let with = |change: Json| {
        let mut claims = good.clone();
        for (name, value) in change.as_object().unwrap() {
            match value {
                Json::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        claims
    };
    let signed = |algorithm, secret: &[u8], claims: &Json| {
        encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret)).unwrap()
    };
    let ours = |claims: &Json| signed(Algorithm::HS256, SECRET, claims);
    assert_eq!(
        with_token(&desk.client, &ours(&good)).await.ok()["roles"],
        json!(["admin"])
    );
    let (header, rest) = ours(&good)
        .split_once('.')
        .map(|(a, b)| (a.to_string(), b.to_string()))
        .unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    // {"alg":"none"} and {"alg":"RS256"}, in base64url.
    let (none, rs256) = ("eyJhbGciOiJub25lIn0", "eyJhbGciOiJSUzI1NiJ9");
    let table = [
        (ours(&with(json!({"exp": 1}))), "token_expired"),
        (ours(&with(json!({"exp": null}))), "token_invalid"),
        (ours(&with(json!({"exp": "tomorrow"}))), "token_invalid"),
        (ours(&with(json!({"nbf": later}))), "token_invalid"),
        (ours(&with(json!({"sub": null}))), "token_invalid"),
        (ours(&with(json!({"roles": null}))), "token_invalid"),
        (ours(&with(json!({"roles": "admin"}))), "token_invalid"),
        (ours(&with(json!({"sub": "nobody"}))), "user_unknown"),
        (ours(&with(json!({"sub": "gone"}))), "user_deactivated"),
        (
            signed(Algorithm::HS256, b"another secret of more than 32 bytes", &good),
            "token_invalid",
        ),
        (signed(Algorithm::HS384, SECRET, &good), "token_invalid"),
        (signed(Algorithm::HS512, SECRET, &good), "token_invalid"),
        (format!("{none}.{payload}."), "token_invalid"),
        (format!("{none}.{payload}.{signature}"), "token_invalid"),
        (format!("{rs256}.{payload}.{signature}"), "token_invalid"),
        (format!("{header}.{payload}."), "token_invalid"),
        (
            format!("{header}.{payload}.{}", signature.to_lowercase()),
            "token_invalid",
        ),
        ("x.y.z".into(), "token_invalid"),
    ];
    for (token, code) in table {
        assert_eq!(
            with_token(&desk.client, &token).await.refusal(),
            unauthorized(code),
            "{token}"
        );
    }
    for roles in [json!([]), json!(["superuser"]), json!(["ROLE_API_CLIENT"])] {
        let token = ours(&with(json!({"roles": roles})));
        let request = desk
            .client
            .request(Method::GET, "/api/admin/migration/users")
            .bearer_auth(token);
        assert_eq!(Answer::of(request).await.refusal(), (403, "role_missing".into()));
    }
}
