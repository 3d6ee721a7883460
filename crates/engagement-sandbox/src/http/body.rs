//! Reading the body of a request.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use engagement_document::BodyKind;
use futures_util::StreamExt as _;
use http::{HeaderMap, StatusCode};

use super::content::MediaType;
use super::multipart;
use crate::accounts::call::UploadedFile;
use crate::accounts::response::{ApiError, bad_request};

/// How much of a body beyond the limit is read, in bytes, so that the client can receive the error response.
const MAX_EXCESS: usize = 32 << 20;

/// The complete body of a request.
#[derive(Default)]
pub(crate) struct RequestBody {
    pub(crate) bytes: Bytes,
    /// The parts of a multipart body, or why it can't be parsed; `None` for other bodies.
    parts: Option<Result<Vec<UploadedFile>, String>>,
}

/// The result of reading a body.
pub(crate) enum BodyResult {
    Complete(RequestBody),
    TooLarge,
    /// The connection ended before the body did.
    Incomplete,
}

impl RequestBody {
    /// The parts of a multipart body; none for other bodies.
    pub(crate) fn parts(&self) -> Result<&[UploadedFile], ApiError> {
        match &self.parts {
            Some(Ok(parts)) => Ok(parts),
            Some(Err(why)) => Err(bad_request(format!(
                "the body is not multipart as its Content-Type says: {why}"
            ))),
            None => Ok(&[]),
        }
    }
}

impl BodyResult {
    /// The body, or the error response to a request without a complete one.
    pub(crate) fn complete(&self, media_type: MediaType) -> Result<&RequestBody, ApiError> {
        match self {
            Self::Complete(body) => Ok(body),
            Self::TooLarge => Err(ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!(
                    "the body exceeds the sandbox's limit of {} MiB",
                    media_type.max_body() >> 20
                ),
            )),
            Self::Incomplete => Err(bad_request("the body ended before it was complete")),
        }
    }
}

/// Reads a body to its end, within the limits.
pub(crate) async fn read(headers: &HeaderMap, body: Body) -> BodyResult {
    let media_type = MediaType::of(headers);
    let limit = media_type.max_body();
    let mut stream = body.into_data_stream();
    let mut buffer = BytesMut::new();
    let mut length = 0_usize;
    while let Some(chunk) = stream.next().await {
        let Ok(chunk) = chunk else {
            return BodyResult::Incomplete;
        };
        length = length.saturating_add(chunk.len());
        if length > limit + MAX_EXCESS {
            return BodyResult::TooLarge;
        }
        if length <= limit {
            buffer.extend_from_slice(&chunk);
        }
    }
    if length > limit {
        return BodyResult::TooLarge;
    }
    let bytes = buffer.freeze();
    let is_multipart = media_type == MediaType::Known(BodyKind::Multipart);
    let parts = if is_multipart && !bytes.is_empty() {
        let parts = multipart::parts(headers, bytes.clone()).await;
        Some(parts.map_err(|error| error.to_string()))
    } else {
        None
    };
    BodyResult::Complete(RequestBody { bytes, parts })
}
