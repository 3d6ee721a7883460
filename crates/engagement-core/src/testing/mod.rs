//! Errors and responses for the tests of a program that uses a client, without a server or network.
//!
//! Every client crate has a module `testing` with [`error`] and [`response`] for its own operations. Use them to test a
//! function that handles the result of a call. To test calls, set [`base_url`](crate::ClientBuilder::base_url) to your own
//! server, or use the crate `engagement-sandbox`.
//!
//! The functions panic if they are misused, so that the test fails at the wrong line.

#[cfg(any(test, fuzzing))]
pub mod fuzzing;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::error::call_target::CallTarget;
use crate::error::message;
use crate::error::near::did_you_mean;
use crate::error::{Error, ErrorKind};
use crate::http::text;
use crate::provider::{Operation, Provider};
use crate::redact::secret_mask::SecretMask;
use crate::response::raw::RawResponse;
use crate::response::{Meta, Response};
use crate::telemetry::drift::ReportedDrift;
use crate::telemetry::reporter::Reporter;

/// The error of a call to which the provider responded with this status and body: of kind [`Api`](ErrorKind::Api), after one
/// attempt. It equals the error of a real response.
///
/// `body` is JSON as the provider sends it, or only the message, which is put where the provider's errors have it. As always,
/// e-mail addresses and telephone numbers are masked in [`message`](Error::message) and `Display`.
///
/// # Panics
/// If the provider has no such operation; the text suggests similar ones. If an error of this kind cannot have the status: it
/// is 1xx, a redirect, or not from 100 to 999.
#[must_use]
#[track_caller]
pub fn error(provider: &'static Provider, operation: &str, status: u16, body: &str) -> Error {
    let operation = find(provider, operation).unwrap_or_else(|reason| panic!("{reason}"));
    let status = StatusCode::from_u16(status)
        .ok()
        .filter(|status| is_refusal(*status));
    let Some(status) = status else {
        panic!("no API error has this status: use 2xx, 4xx, 5xx or 304");
    };
    let (content_type, body) = error_body(provider, body);
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
    let secrets = SecretMask::default();
    let message = message::find(provider.error_message, &body, &secrets);
    Error::new(
        ErrorKind::Api,
        CallTarget::Operation(provider, operation),
        "",
    )
    .sent(1)
    .with_response(status, headers, Some(body), &secrets)
    .with_message(message)
}

/// Whether an error of kind `Api` can have this status. 2xx is possible: the body may report a failure.
fn is_refusal(status: StatusCode) -> bool {
    let redirect = status.is_redirection() && status != StatusCode::NOT_MODIFIED;
    !status.is_informational() && !redirect
}

/// Content type and body of an error: `text` itself if it is JSON, or JSON with `text` as the message.
fn error_body(provider: &Provider, text: &str) -> (&'static str, Bytes) {
    const JSON: &str = "application/json";
    let parsed = serde_json::from_str(text);
    if let Ok(Value::Object(_) | Value::Array(_)) = parsed {
        return (JSON, Bytes::copy_from_slice(text.as_bytes()));
    }
    match provider.error_message.first() {
        Some(pointer) if !text.is_empty() => (JSON, at_pointer(pointer, text).into()),
        _ => ("text/plain", Bytes::copy_from_slice(text.as_bytes())),
    }
}

/// JSON with only `text`, at a JSON pointer. A step `0` is the first element of an array.
fn at_pointer(pointer: &str, text: &str) -> String {
    let steps = pointer.strip_prefix('/').map(|steps| steps.rsplit('/'));
    let json = steps
        .into_iter()
        .flatten()
        .fold(Value::from(text), |inner, step| match step {
            "0" => Value::from(vec![inner]),
            field => {
                let field = field.replace("~1", "/").replace("~0", "~");
                Value::Object([(field, inner)].into_iter().collect())
            }
        });
    json.to_string()
}

/// The operation with this id, or an error with suggestions.
fn find(provider: &'static Provider, id: &str) -> Result<&'static Operation, String> {
    let mut operations = provider.operations.iter();
    operations.find(|known| known.id == id).ok_or_else(|| {
        let near = did_you_mean(id, provider.operations.iter().map(|known| known.id));
        format!("{} has no operation `{id}`{near}", provider.title)
    })
}

/// Builds a [`Response`] with this value: status 200, one attempt, no headers and an empty body, unless they are set.
pub fn response<T>(provider: &'static Provider, value: T) -> ResponseBuilder<T> {
    let reporter = Reporter {
        provider,
        observer: None,
        reported_drift: Arc::new(ReportedDrift::default()),
        secrets: Arc::new(SecretMask::default()),
    };
    let meta = Meta {
        reporter: Arc::new(reporter),
        base: None,
        target: CallTarget::Client(provider),
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        attempts: 1,
        waited: Duration::ZERO,
        // The body is the test's own.
        max_values: usize::MAX,
    };
    ResponseBuilder {
        value,
        meta,
        body: Bytes::new(),
    }
}

/// Builds a [`Response`]; created by [`response`].
#[derive(Clone)]
#[must_use = "call `build` to create the response"]
pub struct ResponseBuilder<T> {
    value: T,
    meta: Meta,
    body: Bytes,
}

impl<T> ResponseBuilder<T> {
    /// Sets the status; 200 if not set.
    ///
    /// # Panics
    /// If it is not from 200 to 299: a call with another status fails, see [`error`].
    #[track_caller]
    pub fn status(mut self, status: u16) -> Self {
        let success = StatusCode::from_u16(status).ok();
        let success = success.filter(StatusCode::is_success);
        let success = success.expect("a response has a status of 200 to 299");
        self.meta.status = success;
        self
    }

    /// Adds a header; a name may have several values. `x-request-id`, `retry-after` and rate-limit headers have the same
    /// effect as in a real response.
    ///
    /// # Panics
    /// If the name is invalid, or the value is not ASCII.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("the name of a header");
        let value = text::header_value(value).expect("the value of a header in plain ASCII");
        self.meta.headers.append(name, value);
        self
    }

    /// Sets the body, which [`body`](Response::body) returns and [`full_body`](Response::full_body) decodes; empty if not set.
    /// The value does not depend on it.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets the number of attempts; 1 if not set.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.meta.attempts = attempts;
        self
    }

    /// Sets how long the call waited; zero if not set.
    pub fn waited(mut self, waited: Duration) -> Self {
        self.meta.waited = waited;
        self
    }

    /// Makes it the response to a deletion whose retry found nothing left to delete: status 404, at the second attempt.
    pub fn already_deleted(mut self) -> Self {
        self.meta.status = StatusCode::NOT_FOUND;
        self.meta.attempts = self.meta.attempts.max(2);
        self
    }

    /// The response.
    pub fn build(self) -> Response<T> {
        let Self { value, meta, body } = self;
        let already_deleted = None;
        Response::new(
            value,
            RawResponse {
                meta,
                body,
                already_deleted,
            },
        )
    }
}

impl<T> fmt::Debug for ResponseBuilder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values can contain personal data.
        f.debug_struct("ResponseBuilder").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_placed_at_its_pointer() {
        for (pointer, json) in [
            ("", r#""x""#),
            ("/message", r#"{"message":"x"}"#),
            ("/errors/0/a~1b", r#"{"errors":[{"a/b":"x"}]}"#),
        ] {
            assert_eq!(at_pointer(pointer, "x"), json);
            let parsed: Value = serde_json::from_str(json).unwrap();
            assert_eq!(
                parsed.pointer(pointer),
                Some(&Value::from("x")),
                "{pointer}"
            );
        }
    }
}
