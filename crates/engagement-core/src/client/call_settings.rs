//! What can be different for some of a client's calls.

use std::time::Duration;

use crate::client::core::Limits;
use crate::retry::policy::RetryPolicy;

/// Time, size and retries of calls; see [`Runtime::with`](crate::Runtime::with). What is not set stays as it was.
#[derive(Debug, Clone)]
#[must_use = "settings are given back to what asked for them"]
pub struct CallSettings {
    pub(crate) limits: Limits,
    pub(crate) retry: RetryPolicy,
}

impl CallSettings {
    /// How long a body may all but stand still if [`stalled_after`](Self::stalled_after) is not set: 20 seconds.
    pub const STALLED_AFTER: Duration = Duration::from_secs(20);

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

    /// How long the body of an answer may all but stand still, whatever time the request has left: with 20 seconds, reading
    /// fails when 20 seconds pass in which fewer than 20 bytes arrive, one byte per second. Bytes are counted as they come
    /// out of the decompression. [`Duration::MAX`] turns it off.
    pub fn stalled_after(mut self, time: Duration) -> Self {
        self.limits.stalled = time;
        self
    }

    /// What is repeated after a failure, and when.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The largest response body to accept, in bytes after decompression.
    pub fn max_body_bytes(mut self, limit: usize) -> Self {
        self.limits.body = limit;
        self
    }

    /// The most JSON values to accept in a response body that is decoded; see
    /// [`ClientBuilder::max_values`](crate::ClientBuilder::max_values).
    pub fn max_values(mut self, limit: usize) -> Self {
        self.limits.values = limit;
        self
    }
}
