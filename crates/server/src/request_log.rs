//! Every request and its answer, in the structured log and in the database: who, what, when, how it ended. Neither
//! holds a body, a header or a query: those carry secrets and personal data.

use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant as Stopwatch;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::app::App;
use crate::clock::now;
use crate::refusal::RefusedWith;
use crate::store::{RequestLogEntry, Store};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Entries that wait for the database at most.
const QUEUE: usize = 10_000;
/// Entries that are written in one transaction at most.
const TOGETHER: usize = 500;

/// Status of a request whose sender hung up before there was an answer.
const HUNG_UP: u16 = 499;

/// The address of the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The address of the client: of the peer, or of whom the proxy in front names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientAddress(IpAddr);

impl fmt::Display for ClientAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl ClientAddress {
    fn of(peer: Peer, headers: &HeaderMap, behind_proxy: bool) -> Self {
        // The last entry is the proxy's own; what stands before it, anybody can have written.
        let named = || {
            let last = headers.get_all(FORWARDED_FOR).iter().next_back()?;
            last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
        };
        ClientAddress(behind_proxy.then(named).flatten().unwrap_or(peer.0))
    }
}

/// What handlers note for the log while they work.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noted(Arc<Notes>);

#[derive(Debug, Default)]
struct Notes {
    user_id: OnceLock<String>,
    request_bytes: AtomicU64,
}

impl Noted {
    /// Who sent the request.
    pub(crate) fn sender(&self, user_id: &str) {
        self.0.user_id.get_or_init(|| user_id.to_string());
    }

    /// How long its body was.
    pub(crate) fn received(&self, bytes: usize) {
        self.0
            .request_bytes
            .store(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

/// The way of the entries into the database: a queue and a thread that writes what has come in together.
pub(crate) struct RequestLog {
    sender: Mutex<Option<SyncSender<RequestLogEntry>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl RequestLog {
    pub(crate) fn start(store: Arc<dyn Store>) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(QUEUE);
        let writer = std::thread::Builder::new()
            .name("request-log".into())
            .spawn(move || write(&*store, &receiver))?;
        Ok(RequestLog {
            sender: Mutex::new(Some(sender)),
            writer: Mutex::new(Some(writer)),
        })
    }

    /// Queues an entry. A database that is slower than the requests loses entries rather than requests, and says so.
    fn append(&self, entry: RequestLogEntry) {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = sender.as_ref() else { return };
        if let Err(TrySendError::Full(entry)) = sender.try_send(entry) {
            tracing::error!(
                request_id = entry.request_id,
                "the request log is full: this request is not in it"
            );
        }
    }

    /// Writes what is queued and ends. Blocks until that is done.
    pub(crate) fn close(&self) {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer
            && writer.join().is_err()
        {
            tracing::error!("the request log has panicked");
        }
    }
}

fn write(store: &dyn Store, receiver: &Receiver<RequestLogEntry>) {
    while let Ok(first) = receiver.recv() {
        let mut entries = vec![first];
        entries.extend(receiver.try_iter().take(TOGETHER - 1));
        if let Err(error) = store.append_request_log(&entries) {
            tracing::error!(%error, entries = entries.len(), "requests could not be logged");
        }
    }
}

/// An entry in the making; it is logged when dropped, so that also requests that are given up are in the log.
struct OpenEntry {
    app: App,
    noted: Noted,
    stopwatch: Stopwatch,
    entry: RequestLogEntry,
}

impl Drop for OpenEntry {
    fn drop(&mut self) {
        let mut entry = self.entry.clone();
        entry.user_id = self.noted.0.user_id.get().cloned();
        entry.request_bytes = self.noted.0.request_bytes.load(Ordering::Relaxed);
        entry.duration_ms = u64::try_from(self.stopwatch.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            request_id = entry.request_id,
            user = entry.user_id,
            ip = entry.ip_address,
            method = entry.method,
            path = entry.path,
            status = entry.status,
            error = entry.error_code,
            bytes = entry.request_bytes,
            ms = entry.duration_ms,
            "request"
        );
        self.app.request_log().append(entry);
    }
}

/// Middleware: gives the request an id, lets it through and logs how it ended.
pub(crate) async fn record(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let request_id = Uuid::new_v4().to_string();
    let peer = request
        .extensions()
        .get::<Peer>()
        .copied()
        .unwrap_or(Peer(IpAddr::from([0, 0, 0, 0])));
    let address = ClientAddress::of(peer, request.headers(), app.limits().behind_proxy);
    let noted = Noted::default();
    request.extensions_mut().insert(address);
    request.extensions_mut().insert(noted.clone());
    let mut open = OpenEntry {
        app,
        noted,
        stopwatch: Stopwatch::now(),
        entry: RequestLogEntry {
            request_id: request_id.clone(),
            at: now(),
            user_id: None,
            ip_address: address.to_string(),
            method: request.method().to_string(),
            path: request.uri().path().to_string(),
            status: HUNG_UP,
            error_code: None,
            request_bytes: 0,
            duration_ms: 0,
        },
    };
    let span = tracing::info_span!("request", id = request_id);
    let mut response = next.run(request).instrument(span).await;
    open.entry.status = response.status().as_u16();
    open.entry.error_code = response
        .extensions()
        .get::<RefusedWith>()
        .map(|refused| refused.0);
    if let Ok(id) = HeaderValue::try_from(request_id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_forwarded_address_is_believed_and_only_behind_a_proxy() {
        let peer = Peer(IpAddr::from([10, 0, 0, 1]));
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED_FOR, HeaderValue::from_static("6.6.6.6, 192.0.2.7"));
        let address = |headers: &HeaderMap, behind| ClientAddress::of(peer, headers, behind).to_string();
        assert_eq!(address(&headers, true), "192.0.2.7");
        assert_eq!(address(&headers, false), "10.0.0.1");
        headers.append(FORWARDED_FOR, HeaderValue::from_static("2001:db8::1"));
        assert_eq!(address(&headers, true), "2001:db8::1");
        assert_eq!(address(&HeaderMap::new(), true), "10.0.0.1");
    }
}
