//! What an operation is asked, and what it answers before that becomes bytes.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

/// An operation, understood: its parameters and body converted and valid by the document.
#[derive(Debug, Default)]
pub(crate) struct Call {
    /// Path, query and header parameters by name.
    pub(crate) parameters: Map<String, Value>,
    /// The body; null when there is none.
    pub(crate) body: Value,
    /// How long the body was on the wire.
    pub(crate) body_bytes: usize,
    /// Headers as sent; none when the call didn't come over HTTP.
    pub(crate) headers: HeaderMap,
    /// Names of the security schemes that the request met; none for a call without credentials.
    pub(crate) schemes: Vec<String>,
    /// Files of a multipart body.
    pub(crate) files: Vec<UploadedFile>,
}

/// A file in a multipart body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UploadedFile {
    /// Name of the part.
    pub(crate) name: String,
    /// Name of the file; empty when the part gives none.
    pub(crate) file_name: String,
    /// The part's media type; empty when the part gives none.
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

impl Call {
    /// A text parameter; empty when it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.parameters
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// An integer parameter; zero when it is missing, which is no id.
    pub(crate) fn id(&self, name: &str) -> i64 {
        self.parameters
            .get(name)
            .and_then(crate::accounts::values::int)
            .unwrap_or_default()
    }

    /// The text of a header; empty when it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// What an operation did.
#[derive(Debug)]
pub(crate) enum Reply {
    /// A JSON body, with the status of the first documented answer that has one.
    Json(Value),
    /// A JSON body with a status of its own.
    Status(StatusCode, Value),
    /// A body of any kind, with the status of the first documented answer.
    Bytes {
        content_type: &'static str,
        bytes: Bytes,
    },
    /// No body, with the status of the first documented answer.
    Done,
    /// The record is gone: 204 where that is documented, else the first documented status.
    Gone,
    /// There is no such record: 204 without a body.
    NoRecord,
    /// The documented example; [`EXAMPLE_BYTES`](crate::http::response::EXAMPLE_BYTES) where the answer isn't JSON.
    Example,
}

/// Why an operation was refused.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// A body in the provider's own words; otherwise its profile makes one of status and message.
    pub(crate) body: Option<Value>,
}

pub(crate) type Outcome = Result<Reply, Refused>;

/// A refusal with a status of its own.
pub(crate) fn refused(status: StatusCode, message: impl Into<String>) -> Refused {
    Refused {
        status,
        message: message.into(),
        body: None,
    }
}

/// The caller's mistake: 400.
pub(crate) fn bad(message: impl Into<String>) -> Refused {
    refused(StatusCode::BAD_REQUEST, message)
}

/// No such record: 404.
pub(crate) fn missing(message: impl Into<String>) -> Refused {
    refused(StatusCode::NOT_FOUND, message)
}
