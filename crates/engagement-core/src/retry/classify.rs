//! Whether a failed request is retried, and after which wait.

use std::time::Duration;

use reqwest::StatusCode;

use crate::error::{Error, ErrorKind};
use crate::retry::jitter::Jitter;
use crate::retry::policy::RetryPolicy;

/// Why a request is retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryReason {
    /// No connection was established.
    NeverSent,
    /// The provider responded with 429.
    RateLimited,
    /// The provider responded with 408, 500, 502, 503 or 504, and may have executed it.
    Status,
    /// No complete response arrived, and the provider may have executed it.
    NoResponse,
}

impl RetryReason {
    /// The reason to retry after `error`; `None` if that is not safe. A request that may already have been executed is
    /// retried only if it is `idempotent`, and no request is retried whose body cannot be sent again.
    pub(crate) fn classify(
        error: &Error,
        idempotent: bool,
        body_is_repeatable: bool,
    ) -> Option<Self> {
        let reason = Self::of(error)?;
        let safe = idempotent || !reason.may_have_executed();
        (safe && body_is_repeatable).then_some(reason)
    }

    /// Whether the provider may have executed the request.
    pub(crate) fn may_have_executed(self) -> bool {
        match self {
            Self::NeverSent | Self::RateLimited => false,
            Self::Status | Self::NoResponse => true,
        }
    }

    pub(crate) fn of(error: &Error) -> Option<Self> {
        match error.kind() {
            _ if error.is_permanent() => None,
            ErrorKind::Connect => Some(Self::NeverSent),
            ErrorKind::Timeout | ErrorKind::Transport => {
                error.was_sent().then_some(Self::NoResponse)
            }
            ErrorKind::Api => match error.status()? {
                StatusCode::TOO_MANY_REQUESTS => Some(Self::RateLimited),
                StatusCode::REQUEST_TIMEOUT
                | StatusCode::INTERNAL_SERVER_ERROR
                | StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT => Some(Self::Status),
                _ => None,
            },
            _ => None,
        }
    }

    /// A name for logs and metrics, such as `rate_limited`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeverSent => "never_sent",
            Self::RateLimited => "rate_limited",
            Self::Status => "status",
            Self::NoResponse => "no_response",
        }
    }

    pub(crate) fn cost(self) -> u64 {
        match self {
            Self::RateLimited => RetryPolicy::RATE_LIMITED_COST,
            _ => RetryPolicy::TRANSIENT_COST,
        }
    }
}

/// The wait before a retry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Backoff {
    pub(crate) time: Duration,
    /// Whether all calls to the server wait because the provider asked for it.
    pub(crate) shared: bool,
}

impl Backoff {
    /// The wait after `retries` retries; `None` if the provider asked for more than [`RetryPolicy::MAX_RETRY_AFTER`].
    pub(crate) fn before(
        retries: u32,
        reason: RetryReason,
        error: &Error,
        policy: &RetryPolicy,
        jitter: &Jitter,
    ) -> Option<Self> {
        let limited = reason == RetryReason::RateLimited;
        let backoff = policy.backoff(limited, retries, jitter.random());
        // A Retry-After of 0 adds nothing to the backoff.
        let asked = error.retry_after().filter(|asked| !asked.is_zero());
        let Some(asked) = asked else {
            return Some(Self {
                time: backoff,
                shared: false,
            });
        };
        if asked > RetryPolicy::MAX_RETRY_AFTER {
            return None;
        }
        let least = asked.max(backoff);
        Some(Self {
            time: least + jitter.tenth_of(least),
            shared: limited || error.status() == Some(StatusCode::SERVICE_UNAVAILABLE),
        })
    }
}
