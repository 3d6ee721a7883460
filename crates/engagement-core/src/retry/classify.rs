//! Whether a failed request is repeated, and when.

use std::time::Duration;

use reqwest::{Method, StatusCode};

use crate::error::call_target::Subject;
use crate::error::{Error, ErrorKind};
use crate::request::prepare::Prepared;
use crate::retry::jitter::Jitter;
use crate::retry::policy::RetryPolicy;

/// Why a request is made again: what kind of failure it was, of those that may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryReason {
    /// No connection came about.
    NeverSent,
    /// The provider refused it because of too many requests.
    RateLimited,
    /// The provider answered, but may have done something before.
    Status,
    /// The provider may have done it, and did not say so, or not to the end.
    Unanswered,
}

impl RetryReason {
    /// Why `request` may be sent again after `error`, if it may.
    pub(crate) fn to_repeat(request: &Prepared, error: &Error) -> Option<Self> {
        let reason = Self::of(error)?;
        let harmless = match reason {
            Self::NeverSent | Self::RateLimited => true,
            Self::Status | Self::Unanswered => is_repeatable(request),
        };
        (harmless && request.can_repeat()).then_some(reason)
    }

    fn of(error: &Error) -> Option<Self> {
        match error.kind() {
            _ if error.is_for_good() => None,
            ErrorKind::Connect => Some(Self::NeverSent),
            ErrorKind::Timeout | ErrorKind::Transport => {
                error.was_sent().then_some(Self::Unanswered)
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

    /// A word for logs and metrics, such as `rate_limited`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeverSent => "never_sent",
            Self::RateLimited => "rate_limited",
            Self::Status => "status",
            Self::Unanswered => "unanswered",
        }
    }

    pub(crate) fn cost(self) -> u64 {
        match self {
            Self::RateLimited => RetryPolicy::RATE_LIMITED_COST,
            _ => RetryPolicy::TRANSIENT_COST,
        }
    }
}

/// Whether doing it once more does no harm when it was done already.
fn is_repeatable(request: &Prepared) -> bool {
    match &request.subject {
        Subject::Operation(_, operation) => {
            let keyed = || {
                let key = operation.idempotency_key;
                key.is_some_and(|key| request.headers.contains_key(key))
            };
            // Nobody wants to be told twice, whatever the document says about the operation.
            !operation.reaches_people && (operation.idempotent || keyed())
        }
        Subject::Raw(_, method) => {
            matches!(
                *method,
                Method::GET | Method::HEAD | Method::PUT | Method::DELETE
            )
        }
        Subject::Client(_) => false,
    }
}

/// The wait before a retry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wait {
    pub(crate) time: Duration,
    /// Whether the provider asked all of us for it.
    pub(crate) for_all: bool,
}

impl Wait {
    /// The wait after so many retries; `None` if the provider asked for a longer one than anybody should wait.
    pub(crate) fn before(
        retries: u32,
        reason: RetryReason,
        error: &Error,
        policy: &RetryPolicy,
        jitter: &Jitter,
    ) -> Option<Self> {
        let limited = reason == RetryReason::RateLimited;
        let backoff = policy.backoff(limited, retries, jitter.random());
        // Nothing more than what was chosen already.
        let asked = error.retry_after().filter(|asked| !asked.is_zero());
        let Some(asked) = asked else {
            return Some(Self {
                time: backoff,
                for_all: false,
            });
        };
        if asked > RetryPolicy::MAX_RETRY_AFTER {
            return None;
        }
        let least = asked.max(backoff);
        Some(Self {
            time: least + jitter.tenth_of(least),
            for_all: limited || error.status() == Some(StatusCode::SERVICE_UNAVAILABLE),
        })
    }
}
