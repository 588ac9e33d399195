//! What all handlers share, and the routes of all APIs.

use std::any::Any;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use lotse_core::target::Target;
use lotse_core::values::Instant;
use serde::Serialize;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;

use crate::access::{Client, OFFICERS, Role, TokenSecret};
use crate::body::drain;
use crate::migration::{self, Answer, Import, Matcher, import_batch};
use crate::refusal::Refusal;
use crate::request_log::{self, RequestLog};
use crate::store::{Result as StoreResult, Store};

/// What requests are held to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) body_bytes: usize,
    pub(crate) body_time: Duration,
    pub(crate) dry_run_valid_for: Duration,
    pub(crate) behind_proxy: bool,
}

/// Batches that are checked at the same time; more would only take memory from each other.
const IMPORTS_AT_ONCE: usize = 4;

/// What all handlers share.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

struct Shared {
    store: Arc<dyn Store>,
    token_secret: Option<TokenSecret>,
    limits: Limits,
    target: Target,
    matcher: Mutex<Matcher>,
    imports: Semaphore,
    request_log: RequestLog,
}

impl App {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        token_secret: Option<TokenSecret>,
        limits: Limits,
    ) -> std::io::Result<Self> {
        let request_log = RequestLog::start(Arc::clone(&store))?;
        Ok(App(Arc::new(Shared {
            store,
            token_secret,
            limits,
            target: Target::builtin("migration").expect("the migration target is built in"),
            matcher: Mutex::default(),
            imports: Semaphore::new(IMPORTS_AT_ONCE),
            request_log,
        })))
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.0.store
    }

    pub(crate) fn token_secret(&self) -> Option<&TokenSecret> {
        self.0.token_secret.as_ref()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn target(&self) -> &Target {
        &self.0.target
    }

    pub(crate) fn matcher(&self) -> &Mutex<Matcher> {
        &self.0.matcher
    }

    pub(crate) fn request_log(&self) -> &RequestLog {
        &self.0.request_log
    }

    /// Asks the store, off the threads that serve connections.
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Store) -> StoreResult<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        let app = self.clone();
        blocking(move || ask(app.store()).map_err(Refusal::from)).await
    }

    /// Runs an import, off the threads that serve connections. It ends also when nobody waits for it any more.
    pub(crate) async fn import(&self, import: Import) -> Result<Answer, Refusal> {
        let slot = self.0.imports.acquire().await;
        let app = self.clone();
        let answer = blocking(move || import_batch(&app, import)).await;
        drop(slot);
        answer
    }
}

/// Runs what blocks. A panic in there is one of the request.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let span = tracing::Span::current();
    match tokio::task::spawn_blocking(move || span.in_scope(work)).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is ending.
            Err(_) => Err(Refusal::Busy),
        },
    }
}

/// The routes of all APIs, with everything around them.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/api/whoami", get(whoami))
        .merge(migration::routes())
        .fallback(|request: Request| refuse(request, Refusal::UnknownPath))
        .method_not_allowed_fallback(|request: Request| refuse(request, Refusal::MethodNotAllowed))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), request_log::record))
        .layer(map_response(guard))
        .with_state(app)
}

async fn refuse(request: Request, refusal: Refusal) -> Response {
    drain(request.into_body()).await;
    refusal.into_response()
}

#[allow(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("?"), "a request has panicked");
    Refusal::Internal.into_response()
}

/// The answers are data for programs: nothing in them is to be shown, framed, guessed at or kept by a browser.
async fn guard(mut response: Response) -> Response {
    const GUARDS: [(HeaderName, &str); 5] = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-store"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in GUARDS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
}

async fn health(State(app): State<App>) -> Result<Json<Health>, Refusal> {
    app.with_store(|store| store.check()).await?;
    Ok(Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
    }))
}

/// Who a client is to the server.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WhoAmI {
    /// The user's id.
    user: String,
    name: String,
    roles: Vec<Role>,
    /// `api_key` or `token`.
    credentials: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Instant>,
    /// Whether these credentials may import leads.
    may_import: bool,
}

async fn whoami(client: Client) -> Json<WhoAmI> {
    Json(WhoAmI {
        may_import: client.role_among(OFFICERS).is_some(),
        user: client.user_id,
        name: client.name,
        roles: client.roles.into_iter().collect(),
        credentials: client.proof.as_str(),
        expires_at: client.expires_at,
    })
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered_in_json_and_tells_nothing() {
        for panic in [
            Box::new("the key is 123") as Box<dyn Any + Send>,
            Box::new(String::from("123")),
            Box::new(7),
        ] {
            let response = panicked(panic);
            assert_eq!(response.status(), 500);
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let error: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(error["code"], "internal");
            assert!(!error.to_string().contains("123"), "{error}");
        }
    }
}
