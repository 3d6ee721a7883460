//! The result of an operation, before it becomes an HTTP response.

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

/// A successful response.
#[derive(Debug)]
pub(crate) enum ApiResponse {
    /// A JSON body, with the status of the first documented response that has a body.
    Json(Value),
    /// A JSON body with a status of its own.
    JsonWithStatus(StatusCode, Value),
    /// Bytes, with the status of the first documented response.
    Bytes(Bytes),
    /// No body, with the status of the first documented response.
    Empty,
    /// No body after a deletion: 204 where that is documented, else the first documented status.
    Deleted,
    /// 204 without a body, which some providers send for an unknown record.
    NoContent,
    /// The documented example of this status, or of the first documented response; of a response that isn't JSON,
    /// [`EXAMPLE_BYTES`](crate::http::response::EXAMPLE_BYTES).
    Example(Option<StatusCode>),
}

/// An error response.
#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// The provider's own body; otherwise the provider's configuration builds one from status and message.
    pub(crate) body: Option<Value>,
}

pub(crate) type ApiResult = Result<ApiResponse, ApiError>;

impl ApiError {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            body: None,
        }
    }
}

/// 400.
pub(crate) fn bad_request(message: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, message)
}

/// 404.
pub(crate) fn not_found(message: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, message)
}
