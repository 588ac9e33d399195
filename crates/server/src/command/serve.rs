use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use lotse_server::{Config, Server};
use tracing_subscriber::EnvFilter;

use super::{Database, Failure, say, text};

/// Run the server until it is interrupted.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    database: Database,
    /// Where to listen; port 0 takes a free one, which is printed.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8750")]
    listen: SocketAddr,
    /// A proxy in front ends TLS and names the client as the last entry of X-Forwarded-For; without one, only loopback
    /// addresses are allowed.
    #[arg(long)]
    behind_tls_proxy: bool,
    /// File with the secret by which bearer tokens are checked (`-` for standard input); else the environment variable
    /// `LOTSE_SERVER_TOKEN_SECRET`. Without a secret there are no bearer tokens.
    #[arg(long, value_name = "FILE")]
    token_secret_file: Option<PathBuf>,
    /// How long a dry-run is good for.
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = text::duration)]
    dry_run_valid_for: Duration,
    /// Largest body of a request, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=1024))]
    body_limit: u16,
    /// Form of the log on standard error; its level is set by `LOTSE_SERVER_LOG`.
    #[arg(long, value_name = "FORM", default_value = "text")]
    log: LogForm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LogForm {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), Failure> {
        start_log(self.log);
        let mut config = Config::new(self.database.place());
        config.listen = self.listen;
        config.behind_proxy = self.behind_tls_proxy;
        config.token_secret = text::token_secret(self.token_secret_file.as_deref())?;
        config.dry_run_valid_for = self.dry_run_valid_for;
        config.body_limit = usize::from(self.body_limit) * 1024 * 1024;
        let runtime = tokio::runtime::Runtime::new().map_err(Failure::Runtime)?;
        runtime.block_on(async {
            // Before anybody is told that the server runs: from then on it must end well.
            let interrupted = Interruption::listen().map_err(Failure::Runtime)?;
            let server = Server::start(config).await?;
            say(&format!("listening on {}", server.base_url()))?;
            interrupted.wait().await;
            tracing::info!("ending");
            server.stop().await;
            Ok(())
        })
    }
}

fn start_log(form: LogForm) {
    let filter = EnvFilter::builder()
        .with_env_var("LOTSE_SERVER_LOG")
        .with_default_directive(tracing::level_filters::LevelFilter::INFO.into())
        .from_env_lossy();
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match form {
        LogForm::Text => log.with_ansi(std::io::stderr().is_terminal()).init(),
        LogForm::Json => log.json().flatten_event(true).init(),
    }
}

/// What asks a server to end: Ctrl-C and, on Unix, SIGTERM.
struct Interruption {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Interruption {
    #[cfg(unix)]
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Interruption {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    #[cfg(not(unix))]
    fn listen() -> std::io::Result<Self> {
        Ok(Interruption {})
    }

    #[cfg(unix)]
    async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn wait(self) {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Ctrl-C cannot be noticed; the server has to be ended otherwise");
            std::future::pending::<()>().await;
        }
    }
}
