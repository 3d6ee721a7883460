//! The settings that can differ between calls.

use std::time::Duration;

use crate::client::core::Limits;
use crate::retry::policy::RetryPolicy;

/// Time limits, size limits and retries of calls; see [`ClientCore::with`](crate::ClientCore::with). Settings that are not
/// changed keep the value of the client.
#[derive(Debug, Clone)]
#[must_use = "return the settings from the closure"]
pub struct CallSettings {
    pub(crate) limits: Limits,
    pub(crate) retry: RetryPolicy,
    pub(crate) idempotent: bool,
}

impl CallSettings {
    /// Default for [`stall_timeout`](Self::stall_timeout): 20 seconds.
    pub const STALL_TIMEOUT: Duration = Duration::from_secs(20);

    /// Time limit of a call, including retries and waits. With zero, every call fails.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.overall = timeout;
        self
    }

    /// Time limit of one request, including the response body. With zero, every call fails.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.limits.attempt = timeout;
        self
    }

    /// A response body without progress for this time fails with a timeout. Progress is one byte per second: with 20
    /// seconds, reading fails if fewer than 20 bytes arrive within 20 seconds, counted after decompression.
    /// [`Duration::MAX`] turns it off.
    pub fn stall_timeout(mut self, time: Duration) -> Self {
        self.limits.stall_timeout = time;
        self
    }

    /// Which failures are retried, and when.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// With `true`, calls are retried although they may already have been executed: you know that a repeat has no further
    /// effect, or accept that it has. Without, only operations that are documented as idempotent are retried then. Operations
    /// that can send a message to a person are never retried then.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
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
