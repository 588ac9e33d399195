//! Request bodies: read whole within limits of size and time, or read away.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt as _;

use crate::refusal::Refusal;

/// What is read away of a body nobody wants, at most.
const DRAINED: usize = 64 * 1024 * 1024;
/// How long it is read away, at most.
const DRAINING: Duration = Duration::from_secs(10);

/// Reads a body of up to `limit` bytes that arrives within `time`.
pub(crate) async fn read_body(body: Body, limit: usize, time: Duration) -> Result<Vec<u8>, Refusal> {
    match tokio::time::timeout(time, collect(body, limit)).await {
        Ok(read) => read,
        Err(_) => Err(Refusal::BodyLate),
    }
}

async fn collect(mut body: Body, limit: usize) -> Result<Vec<u8>, Refusal> {
    let announced = usize::try_from(axum::body::HttpBody::size_hint(&body).lower()).unwrap_or(usize::MAX);
    if announced > limit {
        drain(body).await;
        return Err(Refusal::TooLarge { limit });
    }
    let mut bytes = Vec::with_capacity(announced);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::BodyCut)?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > limit {
            drain(body).await;
            return Err(Refusal::TooLarge { limit });
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// Reads a body away. A connection that is closed while the other side still sends is reset, and the answer with it:
/// the sender would see a broken line where it should read why it was refused.
pub(crate) async fn drain(mut body: Body) {
    let reading = async {
        let mut left = DRAINED;
        while let Some(Ok(frame)) = body.frame().await {
            let read = frame.data_ref().map_or(0, axum::body::Bytes::len);
            match left.checked_sub(read) {
                Some(rest) => left = rest,
                None => break,
            }
        }
    };
    // Whoever sends longer than this gets no answer.
    let _ = tokio::time::timeout(DRAINING, reading).await;
}
