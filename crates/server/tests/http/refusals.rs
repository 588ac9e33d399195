//! Requests that are wrong as a whole.

use lotse_server::{Config, DatabasePlace};
use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::desk::{Answer, Desk, IMPORT, batch, changed, lead, leads};
use crate::wire::{Wire, wire_head};

#[tokio::test]
async fn a_body_of_another_shape_is_refused_with_the_reason() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let good = batch(true, &leads(1..2));
    let table: Vec<(Json, &str, &str)> = vec![
        (json!([]), "invalid_request", "The body must be an object"),
        (json!(null), "invalid_request", "The body must be an object"),
        (
            changed(good.clone(), "/source", json!(null)),
            "invalid_request",
            "source must be a string",
        ),
        (
            changed(good.clone(), "/source", json!(" ")),
            "invalid_request",
            "source must be a string",
        ),
        (
            changed(good.clone(), "/source", json!(7)),
            "invalid_request",
            "source must be a string",
        ),
        (
            changed(good.clone(), "/dryRun", json!(null)),
            "invalid_request",
            "dryRun must be true or false",
        ),
        (
            changed(good.clone(), "/dryRun", json!("true")),
            "invalid_request",
            "dryRun must be true or false",
        ),
        (
            changed(good.clone(), "/skipOnError", json!(1)),
            "invalid_request",
            "skipOnError must be true or false",
        ),
        (
            changed(good.clone(), "/skipOnErrors", json!(false)),
            "invalid_request",
            "skipOnErrors",
        ),
        (
            changed(good.clone(), "/leads", json!(null)),
            "invalid_request",
            "leads must be an array",
        ),
        (
            changed(good.clone(), "/leads", json!({})),
            "invalid_request",
            "leads must be an array",
        ),
        (
            changed(good.clone(), "/leads", json!([])),
            "batch_size",
            "1 to 1000",
        ),
        (
            changed(good, "/leads", json!(vec![1; 1001])),
            "batch_size",
            "1001",
        ),
    ];
    for (body, code, sentence) in table {
        let answer = client.post(&body).await;
        assert_eq!(answer.refusal(), (400, code.into()));
        let message = answer.json()["message"].as_str().unwrap().to_string();
        assert!(message.contains(sentence), "{message}");
    }
    for (text, place) in [
        ("{", "line 1"),
        ("", "line 1"),
        ("{\"a\": \u{1}}", "line 1"),
        ("\n\nnull,", "line 3"),
    ] {
        let answer = Answer::of(client.import_request(text)).await;
        assert_eq!(answer.refusal(), (400, "invalid_json".into()), "{text:?}");
        assert!(
            answer.json()["message"].as_str().unwrap().contains(place),
            "{}",
            answer.json()
        );
    }
    let deep = "[".repeat(100_000);
    assert_eq!(
        Answer::of(client.import_request(deep)).await.refusal(),
        (400, "invalid_json".into())
    );
    let latin1 = b"{\"source\": \"M\xfcller\"}".to_vec();
    assert_eq!(
        Answer::of(client.import_request(latin1)).await.refusal(),
        (400, "invalid_json".into())
    );
}

#[tokio::test]
async fn paths_methods_and_media_types_are_refused_in_json() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let body = batch(true, &leads(1..2)).to_string();
    let post = |path: &str| {
        client
            .request(Method::POST, path)
            .header("X-AUTH-TOKEN", &client.key)
            .body(body.clone())
    };
    let typed = |media: &str| post(IMPORT).header("Content-Type", media);
    let table = [
        (post("/nowhere"), 404, "not_found"),
        (post("/api/admin/migration/leads/import/"), 404, "not_found"),
        (client.request(Method::GET, "/"), 404, "not_found"),
        (
            client
                .request(Method::GET, IMPORT)
                .header("X-AUTH-TOKEN", &client.key),
            405,
            "method_not_allowed",
        ),
        (
            client.request(Method::DELETE, "/health"),
            405,
            "method_not_allowed",
        ),
        (post("/api/admin/migration/leads"), 405, "method_not_allowed"),
        (post(IMPORT), 415, "unsupported_media_type"),
        (typed("text/plain"), 415, "unsupported_media_type"),
        (
            typed("application/json; charset=iso-8859-1"),
            415,
            "unsupported_media_type",
        ),
        (
            typed("application/json").header("Content-Encoding", "gzip"),
            415,
            "unsupported_encoding",
        ),
        (
            client
                .request(Method::GET, "/api/admin/migration/leads")
                .header("X-AUTH-TOKEN", &client.key),
            400,
            "invalid_parameter",
        ),
        (
            client
                .request(
                    Method::GET,
                    "/api/admin/migration/leads?externalId=a&externalId=b",
                )
                .header("X-AUTH-TOKEN", &client.key),
            400,
            "invalid_parameter",
        ),
    ];
    for (request, status, code) in table {
        assert_eq!(Answer::of(request).await.refusal(), (status, code.into()));
    }
    for id in ["0", "-1", "abc", "99999999999999999999", "%ff", "1%2F2"] {
        let answer = client.get(&format!("/api/admin/migration/leads/{id}")).await;
        assert_eq!(answer.refusal(), (404, "not_found".into()), "{id}");
    }
    let allowed = Answer::of(client.request(Method::PUT, IMPORT)).await;
    assert_eq!(allowed.header("allow"), "POST");
    Answer::of(typed("Application/JSON; charset=\"UTF-8\""))
        .await
        .ok();
    assert_eq!(client.get("/health").await.ok()["status"], "ok");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_whether_announced_or_not() {
    let mut config = Config::new(DatabasePlace::Memory);
    config.body_limit = 4096;
    let Desk {
        server: _server,
        client,
    } = Desk::with(config).await;
    let long = changed(lead(1), "/notes", json!("x".repeat(1_000_000)));
    let body = batch(true, &json!([long])).to_string();
    let announced = Answer::of(client.import_request(body.clone())).await;
    assert_eq!(announced.refusal(), (413, "body_too_large".into()));
    let mut wire = Wire::open(&client).await;
    wire.send(&format!(
        "{}Transfer-Encoding: chunked\r\n\r\n",
        wire_head(&client)
    ))
    .await;
    for chunk in body.as_bytes().chunks(50_000) {
        wire.send(&format!("{:x}\r\n", chunk.len())).await;
        wire.send(std::str::from_utf8(chunk).unwrap()).await;
        wire.send("\r\n").await;
    }
    wire.send("0\r\n\r\n").await;
    let (status, body) = wire.answer().await.unwrap();
    assert_eq!((status, &body["code"]), (413, &json!("body_too_large")));
}
