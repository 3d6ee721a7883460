//! Responses.

mod encoding;
pub(crate) mod raw;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::error::call_target::CallTarget;
use crate::error::{Error, ErrorKind};
use crate::http::base_url::BaseUrl;
use crate::http::rate_limit_status::RateLimitStatus;
use crate::http::request_id::request_id;
use crate::response::raw::RawResponse;
use crate::telemetry::drift::{self, DriftGuard};
use crate::telemetry::observe::Event;
use crate::telemetry::reporter::Reporter;

/// The value of a successful response with status, headers, body, attempts and waiting time.
///
/// `response()` of a call returns it; `send()` returns the value only. It holds no connection and no client, so it can be
/// stored.
///
/// `Debug` hides the value, which can contain personal data. To print the value, print [`value()`](Self::value), whose
/// `Debug` hides personal fields.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    meta: Meta,
    body: Bytes,
}

/// The parts that all responses have in common.
#[derive(Clone)]
pub(crate) struct Meta {
    /// Masks secrets and reports events, if decoding fails later.
    pub(crate) reporter: Arc<Reporter>,
    /// The server that sent it.
    pub(crate) base: Option<Arc<BaseUrl>>,
    pub(crate) target: CallTarget,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) attempts: u32,
    pub(crate) waited: Duration,
    /// How many JSON values the body may hold when it is decoded.
    pub(crate) max_values: usize,
}

impl Meta {
    /// An error about this response. A decode error is also reported as an event.
    pub(crate) fn failed(&self, kind: ErrorKind, detail: String, body: Option<Bytes>) -> Error {
        if matches!(kind, ErrorKind::Decode | ErrorKind::BodyTooLarge) {
            self.report(&Event::DecodeFailed);
        }
        let secrets = &self.reporter.secrets;
        Error::new(kind, self.target.clone(), secrets.mask(detail))
            .after(true, self.attempts, self.waited)
            .with_response(self.status, self.headers.clone(), body, secrets)
    }

    /// Watches for unknown fields and values until the returned guard is dropped, which reports them.
    pub(crate) fn watch_drift(&self) -> DriftGuard {
        drift::watch(&self.reporter, self.base.as_ref(), &self.target)
    }

    fn report(&self, event: &Event<'_>) {
        self.reporter
            .report(&self.target, self.base.as_deref(), event);
    }
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, response: RawResponse) -> Self {
        let RawResponse { meta, body, .. } = response;
        Self { value, meta, body }
    }

    /// An error about this response.
    pub(crate) fn failed(&self, kind: ErrorKind, detail: String) -> Error {
        self.meta.failed(kind, detail, Some(self.body.clone()))
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value, without the rest.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// HTTP status.
    pub fn status(&self) -> StatusCode {
        self.meta.status
    }

    /// Response headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.meta.headers
    }

    /// How many requests the call sent, including one after a token was renewed.
    pub fn attempts(&self) -> u32 {
        self.meta.attempts
    }

    /// How long the call waited before retries, for a pause that the provider asked for, and for the client's own
    /// [rate limits](crate::RateLimits).
    pub fn waited(&self) -> Duration {
        self.meta.waited
    }

    /// Whether a retry of a deletion found nothing left to delete (404), because an earlier attempt of the same call, whose
    /// response was lost or a failure, may have deleted it.
    pub fn was_already_deleted(&self) -> bool {
        // Every other response has a status of success.
        !self.meta.status.is_success()
    }

    /// The provider's id of this request, for its support desk.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.meta.headers)
    }

    /// The provider's rate limit as the response headers report it, if they do.
    pub fn rate_limit(&self) -> Option<RateLimitStatus> {
        RateLimitStatus::read(&self.meta.headers, SystemTime::now())
    }

    /// The body as received.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Decodes the full body as another type: if the value is only a part of it, or if it contains undocumented fields.
    ///
    /// # Errors
    /// A decode error if the body is empty or not a `W`.
    pub fn full_body<W: DeserializeOwned>(&self) -> Result<W, Error> {
        let response = RawResponse {
            meta: self.meta.clone(),
            body: self.body.clone(),
            already_deleted: None,
        };
        response.into_json().map(Response::into_inner)
    }

    /// Changes the value and keeps the rest.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            value: change(self.value),
            meta: self.meta,
            body: self.body,
        }
    }
}

impl<T> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.meta.status.as_u16())
            .field("headers", &KnownHeaders(&self.meta.headers))
            .field("attempts", &self.meta.attempts)
            .finish_non_exhaustive()
    }
}

/// Prints only headers that never contain private data.
pub(crate) struct KnownHeaders<'a>(pub(crate) &'a HeaderMap);

impl fmt::Debug for KnownHeaders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const KNOWN: &[&str] = &[
            "content-type",
            "content-length",
            "date",
            "retry-after",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
        ];
        let present = KNOWN
            .iter()
            .filter_map(|name| Some((name, self.0.get(*name)?)));
        f.debug_map().entries(present).finish()
    }
}
