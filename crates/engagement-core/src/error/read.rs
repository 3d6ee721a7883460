//! What callers can read from an error.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::{Error, ErrorKind};
use crate::decode;
use crate::error::call_target::CallTarget;
use crate::http::rate_limit_status::RateLimitStatus;
use crate::provider::{Operation, Provider};

impl Error {
    pub(crate) fn target(&self) -> &CallTarget {
        &self.0.target
    }

    pub(crate) fn is_permanent(&self) -> bool {
        self.0.permanent
    }

    /// The kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The provider that the client talks to.
    #[must_use]
    pub fn provider(&self) -> &'static Provider {
        self.0.target.provider()
    }

    /// The operation that failed; `None` for raw requests and when building a client.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.target.operation()
    }

    /// HTTP status, if a response began to arrive.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.response.as_ref().map(|response| response.status)
    }

    /// The provider's message, with credentials, e-mail addresses and telephone numbers masked.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// Response headers.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.response.as_ref().map(|response| &response.headers)
    }

    /// The first 64 KiB of the body as received. Nothing is masked in it.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.0.response.as_ref()?.body.as_deref()
    }

    /// Decodes the body as JSON.
    ///
    /// # Errors
    /// A decode error if there is no body, or it is not a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let json = decode::without_bom(self.body().unwrap_or_default());
        // At most 64 KiB of a body are kept, so there are few values.
        decode::from_slice(json, usize::MAX).map_err(|error| {
            let detail = decode::describe(json, &error);
            let mut error = Error::new(ErrorKind::Decode, self.0.target.clone(), detail).after(
                self.0.sent,
                self.0.attempts,
                self.0.waited,
            );
            error.0.response.clone_from(&self.0.response);
            error
        })
    }

    /// Whether the provider did not find what the call asked for: status 404, or another one that the operation documents for
    /// that.
    ///
    /// It is true for every 404. A provider may also respond with 404 if the base URL or the region is wrong, or an account's id in
    /// the path: check them before you take it for a missing record.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        let documented = |status: StatusCode| {
            self.operation()
                .is_some_and(|operation| operation.not_found_statuses.contains(&status.as_u16()))
        };
        self.0.not_found
            || self.kind() == ErrorKind::Api
                && !self.0.login
                && self
                    .status()
                    .is_some_and(|status| status == StatusCode::NOT_FOUND || documented(status))
    }

    /// Whether the credentials were refused (401).
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.is_status(StatusCode::UNAUTHORIZED)
    }

    /// Whether the credentials do not allow this (403).
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.is_status(StatusCode::FORBIDDEN)
    }

    /// Whether there were too many requests: status 429, a pause that the provider asked for and that ends too late, or the
    /// client's own [rate limits](crate::RateLimits).
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.kind() == ErrorKind::RateLimited || self.is_status(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the call conflicts with existing data: status 409, or another refusal with the provider's phrase for that, such
    /// as `already exists`.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        let words = self.provider().conflict_messages;
        let refused = self.kind() == ErrorKind::Api
            && !self.0.login
            && self.status().is_some_and(|status| status.is_client_error());
        let message = || self.message().unwrap_or_default().to_ascii_lowercase();
        self.is_status(StatusCode::CONFLICT)
            || refused && !words.is_empty() && {
                let message = message();
                words.iter().any(|words| message.contains(words))
            }
    }

    /// Whether the provider accepted the call, although it failed: the response has a success status, and could not be decoded
    /// or read to its end. Do not repeat such a call if it writes: it was executed.
    #[must_use]
    pub fn was_accepted(&self) -> bool {
        self.kind() != ErrorKind::Api && self.status().is_some_and(|status| status.is_success())
    }

    /// Whether a repeat of the call could execute it twice.
    pub(super) fn must_not_repeat(&self) -> bool {
        self.was_accepted()
            && self
                .operation()
                .is_some_and(|operation| !operation.idempotent)
    }

    /// Whether the provider itself failed (5xx).
    #[must_use]
    pub fn is_server_error(&self) -> bool {
        self.kind() == ErrorKind::Api
            && self.status().is_some_and(|status| status.is_server_error())
    }

    /// Whether time ran out, while connecting or later.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.timed_out
    }

    /// Whether no connection was established.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// Whether the request may have reached the provider. `false` is certain: nothing was sent.
    #[must_use]
    pub fn was_sent(&self) -> bool {
        self.0.sent
    }

    /// How many requests the call sent, including one after a token was renewed.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the call waited before retries, for a pause that the provider asked for, and for the client's own
    /// [rate limits](crate::RateLimits).
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.0.waited
    }

    /// Whether the request would have been retried, had the client's [retry budget](crate::RetryPolicy) not been used up.
    /// Successful calls refill it.
    #[must_use]
    pub fn retries_exhausted(&self) -> bool {
        self.0.exhausted
    }

    /// The provider's rate limit as the response headers report it, if there was a response and they do.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimitStatus> {
        RateLimitStatus::read(self.headers()?, SystemTime::now())
    }

    /// How long the provider asked to wait; the rest of it, if nothing was sent because of that. If nothing was sent because of
    /// the client's own [rate limits](crate::RateLimits), the time until they allow the request.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let response = self.0.response.as_ref();
        let asked = response.and_then(|response| response.retry_after);
        self.0.pause.or(asked)
    }

    /// The provider's id of this request, for its support desk.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.response.as_ref()?.request_id.as_deref()
    }

    fn is_status(&self, status: StatusCode) -> bool {
        self.kind() == ErrorKind::Api && self.status() == Some(status)
    }
}
