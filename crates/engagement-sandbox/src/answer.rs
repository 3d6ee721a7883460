//! What an operation answers, before it becomes bytes.

use http::StatusCode;
use serde_json::{Map, Value, json};

/// An operation, understood: its parameters and body converted and valid by the document.
#[derive(Debug, Default)]
pub(crate) struct Call {
    /// Path, query and header parameters by name.
    pub(crate) parameters: Map<String, Value>,
    /// The body; null when there is none.
    pub(crate) body: Value,
    /// How long the body was on the wire.
    pub(crate) body_bytes: usize,
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
            .and_then(crate::store::int)
            .unwrap_or_default()
    }
}

/// What an operation did.
#[derive(Debug)]
pub(crate) enum Reply {
    /// A JSON body, with the status of the first documented answer that has one.
    Json(Value),
    /// No body, with the status of the first documented answer.
    Done,
    /// The record is gone: 204 where that is documented, else the first documented status.
    Gone,
    /// There is no such record: 204 without a body.
    NoRecord,
    /// The documented example.
    Example,
}

/// Why an operation was refused.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
}

pub(crate) type Outcome = Result<Reply, Refused>;

/// The caller's mistake: 400.
pub(crate) fn bad(message: impl Into<String>) -> Refused {
    Refused {
        status: StatusCode::BAD_REQUEST,
        message: message.into(),
    }
}

/// No such record: 404.
pub(crate) fn missing(message: impl Into<String>) -> Refused {
    Refused {
        status: StatusCode::NOT_FOUND,
        message: message.into(),
    }
}

/// An answer, ready to be written.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<Value>,
    /// Methods of the path, for 405.
    pub(crate) allow: Option<String>,
    /// Why the sandbox answers so, where the provider's own words don't say.
    pub(crate) hint: Option<String>,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, body: Option<Value>) -> Self {
        Self {
            status,
            body,
            allow: None,
            hint: None,
        }
    }

    /// The error shape that the providers have in common.
    pub(crate) fn error(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(status, Some(json!({ "error": message.into() })))
    }
}

impl From<Refused> for Answer {
    fn from(refused: Refused) -> Self {
        Self::error(refused.status, refused.message)
    }
}
