//! A tiny HTTP server that says the same to everybody, and the smallest possible question to a real one.

use std::sync::Arc;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the server says.
pub(super) enum Answer {
    /// Nothing listens.
    Closed,
    Says(Vec<u8>),
}

impl Answer {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", &body.to_string())
    }

    pub(super) fn html(status: u16, body: &str) -> Self {
        Self::text(status, "text/html; charset=utf-8", body)
    }

    fn text(status: u16, kind: &str, body: &str) -> Self {
        let length = body.len();
        Self::Says(
            format!(
                "HTTP/1.1 {status} Status\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            )
            .into_bytes(),
        )
    }
}

/// Serves until dropped.
pub(super) struct OneAnswer {
    pub(super) base_url: String,
    task: Option<JoinHandle<()>>,
}

impl Drop for OneAnswer {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

pub(super) async fn serve(answer: Answer) -> OneAnswer {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("a port").port();
    let task = match answer {
        Answer::Closed => None,
        Answer::Says(bytes) => Some(tokio::spawn(say(listener, bytes.into()))),
    };
    OneAnswer {
        base_url: format!("http://127.0.0.1:{port}"),
        task,
    }
}

async fn say(listener: TcpListener, bytes: Arc<[u8]>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let bytes = Arc::clone(&bytes);
        tokio::spawn(async move {
            if read_request(&mut stream).await.is_some() {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
            }
        });
    }
}

/// Reads to the end of the body, so that the client does not see its own request refused.
async fn read_request(stream: &mut TcpStream) -> Option<()> {
    let mut read = Vec::new();
    let mut part = vec![0; 16 * 1024];
    loop {
        let count = stream.read(&mut part).await.ok().filter(|&count| count > 0)?;
        read.extend_from_slice(&part[..count]);
        let Some(head) = read.windows(4).position(|end| end == b"\r\n\r\n") else {
            continue;
        };
        let lines = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
        let length: usize = lines
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|length| length.trim().parse().ok())
            .unwrap_or(0);
        if read.len() >= head + 4 + length {
            return Some(());
        }
    }
}

/// The status with which a server answers to a GET.
pub(super) async fn get(url: &str, key: &str) -> u16 {
    let rest = url.strip_prefix("http://").expect("a server on this machine");
    let (host, path) = rest.split_once('/').expect("an address with a path");
    let mut stream = TcpStream::connect(host).await.expect("the server runs");
    let request =
        format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nX-AUTH-TOKEN: {key}\r\nConnection: close\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("the server reads");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_default()
}
