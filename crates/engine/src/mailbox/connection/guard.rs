//! A stream that gives up when the other side falls silent or sends more than was agreed.
//!
//! The IMAP library has no time-outs and no bounds of its own. Here both hold for every byte, whatever command is
//! under way: a slow but steady download of a large mail goes on, a silent one ends.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// What a [`GuardedStream`] allows; shared with whoever runs the commands.
#[derive(Debug)]
pub(super) struct Allowance {
    silence_ms: AtomicU64,
    bytes: AtomicU64,
}

impl Allowance {
    pub(super) fn new(silence: Duration, bytes: u64) -> Arc<Self> {
        let allowance = Allowance {
            silence_ms: AtomicU64::new(0),
            bytes: AtomicU64::new(bytes),
        };
        allowance.set_silence(silence);
        Arc::new(allowance)
    }

    /// How long the other side may be silent while an answer is awaited; counts from the next byte on.
    pub(super) fn set_silence(&self, silence: Duration) {
        let milliseconds = u64::try_from(silence.as_millis()).unwrap_or(u64::MAX);
        self.silence_ms.store(milliseconds, Ordering::Relaxed);
    }

    /// How many bytes the other side may send from now on.
    pub(super) fn set_bytes(&self, bytes: u64) {
        self.bytes.store(bytes, Ordering::Relaxed);
    }

    fn silence(&self) -> Duration {
        Duration::from_millis(self.silence_ms.load(Ordering::Relaxed))
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct GuardedStream<S> {
    inner: S,
    allowance: Arc<Allowance>,
    /// Runs while a read or a write waits.
    silence: Option<Pin<Box<Sleep>>>,
}

impl<S> GuardedStream<S> {
    pub(super) fn new(inner: S, allowance: Arc<Allowance>) -> Self {
        GuardedStream {
            inner,
            allowance,
            silence: None,
        }
    }

    /// To be called when the inner stream has nothing yet: fails once the silence has lasted too long.
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let limit = self.allowance.silence();
        let silence = self
            .silence
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + limit)));
        match silence.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                self.silence = None;
                Poll::Ready(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!("no answer for {} s", limit.as_secs().max(1)),
                ))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for GuardedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.inner).poll_read(context, buffer) {
            Poll::Pending => self.wait(context).map(Err),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) => {
                self.silence = None;
                let read = (buffer.filled().len() - before) as u64;
                let left = self.allowance.bytes.load(Ordering::Relaxed);
                if read > left {
                    return Poll::Ready(Err(io::Error::new(
                        io::ErrorKind::InvalidData,
                        "the server sends more than was asked for",
                    )));
                }
                self.allowance.bytes.store(left - read, Ordering::Relaxed);
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for GuardedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.inner).poll_write(context, bytes) {
            Poll::Pending => self.wait(context).map(Err),
            ready @ Poll::Ready(_) => {
                self.silence = None;
                ready
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.inner).poll_flush(context) {
            Poll::Pending => self.wait(context).map(Err),
            ready @ Poll::Ready(_) => {
                self.silence = None;
                ready
            }
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test(start_paused = true)]
    async fn silence_ends_the_wait_and_slow_progress_does_not() {
        let (mut server, client) = tokio::io::duplex(64);
        let allowance = Allowance::new(Duration::from_secs(10), u64::MAX);
        let mut client = GuardedStream::new(client, allowance);
        let sender = tokio::spawn(async move {
            for _ in 0..4 {
                tokio::time::sleep(Duration::from_secs(9)).await;
                server.write_all(b"x").await.unwrap();
            }
            server
        });
        let mut four = [0; 4];
        client.read_exact(&mut four).await.unwrap();
        let _server = sender.await.unwrap();
        let error = client.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(error.to_string().contains("10 s"), "{error}");
    }

    #[tokio::test]
    async fn more_bytes_than_agreed_are_an_error() {
        let (mut server, client) = tokio::io::duplex(64);
        let allowance = Allowance::new(Duration::from_secs(10), 3);
        let mut client = GuardedStream::new(client, allowance.clone());
        server.write_all(b"abc").await.unwrap();
        let mut three = [0; 3];
        client.read_exact(&mut three).await.unwrap();
        server.write_all(b"d").await.unwrap();
        assert_eq!(
            client.read_u8().await.unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
        allowance.set_bytes(1);
        server.write_all(b"e").await.unwrap();
        assert_eq!(client.read_u8().await.unwrap(), b'e');
    }
}
