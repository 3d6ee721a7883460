//! Answers, ready to go on the wire.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use engagement_document::Operation;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::accounts::call::{Outcome, Refused, Reply, refused};
use crate::provider;

const HINT: HeaderName = HeaderName::from_static("x-sandbox-hint");

/// What stands for an example where the answer isn't JSON: no text, so that nobody takes it for one.
pub(crate) const EXAMPLE_BYTES: &[u8] = b"sandbox\0\xff\xfe";

/// What stands for an answer whose request didn't ask for JSON: the provider's own XML is published nowhere.
const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <sandbox>This provider answers XML unless the request carries the header Accept: application/json.</sandbox>\n";

/// The body of an answer.
#[derive(Debug)]
pub(crate) enum Payload {
    Nothing,
    Json(Value),
    Bytes(&'static str, Bytes),
}

/// An answer, ready to be written.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) payload: Payload,
    pub(crate) headers: Vec<(HeaderName, String)>,
}

/// Why a request isn't answered as it wished.
#[derive(Debug)]
pub(crate) struct Rejection {
    pub(crate) refused: Refused,
    headers: Vec<(HeaderName, String)>,
}

impl Rejection {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Box<Self> {
        refused(status, message).into()
    }

    /// Names the methods of the path, for 405.
    pub(crate) fn allow(mut self: Box<Self>, methods: String) -> Box<Self> {
        self.headers.push((ALLOW, methods));
        self
    }

    /// Says why the sandbox answers so, where the provider's own words don't.
    pub(crate) fn hint(mut self: Box<Self>, why: impl Into<String>) -> Box<Self> {
        self.headers.push((HINT, why.into()));
        self
    }

    /// Uses a body of the provider's.
    pub(crate) fn body(mut self: Box<Self>, body: Value) -> Box<Self> {
        self.refused.body = Some(body);
        self
    }

    /// The answer that tells of it, in a provider's error shape.
    pub(crate) fn answer(self, shape: fn(StatusCode, &str) -> Value) -> Answer {
        let Refused {
            status,
            message,
            body,
        } = self.refused;
        let body = body.unwrap_or_else(|| shape(status, &message));
        Answer {
            status,
            payload: Payload::Json(body),
            headers: self.headers,
        }
    }
}

impl From<Refused> for Box<Rejection> {
    fn from(refused: Refused) -> Self {
        Self::new(Rejection {
            refused,
            headers: Vec::new(),
        })
    }
}

/// The answer for what an operation did.
pub(crate) fn written(operation: &Operation, outcome: Outcome) -> Result<Answer, Refused> {
    let documented = |with_body: bool| {
        let found = provider::documented(operation, with_body)
            .and_then(|answer| StatusCode::from_u16(answer.status).ok());
        found.unwrap_or(StatusCode::OK)
    };
    let first = operation.answers.first();
    let (status, payload) = match outcome? {
        Reply::Json(body) => (documented(true), Payload::Json(body)),
        Reply::Status(status, body) => (status, Payload::Json(body)),
        Reply::Bytes {
            content_type,
            bytes,
        } => (documented(false), Payload::Bytes(content_type, bytes)),
        Reply::Done => (documented(false), Payload::Nothing),
        Reply::Gone if operation.answers.iter().any(|answer| answer.status == 204) => {
            (StatusCode::NO_CONTENT, Payload::Nothing)
        }
        Reply::Gone => (documented(false), Payload::Nothing),
        Reply::NoRecord => (StatusCode::NO_CONTENT, Payload::Nothing),
        Reply::Example if first.is_some_and(|answer| answer.binary) => {
            let bytes = Bytes::from_static(EXAMPLE_BYTES);
            (
                documented(false),
                Payload::Bytes("application/octet-stream", bytes),
            )
        }
        Reply::Example => {
            let example = first.and_then(|answer| answer.example.clone());
            (
                documented(false),
                example.map_or(Payload::Nothing, Payload::Json),
            )
        }
    };
    Ok(Answer {
        status,
        payload,
        headers: Vec::new(),
    })
}

impl Answer {
    /// The response; where `xml` is set, what would be JSON is XML.
    pub(crate) fn response(self, xml: bool) -> Response {
        let (content_type, body) = match self.payload {
            Payload::Nothing => (None, Body::empty()),
            Payload::Json(_) if xml => (Some("application/xml"), Body::from(XML)),
            Payload::Json(value) => (Some("application/json"), Body::from(value.to_string())),
            Payload::Bytes(content_type, bytes) => (Some(content_type), Body::from(bytes)),
        };
        let mut response = Response::new(body);
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
