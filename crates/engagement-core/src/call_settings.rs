//! What can be different for some of a client's calls.

use std::time::Duration;

use crate::retry_policy::RetryPolicy;
use crate::runtime::Limits;

/// Time, size and retries of calls; see [`Runtime::with`](crate::Runtime::with). What is not set stays as it was.
#[derive(Debug, Clone)]
#[must_use = "settings are given back to what asked for them"]
pub struct CallSettings {
    pub(crate) limits: Limits,
    pub(crate) retry: RetryPolicy,
}

impl CallSettings {
    /// The longest that a call may take in all, retries and waits included. With nothing, every call fails.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.overall = timeout;
        self
    }

    /// The longest that one request may take, body included. With nothing, every call fails.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.limits.attempt = timeout;
        self
    }

    /// What is repeated after a failure, and when.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The largest body to accept, in bytes.
    pub fn max_body_bytes(mut self, limit: usize) -> Self {
        self.limits.body = limit;
        self
    }
}
