//! The running server: connections in, connections out, and an end.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::ServiceExt as _;

use crate::access::TokenSecret;
use crate::accounts::Accounts;
use crate::app::{App, Limits, router};
use crate::request_log::Peer;
use crate::stalled::CutWhenStalled;
use crate::store::Store;
use crate::store::sqlite::{DatabasePlace, OpenProblem, PATIENCE, SqliteStore};

/// How a server is to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens; port 0 takes a free one. Without a proxy in front only loopback addresses are allowed.
    pub listen: SocketAddr,
    /// Where its data are.
    pub database: DatabasePlace,
    /// How long it waits for another process that holds the database, before it answers that it is busy.
    pub lock_time: Duration,
    /// The secret by which bearer tokens are checked; without one there are no bearer tokens.
    pub token_secret: Option<TokenSecret>,
    /// A proxy in front ends TLS and names the client in `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// How long a dry-run is good for: production within this time.
    pub dry_run_valid_for: Duration,
    /// Bytes of a request's body at most.
    pub body_limit: usize,
    /// How long a body may take to arrive.
    pub body_time: Duration,
    /// How long the header of a request may take to arrive, also on a connection that is kept open.
    pub header_time: Duration,
    /// How long a client may take no byte of an answer before it is cut off.
    pub write_time: Duration,
    /// Connections at the same time at most; others wait.
    pub connections: usize,
    /// How long connections may take to end once the server stops.
    pub grace: Duration,
}

impl Config {
    /// A server on a free loopback port, with the usual limits.
    pub fn new(database: DatabasePlace) -> Self {
        Config {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            database,
            lock_time: PATIENCE,
            token_secret: None,
            behind_proxy: false,
            dry_run_valid_for: Duration::from_secs(24 * 60 * 60),
            body_limit: 32 * 1024 * 1024,
            body_time: Duration::from_secs(60),
            header_time: Duration::from_secs(30),
            write_time: Duration::from_secs(30),
            connections: 512,
            grace: Duration::from_secs(10),
        }
    }
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartProblem {
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] OpenProblem),
    /// The address is taken or not this machine's.
    #[error("The server cannot listen on {address}: {reason}. Please choose another address or port.")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        reason: std::io::Error,
    },
    /// Keys and personal data would travel in the clear.
    #[error(
        "{address} can be reached from other machines, and the server speaks no TLS itself. Please listen on a \
             loopback address, or put a TLS proxy in front and say so."
    )]
    Exposed {
        /// The address.
        address: IpAddr,
    },
    /// The system gives no thread.
    #[error("The server cannot start a thread: {0}")]
    Thread(std::io::Error),
    /// The database has failed while it was being filled.
    #[error("The practice data could not be set up: {0}")]
    Practice(String),
}

/// A running server. It stops when dropped; [`Server::stop`] also waits for it.
pub struct Server {
    address: SocketAddr,
    app: App,
    accounts: Accounts,
    running: JoinHandle<()>,
    stop: DropGuard,
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Opens the database and begins to listen.
    pub async fn start(config: Config) -> Result<Self, StartProblem> {
        let address = config.listen;
        if !config.behind_proxy && !address.ip().is_loopback() {
            return Err(StartProblem::Exposed {
                address: address.ip(),
            });
        }
        let place = config.database.clone();
        let opened = tokio::task::spawn_blocking(move || SqliteStore::open(&place, config.lock_time)).await;
        let store: Arc<dyn Store> = match opened {
            Ok(store) => Arc::new(store?),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|reason| StartProblem::Listen { address, reason })?;
        let address = listener
            .local_addr()
            .map_err(|reason| StartProblem::Listen { address, reason })?;
        let limits = Limits {
            body_bytes: config.body_limit,
            body_time: config.body_time,
            dry_run_valid_for: config.dry_run_valid_for,
            behind_proxy: config.behind_proxy,
        };
        let accounts = Accounts::of(Arc::clone(&store));
        let app = App::new(store, config.token_secret, limits).map_err(StartProblem::Thread)?;
        let stop = CancellationToken::new();
        let connections = Connections {
            router: router(app.clone()),
            slots: Arc::new(Semaphore::new(config.connections)),
            header_time: config.header_time,
            write_time: config.write_time,
            grace: config.grace,
        };
        let running = tokio::spawn(connections.serve(listener, stop.clone(), app.clone()));
        Ok(Server {
            address,
            app,
            accounts,
            running,
            stop: stop.drop_guard(),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL below which its paths begin, without a slash at its end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The users and keys of its database.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// Takes no more requests, answers those it has, and returns once everything is written and closed.
    pub async fn stop(self) {
        drop(self.stop);
        if let Err(error) = self.running.await {
            tracing::error!(%error, "the server has not ended well");
        }
    }
}

struct Connections {
    router: Router,
    slots: Arc<Semaphore>,
    header_time: Duration,
    write_time: Duration,
    grace: Duration,
}

impl Connections {
    async fn serve(self, listener: TcpListener, stop: CancellationToken, app: App) {
        let ending = GracefulShutdown::new();
        let mut tasks = JoinSet::new();
        while let Some((stream, peer, slot)) = self.next(&listener, &stop).await {
            let stream = CutWhenStalled::new(stream, self.write_time);
            let connection = serve_one(
                self.router.clone(),
                stream,
                peer,
                self.header_time,
                ending.watcher(),
            );
            tasks.spawn(async move {
                connection.await;
                drop(slot);
            });
            while tasks.try_join_next().is_some() {}
        }
        drop(listener);
        if tokio::time::timeout(self.grace, ending.shutdown()).await.is_err() {
            tracing::warn!(connections = tasks.len(), "connections that did not end are cut");
        }
        tasks.shutdown().await;
        let closed = tokio::task::spawn_blocking(move || app.request_log().close()).await;
        if let Err(error) = closed {
            tracing::error!(%error, "the request log was not closed");
        }
    }

    /// The next connection, once there is a slot for it; none once the server stops.
    async fn next(
        &self,
        listener: &TcpListener,
        stop: &CancellationToken,
    ) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
        let slot = tokio::select! {
            () = stop.cancelled() => return None,
            slot = Arc::clone(&self.slots).acquire_owned() => slot.ok()?,
        };
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => return None,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    // Answers are written in one piece: waiting for more only delays them.
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%error, "TCP_NODELAY could not be set");
                    }
                    return Some((stream, peer, slot));
                }
                Err(error) => {
                    // Out of file handles, as a rule: wait for connections to end instead of spinning.
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

async fn serve_one(
    router: Router,
    stream: CutWhenStalled,
    peer: SocketAddr,
    header_time: Duration,
    ending: Watcher,
) {
    let service = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_time)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = ending.watch(connection).await {
        tracing::debug!(%error, "a connection has ended early");
    }
}
