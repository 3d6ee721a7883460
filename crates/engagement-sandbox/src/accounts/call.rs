//! A call of an operation, independent of HTTP.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use crate::accounts::json::{Object, integer};

/// A call of an operation. Its parameters and body are converted, and valid according to the document.
#[derive(Debug, Default)]
pub(crate) struct Call {
    /// Path, query and header parameters by name.
    pub(crate) parameters: Object,
    /// The body; null when there is none.
    pub(crate) body: Value,
    /// Length of the body on the wire.
    pub(crate) body_bytes: usize,
    /// Headers as sent; none when the call didn't come over HTTP.
    pub(crate) headers: HeaderMap,
    /// Names of the security schemes that the request satisfied; none for a call without credentials.
    pub(crate) schemes: Vec<String>,
    /// Files of a multipart body.
    pub(crate) files: Vec<UploadedFile>,
}

/// A file in a multipart body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UploadedFile {
    /// Name of the part.
    pub(crate) name: String,
    /// Name of the file; empty when the part has none.
    pub(crate) file_name: String,
    /// The part's media type; empty when the part has none.
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

impl Call {
    /// A text parameter; empty when it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        let value = self.parameters.get(name);
        value.and_then(Value::as_str).unwrap_or_default()
    }

    /// An integer parameter; zero, which no record has as id, when it is missing.
    pub(crate) fn id(&self, name: &str) -> i64 {
        let value = self.parameters.get(name);
        value.and_then(integer).unwrap_or_default()
    }

    /// The text of a header; empty when it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}
