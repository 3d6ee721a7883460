//! The media type of a request's body, and the limits that depend on it.

use engagement_document::{BodyKind, Operation};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

use crate::accounts::response::ApiError;

/// The largest body without files.
const MAX_BODY: usize = 1 << 20;
/// The largest body with files.
const MAX_MULTIPART_BODY: usize = 32 << 20;

/// The media type of a request's body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// There is no `Content-Type`.
    Missing,
    Known(BodyKind),
    Unknown,
}

impl MediaType {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let Some(value) = headers.get(CONTENT_TYPE) else {
            return Self::Missing;
        };
        let value = value.to_str().unwrap_or_default();
        let media_type = value.split(';').next().unwrap_or_default().trim();
        let kinds = [BodyKind::Json, BodyKind::Form, BodyKind::Multipart];
        let known = kinds
            .into_iter()
            .find(|kind| media_type.eq_ignore_ascii_case(kind.media_type()));
        known.map_or(Self::Unknown, Self::Known)
    }

    /// The largest body of this media type, in bytes.
    pub(crate) fn max_body(self) -> usize {
        if self == Self::Known(BodyKind::Multipart) {
            MAX_MULTIPART_BODY
        } else {
            MAX_BODY
        }
    }

    /// Checks that a body has the media type that the operation requires (415). An empty body needs none.
    pub(crate) fn check(self, operation: &Operation, bytes: &[u8]) -> Result<(), ApiError> {
        let Some(body) = &operation.body else {
            return Ok(());
        };
        if bytes.is_empty() || self == Self::Known(body.kind) {
            return Ok(());
        }
        let problem = if self == Self::Missing {
            "is missing"
        } else {
            "is wrong"
        };
        let message = format!(
            "the Content-Type {problem}: `{}` takes {}",
            operation.id,
            body.kind.media_type()
        );
        Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
    }
}
