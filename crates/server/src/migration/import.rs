//! `POST /api/admin/migration/leads/import`.

use std::collections::BTreeSet;
use std::sync::PoisonError;
use std::time::Instant as Stopwatch;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use lotse_core::batch::hex_digest;
use lotse_core::migration::IDEMPOTENCY_HEADER;
use uuid::Uuid;

use super::check::check_leads;
use super::request::BatchRequest;
use super::run::{Answer, Batch, IdempotencyKey, answer_kept, run};
use crate::access::Officer;
use crate::app::App;
use crate::body::{drain, read_body};
use crate::clock::now;
use crate::refusal::Refusal;
use crate::request_log::{ClientAddress, Noted};

/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Characters of an idempotency key at most.
const LONGEST_KEY: usize = 255;

/// An import request as it was received.
pub(crate) struct Import {
    pub(crate) sender: Officer,
    pub(crate) ip_address: String,
    /// The idempotency key.
    pub(crate) key: Option<String>,
    pub(crate) body: Vec<u8>,
}

pub(crate) async fn import(State(app): State<App>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let (sender, key) = match accept(&mut parts, &app).await {
        Ok(accepted) => accepted,
        Err(refusal) => {
            drain(body).await;
            return refusal.into_response();
        }
    };
    let limits = app.limits();
    let body = match read_body(body, limits.body_bytes, limits.body_time).await {
        Ok(body) => body,
        Err(refusal) => return refusal.into_response(),
    };
    if let Some(noted) = parts.extensions.get::<Noted>() {
        noted.received(body.len());
    }
    let ip_address = parts
        .extensions
        .get::<ClientAddress>()
        .map(ToString::to_string)
        .unwrap_or_default();
    let import = Import {
        sender,
        ip_address,
        key: key.clone(),
        body,
    };
    // Whoever hangs up now does not stop the import: it is committed as a whole, and the answer is kept for the key.
    let mut response = match app.import(import).await {
        Ok(Answer::New(body)) => json(body),
        Ok(Answer::Kept(body)) => {
            let mut response = json(body);
            response
                .headers_mut()
                .insert(REPLAYED, HeaderValue::from_static("true"));
            response
        }
        Err(refusal) => refusal.into_response(),
    };
    // The key comes back: by that, clients learn that it is heeded here.
    if let Some(key) = key.and_then(|key| HeaderValue::try_from(key).ok()) {
        response.headers_mut().insert(IDEMPOTENCY_HEADER, key);
    }
    response
}

/// Everything that can be refused before the body is read.
async fn accept(parts: &mut Parts, app: &App) -> Result<(Officer, Option<String>), Refusal> {
    let sender = Officer::from_request_parts(parts, app).await?;
    demand_json(&parts.headers)?;
    Ok((sender, idempotency_key(&parts.headers)?))
}

fn demand_json(headers: &HeaderMap) -> Result<(), Refusal> {
    if headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| encoding != "identity")
    {
        return Err(Refusal::Encoding);
    }
    let media = headers
        .get(CONTENT_TYPE)
        .and_then(|media| media.to_str().ok())
        .unwrap_or("");
    let mut parts = media.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_json = parts.next().is_some_and(|essence| essence == "application/json");
    let is_utf8 = parts.all(|parameter| match parameter.strip_prefix("charset=") {
        Some(charset) => charset.trim_matches('"') == "utf-8",
        None => true,
    });
    if is_json && is_utf8 {
        Ok(())
    } else {
        Err(Refusal::MediaType)
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut keys = headers.get_all(IDEMPOTENCY_HEADER).iter();
    let Some(key) = keys.next() else { return Ok(None) };
    let usable = (1..=LONGEST_KEY).contains(&key.len()) && key.as_bytes().iter().all(u8::is_ascii_graphic);
    match key.to_str() {
        Ok(key) if usable && keys.next().is_none() => Ok(Some(key.to_string())),
        _ => Err(Refusal::KeyUnusable),
    }
}

fn json(body: Vec<u8>) -> Response {
    (
        StatusCode::OK,
        [(CONTENT_TYPE, HeaderValue::from_static("application/json"))],
        body,
    )
        .into_response()
}

/// The import itself. It blocks, for as long as checking and storing take.
///
/// Imports are done one after the other. A request that comes while the first one with its key is still running waits
/// for it, finds its answer and repeats that.
pub(crate) fn import_batch(app: &App, import: Import) -> Result<Answer, Refusal> {
    let stopwatch = Stopwatch::now();
    let now = now();
    let store = app.store();
    let key = import.key.map(|key| IdempotencyKey {
        key,
        body_hash: hex_digest(&import.body),
    });
    if let Some(key) = &key {
        // Before anything is read: a kept answer holds even where the rules have changed since.
        let kept = store.kept_answer(&import.sender.client.user_id, &key.key)?;
        if let Some(answer) = answer_kept(kept, key)? {
            return Ok(answer);
        }
    }
    let target = app.target();
    let request = BatchRequest::read(&import.body, target.api.maximum_leads)?;
    drop(import.body);
    let active = store
        .users()?
        .into_iter()
        .filter(|user| user.deactivated_at.is_none());
    let owners: BTreeSet<String> = active.map(|user| user.id).collect();
    let batch = Batch {
        import_id: Uuid::new_v4().to_string(),
        mode: request.mode,
        skip_on_error: request.skip_on_error,
        skip_duplicates: request.skip_duplicates,
        leads: check_leads(target, &request.leads, owners, now),
        source: request.source,
        sender: import.sender,
        ip_address: import.ip_address,
        key,
        now,
        stopwatch,
        dry_run_valid_for: app.limits().dry_run_valid_for,
    };
    let mut transaction = store.begin_import()?;
    let mut matcher = app.matcher().lock().unwrap_or_else(|poisoned: PoisonError<_>| {
        // A panic may have left it half changed; what it knows can be learnt again.
        let mut matcher = poisoned.into_inner();
        *matcher = super::Matcher::default();
        app.matcher().clear_poison();
        matcher
    });
    let answer = run(&mut *transaction, &mut matcher, &batch)?;
    if matches!(answer, Answer::New(_)) {
        transaction.commit()?;
    }
    Ok(answer)
}
