//! A connection by hand, for what no well-behaved client does.

use std::net::SocketAddr;

use serde_json::Value as Json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpSocket, TcpStream};

use crate::desk::{Client, IMPORT};

/// An open connection to the server.
pub(crate) struct Wire(BufStream<TcpStream>);

/// The first lines of an import request, without a length and without the empty line.
pub(crate) fn wire_head(client: &Client) -> String {
    format!(
        "POST {IMPORT} HTTP/1.1\r\nHost: localhost\r\nX-AUTH-TOKEN: {}\r\nContent-Type: application/json\r\n",
        client.key
    )
}

/// A whole import request; `headers` end with a line end each.
pub(crate) fn wire_request(client: &Client, headers: &str, body: &str) -> String {
    format!(
        "{}{headers}Content-Length: {}\r\n\r\n{body}",
        wire_head(client),
        body.len()
    )
}

fn address(client: &Client) -> SocketAddr {
    client.base_url.strip_prefix("http://").unwrap().parse().unwrap()
}

impl Wire {
    pub(crate) async fn open(client: &Client) -> Self {
        Wire(BufStream::new(TcpStream::connect(address(client)).await.unwrap()))
    }

    /// A connection that holds little of what is not read; usually the system takes megabytes in.
    pub(crate) async fn open_narrow(client: &Client) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        Wire(BufStream::new(socket.connect(address(client)).await.unwrap()))
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// Says that nothing more will be sent.
    pub(crate) async fn end_sending(&mut self) {
        self.0.shutdown().await.unwrap();
    }

    /// The next answer; none when the server closes or cuts the connection before it is complete.
    pub(crate) async fn answer(&mut self) -> Option<(u16, Json)> {
        let mut line = String::new();
        self.0.read_line(&mut line).await.ok()?;
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let mut length = 0;
        loop {
            line.clear();
            self.0.read_line(&mut line).await.ok()?;
            let header = line.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length: ") {
                length = value.parse().ok()?;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.ok()?;
        Some((status, serde_json::from_slice(&body).ok()?))
    }
}
