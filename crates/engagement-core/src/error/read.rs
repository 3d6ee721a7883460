//! What an error tells.

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

    /// What went wrong, in the large.
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

    /// HTTP status, whenever an answer began to arrive.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.response.as_ref().map(|response| response.status)
    }

    /// The provider's own words, with credentials, e-mail addresses and telephone numbers masked.
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

    /// The body as a type of your own.
    ///
    /// # Errors
    /// If there is no body, or it is not such JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let json = decode::without_bom(self.body().unwrap_or_default());
        // At most the first part of a body is kept, so its values can't take much.
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

    /// Whether there is no such thing: status 404, or what the operation documents for it.
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

    /// Whether there are too many requests: status 429, a pause that the provider asked for and that is not over in time,
    /// or the client's own [limits](crate::RateLimits).
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.kind() == ErrorKind::RateLimited || self.is_status(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether it conflicts with what the provider has: status 409, or another refusal with the words that the provider has
    /// for that, such as `already exists`.
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

    /// Whether the provider accepted the call, although it failed: the response has a success status, and could not be
    /// decoded or not be read to its end. Do not repeat such a call if it writes: it was carried out.
    #[must_use]
    pub fn was_accepted(&self) -> bool {
        self.kind() != ErrorKind::Api && self.status().is_some_and(|status| status.is_success())
    }

    /// Whether a repeat of the call could do its work twice.
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

    /// Whether no connection came about.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// Whether the request may have reached the provider. `false` is certain: nothing did.
    #[must_use]
    pub fn was_sent(&self) -> bool {
        self.0.sent
    }

    /// How many times the request was tried, renewals of a token included.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the call waited between its attempts, for a pause that the provider asked for, and for the
    /// client's own [limits](crate::RateLimits).
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.0.waited
    }

    /// Whether the request would have been tried once more, had the client not spent its
    /// [budget](crate::RetryPolicy) for retries. More successes than failures fill it up again.
    #[must_use]
    pub fn retries_exhausted(&self) -> bool {
        self.0.exhausted
    }

    /// What the provider says of its limit in the answer's headers, if there was an answer and it does.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimitStatus> {
        RateLimitStatus::read(self.headers()?, SystemTime::now())
    }

    /// How long the provider asked to wait; what is left of it, if nothing was sent because of that. If nothing was sent
    /// because of the client's own [limits](crate::RateLimits), how long it is until they have room.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let response = self.0.response.as_ref();
        let asked = response.and_then(|response| response.retry_after);
        self.0.pause.or(asked)
    }

    /// The provider's name for this request, for its support desk.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.response.as_ref()?.request_id.as_deref()
    }

    fn is_status(&self, status: StatusCode) -> bool {
        self.kind() == ErrorKind::Api && self.status() == Some(status)
    }
}
