//! HTTP responses.

use std::convert::Infallible;

use axum::body::Body;
use bytes::Bytes;
use engagement_document::Operation;
use futures_util::stream;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::accounts::response::{ApiError, ApiResponse};

/// Why the sandbox refused a request, where the provider's error body doesn't say it.
const HINT: HeaderName = HeaderName::from_static("x-sandbox-hint");

/// The example of a response that isn't JSON. It is not UTF-8, so that it can't be mistaken for text.
pub(crate) const EXAMPLE_BYTES: &[u8] = b"sandbox\0\xff\xfe";

/// The media type of responses that aren't JSON, in all documents.
const BYTES: &str = "application/octet-stream";

/// The body for requests that don't ask for JSON: the provider's own XML is not documented.
const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <sandbox>This provider answers XML unless the request carries the header Accept: application/json.</sandbox>\n";

/// The body of a response.
#[derive(Debug)]
pub(crate) enum ResponseBody {
    Empty,
    Json(Value),
    Bytes(&'static str, Bytes),
    /// A body of this length: the value, then spaces.
    Padded(Value, usize),
}

/// What happens to the connection with a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connection {
    /// The response is sent.
    Normal,
    /// It is reset before the first byte.
    Reset,
    /// It is reset in the middle of the body.
    ResetInBody,
    /// It stays open, without any byte.
    Stall,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) body: ResponseBody,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) connection: Connection,
}

/// An error, with the headers of its response.
#[derive(Debug)]
pub(crate) struct ErrorResponse {
    pub(crate) error: ApiError,
    headers: Vec<(HeaderName, String)>,
}

impl ErrorResponse {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Box<Self> {
        ApiError::new(status, message).into()
    }

    /// Names the methods of the path, for 405.
    pub(crate) fn allow(mut self: Box<Self>, methods: String) -> Box<Self> {
        self.headers.push((ALLOW, methods));
        self
    }

    /// Gives the sandbox's reason, where the provider's error body doesn't.
    pub(crate) fn hint(mut self: Box<Self>, why: impl Into<String>) -> Box<Self> {
        self.headers.push((HINT, why.into()));
        self
    }

    /// Uses the provider's own body.
    pub(crate) fn body(mut self: Box<Self>, body: Value) -> Box<Self> {
        self.error.body = Some(body);
        self
    }

    /// The response. Unless the error has a body, the provider's function builds one from status and message.
    pub(crate) fn into_response(self, error_body: impl Fn(StatusCode, &str) -> Value) -> Response {
        let ApiError {
            status,
            message,
            body,
        } = self.error;
        let body = body.unwrap_or_else(|| error_body(status, &message));
        Response {
            status,
            body: ResponseBody::Json(body),
            headers: self.headers,
            connection: Connection::Normal,
        }
    }
}

impl From<ApiError> for Box<ErrorResponse> {
    fn from(error: ApiError) -> Self {
        Self::new(ErrorResponse {
            error,
            headers: Vec::new(),
        })
    }
}

/// The first documented status of an operation, or that of its first documented response with a body.
fn documented_status(operation: &Operation, with_body: bool) -> StatusCode {
    let first = operation.responses.first();
    let response = if with_body {
        operation.typed_response().or(first)
    } else {
        first
    };
    let status = response.and_then(|response| StatusCode::from_u16(response.status).ok());
    status.unwrap_or(StatusCode::OK)
}

/// JSON as it is sent. Much cheaper than `to_string`, which formats every piece of text.
fn json(value: &Value) -> Vec<u8> {
    // A value always serialises into memory.
    serde_json::to_vec(value).unwrap_or_default()
}

/// A body of this length: the text, then spaces, which are not held in memory.
fn padded(text: String, length: usize) -> Body {
    const SPACES: &[u8] = &[b' '; 16 << 10];
    let left = length.saturating_sub(text.len());
    let full = std::iter::repeat_n(Bytes::from_static(SPACES), left / SPACES.len());
    let last = Bytes::from_static(&SPACES[..left % SPACES.len()]);
    let chunks = std::iter::once(Bytes::from(text)).chain(full).chain([last]);
    Body::from_stream(stream::iter(chunks.map(Ok::<_, Infallible>)))
}

/// The documented example of an operation's response with this status, or of the first one.
fn example(operation: &Operation, status: Option<StatusCode>) -> ResponseBody {
    let mut responses = operation.responses.iter();
    let response = match status {
        Some(status) => responses.find(|one| status == one.status),
        None => responses.next(),
    };
    let Some(response) = response else {
        return ResponseBody::Empty;
    };
    if response.binary {
        let bytes = Bytes::from_static(EXAMPLE_BYTES);
        return ResponseBody::Bytes(BYTES, bytes);
    }
    let example = response.example.clone();
    example.map_or(ResponseBody::Empty, ResponseBody::Json)
}

/// No bytes; with their media type if the document has one.
fn empty(operation: &Operation) -> ResponseBody {
    let first = operation.responses.first();
    if first.is_some_and(|response| response.binary) {
        return ResponseBody::Bytes(BYTES, Bytes::new());
    }
    ResponseBody::Empty
}

impl Response {
    /// The response to a successful call.
    pub(crate) fn new(operation: &Operation, response: ApiResponse) -> Self {
        let (status, body) = match response {
            ApiResponse::Json(body) => {
                let status = documented_status(operation, true);
                (status, ResponseBody::Json(body))
            }
            ApiResponse::JsonWithStatus(status, body) => (status, ResponseBody::Json(body)),
            ApiResponse::NoContent => (StatusCode::NO_CONTENT, ResponseBody::Empty),
            ApiResponse::Example(status) => (
                status.unwrap_or_else(|| documented_status(operation, false)),
                example(operation, status),
            ),
            ApiResponse::Deleted if operation.responses.iter().any(|one| one.status == 204) => {
                (StatusCode::NO_CONTENT, ResponseBody::Empty)
            }
            other => {
                let body = match other {
                    ApiResponse::Bytes(bytes) => ResponseBody::Bytes(BYTES, bytes),
                    _ => empty(operation),
                };
                (documented_status(operation, false), body)
            }
        };
        Self {
            status,
            body,
            headers: Vec::new(),
            connection: Connection::Normal,
        }
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The response as it is sent. If `xml` is set, an XML text replaces a JSON body.
    pub(crate) fn into_http(self, xml: bool) -> http::Response<Body> {
        let (content_type, body) = match self.body {
            ResponseBody::Empty => (None, Body::empty()),
            ResponseBody::Json(_) if xml => (Some("application/xml"), Body::from(XML)),
            ResponseBody::Json(value) => (Some("application/json"), Body::from(json(&value))),
            ResponseBody::Bytes(content_type, bytes) => (Some(content_type), Body::from(bytes)),
            ResponseBody::Padded(value, length) => {
                (Some("application/json"), padded(value.to_string(), length))
            }
        };
        let mut response = http::Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
        response
    }
}
